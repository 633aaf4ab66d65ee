"""Variables at namespace and class scope: device, constant and shared memory, and host constants."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from cudawasm.errors import CompileError
from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend import evaluate, fold
from cudawasm.frontend.angles import initializer_end
from cudawasm.frontend.linking import LINKING, distinct
from cudawasm.frontend.parse_expressions import Parser
from cudawasm.frontend.parse_types import Specifiers
from cudawasm.frontend.symbols import Range, Scope, VariableDecl, VariableTemplate
from cudawasm.frontend.templates import _key
from cudawasm.frontend.tokens import fail
from cudawasm.frontend.values import Value, lvalue
from cudawasm.frontend.zeros import holds_null, zero
from cudawasm.ir import nodes
from cudawasm.ir import types as kir
from cudawasm.source import Span

if TYPE_CHECKING:
    from cudawasm.frontend.sema import Sema

_DEVICE_WORDS = frozenset(("__device__", "__constant__", "__shared__", "__managed__"))


class Variables:
    def __init__(self, sema: Sema) -> None:
        self.sema = sema
        self.writable: set[nodes.Var] = set()
        """Variables of the device that the host may write: their initial values are no constants."""
        self._names: dict[str, int] = {}
        self._templates: dict[tuple[int, Any], Value] = {}

    def value(self, decl: VariableDecl, span: Span | None) -> Value:
        """The lvalue (or known constant) that a variable's name denotes in device code."""
        if decl.value is None:
            if decl.resolving:
                fail("E0213", f"'{decl.name}' is defined by itself", span)
            decl.resolving = True
            try:
                decl.value = self._elaborate(decl.name, *self._definition(decl), span, decl.storage)
            finally:
                decl.resolving = False
        return decl.value

    def is_on_device(self, decl: VariableDecl) -> bool:
        """Whether a variable is in device or constant memory, where the host may ask for it."""
        if decl.storage & (_DEVICE_WORDS - {"__shared__"}):
            return True
        try:
            return _is_bound_by_host(Parser(self.sema, decl.declaration, decl.scope).specifiers().ctype)
        except CompileError:  # of a type that only the host knows
            return False

    def _definition(self, decl: VariableDecl) -> tuple[Range, Scope]:
        """The declaration that initialises a variable; a static member's may be outside its class."""
        owner = decl.owner
        outside = (
            [] if owner is None else owner.members_outside + (owner.template.members_outside if owner.template else [])
        )
        for member in outside:
            words = [t.text for t in member.declaration.tokens[member.declaration.start : member.declaration.end]]
            if member.name != decl.name or not {"=", "{", "("} & set(words):
                continue
            assert owner is not None
            bindings = dict(zip((p.name for p in member.class_params), owner.template_args, strict=False))
            return member.declaration, self.sema.templates.bound_scope(owner.scope, member.class_params, bindings)
        return decl.declaration, decl.scope

    def template_value(self, template: VariableTemplate, args: tuple[Any, ...], span: Span | None) -> Value:
        """A variable template's value for these arguments."""
        key = (id(template), tuple(_key(a) for a in args))
        if key not in self._templates:
            area, scope = self.sema.templates.variable_declaration(template, args, span)
            self._templates[key] = self._elaborate(template.name, area, scope, span)
        return self._templates[key]

    def _elaborate(
        self, name: str, area: Range, scope: Scope, span: Span | None, storage: frozenset[str] = frozenset()
    ) -> Value:
        parser = Parser(self.sema, area, scope)
        specifiers = parser.specifiers()
        while True:
            declarator = parser.declarator(specifiers.ctype)
            if parser.at("<"):  # a specialised variable template's arguments
                parser.template_arguments()
            start = parser.position
            parser.position = initializer_end(area.tokens, start, area.end)
            if declarator.name == name:
                init = Range(area.tokens, start, parser.position)
                return self._define(name, declarator.ctype, specifiers, init, scope, span, storage)
            if not parser.accept(","):
                fail("E0203", f"'{name}' is not declared here", span)

    def _define(
        self,
        name: str,
        ctype: cxx.CType,
        specifiers: Specifiers,
        init: Range,
        scope: Scope,
        span: Span | None,
        storage: frozenset[str],
        within: str = "",
    ) -> Value:
        """``within`` tells a function's variable from those of the same name in others."""
        words = specifiers.words
        if "__shared__" in words:
            return self.shared(name, ctype, specifiers, init)
        if "constexpr" in words:
            ctype = cxx.qualified(ctype, const=True)
        is_bound = _is_bound_by_host(ctype)
        if is_bound:  # what is initialised is how the host reads it
            init = Range(init.tokens, init.start, init.start)
        place = words & _DEVICE_WORDS or is_bound
        if place and "extern" in words and init.start == init.end:
            elsewhere = self.sema.linked.variable(name, scope)
            if elsewhere is None:
                fail("E0214", f"'{name}' is declared but never defined", span, LINKING)
            return self.value(elsewhere, span)
        if not place and not cxx.is_const(ctype) and not isinstance(ctype, cxx.ReferenceTo):
            hint = "declare it __device__ or pass it to the kernel"
            fail("E0309", f"host variable '{name}' cannot be used in device code", span, hint)
        base = cxx.unqualified(ctype)
        if cxx.is_const(ctype) and isinstance(base, (cxx.PointerTo, cxx.MemberPointer)) and init.start < init.end:
            address = self._known_address(ctype, init, scope, span)
            if address is not None:
                return address
        var, ctype = self._evaluated(name, ctype, init, scope, span)
        base = cxx.unqualified(ctype)
        if cxx.is_const(ctype) and isinstance(base, (cxx.Arithmetic, cxx.EnumType)) and not place:
            return self._known(ctype, var, name, span)
        var.space = kir.Space.GLOBAL if place and "__constant__" not in words else kir.Space.CONSTANT
        var.name = self.sema.qualified_display(scope, name) if place else _content_name(name, var)
        if place and self.sema.linked.is_private(storage, cxx.is_const(ctype), scope):
            var.name = self.sema.linked.private_name(var.name, scope)
        if place and within:
            var.name = distinct(var.name, within)
        var.align = max(specifiers.alignment, 16 if isinstance(base, cxx.ArrayOf) else 0)
        if "volatile" in words:
            var.volatile = True
        if place and not cxx.is_const(ctype):
            self.writable.add(var)
        return lvalue(ctype, nodes.VarPlace(var))

    def _known_address(self, ctype: cxx.CType, init: Range, scope: Scope, span: Span | None) -> Value | None:
        """A const pointer to a variable: wherever it is named, the address itself stands; None for other pointers."""
        from cudawasm.frontend import initialise
        from cudawasm.frontend.lowering import FunctionLowering

        fn = FunctionLowering(self.sema, scope, "<initialiser>")
        fn.span = span
        given = initialise.parse_initialiser(Parser(self.sema, init, scope))
        expr = fn.load(initialise._scalar_value(fn, ctype, given, None))
        if isinstance(cxx.unqualified(ctype), cxx.MemberPointer):
            return None if fn.out or fold.has_load(expr) else Value(ctype, expr=expr)
        inner = expr
        while isinstance(inner, (nodes.Cast, nodes.Offset)):
            if isinstance(inner, nodes.Offset) and not isinstance(inner.index, nodes.Const):
                return None
            inner = inner.operand if isinstance(inner, nodes.Cast) else inner.ptr
        if fn.out or not isinstance(inner, nodes.AddressOf) or fold.has_load(inner):
            return None
        return None if fold.space_of(inner.place) is kir.Space.LOCAL else Value(ctype, expr=expr)

    def unique_name(self, name: str) -> str:
        count = self._names.get(name, 0)
        self._names[name] = count + 1
        return name if count == 0 else f"{name}.{count}"

    def _evaluated(
        self, name: str, ctype: cxx.CType, init: Range, scope: Scope, span: Span | None
    ) -> tuple[nodes.Var, cxx.CType]:
        """A variable whose ``init`` holds the bytes of its constant initialiser."""
        from cudawasm.frontend import initialise
        from cudawasm.frontend.lifetimes import has_end
        from cudawasm.frontend.lowering import FunctionLowering

        fn = FunctionLowering(self.sema, scope, "<initialiser>")
        fn.span = span
        ctype, var = initialise.declare_variable(fn, name, ctype, Parser(self.sema, init, scope), keep_constant=False)
        if has_end(fn, ctype):
            fail("E0304", f"'{ctype}' has a destructor, which a variable outside functions cannot have", span)
        if init.start == init.end and not fn.out[1:]:
            if not holds_null(ctype):
                return nodes.Var(name, var.type, span=span), ctype
            fn.emit(nodes.Assign(nodes.VarPlace(var), zero(ctype)))
        data = evaluate.initial_bytes(self.sema, fn.out, var)
        if data is not None and any(data) and _holds_pointer(var.type):
            fail("E0213", f"the initialiser of '{name}' holds an address, which is not supported", span)
        if data is None:
            where = init.first.span if init.start < init.end else span
            fail("E0213", f"the initialiser of '{name}' is not constant", where)
        return nodes.Var(name, var.type, init=data, span=span), ctype

    def _known(self, ctype: cxx.CType, var: nodes.Var, name: str, span: Span | None) -> Value:
        if var.init is None:
            fail("E0213", f"constant '{name}' has no initialiser", span)
        var.space = kir.Space.CONSTANT
        expr = evaluate.constant(self.sema, [], nodes.Load(nodes.VarPlace(var)))
        if expr is None:
            fail("E0213", f"the initialiser of '{name}' is not constant", span)
        var.name = _content_name(name, var)
        result = lvalue(ctype, nodes.VarPlace(var))
        result.constant = fold.constant(expr.type, expr.value)
        return result

    def shared(self, name: str, ctype: cxx.CType, specifiers: Specifiers, init: Range | None) -> Value:
        """A ``__shared__`` variable; one of unknown bound is dynamic shared memory."""
        if init is not None and init.start < init.end:
            fail("E0310", f"shared variable '{name}' cannot have an initialiser", init.first.span)
        if isinstance(cxx.unqualified(ctype), cxx.ClassType):
            info = cxx.class_info(ctype)
            if self.sema.classes.has_destructor(info):
                fail("E0310", f"shared variable '{name}' needs a destructor that does nothing", None)
            if self.sema.classes.needs_initialising(info) and any(f.initialiser for f in info.fields):
                fail("E0310", f"shared variable '{name}' needs a constructor that does nothing", None)
        type_ = cxx.kir_type(ctype)
        align = max(specifiers.alignment, 16 if isinstance(type_, kir.Array) else kir.align_of(type_))
        var = nodes.Var(self.unique_name(name), type_, kir.Space.SHARED, cxx.is_volatile(ctype), align)
        return lvalue(ctype, nodes.VarPlace(var))


def _is_bound_by_host(ctype: cxx.CType) -> bool:
    """Whether variables of the type are textures or surfaces, which are device variables without saying so."""
    base = cxx.unqualified(ctype)
    return isinstance(base, cxx.ClassType) and cxx.class_info(base).is_bound_by_host


def _content_name(name: str, var: nodes.Var) -> str:
    """A name for a host constant that is the same in every run: constants of equal content may be one."""
    content = hashlib.sha256(f"{var.type}".encode() + (var.init or b"")).hexdigest()
    return f"{name}.{content[:12]}"


def string_variable(data: bytes, type_: kir.Type) -> nodes.Var:
    """Constant storage for a string literal."""
    var = nodes.Var("string", type_, kir.Space.CONSTANT, init=data)
    var.name = _content_name("string", var)
    return var


def _holds_pointer(type_: kir.Type) -> bool:
    """Whether an object of the type has a pointer in it."""
    match type_:
        case kir.Array():
            return _holds_pointer(type_.element)
        case kir.Struct():
            return any(_holds_pointer(f.type) for f in type_.fields)
        case _:
            return isinstance(type_, kir.Pointer)
