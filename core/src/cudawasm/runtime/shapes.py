"""Shapes of grids and blocks as people write them."""

from __future__ import annotations

from cudawasm.runtime.interface import Dim3


def read_shape(text: str) -> Dim3:
    """One to three extents, as "256", "16,16" or "16x16x1". Raises ValueError for others."""
    try:
        extents = [int(part) for part in text.replace("x", ",").split(",")]
    except ValueError:
        extents = []
    if not 1 <= len(extents) <= 3 or min(extents) < 1:
        raise ValueError(f'"{text}" is not a shape such as 256 or 16,16,1')
    padded = (*extents, 1, 1)
    return padded[0], padded[1], padded[2]
