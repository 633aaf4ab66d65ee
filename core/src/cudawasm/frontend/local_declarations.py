"""Lowering the declarations of local variables: plain, shared, static, references and structured bindings."""

from __future__ import annotations

from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend import fold, initialise, syntax
from cudawasm.frontend.angles import initializer_end
from cudawasm.frontend.conversions import bind_reference
from cudawasm.frontend.expressions import lower, lower_place, member_of
from cudawasm.frontend.lifetimes import declared, extended, has_end
from cudawasm.frontend.lowering import FunctionLowering
from cudawasm.frontend.member_pointers import function_of
from cudawasm.frontend.parse_expressions import Parser
from cudawasm.frontend.parse_types import Specifiers
from cudawasm.frontend.symbols import Range, ValueSymbol
from cudawasm.frontend.values import Value, lvalue
from cudawasm.ir import nodes
from cudawasm.ir import types as kir


def declare(fn: FunctionLowering, parser: Parser, specifiers: Specifiers) -> Value | None:
    """One declarator with its initialiser; returns the variable."""
    if parser.at("[", "&", "&&") and initialise.is_placeholder(specifiers.ctype) and _is_binding(parser):
        _structured_binding(fn, parser, specifiers)
        return None
    declarator = parser.declarator(specifiers.ctype)
    fn.span = declarator.token.span
    name, ctype = declarator.name, declarator.ctype
    if not name:
        parser.fail("E0202", f"expected a name before '{parser.text}'")
    if isinstance(ctype, cxx.FunctionType):
        fn.scope.bind(name, fn.sema.declarations.local_function(parser, declarator))
        return None
    if "constexpr" in specifiers.words:
        ctype = cxx.qualified(ctype, const=True)
    return _declared_value(fn, parser, name, ctype, specifiers)


def _declared_value(fn: FunctionLowering, parser: Parser, name: str, ctype: cxx.CType, specifiers: Specifiers) -> Value:
    words = specifiers.words
    if "__shared__" in words:
        value = fn.sema.variables.shared(name, ctype, specifiers, None)
        if parser.at("=", "{"):
            fn.fail("E0310", f"shared variable '{name}' cannot have an initialiser")
        fn.scope.bind(name, ValueSymbol(value))
        return value
    if isinstance(ctype, cxx.ReferenceTo):
        return _reference(fn, parser, name, ctype)
    if isinstance(cxx.unqualified(ctype), cxx.Placeholder) and cxx.unqualified(ctype) != cxx.AUTO:
        return _declared_value(fn, parser, name, _type_of_initialiser(fn, parser, name), specifiers)
    if "static" in words or ("constexpr" in words and isinstance(cxx.unqualified(ctype), (cxx.ArrayOf, cxx.ClassType))):
        return _static(fn, parser, name, ctype, specifiers)
    start = parser.position
    if parser.at("=", "{", "(") or _constructs(fn, ctype):
        _must_not_be_passed(fn, name)
    if not initialise.is_placeholder(ctype) and not isinstance(
        cxx.unqualified(ctype), (cxx.VoidType, cxx.DeducedClass)
    ):
        fn.scope.bind(name, ValueSymbol(Value(ctype)))  # in its own initialiser only the type is known
    ctype, var = initialise.declare_variable(fn, name, ctype, parser)
    var.align = max(var.align, specifiers.alignment)
    value = lvalue(ctype, nodes.VarPlace(var))
    if cxx.is_const(ctype) and fn.out and isinstance(fn.out[-1], nodes.Declare) and fn.out[-1].var is var:
        init = fn.out[-1].init
        if isinstance(init, nodes.Const):
            value.constant = init
        elif "constexpr" in words and function_of(ctype) is None:
            area = Range(parser.tokens, start, parser.position)
            value.constant = _constexpr_value(fn, area)
    elif "constexpr" in words and isinstance(cxx.unqualified(ctype), cxx.Arithmetic):
        value.constant = _constexpr_value(fn, Range(parser.tokens, start, parser.position))
    fn.scope.bind(name, ValueSymbol(value))
    declared(fn, value)
    return value


def _type_of_initialiser(fn: FunctionLowering, parser: Parser, name: str) -> cxx.CType:
    """What ``decltype(auto)`` stands for; the initialiser is read again afterwards."""
    start = parser.position
    init = initialise.parse_initialiser(parser)
    parser.position = start
    if init.kind != "copy":
        fn.fail("E0211", f"'{name}' needs an initialiser from which its type follows")
    ctype = fn.sema.decltype(init.nodes[0], fn.scope)
    bracket = parser.tokens[start + 1]
    if (
        bracket.text == "("
        and parser.tokens[bracket.match + 1].text in (";", ",")
        and isinstance(init.nodes[0], (syntax.Name, syntax.MemberAccess))
    ):
        return cxx.ReferenceTo(cxx.without_reference(ctype))  # (x) is an lvalue where x is a name
    return ctype


def _constructs(fn: FunctionLowering, ctype: cxx.CType) -> bool:
    """Whether a variable of this type without an initialiser runs code when it is made or destroyed."""
    base = cxx.unqualified(ctype)
    while isinstance(base, cxx.ArrayOf):
        base = cxx.unqualified(base.element)
    if not isinstance(base, cxx.ClassType):
        return False
    return fn.sema.classes.needs_initialising(base.info) or has_end(fn, base)


def _must_not_be_passed(fn: FunctionLowering, name: str) -> None:
    if fn.initialised:
        fn.initialised[-1].append(name)


def _constexpr_value(fn: FunctionLowering, area: Range) -> nodes.Const | None:
    init = initialise.parse_initialiser(Parser(fn.sema, area, fn.scope))
    if init.kind == "copy" or (init.kind == "direct" and len(init.nodes) == 1):
        return fn.sema.constant(init.nodes[0], fn.scope)
    return None


def _reference(fn: FunctionLowering, parser: Parser, name: str, ctype: cxx.ReferenceTo) -> Value:
    _must_not_be_passed(fn, name)
    init = initialise.parse_initialiser(parser)
    if init.kind == "list":
        assert init.items is not None
        init = initialise.Initialiser("copy", init.items.items)
    if len(init.nodes) != 1:
        fn.fail("E0211", f"reference '{name}' needs an initialiser")
    value = lower_place(fn, init.nodes[0])
    full: cxx.CType = ctype
    if initialise.is_placeholder(ctype):
        full = initialise.deduce_auto(fn, ctype, value)
    assert isinstance(full, cxx.ReferenceTo)
    bound = fn.stabilised(bind_reference(fn, value, full))
    extended(fn, bound.place)
    fn.scope.bind(name, ValueSymbol(bound, full))
    return bound


def _static(fn: FunctionLowering, parser: Parser, name: str, ctype: cxx.CType, specifiers: Specifiers) -> Value:
    start = parser.position
    parser.position = initializer_end(parser.tokens, start, parser.end)
    area = Range(parser.tokens, start, parser.position)
    if not cxx.is_const(ctype) and not specifiers.words & {"__device__", "__constant__", "constexpr"}:
        fn.fail("E0311", f"static local variable '{name}' must be const in device code")
    first = parser.tokens[start]
    within = f"{fn.display} {first.file.name} {first.start}"
    value = fn.sema.variables._define(name, ctype, specifiers, area, fn.scope, fn.span, specifiers.words, within)
    fn.scope.bind(name, ValueSymbol(value))
    return value


def _is_binding(parser: Parser) -> bool:
    position = parser.position
    if parser.tokens[position].text in ("&", "&&"):
        position += 1
    return parser.tokens[position].text == "["


def _structured_binding(fn: FunctionLowering, parser: Parser, specifiers: Specifiers) -> None:
    by_reference = parser.accept("&") or parser.accept("&&")
    area = parser.group()
    names = [t.text for t in area.tokens[area.start : area.end] if t.kind == "id"]
    _must_not_be_passed(fn, names[0] if names else "")
    init = initialise.parse_initialiser(parser)
    given = init.items.items if init.items is not None else init.nodes
    if len(given) != 1:
        fn.fail("E0211", "a structured binding needs an initialiser")
    bind_parts(fn, names, lower(fn, given[0]), by_reference, cxx.is_const(specifiers.ctype))


def bind_parts(fn: FunctionLowering, names: list[str], value: Value, by_reference: bool, const: bool) -> None:
    """``auto [a, b] = value``: names for the elements or members of a copy, or of the object itself."""
    if not by_reference:
        base = cxx.unqualified(value.ctype)
        if isinstance(base, cxx.ArrayOf):
            var = fn.declare("binding", cxx.kir_type(base), nodes.Load(fn.place_of(value)))
        else:
            var = fn.declare("binding", cxx.kir_type(base), initialise.copied(fn, value, base))
        value = lvalue(cxx.qualified(base, const), nodes.VarPlace(var))
        declared(fn, value)
    else:
        value = fn.stabilised(Value(cxx.qualified(value.ctype, const), fn.place_of(value)))
        extended(fn, value.place)
    for position, name in enumerate(names):
        fn.scope.bind(name, ValueSymbol(_bound_part(fn, value, position, len(names))))


def _bound_part(fn: FunctionLowering, value: Value, position: int, count: int) -> Value:
    if isinstance(value.type, cxx.ArrayOf):
        assert value.place is not None
        index = fold.constant(kir.I32, position)
        return lvalue(value.type.element, nodes.Index(value.place, index))
    if not isinstance(value.type, cxx.ClassType) or len(list(value.type.info.all_fields())) != count:
        fn.fail("E0211", f"'{value.ctype}' does not have {count} members to bind")
    member = value.type.info.fields[position]
    return member_of(fn, value, member, member.name)
