"""Indexing declarations: which names a namespace or class declares, and where their tokens lie.

Nothing is elaborated here that can wait. Host code therefore costs nothing, and host declarations
that this front end could not read do no harm unless device code uses them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cudawasm.errors import CompileError
from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend import syntax
from cudawasm.frontend.angles import arguments_close, initializer_end
from cudawasm.frontend.enumerations import enumeration
from cudawasm.frontend.function_scan import FunctionShape, scan_function
from cudawasm.frontend.linking import EXTERN_BEFORE
from cudawasm.frontend.outside_definitions import Params, enter_member, enter_variable, function_decl
from cudawasm.frontend.parse_expressions import Parser
from cudawasm.frontend.parse_types import STORAGE_WORDS
from cudawasm.frontend.symbols import (
    AliasTemplate,
    ClassDefinition,
    ClassInfo,
    ClassTemplate,
    FunctionDecl,
    NamespaceSymbol,
    Range,
    Scope,
    Specialisation,
    TypeSymbol,
    VariableDecl,
    VariableTemplate,
)
from cudawasm.frontend.template_parameters import template_parameters
from cudawasm.frontend.tokens import Token

if TYPE_CHECKING:
    from cudawasm.frontend.sema import Sema

_DEVICE_WORDS = frozenset(("__global__", "__device__"))
_ALIGNING_WORDS = frozenset(("__align__", "alignas", "__attribute__", "__declspec", "__builtin_align__"))


class Declarations:
    """Enters declarations into scopes."""

    def __init__(self, sema: Sema) -> None:
        self.sema = sema

    def index(self, area: Range, scope: Scope) -> None:
        """Enter every declaration of a range."""
        parser = Parser(self.sema, area, scope)
        while not parser.finished:
            start = parser.position
            try:
                self._declaration(parser, None)
            except CompileError as error:
                end = self._skip(parser, start)
                words = {area.tokens[i].text for i in range(start, end)}
                if words & _DEVICE_WORDS or scope.kind == "class" or error.diagnostics[0].code == "E0212":
                    raise
                self.sema.skipped += error.diagnostics
            if parser.position <= start:
                parser.position = start + 1

    def _skip(self, parser: Parser, start: int) -> int:
        """Move past a declaration that could not be read: to its ';' or the end of its braces."""
        position = start
        tokens = parser.tokens
        while position < parser.end:
            text = tokens[position].text
            if text == "{":
                position = tokens[position].match + 1
                if position < parser.end and tokens[position].text == ";":
                    position += 1
                break
            if text == ";":
                position += 1
                break
            position = tokens[position].match + 1 if tokens[position].match > position else position + 1
        parser.position = position
        return position

    # --- one declaration ---------------------------------------------------------------------------

    def _declaration(self, parser: Parser, template: Params | None) -> None:
        token = parser.token
        scope = parser.scope
        if token.kind == "pragma":
            parser.advance()
            return
        match token.text:
            case ";":
                parser.advance()
            case "namespace":
                self._namespace(parser)
            case "inline" if parser.peek() == "namespace":
                parser.advance()
                self._namespace(parser, inline=True)
            case "using":
                self._using(parser, template)
            case "typedef":
                self._typedef(parser)
            case "template":
                self._template(parser)
            case "extern" if parser.position + 1 < parser.end and parser.tokens[parser.position + 1].kind == "str":
                self._linkage(parser)
            case "static_assert" | "_Static_assert":
                self._static_assert(parser)
            case "public" | "private" | "protected" if scope.kind == "class":
                parser.advance()
                parser.expect(":")
            case "friend":
                self._friend(parser, template)
            case _ if self._defines_type(parser):
                self._type_definition(parser, template)
            case "asm" | "__asm__":
                self._skip(parser, parser.position)
            case _:
                self._function_or_variable(parser, template)

    def _namespace(self, parser: Parser, inline: bool = False) -> None:
        parser.advance()
        while parser.skip_attribute():
            pass
        scope = parser.scope
        names: list[str] = []
        while parser.token.kind == "id":
            names.append(parser.advance().text)
            if not parser.accept("::"):
                break
            parser.accept("inline")
        if parser.at("=") and not names:
            parser.fail("E0202", "expected a name before '='")
        if parser.accept("="):
            target = parser.qualified_scope()
            parser.expect(";")
            scope.bind(names[0], NamespaceSymbol(target))
            return
        for name in names or [""]:
            scope = self._open_namespace(scope, name, inline or not names)
        if not parser.at("{"):
            parser.fail("E0202", "expected '{' after a namespace's name")
        self.index(parser.group(), scope)

    def _open_namespace(self, scope: Scope, name: str, visible: bool) -> Scope:
        for symbol in scope.names.get(name or "<anonymous>", ()):
            if isinstance(symbol, NamespaceSymbol):
                return symbol.scope
        inner = Scope("namespace", scope, name)
        inner.used += scope.namespaces_of_prelude(name)
        scope.add(name or "<anonymous>", NamespaceSymbol(inner))
        if visible:
            scope.used.append(inner)
        return inner

    def _using(self, parser: Parser, template: Params | None) -> None:
        parser.advance()
        scope = parser.scope
        if parser.accept("namespace"):
            scope.used.append(parser.qualified_scope())
            parser.expect(";")
            return
        if parser.peek() == "=" or (parser.peek() == "[" and template is None):
            name = parser.expect_name().text
            while not parser.accept("="):
                parser.advance()
            start = parser.position
            area = Range(parser.tokens, start, self._to_semicolon(parser))
            if template is not None:
                scope.bind(name, AliasTemplate(name, template, area, scope))
            else:
                scope.bind(name, TypeSymbol(None, lambda: Parser(self.sema, area, scope).type_id()))
            return
        start = parser.position
        area = Range(parser.tokens, start, self._to_semicolon(parser))
        for part in parser.split_commas(area):
            if part.tokens[part.end - 1].text != "...":
                self._using_declaration(Parser(self.sema, part, scope))
                continue
            for inner in parser.expansions(Range(part.tokens, part.start, part.end - 1)):
                self._using_declaration(inner, scope)

    def _using_declaration(self, parser: Parser, into: Scope | None = None) -> None:
        """``using Base::f``, ``using Base::Base``, ``using namespace_of::Type``."""
        scope = into or parser.scope
        parser.accept("typename")
        tokens, last = parser.tokens, parser.end - 1
        operator = next((i for i in range(parser.position, last) if tokens[i].text == "operator"), -1)
        if operator < 0 and scope.info is not None and tokens[last - 1].text == "::":
            base = self._class_named(Range(tokens, parser.position, last - 1), parser.scope)
            if base is not None and tokens[last].text in (base.name, tokens[parser.position].text):
                base.index()
                copies = self.sema.classes.copy_constructors(base)
                scope.info.constructors += [c for c in base.constructors if not c.is_special and c not in copies]
                return
        symbols = parser.qualified_symbols()
        name = tokens[last].text if operator < 0 else "".join(t.text for t in tokens[operator : last + 1])
        for symbol in symbols:
            if symbol not in scope.names.get(name, ()):
                scope.add(name, symbol)

    def _class_named(self, area: Range, scope: Scope) -> ClassInfo | None:
        """The class that a range names, or None."""
        parser = Parser(self.sema, area, scope)
        if not parser.at_type():
            return None
        ctype = cxx.unqualified(parser.type_id())
        return ctype.info if isinstance(ctype, cxx.ClassType) else None

    def _to_semicolon(self, parser: Parser) -> int:
        """Move past the next ';' at this level and return its position."""
        while not parser.finished and not parser.at(";"):
            match = parser.token.match
            parser.position = match + 1 if match > parser.position else parser.position + 1
        semicolon = parser.position
        parser.expect(";")
        return semicolon

    def _typedef(self, parser: Parser) -> None:
        start = parser.position
        scope = parser.scope
        parser.advance()
        position = parser.position
        while parser.tokens[position].text in ("const", "volatile"):
            position += 1
        if parser.tokens[position].text in ("struct", "class", "union", "enum"):
            specifiers = parser.specifiers()
            while not parser.at(";"):
                declarator = parser.declarator(specifiers.ctype)
                self._name_anonymous(specifiers.ctype, declarator.name)
                scope.bind(declarator.name, TypeSymbol(declarator.ctype))
                if not parser.accept(","):
                    break
            parser.expect(";")
            return
        semicolon = self._to_semicolon(parser)
        area = Range(parser.tokens, start, semicolon)
        for name in self._declared_names(Range(parser.tokens, start + 1, semicolon)):
            scope.bind(name, TypeSymbol(None, self._typedef_resolver(area, scope, name)))

    def _typedef_resolver(self, area: Range, scope: Scope, name: str) -> Any:
        def resolve() -> cxx.CType:
            inner = Parser(self.sema, area, scope)
            base = inner.specifiers().ctype
            while True:
                declarator = inner.declarator(base)
                if declarator.name == name:
                    return declarator.ctype
                inner.expect(",")

        return resolve

    def _name_anonymous(self, ctype: cxx.CType, name: str) -> None:
        base = cxx.unqualified(ctype)
        if isinstance(base, cxx.ClassType) and base.info.name.startswith("<"):
            base.info.name = base.info.display = name

    def _declared_names(self, area: Range) -> list[str]:
        """Names that a simple declaration declares, without understanding its types."""
        names: list[str] = []
        last = ""
        named = False  # the declarator's name is known: what follows is its parameters
        position = area.start
        tokens = area.tokens
        while position < area.end:
            token = tokens[position]
            text = token.text
            if text in ("=", "{") or (text == ":" and last):
                position = initializer_end(tokens, position, area.end)
                continue
            if text == "," and last:
                names.append(last)
                last, named = "", False
            elif text == "(" and not named and _is_pointer_declarator(tokens, position + 1):
                inner = [tokens[i] for i in range(position, token.match) if tokens[i].kind == "id"]
                if inner:
                    last, named = inner[-1].text, True
            elif text == "<" and not named and (end := arguments_close(tokens, position, area.end)) > 0:
                position = end
                continue
            elif token.kind == "id" and not named and text not in STORAGE_WORDS:
                last = text
            position = token.match + 1 if token.match > position else position + 1
        if last:
            names.append(last)
        return names

    def _template(self, parser: Parser) -> None:
        parser.advance()
        if not parser.at("<"):  # explicit instantiation: a use, which happens on demand anyway
            self._skip(parser, parser.position)
            return
        params = template_parameters(parser)
        if parser.at("requires"):
            parser.fail("E0303", "constraints ('requires') are not supported")
        if parser.at("template"):
            self._member_template(parser, params)
            return
        self._declaration(parser, params)

    def _member_template(self, parser: Parser, class_params: Params) -> None:
        """``template<class T> template<class U> .. Class<T>::member``."""
        parser.advance()
        inner = template_parameters(parser)
        shape = scan_function(parser)
        if shape is None or shape.qualifier_at < 0:
            parser.fail("E0303", "this form of member template is not supported")
        enter_member(parser, shape, class_params, inner)

    def _linkage(self, parser: Parser) -> None:
        parser.advance()
        parser.advance()
        if parser.at("{"):
            self.index(parser.group(), parser.scope)
        else:
            self._declaration(parser, None)

    def _static_assert(self, parser: Parser) -> None:
        token = parser.advance()
        area = parser.group()
        parser.accept(";")
        if parser.scope.kind != "namespace":
            self.sema.check_static_assert(area, parser.scope, token)
            return
        try:
            self.sema.check_static_assert(area, parser.scope, token)
        except CompileError as error:
            if error.diagnostics[0].code == "E0212":
                raise
            self.sema.skipped += error.diagnostics

    def _friend(self, parser: Parser, template: Params | None) -> None:
        parser.advance()
        if parser.at("class", "struct", "union"):
            self._to_semicolon(parser)
            return
        start = parser.position
        shape = scan_function(parser)
        if shape is None or shape.body is None:
            self._skip(parser, start)
            return
        self._add_friend(parser, shape, template)

    def _add_friend(self, parser: Parser, shape: FunctionShape, template: Params | None) -> None:
        """A function defined in a class but no member of it."""
        parser.position = shape.end
        if shape.body is not None:
            decl = function_decl(parser, shape, template, parser.scope)
            decl.owner = None
            parser.scope.enclosing_namespace().add(decl.name, decl)

    # --- classes and enums -------------------------------------------------------------------------

    def _type_at(self, parser: Parser) -> int:
        """Position of the ``struct`` or ``enum`` here, which words such as ``__constant__`` may precede; or -1."""
        position = parser.position
        while position < parser.end:
            text = parser.tokens[position].text
            if text in ("struct", "class", "union", "enum"):
                return position
            if text not in STORAGE_WORDS and text not in ("const", "volatile", "friend"):
                return -1
            position += 1
        return -1

    def _defines_type(self, parser: Parser) -> bool:
        """Whether ``struct X ...`` here defines or forward-declares a type rather than using one."""
        key = self._type_at(parser)
        if key < 0:
            return False
        position = key + 1
        tokens = parser.tokens
        bases = False
        while position < parser.end and tokens[position].text not in ("{", ";", "(", "=", ")"):
            if tokens[position].text == "," and not bases:
                return False
            if tokens[position].text == "[":
                if tokens[position + 1].text != "[":
                    return False
                position = tokens[position].match
            bases = bases or tokens[position].text == ":"
            if tokens[position].text == "<" and (end := arguments_close(tokens, position, parser.end)) > 0:
                position = end
                continue
            if tokens[position].text in _ALIGNING_WORDS:
                position = tokens[position + 1].match
            position += 1
        if position >= parser.end or tokens[position].text not in ("{", ";"):
            return False
        if tokens[position].text == "{":
            return True
        names = [t for t in tokens[key + 1 : position] if t.kind == "id"]
        return key == parser.position and (len(names) == 1 or ":" in (t.text for t in tokens[key:position]))

    def _type_definition(self, parser: Parser, template: Params | None) -> None:
        scope = parser.scope
        start = parser.position
        key = parser.position = self._type_at(parser)
        if not parser.at("enum") and template is not None:
            self._class_template(parser, template)
            return
        ctype, _ = self.elaborated_type(parser)
        names_at = parser.position
        if parser.accept(";"):
            info = ctype.info if isinstance(ctype, cxx.ClassType) else None
            if info is not None and info.name.startswith("<") and scope.info is not None:
                scope.info.field_ranges.append(Range(parser.tokens, start, parser.position - 1))
                self.sema.elaborated_at[(id(parser.tokens), key, id(scope))] = ctype
            return
        self.sema.elaborated_at[(id(parser.tokens), key, id(scope))] = ctype
        semicolon = self._to_semicolon(parser)
        self._variables(
            parser, start, semicolon, frozenset(t.text for t in parser.tokens[start:key]), names_at=names_at
        )

    def elaborated_type(self, parser: Parser) -> tuple[cxx.CType, bool]:
        """``struct X``, ``enum class E {..}`` or a definition; enters what is defined."""
        start = parser.position
        known = self.sema.elaborated_at.get((id(parser.tokens), start, id(parser.scope)))
        key = parser.advance().text
        if key == "enum":
            return enumeration(self.sema, parser, known)
        aligns, words = self._class_attributes(parser)
        name = parser.advance().text if parser.token.kind == "id" and not parser.at("final") else ""
        if parser.at("<"):
            parser.position -= 1
            named = parser.qualified_name()
            if isinstance(named, syntax.Name):
                parser.fail("E0203", f"'{named.name}' is not a type", named.span)
            return named, False
        if parser.at("::"):
            parser.position -= 1
            named = parser.qualified_name()
            if isinstance(named, syntax.Name):
                parser.fail("E0203", f"'{named.name}' is not a type", named.span)
            return named, False
        parser.accept("final")
        if not parser.at("{", ":"):
            return self._class_reference(parser, name), False
        definition = self._class_body(parser, key, aligns, words)
        if known is not None:
            return known, True
        info = self._define_class(parser.scope, name, definition, parser.tokens[start].start)
        return cxx.ClassType(info), True

    def _class_attributes(self, parser: Parser) -> tuple[tuple[Range, ...], set[str]]:
        aligns: list[Range] = []
        words: set[str] = set()
        while True:
            if parser.at("__align__", "alignas", "__builtin_align__") and parser.peek() == "(":
                parser.advance()
                aligns.append(parser.group())
            elif parser.at("__attribute__") and "aligned" in [
                t.text for t in parser.tokens[parser.position : parser.closing(parser.position + 1)]
            ]:
                parser.advance()
                inner = parser.group()
                aligns += (
                    Range(inner.tokens, i + 2, inner.tokens[i + 1].match)
                    for i in range(inner.start, inner.end)
                    if inner.tokens[i].text == "aligned"
                )
            elif parser.token.text in STORAGE_WORDS:
                words.add(parser.advance().text)
            elif not parser.skip_attribute():
                return tuple(aligns), words

    def _class_reference(self, parser: Parser, name: str) -> cxx.CType:
        for symbol in parser.scope.lookup(name):
            if isinstance(symbol, TypeSymbol):
                return symbol.get()
        scope = parser.scope.enclosing_namespace() if parser.scope.kind != "class" else parser.scope
        info = self._new_class(scope, name, None)
        scope.add(name, TypeSymbol(cxx.ClassType(info)))
        return cxx.ClassType(info)

    def _class_body(self, parser: Parser, key: str, aligns: tuple[Range, ...], words: set[str]) -> ClassDefinition:
        bases = None
        if parser.accept(":"):
            start = parser.position
            while not parser.at("{"):
                if parser.finished:
                    parser.fail("E0202", "expected a class's body")
                parser.advance()
            bases = Range(parser.tokens, start, parser.position)
        return ClassDefinition(key, bases, parser.group(), aligns, frozenset(words))  # type: ignore[arg-type]

    def _new_class(self, scope: Scope, name: str, definition: ClassDefinition | None) -> ClassInfo:
        info = ClassInfo(name, self.sema.qualified_display(scope, name), scope, definition)
        self.sema.classes.equip(info)
        return info

    def _define_class(self, scope: Scope, name: str, definition: ClassDefinition, at: int) -> ClassInfo:
        if name:
            for symbol in scope.names.get(name, ()):
                if isinstance(symbol, TypeSymbol) and isinstance(symbol.ctype, cxx.ClassType):
                    info = symbol.ctype.info
                    if info.definition is None:
                        info.definition, info.indexed = definition, False
                        return info
        info = self._new_class(scope, name or f"<unnamed{at}>", definition)
        if name:
            scope.add(name, TypeSymbol(cxx.ClassType(info)))
        return info

    def _class_template(self, parser: Parser, params: Params) -> None:
        scope = parser.scope
        key = parser.advance().text
        aligns, words = self._class_attributes(parser)
        name = parser.expect_name().text
        args = None
        if parser.at("<"):
            args = parser.unread_arguments(parser.position)
            parser.position = args.end
        parser.accept("final")
        definition = None
        if parser.at("{", ":"):
            definition = self._class_body(parser, key, aligns, words)
        parser.expect(";")
        known = scope.names.get(name, ()) if args is None else scope.local(name)  # a specialisation may be of std's
        template = next((s for s in known if isinstance(s, ClassTemplate)), None)
        if args is not None:
            if template is None:
                parser.fail("E0203", f"'{name}' is not a class template")
            template.specialisations.append(Specialisation(params, args, definition, scope))
            return
        if template is None:
            scope.add(name, ClassTemplate(name, params, definition, scope))
            return
        if definition is not None:
            _keep_defaults(params, template.params)
            template.definition, template.params = definition, params

    # --- functions and variables -------------------------------------------------------------------

    def _function_or_variable(self, parser: Parser, template: Params | None) -> None:
        start = parser.position
        shape = scan_function(self._knowing(parser, template))
        if shape is None:
            semicolon = self._to_semicolon(parser)
            self._variables(parser, start, semicolon, frozenset(), template)
            return
        parser.position = shape.end
        if "friend" in {t.text for t in parser.tokens[start : shape.name_at]}:
            self._add_friend(parser, shape, template)
            return
        if shape.qualifier_at >= 0:
            enter_member(parser, shape, template or [], None)
            return
        scope = parser.scope
        decl = function_decl(parser, shape, template, scope)
        info = scope.info
        if info is not None and decl.name == info.name and shape.is_constructor:
            decl.name = "<constructor>"
            info.constructors.append(decl)
        elif info is not None and decl.name.startswith("~"):
            info.destructor = decl
        else:
            scope.add(decl.name, decl)

    def _knowing(self, parser: Parser, template: Params | None) -> Parser:
        """A parser at the same place to which template parameters are names of types."""
        if not template:
            return parser
        scope = self.sema.templates.pattern_scope(parser.scope, template)
        return Parser(self.sema, Range(parser.tokens, parser.position, parser.end), scope, True)

    def local_function(self, parser: Parser, declarator: Any) -> FunctionDecl:
        """A function declared inside a function: the one at namespace scope is meant."""
        for symbol in parser.scope.enclosing_namespace().lookup(declarator.name):
            if isinstance(symbol, FunctionDecl):
                return symbol
        parser.fail("E0203", f"'{declarator.name}' is not declared", declarator.token.span)

    def _variables(
        self,
        parser: Parser,
        start: int,
        semicolon: int,
        extra: frozenset[str],
        template: Params | None = None,
        names_at: int = -1,
    ) -> None:
        """Variables or members; where their type is defined with them, ``names_at`` is behind its definition."""
        tokens = parser.tokens
        if enter_variable(parser, Range(tokens, start, semicolon), template or []):
            return
        scope = parser.scope
        area = Range(tokens, start, semicolon)
        names_at = max(start, names_at)
        words = frozenset(t.text for t in tokens[names_at:semicolon] if t.text in STORAGE_WORDS or t.text == "const")
        words |= extra
        if scope.info is not None and not (words & {"static", "constexpr"}):
            scope.info.field_ranges.append(area)
            return
        for name in self._declared_names(Range(tokens, names_at, semicolon)):
            if template is not None:
                self._variable_template(parser, name, template, area)
                continue
            existing = [
                s for s in scope.names.get(name, ()) if isinstance(s, VariableDecl) and "extern" not in s.storage
            ]
            if "extern" in words and existing:
                continue
            declared = (s for s in scope.names.get(name, ()) if isinstance(s, VariableDecl))
            before = {EXTERN_BEFORE} if any("extern" in d.storage for d in declared) else set()
            scope.bind(name, VariableDecl(name, area, scope, words | before, owner=scope.info))

    def _variable_template(self, parser: Parser, name: str, template: Params, area: Range) -> None:
        scope = parser.scope
        for symbol in scope.names.get(name, ()):
            if isinstance(symbol, VariableTemplate):
                position = next(i for i in range(area.start, area.end) if area.tokens[i].text == name)
                args = parser.unread_arguments(position + 1)
                symbol.specialisations.append(Specialisation(template, args, area, scope))
                return
        scope.bind(name, VariableTemplate(name, template, area, scope))


def _is_pointer_declarator(tokens: list[Token], position: int) -> bool:
    """Whether ``*name``, ``&name`` or ``Class::*name`` stands at a position."""
    while tokens[position].kind == "id" and tokens[position + 1].text == "::":
        position += 2
    return tokens[position].text in ("*", "&")


def _keep_defaults(params: Params, earlier: Params) -> None:
    for new, old in zip(params, earlier, strict=False):
        new.default = new.default or old.default
