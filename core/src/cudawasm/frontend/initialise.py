"""Initialising objects: variables, members, temporaries, braced lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend import fold, member_pointers, syntax
from cudawasm.frontend.class_deduction import deduced_class
from cudawasm.frontend.conversions import bind_reference, convert, rank, upcast
from cudawasm.frontend.expressions import handles, lower
from cudawasm.frontend.lifetimes import has_end, made, taken
from cudawasm.frontend.parse_expressions import Parser
from cudawasm.frontend.symbols import ClassInfo, FieldInfo, FunctionDecl
from cudawasm.frontend.values import FunctionSet, Value, lvalue, rvalue
from cudawasm.frontend.zeros import zero
from cudawasm.ir import nodes
from cudawasm.ir import types as kir

if TYPE_CHECKING:
    from cudawasm.frontend.lowering import FunctionLowering


@dataclass(slots=True)
class Initialiser:
    """``kind``: none, copy (``= x``), direct (``(a, b)``), list (``{..}`` or ``= {..}``)."""

    kind: str
    nodes: list[syntax.Node] = field(default_factory=list)
    items: syntax.InitList | None = None


def parse_initialiser(parser: Parser) -> Initialiser:
    """The initialiser at the parser's position."""
    if parser.accept("="):
        if parser.at("{"):
            return Initialiser("list", [], parser.init_list())
        return Initialiser("copy", [parser.assignment()])
    if parser.at("{"):
        return Initialiser("list", [], parser.init_list())
    if parser.at("("):
        return Initialiser("direct", parser.call_arguments())
    return Initialiser("none")


# --- variables -------------------------------------------------------------------------------------


def declare_variable(
    fn: FunctionLowering, name: str, ctype: cxx.CType, parser: Parser, keep_constant: bool = True
) -> tuple[cxx.CType, nodes.Var]:
    """Declare and initialise a local variable. Returns its deduced type and storage."""
    init = parse_initialiser(parser)
    ctype = deduced_class(fn, ctype, init.items.items if init.items is not None else init.nodes)
    value: Value | None = None
    if is_placeholder(ctype):
        value = _auto_value(fn, init)
        ctype = deduce_auto(fn, ctype, value)
    base = cxx.unqualified(ctype)
    if isinstance(base, cxx.ArrayOf) and base.count is None:
        ctype = base = cxx.ArrayOf(base.element, _list_length(fn, base, init))
    if isinstance(base, (cxx.ClassType, cxx.ArrayOf)):
        return ctype, _declare_object(fn, name, ctype, init, value)
    if isinstance(base, cxx.VoidType):
        fn.fail("E0211", f"'{name}' cannot have type void")
    expr = None
    if init.kind != "none":
        expr = fn.load(_scalar_value(fn, ctype, init, value))
    type_ = cxx.kir_type(base)
    return ctype, fn.declare(name, type_, expr, cxx.is_volatile(ctype))


def is_placeholder(ctype: cxx.CType) -> bool:
    """``auto``, ``const auto``, ``auto*``, ``auto&``..."""
    match ctype:
        case cxx.Placeholder():
            return True
        case cxx.Qualified(base=inner) | cxx.PointerTo(pointee=inner) | cxx.ReferenceTo(target=inner):
            return is_placeholder(inner)
        case cxx.MemberPointer(pointee=inner):
            return is_placeholder(inner)
    return False


def _auto_value(fn: FunctionLowering, init: Initialiser) -> Value:
    if init.kind == "list":
        assert init.items is not None
        if len(init.items.items) != 1:
            fn.fail("E0211", "'auto' needs an initialiser of one value")
        return lower(fn, init.items.items[0])
    if len(init.nodes) != 1:
        fn.fail("E0211", "'auto' needs an initialiser")
    return lower(fn, init.nodes[0])


def deduce_auto(fn: FunctionLowering, pattern: cxx.CType, value: Value) -> cxx.CType:
    """The type that ``auto`` stands for, put into its pattern."""
    if value.functions is not None:
        return _deduced_pointer(fn, pattern, value.functions)
    if value.elements is not None:
        fn.fail("E0211", "'auto' cannot be deduced from a braced list")
    match pattern:
        case cxx.Placeholder(decltype=True):
            return cxx.ReferenceTo(value.ctype) if value.place is not None else value.ctype
        case cxx.Placeholder():
            return cxx.decayed(value.ctype)
        case cxx.Qualified(base=base, const=const, volatile=volatile):
            return cxx.qualified(deduce_auto(fn, base, value), const, volatile)
        case cxx.ReferenceTo(target=target, rvalue=is_rvalue):
            inner = value.ctype
            if isinstance(target, cxx.PointerTo):
                inner = deduce_auto(fn, target, value)
            if cxx.is_const(target):
                inner = cxx.qualified(inner, const=True)
            return cxx.ReferenceTo(inner, is_rvalue and not value.is_lvalue)
        case cxx.PointerTo(pointee=pointee):
            have = cxx.decayed(value.ctype)
            if not isinstance(have, cxx.PointerTo):
                fn.fail("E0207", f"'auto*' does not fit '{value.ctype}'")
            inner = have.pointee
            if isinstance(pointee, cxx.Qualified):
                inner = cxx.qualified(inner, pointee.const, pointee.volatile)
            return cxx.PointerTo(inner)
        case cxx.MemberPointer(owner=owner, pointee=pointee):
            if not isinstance(value.type, cxx.MemberPointer):
                fn.fail("E0207", f"'{pattern}' does not fit '{value.ctype}'")
            return cxx.MemberPointer(owner, deduce_auto(fn, pointee, Value(value.type.pointee)))
    return pattern


def _deduced_pointer(fn: FunctionLowering, pattern: cxx.CType, functions: FunctionSet) -> cxx.CType:
    """The type of ``auto p = f``."""
    pointer: cxx.CType | None = member_pointers.named_type(fn.sema, functions)
    if pointer is None:
        instance = fn.sema.pointers.only(functions)
        if instance is None:
            fn.fail("E0307", f"'auto' needs one function; '{functions.name}' is overloaded or a member")
        pointer = cxx.PointerTo(fn.sema.pointers.type_of(instance))
    match pattern:
        case cxx.Qualified(base=cxx.Placeholder(), const=const, volatile=volatile):
            return cxx.qualified(pointer, const, volatile)
        case cxx.Placeholder() | cxx.PointerTo(pointee=cxx.Placeholder()):
            return pointer
        case cxx.ReferenceTo(target=cxx.Placeholder()):  # its only use is to call it
            return cxx.qualified(pointer, const=True)
    fn.fail("E0207", f"'{pattern}' does not fit a function")


def _list_length(fn: FunctionLowering, ctype: cxx.ArrayOf, init: Initialiser) -> int:
    if init.kind == "list":
        assert init.items is not None
        items = init.items.items
        if len(items) == 1 and isinstance(items[0], syntax.StringLiteral):
            return len(items[0].value) + 1
        per_element = 1
        if (
            isinstance(cxx.unqualified(ctype.element), (cxx.ArrayOf,))
            and items
            and not isinstance(items[0], syntax.InitList)
        ):
            inner = cxx.unqualified(ctype.element)
            assert isinstance(inner, cxx.ArrayOf)
            per_element = inner.count
        return -(-len(items) // per_element)
    if init.kind == "copy" and isinstance(init.nodes[0], syntax.StringLiteral):
        return len(init.nodes[0].value) + 1
    fn.fail("E0211", "an array needs a size")


def _scalar_value(fn: FunctionLowering, ctype: cxx.CType, init: Initialiser, value: Value | None) -> Value:
    if value is None:
        if init.kind == "list":
            assert init.items is not None
            return from_list(fn, cxx.unqualified(ctype), init.items)
        if len(init.nodes) != 1:
            fn.fail("E0207", f"'{ctype}' takes one value")
        value = lower(fn, init.nodes[0])
    return convert(fn, value, cxx.unqualified(ctype))


def _declare_object(
    fn: FunctionLowering, name: str, ctype: cxx.CType, init: Initialiser, value: Value | None
) -> nodes.Var:
    base = cxx.unqualified(ctype)
    type_ = cxx.kir_type(base)
    if init.kind == "copy" and isinstance(base, cxx.ClassType):
        if value is None:
            value = lower(fn, init.nodes[0])
        return fn.declare(name, type_, copied(fn, value, base), cxx.is_volatile(ctype))
    if value is not None and isinstance(base, cxx.ClassType):
        return fn.declare(name, type_, copied(fn, value, base), cxx.is_volatile(ctype))
    var = fn.declare(name, type_, None, cxx.is_volatile(ctype))
    initialise(fn, lvalue(base, nodes.VarPlace(var)), init)
    return var


def initialise(fn: FunctionLowering, target: Value, init: Initialiser) -> None:
    """Initialise the class object or array that ``target`` names."""
    match init.kind:
        case "none":
            default_construct(fn, target)
        case "list":
            assert init.items is not None
            fill(fn, target, init.items)
        case "copy":
            initialise_with(fn, target, lower(fn, init.nodes[0]))
        case "direct" if isinstance(target.type, cxx.ClassType):
            from cudawasm.frontend.calls import arguments

            construct_in_place(fn, target, arguments(fn, init.nodes))
        case _:
            fn.fail("E0207", f"'{target.ctype}' cannot be initialised like this")


def initialise_with(fn: FunctionLowering, target: Value, value: Value) -> None:
    """Copy-initialise an object from a value."""
    if value.elements is not None:
        fill(fn, target, value.elements)
        return
    if isinstance(target.type, cxx.ArrayOf):
        if value.string is not None:
            _fill_string(fn, target, value.string)
            return
        if value.type == target.type and value.place is not None:
            fn.store(target, nodes.Load(value.place))
            return
        fn.fail("E0207", "an array cannot be initialised from this")
    if isinstance(target.type, cxx.ClassType):
        fn.store(target, copied(fn, value, target.type))
        return
    fn.store(target, fn.load(convert(fn, value, target.type)))


# --- classes ---------------------------------------------------------------------------------------


def copied(fn: FunctionLowering, value: Value, ctype: cxx.CType) -> nodes.Expr:
    """A value that initialises an object: a copy of an lvalue, through user-written copy constructors where there are
    any, or what an rvalue holds."""
    base = cxx.unqualified(ctype)
    if isinstance(base, cxx.ClassType) and value.type == base and value.is_object:
        copies = fn.sema.classes.copy_constructors(base.info)
        if copies:
            value = lvalue(value.ctype, fn.place_of(value)) if value.place is None else value
            return taken(fn, fn.load(construct(fn, base, [value], explicit=False, candidates=copies)))
        if fn.sema.classes.copied_parts(base.info):
            return _copied_parts(fn, lvalue(value.ctype, fn.place_of(value)), base)
    return taken(fn, fn.load(convert(fn, value, base)))


def _copied_parts(fn: FunctionLowering, value: Value, ctype: cxx.ClassType) -> nodes.Expr:
    """An implicit copy: each base and member in its own way."""
    assert value.place is not None
    place = nodes.VarPlace(fn.declare("copy", cxx.kir_type(ctype), nodes.Load(value.place)))
    copy_parts(fn, lvalue(ctype, place), value)
    return nodes.Load(place)


def copy_parts(fn: FunctionLowering, target: Value, value: Value) -> None:
    """What an implicit copy constructor does besides copying bytes."""
    info = cxx.class_info(target.type)
    for base in info.bases:
        initialise_with(fn, upcast(fn, target, base.ctype), upcast(fn, value, base.ctype))
    for member in info.fields:
        ctype = cxx.unqualified(member.ctype)
        if isinstance(ctype, cxx.ClassType):
            initialise_with(fn, member_place(fn, target, member), member_place(fn, value, member))
        elif isinstance(ctype, cxx.ArrayOf) and isinstance(cxx.unqualified(ctype.element), cxx.ClassType):
            _copy_elements(fn, member_place(fn, target, member), member_place(fn, value, member), ctype)


def _copy_elements(fn: FunctionLowering, target: Value, value: Value, ctype: cxx.ArrayOf) -> None:
    assert target.place is not None and value.place is not None
    for position in range(ctype.count):
        index = fold.constant(kir.I32, position)
        element = lvalue(ctype.element, nodes.Index(value.place, index))
        initialise_with(fn, lvalue(cxx.unqualified(ctype.element), nodes.Index(target.place, index)), element)


def parameter_value(fn: FunctionLowering, value: Value, ctype: cxx.CType) -> Value:
    """An argument converted to a parameter's type."""
    if isinstance(ctype, cxx.ReferenceTo):
        return bind_reference(fn, value, ctype)
    base = cxx.unqualified(ctype)
    if isinstance(base, cxx.ClassType):
        return _temporary(fn, base, copied(fn, value, base))
    if value.is_text and isinstance(base, cxx.PointerTo):
        result = convert(fn, value, base)
        result.string, result.text = value.string, value.text
        return result
    return convert(fn, value, base)


def construct(
    fn: FunctionLowering,
    ctype: cxx.ClassType,
    args: list[Value],
    explicit: bool = False,
    candidates: Sequence[FunctionDecl] | None = None,
) -> Value:
    """A temporary of class type made from arguments."""
    info = ctype.info
    type_ = cxx.kir_type(ctype)
    if candidates is None:
        if len(args) == 1 and args[0].elements is None:
            have = args[0].type
            if have == ctype:
                return _temporary(fn, ctype, copied(fn, args[0], ctype))
            if isinstance(have, cxx.ClassType) and (fits := rank(fn.sema, args[0], ctype)) is not None and fits < 30:
                return convert(fn, args[0], ctype)
            if isinstance(have, cxx.ClassType) and not _takes(fn, info, args):
                return convert(fn, args[0], ctype, explicit=True)
        if not args and not fn.sema.classes.needs_initialising(info):
            return rvalue(ctype, zero(ctype))
    var = fn.declare("object", type_, None if _has_constructor(info) else zero(ctype))
    target = lvalue(ctype, nodes.VarPlace(var))
    construct_in_place(fn, target, args, candidates)
    made(fn, var, ctype)
    return rvalue(ctype, nodes.Load(nodes.VarPlace(var)))


def _temporary(fn: FunctionLowering, ctype: cxx.ClassType, expr: nodes.Expr) -> Value:
    """An object that nothing owns yet."""
    if has_end(fn, ctype):
        if not (isinstance(expr, nodes.Load) and isinstance(expr.place, nodes.VarPlace)):
            expr = nodes.Load(nodes.VarPlace(fn.declare("object", expr.type, expr)))
        assert isinstance(expr.place, nodes.VarPlace)
        made(fn, expr.place.var, ctype)
    return rvalue(ctype, expr)


def _takes(fn: FunctionLowering, info: ClassInfo, args: list[Value]) -> bool:
    return fn.sema.overloads.try_resolve(info.constructors, None, args) is not None


def _has_constructor(info: ClassInfo) -> bool:
    return any(not c.is_special for c in info.constructors)


def construct_in_place(
    fn: FunctionLowering, target: Value, args: list[Value], candidates: Sequence[FunctionDecl] | None = None
) -> None:
    """Run the constructor that takes these arguments on existing storage."""
    assert isinstance(target.type, cxx.ClassType)
    info = target.type.info
    info.try_complete()
    if candidates is None and len(args) == 1 and args[0].type == target.type:
        fn.store(target, copied(fn, args[0], target.type))
        return
    decls = list(candidates or info.constructors)
    if not any(not c.is_special for c in decls):
        if not args:
            default_members(fn, target)
            return
        if len(args) == 1:
            fn.store(target, copied(fn, args[0], target.type))
            return
        if fn.sema.classes.is_aggregate(info) and len(args) <= len(info.fields):
            for member, value in zip(info.fields, args, strict=False):
                initialise_with(fn, member_place(fn, target, member), value)
            return
    from cudawasm.frontend.calls import call_instance

    own = [d for d in decls if d.owner is info]
    instance = fn.sema.overloads.resolve(own if own and not args else decls, None, None, args, fn.span)
    if instance.decl.owner is info:
        call_instance(fn, instance, args, target)
        return
    for base in info.bases:  # an inherited constructor initialises its base, the rest is as by default
        if base.ctype.info.derives_from(instance.decl.owner) is not None:  # type: ignore[arg-type]
            construct_in_place(fn, upcast(fn, target, base.ctype), args)
        else:
            default_construct(fn, upcast(fn, target, base.ctype))
    for member in info.fields:
        initialise_member(fn, target, member)


def member_place(fn: FunctionLowering, target: Value, member: FieldInfo) -> Value:
    from cudawasm.frontend.expressions import member_of

    plain = Value(cxx.unqualified(target.ctype), target.place)
    if isinstance(member.ctype, cxx.ReferenceTo):
        assert target.place is not None
        return lvalue(member.ctype, nodes.Member(target.place, member.index))
    value = member_of(fn, plain, member, member.name)
    value.ctype = cxx.unqualified(value.ctype) if cxx.is_const(value.ctype) else value.ctype
    return value


def default_construct(fn: FunctionLowering, target: Value) -> None:
    """Default initialisation: runs constructors, otherwise leaves the storage undefined."""
    ctype = target.type
    if isinstance(ctype, cxx.ClassType):
        if fn.sema.classes.needs_initialising(ctype.info):
            construct_in_place(fn, target, [])
        return
    if isinstance(ctype, cxx.ArrayOf):
        element = cxx.unqualified(ctype.element)
        inner = element
        while isinstance(inner, cxx.ArrayOf):
            inner = cxx.unqualified(inner.element)
        if not isinstance(inner, cxx.ClassType) or not fn.sema.classes.needs_initialising(inner.info):
            return
        assert target.place is not None
        _for_each(fn, target, ctype, element)


def _for_each(fn: FunctionLowering, target: Value, ctype: cxx.ArrayOf, element: cxx.CType) -> None:
    """Default-construct every element in a loop."""
    assert target.place is not None
    var = fn.declare("i", kir.I32, fold.constant(kir.I32, 0))
    place = nodes.VarPlace(var)
    index = nodes.Load(place)
    with fn.block() as body:
        default_construct(fn, lvalue(element, nodes.Index(target.place, index)))
    step = nodes.Assign(place, fold.binary("add", index, fold.constant(kir.I32, 1)), fn.span)
    condition = fold.binary("lt", index, fold.constant(kir.I32, ctype.count))
    fn.emit(nodes.Loop(fn.label("each"), condition, tuple(body), (step,), 0, fn.span))


def default_members(fn: FunctionLowering, target: Value, done: frozenset[str] = frozenset()) -> None:
    """What an implicit constructor does: bases, then members with initialisers or constructors."""
    assert isinstance(target.type, cxx.ClassType)
    info = target.type.info
    for base in info.bases:
        if fn.sema.classes.needs_initialising(base.ctype.info):
            default_construct(fn, upcast(fn, target, base.ctype))
    for member in info.fields:
        initialise_member(fn, target, member)


def initialise_member(fn: FunctionLowering, target: Value, member: FieldInfo) -> None:
    """A member without an initialiser in the constructor."""
    place = member_place(fn, target, member)
    if member.initialiser is not None:
        assert isinstance(target.type, cxx.ClassType)
        outer_scope, outer_this = fn.scope, fn.this
        fn.scope, fn.this = target.type.info.scope, target
        parser = Parser(fn.sema, member.initialiser, fn.scope)
        _initialise_any(fn, place, parse_initialiser(parser))
        fn.scope, fn.this = outer_scope, outer_this
    elif not isinstance(member.ctype, cxx.ReferenceTo):
        default_construct(fn, place)


def _initialise_any(fn: FunctionLowering, place: Value, init: Initialiser) -> None:
    if isinstance(place.type, (cxx.ClassType, cxx.ArrayOf)):
        initialise(fn, place, init)
    else:
        fn.store(place, fn.load(_scalar_value(fn, place.ctype, init, None)))


@handles(syntax.PlacementNew)
def _placement_new(fn: FunctionLowering, node: syntax.PlacementNew) -> Value:
    """``new (place) T(args)``: an object of the program's own storage, without the step from place to object."""
    place = lower(fn, node.place)
    pointer = cxx.PointerTo(node.ctype)
    address = fn.temp(fn.load(convert(fn, convert(fn, place, cxx.PointerTo(cxx.VOID)), pointer, explicit=True)), "new")
    target = lvalue(cxx.unqualified(node.ctype), fold.deref(address))
    init = parse_initialiser(Parser(fn.sema, node.initialiser, node.scope))
    if init.kind == "direct" and not init.nodes:
        assert target.place is not None
        if not isinstance(target.type, cxx.ClassType) or not _has_constructor(target.type.info):
            fn.store(target, zero(target.ctype))
    if isinstance(target.type, cxx.ClassType):
        initialise(fn, target, init)
    elif init.nodes or init.items is not None:
        fn.store(target, fn.load(_scalar_value(fn, target.ctype, init, None)))
    return rvalue(pointer, address)


# --- braced lists ----------------------------------------------------------------------------------


def from_list(fn: FunctionLowering, ctype: cxx.CType, items: syntax.InitList) -> Value:
    """``T{...}`` as an rvalue."""
    if isinstance(ctype, cxx.ReferenceTo):
        ctype = cxx.unqualified(ctype.target)
    if isinstance(ctype, (cxx.ClassType, cxx.ArrayOf)):
        if isinstance(ctype, cxx.ArrayOf) and ctype.count is None:
            ctype = cxx.ArrayOf(ctype.element, _list_length(fn, ctype, Initialiser("list", [], items)))
        var = fn.declare("object", cxx.kir_type(ctype))
        fill(fn, lvalue(ctype, nodes.VarPlace(var)), items)
        made(fn, var, ctype)
        return rvalue(ctype, nodes.Load(nodes.VarPlace(var)))
    if not items.items:
        return rvalue(ctype, zero(ctype))
    if len(items.items) > 1:
        fn.fail("E0207", f"'{ctype}' takes one value", items.span)
    return convert(fn, lower(fn, items.items[0]), ctype)


@dataclass(slots=True)
class _Reader:
    """Items of a braced list; nested aggregates without braces take theirs from it in order."""

    items: list[syntax.Node]
    position: int = 0
    pending: Value | None = None

    @property
    def done(self) -> bool:
        return self.position >= len(self.items)


def fill(fn: FunctionLowering, target: Value, items: syntax.InitList) -> None:
    """Initialise an object from a braced list."""
    ctype = target.type
    if isinstance(ctype, cxx.ClassType):
        info = ctype.info
        info.try_complete()
        if len(items.items) == 1 and not items.designators and _copies(fn, items.items[0], ctype, target):
            return
        if not fn.sema.classes.is_aggregate(info):
            from cudawasm.frontend.calls import arguments

            construct_in_place(fn, target, arguments(fn, items.items))
            return
        if items.designators:
            _fill_designated(fn, target, info, items)
            return
    elif isinstance(ctype, cxx.ArrayOf) and len(items.items) == 1 and isinstance(items.items[0], syntax.StringLiteral):
        _fill_string(fn, target, items.items[0].value)
        return
    elif not isinstance(ctype, cxx.ArrayOf):
        fn.store(target, fn.load(from_list(fn, ctype, items)))
        return
    reader = _Reader(items.items)
    _fill_from(fn, target, reader)
    if not reader.done:
        fn.fail("E0207", f"too many values for '{ctype}'", items.span)


def _copies(fn: FunctionLowering, node: syntax.Node, ctype: cxx.ClassType, target: Value) -> bool:
    """``T x{other_t}`` copies."""
    if isinstance(node, (syntax.InitList, syntax.Literal, syntax.StringLiteral)):
        return False
    kind = fn.sema.unevaluated_in(fn, node)
    if kind.type != ctype:
        return False
    fn.store(target, copied(fn, lower(fn, node), ctype))
    return True


def _fill_designated(fn: FunctionLowering, target: Value, info: ClassInfo, items: syntax.InitList) -> None:
    given = dict(zip(items.designators, items.items, strict=True))
    unknown = set(given) - {f.name for f in info.fields}
    if unknown:
        fn.fail("E0216", f"'{info.display}' has no member '{min(unknown)}'", items.span)
    assert target.place is not None
    fn.store(target, zero(target.ctype))
    for member in info.fields:
        if member.name in given:
            initialise_with(fn, member_place(fn, target, member), lower(fn, given[member.name]))
        elif member.initialiser is not None:
            initialise_member(fn, target, member)


def _fill_from(fn: FunctionLowering, target: Value, reader: _Reader) -> None:
    ctype = target.type
    assert target.place is not None
    if isinstance(ctype, cxx.ArrayOf) and ctype.count is None:
        fn.fail("E0211", "an array needs a size")
    if isinstance(ctype, cxx.ArrayOf):
        remaining = len(reader.items) - reader.position
        if remaining < ctype.count or isinstance(cxx.unqualified(ctype.element), (cxx.ClassType, cxx.ArrayOf)):
            fn.store(target, zero(target.ctype))
        element = cxx.unqualified(ctype.element)
        constructs = fn.sema.classes._member_needs(element)
        for position in range(ctype.count):
            if reader.done and not constructs:
                break
            place = lvalue(element, nodes.Index(target.place, fold.constant(kir.I32, position)))
            if reader.done:
                default_construct(fn, place)
            else:
                _fill_element(fn, place, reader)
        return
    assert isinstance(ctype, cxx.ClassType)
    info = ctype.info
    is_zeroed = info.is_union or len(reader.items) - reader.position < len(info.fields) + len(info.bases)
    if is_zeroed:
        fn.store(target, zero(target.ctype))
    for base in info.bases:
        if not reader.done:
            _fill_element(fn, upcast(fn, target, base.ctype), reader)
    for position, member in enumerate(info.fields):
        if info.is_union and position > 0:
            break
        if not reader.done:
            _fill_element(fn, member_place(fn, target, member), reader)
        elif member.initialiser is not None or fn.sema.classes._member_needs(member.ctype):
            initialise_member(fn, target, member)
        elif not is_zeroed:  # members before it, without braces of their own, took more than one item
            place = member_place(fn, target, member)
            assert place.place is not None
            fn.store(place, zero(place.ctype))


def _fill_element(fn: FunctionLowering, target: Value, reader: _Reader) -> None:
    if isinstance(target.ctype, cxx.ReferenceTo):
        bound = bind_reference(fn, lower(fn, reader.items[reader.position]), target.ctype)
        reader.position += 1
        assert target.place is not None and bound.place is not None
        pointer = fold.address_of(bound.place)
        fn.emit(nodes.Assign(target.place, fn.coerced(pointer, target.place.type), fn.span))
        return
    node = reader.items[reader.position]
    if isinstance(node, syntax.InitList):
        reader.position += 1
        fill(fn, target, node)
        return
    if reader.pending is None:
        reader.pending = lower(fn, node)
    value: Any = reader.pending
    nested = isinstance(target.type, cxx.ArrayOf) and value.string is None
    if isinstance(target.type, cxx.ClassType) and rank(fn.sema, value, target.type) is None:
        nested = fn.sema.classes.is_aggregate(target.type.info)
    if nested:
        _fill_from(fn, target, reader)
        return
    reader.position += 1
    reader.pending = None
    initialise_with(fn, target, value)


def _fill_string(fn: FunctionLowering, target: Value, text: bytes) -> None:
    assert isinstance(target.type, cxx.ArrayOf) and target.place is not None
    data = text.ljust(target.type.count, b"\0")[: target.type.count]
    for position, byte in enumerate(data):
        place = nodes.Index(target.place, fold.constant(kir.I32, position))
        fn.emit(nodes.Assign(place, fold.constant(place.type, byte), fn.span))
