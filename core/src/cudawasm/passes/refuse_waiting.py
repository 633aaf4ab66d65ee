"""Refuse what would hang where the threads of a block may run one after the other."""

from __future__ import annotations

from cudawasm.analysis.waiting import find_spin, only_reads
from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import UnsupportedFeature
from cudawasm.ir import nodes as n
from cudawasm.ir.walk import statements


def refuse_waiting(kernel: n.Function) -> None:
    """A flag that another thread of the block sets never changes where its threads run one after the other.

    Locks may be waited for: whoever holds one comes to its end first, unless barriers or warps stop it there. Raises
    UnsupportedFeature (E0402).
    """
    loop = find_spin(kernel.body)
    meets = any(isinstance(s, n.Barrier | n.Warp) for s in statements(kernel.body))
    if loop is not None and (meets or only_reads(loop)):
        raise UnsupportedFeature(
            [Diagnostic("E0402", "threads wait for each other here, and the device may run them one by one", loop.span,
                        "wait in one thread of the block, for other blocks")]
        )  # fmt: skip
