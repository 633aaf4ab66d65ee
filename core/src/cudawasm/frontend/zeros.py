"""What zero is for each type. A null pointer to a data member is -1, so that zeros are not always zero bytes."""

from __future__ import annotations

from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend import fold
from cudawasm.frontend.tokens import fail
from cudawasm.ir import nodes
from cudawasm.ir import types as kir

_MOST_ELEMENTS = 65_536


def function_pointer_value(number: nodes.Expr, adjustment: nodes.Expr) -> nodes.Expr:
    """A pointer to a member function."""
    return nodes.Construct(cxx.MEMBER_FUNCTION, (number, adjustment))


def null_number(ctype: cxx.MemberPointer) -> nodes.Const:
    """The offset or the function's number in a pointer to no member."""
    return nodes.Const(kir.U64, 0) if isinstance(ctype.pointee, cxx.FunctionType) else nodes.Const(kir.I64, -1)


def null(ctype: cxx.MemberPointer) -> nodes.Expr:
    """A pointer to no member."""
    number = null_number(ctype)
    is_function = isinstance(ctype.pointee, cxx.FunctionType)
    return function_pointer_value(number, nodes.Const(kir.I64, 0)) if is_function else number


def holds_null(ctype: cxx.CType) -> bool:
    """Whether a zero of this type holds a null pointer to a data member, whose bytes are not zero."""
    base = cxx.unqualified(ctype)
    match base:
        case cxx.MemberPointer():
            return not isinstance(base.pointee, cxx.FunctionType)
        case cxx.ArrayOf():
            return holds_null(base.element)
        case cxx.ClassType():
            parts = [b.ctype for b in base.info.bases] + [f.ctype for f in base.info.all_fields()]
            return any(holds_null(p) for p in (parts[:1] if base.info.is_union else parts))
        case _:
            return False


def zero(ctype: cxx.CType) -> nodes.Expr:
    """The value that an object of this type has without an initialiser of its own: numbers are 0, pointers null."""
    type_ = cxx.kir_type(ctype)
    base = cxx.unqualified(ctype)
    if not holds_null(base):
        return null(base) if isinstance(base, cxx.MemberPointer) else fold.zero(type_)
    match base:
        case cxx.ArrayOf():
            if base.count > _MOST_ELEMENTS:
                fail("E0211", f"'{base}' is too large an array of pointers to members", None)
            return nodes.Construct(type_, (zero(base.element),) * base.count)
        case cxx.ClassType(info=info):
            assert isinstance(type_, kir.Struct)
            parts = [fold.zero(f.type) for f in type_.fields]
            for index, part in [(b.index, b.ctype) for b in info.bases] + [(f.index, f.ctype) for f in info.fields]:
                if index >= 0 and holds_null(part):
                    parts[index] = zero(part)
            return nodes.Construct(type_, tuple(parts[:1] if info.is_union else parts))
        case _:
            assert isinstance(base, cxx.MemberPointer)
            return null(base)
