"""The ten example programs: each runs its CUDA kernels on a device and the same work in NumPy.

A program returns what it computed both ways with the times taken, and a picture where there is one.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

import cudawasm as cw

Array = npt.NDArray[Any]
KERNELS = Path(__file__).parent / "kernels"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Times in seconds; ``error`` is the largest deviation from NumPy, allowed up to ``tolerance``."""

    device_seconds: float
    numpy_seconds: float
    error: float
    tolerance: float
    picture: Image.Image | None = None

    @property
    def correct(self) -> bool:
        return self.error <= self.tolerance


def _module(name: str) -> cw.Module:
    return cw.Module.from_file(KERNELS / f"{name}.cu")


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def _on_device(work: Callable[[], Any]) -> tuple[Any, float]:
    """Run once to compile, then once more for the time."""
    work()
    return _timed(work)


def _error(actual: Array, wanted: Array) -> float:
    return float(np.max(np.abs(actual.astype(np.float64) - wanted.astype(np.float64))))


def _blocks(n: int, block: int) -> int:
    return -(-n // block)


def saxpy() -> Outcome:
    n = 1 << 22
    rng = np.random.default_rng(1)
    x, y = rng.random(n, np.float32), rng.random(n, np.float32)
    kernel = _module("saxpy")["saxpy"]
    device_x = cw.asarray(x)

    def run() -> Array:
        device_y = cw.asarray(y)
        kernel[512, 256](np.float32(2), device_x, device_y, n)
        return device_y.get()

    actual, device_seconds = _on_device(run)
    wanted, numpy_seconds = _timed(lambda: 2 * x + y)
    return Outcome(device_seconds, numpy_seconds, _error(actual, wanted), 1e-6)


def matmul() -> Outcome:
    n, tile = 512, 16
    rng = np.random.default_rng(2)
    a, b = rng.random((n, n), np.float32), rng.random((n, n), np.float32)
    kernel = _module("matmul").kernel(f"matmul<{tile}>")
    device_a, device_b, device_c = cw.asarray(a), cw.asarray(b), cw.empty((n, n), np.float32)

    def run() -> Array:
        kernel[(n // tile, n // tile), (tile, tile)](device_a, device_b, device_c, n)
        return device_c.get()

    actual, device_seconds = _on_device(run)
    wanted, numpy_seconds = _timed(lambda: a @ b)
    return Outcome(device_seconds, numpy_seconds, _error(actual, wanted), 1e-2)


def reduction() -> Outcome:
    n = 1 << 22
    x = np.random.default_rng(3).random(n, np.float32)
    kernel = _module("reduction")["reduce_sum"]
    device_x = cw.asarray(x)

    def run() -> float:
        total = cw.zeros(1, np.float64)
        kernel[128, 256](device_x, total, n)
        return float(total.get()[0])

    actual, device_seconds = _on_device(run)
    wanted, numpy_seconds = _timed(lambda: float(x.sum(dtype=np.float64)))
    return Outcome(device_seconds, numpy_seconds, abs(actual - wanted), 1e-6)


def histogram() -> Outcome:
    n = 1 << 22
    data = np.random.default_rng(4).normal(128, 30, n).clip(0, 255).astype(np.uint8)
    kernel = _module("histogram")["histogram"]
    device_data = cw.asarray(data)

    def run() -> Array:
        bins = cw.zeros(256, np.uint32)
        kernel[64, 256](device_data, bins, n)
        return bins.get()

    actual, device_seconds = _on_device(run)
    wanted, numpy_seconds = _timed(lambda: np.bincount(data, minlength=256))
    return Outcome(device_seconds, numpy_seconds, _error(actual, wanted), 0)


def mandelbrot() -> Outcome:
    width, height, limit = 960, 640, 128
    x0, y0 = np.float32(-2.2), np.float32(-1.2)
    dx, dy = np.float32(3.2 / width), np.float32(2.4 / height)
    kernel = _module("mandelbrot")["mandelbrot"]
    iterations = cw.empty((height, width), np.int32)

    def run() -> Array:
        kernel[(_blocks(width, 32), _blocks(height, 8)), (32, 8)](iterations, width, height, x0, y0, dx, dy, limit)
        return iterations.get()

    def reference() -> Array:
        c = (x0 + np.arange(width, dtype=np.float32) * dx) + 1j * (y0 + np.arange(height, dtype=np.float32) * dy)[
            :, None
        ]
        z, count = np.zeros_like(c), np.zeros(c.shape, np.int32)
        for _ in range(limit):
            inside = z.real * z.real + z.imag * z.imag < 4
            count += inside
            z = np.where(inside, z * z + c, z)
        return count

    actual, device_seconds = _on_device(run)
    with np.errstate(all="ignore"):
        wanted, numpy_seconds = _timed(reference)
    differing = float(np.mean(actual != wanted))  # rounding decides at the border of the set
    shade = np.sqrt(actual / limit)
    colour = np.stack([shade * 255, shade**2 * 220, 255 * (1 - shade) * (actual < limit)], -1).astype(np.uint8)
    return Outcome(device_seconds, numpy_seconds, differing, 0.02, Image.fromarray(colour))


def photograph() -> Image.Image:
    """The sample picture that matplotlib's wheel carries."""
    import matplotlib

    path = Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg"
    return Image.open(path).convert("RGBA")


def blur() -> Outcome:
    radius = 8
    picture = np.asarray(photograph())
    height, width = picture.shape[:2]
    weights = np.exp(-0.5 * (np.arange(-radius, radius + 1) / (radius / 2)) ** 2)
    weights = (weights / weights.sum()).astype(np.float32)
    module = _module("blur")
    module.get_global("weights")[: len(weights)].set(weights)
    passes = module.kernel("blur<true>"), module.kernel("blur<false>")
    buffers = [cw.asarray(picture), cw.empty_like(picture), cw.empty_like(picture)]
    grid, block = (_blocks(width, 32), _blocks(height, 8)), (32, 8)

    def run() -> Array:
        for step, kernel in enumerate(passes):
            kernel[grid, block](buffers[step], buffers[step + 1], width, height, radius)
        return buffers[2].get()

    def reference() -> Array:
        result = picture
        for axis in (1, 0):
            pad = [(0, 0)] * 3
            pad[axis] = (radius, radius)
            padded = np.pad(result, pad, mode="edge").astype(np.float32)
            size = result.shape[axis]
            parts = [w * np.take(padded, range(i, i + size), axis) for i, w in enumerate(weights)]
            result = (np.sum(parts, axis=0, dtype=np.float32) + np.float32(0.5)).astype(np.uint8)
        return result

    actual, device_seconds = _on_device(run)
    wanted, numpy_seconds = _timed(reference)
    return Outcome(device_seconds, numpy_seconds, _error(actual, wanted), 1, Image.fromarray(actual))


def sobel() -> Outcome:
    grey = np.asarray(photograph().convert("L"))
    height, width = grey.shape
    kernel = _module("sobel")["sobel"]
    source, result = cw.asarray(grey), cw.empty_like(grey)

    def run() -> Array:
        kernel[(_blocks(width, 16), _blocks(height, 16)), (16, 16)](source, result, width, height)
        return result.get()

    def reference() -> Array:
        p = np.pad(grey, 1, mode="edge").astype(np.float32)
        gx = p[:-2, 2:] + 2 * p[1:-1, 2:] + p[2:, 2:] - p[:-2, :-2] - 2 * p[1:-1, :-2] - p[2:, :-2]
        gy = p[2:, :-2] + 2 * p[2:, 1:-1] + p[2:, 2:] - p[:-2, :-2] - 2 * p[:-2, 1:-1] - p[:-2, 2:]
        return np.minimum(np.sqrt(gx * gx + gy * gy), 255).astype(np.uint8)

    actual, device_seconds = _on_device(run)
    wanted, numpy_seconds = _timed(reference)
    return Outcome(device_seconds, numpy_seconds, _error(actual, wanted), 1, Image.fromarray(actual))


def nbody() -> Outcome:
    n, steps, dt, softening, block = 1024, 40, np.float32(0.01), np.float32(1e-3), 128
    rng = np.random.default_rng(5)
    angle, radius = rng.random(n) * 2 * math.pi, 0.3 + rng.random(n)
    start = np.zeros((n, 4), np.float32)
    start[:, 0], start[:, 1], start[:, 3] = radius * np.cos(angle), radius * np.sin(angle), 1 / n
    speed = np.zeros((n, 4), np.float32)
    speed[:, 0], speed[:, 1] = -np.sin(angle) * np.sqrt(1 / radius), np.cos(angle) * np.sqrt(1 / radius)
    module = _module("nbody")

    def run() -> list[Array]:
        position, velocity = cw.asarray(start), cw.asarray(speed)
        path = [start]
        for _ in range(steps):
            module["accelerate"][_blocks(n, block), block, block * 16](position, velocity, n, dt, softening)
            module["move"][_blocks(n, block), block](position, velocity, n, dt)
            path.append(position.get())
        return path

    def reference() -> Array:
        position, velocity = start[:, :3].copy(), speed[:, :3].copy()
        for _ in range(steps):
            delta = position[None] - position[:, None]
            inverse = 1 / np.sqrt((delta**2).sum(-1) + softening)
            velocity += dt * (delta * (start[None, :, 3] * inverse**3)[..., None]).sum(1)
            position += dt * velocity
        return position

    path, device_seconds = _on_device(run)
    wanted, numpy_seconds = _timed(reference)
    return Outcome(device_seconds, numpy_seconds, _error(path[-1][:, :3], wanted), 2e-2, _trails(path))


def _trails(path: list[Array], size: int = 720) -> Image.Image:
    """The way of every body, brighter towards its end."""
    canvas = np.zeros((size, size, 3), np.float32)
    for age, points in enumerate(path):
        pixels = ((points[:, :2] / 1.6 + 1) * size / 2).astype(int)
        inside = ((pixels >= 0) & (pixels < size)).all(1)
        light = (age + 1) / len(path)
        canvas[pixels[inside, 1], pixels[inside, 0]] += np.array([0.3, 0.6, 1.0]) * light
    return Image.fromarray((np.minimum(canvas, 1) * 255).astype(np.uint8))


def life() -> Outcome:
    size, steps = 512, 100
    start = (np.random.default_rng(6).random((size, size)) < 0.3).astype(np.uint8)
    kernel = _module("life")["life"]

    def run() -> Array:
        now, following = cw.asarray(start), cw.empty_like(start)
        for _ in range(steps):
            kernel[(size // 32, size // 8), (32, 8)](now, following, size, size)
            now, following = following, now
        return now.get()

    def reference() -> Array:
        now = start
        for _ in range(steps):
            shifted = (np.roll(now, (dy, dx), (0, 1)) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if dx or dy)
            neighbours = sum(shifted)
            now = ((neighbours == 3) | ((neighbours == 2) & (now == 1))).astype(np.uint8)
        return now

    actual, device_seconds = _on_device(run)
    wanted, numpy_seconds = _timed(reference)
    return Outcome(device_seconds, numpy_seconds, _error(actual, wanted), 0, Image.fromarray(actual * 255))


def heat() -> Outcome:
    size, steps = 512, 200
    start = np.zeros((size, size), np.float32)
    start[0], start[size // 3 : size // 2, size // 3 : size // 2] = 1.0, 0.8
    kernel = _module("heat")["heat"]

    def run() -> Array:
        now, following = cw.asarray(start), cw.asarray(start)
        for _ in range(steps):
            kernel[(size // 32, size // 8), (32, 8)](now, following, size, size)
            now, following = following, now
        return now.get()

    def reference() -> Array:
        now = start.copy()
        for _ in range(steps):
            following = now.copy()
            following[1:-1, 1:-1] = np.float32(0.25) * (now[1:-1, :-2] + now[1:-1, 2:] + now[:-2, 1:-1] + now[2:, 1:-1])
            now = following
        return now

    actual, device_seconds = _on_device(run)
    wanted, numpy_seconds = _timed(reference)
    glow = np.stack([np.minimum(actual * 2, 1), np.clip(actual * 2 - 0.5, 0, 1), actual**3], -1)
    picture = Image.fromarray((glow * 255).astype(np.uint8))
    return Outcome(device_seconds, numpy_seconds, _error(actual, wanted), 1e-5, picture)


PROGRAMS: dict[str, Callable[[], Outcome]] = {
    "saxpy": saxpy,
    "matmul": matmul,
    "reduction": reduction,
    "histogram": histogram,
    "mandelbrot": mandelbrot,
    "blur": blur,
    "sobel": sobel,
    "nbody": nbody,
    "life": life,
    "heat": heat,
}
