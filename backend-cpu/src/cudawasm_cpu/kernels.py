"""Loaded modules: kernels compiled per block shape, and launches."""

from __future__ import annotations

import ctypes
import json
import os
import struct
import sys
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from cudawasm.errors import LaunchError, StopCause
from cudawasm.ir import nodes as n
from cudawasm.ir.text import print_module
from cudawasm.ir.walk import statements
from cudawasm.runtime.cache import default_cache, digest
from cudawasm.runtime.interface import CompileOptions, Dim3
from cudawasm.runtime.params import layout_of
from cudawasm_cpu import jit
from cudawasm_cpu.codegen.kernel import Generated, generate
from cudawasm_cpu.codegen.sites import Site
from cudawasm_cpu.objects import KIND, fingerprint
from cudawasm_cpu.pipeline import prepare
from cudawasm_cpu.pool import MOST_COOPERATIVE_BLOCKS
from cudawasm_cpu.pool_ir import JOB_BYTES

if TYPE_CHECKING:
    from cudawasm_cpu.device import CpuDevice

_JOB = struct.Struct("<QQIIIIQQQQQQQQQQQQ")
_RECORD = struct.Struct("<8iQ")
_SMALL = 20_000
"""Launches of less estimated work (lane operations) than this are not worth waking a thread."""

_SHARED_OF_BATCH = 1 << 17
"""Shared memory, in bytes, that the blocks of a batch may have together: what a second-level cache holds easily."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a launch needs to know of compiled code; stored with it."""

    static_shared: int
    storage: int
    cooperative: bool
    batch: int
    cost: int
    globals: tuple[str, ...]
    sites: tuple[Site, ...]

    @classmethod
    def of(cls, generated: Generated) -> Facts:
        return cls(generated.static_shared, generated.storage, generated.cooperative, generated.batch,
                   generated.cost, generated.globals, generated.sites)  # fmt: skip

    def dump(self) -> bytes:
        fields = asdict(self)
        for site in fields["sites"]:
            site["format"] = site["format"].hex()
            site["strings"] = [s.hex() for s in site["strings"]]
        return json.dumps(fields).encode()

    @classmethod
    def read(cls, data: bytes) -> Facts:
        fields = json.loads(data)
        sites = []
        for site in fields.pop("sites"):
            site["format"] = bytes.fromhex(site["format"])
            site["strings"] = tuple(bytes.fromhex(s) for s in site["strings"])
            sites.append(Site(**site))
        return cls(**{**fields, "globals": tuple(fields["globals"])}, sites=tuple(sites))


class CpuModule:
    """A KIR module on a device of this backend."""

    def __init__(
        self,
        device: CpuDevice,
        module: n.Module,
        options: CompileOptions,
        global_addresses: Mapping[str, int],
    ):
        self.device = device
        self.machine = device.machine
        self.source = module
        self.options = options
        self.global_addresses = dict(global_addresses)
        self._prepared: n.Module | None = None
        self._key = ""

    def kernel(self, name: str) -> CpuKernel:
        """The kernel whose KIR function name this is. Raises KeyError."""
        if not self.source.functions[name].is_kernel:
            raise KeyError(name)
        return CpuKernel(self, name)

    @property
    def key(self) -> str:
        if not self._key:
            options = self.options
            flags = f"{options.fast_math}{options.contract}{options.bounds_checks}"
            parts = (print_module(self.source), _named_places(self.source, options.bounds_checks))
            self._key = digest("kir", *parts, flags, self.machine.key, fingerprint())
        return self._key

    def compile(self, name: str, block: Dim3) -> tuple[Facts, bytes]:
        """Facts and object code of a kernel for a block shape, from the disk cache when they are there."""
        cache = default_cache()
        key = digest(self.key, name, repr(block))
        stored = None if self.options.keep else cache.get(KIND, key)
        if stored is not None:
            size = int.from_bytes(stored[:8], "little")
            return Facts.read(stored[8 : 8 + size]), stored[8 + size :]
        if self._prepared is None:
            self._prepared = prepare(self.source)
        options = replace(self.options, debug=False)  # where code comes from is for people, who ask for a text
        generated = generate(self._prepared, self._prepared.functions[name], block, self.machine, options)
        code = jit.compile_object([generated.text], self.machine)
        facts = Facts.of(generated)
        head = facts.dump()
        cache.put(KIND, key, len(head).to_bytes(8, "little") + head + code)
        if self.options.keep:
            self._keep(name, block, generated.text)
        return facts, code

    def _keep(self, name: str, block: Dim3, text: str) -> None:
        folder = self.options.keep
        os.makedirs(folder, exist_ok=True)
        optimised, assembly = jit.disassembled(text, self.machine)
        stem = os.path.join(folder, f"{name}-{block[0]}x{block[1]}x{block[2]}")
        for suffix, content in ((".raw.ll", text), (".ll", optimised), (".s", assembly)):
            with open(stem + suffix, "w", encoding="utf-8") as file:
                file.write(content)


def _named_places(module: n.Module, all_places: bool) -> str:
    """Where in the source the statements are whose errors name their line: the text of KIR leaves that out."""
    found = (s for function in module.functions.values() for s in statements(function.body))
    return " ".join(str(getattr(s, "span", "")) for s in found if all_places or isinstance(s, n.Trap))


class Specialized:
    """A kernel compiled for one block shape, with the buffers of its launches."""

    def __init__(self, module: CpuModule, name: str, block: Dim3):
        facts, code = module.compile(name, block)
        self.facts = facts
        processor = module.device.processor
        self.function = processor.load(code)
        globals_ = struct.pack(f"<{len(facts.globals)}Q", *(module.global_addresses[g] for g in facts.globals))
        self.globals = processor.memory(max(8, len(globals_)))
        self.globals[: len(globals_)] = globals_
        self.job = processor.memory(JOB_BYTES)
        self.record = processor.memory(64)
        types = tuple(param.type for param in module.source.functions[name].params)
        self.params = processor.memory(layout_of(types).size + 64)  # vectors may be read past the end
        self.params_view = memoryview(self.params).cast("B")
        self.addresses = tuple(ctypes.addressof(x) for x in (self.params, self.globals, self.record, self.job))
        self.threads = block[0] * block[1] * block[2]
        self.work = max(1, facts.cost * self.threads)


class CpuKernel:
    """A kernel of a loaded module."""

    def __init__(self, module: CpuModule, name: str):
        self.module = module
        self.name = name
        self._by_block: dict[Dim3, Specialized] = {}
        self._lock = threading.Lock()

    def specialized(self, block: Dim3) -> Specialized:
        with self._lock:
            if block not in self._by_block:
                self._by_block[block] = Specialized(self.module, self.name, block)
            return self._by_block[block]

    def prepare(self, block: Dim3) -> None:
        """Compile for a block shape now. Raises CompileError."""
        self.specialized(block)

    def launch(self, grid: Dim3, block: Dim3, shared_bytes: int, stream: int, params: bytearray) -> None:
        """Run the kernel to its end. Raises LaunchError when it stopped (assert, trap, bounds)."""
        special = self._by_block.get(block) or self.specialized(block)
        facts = special.facts
        pool = self.module.device.processor
        blocks = grid[0] * grid[1] * grid[2]
        shared = (facts.static_shared + shared_bytes + 127) & ~63
        batch = max(1, min(facts.batch, _SHARED_OF_BATCH // shared))
        storage = batch * shared
        stride = (storage + facts.storage + 255) & ~63
        with pool.lock:
            arenas = self._check_cooperative(blocks) if facts.cooperative else pool.threads
            base = pool.arena(arenas * stride)
            params_at, globals_at, record_at, job_at = special.addresses
            special.params_view[: len(params)] = params
            bounds, keep = self._bounds() if self.module.options.bounds_checks else ((0, 0), None)
            _JOB.pack_into(special.job, 0, params_at, globals_at, *grid, shared_bytes, record_at, 0, *bounds,
                           storage, shared, 0, 0, 0, base, stride, batch)  # fmt: skip
            if facts.cooperative:
                stopped, text = pool.run_cooperative(special.function, job_at, blocks, facts.sites)
            else:
                chunk = blocks
                if pool.threads > 1 and blocks > 1 and blocks * special.work > _SMALL:
                    chunk = max(1, min(blocks // (pool.threads * (8 if batch == 1 else 4)), 1024))
                stopped, text = pool.run(special.function, job_at, blocks, chunk, facts.sites)
            del keep
            if stopped:
                record = _RECORD.unpack_from(special.record)
                ctypes.memset(record_at, 0, 64)
        if text:
            sys.stdout.write(text)
        if stopped:
            raise _launch_error(self.name, facts.sites[record[1]], record)

    def _check_cooperative(self, blocks: int) -> int:
        if blocks > MOST_COOPERATIVE_BLOCKS:
            raise LaunchError(
                f"a grid of {blocks} blocks that wait for each other does not fit; at most "
                f"{MOST_COOPERATIVE_BLOCKS} blocks can be on the device at once"
            )
        return blocks

    def _bounds(self) -> tuple[tuple[int, int], Any]:
        """((address, rows) of the table of allocations, what keeps it alive)."""
        rows = self.module.device.allocations()
        table = self.module.device.processor.memory(max(8, 16 * len(rows)))
        struct.pack_into(f"<{2 * len(rows)}Q", table, 0, *(x for row in rows for x in row))
        return (ctypes.addressof(table), len(rows)), table


def _launch_error(name: str, site: Site, record: tuple[int, ...]) -> LaunchError:
    _, _, bx, by, bz, tx, ty, tz, address = record
    where = f"{site.file}:{site.line}: " if site.file else ""
    who = f"block ({bx}, {by}, {bz}), thread ({tx}, {ty}, {tz})"
    cause: StopCause
    match site.kind:
        case "assert":
            what, cause = f"assertion failed: {site.text}", "assert"
        case "bounds":
            what, cause = f"{site.text} at {address:#x} is outside of all memory", "address"
        case _:
            what, cause = "trap", "other"
    return LaunchError(f"{where}{what}; kernel {name}, {who}", cause=cause)
