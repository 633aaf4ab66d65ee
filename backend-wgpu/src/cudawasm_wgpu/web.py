"""WGSL in packages for the web: texts for any launch, and what ``js/src/webgpu.js`` needs to know of them.

A text serves all block shapes, sizes of dynamic shared memory and grids: these are constants that a pipeline is given.
All device memory is in one buffer where it fits, of which a kernel binds an allocation for each of its pointers. Where
two pointers share an allocation a second program is launched, for which all its pointers are positions in one binding.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import CompileError, UnsupportedFeature
from cudawasm.ir.nodes import Module
from cudawasm.ir.types import Array, Struct, Type, Vector, size_of
from cudawasm.runtime.interface import CompileOptions
from cudawasm.runtime.records import dump_sites
from cudawasm.web.interface import WebCode, WebKernel
from cudawasm_wgpu.browser_texts import CONSTANTS
from cudawasm_wgpu.facts import KernelFacts, ProgramFacts
from cudawasm_wgpu.pipeline import Arguments
from cudawasm_wgpu.shapes import Shape
from cudawasm_wgpu.texts import Texts
from cudawasm_wgpu.traits import BROWSER

_MOST_SHARED = 32 * 1024
"""Bytes of shared memory that browsers give a block where the GPU has them."""
_MOST_THREADS = 256
"""Threads of a block that browsers promise."""
_ANY = Shape((_MOST_THREADS, 1, 1), late=True)
_LARGE = replace(_ANY, width=_MOST_THREADS)


@dataclass(frozen=True, slots=True)
class WgslWebTarget:
    """The WebGPU part of a package."""

    name: str = "webgpu"

    def generate(self, kernels: Sequence[WebKernel], options: CompileOptions) -> WebCode:
        """A kernel that the dialect for browsers has no words for is refused, and stops no other."""
        files: dict[str, bytes] = {}
        facts: dict[str, dict[str, Any]] = {}
        refused: dict[str, tuple[Diagnostic, ...]] = {}
        for kernel in kernels:
            try:
                made = _Exported.of(kernel, options)
            except CompileError as error:
                refused[kernel.name] = error.diagnostics
                continue
            facts[kernel.name] = made.facts(_Names(kernel.name, files))
        limits = {
            "maxStorageBuffersPerShaderStage": max((k["buffers"] for k in facts.values()), default=0),
            "maxComputeWorkgroupStorageSize": max((k["shared"] for k in facts.values()), default=0),
        }
        return WebCode(files, facts, {"limits": limits, "heap": any(k["heap"] for k in facts.values())}, refused)


@dataclass(slots=True)
class _Names:
    """Gives texts of a kernel names of files, the same text the same one."""

    kernel: str
    files: dict[str, bytes]

    def file(self, text: str, kind: str) -> str:
        data = text.encode()
        stem = re.sub(r"[^A-Za-z0-9_]+", "_", self.kernel).strip("_") or "kernel"
        for suffix in (kind, *(f"{kind}.{i}" for i in range(2, 1000))):
            name = f"{stem}{suffix}.wgsl"
            if self.files.setdefault(name, data) == data:
                return name
        raise ValueError(f"no name for a file of {self.kernel}")


@dataclass(frozen=True, slots=True)
class _Exported:
    kernel: WebKernel
    base: KernelFacts
    shared: int
    programs: Mapping[str, ProgramFacts] = field(default_factory=dict)
    """By the end of their files' names."""

    @classmethod
    def of(cls, kernel: WebKernel, options: CompileOptions) -> _Exported:
        """Raises CompileError."""
        texts = Texts(kernel.module, kernel.kernel, BROWSER, options)
        base = texts.facts()
        apart = Arguments(base.apart)
        shared = shared_bytes(texts.lowered(apart).module)
        if shared > _MOST_SHARED:
            what = f"the kernel has {shared} bytes of shared memory, and browsers give a block {_MOST_SHARED} at most"
            raise UnsupportedFeature([Diagnostic("E0408", what, kernel.function.span)])
        kinds = {"": _ANY}
        if any(x * y * z > _MOST_THREADS for x, y, z in kernel.blocks):
            kinds[".large"] = _LARGE
        programs = {kind: texts.program(shape, apart) for kind, shape in kinds.items()}
        others = [p for p in base.pointers if p not in base.apart]
        if len(others) > 1 and not base.heap:
            together = Arguments(base.apart, dict.fromkeys(others[1:], others[0]))
            with suppress(UnsupportedFeature):  # of types that cannot share memory: such launches are refused
                programs.update({f"{kind}.together": texts.program(s, together) for kind, s in kinds.items()})
        return cls(kernel, base, shared, programs)

    def facts(self, names: _Names) -> dict[str, Any]:
        base = self.base
        return {
            "params": _params(base),
            "sites": dump_sites(base.prints, base.traps) if base.reports else None,
            "heap": base.heap,
            "shared": self.shared,
            "buffers": min(len(p.bindings) for p in self.programs.values()),
            "programs": [_program(p, names.file(p.text, kind), kind) for kind, p in self.programs.items()],
        }


def _params(base: KernelFacts) -> list[dict[str, Any]]:
    """What each parameter of the programs is: a part of the launch's parameters, or something of the device's."""
    found: list[dict[str, Any]] = []
    for param, place in zip(base.params, base.places, strict=False):
        kind = "copy" if place.by_address else "pointer" if param.is_pointer else "number"
        entry = {"name": param.name, "kind": kind, "offset": place.offset, "size": place.size}
        found.append({**entry, "signed": True} if param.is_signed else entry)
    own = [("prints", "")] * bool(base.prints) + [("traps", "")] * bool(base.traps)
    own += [("global", name) for name in base.globals]
    for param, (kind, name) in zip(base.params[len(base.places) :], own, strict=True):
        found.append({"name": param.name, "kind": kind, **({"global": name} if name else {})})
    return found


def _program(program: ProgramFacts, file: str, kind: str) -> dict[str, Any]:
    overrides = [name for name in ("dynamic_shared_bytes", *CONSTANTS) if f"override {name}:" in program.text]
    return {
        "file": file,
        "together": kind.endswith(".together"),
        "large": kind.startswith(".large"),
        "uniform": program.uniform_bytes,
        "fields": [list(f) for f in program.fields],
        "bindings": [{"params": list(b.params), "unit": b.unit, "heap": b.is_heap} for b in program.bindings],
        "overrides": overrides,
    }


def shared_bytes(module: Module) -> int:
    """Bytes of shared memory that a kernel's text declares, without those whose size a launch gives."""
    return sum(-(-_bytes_in_wgsl(v.type) // 16) * 16 for v in module.shared)


def _bytes_in_wgsl(type_: Type) -> int:
    """At least what a value takes in workgroup memory, where no number is smaller than a word."""
    match type_:
        case Array():
            return type_.count * _bytes_in_wgsl(type_.element)
        case Vector():
            return (4 if type_.count == 3 else type_.count) * _bytes_in_wgsl(type_.element)
        case Struct():
            return sum(_bytes_in_wgsl(f.type) for f in type_.fields)
        case _:
            return max(4, size_of(type_))
