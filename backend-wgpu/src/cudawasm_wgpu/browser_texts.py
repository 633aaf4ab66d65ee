"""Helpers of the dialect for browsers, whose text is made before anybody knows which GPU it will run on.

WGSL promises less than GPUs do. Where most of them do what CUDA wants, the helper asks a constant of the pipeline,
which is set where a GPU was seen to: drivers leave the rest of the helper out.
"""

from __future__ import annotations

import re

from cudawasm_wgpu.helper_texts import named

EXACT = {
    "fma_f32": ("fma_is_exact", "fma"),
    "divide_f32": ("division_is_exact", "{0} / exact_f32({1})"),  # drivers multiply by what they see to be constant
    "reciprocal_f32": ("division_is_exact", "1.0f / exact_f32({0})"),
    "sqrt_f32": ("root_is_exact", "sqrt({0})"),
    "f32_of_u32": ("conversion_is_exact", "f32({0})"),
    "f32_of_i32": ("conversion_is_exact", "f32({0})"),
}
"""For helpers that a GPU may make superfluous, the constant that says so and what then stands for them."""
CONSTANTS = tuple(dict.fromkeys(name for name, _ in EXACT.values()))
BROWSER_TEXTS = named("""\
fn f32_of_u32(x: u32) -> f32 {
    return f32(x >> 16u) * 65536.0f + f32(x & 0xffffu); // of which only the sum rounds
}

fn f32_of_i32(x: i32) -> f32 {
    return f32(x >> 16u) * 65536.0f + f32(x & 0xffff);
}

fn floor_f32(x: f32) -> f32 { // drivers may take numbers below the normal range for 0
    return select(floor(x), -1.0f, bitcast<u32>(x) - 0x80000001u < 0x7fffffu);
}

fn ceil_f32(x: f32) -> f32 {
    return select(ceil(x), 1.0f, bitcast<u32>(x) - 1u < 0x7fffffu);
}""")
_CONSTANT = re.compile(r"bitcast<f32>\((~?0x[0-9a-f]+u)\)")
_HEAD = re.compile(r"fn \w+\((.*?)\) -> \w+ \{.*\n")


def for_browsers(name: str, text: str) -> str:
    """A helper's text in this dialect; Tint computes constants, which must be finite."""
    text = _CONSTANT.sub(r"f32_of_bits(\1)", text)
    head = _HEAD.match(text)
    if name not in EXACT or head is None:
        return text
    params = [param.partition(":")[0] for param in head[1].split(", ")]
    constant, form = EXACT[name]
    native = f"fma({', '.join(params)})" if form == "fma" else form.format(*params)
    return f"{head[0]}    if ({constant}) {{\n        return {native};\n    }}\n{text[head.end() :]}"
