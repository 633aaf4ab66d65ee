"""The polynomials by which cuRAND's XORWOW jumps ahead."""

from __future__ import annotations

import itertools
import re
from importlib import resources

_DEGREE = 160
_MASK = 0xFFFFFFFF


def _step(v: list[int]) -> list[int]:
    t = v[0] ^ v[0] >> 2
    return [*v[1:], (v[4] ^ v[4] << 4 ^ t ^ t << 1) & _MASK]


def _combined(polynomial: int, v: list[int]) -> list[int]:
    """The sum of the states whose coefficient is one."""
    total = [0] * 5
    for i in range(_DEGREE + 1):
        if polynomial >> i & 1:
            total = [a ^ b for a, b in zip(total, v, strict=True)]
        v = _step(v)
    return total


def _table() -> list[int]:
    text = resources.files("cudawasm.devlib").joinpath("shared/curand/xorwow_jumps.h").read_text()
    words = [int(w, 16) for w in re.findall(r"0x([0-9a-f]{8}),", text)]
    return [sum(words[k * 5 + i] << 32 * i for i in range(5)) for k in range(len(words) // 5)]


def test_the_first_jump_is_of_128_steps():
    v = stepped = [123456789, 362436069, 521288629, 88675123, 5783321]
    for _ in range(128):
        stepped = _step(stepped)
    assert _combined(_table()[0], v) == stepped


def test_each_jump_is_the_one_before_it_twice():
    v = [123456789, 362436069, 521288629, 88675123, 5783321]
    table = _table()
    assert len(table) == 124
    for shorter, longer in itertools.pairwise(table):
        assert _combined(shorter, _combined(shorter, v)) == _combined(longer, v)
