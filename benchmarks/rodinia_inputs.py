"""Inputs for ``rodinia.py``, in the formats that Rodinia's programs read; every one is the same in each run."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np


def _numbers(path: Path, values: np.ndarray, form: str = "%.6g") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savetxt(path, values, fmt=form)


def graph(path: Path, nodes: int, degree: int = 6) -> None:
    """A directed graph: each node's first edge and number of edges, the source, then (target, weight) pairs."""
    random = np.random.default_rng(1)
    counts = random.integers(1, 2 * degree, nodes)
    starts = np.concatenate(([0], np.cumsum(counts)[:-1]))
    edges = np.stack((random.integers(0, nodes, counts.sum()), random.integers(1, 10, counts.sum())), axis=1)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        file.write(f"{nodes}\n")
        np.savetxt(file, np.stack((starts, counts), axis=1), fmt="%d")
        file.write(f"\n0\n\n{counts.sum()}\n")
        np.savetxt(file, edges, fmt="%d")


def temperatures(folder: Path, name: str, count: int) -> None:
    """``temp_NAME`` and ``power_NAME``: one number a line."""
    random = np.random.default_rng(2)
    _numbers(folder / f"temp_{name}", random.uniform(320, 340, count), "%.3f")
    _numbers(folder / f"power_{name}", random.uniform(0, 1e-2, count), "%.6f")


def linear_system(path: Path, size: int) -> None:
    """A diagonally dominant matrix, its right-hand side and the solution 1, 1, ..."""
    matrix = np.random.default_rng(3).uniform(-1, 1, (size, size)) + size * np.eye(size)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        file.write(f"{size}\n\n")
        for rows in (matrix, matrix.sum(axis=1)[None], np.ones((1, size))):
            np.savetxt(file, rows, fmt="%.5f")
            file.write("\n")


def mesh(path: Path, rows: int, columns: int) -> None:
    """Cells with four neighbours each; faces are not quite closed, so that the flow does something."""
    random = np.random.default_rng(4)
    cell = np.arange(rows * columns).reshape(rows, columns) + 1  # numbered from 1, as in Fortran
    padded = np.pad(cell, 1, constant_values=-2)  # -2: far field
    neighbours = (padded[1:-1, :-2], padded[1:-1, 2:], padded[:-2, 1:-1], padded[2:, 1:-1])
    normals = np.array(((-1, 0, 0), (1, 0, 0), (0, -1, 0), (0, 1, 0)), float)
    path.parent.mkdir(parents=True, exist_ok=True)
    table = np.empty((cell.size, 17))
    table[:, 0] = random.uniform(0.9, 1.1, cell.size)
    for side, (neighbour, normal) in enumerate(zip(neighbours, normals, strict=True)):
        table[:, 1 + side * 4] = neighbour.ravel()
        table[:, 2 + side * 4 : 5 + side * 4] = normal + random.uniform(-1e-3, 1e-3, (cell.size, 3))
    form = ["%.6f", *["%d", "%.6f", "%.6f", "%.6f"] * 4]
    with path.open("w") as file:
        file.write(f"{cell.size}\n")
        np.savetxt(file, table, fmt=form)


def keys(folder: Path, count: int, finds: int, ranges: int) -> None:
    """``mil.txt``, the keys of a tree, and ``command.txt``, queries for single keys and for ranges."""
    _numbers(folder / "mil.txt", np.concatenate(([count], np.random.default_rng(5).permutation(count))), "%d")
    (folder / "command.txt").write_text(f"k {finds}\nj {ranges} 600\n")


def hurricanes(folder: Path, files: int, records: int) -> None:
    """Fixed-width records of storms, and ``list``, which names their files."""
    random = np.random.default_rng(6)
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for i in range(files):
        path = folder / f"storms_{i}.db"
        places = zip(random.uniform(7, 70, records), random.uniform(0, 358, records), strict=True)
        lines = (f"{1950 + n % 55:4d} {1 + n % 12:2d} {1 + n % 28:2d} {6 * (n % 4):2d} {1 + n % 28:2d} "
                 f"{'STORM':<9s} {lat:5.1f} {lon:5.1f} {10 + n % 155:4d} {n % 900:4d}\n"
                 for n, (lat, lon) in enumerate(places))  # fmt: skip
        path.write_text("".join(lines))
        names.append(f"../../data/nn/{path.name}\n")
    (folder / "list").write_text("".join(names))


def text_of_skewed_bytes(path: Path, size: int) -> None:
    """Bytes that a Huffman code makes shorter."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.minimum(np.random.default_rng(7).geometric(0.12, size), 255).astype(np.uint8).tofile(path)


def picture(path: Path, width: int, height: int) -> None:
    """Raw RGB bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    across, down = np.meshgrid(np.arange(width), np.arange(height))
    channels = [128 + 100 * np.sin(across / 37 + c) * np.cos(down / 23 + c) for c in range(3)]
    noise = np.random.default_rng(8).integers(-8, 8, (height, width, 3))
    (np.stack(channels, axis=2) + noise).clip(0, 255).astype(np.uint8).tofile(path)


def grey_picture(path: Path, width: int, height: int) -> None:
    """A PGM of text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        file.write(f"P2\n{width} {height}\n255\n")
        np.savetxt(file, np.random.default_rng(9).integers(1, 255, (height, width)), fmt="%d")


def film(path: Path, width: int, height: int, count: int) -> None:
    """An uncompressed grey AVI of blobs that move."""
    random = np.random.default_rng(11)
    still = random.integers(0, 60, (height, width)).astype(float)
    across, down = np.meshgrid(np.arange(width), np.arange(height))
    frames = []
    for i in range(count):
        radius = np.hypot(across - width / 2, (down - height / 2)) - 80 - 5 * np.sin(i / 3)
        frame = (still + 150 * np.exp(-((radius / 15) ** 2))).clip(0, 255).astype(np.uint8)
        frames.append(b"00db" + struct.pack("<I", frame.size) + frame.tobytes())
    stream = b"vidsDIB " + struct.pack("<4I", 0, 0, 0, 1) + struct.pack("<6I", 25, 0, count, 0, 0, 0) + bytes(8)
    bitmap = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 0, width * height, 0, 0, 0, 0)
    header = _chunk(
        b"LIST",
        b"hdrl"
        + _chunk(b"avih", struct.pack("<14I", 40000, 0, 0, 0, count, 0, 1, 0, width, height, 0, 0, 0, 0))
        + _chunk(b"LIST", b"strl" + _chunk(b"strh", stream) + _chunk(b"strf", bitmap)),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_chunk(b"RIFF", b"AVI " + header + _chunk(b"LIST", b"movi" + b"".join(frames))))


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content
