"""What a launch needs to know of a program, in a form that the disk cache keeps."""

from __future__ import annotations

import json
from dataclasses import dataclass

from cudawasm.ir.types import size_of
from cudawasm.passes.prints_to_buffer import PrintSite
from cudawasm.passes.traps_to_record import TrapSite
from cudawasm.runtime.records import dump_sites, read_sites
from cudawasm_opencl.emitter import Emitted
from cudawasm_opencl.pipeline import Prepared


@dataclass(frozen=True, slots=True)
class Facts:
    """``arrays``: bytes of each shared variable that is an argument. The order of arguments is ``Prepared``'s."""

    name: str
    prints: tuple[PrintSite, ...]
    traps: tuple[TrapSite, ...]
    globals: tuple[str, ...]
    arrays: tuple[int, ...]
    dynamic: bool
    dynamic_size: bool

    @classmethod
    def of(cls, made: Emitted, prepared: Prepared) -> Facts:
        names, sizes = (v.name for v in prepared.globals), (size_of(v.type) for v in prepared.arrays)
        return cls(made.name, prepared.prints, prepared.traps, tuple(names), tuple(sizes), made.dynamic,
                   made.dynamic_size)  # fmt: skip

    @property
    def reports(self) -> bool:
        """Whether a launch may print or stop."""
        return bool(self.prints or self.traps)

    def dump(self) -> bytes:
        rest = (self.globals, self.arrays, self.dynamic, self.dynamic_size)
        return json.dumps([self.name, dump_sites(self.prints, self.traps), *rest]).encode()

    @classmethod
    def read(cls, data: bytes) -> Facts:
        name, sites, globals_, arrays, dynamic, dynamic_size = json.loads(data)
        return cls(name, *read_sites(sites), tuple(globals_), tuple(arrays), dynamic, dynamic_size)
