"""Reads KIR from its text: the inverse of ``cudawasm.ir.text``.

What the text does not hold is lost: places in the source, and how C++ spells a function's name.
"""

from __future__ import annotations

import ast
import re
import struct
from dataclasses import dataclass, field
from typing import Any

from cudawasm.ir import nodes as n
from cudawasm.ir.text import IDENTIFIER, INFIX, natural_vector_align
from cudawasm.ir.types import (
    BOOL,
    I64,
    SCALARS,
    U32,
    VOID,
    Array,
    Field,
    Pointer,
    Space,
    Struct,
    Type,
    Vector,
)

_OPS = {text: op for op, text in INFIX.items()}
_NAME = re.compile(rf"`([^`]*)`|({IDENTIFIER})", re.ASCII)
_NUMBER = re.compile(r"-?\d+")
_SPACE = re.compile(r"(generic|global|shared|constant|local)\*")
_SCALAR = re.compile(rf"({'|'.join(SCALARS)}|void)(?:x(\d)(?:@(\d+))?)?(?!\w)")
_VALUE = re.compile(r" (?:(True|False)|x([0-9a-f]{16})|(-?\d+)(?![\w.])|(-?inf|-?\d[\w.+-]*))")
_OPERATOR = re.compile(r" (\+|-|\*|/|%|&|\||\^|<<|>>|==|!=|<=|>=|<|>)(!?) ")
_WORD = re.compile(r"\w+")
_BYTES = re.compile(r"""b'(?:[^'\\]|\\.)*'|b"(?:[^"\\]|\\.)*\"""")
_STRING = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""")
_UNARY = re.compile(r"(neg|bitnot|not)\(")
_FUNCTION = re.compile(r"(select|offset|distance)\(")
_TYPED = re.compile(r"(\w+)<(?=[a-z%\[])")
_SPECIAL = re.compile(r"\$((?:thread_idx|block_idx|block_dim|grid_dim)\.[xyz]|lane_id|warp_id|dynamic_shared_bytes)")
_RETURN, _TRAP, _CLOCK = (re.compile(rf"{word}(?![\w:.'\[])") for word in ("return", "trap", "clock"))
_END = re.compile(r"\s*(?://.*)?$")


def parse_module(text: str) -> n.Module:
    """The module that ``print_module`` printed as ``text``. Raises ValueError naming the line that is wrong."""
    parser = _Parser(text.split("\n"))
    try:
        return parser.module()
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError) as error:
        raise ValueError(f"line {parser.line + 1}: {error}") from error


@dataclass(slots=True)
class _Parser:
    lines: list[str]
    line: int = 0
    text: str = ""
    at: int = 0
    structs: dict[str, Struct] = field(default_factory=dict)
    module_variables: dict[str, n.Var] = field(default_factory=dict)
    variables: dict[str, n.Var] = field(default_factory=dict)

    # --- scanning --------------------------------------------------------------------------------

    def open_line(self) -> None:
        """Start on the text of the current line. Raises ValueError at the end of the text."""
        if self.line >= len(self.lines):
            raise ValueError("the text ends inside a function")
        line = self.lines[self.line]
        self.text, self.at = line, len(line) - len(line.lstrip())

    def take(self, word: str) -> bool:
        if self.text.startswith(word, self.at):
            self.at += len(word)
            return True
        return False

    def need(self, word: str) -> None:
        if not self.take(word):
            raise ValueError(f"{word!r} expected at {self.text[self.at :]!r}")

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def must(self, pattern: re.Pattern[str], what: str) -> re.Match[str]:
        found = self.match(pattern)
        if not found:
            raise ValueError(f"{what} expected at {self.text[self.at :]!r}")
        return found

    def end(self) -> None:
        self.must(_END, "the end of the line")
        self.line += 1

    def name(self) -> str:
        found = self.must(_NAME, "a name")
        return found[2] or found[1].encode("ascii", "backslashreplace").decode("unicode_escape")

    def number(self) -> int:
        return int(self.must(_NUMBER, "a number")[0])

    def word(self) -> Any:
        return self.must(_WORD, "a word")[0]

    # --- modules ---------------------------------------------------------------------------------

    def module(self) -> n.Module:
        functions: dict[str, n.Function] = {}
        globals_: list[n.Var] = []
        shared: list[n.Var] = []
        while self.line < len(self.lines):
            self.open_line()
            if _END.match(self.text, self.at):
                self.line += 1
            elif self.take("struct ") or self.text.startswith("union ", self.at):
                self.struct(self.take("union "))
            elif self.take("kernel ") or self.text.startswith("function ", self.at):
                function = self.function(not self.take("function "))
                if function.name in functions:
                    raise ValueError(f"function {function.name} twice")
                functions[function.name] = function
            else:
                var = self.module_variable()
                (shared if var.space is Space.SHARED else globals_).append(var)
        return n.Module(functions, tuple(globals_), tuple(shared))

    def struct(self, is_union: bool) -> None:
        self.need("%")
        name = self.name()
        self.need(" size ")
        size = self.number()
        self.need(" align ")
        align = self.number()
        self.need(" {")
        fields: list[Field] = []
        while not self.take("}"):
            if fields:
                self.need(", ")
            field_name = self.name()
            self.need(": ")
            type_ = self.type()
            self.need(" @")
            fields.append(Field(field_name, type_, self.number()))
        self.structs[name] = Struct(name, tuple(fields), size, align, is_union)
        self.end()

    def module_variable(self) -> n.Var:
        space = Space(self.word())
        self.need(" ")
        var = self.variable(space)
        if self.take(" = x"):
            var.init = bytes.fromhex(self.text[self.at :])
            self.at = len(self.text)
        if var.name in self.module_variables:
            raise ValueError(f"variable {var.name} twice")
        self.module_variables[var.name] = var
        self.end()
        return var

    def variable(self, space: Space = Space.LOCAL) -> n.Var:
        volatile = self.take("volatile ")
        name = self.name()
        self.need(": ")
        type_ = self.type()
        align = self.number() if self.take(" align ") else 0
        return n.Var(name, type_, space, volatile, align)

    def function(self, is_kernel: bool) -> n.Function:
        self.need("@")
        name = self.name()
        self.need("(")
        self.variables = dict(self.module_variables)
        params: list[n.Var] = []
        while not self.take(")"):
            if params:
                self.need(", ")
            params.append(self.variable())
            self.variables[params[-1].name] = params[-1]
        self.need(" -> ")
        result = self.type()
        bounds = None
        if self.take(" bounds("):
            threads = self.number()
            self.need(", ")
            bounds = n.LaunchBounds(threads, self.number())
            self.need(")")
        self.need(" {")
        self.end()
        body = self.block()
        self.need("}")
        self.end()
        return n.Function(name, tuple(params), result, body, is_kernel, launch_bounds=bounds)

    # --- types -----------------------------------------------------------------------------------

    def type(self) -> Type:
        found = self.optional_type()
        if found is None:
            raise ValueError(f"a type expected at {self.text[self.at :]!r}")
        return found

    def optional_type(self) -> Type | None:
        if found := self.match(_SPACE):
            return Pointer(self.type(), Space(found[1]))
        if self.take("%"):
            name = self.name()
            if name not in self.structs:
                raise ValueError(f"unknown struct {name}")
            return self.structs[name]
        if self.take("["):
            count = self.number()
            self.need(" x ")
            element = self.type()
            self.need("]")
            return Array(element, count)
        found = self.match(_SCALAR)
        if not found:
            return None
        if found[1] == "void":
            return VOID
        scalar = SCALARS[found[1]]
        if not found[2]:
            return scalar
        align = int(found[3]) if found[3] else natural_vector_align(scalar, int(found[2]))
        return Vector(scalar, int(found[2]), align)

    # --- expressions -----------------------------------------------------------------------------

    def expr(self) -> n.Expr:
        found = self.primary()
        while self.take("#"):
            found = n.Extract(found, self.number())
        return found

    def primary(self) -> n.Expr:
        if self.take("("):
            return self.binary()
        if self.take("&"):
            return self.address()
        if found := self.match(_SPECIAL):
            type_ = self.angled() if self.take("<") else U32
            return n.Special(found[1], type_)  # type: ignore[arg-type]
        if found := self.match(_UNARY):
            (operand,) = self.operands(1)
            return n.Unary(found[1], operand)  # type: ignore[arg-type]
        if found := self.match(_FUNCTION):
            return self.of_operands(found[1])
        if found := self.match(_TYPED):
            return self.of_type(found[1])
        start = self.at
        literal = self.optional_type()
        if literal is not None:
            if self.take("{"):
                return n.Construct(literal, self.operands(end="}"))
            if value := self.match(_VALUE):
                return n.Const(literal, _value(value))
            self.at = start
        return n.Load(self.place())

    def binary(self) -> n.Expr:
        left = self.expr()
        found = self.must(_OPERATOR, "an operator")
        right = self.expr()
        self.need(")")
        op: Any = _OPS[found[1]]
        return n.Binary(op, left, right, BOOL if op in n.COMPARISONS else left.type, not found[2])

    def address(self) -> n.Expr:
        place = self.place()
        self.need(":")
        if _SPACE.match(self.text, self.at):
            type_ = self.type()
            assert isinstance(type_, Pointer)
            return n.AddressOf(place, type_)
        return n.AddressOf(place, Pointer(place.type, Space(self.word())))

    def of_operands(self, name: str) -> n.Expr:
        if name == "select":
            return n.Select(*self.operands(3))
        first, second = self.operands(2)
        return n.Offset(first, second) if name == "offset" else n.Distance(first, second, I64)

    def of_type(self, name: str) -> n.Expr:
        type_ = self.angled()
        if name == "zero":
            return n.Zero(type_)
        self.need("(")
        if name in ("cast", "bitcast"):
            (operand,) = self.operands(1)
            return n.Cast(type_, operand) if name == "cast" else n.Bitcast(type_, operand)
        return n.Builtin(name, self.operands(), type_)

    def angled(self) -> Type:
        type_ = self.type()
        self.need(">")
        return type_

    def operands(self, count: int | None = None, end: str = ")") -> tuple[n.Expr, ...]:
        """Expressions to ``end``; their opening bracket has been read."""
        found: list[n.Expr] = []
        while not self.take(end):
            if found:
                self.need(", ")
            found.append(self.expr())
        if count is not None and len(found) != count:
            raise ValueError(f"{count} operands expected, not {len(found)}")
        return tuple(found)

    def place(self) -> n.Place:
        place = self.place_root()
        while True:
            if self.take("["):
                place = n.Index(place, self.expr())
                self.need("]")
            elif self.take("."):
                place = n.Member(place, self.number())
            else:
                return place

    def place_root(self) -> n.Place:
        volatile = self.take("volatile ")
        if volatile or self.text.startswith("*", self.at):
            self.need("*(")
            ptr = self.expr()
            self.need(":")
            type_ = self.type()
            self.need(")")
            if type_ != ptr.type:
                raise ValueError(f"a pointer of type {ptr.type}, not {type_}")
            return n.Deref(ptr, volatile)
        return n.VarPlace(self.known())

    def known(self) -> n.Var:
        name = self.name()
        if name not in self.variables:
            raise ValueError(f"unknown variable {name}")
        return self.variables[name]

    # --- statements ------------------------------------------------------------------------------

    def block(self) -> n.Block:
        """Statements up to the line that closes the block, which stays unread."""
        found: list[n.Stmt] = []
        self.open_line()
        while not (self.text.startswith(("}", "case ", "default:"), self.at)):
            found.append(self.statement())
            self.open_line()
        return tuple(found)

    def nested(self) -> n.Block:
        self.need(" {")
        self.end()
        return self.block()

    def close(self) -> None:
        self.need("}")
        self.end()

    def statement(self) -> n.Stmt:
        found = self.structured()
        if found is None:
            found = self.without_result() or self.with_result()
            self.end()
        return found

    def structured(self) -> n.Stmt | None:
        if self.take("if "):
            condition = self.expr()
            then = self.nested()
            otherwise = self.nested() if self.take("} else") else ()
            self.close()
            return n.If(condition, then, otherwise)
        if self.take("loop "):
            return self.loop()
        if self.take("switch "):
            return self.switch()
        if self.take("scope "):
            label = self.name()
            body = self.nested()
            self.close()
            return n.Scope(label, body)
        return None

    def loop(self) -> n.Stmt:
        label = self.name()
        condition = None
        if not self.text.startswith((" {", " unroll "), self.at):
            self.need(" ")
            condition = self.expr()
        unroll = self.number() if self.take(" unroll ") else 0
        body = self.nested()
        step = self.nested() if self.take("} step") else ()
        self.close()
        return n.Loop(label, condition, body, step, unroll)

    def switch(self) -> n.Stmt:
        selector = self.expr()
        self.need(" {")
        self.end()
        cases: list[n.Case] = []
        self.open_line()
        while self.take("case "):
            values = [self.number()]
            while self.take(", "):
                values.append(self.number())
            self.need(":")
            self.end()
            cases.append(n.Case(tuple(values), self.block()))
        self.need("default:")
        self.end()
        default = self.block()
        self.close()
        return n.Switch(selector, tuple(cases), default)

    def without_result(self) -> n.Stmt | None:
        """A statement that starts with a word of its own, or None."""
        if self.take("var "):
            var = self.variable()
            var = self.variables.setdefault(var.name, var)
            return n.Declare(var, self.expr() if self.take(" = ") else None)
        if self.take("fence "):
            return n.Fence(self.word())
        if self.take("break "):
            return n.Break(self.name())
        if self.take("continue "):
            return n.Continue(self.name())
        if self.match(_RETURN):
            return n.Return(self.expr() if self.spaced() else None)
        if self.match(_TRAP):
            return n.Trap(_literal(self.must(_STRING, "a message")[0]) if self.spaced() else "")
        return self.effect(None)

    def with_result(self) -> n.Stmt:
        place = self.place()
        self.need(" = ")
        if isinstance(place, n.VarPlace):
            found = n.ReadClock(place.var) if self.match(_CLOCK) else self.effect(place.var)
            if found is not None:
                return found
        return n.Assign(place, self.expr())

    def effect(self, result: n.Var | None) -> n.Stmt | None:
        if self.take("atomic "):
            return self.atomic(result)
        if self.take("barrier "):
            return n.Barrier(self.word(), self.expr() if self.spaced() else None, result)
        if self.take("warp "):
            return self.warp(result)
        if self.take("call @"):
            name = self.name()
            self.need("(")
            return n.Call(name, self.operands(), result)
        if self.take("print "):
            return self.print(result)
        return None

    def spaced(self) -> bool:
        """Whether an operand follows on the line; reads the blank before it."""
        if _END.match(self.text, self.at):
            return False
        self.need(" ")
        return True

    def atomic(self, result: n.Var | None) -> n.Stmt:
        op = self.word()
        self.need(" ")
        scope = self.word()
        self.need(" ")
        place = self.place()
        args: list[n.Expr] = []
        while self.take(", "):
            args.append(self.expr())
        return n.Atomic(op, place, tuple(args), result, scope)

    def warp(self, result: n.Var | None) -> n.Stmt:
        op = self.word()
        self.need("(")
        args = self.operands()
        mask = self.expr() if self.take(" mask ") else None
        predicate = self.known() if self.take(", ") else None
        return n.Warp(op, args, mask, result, predicate)

    def print(self, result: n.Var | None) -> n.Stmt:
        format_ = _literal(self.must(_BYTES, "a format")[0])
        self.need(" [")
        strings: list[bytes] = []
        while not self.take("]"):
            if strings:
                self.need(", ")
            strings.append(_literal(self.must(_BYTES, "a string")[0]))
        self.need(" (")
        args: list[n.Expr] = []
        while not self.take(")"):
            if args:
                self.need(", ")
            args.append(self.expr())
            self.need(":")
            self.type()
        return n.Print(format_, tuple(args), tuple(strings), result)


def _literal(text: str) -> Any:
    return ast.literal_eval(text)


def _value(found: re.Match[str]) -> int | float | bool:
    truth, bits, integer, real = found.groups()
    if truth:
        return truth == "True"
    if bits:
        nan: float = struct.unpack(">d", bytes.fromhex(bits))[0]
        return nan
    return int(integer) if integer else float(real)
