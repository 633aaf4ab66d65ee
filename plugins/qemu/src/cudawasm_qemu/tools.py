"""The programs that this device needs: an emulator, and a compiler with a C library for its machine."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

EMULATORS = ("qemu-aarch64", "qemu-aarch64-static")
COMPILER = "aarch64-linux-gnu-gcc"
LIBRARIES = Path("/usr/aarch64-linux-gnu")
"""Where the emulated machine's loader finds its shared libraries."""


def emulator() -> str:
    """The emulator's path; empty where there is none."""
    return next((path for path in map(shutil.which, EMULATORS) if path), "")


def missing() -> str:
    """What is not installed, for people; empty when all is there."""
    lacks = []
    if not emulator():
        lacks.append("qemu-aarch64 (package qemu-user)")
    if shutil.which(COMPILER) is None:
        lacks.append(f"{COMPILER} (package gcc-aarch64-linux-gnu)")
    if not (LIBRARIES / "lib/libc.so.6").exists() or not (LIBRARIES / "include/stdio.h").exists():
        lacks.append("a C library for AArch64 (package libc6-dev-arm64-cross)")
    return ", ".join(lacks)


def link(output: Path, *inputs: Path, options: tuple[str, ...] = ()) -> None:
    """Compile and link for the emulated machine. Raises RuntimeError with what the compiler says."""
    command = [COMPILER, *options, *map(str, inputs), "-o", str(output), "-lm", "-ldl", "-lpthread"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        raise RuntimeError(f"{COMPILER}: {run.stderr.strip()}")
