"""Loaded modules: programs for the shapes and arguments that are launched, and the launches."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import wgpu

from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import CompileError, LaunchError
from cudawasm.ir import nodes as n
from cudawasm.passes.positions import HEAP_HIGH, NULL
from cudawasm.runtime.interface import CompileOptions, Dim3
from cudawasm.source import Span
from cudawasm_wgpu.emitter import ENTRY, ZERO
from cudawasm_wgpu.facts import ProgramFacts
from cudawasm_wgpu.memory import Part
from cudawasm_wgpu.pipeline import Arguments
from cudawasm_wgpu.shaders import complaint, make_shader
from cudawasm_wgpu.shapes import Shape
from cudawasm_wgpu.texts import Texts

if TYPE_CHECKING:
    from cudawasm_wgpu.device import WgpuDevice

_LINE = re.compile(r"wgsl:(\d+):\d+")
_MOST_BLOCKS = 65535
"""Blocks that a dispatch takes in each dimension."""
_MOST_GROUPS = 256
"""Bind groups that a program keeps: one for each set of allocations that it is launched on."""
_MOST_PLANS = 256
"""Launches that a kernel remembers."""


class WgpuModule:
    """A KIR module on a WebGPU device."""

    def __init__(self, device: WgpuDevice, module: n.Module, options: CompileOptions, addresses: Mapping[str, int]):
        self.device = device
        self.source = module
        self.options = options
        self.addresses = dict(addresses)

    def kernel(self, name: str) -> WgpuKernel:
        """The kernel whose KIR function name this is. Raises KeyError, CompileError."""
        if not self.source.functions[name].is_kernel:
            raise KeyError(name)
        return WgpuKernel(self, Texts(self.source, name, self.device.traits, self.options))


@dataclass(slots=True)
class Program:
    """A pipeline for launches of one kind. ``groups`` are bind groups by what they bind."""

    facts: ProgramFacts
    layout: Any
    pipeline: Any
    groups: dict[tuple[object, ...], Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a launch does, which the same launch does again while memory is given out the same: ``generation``.

    ``copies`` are the parameters that are read from memory, ``numbers`` the others.
    """

    generation: int
    pipeline: Any
    group: Any
    numbers: bytes
    blocks: Dim3
    copies: Mapping[str, bytes]


class WgpuKernel:
    """A kernel of a loaded module."""

    def __init__(self, module: WgpuModule, texts: Texts):
        self.module = module
        self.device = module.device
        self.texts = texts
        self.facts = texts.facts()
        self.programs: dict[tuple[object, ...], Program] = {}
        self.places: dict[str, int] = {}
        self.copied: dict[str, bytes] = {}
        self.plans: dict[tuple[object, ...], Plan] = {}

    def launch(self, grid: Dim3, block: Dim3, shared_bytes: int, stream: int, params: bytearray) -> None:
        """Put the kernel in the queue. Raises LaunchError, CompileError."""
        device, facts = self.device, self.facts
        with device.lock:
            if facts.reports:
                device.records.clear()
            key = (grid, block, shared_bytes, bytes(params))
            plan = self.plans.get(key)
            if plan is None or plan.generation != device.memory.generation:
                if len(self.plans) >= _MOST_PLANS:
                    self.plans.clear()
                plan = self.plans[key] = self.planned(grid, block, shared_bytes, params)
            for name, data in plan.copies.items():
                self.copy(name, data)
            device.launches.add(plan.pipeline, plan.group, plan.numbers, plan.blocks)
            if facts.reports:
                device.records.report(facts.prints, facts.traps, facts.name)

    def planned(self, grid: Dim3, block: Dim3, shared_bytes: int, params: bytearray) -> Plan:
        values, copies = self.values(params)
        arguments, parts = self.arguments(values)
        program = self.program(Shape(block, shared_bytes, _fold(grid)), arguments)
        numbers = self.numbers(program, grid, values, parts)
        group = self.group(program, parts)
        return Plan(self.device.memory.generation, program.pipeline, group, numbers, _dispatched(grid), copies)

    def values(self, params: bytearray) -> tuple[dict[str, bytes | int], dict[str, bytes]]:
        """(what each parameter of the program is: bytes of a number, or a device pointer; what is read from memory)."""
        found: dict[str, bytes | int] = {}
        copies: dict[str, bytes] = {}
        facts = self.facts
        own, rest = facts.params[: len(facts.places)], facts.params[len(facts.places) :]
        for param, place in zip(own, facts.places, strict=True):
            data = bytes(params[place.offset : place.offset + place.size])
            if place.by_address:
                if param.name not in self.places:
                    self.places[param.name] = self.device.memory.allocate(len(data))
                found[param.name] = self.places[param.name]
                copies[param.name] = data
            else:
                found[param.name] = int.from_bytes(data, "little") if param.is_pointer else data
        addresses = [self.device.records.printed] if facts.prints else []
        addresses += [self.device.records.stopped] if facts.traps else []
        addresses += [self.module.addresses[name] for name in facts.globals]
        found.update(zip((p.name for p in rest), addresses, strict=True))
        return found, copies

    def copy(self, name: str, data: bytes) -> None:
        """Put the bytes of a parameter where launches read them, if they are not there from the last one."""
        if self.copied.get(name) != data:
            self.device.memory.write(self.places[name], memoryview(data))
            self.copied[name] = data

    def arguments(self, values: Mapping[str, bytes | int]) -> tuple[Arguments, dict[str, tuple[int, Part]]]:
        """(what kind of arguments these are, the allocation of each pointer that is not null)."""
        parts: dict[str, tuple[int, Part]] = {}
        same: dict[str, str] = {}
        at_start: set[str] = set()
        first: dict[int, str] = {}
        heap, apart = self.facts.heap, self.facts.apart
        for name in self.facts.pointers:
            pointer = values[name]
            assert isinstance(pointer, int)
            if pointer == 0:
                continue
            start, _ = parts[name] = self.device.memory.find(pointer)
            if start in first and not heap:
                same[name] = first[start]
            first.setdefault(start, name)
            if pointer == start and (not heap or name in apart):
                at_start.add(name)
        return Arguments(frozenset(at_start), same), parts

    def program(self, shape: Shape, arguments: Arguments) -> Program:
        key = (shape, arguments.key)
        if key not in self.programs:
            self.programs[key] = self._made(shape, arguments)
        return self.programs[key]

    def _made(self, shape: Shape, arguments: Arguments) -> Program:
        device = self.device.device
        facts = self.texts.program(shape, arguments)
        entries = [_entry(i, "storage") for i in range(1, len(facts.bindings) + 1)]
        entries += [_entry(0, "uniform", has_dynamic_offset=True)] if facts.uniform_bytes else []
        layout = device.create_bind_group_layout(entries=entries)
        try:
            shader = make_shader(device, facts.text, self.module.options.debug)
            pipeline = device.create_compute_pipeline(
                layout=device.create_pipeline_layout(bind_group_layouts=[layout]),
                compute={"module": shader, "entry_point": ENTRY},
            )
        except wgpu.GPUError as error:
            said = complaint(device, facts.text, error)
            span = self.module.source.functions[self.facts.name].span
            raise CompileError([_diagnostic(said, self.texts.emitted(shape, arguments).spans, span)]) from None
        return Program(facts, layout, pipeline)

    # --- a launch ---

    def numbers(
        self, program: Program, grid: Dim3, values: Mapping[str, bytes | int], parts: Mapping[str, tuple[int, Part]]
    ) -> bytes:
        """The bytes of the uniform buffer."""
        facts = program.facts
        out = bytearray(facts.uniform_bytes)
        signed = {p.name for p in self.facts.params if p.is_signed}
        for name, offset in facts.fields:
            if name == "grid_dim":
                data = b"".join(g.to_bytes(4, "little") for g in grid)
            elif name == ZERO:
                data = bytes(4)
            elif name == HEAP_HIGH:
                data = (self.device.memory.only_arena() + 1).to_bytes(4, "little")
            else:
                value = values[name]
                if isinstance(value, int):
                    index = self.index(name, value, facts.units.get(name, 1), name in facts.in_heap, parts)
                    value = index.to_bytes(4, "little")
                data = _widened(value, name in signed)
            out[offset : offset + len(data)] = data
        return bytes(out)

    def index(self, name: str, pointer: int, unit: int, in_heap: bool, parts: Mapping[str, tuple[int, Part]]) -> int:
        """A pointer as an index into its object."""
        if pointer == 0:
            return NULL
        offset = pointer & 0xFFFFFFFF if in_heap else pointer - parts[name][0]
        if offset % unit:
            raise LaunchError(f'"{name}" of {self.facts.name} is not aligned to {unit} bytes')
        return offset // unit

    def group(self, program: Program, parts: Mapping[str, tuple[int, Part]]) -> Any:
        """The bind group for the allocations of a launch."""
        memory = self.device.memory
        bound: list[tuple[int, int, int]] = []
        for found in program.facts.bindings:
            given = [parts[name][1] for name in found.params if name in parts]
            if found.is_heap:
                arena = memory.only_arena()
                bound.append((arena, 0, memory.arenas[arena].nbytes if memory.arenas else 0))
            elif given:
                bound.append((given[0].arena, given[0].start, given[0].size))
            else:
                bound.append((0, 0, 256))
        key = tuple(bound)
        if key not in program.groups:
            if len(program.groups) >= _MOST_GROUPS:
                program.groups.clear()
            if not memory.arenas:
                memory.allocate(256)
            entries: list[dict[str, Any]] = [
                {"binding": i, "resource": {"buffer": memory.arenas[a].buffer, "offset": start, "size": size or 256}}
                for i, (a, start, size) in enumerate(bound, 1)
            ]
            size = program.facts.uniform_bytes
            if size:
                ring = self.device.launches.ring
                entries.append({"binding": 0, "resource": {"buffer": ring, "offset": 0, "size": size}})
            program.groups[key] = self.device.device.create_bind_group(layout=program.layout, entries=entries)
        return program.groups[key]


def _diagnostic(said: str, spans: Sequence[Span | None], kernel: Span | None) -> Diagnostic:
    """What naga or the driver says, at the CUDA line that its line came from."""
    match = _LINE.search(said)
    line = int(match[1]) - 1 if match else -1
    span = spans[line] if 0 <= line < len(spans) else None
    return Diagnostic("E0406", f"the WGSL compiler says: {said.strip()[:1200]}", span or kernel)


def _entry(binding: int, kind: str, *, has_dynamic_offset: bool = False) -> dict[str, Any]:
    buffer = {"type": kind, "has_dynamic_offset": has_dynamic_offset}
    return {"binding": binding, "visibility": wgpu.ShaderStage.COMPUTE, "buffer": buffer}


def _widened(data: bytes, signed: bool) -> bytes:
    """A number as the uniform buffer has it, with at least 32 bits."""
    if len(data) >= 4:
        return data
    return int.from_bytes(data, "little", signed=signed).to_bytes(4, "little", signed=signed)


def _dispatched(grid: Dim3) -> Dim3:
    """A grid that a dispatch takes, with at least as many blocks."""
    if all(g <= _MOST_BLOCKS for g in grid):
        return grid
    blocks = grid[0] * grid[1] * grid[2]
    layers = -(-blocks // _MOST_BLOCKS**2)
    rows = -(-blocks // (_MOST_BLOCKS * layers))
    return -(-blocks // (rows * layers)), rows, layers


def _fold(grid: Dim3) -> Literal["none", "line", "any"]:
    """How the blocks of a grid come from what is dispatched."""
    if all(g <= _MOST_BLOCKS for g in grid):
        return "none"
    return "line" if grid[1] == grid[2] == 1 else "any"
