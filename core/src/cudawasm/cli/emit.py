"""``cudawasm emit``: what a kernel becomes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cudawasm.errors import KernelNotFound
from cudawasm.plugins import host
from cudawasm.runtime.compilation import SourceOptions, Unit, lower, open_program, parse_options
from cudawasm.runtime.device import resolve_device
from cudawasm.runtime.interface import CompileOptions, Dim3
from cudawasm.runtime.shapes import read_shape

FileArgument = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A CUDA source file.")]
DefineOption = Annotated[list[str], typer.Option("--define", "-D", help="NAME or NAME=VALUE.")]
IncludeOption = Annotated[list[str], typer.Option("--include", "-I", help="Folder of headers.")]
DeviceOption = Annotated[str | None, typer.Option("--device", "-d", help="Device, backend or kind.")]


def read_options(define: list[str], include: list[str], extra: list[str] | None = None) -> SourceOptions:
    """The options of the commands as ``parse_options`` reads them."""
    return parse_options([*(f"-D{d}" for d in define), *(extra or ())], {}, include)


def emit(
    file: FileArgument,
    target: Annotated[str, typer.Option("--target", "-t", help="kir, or what a backend makes: llvm, asm, ...")] = "kir",
    kernel: Annotated[
        list[str] | None,
        typer.Option("--kernel", "-k", help="Kernel, or template with arguments; default: all."),
    ] = None,
    block: Annotated[str, typer.Option(help="Block shape for which to compile: x,y,z.")] = "256,1,1",
    device: DeviceOption = None,
    define: DefineOption = [],  # noqa: B006 (typer reads the default)
    include: IncludeOption = [],  # noqa: B006
    option: Annotated[list[str], typer.Option("--option", help="Another option, as nvcc spells it.")] = [],  # noqa: B006
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write instead of printing.")] = None,
) -> None:
    """Print a kernel as KIR or as a backend's text."""
    options = read_options(define, include, option)
    shape = parse_shape(block)
    # Kernels that were not asked for may be refused without harm to those that were.
    program = open_program(file.read_bytes(), str(file), options)
    names = kernel or [k.name for k in program.kernels if not k.is_template]
    texts = [_text(find_unit(program, name), target, shape, device, options.compile) for name in names]
    text = "\n".join(t.rstrip("\n") + "\n" for t in texts)
    if output:
        output.write_text(text)
    else:
        print(text, end="")


def parse_shape(text: str) -> Dim3:
    """One to three extents, as "16,16". Wrong ones are wrong usage."""
    try:
        return read_shape(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def find_unit(program: Any, name: str) -> Unit:
    """A kernel of a front end's program by name. Raises KernelNotFound, CompileError."""
    if "<" in name or any(k.name == name and not k.is_template for k in program.kernels):
        return lower(program, name)
    known = [f"{k.name}<...>" if k.is_template else k.name for k in program.kernels]
    raise KernelNotFound(f'no kernel "{name}"', hint=f"there are: {', '.join(known)}")


def _text(unit: Unit, target: str, block: Dim3, device: str | None, options: CompileOptions) -> str:
    if target == "kir":
        from cudawasm.ir.text import print_module

        return print_module(unit.module)
    targets = host().targets() if device is None else {}
    if target in targets:
        return targets[target].generate(unit.module, unit.kernel, block, options)
    opened = resolve_device(device)
    try:
        return opened.backend.generated(unit.module, unit.kernel, block, target)
    except ValueError as error:
        known = ", ".join(["kir", *targets])
        raise typer.BadParameter(f"{error}; besides what {opened.name} makes there are: {known}") from error
