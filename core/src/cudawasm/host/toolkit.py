"""A folder that build systems take for CUDA's toolkit."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from cudawasm.host.libraries import NAMES, library
from cudawasm.host.toolchain import INCLUDE, RUNTIME_NAME, archive, compiler, runtime_library

_EMPTY_NAMES = ("libcudadevrt.a", "libcuda.a")


def make_toolkit(folder: Path) -> None:
    """``bin/nvcc``, headers and libraries, for ``CUDA_HOME`` and the like. Raises ToolchainError."""
    for part in ("bin", "lib64", "nvvm/libdevice"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    nvcc = folder / "bin" / "nvcc"
    nvcc.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cudawasm.host.nvcc "$@"\n')
    nvcc.chmod(0o755)
    headers = folder / "include"
    headers.unlink(missing_ok=True)
    headers.symlink_to(INCLUDE, target_is_directory=True)
    tool, libraries = compiler(), folder / "lib64"
    runtime = runtime_library(tool)
    shutil.copyfile(runtime, libraries / RUNTIME_NAME)
    whole = ("-Wl,--whole-archive", str(runtime), "-Wl,--no-whole-archive", "-lpthread")
    tool.run("-shared", "-o", str(libraries / "libcudart.so"), *whole)  # brings C++'s own library for linkers of C
    for name in NAMES:
        shutil.copyfile(library(name, tool), libraries / f"lib{name}_static.a")
        everything = ("-Wl,--whole-archive", str(library(name, tool)), "-Wl,--no-whole-archive")
        beside = (f"-L{libraries}", "-lcudart", "-Wl,-rpath,$ORIGIN", "-lpthread")  # the runtime of this folder
        tool.run("-shared", "-o", str(libraries / f"lib{name}.so"), *everything, *beside)
    for name in _EMPTY_NAMES:
        archive(libraries / name, ())
