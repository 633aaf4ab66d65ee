"""Expression trees of the parser. Types in them are resolved already; names are not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cudawasm.frontend.cxxtypes import CType
from cudawasm.frontend.symbols import ClassInfo, Range, Scope, Symbol
from cudawasm.source import Span


@dataclass(slots=True)
class Literal:
    """A number, character, bool or nullptr: its C++ type and value."""

    ctype: CType
    value: int | float | bool
    span: Span


@dataclass(slots=True)
class StringLiteral:
    value: bytes
    span: Span


@dataclass(slots=True)
class Name:
    """A name with its symbols, found when parsed. ``args`` are explicit template arguments.

    ``qualified`` tells that it was written with ``::`` (no argument-dependent lookup), ``qualifier`` in which class.
    """

    name: str
    symbols: list[Symbol]
    args: tuple[Any, ...] | None
    qualified: bool
    span: Span
    scope: Scope
    qualifier: ClassInfo | None = None


@dataclass(slots=True)
class This:
    span: Span


@dataclass(slots=True)
class Unary:
    """Prefix operators, and postfix ones spelled ``p++`` and ``p--``."""

    op: str
    operand: Node
    span: Span


@dataclass(slots=True)
class Binary:
    op: str
    left: Node
    right: Node
    span: Span


@dataclass(slots=True)
class Assignment:
    """``op`` is the binary operator of a compound assignment, or empty."""

    op: str
    target: Node
    value: Node
    span: Span


@dataclass(slots=True)
class Conditional:
    """``as_place``: an lvalue is asked for, so the choice is one of the objects, not a copy."""

    condition: Node
    if_true: Node
    if_false: Node
    span: Span
    as_place: bool = False


@dataclass(slots=True)
class Call:
    function: Node
    args: list[Node]
    span: Span


@dataclass(slots=True)
class Subscript:
    base: Node
    index: Node
    span: Span


@dataclass(slots=True)
class MemberAccess:
    """``base.name``; with ``arrow`` the base is dereferenced first. ``qualifier`` names a base class."""

    base: Node
    name: str
    args: tuple[Any, ...] | None
    arrow: bool
    span: Span
    qualifier: CType | None = None


@dataclass(slots=True)
class Cast:
    """``kind``: c, static, reinterpret, const, dynamic."""

    kind: str
    ctype: CType
    operand: Node
    span: Span


@dataclass(slots=True)
class Construction:
    """``T(args)`` or ``T{args}``."""

    ctype: CType
    args: list[Node]
    braces: bool
    span: Span


@dataclass(slots=True)
class InitList:
    """``{a, b}``; a designated item is (name, node)."""

    items: list[Node]
    designators: list[str]
    span: Span


@dataclass(slots=True)
class SizeOf:
    """``sizeof``/``alignof`` of a type or an expression."""

    what: str
    ctype: CType | None
    operand: Node | None
    span: Span


@dataclass(slots=True)
class Lambda:
    """``info`` is the closure's class, made when the expression is first looked at."""

    captures: Range
    params: Range | None
    header: Range
    body: Range
    template: Any
    scope: Scope
    span: Span
    info: Any = None


@dataclass(slots=True)
class Fold:
    """A fold expression over elements already expanded; ``op`` joins them left to right or right to left."""

    op: str
    elements: list[Node]
    left: bool
    span: Span


@dataclass(slots=True)
class TypeTrait:
    """A compiler-implemented trait such as ``__is_same(T, U)``."""

    name: str
    types: list[CType]
    span: Span


@dataclass(slots=True)
class PlacementNew:
    """``new (place) T(args)``: ``initialiser`` holds the tokens after the type."""

    place: Node
    ctype: CType
    initialiser: Range
    scope: Scope
    span: Span


@dataclass(slots=True)
class New:
    """``new``, ``delete``, ``throw``: recognised so that they can be refused."""

    what: str
    span: Span
    parts: list[Node] = field(default_factory=list)


Node = (
    Literal | StringLiteral | Name | This | Unary | Binary | Assignment | Conditional | Call | Subscript
    | MemberAccess | Cast | Construction | InitList | SizeOf | Lambda | Fold | TypeTrait | New
    | PlacementNew
)  # fmt: skip
