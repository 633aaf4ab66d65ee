"""Kernel parameters as the manifest tells them to JavaScript, and as TypeScript types."""

from __future__ import annotations

from typing import Any

from cudawasm.analysis.written_parameters import written_parameters
from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import CompileError, UnsupportedFeature
from cudawasm.ir.nodes import Module
from cudawasm.ir.types import Array, Pointer, Scalar, Struct, Type, Vector, align_of, round_up, size_of
from cudawasm.passes.inline_calls import inline_calls
from cudawasm.web.interface import WebKernel

_ARRAYS = {
    "f32": "Float32Array", "f64": "Float64Array", "i8": "Int8Array", "u8": "Uint8Array", "i16": "Int16Array",
    "u16": "Uint16Array", "i32": "Int32Array", "u32": "Uint32Array", "i64": "BigInt64Array", "u64": "BigUint64Array",
    "f16": "Uint16Array", "bf16": "Uint16Array", "bool": "Uint8Array",
}  # fmt: skip
"""JavaScript's array of each scalar; 16-bit floats go as their bits."""


def parameters(kernel: WebKernel) -> list[dict[str, Any]]:
    """For each parameter its name, type, and place in the parameter block; for a pointer also what it points to.

    ``type`` is a scalar's name, "pointer" or "bytes". ``array`` names JavaScript's array of a pointer's elements or of
    the components of a vector, and is empty for others. ``writes``: the kernel may write there.
    """
    written = written_names(kernel.module, kernel.kernel)
    found, end = [], 0
    for param in kernel.function.params:
        end = round_up(end, align_of(param.type))
        entry: dict[str, Any] = {"name": param.name, "offset": end, "size": size_of(param.type)}
        match param.type:
            case Scalar():
                entry["type"] = param.type.name
            case Pointer():
                entry |= {"type": "pointer", "array": _array(param.type.pointee), "writes": param.name in written}
            case _:
                entry |= {"type": "bytes", "array": _array(param.type)}
        found.append(entry)
        end += size_of(param.type)
    return found


def refuse_hidden_pointers(kernel: WebKernel) -> None:
    """Raises UnsupportedFeature (E0404) for a struct with pointers as a parameter: JavaScript has no value for it."""
    for param in kernel.function.params:
        if not isinstance(param.type, Pointer) and _has_pointers(param.type):
            message = f'a package has no addresses to put into the pointers of "{param.name}"'
            hint = "make each pointer a parameter of its own"
            raise UnsupportedFeature([Diagnostic("E0404", message, param.span or kernel.function.span, hint)])


def _has_pointers(type_: Type) -> bool:
    match type_:
        case Pointer():
            return True
        case Array():
            return _has_pointers(type_.element)
        case Struct():
            return any(_has_pointers(field.type) for field in type_.fields)
        case _:
            return False


def written_names(module: Module, kernel: str) -> frozenset[str]:
    """The parameters through which a kernel may write; all where it cannot be told."""
    try:
        return written_parameters(inline_calls(module).functions[kernel])
    except CompileError:  # of recursion, which targets refuse with reasons of their own
        return frozenset(p.name for p in module.functions[kernel].params)


def _array(type_: Type) -> str:
    while not isinstance(type_, Scalar):
        if not isinstance(type_, Vector):
            return ""
        type_ = type_.element
    return _ARRAYS[type_.name]


def typescript_type(param: dict[str, Any]) -> str:
    """The type of a kernel's argument."""
    match param["type"]:
        case "pointer":
            array = param["array"] or "ArrayBufferView"
            return f"{array} | DeviceBuffer | DevicePointer | null"
        case "bytes":
            return (
                f"{param['array']} | ArrayBufferView | ArrayBuffer"
                if param["array"]
                else "ArrayBufferView | ArrayBuffer"
            )
        case "i64" | "u64":
            return "bigint | number"
        case "bool":
            return "boolean"
        case _:
            return "number"
