"""The device used as if it could do less, and the limits of parameters and memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import cudawasm as cw
from cudawasm.runtime.device import Device, current_device

ARITHMETIC = """
__global__ void k(const float* a, const float* b, float* o, int n) {
  int i = threadIdx.x;
  if (i < n) { o[4 * i] = a[i] / b[i]; o[4 * i + 1] = sqrtf(a[i]); o[4 * i + 2] = fmaf(a[i], b[i], -1.0f);
               o[4 * i + 3] = a[i] * b[i] + 1.0f; }
}
"""


def used_as(**traits: object) -> Device:
    return Device(current_device().backend.with_traits(**traits))  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["exact_divide", "exact_sqrt"])
def test_quotients_and_roots_by_double_precision_are_exact(name: str):
    rng = np.random.default_rng(1)
    a, b = (np.exp2(rng.uniform(-60, 60, 1000)).astype(np.float32) for _ in range(2))
    device = used_as(**{name: False})
    with device:
        out = cw.zeros((1000, 4), np.float32)
        cw.Module(ARITHMETIC)["k"][1, 1000](cw.asarray(a), cw.asarray(b), out, 1000)
        found = out.get()
    assert np.array_equal(found[:, 0], a / b)
    assert np.array_equal(found[:, 1], np.sqrt(a))


def test_fused_multiply_adds_round_once():
    a = np.float32(1) + np.float32(2) ** -np.arange(1, 24, dtype=np.float32)
    wanted = (a.astype(np.float64) * a - 1).astype(np.float32)
    with used_as(exact_fma=False):
        out = cw.zeros((23, 4), np.float32)
        cw.Module(ARITHMETIC)["k"][1, 32](cw.asarray(a), cw.asarray(a), out, 23)
        assert np.array_equal(out.get()[:, 2], wanted)


def test_float_atomics_by_swapping():
    source = """__global__ void k(float* o) {
        __shared__ float s; s = 0; __syncthreads(); atomicAdd(&s, 0.5f); __syncthreads(); atomicAdd(o, s / 64); }"""
    with used_as(float_adds=False):
        out = cw.zeros(1, np.float32)
        cw.Module(source)["k"][4, 64](out)
        assert out.get()[0] == 128.0


def test_what_the_device_lacks_is_refused():
    with used_as(f64=False), pytest.raises(cw.UnsupportedFeature, match=r"E0404.*double precision"):
        cw.Module("__global__ void k(double* o) { o[0] = o[1] * 2.0; }")["k"]


def test_large_parameters_are_passed_by_their_address():
    source = "struct S { int values[300]; }; __global__ void k(int* o, S s, int n) { o[threadIdx.x] = s.values[threadIdx.x] + n; }"  # noqa: E501
    values = np.arange(300, dtype=np.int32)
    out = cw.zeros(300, np.int32)
    kernel = cw.Module(source)["k"]
    for n in range(5):
        kernel[1, 300](out, values, n)
        assert np.array_equal(out.get(), values + n)


def test_small_parameters_share_words():
    source = """__global__ void k(int* o, char a, unsigned char b, short c, bool d) {
        int v[] = {a, b, c, d}; for (int i = 0; i < 4; ++i) o[i] = v[i]; }"""
    out = cw.zeros(4, np.int32)
    cw.Module(source)["k"][1, 1](out, np.int8(-3), np.uint8(200), np.int16(-300), True)
    assert out.get().tolist() == [-3, 200, -300, 1]


def test_more_shared_memory_than_there_is_is_refused():
    source = (
        "__global__ void k(int* o) { __shared__ int s[1 << 20]; s[threadIdx.x] = 1; __syncthreads(); o[0] = s[5]; }"
    )
    with pytest.raises(cw.UnsupportedFeature, match=r"E0404.*shared memory"):
        cw.Module(source)["k"]


def test_copies_within_an_allocation():
    check_copies(current_device().backend)


def check_copies(device: Any) -> None:
    values = np.arange(1000, dtype=np.uint8)
    pointer = device.allocate(1000)
    device.write(pointer, values.data)
    device.copy(pointer + 10, pointer, 500)
    device.fill(pointer + 601, 7, 5)
    found = np.zeros(1000, np.uint8)
    device.read(pointer, found.data)
    device.free(pointer)
    wanted = values.copy()
    wanted[10:510] = values[:500]
    wanted[601:606] = 7
    assert np.array_equal(found, wanted)
    with pytest.raises(cw.LaunchError, match="is not a pointer into an allocation"):
        device.read(8, found.data)


def test_memory_that_the_host_does_not_see(monkeypatch: pytest.MonkeyPatch):
    from cudawasm_vulkan.device import VulkanDevice
    from cudawasm_vulkan.probe import Found

    monkeypatch.setattr(Found, "is_unified", property(lambda found: False))
    backend = VulkanDevice(current_device().backend.info)
    check_copies(backend)
    with Device(backend):
        values = np.arange(5_000_000, dtype=np.int32)
        array = cw.asarray(values)
        cw.Module("__global__ void k(int* o) { o[blockIdx.x * blockDim.x + threadIdx.x] += 1; }")["k"][1000, 256](array)
        values[:256000] += 1
        assert np.array_equal(array.get(), values)
