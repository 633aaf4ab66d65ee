"""What a backend implements to be a part of exported packages: code made ahead of time, for block shapes given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from cudawasm.diagnostics import Diagnostic
from cudawasm.ir.nodes import Function, Module
from cudawasm.runtime.interface import CompileOptions, Dim3


@dataclass(frozen=True, slots=True)
class WebKernel:
    """A kernel to export: ``name`` is what a page calls it, ``kernel`` its function in the module."""

    name: str
    module: Module
    kernel: str
    blocks: tuple[Dim3, ...]

    @property
    def function(self) -> Function:
        return self.module.functions[self.kernel]


@dataclass(frozen=True, slots=True)
class WebCode:
    """What a target makes of kernels: files of the package, and facts for ``manifest.json``, as JSON takes them.

    ``kernels`` has the facts of each kernel that is not ``refused``, ``facts`` those of the target as a whole. A kernel
    may have facts and diagnostics, which are of some of its block shapes.
    """

    files: Mapping[str, bytes]
    kernels: Mapping[str, Mapping[str, Any]]
    facts: Mapping[str, Any] = field(default_factory=dict)
    refused: Mapping[str, tuple[Diagnostic, ...]] = field(default_factory=dict)


class WebTarget(Protocol):
    """One way in which a package runs; ``name`` is its key in the manifest: "wasm", "webgpu"."""

    @property
    def name(self) -> str: ...

    def generate(self, kernels: Sequence[WebKernel], options: CompileOptions) -> WebCode:
        """Code for kernels; one that the target cannot run is refused and stops no other."""


def block_key(block: Dim3) -> str:
    """A block shape as the manifest writes it: "256x1x1"."""
    return "x".join(map(str, block))
