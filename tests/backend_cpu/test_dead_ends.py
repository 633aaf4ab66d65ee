"""Control flow in which some or all threads have left: the rest go on, and code that none reaches is harmless."""

import numpy as np

import cudawasm as cw

SOURCE = r"""
__global__ void skips(int* o, int n) {
  int s = 0;
  for (int i = 0; i < n; i++) {
    if ((threadIdx.x + i) & 1) continue;
    s += i;
    if (s > 50 + threadIdx.x) break;
  }
  o[threadIdx.x] = s;
}
__global__ void leaves(int* o, int n) {
  while (true) {
    if (n > 3) { o[threadIdx.x] = 1; return; }
    else { o[threadIdx.x] = 2; return; }
  }
}
"""


def test_a_masked_continue_and_break():
    out = cw.zeros(40, np.int32)
    cw.Module(SOURCE)["skips"][1, 40](out, 30)
    expected = []
    for thread in range(40):
        s = 0
        for i in range(30):
            if (thread + i) & 1:
                continue
            s += i
            if s > 50 + thread:
                break
        expected.append(s)
    assert out.get().tolist() == expected


def test_a_loop_whose_every_path_returns():
    for n, value in ((5, 1), (2, 2)):
        out = cw.zeros(40, np.int32)
        cw.Module(SOURCE)["leaves"][1, 40](out, n)
        assert out.get().tolist() == [value] * 40
