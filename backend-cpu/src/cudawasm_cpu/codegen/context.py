"""What all parts of emission share while one kernel is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import UnsupportedFeature
from cudawasm.ir import nodes as n
from cudawasm.runtime.interface import CompileOptions
from cudawasm.source import Span
from cudawasm_cpu.codegen.code import Code
from cudawasm_cpu.codegen.layout import GangLayout
from cudawasm_cpu.codegen.sites import Site
from cudawasm_cpu.codegen.tree import Tree
from cudawasm_cpu.codegen.uniformity import Uniformity
from cudawasm_cpu.codegen.values import Aggregate, Value
from cudawasm_cpu.codegen.variables import Variable
from cudawasm_cpu.machine import Machine

Mask = str | None
"""Active lanes: an LLVM operand, or None when all lanes of the gang are active."""


@dataclass(eq=False, slots=True)
class Context:
    """``lost`` holds, for each enclosing masked construct, the variables that its absent lanes may still read.

    ``memo`` caches the values of subexpressions within one statement. ``gang`` counts through all ``gangs`` that
    run together, in the ``batch`` of blocks from ``first_block`` on or the group of gangs from ``first_gang`` on;
    ``gang_of_block`` counts within one block. ``nowhere`` is memory that nobody looks at. ``blends`` counts the
    branches around this place that are computed even when no lane is active.
    """

    code: Code
    machine: Machine
    layout: GangLayout
    options: CompileOptions
    kernel: n.Function
    tree: Tree
    variables: dict[n.Var, Variable]
    uniformity: Uniformity
    shared: Mapping[n.Var, int]
    dynamic_offset: int
    globals: Mapping[n.Var, int]
    lost: list[int] = field(default_factory=list)
    memo: dict[tuple[int, Mask], Value | Aggregate] = field(default_factory=dict)
    keep: list[object] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)
    specials: dict[str, Value] = field(default_factory=dict)
    gang: str = "0"
    gangs: str = "1"
    batch: str = "1"
    gang_of_block: str = "0"
    first_block: str = ""
    first_gang: str = "0"
    shared_base: str = "%arena"
    width: int = 1
    span: Span | None = None
    storage_bytes: int = 0
    returned: str = ""
    nowhere: str = ""
    blends: int = 0
    gang_end: str = ""

    def site(self, site: Site) -> int:
        """The number of a site."""
        if self.span is not None:
            site.line, site.file = self.span.line, self.span.file.name
        self.sites.append(site)
        return len(self.sites) - 1


def refuse(code: str, message: str, span: Span | None, hint: str = "") -> UnsupportedFeature:
    """The error to raise for a construct that this backend cannot run."""
    return UnsupportedFeature([Diagnostic(code, message, span, hint)])
