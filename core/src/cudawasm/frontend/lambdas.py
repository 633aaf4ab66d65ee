"""Lambda expressions: a closure class with a field for each captured variable and an operator()."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend import fold, initialise, syntax
from cudawasm.frontend.expressions import handles, lower
from cudawasm.frontend.lifetimes import has_end
from cudawasm.frontend.parse_expressions import Parser
from cudawasm.frontend.symbols import (
    CaptureSymbol,
    ClassInfo,
    FieldInfo,
    FunctionDecl,
    PackSymbol,
    Range,
    Scope,
    Symbol,
    TemplateParameter,
    ValueSymbol,
)
from cudawasm.frontend.tokens import Token, match_brackets
from cudawasm.frontend.values import Value, rvalue
from cudawasm.ir import nodes
from cudawasm.ir import types as kir

if TYPE_CHECKING:
    from cudawasm.frontend.lowering import FunctionLowering


@dataclass(slots=True)
class Closure:
    """What a closure class needs besides its fields: a captured ``this``, and whether calls may modify it.

    ``this_field`` is a pointer, or the copy of the object that ``[*this]`` asks for.
    """

    mutable: bool
    this_field: FieldInfo | None = None


@dataclass(slots=True)
class _Capture:
    """A captured variable; a parameter pack has a value for each element."""

    name: str
    values: list[Value]
    by_reference: bool
    is_pack: bool = False


@dataclass(slots=True)
class _Captures:
    variables: list[_Capture]
    this: Value | None = None
    copies_this: bool = False


@handles(syntax.Lambda)
def _lambda(fn: FunctionLowering, node: syntax.Lambda) -> Value:
    captures = _captures(fn, node)
    info = node.info
    if info is None:
        info = node.info = ClassInfo("<lambda>", f"<lambda at {node.span}>", node.scope, None)
        mutable = any(node.header.tokens[i].text == "mutable" for i in range(node.header.start, node.header.end))
        info.closure = Closure(mutable)
        info.indexed = True
        values = _lay_out(fn, info, captures)
        _add_call_operator(fn, info, node, mutable)
    else:
        again = ClassInfo("<lambda>", "", node.scope, None)
        again.closure = Closure(False)
        values = _lay_out(fn, again, captures)
    ctype = cxx.ClassType(info)
    type_ = info.kir_type()
    if not values:
        return rvalue(ctype, fold.zero(type_))
    return rvalue(ctype, nodes.Construct(type_, tuple(values)))


# --- captures --------------------------------------------------------------------------------------


def _captures(fn: FunctionLowering, node: syntax.Lambda) -> _Captures:
    """Explicit captures, then what a default capture picks up from the body."""
    found: dict[str, _Capture] = {}
    default = ""
    this: Value | None = None
    copies_this = False
    parser = Parser(fn.sema, node.captures, node.scope)
    for area in parser.split_commas(node.captures):
        item = Parser(fn.sema, area, node.scope)
        if item.at("=", "&") and area.end - area.start == 1:
            default = item.text
        elif item.at("this"):
            this = fn.this
        elif item.at("*") and item.peek() == "this":
            this, copies_this = fn.this, True
        else:
            capture = _explicit(fn, item)
            found[capture.name] = capture
    if default:
        for capture in _used_locals(fn, node, default == "&"):
            found.setdefault(capture.name, capture)
        this = this or _used_this(fn, node)
    return _Captures(list(found.values()), this, copies_this)


def _explicit(fn: FunctionLowering, item: Parser) -> _Capture:
    by_reference = item.accept("&")
    name = item.expect_name()
    if item.at("=", "(", "{"):
        init = initialise.parse_initialiser(item)
        value = lower(fn, init.nodes[0] if init.nodes else init.items.items[0])  # type: ignore[union-attr]
        return _Capture(name.text, [value], by_reference)
    symbols = item.scope.lookup(name.text)
    if not symbols:
        fn.fail("E0203", f"'{name.text}' is not declared", name.span)
    return _capture(fn, name, symbols, item.scope, by_reference)


def _capture(fn: FunctionLowering, name: Token, symbols: list[Symbol], scope: Scope, by_reference: bool) -> _Capture:
    """What a name denotes, or each element of a pack."""
    first = symbols[0]
    is_pack = isinstance(first, PackSymbol)
    each = [[element] for element in first.elements] if isinstance(first, PackSymbol) else [symbols]
    values = [lower(fn, syntax.Name(name.text, found, None, False, name.span, scope)) for found in each]
    return _Capture(name.text, values, by_reference, is_pack)


def _used_locals(fn: FunctionLowering, node: syntax.Lambda, by_reference: bool) -> list[_Capture]:
    """Local variables that the body mentions."""
    found: list[_Capture] = []
    seen: set[str] = set()
    tokens = node.body.tokens
    for position in range(node.body.start, node.body.end):
        token = tokens[position]
        if token.kind != "id" or token.text in seen or tokens[position - 1].text in (".", "->", "::"):
            continue
        seen.add(token.text)
        symbols = node.scope.lookup(token.text)
        if symbols and _is_captured(symbols[0]):
            found.append(_capture(fn, token, symbols, node.scope, by_reference))
    return found


def _is_captured(symbol: Symbol) -> bool:
    """Whether a default capture takes this name when the body mentions it."""
    match symbol:
        case CaptureSymbol():
            return True
        case ValueSymbol(value=value):
            return _is_local(value)
        case PackSymbol(elements=elements):
            return bool(elements) and _is_captured(elements[0])
    return False


def _is_local(value: Value) -> bool:
    """Automatic storage that is not a known constant; shared and global variables need no capture."""
    if value.constant is not None or value.place is None:
        return False
    place: nodes.Place = value.place
    while isinstance(place, (nodes.Member, nodes.Index)):
        place = place.base
    return not isinstance(place, nodes.VarPlace) or place.var.space is kir.Space.LOCAL


def _used_this(fn: FunctionLowering, node: syntax.Lambda) -> Value | None:
    """The enclosing object when the body mentions ``this`` or a member."""
    if fn.this is None:
        return None
    for position in range(node.body.start, node.body.end):
        token = node.body.tokens[position]
        if token.text == "this":
            return fn.this
        if token.kind == "id":
            symbols = node.scope.lookup(token.text)
            member = symbols and (
                isinstance(symbols[0], FieldInfo) or (isinstance(s := symbols[0], FunctionDecl) and s.owner is not None)
            )
            if member:
                return fn.this
    return None


def _lay_out(fn: FunctionLowering, info: ClassInfo, captures: _Captures) -> list[nodes.Expr]:
    """Give the closure its fields; returns their initial values."""
    fields: list[kir.Field] = []
    values: list[nodes.Expr] = []
    offset, align = 0, 1

    def add(name: str, ctype: cxx.CType, value: nodes.Expr) -> FieldInfo:
        nonlocal offset, align
        type_ = value.type
        offset = kir.round_up(offset, kir.align_of(type_))
        fields.append(kir.Field(name, type_, offset))
        offset += kir.size_of(type_)
        align = max(align, kir.align_of(type_))
        values.append(value)
        member = FieldInfo(name, ctype, len(fields) - 1)
        info.fields.append(member)
        return member

    def add_variable(name: str, value: Value, by_reference: bool) -> CaptureSymbol:
        if by_reference:
            return CaptureSymbol(add(name, cxx.ReferenceTo(value.ctype), fold.address_of(fn.place_of(value))))
        if isinstance(value.type, cxx.ArrayOf):
            return CaptureSymbol(add(name, value.ctype, nodes.Load(fn.place_of(value))))
        if has_end(fn, value.type):
            fn.fail("E0304", f"capturing '{name}' by value, which has a destructor, is not supported")
        return CaptureSymbol(add(name, value.type, initialise.copied(fn, value, value.type)))

    for capture in captures.variables:
        members: list[Symbol] = [add_variable(capture.name, v, capture.by_reference) for v in capture.values]
        info.scope.bind(capture.name, PackSymbol(members) if capture.is_pack else members[0])
    this = captures.this
    if this is not None and captures.copies_this:
        if has_end(fn, this.type):
            fn.fail("E0304", "capturing '*this' of a class with a destructor is not supported")
        info.closure.this_field = add("this", this.type, initialise.copied(fn, this, this.type))
    elif this is not None and this.place is not None:
        pointer = fold.address_of(this.place)
        info.closure.this_field = add("this", cxx.PointerTo(this.ctype), pointer)
    name = f"lambda{fn.sema.next_lambda()}"
    info.laid_out = kir.Struct(name, tuple(fields), kir.round_up(max(offset, 1), align), align)
    return values


# --- operator() ------------------------------------------------------------------------------------


def _add_call_operator(fn: FunctionLowering, info: ClassInfo, node: syntax.Lambda, mutable: bool) -> None:
    header, template = _header(node)
    qualifiers = {"__device__"} if mutable else {"__device__", "const-method"}
    decl = FunctionDecl(
        name="operator()", header=Range(header, 0, len(header)), name_at=1, params_at=2, body=node.body,
        scope=info.scope, qualifiers=frozenset(qualifiers), template=template, owner=info,
    )  # fmt: skip
    info.scope.add("operator()", decl)


def _header(node: syntax.Lambda) -> tuple[list[Token], list[TemplateParameter] | None]:
    """A header ``auto operator (params) -> T`` for the lambda; ``auto`` parameters become template ones."""
    first = node.header.tokens[node.header.start - 1] if node.header.start else node.header.tokens[0]

    def word(text: str, kind: str = "id") -> Token:
        return Token(kind, text, first.file, first.start, first.end, False, True)  # type: ignore[arg-type]

    tokens = [word("auto"), word("operator")]
    names: list[str] = list((node.template and [p.name for p in node.template]) or [])
    template: list[TemplateParameter] = list(node.template or [])
    tokens.append(word("(", "op"))
    if node.params is not None:
        for position in range(node.params.start, node.params.end):
            token = node.params.tokens[position]
            if token.text == "auto":
                name = f"__auto{len(names)}"
                names.append(name)
                pack = node.params.tokens[position + 1].text == "..."
                template.append(TemplateParameter("type", name, pack))
                token = token.moved_to(token)
                token.text = name
            tokens.append(_copy(token))
    tokens.append(word(")", "op"))
    position = node.header.start
    skipping = True
    while position < node.header.end:
        token = node.header.tokens[position]
        if token.text == "->":
            skipping = False
        if not skipping:
            tokens.append(_copy(token))
        position += 1
    match_brackets(tokens)
    return tokens, template or None


def _copy(token: Token) -> Token:
    return token.moved_to(token)
