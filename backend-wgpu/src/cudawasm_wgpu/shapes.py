"""The shape of a launch in a program's text: blocks, shared memory whose size a launch gives, grids that are folded."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from cudawasm.runtime.interface import Dim3

THREAD_NUMBER = "thread_number"
_FLAT = "grid_part.x + parts.x * (grid_part.y + parts.y * grid_part.z)"
_BLOCK_OF_FLAT = "flat % grid_dim.x, flat / grid_dim.x % grid_dim.y, flat / grid_dim.x / grid_dim.y"
_BLOCKS = "grid_dim.x * grid_dim.y * grid_dim.z"
_FOLDED = f"""\
    if (folded) {{
        let flat = {_FLAT};
        if (flat >= {_BLOCKS}) {{
            return;
        }}
        block = vec3<u32>({_BLOCK_OF_FLAT});
    }}"""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a program is made for: blocks of a shape and bytes of dynamic shared memory.

    ``fold`` says for which grids blocks past what a dispatch takes in a dimension are folded into others: those that
    have one dimension only, or any. A shape that is ``late`` is given when a pipeline is made of the text; the other
    fields are what is taken where nothing is given.
    """

    block: Dim3
    shared_bytes: int = 0
    fold: Literal["none", "line", "any"] = "none"
    late: bool = False
    width: int = 0
    """Where the block is larger than the device's, the threads that run at a time."""

    @property
    def needs_grid(self) -> bool:
        """Whether the launch's grid is another than the one that is dispatched."""
        return self.late or self.fold != "none"

    def elements(self, size: int) -> str:
        """How many elements of ``size`` bytes are in dynamic shared memory; at least one, as an array has."""
        if self.late:
            return f"max(1u, (dynamic_shared_bytes + {size - 1}u) / {size}u)"
        return str(max(1, -(-self.shared_bytes // size)))

    def constants(self, used: Collection[str]) -> list[str]:
        """Declarations outside of functions; ``used``: values of the launch that the text names."""
        x, y, z = self.block
        if self.late:
            lines = [f"override block_{a}: u32 = {n}u;" for a, n in zip("xyz", self.block, strict=True)]
            lines.append("override folded: bool = false;")
            return [*lines, *self._bytes(used, "override dynamic_shared_bytes: u32")]
        has_block = any(v.startswith("block_dim") for v in used)
        lines = [f"const block_dim = vec3<u32>({x}u, {y}u, {z}u);"] if has_block else []
        return [*lines, *self._bytes(used, "const dynamic_shared_bytes")]

    def _bytes(self, used: Collection[str], declared: str) -> list[str]:
        return [f"{declared} = {self.shared_bytes}u;"] if "dynamic_shared_bytes" in used else []

    def workgroup(self) -> str:
        if self.width:
            return f"@compute @workgroup_size({self.width}, 1, 1)"
        x, y, z = ("block_x", "block_y", "block_z") if self.late else self.block
        return f"@compute @workgroup_size({x}, {y}, {z})"

    def inputs(self, used: Collection[str]) -> list[str]:
        """Parameters of the entry point."""
        found = []
        if any(v.startswith("thread_idx") for v in used):
            found.append("@builtin(local_invocation_id) thread: vec3<u32>")
        if not {"lane_id", "warp_id", THREAD_NUMBER}.isdisjoint(used):
            found.append("@builtin(local_invocation_index) thread_number: u32")
        if self.needs_grid or any(v.startswith("block_idx") for v in used):
            found.append(f"@builtin(workgroup_id) {'grid_part' if self.needs_grid else 'block'}: vec3<u32>")
        if self.needs_grid or any(v.startswith("grid_dim") for v in used):
            found.append(f"@builtin(num_workgroups) {'parts' if self.needs_grid else 'grid_dim'}: vec3<u32>")
        return found

    def start(self, used: Collection[str]) -> list[str]:
        """What stands before the kernel's own statements."""
        if self.late:
            has_block = any(v.startswith("block_dim") for v in used)
            lines = ["    let block_dim = vec3<u32>(block_x, block_y, block_z);"] if has_block else []
            return [*lines, "    let grid_dim = params.grid_dim;", "    var block = grid_part;", *_FOLDED.split("\n")]
        if self.fold == "none":
            return []
        is_line = self.fold == "line"
        return [
            f"    let flat = {_FLAT};",
            "    let grid_dim = params.grid_dim;",
            f"    if (flat >= {'grid_dim.x' if is_line else _BLOCKS}) {{",
            "        return;",
            "    }",
            f"    let block = vec3<u32>({'flat, 0u, 0u' if is_line else _BLOCK_OF_FLAT});",
        ]
