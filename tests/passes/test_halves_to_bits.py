"""Conversions of 16-bit floats by integer operations give the same bits as the reference device's own."""

from __future__ import annotations

import numpy as np
import pytest

from cudawasm.ir import nodes as n
from cudawasm.ir.types import BF16, F16
from cudawasm.ir.walk import statement_expressions, statements, subexpressions
from cudawasm.passes.halves_by_float import halves_by_float
from cudawasm.passes.halves_to_bits import halves_to_bits

TO_HALF = """#include <cuda_fp16.h>
#include <cuda_bf16.h>
__global__ void k(const double* a, const float* b, const long long* c, unsigned short* o) {
  int i = threadIdx.x;
  o[6 * i] = __half_as_ushort(__double2half(a[i]));
  o[6 * i + 1] = __half_as_ushort(__float2half(b[i]));
  o[6 * i + 2] = __half_as_ushort(__ll2half_rn(c[i]));
  o[6 * i + 3] = __bfloat16_as_ushort(__double2bfloat16(a[i]));
  o[6 * i + 4] = __bfloat16_as_ushort(__float2bfloat16(b[i]));
  o[6 * i + 5] = __bfloat16_as_ushort(__ll2bfloat16_rn(c[i]));
}"""
TO_FLOAT = """#include <cuda_fp16.h>
#include <cuda_bf16.h>
__global__ void k(const unsigned short* a, float* o) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  o[2 * i] = __half2float(__ushort_as_half(a[i]));
  o[2 * i + 1] = __bfloat162float(__ushort_as_bfloat16(a[i]));
}"""


def casts_of_halves(module: n.Module) -> int:
    exprs = (e for s in statements(module.functions["k"].body) for e in statement_expressions(s))
    subs = (sub for e in exprs for sub in subexpressions(e) if isinstance(sub, n.Cast))
    return sum(bool({F16, BF16} & {s.type, s.operand.type}) for s in subs)


@pytest.mark.parametrize("seed", [1, 2])
def test_numbers_become_halves(lowered, ran, seed: int):
    rng = np.random.default_rng(seed)
    size = 512
    scale = np.exp2(rng.integers(-30, 20, size).astype(float))
    a = rng.standard_normal(size) * scale
    a[:64] = (1 + rng.integers(0, 1024, 64) / 1024 + 2.0**-11) * (1 + rng.choice([-1, 0, 1], 64) * 2.0**-52)
    a[64:72] = [0.0, -0.0, np.inf, -np.inf, 65504.0, 65519.99999, 65520.0, 1e300]
    with np.errstate(over="ignore"):
        b = a.astype(np.float32)
    c = rng.integers(-(2**62), 2**62, size) >> rng.integers(0, 62, size)
    module = lowered(TO_HALF)
    plain = halves_to_bits(halves_by_float(module))
    assert casts_of_halves(module) > 0 == casts_of_halves(plain)
    out = np.zeros(6 * size, np.uint16)
    wanted, found = (ran(m, a, b, c, out, block=size)[-1] for m in (module, plain))
    assert np.array_equal(found, wanted)


def test_every_half_becomes_a_float(lowered, ran):
    bits = np.arange(1 << 16, dtype=np.uint16)
    out = np.zeros(2 << 16, np.float32)
    module = lowered(TO_FLOAT)
    plain = halves_to_bits(halves_by_float(module))
    wanted, found = (ran(m, bits, out, grid=64, block=1024)[-1] for m in (module, plain))
    np.testing.assert_array_equal(found, wanted)
