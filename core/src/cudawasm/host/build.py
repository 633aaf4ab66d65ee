"""CUDA sources to objects and programs, as nvcc makes them: device code travels in the objects."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cudawasm.host.toolchain import INCLUDE, SHARED, compiler, runtime_library
from cudawasm.host.translate import translate
from cudawasm.host.units import DeviceUnit
from cudawasm.runtime.compilation import SourceOptions, open_program
from cudawasm.runtime.interface import CompileOptions

_PREDEFINED = ("-D__CUDACC__", "-D__NVCC__", "-D__CUDACC_VER_MAJOR__=12", "-D__CUDACC_VER_MINOR__=4",
               "-D__CUDACC_VER_BUILD__=0", "-D__CUDA_API_VER_MAJOR__=12", "-D__CUDA_API_VER_MINOR__=4")  # fmt: skip
_QUIET = ("-Wno-unknown-pragmas", "-Wno-unused-variable")


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """``host`` are flags for the C++ compiler, also when it links; ``link`` is what follows objects then."""

    include_dirs: tuple[str, ...] = ()
    defines: tuple[tuple[str, str], ...] = ()
    standard: str = "c++17"
    optimise: str = "-O2"
    host: tuple[str, ...] = ()
    link: tuple[str, ...] = ()
    compile: CompileOptions = field(default_factory=CompileOptions)
    compiler: str = ""
    is_relocatable: bool = False

    @property
    def language(self) -> list[str]:
        return [f"-std={self.standard}", *self.host]

    @property
    def preprocess(self) -> list[str]:
        """Flags that say what a source includes and which macros it has."""
        folders = [part for folder in self.include_dirs for part in ("-I", folder)]
        return [*folders, *(f"-D{name}={value}" for name, value in self.defines)]


def compile_source(source: Path, target: Path, options: BuildOptions) -> None:
    """An object of a CUDA source. Raises CompileError, ToolchainError."""
    text = translated(source, options)
    with tempfile.TemporaryDirectory() as folder:
        host = Path(folder) / f"{source.stem}.ii"
        host.write_bytes(text.encode(errors="surrogateescape"))
        flags = [*options.language, options.optimise, *_QUIET]
        compiler(options.compiler).run(*flags, "-c", "-x", "c++-cpp-output", str(host), "-o", str(target))


def translated(source: Path, options: BuildOptions) -> str:
    """A CUDA source as C++ with its device code in it. Raises CompileError, ToolchainError."""
    unit = device_unit(source, options)
    return translate(preprocessed(source, options), unit.dump(), options.is_relocatable)


def preprocessed(source: Path, options: BuildOptions) -> str:
    """A CUDA source as its host half sees it, with CUDA's keywords in it. Raises ToolchainError."""
    return compiler(options.compiler).run(*_cuda_flags(options), "-E", "-x", "c++", str(source))


def dependencies(source: Path, options: BuildOptions, with_system_headers: bool) -> list[str]:
    """The files that a source reads, itself first. Raises ToolchainError."""
    flags = [*_cuda_flags(options), "-M" if with_system_headers else "-MM", "-x", "c++"]
    rule = compiler(options.compiler).run(*flags, str(source))
    names = rule.partition(":")[2].replace("\\\n", " ").split()
    return [name for name in names if not name.startswith((str(INCLUDE), str(SHARED)))]


def _cuda_flags(options: BuildOptions) -> list[str]:
    ours = ["-isystem", str(INCLUDE), "-include", "cuda_runtime.h"]
    return [*options.language, *_PREDEFINED, "-I", str(SHARED), *options.preprocess, *ours]


def device_unit(source: Path, options: BuildOptions) -> DeviceUnit:
    """What of a source its kernels need. Raises CompileError for what is wrong with the source as a whole."""
    text = source.read_bytes()
    folders = tuple(os.path.abspath(folder) for folder in options.include_dirs)
    path = os.path.abspath(source)
    program = open_program(text, path, SourceOptions(options.defines, folders, options.compile))
    names = (path, *(os.path.abspath(p) for p in program.dependencies))
    files = tuple((name, Path(name).read_bytes().decode(errors="surrogateescape")) for name in names)
    return DeviceUnit(files, folders, options.defines, options.compile, options.is_relocatable)


def link(objects: Sequence[str], target: Path, options: BuildOptions, *, shared: bool = False) -> None:
    """A program, or a shared library, of objects and libraries. Raises ToolchainError."""
    tool = compiler(options.compiler)
    kind = ["-shared"] if shared else []
    tool.run(*kind, *options.host, "-o", str(target), *objects, *options.link, str(runtime_library(tool)), "-lpthread")


def build(sources: Sequence[Path], target: Path, options: BuildOptions) -> None:
    """A program of CUDA and C++ sources. Raises CompileError, ToolchainError."""
    with tempfile.TemporaryDirectory() as folder:
        objects = []
        for i, source in enumerate(sources):
            made = Path(folder) / f"{i}-{source.stem}.o"
            compile_any(source, made, options, is_cuda=source.suffix == ".cu")
            objects.append(str(made))
        link(objects, target, options)


def compile_any(source: Path, target: Path, options: BuildOptions, *, is_cuda: bool = False) -> None:
    """An object of a CUDA source, or of another that the C++ compiler takes as it is."""
    if is_cuda:
        compile_source(source, target, options)
        return
    language = list(options.host) if source.suffix == ".c" else options.language
    flags = [*language, *options.preprocess, "-isystem", str(INCLUDE), "-isystem", str(SHARED), options.optimise]
    kind = ["-x", "c"] if source.suffix == ".c" else ["-x", "c++"]
    compiler(options.compiler).run(*flags, *kind, "-c", str(source), "-o", str(target))


def run_program(path: Path, arguments: Sequence[str], device: str) -> int:
    """The exit status of a program; a signal gives 128 and its number, as in a shell."""
    environment = dict(os.environ, CUDAWASM_PYTHON=sys.executable)
    if device:
        environment["CUDAWASM_DEVICE"] = device
    status = subprocess.run([str(path), *arguments], env=environment, check=False).returncode
    return status if status >= 0 else 128 - status
