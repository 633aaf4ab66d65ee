"""Kernel parameters: their layout, and how each Python argument becomes bytes of it.

A launch passes the arguments as a C struct, each at its natural alignment. Every parameter has one
converter, made once a kernel, whose first lines are the common case.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, assert_never

import numpy as np

from cudawasm.errors import ArgumentError
from cudawasm.ir.nodes import Function
from cudawasm.ir.types import Array, Pointer, Scalar, Struct, Type, Vector, Void, align_of, round_up, size_of
from cudawasm.runtime.array import DeviceArray
from cudawasm.runtime.device import Device
from cudawasm.runtime.dtypes import cuda_name, dtype_of, is_byte_like, pointer_accepts, same_layout
from cudawasm.runtime.texture import Surface

Converter = Callable[[Any], Any]
_CODES = {
    "bool": "?", "i8": "b", "i16": "h", "i32": "i", "i64": "q", "u8": "B", "u16": "H", "u32": "I", "u64": "Q",
    "f16": "e", "bf16": "H", "f32": "f", "f64": "d",
}  # fmt: skip


class HostArgument:
    """A NumPy array as an argument for a pointer: copied to the device for one launch, and back."""

    __slots__ = ("array",)
    copies_in = True
    copies_out = True

    def __init__(self, array: Any):
        if self.copies_out and not (isinstance(array, np.ndarray) and array.flags.writeable):
            kind = "a read-only array" if isinstance(array, np.ndarray) else type(array).__name__
            raise ArgumentError(f"{type(self).__name__}() needs a writable NumPy array, not {kind}", code="R0109")
        self.array = np.asarray(array)


class In(HostArgument):
    """Copied to the device before the launch."""

    __slots__ = ()
    copies_out = False


class Out(HostArgument):
    """Copied from the device after the launch; elements that the kernel does not write become 0."""

    __slots__ = ()
    copies_in = False


class InOut(HostArgument):
    """Copied to the device before the launch and back after it."""

    __slots__ = ()


class NeedsTransfer(Exception):
    """Not an error: an argument is a HostArgument, so the launch must take the slow way."""


@dataclass(frozen=True, slots=True)
class ParamLayout:
    """A kernel's parameters as one C struct: ``struct`` format, and each parameter's byte offset."""

    format: str
    offsets: tuple[int, ...]
    size: int


def layout_of(types: tuple[Type, ...]) -> ParamLayout:
    """Each parameter at its natural alignment, the whole rounded up to the largest."""
    pieces = ["="]
    offsets = []
    position = 0
    largest = 1
    for type_ in types:
        offset = round_up(position, align_of(type_))
        pieces.append("x" * (offset - position) + _code_of(type_))
        offsets.append(offset)
        position = offset + size_of(type_)
        largest = max(largest, align_of(type_))
    size = round_up(position, largest)
    pieces.append("x" * (size - position))
    return ParamLayout("".join(pieces), tuple(offsets), size)


def _code_of(type_: Type) -> str:
    match type_:
        case Scalar():
            return _CODES[type_.name]
        case Pointer():
            return "Q"
        case _:
            return f"{size_of(type_)}s"


def converters_of(kernel: Function, device: Device) -> tuple[Converter, ...]:
    """One converter a parameter. Converters raise ArgumentError, or NeedsTransfer."""
    name = kernel.display or kernel.name
    return tuple(
        _converter(param.type, device, f'argument {i + 1} ("{param.name}") of {name}')
        for i, param in enumerate(kernel.params)
    )


def _converter(type_: Type, device: Device, label: str) -> Converter:
    match type_:
        case Pointer():
            return _pointer_converter(type_, device, label)
        case Scalar():
            if type_.kind == "bool":
                return _bool_converter(label)
            if type_.name == "bf16":
                return _bfloat_converter(label)
            return _integer_converter(type_, device, label) if type_.is_integer else _float_converter(type_, label)
        case Vector() | Struct() | Array():
            return _aggregate_converter(type_, device, label)
        case Void():
            raise ArgumentError(f"{label} has type void")
        case _:
            assert_never(type_)


# --- pointers ------------------------------------------------------------------------------------


def _pointer_converter(type_: Pointer, device: Device, label: str) -> Converter:
    pointee = type_.pointee
    exact = None if is_byte_like(pointee) else dtype_of(pointee)
    accepted: set[np.dtype[Any]] = set()
    accepted_shapes: set[tuple[np.dtype[Any], tuple[int, ...]]] = set()
    mask = align_of(pointee) - 1

    def convert(argument: Any) -> int:
        if type(argument) is DeviceArray:
            address: int = argument._block.pointer
            dtype = argument.dtype
            if (
                address
                and argument.device is device
                and argument._contiguous
                and (dtype is exact or dtype in accepted or (dtype, argument.shape) in accepted_shapes)
            ):
                address += argument._offset
                if not address & mask:
                    return address
            _check_array(argument, type_, device, label)
            if same_layout(pointee, dtype) or is_byte_like(pointee):
                accepted.add(dtype)
            else:
                accepted_shapes.add((dtype, argument.shape))
            return argument.ptr
        return _pointer_of(argument, type_, label)

    return convert


def _check_array(array: DeviceArray, type_: Pointer, device: Device, label: str) -> None:
    """Raise the one error that says what is wrong with an array argument."""
    pointer = array._block.pointer
    if not pointer:
        raise ArgumentError(f"{label} is an array that has been freed", code="R0105")
    if array.device is not device:
        raise ArgumentError(
            f"{label} is an array on {array.device.name}, but the kernel is on {device.name}",
            code="R0106",
            hint=f'copy it with cudawasm.asarray(a, device="{device.name}")',
        )
    if not pointer_accepts(type_.pointee, array.dtype, array.shape):
        raise ArgumentError(
            f"{label} is {cuda_name(type_)}, but the array has dtype {array.dtype}",
            code="R0104",
            hint=_dtype_hint(type_.pointee),
        )
    if not array.is_contiguous:
        raise ArgumentError(
            f"{label} is a strided view; kernels take C-contiguous arrays",
            code="R0107",
            hint="pass a.copy(), or a.ptr if the kernel knows the strides",
        )
    align = align_of(type_.pointee)
    if array.ptr % align:
        raise ArgumentError(
            f"{label} starts at an address that is not a multiple of {align}, as {cuda_name(type_)} needs",
            code="R0108",
        )


def _dtype_hint(pointee: Type) -> str:
    if isinstance(pointee, Struct):
        return f"a fitting dtype is kernel.params[i].dtype: {dtype_of(pointee)}"
    if isinstance(pointee, Vector):
        return f"use {dtype_of(pointee.element)} with a last dimension of {pointee.count}"
    return f"use {dtype_of(pointee)}"


def _pointer_of(argument: Any, type_: Pointer, label: str) -> int:
    if isinstance(argument, HostArgument):
        raise NeedsTransfer
    if argument is None:
        return 0
    if isinstance(argument, int | np.integer) and not isinstance(argument, bool):
        if 0 <= int(argument) < 1 << 64:
            return int(argument)
        raise ArgumentError(f"{label} is address {argument}, which is not one of 64 bits", code="R0103")
    if isinstance(argument, DeviceArray):
        raise ArgumentError(f"{label} is a subclass of DeviceArray; pass the array itself")
    if isinstance(argument, np.ndarray):
        raise ArgumentError(
            f"{label} is {cuda_name(type_)}, but a NumPy array was given",
            code="R0109",
            hint="copy it with cudawasm.asarray(a), or pass cudawasm.In(a), Out(a) or InOut(a)",
        )
    raise _wrong_type(argument, type_, label)


# --- numbers -------------------------------------------------------------------------------------


def _integer_converter(type_: Scalar, device: Device, label: str) -> Converter:
    low = -(1 << (type_.bits - 1)) if type_.is_signed else 0
    high = (1 << (type_.bits - (1 if type_.is_signed else 0))) - 1
    dtype = dtype_of(type_)
    exact = dtype.type

    def convert(argument: Any) -> Any:
        kind = type(argument)
        if kind is exact:
            return argument
        if kind is int or kind is bool or isinstance(argument, int):
            if low <= argument <= high:
                return argument
            raise ArgumentError(
                f"{label} is {cuda_name(type_)}, and {argument} is outside {low} to {high}", code="R0103"
            )
        if isinstance(argument, Surface) and type_.name == "u64":
            return _image_address(argument, device, label)
        return _safe_scalar(argument, dtype, type_, label)

    return convert


def _image_address(image: Surface, device: Device, label: str) -> int:
    """What a texture or surface object is in device code."""
    if image.device is not device:
        raise ArgumentError(
            f"{label} is an image of device {image.device.name}, the kernel runs on {device.name}", code="R0104"
        )
    return image.ptr


def _float_converter(type_: Scalar, label: str) -> Converter:
    dtype = dtype_of(type_)
    exact = dtype.type
    pack = struct.Struct("=" + _CODES[type_.name]).pack

    def convert(argument: Any) -> Any:
        kind = type(argument)
        if kind is exact:
            return argument
        if isinstance(argument, float | int) and not isinstance(argument, np.generic):
            try:
                pack(argument)
            except (OverflowError, struct.error):
                message = f"{label} is {cuda_name(type_)}, which cannot hold {argument}"
                raise ArgumentError(message, code="R0103") from None
            return argument
        return _safe_scalar(argument, dtype, type_, label)

    return convert


def _bool_converter(label: str) -> Converter:
    def convert(argument: Any) -> Any:
        if isinstance(argument, bool | np.bool_):
            return argument
        if isinstance(argument, int) and argument in (0, 1):
            return bool(argument)
        if isinstance(argument, int):
            raise ArgumentError(f"{label} is bool, and {argument} is neither 0 nor 1", code="R0103")
        raise _wrong_type(argument, Scalar("bool", "bool", 8), label)

    return convert


def _bfloat_converter(label: str) -> Converter:
    """bfloat16 from a float, rounded to nearest even, or from ml_dtypes' scalar; a float16 does not fit."""

    def convert(argument: Any) -> int:
        if getattr(getattr(argument, "dtype", None), "name", "") == "bfloat16":
            return int(argument.view(np.uint16))
        if isinstance(argument, float | int) and not isinstance(argument, np.generic):
            try:
                bits = int.from_bytes(struct.pack("<f", argument), "little")
            except (OverflowError, struct.error):
                message = f"{label} is __nv_bfloat16, which cannot hold {argument}"
                raise ArgumentError(message, code="R0103") from None
            if math.isnan(argument):
                return 0x7FFF
            return (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16
        raise _wrong_type(argument, Scalar("bf16", "bfloat", 16), label)

    return convert


def _safe_scalar(argument: Any, dtype: np.dtype[Any], type_: Scalar, label: str) -> Any:
    """A NumPy scalar (or array without dimensions) whose whole dtype fits the parameter's."""
    if isinstance(argument, np.generic) or (isinstance(argument, np.ndarray) and argument.ndim == 0):
        if np.can_cast(argument.dtype, dtype, "safe"):
            return argument.astype(dtype)[()]
        raise ArgumentError(
            f"{label} is {cuda_name(type_)}, but a NumPy {argument.dtype} was given",
            hint=f"pass np.{dtype.name}(x), or a Python number, whose value is checked",
        )
    raise _wrong_type(argument, type_, label)


# --- structs and vectors by value ----------------------------------------------------------------


def _aggregate_converter(type_: Vector | Struct | Array, device: Device, label: str) -> Converter:
    dtype = dtype_of(type_)

    def convert(argument: Any) -> bytes:
        if isinstance(argument, np.void) or (isinstance(argument, np.ndarray) and argument.ndim == 0):
            if same_layout(type_, argument.dtype):
                return argument.tobytes()
        elif isinstance(argument, np.ndarray):
            if argument.ndim == 1 and pointer_accepts(type_, argument.dtype, argument.shape):
                image = argument.tobytes()
                if len(image) == dtype.itemsize:
                    return image
        elif isinstance(argument, np.complexfloating):
            if same_layout(type_, argument.dtype):
                return argument.tobytes()
        elif isinstance(argument, tuple | list):
            return _aggregate_of_parts(argument, type_, device, label)
        raise _wrong_type(argument, type_, label, hint=f"a fitting dtype is kernel.params[i].dtype: {dtype}")

    return convert


def _aggregate_of_parts(parts: Any, type_: Vector | Struct | Array, device: Device, label: str) -> bytes:
    """Members in order, each converted as a parameter of its type would be."""
    match type_:
        case Struct():
            members = [(f.offset, f.type) for f in type_.fields]
            if type_.is_union:
                raise _wrong_type(parts, type_, label, hint="give a union as a NumPy structured scalar")
        case Vector() | Array():
            members = [(i * size_of(type_.element), type_.element) for i in range(type_.count)]
    if len(parts) != len(members):
        raise ArgumentError(f"{label} is {cuda_name(type_)} with {len(members)} members, but {len(parts)} were given")
    image = bytearray(size_of(type_))
    for i, ((offset, member), part) in enumerate(zip(members, parts, strict=True)):
        value = _converter(member, device, f"member {i} of {label}")(part)
        struct.pack_into("=" + _code_of(member), image, offset, value)
    return bytes(image)


def _wrong_type(argument: Any, type_: Type, label: str, hint: str = "") -> ArgumentError:
    given = f"NumPy {argument.dtype}" if isinstance(argument, np.generic | np.ndarray) else type(argument).__name__
    return ArgumentError(f"{label} is {cuda_name(type_)}, but {given} was given", hint=hint)
