"""Make traps and failed asserts of a record in memory, and the end of the thread.

The first thread to stop fills the record, eight words: its site's number plus one, its block and its place in it. The
host looks at it after the launch; other threads go on until then.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from cudawasm.ir import nodes as n
from cudawasm.ir.types import U32, Pointer, Space
from cudawasm.ir.walk import BlockRewriter
from cudawasm.passes.meetings import binary, read, u32

RECORD_WORDS = 8
_PLACE: tuple[n.SpecialName, ...] = (
    "block_idx.x", "block_idx.y", "block_idx.z", "thread_idx.x", "thread_idx.y", "thread_idx.z",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TrapSite:
    """Where a kernel can stop. ``message`` is a failed assert's text."""

    message: str
    file: str
    line: int

    def describe(self, kernel: str, record: tuple[int, ...]) -> str:
        """What to tell the user; ``record``: the words of the record."""
        where = f"{self.file}:{self.line}: " if self.file else ""
        what = f"assertion failed: {self.message}" if self.message else "trap"
        block, thread = record[1:4], record[4:7]
        who = f"block ({', '.join(map(str, block))}), thread ({', '.join(map(str, thread))})"
        return f"{where}{what}; kernel {kernel}, {who}"


def traps_to_record(module: n.Module) -> tuple[n.Module, dict[str, tuple[TrapSite, ...]]]:
    """The module, whose kernels call no functions, without traps; for each kernel where it can stop.

    A kernel that can stop has the record's address as its last parameter.
    """
    functions, sites = {}, {}
    for name, function in module.functions.items():
        writer = _Writer()
        body = writer.block(function.body)
        sites[name] = tuple(writer.sites)
        params = (*function.params, writer.record) if writer.sites else function.params
        functions[name] = replace(function, params=params, body=body)
    return replace(module, functions=functions), sites


class _Writer(BlockRewriter):
    def __init__(self) -> None:
        self.record = n.Var("stopped", Pointer(U32, Space.GLOBAL))
        self.sites: list[TrapSite] = []

    def leave_stmt(self, stmt: n.Stmt) -> n.Block:
        if not isinstance(stmt, n.Trap):
            return (stmt,)
        span = stmt.span
        number = len(self.sites)
        self.sites.append(TrapSite(stmt.message, span.file.name if span else "", span.line if span else 0))
        before = n.Var(f"before.{number}", U32)
        fill = tuple(n.Assign(self.word(i + 1), n.Special(name, U32), span) for i, name in enumerate(_PLACE))
        return (
            n.Declare(before, u32(0), span),
            n.Atomic("cas", self.word(0), (u32(0), u32(number + 1)), before, "device", span),
            n.If(binary("eq", read(before), u32(0)), fill, (), span),
            n.Return(None, span),
        )

    def word(self, index: int) -> n.Place:
        return n.Deref(n.Offset(read(self.record), u32(index)))
