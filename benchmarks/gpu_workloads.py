"""What benchmarks/gpu.py runs: arrays, launches and the results that are right, by NumPy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Dim = tuple[int, int, int]
TILE = 16


@dataclass(frozen=True, slots=True)
class Launch:
    """``args`` are names of arrays, or NumPy scalars and structs (as bytes of a record)."""

    kernel: str
    grid: Dim
    block: Dim
    args: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Workload:
    """``launches`` run in order, ``repeat`` times for one timing; ``expected`` holds after the first time."""

    name: str
    arrays: dict[str, Array]
    launches: tuple[Launch, ...]
    expected: Callable[[dict[str, Array]], dict[str, Array]]
    repeat: int
    tolerance: float = 1e-4


def _grid(columns: int, rows: int = 1, block: tuple[int, int] = (TILE, TILE)) -> Dim:
    return -(-columns // block[0]), -(-rows // block[1]), 1


def _random(seed: int, *shape: int) -> Array:
    return np.random.default_rng(seed).random(shape, dtype=np.float32)


def vector_add(n: int, repeat: int) -> Workload:
    arrays = {"a": _random(1, n), "b": _random(2, n), "c": np.zeros(n, np.float32)}
    launch = Launch("vector_add", _grid(n, 1, (256, 1)), (256, 1, 1), ("a", "b", "c", np.int32(n)))
    return Workload(f"vector add {n >> 20}M", arrays, (launch,), lambda s: {"c": s["a"] + s["b"]}, repeat)


def matmul(kind: str, n: int, repeat: int) -> Workload:
    arrays = {"a": _random(1, n, n), "b": _random(2, n, n), "c": np.zeros((n, n), np.float32)}
    launch = Launch(f"matmul_{kind}", _grid(n, n), (TILE, TILE, 1), ("a", "b", "c", np.int32(n)))
    return Workload(f"matmul {kind} {n}", arrays, (launch,), lambda s: {"c": s["a"] @ s["b"]}, repeat, 1e-3)


def reduction(n: int, repeat: int) -> Workload:
    blocks = 2048
    arrays = {"a": _random(1, n), "sums": np.zeros(blocks, np.float32)}
    launch = Launch("reduction", (blocks, 1, 1), (256, 1, 1), ("a", "sums", np.int32(n)))

    def expected(start: dict[str, Array]) -> dict[str, Array]:
        rounds = start["a"].reshape(-1, blocks, 256)
        return {"sums": rounds.sum(axis=(0, 2), dtype=np.float64).astype(np.float32)}

    return Workload(f"reduction {n >> 20}M", arrays, (launch,), expected, repeat)


def convolution(side: int, repeat: int) -> Workload:
    weights = np.zeros((), np.dtype([("at", np.float32, 25)]))
    weights["at"] = _random(3, 25) / 12
    arrays = {"in": _random(1, side, side), "out": np.zeros((side, side), np.float32)}
    launch = Launch("convolution", _grid(side, side), (TILE, TILE, 1),
                    ("in", "out", np.int32(side), np.int32(side), weights))  # fmt: skip

    def expected(start: dict[str, Array]) -> dict[str, Array]:
        padded = np.pad(start["in"], 2, mode="edge")
        parts = [weights["at"][5 * y + x] * padded[y : y + side, x : x + side] for y in range(5) for x in range(5)]
        return {"out": sum(parts[1:], parts[0])}

    return Workload(f"convolution 5x5 {side}", arrays, (launch,), expected, repeat)


def transpose(side: int, repeat: int) -> Workload:
    arrays = {"in": _random(1, side, side), "out": np.zeros((side, side), np.float32)}
    launch = Launch("transpose", _grid(side, side, (32, 32)), (32, 8, 1), ("in", "out", np.int32(side), np.int32(side)))
    return Workload(f"transpose {side}", arrays, (launch,), lambda s: {"out": s["in"].T}, repeat)


def histogram(n: int, repeat: int) -> Workload:
    data = np.random.default_rng(1).integers(0, 1 << 32, n, np.uint32)
    arrays = {"in": data, "bins": np.zeros(256, np.uint32)}
    launch = Launch("histogram", (1024, 1, 1), (256, 1, 1), ("in", "bins", np.int32(n)))

    def expected(start: dict[str, Array]) -> dict[str, Array]:
        return {"bins": np.bincount(start["in"].view(np.uint8), minlength=256).astype(np.uint32)}

    return Workload(f"histogram {n >> 18}M", arrays, (launch,), expected, repeat)


def nbody(n: int, repeat: int) -> Workload:
    bodies = _random(1, n, 4)
    launch = Launch("nbody", _grid(n, 1, (256, 1)), (256, 1, 1), ("bodies", "forces", np.int32(n)))

    def expected(start: dict[str, Array]) -> dict[str, Array]:
        place, mass = start["bodies"][:, :3].astype(np.float64), start["bodies"][:, 3].astype(np.float64)
        forces = np.zeros((n, 4), np.float32)
        for i in range(0, n, 97):
            d = place - place[i]
            strength = mass * ((d * d).sum(axis=1) + np.float32(0.01)) ** -1.5
            forces[i, :3] = (d * strength[:, None]).sum(axis=0)
        return {"forces[::97]": forces[::97]}

    return Workload(f"n-body {n >> 10}k", {"bodies": bodies, "forces": np.zeros_like(bodies)}, (launch,), expected,
                    repeat, 2e-3)  # fmt: skip


def softmax(rows: int, columns: int, repeat: int) -> Workload:
    arrays = {"in": 8 * _random(1, rows, columns), "out": np.zeros((rows, columns), np.float32)}
    launch = Launch("softmax", (rows, 1, 1), (256, 1, 1), ("in", "out", np.int32(columns)))

    def expected(start: dict[str, Array]) -> dict[str, Array]:
        powers = np.exp(start["in"] - start["in"].max(axis=1, keepdims=True))
        return {"out": powers / powers.sum(axis=1, keepdims=True)}

    return Workload(f"softmax {rows}x{columns}", arrays, (launch,), expected, repeat)


def black_scholes(n: int, repeat: int) -> Workload:
    arrays = {
        "prices": 5 + 25 * _random(1, n), "strikes": 1 + 99 * _random(2, n), "years": 0.25 + 9 * _random(3, n),
        "calls": np.zeros(n, np.float32), "puts": np.zeros(n, np.float32),
    }  # fmt: skip
    rate, volatility = 0.02, 0.3
    launch = Launch("black_scholes", _grid(n, 1, (256, 1)), (256, 1, 1),
                    (*arrays, np.float32(rate), np.float32(volatility), np.int32(n)))  # fmt: skip

    def cdf(d: Array) -> Array:
        k = 1 / (1 + 0.2316419 * np.abs(d))
        sum_ = k * (0.31938153 + k * (-0.356563782 + k * (1.781477937 + k * (-1.821255978 + k * 1.330274429))))
        tail = 0.39894228 * np.exp(-0.5 * d * d) * sum_
        return np.where(d > 0, 1 - tail, tail)

    def expected(start: dict[str, Array]) -> dict[str, Array]:
        s, x, t = (start[k].astype(np.float64) for k in ("prices", "strikes", "years"))
        root = np.sqrt(t)
        d1 = (np.log(s / x) + (rate + 0.5 * volatility**2) * t) / (volatility * root)
        first, second, discount = cdf(d1), cdf(d1 - volatility * root), np.exp(-rate * t)
        return {"calls": s * first - x * discount * second, "puts": x * discount * (1 - second) - s * (1 - first)}

    return Workload(f"Black-Scholes {n >> 20}M", arrays, (launch,), expected, repeat, 1e-3)


def mlp(batch: int, in_: int, width: int, out: int, repeat: int) -> Workload:
    arrays = {
        "x": _random(1, batch, in_) - 0.5, "y": _random(2, batch, out), "w1": (_random(3, in_, width) - 0.5) / 16,
        "w2": (_random(4, width, out) - 0.5) / 16, "hidden": np.zeros((batch, width), np.float32),
        "error": np.zeros((batch, out), np.float32), "delta": np.zeros((batch, width), np.float32),
    }  # fmt: skip
    b, i, w, o, rate = np.int32(batch), np.int32(in_), np.int32(width), np.int32(out), np.float32(1e-4)
    block = (TILE, TILE, 1)
    launches = (
        Launch("mlp_hidden", _grid(width, batch), block, ("x", "w1", "hidden", b, i, w)),
        Launch("mlp_error", _grid(out, batch), block, ("hidden", "w2", "y", "error", b, w, o)),
        Launch("mlp_back", _grid(width, batch), block, ("error", "w2", "hidden", "delta", b, o, w)),
        Launch("mlp_update", _grid(out, width), block, ("hidden", "error", "w2", w, b, o, rate)),
        Launch("mlp_update", _grid(width, in_), block, ("x", "delta", "w1", i, b, w, rate)),
    )

    def expected(start: dict[str, Array]) -> dict[str, Array]:
        hidden = np.maximum(start["x"] @ start["w1"], 0)
        error = hidden @ start["w2"] - start["y"]
        delta = np.where(hidden > 0, error @ start["w2"].T, 0)
        return {"w2": start["w2"] - rate * (hidden.T @ error), "w1": start["w1"] - rate * (start["x"].T @ delta)}

    return Workload(f"MLP step {batch}x{in_}x{width}x{out}", arrays, launches, expected, repeat, 2e-3)


def workloads() -> list[Callable[[], Workload]]:
    """Makers, so that the arrays of one exist at a time."""
    return [
        lambda: vector_add(1 << 26, 20),
        lambda: matmul("naive", 1024, 50),
        lambda: matmul("naive", 4096, 3),
        lambda: matmul("tiled", 1024, 50),
        lambda: matmul("tiled", 4096, 3),
        lambda: reduction(1 << 26, 20),
        lambda: convolution(4096, 20),
        lambda: transpose(8192, 20),
        lambda: histogram(1 << 24, 20),
        lambda: nbody(1 << 15, 20),
        lambda: softmax(8192, 4096, 20),
        lambda: black_scholes(1 << 24, 20),
        lambda: mlp(1024, 1024, 1024, 256, 20),
    ]
