"""The system's C++ compiler, and what we give it: headers, and the runtime as a static library."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cudawasm.errors import CudaWasmError
from cudawasm.runtime.cache import default_cache, digest

HERE = Path(__file__).parent
INCLUDE = HERE / "include"
SHARED = HERE.parent / "devlib" / "shared"
"""Headers of ours that device code and host code both read, with kernels and launches in them."""
RUNTIME = HERE / "runtime"
RUNTIME_NAME, DEVICE_RUNTIME_NAME = "libcudart_static.a", "libcudadevrt.a"
"""Names by which build systems link them; the second is empty."""
_LIBRARY_FLAGS = ("-std=c++17", "-O2", "-fPIC", "-Wall")


class ToolchainError(CudaWasmError):
    """There is no C++ compiler, or it does not take something. ``output`` is what it said."""

    def __init__(self, message: str, output: str = ""):
        super().__init__(message)
        self.output = output


@dataclass(frozen=True, slots=True)
class Compiler:
    path: str

    def run(self, *arguments: str) -> str:
        """What the compiler writes to its output; its warnings are passed on. Raises ToolchainError."""
        done = subprocess.run([self.path, *arguments], capture_output=True, check=False)
        said = done.stderr.decode(errors="replace")
        if done.returncode:
            raise ToolchainError(f"{Path(self.path).name} failed", said)
        sys.stderr.write(said)
        return done.stdout.decode(errors="surrogateescape")


@cache
def compiler(wanted: str = "") -> Compiler:
    """The compiler that is asked for, that ``CXX`` names, or g++ or clang++. Raises ToolchainError."""
    named = os.environ.get("CXX", "")
    is_ours = Path(named).name in ("nvcc", "cudawasm-nvcc")  # make exports what its command line sets
    candidates = [wanted] if wanted else ["" if is_ours else named, "g++", "clang++", "c++"]
    for name in filter(None, candidates):
        path = shutil.which(name)
        if path:
            return Compiler(path)
    what = f"{wanted} was not found" if wanted else "no C++ compiler was found"
    raise ToolchainError(f"{what}: programs need g++ or clang++ for their host half")


def runtime_library(tool: Compiler) -> Path:
    """The CUDA runtime as a static library, built once for each compiler and version of ours."""
    sources = sorted(RUNTIME.glob("*.cpp"))
    headers = [path for folder in (RUNTIME, INCLUDE, SHARED) for path in sorted(folder.glob("*.h"))]
    texts = [path.read_bytes() for path in (*sources, *headers)]
    folder = default_cache().folder / "host" / digest(tool.path, sys.executable, *texts)
    library = folder / RUNTIME_NAME
    if not library.exists():
        python = f'-DCUDAWASM_PYTHON="{sys.executable}"'
        flags = (*_LIBRARY_FLAGS, python, f"-I{INCLUDE}", f"-I{SHARED}", "-c")
        folder.mkdir(parents=True, exist_ok=True)
        archive(folder / DEVICE_RUNTIME_NAME, ())
        make_library(library, sources, lambda source, made: tool.run(*flags, str(source), "-o", str(made)))
    return library


def make_library(library: Path, sources: Sequence[Path], compile_one: Callable[[Path, Path], object]) -> None:
    """A static library of sources, each made an object by ``compile_one``. It is whole when it appears."""
    library.parent.mkdir(parents=True, exist_ok=True)
    objects = {source: library.with_name(f"{source.stem}.{os.getpid()}.o") for source in sources}
    for source, made in objects.items():
        compile_one(source, made)
    whole = library.with_suffix(f".{os.getpid()}")
    archive(whole, [str(made) for made in objects.values()])
    os.replace(whole, library)
    for made in objects.values():
        made.unlink()


def archive(path: Path, objects: Sequence[str]) -> None:
    """Make a static library. Raises ToolchainError."""
    done = subprocess.run(["ar", "rcs", str(path), *objects], capture_output=True, check=False)
    if done.returncode:
        raise ToolchainError("ar failed", done.stderr.decode(errors="replace"))
