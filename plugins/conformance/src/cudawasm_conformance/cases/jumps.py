"""``goto`` between any two places of a function, and case labels inside statements."""

from __future__ import annotations

import numpy as np

from cudawasm_conformance.case import Case, Launch
from cudawasm_conformance.cases.control import per_thread
from cudawasm_conformance.make import whole


def _sibling_cases(x: int) -> int:
    r, key = 0, x % 4
    if key == 3:
        return 7
    if key == 0:
        r, key = 1, 2
    r += 3 if key == 2 else 2
    while True:
        r += 10
        if r >= 30:
            return r
        r += 5


def _duff(x: int) -> int:
    n, r = x % 13 + 1, 0
    rounds, first = (n + 3) // 4, {0: 0, 3: 1, 2: 2, 1: 3}[n % 4]
    for turn in range(rounds):
        for step in range(0 if turn else first, 4):
            r = (r + n, r * 2 + 1, r ^ n, r + 3)[step]
    return r


def _middle_of_a_loop(x: int) -> int:
    r, j, entered = 0, x % 5, x & 1
    if not entered:
        j = 0
    while True:
        if not entered:
            if j >= 6:
                return (r + 1000) * 2
            r += j
        entered = 0
        r += 10 * j
        if r > 60:
            return r * 2
        j += 1


def _two_branches(x: int) -> int:
    r, first = 0, x % 3 == 0
    while True:
        r += 1 if first else 3
        if r >= (x if first else x + 2):
            return r + 100
        first = not first


def _two_entries(x: int) -> int:
    r, first = 0, x % 2 == 0
    while True:
        if first:
            r += 1
            if r > 20:
                return r
        r += 7
        first = True


def _states(x: int) -> int:
    """A machine whose states are labels: words of letters, digits and the rest of ``x`` in base 3."""
    state, r = "start", 0
    while True:
        digit, rest = x % 3, x // 3
        if x == 0:
            return r * 10 + {"start": 1, "even": 2, "odd": 3}[state]
        x = rest
        match state:
            case "start":
                state = "even" if digit == 0 else "odd"
            case "even":
                r += digit
                state = "odd" if digit else "even"
            case _:
                r = r * 2 + digit
                state = "start" if digit == 2 else "even"


def _destroyed(x: int) -> int:
    """The order in which objects are made (their number) and destroyed (4 more), modulo 100003."""
    log = 0

    def note(*values: int) -> None:
        nonlocal log
        for value in values:
            log = (log * 10 + value) % 100003

    note(1)
    turns = 0
    while True:
        note(2)
        if x == 0:
            note(6, 5)
            return log
        note(3)
        turns += 1
        if turns < x % 4:
            note(7, 6)
            continue
        note(7)
        if x % 4 != 2:
            note(9)
        note(6, 5)
        return log


CASES = [
    per_thread(
        "goto_into_another_case",
        "switch (x % 4) { case 0: r = 1; goto add; case 1: r = 2; break; case 2: r = 3; add: r += 10; break;"
        " default: goto add; }",
        lambda x: [11, 2, 13, 10][x % 4],
    ),
    per_thread(
        "goto_between_cases_both_ways",
        "again: switch (x % 4) { case 0: r += 1; x = 2; goto again; case 1: r += 2; goto two; case 2: r += 3; two: r += 10;"
        " if (r < 30) goto one; break; one: r += 5; goto two; default: r = 7; }",
        _sibling_cases,
    ),
    per_thread(
        "case_labels_inside_a_loop",
        "int n = x % 13 + 1, m = (n + 3) / 4; switch (n % 4) { case 0: do { r += n; case 3: r = r * 2 + 1; case 2: r ^= n;"
        " case 1: r += 3; } while (--m > 0); }",
        _duff,
    ),
    per_thread(
        "case_labels_inside_a_condition",
        "switch (x % 5) { case 0: if (x > 50) { r = 1; case 1: r += 10; break; } else { case 2: r += 100; } r += 1000; break;"
        " default: r = 5; }",
        lambda x: [11 if x > 50 else 1100, 10, 1100, 5, 5][x % 5],
    ),
    per_thread(
        "goto_into_a_block",
        "if (x % 2) goto inside; for (int j = 0; j < 3; ++j) r += 1; goto outside; { int unset; inside: r += 100;"
        " unset = x; if (unset > 10) { r += 1; goto done; } } outside: r += 5; done: ;",
        lambda x: (101 if x > 10 else 105) if x % 2 else 8,
    ),
    per_thread(
        "goto_into_the_middle_of_a_loop",
        "int j; j = x % 5; if (x & 1) goto middle; for (j = 0; j < 6; ++j) { r += j; middle: r += 10 * j;"
        " if (r > 60) goto done; } r += 1000; done: r *= 2;",
        _middle_of_a_loop,
    ),
    per_thread(
        "goto_between_the_branches_of_a_condition",
        "if (x % 3 == 0) { first: r += 1; if (r < x) goto second; } else { second: r += 3; if (r < x + 2) goto first; }"
        " r += 100;",
        _two_branches,
    ),
    per_thread(
        "goto_into_a_loop_of_labels",
        "if (x % 2) goto second; first: r += 1; if (r > 20) goto end; second: r += 7; goto first; end: ;",
        _two_entries,
    ),
    per_thread(
        "goto_into_a_branch_that_is_never_taken",
        "if (0) { never: r += 50; } if (x % 2 && r == 0) goto never; r += 1;",
        lambda x: 51 if x % 2 else 1,
    ),
    per_thread(
        "goto_as_a_state_machine",
        "int d; start: if (x == 0) { r = r * 10 + 1; goto done; } d = x % 3; x /= 3; if (d) goto odd;"
        " even: if (x == 0) { r = r * 10 + 2; goto done; } d = x % 3; x /= 3; r += d; if (!d) goto even;"
        " odd: if (x == 0) { r = r * 10 + 3; goto done; } d = x % 3; x /= 3; r = r * 2 + d; if (d == 2) goto start;"
        " goto even; done: ;",
        _states,
    ),
    per_thread(
        "goto_destroys_what_it_leaves",
        "r = f(x % 8);",
        lambda x: _destroyed(x % 8),
        head="struct Noted { int* log; int v; __device__ Noted(int* log, int v) : log(log), v(v) { note(v); }\n"
        "__device__ ~Noted() { note(v + 4); } __device__ void note(int n) { *log = (*log * 10 + n) % 100003; } };\n"
        "__device__ int f(int x) { int log = 0, turns = 0; { Noted outer(&log, 1); again: { Noted a(&log, 2);\n"
        "if (x == 0) goto end; { Noted b(&log, 3); if (++turns < x % 4) goto again; if (x % 4 == 2) goto rest; }\n"
        "log = (log * 10 + 9) % 100003; rest: ; } } end: return log; }",
    ),
    Case(
        "goto_around_barriers",
        "__global__ void k(int* o) { __shared__ int s[64]; int i = threadIdx.x, round; round = 0; s[i] = i;\n"
        "again: __syncthreads(); int v; v = s[(i + 1) % 64]; __syncthreads(); s[i] = v + round; if (++round < 5) goto again;\n"
        "o[i] = s[i]; }",
        {"o": whole(64)},
        lambda o: {"o": (np.arange(64) + 5) % 64 + 10},
        Launch(block=(64, 1, 1)),
    ),
]  # fmt: skip
