"""Device printf: C's format language on 64-bit argument words."""

from __future__ import annotations

import re
import struct

_DIRECTIVE = re.compile(rb"%([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+)?)?(hh|h|ll|l|j|z|t|L|q)?([a-zA-Z%])")
_SHORT = {b"hh": 8, b"h": 16}


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


def _directive(match: re.Match[bytes], arguments: object, strings: tuple[bytes, ...]) -> bytes:
    flags, width, precision, length, letter = match.groups()
    if letter == b"%":
        return b"%"
    spec = b"%" + flags
    has_precision = b"." in match.group(0)[1 + len(flags) :]
    try:
        if width == b"*":
            wide = _signed(next(arguments)[0], 32)  # type: ignore[call-overload]
            spec += (b"-" if wide < 0 else b"") + str(abs(wide)).encode()
        elif width:
            spec += width
        if has_precision:
            exact = precision or b"0"
            if precision == b"*":
                exact = str(_signed(next(arguments)[0], 32)).encode()  # type: ignore[call-overload]
            spec += b"" if exact.startswith(b"-") else b"." + exact
        word, kind = next(arguments)  # type: ignore[call-overload]
    except StopIteration:
        return match.group(0)
    return _convert(spec, letter.decode(), length or b"", word, kind, strings)


def _signed(word: int, bits: int) -> int:
    word &= (1 << bits) - 1
    return word - (1 << bits) if word >> (bits - 1) else word


def _convert(spec: bytes, letter: str, length: bytes, word: int, kind: str, strings: tuple[bytes, ...]) -> bytes:
    bits = _SHORT.get(length, 64 if length in (b"l", b"ll", b"j", b"z", b"t", b"q") else 32)
    match letter:
        case "d" | "i":
            return (spec + b"d") % _signed(word, bits)
        case "u":
            return (spec.replace(b"+", b"") + b"d") % (word & ((1 << bits) - 1))
        case "x" | "X" | "o":
            value = word & ((1 << bits) - 1)
            if b"#" in spec and (value == 0 or letter == "o"):
                digits = format(value, "o") if letter == "o" else "0"
                digits = "0" + digits if letter == "o" and value else digits
                return (spec.replace(b"#", b"") + b"s") % digits.encode()
            return (spec + letter.encode()) % value
        case "c":
            return (spec.replace(b"0", b"") + b"s") % bytes([word & 255])
        case "s":
            text = strings[word] if kind in "iulm" and 0 <= word < len(strings) else b"(null)"
            return (spec + b"s") % text
        case "p":
            return (spec + b"s") % hex(word).encode()
        case "f" | "F" | "e" | "E" | "g" | "G":
            number: float = struct.unpack("<d", struct.pack("<Q", word))[0]
            return (spec + letter.encode()) % number
        case "a" | "A":
            shown: bytes = struct.unpack("<d", struct.pack("<Q", word))[0].hex().encode()
            return (spec + b"s") % (shown.upper() if letter == "A" else shown)
        case _:
            return b"%" + letter.encode()
