"""Lowering what evaluates one operand or the other: ``&&``, ``||`` and ``?:``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend import fold, member_pointers, syntax
from cudawasm.frontend.conversions import convert, derives, rank, to_bool
from cudawasm.frontend.expressions import handles, lower, lower_place
from cudawasm.frontend.lifetimes import has_end, made
from cudawasm.frontend.values import Value, lvalue, rvalue
from cudawasm.ir import nodes
from cudawasm.ir import types as kir

if TYPE_CHECKING:
    from cudawasm.frontend.lowering import FunctionLowering

_SPECULATION_LIMIT = 24


def logical(fn: FunctionLowering, op: str, left: nodes.Expr, right: syntax.Node) -> Value:
    is_and = op == "&&"
    if isinstance(left, nodes.Const):
        if bool(left.value) != is_and:
            return rvalue(cxx.BOOL, left)
        return rvalue(cxx.BOOL, to_bool(fn, lower(fn, right)))
    with fn.block() as inner:
        condition = to_bool(fn, lower(fn, right))
    if not inner and speculatable(condition):
        return rvalue(cxx.BOOL, fold.binary("and" if is_and else "or", left, condition))
    var = fn.declare("both" if is_and else "either", kir.BOOL, left)
    inner.append(nodes.Assign(nodes.VarPlace(var), condition, fn.span))
    test: nodes.Expr = nodes.Load(nodes.VarPlace(var))
    if not is_and:
        test = fold.unary("not", test)
    fn.emit(nodes.If(test, tuple(inner), (), fn.span))
    return rvalue(cxx.BOOL, nodes.Load(nodes.VarPlace(var)))


def speculatable(expr: nodes.Expr) -> bool:
    """Whether evaluating early is safe (no memory access that a condition may guard) and cheap."""
    return _cost(expr) <= _SPECULATION_LIMIT


def _cost(expr: nodes.Expr | nodes.Place) -> int:
    """A rough count of operations; large when evaluation must not happen early."""
    never = 1000
    match expr:
        case nodes.Const() | nodes.Special() | nodes.Zero() | nodes.VarPlace():
            return 0
        case nodes.Load(place=place) | nodes.Member(base=place):
            return _cost(place)
        case nodes.Deref():
            return never
        case nodes.Index(base=base, index=index):
            return _cost(base) if isinstance(index, nodes.Const) else never
        case nodes.AddressOf(place=place):
            return 1 + _address_cost(place)
        case nodes.Unary(operand=x) | nodes.Cast(operand=x) | nodes.Bitcast(operand=x) | nodes.Extract(operand=x):
            return 1 + _cost(x)
        case nodes.Binary(op=op, left=a, right=b):
            heavy = op in ("div", "rem") and not isinstance(b, nodes.Const)
            return (12 if heavy else 1) + _cost(a) + _cost(b)
        case nodes.Offset(ptr=a, index=b) | nodes.Distance(left=a, right=b):
            return 1 + _cost(a) + _cost(b)
        case nodes.Select(condition=c, if_true=a, if_false=b):
            return 1 + _cost(c) + _cost(a) + _cost(b)
        case nodes.Builtin(name=name, args=args):
            cheap = name in (
                "min",
                "max",
                "abs",
                "floor",
                "ceil",
                "trunc",
                "isnan",
                "isinf",
                "fma",
                "popc",
                "clz",
            )
            return (2 if cheap else 20) + sum(_cost(a) for a in args)
        case nodes.Construct(parts=parts):
            return sum(_cost(p) for p in parts)
    return never


def _address_cost(place: nodes.Place) -> int:
    match place:
        case nodes.VarPlace():
            return 0
        case nodes.Deref(ptr=ptr):
            return _cost(ptr)
        case nodes.Member(base=base):
            return _address_cost(base)
        case nodes.Index(base=base, index=index):
            return _address_cost(base) + _cost(index)


@handles(syntax.Conditional)
def _conditional(fn: FunctionLowering, node: syntax.Conditional) -> Value:
    condition = to_bool(fn, lower(fn, node.condition))
    if isinstance(condition, nodes.Const):
        return _chosen(fn, node, bool(condition.value))
    mark = fn.mark()
    with fn.block() as first_block:
        first = lower_place(fn, node.if_true) if node.as_place else lower(fn, node.if_true)
    with fn.block() as second_block:
        second = lower_place(fn, node.if_false) if node.as_place else lower(fn, node.if_false)
    if node.as_place and _same_objects(first, second):
        condition = fn.keep_before(mark, condition)
        return _chosen_place(fn, condition, (first, first_block), (second, second_block))
    if _both_lvalues(first, second) and not first_block and not second_block:
        reference = _reference_choice(fn, condition, first, second)
        if reference is not None:
            return reference
    target = _common_type(fn, first, second)
    if isinstance(target, cxx.VoidType):
        fn.emit(nodes.If(condition, tuple(first_block), tuple(second_block), fn.span))
        return Value(cxx.VOID)
    first_expr = _branch_value(fn, first_block, first, target)
    second_expr = _branch_value(fn, second_block, second, target)
    simple = not has_end(fn, target) or _same_objects(first, second)
    if simple and not first_block and not second_block and speculatable(first_expr) and speculatable(second_expr):
        second_expr = fn.coerced(second_expr, _generic_if_differs(first_expr, second_expr))
        first_expr = fn.coerced(first_expr, second_expr.type)
        result = rvalue(target, member_pointers.selected(condition, first_expr, second_expr))
        if _same_objects(first, second):
            result.ctype = first.ctype
            result.choice = (condition, first, second)
        if first.is_text and second.is_text:
            result.text = (condition, first, second)
        return result
    condition = fn.keep_before(mark, condition)
    type_ = _generic_if_differs(first_expr, second_expr)
    var = fn.declare("choice", type_)
    made(fn, var, target)
    first_block.append(nodes.Assign(nodes.VarPlace(var), fn.coerced(first_expr, type_), fn.span))
    second_block.append(nodes.Assign(nodes.VarPlace(var), fn.coerced(second_expr, type_), fn.span))
    fn.emit(nodes.If(condition, tuple(first_block), tuple(second_block), fn.span))
    return rvalue(target, nodes.Load(nodes.VarPlace(var)))


def _chosen(fn: FunctionLowering, node: syntax.Conditional, condition: bool) -> Value:
    """A conditional whose condition is known: the other arm only gives its type."""
    value = lower(fn, node.if_true if condition else node.if_false)
    other = fn.sema.unevaluated_in(fn, node.if_false if condition else node.if_true)
    target = _common_type(fn, value, other)
    if isinstance(target, cxx.VoidType) or value.type == target:
        return value
    return convert(fn, value, target)


def _same_objects(first: Value, second: Value) -> bool:
    return (
        first.place is not None and second.place is not None and first.ctype == second.ctype
        and first.bits is None and second.bits is None
    )  # fmt: skip


def _both_lvalues(first: Value, second: Value) -> bool:
    return _same_objects(first, second) and isinstance(first.type, cxx.ClassType)


def _chosen_place(
    fn: FunctionLowering,
    condition: nodes.Expr,
    first: tuple[Value, list[nodes.Stmt]],
    second: tuple[Value, list[nodes.Stmt]],
) -> Value:
    """``c ? a : b`` as the object itself, through its address."""
    addresses = [fold.address_of(fn.place_of(value)) for value, _ in (first, second)]
    type_ = _generic_if_differs(*addresses)
    var = fn.declare("chosen", type_)
    for (_, block), address in zip((first, second), addresses, strict=True):
        block.append(nodes.Assign(nodes.VarPlace(var), fn.coerced(address, type_), fn.span))
    fn.emit(nodes.If(condition, tuple(first[1]), tuple(second[1]), fn.span))
    return lvalue(first[0].ctype, fold.deref(nodes.Load(nodes.VarPlace(var))))


def _reference_choice(fn: FunctionLowering, condition: nodes.Expr, first: Value, second: Value) -> Value | None:
    """``c ? a : b`` of two objects in memory as an lvalue; None when copying is as good."""
    assert first.place is not None and second.place is not None
    if fold.space_of(first.place) is kir.Space.LOCAL and not isinstance(first.place, nodes.Deref):
        return None
    a, b = fold.address_of(first.place), fold.address_of(second.place)
    if not (speculatable(a) and speculatable(b)):
        return None
    type_ = _generic_if_differs(a, b)
    return lvalue(first.ctype, fold.deref(fold.select(condition, fn.coerced(a, type_), fn.coerced(b, type_))))


def _generic_if_differs(first: nodes.Expr, second: nodes.Expr) -> kir.Type:
    if first.type == second.type or not isinstance(first.type, kir.Pointer):
        return first.type
    return kir.Pointer(first.type.pointee)


def _branch_value(fn: FunctionLowering, block: list[nodes.Stmt], value: Value, target: cxx.CType) -> nodes.Expr:
    from cudawasm.frontend.initialise import copied

    outer, fn.out = fn.out, block
    try:
        return copied(fn, value, target) if has_end(fn, target) else fn.load(convert(fn, value, target))
    finally:
        fn.out = outer


def _common_type(fn: FunctionLowering, first: Value, second: Value) -> cxx.CType:
    """The type of a conditional expression."""
    a, b = _decayed_type(fn, first), _decayed_type(fn, second)
    if first.elements is not None or second.elements is not None:
        return b if first.elements is not None else a
    if a == b:
        return a
    if isinstance(a, cxx.MemberPointer) or isinstance(b, cxx.MemberPointer):
        common = member_pointers.common_type(a, b)
        assert common is not None
        return common
    if first.functions is not None and second.functions is None and isinstance(b, cxx.PointerTo):
        return b  # which overload it is, the other operand says
    if second.functions is not None and first.functions is None and isinstance(a, cxx.PointerTo):
        return a
    if isinstance(a, cxx.VoidType) or isinstance(b, cxx.VoidType):
        return cxx.VOID
    left, right = cxx.arithmetic_of(a), cxx.arithmetic_of(b)
    if left is not None and right is not None:
        return cxx.common_arithmetic(left, right)
    if isinstance(a, cxx.PointerTo) and isinstance(b, cxx.PointerTo):
        first_class, second_class = cxx.unqualified(a.pointee), cxx.unqualified(b.pointee)
        if derives(first_class, second_class) or derives(second_class, first_class):
            base = second_class if derives(first_class, second_class) else first_class
            const = cxx.is_const(a.pointee) or cxx.is_const(b.pointee)
            return cxx.PointerTo(cxx.qualified(base, const))
        return a if cxx.is_const(a.pointee) or isinstance(cxx.unqualified(a.pointee), cxx.VoidType) else b
    if isinstance(a, cxx.PointerTo):
        return a
    if isinstance(b, cxx.PointerTo):
        return b
    for wide, other in ((a, right), (b, left)):
        if cxx.is_wide_integer(wide) and other is not None:
            return other if other.scalar.is_float else wide
    if isinstance(a, cxx.ClassType) or isinstance(b, cxx.ClassType):
        to_first, to_second = _converts(fn, second, a), _converts(fn, first, b)
        if to_first != to_second:  # when each converts to the other, the type is ambiguous
            return a if to_first else b
    fn.fail("E0217", f"'?:' has operands of types '{first.ctype}' and '{second.ctype}'")


def _decayed_type(fn: FunctionLowering, value: Value) -> cxx.CType:
    """The type after decay; the name of one function is a pointer to it."""
    if value.functions is not None and value.functions.is_member:
        return member_pointers.named_type(fn.sema, value.functions) or cxx.VOID
    instance = fn.sema.pointers.only(value.functions) if value.functions is not None else None
    return cxx.decayed(value.ctype) if instance is None else cxx.PointerTo(fn.sema.pointers.type_of(instance))


def _converts(fn: FunctionLowering, value: Value, target: cxx.CType) -> bool:
    return rank(fn.sema, value, target) is not None
