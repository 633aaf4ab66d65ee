from __future__ import annotations

import struct
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from kir import FLOAT4, PARTICLE, SAXPY, kernel, module, pointer

import cudawasm as cw
from cudawasm.ir import types as t
from cudawasm.ir.nodes import LaunchBounds, Var

X = np.arange(4, dtype=np.float32)


def make(function, **keywords) -> cw.Kernel:
    return cw.Module.from_kir(module(function, **keywords), device="fake:0")[function.name]


def launched(backend) -> bytes:
    return backend.launches[-1][-1]


def refusal(kernel_, *arguments, grid=1, block=32) -> str:
    with pytest.raises(cw.CudaWasmError) as caught:
        kernel_[grid, block](*arguments)
    assert not kernel_.device.backend.launches
    return str(caught.value)


def test_a_launch_packs_its_arguments_as_a_c_struct(backend):
    x, y = cw.asarray(X), cw.asarray(X)
    make(SAXPY)[(2, 3), 64](np.float32(2.5), x, y, 4)
    assert backend.launches == [("saxpy", (2, 3, 1), (64, 1, 1), 0, 0, struct.pack("<f4xQQi4x", 2.5, x.ptr, y.ptr, 4))]


def test_grid_block_shared_and_stream(backend):
    stream = cw.Stream("fake:0")
    run = make(kernel("k"))
    run[np.int64(7), [8, 4, 2], 1024, stream]()
    assert backend.launches[-1] == ("k", (7, 1, 1), (8, 4, 2), 1024, stream.id, b"")
    run[1, 1, 16]()
    run[1, 1, 0, None]()
    assert backend.launches[-1][3:5] == (0, 0)


@pytest.mark.parametrize(
    ("type_", "value", "packed"),
    [
        (t.I8, -128, struct.pack("b", -128)),
        (t.U8, np.uint8(200), struct.pack("B", 200)),
        (t.I16, np.int8(-3), struct.pack("h", -3)),
        (t.U32, 2**32 - 1, struct.pack("I", 2**32 - 1)),
        (t.I64, np.int32(-5), struct.pack("q", -5)),
        (t.I64, np.longlong(-5), struct.pack("q", -5)),
        (t.I32, True, struct.pack("i", 1)),
        (t.I32, np.array(5, np.int32), struct.pack("i", 5)),
        (t.F32, 3, struct.pack("f", 3)),
        (t.F32, float("inf"), struct.pack("f", float("inf"))),
        (t.F32, np.float16(0.5), struct.pack("f", 0.5)),
        (t.F64, np.float32(0.1), struct.pack("d", np.float32(0.1))),
        (t.F64, np.int32(7), struct.pack("d", 7)),
        (t.F16, 0.5, struct.pack("e", 0.5)),
        (t.BF16, 1.0, b"\x80\x3f"),
        (t.BF16, 1.00390625, b"\x80\x3f"),
        (t.BF16, float("nan"), b"\xff\x7f"),
        (t.BOOL, True, b"\1"),
        (t.BOOL, np.bool_(False), b"\0"),
        (t.BOOL, 1, b"\1"),
        (FLOAT4, (1, 2.5, 3, 4), struct.pack("4f", 1, 2.5, 3, 4)),
        (FLOAT4, X, X.tobytes()),
        (t.Vector(t.F32, 2, 8), np.complex64(1 + 2j), struct.pack("2f", 1, 2)),
    ],
)
def test_values_that_convert(backend, type_, value, packed):
    make(kernel("k", ("v", type_)))[1, 1](value)
    assert launched(backend) == packed


@pytest.mark.parametrize(
    ("type_", "value", "message"),
    [
        (
            t.I32,
            2**31,
            '[R0103] argument 1 ("v") of k is int, and 2147483648 is outside -2147483648 to 2147483647',
        ),
        (t.U32, -1, '[R0103] argument 1 ("v") of k is unsigned int, and -1 is outside 0 to 4294967295'),
        (t.I32, 1.0, '[R0102] argument 1 ("v") of k is int, but float was given'),
        (
            t.I32,
            np.int64(1),
            '[R0102] argument 1 ("v") of k is int, but a NumPy int64 was given\n'
            "  hint: pass np.int32(x), or a Python number, whose value is checked",
        ),
        (
            t.F32,
            np.float64(1),
            '[R0102] argument 1 ("v") of k is float, but a NumPy float64 was given\n'
            "  hint: pass np.float32(x), or a Python number, whose value is checked",
        ),
        (t.F32, 1e300, '[R0103] argument 1 ("v") of k is float, which cannot hold 1e+300'),
        (t.F64, 10**400, None),
        (t.F32, "1", '[R0102] argument 1 ("v") of k is float, but str was given'),
        (t.BOOL, 2, '[R0103] argument 1 ("v") of k is bool, and 2 is neither 0 nor 1'),
        (t.BOOL, 1.0, '[R0102] argument 1 ("v") of k is bool, but float was given'),
        (
            t.BF16,
            np.float32(1),
            '[R0102] argument 1 ("v") of k is __nv_bfloat16, but NumPy float32 was given',
        ),
        (t.BF16, 1e300, '[R0103] argument 1 ("v") of k is __nv_bfloat16, which cannot hold 1e+300'),
        (FLOAT4, (1, 2), '[R0102] argument 1 ("v") of k is float4 with 4 members, but 2 were given'),
        (FLOAT4, (1, 2, 3, "x"), '[R0102] member 3 of argument 1 ("v") of k is float, but str was given'),
        (pointer(t.F32), 1.5, '[R0102] argument 1 ("v") of k is float*, but float was given'),
        (pointer(t.F32), -1, '[R0103] argument 1 ("v") of k is address -1, which is not one of 64 bits'),
        (pointer(t.F32), b"abcd", '[R0102] argument 1 ("v") of k is float*, but bytes was given'),
        (
            pointer(t.F32),
            X,
            '[R0109] argument 1 ("v") of k is float*, but a NumPy array was given\n'
            "  hint: copy it with cudawasm.asarray(a), or pass cudawasm.In(a), Out(a) or InOut(a)",
        ),
    ],
)
def test_values_that_do_not(type_, value, message):
    found = refusal(make(kernel("k", ("v", type_))), value)
    assert message is None or found == message


def test_argument_count():
    assert refusal(make(SAXPY), 1.0) == (
        "[R0101] saxpy(float a, float* x, float* y, int n) takes 4 arguments, but 1 were given"
    )


def test_pointers_take_addresses_and_null(backend):
    run = make(kernel("k", ("p", pointer(t.F32)), ("q", pointer(t.VOID))))
    run[1, 1](np.uint64(2**63), None)
    assert launched(backend) == struct.pack("QQ", 2**63, 0)


@pytest.mark.parametrize(
    ("pointee", "dtype", "shape"),
    [
        (t.VOID, np.float64, (3,)),
        (t.U8, np.float32, (3,)),
        (t.I8, np.complex64, (3,)),
        (t.BF16, np.uint16, (3,)),
        (t.U64, np.ulonglong, (3,)),
        (t.I64, np.longlong, (3,)),
        (FLOAT4, np.float32, (5, 4)),
        (FLOAT4, np.float32, (8,)),
        (FLOAT4, "f4,f4,f4,f4", (2,)),
        (t.Vector(t.F32, 2, 8), np.complex64, (3,)),
        (t.Vector(t.I32, 3, 4), np.int32, (2, 3)),
        (t.Array(t.F32, 16), np.float32, (16, 16)),
        (pointer(t.F32), np.uint64, (3,)),
        (t.Struct("C", (t.Field("re", t.F32, 0), t.Field("im", t.F32, 4)), 8, 4), np.complex64, (3,)),
        (t.Struct("V", (t.Field("x", t.F32, 0), t.Field("y", t.F32, 4)), 8, 4), np.float32, (3, 2)),
    ],
)
def test_arrays_that_fit_a_pointer(backend, pointee, dtype, shape):
    array = cw.zeros(shape, dtype)
    run = make(kernel("k", ("p", pointer(pointee))))
    for _ in range(2):
        run[1, 1](array)
        assert launched(backend) == struct.pack("Q", array.ptr)


@pytest.mark.parametrize(
    ("pointee", "dtype", "shape", "hint"),
    [
        (t.F32, np.float64, (3,), "use float32"),
        (t.I32, np.uint32, (3,), "use int32"),
        (t.U32, np.int32, (3,), "use uint32"),
        (t.BOOL, np.uint8, (3,), "use bool"),
        (t.F16, np.uint16, (3,), "use float16"),
        (FLOAT4, np.float32, (3,), "use float32 with a last dimension of 4"),
        (FLOAT4, np.int32, (4,), "use float32 with a last dimension of 4"),
        (
            t.Struct("V", (t.Field("x", t.F32, 0), t.Field("y", t.I32, 4)), 8, 4),
            np.float32,
            (3, 2),
            "a fitting",
        ),
    ],
)
def test_arrays_that_do_not(pointee, dtype, shape, hint):
    found = refusal(make(kernel("k", ("p", pointer(pointee)))), cw.zeros(shape, dtype))
    assert found.startswith('[R0104] argument 1 ("p") of k is ')
    assert f"hint: {hint}" in found


def test_the_wrong_arrays(device):
    run = make(kernel("k", ("p", pointer(t.F32))))
    freed = cw.zeros(4, np.float32)
    freed.free()
    assert refusal(run, freed) == '[R0105] argument 1 ("p") of k is an array that has been freed'
    assert refusal(run, cw.zeros(4, np.float32, "fake:1")) == (
        '[R0106] argument 1 ("p") of k is an array on fake:1, but the kernel is on fake:0\n'
        '  hint: copy it with cudawasm.asarray(a, device="fake:0")'
    )
    assert refusal(run, cw.zeros(4, np.float32)[::2]) == (
        '[R0107] argument 1 ("p") of k is a strided view; kernels take C-contiguous arrays\n'
        "  hint: pass a.copy(), or a.ptr if the kernel knows the strides"
    )
    assert refusal(run, cw.zeros(9, np.uint8)[1:].view(np.float32)) == (
        '[R0108] argument 1 ("p") of k starts at an address that is not a multiple of 4, as float* needs'
    )


def test_structs_in_buffers_and_by_value(backend):
    run = make(kernel("k", ("all", pointer(PARTICLE)), ("one", PARTICLE)))
    dtype = run.params[0].dtype
    assert dtype.itemsize == 32
    assert dtype.fields["position"][1] == 16
    host = np.zeros(2, dtype)
    host["mass"] = [1, 2]
    run[1, 1](cw.asarray(host), host[1])
    assert launched(backend)[16:48] == host[1].tobytes()
    run[1, 1](cw.asarray(host), (2.0, (0, 0)))
    assert launched(backend)[16:20] == struct.pack("f", 2)
    other = np.zeros(2, [("mass", "f4"), ("position", "f8", 2)])
    assert "[R0104]" in refusal_after(run, cw.asarray(other), host[0])
    assert "[R0102]" in refusal_after(run, cw.asarray(host), other[0])


def refusal_after(run, *arguments) -> str:
    with pytest.raises(cw.ArgumentError) as caught:
        run[1, 1](*arguments)
    return str(caught.value)


def test_unions_take_any_member(backend):
    union = t.Struct("U", (t.Field("i", t.I32, 0), t.Field("f", t.F32, 0)), 4, 4, is_union=True)
    run = make(kernel("k", ("p", pointer(union))))
    run[1, 1](cw.zeros(2, np.float32))
    run[1, 1](cw.zeros(2, np.int32))
    assert "R0104" in refusal_after(run, cw.zeros(2, np.uint32))


@pytest.mark.parametrize(
    ("grid", "block", "message"),
    [
        (0, 32, "[R0201] grid.x is 0, outside 1 to 2147483647"),
        ((1, 70000), 32, "[R0201] grid.y is 70000, outside 1 to 65535"),
        (1, (1, 1, 65), "[R0201] block.z is 65, outside 1 to 64"),
        (1, (64, 32), "[R0202] a block of 2048 threads; fake:0 takes 1024"),
        (1, 512, "[R0202] a block of 512 threads; k has __launch_bounds__(256)"),
        (1.5, 32, "[R0201] grid is 1.5; give an int or one to three ints"),
        (1, (1, 2, 3, 4), "[R0201] block is (1, 2, 3, 4); give an int or one to three ints"),
        (1, "x", "[R0201] block is 'x'; give an int or one to three ints"),
    ],
)
def test_bad_launch_shapes(grid, block, message):
    assert refusal(make(kernel("k", bounds=LaunchBounds(256))), grid=grid, block=block) == message


def test_bad_shared_memory_and_streams():
    shared = (
        Var("tile", t.Array(t.F32, 4096), t.Space.SHARED),
        Var("dyn", t.Array(t.F32, 0), t.Space.SHARED),
    )
    run = make(kernel("k"), shared=shared)
    assert run.static_shared_bytes == 16384
    for configuration, message in [
        ((1, 1, 40000), "[R0203] 16384 static and 40000 dynamic bytes of shared memory; fake:0 has 49152"),
        ((1, 1, -1), "[R0203] shared memory of -1 bytes"),
        ((1, 1, 0, 5), "[R0205] stream is int; give a cudawasm.Stream or None"),
        ((1, 1, 0, cw.Stream("fake:1")), "[R0205] the stream is of fake:1, the launch on fake:0"),
        ((1,), "[R0201] k is launched by kernel[grid, block] with optional shared_bytes and stream"),
        (7, "[R0201] k is launched by kernel[grid, block] with optional shared_bytes and stream"),
    ]:
        with pytest.raises(cw.LaunchError) as caught:
            run[configuration]
        assert str(caught.value) == message


def test_host_arguments_are_copied_in_and_out(backend):
    def body(params: bytes) -> None:
        pointers = struct.unpack("QQQ", params)
        seen.append([backend_bytes(p) for p in pointers])
        for pointer_ in pointers:
            backend.fill(pointer_, 1, 2)

    def backend_bytes(pointer_: int) -> bytes:
        view = memoryview(bytearray(4))
        backend.read(pointer_, view)
        return bytes(view)

    seen: list[list[bytes]] = []
    backend.bodies["k"] = body
    run = make(kernel("k", *((n, pointer(t.U8)) for n in "abc")))
    a, b, c = (np.full(4, 9, np.uint8) for _ in range(3))
    run[1, 1](cw.In(a), cw.Out(b), cw.InOut(c))
    assert seen == [[b"\x09" * 4, b"\0" * 4, b"\x09" * 4]]
    assert (a.tolist(), b.tolist(), c.tolist()) == ([9] * 4, [1, 1, 0, 0], [1, 1, 9, 9])
    with pytest.raises(cw.ArgumentError, match="Out\\(\\) needs a writable NumPy array, not list"):
        cw.Out([1])
    assert "[R0104]" in refusal_after(make(kernel("f", ("p", pointer(t.F32)))), cw.In(a))


def test_events_measure_time():
    start, end = cw.Event("fake:0"), cw.Event("fake:0")
    with pytest.raises(cw.LaunchError, match="was not recorded"):
        start.elapsed(end)
    stream = cw.Stream("fake:0")
    start.record(stream)
    stream.record(end)
    stream.wait_event(end)
    assert 0 <= start.elapsed(end) < 1000
    assert end.query()


def test_stream_numbers_are_used_again(device):
    first = cw.Stream(device)
    number = first.id
    del first
    assert cw.Stream(device).id == number


def test_code_of_a_kernel():
    assert make(SAXPY).code("asm", (8, 8)) == "; saxpy for (8, 8, 1)"
    with pytest.raises(ValueError, match="no language"):
        make(SAXPY).code("wgsl")


def test_a_kernel_can_be_compiled_before_its_launch(backend):
    make(SAXPY).prepare((16, 8))
    assert backend.prepared == [("saxpy", (16, 8, 1))]


def test_threads_share_devices_pools_and_kernels(device):
    run = make(SAXPY)

    def work(seed: int) -> bool:
        host = np.full(1000 + seed, seed, np.float32)
        for _ in range(50):
            array = cw.asarray(host, device)
            run[1, seed + 1](1.0, array, array, 4)
            if not (array.get() == seed).all():
                return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(8)))
    assert device.pool.used_bytes == 0
