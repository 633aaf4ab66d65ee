"""Writes tests/golden: what each kernel there becomes for each target that needs no device. ``git diff`` shows changes.

    python tools/golden.py

The text is what a person reads who wants to know what a backend makes; tests/test_golden.py gives it to the validators
of other projects.
"""

from __future__ import annotations

import sys
from pathlib import Path

from cudawasm.cli.emit import find_unit
from cudawasm.ir.text import print_module
from cudawasm.plugins import host
from cudawasm.runtime.compilation import open_program, parse_options
from cudawasm.runtime.interface import CompileOptions

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "golden"
TARGETS = ("opencl", "wgsl", "wgsl-browser", "spirv")
"""Those whose text depends on nothing but this repository; LLVM's differs from release to release."""
BLOCK = (256, 1, 1)


def sources() -> list[Path]:
    return sorted(FOLDER.glob("*.cu"))


def texts(source: Path) -> dict[str, str]:
    """File name -> text for the kernel that the source's first line names."""
    first = source.read_text().partition("\n")[0]
    program = open_program(source.read_bytes(), source.name, parse_options([], {}, []))
    unit = find_unit(program, first.removeprefix("// Kernel: "))
    targets = host().targets()
    made = {f"{source.stem}.kir": print_module(unit.module)}
    for name in TARGETS:
        if name in targets:
            target = targets[name]
            suffix = f".browser{target.suffix}" if name.endswith("-browser") else target.suffix
            made[f"{source.stem}{suffix}"] = target.generate(unit.module, unit.kernel, BLOCK, CompileOptions())
    return made


def main() -> int:
    for source in sources():
        for name, text in texts(source).items():
            (FOLDER / name).write_text(text.rstrip("\n") + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
