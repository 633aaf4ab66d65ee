"""Which CUDA line a line of generated code is of, by the forms in which targets say so."""

from __future__ import annotations

import pytest

from cudawasm_playground.lines import line_map


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("fn f() {\n  // k.cu:2: int i;\n  let i = 1;\n  // k.cu:3: x;\n  x();\n}\n", [0, 2, 2, 3, 3, 0, 0]),
        ("  %a = add i32 1, 2  ; k.cu:4\n  ret void\n  %b = 1  ; other.h:4", [4, 0, 0]),
        ("f:\n\t# k.cu:2\n\tmovl\n.LBB0_1:\n\taddl\n\t#\n\tret\ng:\n\tret", [0, 2, 2, 2, 2, 0, 0, 0, 0]),
        ("store(v) // k.cu:7", [7]),
        ("nothing\nat all", [0, 0]),
    ],
)
def test_lines(text, lines):
    assert line_map(text, "k.cu") == lines
