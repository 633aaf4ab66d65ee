"""What an expression denotes while it is lowered: an lvalue's place, an rvalue's KIR, or functions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend.symbols import FunctionDecl
from cudawasm.ir import nodes
from cudawasm.source import Span


@dataclass(slots=True)
class BitField:
    """The bits of a storage unit that a bit-field occupies."""

    offset: int
    width: int


@dataclass(slots=True)
class FunctionSet:
    """Overloaded functions that a name denotes; ``this`` is the object of a member access.

    ``args`` are explicit template arguments. ``name`` enables argument-dependent lookup unless it was
    written qualified. ``is_member`` tells that the address of a member function was taken.
    """

    decls: list[FunctionDecl]
    args: tuple[Any, ...] | None = None
    this: Value | None = None
    name: str = ""
    lookup_by_argument: bool = False
    span: Span | None = None
    is_member: bool = False


@dataclass(slots=True)
class BoundMember:
    """``object.*pointer`` of a member function, which can only be called."""

    object: Value
    number: nodes.Expr
    ctype: cxx.MemberPointer


@dataclass(slots=True)
class Value:
    """``place`` is set for an lvalue, ``expr`` for an rvalue, ``functions`` for a function name.

    ``ctype`` is never a reference. ``constant`` is the known value of a const lvalue. ``elements`` holds
    the items of a braced list, which has no type of its own. ``choice`` is the condition and the two lvalues
    of a conditional whose value is in ``expr``: binding a reference to it needs the object itself. ``text`` are the
    condition and the two literals of a conditional string.
    """

    ctype: cxx.CType
    place: nodes.Place | None = None
    expr: nodes.Expr | None = None
    is_xvalue: bool = False
    bits: BitField | None = None
    functions: FunctionSet | None = None
    constant: nodes.Const | None = None
    string: bytes | None = None
    elements: Any = None
    null_literal: bool = field(default=False)
    choice: tuple[nodes.Expr, Value, Value] | None = None
    text: tuple[nodes.Expr, Value, Value] | None = None
    bound: BoundMember | None = None

    @property
    def is_text(self) -> bool:
        """A string literal, or a choice of them."""
        return self.string is not None or self.text is not None

    @property
    def is_object(self) -> bool:
        """Whether the value is in an object that goes on to exist, so that another one has to be a copy."""
        return self.place is not None or self.choice is not None

    @property
    def is_lvalue(self) -> bool:
        return (self.place is not None or self.choice is not None) and not self.is_xvalue

    @property
    def type(self) -> cxx.CType:
        """The type without qualifiers."""
        return cxx.unqualified(self.ctype)


def rvalue(ctype: cxx.CType, expr: nodes.Expr) -> Value:
    return Value(cxx.unqualified(ctype), expr=expr)


def lvalue(ctype: cxx.CType, place: nodes.Place) -> Value:
    return Value(ctype, place=place)


NOTHING = Value(cxx.VOID)
