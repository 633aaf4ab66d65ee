"""How the threads of a block are dealt to gangs of lanes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from cudawasm.runtime.interface import Dim3

WARP = 32


@dataclass(frozen=True)
class GangLayout:
    """Gangs of ``width`` lanes over a block of threads.

    With ``by_rows``, gangs never leave a row (x) of the block, and a row's last gang may be partial; otherwise
    lanes follow the linear thread number, as CUDA's warps do, and only the block's last gang may be partial.

    ``batch``: how many neighbouring blocks (in x) run together at most, region by region. Gangs are numbered
    through all of them. ``group``: how many gangs of a block without barriers run together, or 0 for all.
    """

    block: Dim3
    width: int
    by_rows: bool
    batch: int = 1
    group: int = 0

    @property
    def threads(self) -> int:
        return self.block[0] * self.block[1] * self.block[2]

    @property
    def gangs_per_row(self) -> int:
        return -(-self.block[0] // self.width)

    @property
    def gangs(self) -> int:
        if self.by_rows:
            return self.gangs_per_row * self.block[1] * self.block[2]
        return -(-self.threads // self.width)

    @property
    def together(self) -> int:
        """How many gangs go through block-level code together, at most."""
        return self.group or self.gangs * self.batch

    @cached_property
    def indices(self) -> list[list[tuple[int, int, int]]]:
        """threadIdx of each lane of each gang; lanes past the end continue the pattern."""
        bx, by, _ = self.block
        out = []
        for gang in range(self.gangs):
            if self.by_rows:
                row, segment = divmod(gang, self.gangs_per_row)
                out.append([(segment * self.width + k, row % by, row // by) for k in range(self.width)])
            else:
                linear = [gang * self.width + k for k in range(self.width)]
                out.append([(t % bx, t // bx % by, t // (bx * by)) for t in linear])
        return out

    @cached_property
    def masks(self) -> list[int]:
        """Bit k of entry g: lane k of gang g is a thread of the block."""
        bx, _, bz = self.block
        return [sum(1 << k for k, (x, _, z) in enumerate(gang) if x < bx and z < bz) for gang in self.indices]

    @property
    def is_full(self) -> bool:
        full = (1 << self.width) - 1
        return all(mask == full for mask in self.masks)


def choose_layout(block: Dim3, lanes: int, *, warps: bool, scalar: bool = False) -> GangLayout:
    """The layout for a block: exact warps when asked, else lanes along x where that is possible."""
    if scalar:
        return GangLayout(block, 1, by_rows=False)
    if warps:
        return GangLayout(block, WARP, by_rows=False)
    bx, by, bz = block
    if bx >= lanes:
        return GangLayout(block, lanes, by_rows=True)
    if by * bz == 1:
        width = 1
        while width < bx:
            width *= 2
        return GangLayout(block, width, by_rows=True)
    if bx in (8, 4) and bx >= lanes // 2:
        return GangLayout(block, bx, by_rows=True)
    return GangLayout(block, lanes, by_rows=False)
