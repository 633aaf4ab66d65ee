"""printf in JavaScript is printf in Python."""

from __future__ import annotations

import random
import struct
from typing import Any

from cudawasm.runtime.formatting import format_text

FLOATS = (
    0.0, -0.0, 1.0, 0.5, 1.5, 2.5, 0.1, 1e23, 9.5, 99.5, 999999.5, 1e-5, 1e-4, 123456789.0, 5e-324, 2.0**-1022, 1e308,
    float("inf"), float("-inf"), float("nan"), 0.15, 0.25, 0.35, 1e21, 1e22, -2.75, 4.0**40, 1 / 3,
)  # fmt: skip
INTEGERS = (0, 1, 5, 255, 2**31, 2**63, 2**64 - 1, 2**64 - 128, 2**32 - 1)
ODD = (
    ["%", [], "", []], ["100%% of %d", [7], "i", []], ["%d and %d", [1], "i", []], ["%y%d", [3, 4], "ii", []],
    ["%*d|%-*d|", [6, 1, 6, 2], "iiii", []], ["%*d", [2**64 - 5, 3], "ii", []],
    ["%.*f", [2, 0x3FF8000000000000], "id", []], ["%.*f", [2**64 - 1, 0x3FF8000000000000], "id", []],
    ["%s|%8s|%-8s|%.2s", [0, 1, 1, 1], "iiii", ["a", "bcd"]],
    ["%s", [9], "i", ["a"]], ["%s", [0], "p", ["a"]], ["%c%c%3c", [65, 0x1FF, 66], "iii", []],
    ["%p %20p", [0, 4096], "pp", []],
    ["caf\xc3\xa9 %d", [1], "i", []], ["\xff%d", [1], "i", []],
)  # fmt: skip


def bits(number: float) -> int:
    return struct.unpack("<Q", struct.pack("<d", number))[0]


def random_cases(count: int) -> list[Any]:
    chance = random.Random(7)
    cases = []
    for _ in range(count):
        spec = "%" + "".join(chance.sample("-+ #0", chance.randint(0, 3))) + chance.choice(("", "", "5", "12", "20"))
        spec += chance.choice(("", "", ".", ".0", ".1", ".3", ".10", ".17", ".25"))
        if chance.random() < 0.5:
            spec += chance.choice(("", "", "ll", "h", "hh", "l")) + chance.choice("diuxXo")
            word = chance.choice((*INTEGERS, chance.getrandbits(64)))
            cases.append([spec, [word], "l", []])
        else:
            word = bits(chance.choice(FLOATS)) if chance.random() < 0.6 else chance.getrandbits(64)
            cases.append([spec + chance.choice("fFeEgGaA"), [word], "d", []])
    return cases


def test_javascript_formats_as_python_does(node):
    cases = [*ODD, *random_cases(3000)]
    found = node("formatting.mjs", [[f, [str(w) for w in words], *rest] for f, words, *rest in cases])
    wanted = [
        format_text(f.encode("latin-1"), words, kinds, tuple(s.encode() for s in strings))
        for f, words, kinds, strings in cases
    ]
    assert [(c[0], f) for c, f in zip(cases, found, strict=True)] == [
        (c[0], w) for c, w in zip(cases, wanted, strict=True)
    ]
