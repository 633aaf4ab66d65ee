"""Evaluating KIR at compile time: constant expressions, constexpr functions, initialisers of variables.

Memory is byte-addressed, as on a device: each variable owns a byte array, and an address is the array's
number in the upper bits plus an offset.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from cudawasm.frontend import constant_code, fold
from cudawasm.ir import nodes
from cudawasm.ir import types as kir

if TYPE_CHECKING:
    from cudawasm.frontend.sema import Sema

_STEP_LIMIT = 1_048_576
_SHIFT = 40
_FORMATS = {
    "bool": "?", "i8": "b", "u8": "B", "i16": "h", "u16": "H", "i32": "i", "u32": "I", "i64": "q", "u64": "Q",
    "f16": "e", "f32": "f", "f64": "d",
}  # fmt: skip


class _NotConstant(Exception):
    pass


class _Jump(Exception):
    def __init__(self, kind: str, label: str = "", value: Any = None) -> None:
        self.kind, self.label, self.value = kind, label, value


def constant(sema: Sema, statements: list[nodes.Stmt], expr: nodes.Expr) -> nodes.Const | None:
    """The scalar that ``expr`` has after the statements, or None when that is not constant."""
    try:
        machine = Machine(sema)
        machine.block(statements)
        return nodes.Const(expr.type, machine.value(expr))
    except (_NotConstant, _Jump, RecursionError, ArithmeticError, struct.error):
        return None


def initial_bytes(sema: Sema, statements: list[nodes.Stmt], var: nodes.Var) -> bytes | None:
    """The bytes of a variable after the statements that initialise it, or None when not constant."""
    try:
        machine = Machine(sema)
        machine.block(statements)
        return bytes(machine.storage(var))
    except (_NotConstant, _Jump, RecursionError, ArithmeticError, struct.error):
        return None


class Machine:
    def __init__(self, sema: Sema) -> None:
        self.sema = sema
        self.arrays: list[bytearray] = [bytearray()]
        self.addresses: dict[nodes.Var, int] = {}
        self.unknown: set[int] = set()
        self.steps = 0.0

    # --- memory ------------------------------------------------------------------------------------

    def storage(self, var: nodes.Var) -> bytearray:
        return self.arrays[self.address_of_var(var) >> _SHIFT]

    def address_of_var(self, var: nodes.Var) -> int:
        if var not in self.addresses:
            fixed = var.space in (kir.Space.CONSTANT, kir.Space.GLOBAL) and var not in self.sema.variables.writable
            known = fixed and var.init is not None
            if not known and var.space is not kir.Space.LOCAL:
                raise _NotConstant
            number = self.declare(var) >> _SHIFT
            if not known:  # of the function around: it has an address, but nobody knows what is there
                self.unknown.add(number)
        return self.addresses[var]

    def declare(self, var: nodes.Var) -> int:
        """New storage for a variable."""
        data = bytearray(kir.size_of(var.type))
        if var.init is not None:
            data[: len(var.init)] = var.init
        self.addresses[var] = len(self.arrays) << _SHIFT
        self.arrays.append(data)
        return self.addresses[var]

    def address(self, place: nodes.Place) -> int:
        match place:
            case nodes.VarPlace(var=var):
                return self.address_of_var(var)
            case nodes.Deref(ptr=ptr):
                return int(self.value(ptr))
            case nodes.Member(base=base, index=index):
                return self.address(base) + kir.member_offset(base.type, index)
            case nodes.Index(base=base, index=index):
                return self.address(base) + int(self.value(index)) * kir.size_of(place.type)

    def read(self, address: int, type_: kir.Type) -> Any:
        data = self._slice(address, kir.size_of(type_))
        if isinstance(type_, kir.Pointer):
            return struct.unpack("<Q", data)[0]
        if not isinstance(type_, kir.Scalar):
            return data
        if type_ == kir.BF16:
            return struct.unpack("<f", b"\0\0" + data)[0]
        return struct.unpack("<" + _FORMATS[type_.name], data)[0]

    def _slice(self, address: int, size: int) -> bytes:
        number, offset = address >> _SHIFT, address & ((1 << _SHIFT) - 1)
        if not 0 < number < len(self.arrays) or offset + size > len(self.arrays[number]) or number in self.unknown:
            raise _NotConstant
        return bytes(self.arrays[number][offset : offset + size])

    def write(self, address: int, type_: kir.Type, value: Any) -> None:
        data = self.encode(type_, value)
        number, offset = address >> _SHIFT, address & ((1 << _SHIFT) - 1)
        if not 0 < number < len(self.arrays) or offset + len(data) > len(self.arrays[number]) or number in self.unknown:
            raise _NotConstant
        self.arrays[number][offset : offset + len(data)] = data

    def encode(self, type_: kir.Type, value: Any) -> bytes:
        if value is None:  # a function ended without returning one
            raise _NotConstant
        if isinstance(value, (bytes, bytearray)):
            return bytes(value)
        if isinstance(type_, kir.Pointer):
            return struct.pack("<Q", int(value))
        if not isinstance(type_, kir.Scalar):
            raise _NotConstant
        if type_ == kir.BF16:
            return struct.pack("<f", value)[2:]
        return struct.pack("<" + _FORMATS[type_.name], value)

    # --- expressions -------------------------------------------------------------------------------

    def const(self, expr: nodes.Expr) -> nodes.Const:
        return nodes.Const(expr.type, self.value(expr))

    def value(self, expr: nodes.Expr) -> Any:
        self.steps += 1
        if self.steps > _STEP_LIMIT:
            raise _NotConstant
        match expr:
            case nodes.Const(value=value):
                return value
            case nodes.Load(place=place):
                return self.read(self.address(place), expr.type)
            case nodes.AddressOf(place=place):
                return self.address(place)
            case nodes.Unary(op=op, operand=operand):
                return self._folded(fold.unary(op, self.const(operand)))
            case nodes.Binary(op=op, left=left, right=right):
                return self._binary(op, left, right)
            case nodes.Cast(type=type_, operand=operand):
                return self._folded(fold.cast(type_, self.const(operand)))
            case nodes.Bitcast(type=type_, operand=operand):
                return self._bits(type_, self.encode(operand.type, self.value(operand)))
            case nodes.Select(condition=condition, if_true=if_true, if_false=if_false):
                return self.value(if_true if self.value(condition) else if_false)
            case nodes.Builtin(name=name, args=args, type=type_):
                return self._folded(fold.builtin(name, tuple(self.const(a) for a in args), type_))
            case nodes.Offset(ptr=ptr, index=index):
                assert isinstance(ptr.type, kir.Pointer)
                return self.value(ptr) + int(self.value(index)) * kir.size_of(ptr.type.pointee)
            case nodes.Distance(left=left, right=right):
                assert isinstance(left.type, kir.Pointer)
                return (self.value(left) - self.value(right)) // kir.size_of(left.type.pointee)
            case nodes.Zero(type=type_):
                return bytes(kir.size_of(type_))
            case nodes.Construct(type=type_, parts=parts):
                return self._put_together(type_, [(p.type, self.value(p)) for p in parts])
            case nodes.Extract(operand=operand, index=index):
                data = self.value(operand)
                offset = kir.member_offset(operand.type, index)
                return self._bits(expr.type, data[offset : offset + kir.size_of(expr.type)])
        raise _NotConstant

    def _binary(self, op: nodes.BinaryOp, left: nodes.Expr, right: nodes.Expr) -> Any:
        a = self.value(left)
        if left.type == kir.BOOL and op in ("and", "or") and bool(a) == (op == "or"):
            return a
        b = self.value(right)
        if isinstance(left.type, kir.Pointer):
            left_const, right_const = nodes.Const(kir.U64, a), nodes.Const(kir.U64, b)
            return self._folded(fold.binary(op, left_const, right_const))
        return self._folded(fold.binary(op, nodes.Const(left.type, a), nodes.Const(right.type, b)))

    def _folded(self, expr: nodes.Expr) -> Any:
        if not isinstance(expr, nodes.Const):
            raise _NotConstant
        return expr.value

    def _bits(self, type_: kir.Type, data: bytes) -> Any:
        self.arrays.append(bytearray(data))
        result = self.read((len(self.arrays) - 1) << _SHIFT, type_)
        self.arrays.pop()
        return result

    def _put_together(self, type_: kir.Type, parts: list[tuple[kir.Type, Any]]) -> bytes:
        data = bytearray(kir.size_of(type_))
        for index, (part_type, value) in enumerate(parts):
            if isinstance(type_, kir.Array):
                offset = index * kir.size_of(type_.element)
            else:
                offset = kir.member_offset(type_, index)
            encoded = self.encode(part_type, value)
            data[offset : offset + len(encoded)] = encoded
        return bytes(data)

    # --- statements --------------------------------------------------------------------------------

    def block(self, statements: list[nodes.Stmt] | tuple[nodes.Stmt, ...]) -> None:
        for statement in statements:
            self.statement(statement)

    def statement(self, statement: nodes.Stmt) -> None:
        match statement:
            case nodes.Declare(var=var, init=init):
                address = self.declare(var)
                if init is not None:
                    self.write(address, var.type, self.value(init))
            case nodes.Assign(place=place, value=value):
                result = self.value(value)
                self.write(self.address(place), place.type, result)
            case nodes.If(condition=condition, then=then, otherwise=otherwise):
                self.block(then if self.value(condition) else otherwise)
            case nodes.Loop():
                self._loop(statement)
            case nodes.Switch(selector=selector, cases=cases, default=default):
                number = int(self.value(selector))
                self.block(next((c.body for c in cases if number in c.values), default))
            case nodes.Scope(label=label, body=body):
                try:
                    self.block(body)
                except _Jump as jump:
                    if jump.kind != "break" or jump.label != label:
                        raise
            case nodes.Break(label=label):
                raise _Jump("break", label)
            case nodes.Continue(label=label):
                raise _Jump("continue", label)
            case nodes.Return(value=value_or_none):
                raise _Jump("return", "", None if value_or_none is None else self.value(value_or_none))
            case nodes.Call():
                self._call(statement)
            case _:
                raise _NotConstant

    def _loop(self, loop: nodes.Loop) -> None:
        while loop.condition is None or self.value(loop.condition):
            self.steps += 1
            try:
                self.block(loop.body)
            except _Jump as jump:
                if jump.label != loop.label or jump.kind == "return":
                    raise
                if jump.kind == "break":
                    return
            try:
                self.block(loop.step)
            except _Jump as jump:
                if jump.label != loop.label or jump.kind != "break":
                    raise
                return

    def _call(self, call: nodes.Call) -> None:
        result = self.call(call.function, [self.value(a) for a in call.args], call.result is not None)
        if call.result is not None:
            self.write(self.address_of_var(call.result), call.result.type, result)

    def call(self, name: str, values: list[Any], wants_result: bool) -> Any:
        """The result of a function, which runs as code if it can."""
        function = self.sema.functions.body(name)
        if function is None:
            raise _NotConstant
        self.advance(1)
        code = self._code(function)
        result = self._walked(function, values) if code is None else code(self, *values)
        if wants_result and result is None:  # it ended without returning one
            raise _NotConstant
        return result

    def _code(self, function: nodes.Function) -> constant_code.Code | None:
        known = self.sema.constant_code.get(function.name)
        if known is None or known[0] is not function:
            known = self.sema.constant_code[function.name] = (function, constant_code.compiled(function))
        return known[1]

    def _walked(self, function: nodes.Function, values: list[Any]) -> Any:
        caller = self.addresses  # a recursive call has variables of its own
        self.addresses = {v: a for v, a in caller.items() if v.space is not kir.Space.LOCAL}
        for param, value in zip(function.params, values, strict=True):
            self.write(self.declare(param), param.type, value)
        result = None
        try:
            self.block(function.body)
        except _Jump as jump:
            if jump.kind != "return":
                raise
            result = jump.value
        self.addresses = caller
        return result

    # --- what code calls ---------------------------------------------------------------------------

    def advance(self, steps: float) -> None:
        self.steps += steps
        if self.steps > _STEP_LIMIT:
            raise _NotConstant

    def numbered(self, data: bytearray) -> int:
        """The address of storage that a pointer may point to."""
        self.arrays.append(data)
        return (len(self.arrays) - 1) << _SHIFT

    def part(self, data: bytearray, offset: int, size: int) -> bytes:
        if offset < 0 or offset + size > len(data):
            raise _NotConstant
        return bytes(data[offset : offset + size])

    def put(self, data: bytearray, offset: int, value: bytes) -> None:
        if value is None or offset < 0 or offset + len(value) > len(data):
            raise _NotConstant
        data[offset : offset + len(value)] = value

    def of_values(self, expr: nodes.Expr, values: tuple[Any, ...]) -> Any:
        """An operation on operands whose values are known."""
        match expr:
            case nodes.Construct(type=type_, parts=parts):
                return self._put_together(type_, [(p.type, v) for p, v in zip(parts, values, strict=True)])
            case nodes.Builtin(name=name, args=args, type=type_):
                known = tuple(nodes.Const(a.type, v) for a, v in zip(args, values, strict=True))
                return self._folded(fold.builtin(name, known, type_))
            case nodes.Bitcast(type=type_, operand=operand):
                return self._bits(type_, self.encode(operand.type, values[0]))
            case nodes.Extract(operand=operand, index=index):
                offset = kir.member_offset(operand.type, index)
                return self._bits(expr.type, values[0][offset : offset + kir.size_of(expr.type)])
            case nodes.Distance(left=left):
                assert isinstance(left.type, kir.Pointer)
                return (values[0] - values[1]) // kir.size_of(left.type.pointee)
        raise _NotConstant

    def folded_binary(self, op: nodes.BinaryOp, first: kir.Type, a: Any, second: kir.Type, b: Any) -> Any:
        return self._folded(fold.binary(op, nodes.Const(first, a), nodes.Const(second, b)))

    def folded_cast(self, type_: kir.Type, source: kir.Type, value: Any) -> Any:
        return self._folded(fold.cast(type_, nodes.Const(source, value)))
