"""The CPU benchmark's workloads: data, launch, C twin and NumPy version of each kernel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Dim3 = tuple[int, int, int]


@dataclass(slots=True)
class Workload:
    """``args`` in the kernel's order; ``outputs`` are positions of arrays that it writes.

    ``twin`` names the C function and ``twin_args`` its arguments when they differ; an integer there picks
    a kernel argument. ``bytes_moved`` is set for memory-bound kernels.
    """

    name: str
    args: list[Any]
    outputs: list[int]
    grid: Dim3
    block: Dim3
    twin: str
    numpy: Callable[[], Any] | None
    twin_args: list[Any] | None = None
    check: Callable[[list[Array], list[Array]], bool] | None = None
    bytes_moved: int = 0
    zeroed: bool = False
    tags: tuple[str, ...] = field(default=())


def workloads() -> list[Workload]:  # noqa: PLR0915 - a list of data, in order
    """All workloads, with fresh data."""
    rng = np.random.default_rng(7)

    def random(*shape: int) -> Array:
        return rng.random(shape, dtype=np.float32)

    made: list[Workload] = []
    n = 1 << 24
    a, b, c = random(n), random(n), np.zeros(n, np.float32)
    made.append(
        Workload("vector_add", [a, b, c, n], [2], (n // 256, 1, 1), (256, 1, 1), "vector_add",
                 lambda: np.add(a, b, out=c), bytes_moved=12 * n)
    )  # fmt: skip
    scale = np.float32(3)
    scratch = np.zeros(n, np.float32)

    def triad() -> None:
        np.multiply(b, scale, out=scratch)
        np.add(a, scratch, out=scratch)

    made.append(
        Workload("triad", [a, b, c, scale, n], [2], (1024, 1, 1), (256, 1, 1), "triad", triad, bytes_moved=12 * n)
    )
    m = 512
    A, B, C = random(m, m), random(m, m), np.zeros((m, m), np.float32)
    made.append(
        Workload(
            "matmul_naive", [A, B, C, m], [2], (m // 16, m // 16, 1), (16, 16, 1), "matmul", lambda: np.matmul(A, B)
        )
    )
    m2 = 1024
    A2, B2, C2 = random(m2, m2), random(m2, m2), np.zeros((m2, m2), np.float32)
    made.append(
        Workload("matmul_tiled", [A2, B2, C2, m2], [2], (m2 // 16, m2 // 16, 1), (16, 16, 1), "matmul",
                 lambda: A2 @ B2, tags=("blas",))
    )  # fmt: skip
    t = 4096
    T, U = random(t, t), np.zeros((t, t), np.float32)
    made.append(
        Workload("transpose", [T, U, t], [1], (t // 16, t // 16, 1), (16, 16, 1), "transpose",
                 lambda: np.copyto(U, T.T), bytes_moved=8 * t * t)
    )  # fmt: skip
    partial = np.zeros(512, np.float32)
    made.append(
        Workload("reduction", [a, partial, n], [1], (512, 1, 1), (256, 1, 1), "reduction", a.sum,
                 check=lambda x, y: bool(np.isclose(x[0].sum(), y[0].sum(), rtol=1e-3)), zeroed=True,
                 bytes_moved=4 * n)
    )  # fmt: skip
    data, bins = rng.integers(0, 256, n, np.uint8), np.zeros(256, np.uint32)
    made.append(
        Workload("histogram", [data, bins, n], [1], (256, 1, 1), (256, 1, 1), "histogram",
                 lambda: np.bincount(data, minlength=256), zeroed=True)
    )  # fmt: skip
    w, h = 4096, 2048
    P, Q = random(h, w), np.zeros((h, w), np.float32)

    def stencil() -> None:
        Q[1:-1, 1:-1] = np.float32(0.5) * P[1:-1, 1:-1] + np.float32(0.125) * (
            P[1:-1, :-2] + P[1:-1, 2:] + P[:-2, 1:-1] + P[2:, 1:-1]
        )

    grid2 = (w // 32, h // 8, 1)
    made.append(Workload("stencil", [P, Q, w, h], [1], grid2, (32, 8, 1), "stencil", stencil, bytes_moved=8 * w * h))
    K = random(25)
    made.append(Workload("convolution", [P, K, Q, w, h], [2], grid2, (32, 8, 1), "convolution", None))
    bodies = 8192
    p, f = random(bodies, 4), np.zeros((bodies, 4), np.float32)
    made.append(Workload("nbody", [p, f, bodies], [1], (bodies // 128, 1, 1), (128, 1, 1), "nbody", None))
    mw, mh = 1024, 768
    made.append(
        Workload("mandelbrot", [np.zeros((mh, mw), np.int32), mw, mh, 256], [0], (mw // 16, mh // 16, 1),
                 (16, 16, 1), "mandelbrot", None,
                 check=lambda x, y: bool(np.mean(x[0] != y[0]) < 0.02))
    )  # fmt: skip
    o = 1 << 20
    price, strike, years = random(o) * 30 + 5, random(o) * 90 + 10, random(o) * 9 + 1
    made.append(
        Workload("black_scholes",
                 [price, strike, years, np.zeros(o, np.float32), np.zeros(o, np.float32), np.float32(0.02),
                  np.float32(0.3), o],
                 [3, 4], (o // 256, 1, 1), (256, 1, 1), "black_scholes", None)
    )  # fmt: skip
    rows, columns = 4096, 1024
    S, R = random(rows, columns) * 8, np.zeros((rows, columns), np.float32)

    def softmax() -> None:
        e = np.exp(S - S.max(1, keepdims=True))
        np.divide(e, e.sum(1, keepdims=True), out=R)

    made.append(
        Workload("softmax", [S, R, columns], [1], (rows, 1, 1), (128, 1, 1), "softmax", softmax,
                 twin_args=[0, 1, 2, np.int32(rows)])
    )  # fmt: skip
    L, N = rng.integers(0, 2, (h, w), np.int32), np.zeros((h, w), np.int32)
    made.append(Workload("life", [L, N, w, h], [1], grid2, (32, 8, 1), "life", None))
    sr, per = 1 << 18, 16
    start = np.arange(0, sr * per + 1, per, dtype=np.int32)
    column = rng.integers(0, sr, sr * per, np.int32)
    value, x, y = random(sr * per), random(sr), np.zeros(sr, np.float32)
    made.append(
        Workload("sparse_multiply", [start, column, value, x, y, sr], [4], (sr // 128, 1, 1), (128, 1, 1),
                 "sparse_multiply", None)
    )  # fmt: skip
    items = 1 << 22
    source, summed = rng.integers(0, 10, items, np.int32), np.zeros(items, np.int32)
    made.append(
        Workload("scan", [source, summed], [1], (items // 256, 1, 1), (256, 1, 1), "scan",
                 lambda: np.cumsum(source.reshape(-1, 256), axis=1), twin_args=[0, 1, np.int32(items)])
    )  # fmt: skip
    threads = 1 << 16
    made.append(
        Workload("monte_carlo", [np.zeros(threads, np.int32), 256], [0], (threads // 256, 1, 1), (256, 1, 1),
                 "monte_carlo", None, twin_args=[0, 1, np.int32(threads)])
    )  # fmt: skip
    return made
