"""``cudawasm-nvcc``: nvcc's command line, so that projects that call nvcc build unchanged."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from cudawasm.errors import CompileError, CudaWasmError, OptionError
from cudawasm.host.build import BuildOptions, compile_any, dependencies, link, preprocessed, translated
from cudawasm.host.libraries import with_libraries
from cudawasm.host.toolchain import HERE, INCLUDE, ToolchainError, archive, compiler, runtime_library
from cudawasm.runtime.interface import CompileOptions

Stage = Literal["link", "compile", "preprocess", "translate", "depend", "library", "shared", "device-link"]
VERSION = """nvcc: NVIDIA (R) Cuda compiler driver
Copyright (c) 2005-2024 NVIDIA Corporation
Cuda compilation tools, release 12.4, V12.4.131
cudawasm-nvcc: cudawasm answers to nvcc's name; no part of NVIDIA's toolkit is here
"""
"""The first lines are what build systems look for."""
_SOURCES = frozenset((".cu", ".c", ".cc", ".cpp", ".cxx", ".C"))

_STAGES: dict[str, Stage] = {
    "-c": "compile", "--compile": "compile", "-dc": "compile", "--device-c": "compile", "-dw": "compile",
    "--device-w": "compile", "-E": "preprocess", "--preprocess": "preprocess", "-cuda": "translate",
    "--cuda": "translate", "-M": "depend", "-MM": "depend",
    "--generate-dependencies": "depend", "--generate-nonsystem-dependencies": "depend", "-lib": "library",
    "--lib": "library", "-shared": "shared", "--shared": "shared", "-link": "link", "--link": "link",
    "-dlink": "device-link", "--device-link": "device-link",
}  # fmt: skip
_IGNORED = frozenset((
    "-lineinfo", "--generate-line-info", "-m64", "--expt-relaxed-constexpr", "-expt-relaxed-constexpr",
    "--expt-extended-lambda", "-expt-extended-lambda", "--extended-lambda", "-extended-lambda", "-w",
    "--disable-warnings", "--keep", "-keep", "--restrict", "-restrict", "--resource-usage",
    "-res-usage", "-forward-unknown-to-host-compiler", "--forward-unknown-to-host-compiler", "-time",
    "--source-in-ptx", "-src-in-ptx", "-Wno-deprecated-gpu-targets", "--no-device-link", "-nodlink",
    "-extra-device-vectorization", "-Wreorder", "-Wext-lambda-captures-this", "--no-compress",
    "-save-temps", "--save-temps",
))  # fmt: skip
_IGNORED_WITH_VALUE = (
    "-arch", "--gpu-architecture", "-gencode", "--generate-code", "-code", "--gpu-code", "-Xptxas", "--ptxas-options",
    "-Xnvlink", "--nvlink-options", "-maxrregcount", "--maxrregcount", "-cudart",
    "--cudart", "-cudadevrt", "--cudadevrt", "-t", "--threads", "--keep-dir", "-keep-dir", "-diag-suppress",
    "--diag-suppress", "-diag-error", "--diag-error", "-diag-warn", "--diag-warn", "-prec-div", "--prec-div",
    "-prec-sqrt", "--prec-sqrt", "-ftz", "--ftz", "-split-compile", "--split-compile", "-default-stream",
    "--default-stream", "-Werror", "--Werror", "-target-dir", "--target-directory", "-ldir", "-dopt",
)  # fmt: skip
_VALUES = {
    "-o": "output", "--output-file": "output", "-I": "include", "--include-path": "include", "-isystem": "include",
    "--system-include": "include", "-D": "define", "--define-macro": "define", "-U": "undefine",
    "--undefine-macro": "undefine", "-L": "folder", "--library-path": "folder", "-l": "library",
    "--library": "library", "-Xcompiler": "host", "--compiler-options": "host", "-Xlinker": "linker",
    "--linker-options": "linker", "-Xarchive": "", "--archive-options": "", "-std": "standard", "--std": "standard",
    "-x": "language", "--x": "language", "-ccbin": "compiler", "--compiler-bindir": "compiler", "-MF": "depfile",
    "--dependency-output": "depfile", "-MT": "deptarget", "--dependency-target-name": "deptarget", "-MQ": "deptarget",
    "-include": "preinclude", "--pre-include": "preinclude", "-odir": "folder_of_objects",
    "--output-directory": "folder_of_objects", "-O": "optimise", "--optimize": "optimise", "-fmad": "fmad",
    "--fmad": "fmad", "-rdc": "relocatable", "--relocatable-device-code": "relocatable",
}  # fmt: skip
_UNSUPPORTED = {
    "-ptx": "PTX", "--ptx": "PTX", "-cubin": "cubins", "--cubin": "cubins", "-fatbin": "fat binaries",
    "--fatbin": "fat binaries", "-optix-ir": "OptiX",
}  # fmt: skip


@dataclass(slots=True)
class Command:
    """What a command line asks for."""

    stage: Stage = "link"
    inputs: list[str] = field(default_factory=list)
    output: str = ""
    include: list[str] = field(default_factory=list)
    define: list[tuple[str, str]] = field(default_factory=list)
    host: list[str] = field(default_factory=list)
    link: list[str] = field(default_factory=list)
    standard: str = "c++17"
    optimise: str = "-O2"
    compiler: str = ""
    language: str = ""
    depfile: str = ""
    deptarget: str = ""
    folder_of_objects: str = ""
    with_system_headers: bool = True
    writes_depfile: bool = False
    runs: bool = False
    fast_math: bool = False
    contract: bool = True
    debug: bool = False
    is_verbose: bool = False
    is_relocatable: bool = False

    @property
    def options(self) -> BuildOptions:
        compile_ = CompileOptions(fast_math=self.fast_math, contract=self.contract, debug=self.debug)
        return BuildOptions(tuple(self.include), tuple(self.define), self.standard, self.optimise, tuple(self.host),
                            tuple(self.link), compile_, self.compiler, self.is_relocatable)  # fmt: skip


def read_command(arguments: Sequence[str]) -> Command:
    """Raises OptionError."""
    command = Command()
    words = iter(_expanded(arguments))
    for word in words:
        name, has_value, value = word.partition("=")
        if word in _UNSUPPORTED:
            raise OptionError(f"{word}: cudawasm makes no {_UNSUPPORTED[word]}")
        if word in _STAGES:
            command.stage = command.stage if command.stage == "device-link" else _STAGES[word]
            command.is_relocatable |= word in ("-dc", "--device-c")
            command.with_system_headers = word not in ("-MM", "--generate-nonsystem-dependencies")
        elif word in _IGNORED:
            continue
        elif word in _IGNORED_WITH_VALUE:
            next(words, "")
        elif name in _IGNORED_WITH_VALUE and has_value:
            continue
        elif word in ("-MD", "-MMD", "--generate-dependencies-with-compile", "-MP"):
            command.writes_depfile = True
        elif word in ("-v", "--verbose", "--dryrun", "-dryrun"):
            command.is_verbose = True
        elif word in ("-use_fast_math", "--use_fast_math"):
            command.fast_math = True
        elif word in ("-G", "--device-debug"):
            command.debug = True
        elif word in ("-g", "--debug", "-pg", "--profile"):
            command.host.append("-g")
        elif word in ("-run", "--run"):
            command.runs = True
        elif word in _VALUES:
            _take(command, _VALUES[word], _next(words, word))
        elif has_value and name in _VALUES:
            _take(command, _VALUES[name], value)
        elif word[:2] in ("-I", "-D", "-U", "-L", "-l", "-O", "-o", "-x") and len(word) > 2:
            _take(command, _VALUES[word[:2]], word[2:])
        elif word.startswith(("-f", "-m", "-W")) or word == "-pthread":
            command.host.append(word)  # for the C++ compiler
        elif word.startswith("-"):
            raise OptionError(f"unknown option {word}")
        else:
            command.inputs.append(word)
    return command


def _expanded(arguments: Sequence[str]) -> Iterator[str]:
    """The words, with those of files of options in their place."""
    words = iter(arguments)
    for word in words:
        name, has_value, value = word.partition("=")
        if word.startswith("@"):
            yield from _expanded(shlex.split(Path(word[1:]).read_text()))
        elif name in ("-optf", "--options-file"):
            yield from _expanded(shlex.split(Path(value if has_value else _next(words, word)).read_text()))
        else:
            yield word


def _next(words: Iterator[str], option: str) -> str:
    value = next(words, None)
    if value is None:
        raise OptionError(f"{option} needs a value")
    return value


def _take(command: Command, what: str, value: str) -> None:
    match what:
        case "include":
            command.include += value.split(",")
        case "define":
            name, given, text = value.partition("=")
            command.define.append((name, text if given else "1"))
        case "undefine":
            command.host.append(f"-U{value}")
        case "folder":
            command.link.append(f"-L{value}")
        case "library":
            if value not in ("cudart", "cudart_static", "cudadevrt", "cuda", "culibos"):  # ours is linked anyway
                command.link.append(value if value.endswith((".a", ".so")) else f"-l{value}")
        case "host":
            command.host += value.split(",") if not value.startswith("-Wl,") else [value]
        case "linker":
            command.link.append(f"-Wl,{value}")
        case "optimise":
            command.optimise = f"-O{value or 1}"
        case "preinclude":
            command.host += ["-include", value]
        case "fmad":
            command.contract = value == "true"
        case "relocatable":
            command.is_relocatable = value == "true"
        case "output" | "standard" | "compiler" | "language" | "depfile" | "deptarget" | "folder_of_objects":
            setattr(command, what, value)
        case _:
            pass


def _is_source(name: str, command: Command) -> bool:
    return bool(command.language) or Path(name).suffix in _SOURCES


def _object_name(source: str, command: Command) -> Path:
    return Path(command.folder_of_objects) / f"{Path(source).stem}.o"


def run_command(command: Command) -> int:
    """Do what a command asks for. Raises CompileError, ToolchainError, OptionError."""
    if not command.inputs:
        raise OptionError("no input files")
    if command.is_verbose:
        sys.stderr.write(_explained(command))
    sources = [name for name in command.inputs if _is_source(name, command)]
    match command.stage:
        case "preprocess":
            _write(command.output, "".join(preprocessed(Path(name), command.options) for name in sources))
        case "depend":
            _write(command.output, "".join(_rule(name, command, _object_name(name, command)) for name in sources))
        case "translate":
            for name in sources:
                _write(command.output or f"{Path(name).name}.cpp.ii", translated(Path(name), command.options))
        case "compile":
            for name in sources:
                target = Path(command.output) if command.output else _object_name(name, command)
                _compile(name, target, command)
        case "device-link":
            with tempfile.TemporaryDirectory() as folder:  # device code is linked when a program starts
                empty = Path(folder) / "empty.cpp"
                empty.write_text("")
                compile_any(empty, Path(command.output or "a_dlink.o"), command.options)
        case "link" | "shared" | "library":
            return _link(sources, command)
    return 0


def _explained(command: Command) -> str:
    """What build systems read from nvcc's verbose output: folders, and how a program is linked."""
    tool = compiler(command.compiler)
    runtime = runtime_library(tool).parent
    libraries = f'"-L{runtime}"'
    lines = {"TOP": HERE, "NVVMIR_LIBRARY_DIR": HERE / "nvvm/libdevice", "PATH": os.environ.get("PATH", ""),
             "LIBRARIES": libraries, "INCLUDES": f'"-I{INCLUDE}"'}  # fmt: skip
    texts = [f"#$ {name}={value}\n" for name, value in lines.items()]
    link_line = f"{tool.path} -o a.out a.o {libraries} -lcudadevrt -lcudart_static -lrt -lpthread -ldl"
    return "".join((*texts, f"#$ cicc -arch compute_80 {' '.join(command.inputs)}\n", f"#$ {link_line}\n"))


def _compile(name: str, target: Path, command: Command) -> None:
    compile_any(Path(name), target, command.options, is_cuda=_is_cuda(name, command))
    if command.writes_depfile or command.depfile:
        path = command.depfile or str(target.with_suffix(".d"))
        _write(path, _rule(name, command, target))


def _is_cuda(name: str, command: Command) -> bool:
    return command.language == "cu" if command.language else Path(name).suffix == ".cu"


def _rule(name: str, command: Command, target: Path) -> str:
    """A make rule that says what a source's object depends on."""
    found = dependencies(Path(name), command.options, command.with_system_headers)
    return f"{command.deptarget or target}: " + " \\\n  ".join(p.replace(" ", "\\ ") for p in found) + "\n"


def _link(sources: list[str], command: Command) -> int:
    with tempfile.TemporaryDirectory() as folder:
        objects = []
        for i, name in enumerate(command.inputs):
            if name in sources:
                made = Path(folder) / f"{i}-{Path(name).stem}.o"
                _compile(name, made, command)
                objects.append(str(made))
            else:
                objects.append(name)
        if command.stage == "library":
            archive(Path(command.output or "a.a"), objects)
            return 0
        target = Path(command.output or "a.out")
        link(objects, target, with_libraries(command.options), shared=command.stage == "shared")
    return subprocess.run([os.path.abspath(target)], check=False).returncode if command.runs else 0


def _write(path: str, text: str) -> None:
    if path and path != "-":
        Path(path).write_text(text, errors="surrogateescape")
    else:
        sys.stdout.write(text)


def main(arguments: Sequence[str] | None = None) -> int:
    """``cudawasm-nvcc``. What is wrong is said as a compiler says it, with status 1."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if any(word in ("--version", "-V") for word in words):
        print(VERSION, end="")
        return 0
    try:
        return run_command(read_command(words))
    except ToolchainError as error:
        sys.stderr.write(error.output or f"cudawasm-nvcc: {error}\n")
    except CompileError as error:
        sys.stderr.write(f"{error}\n")
    except (CudaWasmError, OSError) as error:
        sys.stderr.write(f"cudawasm-nvcc: {error}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
