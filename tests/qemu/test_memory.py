"""Memory shared with the emulator: first fit, and neighbours that are free become one."""

from __future__ import annotations

import gc
from itertools import pairwise

import numpy as np
import pytest

import cudawasm as cw
from cudawasm_qemu.memory import SIZE


@pytest.fixture
def memory():
    return cw.device("aarch64").backend.memory


def test_ranges_are_aligned_apart_and_given_back(memory):
    before = list(memory._free._parts)
    sizes = (1, 256, 257, 10000)
    pointers = [memory.allocate(size) for size in sizes]
    assert all(p % 256 == 0 for p in pointers)
    spans = sorted(zip(pointers, sizes, strict=True))
    assert all(p + size < q for (p, size), (q, _) in pairwise(spans))
    for pointer in (pointers[1], pointers[3], pointers[0], pointers[2]):
        memory.free(pointer)
    assert memory._free._parts == before


def test_arrays_go_with_their_last_reference(memory):
    gc.collect()
    before = list(memory._free._parts)
    array = memory.array(100)
    assert bytes(array) == bytes(100)
    assert memory._free._parts != before
    del array
    assert memory._free._parts == before


def test_more_than_there_is_is_refused(memory):
    with pytest.raises(MemoryError, match="shared with the emulator"):
        memory.allocate(SIZE)


def test_a_second_device_of_a_process_has_a_place_of_its_own(memory):
    from cudawasm.plugins import host
    from cudawasm.runtime.device import Device

    info = next(i for i in cw.devices() if i.name == "aarch64")
    other = Device(host().open_device(info))
    assert other.backend.memory.base != memory.base
    with other:
        array = cw.zeros(4, np.int32)
        cw.Module("__global__ void k(int* p) { p[threadIdx.x] = threadIdx.x; }")["k"][1, 4](array)
        assert array.get().tolist() == [0, 1, 2, 3]
