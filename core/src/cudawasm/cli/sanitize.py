"""``cudawasm sanitize``: run a Python program on a device that watches what its kernels' threads do."""

from __future__ import annotations

import os
import runpy
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from cudawasm.cli.output import err, out, table
from cudawasm.errors import CudaWasmError, DeviceNotFound
from cudawasm.plugins import host
from cudawasm.runtime.hazards import hazards


def sanitize(
    program: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A Python program that uses cudawasm.")],
    arguments: Annotated[list[str] | None, typer.Argument(help="Its arguments.")] = None,
) -> None:
    """Run a program slowly and report races, uninitialised reads, wrong masks, lost barriers and stray accesses.

    Exit code 1 when something is reported.
    """
    os.environ.update(CUDAWASM_DEVICE=watching_device(), CUDAWASM_SANITIZE="1")
    sys.argv = [str(program), *(arguments or ())]
    sys.path.insert(0, str(program.resolve().parent))
    try:
        runpy.run_path(str(program), run_name="__main__")
    except CudaWasmError as error:
        err().print(f"the program stopped: {escape(str(error))}", soft_wrap=True)
    _print()
    raise typer.Exit(1 if hazards() else 0)


def watching_device() -> str:
    """A device that reports hazards. Raises DeviceNotFound."""
    names = [info.name for info in host().devices() if "sanitizer" in info.features]
    if not names:
        raise DeviceNotFound("no device reports hazards", hint="install the package cudawasm-reference")
    return names[0]


def _print() -> None:
    console, found = out(), hazards()
    if not found:
        console.print("no hazards")
        return
    rows = table("kind", "where", "kernel", "what", "first seen in", "#times")
    for hazard, who, count in found:
        rows.add_row(
            hazard.kind, escape(hazard.place), escape(hazard.kernel), escape(hazard.message), escape(who), str(count)
        )
    console.print(rows)
