"""A kernel for one block shape as a WebAssembly object, and what a launch of it needs to know."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import InternalError, UnsupportedFeature
from cudawasm.ir import nodes as n
from cudawasm.passes.prints_to_buffer import PrintSite
from cudawasm.passes.traps_to_record import TrapSite
from cudawasm.runtime.cache import default_cache, digest, module_digest
from cudawasm.runtime.interface import CompileOptions, Dim3
from cudawasm.runtime.records import dump_sites, read_sites
from cudawasm_cpu import jit
from cudawasm_cpu.codegen.kernel import generate
from cudawasm_cpu.machine import Machine
from cudawasm_cpu.objects import fingerprint
from cudawasm_cpu.wasm.driver_ir import driver_text
from cudawasm_cpu.wasm.library_ir import LIBRARY
from cudawasm_cpu.wasm.linker import Linked
from cudawasm_cpu.wasm.object_file import read_object
from cudawasm_cpu.wasm.pipeline import Prepared, prepare

KIND = "wasm"
PROVIDED = frozenset(("cudawasm_clock",))
"""Functions that a module's host provides."""
STACK_BYTES = 4 << 20
"""Of each worker; pages that nobody touches cost nothing."""
_MOST_STACK = STACK_BYTES - 4096


@dataclass(frozen=True, slots=True)
class Facts:
    """``export``: the function that runs blocks. ``params``: bytes of the kernel's own parameters, after which come
    the addresses of the print buffer and of the trap record, where there are ``prints`` and ``traps``. The rest is as
    in ``codegen.kernel.Generated``."""

    export: str
    params: int
    static_shared: int
    storage: int
    batch: int
    cost: int
    globals: tuple[str, ...]
    prints: tuple[PrintSite, ...]
    traps: tuple[TrapSite, ...]

    @property
    def reports(self) -> bool:
        """Whether a launch may print or stop."""
        return bool(self.prints or self.traps)

    def as_json(self) -> dict[str, Any]:
        fields = asdict(self)
        del fields["prints"], fields["traps"]
        return {**fields, "sites": dump_sites(self.prints, self.traps)}

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Facts:
        prints, traps = read_sites(fields.pop("sites"))
        return cls(**{**fields, "globals": tuple(fields["globals"])}, prints=prints, traps=traps)


@dataclass(frozen=True, slots=True)
class KernelText:
    """LLVM IR of a module that runs one kernel."""

    facts: Facts
    text: str


def kernel_text(prepared: Prepared, export: str, block: Dim3, machine: Machine, options: CompileOptions) -> KernelText:
    """The text of a prepared kernel for blocks of shape ``block``. Raises CompileError."""
    function = prepared.function
    entry = f"{export} blocks"
    made = generate(prepared.module, function, block, machine, options, entry)
    hidden = 8 * (bool(prepared.prints) + bool(prepared.traps))
    facts = Facts(export, made.params_size - hidden, made.static_shared, made.storage, made.batch, made.cost,
                  made.globals, prepared.prints, prepared.traps)  # fmt: skip
    return KernelText(facts, made.text + driver_text(export, entry))


def kernel_object(
    module: n.Module, kernel: str, block: Dim3, machine: Machine, options: CompileOptions
) -> tuple[Facts, bytes]:
    """Facts and object of a kernel, from the disk cache when they are there. Raises CompileError."""
    cache = default_cache()
    flags = f"{options.fast_math}{options.contract}"
    key = digest("wasm", module_digest(module), kernel, repr(block), flags, machine.key, fingerprint())
    stored = cache.get(KIND, key)
    if stored is not None:
        size = int.from_bytes(stored[:8], "little")
        return Facts.from_json(json.loads(stored[8 : 8 + size])), stored[8 + size :]
    plain = replace(options, debug=False)  # where code comes from is for people, who ask for a text
    made = kernel_text(prepare(module, kernel, machine.fuses), "run", block, machine, plain)
    code = complete_object([made.text], machine)
    head = json.dumps(made.facts.as_json()).encode()
    cache.put(KIND, key, len(head).to_bytes(8, "little") + head + code)
    return made.facts, code


def complete_object(texts: Sequence[str], machine: Machine) -> bytes:
    """The object of modules that together call nothing outside of them. Raises InternalError."""
    code = jit.compile_object(texts, machine)
    missing = read_object(code).undefined_functions - PROVIDED
    if unknown := missing - LIBRARY.keys():
        raise InternalError(f"WebAssembly has no {', '.join(sorted(unknown))}")
    if not missing:
        return code
    return jit.compile_object([*texts, *(LIBRARY[name] for name in sorted(missing))], machine)


def refuse_large_frames(linked: Linked, function: n.Function) -> None:
    """Raises UnsupportedFeature (E0404) for a kernel whose threads' arrays would leave the stack."""
    if linked.frame_bytes > _MOST_STACK:
        what = f"local memory: a gang of threads takes {linked.frame_bytes} bytes of a stack of {STACK_BYTES}"
        raise UnsupportedFeature([Diagnostic("E0404", f"the device has not enough {what}", function.span)])
