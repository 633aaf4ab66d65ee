from __future__ import annotations

import numpy as np
import pytest
from fake_backend import FakePlugin, info

import cudawasm as cw
from cudawasm import plugins
from cudawasm.runtime import device as devices


@pytest.mark.parametrize("dtype", [np.float32, np.int8, np.uint64, np.float16, np.complex64, np.bool_])
def test_round_trip_of_each_dtype(dtype):
    host = np.arange(24).reshape(2, 3, 4).astype(dtype)
    array = cw.asarray(host)
    assert (array.shape, array.dtype, array.nbytes, array.size) == (host.shape, host.dtype, host.nbytes, 24)
    assert array.get().tobytes() == host.tobytes()


def test_round_trip_of_structs_scalars_lists_and_empty_arrays():
    pair = np.dtype({"names": ["a", "b"], "formats": ["i1", "f8"], "offsets": [0, 8], "itemsize": 16})
    host = np.zeros(3, pair)
    host["b"] = [1, 2, 3]
    assert (cw.asarray(host).get() == host).all()
    assert cw.asarray(np.float32(2.5)).get() == 2.5
    assert cw.asarray([1, 2, 3]).get().tolist() == [1, 2, 3]
    assert cw.asarray(np.empty((0, 3))).get().shape == (0, 3)


def test_big_endian_and_strided_hosts_are_converted():
    big = np.arange(4, dtype=">i4")
    assert cw.asarray(big).get().tolist() == [0, 1, 2, 3]
    assert cw.asarray(big).dtype.isnative
    host = np.arange(12).reshape(3, 4)
    assert (cw.asarray(host.T).get() == host.T).all()


def test_asarray_of_a_device_array_is_itself_on_the_same_device_and_a_copy_elsewhere():
    array = cw.asarray(np.arange(3))
    assert cw.asarray(array) is array
    other = cw.asarray(array, device="fake:1")
    assert other.device.name == "fake:1"
    assert other.get().tolist() == [0, 1, 2]
    assert cw.asarray(array, dtype=np.float32).dtype == np.float32


@pytest.mark.parametrize(
    "index",
    [
        (slice(1, 3),),
        (slice(None), 1),
        (slice(None, None, -1), slice(None, None, 2)),
        (2, 3),
        (Ellipsis, 1),
        (None, 1),
        (slice(2, 2),),
    ],
)
def test_views_are_numpys(index):
    host = np.arange(20, dtype=np.int32).reshape(4, 5)
    array = cw.asarray(host)
    view = array[index]
    assert view.shape == host[index].shape
    assert (view.get() == host[index]).all()
    view.set(host[index] + 100)
    host[index] += 100
    assert (array.get() == host).all()


def test_views_share_memory_and_addresses():
    array = cw.zeros((4, 4), np.float32)
    assert array[1].ptr == array.ptr + 16
    assert array[1].is_contiguous
    assert not array[:, 1].is_contiguous
    assert array.T.T.is_contiguous
    array[1:3, 1:3] = 7
    assert array.get().sum() == 28
    array[0] = array[1].copy()
    assert array.get()[0].tolist() == [0, 7, 7, 0]


def test_reshape_ravel_view_and_field():
    array = cw.asarray(np.arange(6, dtype=np.float32))
    assert array.reshape(2, -1).shape == (2, 3)
    assert array.reshape((3, 2)).ravel().shape == (6,)
    assert array.view(np.uint32).get()[1] == np.float32(1).view(np.uint32)
    assert array.view(np.complex64).shape == (3,)
    records = cw.asarray(np.array([(1, 2.0), (3, 4.0)], [("k", "i4"), ("v", "f4")]))
    assert records["v"].get().tolist() == [2.0, 4.0]
    with pytest.raises(cw.ArrayError, match="only a C-contiguous array can be reshaped"):
        array[::2].reshape(-1)
    with pytest.raises(cw.ArrayError, match="no view of float32"):
        array[:5].view(np.float64)


def test_fill_full_and_likes():
    assert cw.full(3, np.float32(1.5)).get().tolist() == [1.5] * 3
    assert cw.full((2, 2), 0x01010101, np.int32).get().tolist() == [[0x01010101] * 2] * 2
    array = cw.zeros_like(np.ones((2, 3), np.int16))
    assert array.dtype == np.int16
    assert not array.get().any()
    array[:, ::2].fill(5)
    assert array.get().tolist() == [[5, 0, 5]] * 2
    assert cw.empty_like(array).shape == (2, 3)


def test_get_into_out():
    array = cw.asarray(np.arange(3.0))
    out = np.zeros(3)
    assert array.get(out=out) is out
    assert out.tolist() == [0, 1, 2]
    with pytest.raises(cw.ArrayError, match=r"out is float32 \(3,\), but must be C-contiguous float64 \(3,\)"):
        array.get(out=np.zeros(3, np.float32))


def test_set_checks_shape_and_dtype():
    array = cw.zeros(3, np.float32)
    array.set([1, 2, 3])
    array.set(np.arange(3, dtype=np.int16))
    with pytest.raises(cw.ArrayError, match=r"values of shape \(2,\) for an array of shape \(3,\)"):
        array.set([1, 2])
    with pytest.raises(cw.ArrayError, match="float64 values do not fit an array of float32"):
        array.set(np.zeros(3))
    with pytest.raises(cw.ArrayError, match=r"do not broadcast"):
        array[:] = np.zeros(2, np.float32)


def test_numpy_and_dlpack_see_the_memory_without_a_copy():
    array = cw.asarray(np.arange(6, dtype=np.int32).reshape(2, 3))
    for host in (np.asarray(array), np.from_dlpack(array)):
        host[1, 1] = 99
        assert array.get()[1, 1] == 99
        host[1, 1] = 4
    assert np.asarray(array[:, ::2]).tolist() == [[0, 2], [3, 5]]
    assert array.__dlpack_device__() == (1, 0)
    assert cw.asarray(np.from_dlpack(array)).get().shape == (2, 3)


def test_a_device_without_host_memory_refuses_numpys_protocols():
    plugins.use_host(plugins.PluginHost({"fake": FakePlugin(info("far", host_memory=False))}))
    devices.forget_devices()
    array = cw.asarray(np.arange(3))
    assert array.get().tolist() == [0, 1, 2]
    with pytest.raises(TypeError, match="use get"):
        np.asarray(array)
    with pytest.raises(BufferError, match="use get"):
        np.from_dlpack(array)


def test_a_freed_array_is_dead_with_its_views():
    array = cw.zeros(4)
    view = array[1:]
    array.free()
    array.free()
    for dead in (array, view):
        with pytest.raises(cw.ArrayError) as caught:
            dead.get()
        assert str(caught.value) == "[R0402] the array has been freed"
    assert "freed" in repr(array)


def test_bad_shapes_dtypes_and_indexes():
    with pytest.raises(cw.ArrayError, match="negative extent"):
        cw.empty((2, -1))
    with pytest.raises(cw.ArrayError, match="object elements cannot"):
        cw.asarray(np.array([object()]))
    with pytest.raises(cw.ArrayError, match="indexed by integers and slices, not by list"):
        cw.zeros(3)[[0, 1]]
    with pytest.raises(IndexError):
        cw.zeros(3)[3]


def test_pool_reuses_blocks_and_gives_them_back(device, backend):
    pool = device.pool
    first = cw.empty(1000, np.uint8)
    pointer = first.ptr
    assert pool.used_bytes == 1024
    del first
    assert (pool.used_bytes, pool.total_bytes) == (0, 1024)
    assert cw.empty(1010, np.uint8).ptr == pointer
    pool.free_all()
    assert pool.total_bytes == 0
    assert not backend.memory


def test_pool_frees_what_it_keeps_before_it_gives_up(device, backend):
    backend.room = 1 << 20

    kept = cw.empty(900_000, np.uint8)
    del kept
    assert cw.empty(500_000, np.uint8).nbytes == 500_000
    with pytest.raises(MemoryError):
        cw.empty(2 << 20, np.uint8)


def test_blocks_freed_under_several_streams_wait_for_a_synchronisation(device, backend):
    stream = cw.Stream()
    array = cw.empty(1000, np.uint8)
    pointer = array.ptr
    del array
    assert device.pool._waiting
    before = len(backend.synchronized)
    assert cw.empty(1000, np.uint8).ptr == pointer
    assert len(backend.synchronized) > before
    stream.synchronize()


def test_bounds_checked_memory_has_exact_sizes(device, backend):
    device.pool.exact = True
    array = cw.empty(1000, np.uint8)
    assert backend.memory[array.ptr][1] == 1000
    del array
    assert not backend.memory
