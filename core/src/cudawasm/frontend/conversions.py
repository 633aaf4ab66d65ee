"""Implicit and explicit conversions: how well one fits, and carrying one out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend import fold
from cudawasm.frontend.symbols import BaseInfo, ClassInfo, FunctionDecl
from cudawasm.frontend.values import Value, lvalue, rvalue
from cudawasm.ir import nodes
from cudawasm.ir import types as kir

if TYPE_CHECKING:
    from cudawasm.frontend.lowering import FunctionLowering
    from cudawasm.frontend.sema import Sema

EXACT, QUALIFIED, PROMOTION, CONVERSION, USER, ELLIPSIS = 0, 1, 10, 20, 30, 40
"""Ranks of conversion sequences: smaller is better; None means "no conversion"."""


def rank(sema: Sema, value: Value, target: cxx.CType, nested: bool = False) -> int | None:
    """How well ``value`` converts to ``target`` implicitly. ``nested`` forbids user-defined conversions."""
    if value.elements is not None:
        return _list_rank(sema, value, target)
    if value.functions is not None:
        pointee = cxx.plain(target)
        if isinstance(pointee, cxx.ClassType):
            return EXACT if pointee == sema.functions.function_object(value) else None
        if isinstance(pointee, cxx.PointerTo) and isinstance(pointee.pointee, cxx.FunctionType):
            return EXACT if sema.pointers.find(value.functions, pointee.pointee) is not None else None
        if isinstance(pointee, cxx.MemberPointer):
            from cudawasm.frontend import member_pointers

            return EXACT if member_pointers.find(sema, value.functions, pointee) is not None else None
        return EXACT if isinstance(pointee, cxx.TemplateType) else None
    if isinstance(target, cxx.ReferenceTo):
        return _reference_rank(sema, value, target, nested)
    return _value_rank(sema, value, cxx.unqualified(target), nested)


def _list_rank(sema: Sema, value: Value, target: cxx.CType) -> int | None:
    base = cxx.plain(target)
    items = value.elements.items
    if isinstance(base, (cxx.ClassType, cxx.ArrayOf)):
        if isinstance(base, cxx.ClassType) and not sema.classes.accepts_list(base.info, items):
            return None
        return USER
    return CONVERSION if len(items) <= 1 else None


def _reference_rank(sema: Sema, value: Value, target: cxx.ReferenceTo, nested: bool) -> int | None:
    wanted, have = target.target, value.ctype
    same = _same_or_base(cxx.unqualified(wanted), cxx.unqualified(have))
    if same is not None and not (cxx.is_const(have) and not cxx.is_const(wanted) and not isinstance(have, cxx.ArrayOf)):
        if target.rvalue:
            return None if value.is_lvalue else same
        if value.is_lvalue:
            extra = QUALIFIED if cxx.is_const(wanted) and not cxx.is_const(have) else EXACT
            return same + extra
        return same + 2 if cxx.is_const(wanted) else None
    if target.rvalue and same is None and value.is_lvalue and not nested:
        inner = _value_rank(sema, value, cxx.unqualified(wanted), nested)
        return inner if inner is not None and inner > EXACT else None
    if not target.rvalue and not cxx.is_const(wanted):
        return None
    if same is not None and target.rvalue and value.is_lvalue:
        return None
    inner = _value_rank(sema, value, cxx.unqualified(wanted), nested)
    return None if inner is None else inner + 2


def _same_or_base(wanted: cxx.CType, have: cxx.CType) -> int | None:
    if wanted == have or _same_array(wanted, have):
        return EXACT
    if isinstance(wanted, cxx.ClassType) and isinstance(have, cxx.ClassType):
        path = have.info.derives_from(wanted.info)
        return None if path is None else CONVERSION + len(path)
    return None


def derives(derived: cxx.CType | None, base: cxx.CType | None) -> bool:
    """Whether these are a class and a base of it."""
    if not isinstance(derived, cxx.ClassType) or not isinstance(base, cxx.ClassType):
        return False
    return derived != base and derived.info.derives_from(base.info) is not None


def _same_array(wanted: cxx.CType, have: cxx.CType) -> bool:
    return (
        isinstance(wanted, cxx.ArrayOf)
        and isinstance(have, cxx.ArrayOf)
        and wanted.count in (have.count, None)
        and cxx.unqualified(wanted.element) == cxx.unqualified(have.element)
    )


def _value_rank(sema: Sema, value: Value, target: cxx.CType, nested: bool) -> int | None:
    have = cxx.decayed(value.ctype)
    if have == target:
        return EXACT
    match target:
        case cxx.Arithmetic():
            found = _to_arithmetic_rank(have, target)
        case cxx.PointerTo():
            found = _to_pointer_rank(value, have, target)
            if found is None and sema.pointers.of_object(have, target) is not None:
                found = USER
        case cxx.MemberPointer():
            from cudawasm.frontend import member_pointers

            found = member_pointers.conversion_rank(value, have, target)
        case cxx.ClassType():
            found = _same_or_base(target, have)
        case cxx.NullType():
            found = EXACT if isinstance(have, cxx.NullType) else None
        case _:
            found = None
    if found is not None or nested:
        return found
    user = user_conversion(sema, value, target)
    if user is None:
        return None
    if user[0] == "constructor":
        return USER
    result = Value(cxx.without_reference(sema.functions.signature(user[1]).result), place=value.place, expr=value.expr)
    after = rank(sema, result, target, nested=True)
    assert after is not None
    return USER + after // PROMOTION  # what one function converts to, a better second step makes better


def _to_arithmetic_rank(have: cxx.CType, target: cxx.Arithmetic) -> int | None:
    if isinstance(have, (cxx.PointerTo, cxx.NullType, cxx.MemberPointer)):
        return CONVERSION + 5 if target == cxx.BOOL else None
    if isinstance(have, cxx.EnumType):
        if have.info.scoped:
            return None
        return PROMOTION if target == cxx.promoted(have.info.underlying) else CONVERSION
    if not isinstance(have, cxx.Arithmetic):
        return None
    if cxx.promoted(have) == target or (have == cxx.FLOAT and target == cxx.DOUBLE):
        return PROMOTION
    return CONVERSION


def _to_pointer_rank(value: Value, have: cxx.CType, target: cxx.PointerTo) -> int | None:
    if isinstance(have, cxx.NullType) or is_null_constant(value):
        return CONVERSION
    if not isinstance(have, cxx.PointerTo):
        return None
    source, wanted = have.pointee, target.pointee
    if cxx.is_const(source) and not cxx.is_const(wanted):
        return None
    if cxx.is_volatile(source) and not cxx.is_volatile(wanted):
        return None
    if similar(source, wanted):
        return QUALIFIED
    if isinstance(cxx.unqualified(wanted), cxx.VoidType):
        return CONVERSION + 3
    related = _same_or_base(cxx.unqualified(wanted), cxx.unqualified(source))
    return related if related is not None and related >= CONVERSION else None


def similar(left: cxx.CType, right: cxx.CType) -> bool:
    """The same type but for qualifiers at any level."""
    left, right = cxx.unqualified(left), cxx.unqualified(right)
    if isinstance(left, cxx.PointerTo) and isinstance(right, cxx.PointerTo):
        return similar(left.pointee, right.pointee)
    if isinstance(left, cxx.ArrayOf) and isinstance(right, cxx.ArrayOf):
        return left.count == right.count and similar(left.element, right.element)
    return left == right


def is_null_constant(value: Value) -> bool:
    """A literal 0 or nullptr."""
    if isinstance(value.type, cxx.NullType):
        return True
    return isinstance(value.expr, nodes.Const) and value.expr.value == 0 and cxx.is_integer(value.ctype)


# --- user-defined conversions ----------------------------------------------------------------------


def user_conversion(
    sema: Sema, value: Value, target: cxx.CType, explicit: bool = False
) -> tuple[str, FunctionDecl] | None:
    """The constructor or conversion function that turns ``value`` into ``target``."""
    if isinstance(target, cxx.ClassType):
        target.info.try_complete()
        best: tuple[int, FunctionDecl] | None = None
        for decl in target.info.constructors:
            if not explicit and "explicit" in decl.qualifiers:
                continue
            fit = sema.overloads.single_argument_rank(decl, value)
            if fit is not None and (best is None or fit < best[0]):
                best = (fit, decl)
        if best is not None:
            return "constructor", best[1]
    have = value.type
    if not isinstance(have, cxx.ClassType):
        return None
    chosen: tuple[int, FunctionDecl] | None = None
    for decl in conversion_functions(have.info):
        if not explicit and "explicit" in decl.qualifiers:
            continue
        result = sema.functions.signature(decl).result
        fake = Value(cxx.without_reference(result), place=value.place, expr=value.expr)
        fit = rank(sema, fake, target, nested=True)
        if fit is not None and (chosen is None or fit < chosen[0]):
            chosen = (fit, decl)
    return None if chosen is None else ("function", chosen[1])


def conversion_functions(info: ClassInfo) -> list[FunctionDecl]:
    info.try_complete()
    found = info.scope.local("<conversion>")
    return [s for s in found if isinstance(s, FunctionDecl) and s.template is None]


def converts_to_number(sema: Sema, info: ClassInfo) -> bool:
    """Whether a class converts implicitly to an arithmetic type or an enumeration."""
    return any(
        "explicit" not in decl.qualifiers
        and decl.template is None
        and isinstance(cxx.plain(sema.functions.signature(decl).result), (cxx.Arithmetic, cxx.EnumType))
        for decl in conversion_functions(info)
    )


# --- carrying conversions out ----------------------------------------------------------------------


def convert(fn: FunctionLowering, value: Value, target: cxx.CType, explicit: bool = False) -> Value:
    """``value`` as an rvalue of ``target`` (an lvalue when ``target`` is a reference).

    Refuses with E0207 what C++ does not convert (implicitly, unless ``explicit``).
    """
    if value.bound is not None:
        fn.fail("E0205", "a member function that is bound to an object can only be called")
    if isinstance(target, cxx.ReferenceTo):
        return bind_reference(fn, value, target)
    target = cxx.unqualified(target)
    if value.elements is not None:
        from cudawasm.frontend import initialise

        return initialise.from_list(fn, target, value.elements)
    if isinstance(target, cxx.VoidType):
        return Value(cxx.VOID)
    if value.functions is not None:
        return fn.sema.functions.function_value(fn, value, target)
    have = value.type
    if have == target and not isinstance(have, (cxx.ArrayOf,)):
        return rvalue(target, fn.load(value))
    converted = _convert_builtin(fn, value, target, explicit)
    if converted is not None:
        return converted
    user = user_conversion(fn.sema, value, target, explicit)
    if user is None:
        fn.fail("E0207", f"cannot convert '{value.ctype}' to '{target}'")
    kind, decl = user
    if kind == "constructor":
        from cudawasm.frontend import initialise

        assert isinstance(target, cxx.ClassType)
        return initialise.construct(fn, target, [value], explicit=True, candidates=[decl])
    from cudawasm.frontend import calls

    result = calls.call_decls(fn, [decl], [], this=value)
    return convert(fn, result, target, explicit)


def _convert_builtin(fn: FunctionLowering, value: Value, target: cxx.CType, explicit: bool) -> Value | None:
    have = value.type
    if isinstance(have, cxx.ArrayOf):
        value = decay(fn, value)
        have = value.type
        if have == target:
            return value
    if isinstance(target, cxx.Arithmetic):
        return _to_arithmetic(fn, value, target, explicit)
    if isinstance(target, cxx.EnumType):
        source = cxx.arithmetic_of(have)
        if explicit and source is not None:
            number = _to_arithmetic(fn, value, target.info.underlying, True)
            return None if number is None else rvalue(target, fn.load(number))
        return None
    if isinstance(target, cxx.NullType) and is_null_constant(value):
        return rvalue(target, fold.zero(cxx.kir_type(target)))
    if isinstance(target, cxx.PointerTo):
        return _to_pointer(fn, value, target, explicit)
    if isinstance(target, cxx.MemberPointer):
        from cudawasm.frontend import member_pointers

        return member_pointers.converted(fn, value, target, explicit)
    if isinstance(target, cxx.ClassType) and isinstance(have, cxx.ClassType):
        path = have.info.derives_from(target.info)
        if path is not None:
            return rvalue(target, fn.load(upcast(fn, value, target)))
    return None


def _to_arithmetic(fn: FunctionLowering, value: Value, target: cxx.Arithmetic, explicit: bool) -> Value | None:
    have = value.type
    if isinstance(have, cxx.EnumType):
        if have.info.scoped and not explicit:
            return None
        return rvalue(target, numeric_cast(target, fn.load(value)))
    if isinstance(have, cxx.Arithmetic):
        return rvalue(target, numeric_cast(target, fn.load(value)))
    if isinstance(have, cxx.MemberPointer) and target == cxx.BOOL:
        from cudawasm.frontend import member_pointers

        return rvalue(target, member_pointers.is_set(fn, value))
    if isinstance(have, (cxx.PointerTo, cxx.NullType)):
        pointer = fn.load(value)
        if target == cxx.BOOL:
            return rvalue(target, fold.binary("ne", pointer, fold.zero(pointer.type)))
        if explicit and not isinstance(pointer.type, kir.Pointer):
            fn.fail("E0307", "a pointer to a function cannot become a number")
        if explicit and not target.scalar.is_float:
            return rvalue(target, fold.cast(target.scalar, fold.cast(kir.U64, pointer)))
    return None


def numeric_cast(target: cxx.Arithmetic, expr: nodes.Expr) -> nodes.Expr:
    """A number as another arithmetic type; bool means "is not zero"."""
    if target == cxx.BOOL and expr.type != kir.BOOL:
        return fold.binary("ne", expr, fold.zero(expr.type))
    return fold.cast(target.scalar, expr)


def _to_pointer(fn: FunctionLowering, value: Value, target: cxx.PointerTo, explicit: bool) -> Value | None:
    have = value.type
    type_ = cxx.kir_type(target)
    if isinstance(target.pointee, cxx.FunctionType):
        return _to_function_pointer(fn, value, target, explicit)
    assert isinstance(type_, kir.Pointer)
    if is_null_constant(value):
        return rvalue(target, nodes.Const(type_, 0))
    if isinstance(have, cxx.PointerTo):
        fit = _to_pointer_rank(value, have, target)
        if fit is None and not explicit:
            return None
        pointer = fn.load(value)
        source, wanted = cxx.unqualified(have.pointee), cxx.unqualified(target.pointee)
        if isinstance(source, cxx.ClassType) and isinstance(wanted, cxx.ClassType) and source != wanted:
            if source.info.derives_from(wanted.info):
                place = fold.deref(pointer)
                base = upcast(fn, lvalue(source, place), wanted)
                assert base.place is not None
                return rvalue(target, fold.address_of(base.place))
        assert isinstance(pointer.type, kir.Pointer)
        return rvalue(target, fold.cast(kir.Pointer(type_.pointee, pointer.type.space), pointer))
    if explicit and cxx.arithmetic_of(have) is not None:
        return rvalue(target, fold.cast(type_, fold.cast(kir.U64, fn.load(value))))
    return None


def _to_function_pointer(fn: FunctionLowering, value: Value, target: cxx.PointerTo, explicit: bool) -> Value | None:
    """From null, from a pointer of the same type (of any, by a cast), from a function object without state."""
    if is_null_constant(value):
        return rvalue(target, nodes.Const(kir.U64, 0))
    have = value.type
    if isinstance(have, cxx.PointerTo) and isinstance(have.pointee, cxx.FunctionType):
        same = fn.sema.pointers.same_type(have, target)
        return rvalue(target, fn.load(value)) if same or explicit else None
    instance = fn.sema.pointers.of_object(have, target)
    return None if instance is None else rvalue(target, fn.sema.pointers.address(instance))


def decay(fn: FunctionLowering, value: Value) -> Value:
    """Array-to-pointer conversion; other values stay."""
    if not isinstance(value.type, cxx.ArrayOf):
        return value
    if value.place is None:
        value = lvalue(value.ctype, fn.place_of(value))
    assert value.place is not None
    element = value.type.element  # type: ignore[union-attr]
    place = nodes.Index(value.place, fold.constant(kir.I32, 0))
    pointer = nodes.AddressOf(place, kir.Pointer(place.type, fold.space_of(value.place)))
    if cxx.is_const(value.ctype):
        element = cxx.qualified(element, const=True)
    result = rvalue(cxx.PointerTo(element), pointer)
    result.string = value.string
    return result


def base_place(place: nodes.Place, path: list[BaseInfo]) -> nodes.Place:
    """A base subobject of an object."""
    for step in path:
        if step.index < 0:  # an empty base has no storage: any address will do
            base_type = cxx.kir_type(step.ctype)
            pointer = fold.cast(kir.Pointer(base_type, fold.space_of(place)), fold.address_of(place))
            place = fold.deref(pointer)
        else:
            place = nodes.Member(place, step.index)
    return place


def base_offset(derived: cxx.CType, base: cxx.CType) -> int:
    """Bytes from an object's start to a base subobject of it; 0 for classes that are not related so."""
    if not isinstance(derived, cxx.ClassType) or not isinstance(base, cxx.ClassType):
        return 0
    offset, current = 0, derived
    for step in derived.info.derives_from(base.info) or ():
        if step.index >= 0:
            offset += kir.member_offset(cxx.kir_type(current), step.index)
        current = step.ctype
    return offset


def upcast(fn: FunctionLowering, value: Value, target: cxx.ClassType) -> Value:
    """The base subobject of a class value, as an lvalue when the value is one."""
    have = value.type
    assert isinstance(have, cxx.ClassType)
    path = have.info.derives_from(target.info)
    assert path is not None
    if value.place is None and all(step.index >= 0 for step in path):
        expr = fn.load(value)
        for step in path:
            expr = fold.extract(expr, step.index)
        return rvalue(target, expr)
    place = base_place(fn.place_of(value), path)
    const, volatile = cxx.is_const(value.ctype), cxx.is_volatile(value.ctype)
    result = lvalue(cxx.qualified(target, const, volatile), place)
    result.is_xvalue = value.is_xvalue
    return result


def bind_reference(fn: FunctionLowering, value: Value, target: cxx.ReferenceTo) -> Value:
    """An lvalue for a reference to bind to; a temporary where C++ makes one."""
    if value.functions is not None:
        value = fn.sema.functions.function_value(fn, value, cxx.unqualified(target.target))
    fit = rank(fn.sema, value, target)
    if fit is None:
        fn.fail("E0207", f"cannot bind '{value.ctype}' to '{target}'")
    wanted = target.target
    same = value.elements is None and _same_or_base(cxx.unqualified(wanted), value.type) is not None
    if same and value.bits is None:
        if value.place is None or (value.constant is not None and value.place is None):
            place = fn.place_of(value)
            value = lvalue(wanted, place)
        if isinstance(value.type, cxx.ClassType) and value.type != cxx.unqualified(wanted):
            base = cxx.unqualified(wanted)
            assert isinstance(base, cxx.ClassType)
            value = upcast(fn, value, base)
        result = lvalue(wanted if not isinstance(wanted, cxx.ArrayOf) else value.ctype, fn.place_of(value))
        result.constant = value.constant
        return result
    converted = convert(fn, value, cxx.unqualified(wanted))
    return lvalue(wanted, fn.place_of(converted))


def to_bool(fn: FunctionLowering, value: Value) -> nodes.Expr:
    """Contextual conversion to bool."""
    return fn.load(convert(fn, value, cxx.BOOL, explicit=True))
