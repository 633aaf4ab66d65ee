"""A kernel as the text of a Python function, statement by statement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from cudawasm.ir import nodes as n
from cudawasm.ir.types import (
    BOOL,
    Pointer,
    Scalar,
    Type,
    Vector,
    Void,
    align_of,
    member_offset,
    round_up,
    size_of,
)
from cudawasm.ir.walk import addressed_variables, statements
from cudawasm.passes.variables_to_parameters import is_dynamic
from cudawasm_example.machine import CODES

_HEAD = "def thread(params, memory, thread_idx, block_idx, block_dim, grid_dim, dynamic_shared_bytes):"
_OPERATORS = {"add": "+", "sub": "-", "mul": "*", "and": "&", "or": "|", "xor": "^", "eq": "==", "ne": "!=", "lt": "<",
              "le": "<=", "gt": ">", "ge": ">="}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Layout:
    """The address of each variable that lies in memory, as text; the others are Python's variables.

    ``own_bytes``: shared and local variables, of which one block and one thread exist at a time.
    """

    addresses: Mapping[n.Var, str]
    own_bytes: int


def place_variables(module: n.Module, kernel: str, globals_: Mapping[str, int]) -> Layout:
    """Where the variables of a kernel are; ``globals_`` gives the addresses of the module's own."""
    function = module.functions[kernel]
    addresses: dict[n.Var, str] = {}
    end = 0
    for var in function.params:
        end = round_up(end, align_of(var.type))
        addresses[var] = f"(params + {end})"
        end += size_of(var.type)
    addresses |= {var: str(globals_.get(var.name, 0)) for var in module.globals}
    end = 0
    for var in sorted((*module.shared, *_in_memory(function)), key=lambda v: is_dynamic(v.type)):
        end = round_up(end, max(var.align, align_of(var.type), 16))
        addresses[var] = f"(memory + {end})"
        end += size_of(var.type)
    return Layout(addresses, end)


def _in_memory(function: n.Function) -> Iterator[n.Var]:
    """Locals that are aggregates or whose address is taken."""
    pointed = addressed_variables(function.body)
    for stmt in statements(function.body):
        if isinstance(stmt, n.Declare) and (stmt.var in pointed or not isinstance(stmt.var.type, Scalar | Pointer)):
            yield stmt.var


def _code(type_: Type) -> str:
    """The ``struct`` code of a type that is one number; empty for aggregates."""
    if isinstance(type_, Pointer):
        return "Q"
    return CODES[type_.name] if isinstance(type_, Scalar) else ""


def _name(type_: Type) -> str:
    return type_.name if isinstance(type_, Scalar) else "u64"


class PythonText:
    """The text of one kernel."""

    def __init__(self, layout: Layout):
        self.layout = layout
        self.lines: list[str] = []
        self.depth = 1
        self.names: dict[n.Var, str] = {}
        self.steps: list[n.Block] = []
        """What ``continue`` does before it continues, by loop."""

    def kernel(self, function: n.Function) -> str:
        self.block(function.body)
        return "\n".join((_HEAD, *self.lines)) + "\n"

    # --- statements ---

    def line(self, text: str) -> None:
        self.lines.append("    " * self.depth + text)

    def block(self, block: n.Block) -> None:
        for stmt in block:
            self.statement(stmt)
        if not block:
            self.line("pass")

    def nested(self, head: str, block: n.Block) -> None:
        self.line(head)
        self.depth += 1
        self.block(block)
        self.depth -= 1

    def statement(self, stmt: n.Stmt) -> None:
        match stmt:
            case n.Declare():
                if stmt.init is not None:
                    self.put(n.VarPlace(stmt.var), self.expr(stmt.init))
                elif stmt.var not in self.layout.addresses:
                    self.line(f"{self.variable(stmt.var)} = 0")
            case n.Assign():
                self.put(stmt.place, self.expr(stmt.value))
            case n.Atomic():
                self.atomic(stmt)
            case n.If():
                self.nested(f"if {self.expr(stmt.condition)}:", stmt.then)
                if stmt.otherwise:
                    self.nested("else:", stmt.otherwise)
            case n.Loop():
                self.steps.append(stmt.step)
                condition = "True" if stmt.condition is None else self.expr(stmt.condition)
                self.nested(f"while {condition}:", (*stmt.body, *stmt.step))
                self.steps.pop()
            case n.Switch():
                self.switch(stmt)
            case n.Break():
                self.line("break")
            case n.Continue():
                self.block(self.steps[-1])
                self.line("continue")
            case n.Return():
                self.line("return")
            case n.Trap():
                self.line(f"trap({stmt.message!r})")
            case n.Fence():
                pass  # one thread runs at a time
            case n.Barrier() | n.Warp() | n.Call() | n.Print() | n.ReadClock() | n.Scope():
                raise AssertionError(f"{type(stmt).__name__}: refused or removed by a pass")
            case _:
                assert_never(stmt)

    def put(self, place: n.Place, value: str) -> None:
        if isinstance(place, n.VarPlace) and place.var not in self.layout.addresses:
            self.line(f"{self.variable(place.var)} = {value}")
            return
        code = _code(place.type)
        address = self.address(place)
        self.line(f"store({code!r}, {address}, {value})" if code else f"store_bytes({address}, {value})")

    def atomic(self, stmt: n.Atomic) -> None:
        type_ = stmt.place.type
        parts = range(type_.count) if isinstance(type_, Vector) else (0,)
        self.line(f"old = {self.load(stmt.place)}")
        args = [self.expr(a) for a in stmt.args]
        if isinstance(type_, Vector):
            code, name, size = _code(type_.element), type_.element.name, size_of(type_.element)
            for i in parts:
                each = [f"unpack({code!r}, {text}, {i * size})" for text in ("old", *args)]
                new = f"updated({stmt.op!r}, {name!r}, {each[0]}, {each[1]}, 0)"
                self.line(f"store({code!r}, {self.address(stmt.place)} + {i * size}, {new})")
        else:
            new = f"updated({stmt.op!r}, {_name(type_)!r}, old, {args[0]}, {args[1] if len(args) > 1 else 0})"
            self.put(stmt.place, new)
        if stmt.result is not None:
            self.put(n.VarPlace(stmt.result), "old")

    def switch(self, stmt: n.Switch) -> None:
        self.line(f"chosen = {self.expr(stmt.selector)}")
        word = "if"
        for case in stmt.cases:
            self.nested(f"{word} chosen in {case.values!r}:", case.body)
            word = "elif"
        if stmt.cases:
            self.nested("else:", stmt.default)
        else:
            self.block(stmt.default)

    # --- places ---

    def variable(self, var: n.Var) -> str:
        """A name for a local that is a Python variable."""
        if var not in self.names:
            self.names[var] = f"{var.name.replace('.', '_')}_{len(self.names)}"
        return self.names[var]

    def address(self, place: n.Place) -> str:
        match place:
            case n.VarPlace():
                return self.layout.addresses[place.var]
            case n.Deref():
                return self.expr(place.ptr)
            case n.Member():
                return f"({self.address(place.base)} + {member_offset(place.base.type, place.index)})"
            case n.Index():
                return f"({self.address(place.base)} + {self.expr(place.index)} * {size_of(place.type)})"
            case _:
                assert_never(place)

    def load(self, place: n.Place) -> str:
        if isinstance(place, n.VarPlace) and place.var not in self.layout.addresses:
            return self.variable(place.var)
        code = _code(place.type)
        address = self.address(place)
        return f"load({code!r}, {address})" if code else f"load_bytes({address}, {size_of(place.type)})"

    # --- expressions ---

    def expr(self, expr: n.Expr) -> str:
        match expr:
            case n.Const():
                return self.const(expr)
            case n.Load():
                return self.load(expr.place)
            case n.AddressOf():
                return self.address(expr.place)
            case n.Unary():
                return self.unary(expr)
            case n.Binary():
                return self.binary(expr)
            case n.Cast():
                if isinstance(expr.operand.type, Void):
                    return self.expr(expr.operand)
                return f"convert({_name(expr.type)!r}, {_name(expr.operand.type)!r}, {self.expr(expr.operand)})"
            case n.Bitcast():
                return self.unpacked(expr.type, self.packed(expr.operand), 0)
            case n.Select():
                return f"({self.expr(expr.if_true)} if {self.expr(expr.condition)} else {self.expr(expr.if_false)})"
            case n.Builtin():
                args = "".join(f", ({_name(a.type)!r}, {self.expr(a)})" for a in expr.args)
                return f"builtin({expr.name!r}, {_name(expr.type)!r}{args})"
            case n.Offset():
                assert isinstance(expr.ptr.type, Pointer)
                return f"({self.expr(expr.ptr)} + {self.expr(expr.index)} * {size_of(expr.ptr.type.pointee)})"
            case n.Distance():
                assert isinstance(expr.left.type, Pointer)
                size = size_of(expr.left.type.pointee)
                return f"(({self.expr(expr.left)} - {self.expr(expr.right)}) // {size})"
            case n.Special():
                return self.special(expr)
            case n.Construct():
                return self.construct(expr)
            case n.Extract():
                return self.unpacked(expr.type, self.expr(expr.operand), member_offset(expr.operand.type, expr.index))
            case n.Zero():
                return f"bytes({size_of(expr.type)})"
            case _:
                assert_never(expr)

    def const(self, expr: n.Const) -> str:
        if isinstance(expr.type, Scalar) and expr.type.is_float:
            return f"convert({expr.type.name!r}, 'f64', float({str(float(expr.value))!r}))"
        return repr(bool(expr.value) if expr.type == BOOL else int(expr.value))

    def unary(self, expr: n.Unary) -> str:
        operand, type_ = self.expr(expr.operand), expr.type
        if expr.op == "not":
            return f"(not {operand})"
        text = f"({'-' if expr.op == 'neg' else '~'}{operand})"
        return text if isinstance(type_, Scalar) and type_.is_float else f"wrap({_name(type_)!r}, {text})"

    def binary(self, expr: n.Binary) -> str:
        left, right, type_ = self.expr(expr.left), self.expr(expr.right), expr.left.type
        name = _name(type_)
        if expr.op in ("shl", "shr"):
            return f"shift({name!r}, {expr.op!r}, {left}, {right})"
        if expr.op in ("div", "rem"):
            is_float = isinstance(type_, Scalar) and type_.is_float
            exact = {"div": "divide_floats", "rem": "modulo"} if is_float else {"div": "divide", "rem": "remainder"}
            return f"{exact[expr.op]}({name!r}, {left}, {right})"
        text = f"({left} {_OPERATORS[expr.op]} {right})"
        wraps = expr.op in ("add", "sub", "mul") and isinstance(type_, Scalar) and type_.is_integer
        return f"wrap({name!r}, {text})" if wraps else f"bool{text}" if expr.type == BOOL else text

    def special(self, expr: n.Special) -> str:
        what, _, axis = expr.name.partition(".")
        if axis:
            return f"{what}[{'xyz'.index(axis)}]"
        if what == "dynamic_shared_bytes":
            return what
        linear = "(thread_idx[0] + block_dim[0] * (thread_idx[1] + block_dim[1] * thread_idx[2]))"
        return f"({linear} {'%' if what == 'lane_id' else '//'} 32)"

    def construct(self, expr: n.Construct) -> str:
        parts = "".join(f", ({_part_offset(expr.type, i)}, {self.packed(p)})" for i, p in enumerate(expr.parts))
        return f"joined({size_of(expr.type)}{parts})"

    def packed(self, expr: n.Expr) -> str:
        """A value as bytes."""
        code = _code(expr.type)
        return f"pack({code!r}, {self.expr(expr)})" if code else self.expr(expr)

    def unpacked(self, type_: Type, data: str, offset: int) -> str:
        code = _code(type_)
        return f"unpack({code!r}, {data}, {offset})" if code else f"{data}[{offset}:{offset + size_of(type_)}]"


def _part_offset(type_: Type, index: int) -> int:
    return index * size_of(type_.element) if hasattr(type_, "element") else member_offset(type_, index)
