"""Lowering operators: arithmetic, comparisons, assignments, pointers, casts, short circuits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend import fold, member_pointers, syntax
from cudawasm.frontend.choices import logical
from cudawasm.frontend.conversions import (
    base_offset,
    convert,
    decay,
    derives,
    numeric_cast,
    to_bool,
    upcast,
    user_conversion,
)
from cudawasm.frontend.expressions import handles, lower, lower_place, member_of
from cudawasm.frontend.function_pointers import function_type
from cudawasm.frontend.symbols import FunctionDecl, Scope
from cudawasm.frontend.values import Value, lvalue, rvalue
from cudawasm.ir import nodes
from cudawasm.ir import types as kir

if TYPE_CHECKING:
    from cudawasm.frontend.functions import Instance
    from cudawasm.frontend.lowering import FunctionLowering

_ARITHMETIC: dict[str, nodes.BinaryOp] = {
    "+": "add", "-": "sub", "*": "mul", "/": "div", "%": "rem", "&": "and", "|": "or", "^": "xor",
    "<<": "shl", ">>": "shr",
}  # fmt: skip
_COMPARISONS: dict[str, nodes.BinaryOp] = {
    "==": "eq",
    "!=": "ne",
    "<": "lt",
    "<=": "le",
    ">": "gt",
    ">=": "ge",
}


# --- binary ----------------------------------------------------------------------------------------


@handles(syntax.Binary)
def _binary(fn: FunctionLowering, node: syntax.Binary) -> Value:
    if node.op == ",":
        lower_discarded(fn, node.left)
        return lower(fn, node.right)
    if node.op in (".*", "->*"):
        return _member_access(fn, node)
    left = lower(fn, node.left)
    if node.op in ("&&", "||") and not isinstance(left.type, cxx.ClassType):
        return logical(fn, node.op, to_bool(fn, left), node.right)
    left = _read(fn, left)
    mark = fn.mark()
    if node.op in ("&&", "||"):
        kind = fn.sema.unevaluated_in(fn, node.right)
        if overload_of(fn, node.op, [left, kind]) is None:
            return logical(fn, node.op, to_bool(fn, left), node.right)
    right = _read(fn, lower(fn, node.right))
    left = fn.keep_value_before(mark, left)
    return binary(fn, node.op, left, right)


def _member_access(fn: FunctionLowering, node: syntax.Binary) -> Value:
    """``object.*pointer`` and ``pointer->*pointer``."""
    left = lower_place(fn, node.left)
    if node.op == "->*":
        left = _read(fn, left)
    mark = fn.mark()
    right = _read(fn, lower(fn, node.right))
    left = fn.keep_value_before(mark, left)
    if node.op == "->*" and isinstance(left.type, cxx.ClassType):
        result = overloaded(fn, "->*", [left, right])
        if result is not None:
            return result
        left = _to_builtin(fn, "->*", left)
    return member_pointers.access(fn, dereference(fn, left) if node.op == "->*" else left, right)


@handles(syntax.Fold)
def _fold(fn: FunctionLowering, node: syntax.Fold) -> Value:
    elements = node.elements
    combined = elements[0] if node.left else elements[-1]
    rest = elements[1:] if node.left else elements[-2::-1]
    for element in rest:
        pair = (combined, element) if node.left else (element, combined)
        combined = syntax.Binary(node.op, *pair, node.span)
    return lower(fn, combined)


def _read(fn: FunctionLowering, value: Value) -> Value:
    """Load scalars now, so that later effects cannot change them; classes stay lvalues."""
    if value.functions is not None or value.elements is not None or isinstance(value.type, cxx.ClassType):
        return value
    if isinstance(value.type, cxx.VoidType):
        return value
    if isinstance(value.type, cxx.ArrayOf):  # an operator of a class may take the array itself
        return value
    if value.bits is not None and value.bits.width < 32 and cxx.is_integer(value.type):
        return rvalue(cxx.INT, fold.cast(kir.I32, fn.load(value)))  # a narrow bit-field promotes to int
    return rvalue(value.ctype, fn.load(value))


def binary(fn: FunctionLowering, op: str, left: Value, right: Value) -> Value:
    """``left op right`` for every operator but assignment, comma and short circuits."""
    if _is_overloadable(left) or _is_overloadable(right):
        result = overloaded(fn, op, [left, right])
        if result is not None:
            return result
        left, right = _to_builtin(fn, op, left), _to_builtin(fn, op, right)
    left, right = decay(fn, left), decay(fn, right)
    if _is_member_pointer(left) or _is_member_pointer(right):
        return member_pointers.comparison(fn, op, left, right)
    if isinstance(left.type, cxx.PointerTo) or isinstance(right.type, cxx.PointerTo):
        return _pointer_binary(fn, op, left, right)
    if isinstance(left.type, cxx.NullType) and isinstance(right.type, cxx.NullType):
        return rvalue(cxx.BOOL, fold.constant(kir.BOOL, op in ("==", "<=", ">=")))
    first, second = _operand(fn, op, left), _operand(fn, op, right)
    if op in ("<<", ">>"):
        if first.scalar.is_float or second.scalar.is_float:
            fn.fail("E0217", f"'{left.ctype}' {op} '{right.ctype}' is not defined")
        common = cxx.promoted(first)
        expr = fold.binary(
            _ARITHMETIC[op],
            numeric_cast(common, fn.load(left)),
            numeric_cast(cxx.promoted(second), fn.load(right)),
        )
        return rvalue(common, expr)
    if op in _COMPARISONS and left.type == right.type and isinstance(left.type, cxx.EnumType):
        return rvalue(cxx.BOOL, fold.binary(_COMPARISONS[op], fn.load(left), fn.load(right)))
    common = cxx.common_arithmetic(first, second)
    if common.scalar.is_float and op in ("%", "&", "|", "^"):
        fn.fail("E0217", f"'{left.ctype}' {op} '{right.ctype}' is not defined")
    a, b = numeric_cast(common, fn.load(left)), numeric_cast(common, fn.load(right))
    if op in _COMPARISONS:
        return rvalue(cxx.BOOL, fold.binary(_COMPARISONS[op], a, b))
    if op not in _ARITHMETIC:
        fn.fail("E0217", f"operator '{op}' is not supported here")
    return rvalue(common, fold.binary(_ARITHMETIC[op], a, b, fn.sema.contract))


def _is_member_pointer(value: Value) -> bool:
    return isinstance(value.type, cxx.MemberPointer) or (value.functions is not None and value.functions.is_member)


def _operand(fn: FunctionLowering, op: str, value: Value) -> cxx.Arithmetic:
    if value.functions is not None and not value.functions.decls:
        fn.fail("E0203", f"'{value.functions.name}' is not declared", value.functions.span)
    found = cxx.arithmetic_of(value.ctype)
    scoped = isinstance(value.type, cxx.EnumType) and value.type.info.scoped and op not in _COMPARISONS
    if found is None or scoped or value.functions is not None:
        name = "a function" if value.functions is not None else f"'{value.ctype}'"
        fn.fail("E0217", f"operator '{op}' does not take {name}")
    return found


def _pointer_binary(fn: FunctionLowering, op: str, left: Value, right: Value) -> Value:
    if function_type(left.ctype) is not None or function_type(right.ctype) is not None:
        return _function_comparison(fn, op, left, right)
    if op in _COMPARISONS:
        left, right = _same_object(fn, left, right)
        a, b = _pointer_operand(fn, left), _pointer_operand(fn, right)
        type_ = kir.Pointer(kir.VOID)
        return rvalue(cxx.BOOL, fold.binary(_COMPARISONS[op], fold.cast(type_, a), fold.cast(type_, b)))
    if op == "-" and isinstance(left.type, cxx.PointerTo) and isinstance(right.type, cxx.PointerTo):
        a, b = fn.load(left), fn.load(right)
        return rvalue(cxx.LONG, nodes.Distance(a, fn.coerced(b, a.type), kir.I64))
    if op == "+" and isinstance(right.type, cxx.PointerTo):
        left, right = right, left
    index = cxx.arithmetic_of(right.ctype)
    if op not in ("+", "-") or index is None or index.scalar.is_float:
        fn.fail("E0217", f"'{left.ctype}' {op} '{right.ctype}' is not defined")
    if not isinstance(left.type, cxx.PointerTo):
        fn.fail("E0217", f"'{left.ctype}' is not a pointer or array")
    pointer = _complete_pointer(fn, left)
    expr = numeric_cast(cxx.promoted(index), fn.load(right))
    if op == "-":
        if isinstance(expr.type, kir.Scalar) and not expr.type.is_signed:
            expr = fold.cast(kir.I64, expr)
        expr = fold.unary("neg", expr)
    return rvalue(left.ctype, fold.offset(pointer, expr, fn.span))


def _same_object(fn: FunctionLowering, left: Value, right: Value) -> tuple[Value, Value]:
    """Pointers to compare, of which one to a derived class becomes one to the base that the other points to."""
    types = [cxx.unqualified(v.type.pointee) if isinstance(v.type, cxx.PointerTo) else None for v in (left, right)]
    if types[0] != types[1] and all(isinstance(t, cxx.ClassType) for t in types):
        if derives(types[0], types[1]):
            return convert(fn, left, right.type, explicit=True), right
        if derives(types[1], types[0]):
            return left, convert(fn, right, left.type, explicit=True)
    return left, right


def _function_comparison(fn: FunctionLowering, op: str, left: Value, right: Value) -> Value:
    target = left.type if function_type(left.ctype) is not None else right.type
    if op not in ("==", "!="):
        fn.fail("E0217", f"'{left.ctype}' {op} '{right.ctype}' is not defined")
    a, b = fn.load(convert(fn, left, target)), fn.load(convert(fn, right, target))
    return rvalue(cxx.BOOL, fold.binary(_COMPARISONS[op], a, b))


def _complete_pointer(fn: FunctionLowering, value: Value) -> nodes.Expr:
    """A pointer typed by its complete pointee, as arithmetic needs."""
    assert isinstance(value.type, cxx.PointerTo)
    pointer = fn.load(value)
    wanted = cxx.kir_type(value.type)
    assert isinstance(pointer.type, kir.Pointer) and isinstance(wanted, kir.Pointer)
    return fold.cast(kir.Pointer(wanted.pointee, pointer.type.space), pointer)


def _pointer_operand(fn: FunctionLowering, value: Value) -> nodes.Expr:
    if isinstance(value.type, (cxx.PointerTo, cxx.NullType)):
        return fn.load(value)
    expr = fn.load(value)
    if isinstance(expr, nodes.Const) and expr.value == 0:
        return nodes.Const(kir.Pointer(kir.VOID), 0)
    fn.fail("E0217", f"a pointer cannot be compared with '{value.ctype}'")


# --- unary -----------------------------------------------------------------------------------------


@handles(syntax.Unary)
def _unary(fn: FunctionLowering, node: syntax.Unary) -> Value:
    if node.op in ("++", "--", "p++", "p--"):
        return increment(fn, node.op, lower_place(fn, node.operand), used=True)
    if node.op == "&" and isinstance(node.operand, syntax.Name):
        member = member_pointers.address_of_member(fn, node.operand)
        if member is not None:
            return member
    value = lower_place(fn, node.operand) if node.op == "&" else lower(fn, node.operand)
    if _is_overloadable(value) and node.op != "&":
        result = overloaded(fn, node.op, [value])
        if result is not None:
            return result
        if node.op != "!":  # that converts to bool, explicitly
            value = _to_builtin(fn, node.op, value)
    match node.op:
        case "&":
            return _address(fn, value)
        case "*":
            return dereference(fn, value)
        case "!":
            return rvalue(cxx.BOOL, fold.unary("not", to_bool(fn, value)))
        case "+" if isinstance(value.type, (cxx.PointerTo, cxx.ArrayOf)):
            return decay(fn, value)
    arithmetic = cxx.promoted(_operand(fn, node.op, value))
    expr = numeric_cast(arithmetic, fn.load(value))
    if node.op == "-":
        return rvalue(arithmetic, fold.unary("neg", expr))
    if node.op == "~":
        if arithmetic.scalar.is_float:
            fn.fail("E0217", f"'~' does not take '{value.ctype}'")
        return rvalue(arithmetic, fold.unary("bitnot", expr))
    return rvalue(arithmetic, expr)


def _address(fn: FunctionLowering, value: Value) -> Value:
    if value.functions is not None:
        return value  # what a function's name converts to is its address already
    if _is_overloadable(value):
        result = overloaded(fn, "&", [value])
        if result is not None:
            return result
    if value.place is None:
        fn.fail("E0206", "this has no address")
    return rvalue(cxx.PointerTo(value.ctype), fold.address_of(fn.place_of(value)))


def dereference(fn: FunctionLowering, value: Value) -> Value:
    """``*pointer``."""
    value = decay(fn, value)
    if value.functions is not None:
        return value
    if not isinstance(value.type, cxx.PointerTo):
        fn.fail("E0217", f"'{value.ctype}' cannot be dereferenced")
    if function_type(value.ctype) is not None:
        return value  # a pointer to a function is called as the function is
    pointee = value.type.pointee
    if isinstance(cxx.unqualified(pointee), cxx.VoidType):
        fn.fail("E0217", "a void pointer cannot be dereferenced")
    return lvalue(pointee, fold.deref(_complete_pointer(fn, value), cxx.is_volatile(pointee), fn.span))


def increment(fn: FunctionLowering, op: str, value: Value, used: bool) -> Value:
    """``++`` and ``--`` in prefix and postfix (``p++``) form."""
    postfix = op.startswith("p")
    op = op[-2:]
    if _is_overloadable(value):
        extra = [rvalue(cxx.INT, fold.constant(kir.I32, 0))] if postfix else []
        result = overloaded(fn, op, [value, *extra])
        if result is None:
            fn.fail("E0217", f"'{value.ctype}' has no operator '{op}'")
        return result
    _require_modifiable(fn, value)
    target = fn.stabilised(value) if used or not _is_simple(value) else value
    old = fn.load(target)
    if postfix and used:
        old = fn.temp(old, "old")
    one = rvalue(cxx.INT, fold.constant(kir.I32, 1))
    changed = binary(fn, op[0], rvalue(value.ctype, old), one)
    fn.store(target, fn.load(convert(fn, changed, value.type)))
    return rvalue(value.ctype, old) if postfix else target


def _is_simple(value: Value) -> bool:
    return isinstance(value.place, nodes.VarPlace)


# --- assignment ------------------------------------------------------------------------------------


@handles(syntax.Assignment)
def _assignment(fn: FunctionLowering, node: syntax.Assignment) -> Value:
    return assign(fn, node, used=True)


def assign(fn: FunctionLowering, node: syntax.Assignment, used: bool) -> Value:
    """``target op= value``; the right side is evaluated first, as C++17 says."""
    right = lower(fn, node.value)
    if right.elements is None:
        right = _read(fn, right)
    mark = fn.mark()
    target = lower_place(fn, node.target)
    right = fn.keep_value_before(mark, right)
    if _is_overloadable(target) and (node.op or isinstance(target.type, cxx.ClassType)):
        result = overloaded(fn, node.op + "=", [target, right])
        if result is not None:
            return result
        if node.op and isinstance(target.type, cxx.ClassType):
            fn.fail("E0217", f"'{target.ctype}' has no operator '{node.op}='", node.span)
    if isinstance(target.type, cxx.ClassType) and right.elements is None and right.type == target.type:
        if fn.sema.classes.assigned_parts(target.type.info):
            _require_modifiable(fn, target)
            target = fn.stabilised(target)
            assign_object(fn, target, right)
            return target
    _require_modifiable(fn, target)
    if node.op:
        target = fn.stabilised(target)
        right = binary(fn, node.op, rvalue(target.ctype, fn.load(target)), right)
        converted = convert(fn, right, target.type, explicit=isinstance(right.type, cxx.Arithmetic))
    else:
        if used:
            target = fn.stabilised(target)
        converted = convert(fn, right, target.type)
    fn.store(target, fn.load(converted))
    return target


def assign_object(fn: FunctionLowering, target: Value, value: Value) -> None:
    """The implicit assignment: bytes, or each base and member in its own way where one has an operator."""
    assert isinstance(target.type, cxx.ClassType)
    info = target.type.info
    if not fn.sema.classes.assigned_parts(info):
        fn.store(target, fn.load(convert(fn, value, target.type)))
        return
    value = lvalue(value.ctype, fn.place_of(value))
    pairs = [(upcast(fn, target, b.ctype), upcast(fn, value, b.ctype)) for b in info.bases]
    pairs += [(member_of(fn, target, f, f.name), member_of(fn, value, f, f.name)) for f in info.fields]
    for part, source in pairs:
        if isinstance(part.type, cxx.ArrayOf) and isinstance(cxx.unqualified(part.type.element), cxx.ClassType):
            fn.fail("E0303", f"the implicit assignment of '{target.type}' with an array of objects is not supported")
        if isinstance(part.type, cxx.ClassType):
            if overloaded(fn, "=", [part, source]) is None:
                assign_object(fn, part, source)
        else:
            fn.store(part, fn.load(source))


def _require_modifiable(fn: FunctionLowering, value: Value) -> None:
    if value.place is None or value.functions is not None:
        fn.fail("E0206", "this cannot be assigned to")
    if cxx.is_const(value.ctype):
        fn.fail("E0206", f"this is const ('{value.ctype}')")
    if isinstance(value.type, cxx.ArrayOf):
        fn.fail("E0206", "an array cannot be assigned to")
    if fold.space_of(value.place) is kir.Space.CONSTANT:
        fn.fail("E0206", "constant memory cannot be written by a kernel")


def lower_discarded(fn: FunctionLowering, node: syntax.Node) -> None:
    """An expression whose value is not used."""
    outer, fn.span = fn.span, node.span
    match node:
        case syntax.Assignment():
            assign(fn, node, used=False)
        case syntax.Unary(op="++" | "--" | "p++" | "p--"):
            increment(fn, node.op, lower_place(fn, node.operand), used=False)
        case syntax.Binary(op=","):
            lower_discarded(fn, node.left)
            lower_discarded(fn, node.right)
        case _:
            value = lower(fn, node)
            if cxx.is_volatile(value.ctype) and value.place is not None:
                fn.temp(fn.load(value), "unused")
    fn.span = outer


# --- subscripts ------------------------------------------------------------------------------------


@handles(syntax.Subscript)
def _subscript(fn: FunctionLowering, node: syntax.Subscript) -> Value:
    base = lower(fn, node.base)
    mark = fn.mark()
    if not isinstance(base.type, (cxx.ClassType, cxx.ArrayOf)) and base.functions is None:
        base = decay(fn, _read(fn, base))
    index = lower(fn, node.index)
    base = fn.keep_value_before(mark, base)
    if isinstance(base.type, cxx.ClassType):
        result = overloaded(fn, "[]", [base, index])
        if result is None and (pointer := _pointer_conversion(fn, base)) is not None:
            base = pointer
        elif result is None:
            fn.fail("E0217", f"'{base.ctype}' has no operator '[]'", node.span)
        else:
            return result
    if isinstance(index.type, (cxx.PointerTo, cxx.ArrayOf)):
        base, index = index, base
    if isinstance(index.type, cxx.ClassType):
        index = _to_builtin(fn, "[]", index)
    number = cxx.arithmetic_of(index.ctype)
    if number is None or number.scalar.is_float:
        fn.fail("E0217", f"'{index.ctype}' is not an index", node.span)
    position = numeric_cast(cxx.promoted(number), fn.load(index))
    if isinstance(base.type, cxx.ArrayOf):
        place = base.place or fn.place_of(base)
        element = base.type.element
        if cxx.is_const(base.ctype):
            element = cxx.qualified(element, const=True)
        result = lvalue(element, nodes.Index(place, position, fn.span))
        result.constant = _known_element(fn, base, position, element)
        return result
    moved = _pointer_binary(fn, "+", base, rvalue(cxx.promoted(number), position))
    return dereference(fn, moved)


def _known_element(fn: FunctionLowering, base: Value, index: nodes.Expr, element: cxx.CType) -> nodes.Const | None:
    """An element of a constexpr table at a constant index."""
    place = base.place
    if not isinstance(index, nodes.Const) or not isinstance(place, nodes.VarPlace) or place.var.init is None:
        return None
    if place.var.space is not kir.Space.CONSTANT or not cxx.is_const(element):
        return None
    if not isinstance(cxx.unqualified(element), cxx.Arithmetic):
        return None
    from cudawasm.frontend import evaluate

    return evaluate.constant(fn.sema, [], nodes.Load(nodes.Index(place, index)))


def _pointer_conversion(fn: FunctionLowering, value: Value) -> Value | None:
    from cudawasm.frontend.conversions import conversion_functions

    assert isinstance(value.type, cxx.ClassType)
    for decl in conversion_functions(value.type.info):
        result = fn.sema.functions.signature(decl).result
        if isinstance(cxx.plain(result), cxx.PointerTo):
            return convert(fn, value, cxx.plain(result))
    return None


# --- casts -----------------------------------------------------------------------------------------


@handles(syntax.Cast)
def _cast(fn: FunctionLowering, node: syntax.Cast) -> Value:
    if node.kind == "dynamic":
        fn.fail("E0302", "'dynamic_cast' in device code is not supported", node.span)
    if isinstance(node.ctype, cxx.VoidType):
        lower_discarded(fn, node.operand)
        return Value(cxx.VOID)
    value = lower(fn, node.operand)
    if isinstance(node.ctype, cxx.ReferenceTo):
        return _reference_cast(fn, value, node.ctype)
    target = cxx.unqualified(node.ctype)
    if isinstance(target, cxx.ClassType):
        if value.type == target:
            return value
        from cudawasm.frontend import initialise

        return initialise.construct(fn, target, [value], explicit=True)
    if value.functions is not None and value.functions.is_member and isinstance(target, cxx.MemberPointer):
        return member_pointers.named_function(fn, value.functions, target, explicit=True)
    if value.functions is None and _mixes_functions(value, target):
        fn.fail(
            "E0307", f"a pointer to a function cannot become another kind of pointer ('{value.ctype}' to '{target}')"
        )
    if isinstance(target, cxx.PointerTo) and isinstance(value.type, (cxx.PointerTo, cxx.ArrayOf)):
        return _pointer_cast(fn, decay(fn, value), target)
    return convert(fn, value, target, explicit=True)


def _mixes_functions(value: Value, target: cxx.CType) -> bool:
    """Whether a cast turns a pointer to a function into one to an object, or the other way."""
    first, second = function_type(value.ctype), function_type(target)
    pointers = isinstance(value.type, (cxx.PointerTo, cxx.ArrayOf)) and isinstance(target, cxx.PointerTo)
    return pointers and (first is None) != (second is None)


def _pointer_cast(fn: FunctionLowering, value: Value, target: cxx.PointerTo) -> Value:
    assert isinstance(value.type, cxx.PointerTo)
    source, wanted = cxx.unqualified(value.type.pointee), cxx.unqualified(target.pointee)
    pointer = fn.load(value)
    distance = base_offset(wanted, source)  # for casts down to the derived class
    if distance:
        pointer = fold.cast(kir.Pointer(kir.U8, pointer.type.space), pointer)  # type: ignore[union-attr]
        pointer = fold.offset(pointer, fold.constant(kir.I64, -distance))
        value = rvalue(value.ctype, pointer)
    return convert(fn, value, target, explicit=True)


def _reference_cast(fn: FunctionLowering, value: Value, target: cxx.ReferenceTo) -> Value:
    wanted = cxx.unqualified(target.target)
    if isinstance(wanted, cxx.ArrayOf) and isinstance(value.type, cxx.ArrayOf) and value.type == wanted:
        return value
    place = fn.place_of(value)
    if value.type == wanted:
        result = lvalue(target.target, place)
    elif (
        isinstance(value.type, cxx.ClassType)
        and isinstance(wanted, cxx.ClassType)
        and (value.type.info.derives_from(wanted.info) is not None)
    ):
        result = upcast(fn, value, wanted)
    else:
        pointer = rvalue(cxx.PointerTo(value.ctype), fold.address_of(place))
        moved = _pointer_cast(fn, pointer, cxx.PointerTo(target.target))
        result = lvalue(target.target, fold.deref(fn.load(moved)))
    result.is_xvalue = target.rvalue
    return result


# --- overloaded operators --------------------------------------------------------------------------


def _is_overloadable(value: Value) -> bool:
    return isinstance(value.type, (cxx.ClassType, cxx.EnumType)) and value.functions is None


def overloaded(fn: FunctionLowering, op: str, operands: list[Value]) -> Value | None:
    """A call of the best ``operator op``, or None when none fits."""
    chosen = overload_of(fn, op, operands)
    if chosen is None:
        return None
    from cudawasm.frontend import calls

    if chosen.takes_this:
        return calls.call_instance(fn, chosen, operands[1:], operands[0])
    return calls.call_instance(fn, chosen, operands, None)


def overload_of(fn: FunctionLowering, op: str, operands: list[Value]) -> Instance | None:
    """The best ``operator op`` for these operands, or None when none fits."""
    name = "operator" + op
    first = operands[0]
    members: list[FunctionDecl] = []
    if isinstance(first.type, cxx.ClassType):
        first.type.info.try_complete()
        members = [s for s in first.type.info.scope.local(name) if isinstance(s, FunctionDecl)]
    free: list[FunctionDecl] = []
    if op not in ("=", "[]", "()", "->"):
        free = [s for s in fn.scope.lookup(name) if isinstance(s, FunctionDecl) and s.owner is None]
        for scope in associated_scopes(operands):
            free += [s for s in scope.local(name) if isinstance(s, FunctionDecl) and s not in free]
    if op == "=" and isinstance(first.type, cxx.ClassType):  # those of bases are hidden by the implicit one
        own = first.type.info.scope.names.get(name, ())
        members = [s for s in own if isinstance(s, FunctionDecl) and not s.is_special]
        return fn.sema.overloads.resolve_assignment(first.type.info, members, operands, fn.span)
    if not members and not free:
        return None
    return fn.sema.overloads.resolve_operator(members, free, operands, fn.span, op in _ARITHMETIC or op in _COMPARISONS)


def associated_scopes(values: list[Value]) -> list[Scope]:
    """Namespaces in which argument-dependent lookup searches."""
    found: list[Scope] = []

    def visit(ctype: Any) -> None:
        base = cxx.plain(ctype) if not isinstance(ctype, nodes.Const) else ctype
        if isinstance(base, cxx.PointerTo):
            visit(base.pointee)
        elif isinstance(base, cxx.ArrayOf):
            visit(base.element)
        elif isinstance(base, cxx.MemberPointer):
            visit(base.owner)
        elif isinstance(base, cxx.ClassType):
            scope = base.info.scope.enclosing_namespace()
            if scope not in found:
                found.append(scope)
            for argument in base.info.template_args:
                if isinstance(argument, cxx.ClassType):
                    visit(argument)
        elif isinstance(base, cxx.EnumType):
            scope = base.info.scope.parent.enclosing_namespace() if base.info.scope.parent else base.info.scope
            if scope not in found:
                found.append(scope)

    for value in values:
        if value.functions is None:
            visit(value.ctype)
    return found


def overloaded_arrow(fn: FunctionLowering, value: Value) -> Value:
    """The pointer that ``value->`` goes through."""
    result = overloaded(fn, "->", [value])
    if result is None:
        fn.fail("E0217", f"'{value.ctype}' has no operator '->'")
    return result


def _to_builtin(fn: FunctionLowering, op: str, value: Value) -> Value:
    """A class operand converted to the one built-in type that it converts to."""
    if not isinstance(value.type, cxx.ClassType):
        return value
    from cudawasm.frontend.conversions import conversion_functions

    pointer = fn.sema.pointers.pointer_of(value.type)
    if pointer is not None:
        return convert(fn, value, pointer)
    for decl in conversion_functions(value.type.info):
        if "explicit" in decl.qualifiers or decl.template is not None:
            continue
        result = cxx.plain(fn.sema.functions.signature(decl).result)
        if isinstance(result, (cxx.Arithmetic, cxx.PointerTo, cxx.EnumType)):
            return convert(fn, value, result)
    if op == "!" and user_conversion(fn.sema, value, cxx.BOOL, explicit=True) is not None:
        return convert(fn, value, cxx.BOOL, explicit=True)
    fn.fail("E0217", f"operator '{op}' does not take '{value.ctype}'")
