from __future__ import annotations

import pytest

from cudawasm.ir import nodes as n
from cudawasm.ir.text import print_module
from cudawasm.ir.walk import statements
from cudawasm.passes.simplify import simplify
from cudawasm.passes.unroll_loops import unroll_loops

KERNEL = "__global__ void k(int* o, int n) {{ int s = 0; {} o[0] = s; }}"


def loops(module: n.Module) -> int:
    return sum(isinstance(s, n.Loop) for s in statements(module.functions["k"].body))


@pytest.mark.parametrize(
    "text",
    [
        "for (int i = 0; i < 4; ++i) s += o[i];",
        "for (int i = 16; i > 0; i /= 2) s += o[i];",
        "for (unsigned i = 3; i != 0; --i) { int t = o[i]; if (t) s += t; }",
        "for (int i = -2; i <= 2; i++) for (int j = -2; j <= 2; j++) s += o[i * 5 + j + 12];",
        "for (int i = 0; i < 0; i++) s++;",
    ],
)
def test_short_loops_are_written_out(lowered, text):
    module = unroll_loops(lowered(KERNEL.format(text)))
    assert loops(module) == 0
    names = [s.var.name for s in statements(module.functions["k"].body) if isinstance(s, n.Declare)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "text",
    [
        "for (int i = 0; i < n; ++i) s += o[i];",
        "for (int i = 0; i < 17; ++i) s += o[i];",
        "for (int i = 0; i < 4; ++i) { if (o[i]) break; s += o[i]; }",
        "for (int i = 0; i < 4; ++i) { if (o[i]) i += s++; }",
        "for (int i = 0; i < 4; ++i) { int* p = &i; *p += 1; s += i; }",
        "\n#pragma unroll 1\nfor (int i = 0; i < 4; ++i) s += o[i];\n",
        "for (int i = 1; i < 4; i *= 1) s += o[i];",
        "int i; int* p = n ? &i : &s; for (i = 0; i < 4; ++i) { *p += 1; s += i; }",
        "for (int i = 0; i < 4; ++i) o[i] = n;",
    ],
)
def test_other_loops_stay(lowered, text):
    assert loops(unroll_loops(lowered(KERNEL.format(text)))) == 1


MUCH = " ".join(f"s += o[i * {k} + {k}] * n;" for k in range(4))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"for (int i = 0; i < 16; ++i) {{ {MUCH} }}", 0),
        (f"for (int i = 0; i < 16; ++i) {{ {MUCH} o[i] = s; }}", 1),
        (f"\n#pragma unroll\nfor (int i = 0; i < 16; ++i) {{ {MUCH} o[i] = s; }}\n", 0),
        ("for (int i = 0; i < 4; ++i) for (int j = 0; j < n; ++j) s += o[i * j];", 2),
        ("int a[4]; for (int i = 0; i < 4; ++i) for (int j = 0; j < n; ++j) a[i] = o[i * j]; s += a[3];", 4),
        ("int a[4]; for (int i = 0; i < 4; ++i) for (int j = 0; j < n; ++j) a[i] = o[i * j]; s += a[n];", 2),
    ],
)
def test_loops_stay_where_writing_them_out_takes_much_and_saves_little(lowered, text, left):
    assert loops(unroll_loops(lowered(KERNEL.format(text)))) == left


def test_the_counter_is_constant_in_each_round_and_has_its_last_value_after_them(lowered):
    source = KERNEL.format("int i; for (i = 0; i < 3; ++i) s += o[i * 7]; s += i;")
    text = print_module(simplify(unroll_loops(lowered(source))))
    assert all(f"i32 {k}" in text for k in (0, 7, 14))
    assert "i = i32 3" in text
