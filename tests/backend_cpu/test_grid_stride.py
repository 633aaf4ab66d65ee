"""Grid-stride loops, whose rounds run without masks until a lane leaves: as the reference device computes them."""

from __future__ import annotations

import numpy as np
import pytest

import cudawasm as cw

SUMS = """
__global__ void k(int* x, const int* limits, int* out, int n) {
  __shared__ int s[96];
  int t = threadIdx.x, g = blockIdx.x * blockDim.x + t, sum = 0, rounds = 0;
  s[t] = 0;
  __syncthreads();
  LOOP
  s[t] = sum + 1000 * rounds;
  __syncthreads();
  out[g] = s[t] + s[(t + 1) % 96];
}"""
LOOPS = {
    "plain": "for (int i = g; i < n; i += gridDim.x * blockDim.x) { sum += x[i]; rounds++; }",
    "with a condition that counts":
        "for (int i = g; rounds++ < limits[g] && i < n; i += gridDim.x * blockDim.x) sum += x[i];",
    "with a condition on what is written":
        "for (int i = g; i < n && x[i] % 11; i += gridDim.x * blockDim.x) { x[i] *= 3; sum += x[i]; rounds++; }",
    "in a branch": "if (limits[g] % 5) for (int i = g; i < n; i += gridDim.x * blockDim.x) { sum += x[i]; rounds++; }",
    "of warps":
        "for (int i = g; i < n; i += gridDim.x * blockDim.x) { sum += x[i] + __popc(__activemask()); rounds++; }",
    "with lanes that write for themselves":
        "for (int i = g; i < n; i += gridDim.x * blockDim.x) { if (x[i] & 1) { x[i] = t; rounds++; } sum += x[i]; }",
}  # fmt: skip


@pytest.mark.parametrize("device", ["cpu", "wasm"])
@pytest.mark.parametrize("name", LOOPS)
@pytest.mark.parametrize("n", [0, 3, 700, 191, 192, 5000], ids=lambda n: f"{n} elements")
def test_grid_stride_loops(device: str, name: str, n: int):
    source = SUMS.replace("LOOP", LOOPS[name])
    x = np.arange(max(n, 1), dtype=np.int32) * 7 % 31
    limits = np.arange(192, dtype=np.int32) * 13 % 40

    def results(on: str) -> list[np.ndarray]:
        of_x, out = cw.asarray(x, device=on), cw.zeros(192, np.int32, device=on)
        cw.Module(source, device=on)["k"][2, 96](of_x, cw.asarray(limits, device=on), out, np.int32(n))
        return [of_x.get(), out.get()]

    for got, expected in zip(results(device), results("reference"), strict=True):
        assert (got == expected).all()
