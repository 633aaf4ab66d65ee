"""A device without shared virtual memory: pointers are numbers that a launch looks up."""

from __future__ import annotations

import numpy as np
import pytest

import cudawasm as cw
from cudawasm.runtime.compilation import lower, open_program, parse_options
from cudawasm.runtime.interface import CompileOptions


@pytest.fixture
def device() -> object:
    return cw.current_device().backend.with_traits(svm=False)


def launch(device, source: str, grid: int, block: int, params: bytes, addresses: dict[str, int] | None = None) -> None:
    program = open_program(source.encode(), "kernel.cu", parse_options([], {}, []))
    loaded = device.load(lower(program, "k").module, CompileOptions(), addresses or {})
    loaded.kernel("k").launch((grid, 1, 1), (block, 1, 1), 0, 0, bytearray(params))
    device.synchronize()


def test_pointers_with_offsets(device):
    data = np.arange(64, dtype=np.int32)
    pointer = device.allocate(256)
    device.write(pointer, data.data)
    source = (
        "__device__ int d; __global__ void k(const int* a, int* b, int* none) "
        "{ b[threadIdx.x] = a[threadIdx.x] + d + !none; }"
    )
    number = device.allocate(4)
    device.write(number, np.array([100], np.int32).data)
    params = np.array([pointer + 16, pointer + 128, 0], np.uint64).tobytes()
    launch(device, source, 1, 8, params, {"d": number})
    found = np.zeros(64, np.int32)
    device.read(pointer, found.data)
    assert found[32:40].tolist() == [101 + 4 + i for i in range(8)]
    device.copy(pointer + 4, pointer, 16)
    device.fill(pointer + 200, 7, 8)
    device.read(pointer, found.data)
    assert found[:5].tolist() == [0, 0, 1, 2, 3]
    assert found[50] == 0x07070707
    device.free(pointer)
    with pytest.raises(cw.LaunchError, match="not a pointer into an allocation"):
        launch(device, source, 1, 8, params, {"d": number})


def test_pointers_in_memory_are_refused(device):
    with pytest.raises(cw.UnsupportedFeature) as caught:
        launch(device, "__global__ void k(int** a) {\n  a[0][1] = 2;\n}", 1, 1, bytes(8))
    assert str(caught.value).splitlines()[0] == (
        "kernel.cu:2:3: error[E0405]: the device has no pointers that are addresses, which this needs"
    )


def test_traits_that_are_missing_are_refused():
    device = cw.current_device().backend.with_traits(fp64=False)
    with pytest.raises(cw.UnsupportedFeature, match=r"E0404.*double precision"):
        launch(device, "__global__ void k(double* a) { a[0] = a[1] * 2; }", 1, 1, bytes(8))
