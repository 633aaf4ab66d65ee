"""KIR expressions as results of instructions. A part that is mentioned twice in a statement is computed once."""

from __future__ import annotations

from typing import assert_never

from cudawasm.errors import InternalError
from cudawasm.ir import nodes as n
from cudawasm.ir.types import BOOL, I64, Array, Pointer, Scalar, Space, Struct, size_of
from cudawasm_vulkan import denormals, exact, zeros
from cudawasm_vulkan.builtins import EXTENDED, expanded
from cudawasm_vulkan.code import flat, is_overlapping
from cudawasm_vulkan.places import Places

_BUILT_IN = {"thread_idx": "LocalInvocationId", "block_idx": "WorkgroupId", "grid_dim": "NumWorkgroups"}
_DYNAMIC_BYTES, _DYNAMIC_COUNT, THREADS = 3, 4, 5
"""Numbers of the specialisation constants after the block's shape."""


class Expressions(Places):
    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.values: dict[n.Var, int] = {}
        """Variables that are names of one value."""
        self.origins: dict[n.Var, n.Expr] = {}
        """What such variables were declared as."""
        self._done: dict[int, tuple[n.Expr, int]] = {}
        self._inputs: dict[str, int] = {}
        self._specials: dict[str, int] = {}
        self.head: list[int] = []
        """Instructions for the function's start: values that the launch gives."""

    whole_warps = False
    """Whether warps are subgroups, of which each thread's place in its block is made."""

    def forget(self) -> None:
        """What was computed cannot be used from here on: another block begins, or memory has changed."""
        self._done.clear()

    def value(self, expr: n.Expr) -> int:
        known = self._done.get(id(expr))
        if known is not None:
            return known[1]
        found = self.compute(expr)
        self._done[id(expr)] = (expr, found)
        return found

    def compute(self, expr: n.Expr) -> int:
        match expr:
            case n.Const():
                assert isinstance(expr.type, Scalar | Pointer)
                return self.literal(expr.value, expr.type)
            case n.Load():
                return self.loaded(expr)
            case n.AddressOf():
                return self.address(expr.place)
            case n.Unary():
                return self.unary(expr)
            case n.Binary():
                return self.binary(expr)
            case n.Cast():
                return self.cast(expr.type, expr.operand.type, self.value(expr.operand))
            case n.Bitcast():
                return self.reinterpret(expr.type, expr.operand.type, self.value(expr.operand))
            case n.Select():
                arms = self.value(expr.if_true), self.value(expr.if_false)
                return self.select(self.type(expr.type), self.value(expr.condition), *arms)
            case n.Builtin():
                return self.builtin(expr)
            case n.Offset():
                return self.offset(expr)
            case n.Distance():
                return self.distance(expr)
            case n.Special():
                return self.special(expr.name)
            case n.Construct():
                return self.construct(expr)
            case n.Extract():
                return self.op("CompositeExtract", self.type(expr.type), self.value(expr.operand), expr.index)
            case n.Zero():
                return self.zero(self.type(expr.type))
            case _:
                assert_never(expr)

    def loaded(self, expr: n.Load) -> int:
        place = expr.place
        if isinstance(place, n.VarPlace) and place.var in self.values:
            return self.values[place.var]
        if isinstance(place, n.Member) and isinstance(place.base, n.VarPlace) and place.base.var in self.values:
            return self.op("CompositeExtract", self.type(expr.type), self.values[place.base.var], place.index)
        return self.load(self.locate(place))

    def origin(self, expr: n.Expr) -> n.Expr:
        """What a variable stands for, if an expression is one that does not change."""
        if isinstance(expr, n.Load) and isinstance(expr.place, n.VarPlace):
            return self.origins.get(expr.place.var, expr)
        return expr

    # --- operators ---

    def unary(self, expr: n.Unary) -> int:
        type_ = expr.operand.type
        assert isinstance(type_, Scalar)
        value = self.value(expr.operand)
        if expr.op == "neg":
            return self.negate(type_, value)
        return self.op("LogicalNot" if type_ == BOOL else "Not", self.type(type_), value)

    def binary(self, expr: n.Binary) -> int:
        type_, right = expr.left.type, expr.right
        if expr.op in n.COMPARISONS:
            return self.compare(expr.op, type_, self.value(expr.left), self.value(right))
        assert isinstance(type_, Scalar)
        known = int(right.value) if isinstance(right, n.Const) and type_.is_integer else None
        if expr.op in ("shl", "shr"):
            assert isinstance(right.type, Scalar)
            return self.shift(expr.op, type_, self.value(expr.left), known, self.value(right), right.type)
        if type_.is_integer and expr.op in ("div", "rem"):
            return self.divide(expr.op, type_, self.value(expr.left), self.value(right), known)
        if type_.is_float and not self.traits.exact_zeros:
            plainer = zeros.without_zero(expr)
            if plainer is not None:
                return self.value(plainer)
        fused = self.fused(expr) if self.traits.fuses else None
        return self.combine(expr.op, type_, self.value(expr.left), self.value(right)) if fused is None else fused

    def fused(self, expr: n.Binary) -> int | None:
        """A multiply-add that the driver may round once, where ``Fma`` is not good enough."""
        if not (expr.contract and expr.op in ("add", "sub")):
            return None
        type_ = expr.type
        assert isinstance(type_, Scalar)
        for product, other in ((expr.left, expr.right), (expr.right, expr.left)):
            if type_.is_float and isinstance(product, n.Binary) and product.op == "mul" and product.contract:
                factors = self.value(product.left), self.value(product.right)
                return self.product_and_sum(expr.op, type_, factors, self.value(other), product is expr.left)
        return None

    def builtin(self, expr: n.Builtin) -> int:
        plainer = expanded(expr)
        if plainer is not None:
            return self.value(plainer)
        operand = expr.args[0].type
        assert isinstance(operand, Scalar)
        own, args = self.type(expr.type), [self.value(a) for a in expr.args]
        match expr.name:
            case zeros.PRODUCT:
                return self.combine("mul", operand, args[0], args[1])
            case zeros.QUOTIENT:
                return self.quotient(operand, args[0], args[1])
            case "sqrt":
                return self.root(operand, args[0])
            case "rsqrt":
                if denormals.is_never_denormal(self.origin(expr.args[0])):
                    return self.extended("InverseSqrt", own, *args)
                return self.call("rsqrt", exact.inverse_root, own, *args)
            case denormals.WHOLE_FMA:
                return self.call("fma", exact.whole_fma, own, *args)
            case "fma":
                return self.extended("Fma", own, *args)
            case "min" | "max":
                kind = "N" if operand.is_float else "S" if operand.is_signed else "U"
                return self.extended(kind + expr.name.capitalize(), own, *args)
            case "brev":
                return self.op("BitReverse", own, *args)
            case "popc":
                return self.op("BitCount", own, *args)
            case "clz":
                return self.op("ISub", own, self.number(31), self.extended("FindUMsb", own, *args))
            case _ if expr.name in EXTENDED:
                return self.extended(EXTENDED[expr.name], own, *args)
            case _:
                raise InternalError(f"builtin {expr.name} has no spelling")

    # --- pointers ---

    def offset(self, expr: n.Offset) -> int:
        assert isinstance(expr.ptr.type, Pointer)
        if expr.ptr.type.space in (Space.SHARED, Space.LOCAL):
            raise self.refused("a pointer into shared or local memory")
        return self.moved(self.value(expr.ptr), expr.index, size_of(expr.ptr.type.pointee))

    def distance(self, expr: n.Distance) -> int:
        assert isinstance(expr.left.type, Pointer)
        size = max(1, size_of(expr.left.type.pointee))
        bytes_ = self.op("ISub", self.integer(64), self.value(expr.left), self.value(expr.right))
        return self.divide("div", I64, bytes_, self.number(size, 64), size) if size > 1 else bytes_

    # --- aggregates ---

    def construct(self, expr: n.Construct) -> int:
        if isinstance(expr.type, Struct) and is_overlapping(expr.type):
            raise self.refused("object in registers whose fields share bytes")
        if not expr.parts:
            return self.zero(self.type(expr.type))
        return self.op(
            "CompositeConstruct", self.type(expr.type), *(i for p in expr.parts for i in self.elements(p, expr))
        )

    def elements(self, part: n.Expr, whole: n.Construct) -> list[int]:
        """What a part gives to the whole: itself, or of a row of an array its elements."""
        value = self.value(part)
        if not (isinstance(whole.type, Array) and isinstance(part.type, Array)):
            return [value]
        element, count = flat(part.type)
        return [self.op("CompositeExtract", self.type(element), value, i) for i in range(count)]

    # --- what the launch gives ---

    def special(self, name: str) -> int:
        if name not in self._specials:
            body, self.words = self.words, self.head
            self._specials[name] = found = self.given(name)
            self.words = body
            self.module.name(found, name)
        return self._specials[name]

    def given(self, name: str) -> int:
        word = self.integer(32)
        what, _, axis = name.partition(".")
        match what:
            case "block_dim":
                return self.block_extent("xyz".index(axis))
            case "dynamic_shared_bytes":
                return self.module.spec_constant(word, _DYNAMIC_BYTES, 0, "dynamic_shared_bytes")
            case "thread_idx" if self.whole_warps:
                return self.place_of_thread("xyz".index(axis))
            case "lane_id" if self.whole_warps:
                return self.input("SubgroupLocalInvocationId")
            case "warp_id" if self.whole_warps:
                return self.input("SubgroupId")
            case "lane_id":
                return self.op("BitwiseAnd", word, self.linear_thread(), self.number(31))
            case "warp_id":
                return self.op("ShiftRightLogical", word, self.linear_thread(), self.number(5))
            case _:
                return self.op("CompositeExtract", word, self.triple(_BUILT_IN[what]), "xyz".index(axis))

    def place_of_thread(self, axis: int) -> int:
        """``thread_idx`` from the warp and the lane: Vulkan does not say which threads a subgroup has."""
        word = self.integer(32)
        before = self.op("ShiftLeftLogical", word, self.special("warp_id"), self.number(5))
        thread = self.op("IAdd", word, before, self.special("lane_id"))
        for inner in range(axis):
            thread = self.op("UDiv", word, thread, self.block_extent(inner))
        return thread if axis == 2 else self.op("UMod", word, thread, self.block_extent(axis))

    def block_extent(self, axis: int) -> int:
        return self.module.spec_constant(self.integer(32), axis, 1, f"block_dim.{'xyz'[axis]}")

    def dynamic_count(self) -> int:
        """How many elements the dynamic shared array has."""
        return self.module.spec_constant(self.integer(32), _DYNAMIC_COUNT, 1, "dynamic_shared_count")

    def linear_thread(self) -> int:
        if "thread" not in self._specials:
            word = self.integer(32)
            x, y, z = (self.special(f"thread_idx.{a}") for a in "xyz")
            rows = self.op("IAdd", word, y, self.op("IMul", word, self.block_extent(1), z))
            self._specials["thread"] = self.op("IAdd", word, x, self.op("IMul", word, self.block_extent(0), rows))
            self.module.name(self._specials["thread"], "thread")
        return self._specials["thread"]

    def triple(self, name: str) -> int:
        """The three words of a variable of the launch."""
        return self.input(name, self.module.once("TypeVector", self.integer(32), 3))

    def input(self, name: str, type_: int = 0) -> int:
        """A variable of the launch, a word if no other type is named."""
        if name not in self._inputs:
            type_ = type_ or self.integer(32)
            if name.startswith("Subgroup"):
                self.module.need("GroupNonUniform")
            variable = self.module.variable("Input", type_, name)
            self.module.built_in(variable, name)
            self._inputs[name] = self.op("Load", type_, variable)
        return self._inputs[name]
