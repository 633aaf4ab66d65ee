"""What a launch needs to know of a module, in a form that the disk cache keeps."""

from __future__ import annotations

import json
from dataclasses import dataclass

from cudawasm.passes.prints_to_buffer import PrintSite
from cudawasm.passes.traps_to_record import TrapSite
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
        prints = [(p.format.hex(), p.kinds, [s.hex() for s in p.strings]) for p in self.prints]
        traps = [(t.message, t.file, t.line) for t in self.traps]
        rest = (self.globals, self.size, self.is_behind, self.dynamic, self.shared, self.warps)
        return json.dumps([self.name, prints, traps, *rest]).encode()

    @classmethod
    def read(cls, data: bytes) -> Facts:
        name, prints, traps, globals_, *rest = json.loads(data)
        sites = tuple(PrintSite(bytes.fromhex(f), k, tuple(map(bytes.fromhex, s))) for f, k, s in prints)
        return cls(name, sites, tuple(TrapSite(*t) for t in traps), tuple(globals_), *rest)
