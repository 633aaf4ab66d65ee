from __future__ import annotations

import numpy as np
import pytest
from kir import SAXPY, kernel, module

import cudawasm as cw
from cudawasm.diagnostics import Diagnostic
from cudawasm.ir import types as t
from cudawasm.ir.nodes import Var
from cudawasm.source import SourceFile, Span

COEF = Var("coef", t.Array(t.Array(t.F32, 3), 2), t.Space.CONSTANT, init=np.arange(6, dtype=np.float32).tobytes())
COUNT = Var("count", t.U32, t.Space.GLOBAL)


def test_kernels_by_name():
    mod = cw.Module.from_kir(module(SAXPY, kernel("ns::inner"), kernel("a::twice"), kernel("b::twice")))
    assert mod.kernels == ("saxpy", "ns::inner", "a::twice", "b::twice")
    assert mod["saxpy"] is mod.kernel("saxpy")
    assert mod["inner"].name == "ns::inner"
    assert "saxpy" in mod
    assert "twice" not in mod
    assert "float* x" in repr(mod["saxpy"])
    with pytest.raises(cw.KernelNotFound) as caught:
        mod["sxapy"]
    assert str(caught.value) == '[R0302] kir has no kernel "sxapy"\n  hint: did you mean saxpy?'
    with pytest.raises(KeyError):
        mod["saxpy<float>"]


def test_overloaded_kernels_by_name_and_parameters(backend):
    mod = cw.Module("__global__ void k(unsigned int* p) { } __global__ void k(float* p, int n) { }")
    assert mod.kernels == ("k(unsigned int*)", "k(float*, int)")
    assert len(mod["k(float *,int)"].params) == 2
    for name in ("k", "k(float*)"):
        with pytest.raises(cw.KernelNotFound):
            mod[name]


def test_variables_are_initialised_once_and_shared_by_the_kernels(backend):
    mod = cw.Module.from_kir(module(SAXPY, kernel("k"), variables=(COEF, COUNT)))
    coef = mod.get_global("coef")
    assert coef.get().tolist() == [[0, 1, 2], [3, 4, 5]]
    assert (coef.shape, coef.dtype) == ((2, 3), np.float32)
    count = mod.get_global("count")
    assert (count.shape, int(count.get())) == ((), 0)
    count.set(7)
    mod["saxpy"], mod["k"]
    assert [load[2] for load in backend.loads] == [{"coef": coef.ptr, "count": count.ptr}] * 2
    assert mod.get_global("count").get() == 7
    with pytest.raises(cw.ArrayError, match="is a variable of a module"):
        coef.free()
    with pytest.raises(cw.GlobalNotFound) as caught:
        mod.get_global("coeff")
    assert str(caught.value) == '[R0303] the source declares no device variable "coeff"\n  hint: did you mean coef?'
    other = cw.Module.from_kir(module(kernel("k"), variables=(COUNT,)))
    assert other.get_global("count").ptr != count.ptr


def test_report_names_resources_and_refusals(backend):
    shared = Var("tile", t.Array(t.F32, 16), t.Space.SHARED)
    mod = cw.Module.from_kir(module(SAXPY, variables=(COUNT,), shared=(shared,)))
    assert str(mod.report()) == (
        "kir on fake:0\n  saxpy(float a, float* x, float* y, int n): 64 B shared; uses count; runs"
    )
    span = Span(SourceFile("k.cu", b"__global__ void saxpy();"), 16, 21)
    backend.refuse = cw.UnsupportedFeature([Diagnostic("E0400", "no such thing", span)])
    mod = cw.Module.from_kir(module(SAXPY))
    assert "k.cu:1:17: error[E0400]: no such thing" in str(mod.report())
    with pytest.raises(cw.UnsupportedFeature):
        mod["saxpy"]


def test_devices_and_the_current_one():
    assert [d.name for d in cw.devices()] == ["fake:0", "fake:1"]
    assert cw.current_device().name == "fake:0"
    with cw.device("fake:1") as inner:
        assert cw.current_device() is inner
        assert cw.zeros(3).device is inner
        assert cw.Module.from_kir(module(SAXPY)).device is inner
    assert cw.zeros(3).device.name == "fake:0"
    assert cw.device(cw.devices()[1]) is inner
    assert cw.device(inner) is inner
    cw.synchronize()
    with pytest.raises(cw.ArgumentError, match="device is int"):
        cw.zeros(3, device=0)
    assert "a device for tests" in repr(inner)
