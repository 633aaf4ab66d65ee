"""Write the device library's polynomials: minimax fits by Remez exchange in mpmath.

``python tools/fit_polynomials.py`` rewrites core/src/cudawasm/devlib/library/polynomials_{f32,f64}.cuh;
names as arguments refit only those and keep the others. ``bessel`` as the first argument rewrites
include/cudawasm_bessel_polynomials.h instead. Each fit approximates ``target(z)`` so that the error times
``weight(z)`` is smallest, where the weight turns it into the relative error of the function it is for.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import mpmath as mp
import numpy as np

LIBRARY = Path(__file__).parent.parent / "core/src/cudawasm/devlib/library"
Real = Callable[[mp.mpf], mp.mpf]


@dataclass(frozen=True, slots=True)
class Fit:
    """A polynomial of ``z`` in [low, high]; a degree of None means that the type does not need it."""

    name: str
    target: Real
    weight: Real
    low: float
    high: float
    f32: int | None
    f64: int | None


def _chebyshev_grid(low: mp.mpf, high: mp.mpf, count: int) -> list[mp.mpf]:
    middle, half = (low + high) / 2, (high - low) / 2
    # A grid that misses the ends and 0, where targets have removable singularities.
    return [middle - half * mp.cos(mp.pi * (k + mp.mpf("0.2371")) / count) for k in range(count)]


def _extrema(error: list[mp.mpf], count: int) -> list[int]:
    """Grid positions of alternating extrema, the largest ``count`` of them in a row."""
    found: list[int] = []
    for k, e in enumerate(error):
        if found and (e > 0) == (error[found[-1]] > 0):
            if abs(e) > abs(error[found[-1]]):
                found[-1] = k
        else:
            found.append(k)
    while len(found) > count:
        del found[0 if abs(error[found[0]]) < abs(error[found[-1]]) else -1]
    return found


def remez(
    points: list[mp.mpf], target: list[mp.mpf], weight: list[mp.mpf], powers: range
) -> tuple[list[mp.mpf], mp.mpf]:
    """Coefficients of z**k for k in ``powers`` with the smallest largest weighted error, and that error."""
    count = len(powers) + 1
    chosen = [round((len(points) - 1) * (1 - float(mp.cos(mp.pi * k / (count - 1)))) / 2) for k in range(count)]
    chosen = [round((len(points) - 1) * k / (count - 1)) for k in range(count)]
    best: tuple[list[mp.mpf], mp.mpf] | None = None
    for _ in range(12):
        rows = [[points[i] ** p for p in powers] + [(-1) ** j / weight[i]] for j, i in enumerate(chosen)]
        solution = list(mp.lu_solve(mp.matrix(rows), mp.matrix([target[i] for i in chosen])))
        coefficients, level = solution[:-1], abs(solution[-1])
        error = [
            (mp.polyval(coefficients[::-1], z) * z ** powers[0] - t) * w
            for z, t, w in zip(points, target, weight, strict=True)
        ]
        largest = max(abs(e) for e in error)
        if best is None or largest < best[1]:
            best = coefficients, largest
        if largest < level * mp.mpf("1.01"):
            break
        found = _extrema(error, count)
        if len(found) < count:
            break
        chosen = found
    assert best is not None
    return best


def rounded(x: mp.mpf, bits: int) -> mp.mpf:
    with mp.workprec(bits):
        return +x


def fit(spec: Fit, degree: int, bits: int) -> tuple[list[mp.mpf], mp.mpf]:
    """Coefficients representable in ``bits`` bits, and the largest weighted error.

    The first ones are rounded one by one and the others refitted around them; how many is best differs (none
    where 0 lies inside: higher powers alone cannot correct the error there).
    """
    points = [z for z in _chebyshev_grid(mp.mpf(spec.low), mp.mpf(spec.high), 24 * (degree + 2)) if z != 0]
    weight = [abs(spec.weight(z)) for z in points]
    target = [spec.target(z) for z in points]
    best: tuple[list[mp.mpf], mp.mpf] | None = None
    for first in (0, 1, 3, degree // 2):
        fixed: list[mp.mpf] = []
        rest = target
        while len(fixed) <= degree:
            coefficients, _ = remez(points, rest, weight, range(len(fixed), degree + 1))
            take = 1 if len(fixed) < first else len(coefficients)
            fixed += [rounded(c, bits) for c in coefficients[:take]]
            rest = [t - mp.polyval(fixed[::-1], z) for z, t in zip(points, target, strict=True)]
        error = max(abs(r * w) for r, w in zip(rest, weight, strict=True))
        if best is None or error < best[1]:
            best = fixed, error
    assert best is not None
    return best


def source(name: str, coefficients: list[mp.mpf], is_float: bool, error: mp.mpf) -> str:
    """The function, in Horner's form."""
    type_, fma = ("float", "fmaf") if is_float else ("double", "fma")
    texts = [f"{np.float32(float(c))!s}f" if is_float else repr(float(c)) for c in coefficients]
    lines = [f"    {type_} p = {texts[-1]};"]
    lines += [f"    p = {fma}(p, z, {t});" for t in reversed(texts[:-1])]
    note = f"// Error 2^{float(mp.log(error, 2)):.1f}."
    return "\n".join([note, f"__device__ inline {type_} __cw_p_{name}({type_} z) {{", *lines, "    return p;", "}"])


def write_bessel() -> None:
    """The polynomials of the Bessel functions, as short as can be: every program pays for reading a header."""
    from bessel_targets import FITS

    functions = []
    for spec in FITS:
        assert spec.f64 is not None
        coefficients, error = fit(spec, spec.f64, 53)
        print(f"{spec.name} degree {spec.f64}: 2^{float(mp.log(error, 2)):.1f}", flush=True)
        terms = ", ".join(repr(float(c)) for c in coefficients)
        functions.append(
            f"// Error 2^{float(mp.log(error, 2)):.1f}.\n"
            f"__device__ inline double __cw_bessel_{spec.name}(double z) {{\n    return __cw_horner(z, {terms});\n}}"
        )
    head = "// Minimax polynomials of the Bessel functions; written by tools/fit_polynomials.py."
    path = LIBRARY.parent / "include/cudawasm_bessel_polynomials.h"
    path.write_text("\n".join([head, *functions]) + "\n")


def main(names: list[str]) -> None:
    if names[:1] == ["bessel"]:
        mp.mp.dps = 50
        write_bessel()
        return
    from polynomial_targets import FITS

    mp.mp.dps = 50
    for type_, bits in (("f32", 24), ("f64", 53)):
        path = LIBRARY / f"polynomials_{type_}.cuh"
        old: dict[str, str] = {}
        if names and path.exists():
            blocks = path.read_text().split("\n\n")[1:]
            old = {m[1]: b.strip() for b in blocks if (m := re.search(r"__cw_p_(\w+)\(", b))}
        functions = []
        for spec in FITS:
            degree = spec.f32 if type_ == "f32" else spec.f64
            if degree is None:
                continue
            if names and spec.name not in names and spec.name in old:
                functions.append(old[spec.name])
                continue
            coefficients, error = fit(spec, degree, bits)
            print(f"{type_} {spec.name} degree {degree}: 2^{float(mp.log(error, 2)):.1f}", flush=True)
            functions.append(source(spec.name, coefficients, type_ == "f32", error))
        head = "// Minimax polynomials; written by tools/fit_polynomials.py."
        path.write_text("\n\n".join(["#pragma once\n" + head, *functions]) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
