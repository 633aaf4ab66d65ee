"""Make device ``printf`` of stores to a buffer that the host reads after the launch.

The buffer's word 0 counts the words that were asked for, word 1 is how many there are, and records follow: a site's
number, then two words for each argument. A record for which there is no room is left out; the count tells that.

A float goes as it is and the host widens it, as C does before the call: devices without doubles can print it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace

from cudawasm.ir import nodes as n
from cudawasm.ir.types import F32, F64, I32, I64, U32, U64, Pointer, Scalar, Space
from cudawasm.ir.walk import BlockRewriter
from cudawasm.passes.meetings import binary, read, u32

HEADER_WORDS = 2


@dataclass(frozen=True, slots=True)
class PrintSite:
    """A ``printf`` of the source; ``kinds`` has a letter for each argument, as ``format_text`` takes them.

    The letter f stands for a float of 32 bits.
    """

    format: bytes
    kinds: str
    strings: tuple[bytes, ...]


def prints_to_buffer(module: n.Module) -> tuple[n.Module, dict[str, tuple[PrintSite, ...]]]:
    """The module, whose kernels call no functions, without prints; for each kernel what its records stand for.

    A kernel that prints has the buffer's address as its last parameter.
    """
    functions, sites = {}, {}
    for name, function in module.functions.items():
        writer = _Writer()
        body = writer.block(function.body)
        sites[name] = tuple(writer.sites)
        params = (*function.params, writer.buffer) if writer.sites else function.params
        functions[name] = replace(function, params=params, body=body)
    return replace(module, functions=functions), sites


class _Writer(BlockRewriter):
    def __init__(self) -> None:
        self.buffer = n.Var("printed", Pointer(U32, Space.GLOBAL))
        self.sites: list[PrintSite] = []

    def leave_stmt(self, stmt: n.Stmt) -> n.Block:
        if not isinstance(stmt, n.Print):
            return (stmt,)
        number = len(self.sites)
        self.sites.append(PrintSite(stmt.format, "".join(map(_kind, stmt.args)), stmt.strings))
        at = n.Var(f"record.{number}", U32)
        words: list[n.Expr] = [u32(number)]
        held: list[n.Stmt] = [n.Declare(at, u32(0), stmt.span)]
        for i, arg in enumerate(stmt.args):
            word = n.Var(f"printed.{number}.{i}", U64)
            held.append(n.Declare(word, _as_word(arg), stmt.span))
            words += [n.Cast(U32, read(word)), n.Cast(U32, n.Binary("shr", read(word), u32(32), U64))]
        count = u32(len(words))
        stores = tuple(
            n.Assign(self.word(binary("add", read(at), u32(HEADER_WORDS + i))), word, stmt.span)
            for i, word in enumerate(words)
        )
        fits = binary("le", binary("add", read(at), count), n.Load(self.word(u32(1))))
        out = (*held, n.Atomic("add", self.word(u32(0)), (count,), at, "device", stmt.span),
               n.If(fits, stores, (), stmt.span))  # fmt: skip
        if stmt.result is None:
            return out
        return (*out, n.Assign(n.VarPlace(stmt.result), n.Const(I32, len(stmt.args)), stmt.span))

    def word(self, index: n.Expr) -> n.Place:
        return n.Deref(n.Offset(read(self.buffer), index))


def _kind(value: n.Expr) -> str:
    if isinstance(value.type, Pointer):
        return "p"
    assert isinstance(value.type, Scalar)
    return "f" if _is_widened(value) else {I32: "i", I64: "l", U64: "m", F64: "d"}.get(value.type, "u")


def _is_widened(value: n.Expr) -> bool:
    return isinstance(value, n.Cast) and value.type == F64 and value.operand.type == F32


def _as_word(value: n.Expr) -> n.Expr:
    match value:
        case n.Cast(operand=narrow) if _is_widened(value):
            return n.Cast(U64, n.Bitcast(U32, narrow))
        case n.Const(value=number) if value.type == F64:
            return n.Const(U64, int.from_bytes(struct.pack("<d", number), "little"))
        case _ if value.type == F64:
            return n.Bitcast(U64, value)
        case _:
            return n.Cast(U64, n.Cast(I64, value) if value.type == I32 else value)
