"""A kernel as OpenCL C: the shared walker with this language's primitives."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TypeGuard

from cudawasm.emit import literals
from cudawasm.emit.clike import CLike
from cudawasm.emit.clike_expressions import POSTFIX, PREFIX, Text, bracketed, infix, space_of
from cudawasm.errors import InternalError
from cudawasm.ir import nodes as n
from cudawasm.ir.types import BOOL, F32, F64, I32, U32, U64, Array, Pointer, Scalar, Space, Struct, Type
from cudawasm.ir.walk import addressed_variables, assigned_variables, statement_expressions, statements, subexpressions
from cudawasm.passes.variables_to_parameters import is_dynamic
from cudawasm.source import Span
from cudawasm_opencl.helpers import helper
from cudawasm_opencl.pipeline import Prepared
from cudawasm_opencl.ptx import HELPERS as PTX_HELPERS
from cudawasm_opencl.ptx import WarpWriter, generic_atomic, value_of
from cudawasm_opencl.traits import Traits
from cudawasm_opencl.words import ALIASED, CUDA_BUILTINS, SCALARS, SPECIALS, UNSIGNED, WORDS

_ATOMICS = {"add": "add", "sub": "sub", "exch": "xchg", "min": "min", "max": "max", "and": "and", "or": "or",
            "xor": "xor", "cas": "cmpxchg"}  # fmt: skip
KIR_UNSIGNED = {32: U32, 64: U64}
_DYNAMIC, _DYNAMIC_SIZE = "dynamic_shared", "dynamic_shared_size"
_PTX_WORDS = replace(WORDS, reserved=WORDS.reserved | PTX_HELPERS.keys(), builtins=CUDA_BUILTINS)
_FLAT_WORDS = replace(WORDS, spaces={**WORDS.spaces, Space.GENERIC: "__global"})


@dataclass(frozen=True, slots=True)
class Emitted:
    """A program with one kernel: its text, the kernel's name in it, and what a launch must pass.

    ``spans`` has for each line of the text where it came from. ``dynamic`` and ``dynamic_size`` say that the dynamic
    shared memory and its size are passed after the parameters.
    """

    text: str
    name: str
    spans: tuple[Span | None, ...]
    dynamic: bool
    dynamic_size: bool


class OpenClEmitter(CLike):
    """The text of one kernel for devices with certain traits."""

    def __init__(self, traits: Traits, locations: bool = False):
        self.words = _FLAT_WORDS if traits.flat else _PTX_WORDS if traits.ptx else WORDS
        super().__init__(locations)
        self.traits = traits
        self.has_wide_atomics = False

    def help(self, name: str) -> str:
        """A helper's name; its text goes before the kernel."""
        if name not in self.helpers:
            self.helpers[name] = PTX_HELPERS.get(name) or helper(name)
        return name

    # --- primitives ---

    def shift(self, expr: n.Binary) -> Text:
        type_, count = expr.left.type, expr.right
        assert isinstance(type_, Scalar)
        if isinstance(count, n.Const) and 0 <= count.value < type_.bits:
            amount = (str(int(count.value)), POSTFIX)
            left = self.text(expr.left)
            if expr.op == "shl" and type_.is_signed:
                left = f"({UNSIGNED[max(type_.bits, 32)]}){bracketed(left, PREFIX)}", PREFIX
                return f"({SCALARS[type_.name]})({infix('shl', left, amount)[0]})", PREFIX
            text = infix(expr.op, left, amount)
            return text if type_.bits >= 32 else (f"({SCALARS[type_.name]})({text[0]})", PREFIX)
        name = self.help(f"{'shift_left' if expr.op == 'shl' else 'shift_right'}_{type_.name}")
        return f"{name}({self.value(expr.left)}, {self.value(count)})", POSTFIX

    def divide(self, expr: n.Binary) -> Text:
        type_, divisor = expr.left.type, expr.right
        assert isinstance(type_, Scalar)
        if isinstance(divisor, n.Const) and divisor.value not in (0, -1):
            text = infix(expr.op, self.text(expr.left), self.text(divisor))
            return text if type_.bits >= 32 else (f"({SCALARS[type_.name]})({text[0]})", PREFIX)
        name = self.help(f"{'divide' if expr.op == 'div' else 'remainder_of'}_{type_.name}")
        return f"{name}({self.value(expr.left)}, {self.value(divisor)})", POSTFIX

    def wrapped(self, expr: n.Binary, left: Text, right: Text) -> Text:
        """Signed overflow is undefined in C, so that signed sums are made of unsigned ones."""
        type_ = expr.type
        assert isinstance(type_, Scalar)
        if type_.bits >= 32 and not type_.is_signed:
            return infix(expr.op, left, right)
        if type_.bits < 32:
            if expr.op == "mul" and type_.bits == 16:  # int may overflow
                left = f"(uint){bracketed(left, PREFIX)}", PREFIX
            return f"({SCALARS[type_.name]})({infix(expr.op, left, right)[0]})", PREFIX
        return f"({SCALARS[type_.name]})({self.unsigned_sum(expr)[0]})", PREFIX

    def unsigned_sum(self, expr: n.Expr, needs_cast: bool = True) -> Text:
        """A signed sum computed in unsigned numbers; it is enough that the first operand is one."""
        if _is_signed_sum(expr):
            return infix(expr.op, self.unsigned_sum(expr.left), self.unsigned_sum(expr.right, needs_cast=False))
        if not needs_cast:
            return self.text(expr)
        assert isinstance(expr.type, Scalar)
        if isinstance(expr, n.Const) and expr.value >= 0:
            return self.const(n.Const(KIR_UNSIGNED[expr.type.bits], expr.value))
        return f"({UNSIGNED[expr.type.bits]}){self.at(expr, PREFIX)}", PREFIX

    def index(self, expr: n.Expr) -> Text:
        """Where an index overflows, CUDA's access is undefined; saying so lets the driver widen it as nvcc does."""
        if _is_signed_sum(expr):
            return infix(expr.op, self.index(expr.left), self.index(expr.right))
        return self.text(expr)

    def binary(self, expr: n.Binary) -> Text:
        if expr.op == "div" and expr.type == F32 and not self.traits.exact_divide:
            sides = (f"(double){self.at(e, PREFIX)}" for e in (expr.left, expr.right))
            return f"(float)({' / '.join(sides)})", PREFIX
        return super().binary(expr)

    def builtin(self, expr: n.Builtin) -> Text:
        if expr.name == "brev":
            assert isinstance(expr.type, Scalar)
            self.help(f"reverse_bits_{expr.type.name}")
        return super().builtin(expr)

    def special_float(self, value: float, type_: Scalar) -> Text:
        if type_.bits == 16:
            return f"(ushort){literals.float_bits(value, type_):#06x}", PREFIX
        if math.isnan(value):
            bits = literals.float_bits(value, type_)
            return (f"as_float({bits:#x}u)" if type_ == F32 else f"as_double({bits:#x}UL)"), POSTFIX
        sign = "-" if value < 0 else ""
        text = "INFINITY" if type_ == F32 else "(double)INFINITY"
        return f"{sign}{text}", PREFIX if sign or type_ == F64 else POSTFIX

    def convert(self, type_: Scalar, source: Scalar, text: Text) -> Text:
        word = SCALARS[type_.name]
        if type_ == source:
            return text
        if type_ == BOOL:
            if source.bits == 16 and source.is_float:
                return f"({bracketed(text, PREFIX)} & 0x7fff) != 0", 7
            return f"{bracketed(text, 8)} != 0", 7
        if source.bits == 16 and source.is_float:
            name = self.help("float_of_half" if source.name == "f16" else "float_of_bfloat")
            return self.convert(type_, F32, (f"{name}({text[0]})", POSTFIX))
        if type_.bits == 16 and type_.is_float:
            return self.to_half(type_, source, text)
        if source.is_float and type_.is_integer:
            return f"convert_{word}_sat_rtz({text[0]})", POSTFIX
        return f"({word}){bracketed(text, PREFIX)}", PREFIX

    def to_half(self, type_: Scalar, source: Scalar, text: Text) -> Text:
        name = self.help("half_of_float" if type_.name == "f16" else "bfloat_of_float")
        if source == F64:
            return f"{name}({self.help('odd_float_of_double')}({text[0]}))", POSTFIX
        if source.is_integer and source.bits >= 32:
            return f"{name}({self.help(f'odd_float_of_{SCALARS[source.name]}')}({text[0]}))", POSTFIX
        return f"{name}({text[0] if source == F32 else f'(float){bracketed(text, PREFIX)}'})", POSTFIX

    def reinterpret(self, type_: Type, source: Type, text: Text) -> Text:
        if isinstance(type_, Pointer):
            return self.pointer_cast(type_, source, text)
        if isinstance(source, Pointer):
            return self.convert(U64, U64, (f"(ulong){bracketed(text, PREFIX)}", PREFIX))
        if isinstance(type_, Scalar) and isinstance(source, Scalar):
            word, other = SCALARS[type_.name], SCALARS[source.name]
            if word == other:
                return text
            if type_.is_float or source.is_float:
                if "ushort" not in (word, other):
                    return f"as_{word}({text[0]})", POSTFIX
            return f"({word}){bracketed(text, PREFIX)}", PREFIX
        return f"{self.punned(type_, source)}({text[0]})", POSTFIX

    def punned(self, type_: Type, source: Type) -> str:
        """A helper that reads a value of one type as another of its size."""
        to, of = self.types.memory(type_), self.types.memory(source)
        name = f"{to}_from_{of}"
        self.helpers[name] = (
            f"static inline {to} {name}({of} value)\n{{\n    union {{ {of} from; {to} to; }} both;\n"
            f"    both.from = value;\n    return both.to;\n}}"
        )
        return name

    def pointer_cast(self, type_: Pointer, source: Type, text: Text) -> Text:
        if type_ == source:
            return text
        if isinstance(source, Pointer) and not self.same_space(source.space, type_.space):
            if self.traits.ptx and source.space is Space.SHARED and type_.space is Space.GENERIC:
                text = f"{self.help('generic_of_shared')}({text[0]})", POSTFIX
            else:
                text = f"(ulong){bracketed(text, PREFIX)}", PREFIX
        return f"({self.types.pointer(type_)}){bracketed(text, PREFIX)}", PREFIX

    def cast(self, expr: n.Cast) -> Text:
        source = expr.operand.type
        if isinstance(source, Pointer) and not isinstance(expr.type, Pointer) and self.traits.ptx:
            if source.space is Space.SHARED and expr.type != BOOL:
                assert isinstance(expr.type, Scalar)
                return self.convert(expr.type, U64, self.generic_of_shared(expr.operand))
        return super().cast(expr)

    def generic_of_shared(self, pointer: n.Expr) -> Text:
        return f"{self.help('generic_of_shared')}({self.value(pointer)})", POSTFIX

    def same_space(self, source: Space, wanted: Space) -> bool:
        words = self.words.spaces
        return words[source] == words[wanted] or (self.traits.generic and wanted is Space.GENERIC)

    def atomic(self, stmt: n.Atomic) -> str:
        place, type_ = stmt.place, stmt.place.type
        assert isinstance(type_, Scalar)
        if stmt.op not in _ATOMICS:
            raise InternalError(f"atomic {stmt.op} in the emitter")
        if space_of(place) is Space.GENERIC and self.traits.ptx:
            return self.generic_atomic(stmt, type_)
        prefix = "atom" if type_.bits == 64 else "atomic"
        self.has_wide_atomics |= type_.bits == 64
        pointer = self.types.pointer(Pointer(type_, space_of(place)), "", "volatile ")
        args = ", ".join(self.value(a) for a in stmt.args)
        return f"{prefix}_{_ATOMICS[stmt.op]}(({pointer}){self.address_of(place)}, {args})"

    def generic_atomic(self, stmt: n.Atomic, type_: Scalar) -> str:
        name, is_negated = generic_atomic(stmt.op, type_)
        args = [n.Unary("neg", a) if is_negated else a for a in stmt.args]
        address = f"(ulong){self.address_of(stmt.place)}"
        return f"{self.help(name)}({', '.join((address, *(self.value(a) for a in args)))})"

    def address_of(self, place: n.Place) -> str:
        if isinstance(place, n.Deref) and not place.volatile:
            return self.at(place.ptr, PREFIX)
        return f"&{self.place_at(place, PREFIX)}"

    def fence(self, stmt: n.Fence) -> str:
        return "mem_fence(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);"

    # --- what PTX does ---

    def statement(self, stmt: n.Stmt) -> None:
        match stmt:
            case n.Warp():
                self.warp(stmt)
            case n.Barrier() if stmt.kind != "sync":
                assert stmt.predicate is not None
                text = f"{self.help(f'block_{stmt.kind}')}({self.value(n.Cast(U32, stmt.predicate))})"
                self.give(stmt.result, f"(int){text}")
            case n.ReadClock():
                self.give(stmt.result, f"{self.help('clock_ns')}()")
            case _:
                super().statement(stmt)

    def warp(self, stmt: n.Warp) -> None:
        writer = WarpWriter(self.help, self.value)
        if stmt.op == "sync":
            self.line(f"{writer.call('warp_sync', writer.mask(stmt))};")
        elif stmt.op == "match_all":
            same = n.Var("same", U32)
            self.declare(n.Declare(same))
            self.give(stmt.result, writer.match_all(stmt, self.names.of(same, "same")))
            if stmt.predicate_result is not None:
                self.assign(n.Assign(n.VarPlace(stmt.predicate_result), n.Cast(I32, n.Load(n.VarPlace(same)))))
        else:
            self.warp_word(stmt, *writer.word(stmt))

    def warp_word(self, stmt: n.Warp, text: str, type_: Type) -> None:
        """Give an operation's result, which comes as a word."""
        if stmt.result is None or stmt.result.type == type_:
            self.give(stmt.result, text)
            return
        word = n.Var("word", type_)
        self.line(f"{self.declaration(word)} = {text};")
        self.assign(n.Assign(n.VarPlace(stmt.result), value_of(n.Load(n.VarPlace(word)), stmt.result.type)))

    def step(self, stmt: n.Assign, condition: n.Expr | None) -> str:
        """A counter that is compared does not overflow in a defined loop; so written, drivers unroll as nvcc does."""
        value, place = stmt.value, stmt.place
        if not (_is_signed_sum(value) and value.op in ("add", "sub") and value.left == n.Load(place)):
            return self.assignment(stmt)
        if not (isinstance(condition, n.Binary) and value.left in (condition.left, condition.right)):
            return self.assignment(stmt)
        counter, by = self.place(place)[0], self.value(value.right)
        sign = "+" if value.op == "add" else "-"
        return f"{counter}{2 * sign}" if by == "1" else f"{counter} {sign}= {by}"

    def unroll_hint(self, unroll: int) -> list[str]:
        if unroll in (0, -1):
            return []
        return [f"__attribute__((opencl_unroll_hint({unroll})))"]

    # --- the program ---

    def emit(self, function: n.Function, shared: tuple[n.Var, ...], name: str) -> Emitted:
        """The program of a kernel that has been through the pipeline."""
        if has_aliases(function):
            self.words = self.types.words = replace(self.words, memory={**self.words.memory, **ALIASED})
        kernel = self.names.fresh(name)
        fixed = tuple(v for v in shared if not is_dynamic(v.type))
        dynamic = tuple(v for v in shared if is_dynamic(v.type))
        changed = _changed_objects(function)
        params = [text for p in function.params for text in self.parameters(p, p in changed)]
        self.sequence(function.body)
        body, body_spans = self.lines, self.spans
        self.lines, self.spans, self._span = [], [], function.span
        self.shared_declarations(fixed, 16)
        for var in dynamic:
            assert isinstance(var.type, Array)
            pointer = Pointer(var.type, Space.SHARED)
            word = self.types.pointer(pointer, self.names.of(var, var.name), "volatile " if var.volatile else "")
            self.line(f"{word} = ({self.types.pointer(pointer)}){_DYNAMIC};")
        if not self.traits.svm:
            for var in function.params:
                if isinstance(var.type, Pointer) and var.type.space is not Space.SHARED:
                    self.pointer_from_buffer(var)
        for var in changed:
            self.line(f"{self.types.memory(var.type, self.names.of(var, var.name))} = {self.original(var)};")
        needs_size = "dynamic_shared_bytes" in self.specials
        for special, given in self.specials.items():
            self.line(f"const uint {given} = {SPECIALS[special]};")
        self.lines = [*self.lines, *([""] if self.lines else []), *body]
        self.spans = [*self.spans, *([None] if len(self.lines) > len(body) else []), *body_spans]
        if dynamic:
            params.append(f"__local ulong2 *{_DYNAMIC}")  # drivers align what it points to as its type asks
        if needs_size:
            params.append(f"uint {_DYNAMIC_SIZE}")
        head = [*self.preamble(params), _signature(kernel, params), "{"]
        spans = [*[None] * sum(h.count("\n") + 1 for h in head), *self.spans, None]
        text = "\n".join((*head, *self.lines, "}")) + "\n"
        return Emitted(text, kernel, tuple(spans), bool(dynamic), needs_size)

    def original(self, var: n.Var) -> str:
        """The parameter of which a variable is a copy."""
        return self.names.of((var, "given"), f"{var.name}_given")

    def parameters(self, var: n.Var, is_changed: bool) -> list[str]:
        """A parameter's declarations; without addresses a pointer comes as a buffer and an offset."""
        name = self.names.of(var, var.name)
        if is_changed:
            return [self.types.memory(var.type, self.original(var))]
        if not isinstance(var.type, Pointer):
            return [self.types.memory(var.type, name)]
        if self.traits.svm or var.type.space is Space.SHARED:
            return [self.types.pointer(var.type, name)]
        return [f"__global uchar *{self.names.of((var, 'base'), f'{var.name}_base')}",
                f"ulong {self.names.of((var, 'offset'), f'{var.name}_offset')}"]  # fmt: skip

    def pointer_from_buffer(self, var: n.Var) -> None:
        assert isinstance(var.type, Pointer)
        base, offset = (self.names.of((var, part), "") for part in ("base", "offset"))
        word = self.types.pointer(var.type, self.names.of(var, var.name))
        self.line(f"{word} = ({self.types.pointer(var.type)})({base} + {offset});")

    def preamble(self, params: list[str]) -> list[str]:
        lines = ["#pragma OPENCL FP_CONTRACT OFF"]
        if any("double" in text for text in (*self.lines, *self.types.declarations, *self.helpers.values(), *params)):
            lines.append("#pragma OPENCL EXTENSION cl_khr_fp64 : enable")
        if self.has_wide_atomics:
            lines += [f"#pragma OPENCL EXTENSION cl_khr_int64_{kind}_atomics : enable" for kind in ("base", "extended")]
        aliased: dict[str, str] = {}
        for kir in sorted(self.types.used):
            if self.words.memory.get(kir) == ALIASED.get(kir, ""):
                aliased[ALIASED[kir]] = f"typedef {SCALARS[kir]} {ALIASED[kir]} __attribute__((may_alias));"
        lines += aliased.values()
        blocks = [*self.types.declarations, *self.helpers.values()]
        return ["\n".join(lines), *(f"\n{block}" for block in blocks), ""]


def _is_signed_sum(expr: n.Expr) -> TypeGuard[n.Binary]:
    """Whether C leaves undefined what an expression of signed integers overflows to."""
    type_ = expr.type
    is_sum = isinstance(expr, n.Binary) and expr.op in ("add", "sub", "mul")
    return is_sum and isinstance(type_, Scalar) and type_.is_integer and type_.is_signed and type_.bits >= 32


def emitted(prepared: Prepared, kernel: str, traits: Traits, locations: bool = False) -> Emitted:
    """The program of a kernel."""
    module = prepared.module
    return OpenClEmitter(traits, locations).emit(module.functions[kernel], module.shared, kernel)


def has_aliases(function: n.Function) -> bool:
    """Whether a kernel may access an object as another type than it was stored as."""
    for stmt in statements(function.body):
        for outer in statement_expressions(stmt):
            for expr in subexpressions(outer):
                if isinstance(expr.type, Struct) and expr.type.is_union:
                    return True
                if not isinstance(expr.type, Pointer):
                    continue
                if isinstance(expr, n.Cast | n.Bitcast) and _object(expr.operand.type) != _object(expr.type):
                    return True
                if isinstance(expr, n.AddressOf) and _object(Pointer(expr.place.type)) != _object(expr.type):
                    return True
                if isinstance(expr, n.Load) and not isinstance(expr.place, n.VarPlace):
                    return True
    return False


def _object(type_: Type) -> Type:
    """What a pointer points to, of an array its elements."""
    if not isinstance(type_, Pointer):
        return type_
    pointee = type_.pointee
    while isinstance(pointee, Array):
        pointee = pointee.element
    return pointee


def _changed_objects(function: n.Function) -> list[n.Var]:
    """Parameters in memory that a kernel may write: the threads that PoCL runs one after the other share those."""
    changed = {var for stmt in statements(function.body) for var in assigned_variables(stmt)}
    changed |= addressed_variables(function.body)
    return [var for var in function.params if isinstance(var.type, (Struct, Array)) and var in changed]


def _signature(name: str, params: list[str]) -> str:
    line = f"__kernel void {name}({', '.join(params)})"
    if len(line) <= 110:
        return line
    return f"__kernel void {name}(\n    " + ",\n    ".join(params) + ")"
