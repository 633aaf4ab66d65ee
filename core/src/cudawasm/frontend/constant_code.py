"""Functions that run at compile time, as Python code: KIR becomes the source of a Python function.

``evaluate`` walks trees, which is fine for short constants. Tables that are computed in nested loops take millions of
steps; as code they take a tenth of the time or less. What is not covered here is left to the walk.

A scalar whose address nobody takes is a Python variable; anything else local is a bytearray, numbered among the
machine's arrays when a pointer to it may exist.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from cudawasm.ir import nodes
from cudawasm.ir import types as kir
from cudawasm.ir.walk import root, statement_expressions, statements, subexpressions

Code = Callable[..., Any]
_NODES_A_STEP = 32  # a step of the walk takes as long as this many operations here
_MOST_STATEMENTS = 5_000
_FORMATS = {
    "bool": "?", "i8": "b", "u8": "B", "i16": "h", "u16": "H", "i32": "i", "u32": "I", "i64": "q", "u64": "Q",
    "f16": "e", "f32": "f", "f64": "d",
}  # fmt: skip
_COMPARE = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_WRAPPING = {"add": "+", "sub": "-", "mul": "*"}
_BITWISE = {"and": "&", "or": "|", "xor": "^"}


class _Unsupported(Exception):
    pass


def compiled(function: nodes.Function) -> Code | None:
    """A Python function of a machine and the arguments; None for what only the walk can evaluate."""
    if sum(1 for _ in statements(function.body)) > _MOST_STATEMENTS:
        return None
    try:
        return _Writer(function).function()
    except (_Unsupported, SyntaxError, RecursionError):
        return None


def _reader(format_: str) -> Callable[[bytearray, int], Any]:
    unpack = struct.Struct("<" + format_).unpack_from

    def read(data: bytearray, offset: int) -> Any:
        if offset < 0:
            raise struct.error
        return unpack(data, offset)[0]

    return read


def _writer(format_: str) -> Callable[[bytearray, int, Any], None]:
    pack = struct.Struct("<" + format_).pack_into

    def write(data: bytearray, offset: int, value: Any) -> None:
        if offset < 0:
            raise struct.error
        pack(data, offset, value)

    return write


def _divided(a: int, b: int) -> int:
    quotient = abs(a) // abs(b)
    return quotient if (a < 0) == (b < 0) else -quotient


_NAMES: dict[str, Any] = {
    **{f"read_{name}": _reader(f) for name, f in _FORMATS.items()},
    **{f"write_{name}": _writer(f) for name, f in _FORMATS.items()},
    "divided": _divided,
    "shifted_left": lambda a, b, bits: a << b if 0 <= b < bits else 0,
    "shifted_right": lambda a, b, bits: a >> min(b, bits),
}


@dataclass(slots=True)
class _Inside:
    """A loop or scope that is being written. ``escapes`` are jumps out of it to one further out."""

    label: str
    step: Sequence[nodes.Stmt] | None
    escapes: dict[tuple[str, str], None] = field(default_factory=dict)


class _Writer:
    def __init__(self, source: nodes.Function) -> None:
        self.source = source
        self.lines: list[str] = []
        self.depth = 1
        self.names: dict[nodes.Var, str] = {}
        self.inside: list[_Inside] = []
        self.codes: dict[tuple[str, str], int] = {}
        self.things: list[Any] = []
        self.pointed: set[nodes.Var] = set()
        self._find_pointed()

    def _find_pointed(self) -> None:
        for stmt in statements(self.source.body):
            for expr in statement_expressions(stmt):
                for inner in subexpressions(expr):
                    if isinstance(inner, nodes.AddressOf) and isinstance(start := root(inner.place), nodes.VarPlace):
                        self.pointed.add(start.var)

    def function(self) -> Code:
        params = [self.name(p) if self.is_simple(p) else f"{self.name(p)}_given" for p in self.source.params]
        self.line("jump = 0")
        for param, given in zip(self.source.params, params, strict=True):
            if not self.is_simple(param):
                self.new_storage(param)
                self.store(nodes.VarPlace(param), given)
        self.block(self.source.body)
        text = f"def function({', '.join(['machine', *params])}):\n" + "\n".join(self.lines) + "\n"
        space: dict[str, Any] = {**_NAMES, "things": self.things}
        exec(compile(text, "<constant function>", "exec"), space)  # written above, of nothing but numbers and names
        found: Code = space["function"]
        return found

    # --- text --------------------------------------------------------------------------------------

    def line(self, text: str) -> None:
        self.lines.append("    " * self.depth + text)

    def thing(self, value: Any) -> str:
        self.things.append(value)
        return f"things[{len(self.things) - 1}]"

    def name(self, var: nodes.Var) -> str:
        return self.names.setdefault(var, f"v{len(self.names)}")

    def is_simple(self, var: nodes.Var) -> bool:
        scalar = isinstance(var.type, kir.Scalar | kir.Pointer)
        return scalar and var not in self.pointed and var.space is kir.Space.LOCAL

    def new_storage(self, var: nodes.Var) -> None:
        name, size = self.name(var), kir.size_of(var.type)
        self.line(f"{name} = bytearray({size})")
        if var in self.pointed:
            self.line(f"{name}_at = machine.numbered({name})")

    # --- places ------------------------------------------------------------------------------------

    def local(self, place: nodes.Place) -> tuple[str, str] | None:
        """The bytearray that a place lies in and its offset there; None for what is not local."""
        match place:
            case nodes.VarPlace(var=var):
                return (self.name(var), "0") if var.space is kir.Space.LOCAL else None
            case nodes.Member(base=base, index=index):
                found = self.local(base)
                return None if found is None else (found[0], f"{found[1]} + {kir.member_offset(base.type, index)}")
            case nodes.Index(base=base, index=index):
                found = self.local(base)
                return None if found is None else (found[0], f"{found[1]} + {self.scaled(index, place.type)}")
        return None

    def scaled(self, index: nodes.Expr, type_: kir.Type) -> str:
        return f"{self.value(index)} * {kir.size_of(type_)}"

    def address(self, place: nodes.Place) -> str:
        match place:
            case nodes.VarPlace(var=var):
                if var.space is not kir.Space.LOCAL:
                    return f"machine.address_of_var({self.thing(var)})"
                return f"{self.name(var)}_at"
            case nodes.Deref(ptr=ptr):
                return self.value(ptr)
            case nodes.Member(base=base, index=index):
                return f"({self.address(base)} + {kir.member_offset(base.type, index)})"
            case nodes.Index(base=base, index=index):
                return f"({self.address(base)} + {self.scaled(index, place.type)})"

    def load(self, place: nodes.Place) -> str:
        if isinstance(place, nodes.VarPlace) and self.is_simple(place.var):
            return self.name(place.var)
        found, type_ = self.local(place), place.type
        if found is None:
            return f"machine.read({self.address(place)}, {self.thing(type_)})"
        data, offset = found
        if isinstance(type_, kir.Pointer):
            return f"read_u64({data}, {offset})"
        if isinstance(type_, kir.Scalar):
            if type_.name not in _FORMATS:
                raise _Unsupported
            return f"read_{type_.name}({data}, {offset})"
        return f"machine.part({data}, {offset}, {kir.size_of(type_)})"

    def store(self, place: nodes.Place, value: str) -> None:
        if isinstance(place, nodes.VarPlace) and self.is_simple(place.var):
            self.line(f"{self.name(place.var)} = {value}")
            return
        found, type_ = self.local(place), place.type
        if found is None:
            self.line(f"value = {value}")  # before the address
            self.line(f"machine.write({self.address(place)}, {self.thing(type_)}, value)")
            return
        data, offset = found
        if isinstance(type_, kir.Pointer):
            self.line(f"write_u64({data}, {offset}, {value})")
        elif isinstance(type_, kir.Scalar):
            if type_.name not in _FORMATS:
                raise _Unsupported
            self.line(f"write_{type_.name}({data}, {offset}, {value})")
        else:
            self.line(f"machine.put({data}, {offset}, {value})")

    # --- expressions -------------------------------------------------------------------------------

    def value(self, expr: nodes.Expr) -> str:
        match expr:
            case nodes.Const(value=value):
                plain = isinstance(value, bool | int) or math.isfinite(value)
                return f"({value!r})" if plain else self.thing(value)
            case nodes.Load(place=place):
                return self.load(place)
            case nodes.AddressOf(place=place):
                return self.address(place)
            case nodes.Unary(op="not", operand=operand):
                return f"(not {self.value(operand)})"
            case nodes.Unary(op=op, operand=operand):
                inner = f"{'-' if op == 'neg' else '~'}{self.value(operand)}"
                return f"({inner})" if self.is_float(expr.type) else self.wrapped(inner, expr.type)
            case nodes.Binary(op=op, left=left, right=right):
                return self.binary(op, left, right)
            case nodes.Cast(type=type_, operand=operand):
                return self.cast(type_, operand)
            case nodes.Select(condition=c, if_true=a, if_false=b):
                return f"({self.value(a)} if {self.value(c)} else {self.value(b)})"
            case nodes.Offset(ptr=ptr, index=index):
                assert isinstance(ptr.type, kir.Pointer)
                return f"({self.value(ptr)} + {self.scaled(index, ptr.type.pointee)})"
            case nodes.Zero(type=type_):
                return f"bytes({kir.size_of(type_)})"
            case nodes.Construct(parts=parts) | nodes.Builtin(args=parts):
                return f"machine.of_values({self.thing(expr)}, ({''.join(self.value(p) + ', ' for p in parts)}))"
            case nodes.Bitcast(operand=operand) | nodes.Extract(operand=operand):
                return f"machine.of_values({self.thing(expr)}, ({self.value(operand)},))"
            case nodes.Distance(left=left, right=right):
                return f"machine.of_values({self.thing(expr)}, ({self.value(left)}, {self.value(right)}))"
        raise _Unsupported

    def is_float(self, type_: kir.Type) -> bool:
        return isinstance(type_, kir.Scalar) and type_.is_float

    def wrapped(self, text: str, type_: kir.Type) -> str:
        """An integer brought into its type's range."""
        if not isinstance(type_, kir.Scalar) or type_.is_float or type_.kind == "bool":
            raise _Unsupported
        mask = (1 << type_.bits) - 1
        if not type_.is_signed:
            return f"({text} & {mask})"
        half = 1 << type_.bits - 1
        return f"(({text} + {half} & {mask}) - {half})"

    def binary(self, op: str, left: nodes.Expr, right: nodes.Expr) -> str:
        type_ = left.type
        a, b = self.value(left), self.value(right)
        if op in _COMPARE:
            return f"({a} {_COMPARE[op]} {b})"
        if not isinstance(type_, kir.Scalar):
            raise _Unsupported
        if type_.kind == "bool":
            return f"({a} {'!=' if op == 'xor' else op} {b})" if op in _BITWISE else self.folded(op, left, a, right, b)
        if type_.is_float:
            exact = type_ == kir.F64 and op in _WRAPPING
            return f"({a} {_WRAPPING[op]} {b})" if exact else self.folded(op, left, a, right, b)
        if op in _WRAPPING:
            return self.wrapped(f"{a} {_WRAPPING[op]} {b}", type_)
        if op in _BITWISE:
            return f"({a} {_BITWISE[op]} {b})"
        if op in ("shl", "shr"):
            return self.shift(op, a, b, right, type_)
        if type_.is_signed:
            quotient = f"divided({a}, {b})"
            return self.wrapped(quotient if op == "div" else f"{a} - {quotient} * {b}", type_)
        return f"({a} {'//' if op == 'div' else '%'} {b})"

    def shift(self, op: str, a: str, b: str, count: nodes.Expr, type_: kir.Scalar) -> str:
        known = isinstance(count, nodes.Const) and 0 <= count.value < type_.bits
        if op == "shl":
            return self.wrapped(f"({a} << {b})" if known else f"shifted_left({a}, {b}, {type_.bits})", type_)
        return f"({a} >> {b})" if known else f"shifted_right({a}, {b}, {type_.bits})"

    def folded(self, op: str, left: nodes.Expr, a: str, right: nodes.Expr, b: str) -> str:
        return f"machine.folded_binary({op!r}, {self.thing(left.type)}, {a}, {self.thing(right.type)}, {b})"

    def cast(self, type_: kir.Type, operand: nodes.Expr) -> str:
        source, text = operand.type, self.value(operand)
        if isinstance(type_, kir.Pointer) or isinstance(source, kir.Pointer):
            wide = all(isinstance(t, kir.Pointer) or t in (kir.U64, kir.I64) for t in (type_, source))
            if not wide or kir.I64 in (type_, source):
                raise _Unsupported
            return text
        assert isinstance(type_, kir.Scalar) and isinstance(source, kir.Scalar)
        if type_ == source:
            return text
        if type_.is_float or source.is_float:
            if type_ == kir.F64 and not source.is_float:
                return f"float({text})"
            return f"machine.folded_cast({self.thing(type_)}, {self.thing(source)}, {text})"
        if type_.kind == "bool":
            return f"({text} != 0)"
        if source.kind == "bool":
            return f"int({text})"
        wider = type_.bits > source.bits and (type_.is_signed or not source.is_signed)
        return text if wider else self.wrapped(text, type_)

    # --- statements --------------------------------------------------------------------------------

    def block(self, block: Sequence[nodes.Stmt]) -> None:
        before = len(self.lines)
        for statement in block:
            self.statement(statement)
        if len(self.lines) == before:
            self.line("pass")

    def nested(self, block: Sequence[nodes.Stmt]) -> None:
        self.depth += 1
        self.block(block)
        self.depth -= 1

    def statement(self, statement: nodes.Stmt) -> None:
        match statement:
            case nodes.Declare(var=var, init=init):
                self._declare(var, init)
            case nodes.Assign(place=place, value=value):
                self.store(place, self.value(value))
            case nodes.If(condition=condition, then=then, otherwise=otherwise):
                self.line(f"if {self.value(condition)}:")
                self.nested(then)
                if otherwise:
                    self.line("else:")
                    self.nested(otherwise)
            case nodes.Switch(selector=selector, cases=cases, default=default):
                self._switch(selector, cases, default)
            case nodes.Loop():
                self._loop(statement)
            case nodes.Scope(label=label, body=body):
                self._repeat(_Inside(label, None), None, [*body, nodes.Break(label)])
            case nodes.Break(label=label):
                self._jump("break", label)
            case nodes.Continue(label=label):
                self._jump("continue", label)
            case nodes.Return(value=result):
                self.line("return" if result is None else f"return {self.value(result)}")
            case nodes.Call(function=name, args=args, result=result_var):
                call = f"machine.call({name!r}, [{', '.join(self.value(a) for a in args)}], {result_var is not None})"
                if result_var is None:
                    self.line(call)
                else:
                    self.store(nodes.VarPlace(result_var), call)
            case _:
                raise _Unsupported

    def _declare(self, var: nodes.Var, init: nodes.Expr | None) -> None:
        if self.is_simple(var):
            self.line(f"{self.name(var)} = {'0' if init is None else self.value(init)}")
            return
        text = None if init is None else self.value(init)
        self.new_storage(var)
        if text is not None:
            self.store(nodes.VarPlace(var), text)

    def _switch(self, selector: nodes.Expr, cases: Sequence[nodes.Case], default: nodes.Block) -> None:
        self.line(f"selector = {self.value(selector)}")
        word = "if"
        for case in cases:
            self.line(f"{word} selector in ({''.join(f'{v}, ' for v in case.values)}):")
            self.nested(case.body)
            word = "elif"
        if word == "if":
            self.block(default)
            return
        self.line("else:")
        self.nested(default)

    def _loop(self, loop: nodes.Loop) -> None:
        self._repeat(_Inside(loop.label, loop.step), loop.condition, loop.body)

    def _repeat(self, inside: _Inside, condition: nodes.Expr | None, body: Sequence[nodes.Stmt]) -> None:
        """A loop, or a scope as a loop that ends with its body."""
        self.line("while True:")
        self.depth += 1
        self.inside.append(inside)
        if condition is not None:
            self.line(f"if not {self.value(condition)}: break")
        if inside.step is not None:
            self.line(f"machine.advance({(1 + _cost([*body, *inside.step])) / _NODES_A_STEP})")
        self.block(body)
        if inside.step is not None:
            self.block(inside.step)
        self.inside.pop()
        self.depth -= 1
        for kind, label in inside.escapes:
            self.line(f"if jump == {self.codes[kind, label]}:")
            self.depth += 1
            self._jump(kind, label)
            self.depth -= 1

    def _jump(self, kind: str, label: str) -> None:
        if not self.inside:
            raise _Unsupported
        here = self.inside[-1]
        if here.label != label:
            code = self.codes.setdefault((kind, label), len(self.codes) + 1)
            here.escapes[kind, label] = None
            self.line(f"jump = {code}")
            self.line("break")
            return
        self.line("jump = 0")
        if kind == "break":
            self.line("break")
            return
        assert here.step is not None
        self.block(here.step)
        self.line("continue")


def _cost(block: Sequence[nodes.Stmt]) -> int:
    """Operations in a block, without those of loops in it, which count for themselves."""
    total = 0
    for statement in block:
        total += 1 + sum(1 for e in statement_expressions(statement) for _ in subexpressions(e))
        match statement:
            case nodes.If(then=then, otherwise=otherwise):
                total += _cost(then) + _cost(otherwise)
            case nodes.Scope(body=body):
                total += _cost(body)
            case nodes.Switch(cases=cases, default=default):
                total += max([_cost(c.body) for c in cases] + [_cost(default)])
    return total
