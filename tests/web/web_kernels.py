"""The kernels of kernels.cu with launches, arguments and what NumPy makes of them."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

SOURCE = Path(__file__).parent / "kernels.cu"
Dim3 = tuple[int, int, int]


@dataclass(frozen=True)
class Call:
    """A launch. ``args``: NumPy arrays go to the device and come back, other things by value. ``expected``: what each
    array must hold afterwards; floats within a relative error of ``rtol``."""

    kernel: str
    grid: Dim3
    block: Dim3
    args: list[Any]
    expected: Callable[..., dict[int, np.ndarray]]
    shared: int = 0
    rtol: float = 0.0

    def wrong(self, found: list[Any]) -> list[str]:
        """What is wrong with the arrays that came back."""
        wanted = self.expected(*self.args)
        problems = []
        for i, array in enumerate(self.args):
            if isinstance(array, np.ndarray):
                right = np.isclose(found[i], wanted.get(i, array), rtol=self.rtol, atol=self.rtol)
                if not right.all():
                    at = int(np.argmin(right))
                    problems.append(f"{self.kernel}: argument {i}[{at}] is {found[i].ravel()[at]}")
        return problems


def calls() -> list[Call]:
    """One launch of each kernel."""
    rng = np.random.default_rng(3)
    n = 100_003
    x, y = rng.random(n, np.float32), rng.random(n, np.float32)
    ints = rng.integers(-1000, 1000, n).astype(np.int32)
    octets = rng.integers(0, 256, n).astype(np.uint8)
    image = rng.random((37, 83), np.float32)
    a, b = (rng.random((64, 64), np.float32) for _ in range(2))
    cells = rng.integers(0, 2, (48, 80)).astype(np.uint8)
    lines = rng.integers(0, 100, (7, 128)).astype(np.int32)
    odd = np.arange(2048, dtype=np.int32) * 7919 % 2003
    line = -(-n // 256), 1, 1
    flat = 256, 1, 1
    square = 16, 16, 1
    zeros = np.zeros_like
    return [
        Call("saxpy", line, flat, [2.5, x, y, n], lambda s, x, y, n: {2: np.float32(s) * x + y}, rtol=1e-6),
        Call("affine", line, flat, [struct.pack("<ffi", 3.0, -1.0, 1000), x[:2000]],
             lambda _, x: {1: np.where(np.arange(2000) < 1000, x * 3 - 1, x)}, rtol=1e-6),
        Call("transpose", (6, 3, 1), square, [image, zeros(image), 83, 37], lambda i, *_: {1: i.T.reshape(37, 83)}),
        Call("matmul", (4, 4, 1), square, [a, b, zeros(a), 64], lambda a, b, *_: {2: a @ b}, rtol=1e-4),
        Call("total", (13, 1, 1), flat, [ints, np.zeros(1, np.int32), n], lambda v, *_: {1: v.sum()}),
        Call("warp_maximum", (8, 1, 1), flat, [odd, np.zeros(64, np.int32)],
             lambda v, _: {1: v.reshape(64, 32).max(1)}),
        Call("histogram", (20, 1, 1), flat, [octets, np.zeros(256, np.uint32), n],
             lambda v, *_: {1: np.bincount(v, minlength=256)}),
        Call("scan", (7, 1, 1), (128, 1, 1), [lines, zeros(lines)], lambda v, _: {1: v.cumsum(1)}, shared=512),
        Call("mandelbrot", (5, 3, 1), square, [np.zeros((48, 64), np.int32), 64, 48, 100], _mandelbrot),
        Call("life", (5, 3, 1), square, [cells, zeros(cells), 80, 48], lambda c, *_: {1: _life(c)}),
        Call("blur", line, flat, [x, zeros(x), n], lambda x, *_: {1: _blur(x)}, rtol=1e-5),
        Call("random_numbers", (4, 1, 1), flat, [1 << 40, np.zeros(1000, np.uint64), np.zeros(1000, np.float32), 1000],
             _random, rtol=1e-6),
    ]  # fmt: skip


def _mandelbrot(_: Any, width: int, height: int, most: int) -> dict[int, np.ndarray]:
    row, column = np.mgrid[:height, :width].astype(np.float32)
    cr, ci = column * np.float32(0.0625) - np.float32(2.5), row * np.float32(0.0625) - np.float32(1.5)
    zr, zi, count = np.zeros_like(cr), np.zeros_like(cr), np.zeros(cr.shape, np.int32)
    with np.errstate(all="ignore"):
        for _ in range(most):
            inside = zr * zr + zi * zi <= 4
            count += inside
            zr, zi = np.where(inside, zr * zr - zi * zi + cr, zr), np.where(inside, 2 * zr * zi + ci, zi)
    return {0: count}


def _life(cells: np.ndarray) -> np.ndarray:
    count = sum(np.roll(cells, (dy, dx), (0, 1)) for dy in (-1, 0, 1) for dx in (-1, 0, 1)) - cells
    return (count == 3) | ((count == 2) & (cells == 1))


def _blur(x: np.ndarray) -> np.ndarray:
    padded = np.pad(x, 2, mode="edge")
    return sum(w * padded[k : k + x.size] for k, w in enumerate(np.float32([0.0625, 0.25, 0.375, 0.25, 0.0625])))


def _random(seed: int, states: np.ndarray, *_: Any) -> dict[int, np.ndarray]:
    with np.errstate(over="ignore"):
        state = np.uint64(seed) + np.arange(states.size, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        state ^= state >> np.uint64(31)
    return {1: state, 2: np.exp(-(state >> np.uint64(40)).astype(np.float32) * np.float32(5.9604645e-8))}
