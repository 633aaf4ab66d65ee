"""Arrays in device memory: made from NumPy's, given to kernels, read back with ``get``."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import as_strided

from cudawasm.errors import ArrayError
from cudawasm.runtime.device import Device, resolve_device
from cudawasm.runtime.pool import Block
from cudawasm.runtime.stream import Stream, stream_id

Shape = tuple[int, ...]
# Views are computed by NumPy on an array whose memory is never touched.
_NOWHERE = np.zeros(1, np.uint8)


class DeviceArray:
    """An n-dimensional array in the memory of ``device``.

    ``dtype``, ``shape`` and ``strides`` (bytes) are NumPy's. Slicing gives views on the same memory.
    Arrays of a device whose memory the host can reach (feature "host_memory") are NumPy arrays without a
    copy by ``np.asarray(a)`` and by DLPack; all others are read with ``get()``.
    """

    __slots__ = ("__weakref__", "_block", "_contiguous", "_offset", "device", "dtype", "shape", "strides")

    def __init__(
        self, device: Device, block: Block, dtype: npt.DTypeLike, shape: Shape, strides: Shape | None = None,
        offset: int = 0,
    ):  # fmt: skip
        self.device = device
        self.dtype: np.dtype[Any] = np.dtype(dtype)
        self.shape = shape
        dense = _dense_strides(shape, self.dtype.itemsize)
        self.strides = dense if strides is None else strides
        self._contiguous = self.strides == dense or _is_dense(shape, self.strides, dense)
        self._block = block
        self._offset = offset

    # --- facts -----------------------------------------------------------------------------------

    @property
    def ptr(self) -> int:
        """Device address of the first element. Raises ArrayError after ``free``."""
        if not self._block.pointer:
            raise ArrayError("the array has been freed", code="R0402")
        return self._block.pointer + self._offset

    @property
    def size(self) -> int:
        """Number of elements."""
        count = 1
        for extent in self.shape:
            count *= extent
        return count

    @property
    def nbytes(self) -> int:
        """Bytes of the elements."""
        return self.size * self.dtype.itemsize

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def is_contiguous(self) -> bool:
        """Whether the elements lie in C order without gaps, as kernels need them."""
        return self._contiguous

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of an array without dimensions")
        return self.shape[0]

    def __repr__(self) -> str:
        state = "" if self._block.pointer else ", freed"
        return f"<cudawasm.DeviceArray {self.dtype} {self.shape} on {self.device.name}{state}>"

    # --- copies ----------------------------------------------------------------------------------

    def get(self, out: np.ndarray[Any, Any] | None = None, stream: Stream | None = None) -> np.ndarray[Any, Any]:
        """The elements as a NumPy array of the same shape and dtype; waits for earlier work.

        ``out``, if given, is a C-contiguous array of that shape and dtype that receives them.
        Raises ArrayError.
        """
        if out is None:
            out = np.empty(self.shape, self.dtype)
        elif out.shape != self.shape or out.dtype != self.dtype or not out.flags.c_contiguous:
            raise ArrayError(f"out is {out.dtype} {out.shape}, but must be C-contiguous {self.dtype} {self.shape}")
        pointer = self.ptr
        if not out.size:
            return out
        if self._contiguous:
            self.device.backend.read(pointer, _bytes_of(out), stream_id(stream, self.device))
        else:
            out[...] = self._span_view(stream)[1]
        return out

    def set(self, x: Any, stream: Stream | None = None) -> None:
        """Copy ``x``, of the same shape and of a dtype that converts without loss, into the array.

        Raises ArrayError.
        """
        self._store(self._host_values(x, exact_shape=True), stream)

    def fill(self, value: Any, stream: Stream | None = None) -> None:
        """Set every element to ``value``."""
        pointer = self.ptr
        element = np.asarray(value).astype(self.dtype) if self.dtype.fields is None else np.array(value, self.dtype)
        image = element.tobytes()
        if self.size and self._contiguous and image == image[:1] * len(image):
            self.device.backend.fill(pointer, image[0], self.nbytes, stream_id(stream, self.device))
        else:
            self._store(np.full(self.shape, element, self.dtype), stream)

    def copy(self, stream: Stream | None = None) -> DeviceArray:
        """A new C-contiguous array with the same elements."""
        fresh = empty(self.shape, self.dtype, self.device)
        if not self._contiguous:
            fresh.set(self.get(stream=stream), stream)
        elif self.nbytes:
            self.device.backend.copy(fresh.ptr, self.ptr, self.nbytes, stream_id(stream, self.device))
        return fresh

    def free(self) -> None:
        """Give the memory back now. All views of it, NumPy's too, are invalid from here on."""
        if self._block.permanent:
            raise ArrayError("the array is a variable of a module and lives as long as the module")
        self._block.free()

    # --- views -----------------------------------------------------------------------------------

    def __getitem__(self, index: Any) -> DeviceArray:
        """A view by integers, slices, ``None``, ``...`` or the name of a field."""
        if isinstance(index, str):
            return self._derive(self._proxy()[index])
        items = index if isinstance(index, tuple) else (index,)
        for item in items:
            if not (item is None or item is ... or isinstance(item, int | np.integer | slice)):
                raise ArrayError(f"arrays are indexed by integers and slices, not by {type(item).__name__}")
        # With an Ellipsis NumPy gives a view also for a single element, instead of reading it.
        return self._derive(self._proxy()[items if ... in items else (*items, ...)])

    def __setitem__(self, index: Any, value: Any) -> None:
        """Set the elements of a view; ``value`` is broadcast to its shape."""
        view = self[index]
        if isinstance(value, DeviceArray):
            value = value.get()
        view._store(view._host_values(value, exact_shape=False))

    def reshape(self, *shape: Any) -> DeviceArray:
        """A view of other extents; one may be -1. The array must be C-contiguous."""
        if not self._contiguous:
            raise ArrayError("only a C-contiguous array can be reshaped", hint="take a copy() first")
        return self._derive(self._proxy().reshape(*shape))

    def ravel(self) -> DeviceArray:
        """A one-dimensional view."""
        return self.reshape(-1)

    def view(self, dtype: npt.DTypeLike) -> DeviceArray:
        """The same bytes as elements of another dtype; the last dimension changes as in NumPy."""
        try:
            return self._derive(self._proxy().view(dtype))
        except ValueError as error:
            raise ArrayError(f"no view of {self.dtype} {self.shape} as {np.dtype(dtype)}: {error}") from error

    @property
    def T(self) -> DeviceArray:
        """A view with the dimensions reversed."""
        return self._derive(self._proxy().T)

    def _proxy(self) -> np.ndarray[Any, Any]:
        return as_strided(_NOWHERE[:0].view(self.dtype), self.shape, self.strides)

    def _derive(self, proxy: np.ndarray[Any, Any]) -> DeviceArray:
        offset = proxy.__array_interface__["data"][0] - _NOWHERE.__array_interface__["data"][0]
        if not proxy.size:
            offset = 0
        return DeviceArray(self.device, self._block, proxy.dtype, proxy.shape, proxy.strides, self._offset + offset)

    # --- the host's side -------------------------------------------------------------------------

    @property
    def __array_interface__(self) -> dict[str, Any]:
        """NumPy's protocol, without a copy, where the memory is the host's."""
        if not self.device.host_memory:
            raise AttributeError("the memory of this device cannot be reached by the host")
        self.device.synchronize()
        interface: dict[str, Any] = {"version": 3, "shape": self.shape, "typestr": self.dtype.str}
        interface["data"] = (self.ptr, False)
        interface["strides"] = None if self._contiguous else self.strides
        if self.dtype.fields is not None:
            interface["descr"] = self.dtype.descr
        return interface

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        raise TypeError("the array is in device memory; use get() to copy it to the host")

    def __dlpack_device__(self) -> tuple[int, int]:
        """(1, 0): the CPU, for devices with host memory."""
        if not self.device.host_memory:
            raise BufferError("DLPack needs memory that the host can reach; use get()")
        return (1, 0)

    def __dlpack__(self, **options: Any) -> Any:
        """A DLPack capsule that keeps this array alive; ``options`` are the protocol's."""
        self.__dlpack_device__()
        options.pop("stream", None)
        return np.asarray(self).__dlpack__(**options)

    def _host_values(self, x: Any, exact_shape: bool) -> np.ndarray[Any, Any]:
        if isinstance(x, np.ndarray | np.generic):
            values = np.asarray(x)
            if values.dtype != self.dtype and not np.can_cast(values.dtype, self.dtype, "safe"):
                raise ArrayError(
                    f"{values.dtype} values do not fit an array of {self.dtype} without loss",
                    hint=f"convert them with .astype(np.{self.dtype})" if self.dtype.fields is None else "",
                )
        else:
            values = np.array(x, self.dtype)
        if exact_shape and values.shape != self.shape:
            raise ArrayError(f"values of shape {values.shape} for an array of shape {self.shape}")
        try:
            values = np.broadcast_to(values, self.shape)
        except ValueError:
            raise ArrayError(f"values of shape {values.shape} do not broadcast to {self.shape}") from None
        return np.ascontiguousarray(values, self.dtype).reshape(self.shape)

    def _store(self, values: np.ndarray[Any, Any], stream: Stream | None = None) -> None:
        pointer = self.ptr
        if not values.size:
            return
        if self._contiguous:
            self.device.backend.write(pointer, _bytes_of(values), stream_id(stream, self.device))
            return
        low, view, span = self._span_view(stream)
        view[...] = values
        self.device.backend.write(low, _bytes_of(span), stream_id(stream, self.device))

    def _span_view(self, stream: Stream | None) -> tuple[int, np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """Host copy of all bytes from the first to the last element: its address, the array in it, itself."""
        reach = [(extent - 1) * stride for extent, stride in zip(self.shape, self.strides, strict=True)]
        before = -sum(r for r in reach if r < 0)
        after = sum(r for r in reach if r > 0) + self.dtype.itemsize
        span = np.empty(before + after, np.uint8)
        low = self.ptr - before
        self.device.backend.read(low, span.data, stream_id(stream, self.device))
        view: np.ndarray[Any, Any] = np.ndarray(self.shape, self.dtype, span.data, before, self.strides)
        return low, view, span


def _dense_strides(shape: Shape, itemsize: int) -> Shape:
    strides = []
    stride = itemsize
    for extent in reversed(shape):
        strides.append(stride)
        stride *= extent
    return tuple(reversed(strides))


def _is_dense(shape: Shape, strides: Shape, dense: Shape) -> bool:
    """Strides of dimensions with one element do not matter, nor any of an empty array."""
    if 0 in shape:
        return True
    return all(e == 1 or s == d for e, s, d in zip(shape, strides, dense, strict=True))


def _bytes_of(values: np.ndarray[Any, Any]) -> memoryview:
    return values.reshape(-1).view(np.uint8).data


def _shape_of(shape: Any) -> Shape:
    extents = (shape,) if isinstance(shape, int | np.integer) else tuple(shape)
    result = tuple(int(extent) for extent in extents)
    if any(extent < 0 for extent in result):
        raise ArrayError(f"shape {result} has a negative extent")
    return result


def _device_dtype(dtype: npt.DTypeLike) -> np.dtype[Any]:
    result = np.dtype(dtype)
    if result.hasobject or result.itemsize == 0:
        raise ArrayError(f"{result} elements cannot be in device memory")
    if result.subdtype is not None:
        raise ArrayError(f"{result} is a sub-array; give its extents in the shape")
    return result.newbyteorder("=")


# --- making arrays -------------------------------------------------------------------------------


def empty(shape: Any, dtype: npt.DTypeLike = np.float64, device: Any = None) -> DeviceArray:
    """An array with undefined contents. Raises MemoryError when the device has no room."""
    where = resolve_device(device)
    extents, kind = _shape_of(shape), _device_dtype(dtype)
    count = 1
    for extent in extents:
        count *= extent
    return DeviceArray(where, where.pool.allocate(count * kind.itemsize), kind, extents)


def zeros(shape: Any, dtype: npt.DTypeLike = np.float64, device: Any = None) -> DeviceArray:
    """An array of zero bytes."""
    array = empty(shape, dtype, device)
    if array.nbytes:
        array.device.backend.fill(array.ptr, 0, array.nbytes)
    return array


def full(shape: Any, value: Any, dtype: npt.DTypeLike | None = None, device: Any = None) -> DeviceArray:
    """An array with every element ``value``, of its dtype unless another is given."""
    array = empty(shape, np.asarray(value).dtype if dtype is None else dtype, device)
    array.fill(value)
    return array


def empty_like(x: Any, device: Any = None) -> DeviceArray:
    """An array with undefined contents of the shape and dtype of ``x``, by default on its device."""
    model = x if isinstance(x, DeviceArray) else np.asarray(x)
    return empty(model.shape, model.dtype, device if device is not None else getattr(x, "device", None))


def zeros_like(x: Any, device: Any = None) -> DeviceArray:
    """An array of zero bytes of the shape and dtype of ``x``, by default on its device."""
    model = x if isinstance(x, DeviceArray) else np.asarray(x)
    return zeros(model.shape, model.dtype, device if device is not None else getattr(x, "device", None))


def asarray(x: Any, device: Any = None, dtype: npt.DTypeLike | None = None) -> DeviceArray:
    """``x`` in device memory, in C order.

    A DeviceArray that is already there, with that dtype, is returned itself; everything else that NumPy or
    DLPack can read is copied.
    """
    if isinstance(x, DeviceArray):
        where = x.device if device is None else resolve_device(device)
        if where is x.device and dtype in (None, x.dtype):
            return x
        x = x.get()
    elif hasattr(x, "__dlpack__") and not hasattr(x, "__array__"):
        x = np.from_dlpack(x)
    values = np.asarray(x, dtype)
    array = empty(values.shape, values.dtype, device)
    array._store(np.ascontiguousarray(values, array.dtype).reshape(values.shape))
    return array
