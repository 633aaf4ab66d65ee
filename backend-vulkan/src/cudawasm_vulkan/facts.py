"""What a launch needs to know of a module, in a form that the disk cache keeps."""

from __future__ import annotations

import json
from dataclasses import dataclass

from cudawasm.passes.prints_to_buffer import PrintSite
from cudawasm.passes.traps_to_record import TrapSite
from cudawasm.runtime.records import dump_sites, read_sites
from cudawasm_vulkan.emitter import Emitted
from cudawasm_vulkan.pipeline import Prepared


@dataclass(frozen=True, slots=True)
class Facts:
    """``size``, ``is_behind``, ``dynamic``, ``shared``, ``warps`` are those of ``Emitted``."""

    name: str
    prints: tuple[PrintSite, ...]
    traps: tuple[TrapSite, ...]
    globals: tuple[str, ...]
    size: int
    is_behind: bool
    dynamic: int
    shared: int
    warps: bool

    @classmethod
    def of(cls, made: Emitted, prepared: Prepared) -> Facts:
        names = tuple(v.name for v in prepared.globals)
        return cls(made.name, prepared.prints, prepared.traps, names, made.size, made.is_behind, made.dynamic,
                   made.shared, made.warps)  # fmt: skip

    @property
    def reports(self) -> bool:
        """Whether a launch may print or stop."""
        return bool(self.prints or self.traps)

    def dump(self) -> bytes:
        rest = (self.globals, self.size, self.is_behind, self.dynamic, self.shared, self.warps)
        return json.dumps([self.name, dump_sites(self.prints, self.traps), *rest]).encode()

    @classmethod
    def read(cls, data: bytes) -> Facts:
        name, sites, globals_, *rest = json.loads(data)
        return cls(name, *read_sites(sites), tuple(globals_), *rest)
