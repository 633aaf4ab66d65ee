"""Parsing expressions by precedence climbing."""

from __future__ import annotations

import re
from dataclasses import replace

from cudawasm.errors import CompileError
from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend import syntax
from cudawasm.frontend.condition import integer_value
from cudawasm.frontend.parse_names import BASIC_WORDS
from cudawasm.frontend.parse_types import STORAGE_WORDS, TypeParser
from cudawasm.frontend.symbols import PackSymbol, Range
from cudawasm.frontend.template_parameters import template_parameters
from cudawasm.frontend.tokens import Token

PRECEDENCE = {
    "||": 1, "&&": 2, "|": 3, "^": 4, "&": 5, "==": 6, "!=": 6, "<": 7, ">": 7, "<=": 7, ">=": 7,
    "<<": 8, ">>": 8, "+": 9, "-": 9, "*": 10, "/": 10, "%": 10, ".*": 11, "->*": 11,
}  # fmt: skip
_ASSIGNMENTS = frozenset("= += -= *= /= %= &= |= ^= <<= >>=".split())
_PREFIX = frozenset("+ - ! ~ * & ++ --".split())
_CASTS = {
    "static_cast": "static",
    "reinterpret_cast": "reinterpret",
    "const_cast": "const",
    "dynamic_cast": "dynamic",
}
_ESCAPES = {
    "n": 10,
    "t": 9,
    "r": 13,
    "0": 0,
    "a": 7,
    "b": 8,
    "f": 12,
    "v": 11,
    "\\": 92,
    "'": 39,
    '"': 34,
    "?": 63,
}
_TRAITS = frozenset(
    "__is_same __is_class __is_enum __is_union __is_base_of __is_trivially_copyable __is_empty "
    "__is_integral __is_floating __is_signed __is_unsigned __is_const __is_pointer __is_reference "
    "__is_lvalue_reference __is_array __is_convertible __is_void __is_arithmetic __is_pod "
    "__is_trivial __is_aggregate __is_function __is_member_pointer __is_member_object_pointer "
    "__is_member_function_pointer".split()
)
_ESCAPE_PATTERN = re.compile(r"\\(x[0-9a-fA-F]+|[0-7]{1,3}|.)", re.DOTALL)


class Parser(TypeParser):
    """Expressions; with its bases, everything below statements."""

    def expression(self) -> syntax.Node:
        """With the comma operator."""
        start = self.token
        node = self.assignment()
        while self.accept(","):
            node = syntax.Binary(",", node, self.assignment(), self.spanning(start))
        return node

    def assignment(self) -> syntax.Node:
        start = self.token
        if self.at("throw"):
            self.advance()
            return syntax.New("throw", start.span)
        if self.at("{"):
            return self.init_list()
        node = self.conditional()
        op, length = self._operator()
        if op not in _ASSIGNMENTS:
            return node
        self.position += length
        value = self.assignment()
        return syntax.Assignment(op[:-1], node, value, self.spanning(start))

    def conditional(self) -> syntax.Node:
        start = self.token
        node = self.binary(1)
        if not self.accept("?"):
            return node
        outer, self.angle_ends = self.angle_ends, False
        if_true = self.expression()
        self.angle_ends = outer
        self.expect(":")
        if_false = self.assignment()
        return syntax.Conditional(node, if_true, if_false, self.spanning(start))

    def _operator(self) -> tuple[str, int]:
        """The operator here and how many tokens it has: ``>>`` is two tokens."""
        text = self.text
        if text != ">":
            return text, 1
        if self.angle_ends:
            return "", 0
        following = self.tokens[self.position + 1] if self.position + 1 < self.end else None
        if following is not None and following.text in (">", ">=") and not following.spaced:
            return ">" + following.text, 2
        return text, 1

    def binary(self, least: int) -> syntax.Node:
        start = self.token
        left = self.unary()
        while True:
            op, length = self._operator()
            precedence = PRECEDENCE.get(op, 0)
            if precedence < least or (op in ("||", "&&") and self.peek() == "..."):
                return left
            if self.peek(length) == "...":
                return left  # a fold expression's operator
            self.position += length
            right = self.binary(precedence + 1)
            left = syntax.Binary(op, left, right, self.spanning(start))

    # --- unary and casts ---------------------------------------------------------------------------

    def unary(self) -> syntax.Node:
        token = self.token
        text = token.text
        if text in _PREFIX and token.kind == "op":
            self.advance()
            in_brackets = self.at("(")
            operand = self.unary()
            if text == "&" and in_brackets and isinstance(operand, syntax.Name):  # &(S::x) is no pointer to a member
                operand = replace(operand, qualifier=None)
            return syntax.Unary(text, operand, self.spanning(token))
        if token.kind == "id":
            if text in ("sizeof", "alignof", "_Alignof", "__alignof__"):
                return self._size_of(token)
            if text == "new":
                return self._new(token)
            if text == "delete":
                self.fail("E0302", f"'{text}' in device code is not supported", token.span)
            if text == "__extension__":
                self.advance()
                return self.unary()
        if text == "::" and self.peek() == "new":
            self.advance()
            return self._new(token)
        if text == "(" and self._is_cast():
            return self._c_cast(token)
        return self.postfix(self.primary())

    def _new(self, token: Token) -> syntax.Node:
        """Only with a place to construct at: there is no memory to allocate from."""
        self.advance()
        if not self.at("(") or self.sub(Range(self.tokens, self.position + 1, self.closing())).at_type():
            self.fail("E0302", "'new' in device code is not supported", token.span)
        place = self.sub(self.group()).whole_expression()
        ctype = self.pointer_operators(self.specifiers().ctype)
        start = self.position
        if self.at("["):
            self.fail("E0302", "'new' of an array in device code is not supported", token.span)
        if self.at("(", "{"):
            self.position = self.closing() + 1
        area = Range(self.tokens, start, self.position)
        return syntax.PlacementNew(place, ctype, area, self.scope, self.spanning(token))

    def _is_cast(self) -> bool:
        position = self.position
        close = self.closing()
        self.position += 1
        try:
            if not self.at_type():
                return False
            parser = self.sub(Range(self.tokens, self.position, close))
            parser.type_id()
            return bool(parser.finished)
        except CompileError:
            return False
        finally:
            self.position = position

    def _c_cast(self, token: Token) -> syntax.Node:
        ctype = self.sub(self.group()).type_id()
        if self.at("{"):
            items = self.init_list()
            node: syntax.Node = syntax.Construction(ctype, items.items, True, self.spanning(token))
            return self.postfix(node)
        operand = self.unary()
        return syntax.Cast("c", ctype, operand, self.spanning(token))

    def _size_of(self, token: Token) -> syntax.Node:
        what = "sizeof" if self.advance().text == "sizeof" else "alignof"
        if self.accept("..."):
            pack = self.sub(self.group())
            symbols = self.scope.lookup(pack.expect_name().text)
            count = len(symbols[0].elements) if symbols and isinstance(symbols[0], PackSymbol) else 0
            return syntax.Literal(cxx.ULONG, count, self.spanning(token))
        if self.at("("):
            parser = self.sub(Range(self.tokens, self.position + 1, self.closing()))
            if parser.at_type():
                ctype = parser.type_id()
                if parser.finished:
                    self.position = self.closing() + 1
                    return syntax.SizeOf(what, ctype, None, self.spanning(token))
        operand = self.unary()
        return syntax.SizeOf(what, None, operand, self.spanning(token))

    # --- postfix -----------------------------------------------------------------------------------

    def postfix(self, node: syntax.Node) -> syntax.Node:
        start = self.token
        while True:
            match self.text:
                case "[":
                    area = self.group()
                    index = self.sub(area).whole_expression()
                    node = syntax.Subscript(node, index, self.spanning(start))
                case "(":
                    args = self.call_arguments()
                    node = syntax.Call(node, args, node.span)
                case "." | "->":
                    node = self._member(node)
                case "++" | "--":
                    node = syntax.Unary("p" + self.advance().text, node, node.span)
                case _:
                    return node

    def whole_expression(self) -> syntax.Node:
        """An expression that must fill this parser's range."""
        node = self.init_list() if self.at("{") else self.expression()
        if not self.finished:
            self.fail("E0202", f"unexpected '{self.text}'")
        return node

    def call_arguments(self) -> list[syntax.Node]:
        """``(a, b)`` with packs expanded."""
        parser = self.sub(self.group())
        args: list[syntax.Node] = parser.items(parser.assignment, ")")
        if not parser.finished:
            parser.fail("E0202", f"unexpected '{parser.text}' in arguments")
        return args

    def _member(self, base: syntax.Node) -> syntax.Node:
        arrow = self.advance().text == "->"
        self.accept("template")
        start = self.token
        if self.accept("~"):
            self.expect_name()
            self.call_arguments()
            return syntax.Literal(cxx.VOID, 0, start.span)  # an explicit call of a trivial destructor
        if self.at("operator"):
            name = "operator" + self.operator_symbol()
            return syntax.MemberAccess(base, name, None, arrow, self.spanning(start))
        name = self.expect_name().text
        qualifier = None
        if self.at("::"):
            self.position -= 1
            named = self.qualified_name()
            if not isinstance(named, syntax.Name):
                self.fail("E0202", "expected a member's name")
            info = named.qualifier
            qualifier = cxx.ClassType(info) if info is not None else None
            return syntax.MemberAccess(base, named.name, named.args, arrow, self.spanning(start), qualifier)
        args = None
        if self.at("<"):
            args = self._member_arguments()
        return syntax.MemberAccess(base, name, args, arrow, self.spanning(start), qualifier)

    def _member_arguments(self) -> tuple[object, ...] | None:
        """Template arguments of a member call, only where ``<..>`` is followed by a call."""
        position = self.position
        try:
            args = self.template_arguments()
        except CompileError:
            args = ()
        if args and self.at("("):
            return args
        self.position = position
        return None

    # --- primary -----------------------------------------------------------------------------------

    def primary(self) -> syntax.Node:
        token = self.token
        match token.kind:
            case "num":
                self.advance()
                return self._number(token)
            case "chr":
                self.advance()
                return syntax.Literal(cxx.CHAR, _character(token.text), token.span)
            case "str":
                return self._string()
            case "id":
                return self._name_or_keyword(token)
        match token.text:
            case "(":
                return self._parenthesised_expression(token)
            case "[":
                return self._lambda(token)
            case "::":
                return self._named(token)
        self.fail("E0202", f"expected an expression before '{token.text or 'the end'}'")

    def _name_or_keyword(self, token: Token) -> syntax.Node:
        text = token.text
        match text:
            case "true" | "false":
                self.advance()
                return syntax.Literal(cxx.BOOL, text == "true", token.span)
            case "nullptr":
                self.advance()
                return syntax.Literal(cxx.NULL, 0, token.span)
            case "this":
                self.advance()
                return syntax.This(token.span)
            case "noexcept":
                self.advance()
                self.group()
                return syntax.Literal(cxx.BOOL, True, token.span)
            case "typename" | "decltype" | "unsigned" | "signed":
                return self._construction(self.specifiers().ctype, token)
            case "operator":
                return self._named(token)
            case "typeid":
                self.fail("E0302", "'typeid' in device code is not supported", token.span)
        if text in _CASTS:
            self.advance()
            self.expect("<")
            outer, self.angle_ends = self.angle_ends, True
            ctype = self.type_id()
            self.angle_ends = outer
            self.expect(">")
            operand = self.sub(self.group()).whole_expression()
            return syntax.Cast(_CASTS[text], ctype, operand, self.spanning(token))
        if text in _TRAITS:
            self.advance()
            parser = self.sub(self.group())
            return syntax.TypeTrait(text, parser.items(parser.type_id, ")"), self.spanning(token))
        if text in BASIC_WORDS:
            return self._construction(self.specifiers().ctype, token)
        return self._named(token)

    def _named(self, token: Token) -> syntax.Node:
        named = self.qualified_name()
        return named if isinstance(named, syntax.Name) else self._construction(named, token)

    def _construction(self, ctype: cxx.CType, token: Token) -> syntax.Node:
        if self.at("{"):
            items = self.init_list()
            return syntax.Construction(ctype, items.items, True, self.spanning(token))
        if not self.at("("):
            self.fail("E0202", f"expected '(' after the type '{ctype}'")
        return syntax.Construction(ctype, self.call_arguments(), False, self.spanning(token))

    def init_list(self) -> syntax.InitList:
        """``{...}``, with designators."""
        start = self.token
        parser = self.sub(self.group())
        designators: list[str] = []
        items: list[syntax.Node] = []
        if parser.at("."):
            while parser.accept("."):
                designators.append(parser.expect_name().text)
                if not parser.at("{"):
                    parser.expect("=")
                items.append(parser.assignment())
                if not parser.accept(","):
                    break
        else:
            items = parser.items(parser.assignment, "}")
        if not parser.finished:
            parser.fail("E0202", f"unexpected '{parser.text}' in a braced list")
        return syntax.InitList(items, designators, self.spanning(start))

    def _parenthesised_expression(self, token: Token) -> syntax.Node:
        if self.peek() == "{":
            self.fail("E0302", "statement expressions are not supported", token.span)
        area = self.group()
        fold = self._fold(area, token)
        if fold is not None:
            return fold
        return self.sub(area).whole_expression()  # type: ignore[no-any-return]

    def _fold(self, area: Range, token: Token) -> syntax.Node | None:
        """A fold expression inside brackets, or None."""
        dots = -1
        position = area.start
        while position < area.end:
            inner = area.tokens[position]
            if inner.match > position:
                position = inner.match
            elif inner.text == "...":
                dots = position
                break
            position += 1
        if dots < 0:
            return None
        tokens = area.tokens
        if dots == area.start:  # (... op pack)
            op, start = tokens[dots + 1].text, dots + 2
            return self._folded(op, Range(tokens, start, area.end), None, True, token)
        op = tokens[dots - 1].text
        first = Range(tokens, area.start, dots - 1)
        if dots + 1 == area.end:  # (pack op ...)
            return self._folded(op, first, None, False, token)
        second = Range(tokens, dots + 2, area.end)
        if self._mentions_pack(first):
            return self._folded(op, first, second, False, token)
        return self._folded(op, second, first, True, token)

    def _mentions_pack(self, area: Range) -> bool:
        names = (area.tokens[i] for i in range(area.start, area.end))
        return any(t.kind == "id" and (s := self.scope.lookup(t.text)) and isinstance(s[0], PackSymbol) for t in names)

    def _folded(self, op: str, pack: Range, init: Range | None, left: bool, token: Token) -> syntax.Node:
        elements: list[syntax.Node] = [p.whole_cast() for p in self.expansions(pack)]
        if init is not None:
            node = self.sub(init).whole_cast()
            elements = [node, *elements] if left else [*elements, node]
        if not elements:
            if op not in ("&&", "||", ","):
                self.fail("E0204", f"a fold over '{op}' needs at least one element", token.span)
            if op == ",":
                return syntax.Literal(cxx.VOID, 0, token.span)
            return syntax.Literal(cxx.BOOL, op == "&&", token.span)
        return syntax.Fold(op, elements, left, self.spanning(token))

    def whole_cast(self) -> syntax.Node:
        node = self.expression()
        if not self.finished:
            self.fail("E0202", f"unexpected '{self.text}'")
        return node

    def _lambda(self, token: Token) -> syntax.Node:
        captures = self.group()
        header_start = self.position
        template = None
        if self.at("<"):
            template = template_parameters(self)
        while self.text in STORAGE_WORDS or self.skip_attribute():  # [=] __device__ (int x) {..}
            if self.text in STORAGE_WORDS:
                self.advance()
        params = self.group() if self.at("(") else None
        while not self.at("{") and not self.finished:
            self.advance()
        header = Range(self.tokens, header_start, self.position)
        if not self.at("{"):
            self.fail("E0202", "expected a lambda's body")
        body = Range(self.tokens, self.position, self.closing() + 1)
        self.position = body.end
        return syntax.Lambda(captures, params, header, body, template, self.scope, self.spanning(token))

    # --- literals ----------------------------------------------------------------------------------

    def _string(self) -> syntax.Node:
        start = self.token
        value = b""
        while self.token.kind == "str":
            text = self.advance().text
            quote = text.index('"')
            if text[:quote].endswith("R"):
                opening = text.index("(")
                value += text[opening + 1 : text.rindex(")")].encode("latin-1")
            else:
                value += bytes(_unescaped(text[quote + 1 : -1]))
        return syntax.StringLiteral(value, self.spanning(start))

    def _number(self, token: Token) -> syntax.Node:
        text = token.text.replace("'", "")
        lowered = text.lower()
        is_hex = lowered.startswith("0x")
        if ("." in text or (not is_hex and "e" in lowered) or (is_hex and "p" in lowered)) and not (
            lowered.startswith("0b")
        ):
            suffix = lowered[-1] if lowered[-1] in ("f", "l") and not (is_hex and "p" not in lowered) else ""
            digits = text[:-1] if suffix else text
            try:
                value = float.fromhex(digits) if is_hex else float(digits)
            except ValueError:
                self.fail("E0202", f"'{token.text}' is not a number", token.span)
            return syntax.Literal(cxx.FLOAT if suffix == "f" else cxx.DOUBLE, value, token.span)
        integer = integer_value(text)
        if integer is None:
            self.fail("E0202", f"'{token.text}' is not a number", token.span)
        return syntax.Literal(_integer_type(integer, lowered), integer, token.span)


def _integer_type(value: int, lowered: str) -> cxx.CType:
    digits = lowered.rstrip("ulz")
    suffix = lowered[len(digits) :]
    unsigned, longs = "u" in suffix, suffix.count("l") + suffix.count("z")
    if unsigned:
        small: tuple[cxx.Arithmetic, ...] = (cxx.UINT, cxx.ULONG, cxx.ULONGLONG)
        return cxx.UINT if longs == 0 and value < 2**32 else small[max(longs, 1)]
    decimal = not digits.startswith("0") or digits == "0"
    if longs == 0 and value < 2**31:
        return cxx.INT
    if longs == 0 and not decimal and value < 2**32:
        return cxx.UINT
    if value < 2**63:
        return cxx.LONGLONG if longs == 2 else cxx.LONG
    return cxx.ULONGLONG if longs == 2 else cxx.ULONG


def _unescaped(text: str) -> list[int]:
    out: list[int] = []
    position = 0
    for match in _ESCAPE_PATTERN.finditer(text):
        out += text[position : match.start()].encode("latin-1")
        code = match.group(1)
        if code[0] == "x":
            out.append(int(code[1:], 16) & 255)
        elif code[0] in "01234567":
            out.append(int(code, 8) & 255)
        else:
            out.append(_ESCAPES.get(code, ord(code) & 255))
        position = match.end()
    out += text[position:].encode("latin-1")
    return out


def _character(text: str) -> int:
    value = _unescaped(text[text.index("'") + 1 : -1])[0]
    return value - 256 if value > 127 else value
