"""What names in host code are declared as, told from the shape of declarations alone: the types of the host's headers
are not known here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

_BASIC = frozenset("void bool char short int long float double signed unsigned auto".split())
_KEYS = frozenset(("struct", "class", "union", "enum"))
_CONTROL = frozenset(("for", "if", "while", "switch", "catch"))
_NO_DECLARATION = frozenset(
    "return delete throw goto break continue new co_return co_yield co_await "
    "friend template static_assert asm __asm__ operator this sizeof".split()
)
_POINTERS = frozenset(("*", "&", "&&", "const", "volatile", "__restrict__", "__restrict", "..."))
_QUALIFIERS = frozenset("volatile inline register mutable typename __restrict__ __restrict __host__ __device__".split())
_AFTER_NAME = frozenset(("=", ",", "(", "{", "[", ":"))
_OPEN, _PAIRS = "([{", {")": "(", "]": "[", "}": "{"}

Kind = Literal["variable", "type", "value", "other"]


@dataclass(slots=True)
class Declared:
    """A name: a variable, a type, a template's value parameter, or one that ``reason`` says is none of these."""

    name: str
    kind: Kind
    position: int
    type_words: tuple[str, ...] = ()
    is_static: bool = False
    is_const: bool = False
    is_constexpr: bool = False
    reason: str = ""


def is_word(text: str) -> bool:
    return text[:1].isalpha() or text[:1] in ("_", "$")


def _member(declared: Declared) -> Declared:
    """What a lambda in a member function makes of a name that the class declares."""
    if declared.kind == "variable" and not declared.is_static and not declared.is_constexpr:
        return replace(declared, kind="other", reason="it is a member, and 'this' is not captured")
    return declared


class HostCode:
    """The texts of a source's tokens, with the bracket that each token is in and the one that each bracket matches."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self.match = [-1] * len(texts)
        self.inside = [-1] * len(texts)
        stack: list[int] = []
        for i, text in enumerate(texts):
            if text in _PAIRS and stack and texts[stack[-1]] == _PAIRS[text]:
                self.match[i] = stack.pop()
                self.match[self.match[i]] = i
            self.inside[i] = stack[-1] if stack else -1
            if text and text in _OPEN:
                stack.append(i)

    # --- around a place ----------------------------------------------------------------------------

    def braces_around(self, i: int) -> Iterator[int]:
        """The braces that are open at a position, innermost first."""
        while (i := self.inside[i]) >= 0:
            if self.texts[i] == "{":
                yield i

    def start_of(self, i: int) -> int:
        """Where the statement or declaration begins that a position is in."""
        while i > 0 and self.texts[i - 1] not in (";", "{", "}") and i - 1 != self.inside[i]:
            i -= 1
            if self.texts[i] in (")", "]") and self.match[i] >= 0:
                i = self.match[i]
        return i

    def is_namespace(self, brace: int) -> bool:
        start = self.start_of(brace)
        return "namespace" in self.texts[start : start + 2] or (
            self.texts[start] == "extern" and brace == start + 2  # extern "C" {
        )

    def namespaces(self, i: int) -> list[str]:
        """The names of those around a position, outermost first; without a name where they have none."""
        found: list[str] = []
        for brace in self.braces_around(i):
            start = self.start_of(brace)
            if self.is_namespace(brace) and self.texts[start] != "extern":
                at = self.texts.index("namespace", start)
                names = [text for text in self.texts[at + 1 : brace] if is_word(text) and text != "inline"]
                found = [*(names or [""]), *found]
        return found

    def outermost(self, i: int) -> int:
        """Where the declaration at namespace scope begins that a position is in."""
        for brace in self.braces_around(i):
            if self.is_namespace(brace):
                break
            i = brace
        return self.start_of(i)

    def is_for_device(self, i: int) -> bool:
        """Whether only devices run what is here."""
        for brace in self.braces_around(i):
            words = self.texts[self.start_of(brace) : brace]
            if "__global__" in words or ("__device__" in words and "__host__" not in words):
                return True
        return False

    def is_class(self, brace: int) -> bool:
        i = self._after_template(self.start_of(brace))
        return self.texts[i] in _KEYS and self.texts[brace - 1] not in (")", "const", "noexcept", "override")

    # --- lookup ------------------------------------------------------------------------------------

    def lookup(self, name: str, at: int) -> Declared | None:
        """What a name is declared as in the functions, classes and templates around a position; None if elsewhere."""
        inner = at
        while (bracket := self.inside[inner]) >= 0:
            found: list[Declared] = []
            if self.texts[bracket] == "{":
                if self.is_namespace(bracket):
                    return None
                found = self._parameters_before(bracket)
                if self.is_class(bracket):
                    found += [_member(d) for d in self._in_block(bracket, self.match[bracket] - 1)]
                else:
                    found += [d for d in self._in_block(bracket, inner) if d.position <= at]
            elif self.texts[bracket] == "(" and self.texts[bracket - 1] in _CONTROL:
                found = [d for d in self._in_block(bracket, inner) if d.position <= at]
            for declared in reversed(found):
                if declared.name == name:
                    return declared
            inner = bracket
        return None

    def _parameters_before(self, brace: int) -> list[Declared]:
        """Those of the function, lambda or template whose body a brace opens."""
        start = self.start_of(brace)
        found: list[Declared] = []
        i = start
        while self.texts[i] == "template":
            end = self.angle_end(i + 1, brace)
            if end < 0:
                break
            found += [d for part in self.parts(i + 2, end - 1) if (d := self._template_parameter(*part))]
            i = end
        if self.texts[i] in _CONTROL:
            return found
        while i < brace:
            if self.texts[i] == "(" and i > start:
                for first, last in self.parts(i + 1, self.match[i]):
                    found += list(self.declared(first, last))[:1]
            i = self.match[i] + 1 if self.match[i] > i else i + 1
        return found

    def _template_parameter(self, first: int, last: int) -> Declared | None:
        end = next((i for i in range(first, last) if self.texts[i] == "="), last)
        words = self.texts[first:end]
        if len(words) < 2 or not is_word(words[-1]):
            return None
        if "..." in words:
            return Declared(words[-1], "other", end - 1, reason="it is a pack")
        if words[0] == "template":
            return Declared(words[-1], "other", end - 1, reason="it is a template")
        kind: Kind = "type" if words[0] in ("class", "typename") and len(words) == 2 else "value"
        return Declared(words[-1], kind, end - 1, tuple(words[:-1]))

    def _in_block(self, bracket: int, at: int) -> list[Declared]:
        """What the statements of a block declare, up to the one that a position is in."""
        found: list[Declared] = []
        i = start = bracket + 1
        closed = self.match[bracket]
        while i < closed and start <= at:
            text = self.texts[i]
            if text == ";":
                if self.texts[start] not in _CONTROL or at <= i:  # what those declare ends with them
                    found += self.declared(start, i)
                start = i + 1
            elif self.match[i] > i:
                end = self.match[i]
                if text == "{" and self._ends_statement(start, end):
                    if start <= at <= end:
                        found += self.declared(start, end + 1)
                    start = end + 1
                i = end
            i += 1
        return found + list(self.declared(start, closed)) if start <= at else found

    def _ends_statement(self, start: int, brace: int) -> bool:
        """Whether a statement ends with this closing brace."""
        after = self.texts[brace + 1]
        is_block = is_word(after) or after in ("}", "*", "::", "++", "--", "~")
        return is_block and not _KEYS.intersection(self.texts[start : start + 2])

    # --- declarations ------------------------------------------------------------------------------

    def declared(self, i: int, end: int) -> Iterator[Declared]:
        """The names that a statement declares; none if it does something else."""
        texts = self.texts
        while i < end and (texts[i] in ("else", "do", "case") or texts[i + 1] == ":"):  # also labels, and public:
            if texts[i] == "case":
                i = next((j for j in range(i, end) if texts[j] == ":"), end - 1)
            i += 1 + (texts[i + 1] == ":")
        if i < end and texts[i] in _CONTROL:
            i += 1 + (texts[i + 1] == "constexpr")
            if texts[i] == "(" and self.match[i] < end:
                for first, last in self.parts(i + 1, self.match[i], ";"):
                    yield from self.declared(first, last)
                yield from self.declared(self.match[i] + 1, end)
        elif i < end and texts[i] == "using":
            if texts[i + 2] == "=":
                yield Declared(texts[i + 1], "type", i + 1)
        elif i < end and texts[i] == "typedef":
            yield Declared(texts[end - 1], "type", end - 1)
        elif i < end and texts[i] not in _NO_DECLARATION:
            yield from self._declarators(i, end)

    def _declarators(self, i: int, end: int) -> Iterator[Declared]:
        texts = self.texts
        specifiers: set[str] = set()
        words: list[str] = []
        while i < end:
            text = texts[i]
            if text in ("static", "thread_local", "constexpr", "const", *_QUALIFIERS):
                specifiers.add(text)
            elif text in _KEYS:
                specifiers.add("key")
            elif text == "[" and texts[i + 1] == "[" and not words:
                i = self.match[i]
            elif text in ("alignas", "__attribute__", "__align__", "decltype", "__typeof__") and texts[i + 1] == "(":
                i = self.match[i + 1]
                words += [text] if text in ("decltype", "__typeof__") else []
            elif text in _BASIC:
                words.append(text)
            elif not words and (text == "::" or is_word(text)):
                after = self._after_type_name(i, end)
                words += texts[i:after]
                i = after - 1
            else:
                break
            i += 1
        if not words:
            return
        if "key" in specifiers and i < end and texts[i] in ("{", ":"):
            yield Declared(words[-1], "other", i - 1, reason="it is a class of a function")
            return
        for name_at in self._names(i, end):
            is_plain = not {"*", "&", "&&", "(", "..."}.intersection(texts[i:name_at]) and texts[name_at + 1] != "["
            is_static = not specifiers.isdisjoint(("static", "thread_local"))
            yield Declared(
                texts[name_at], "variable", name_at, tuple(words) if is_plain else (), is_static,
                "const" in specifiers, "constexpr" in specifiers,
            )  # fmt: skip

    def _names(self, i: int, end: int) -> Iterator[int]:
        """Where the names of a declaration's declarators are, behind its type."""
        texts = self.texts
        while i < end:
            while i < end and texts[i] in _POINTERS:
                i += 1
            if i >= end:
                return
            if texts[i] == "(" and texts[i + 1] in ("*", "&") and texts[self.match[i] + 1] in ("(", "["):
                name_at = next(
                    (j for j in range(i, self.match[i]) if is_word(texts[j]) and texts[j] not in _POINTERS), -1
                )
                i = self.match[i] + 1
                if name_at >= 0:
                    yield name_at
            elif texts[i] == "[":  # a structured binding
                yield from (j for j in range(i + 1, self.match[i]) if is_word(texts[j]))
                i = self.match[i] + 1
            elif is_word(texts[i]):
                i += 1
                if i < end and texts[i] not in _AFTER_NAME:
                    return
                yield i - 1
            else:
                return
            while i < end and texts[i] != ",":
                i = self.match[i] + 1 if self.match[i] > i else i + 1
            i += 1

    def _after_type_name(self, i: int, end: int) -> int:
        """``ns::Type<..>::inner`` ends before this."""
        while i < end:
            if self.texts[i] == "::" or is_word(self.texts[i]):
                is_name = is_word(self.texts[i])
                i += 1
                if is_name and i < end and self.texts[i] == "<" and (after := self.angle_end(i, end)) > 0:
                    i = after
                if is_name and (i >= end or self.texts[i] != "::"):
                    return i
            else:
                return i
        return i

    def _after_template(self, i: int) -> int:
        while self.texts[i] == "template" and (end := self.angle_end(i + 1, len(self.texts))) > 0:
            i = end
        return i

    def angle_end(self, i: int, end: int) -> int:
        """The position after the ``>`` that closes the ``<`` at one, or -1."""
        depth = 0
        while i < end:
            text = self.texts[i]
            depth += (text == "<") - (text == ">")
            if depth == 0:
                return i + 1
            if text in (";", "{", "}", "&&", "||", "<<"):
                return -1
            i = self.match[i] + 1 if self.match[i] > i else i + 1
        return -1

    def parts(self, first: int, end: int, separator: str = ",") -> list[tuple[int, int]]:
        """Token ranges between commas, outside of brackets."""
        found, start, i = [], first, first
        while i < end:
            text = self.texts[i]
            if text == "<" and separator == "," and (after := self.angle_end(i, end)) > 0:
                i = after
                continue
            if text == separator:
                found.append((start, i))
                start = i + 1
            i = self.match[i] + 1 if self.match[i] > i else i + 1
        return [*found, (start, end)]
