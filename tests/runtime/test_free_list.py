"""Parts of memory: taken from the first that is large enough, and whole again when all are given back."""

from __future__ import annotations

import random

from cudawasm.runtime.free_list import FreeList


def test_the_first_part_that_is_large_enough_is_taken():
    parts = FreeList(100, 50)
    assert [parts.take(20), parts.take(30), parts.take(1)] == [100, 120, None]


def test_neighbours_become_one_part():
    parts = FreeList(0, 90)
    for _ in range(3):
        parts.take(30)
    parts.give_back(60, 30)
    parts.give_back(0, 30)
    assert parts.take(60) is None
    parts.give_back(30, 30)
    assert parts.take(90) == 0


def test_nothing_is_given_out_twice():
    choose, parts, held = random.Random(5), FreeList(0, 1 << 16), []
    for _ in range(3000):
        if held and choose.random() < 0.5:
            parts.give_back(*held.pop(choose.randrange(len(held))))
        elif (offset := parts.take(size := choose.randrange(1, 900))) is not None:
            assert all(offset + size <= start or start + count <= offset for start, count in held)
            held.append((offset, size))
    for part in held:
        parts.give_back(*part)
    assert parts.take(1 << 16) == 0
