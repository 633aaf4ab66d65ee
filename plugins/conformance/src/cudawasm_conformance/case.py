"""What a case is, and the collection of all cases.

A case names features, never backends. Its arguments are NumPy values: an array becomes a device buffer,
copied in before the launch and read back after; a NumPy scalar or structured scalar is passed by value.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

Dim3 = tuple[int, int, int]
Expected = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Launch:
    """Grid and block extents, and dynamic shared memory in bytes."""

    grid: Dim3 = (1, 1, 1)
    block: Dim3 = (32, 1, 1)
    shared: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """One kernel launch with its expected result.

    ``args``: name -> array or scalar, in the order of the kernel's parameters. ``expected``: a function of
    the same arguments (arrays are fresh copies) that returns a dict of the arrays that must have changed,
    by name; arrays that it leaves out must be unchanged. ``rtol``/``atol`` bound float errors
    (both 0: equal bytes, but NaN equals NaN). ``ulp`` bounds errors in units in the last place instead.
    ``prints`` is the expected text of device printf. ``requires`` names features.
    """

    name: str
    source: str
    args: Mapping[str, Any]
    expected: Expected
    launch: Launch = field(default_factory=Launch)
    kernel: str = "k"
    options: tuple[str, ...] = ()
    rtol: float = 0.0
    atol: float = 0.0
    ulp: int = 0
    prints: str | None = None
    requires: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def cases_by_area() -> dict[str, tuple[Case, ...]]:
    """The cases of each module of ``cudawasm_conformance.cases``; names are unique over all of them."""
    package = importlib.import_module("cudawasm_conformance.cases")
    found: dict[str, tuple[Case, ...]] = {}
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda i: i.name):
        module = importlib.import_module(f"cudawasm_conformance.cases.{info.name}")
        found[info.name] = tuple(module.CASES)
    names = Counter(case.name for cases in found.values() for case in cases)
    duplicates = sorted(name for name, count in names.items() if count > 1)
    if duplicates:
        raise ValueError(f"duplicate case names: {duplicates}")
    return found


def all_cases() -> tuple[Case, ...]:
    """Every case, by area and then in order."""
    return tuple(case for cases in cases_by_area().values() for case in cases)


def expected_arrays(case: Case) -> dict[str, np.ndarray]:
    """All arrays of a case as they must be after the launch."""
    copies = {n: a.copy() if isinstance(a, np.ndarray) else a for n, a in case.args.items()}
    with np.errstate(all="ignore"):
        changed = case.expected(**copies) or {}
    result = {n: a for n, a in case.args.items() if isinstance(a, np.ndarray)}
    for name, array in changed.items():
        original = result[name]
        result[name] = np.asarray(array).astype(original.dtype, copy=False).reshape(original.shape)
    return result


def mismatch(case: Case, name: str, actual: np.ndarray, wanted: np.ndarray) -> str:
    """What is wrong with an output array; empty when it is right."""
    if case.ulp and actual.dtype.kind == "f":
        bad = ~within_ulp(actual, wanted, case.ulp)
    elif actual.dtype.kind == "f" and (case.rtol or case.atol):
        bad = ~np.isclose(actual, wanted, case.rtol, case.atol, equal_nan=True)
    elif actual.dtype.kind == "f":
        bad = ~((actual == wanted) | (np.isnan(actual) & np.isnan(wanted)))
    else:
        bad = np.asarray(actual != wanted)
    if not bad.any():
        return ""
    where = tuple(int(i) for i in np.argwhere(bad)[0])
    count = f"{int(bad.sum())} of {bad.size} differ"
    return f"{name}{list(where)} is {actual[where]!r}, expected {wanted[where]!r} ({count})"


def within_ulp(actual: np.ndarray, wanted: np.ndarray, ulp: int) -> np.ndarray:
    """Element-wise: equal, both NaN, or at most ``ulp`` units in the last place apart."""
    same = (actual == wanted) | (np.isnan(actual) & np.isnan(wanted))
    with np.errstate(all="ignore"):
        distance = np.abs(actual.astype(np.float64) - wanted.astype(np.float64))
        unit = np.spacing(np.abs(wanted)).astype(np.float64)
        near: np.ndarray = np.isfinite(actual) & np.isfinite(wanted) & (distance <= ulp * unit)
        return np.asarray(same | near)
