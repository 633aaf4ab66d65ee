"""Checks that a KIR module is well formed: types, names, jumps and calls.

The promise: a module that passes, and whose required features a target declares, is emitted without error. A
failure is a defect of the front end or of a pass, never of the user's source.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import assert_never

from cudawasm.errors import InternalError
from cudawasm.ir import nodes as n
from cudawasm.ir.builtins import BUILTINS
from cudawasm.ir.types import BOOL, I32, I64, U32, Array, Pointer, Scalar, Space, Struct, Type, Vector, Void


def verify(module: n.Module) -> None:
    """Raises InternalError naming the first function and node that is malformed."""
    names = {*module.globals, *module.shared}
    for name, function in module.functions.items():
        if name != function.name:
            raise InternalError(f"function {function.name} is listed as {name}")
        _Verifier(module, function, names).run()


@dataclass(slots=True)
class _Verifier:
    module: n.Module
    function: n.Function
    module_variables: set[n.Var]
    declared: set[n.Var] = field(default_factory=set)
    loops: list[str] = field(default_factory=list)
    scopes: list[str] = field(default_factory=list)

    def run(self) -> None:
        self.declared.update(self.function.params)
        self.block(self.function.body)

    def require(self, condition: bool, what: object) -> None:
        if not condition:
            raise InternalError(f"in {self.function.name}: {what}")

    # --- statements --------------------------------------------------------------------------------

    def block(self, block: n.Block) -> None:
        for stmt in block:
            self.statement(stmt)

    def statement(self, stmt: n.Stmt) -> None:
        match stmt:
            case n.Declare():
                self.declared.add(stmt.var)
                if stmt.init is not None:
                    self.value(stmt.init, stmt.var.type, stmt)
            case n.Assign():
                self.place(stmt.place)
                self.value(stmt.value, stmt.place.type, stmt)
            case n.Atomic():
                self.atomic(stmt)
            case n.Barrier():
                if stmt.predicate is not None:
                    self.value(stmt.predicate, BOOL, stmt)
                self.result(stmt.result, I32, stmt)
            case n.Warp():
                self.warp(stmt)
            case n.Call():
                self.call(stmt)
            case n.Print():
                for arg in stmt.args:
                    self.expr(arg)
                self.result(stmt.result, I32, stmt)
            case n.ReadClock():
                self.result(stmt.result, I64, stmt)
            case n.If():
                self.value(stmt.condition, BOOL, stmt)
                self.block(stmt.then)
                self.block(stmt.otherwise)
            case n.Loop():
                self.loop(stmt)
            case n.Switch():
                self.switch(stmt)
            case n.Scope():
                self.scopes.append(stmt.label)
                self.block(stmt.body)
                self.scopes.pop()
            case n.Break():
                self.require(stmt.label in (*self.loops, *self.scopes), f"break to unknown label {stmt.label}")
            case n.Continue():
                self.require(stmt.label in self.loops, f"continue to unknown loop {stmt.label}")
            case n.Return():
                self.return_(stmt)
            case n.Fence() | n.Trap():
                pass
            case _:
                assert_never(stmt)

    def atomic(self, stmt: n.Atomic) -> None:
        self.place(stmt.place)
        self.require(len(stmt.args) == (2 if stmt.op == "cas" else 1), stmt)
        for arg in stmt.args:
            self.value(arg, stmt.place.type, stmt)
        self.result(stmt.result, stmt.place.type, stmt)

    def warp(self, stmt: n.Warp) -> None:
        for arg in stmt.args:
            self.expr(arg)
        if stmt.mask is not None:
            self.value(stmt.mask, U32, stmt)
        if stmt.op.startswith(("shfl", "reduce")):
            self.result(stmt.result, stmt.args[0].type, stmt)
        elif stmt.op in ("any", "all"):
            self.value(stmt.args[0], BOOL, stmt)
            self.result(stmt.result, BOOL, stmt)
        elif stmt.op != "sync":
            self.result(stmt.result, U32, stmt)
        self.result(stmt.predicate_result, I32, stmt)

    def call(self, stmt: n.Call) -> None:
        callee = self.module.functions.get(stmt.function)
        if callee is None:
            raise InternalError(f"in {self.function.name}: call of unknown function {stmt.function}")
        self.require(len(stmt.args) == len(callee.params), f"{stmt.function} takes {len(callee.params)} arguments")
        for arg, param in zip(stmt.args, callee.params, strict=True):
            self.value(arg, param.type, stmt)
        if stmt.result is not None:
            self.result(stmt.result, callee.result, stmt)

    def loop(self, stmt: n.Loop) -> None:
        self.loops.append(stmt.label)
        if stmt.condition is not None:
            self.value(stmt.condition, BOOL, stmt)
        self.block(stmt.body)
        self.block(stmt.step)
        self.loops.pop()

    def switch(self, stmt: n.Switch) -> None:
        self.expr(stmt.selector)
        seen: set[int] = set()
        for case in stmt.cases:
            self.require(not seen.intersection(case.values), f"case {case.values} twice")
            seen.update(case.values)
            self.block(case.body)
        self.block(stmt.default)

    def return_(self, stmt: n.Return) -> None:
        if stmt.value is None:
            self.require(isinstance(self.function.result, Void), "return without a value")
        else:
            self.value(stmt.value, self.function.result, stmt)

    def result(self, var: n.Var | None, type_: Type, where: object) -> None:
        if var is not None:
            self.require(var in self.declared, f"result {var.name} is not declared")
            self.require(_same(var.type, type_), f"{where}: result {var.name} is {var.type}, not {type_}")

    # --- places and expressions ----------------------------------------------------------------------

    def place(self, place: n.Place) -> None:
        match place:
            case n.VarPlace(var=var):
                known = self.declared if var.space is Space.LOCAL else self.module_variables
                self.require(var in known, f"variable {var.name} is not declared")
            case n.Deref():
                self.expr(place.ptr)
                self.require(isinstance(place.ptr.type, Pointer), f"dereference of {place.ptr.type}")
            case n.Member():
                self.place(place.base)
                self.require(_members(place.base.type) > place.index, f"{place.base.type} has no member {place.index}")
            case n.Index():
                self.place(place.base)
                self.integer(place.index)
                self.require(isinstance(place.base.type, Array), f"index into {place.base.type}")
            case _:
                assert_never(place)

    def integer(self, expr: n.Expr) -> None:
        self.expr(expr)
        self.require(isinstance(expr.type, Scalar) and not expr.type.is_float, f"{expr.type} as an integer")

    def value(self, expr: n.Expr, type_: Type, where: object) -> None:
        self.expr(expr)
        self.require(_same(expr.type, type_), f"{type(where).__name__}: {expr.type} where {type_} belongs")

    def expr(self, expr: n.Expr) -> None:
        match expr:
            case n.Const() | n.Special() | n.Zero():
                pass
            case n.Load() | n.AddressOf():
                self.place(expr.place)
            case n.Unary() | n.Cast() | n.Bitcast():
                self.expr(expr.operand)
            case n.Extract():
                self.expr(expr.operand)
                whole = expr.operand.type
                self.require(_members(whole) > expr.index, f"{whole} has no member {expr.index}")
            case n.Binary():
                self.binary(expr)
            case n.Distance():
                self.expr(expr.left)
                self.expr(expr.right)
            case n.Select():
                self.value(expr.condition, BOOL, expr)
                self.expr(expr.if_true)
                self.value(expr.if_false, expr.if_true.type, expr)
            case n.Builtin():
                self.require(expr.name in BUILTINS, f"unknown builtin {expr.name}")
                for arg in expr.args:
                    self.expr(arg)
            case n.Offset():
                self.expr(expr.ptr)
                self.integer(expr.index)
                self.require(isinstance(expr.ptr.type, Pointer), f"offset of {expr.ptr.type}")
            case n.Construct():
                self.construct(expr)
            case _:
                assert_never(expr)

    def binary(self, expr: n.Binary) -> None:
        self.expr(expr.left)
        if expr.op in ("shl", "shr"):
            self.integer(expr.left)
            self.integer(expr.right)
        else:
            self.value(expr.right, expr.left.type, expr)
        wanted = BOOL if expr.op in n.COMPARISONS else expr.left.type
        self.require(expr.type == wanted, f"{expr.op} gives {expr.type}")

    def construct(self, expr: n.Construct) -> None:
        for part in expr.parts:
            self.expr(part)
        is_union = isinstance(expr.type, Struct) and expr.type.is_union
        count = 1 if is_union else expr.type.count if isinstance(expr.type, Array) else _members(expr.type)
        self.require(len(expr.parts) == count, f"{expr.type} of {len(expr.parts)} parts")


def _members(type_: Type) -> int:
    return len(type_.fields) if isinstance(type_, Struct) else type_.count if isinstance(type_, Vector) else 0


def _same(actual: Type, wanted: Type) -> bool:
    """Equal, where pointers may differ in their address space and in what they point to."""
    return actual == wanted or (isinstance(actual, Pointer) and isinstance(wanted, Pointer))
