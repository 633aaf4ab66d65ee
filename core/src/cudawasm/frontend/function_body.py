"""Lowering one function: its parameters, a constructor's initialisers, and its body."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from cudawasm.errors import CompileError
from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend import fold, initialise, syntax
from cudawasm.frontend.conversions import bind_reference, upcast
from cudawasm.frontend.expressions import lower, member_of
from cudawasm.frontend.functions import Instance, Signature
from cudawasm.frontend.labels import finished, wanted_labels
from cudawasm.frontend.lifetimes import by_address, end_expression, lifetime, parameter_type, parts
from cudawasm.frontend.lowering import FunctionLowering
from cudawasm.frontend.parse_expressions import Parser
from cudawasm.frontend.parse_types import Parameter
from cudawasm.frontend.statements import Statements
from cudawasm.frontend.symbols import ClassInfo, FunctionDecl, PackSymbol, Range, Scope, Symbol, ValueSymbol
from cudawasm.frontend.values import Value, lvalue
from cudawasm.frontend.zeros import zero
from cudawasm.ir import nodes
from cudawasm.ir import types as kir
from cudawasm.source import Span

if TYPE_CHECKING:
    from cudawasm.frontend.sema import Sema


@contextmanager
def located(fn: FunctionLowering) -> Iterator[None]:
    """An error that knows no place of its own is at the statement that led to it."""
    try:
        yield
    except CompileError as error:
        first = error.diagnostics[0]
        if first.span is not None or fn.span is None:
            raise
        raise CompileError([replace(first, span=fn.span), *error.diagnostics[1:]]) from None


def lower_function(sema: Sema, instance: Instance, span: Span | None) -> nodes.Function:
    """The KIR of a function. Deduces ``instance.result`` if its type is ``auto``."""
    decl, signature = sema.functions.definition(instance, span)
    if decl.owner is not None:
        decl.owner.try_complete()
    fn = FunctionLowering(sema, Scope("block", signature.scope), instance.kir_name)
    fn.display = sema.functions.display(instance)
    fn.span = decl.header.first.span
    fn.is_kernel = "__global__" in instance.decl.qualifiers
    fn.result = signature.result
    params: list[nodes.Var] = []
    if instance.takes_this:
        params.append(_bind_this(fn, instance))
    params += _bind_parameters(fn, signature, fn.is_kernel)
    fn.params = frozenset(params)
    assert decl.body is not None
    body = Statements(fn, Range(decl.body.tokens, decl.body.start + 1, decl.body.end - 1))
    fn.labels.wanted = wanted_labels(decl.body)
    with located(fn), lifetime(fn):
        if decl.name.startswith("~"):  # it destroys the parts of its object too
            assert fn.this is not None
            fn.cleanups[-1] += parts(fn, cxx.class_info(fn.this.type), _mutable(fn.this))
        if decl.name == "<constructor>":
            _initialise_members(fn, decl)
        body.sequence(decl.body.end - 1)
    with located(fn):
        kir_body = finished(fn)
    if initialise.is_placeholder(fn.result):
        fn.result = cxx.VOID
    if instance.result is None:
        instance.result = fn.result
    if fn.is_kernel and not isinstance(fn.result, cxx.VoidType):
        fn.fail("E0211", "a kernel must return void", decl.header.first.span)
    return nodes.Function(
        name=instance.kir_name,
        params=tuple(params),
        result=cxx.kir_type(fn.result),
        body=kir_body,
        is_kernel=fn.is_kernel,
        display=fn.display,
        launch_bounds=_launch_bounds(fn, signature),
        span=decl.header.first.span,
    )


def _bind_this(fn: FunctionLowering, instance: Instance) -> nodes.Var:
    owner = instance.decl.owner
    assert owner is not None
    ctype = cxx.qualified(cxx.ClassType(owner), const=instance.signature.const_this)
    var = nodes.Var(fn.unique("this"), kir.Pointer(cxx.kir_type(ctype)))
    value = lvalue(ctype, nodes.Deref(nodes.Load(nodes.VarPlace(var))))
    if owner.closure is None:
        fn.this = value
        return var
    fn.closure = lvalue(cxx.ClassType(owner), value.place) if owner.closure.mutable else value  # type: ignore[arg-type]
    captured_this = owner.closure.this_field
    if captured_this is not None:
        captured = member_of(fn, fn.closure, captured_this, "this")
        is_pointer = isinstance(captured_this.ctype, cxx.PointerTo)
        fn.this = lvalue(captured_this.ctype.pointee, fold.deref(fn.load(captured))) if is_pointer else captured
    return var


def _bind_parameters(fn: FunctionLowering, signature: Signature, is_kernel: bool) -> list[nodes.Var]:
    params: list[nodes.Var] = []
    packs: dict[str, list[Symbol]] = {}
    for parameter in signature.params:
        var, symbol = _parameter(fn, parameter, is_kernel)
        params.append(var)
        if parameter.pack:
            packs.setdefault(parameter.name, []).append(symbol)
        elif parameter.name:
            fn.scope.bind(parameter.name, symbol)
    for name, symbols in packs.items():
        fn.scope.bind(name, PackSymbol(symbols))
    return params


def _parameter(fn: FunctionLowering, parameter: Parameter, is_kernel: bool) -> tuple[nodes.Var, ValueSymbol]:
    ctype = parameter.ctype
    if isinstance(cxx.unqualified(ctype), cxx.ArrayOf):
        fn.fail("E0211", f"parameter '{parameter.name}' has no complete type", parameter.span)
    type_ = cxx.kir_type(ctype) if is_kernel else parameter_type(fn.sema, ctype)
    if is_kernel:
        if isinstance(ctype, cxx.ReferenceTo):
            fn.fail("E0315", "a kernel's parameter cannot be a reference", parameter.span)
        if isinstance(type_, kir.Pointer):
            type_ = kir.Pointer(type_.pointee, kir.Space.GLOBAL)
    var = nodes.Var(fn.unique(parameter.name or "unnamed"), type_, span=parameter.span)
    place = nodes.VarPlace(var)
    if isinstance(ctype, cxx.ReferenceTo):
        value = lvalue(ctype.target, nodes.Deref(nodes.Load(place)))
        return var, ValueSymbol(value, ctype)
    if not is_kernel and by_address(fn.sema, ctype):
        return var, ValueSymbol(lvalue(ctype, nodes.Deref(nodes.Load(place))))
    return var, ValueSymbol(lvalue(ctype, place))


def _launch_bounds(fn: FunctionLowering, signature: Signature) -> nodes.LaunchBounds | None:
    if signature.specifiers is None or not signature.specifiers.bounds:
        return None
    numbers = []
    for area in signature.specifiers.bounds:
        node = Parser(fn.sema, area, signature.scope).conditional()
        numbers.append(int(fn.sema.constant(node, signature.scope).value))
    return nodes.LaunchBounds(numbers[0], numbers[1] if len(numbers) > 1 else 0)


# --- constructors ----------------------------------------------------------------------------------


def _initialise_members(fn: FunctionLowering, decl: FunctionDecl) -> None:
    """Bases and members in the order of their declaration, as C++ does."""
    assert fn.this is not None
    info = cxx.class_info(fn.this.type)
    info.try_complete()
    given = _written_initialisers(fn, decl, info)
    if info.name in given:  # a delegating constructor
        initialise.construct_in_place(fn, _mutable(fn.this), _direct_arguments(fn, given[info.name]))
        return
    for base in info.bases:
        key = id(base.ctype.info)
        target = upcast(fn, _mutable(fn.this), base.ctype)
        if key in given:
            initialise.initialise(fn, target, given[key])
        else:
            initialise.default_construct(fn, target)
    for member in info.fields:
        if member.name and member.name in given:
            _initialise_member(fn, member.name, given[member.name], info)
        else:
            initialise.initialise_member(fn, _mutable(fn.this), member)
        end_expression(fn)
    for name, init in given.items():
        if isinstance(name, str) and not any(f.name == name for f in info.fields):
            target = member_of(fn, _mutable(fn.this), info.scope.local(name)[0], name)  # type: ignore[arg-type]
            initialise._initialise_any(fn, target, init)


def _mutable(value: Value) -> Value:
    return Value(cxx.unqualified(value.ctype), value.place)


def _direct_arguments(fn: FunctionLowering, init: initialise.Initialiser) -> list[Value]:
    from cudawasm.frontend.calls import arguments

    return arguments(fn, init.items.items if init.items is not None else init.nodes)


def _initialise_member(fn: FunctionLowering, name: str, init: initialise.Initialiser, info: ClassInfo) -> None:
    assert fn.this is not None
    field = next(f for f in info.fields if f.name == name)
    target = initialise.member_place(fn, _mutable(fn.this), field)
    if isinstance(field.ctype, cxx.ReferenceTo):
        node = init.items.items[0] if init.items is not None else init.nodes[0]
        bound = bind_reference(fn, lower(fn, node), field.ctype)
        assert target.place is not None
        fn.emit(nodes.Assign(target.place, fn.coerced(fold.address_of(fn.place_of(bound)), target.place.type)))
        return
    if isinstance(target.type, (cxx.ClassType, cxx.ArrayOf)):
        if init.kind == "direct" and not init.nodes:
            assert target.place is not None
            fn.store(target, zero(target.ctype))
            if isinstance(target.type, cxx.ArrayOf):
                init = initialise.Initialiser("none")
        initialise.initialise(fn, target, init)
        return
    if not init.nodes and (init.items is None or not init.items.items):
        fn.store(target, zero(target.ctype))
        return
    fn.store(target, fn.load(initialise._scalar_value(fn, target.ctype, init, None)))


def _written_initialisers(
    fn: FunctionLowering, decl: FunctionDecl, info: ClassInfo
) -> dict[object, initialise.Initialiser]:
    """``: a(1), Base<T>(x)`` by member name, or by the identity of a base class."""
    found: dict[object, initialise.Initialiser] = {}
    if decl.initialisers is None:
        return found
    parser = Parser(fn.sema, decl.initialisers, fn.scope)
    while not parser.finished:
        name = parser.text
        base = None
        if not any(f.name == name for f in info.fields):
            base = _base_named(parser, info)
        else:
            parser.advance()
        if parser.at("{"):
            init = initialise.Initialiser("list", [], parser.init_list())
        elif parser.at("("):
            init = initialise.Initialiser("direct", parser.call_arguments())
        else:
            parser.fail("E0202", "expected '(' or '{' in a member initialiser")
        parser.accept("...")
        found[base if base is not None else name] = init
        if not parser.accept(","):
            break
    return found


def _base_named(parser: Parser, info: ClassInfo) -> object | None:
    """Identity of the base class named here; None for a delegating or anonymous-member initialiser."""
    start = parser.position
    if parser.at_type():
        named = parser.qualified_name()
        base = cxx.plain(named) if not isinstance(named, syntax.Name) else None
        if isinstance(base, cxx.ClassType) and base.info is not info:
            return id(base.info)
        return None
    parser.position = start
    name = parser.expect_name()
    if not info.scope.local(name.text):
        parser.fail("E0216", f"'{info.display}' has no member '{name.text}'", name.span)
    return None
