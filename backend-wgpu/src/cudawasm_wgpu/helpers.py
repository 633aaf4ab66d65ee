"""Small functions that generated text calls where WGSL's own mean something else than KIR's, or are missing."""

from __future__ import annotations

import re

from cudawasm.diagnostics import Diagnostic
from cudawasm.emit.declarators import COMPONENTS
from cudawasm.errors import InternalError, UnsupportedFeature
from cudawasm.ir.types import SCALARS as KIR
from cudawasm.ir.types import Scalar, Type, Vector, size_of
from cudawasm_wgpu.browser_texts import BROWSER_TEXTS, EXACT, for_browsers
from cudawasm_wgpu.helper_texts import CLOSE_TEXTS, PAIRS, TEXTS
from cudawasm_wgpu.traits import Traits
from cudawasm_wgpu.types import WgslTypes
from cudawasm_wgpu.words import SCALARS, SUFFIXES

_WIDE = re.compile(r"\b[iu]64\b")
_CALL = re.compile(r"\b([a-z]\w+)\(")
_FMA = re.compile(r"\bfma\(")
_FLOAT_TO_INTEGER = re.compile(r"([iu])(8|16|32|64)_of_(f32|f64)")


class Helpers:
    """The helpers of one program, each with those that it calls before it."""

    def __init__(self, traits: Traits) -> None:
        self.traits = traits
        self.known = {**TEXTS, **({} if traits.i64 else PAIRS), **(CLOSE_TEXTS if traits.close else {})}
        self.known.update(BROWSER_TEXTS if traits.browser else {})
        self.texts: dict[str, str] = {}

    def call(self, name: str, *args: str) -> str:
        self.need(name)
        return f"{name}({', '.join(args)})"

    def need(self, name: str) -> None:
        if name in self.texts:
            return
        text = self.text(name)
        if (not self.traits.f64 and "f64" in text) or (not self.traits.i64 and _WIDE.search(text)):
            raise UnsupportedFeature([Diagnostic("E0404", f"the device has no 64-bit numbers, which {name} needs")])
        for inner in _CALL.findall(text):
            if inner != name and self.has(inner):
                self.need(inner)
        self.texts[name] = text

    def constants(self) -> list[str]:
        """Declarations of what is known of a GPU when a pipeline is made."""
        if not self.traits.browser:
            return []
        used = dict.fromkeys(EXACT[name][0] for name in self.texts if name in EXACT)
        return [f"override {name}: bool = false;" for name in used]

    def has(self, name: str) -> bool:
        return name in self.known or _FLOAT_TO_INTEGER.fullmatch(name) is not None

    def text(self, name: str) -> str:
        if name in self.known:
            text = self.known[name]
            text = text if self.traits.fused else _FMA.sub(rf"fma_{name[-3:]}(", text)
            return for_browsers(name, text) if self.traits.browser else text
        match = _FLOAT_TO_INTEGER.fullmatch(name)
        if match is None:
            raise InternalError(f"WGSL has no helper {name}")
        return _float_to_integer(KIR[match[1] + match[2]], match[3])

    def bits(self, type_: Type, source: Type, text: str, types: WgslTypes) -> str:
        """The bits of a scalar or vector as another of the same size, by way of words."""
        to, of = types.of(type_), types.of(source)
        name = f"{_flat(type_)}_from_{_flat(source)}"
        words = _words_of(source, types)
        lines = [f"    let word_{i} = {word};" for i, word in enumerate(words)]
        body = "\n".join(lines)
        self.texts[name] = f"fn {name}(v: {of}) -> {to} {{\n{body}\n    return {_of_words(type_, types)};\n}}"
        return f"{name}({text})"


def _flat(type_: Type) -> str:
    if isinstance(type_, Vector):
        return f"{type_.element.name}x{type_.count}"
    assert isinstance(type_, Scalar)
    return type_.name


def _float_to_integer(type_: Scalar, source: str) -> str:
    """Saturates, and makes 0 of NaN."""
    word, suffix = SCALARS[type_.name], SUFFIXES.get(type_.name, "")
    low = -(1 << (type_.bits - 1)) if type_.is_signed else 0
    high = (1 << (type_.bits - type_.is_signed)) - 1
    least = {-(1 << 31): "i32(-2147483648)", -(1 << 63): "-9223372036854775807li - 1li"}.get(low, f"{low}{suffix}")
    f = SUFFIXES[source]
    return (
        f"fn {type_.name}_of_{source}(x: {source}) -> {word} {{\n"
        f"    if (isnan_{source}(x)) {{\n        return 0{suffix};\n    }}\n"
        f"    if (x <= {low}.0{f}) {{\n        return {least};\n    }}\n"
        f"    if (x >= {high + 1}.0{f}) {{\n        return {high}{suffix};\n    }}\n"
        f"    return {word}(x);\n}}"
    )


def _words_of(type_: Type, types: WgslTypes) -> list[str]:
    """The words of ``v``."""
    element = type_.element if isinstance(type_, Vector) else type_
    assert isinstance(element, Scalar)
    parts = [f"v.{c}" for c in COMPONENTS[: type_.count]] if isinstance(type_, Vector) else ["v"]
    register = SCALARS[element.name]
    if types.is_pair(element):
        return [f"{p}.{c}" for p in parts for c in "xy"]
    if element.bits == 64:
        wide = [p if register == "u64" else f"u64({p})" if register == "i64" else f"bitcast<u64>({p})" for p in parts]
        return [w for p in wide for w in (f"u32({p})", f"u32({p} >> 32u)")]
    words = [p if register == "u32" else f"bitcast<u32>({p})" for p in parts]
    if element.bits == 32:
        return words
    in_word, mask = 32 // element.bits, f"{(1 << element.bits) - 1:#x}u"
    masked = [f"(({w} & {mask}) << {i % in_word * element.bits}u)" for i, w in enumerate(words)]
    return [" | ".join(masked[i : i + in_word]) for i in range(0, len(masked), in_word)]


def _of_words(type_: Type, types: WgslTypes) -> str:
    element = type_.element if isinstance(type_, Vector) else type_
    assert isinstance(element, Scalar)
    parts = [_part_of_words(element, i, types) for i in range(size_of(type_) * 8 // element.bits)]
    return f"{types.of(type_)}({', '.join(parts)})" if isinstance(type_, Vector) else parts[0]


def _part_of_words(element: Scalar, i: int, types: WgslTypes) -> str:
    register = SCALARS[element.name]
    if types.is_pair(element):
        return f"{types.of(element)}(word_{2 * i}, word_{2 * i + 1})"
    if element.bits == 64:
        bits = f"(u64(word_{2 * i}) | (u64(word_{2 * i + 1}) << 32u))"
        return bits if register == "u64" else f"i64{bits}" if register == "i64" else f"bitcast<f64>({bits})"
    if element.bits == 32:
        return f"word_{i}" if register == "u32" else f"bitcast<{register}>(word_{i})"
    at = i * element.bits
    word = f"word_{at // 32}" if register == "u32" else f"i32(word_{at // 32})"
    return f"extractBits({word}, {at % 32}u, {element.bits}u)"
