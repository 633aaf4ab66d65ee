"""Device printf: C's format language on 64-bit argument words."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace

_DIRECTIVE = re.compile(rb"%([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+)?)?(hh|h|ll|l|j|z|t|L|q)?([a-zA-Z%])")
_WIDTHS = {b"hh": 8, b"h": 16, b"L": 32}


@dataclass(frozen=True, slots=True)
class _Spec:
    flags: bytes
    width: int
    precision: int | None

    def sign(self, is_negative: bool) -> bytes:
        if is_negative:
            return b"-"
        return b"+" if b"+" in self.flags else b" " if b" " in self.flags else b""

    def padded(self, before: bytes, text: bytes, may_have_zeros: bool) -> bytes:
        """A number or text in its field; zeros go between ``before`` and it where they may."""
        if b"-" in self.flags:
            return (before + text).ljust(self.width)
        if may_have_zeros and b"0" in self.flags:
            return before + text.rjust(self.width - len(before), b"0")
        return (before + text).rjust(self.width)

    def integer(self, before: bytes, digits: str) -> bytes:
        least = 1 if self.precision is None else self.precision
        shown = b"" if self.precision == 0 and digits == "0" else digits.rjust(least, "0").encode()
        return self.padded(before, shown, self.precision is None)


def format_text(format_: bytes, words: list[int], kinds: str, strings: tuple[bytes, ...]) -> str:
    """The text that C's printf makes. ``kinds`` says each word's type: i, u, l, m (integers), d, p."""
    position = 0
    out: list[bytes] = []
    arguments = iter(zip(words, kinds, strict=True))
    for match in _DIRECTIVE.finditer(format_):
        out.append(format_[position : match.start()])
        position = match.end()
        out.append(_directive(match, arguments, strings))
    out.append(format_[position:])
    return b"".join(out).decode("utf-8", "replace")


def _directive(match: re.Match[bytes], arguments: Iterator[tuple[int, str]], strings: tuple[bytes, ...]) -> bytes:
    flags, width, precision, length, letter = match.groups()
    if letter == b"%":
        return b"%"
    has_precision = b"." in match.group(0)[1 + len(flags) :]
    try:
        wide = _signed(next(arguments)[0], 32) if width == b"*" else int(width or 0)
        exact = _signed(next(arguments)[0], 32) if precision == b"*" else int(precision or 0)
        word, kind = next(arguments)
    except StopIteration:
        return match.group(0)
    spec = _Spec(flags + b"-" if wide < 0 else flags, abs(wide), exact if has_precision and exact >= 0 else None)
    return _convert(spec, letter.decode(), _WIDTHS.get(length, 64 if length else 32), word, kind, strings)


def _signed(word: int, bits: int) -> int:
    word &= (1 << bits) - 1
    return word - (1 << bits) if word >> (bits - 1) else word


def _convert(spec: _Spec, letter: str, bits: int, word: int, kind: str, strings: tuple[bytes, ...]) -> bytes:
    value = word & ((1 << bits) - 1)
    is_long = b"#" in spec.flags
    match letter:
        case "d" | "i":
            number = _signed(word, bits)
            return spec.integer(spec.sign(number < 0), str(abs(number)))
        case "u":
            return spec.integer(b"", str(value))
        case "x" | "X":
            text = spec.integer(b"0x" if is_long and value else b"", format(value, "x"))
            return text.upper() if letter == "X" else text
        case "o" if is_long:
            digits = format(value, "o")
            has_zero = digits == "0" or (spec.precision or 0) > len(digits)
            spec = replace(spec, precision=1) if spec.precision == 0 else spec
            return spec.integer(b"", digits if has_zero else "0" + digits)
        case "o":
            return spec.integer(b"", format(value, "o"))
        case "c":
            return spec.padded(b"", bytes([word & 255]), False)
        case "s":
            text = strings[word] if kind in "iulm" and 0 <= word < len(strings) else b"(null)"
            return spec.padded(b"", text[: spec.precision], False)
        case "p":
            return spec.padded(b"", hex(word).encode(), False)
        case "f" | "F" | "e" | "E" | "g" | "G" | "a" | "A":
            return _float(spec, letter, struct.unpack("<d", struct.pack("<Q", word))[0])
        case _:
            return b"%" + letter.encode()


def _float(spec: _Spec, letter: str, number: float) -> bytes:
    before = spec.sign(not math.isnan(number) and math.copysign(1, number) < 0)
    size = abs(number)
    if not math.isfinite(number):
        name = str(size).encode()
        return spec.padded(before, name.upper() if letter.isupper() else name, False)
    if letter in "aA":
        text = spec.padded(before + b"0x", _hexadecimal(spec, size), True)
        return text.upper() if letter == "A" else text
    mark = "#" if b"#" in spec.flags else ""
    digits = f"%{mark}.{6 if spec.precision is None else spec.precision}{letter}" % size
    return spec.padded(before, digits.encode(), True)


def _hexadecimal(spec: _Spec, size: float) -> bytes:
    """Hexadecimal digits and a power of two, with as many digits as are needed where none are asked for."""
    whole, _, rest = size.hex().removeprefix("0x").partition(".")
    digits, _, power = rest.partition("p")
    if spec.precision is None:
        digits = digits.rstrip("0")
    elif spec.precision < len(digits):
        drop = 4 * (len(digits) - spec.precision)
        value = int(whole + digits, 16)
        value = (value + (1 << (drop - 1)) - 1 + ((value >> drop) & 1)) >> drop  # ties to even
        text = format(value, "x").rjust(spec.precision + 1, "0")
        whole, digits = text[: len(text) - spec.precision], text[len(text) - spec.precision :]
    else:
        digits = digits.ljust(spec.precision, "0")
    point = "." if digits or b"#" in spec.flags else ""
    return f"{whole}{point}{digits}p{power}".encode()
