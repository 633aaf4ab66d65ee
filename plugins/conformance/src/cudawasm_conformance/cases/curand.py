"""cuRAND's device functions; what they must give was recorded on a real GPU (``data/curand.npz``).

Integers and uniform numbers are equal bit by bit. Normal numbers are those of Box and Muller's method with the sine of
a GPU, whose error is absolute.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from cudawasm_conformance.case import Case, Launch
from cudawasm_conformance.make import ctype

_STATES = {"xorwow": "curandState", "philox": "curandStatePhilox4_32_10_t", "mrg": "curandStateMRG32k3a_t"}
_SINE: dict[str, Any] = {"rtol": 1e-6, "atol": 4e-6}
_EXACT_TO_ROUNDING: dict[str, Any] = {"rtol": 1e-13, "atol": 1e-13}
_SEEDS = np.array([1234, 1234, 1234, 1234, 1234, 99, 0, 0xDEADBEEFCAFE1234], np.uint64)
_SUBSEQUENCES = np.array([0, 0, 0, 0, 7, 12345, 0, 1 << 33], np.uint64)
_OFFSETS = np.array([0, 1, 2, 3, 5, 0, 0, 1000], np.uint64)
_MIXED = {"f4": (0, 2, 3, 4, 6), "u4": (1, 5, 7, 12), "f8": (8, 10)}
"""Where a round of mixed calls has its results, in words."""


@lru_cache(maxsize=1)
def _recorded() -> dict[str, np.ndarray]:
    with files("cudawasm_conformance").joinpath("data/curand.npz").open("rb") as file, np.load(file) as archive:
        return dict(archive)


def _case(name: str, state: str, body: str, results: Mapping[str, np.ndarray], **more: Any) -> Case:
    """``body`` draws with the state ``s`` of thread ``i``, whose start is one of a few; ``results`` has a row a thread."""
    starts = more.pop("starts", {"seed": _SEEDS, "subsequence": _SUBSEQUENCES, "offset": _OFFSETS})
    arrays = starts | {n: np.zeros(a.shape, a.dtype) for n, a in results.items()}
    params = ", ".join(f"{ctype(a.dtype)}* {n}" for n, a in arrays.items())
    source = f"""#include <curand_kernel.h>
__global__ void k({params}) {{
  int i = threadIdx.x;
  {_STATES[state]} s;
  curand_init(seed[i], subsequence[i], offset[i], &s);
  {body}
}}
"""

    def wanted(**_args: Any) -> Mapping[str, np.ndarray]:
        return results

    return Case(
        f"curand_{state}_{name}", source, arrays, wanted, Launch((1, 1, 1), (len(starts["seed"]), 1, 1)), **more
    )


def _calls(state: str, function: str, call: str, parts: str = "", **more: Any) -> Case:
    """A call made again and again; ``parts`` are the members of its result."""
    result = _recorded()[f"{state}/{function}"]
    rounds = result.shape[1] // max(1, len(parts))
    width = result.shape[1]
    stores = " ".join(f"y[i * {width} + j * {len(parts)} + {p}] = v.{part};" for p, part in enumerate(parts))
    store = stores or f"y[i * {width} + j] = v;"
    body = f"for (int j = 0; j < {rounds}; ++j) {{ auto v = {call}; {store} }}"
    return _case(function, state, body, {"y": result}, **more)


def _init(state: str) -> Case:
    starts = _recorded()["starts"]
    named = {name: starts[:, i].copy() for i, name in enumerate(("seed", "subsequence", "offset"))}
    body = "for (int j = 0; j < 4; ++j) y[i * 4 + j] = curand(&s);"
    return _case("init", state, body, {"y": _recorded()[f"{state}/init"]}, starts=named)


def _mixed(state: str) -> Case:
    """Calls of several kinds: what stays in a state between them."""
    words = _recorded()[f"{state}/mixed"].reshape(8, 2, 14)
    results = {}
    for dtype, places in _MIXED.items():
        size = np.dtype(dtype).itemsize // 4
        parts = [np.ascontiguousarray(words[:, :, p : p + size]).view(dtype) for p in places]
        results[dtype] = np.concatenate(parts, axis=2).reshape(8, -1)
    body = """for (int j = 0; j < 2; ++j) {
    float* f = f4 + i * 10 + j * 5; unsigned int* u = u4 + i * 8 + j * 4; double* d = f8 + i * 4 + j * 2;
    f[0] = curand_normal(&s); u[0] = curand(&s); f[1] = curand_normal(&s); f[2] = curand_uniform(&s);
    f[3] = curand_normal(&s); skipahead(3ull, &s); u[1] = curand(&s); f[4] = curand_normal(&s);
    d[0] = curand_normal_double(&s); u[2] = curand(&s); d[1] = curand_normal_double(&s); u[3] = curand(&s);
  }"""
    return _case("mixed", state, body, results, **_SINE)


def _skips(state: str) -> Case:
    body = """unsigned int* u = y + i * 16;
  for (int j = 0; j < 2; ++j) {
    skipahead(1ull, &s); *u++ = curand(&s); skipahead(6ull, &s); *u++ = curand(&s);
    skipahead(1000003ull, &s); *u++ = curand(&s); skipahead(1ull << 45, &s); *u++ = curand(&s);
    skipahead_sequence(1ull, &s); *u++ = curand(&s); skipahead_sequence(3ull, &s); *u++ = curand(&s);
    skipahead_sequence((1ull << 50) + 77, &s); *u++ = curand(&s); *u++ = curand(&s);
  }"""
    return _case("skips", state, body, {"y": _recorded()[f"{state}/skips"]})


def _of_state(state: str) -> Iterator[Case]:
    yield _init(state)
    yield _skips(state)
    yield _mixed(state)
    yield _calls(state, "uniform", "curand_uniform(&s)")
    yield _calls(state, "uniform_double", "curand_uniform_double(&s)")
    yield _calls(state, "normal", "curand_normal(&s)", **_SINE)
    yield _calls(state, "normal_double", "curand_normal_double(&s)", **_EXACT_TO_ROUNDING)
    yield _calls(state, "poisson200", "curand_poisson(&s, 20.0)")


def _of_any() -> Iterator[Case]:
    """Functions that have one form for all generators."""
    yield _calls("xorwow", "normal2", "curand_normal2(&s)", "xy", **_SINE)
    yield _calls("xorwow", "normal2_double", "curand_normal2_double(&s)", "xy", **_EXACT_TO_ROUNDING)
    yield _calls("xorwow", "log_normal", "curand_log_normal(&s, 0.5f, 0.25f)", **_SINE)
    yield _calls("xorwow", "log_normal2", "curand_log_normal2(&s, 0.5f, 0.25f)", "xy", **_SINE)
    yield _calls("xorwow", "log_normal_double", "curand_log_normal_double(&s, 0.5, 0.25)", **_EXACT_TO_ROUNDING)
    yield _calls("xorwow", "poisson5", "curand_poisson(&s, 0.5)")
    yield _calls("xorwow", "poisson50000", "curand_poisson(&s, 5000.0)")


def _fours() -> Iterator[Case]:
    yield _calls("philox", "curand4", "curand4(&s)", "xyzw")
    yield _calls("philox", "uniform4", "curand_uniform4(&s)", "xyzw")
    yield _calls("philox", "uniform2_double", "curand_uniform2_double(&s)", "xy")
    yield _calls("philox", "normal4", "curand_normal4(&s)", "xyzw", **_SINE)
    yield _calls("philox", "log_normal4", "curand_log_normal4(&s, 0.5f, 0.25f)", "xyzw", **_SINE)
    words = _recorded()["philox/mixed4"].reshape(8, 4, 14)
    body = """for (int j = 0; j < 4; ++j) {
    unsigned int* u = y + (i * 4 + j) * 14;
    uint4 a = curand4(&s); u[0] = a.x; u[1] = a.y; u[2] = a.z; u[3] = a.w; u[4] = curand(&s);
    a = curand4(&s); u[5] = a.x; u[6] = a.y; u[7] = a.z; u[8] = a.w;
    float4 f = curand_uniform4(&s);
    u[9] = __float_as_uint(f.x); u[10] = __float_as_uint(f.y); u[11] = __float_as_uint(f.z); u[12] = __float_as_uint(f.w);
    curand(&s); u[13] = curand(&s);
  }"""
    yield _case("mixed4", "philox", body, {"y": words})
    body = """skipahead_subsequence(1ull, &s); y[i * 2] = curand(&s);
  skipahead_subsequence(1000003ull, &s); y[i * 2 + 1] = curand(&s);"""
    yield _case("subsequences", "mrg", body, {"y": _recorded()["mrg/skipsub"]})


def _of_eight_threads(name: str, source: str, arrays: dict[str, Any], results: dict[str, Any]) -> Case:
    return Case(name, source, arrays, lambda **_: results, Launch((1, 1, 1), (8, 1, 1)), rtol=2e-6, atol=1e-6)


def _sobol32(offset: int, state: str, vectors: np.ndarray, scramble: np.ndarray | None) -> Case:
    words = _recorded()[f"{state}/{offset}"]
    results = {
        "bits": np.ascontiguousarray(words[:, [0, 1, 2, 3, 4, 5, 9, 11]]),
        "singles": np.ascontiguousarray(words[:, 6:9]).view(np.float32),
        "doubles": np.ascontiguousarray(words[:, 12:16]).view(np.float64),
    }
    given = {"vectors": vectors} | ({} if scramble is None else {"scramble": scramble})
    arrays = given | {n: np.zeros(a.shape, a.dtype) for n, a in results.items()}
    params = ", ".join(f"{ctype(a.dtype)}* {n}" for n, a in arrays.items())
    kind, constant = ("Sobol32", "") if scramble is None else ("ScrambledSobol32", "scramble[i], ")
    source = f"""#include <curand_kernel.h>
__global__ void k({params}) {{
  int i = threadIdx.x;
  curandState{kind}_t s;
  curand_init(vectors + i * 32, {constant}{offset}u, &s);
  for (int j = 0; j < 6; ++j) bits[i * 8 + j] = curand(&s);
  singles[i * 3] = curand_uniform(&s); singles[i * 3 + 1] = curand_normal(&s);
  singles[i * 3 + 2] = curand_log_normal(&s, 0.5f, 0.25f);
  skipahead(1000u, &s); bits[i * 8 + 6] = curand(&s); curand(&s);
  doubles[i * 2] = curand_uniform_double(&s); doubles[i * 2 + 1] = curand_normal_double(&s);
  bits[i * 8 + 7] = curand(&s);
}}
"""
    return _of_eight_threads(f"curand_{state}_{offset}", source, arrays, results)


def _sobol64(offset: int) -> Case:
    words = _recorded()[f"sobol64/{offset}"]
    results = {
        "bits": np.ascontiguousarray(words[:, [0, 1, 2, 3, 16, 4, 5, 6, 7, 17]]),
        "singles": words[:, [8, 9, 12, 13]].astype(np.uint32).view(np.float32),
        "doubles": np.ascontiguousarray(words[:, [10, 11, 14, 15]]).view(np.float64),
    }
    given = {"vectors": _recorded()["vectors64"], "scramble": _recorded()["scramble64"]}
    arrays = given | {n: np.zeros(a.shape, a.dtype) for n, a in results.items()}
    params = ", ".join(f"{ctype(a.dtype)}* {n}" for n, a in arrays.items())
    source = f"""#include <curand_kernel.h>
template <typename S> __device__ void draw(S& s, unsigned long long* bits, float* singles, double* doubles) {{
  for (int j = 0; j < 4; ++j) bits[j] = curand(&s);
  singles[0] = curand_uniform(&s); singles[1] = curand_normal(&s);
  doubles[0] = curand_uniform_double(&s); doubles[1] = curand_normal_double(&s);
  skipahead(1000ull, &s); bits[4] = curand(&s);
}}
__global__ void k({params}) {{
  int i = threadIdx.x;
  curandStateSobol64_t plain;
  curand_init(vectors + i * 64, {offset}ull, &plain);
  draw(plain, bits + i * 10, singles + i * 4, doubles + i * 4);
  curandStateScrambledSobol64_t scrambled;
  curand_init(vectors + i * 64, scramble[0], {offset}ull, &scrambled);
  draw(scrambled, bits + i * 10 + 5, singles + i * 4 + 2, doubles + i * 4 + 2);
}}
"""
    return _of_eight_threads(f"curand_sobol64_{offset}", source, arrays, results)


def _sobol() -> Iterator[Case]:
    data = _recorded()
    yield _sobol32(5, "sobol32", data["vectors32"], None)
    yield _sobol32(100000, "scrambled32", data["scrambled_vectors32"], data["scramble32"])
    yield _sobol64(100000)


CASES = [*(case for state in _STATES for case in _of_state(state)), *_of_any(), *_fours(), *_sobol()]
