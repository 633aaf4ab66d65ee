"""Short ways to write cases: one thread an element, and C++ names of dtypes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from cudawasm_conformance.case import Case, Launch

CTYPES = {
    "i1": "signed char", "u1": "unsigned char", "i2": "short", "u2": "unsigned short", "i4": "int",
    "u4": "unsigned int",
    "i8": "long long", "u8": "unsigned long long", "f4": "float", "f8": "double", "f2": "__half",
}  # fmt: skip


def ctype(dtype: Any) -> str:
    """The C++ type of a NumPy scalar type."""
    return CTYPES[np.dtype(dtype).str[1:]]


def each(
    name: str,
    body: str,
    inputs: Mapping[str, np.ndarray],
    outputs: Mapping[str, Any],
    expected: Callable[..., Any],
    head: str = "",
    types: Mapping[str, str] | None = None,
    **more: Any,
) -> Case:
    """A case whose thread ``i`` runs ``body`` on element ``i`` of all arrays, as many as the first input has.

    ``outputs``: name -> dtype; ``expected`` takes the inputs alone. ``types`` overrides C++ element types.
    The grid has a last block that is not full.
    """
    count = len(next(iter(inputs.values())))
    block = min(64, count)
    names = {n: (types or {}).get(n) or ctype(a.dtype) for n, a in inputs.items()}
    params = [f"const {names[n]}* {n}" for n in inputs]
    params += [f"{(types or {}).get(n) or ctype(d)}* {n}" for n, d in outputs.items()]
    source = (
        f"{head}\n__global__ void k({', '.join(params)}, int n) {{\n"
        f"  int i = blockIdx.x * blockDim.x + threadIdx.x;\n  if (i < n) {{ {body} }}\n}}\n"
    )
    args: dict[str, Any] = dict(inputs)
    args |= {n: np.zeros(count, d) for n, d in outputs.items()}
    args["n"] = np.int32(count)

    def wanted(**all_args: Any) -> Any:
        return expected(*(all_args[n] for n in inputs))

    launch = Launch((-(-count // block), 1, 1), (block, 1, 1))
    return Case(name, source, args, wanted, launch, **more)


def each_by_range(
    name: str,
    body: str,
    inputs: Mapping[str, np.ndarray],
    outputs: Mapping[str, Any],
    expected: Callable[..., Any],
    **more: Any,
) -> list[Case]:
    """Two cases as of ``each``: of the elements all whose floats are normal, and of the others, for devices that keep
    numbers below the normal range."""
    with np.errstate(all="ignore"):
        results = expected(*inputs.values())
    tiny = np.zeros(len(next(iter(inputs.values()))), bool)
    for array in (*inputs.values(), *(np.asarray(results[n], d) for n, d in outputs.items())):
        if array.dtype == np.float32:
            tiny |= (array != 0) & (np.abs(array) < np.finfo(np.float32).tiny)
    normal, below = ({n: a[chosen] for n, a in inputs.items()} for chosen in (~tiny, tiny))
    needs = (*more.pop("requires", ()), "denormals")
    return [
        each(name, body, normal, outputs, expected, **more),
        each(f"{name}_below_normals", body, below, outputs, expected, requires=needs, **more),
    ]


def grid_of(*arrays: np.ndarray) -> list[np.ndarray]:
    """All combinations of the elements of some arrays, flat."""
    return [g.ravel().copy() for g in np.meshgrid(*arrays, indexing="ij")]


def whole(*shape: int, dtype: Any = np.int32) -> np.ndarray:
    """An output array of zeros."""
    return np.zeros(shape, dtype)


def record(dtype: Any, *values: Any) -> Any:
    """A CUDA vector such as float4 as a structured scalar, which is passed by value."""
    fields = np.dtype([(name, dtype) for name, _ in zip("xyzw", values, strict=False)])
    return np.array(values, fields)[()]


def requiring(feature: str, cases: Iterable[Case]) -> list[Case]:
    """The same cases for devices that have a feature."""
    return [replace(case, requires=(*case.requires, feature)) for case in cases]
