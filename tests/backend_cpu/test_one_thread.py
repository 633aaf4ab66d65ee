"""Blocks of one thread run in gangs of one lane."""

import numpy as np

import cudawasm as cw

SOURCE = r"""
__global__ void count(int* bins, const int* which, int* o) {
  int seen[4] = {1, 2, 3, 4};
  int w = which[blockIdx.x];
  seen[w] += atomicAdd(&bins[w], 1) >= 0;
  o[blockIdx.x] = seen[w] * 10 + seen[3 - w];
}
"""


def test_atomics_and_local_arrays():
    which = np.array([0, 3, 1, 3, 2, 3], np.int32)
    bins, out = cw.zeros(4, np.int32), cw.zeros(6, np.int32)
    cw.Module(SOURCE)["count"][6, 1](bins, cw.asarray(which), out)
    assert bins.get().tolist() == np.bincount(which, minlength=4).tolist()
    assert out.get().tolist() == [(w + 2) * 10 + 4 - w for w in which]
