"""``cudawasm export-web``: kernels as a package for browsers, Node and Deno."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Annotated

import typer

from cudawasm.cli.emit import DefineOption, FileArgument, IncludeOption, find_unit, parse_shape, read_options
from cudawasm.cli.output import out
from cudawasm.errors import OptionError
from cudawasm.plugins import host
from cudawasm.runtime.compilation import open_program
from cudawasm.runtime.interface import Dim3


def export_web(
    file: FileArgument,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the package.")] = Path("dist"),
    kernel: Annotated[
        list[str] | None, typer.Option("--kernel", "-k", help="Kernel, or template with arguments; default: all.")
    ] = None,
    block: Annotated[
        list[str] | None,
        typer.Option("--block", "-b", help="Block shape to compile for, as 256 or 16x16; or one kernel's, NAME=16x16."),
    ] = None,
    target: Annotated[
        list[str] | None, typer.Option("--target", "-t", help="webgpu, wasm; default: all that are installed.")
    ] = None,
    define: DefineOption = [],  # noqa: B006 (typer reads the default)
    include: IncludeOption = [],  # noqa: B006
    option: Annotated[list[str], typer.Option("--option", help="Another option, as nvcc spells it.")] = [],  # noqa: B006
) -> None:
    """Write an ES module package with TypeScript types that runs kernels on WebGPU and WebAssembly."""
    from cudawasm.web.export import export_kernels, public_name

    options = read_options(define, include, option)
    program = open_program(file.read_bytes(), str(file), options)
    names = kernel or [k.name for k in program.kernels if not k.is_template]
    units = {public_name(name): find_unit(program, name) for name in names}
    if len(units) < len(names):
        raise OptionError(f"two of the kernels have the same name in JavaScript: {', '.join(names)}")
    targets = host().web_targets()
    if unknown := set(target or ()) - targets.keys():
        raise OptionError(f"no web target {', '.join(sorted(unknown))}; there are {', '.join(sorted(targets))}")
    chosen = [targets[name] for name in target or sorted(targets)]
    package = export_kernels(public_name(file.stem), units, read_blocks(block or []), chosen, options.compile)
    for path, content in package.files.items():
        place = output / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    for name, refused in package.refused.items():
        for public, diagnostics in refused.items():
            out().print(f"{public} does not run on {name}:", highlight=False)
            for diagnostic in diagnostics:
                out().print(diagnostic.render(), highlight=False, markup=False, soft_wrap=True)
    size = sum(map(len, package.files.values()))
    out().print(f"{output}: {', '.join(units)} in {len(package.files)} files, {size / 1024:.0f} KiB", highlight=False)


def read_blocks(given: list[str]) -> dict[str, list[Dim3]]:
    """Block shapes by kernel; under "" those of kernels that are not named. Wrong ones are wrong usage."""
    found: dict[str, list[Dim3]] = defaultdict(list)
    for text in given:
        name, _, shape = text.rpartition("=")
        found[name].append(parse_shape(shape))
    return dict(found)
