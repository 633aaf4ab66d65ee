"""Lowering expressions: each syntax node to a Value, with its effects as statements before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend import fold, syntax
from cudawasm.frontend.symbols import (
    AliasTemplate,
    CaptureSymbol,
    ClassTemplate,
    ConstantSymbol,
    FieldInfo,
    FunctionDecl,
    IndirectField,
    NamespaceSymbol,
    PackSymbol,
    PatternTemplate,
    PatternValue,
    Symbol,
    TypeSymbol,
    ValueSymbol,
    VariableDecl,
    VariableTemplate,
)
from cudawasm.frontend.values import BitField, FunctionSet, Value, lvalue, rvalue
from cudawasm.frontend.variables import string_variable
from cudawasm.ir import nodes
from cudawasm.ir import types as kir

if TYPE_CHECKING:
    from cudawasm.frontend.lowering import FunctionLowering


def lower(fn: FunctionLowering, node: syntax.Node) -> Value:
    """The value of an expression; statements that it needs are emitted."""
    outer = fn.span
    fn.span = node.span
    value = _HANDLERS[type(node)](fn, node)
    fn.span = outer
    return value


def lower_place(fn: FunctionLowering, node: syntax.Node) -> Value:
    """Like ``lower`` where an lvalue is asked for: a choice of two objects is one of them, not a copy."""
    return lower(fn, replace(node, as_place=True) if isinstance(node, syntax.Conditional) else node)


def lower_rvalue(fn: FunctionLowering, node: syntax.Node) -> nodes.Expr:
    """An expression's value as KIR."""
    return fn.load(lower(fn, node))


def _literal(fn: FunctionLowering, node: syntax.Literal) -> Value:
    if isinstance(node.ctype, cxx.VoidType):
        return Value(cxx.VOID)
    return rvalue(node.ctype, fold.constant(cxx.kir_type(node.ctype), node.value))


def _string(fn: FunctionLowering, node: syntax.StringLiteral) -> Value:
    data = node.value + b"\0"
    ctype = cxx.ArrayOf(cxx.qualified(cxx.CHAR, const=True), len(data))
    var = fn.sema.strings.get(data)
    if var is None:
        var = fn.sema.strings[data] = string_variable(data, cxx.kir_type(ctype))
    value = lvalue(ctype, nodes.VarPlace(var))
    value.string = node.value
    return value


def _this(fn: FunctionLowering, node: syntax.This) -> Value:
    if fn.this is None or fn.this.place is None:
        fn.fail("E0205", "'this' is used outside a member function")
    return rvalue(cxx.PointerTo(fn.this.ctype), fold.address_of(fn.this.place))


# --- names -----------------------------------------------------------------------------------------


def _name(fn: FunctionLowering, node: syntax.Name) -> Value:
    symbols = node.symbols or node.scope.lookup(node.name)
    if not symbols:
        return _undeclared(fn, node)
    first = symbols[0]
    match first:
        case ValueSymbol():
            if fn.closure is not None and first.value.constant is None:
                _require_captured(fn, node, first)
            return first.value
        case ConstantSymbol():
            return _constant(first)
        case VariableDecl():
            return fn.sema.variables.value(first, node.span)
        case VariableTemplate():
            return fn.sema.variables.template_value(first, node.args or (), node.span)
        case FunctionDecl():
            return function_value(fn, node, symbols)
        case FieldInfo() | IndirectField():
            if fn.this is None and fn.unevaluated and isinstance(first, FieldInfo):  # only its type is asked for
                return lvalue(first.ctype, nodes.VarPlace(nodes.Var(first.name, cxx.kir_type(first.ctype))))
            if fn.this is None:
                fn.fail("E0205", f"member '{node.name}' needs an object", node.span)
            return member_of(fn, fn.this, first, node.name)
        case CaptureSymbol():
            if fn.closure is None:
                fn.fail("E0205", f"'{node.name}' is not captured", node.span)
            return member_of(fn, fn.closure, first.field, node.name)
        case PatternValue() | PatternTemplate():
            fn.fail("E0213", f"'{node.name}' is not known here", node.span)
        case PackSymbol():
            fn.fail("E0204", f"parameter pack '{node.name}' is not expanded", node.span)
        case TypeSymbol() | ClassTemplate() | AliasTemplate() | NamespaceSymbol():
            fn.fail("E0205", f"'{node.name}' is a type, not a value", node.span)


def _constant(symbol: ConstantSymbol) -> Value:
    from cudawasm.frontend.member_pointers import of_constant

    return rvalue(symbol.ctype, of_constant(symbol.ctype, symbol.value))


def _require_captured(fn: FunctionLowering, node: syntax.Name, symbol: ValueSymbol) -> None:
    """Refuse a variable of the function around a lambda; shared and global variables need no capture."""
    place = symbol.value.place
    while isinstance(place, (nodes.Member, nodes.Index)):
        place = place.base
    if place is None or (isinstance(place, nodes.VarPlace) and place.var.space is not kir.Space.LOCAL):
        return
    inside = beyond = False
    for scope in node.scope.outward():  # the outermost scope that knows it declares it: expanding a pack binds elements
        if any(_is_or_contains(s, symbol) for s in scope.names.get(node.name, ())):
            beyond = inside
        inside = inside or (scope.info is not None and scope.info.closure is not None)
    if beyond:
        fn.fail("E0205", f"'{node.name}' is not captured", node.span)


def _is_or_contains(found: Symbol, symbol: ValueSymbol) -> bool:
    return found is symbol or (isinstance(found, PackSymbol) and any(e is symbol for e in found.elements))


def _undeclared(fn: FunctionLowering, node: syntax.Name) -> Value:
    if node.qualified or node.name in ("", "operator"):
        fn.fail("E0203", f"'{node.name}' is not declared", node.span)
    return Value(cxx.VOID, functions=FunctionSet([], node.args, None, node.name, True, node.span))


def function_value(fn: FunctionLowering, node: syntax.Name, symbols: list[Any]) -> Value:
    decls = [s for s in symbols if isinstance(s, FunctionDecl)]
    this = None
    if decls[0].owner is not None and fn.this is not None:
        this = fn.this
    functions = FunctionSet(decls, node.args, this, node.name, not node.qualified and decls[0].owner is None)
    return Value(cxx.VOID, functions=functions)


# --- members ---------------------------------------------------------------------------------------


def _member(fn: FunctionLowering, node: syntax.MemberAccess) -> Value:
    base = lower_place(fn, node.base)
    if node.arrow:
        base = _arrow(fn, base)
    ctype = base.type
    if base.functions is not None:
        fn.fail("E0205", "a function has no members")
    if not isinstance(ctype, cxx.ClassType):
        fn.fail("E0216", f"'{ctype}' has no member '{node.name}'", node.span)
    info = ctype.info
    if not info.try_complete():
        fn.fail("E0210", f"'{ctype}' is incomplete here", node.span)
    if node.qualifier is not None and isinstance(cxx.plain(node.qualifier), cxx.ClassType):
        from cudawasm.frontend.conversions import upcast

        if info.derives_from(cxx.class_info(cxx.plain(node.qualifier))) is None:
            fn.fail("E0216", f"'{node.qualifier}' is no base of '{ctype}'", node.span)
        base = upcast(fn, base, cxx.plain(node.qualifier))  # type: ignore[arg-type]
        info = cxx.class_info(base.type)
    symbols = info.scope.local(node.name)
    if not symbols:
        fn.fail("E0216", f"'{ctype}' has no member '{node.name}'", node.span)
    first = symbols[0]
    match first:
        case FieldInfo() | IndirectField():
            return member_of(fn, base, first, node.name)
        case FunctionDecl():
            decls = [s for s in symbols if isinstance(s, FunctionDecl)]
            return Value(cxx.VOID, functions=FunctionSet(decls, node.args, base, node.name))
        case VariableDecl():
            return fn.sema.variables.value(first, node.span)
        case ConstantSymbol():
            return _constant(first)
    fn.fail("E0216", f"'{node.name}' is not a data member or function", node.span)


def _arrow(fn: FunctionLowering, base: Value) -> Value:
    from cudawasm.frontend.operators import dereference, overloaded_arrow

    if isinstance(base.type, cxx.ClassType):
        base = overloaded_arrow(fn, base)
    return dereference(fn, base)


def member_of(fn: FunctionLowering, base: Value, field: FieldInfo | IndirectField, name: str) -> Value:
    """A data member of an object, searched in its bases too."""
    if isinstance(field, IndirectField):
        for step in field.path:
            base = member_of(fn, base, step, name)
        return base
    base = _as_owner(fn, base, field)
    const = cxx.is_const(base.ctype) and not field.mutable
    ctype = cxx.qualified(field.ctype, const, cxx.is_volatile(base.ctype))
    info = cxx.class_info(base.type)
    bits = BitField(field.bit_offset, field.bit_width) if field.bit_offset >= 0 else None
    if base.place is not None:
        place = base.place if info.transparent else nodes.Member(base.place, field.index)
        if isinstance(field.ctype, cxx.ReferenceTo):
            return lvalue(field.ctype.target, fold.deref(_typed(nodes.Load(place), field.ctype)))
        return Value(ctype, place, None, base.is_xvalue, bits)
    expr = fn.load(base)
    if bits is not None or info.is_union:
        place = nodes.Member(fn.place_of(base), field.index)
        return rvalue(ctype, fn.load(Value(ctype, place, None, False, bits)))
    member = expr if info.transparent else fold.extract(expr, field.index)
    if isinstance(field.ctype, cxx.ReferenceTo):
        return lvalue(field.ctype.target, fold.deref(_typed(member, field.ctype)))
    if isinstance(member.type, kir.Pointer) and not isinstance(member, nodes.Const):
        member = _typed(member, field.ctype)
    return rvalue(ctype, member)


def _typed(pointer: nodes.Expr, ctype: cxx.CType) -> nodes.Expr:
    """A pointer read from a member, with its pointee as C++ knows it."""
    wanted = cxx.kir_type(ctype)
    assert isinstance(pointer.type, kir.Pointer) and isinstance(wanted, kir.Pointer)
    return fold.cast(kir.Pointer(wanted.pointee, pointer.type.space), pointer)


def _as_owner(fn: FunctionLowering, base: Value, field: FieldInfo) -> Value:
    """The (base) object that declares a field."""
    from cudawasm.frontend.conversions import upcast

    info = cxx.class_info(base.type)
    if any(f is field for f in info.fields):
        return base
    for parent in info.bases:
        if _declares(parent.ctype, field):
            return _as_owner(fn, upcast(fn, base, parent.ctype), field)
    fn.fail("E0216", f"'{base.ctype}' has no member '{field.name}'")


def _declares(ctype: cxx.ClassType, field: FieldInfo) -> bool:
    return any(f is field for f in ctype.info.fields) or any(_declares(b.ctype, field) for b in ctype.info.bases)


# --- sizeof, traits --------------------------------------------------------------------------------


def _size_of(fn: FunctionLowering, node: syntax.SizeOf) -> Value:
    ctype = node.ctype
    if ctype is None:
        assert node.operand is not None
        ctype = fn.sema.unevaluated_in(fn, node.operand).ctype
    number = cxx.size_of(ctype) if node.what == "sizeof" else cxx.align_of(ctype)
    return rvalue(cxx.ULONG, fold.constant(kir.U64, number))


_UNARY_TRAITS: dict[str, Callable[[cxx.CType], bool]] = {
    "__is_class": lambda t: isinstance(cxx.unqualified(t), cxx.ClassType),
    "__is_enum": lambda t: isinstance(cxx.unqualified(t), cxx.EnumType),
    "__is_union": lambda t: isinstance(b := cxx.unqualified(t), cxx.ClassType) and b.info.is_union,
    "__is_integral": lambda t: cxx.is_integer(cxx.unqualified(t)),
    "__is_floating": lambda t: cxx.is_floating(cxx.unqualified(t)),
    "__is_arithmetic": lambda t: cxx.is_arithmetic(cxx.unqualified(t)),
    "__is_signed": lambda t: isinstance(b := cxx.unqualified(t), cxx.Arithmetic) and b.scalar.kind in ("int", "float"),
    "__is_unsigned": lambda t: (
        isinstance(b := cxx.unqualified(t), cxx.Arithmetic) and b.scalar.kind in ("uint", "bool")
    ),
    "__is_const": cxx.is_const,
    "__is_pointer": lambda t: isinstance(cxx.unqualified(t), cxx.PointerTo),
    "__is_member_pointer": lambda t: isinstance(cxx.unqualified(t), cxx.MemberPointer),
    "__is_member_object_pointer": lambda t: (
        isinstance(b := cxx.unqualified(t), cxx.MemberPointer) and not isinstance(b.pointee, cxx.FunctionType)
    ),
    "__is_member_function_pointer": lambda t: (
        isinstance(b := cxx.unqualified(t), cxx.MemberPointer) and isinstance(b.pointee, cxx.FunctionType)
    ),
    "__is_reference": lambda t: isinstance(t, cxx.ReferenceTo),
    "__is_lvalue_reference": lambda t: isinstance(t, cxx.ReferenceTo) and not t.rvalue,
    "__is_array": lambda t: isinstance(t, cxx.ArrayOf),
    "__is_void": lambda t: isinstance(cxx.unqualified(t), cxx.VoidType),
    "__is_function": lambda t: isinstance(t, cxx.FunctionType),
}


def _trait(fn: FunctionLowering, node: syntax.TypeTrait) -> Value:
    first = node.types[0]
    if node.name in _UNARY_TRAITS:
        result = _UNARY_TRAITS[node.name](first)
    elif node.name == "__is_same":
        result = first == node.types[1]
    elif node.name == "__is_base_of":
        base, derived = cxx.unqualified(first), cxx.unqualified(node.types[1])
        result = (
            isinstance(base, cxx.ClassType)
            and isinstance(derived, cxx.ClassType)
            and derived.info.derives_from(base.info) is not None
        )
    elif node.name == "__is_convertible":
        from cudawasm.frontend import conversions

        source = Value(cxx.without_reference(first), place=None, expr=None)
        result = conversions.rank(fn.sema, source, node.types[1]) is not None
    elif node.name == "__is_empty":
        base = cxx.unqualified(first)
        result = isinstance(base, cxx.ClassType) and not list(base.info.all_fields())
    else:  # trivially copyable and its relatives
        base = cxx.unqualified(first)
        result = not isinstance(base, cxx.ClassType) or fn.sema.classes.is_trivially_copyable(base.info)
    return rvalue(cxx.BOOL, fold.constant(kir.BOOL, result))


def _init_list(fn: FunctionLowering, node: syntax.InitList) -> Value:
    return Value(cxx.VOID, elements=node)


def _refused(fn: FunctionLowering, node: syntax.New) -> Value:
    fn.fail("E0302", f"'{node.what}' in device code is not supported", node.span)


_HANDLERS: dict[type, Callable[[FunctionLowering, Any], Value]] = {
    syntax.Literal: _literal,
    syntax.StringLiteral: _string,
    syntax.This: _this,
    syntax.Name: _name,
    syntax.MemberAccess: _member,
    syntax.SizeOf: _size_of,
    syntax.TypeTrait: _trait,
    syntax.InitList: _init_list,
    syntax.New: _refused,
}


def handles(node_type: type) -> Callable[[Any], Any]:
    """Register the lowering of one node type."""

    def register(handler: Any) -> Any:
        _HANDLERS[node_type] = handler
        return handler

    return register
