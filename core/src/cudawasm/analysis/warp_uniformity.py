"""Which values are the same for all lanes of a warp, and which warp operations all of its lanes come to together.

Only for launches whose blocks have a multiple of 32 threads in x, so that the lanes of a warp differ in x alone.
"""

from __future__ import annotations

from cudawasm.analysis.block_uniformity import BlockUniformity
from cudawasm.ir import nodes as n
from cudawasm.ir.types import U32
from cudawasm.ir.walk import assigned_variables, statements

WARP = 32
_PLACES = ("thread_idx.y", "thread_idx.z", "warp_id")
_FULL = 0xFFFFFFFF
_THREAD = n.Special("thread_idx.x", U32)


class WarpUniformity(BlockUniformity):
    """Facts on one kernel, whose functions have been inlined. ``together``: ids of warp operations of whole warps."""

    def __init__(self, kernel: n.Function):
        self.together: set[int] = set()
        self._seen: set[int] = set()
        self._threads = _copies_of_thread(kernel)
        super().__init__(kernel, everyone=False)
        if any(isinstance(s, n.Return | n.Trap) for s in statements(kernel.body)):
            self.together.clear()  # lanes may be missing

    def is_uniform(self, expr: n.Expr) -> bool:
        match expr:
            case n.Special() if expr.name in _PLACES:
                return True
            case n.Binary(op=op, left=left, right=n.Const(value=value)) if self._is_thread(left):
                if _splits_between_warps(op, int(value)):
                    return True
        return super().is_uniform(expr)

    def _is_thread(self, expr: n.Expr) -> bool:
        plain = _plain(expr)
        if isinstance(plain, n.Load) and isinstance(plain.place, n.VarPlace):
            return plain.place.var in self._threads
        return plain == _THREAD

    def _statement(self, stmt: n.Stmt, split: bool, labels: tuple[str, ...]) -> None:
        if isinstance(stmt, n.Warp):
            if split or not _is_of_all_lanes(stmt):
                self.together.discard(id(stmt))
            elif id(stmt) not in self._seen:
                self.together.add(id(stmt))
            self._seen.add(id(stmt))
        super()._statement(stmt, split, labels)


def _copies_of_thread(kernel: n.Function) -> frozenset[n.Var]:
    """Variables that are ``thread_idx.x`` by another name."""
    found: set[n.Var] = set()
    changed: set[n.Var] = set()
    for stmt in statements(kernel.body):
        if isinstance(stmt, n.Declare) and stmt.init is not None and _plain(stmt.init) == _THREAD:
            found.add(stmt.var)
        else:
            changed.update(assigned_variables(stmt))
    return frozenset(found - changed)


def _plain(expr: n.Expr) -> n.Expr:
    while isinstance(expr, n.Cast):
        expr = expr.operand
    return expr


def _splits_between_warps(op: n.BinaryOp, value: int) -> bool:
    """Whether ``thread_idx.x op value`` has one value for 32 threads in a row."""
    match op:
        case "shr":
            return value >= 5
        case "div":
            return value > 0 and value % WARP == 0
        case "lt" | "ge":
            return value % WARP == 0
        case "le" | "gt":
            return value % WARP == WARP - 1
        case _:
            return False


def _is_of_all_lanes(stmt: n.Warp) -> bool:
    return stmt.mask is None or (isinstance(stmt.mask, n.Const) and int(stmt.mask.value) & _FULL == _FULL)
