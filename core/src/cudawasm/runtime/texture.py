"""Images that kernels read with ``tex2D`` and its kin, and write with ``surf2Dwrite``: ``Texture`` and ``Surface``.

What a kernel is given is the address of a description in device memory, ``devlib/shared/cudawasm_texture.h``.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from cudawasm.errors import ArgumentError
from cudawasm.runtime.array import DeviceArray, asarray

Address = Literal["wrap", "clamp", "mirror", "border"]

_ADDRESSES: tuple[Address, ...] = ("wrap", "clamp", "mirror", "border")
_CLAMP, _BORDER = 1, 3
_FORMATS = ("float32", "float16", "uint8", "int8", "uint16", "int16", "uint32", "int32")
"""By cudawasm_texel_format."""
_DESCRIPTION = struct.Struct("<Q11I2IIfI4f2I3fI")
_FACES = 6


class Surface:
    """An image for a kernel's ``cudaSurfaceObject_t``.

    ``image`` has the extents (height, width) or (depth, height, width), or (width,), each with a last axis of
    ``channels`` where these are 2 or 4; of a DeviceArray in C order the memory itself is read and written, of all else
    a copy. ``layered`` makes the first axis one of layers, ``cubemap`` one of faces, six for each layer.
    Raises ArgumentError for dtypes and extents that no image has.
    """

    def __init__(
        self, image: Any, *, channels: int = 1, layered: bool = False, cubemap: bool = False, device: Any = None
    ):
        array = asarray(image, device)
        self.array: DeviceArray = array if array.is_contiguous else array.copy()
        if str(array.dtype) not in _FORMATS:
            raise ArgumentError(f"an image has no elements of {array.dtype}", hint=f"one of {', '.join(_FORMATS)}")
        if channels not in (1, 2, 4) or (channels > 1 and array.shape[-1:] != (channels,)):
            raise ArgumentError(f"an image of shape {array.shape} has not {channels} channels")
        extents = array.shape[:-1] if channels > 1 else array.shape
        is_stack = layered or cubemap
        least = 3 if cubemap else 2 if layered else 1
        if not least <= len(extents) <= 3 or 0 in extents:
            raise ArgumentError(f"no image has the extents {extents}")
        if cubemap and (extents[1] != extents[2] or extents[0] % _FACES):
            raise ArgumentError(f"a cube has six square faces a layer, not the extents {extents}")
        depth = extents[0] if len(extents) == 3 or (is_stack and len(extents) == 2) else 1
        height = extents[-2] if len(extents) == 3 or (len(extents) == 2 and not is_stack) else 1
        texel = channels * array.dtype.itemsize
        row = extents[-1] * texel
        if row * height * depth >= 1 << 32:
            raise ArgumentError("an image of 4 GiB or more is not supported")
        self._image = (self.array.ptr, row, row * height, extents[-1], height, depth, texel, channels)
        self._description = self._stored(self._described())

    @property
    def ptr(self) -> int:
        """What a kernel is given: the address of the description."""
        return self._description.ptr

    @property
    def device(self) -> Any:
        """The device whose kernels can read it."""
        return self.array.device

    def _described(self) -> bytes:
        return self._packed((0,) * 3, False, False, 0.0, False, (0.0,) * 4)

    def _packed(
        self,
        addresses: Sequence[int],
        linear: bool,
        normalized: bool,
        scale: float,
        srgb: bool,
        border: Sequence[float],
    ) -> bytes:
        kind = _FORMATS.index(str(self.array.dtype))
        has_border = _BORDER in addresses
        return _DESCRIPTION.pack(*self._image, kind, *addresses, linear, normalized, has_border, scale, srgb, *border,
                                 1, 0, 0.0, 0.0, 0.0, 0)  # fmt: skip

    def _stored(self, description: bytes) -> DeviceArray:
        return asarray(np.frombuffer(description, np.uint8), self.array.device)


class Texture(Surface):
    """An image for a kernel's ``cudaTextureObject_t``, and how it is read.

    ``address_mode`` is what lies outside the image, for all axes or for each of x, y and z; "wrap" and "mirror" need
    ``normalized_coords``, from 0 to 1. ``filter_mode`` "linear" interpolates, of floats only. ``read_mode``
    "normalized" makes fractions of integers of 8 and 16 bits, and ``srgb`` linear light of those of 8.
    ``border_color`` has a value a channel. See ``Surface`` for the image. What is read is what NVIDIA's texture units
    read_mode: positions are rounded to 1/256 of a texel where they interpolate.
    """

    def __init__(
        self, image: Any, *, channels: int = 1, layered: bool = False, cubemap: bool = False,
        address_mode: Address | Sequence[Address] = "clamp", filter_mode: Literal["point", "linear"] = "point",
        normalized_coords: bool = False, read_mode: Literal["element", "normalized"] = "element", srgb: bool = False,
        border_color: Sequence[float] = (0.0, 0.0, 0.0, 0.0), device: Any = None,
    ):  # fmt: skip
        modes = [address_mode] * 3 if isinstance(address_mode, str) else [*address_mode, *["clamp"] * 3][:3]
        if unknown := [mode for mode in modes if mode not in _ADDRESSES]:
            raise ArgumentError(f"unknown address mode {unknown[0]!r}", hint=f"one of {', '.join(_ADDRESSES)}")
        if filter_mode not in ("point", "linear") or read_mode not in ("element", "normalized"):
            raise ArgumentError(f"unknown filter {filter_mode!r} or read mode {read_mode!r}")
        numbers = [_ADDRESSES.index(mode) for mode in modes]
        self._addresses = [n if normalized_coords or n == _BORDER else _CLAMP for n in numbers]
        self._linear, self._normalized, self._srgb = filter_mode == "linear", normalized_coords, srgb
        self._makes_fractions = read_mode == "normalized"
        self._border = [*border_color, 0.0, 0.0, 0.0, 0.0][:4]
        super().__init__(image, channels=channels, layered=layered, cubemap=cubemap, device=device)

    def _described(self) -> bytes:
        dtype = self.array.dtype
        is_integer = dtype.kind in "iu"
        if is_integer and self._linear and not self._makes_fractions:
            raise ArgumentError(f"{dtype} is not interpolated", hint='read_mode="normalized" makes fractions of it')
        if is_integer and self._makes_fractions and dtype.itemsize > 2:
            raise ArgumentError(f"no fractions are made of {dtype}", hint="only of integers of 8 and 16 bits")
        scale = float(np.iinfo(dtype).max) if is_integer and self._makes_fractions else 0.0
        srgb = self._srgb and self._makes_fractions and dtype == np.uint8
        return self._packed(self._addresses, self._linear, self._normalized, scale, srgb, self._border)
