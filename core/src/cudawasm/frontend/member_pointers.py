"""Pointers to members: offsets of data members, and numbers of member functions that a call chooses among.

A pointer to a data member is the member's offset, -1 for null; where the offset is known, the member is accessed as
itself. A pointer to a member function has the function's number, as a pointer to a function has
(``function_pointers``), and an adjustment that only comparisons look at: which part of an object a function works on
follows from its class.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend import fold, syntax
from cudawasm.frontend.conversions import (
    base_offset,
    base_place,
    convert,
    derives,
    is_null_constant,
    similar,
    upcast,
)
from cudawasm.frontend.functions import Instance
from cudawasm.frontend.symbols import ClassInfo, FieldInfo, FunctionDecl, IndirectField, MemberArgument
from cudawasm.frontend.values import BoundMember, FunctionSet, Value, lvalue, rvalue
from cudawasm.frontend.zeros import function_pointer_value, null
from cudawasm.ir import nodes
from cudawasm.ir import types as kir

if TYPE_CHECKING:
    from cudawasm.frontend.lowering import FunctionLowering
    from cudawasm.frontend.sema import Sema


def function_of(ctype: cxx.CType) -> cxx.FunctionType | None:
    """The type of the functions that a pointer to a member function points to; None for other types."""
    base = cxx.unqualified(ctype)
    if not isinstance(base, cxx.MemberPointer) or not isinstance(base.pointee, cxx.FunctionType):
        return None
    return base.pointee


# --- values ----------------------------------------------------------------------------------------


def address_of_member(fn: FunctionLowering, node: syntax.Name) -> Value | None:
    """``&Class::member``; None where the name is that of something else."""
    if node.qualifier is None or not node.symbols:
        return None
    first = node.symbols[0]
    if isinstance(first, (FieldInfo, IndirectField)):
        return _address_of_field(fn, node.qualifier, first, node.name)
    decls = [s for s in node.symbols if isinstance(s, FunctionDecl)]
    if not any(d.owner is not None and not d.is_static for d in decls):
        return None
    return Value(cxx.VOID, functions=FunctionSet(decls, node.args, None, node.name, False, node.span, is_member=True))


def _address_of_field(fn: FunctionLowering, info: ClassInfo, field: FieldInfo | IndirectField, name: str) -> Value:
    path = field.path if isinstance(field, IndirectField) else [field]
    owner = _declaring(info, path[0])
    assert owner is not None
    ctype: cxx.CType = cxx.ClassType(owner)
    offset = 0
    for step in path:
        if step.bit_offset >= 0:
            fn.fail("E0206", f"'{name}' is a bit-field, which has no address")
        if isinstance(step.ctype, cxx.ReferenceTo):
            fn.fail("E0206", f"'{name}' is a reference, to which no pointer to a member can point")
        if not cxx.class_info(ctype).transparent:
            offset += kir.member_offset(cxx.kir_type(ctype), step.index)
        ctype = step.ctype
    return rvalue(cxx.MemberPointer(cxx.ClassType(owner), ctype), nodes.Const(kir.I64, offset))


def _declaring(info: ClassInfo, field: FieldInfo) -> ClassInfo | None:
    """The class that declares a field, which may be a base of the one that it was named in."""
    if any(f is field for f in info.all_fields()):
        return info
    return next((found for b in info.bases if (found := _declaring(b.ctype.info, field)) is not None), None)


def function_pointer(sema: Sema, instance: Instance) -> Value:
    number = sema.pointers.address(instance)
    return rvalue(type_of(sema, instance), function_pointer_value(number, nodes.Const(kir.I64, 0)))


def of_constant(ctype: cxx.CType, value: nodes.Const) -> nodes.Expr:
    """The pointer that a template argument stands for."""
    return value if function_of(ctype) is None else function_pointer_value(value, nodes.Const(kir.I64, 0))


def _parts(fn: FunctionLowering, expr: nodes.Expr) -> tuple[nodes.Expr, nodes.Expr]:
    """The number and the adjustment in a pointer to a member function."""
    if isinstance(expr, nodes.Construct):
        return expr.parts[0], expr.parts[1]
    kept = expr if isinstance(expr, nodes.Load) else fn.temp(expr)
    if isinstance(kept, nodes.Load):
        return nodes.Load(nodes.Member(kept.place, 0)), nodes.Load(nodes.Member(kept.place, 1))
    return fold.extract(kept, 0), fold.extract(kept, 1)


# --- functions ---------------------------------------------------------------------------------------


def type_of(sema: Sema, instance: Instance) -> cxx.MemberPointer:
    owner = instance.decl.owner
    assert owner is not None
    ftype = replace(sema.pointers.type_of(instance), const=instance.signature.const_this)
    return cxx.MemberPointer(cxx.ClassType(owner), ftype)


def only(sema: Sema, functions: FunctionSet) -> Instance | None:
    """The member function that is meant where nothing says its type."""
    decls = [d for d in functions.decls if (d.template is not None) >= (functions.args is not None)]
    return sema.pointers.instance(decls[0], functions, None) if len(decls) == 1 and not decls[0].is_static else None


def find(sema: Sema, functions: FunctionSet, wanted: cxx.MemberPointer, explicit: bool = False) -> Instance | None:
    """The overload that a pointer of this type may point to; by a cast also a derived class's."""
    if not functions.is_member or not isinstance(wanted.pointee, cxx.FunctionType):
        return None
    for decl in functions.decls:
        if decl.is_static or decl.owner is None:
            continue
        instance = sema.pointers.instance(decl, functions, wanted.pointee)
        if instance is None:
            continue
        have = type_of(sema, instance)
        target = replace(wanted, owner=have.owner) if explicit and derives(have.owner, wanted.owner) else wanted
        if _rank(have, target) is not None:
            return instance
    return None


def named_function(
    fn: FunctionLowering, functions: FunctionSet, target: cxx.MemberPointer, explicit: bool = False
) -> Value:
    """``&Class::function`` as a pointer of this type."""
    instance = find(fn.sema, functions, target, explicit)
    if instance is None:
        fn.fail("E0207", f"no '{functions.name}' has the type '{target}'", functions.span)
    value = converted(fn, function_pointer(fn.sema, instance), target, explicit)
    assert value is not None
    return value


def argument(sema: Sema, value: Value, spelled: str) -> MemberArgument | None:
    """A pointer to a member as a template argument; None if it is not known."""
    if value.functions is not None:
        instance = only(sema, value.functions)
        if instance is None:
            return None
        value = function_pointer(sema, instance)
    expr = value.constant or value.expr
    if isinstance(expr, nodes.Construct):
        expr = expr.parts[0]
    return MemberArgument(value.type, expr, spelled) if isinstance(expr, nodes.Const) else None


# --- conversions ---------------------------------------------------------------------------------------


def _rank(have: cxx.MemberPointer, target: cxx.MemberPointer) -> int | None:
    """How well a pointer converts: 0 for the same type, 1 for more const, 20 from a base's to a derived class's."""
    if isinstance(have.pointee, cxx.FunctionType) != isinstance(target.pointee, cxx.FunctionType):
        return None
    extra = 0
    if isinstance(have.pointee, cxx.FunctionType):
        if canonical(have) != replace(canonical(target), owner=have.owner):
            return None
    elif have.pointee != target.pointee:
        loses = cxx.is_const(have.pointee) and not cxx.is_const(target.pointee)
        if loses or not similar(have.pointee, target.pointee):
            return None
        extra = 1
    if have.owner == target.owner:
        return extra
    return 20 + extra if derives(target.owner, have.owner) else None


def conversion_rank(value: Value, have: cxx.CType, target: cxx.MemberPointer) -> int | None:
    if isinstance(have, cxx.NullType) or is_null_constant(value):
        return 20
    return _rank(have, target) if isinstance(have, cxx.MemberPointer) else None


def converted(fn: FunctionLowering, value: Value, target: cxx.MemberPointer, explicit: bool) -> Value | None:
    if isinstance(value.type, cxx.NullType) or (is_null_constant(value) and cxx.is_integer(value.type)):
        return rvalue(target, null(target))
    have = value.type
    if not isinstance(have, cxx.MemberPointer):
        return None
    if _rank(have, target) is None and not (explicit and cxx.kir_type(have) == cxx.kir_type(target)):
        return None
    expr = fn.load(value)
    distance = _distance(have.owner, target.owner)
    if distance == 0:
        return rvalue(target, expr)
    moved = nodes.Const(kir.I64, distance)
    if isinstance(have.pointee, cxx.FunctionType):
        number, adjustment = _parts(fn, expr)
        return rvalue(target, function_pointer_value(number, fold.binary("add", adjustment, moved)))
    expr = fn.temp(expr)
    is_null = fold.binary("eq", expr, nodes.Const(kir.I64, -1))
    return rvalue(target, fold.select(is_null, expr, fold.binary("add", expr, moved)))


def _distance(have: cxx.CType, target: cxx.CType) -> int:
    """How much further in an object of the target's class a member lies."""
    if derives(target, have):
        return base_offset(target, have)
    return -base_offset(have, target) if derives(have, target) else 0


def canonical(ctype: cxx.MemberPointer) -> cxx.MemberPointer:
    """The type with the function's parameters as they are passed."""
    ftype = ctype.pointee
    assert isinstance(ftype, cxx.FunctionType)
    params = tuple(cxx.decayed_parameter(p) for p in ftype.params)
    return cxx.MemberPointer(ctype.owner, replace(ftype, result=cxx.unqualified(ftype.result), params=params))


def is_set(fn: FunctionLowering, value: Value) -> nodes.Expr:
    """Whether a pointer is not null."""
    expr = fn.load(value)
    if function_of(value.ctype) is None:
        return fold.binary("ne", expr, nodes.Const(kir.I64, -1))
    return fold.binary("ne", _parts(fn, expr)[0], nodes.Const(kir.U64, 0))


def common_type(first: cxx.CType, second: cxx.CType) -> cxx.MemberPointer | None:
    """The type that two operands are converted to, one of which may be null."""
    if not isinstance(first, cxx.MemberPointer) or not isinstance(second, cxx.MemberPointer):
        return next((t for t in (first, second) if isinstance(t, cxx.MemberPointer)), None)
    owner = first.owner if derives(first.owner, second.owner) else second.owner
    pointee = second.pointee if cxx.is_const(second.pointee) else first.pointee
    return cxx.MemberPointer(owner, pointee)


def comparison(fn: FunctionLowering, op: str, left: Value, right: Value) -> Value:
    """``==`` and ``!=``; functions are the same if they work on the same part of an object, or both are null."""
    types = [_pointer_type(fn, v) for v in (left, right)]
    target = common_type(*types)
    if target is None or op not in ("==", "!="):
        fn.fail("E0217", f"'{types[0]}' {op} '{types[1]}' is not defined")
    a, b = fn.load(convert(fn, left, target)), fn.load(convert(fn, right, target))
    if isinstance(target.pointee, cxx.FunctionType):
        (first, first_at), (second, second_at) = _parts(fn, a), _parts(fn, b)
        either = fold.binary("eq", first, nodes.Const(kir.U64, 0))
        same = fold.binary("or", either, fold.binary("eq", first_at, second_at))
        equal = fold.binary("and", fold.binary("eq", first, second), same)
    else:
        equal = fold.binary("eq", a, b)
    return rvalue(cxx.BOOL, equal if op == "==" else fold.unary("not", equal))


def _pointer_type(fn: FunctionLowering, value: Value) -> cxx.CType:
    return named_type(fn.sema, value.functions) or value.type if value.functions is not None else value.type


def named_type(sema: Sema, functions: FunctionSet) -> cxx.MemberPointer | None:
    """The type of ``&Class::function`` where nothing says it."""
    instance = only(sema, functions) if functions.is_member else None
    return None if instance is None else type_of(sema, instance)


def selected(condition: nodes.Expr, first: nodes.Expr, second: nodes.Expr) -> nodes.Expr:
    """``condition ? first : second``, part by part where the pointers have been put together."""
    if isinstance(first, nodes.Construct) and isinstance(second, nodes.Construct):
        pairs = zip(first.parts, second.parts, strict=True)
        return nodes.Construct(first.type, tuple(fold.select(condition, a, b) for a, b in pairs))
    return fold.select(condition, first, second)


# --- access and calls ----------------------------------------------------------------------------------


def access(fn: FunctionLowering, base: Value, pointer: Value) -> Value:
    """``base.*pointer``: a member of the object, or a function bound to it."""
    ctype = pointer.type
    if pointer.functions is not None and (named := named_type(fn.sema, pointer.functions)) is not None:
        ctype, pointer = named, named_function(fn, pointer.functions, named)
    if not isinstance(ctype, cxx.MemberPointer):
        fn.fail("E0217", f"'{pointer.ctype}' is not a pointer to a member")
    have = base.type
    if have != ctype.owner:
        if not derives(have, ctype.owner):
            fn.fail("E0217", f"'{base.ctype}' has no members that '{ctype}' could point to")
        assert isinstance(ctype.owner, cxx.ClassType)
        base = upcast(fn, base, ctype.owner)
    if isinstance(ctype.pointee, cxx.FunctionType):
        if cxx.is_const(base.ctype) and not ctype.pointee.const:
            fn.fail("E0217", f"'{ctype}' cannot be called for a const object")
        target = fn.stabilised(lvalue(base.ctype, fn.place_of(base)))
        number, _ = _parts(fn, fn.load(pointer))
        return Value(cxx.VOID, bound=BoundMember(target, fn.temp(number), ctype))
    is_xvalue = not base.is_lvalue
    place = _member_place(fn.place_of(base), fn.load(pointer), cxx.kir_type(ctype.pointee))
    const, volatile = cxx.is_const(base.ctype), cxx.is_volatile(base.ctype)
    result = lvalue(cxx.qualified(ctype.pointee, const, volatile), place)
    result.is_xvalue = is_xvalue
    return result


def _member_place(base: nodes.Place, offset: nodes.Expr, type_: kir.Type) -> nodes.Place:
    if isinstance(offset, nodes.Const):
        known = _place_at(base, int(offset.value), type_)
        if known is not None:
            return known
    size = kir.size_of(type_)
    space = fold.space_of(base)
    if size == kir.align_of(type_):  # then it is a multiple of the size
        shift = nodes.Const(kir.I32, size.bit_length() - 1)
        index = fold.binary("shr", fold.cast(kir.I32, offset), shift)
        return fold.deref(fold.offset(fold.cast(kir.Pointer(type_, space), fold.address_of(base)), index))
    start = fold.cast(kir.Pointer(kir.U8, space), fold.address_of(base))
    return fold.deref(fold.cast(kir.Pointer(type_, space), fold.offset(start, offset)))


def _place_at(place: nodes.Place, offset: int, type_: kir.Type) -> nodes.Place | None:
    """The member of this type that lies at an offset."""
    if offset == 0 and place.type == type_:
        return place
    match place.type:
        case kir.Struct(fields=fields):
            offsets = [f.offset for f in fields]
            sizes = [kir.size_of(f.type) for f in fields]
        case kir.Vector(element=element, count=count):
            sizes = [kir.size_of(element)] * count
            offsets = [i * sizes[0] for i in range(count)]
        case _:
            return None
    for index, (start, size) in enumerate(zip(offsets, sizes, strict=True)):
        if start <= offset < start + size:
            found = _place_at(nodes.Member(place, index), offset - start, type_)
            if found is not None:
                return found
    return None


def call(fn: FunctionLowering, bound: BoundMember, args: list[Value]) -> Value:
    """``(object.*pointer)(args)``: the function itself when it is known, else the dispatcher for its type."""
    from cudawasm.frontend import calls

    ftype = bound.ctype.pointee
    assert isinstance(ftype, cxx.FunctionType)
    if len(args) != len(ftype.params):
        fn.fail("E0208", f"'{bound.ctype}' takes {len(ftype.params)} arguments, {len(args)} given")
    pointers = fn.sema.pointers
    known = pointers.known(bound.number)
    if known is not None:
        return calls.call_instance(fn, known, args, _object_of(bound.object, known))
    this = fold.address_of(fn.place_of(bound.object))
    converted_args = calls.converted_arguments(fn, pointers.signature(ftype, fn.span), args)
    exprs = [calls.argument_expr(fn, v, p) for v, p in zip(converted_args, ftype.params, strict=True)]
    name = pointers.dispatcher(canonical(bound.ctype))
    return calls.emit_call(fn, name, [bound.number, this, *exprs], ftype.result)


def _object_of(value: Value, instance: Instance) -> Value:
    """The part of an object, or the object around it, that a function works on."""
    assert instance.decl.owner is not None and value.place is not None
    owner = cxx.ClassType(instance.decl.owner)
    place = part_for(value.place, value.type, owner)
    return lvalue(cxx.qualified(owner, cxx.is_const(value.ctype), cxx.is_volatile(value.ctype)), place)


def part_for(place: nodes.Place, have: cxx.CType, owner: cxx.ClassType) -> nodes.Place:
    """An object of class ``have`` as one of ``owner``, a base of it or derived from it."""
    path = cxx.class_info(have).derives_from(owner.info)
    if path is not None:
        return base_place(place, path)
    space = fold.space_of(place)
    start = fold.cast(kir.Pointer(kir.U8, space), fold.address_of(place))
    moved = fold.offset(start, nodes.Const(kir.I64, -base_offset(owner, have)))
    return fold.deref(fold.cast(kir.Pointer(cxx.kir_type(owner), space), moved))


def related(first: cxx.CType, second: cxx.CType) -> bool:
    return first == second or derives(first, second) or derives(second, first)
