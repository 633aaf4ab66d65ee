"""Parsing names: qualified names, template arguments and pack expansions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from cudawasm.errors import CompileError
from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend import syntax
from cudawasm.frontend.cursor import Cursor
from cudawasm.frontend.symbols import (
    AliasTemplate,
    ClassTemplate,
    FunctionDecl,
    NamespaceSymbol,
    PackSymbol,
    PatternTemplate,
    PatternValue,
    Range,
    Scope,
    Symbol,
    TypeSymbol,
    VariableTemplate,
)
from cudawasm.frontend.tokens import Token

Item = TypeVar("Item")
OVERLOADABLE = (
    "() [] -> ->* ++ -- + - * / % ^ & | ~ ! = < > += -= *= /= %= ^= &= |= << <<= == != <= >= && || ,"
).split()


class NameParser(Cursor):
    """Resolves names while reading them, as C++'s grammar needs."""

    def type_id(self) -> cxx.CType:
        raise AssertionError

    def conditional(self) -> syntax.Node:
        raise AssertionError

    def sub(self, area: Range, scope: Scope | None = None) -> Any:
        """A parser of the same kind over another range."""
        return type(self)(self.sema, area, scope or self.scope, self.pattern)

    # --- qualified names ---------------------------------------------------------------------------

    def qualified_name(self) -> syntax.Name | cxx.CType:
        """A name with everything before its last ``::``: a type, or a Name with its symbols."""
        start = self.token
        scope: Scope | None = None
        if self.accept("::"):
            scope = self.sema.global_scope
        while True:
            self.accept("template")
            if self.at("~"):
                self.advance()
                return syntax.Name("~" + self.expect_name().text, [], None, True, self.spanning(start), self.scope)
            if self.at("operator"):
                return self._operator_name(start, scope)
            token = self.expect_name()
            find = self.scope.lookup_qualifier if self.at("::") else self.scope.lookup
            symbols = _members(scope, token.text) if scope else find(token.text)
            resolved = self._resolve(token, symbols, scope)
            if isinstance(resolved, Scope):
                scope = resolved
                continue
            if isinstance(resolved, syntax.Name) or not self.at("::") or self.peek() == "*":
                if isinstance(resolved, syntax.Name):
                    resolved.span = self.spanning(start)
                    resolved.qualifier = scope.info if scope is not None else None
                return resolved
            self.advance()
            inner = self._scope_of(resolved, token)
            if inner is None:
                return self._dependent_rest()
            scope = inner

    def _resolve(self, token: Token, symbols: list[Symbol], scope: Scope | None) -> Scope | syntax.Name | cxx.CType:
        name = token.text
        if not symbols:
            where = f" in '{scope.name}'" if scope and scope.name else ""
            if scope is None and self.at("::"):
                self.fail("E0203", f"'{name}' is not a namespace or class", token.span)
            if scope is not None:
                self.fail("E0203", f"'{name}' is not declared{where}", token.span)
            return syntax.Name(name, [], None, False, token.span, self.scope)
        first = symbols[0]
        if isinstance(first, NamespaceSymbol):
            self.expect("::")
            return first.scope
        if isinstance(first, TypeSymbol):
            ctype = first.get()
            if self.at("<") and isinstance(ctype, cxx.ClassType) and ctype.info.template is not None:
                return self.sema.class_type(ctype.info.template, self.template_arguments(), token.span)
            return ctype
        if isinstance(first, ClassTemplate):
            if not self.at("<"):
                inside = self._injected(first) or self._deduced(first)
                return inside or syntax.Name(name, symbols, None, scope is not None, token.span, self.scope)
            return self.sema.class_type(first, self.template_arguments(), token.span)
        if isinstance(first, AliasTemplate):
            return self.sema.alias_type(first, self.template_arguments(), token.span)
        if isinstance(first, PatternTemplate):
            return cxx.TemplateIdPattern(first.name, self.template_arguments())
        args: tuple[Any, ...] | None = None
        takes_arguments = isinstance(first, VariableTemplate) or any(
            isinstance(s, FunctionDecl) and s.template is not None for s in symbols
        )
        if takes_arguments and self.at("<"):
            args = self._arguments_or_comparison()
        return syntax.Name(name, symbols, args, scope is not None, token.span, self.scope)

    def _arguments_or_comparison(self) -> tuple[Any, ...] | None:
        """Template arguments, or None where ``<`` turns out to compare."""
        position = self.position
        try:
            return self.template_arguments()
        except CompileError as error:
            if error.diagnostics[0].code in ("E0213", "E0307"):  # arguments, but not constant or not clear ones
                raise
            self.position = position
            return None

    def _deduced(self, template: ClassTemplate) -> cxx.CType | None:
        """A class whose arguments an initialiser gives: a declared name or values follow the template's name."""
        if self.pattern or not (self.token.kind == "id" or self.at("(", "{")):
            return None
        return cxx.DeducedClass(template)

    def _injected(self, template: ClassTemplate) -> cxx.CType | None:
        for scope in self.scope.outward():
            if scope.info is not None and scope.info.template is template:
                return cxx.ClassType(scope.info)
        return None

    def _scope_of(self, ctype: cxx.CType, token: Token) -> Scope | None:
        base = cxx.plain(ctype)
        if isinstance(base, cxx.ClassType):
            base.info.index()
            return base.info.scope
        if isinstance(base, cxx.EnumType):
            return base.info.scope
        if cxx.is_dependent(base):
            return None
        self.fail("E0203", f"'{ctype}' is not a class or namespace", token.span)

    def _dependent_rest(self) -> cxx.CType:
        """The rest of a dependent name: ``T::a::b<..>``."""
        while True:
            self.accept("template")
            self.expect_name()
            if self.at("<"):
                self.template_arguments()
            if not self.accept("::"):
                return cxx.Unknown()

    def qualified_scope(self) -> Scope:
        """The namespace that a qualified name names."""
        scope, found = self.scope, self.sema.global_scope if self.accept("::") else None
        while True:
            token = self.expect_name()
            symbols = found.local(token.text) if found else scope.lookup(token.text)
            if not symbols or not isinstance(symbols[0], NamespaceSymbol):
                self.fail("E0203", f"'{token.text}' is not a namespace", token.span)
            found = symbols[0].scope
            if not self.accept("::"):
                return found

    def qualified_symbols(self) -> list[Symbol]:
        """The symbols that a qualified name stands for, whatever they are."""
        scope: Scope | None = self.sema.global_scope if self.accept("::") else None
        while True:
            if self.at("operator"):
                name = "operator" + self.operator_symbol()
                return list(scope.local(name) if scope else self.scope.lookup(name))
            token = self.expect_name()
            symbols = scope.local(token.text) if scope else self.scope.lookup(token.text)
            if not symbols:
                self.fail("E0203", f"'{token.text}' is not declared", token.span)
            if self.at("<"):
                resolved = self._resolve(token, symbols, scope)
                self.expect("::")
                scope = None if isinstance(resolved, (Scope, syntax.Name)) else self._scope_of(resolved, token)
                continue
            if not self.accept("::"):
                return list(symbols)
            first = symbols[0]
            if isinstance(first, NamespaceSymbol):
                scope = first.scope
            elif isinstance(first, TypeSymbol):
                scope = self._scope_of(first.get(), token)
            else:
                self.fail("E0203", f"'{token.text}' is not a namespace or class", token.span)

    def _operator_name(self, start: Token, scope: Scope | None) -> syntax.Name:
        name = "operator" + self.operator_symbol()
        symbols = scope.local(name) if scope else self.scope.lookup(name)
        qualifier = scope.info if scope is not None else None
        return syntax.Name(name, symbols, None, scope is not None, self.spanning(start), self.scope, qualifier)

    def operator_symbol(self) -> str:
        """The symbol after ``operator``; moves past it."""
        self.expect("operator")
        text = self.text
        if text in ("(", "["):
            self.position = self.closing() + 1
            return text + {"(": ")", "[": "]"}[text]
        self.advance()
        if text == ">" and self.at(">", ">=") and not self.token.spaced:
            text += self.advance().text
        return text

    # --- template arguments ------------------------------------------------------------------------

    def template_arguments(self) -> tuple[Any, ...]:
        """``<...>``: types, Consts, templates; in a pattern also patterns."""
        self.expect("<")
        outer, self.angle_ends = self.angle_ends, True
        try:
            arguments = self.items(self._template_argument, ">")
        finally:
            self.angle_ends = outer
        self.expect(">")
        return tuple(arguments)

    def _template_argument(self) -> Any:
        start = self.position
        template = self._template_name_argument()
        if template is not None:
            return template
        if self.at_type():
            ctype = self.type_id()
            if self.at(",", ">", "...") or self.finished:
                return ctype
            self.position = start
        if self.pattern and (end := self._argument_end()) >= 0 and self._is_operation(end):
            self.position = end
            return cxx.Unknown()  # which names are values is not known before the parameters are
        node = self.conditional()
        if (member := self.sema.member_argument(node, self.scope)) is not None:
            return member
        if self.pattern:
            if isinstance(node, syntax.Name) and node.symbols and isinstance(node.symbols[0], PatternValue):
                return cxx.TemplateValue(node.name)
            try:
                return self.sema.constant(node, self.scope)
            except CompileError:
                return cxx.Unknown()
        if isinstance(node, syntax.Name) and node.symbols and isinstance(node.symbols[0], FunctionDecl):
            return self.sema.function_argument(node)
        return self.sema.constant(node, self.scope)

    def _is_operation(self, end: int) -> bool:
        """Whether the argument up to a position combines truth values."""
        return any(self.tokens[i].text in ("&&", "||", "!") for i in range(self.position, end))

    def _argument_end(self) -> int:
        """Where the template argument here ends, or -1."""
        position, angle = self.position, 0
        while position < self.end:
            text = self.tokens[position].text
            if text in ("(", "[", "{"):
                position = self.tokens[position].match
            elif text == "<" and self._opens_angle(position):
                angle += 1
            elif text in (">", ",") and angle == 0:
                return position
            elif text == ">":
                angle -= 1
            position += 1
        return -1

    def _template_name_argument(self) -> ClassTemplate | AliasTemplate | cxx.TemplateType | None:
        """A bare template name, for a template template parameter."""
        if self.token.kind != "id" or self.peek() not in (",", ">"):
            return None
        symbols = self.scope.lookup(self.text)
        if symbols and isinstance(symbols[0], PatternTemplate):
            self.advance()
            return cxx.TemplateType(symbols[0].name)
        if not symbols or not isinstance(symbols[0], (ClassTemplate, AliasTemplate)):
            return None
        if isinstance(symbols[0], ClassTemplate) and self._injected(symbols[0]):
            return None
        self.advance()
        return symbols[0]

    # --- lists with pack expansions ----------------------------------------------------------------

    def items(self, parse: Callable[[], Item], closer: str) -> list[Item]:
        """Comma-separated items up to ``closer`` (not consumed), with ``item...`` expanded."""
        found: list[Item] = []
        while not self.at(closer) and not self.finished:
            end = self._expansion_end(closer)
            if end >= 0 and self.pattern:
                found.append(cxx.PackPattern(parse()))  # type: ignore[arg-type]
                self.expect("...")
            elif end >= 0:
                method = parse.__name__
                area = Range(self.tokens, self.position, end)
                found += [getattr(p, method)() for p in self.expansions(area)]
                self.position = end + 1
            else:
                found.append(parse())
            if not self.accept(","):
                break
        return found

    def _expansion_end(self, closer: str) -> int:
        """Position of the ``...`` that ends the item here, or -1."""
        position, angle = self.position, 0
        while position < self.end:
            token = self.tokens[position]
            text = token.text
            if token.kind == "op":
                if text in "([{":
                    position = token.match + 1
                    continue
                if text == "..." and angle == 0:
                    return position if self.tokens[position - 1].text != "sizeof" else -1
                if text in (")", "]", "}", ";") or (text == "," and angle == 0):
                    return -1
                if text == "<" and self._opens_angle(position):
                    angle += 1
                elif text == ">":
                    if angle == 0 and closer == ">":
                        return -1
                    angle = max(0, angle - 1)
            position += 1
        return -1

    def _opens_angle(self, position: int) -> bool:
        before = self.tokens[position - 1]
        if before.kind != "id":
            return False
        symbols = self.scope.lookup(before.text)
        return not symbols or (not isinstance(symbols[0], (PatternValue,)) and self._is_template(symbols))

    def _is_template(self, symbols: list[Symbol]) -> bool:
        return any(
            isinstance(s, (ClassTemplate, AliasTemplate, VariableTemplate, PatternTemplate))
            or (isinstance(s, FunctionDecl) and s.template is not None)
            or (isinstance(s, TypeSymbol) and isinstance(s.ctype, cxx.ClassType) and s.ctype.info.template is not None)
            for s in symbols
        )

    def expansions(self, area: Range) -> list[Any]:
        """One parser for each element of the packs that a range mentions."""
        packs: dict[str, PackSymbol] = {}
        for position in range(area.start, area.end):
            token = area.tokens[position]
            if token.kind == "id" and token.text not in packs:
                symbols = self.scope.lookup(token.text)
                if symbols and isinstance(symbols[0], PackSymbol):
                    packs[token.text] = symbols[0]
        if not packs:
            self.fail("E0204", "'...' expands no parameter pack", area.first.span)
        lengths = {len(p.elements) for p in packs.values()}
        if len(lengths) > 1:
            self.fail("E0204", "the packs expanded here have different lengths", area.first.span)
        parsers = []
        for index in range(lengths.pop()):
            scope = Scope("block", self.scope)
            for name, pack in packs.items():
                scope.bind(name, pack.elements[index])
            parsers.append(self.sub(area, scope))
        return parsers

    # --- is this a type? ---------------------------------------------------------------------------

    def at_type(self) -> bool:
        """Whether the tokens here name a type."""
        token = self.token
        if token.text in TYPE_WORDS:
            return True
        if (token.kind != "id" and token.text != "::") or self.peek() == "new":
            return False
        if token.kind == "id" and self.peek() not in ("::", "<"):
            symbols = self.scope.lookup(token.text)
            if not symbols:
                return False
            if isinstance(symbols[0], ClassTemplate):
                following = self.tokens[self.position + 1]
                deduced = not self.pattern and (following.kind == "id" or following.text in ("(", "{"))
                return deduced or self._injected(symbols[0]) is not None
            return isinstance(symbols[0], TypeSymbol)
        if token.kind == "id":
            symbols = (self.scope.lookup_qualifier if self.peek() == "::" else self.scope.lookup)(token.text)
            if not symbols or not isinstance(
                symbols[0], (TypeSymbol, ClassTemplate, AliasTemplate, NamespaceSymbol, PatternTemplate)
            ):
                return False
        position = self.position
        try:
            return not isinstance(self.qualified_name(), syntax.Name)
        finally:
            self.position = position


def _members(scope: Scope, name: str) -> list[Symbol]:
    """What a name means in a namespace or class. Data members are known once their class is laid out."""
    found = scope.local(name)
    info = scope.info
    if not found and info is not None and info.laid_out is None and not info.completing and info.try_complete():
        found = scope.local(name)
    return found


BASIC_WORDS = frozenset(
    "void bool char short int long signed unsigned float double wchar_t char16_t char32_t __int64 __int128 "
    "__float128 _Float128 __cw_half __cw_bfloat16 __signed__".split()
)
TYPE_WORDS = BASIC_WORDS | frozenset(
    "const volatile typename auto decltype struct class union enum __typeof__ typeof "
    "__underlying_type __cw_make_unsigned __cw_make_signed".split()
)
