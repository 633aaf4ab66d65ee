"""Parsing types: specifiers, declarators and parameter lists."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cudawasm.errors import CompileError
from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend import syntax
from cudawasm.frontend.angles import angle_close
from cudawasm.frontend.parse_names import BASIC_WORDS, NameParser
from cudawasm.frontend.symbols import PackSymbol, PatternValue, Range, TypeSymbol
from cudawasm.frontend.tokens import Token
from cudawasm.source import Span

STORAGE_WORDS = frozenset(
    "static extern inline constexpr consteval constinit register mutable virtual friend explicit "
    "thread_local typedef __global__ __device__ __host__ __shared__ __constant__ __managed__ "
    "__grid_constant__ __forceinline__ __noinline__ __inline__ __inline _inline __inline_hint__ "
    "noinline __cw_transparent __cw_vector __cw_bound_by_host __device_builtin__ __device_builtin_texture_type__ "
    "__cudart_builtin__ __builtin_align__ __extension__ __maxnreg__".split()
)
_ATTRIBUTES_WITH_ARGUMENTS = frozenset(
    "__launch_bounds__ __attribute__ __align__ alignas __declspec __cluster_dims__ __maxnreg__ "
    "__cw_intrinsic _Alignas __block_size__".split()
)
_RESTRICT = frozenset("__restrict__ __restrict restrict".split())
_BASIC_TYPES: dict[tuple[str, ...], cxx.CType] = {
    ("void",): cxx.VOID, ("bool",): cxx.BOOL, ("char",): cxx.CHAR, ("char", "signed"): cxx.SCHAR,
    ("char", "unsigned"): cxx.UCHAR, ("short",): cxx.SHORT, ("short", "unsigned"): cxx.USHORT,
    ("int",): cxx.INT,
    ("unsigned",): cxx.UINT, ("long",): cxx.LONG, ("long", "unsigned"): cxx.ULONG,
    ("long", "long"): cxx.LONGLONG,
    ("long", "long", "unsigned"): cxx.ULONGLONG, ("float",): cxx.FLOAT, ("double",): cxx.DOUBLE,
    ("wchar_t",): cxx.WCHAR, ("char16_t",): cxx.CHAR16, ("char32_t",): cxx.CHAR32, ("__int64",): cxx.LONGLONG,
    ("__int64", "unsigned"): cxx.ULONGLONG, ("__cw_half",): cxx.HALF, ("__cw_bfloat16",): cxx.BFLOAT,
}  # fmt: skip


@dataclass(slots=True)
class Specifiers:
    """What precedes a declarator. ``alignment`` is in bytes; ``bounds`` are launch bounds' arguments."""

    ctype: cxx.CType
    words: frozenset[str]
    alignment: int = 0
    bounds: list[Range] = field(default_factory=list)
    defined_type: bool = False


@dataclass(slots=True)
class Declarator:
    name: str
    ctype: cxx.CType
    token: Token
    pack: bool = False


@dataclass(slots=True)
class Parameter:
    name: str
    ctype: cxx.CType
    default: Range | None
    span: Span
    pack: bool = False


class TypeParser(NameParser):
    """Specifiers and declarators."""

    # --- specifiers --------------------------------------------------------------------------------

    def specifiers(self) -> Specifiers:
        """Declaration specifiers, with storage words and attributes anywhere among them."""
        start = self.token
        words: set[str] = set()
        basic: list[str] = []
        ctype: cxx.CType | None = None
        result = Specifiers(cxx.VOID, frozenset())
        while not self.finished:
            text = self.text
            if self.skip_attribute(result):
                continue
            if text in STORAGE_WORDS or text in ("const", "volatile"):
                words.add(self.advance().text)
            elif text in BASIC_WORDS and ctype is None:
                basic.append(self.advance().text)
            elif ctype is None and not basic and (named := self._named_type(result)) is not None:
                ctype = named
            else:
                break
        if basic:
            ctype = self._basic_type(basic, start)
        if ctype is None:
            if self.finished or self.token.kind != "id":
                self.fail("E0202", f"expected a type before '{self.text or 'the end'}'")
            self.fail("E0203", f"unknown type '{self.text}'")
        result.words = frozenset(words)
        result.ctype = cxx.qualified(ctype, "const" in words, "volatile" in words)
        return result

    def skip_attribute(self, result: Specifiers | None = None) -> bool:
        """Move past one attribute; its alignment or launch bounds are noted in ``result``."""
        text = self.text
        if text == "[" and self.peek() == "[":
            self.position = self.closing() + 1
            return True
        if text in _RESTRICT:
            self.advance()
            return True
        if text not in _ATTRIBUTES_WITH_ARGUMENTS:
            return False
        self.advance()
        if not self.at("("):
            return True
        inner = self.group()
        if result is None:
            return True
        if text in ("__align__", "alignas", "_Alignas"):
            result.alignment = max(result.alignment, self._alignment(inner))
        elif text == "__attribute__" and any(t.text == "aligned" for t in inner.tokens[inner.start : inner.end]):
            result.alignment = max(result.alignment, self._attribute_alignment(inner))
        elif text == "__launch_bounds__":
            result.bounds = self.split_commas(inner)
        return True

    def _alignment(self, inner: Range) -> int:
        """What ``alignas(..)`` asks for: the strictest of a pack, and nothing for an empty one."""
        return max(self.sub(inner).alignments(), default=0)

    def alignments(self) -> list[int]:
        return self.items(self.one_alignment, ")")

    def one_alignment(self) -> int:
        if self.at_type():
            return cxx.align_of(self.type_id())
        return int(self.sema.constant(self.conditional(), self.scope).value)

    def _attribute_alignment(self, inner: Range) -> int:
        for position in range(inner.start, inner.end):
            if inner.tokens[position].text == "aligned":
                if inner.tokens[position + 1].text != "(":
                    return 16
                close = inner.tokens[position + 1].match
                return self._alignment(Range(inner.tokens, position + 2, close))
        return 0

    def split_commas(self, area: Range) -> list[Range]:
        """The parts of a range between its top-level commas."""
        parts: list[Range] = []
        start = position = area.start
        while position < area.end:
            token = area.tokens[position]
            if token.match > position:
                position = token.match
            elif token.text == "<" and position > start and area.tokens[position - 1].kind == "id":
                close = angle_close(area.tokens, position, area.end)
                position = close - 1 if close > 0 else position
            elif token.text == ",":
                parts.append(Range(area.tokens, start, position))
                start = position + 1
            position += 1
        if start < area.end:
            parts.append(Range(area.tokens, start, area.end))
        return parts

    def _basic_type(self, words: list[str], start: Token) -> cxx.CType:
        if "__float128" in words or "_Float128" in words:
            self.fail("E0301", "floats of 128 bits are not supported", start.span)
        if "__int128" in words:
            return self._wide_integer("unsigned" in words)
        rest = [w for w in words if w not in ("signed", "__signed__") or "char" in words]
        if ("short" in rest or "long" in rest or "unsigned" in rest) and "int" in rest:
            rest.remove("int")
        if not rest:
            rest = ["int"]
        if "long" in rest and "double" in rest:
            rest = ["double"]  # device code computes long double as double
        key = tuple(sorted(rest))
        found = _BASIC_TYPES.get(key)
        if found is None:
            self.fail("E0202", f"'{' '.join(words)}' is not a type", self.spanning(start))
        return found

    def _wide_integer(self, unsigned: bool) -> cxx.CType:
        """128-bit integers are classes of the device library."""
        name = "__uint128_t" if unsigned else "__int128_t"
        symbol = next(s for s in self.sema.global_scope.lookup(name) if isinstance(s, TypeSymbol))
        ctype = symbol.get()
        cxx.class_info(ctype).display = "unsigned __int128" if unsigned else "__int128"
        return ctype

    def _named_type(self, result: Specifiers) -> cxx.CType | None:
        text = self.text
        match text:
            case "auto":
                self.advance()
                return cxx.AUTO
            case "decltype" | "typeof" | "__typeof__":
                return self._decltype()
            case "typename":
                self.advance()
                named = self.qualified_name()
                if isinstance(named, syntax.Name):
                    self.fail("E0203", f"'{named.name}' is not a type", named.span)
                return named
            case "struct" | "class" | "union" | "enum":
                return self._elaborated(result)
            case "__underlying_type":
                return self._type_function(lambda t: t.info.underlying if isinstance(t, cxx.EnumType) else t)
            case "__cw_make_unsigned":
                return self._type_function(cxx.to_unsigned)
            case "__cw_make_signed":
                return self._type_function(cxx.to_signed)
        if not self.at_type():
            return None
        named = self.qualified_name()
        if isinstance(named, syntax.Name):
            self.fail("E0203", f"'{named.name}' is not a type here", named.span)
        return named

    def _type_function(self, function: Any) -> cxx.CType:
        self.advance()
        ctype = self.sub(self.group()).type_id()
        if cxx.is_dependent(ctype):
            return cxx.Unknown()
        result: cxx.CType = function(cxx.plain(ctype))
        return result

    def _decltype(self) -> cxx.CType:
        is_typeof = not self.at("decltype")
        ctype = self._decltype_of()
        return cxx.without_reference(ctype) if is_typeof else ctype  # typeof knows no references

    def _decltype_of(self) -> cxx.CType:
        self.advance()
        inner = self.group()
        if inner.end - inner.start == 1 and inner.first.text == "auto":
            return cxx.Placeholder(decltype=True)
        parser = self.sub(inner)
        if parser.at_type():
            start = parser.position
            ctype: cxx.CType = parser.type_id()
            if parser.finished:
                return ctype
            parser.position = start
        if self.pattern:
            return cxx.Unknown()
        node = parser.expression()
        if isinstance(node, (syntax.Name, syntax.MemberAccess)) and inner.first.match == inner.end - 1:
            value = self.sema.unevaluated(node, self.scope)  # (x) is an lvalue where x is a name
            return cxx.ReferenceTo(value.ctype) if value.is_lvalue else value.ctype
        return self.sema.decltype(node, self.scope)

    def _elaborated(self, result: Specifiers) -> cxx.CType:
        """``struct X``, ``enum class E : int {..}``, or a definition in place."""
        ctype, defined = self.sema.declarations.elaborated_type(self)  # type: ignore[arg-type]
        result.defined_type = defined
        return ctype

    # --- type-ids and declarators ------------------------------------------------------------------

    def type_id(self) -> cxx.CType:
        """A type without a name, as in a cast or template argument."""
        base = self.specifiers().ctype
        return self.declarator(base, abstract=True, pack=False).ctype

    def pointer_operators(self, ctype: cxx.CType) -> cxx.CType:
        """``*``, ``&`` and ``&&`` with their qualifiers."""
        while True:
            if self.accept("*"):
                ctype = cxx.PointerTo(ctype)
            elif self.at("&", "&&"):
                rvalue = self.advance().text == "&&"
                ctype = _reference(ctype, rvalue)
            elif self.at("const"):
                self.advance()
                ctype = cxx.qualified(ctype, const=True)
            elif self.at("volatile"):
                self.advance()
                ctype = cxx.qualified(ctype, volatile=True)
            elif self.at_member_star():
                start = self.token
                ctype = cxx.MemberPointer(self._owner(), ctype)
                if isinstance(ctype.pointee, cxx.ReferenceTo):
                    self.fail("E0211", "no pointer to a member points to a reference", self.spanning(start))
            elif not self.skip_attribute():
                return ctype

    def at_member_star(self, position: int | None = None) -> bool:
        """Whether ``Class::*`` stands here (or at another position)."""
        position = self.position if position is None else position
        tokens, end = self.tokens, self.end
        if position < end and tokens[position].text == "::":
            position += 1
        while position + 2 < end and tokens[position].kind == "id":
            position += 1
            if tokens[position].text == "<":
                position = angle_close(tokens, position, end)
            if not 0 < position < end - 1 or tokens[position].text != "::":
                return False
            if tokens[position + 1].text == "*":
                return True
            position += 1
            if tokens[position].text == "template":
                position += 1
        return False

    def _owner(self) -> cxx.CType:
        """The class in ``Class::*``; moves past the star."""
        start = self.token
        named = self.qualified_name()
        if isinstance(named, syntax.Name):
            self.fail("E0203", f"'{named.name}' is not a class", named.span)
        owner = cxx.unqualified(named)
        if not cxx.is_dependent(owner) and not isinstance(owner, cxx.ClassType):
            self.fail("E0215", f"'{owner}' is not a class", start.span)
        if self.at("::"):
            self.advance()
        self.expect("*")
        return owner

    def declarator(self, base: cxx.CType, abstract: bool = False, pack: bool = True) -> Declarator:
        """One declarator. An abstract one may lack a name; ``pack`` lets it be one of a pack (``T... x``)."""
        ctype = self.pointer_operators(base)
        pack = pack and self.accept("...")
        if self.at("(") and self._nested_declarator():
            return self._parenthesised(ctype, abstract)
        name, token = "", self.token
        if self.token.kind == "id" and not self.at("const", "volatile", "noexcept", "override", "final"):
            name = self._declared_name()
        while self.skip_attribute():
            pass
        ctype = self._suffixes(ctype)
        return Declarator(name, ctype, token, pack)

    def _declared_name(self) -> str:
        name = self.advance().text
        while self.at("::") or (self.at("<") and self._before_scope()):
            if self.at("<"):
                self.template_arguments()
            self.expect("::")
            name = self.expect_name().text
        return name

    def _before_scope(self) -> bool:
        position = self.position
        try:
            self.template_arguments()
            return self.at("::")
        except CompileError:
            return False
        finally:
            self.position = position

    def _nested_declarator(self) -> bool:
        inner = self.peek()
        if inner in ("*", "&", "&&") or self.at_member_star(self.position + 1):
            return True
        token = self.tokens[self.position + 1]
        if token.kind != "id":
            return False
        saved = self.position
        self.position += 1
        is_type = self.at_type()
        self.position = saved
        after = self.tokens[self.closing() + 1].text if self.closing() + 1 < self.end else ""
        return not is_type and after in ("[", "(", "=", ";", ",", ")")

    def _parenthesised(self, ctype: cxx.CType, abstract: bool) -> Declarator:
        inner = self.group()
        ctype = self._suffixes(ctype)
        parser = self.sub(inner)
        result: Declarator = parser.declarator(ctype, abstract)
        return result

    def _suffixes(self, ctype: cxx.CType) -> cxx.CType:
        if self.at("["):
            bounds: list[Any] = []
            while self.at("["):
                bounds.append(self._bound(self.group()))
            for bound in reversed(bounds):
                ctype = cxx.ArrayOf(ctype, bound)
            return ctype
        if self.at("(") and self._is_parameter_list():
            params = self.sub(self.group()).parameters()
            is_const = self.accept("const")
            self._skip_noexcept()
            given = (p.ctype for p in params if not (p.pack and isinstance(p.ctype, cxx.VoidType)))  # no empty packs
            types = tuple(cxx.decayed_parameter(ctype) for ctype in given)
            return cxx.FunctionType(ctype, types, const=is_const)
        return ctype

    def _skip_noexcept(self) -> None:
        if self.accept("noexcept") and self.at("("):
            self.group()

    def _is_parameter_list(self) -> bool:
        inner = self.tokens[self.position + 1]
        if inner.text in (")", "..."):
            return True
        named = self.scope.lookup(inner.text) if inner.kind == "id" else []
        if named and isinstance(named[0], PackSymbol):
            return named[0].of_types
        saved = self.position
        self.position += 1
        result = self.at_type()
        self.position = saved
        return result

    def _bound(self, area: Range) -> Any:
        if area.start == area.end:
            return None
        parser = self.sub(area)
        node = parser.conditional()
        if self.pattern:
            if isinstance(node, syntax.Name) and node.symbols and isinstance(node.symbols[0], PatternValue):
                return cxx.TemplateValue(node.name)
            try:
                return int(self.sema.constant(node, self.scope).value)
            except CompileError:
                return cxx.Unknown()
        value = self.sema.constant(node, self.scope).value
        if isinstance(value, float):
            self.fail("E0211", "an array's size is not an integer", area.first.span)
        count = int(value)
        if count < 0:
            self.fail("E0211", "an array's size is negative", area.first.span)
        return count

    # --- parameters --------------------------------------------------------------------------------

    def parameters(self) -> list[Parameter]:
        """The parameters in this parser's range, with packs expanded."""
        if self.end - self.position == 1 and self.at("void"):
            self.advance()
            return []
        found: list[Parameter] = []
        for area in self.split_commas(Range(self.tokens, self.position, self.end)):
            if area.first.text == "..." and area.end - area.start == 1:
                found.append(Parameter("...", cxx.VOID, None, area.first.span))
                continue
            if not self.sub(area).declares_pack() or self.pattern:
                found.append(self.sub(area).parameter())
                continue
            try:
                elements = self.expansions(area)
            except CompileError:
                found.append(self.sub(area).parameter())
                continue
            found += [p.parameter() for p in elements]
            if not elements:
                found.append(Parameter(self._pack_name(area), cxx.VOID, None, area.first.span, pack=True))
        self.position = self.end
        return found

    def declares_pack(self) -> bool:
        """Whether this parameter is a pack: ``T... x`` or ``T (&...x)[n]``, not ``Seq<I...> x``."""
        dots = [i for i in range(self.position, self.end) if self.tokens[i].text == "..."]
        return self._expansion_end("") >= 0 or any(self.tokens[i - 1].text in ("&", "&&", "*") for i in dots)

    def _pack_name(self, area: Range) -> str:
        """The name of a parameter pack that has no elements."""
        for position in range(area.start, area.end - 1):
            if area.tokens[position].text == "...":
                following = area.tokens[position + 1]
                return following.text if following.kind == "id" else ""
        return ""

    def parameter(self) -> Parameter:
        start = self.token
        base = self.specifiers().ctype
        declarator = self.declarator(base, abstract=True)
        ctype = declarator.ctype
        if declarator.pack and self.pattern:
            ctype = cxx.PackPattern(ctype)
        default = None
        if self.accept("="):
            default = Range(self.tokens, self.position, self.end)
            self.position = self.end
        return Parameter(declarator.name, ctype, default, self.spanning(start), declarator.pack)


def _reference(ctype: cxx.CType, rvalue: bool) -> cxx.CType:
    """Reference collapsing."""
    if isinstance(ctype, cxx.ReferenceTo):
        return ctype if ctype.rvalue and rvalue else cxx.ReferenceTo(ctype.target, False)
    return cxx.ReferenceTo(ctype, rvalue)
