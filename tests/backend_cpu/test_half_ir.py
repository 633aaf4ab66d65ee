"""Half precision for machines without instructions for it agrees with NumPy's on every half and many floats."""

from __future__ import annotations

import ctypes
from dataclasses import replace

import numpy as np
import pytest

from cudawasm_cpu import jit
from cudawasm_cpu.half_ir import half_text
from cudawasm_cpu.machine import host_machine

# Halves cross as 16-bit integers, because ctypes does not know how they are passed.
WRAPPERS = """
define void @widen(ptr %in, ptr %out, i64 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [0, %entry], [%j, %loop]
  %p = getelementptr half, ptr %in, i64 %i
  %q = getelementptr float, ptr %out, i64 %i
  %x = load half, ptr %p
  %y = call float @__extendhfsf2(half %x)
  store float %y, ptr %q
  %j = add i64 %i, 1
  %more = icmp ult i64 %j, %n
  br i1 %more, label %loop, label %done
done:
  ret void
}
"""


def _narrow(name: str, source: str, function: str) -> str:
    text = WRAPPERS.replace("@widen", f"@{name}").replace(
        "call float @__extendhfsf2(half", f"call half @{function}({source}"
    )
    text = text.replace("getelementptr half, ptr %in", f"getelementptr {source}, ptr %in")
    text = text.replace("getelementptr float, ptr %out", "getelementptr half, ptr %out")
    return text.replace("load half", f"load {source}").replace("store float %y", "store half %y")


@pytest.fixture(scope="module")
def convert():
    machine = (
        replace(host_machine(), cpu="x86-64", features="", vector_bits=128)
        if "x86" in host_machine().triple
        else host_machine()
    )
    text = half_text(machine.triple) + WRAPPERS + _narrow("from_float", "float", "__truncsfhf2")
    text += _narrow("from_double", "double", "__truncdfhf2")
    engine = jit.Loaded(jit.compile_object([text], machine), machine)

    def run(name: str, values: np.ndarray, dtype: str) -> np.ndarray:
        out = np.zeros(values.shape, dtype)
        function = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)(engine.address(name))
        function(values.ctypes.data, out.ctypes.data, values.size)
        return out

    return run


def _same(a: np.ndarray, b: np.ndarray) -> None:
    both_nan = np.isnan(a) & np.isnan(b)
    assert ((a.view(f"u{a.itemsize}") == b.view(f"u{b.itemsize}")) | both_nan).all()


def test_every_half_widens(convert):
    halves = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    _same(convert("widen", halves, "f4"), halves.astype(np.float32))


@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.parametrize(("name", "dtype"), [("from_float", "f4"), ("from_double", "f8")])
def test_numbers_round_to_the_nearest_half(convert, name: str, dtype: str):
    halves = np.arange(0x7C00, dtype=np.uint16).view(np.float16).astype(dtype)
    middles = (halves[:-1] + halves[1:]) / 2
    ends = np.array([65504, 65519.99, 65520, 1e10, np.inf, np.nan, 0, 2**-25, 2**-24.5, 1e-40], dtype)
    values = np.concatenate(
        [halves, middles, np.nextafter(middles, 0), np.nextafter(middles, np.inf, dtype=dtype), ends]
    )
    values = np.concatenate([values, -values]).astype(dtype)
    _same(convert(name, values, "f2"), values.astype(np.float16))
