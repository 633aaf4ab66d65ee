"""Templates: deduction of arguments, instantiation of classes and aliases, choice of specialisations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cudawasm.errors import CompileError
from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend import fold
from cudawasm.frontend.parse_expressions import Parser
from cudawasm.frontend.symbols import (
    AliasTemplate,
    ClassInfo,
    ClassTemplate,
    ConstantSymbol,
    FunctionDecl,
    MemberArgument,
    PackSymbol,
    PatternTemplate,
    PatternValue,
    Range,
    Scope,
    Specialisation,
    Symbol,
    TemplateParameter,
    TypeSymbol,
    VariableTemplate,
)
from cudawasm.frontend.tokens import fail
from cudawasm.frontend.values import Value
from cudawasm.frontend.zeros import null_number
from cudawasm.ir import nodes
from cudawasm.source import Span

if TYPE_CHECKING:
    from cudawasm.frontend.sema import Sema

Bindings = dict[str, Any]
"""Template arguments by parameter name: CType, Const, template or FunctionDecl; a list of them for a pack."""
_MOST_INSTANCES, _MOST_ARGUMENTS = 1024, 60_000  # endless recursion ends here, in about a second


class Templates:
    def __init__(self, sema: Sema) -> None:
        self.sema = sema
        self._arguments = 0
        self.exact = False  # while ordering templates: ``const T`` then accepts const types only

    # --- scopes ------------------------------------------------------------------------------------

    def pattern_scope(self, parent: Scope, params: Sequence[TemplateParameter]) -> Scope:
        """A scope in which the parameters stand for themselves."""
        scope = Scope("template", parent)
        for param in params:
            symbol: Symbol
            match param.kind:
                case "type":
                    symbol = TypeSymbol(cxx.TemplateType(param.name))
                case "value":
                    symbol = PatternValue(param.name)
                case "template":
                    symbol = PatternTemplate(param.name)
            scope.bind(param.name, symbol)
        return scope

    def bound_scope(self, parent: Scope, params: Sequence[TemplateParameter], bindings: Bindings) -> Scope:
        """A scope in which the parameters stand for their arguments."""
        scope = Scope("template", parent)
        for param in params:
            if param.name in bindings:
                scope.bind(param.name, self._symbol(param, bindings[param.name], scope))
        return scope

    def _symbol(self, param: TemplateParameter, argument: Any, scope: Scope) -> Symbol:
        if param.pack != isinstance(argument, list):
            fail("E0204", f"parameter pack '{param.name}' is not expanded", None)
        if not param.pack:
            return self._element(param, argument, self._value_type(param, scope))
        ctype = self._value_type(param, scope)
        return PackSymbol([self._element(param, a, ctype) for a in argument], param.kind == "type")

    def _element(self, param: TemplateParameter, argument: Any, ctype: cxx.CType | None) -> Symbol:
        """One argument as a symbol; ``ctype`` is a value parameter's declared type."""
        if isinstance(argument, (ClassTemplate, AliasTemplate, FunctionDecl)):
            return argument
        if isinstance(argument, MemberArgument):
            return self._member_element(param, argument, ctype)
        if isinstance(argument, nodes.Const):
            if isinstance(ctype, cxx.MemberPointer):
                return ConstantSymbol(ctype, null_number(ctype))
            if ctype is None:
                fail("E0220", f"template argument '{param.name}' must be a type", None)
            if isinstance(ctype, cxx.Placeholder):
                ctype = self.sema.constant_type(argument)
            if not isinstance(ctype, (cxx.Arithmetic, cxx.EnumType)):
                return ConstantSymbol(ctype, argument)
            return ConstantSymbol(ctype, fold.constant(cxx.kir_type(ctype), argument.value))
        if param.kind != "type":
            fail("E0220", f"template argument '{param.name}' must be a value", None)
        return TypeSymbol(argument)

    def _member_element(self, param: TemplateParameter, argument: MemberArgument, ctype: cxx.CType | None) -> Symbol:
        if param.kind != "value" or (isinstance(ctype, cxx.MemberPointer) and ctype != argument.ctype):
            fail("E0220", f"template argument '{param.name}' cannot be '{argument.name}'", None)
        return ConstantSymbol(argument.ctype, argument.value)

    def _value_type(self, param: TemplateParameter, scope: Scope) -> cxx.CType | None:
        """A value parameter's type, which may be ``auto``; None for other kinds and for function parameters."""
        if param.ctype_range is None:
            return None
        parser = Parser(self.sema, param.ctype_range, scope)
        return cxx.unqualified(parser.pointer_operators(parser.specifiers().ctype))

    # --- completing argument lists ------------------------------------------------------------------

    def bind_arguments(
        self, params: Sequence[TemplateParameter], args: Sequence[Any], parent: Scope, span: Span | None
    ) -> Bindings:
        """Positional arguments plus defaults."""
        bindings: Bindings = {}
        rest = list(args)
        for param in params:
            if param.pack:
                bindings[param.name] = rest
                rest = []
            elif rest:
                bindings[param.name] = rest.pop(0)
            elif param.default is not None:
                bindings[param.name] = self._default(param, self.bound_scope(parent, params, bindings))
            else:
                fail("E0220", f"template argument '{param.name}' is missing", span)
        if rest:
            fail("E0220", f"too many template arguments ({len(args)})", span)
        return bindings

    def _default(self, param: TemplateParameter, scope: Scope) -> Any:
        assert param.default is not None
        parser = Parser(self.sema, param.default, scope)
        if param.kind == "type":
            return parser.type_id()
        if param.kind == "template":
            return scope.lookup(parser.expect_name().text)[0]
        return self.sema.constant(parser.conditional(), scope)

    # --- classes and aliases ------------------------------------------------------------------------

    def class_type(self, template: ClassTemplate, args: tuple[Any, ...], span: Span | None) -> cxx.CType:
        """The class for these arguments; a pattern when an argument is still unknown."""
        if any(cxx.is_dependent(a) for a in args):
            return cxx.TemplateIdPattern(template, args)
        bindings = self.bind_arguments(template.params, args, template.scope, span)
        full = tuple(_key(bindings[p.name]) for p in template.params)
        found = template.instances.get(full)
        if found is None:
            found = self._instantiate(template, bindings, full, span)
        return cxx.ClassType(found)

    def _instantiate(
        self, template: ClassTemplate, bindings: Bindings, key: tuple[Any, ...], span: Span | None
    ) -> ClassInfo:
        self._arguments += 1 + sum(len(k) if isinstance(k, tuple) else 1 for k in key)
        if len(template.instances) > _MOST_INSTANCES or self._arguments > _MOST_ARGUMENTS:
            fail("E0221", f"template '{template.name}' is instantiated too often", span)
        args = tuple(bindings[p.name] for p in template.params)
        params, chosen, definition, scope = template.params, bindings, template.definition, template.scope
        best = self._specialisation(template.specialisations, args)
        if best is not None:
            spec, chosen = best
            params, definition, scope = spec.params, spec.body, spec.scope
        display = f"{self.sema.qualified_display(template.scope, template.name)}<{_spell(args)}>"
        inner = self.bound_scope(scope, params, chosen)
        info = ClassInfo(template.name, display, inner, definition)
        info.template, info.template_args = template, args
        template.instances[key] = info
        self.sema.classes.equip(info)
        info.scope.bind(template.name, TypeSymbol(cxx.ClassType(info)))
        return info

    def _specialisation(
        self, specialisations: Sequence[Specialisation], args: tuple[Any, ...]
    ) -> tuple[Specialisation, Bindings] | None:
        matches: list[tuple[Specialisation, Bindings, tuple[Any, ...]]] = []
        for spec in specialisations:
            scope = self.pattern_scope(spec.scope, spec.params)
            patterns = Parser(self.sema, spec.args, scope, pattern=True).template_arguments()
            bindings: Bindings = {}
            flat = _flattened(args)
            if self.unify_lists(patterns, flat, bindings, spec.params) and self._holds(spec, bindings, flat):
                matches.append((spec, bindings, patterns))
        if not matches:
            return None
        best = matches[0]
        for other in matches[1:]:
            if self._more_special(other[2], best[2], best[0].params):
                best = other
        return best[0], best[1]

    def _holds(self, spec: Specialisation, bindings: Bindings, args: tuple[Any, ...]) -> bool:
        """Whether the pattern, with its parameters bound, gives exactly these arguments (SFINAE)."""
        if any(p.name not in bindings and not p.pack for p in spec.params):
            return False
        for param in spec.params:
            if param.pack != isinstance(bindings.setdefault(param.name, []), list):
                return False  # a pack is used without being expanded
        scope = self.bound_scope(spec.scope, spec.params, bindings)
        try:
            actual = Parser(self.sema, spec.args, scope).template_arguments()
        except CompileError:
            return False
        return tuple(map(_key, actual)) == tuple(map(_key, args))

    def _more_special(self, left: tuple[Any, ...], right: tuple[Any, ...], params: list[TemplateParameter]) -> bool:
        return self.accepts(right, left, params)

    def accepts(self, patterns: Sequence[Any], others: Sequence[Any], params: Sequence[TemplateParameter]) -> bool:
        """Whether ``patterns`` match everything that ``others`` match, for partial ordering."""
        self.exact = True
        try:
            return self.unify_lists(patterns, others, {}, params)
        finally:
            self.exact = False

    def alias_type(self, template: AliasTemplate, args: tuple[Any, ...], span: Span | None) -> cxx.CType:
        if any(cxx.is_dependent(a) for a in args):
            if template.params and all(isinstance(a, cxx.TemplateType) for a in args):
                pass
            return self._alias_pattern(template, args)
        bindings = self.bind_arguments(template.params, args, template.scope, span)
        scope = self.bound_scope(template.scope, template.params, bindings)
        return Parser(self.sema, template.target, scope).type_id()

    def _alias_pattern(self, template: AliasTemplate, args: tuple[Any, ...]) -> cxx.CType:
        bindings = dict(zip((p.name for p in template.params), args, strict=False))
        scope = Scope("template", template.scope)
        for param in template.params:
            argument = bindings.get(param.name)
            if isinstance(argument, cxx.TemplateValue):
                scope.bind(param.name, PatternValue(argument.name))
            elif isinstance(argument, nodes.Const):
                scope.bind(param.name, ConstantSymbol(cxx.INT, argument))
            elif argument is None or isinstance(argument, cxx.PackPattern):
                return cxx.Unknown()
            else:
                scope.bind(param.name, TypeSymbol(argument))
        try:
            return Parser(self.sema, template.target, scope, pattern=True).type_id()
        except CompileError:
            return cxx.Unknown()

    def variable_declaration(
        self, template: VariableTemplate, args: tuple[Any, ...], span: Span | None
    ) -> tuple[Range, Scope]:
        """The declaration of a variable template for these arguments, and its scope."""
        best = self._specialisation(template.specialisations, args)
        if best is not None:
            return best[0].body, self.bound_scope(best[0].scope, best[0].params, best[1])
        bindings = self.bind_arguments(template.params, args, template.scope, span)
        return template.declaration, self.bound_scope(template.scope, template.params, bindings)

    # --- unification --------------------------------------------------------------------------------

    def unify_lists(
        self,
        patterns: Sequence[Any],
        args: Sequence[Any],
        bindings: Bindings,
        params: Sequence[TemplateParameter],
    ) -> bool:
        rest = list(args)
        for pattern in patterns:
            if isinstance(pattern, cxx.PackPattern):
                ok = self.unify_pack(pattern.pattern, rest, bindings)
                rest = []
                if not ok:
                    return False
            elif not rest or not self.unify(pattern, rest.pop(0), bindings):
                return False
        return not rest

    def unify_pack(self, pattern: Any, args: Sequence[Any], bindings: Bindings) -> bool:
        """Bind the packs of ``pattern...`` from several arguments."""
        found: list[Bindings] = []
        for argument in args:
            one: Bindings = {}
            if not self.unify(pattern, argument, one):
                return False
            found.append(one)
        names = {n for one in found for n in one} or set(_pattern_names(pattern))
        for name in names:
            values = [one[name] for one in found if name in one]
            if name in bindings and isinstance(bindings[name], list) and bindings[name] != values:
                return False
            bindings[name] = values
        return True

    def unify(self, pattern: Any, actual: Any, bindings: Bindings) -> bool:
        """Match a pattern against a type or constant, binding template parameters."""
        match pattern:
            case cxx.TemplateType(name=name) | cxx.TemplateValue(name=name):
                if isinstance(pattern, cxx.TemplateValue) and isinstance(actual, int):
                    actual = nodes.Const(cxx.LONG.scalar, actual)
                if isinstance(pattern, cxx.TemplateType) and isinstance(actual, nodes.Const):
                    return False
                if name in bindings:
                    return bool(_key(bindings[name]) == _key(actual))
                bindings[name] = actual
                return True
            case cxx.Unknown():
                return True
            case cxx.Qualified():
                if isinstance(actual, cxx.Qualified):
                    const = actual.const and not pattern.const
                    volatile = actual.volatile and not pattern.volatile
                    actual = cxx.qualified(actual.base, const, volatile)
                elif isinstance(actual, cxx.FunctionType):
                    return False
                elif self.exact or not cxx.is_dependent(pattern):
                    return bool(pattern == actual)
                return self.unify(pattern.base, actual, bindings)
            case cxx.PointerTo():
                return isinstance(actual, cxx.PointerTo) and self.unify(pattern.pointee, actual.pointee, bindings)
            case cxx.ReferenceTo():
                return (
                    isinstance(actual, cxx.ReferenceTo)
                    and actual.rvalue == pattern.rvalue
                    and self.unify(pattern.target, actual.target, bindings)
                )
            case cxx.ArrayOf():
                return isinstance(actual, cxx.ArrayOf) and self._unify_array(pattern, actual, bindings)
            case cxx.TemplateIdPattern():
                return self._unify_class(pattern, actual, bindings)
            case cxx.MemberPointer():
                return (
                    isinstance(actual, cxx.MemberPointer)
                    and self.unify(pattern.owner, actual.owner, bindings)
                    and self.unify(pattern.pointee, actual.pointee, bindings)
                )
            case cxx.FunctionType():
                return (
                    isinstance(actual, cxx.FunctionType)
                    and pattern.const == actual.const
                    and self.unify(pattern.result, actual.result, bindings)
                    and self.unify_lists(pattern.params, actual.params, bindings, ())
                )
            case _:
                return bool(_key(pattern) == _key(actual))

    def _unify_array(self, pattern: cxx.ArrayOf, actual: cxx.ArrayOf, bindings: Bindings) -> bool:
        if isinstance(pattern.count, cxx.TemplateValue):
            if not self.unify(pattern.count, actual.count, bindings):
                return False
        elif pattern.count is not None and pattern.count != actual.count and not cxx.is_dependent(pattern.count):
            return False
        if not self.exact and cxx.is_const(pattern.element) and not cxx.is_dependent(pattern.element):
            actual = cxx.ArrayOf(cxx.qualified(actual.element, const=True), actual.count)  # a reference may add const
        return self.unify(pattern.element, actual.element, bindings)

    def _unify_class(self, pattern: cxx.TemplateIdPattern, actual: Any, bindings: Bindings) -> bool:
        if isinstance(actual, cxx.TemplateIdPattern):
            return actual.template == pattern.template and self.unify_lists(pattern.args, actual.args, bindings, ())
        actual = cxx.unqualified(actual) if not isinstance(actual, nodes.Const) else actual
        if not isinstance(actual, cxx.ClassType):
            return False
        info = actual.info
        if info.template is not None:
            if isinstance(pattern.template, str):
                trial = dict(bindings)
                trial[pattern.template] = info.template
                if self.unify_lists(pattern.args, _flattened(info.template_args), trial, ()):
                    bindings.update(trial)
                    return True
            elif info.template is pattern.template:
                trial = dict(bindings)
                args = _flattened(info.template_args)[: len(pattern.args)]
                has_pack = any(isinstance(a, cxx.PackPattern) for a in pattern.args)
                if self.unify_lists(pattern.args, _flattened(info.template_args) if has_pack else args, trial, ()):
                    bindings.update(trial)
                    return True
        info.try_complete()
        return any(self._unify_class(pattern, base.ctype, bindings) for base in info.bases)

    # --- function templates -------------------------------------------------------------------------

    def deduce(self, decl: FunctionDecl, explicit: Sequence[Any] | None, args: Sequence[Value]) -> Bindings | None:
        """Template arguments of a call, or None when they cannot be deduced."""
        assert decl.template is not None
        bindings: Bindings = {}
        rest = list(explicit or ())
        fixed: set[str] = set()
        for param in decl.template:
            if param.pack:
                if rest:
                    bindings[param.name] = rest
                    rest = []
                break
            if not rest:
                break
            bindings[param.name] = rest.pop(0)
            fixed.add(param.name)
        if rest:
            return None
        deduced = self._deduce_parameters(decl, args, bindings, fixed)
        if deduced is None:
            return None
        for param in decl.template:
            if param.name in deduced:
                continue
            if param.pack:
                deduced[param.name] = []
            elif param.default is not None:
                try:
                    scope = self.bound_scope(decl.scope, decl.template, deduced)
                    deduced[param.name] = self._default(param, scope)
                except CompileError:
                    return None
            elif not param.name:
                deduced[param.name] = cxx.VOID
            else:
                return None
        return deduced

    def deduce_explicit(self, decl: FunctionDecl, args: Sequence[Any]) -> Bindings | None:
        """Bindings when all arguments that have no default are given, as for naming a kernel."""
        assert decl.template is not None
        try:
            return self.bind_arguments(decl.template, args, decl.scope, None)
        except CompileError:
            return None

    def _deduce_parameters(
        self, decl: FunctionDecl, args: Sequence[Value], bindings: Bindings, fixed: set[str]
    ) -> Bindings | None:
        params = self.sema.functions.pattern_parameters(decl)
        position = 0
        for param in params:
            pattern = param.ctype
            if isinstance(pattern, cxx.PackPattern):
                rest = args[position:]
                names = _pattern_names(pattern.pattern)
                if not (names and all(n in bindings for n in names)):
                    types = [self._argument_type(pattern.pattern, a) for a in rest]
                    if not self.unify_pack(_parameter_pattern(pattern.pattern), types, bindings):
                        return None
                position = len(args)
                break
            if param.name == "...":
                position = len(args)
                break
            if position >= len(args):
                if param.default is None:
                    return None
                continue
            argument = args[position]
            position += 1
            names = _pattern_names(pattern)
            if not names or all(n in fixed for n in names) or argument.elements is not None:
                continue
            if argument.functions is not None:
                made = self._function_argument_type(pattern, argument)
                if made is None:
                    continue
                argument = Value(made)
            trial = dict(bindings)
            if not self.unify(_parameter_pattern(pattern), self._argument_type(pattern, argument), trial):
                if any(n in fixed for n in names):
                    continue
                return None
            bindings = trial
        return bindings if position >= len(args) else None

    def _function_argument_type(self, pattern: Any, argument: Value) -> cxx.CType | None:
        """A function's name as deduction sees it: a pointer where one is asked for, else an object of its own type."""
        assert argument.functions is not None
        if argument.functions.is_member:
            from cudawasm.frontend.member_pointers import named_type

            return named_type(self.sema, argument.functions)
        made = self.sema.functions.function_object(argument)
        if made is not None and not isinstance(cxx.without_reference(pattern), cxx.PointerTo):
            return made
        instance = self.sema.pointers.only(argument.functions)
        return None if instance is None else cxx.PointerTo(self.sema.pointers.type_of(instance))

    def _argument_type(self, pattern: Any, argument: Value) -> cxx.CType:
        """The argument's type as deduction sees it for this parameter."""
        if isinstance(pattern, cxx.ReferenceTo):
            forwarding = pattern.rvalue and isinstance(pattern.target, cxx.TemplateType)
            if forwarding and argument.is_lvalue:
                return cxx.ReferenceTo(argument.ctype)
            return argument.ctype
        return cxx.decayed(argument.ctype)


def _parameter_pattern(pattern: Any) -> Any:
    if isinstance(pattern, cxx.ReferenceTo):
        return pattern.target
    if isinstance(pattern, cxx.Qualified):
        return pattern.base
    return cxx.PointerTo(pattern.element) if isinstance(pattern, cxx.ArrayOf) else pattern


def _pattern_names(pattern: Any) -> list[str]:
    """Template parameters that a pattern can deduce."""
    match pattern:
        case cxx.TemplateType(name=name) | cxx.TemplateValue(name=name):
            return [name]
        case cxx.Qualified(base=inner) | cxx.PointerTo(pointee=inner) | cxx.ReferenceTo(target=inner):
            return _pattern_names(inner)
        case cxx.PackPattern(pattern=inner):
            return _pattern_names(inner)
        case cxx.ArrayOf(element=element, count=count):
            return _pattern_names(element) + _pattern_names(count)
        case cxx.TemplateIdPattern(template=template, args=args):
            names = [template] if isinstance(template, str) else []
            return names + [n for a in args for n in _pattern_names(a)]
        case cxx.MemberPointer(owner=owner, pointee=inner):
            return _pattern_names(owner) + _pattern_names(inner)
        case cxx.FunctionType(result=result, params=params):
            return _pattern_names(result) + [n for p in params for n in _pattern_names(p)]
    return []


def _flattened(args: Sequence[Any]) -> tuple[Any, ...]:
    """Template arguments with packs spread out."""
    flat: list[Any] = []
    for argument in args:
        if isinstance(argument, list):
            flat += argument
        else:
            flat.append(argument)
    return tuple(flat)


def _key(argument: Any) -> Any:
    """A hashable identity of a template argument; integers compare by value alone."""
    if isinstance(argument, list):
        return tuple(_key(a) for a in argument)
    if isinstance(argument, nodes.Const):
        return ("value", float(argument.value) if isinstance(argument.value, float) else int(argument.value))
    return argument


def _spell(args: Sequence[Any]) -> str:
    words = []
    for argument in _flattened(args):
        if isinstance(argument, nodes.Const):
            value = argument.value
            words.append(str(value).lower() if isinstance(value, bool) else str(value))
        else:
            words.append(getattr(argument, "name", None) or str(argument))
    return ", ".join(words)


def bindings_key(params: Sequence[TemplateParameter], bindings: Bindings) -> tuple[Any, ...]:
    """A cache key for bound template arguments."""
    return tuple(_key(bindings.get(p.name)) for p in params)


def spell_arguments(params: Sequence[TemplateParameter], bindings: Bindings) -> str:
    """Template arguments as C++ spells them."""
    return _spell([bindings[p.name] for p in params if p.name in bindings])
