"""Lambdas for the device in host code, ``[=] __device__ (int i) { .. }``, and the classes that stand for them.

The host's half and the device's read them by themselves, after preprocessors of their own: both work on the texts of
tokens here, so that they come to the same class. Its template parameters are what the lambda uses of the templates and
types around it, then the types of its captures, which only the host's compiler knows.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from cudawasm.frontend.host_names import Declared, HostCode, is_word

_ANNOTATIONS = ("__device__", "__host__")
_INTEGERS = frozenset(
    "int unsigned long short char bool signed size_t int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t "
    "std ::".split()
)
_OWN_TYPE, _OWN_AUTO = "cudawasm_type_", "cudawasm_auto_"

Piece = str | tuple[int, int]
"""Text of its own, or that of the tokens in a range."""


class LambdaError(Exception):
    """A lambda that cannot be for the device: why, and which token says so."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.message, self.position = message, position


@dataclass(slots=True)
class Capture:
    """``initialiser`` is the range of what ``[name = initialiser]`` has."""

    name: str
    initialiser: tuple[int, int] | None = None


@dataclass(slots=True)
class ExtendedLambda:
    """Token positions of a lambda's parts; ``end`` is after its body.

    ``declaration`` is where that begins at namespace scope which it is in, ``around`` names what it uses of templates
    and types there, with how each is declared as a template parameter.
    """

    number: int
    start: int
    end: int
    declaration: int
    namespaces: list[str]
    is_for_host: bool = False
    is_mutable: bool = False
    captures: list[Capture] = field(default_factory=list)
    around: dict[str, str] = field(default_factory=dict)
    template: tuple[int, int] | None = None
    params: tuple[int, int] | None = None
    result: tuple[int, int] | None = None
    body: int = 0
    name: str = ""

    def class_pieces(self, texts: Sequence[str], body: Piece, annotation: str = "") -> list[Piece]:
        """The class, with members named as what is captured and an operator() that is annotated."""
        captured = [f"{_OWN_TYPE}{capture.name}" for capture in self.captures]
        parameters = [*self.around.values(), *(f"typename {name}" for name in captured)]
        pieces: list[Piece] = [f"template <{', '.join(parameters)}>" if parameters else "", f"struct {self.name} {{"]
        pieces += [f"{type_} {capture.name};" for type_, capture in zip(captured, self.captures, strict=True)]
        params, autos = self._parameters(texts)
        if self.template or autos:
            pieces += ["template <", *([self.template] if self.template else [])]
            pieces += [", " if self.template and autos else "", ", ".join(autos), ">"]
        pieces += [f"{annotation} auto operator()(", *params, ")", "" if self.is_mutable else "const"]
        pieces += ["->", self.result] if self.result else []
        return [piece for piece in (*pieces, body, "};") if piece]

    def _parameters(self, texts: Sequence[str]) -> tuple[list[Piece], list[str]]:
        """The parameters, and the template parameters that stand for ``auto`` in them."""
        pieces: list[Piece] = []
        autos: list[str] = []
        start, end = self.params or (0, 0)
        for i in range(start, end):
            if texts[i] == "auto":
                name = f"{_OWN_AUTO}{len(autos)}"
                autos.append(f"typename{'...' if '...' in texts[i + 1 : i + 3] else ''} {name}")
                pieces += [(start, i), name]
                start = i + 1
        return [*pieces, (start, end)], autos


def extended_lambdas(texts: Sequence[str]) -> list[ExtendedLambda]:
    """All of a source, in order. Raises LambdaError."""
    starts = [i for i in range(1, len(texts) - 1) if texts[i] == "]" and texts[i + 1] in _ANNOTATIONS]
    if not starts:
        return []
    code = HostCode(texts)
    found: list[ExtendedLambda] = []
    for closed in starts:
        start = code.match[closed]
        is_inside = bool(found) and start < found[-1].end
        if start < 0 or is_inside or not _opens_lambda(texts, start) or code.is_for_device(start):
            continue
        found.append(_Reader(code, start, len(found) + 1).read())
    return found


def _opens_lambda(texts: Sequence[str], start: int) -> bool:
    before = texts[start - 1] if start else ";"
    is_subscript = before in ("]", ")", "operator") or (is_word(before) and before != "return") or before[0].isdigit()
    return not is_subscript and before != "[" and texts[start + 1] != "["


class _Reader:
    def __init__(self, code: HostCode, start: int, number: int) -> None:
        self.code, self.texts = code, code.texts
        self.found = ExtendedLambda(number, start, 0, code.outermost(start), code.namespaces(start))

    def read(self) -> ExtendedLambda:
        found, texts, match = self.found, self.texts, self.code.match
        i = match[found.start] + 1
        while texts[i] in _ANNOTATIONS:
            found.is_for_host |= texts[i] == "__host__"
            i += 1
        if texts[i] == "<":
            end = self.code.angle_end(i, len(texts))
            found.template, i = (i + 1, end - 1), end
        if texts[i] == "(":
            found.params, i = (i + 1, match[i]), match[i] + 1
        while texts[i] != "{":
            found.is_mutable |= texts[i] == "mutable"
            if texts[i] == "->":
                first = i = i + 1
                while texts[i] != "{":
                    i = match[i] + 1 if texts[i] in "([" else i + 1
                found.result = (first, i)
            else:
                i = match[i] + 1 if texts[i] == "(" else i + 1
        found.body, found.end = i, match[i] + 1
        is_open = self._explicit_captures()
        used = self._used(is_open)
        found.name = f"cudawasm_lambda_{found.number}_{self._digest(used):08x}"
        return found

    def _explicit_captures(self) -> bool:
        """Those that are listed; whether all else that is used is captured as well."""
        texts, is_open = self.texts, False
        for first, end in self.code.parts(self.found.start + 1, self.code.match[self.found.start]):
            if first == end:
                continue
            if texts[first] == "=" and end - first == 1:
                is_open = True
            elif texts[first] in ("&", "&&"):
                raise LambdaError("a lambda for the device captures by value", first)
            elif texts[first] in ("this", "*"):
                raise LambdaError("capturing 'this' in a lambda for the device is not supported", first)
            elif end - first == 1:
                self.found.captures.append(Capture(texts[first]))
            elif texts[first + 1] == "=":
                self.found.captures.append(Capture(texts[first], (first + 2, end)))
            elif texts[first + 1] in ("(", "{"):
                self.found.captures.append(Capture(texts[first], (first + 2, end - 1)))
            else:
                raise LambdaError("capturing a pack in a lambda for the device is not supported", first)
        return is_open

    def _used(self, is_open: bool) -> list[str]:
        """Go through the names that the lambda uses and that are declared around it; all uses in their order."""
        found, texts = self.found, self.texts
        known = {capture.name for capture in found.captures}
        params = {d.name for part in self.code.parts(*(found.params or (0, 0))) for d in self.code.declared(*part)}
        used = []
        for i in range(self.code.match[found.start] + 1, found.end):
            name = texts[i]
            if not is_word(name) or texts[i - 1] in (".", "->", "::") or (name in params and i < found.body):
                continue
            declared = self.code.lookup(name, i)
            if declared is None:
                continue
            used.append(name)
            is_own = declared.position >= found.start
            if not is_own and name not in known and name not in found.around:
                self._take(declared, i, is_open)
                known = {capture.name for capture in found.captures}
        return used

    def _take(self, declared: Declared, position: int, is_open: bool) -> None:
        name, words = declared.name, declared.type_words
        is_integer = bool(words) and _INTEGERS.issuperset(words)
        is_constant = declared.is_constexpr or (declared.is_const and (not is_open or declared.is_static))
        if declared.kind == "type":
            self.found.around[name] = f"typename {name}"
        elif declared.kind == "value":
            self.found.around[name] = f"{' '.join(words)} {name}"
        elif declared.kind == "other":
            raise LambdaError(f"'{name}' in a lambda for the device is not supported: {declared.reason}", position)
        elif is_constant and is_integer:
            self.found.around[name] = f"{' '.join(words)} {name}"
        elif declared.is_static:
            raise LambdaError(f"'{name}' is a static variable of the host", position)
        elif is_open or declared.is_constexpr:
            self.found.captures.append(Capture(name))
        else:
            raise LambdaError(f"'{name}' is not captured", position)

    def _digest(self, used: Sequence[str]) -> int:
        """Tells lambdas apart where the two halves do not have the same ones."""
        start, end = self.found.params or (0, 0)
        names = [*(c.name for c in self.found.captures), ";", *used, ";", *self.texts[start:end]]
        return zlib.crc32(" ".join(names).replace("& &", "&&").encode())
