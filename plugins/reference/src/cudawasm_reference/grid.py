"""The threads that run together, as rows: those of one block, or of all blocks of a cooperative launch."""

from __future__ import annotations

import numpy as np

from cudawasm.ir.nodes import SpecialName
from cudawasm.runtime.interface import Dim3
from cudawasm_reference.values import Array

WARP = 32


class Threads:
    """Rows are padded to whole warps in each block; ``exists`` says which are threads.

    ``slot``: the number of a row's block among those that run. ``owner``: the row's own number.
    """

    def __init__(self, grid: Dim3, block: Dim3, blocks: Array, dynamic_shared: int):
        per_block = block[0] * block[1] * block[2]
        padded = -(-per_block // WARP) * WARP
        linear = np.tile(np.arange(padded), len(blocks))
        self.count = len(linear)
        self.slot: Array = np.repeat(np.arange(len(blocks)), padded)
        self.owner: Array = np.arange(self.count)
        self.exists: Array = linear < per_block
        self.blocks = len(blocks)
        self._special: dict[str, Array] = {"lane_id": linear % WARP, "warp_id": linear // WARP}
        for name, extent in (("block_dim", block), ("grid_dim", grid)):
            self._set(name, *(np.full(self.count, e) for e in extent))
        self._set("thread_idx", *_coordinates(linear, block))
        self._set("block_idx", *_coordinates(np.repeat(blocks, padded), grid))
        self._special["dynamic_shared_bytes"] = np.full(self.count, dynamic_shared)

    def _set(self, name: str, x: Array, y: Array, z: Array) -> None:
        self._special.update({f"{name}.x": x, f"{name}.y": y, f"{name}.z": z})

    def special(self, name: SpecialName) -> Array:
        return self._special[name].astype(np.uint32)

    def place(self, row: int) -> str:
        """Who a row is, for messages."""
        block, thread = (
            ", ".join(str(self._special[f"{name}.{axis}"][row]) for axis in "xyz")
            for name in ("block_idx", "thread_idx")
        )
        return f"block ({block}), thread ({thread})"


def _coordinates(linear: Array, extent: Dim3) -> tuple[Array, Array, Array]:
    return linear % extent[0], linear // extent[0] % extent[1], linear // (extent[0] * extent[1])
