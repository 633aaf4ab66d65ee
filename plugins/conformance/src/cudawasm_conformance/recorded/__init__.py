"""Programs whose expected results were recorded on a real NVIDIA GPU.

Every program is one file of device code here; PROGRAMS says how to launch it. An array argument is a device buffer,
copied in before the launch and read back after it; anything else is passed by value. Outputs start as zeros.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Args = dict[str, np.ndarray | np.generic]
Dim = int | tuple[int, ...]

i32, u32, u64, f32 = np.int32, np.uint32, np.uint64, np.float32


@dataclass(frozen=True, slots=True)
class Program:
    """One launch of one kernel, its arguments in the order of the kernel's parameters."""

    name: str
    kernel: str
    args: Callable[[], Args]
    grid: Dim
    block: Dim
    shared: int = 0
    rtol: float = 0.0
    atol: float = 0.0
    options: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()


def _struct(*fields: tuple[Any, ...]) -> np.dtype:
    return np.dtype(list(fields), align=True)


def _text(rng: np.random.Generator, count: int, longest: int) -> tuple[np.ndarray, np.ndarray]:
    """Random messages back to back, and where each one starts (with the end of the last one)."""
    lengths = rng.integers(0, longest + 1, count)
    lengths[:4] = 0, longest, 55, 56
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    return rng.integers(0, 256, offsets[-1], np.uint8), offsets


def _radix_sort() -> Args:
    rng = np.random.default_rng(1)
    keys = (rng.integers(-200, 200, 2048) * 10.0 ** rng.integers(-8, 9, 2048)).astype(f32)
    keys[5:9] = np.inf, -np.inf, -0.0, 1e-42
    return {
        "in": keys,
        "keys_out": np.zeros(2048, f32),
        "origin_out": np.zeros(2048, np.uint16),
        "descending": np.bool_(1),
    }


def _bitonic_records() -> Args:
    rng = np.random.default_rng(2)
    record = _struct(("group", "u2"), ("tag", "i1"), ("id", "u1"), ("weight", "f4"))
    records = np.zeros(512, record)
    records["group"] = rng.integers(0, 5, 512) * 13107
    records["tag"] = rng.integers(-3, 3, 512)
    records["id"] = np.arange(512) % 256
    records["weight"] = rng.integers(-4, 4, 512) * 0.5
    return {"in": records, "out": np.zeros(512, record), "inversions": np.zeros(2, i32)}


def _segmented_scan() -> Args:
    rng = np.random.default_rng(3)
    n = 900
    return {
        "maps": rng.integers(0, 2**32, (n, 2), u32),
        "heads": (rng.random(n) < 0.03).astype(np.uint8),
        "at_seven": np.zeros(n, u32),
        "composed": np.zeros((n, 2), u32),
        "n": i32(n),
    }


def _histogram_private() -> Args:
    rng = np.random.default_rng(4)
    data = np.minimum(rng.geometric(0.02, 5003) - 1, 255).astype(np.uint8)
    return {
        "data": data,
        "n": i32(data.size),
        "counts": np.zeros(256, u32),
        "cumulative": np.zeros(256, u32),
        "mode": np.zeros(1, u64),
    }


def _spmv_csr() -> Args:
    rng = np.random.default_rng(5)
    rows = 150
    lengths = rng.integers(0, 30, rows)
    lengths[7] = 0
    start = np.concatenate([[0], np.cumsum(lengths)]).astype(i32)
    peak = _struct(("magnitude", "u4"), ("column", "i4"))
    return {
        "row_start": start,
        "columns": rng.integers(0, 300, start[-1]).astype(np.uint16),
        "values": rng.integers(-50, 51, start[-1]).astype(f32),
        "x": rng.integers(-9, 10, 300).astype(f32),
        "y": np.zeros(rows, f32),
        "peaks": np.zeros(rows, peak),
        "rows": i32(rows),
    }


def _bfs_levels() -> Args:
    rng = np.random.default_rng(6)
    n = 200
    linked = np.zeros((n, n), bool)
    for _ in range(260):
        a, b = rng.integers(0, n, 2)
        linked[a, b] = linked[b, a] = a != b
    offsets = np.concatenate([[0], np.cumsum(linked.sum(1))]).astype(i32)
    return {
        "offsets": offsets,
        "targets": np.nonzero(linked)[1].astype(i32),
        "sources": np.array([0, 3, 77, 199], i32),
        "vertices": i32(n),
        "distance": np.zeros((4, n), i32),
        "parent": np.zeros((4, n), i32),
        "level_sizes": np.zeros((4, 64), i32),
        "max_levels": i32(64),
    }


def _smith_waterman() -> Args:
    rng = np.random.default_rng(7)
    text = np.frombuffer(b"ACGTacgtuN", np.int8)[rng.integers(0, 10, 700)]
    text[100:140] = text[0:40]
    spans = rng.integers([0, 20], [600, 65], (12, 2)).astype(i32)
    spans[:2] = (0, 64), (95, 60)
    spans[2:4] = (5, 1), (9, 64)
    return {
        "texts": text,
        "spans": spans,
        "best_out": np.zeros((6, 4), i32),
        "row_best": np.zeros((6, 64), i32),
    }


def _fft64() -> Args:
    rng = np.random.default_rng(8)
    signal = rng.standard_normal((4, 64, 2)).astype(f32)
    signal[0] = 0
    signal[0, 1, 0] = 1
    return {
        "in": signal,
        "spectrum": np.zeros((4, 64, 2), f32),
        "back": np.zeros((4, 64, 2), f32),
        "energy": np.zeros((4, 2), f32),
    }


def _stencil3d() -> Args:
    rng = np.random.default_rng(9)
    size = np.array((24, 16, 8), _struct(("x", "i4"), ("y", "i4"), ("z", "i4")))[()]
    field = rng.integers(-300, 300, (8, 16, 24)).astype(np.int16)
    return {"field": field, "result": np.zeros_like(field), "size": size, "modulus": i32(1009)}


def _lu_small() -> Args:
    rng = np.random.default_rng(10)
    n = 70
    matrices = rng.uniform(-1, 1, (n, 5, 5)) + np.eye(5)[rng.integers(0, 5, (n, 5))]
    matrices[3, :, 2] = 0
    return {
        "matrices": matrices,
        "rhs": rng.uniform(-3, 3, (n, 5)),
        "solutions": np.zeros((n, 5)),
        "determinants": np.zeros(n),
        "permutations": np.zeros(n, u32),
        "n": i32(n),
    }


def _quaternions() -> Args:
    rng = np.random.default_rng(11)
    n, chain = 50, 4
    joints = np.zeros((n, chain), _struct(("axis", "f4", 3), ("angle", "f4"), ("offset", "f4", 3)))
    joints["axis"] = rng.uniform(0.2, 1, (n, chain, 3))
    joints["angle"] = rng.uniform(-3, 3, (n, chain))
    joints["offset"] = rng.uniform(-2, 2, (n, chain, 3))
    return {
        "joints": joints,
        "chain": i32(chain),
        "blend": rng.random(n, f32),
        "poses": np.zeros((n, 4), f32),
        "tips": np.zeros((n, 3), f32),
        "n": i32(n),
    }


def _sha256() -> Args:
    text, offsets = _text(np.random.default_rng(12), 60, 150)
    return {"text": text, "offsets": offsets.astype(u32), "digests": np.zeros((60, 32), np.uint8), "n": i32(60)}


def _md5_crc32() -> Args:
    text, offsets = _text(np.random.default_rng(13), 60, 140)
    return {
        "text": text,
        "offsets": offsets.astype(i32),
        "md5s": np.zeros((60, 4), u32),
        "crcs": np.zeros(60, u32),
        "agree": np.zeros(60, np.uint8),
        "n": i32(60),
    }


def _xxhash() -> Args:
    rng = np.random.default_rng(14)
    ranges = np.zeros(100, _struct(("start", "u2"), ("length", "u2")))
    ranges["start"] = rng.integers(0, 300, 100)
    ranges["length"] = np.arange(100)
    return {
        "data": rng.integers(0, 256, 400, np.uint8),
        "ranges": ranges,
        "h32": np.zeros(100, u32),
        "h64": np.zeros(100, u64),
        "n": i32(100),
        "seed": u32(0x9E3779B1),
    }


def _aes_ctr() -> Args:
    rng = np.random.default_rng(15)
    return {
        "key": rng.integers(0, 2**32, 4, u32),
        "nonce": u64(0xFEDC_BA98_7654_3210),
        "plain": rng.integers(0, 2**32, (100, 4), u32),
        "cipher": np.zeros((100, 4), u32),
        "blocks": i32(100),
    }


def _philox() -> Args:
    return {
        "seed": u64(0x0123_4567_89AB_CDEF),
        "raw": np.zeros((64, 6), u32),
        "deck": np.zeros((64, 13), np.uint8),
        "floats": np.zeros(64, f32),
        "doubles": np.zeros(64),
        "same": np.zeros(64, np.uint8),
    }


def _bignum_carry() -> Args:
    rng = np.random.default_rng(16)
    n = 40
    a, b = rng.integers(0, 2**32, (2, n, 8), u32)
    a[0], b[0] = 0xFFFFFFFF, 0
    b[0, 0] = 1
    a[1:5, 2:6], b[1:5, 2:6] = 0xFFFFFFFF, 0
    a[:, 7] >>= 1
    big = _struct(("limb", "u4", 8))
    modulus, one = np.zeros(2, big)
    modulus["limb"][:] = 0xFFFFFFFF
    modulus["limb"][0] = 2**32 - 189
    one["limb"][0] = 189
    return {
        "a": a,
        "b": b,
        "modulus": modulus,
        "one": one,
        "sum": np.zeros((n, 8), u32),
        "difference": np.zeros((n, 8), u32),
        "product": np.zeros((n, 16), u32),
        "power": np.zeros((n, 8), u32),
        "flags": np.zeros(n, u32),
        "n": i32(n),
    }


def _life_bits() -> Args:
    rng = np.random.default_rng(17)
    boards = rng.integers(0, 2**32, (4, 24, 3), u32) & rng.integers(0, 2**32, (4, 24, 3), u32)
    boards[1], boards[2] = 0, 0
    boards[1, 5:7, 1], boards[1, 9:12, 0] = 0x80000001, (0x40, 0x80, 0x40)
    boards[2, 23, 2] = 0x80000000
    return {
        "start": boards,
        "final_board": np.zeros_like(boards),
        "population": np.zeros((4, 20), i32),
        "fates": np.zeros(4, i32),
        "generations": i32(20),
    }


def _transpose_structs() -> Args:
    rng = np.random.default_rng(18)
    rows, columns = 20, 37
    pixels = np.zeros((rows, columns), _struct(("word", "u4"), ("half", "u2"), ("tag", "u2")))
    pixels["word"] = rng.integers(0, 2**32, (rows, columns))
    pixels["half"] = rng.integers(0, 2**16, (rows, columns))
    wide = _struct(("key", "i8"), ("ratio", "f4"), ("bytes", "u1", 3), ("flag", "?"))
    return {"in": pixels, "out": np.zeros((columns, rows), wide), "rows": i32(rows), "columns": i32(columns)}


def _ray_spheres() -> Args:
    float3 = _struct(("x", "f4"), ("y", "f4"), ("z", "f4"))
    shape = _struct(("kind", "i4"), ("place", float3), ("extent", float3))
    scene = np.array(
        [
            (0, (0, 1, 10), (3, 0, 0)),
            (0, (-5, -2, 12), (2, 0, 0)),
            (1, (0, -6, 0), (0, 1, 0)),
            (2, (5, 0, 9), (1, 2, 3)),
            (2, (-4, 4, 11), (2, 1, 1)),
            (1, (0, 0, 40), (1, 1, -2)),
            (0, (3, 3, -5), (1, 0, 0)),
        ],
        shape,
    )
    ray = np.array(((0, 0, -2), (-8, 7, 12)), _struct(("origin", float3), ("direction", float3)))[()]
    return {
        "scene": scene,
        "shapes": i32(len(scene)),
        "first": ray,
        "across": np.array((1, 0, 0), float3)[()],
        "down": np.array((0, -1, 0), float3)[()],
        "ids": np.zeros((16, 16), i32),
        "distances": np.zeros((16, 16), f32),
        "normals": np.zeros((16, 16, 3), f32),
        "shade": np.zeros((16, 16), f32),
        "light": np.array((2, 5, -4), float3)[()],
    }


def _expression_templates() -> Args:
    rng = np.random.default_rng(19)
    n = 500
    return {
        "ints": rng.integers(-1000, 1000, n).astype(i32),
        "laplace": np.zeros(n, i32),
        "doubles": np.zeros(n),
        "mask": np.zeros(n, np.uint8),
        "n": i32(n),
        "scale": i32(11),
    }


def _small_matrix() -> Args:
    rng = np.random.default_rng(20)
    n = 60
    return {
        "cells": rng.integers(-9, 10, (n, 5, 5)).astype(np.int8),
        "dets": np.zeros(n, np.int64),
        "checks": np.zeros((n, 2), np.int64),
        "powers": np.zeros((n, 5), u32),
        "images": np.zeros((n, 3), np.int64),
        "n": i32(n),
    }


def _rle_ballot() -> Args:
    rng = np.random.default_rng(21)
    text = np.repeat(rng.integers(-128, 128, 400), rng.geometric(0.25, 400)).astype(np.int8)
    text[300:650] = 5
    run = _struct(("start", "u4"), ("length", "u2"), ("value", "u1"))
    return {
        "text": text,
        "n": i32(text.size),
        "runs": np.zeros(400, run),
        "summary": np.zeros(3, i32),
        "decoded": np.zeros_like(text),
    }


def _warp_aggregated() -> Args:
    rng = np.random.default_rng(22)
    n = 700
    keys = rng.integers(0, 16, n).astype(np.uint8)
    keys[64:160] = 9
    keys[160:256] &= 7
    totals = _struct(("count", "u4"), ("sum", "i4"), ("highest", "i4"), ("pad", "u4"))
    return {
        "keys": keys,
        "values": rng.integers(-900, 900, n).astype(i32),
        "n": i32(n),
        "totals": np.zeros(16, totals),
        "even_count": np.zeros(1, i32),
        "seen": np.zeros(n, np.uint8),
        "groups": np.zeros(n, u32),
    }


def _softmax_online() -> Args:
    rng = np.random.default_rng(23)
    rows, columns = 18, 48
    lengths = rng.integers(1, columns + 1, rows).astype(i32)
    lengths[4] = 0
    mask = rng.integers(0, 2**32, rows * columns // 32, u32) | rng.integers(0, 2**32, rows * columns // 32, u32)
    mask[9:12] = 0
    return {
        "logits": (rng.integers(-40, 41, (rows, columns)) * 0.25).astype(f32),
        "lengths": lengths,
        "mask": mask,
        "temperature": f32(0.8),
        "probabilities": np.zeros((rows, columns), f32),
        "log_sums": np.zeros(rows, f32),
        "argmax": np.zeros(rows, i32),
        "rows": i32(rows),
        "columns": i32(columns),
    }


def _layer_norm() -> Args:
    rng = np.random.default_rng(24)
    rows, columns = 7, 108
    return {
        "x": (rng.standard_normal((rows, columns)) * 3 + 1).astype(np.float16),
        "gamma": rng.uniform(0.5, 2, columns).astype(f32),
        "beta": rng.uniform(-1, 1, columns).astype(f32),
        "y": np.zeros((rows, columns), np.float16),
        "statistics": np.zeros((rows, 2), f32),
        "rows": i32(rows),
        "columns": i32(columns),
        "epsilon": f32(1e-5),
    }


def _half2_gemm() -> Args:
    rng = np.random.default_rng(25)
    return {
        "a": rng.integers(-4, 5, (32, 32)).astype(np.float16),
        "b": rng.integers(-4, 5, (32, 64)).astype(np.float16),
        "bias": rng.integers(-20, 21, 64).astype(np.float16),
        "c": np.zeros((32, 64), np.float16),
        "row_sums": np.zeros((32, 2), np.float16),
        "bits": np.zeros((32, 32), np.uint16),
    }


def _bf16_reduce() -> Args:
    rng = np.random.default_rng(26)
    x, y = ((rng.standard_normal((2, 3, 200)) * 2).astype(f32).view(u32) >> 16).astype(np.uint16)
    y[:, ::3] = x[:, ::3]
    half = ("u2", 2)
    result = _struct(("sum", *half), ("top", *half), ("dot", "u2"), ("compares", "u2"), ("exact", "f4"))
    return {"x": x, "y": y, "results": np.zeros(3, result), "rounded": np.zeros((3, 200), np.uint16), "pairs": i32(100)}


def _int8_dot() -> Args:
    rng = np.random.default_rng(27)
    rows = 96
    weights, x = rng.integers(-128, 128, (rows, 48)).astype(np.int8), rng.integers(-128, 128, 48).astype(np.int8)
    weights[5], weights[6] = x, -128
    quantisation = _struct(("multiplier", "i4"), ("shift", "i4"), ("zero_point", "i1"), ("relu", "?"))
    return {
        "weights": weights,
        "x": x,
        "bias": rng.integers(-5000, 5000, rows).astype(i32),
        "q": np.array((1518500250, 40, -7, False), quantisation)[()],
        "out": np.zeros(rows, np.int8),
        "raw": np.zeros(rows, i32),
        "unsigned_dots": np.zeros(rows, u32),
        "wide_dots": np.zeros(rows, i32),
        "lanes": np.zeros(rows, u32),
        "mismatches": np.zeros(rows, np.uint8),
    }


def _mandelbrot_fixed() -> Args:
    frame = np.array((-220, 170, 320), _struct(("left", "i4"), ("top", "i4"), ("span", "i4")))[()]
    return {
        "frame": frame,
        "width": i32(32),
        "limit": i32(60),
        "counts": np.zeros((32, 32), np.uint16),
        "last": np.zeros((32, 32), i32),
        "outcome": np.zeros((32, 32), np.uint8),
    }


def _morton_bits() -> Args:
    rng = np.random.default_rng(28)
    points = rng.integers(0, 2**32, (128, 3), u32)
    points[:3] = (0, 1, 0), (0xFFFFFFFF, 0, 0xFFFF), (1, 0xFFFFFFFF, 0x10000)
    return {
        "points": points,
        "codes2": np.zeros(128, u64),
        "codes3": np.zeros(128, u64),
        "checks": np.zeros(128, np.uint8),
        "transposed": np.zeros(128, u32),
        "small": np.zeros(128, u64),
    }


def _compact_merge() -> Args:
    rng = np.random.default_rng(29)
    a, b = np.sort(rng.integers(0, 200, 300)).astype(np.uint16), np.sort(rng.integers(50, 400, 250)).astype(np.uint16)
    item = _struct(("key", "u2"), ("source", "u2"))
    return {
        "a": a,
        "m": i32(a.size),
        "b": b,
        "n": i32(b.size),
        "out": np.zeros(a.size + b.size, item),
        "sizes": np.zeros(6, i32),
        "divisor": i32(3),
    }


def _conv_const() -> Args:
    rng = np.random.default_rng(30)
    pixels = rng.integers(0, 256, (20, 40, 4), np.uint8)
    pixels[4:12, 10:30] //= 64
    out = {name: np.zeros_like(pixels) for name in ("sharp", "smooth", "relief")}
    return {"pixels": pixels, "width": i32(40), "height": i32(20), **out, "alpha": np.zeros(9, u32)}


def _variant_tuple() -> Args:
    rng = np.random.default_rng(31)
    return {
        "words": rng.integers(0, 2**32, (64, 12), u32),
        "per_thread": i32(12),
        "totals": np.zeros(64, np.int64),
        "scaled": np.zeros(64),
        "histogram": np.zeros(5, i32),
        "sizes": np.zeros(64, np.uint8),
    }


OPCODES = (
    "Halt Push8 Push32 Dup Swap Over Drop Add Sub Mul Div Mod And Xor Less Not Jump JumpIf Call Return Load Store "
    "Input Emit"
).split()
# Collatz sequences through a subroutine, then a few inputs on purpose into each of the machine's errors.
BYTECODE = """
    Input Store 0
    loop: Load 0 Emit Load 0 Push8 1 Sub Not JumpIf @end Load 0 Push8 2 Mod JumpIf @odd
    Load 0 Push8 2 Div Store 0 Jump @loop
    odd: Call @triple Store 0 Jump @loop
    triple: Load 0 Dup Dup Add Add Push8 1 Add Return
    end: Load 1 Push32 239 190 173 222 Xor Push8 5 Swap Over Less Emit
    Input Push8 16 And JumpIf @illegal Input Push8 32 And JumpIf @recurse
    Input Push8 -7 Add Push8 100 Push8 -3 Mul Swap Div Halt
    illegal: 200
    recurse: Input Drop Drop Call @triple Call @recurse
"""


def _bytecode_vm() -> Args:
    code: list[int] = []
    labels: dict[str, int] = {}
    holes: dict[int, str] = {}
    for token in BYTECODE.split():
        if token.endswith(":"):
            labels[token[:-1]] = len(code)
        elif token.startswith("@"):
            holes[len(code)] = token[1:]
            code.append(0)
        else:
            code.append(OPCODES.index(token) if token in OPCODES else int(token) & 255)
    for at, label in holes.items():
        code[at] = labels[label]
    code += [0] * (256 - len(code))
    inputs = np.array([1, 2, 3, 7, 8, 9, 12, 27, 33, 64, 97, 128, 4096, 0, -1, -5, 2**31 - 1, -(2**31)] * 5, i32)
    inputs[18:] += np.arange(inputs.size - 18).astype(i32)
    return {
        "code": np.array(code, np.uint8),
        "inputs": inputs,
        "fuel": i32(1500),
        "results": np.zeros((inputs.size, 4), i32),
        "n": i32(inputs.size),
    }


def _calendar() -> Args:
    rng = np.random.default_rng(32)
    days = rng.integers(-3_000_000, 3_000_000, 96).astype(i32)
    days[:8] = 0, -1, 11016, 10956, 19722, 16800, -719468, 19782
    days[60:] = rng.integers(15000, 22000, 36)
    return {
        "days": days,
        "months": rng.integers(-300, 300, 96).astype(np.int16),
        "packed": np.zeros(96, u32),
        "moved": np.zeros(96, i32),
        "weeks": np.zeros(96, np.uint16),
        "ok": np.zeros(96, np.uint8),
        "easters": np.zeros((96, 2), i32),
    }


def _conversions() -> Args:
    rng = np.random.default_rng(33)
    n = 48
    ints = rng.integers(-(2**63), 2**63 - 1, n) >> rng.integers(0, 60, n)
    ints[:6] = 0, -1, 2**63 - 1, -(2**63), 2**24 + 1, -(2**53) - 1
    floats = (rng.standard_normal(n) * 10.0 ** rng.integers(-3, 6, n)).astype(f32)
    floats[:10] = 0.5, -0.5, 1.5, 2.5, -2.5, np.inf, -np.inf, 3e9, -3e9, 255.5
    doubles = rng.standard_normal(n) * 10.0 ** rng.integers(-50, 50, n)
    doubles[:8] = 0.5, -2.5, 1e19, -1e19, 1e300, 1e-320, 2.0**62 + 2.0**10, 16777217.0
    return {
        "ints": ints,
        "floats": floats,
        "doubles": doubles,
        "int_results": np.zeros((n, 20), np.int64),
        "float_results": np.zeros((n, 16), f32),
        "double_results": np.zeros((n, 8)),
        "half_results": np.zeros((n, 8), np.uint16),
    }


def _directed_rounding() -> Args:
    rng = np.random.default_rng(34)
    points = rng.standard_normal((48, 2)) * 10.0 ** rng.integers(-3, 3, (48, 2))
    return {
        "floats": points.astype(f32),
        "doubles": points,
        "float_bounds": np.zeros((48, 10), f32),
        "double_bounds": np.zeros((48, 10)),
        "checks": np.zeros((48, 2), np.uint8),
    }


def _n_queens() -> Args:
    totals = _struct(("solutions", "u4"), ("hash", "u4"), ("nodes", "u4"), ("deepest", "u4"))
    return {
        "totals": np.zeros(1, totals),
        "complement_of_least": np.zeros(1, u64),
        "per_start": np.zeros(64, np.uint16),
    }


def _atomics_order_free() -> Args:
    rng = np.random.default_rng(35)
    ints, words = "add sub low high", "ulow uhigh all any parity wrapped_up wrapped_down seen_or"
    results = _struct(
        *((name, "i4") for name in ints.split()),
        *((name, "u4") for name in words.split()),
        *((name, "u8") for name in ("add64", "max64", "product", "exchanged")),
        ("fadd", "f4"),
        ("fmax", "f4"),
        ("dadd", "f8"),
        ("extent", "i4", 2),
        ("hadd", "f2", 2),
        ("saturated", "u2"),
        ("bytes", "u1", 6),
    )
    values = rng.integers(-5000, 5000, 600).astype(i32)
    return {
        "values": values,
        "n": i32(values.size),
        "results": np.zeros(3, results),
        "tickets": np.zeros(4, u32),
    }


def _intrinsics_ptx() -> Args:
    rng = np.random.default_rng(36)
    inputs = rng.integers(0, 2**32, (64, 4), u32) >> rng.integers(0, 32, (64, 4), u32)
    inputs[0], inputs[1], inputs[2] = 0, 0xFFFFFFFF, (0x80000000, 0x7FFFFFFF, 1, 31)
    return {"inputs": inputs, "results": np.zeros((64, 44), u32), "per_thread": i32(44)}


def _shuffle_masks() -> Args:
    rng = np.random.default_rng(37)
    return {"in": rng.integers(-1000, 1000, 128).astype(i32), "out": np.zeros((128, 12), u32), "doubles": np.zeros(128)}


def _cooperative_tiles() -> Args:
    rng = np.random.default_rng(38)
    return {"in": rng.integers(-50, 51, 128).astype(i32), "out": np.zeros((128, 28), u32), "per_thread": i32(28)}


def _math_functions() -> Args:
    rng = np.random.default_rng(39)
    n = 30
    return {
        "xs": rng.uniform(-6, 6, n),
        "ys": rng.uniform(0.1, 5, n),
        "results": np.zeros((n, 64)),
        "integers": np.zeros((n, 4), i32),
        "n": i32(n),
    }


def _pointer_zoo() -> Args:
    rng = np.random.default_rng(40)
    data = rng.integers(0, 1000, 128).astype(i32)
    return {
        "data": data,
        "n": i32(128),
        "out": np.zeros((128, 10), i32),
        "punned": np.zeros((128, 4), u32),
        "per_thread": i32(10),
    }


def _sync_nested() -> Args:
    rng = np.random.default_rng(41)
    names = "total greatest rounds mixed even pairs"
    return {
        "scores": rng.integers(0, 60, (6, 128)).astype(i32),
        "final_cells": np.zeros((6, 128), i32),
        "reports": np.zeros(6, _struct(*((name, "i4") for name in names.split()))),
        "stay": i32(80),
        "limit": i32(50),
    }


def _hash_insert() -> Args:
    rng = np.random.default_rng(42)
    pool = rng.integers(0, 2**31, 120).astype(u32)
    pool[:3] = 0, 1, 0x80000000
    return {
        "keys": pool[np.minimum(rng.geometric(0.03, 500) - 1, 119)],
        "n": i32(500),
        "queries": np.concatenate([pool, rng.integers(0, 2**31, 30).astype(u32)]),
        "q": i32(150),
        "counts": np.zeros(150, u32),
        "firsts": np.zeros(150, u32),
        "summary": np.zeros(4, u32),
        "chain_lengths": np.zeros(16, u32),
    }


def _utf8_decode() -> Args:
    rng = np.random.default_rng(43)
    tops = np.array([0x80, 0x800, 0xD800, 0x110000])[rng.integers(0, 4, 350)]
    points = [chr(c) for c in rng.integers(0, tops) if not 0xD800 <= c < 0xE000]
    text = np.frombuffer("".join(points).encode(), np.uint8).copy()
    bad = rng.integers(0, text.size, 40)
    text[bad] = rng.integers(0x80, 0x100, 40)
    text[100:106] = 0xED, 0xA0, 0x80, 0xF4, 0x90, 0x80
    text[-2:] = 0xE2, 0x82
    n = text.size
    return {
        "text": text,
        "n": i32(n),
        "utf32": np.zeros(n, u32),
        "utf16": np.zeros(n, np.uint16),
        "positions": np.zeros(n, np.uint16),
        "summary": np.zeros(4, i32),
    }


PROGRAMS: tuple[Program, ...] = (
    Program("radix_sort", "radix_sort<float, 128, 4, 4>", _radix_sort, 4, 128, shared=7184),
    Program("bitonic_records", "bitonic<Lex<ByGroup, Down<ByWeight>, ByTag, ById>, 256>", _bitonic_records, 2, 64),
    Program("segmented_scan", "segmented_scan", _segmented_scan, 1, 128),
    Program("histogram_private", "histogram<3>", _histogram_private, 6, 128),
    Program("spmv_csr", "spmv<semiring::MinPlus<float>, 8>", _spmv_csr, 3, 96),
    Program("bfs_levels", "bfs", _bfs_levels, 4, 256),
    Program("smith_waterman", "align<64>", _smith_waterman, 6, 64, requires=("generic_pointers",)),
    Program("fft64", "fft<float, 6, 2>", _fft64, 2, (32, 2), rtol=1e-5, atol=1e-5),
    Program("stencil3d", "stencil<short, Periodic, 8, 8, 4>", _stencil3d, (3, 2, 2), (8, 8, 4)),
    Program("lu_small", "lu_solve<double, 5>", _lu_small, 3, 32, rtol=1e-9, atol=1e-10),
    Program("quaternions", "forward_kinematics", _quaternions, 2, 32, rtol=1e-5, atol=2e-5),
    Program("sha256", "sha256", _sha256, 2, 32),
    Program("md5_crc32", "digest", _md5_crc32, 1, 64),
    Program("xxhash", "xxhash", _xxhash, 2, 32),
    Program("aes_ctr", "aes_ctr", _aes_ctr, 2, 64),
    Program("philox", "sample", _philox, 2, 32),
    Program("bignum_carry", "bignum", _bignum_carry, 2, 32, requires=("generic_pointers",)),
    Program("life_bits", "life<3, 24>", _life_bits, 4, (3, 24)),
    Program("transpose_structs", "transpose<SHRINK, 16, 4>", _transpose_structs, (3, 2), (16, 4)),
    Program("ray_spheres", "cast", _ray_spheres, (2, 2), (8, 8), shared=256, rtol=1e-5, atol=1e-6),
    Program("expression_templates", "evaluate", _expression_templates, 2, 64, requires=("generic_pointers",)),
    Program("small_matrix", "matrices<5>", _small_matrix, 2, 32),
    Program("rle_ballot", "encode", _rle_ballot, 1, 256),
    Program("warp_aggregated", "aggregate", _warp_aggregated, 6, 128),
    Program("softmax_online", "softmax<16>", _softmax_online, 5, 64, rtol=1e-5, atol=1e-9),
    Program("layer_norm", "layer_norm<__half, 4, 64>", _layer_norm, 3, 64, rtol=2e-3, atol=1e-3),
    Program("half2_gemm", "gemm<Clip, 32, 64, 32>", _half2_gemm, (2, 2), (16, 16)),
    Program("bf16_reduce", "reduce<2>", _bf16_reduce, 3, 64),
    Program("int8_dot", "matvec<12>", _int8_dot, 3, 32),
    Program("mandelbrot_fixed", "escape<BurningShip, 24, 2>", _mandelbrot_fixed, (2, 4), (16, 8)),
    Program("morton_bits", "morton_bits", _morton_bits, 2, 64),
    Program("compact_merge", "merge<7>", _compact_merge, 1, 64, shared=2400, requires=("generic_pointers",)),
    Program("conv_const", "filter<16, 8>", _conv_const, (3, 3), (16, 8)),
    Program("variant_tuple", "fold", _variant_tuple, 2, 32),
    Program("bytecode_vm", "interpret", _bytecode_vm, 3, 32, shared=256),
    Program("calendar", "calendar", _calendar, 3, 32, requires=("recursion",)),
    Program("conversions", "from_values", _conversions, 1, 48),
    Program("directed_rounding", "intervals", _directed_rounding, 3, 16),
    Program("n_queens", "queens<8>", _n_queens, 1, 64),
    Program("atomics_order_free", "atomics", _atomics_order_free, 3, 96, requires=("generic_pointers",)),
    Program("intrinsics_ptx", "intrinsics", _intrinsics_ptx, 1, 64),
    Program("shuffle_masks", "shuffles", _shuffle_masks, 2, 64),
    Program("cooperative_tiles", "groups", _cooperative_tiles, 1, (16, 4, 2)),
    Program("math_functions", "functions<double, 64>", _math_functions, 1, 32, rtol=1e-12, atol=1e-13),
    Program("pointer_zoo", "pointers", _pointer_zoo, 2, 64, requires=("generic_pointers", "stored_pointers")),
    Program("sync_nested", "phases<128>", _sync_nested, 6, 128),
    Program("hash_insert", "build<256>", _hash_insert, 1, 96, shared=5120),
    Program("utf8_decode", "utf8", _utf8_decode, 1, 64),
)
