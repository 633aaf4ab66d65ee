"""Shapes of variables and levels of control, found together by iteration to a fixpoint."""

from __future__ import annotations

from dataclasses import replace

from cudawasm.ir import nodes as n
from cudawasm.ir.types import Pointer, Scalar, Space, member_type, size_of
from cudawasm.ir.walk import root
from cudawasm_cpu.codegen import lltypes, shapes
from cudawasm_cpu.codegen.fold import fold_binary, fold_cast
from cudawasm_cpu.codegen.layout import GangLayout
from cudawasm_cpu.codegen.shapes import ANY, BLOCK, GANG, PER_BLOCK, PER_GANG, Shape
from cudawasm_cpu.codegen.tree import If, Jump, Leaf, Loop, Node, Scope, Tree
from cudawasm_cpu.codegen.variables import Home, Variable

Shapes = tuple[Shape, ...]


def thread_index_shape(layout: GangLayout, axis: int) -> Shape:
    """The shape of threadIdx's component in a layout."""
    rows = [[lane[axis] for lane in gang] for gang in layout.indices]
    if layout.block[axis] == 1:
        return shapes.constant(0)
    patterns = {tuple(x - row[0] for x in row) for row in rows}
    if len(patterns) > 1:
        return ANY
    multiple = min((shapes.constant(row[0]).multiple for row in rows), default=1)
    level = GANG if layout.gangs > 1 else BLOCK
    offsets = patterns.pop()
    if all(o == 0 for o in offsets):
        if layout.gangs == 1:
            return shapes.constant(rows[0][0])
        return Shape(level, (), multiple, True, True)
    return Shape(shapes.LINEAR, offsets, multiple, True, True)


class Uniformity:
    """Analysis of one tree for one layout. After construction, variables have shapes and nodes have levels."""

    def __init__(
        self, tree: Tree, variables: dict[n.Var, Variable], layout: GangLayout, params: tuple[n.Var, ...]
    ) -> None:
        self.variables = variables
        self.by_bit = {v.bit: v for v in variables.values()}
        self.layout = layout
        self.axes = {f"thread_idx.{a}": thread_index_shape(layout, i) for i, a in enumerate("xyz")}
        self.stack: list[tuple[Frame_, int, int]] = []
        self.changed = True
        self.has_barrier = tree.has_barrier
        for variable in variables.values():
            if variable.var in params and variable.home is Home.REGISTERS:
                variable.shapes = [PER_BLOCK] * len(variable.shapes)
        while self.changed:
            self.changed = False
            self.block(tree.body)

    # --- control ---

    def control_level(self, bit: int) -> int:
        """The worst level among enclosing frames whose missing lanes may still read the variable."""
        return max((level for _, level, live in self.stack if live & bit), default=0)

    def raise_level(self, node: Frame_, level: int) -> None:
        if level == 1 and node.has_barrier:
            level = 2
        if level > node.level:
            node.level = level
            self.changed = True

    def block(self, nodes: list[Node]) -> None:
        for node in nodes:
            match node:
                case Leaf():
                    self.leaf(node.stmt)
                case Jump():
                    self.jump(node)
                case If():
                    self.raise_level(node, self.condition_level(node.condition))
                    self.inside(node, node.then, node.level, node.else_in if node.otherwise else node.live_out)
                    self.inside(node, node.otherwise, node.level, node.live_out)
                case Scope():
                    self.inside(node, node.body, node.level, node.live_out)
                case Loop():
                    self.loop(node)

    def inside(self, node: Frame_, body: list[Node], level: int, live: int) -> None:
        self.stack.append((node, level, live))
        self.block(body)
        self.stack.pop()

    def loop(self, node: Loop) -> None:
        if node.condition is not None:
            self.raise_level(node, self.condition_level(node.condition))
        self.stack.append((node, node.level, node.live_out))
        self.stack.append((node, node.continue_level, node.step_in))
        self.block(node.body)
        self.stack.pop()
        self.block(node.step)
        self.stack.pop()

    def jump(self, node: Jump) -> None:
        level = 0
        inner: list[Frame_] = []
        for i in range(len(self.stack) - 1, -1, -1):
            frame, frame_level, _ = self.stack[i]
            # A loop's body has two entries; only the outer one stands for lanes that left the loop.
            if frame is node.target and (i == 0 or self.stack[i - 1][0] is not frame):
                break
            level = max(level, frame_level)
            if frame is not node.target and frame not in inner:
                inner.append(frame)
        target = node.target
        # Gangs of a block with barriers leave a construct one by one only through masks.
        if level == 1 and (self.has_barrier if target is None else target.has_barrier):
            level = 2
        to_block_level = self.has_barrier if target is None else target.has_barrier
        if to_block_level and any(not f.has_barrier for f in inner if not isinstance(f, If)):
            level = 2
        if level > node.level:
            node.level = level
            self.changed = True
        node.crossing = tuple(f for f in inner if not isinstance(f, If))
        node.is_masked = node.level == 2 or (target is not None and is_masked(target))
        if node.is_masked:
            self.cross(inner)
            if target is not None and not target.is_targeted:
                target.is_targeted = True
                self.changed = True
        else:
            for frame in node.crossing:
                self.raise_level(frame, node.level)
        if target is None:
            return
        if node.kind == "continue":
            assert isinstance(target, Loop)
            level = 2 if node.is_masked else node.level
            if level > target.continue_level:
                target.continue_level = level
                self.changed = True
        else:
            self.raise_level(target, node.level)

    def cross(self, frames: list[Frame_]) -> None:
        """Note that lanes leave these frames for a place beyond them."""
        for frame in frames:
            if not isinstance(frame, If):
                self.raise_level(frame, 2)
            if not frame.crossed:
                frame.crossed = True
                self.changed = True

    def condition_level(self, expr: n.Expr) -> int:
        return min(2, self.shape(expr).level)

    # --- statements ---

    def leaf(self, stmt: n.Stmt) -> None:
        match stmt:
            case n.Declare():
                if stmt.init is not None:
                    self.assign(stmt.var, 0, self.shapes(stmt.init))
            case n.Assign():
                start = root(stmt.place)
                if isinstance(start, n.VarPlace) and start.var in self.variables:
                    leaf = self.leaf_of(stmt.place)
                    if leaf is not None:
                        self.assign(start.var, leaf, self.shapes(stmt.value))
            case n.Atomic() | n.Call() | n.Print():
                self.result(stmt.result, ANY)
            case n.ReadClock():
                self.result(stmt.result, PER_GANG)
            case n.Barrier():
                self.result(stmt.result, PER_BLOCK)
            case n.Warp():
                self.warp(stmt)
            case _:
                pass

    def warp(self, stmt: n.Warp) -> None:
        shape = ANY
        if stmt.op in ("ballot", "any", "all", "active_mask") and self.layout.width != 1:
            shape = PER_GANG if self.mask_is_uniform(stmt) else ANY
        self.result(stmt.result, shape)
        self.result(stmt.predicate_result, ANY)

    def mask_is_uniform(self, stmt: n.Warp) -> bool:
        """Votes give all participating lanes one value; with differing masks they may not."""
        return stmt.mask is None or self.shape(stmt.mask).is_uniform

    def result(self, var: n.Var | None, shape: Shape) -> None:
        if var is not None and var in self.variables:
            self.assign(var, 0, (shape,) * len(self.variables[var].shapes))

    def assign(self, var: n.Var, leaf: int, values: Shapes) -> None:
        variable = self.variables[var]
        if variable.home is not Home.REGISTERS:
            return
        level = self.control_level(variable.bit)
        for i, value in enumerate(values):
            type_ = variable.leaves[leaf + i][0]
            shape = shapes.under_control(value, level)
            if shape.level == shapes.LINEAR and not shapes.is_wide(type_):
                shape = ANY
            self.changed |= variable.widen(leaf + i, shape)

    # --- places and expressions ---

    def leaf_of(self, place: n.Place) -> int | None:
        """Number of the first leaf of a part of a register variable."""
        match place:
            case n.VarPlace():
                return 0 if self.variables[place.var].home is Home.REGISTERS else None
            case n.Member():
                base = self.leaf_of(place.base)
                return None if base is None else base + lltypes.member_leaf(place.base.type, place.index)
            case n.Index():
                base = self.leaf_of(place.base)
                if base is None or not isinstance(place.index, n.Const):
                    return None
                return base + int(place.index.value) * lltypes.leaf_count(place.type)
            case _:
                return None

    def address(self, place: n.Place) -> Shape:
        """Shape of the address of a place in memory."""
        match place:
            case n.Deref():
                return self.shape(place.ptr)
            case n.Member():
                return self.address(place.base)
            case n.Index():
                index = self.index_shape(place.index)
                return shapes.of_offset(self.address(place.base), index, size_of(place.type))
            case n.VarPlace():
                variable = self.variables.get(place.var)
                if place.var.space is Space.SHARED and self.layout.batch > 1:
                    return PER_GANG
                if variable is None or variable.home is Home.PARAMS:
                    return PER_BLOCK
                if variable.home is Home.MEMORY and self.layout.width > 1:
                    stride = size_of(place.var.type)
                    offsets = tuple(i * stride for i in range(self.layout.width))
                    return shapes.linear(Shape(shapes.LINEAR, offsets), offsets)
                return PER_GANG

    def index_shape(self, expr: n.Expr) -> Shape:
        return self.shape(strip_widening(expr))

    def shape(self, expr: n.Expr) -> Shape:
        return self.shapes(expr)[0]

    def shapes(self, expr: n.Expr) -> Shapes:
        """The shape of each leaf of an expression's value."""
        match expr:
            case n.Const():
                is_int = isinstance(expr.type, Scalar) and expr.type.is_integer
                return (shapes.constant(int(expr.value)) if is_int else PER_BLOCK,)
            case n.Load():
                return self.load(expr.place)
            case n.AddressOf():
                return (self.address(expr.place),)
            case n.Unary():
                return (self.unary(expr),)
            case n.Binary():
                a, b = self.shape(expr.left), self.shape(expr.right)
                if expr.op in n.COMPARISONS:
                    return (shapes.of_comparison(expr.left.type, a, b),)
                folded = fold_binary(expr.op, expr.type, a.const, b.const)
                return (shapes.of_binary(expr.op, expr.type, a, b, folded),)
            case n.Cast():
                a = self.shape(expr.operand)
                folded = fold_cast(expr.operand.type, expr.type, a.const)
                return (shapes.of_cast(expr.operand.type, expr.type, a, folded),)
            case n.Bitcast():
                return self.bitcast(expr)
            case n.Select():
                c = self.shape(expr.condition)
                pairs = zip(self.shapes(expr.if_true), self.shapes(expr.if_false), strict=True)
                return tuple(shapes.of_select(c, a, b) for a, b in pairs)
            case n.Builtin():
                return (shapes.of_pure(tuple(self.shape(a) for a in expr.args)),)
            case n.Offset():
                size = size_of(expr.ptr.type.pointee)  # type: ignore[union-attr]
                return (shapes.of_offset(self.shape(expr.ptr), self.index_shape(expr.index), size),)
            case n.Distance():
                size = size_of(expr.left.type.pointee)  # type: ignore[union-attr]
                return (shapes.of_distance(self.shape(expr.left), self.shape(expr.right), size),)
            case n.Special():
                return (self.special(expr.name),)
            case n.Construct():
                return self.construct(expr)
            case n.Extract():
                start = lltypes.member_leaf(expr.operand.type, expr.index)
                count = lltypes.leaf_count(member_type(expr.operand.type, expr.index))
                return self.shapes(expr.operand)[start : start + count]
            case n.Zero():
                return (PER_BLOCK,) * lltypes.leaf_count(expr.type)

    def construct(self, expr: n.Construct) -> Shapes:
        if lltypes.contains_union(expr.type):
            level = max((s.level for p in expr.parts for s in self.shapes(p)), default=0)
            shape = ANY if level > GANG else shapes.uniform(level)
            return (shape,) * lltypes.leaf_count(expr.type)
        return tuple(s for part in expr.parts for s in self.shapes(part))

    def unary(self, expr: n.Unary) -> Shape:
        a = self.shape(expr.operand)
        if a.is_uniform:
            return replace(shapes.uniform(a.level), multiple=1)
        if a.level == shapes.LINEAR and expr.op in ("neg", "bitnot") and shapes.is_wide(expr.type):
            signed = lltypes.is_signed(expr.type)
            offsets = tuple(-o for o in a.offsets)
            wraps = a.no_wrap and (signed or expr.type.bits == 64)  # type: ignore[union-attr]
            return shapes.linear(Shape(shapes.LINEAR, offsets, 1, wraps), offsets)
        return ANY

    def bitcast(self, expr: n.Bitcast) -> Shapes:
        inner = self.shapes(expr.operand)
        count = lltypes.leaf_count(expr.type)
        if count == len(inner) == 1 and shapes.is_wide(expr.type) and shapes.is_wide(expr.operand.type):
            return (shapes.of_cast(expr.operand.type, expr.type, inner[0]),)
        level = max(s.level for s in inner)
        return ((ANY if level > GANG else shapes.uniform(level)),) * count

    def load(self, place: n.Place) -> Shapes:
        count = lltypes.leaf_count(place.type)
        leaf = None
        start = root(place)
        if isinstance(start, n.VarPlace) and start.var in self.variables:
            variable = self.variables[start.var]
            if variable.home is Home.REGISTERS:
                leaf = self.leaf_of(place)
                assert leaf is not None
                found = variable.shapes[leaf : leaf + count]
                return tuple(s if s is not None else PER_BLOCK for s in found)
            if variable.home is Home.LANES:
                return ((ANY if self.layout.width > 1 else PER_GANG),) * count
        return (shapes.of_load(self.address(place), immutable=is_immutable(place, self.variables)),) * count

    def special(self, name: str) -> Shape:
        if name in self.axes:
            return self.axes[name]
        if name.startswith("block_dim."):
            return shapes.constant(self.layout.block["xyz".index(name[-1])])
        if name == "lane_id":
            if self.layout.width == 1:
                return PER_GANG
            return Shape(shapes.LINEAR, tuple(range(self.layout.width)), shapes._BIG, True, True)
        if name == "warp_id":
            return PER_GANG
        if name == "block_idx.x" and self.layout.batch > 1:
            return Shape(GANG, (), 1, True, True)
        return Shape(BLOCK, (), 1, True, True)


def is_immutable(place: n.Place, variables: dict[n.Var, Variable]) -> bool:
    """Whether a place cannot change during a launch."""
    start = root(place)
    if isinstance(start, n.VarPlace):
        variable = variables.get(start.var)
        if variable is not None:
            return variable.home is Home.PARAMS
        return start.var.space is Space.CONSTANT
    return isinstance(start.ptr.type, Pointer) and start.ptr.type.space is Space.CONSTANT


def strip_widening(expr: n.Expr) -> n.Expr:
    """An index without conversions from 32-bit integers to 64-bit ones, which indexing does itself."""
    while (
        isinstance(expr, n.Cast)
        and isinstance(expr.type, Scalar)
        and expr.type.is_integer
        and expr.type.bits == 64
        and isinstance(expr.operand.type, Scalar)
        and expr.operand.type.is_integer
        and expr.operand.type.bits == 32
    ):
        expr = expr.operand
    return expr


Frame_ = If | Loop | Scope


def is_masked(frame: Loop | Scope) -> bool:
    """Whether lanes leave a construct one by one."""
    return frame.is_masked if isinstance(frame, Loop) else frame.level == 2
