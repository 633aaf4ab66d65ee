"""Packages of sources, and where npm's tools are."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from cudawasm.plugins import host
from cudawasm.runtime.compilation import SourceOptions, lower, open_program
from cudawasm.runtime.interface import CompileOptions
from cudawasm.web.export import Package, export_kernels

MODULES = Path(os.environ.get("CUDAWASM_TINT", Path(__file__).resolve().parents[2] / ".tint")) / "node_modules"


def tool(name: str) -> Any:
    """Skips a test where a package of npm is missing."""
    return pytest.mark.skipif(not (MODULES / ".bin" / name).exists(), reason=f"needs npm's package {name}")


def exported(source: bytes, name: str = "kernels", **options: Any) -> Package:
    """A package of all kernels of a source."""
    program = open_program(source, f"{name}.cu", SourceOptions())
    units = {k.name: lower(program, k.name) for k in program.kernels}
    targets = host().web_targets()
    wanted = options.pop("targets", sorted(targets))
    chosen = [targets[target] for target in wanted]
    return export_kernels(name, units, options.pop("blocks", {}), chosen, CompileOptions(), **options)


def write(package: Package, folder: Path) -> None:
    for path, content in package.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
