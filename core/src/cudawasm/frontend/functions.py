"""Function signatures, instances of function templates, and the functions lowered so far."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cudawasm.errors import CompileError
from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend import fold
from cudawasm.frontend.function_scan import scan_function
from cudawasm.frontend.linking import LINKING
from cudawasm.frontend.parse_expressions import Parser
from cudawasm.frontend.parse_types import Parameter, Specifiers
from cudawasm.frontend.symbols import ClassInfo, FunctionDecl, OutsideMember, Range, Scope
from cudawasm.frontend.templates import Bindings, bindings_key, spell_arguments
from cudawasm.frontend.tokens import fail
from cudawasm.frontend.values import Value, rvalue
from cudawasm.ir import nodes
from cudawasm.ir import types as kir
from cudawasm.source import Span

if TYPE_CHECKING:
    from cudawasm.frontend.lowering import FunctionLowering
    from cudawasm.frontend.sema import Sema

_MAX_FUNCTIONS = 20_000


@dataclass(slots=True)
class Signature:
    """A function's types, with template parameters bound in ``scope``."""

    result: cxx.CType
    params: list[Parameter]
    variadic: bool
    const_this: bool
    scope: Scope
    specifiers: Specifiers | None


@dataclass(eq=False, slots=True)
class Instance:
    """A function with its template arguments. ``kir_name`` names its KIR function."""

    decl: FunctionDecl
    signature: Signature
    kir_name: str
    bindings: Bindings = field(default_factory=dict)
    lowered: bool = False
    result: cxx.CType | None = None

    @property
    def takes_this(self) -> bool:
        return self.decl.owner is not None and not self.decl.is_static


class Functions:
    def __init__(self, sema: Sema) -> None:
        self.sema = sema
        self.kir: dict[str, nodes.Function] = {}
        self.pending: dict[str, Instance] = {}
        self._required: list[Instance] = []
        self._names: dict[str, int] = {}
        self._objects: dict[FunctionDecl, cxx.ClassType] = {}
        self._patterns: dict[FunctionDecl, list[Parameter]] = {}

    # --- signatures --------------------------------------------------------------------------------

    def signature(self, decl: FunctionDecl) -> Signature:
        """The signature of a function that is not a template."""
        return self.plain_instance(decl).signature

    def plain_instance(self, decl: FunctionDecl) -> Instance:
        found: Instance | None = decl.instances.get(())
        if found is None:
            found = Instance(decl, self._parse_signature(decl, decl.scope), self._kir_name(decl))
            decl.instances[()] = found
        return found

    def instance(self, decl: FunctionDecl, bindings: Bindings) -> Instance:
        """The instance of a function template; explicit specialisations replace it."""
        assert decl.template is not None
        key = bindings_key(decl.template, bindings)
        found: Instance | None = decl.instances.get(key)
        if found is not None:
            return found
        scope = self.sema.templates.bound_scope(decl.scope, decl.template, bindings)
        signature = self._parse_signature(decl, scope)
        special = self._explicit_specialisation(decl, bindings, signature)
        if special is not None:
            found = self.plain_instance(special)
        else:
            found = Instance(decl, signature, self._kir_name(decl), bindings)
        decl.instances[key] = found
        return found

    def _explicit_specialisation(
        self, decl: FunctionDecl, bindings: Bindings, signature: Signature
    ) -> FunctionDecl | None:
        assert decl.template is not None
        for symbol in decl.scope.names.get(decl.name, ()):
            if not isinstance(symbol, FunctionDecl) or symbol.template != []:
                continue
            if symbol.explicit_args is not None:
                args = Parser(self.sema, symbol.explicit_args, symbol.scope).template_arguments()
                wanted = dict(zip((p.name for p in decl.template), args, strict=False))
                shared = [p for p in decl.template if p.name in wanted]
                if bindings_key(shared, wanted) != bindings_key(shared, bindings):
                    continue
            theirs = self._parse_signature(symbol, symbol.scope)
            if [p.ctype for p in theirs.params] == [p.ctype for p in signature.params]:
                return symbol
        return None

    def pattern_parameters(self, decl: FunctionDecl) -> list[Parameter]:
        """A function template's parameters with its template parameters standing for themselves."""
        found = self._patterns.get(decl)
        if found is None:
            scope = self.sema.templates.pattern_scope(decl.scope, decl.template or ())
            area = Range(decl.header.tokens, decl.params_at + 1, decl.header.tokens[decl.params_at].match)
            found = Parser(self.sema, area, scope, pattern=True).parameters()
            self._patterns[decl] = found
        return found

    def _parse_signature(self, decl: FunctionDecl, scope: Scope) -> Signature:
        tokens = decl.header.tokens
        close = tokens[decl.params_at].match
        params = Parser(self.sema, Range(tokens, decl.params_at + 1, close), scope).parameters()
        variadic = bool(params) and params[-1].name == "..."
        if variadic:
            params = params[:-1]
        result, specifiers = self._result_type(decl, scope, params)
        kept = [p for p in params if not (p.pack and isinstance(p.ctype, cxx.VoidType))]
        empty_packs = [p.name for p in params if p.pack and isinstance(p.ctype, cxx.VoidType)]
        signature = Signature(result, kept, variadic, "const-method" in decl.qualifiers, scope, specifiers)
        if empty_packs:
            signature.scope = _with_empty_packs(scope, empty_packs)
        for parameter in kept:
            parameter.ctype = _adjusted(parameter.ctype)
        return signature

    def _result_type(
        self, decl: FunctionDecl, scope: Scope, params: list[Parameter]
    ) -> tuple[cxx.CType, Specifiers | None]:
        tokens = decl.header.tokens
        if decl.name == "<constructor>" or decl.name.startswith("~"):
            return cxx.VOID, None
        if decl.name == "<conversion>":
            area = Range(tokens, decl.name_at + 1, decl.params_at)
            return Parser(self.sema, area, scope).type_id(), None
        parser = Parser(self.sema, Range(tokens, decl.header.start, decl.name_at), scope)
        specifiers = parser.specifiers()
        result = parser.pointer_operators(specifiers.ctype)
        position = tokens[decl.params_at].match + 1
        while position < decl.header.end:
            if tokens[position].text == "->":
                inner = Scope("block", scope)
                self._bind_parameters_for_type(inner, params)
                trailing = Parser(self.sema, Range(tokens, position + 1, decl.header.end), inner)
                return trailing.type_id(), specifiers
            position = tokens[position].match + 1 if tokens[position].match > position else position + 1
        return result, specifiers

    def _bind_parameters_for_type(self, scope: Scope, params: list[Parameter]) -> None:
        from cudawasm.frontend.symbols import PackSymbol, Symbol, ValueSymbol

        packs: dict[str, list[Symbol]] = {}
        for parameter in params:
            target = cxx.without_reference(_adjusted(parameter.ctype))
            if isinstance(target, cxx.VoidType):
                continue
            var = nodes.Var(parameter.name, cxx.kir_type(target))
            symbol = ValueSymbol(Value(target, place=nodes.VarPlace(var)), parameter.ctype)
            if parameter.pack:
                packs.setdefault(parameter.name, []).append(symbol)
            else:
                scope.bind(parameter.name, symbol)
        for name, symbols in packs.items():
            scope.bind(name, PackSymbol(symbols))

    # --- names -------------------------------------------------------------------------------------

    def _kir_name(self, decl: FunctionDecl) -> str:
        base = decl.name.replace("<", "").replace(">", "")
        if decl.owner is not None:
            base = f"{decl.owner.name.strip('<>')}.{base}"
        base = "".join(c if c.isalnum() or c in "_." else "_" for c in base)
        count = self._names.get(base, 0)
        self._names[base] = count + 1
        return base if count == 0 else f"{base}.{count}"

    def spell(self, instance: Instance) -> str:
        params = ", ".join(str(p.ctype) for p in instance.signature.params)
        return f"{instance.decl.name.strip('<>')}({params})"

    def spell_decl(self, decl: FunctionDecl) -> str:
        try:
            params = self.pattern_parameters(decl)
        except CompileError:
            return decl.name
        return f"{decl.name.strip('<>')}({', '.join(str(p.ctype) for p in params)})"

    def display(self, instance: Instance) -> str:
        """The kernel's name as a user writes it, with template arguments."""
        decl = instance.decl
        name = self.sema.qualified_display(decl.scope, decl.name)
        return f"{name}<{spell_arguments(decl.template, instance.bindings)}>" if decl.template else name

    # --- lowering ----------------------------------------------------------------------------------

    def require(self, instance: Instance, span: Span | None) -> None:
        """Make sure that the function's KIR exists (now, if its result type must be deduced)."""
        if instance.lowered:
            return
        if not instance.decl.on_device and not instance.decl.intrinsic:
            owner = instance.decl.owner
            if not (instance.decl.is_special == "default" or (owner is not None and owner.closure is not None)):
                name = instance.decl.name.strip("<>")
                fail("E0306", f"'{name}' is a host function and cannot be called from device code", span)
        if len(self.kir) > _MAX_FUNCTIONS:
            fail("E0221", "too many functions are instantiated", span)
        instance.lowered = True
        self._required.append(instance)
        if isinstance(cxx.unqualified(cxx.without_reference(instance.signature.result)), cxx.Placeholder):
            self._lower(instance, span)
        else:
            instance.result = instance.signature.result
            self.pending[instance.kir_name] = instance

    def finish(self) -> None:
        """Lower everything that has been required."""
        while self.pending:
            _, instance = self.pending.popitem()
            self._lower(instance, instance.decl.header.first.span)

    def body(self, name: str) -> nodes.Function | None:
        """The KIR of a required function, lowered now; None while it is being lowered.

        A constant needs this one alone: anything else that is pending may need the constant.
        """
        instance = self.pending.pop(name, None)
        if instance is not None:
            try:
                self._lower(instance, instance.decl.header.first.span)
            except CompileError:
                self.pending[name] = instance  # whoever calls it when the program runs gets the error
                raise
        return self.kir.get(name)

    def keep(self) -> None:
        """What has been required is lowered for good."""
        self._required.clear()

    def forget(self) -> None:
        """After an error: what was required since ``keep`` is lowered again when it is required again.

        That includes finished functions, for they may call unfinished ones.
        """
        self.pending.clear()
        for instance in self._required:
            instance.lowered = False
            self.kir.pop(instance.kir_name, None)
        self._required.clear()

    def _lower(self, instance: Instance, span: Span | None) -> None:
        from cudawasm.frontend.function_body import lower_function

        if self.sema.depth > 60:
            fail("E0221", "functions with deduced types are nested too deeply", span)
        self.sema.depth += 1
        try:
            self.kir[instance.kir_name] = lower_function(self.sema, instance, span)
        finally:
            self.sema.depth -= 1

    def definition(self, instance: Instance, span: Span | None) -> tuple[FunctionDecl, Signature]:
        """The declaration that has the body, and the signature that names its parameters."""
        decl = instance.decl
        if decl.body is not None:
            return decl, instance.signature
        outside = self._outside_definition(instance)
        if outside is not None:
            return outside
        here = (s for s in decl.scope.names.get(decl.name, ()) if isinstance(s, FunctionDecl) and s.body is not None)
        elsewhere = self.sema.linked.functions(decl) if decl.owner is None else ()
        for symbol in itertools.chain(here, elsewhere):
            found = self._matching_definition(symbol, instance)
            if found is not None:
                return found
        fail("E0214", f"'{decl.name.strip('<>')}' is declared but never defined", span, LINKING)

    def _matching_definition(self, other: FunctionDecl, instance: Instance) -> tuple[FunctionDecl, Signature] | None:
        decl = instance.decl
        if (other.template is None) != (decl.template is None):
            return None
        if other.template is None:
            signature = self.signature(other)
        else:
            assert decl.template is not None
            if len(other.template) != len(decl.template):
                return None
            bindings = {
                new.name: instance.bindings[old.name]
                for new, old in zip(other.template, decl.template, strict=True)
                if old.name in instance.bindings
            }
            scope = self.sema.templates.bound_scope(other.scope, other.template, bindings)
            try:
                signature = self._parse_signature(other, scope)
            except CompileError:
                return None
        same = [p.ctype for p in signature.params] == [p.ctype for p in instance.signature.params]
        return (other, signature) if same else None

    def _outside_definition(self, instance: Instance) -> tuple[FunctionDecl, Signature] | None:
        owner = instance.decl.owner
        if owner is None:
            return None
        members = owner.members_outside + (owner.template.members_outside if owner.template else [])
        wanted = owner.name if instance.decl.name == "<constructor>" else instance.decl.name
        for member in members:
            if member.name != wanted:
                continue
            found = self._outside_match(member, owner, instance)
            if found is not None:
                return found
        return None

    def _outside_match(
        self, member: OutsideMember, owner: ClassInfo, instance: Instance
    ) -> tuple[FunctionDecl, Signature] | None:
        bindings: Bindings = {}
        if owner.template is not None:
            params = member.class_params
            args = [list(a) if isinstance(a, list) else a for a in owner.template_args]
            bindings = dict(zip((p.name for p in params), args, strict=False))
            if member.class_args is not None and not params:
                actual = Parser(self.sema, member.class_args, member.scope).template_arguments()
                from cudawasm.frontend.templates import _key

                if tuple(map(_key, actual)) != tuple(map(_key, owner.template_args)):
                    return None
        scope = self.sema.templates.bound_scope(owner.scope, member.class_params, bindings)
        parser = Parser(self.sema, member.declaration, scope)
        shape = scan_function(parser)
        if shape is None or shape.body is None:
            return None
        if ("const-method" in shape.words) != instance.signature.const_this:
            return None
        area = Range(parser.tokens, shape.start, shape.header_end)
        is_conversion = instance.decl.name == "<conversion>"
        start = shape.name_at if is_conversion else shape.qualifier_at
        decl = FunctionDecl(
            instance.decl.name, area, start, shape.params_at, shape.body, scope, instance.decl.qualifiers,
            member.params, shape.initialisers, owner,
        )  # fmt: skip
        if member.params is not None and instance.decl.template is not None:
            inner = {
                new.name: instance.bindings[old.name]
                for new, old in zip(member.params, instance.decl.template, strict=False)
            }
            scope = self.sema.templates.bound_scope(scope, member.params, inner)
        try:
            signature = self._parse_signature(decl, scope)
        except CompileError:
            return None
        same = [p.ctype for p in signature.params] == [p.ctype for p in instance.signature.params]
        same = same and (not is_conversion or signature.result == instance.signature.result)
        return (decl, signature) if same else None

    def function_object(self, value: Value) -> cxx.ClassType | None:
        """The type that a function's name has when passed by value: a class without state that calls it.

        C++ would pass a pointer; giving each function its own type keeps every call direct. None for what does not name
        one function by itself.
        """
        functions = value.functions
        if functions is None or len(functions.decls) != 1 or functions.decls[0].owner is not None or functions.args:
            return None
        decl = functions.decls[0]
        if decl not in self._objects:
            info = ClassInfo(decl.name, decl.name, decl.scope, None)
            info.closure = decl
            info.laid_out = kir.Struct(f"function.{decl.name}", (), 1, 1)
            info.scope.add("operator()", decl)
            self._objects[decl] = cxx.ClassType(info)
        return self._objects[decl]

    def function_value(self, fn: FunctionLowering, value: Value, target: cxx.CType) -> Value:
        """A function's name as a pointer, or as the function object that a template was instantiated for."""
        if isinstance(target, cxx.ClassType) and target == self.function_object(value):
            return rvalue(target, fold.zero(cxx.kir_type(target)))
        if value.functions is not None and not value.functions.decls:
            fn.fail("E0203", f"'{value.functions.name}' is not declared", value.functions.span)
        if value.functions is not None and isinstance(target, cxx.MemberPointer) and value.functions.is_member:
            from cudawasm.frontend import member_pointers

            return member_pointers.named_function(fn, value.functions, target)
        if value.functions is not None and all(d.owner is not None and not d.is_static for d in value.functions.decls):
            hint = "" if value.functions.is_member else "; '&Class::function' would be a pointer to it"
            fn.fail("E0307", f"a member function cannot be converted to '{target}'{hint}")
        if value.functions is not None and isinstance(target, cxx.PointerTo):
            if isinstance(target.pointee, cxx.FunctionType):
                return self.sema.pointers.value(fn, value.functions, target.pointee)
        fn.fail("E0207", f"a function cannot be converted to '{target}'")


def _adjusted(ctype: cxx.CType) -> cxx.CType:
    """A parameter's type inside the function: arrays become pointers, qualifiers stay."""
    if isinstance(ctype, cxx.ArrayOf):
        return cxx.PointerTo(ctype.element)
    if isinstance(cxx.without_reference(ctype), cxx.FunctionType):  # a reference to a function is used as a pointer
        return cxx.PointerTo(cxx.without_reference(ctype))
    return ctype


def _with_empty_packs(scope: Scope, names: list[str]) -> Scope:
    from cudawasm.frontend.symbols import PackSymbol

    inner = Scope("template", scope)
    for name in names:
        inner.bind(name, PackSymbol([]))
    return inner
