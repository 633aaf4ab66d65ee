"""``cudawasm run`` and ``cudawasm build``: whole CUDA programs."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from cudawasm.cli.emit import DefineOption, DeviceOption, IncludeOption

SourcesArgument = Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="CUDA and C++ sources.")]
OptionOption = Annotated[list[str], typer.Option("--option", help="Another option, as nvcc spells it.")]

_PROGRAM = "cudawasm.program"


class WithProgramArguments(TyperCommand):
    """A command that leaves to a program what follows ``--``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        end = args.index("--") if "--" in args else len(args)
        ctx.meta[_PROGRAM] = args[end + 1 :]
        return super().parse_args(ctx, args[:end])


def run(
    context: typer.Context,
    sources: SourcesArgument,
    device: DeviceOption = None,
    define: DefineOption = [],  # noqa: B006 (typer reads the default)
    include: IncludeOption = [],  # noqa: B006
    option: OptionOption = [],  # noqa: B006
    sanitize: Annotated[bool, typer.Option("--sanitize", help="Run on a device that watches the threads.")] = False,
) -> None:
    """Compile a CUDA program and run it on a device; what follows -- are its arguments. Needs a C++ compiler."""
    from cudawasm.cli.sanitize import watching_device
    from cudawasm.host.build import run_program

    if sanitize:
        device = device or watching_device()
        os.environ["CUDAWASM_SANITIZE"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / sources[0].stem
        _build(sources, program, define, include, option)
        status = run_program(program, context.meta[_PROGRAM], device or "")
    raise typer.Exit(status)


def build(
    sources: SourcesArgument,
    output: Annotated[Path, typer.Option("--output", "-o", help="The program to write.")],
    define: DefineOption = [],  # noqa: B006
    include: IncludeOption = [],  # noqa: B006
    option: OptionOption = [],  # noqa: B006
) -> None:
    """Make a program of CUDA and C++ sources. CUDAWASM_DEVICE chooses the device when it runs."""
    _build(sources, output, define, include, option)


def toolkit(folder: Annotated[Path, typer.Argument(file_okay=False, help="The folder to make.")]) -> None:
    """Make a folder that build systems take for CUDA's toolkit: set CUDA_HOME to it, or CUDA_PATH, or CUDA_DIR."""
    from cudawasm.host.toolkit import make_toolkit

    make_toolkit(folder)


def _build(sources: list[Path], output: Path, define: list[str], include: list[str], option: list[str]) -> None:
    from cudawasm.host import nvcc
    from cudawasm.host.toolchain import ToolchainError

    words = [*option, *(f"-D{d}" for d in define), *(f"-I{i}" for i in include), "-o", str(output)]
    try:
        nvcc.run_command(nvcc.read_command([*words, *map(str, sources)]))
    except ToolchainError as error:
        typer.echo(error.output, err=True, nl=False)
        raise
