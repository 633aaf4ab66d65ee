"""Loaded modules: programs for the shapes and arguments that are launched, and the launches."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import wgpu

from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import CompileError, LaunchError
from cudawasm.ir import nodes as n
from cudawasm.ir.text import print_module
from cudawasm.ir.types import Pointer
from cudawasm.passes.objects import Object
from cudawasm.passes.positions import HEAP_HIGH, NULL
from cudawasm.runtime.interface import CompileOptions, Dim3
from cudawasm_wgpu.emitter import ENTRY, ZERO, Emitted, Shape, WgslEmitter
from cudawasm_wgpu.memory import Part
from cudawasm_wgpu.pipeline import Arguments, Lowered, Prepared, lower, prepare
from cudawasm_wgpu.shaders import complaint, make_shader

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
        prepared = prepare(self.source, name, self.device.traits)
        kernel = WgpuKernel(self, prepared)
        starts = () if prepared.heap else prepared.pointers
        kernel.lowered(Arguments(frozenset(p.name for p in starts) | prepared.apart))  # what most launches are like
        return kernel


@dataclass(slots=True)
class Program:
    """A pipeline for launches of one kind. ``groups`` are bind groups by what they bind."""

    emitted: Emitted
    objects: tuple[Object, ...]
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

    def __init__(self, module: WgpuModule, prepared: Prepared):
        self.module = module
        self.device = module.device
        self.prepared = prepared
        self.name = prepared.kernel
        self.programs: dict[tuple[object, ...], Program] = {}
        self.places: dict[str, int] = {}
        self.copied: dict[str, bytes] = {}
        self.plans: dict[tuple[object, ...], Plan] = {}
        self._lowered: dict[tuple[object, ...], Lowered] = {}

    def launch(self, grid: Dim3, block: Dim3, shared_bytes: int, stream: int, params: bytearray) -> None:
        """Put the kernel in the queue. Raises LaunchError, CompileError."""
        device, prepared = self.device, self.prepared
        with device.lock:
            reports = bool(prepared.prints or prepared.traps)
            if reports:
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
            if reports:
                device.records.report(prepared.prints, prepared.traps, self.name)

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
        prepared = self.prepared
        own = prepared.function.params[: len(prepared.places)]
        for param, place in zip(own, prepared.places, strict=True):
            data = bytes(params[place.offset : place.offset + place.size])
            if place.by_address:
                if param.name not in self.places:
                    self.places[param.name] = self.device.memory.allocate(len(data))
                found[param.name] = self.places[param.name]
                copies[param.name] = data
            else:
                found[param.name] = int.from_bytes(data, "little") if isinstance(param.type, Pointer) else data
        rest = [p.name for p in prepared.function.params[len(own) :]]
        addresses = [self.device.records.printed] if prepared.prints else []
        addresses += [self.device.records.stopped] if prepared.traps else []
        addresses += [self.module.addresses[g.name] for g in prepared.globals]
        found.update(zip(rest, addresses, strict=True))
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
        for param in self.prepared.pointers:
            pointer = values[param.name]
            assert isinstance(pointer, int)
            if pointer == 0:
                continue
            start, _ = parts[param.name] = self.device.memory.find(pointer)
            if start in first and not self.prepared.heap:
                same[param.name] = first[start]
            first.setdefault(start, param.name)
            if pointer == start and (not self.prepared.heap or param.name in self.prepared.apart):
                at_start.add(param.name)
        return Arguments(frozenset(at_start), same), parts

    def lowered(self, arguments: Arguments) -> Lowered:
        """The kernel for arguments of a kind. Raises UnsupportedFeature."""
        if arguments.key not in self._lowered:
            self._lowered[arguments.key] = lower(self.prepared, arguments, self.device.traits)
        return self._lowered[arguments.key]

    def program(self, shape: Shape, arguments: Arguments) -> Program:
        key = (shape, arguments.key)
        if key not in self.programs:
            self.programs[key] = self._made(shape, arguments)
        return self.programs[key]

    def _made(self, shape: Shape, arguments: Arguments) -> Program:
        device, options = self.device.device, self.module.options
        lowered = self.lowered(arguments)
        emitted = WgslEmitter(self.device.traits, shape).emit(lowered.module, lowered.function, lowered.objects)
        if options.keep:
            self._keep(lowered.module, emitted)
        entries = [_entry(i, "storage") for i in range(1, len(lowered.objects) + 1)]
        entries += [_entry(0, "uniform", has_dynamic_offset=True)] if emitted.uniform_bytes else []
        layout = device.create_bind_group_layout(entries=entries)
        try:
            shader = make_shader(device, emitted.text, options.debug)
            pipeline = device.create_compute_pipeline(
                layout=device.create_pipeline_layout(bind_group_layouts=[layout]),
                compute={"module": shader, "entry_point": ENTRY},
            )
        except wgpu.GPUError as error:
            raise CompileError(
                [_complaint(complaint(device, emitted.text, error), emitted, self.prepared.function)]
            ) from None
        return Program(emitted, lowered.objects, layout, pipeline)

    def _keep(self, module: n.Module, emitted: Emitted) -> None:
        folder = self.module.options.keep
        os.makedirs(folder, exist_ok=True)
        for suffix, text in ((".wgsl", emitted.text), (".kir", print_module(module))):
            with open(os.path.join(folder, self.name + suffix), "w", encoding="utf-8") as file:
                file.write(text)

    # --- a launch ---

    def numbers(
        self, program: Program, grid: Dim3, values: Mapping[str, bytes | int], parts: Mapping[str, tuple[int, Part]]
    ) -> bytes:
        """The bytes of the uniform buffer."""
        out = bytearray(program.emitted.uniform_bytes)
        units = {name: found.layout.unit for found in program.objects for name in found.params}
        in_heap = {name for found in program.objects if found.is_heap for name in found.params}
        for name, offset in program.emitted.fields:
            if name == "grid_dim":
                data = b"".join(g.to_bytes(4, "little") for g in grid)
            elif name == ZERO:
                data = bytes(4)
            elif name == HEAP_HIGH:
                data = (self.device.memory.only_arena() + 1).to_bytes(4, "little")
            else:
                value = values[name]
                if isinstance(value, int):
                    value = self.index(name, value, units.get(name, 1), name in in_heap, parts).to_bytes(4, "little")
                data = _widened(value, self.prepared, name)
            out[offset : offset + len(data)] = data
        return bytes(out)

    def index(self, name: str, pointer: int, unit: int, in_heap: bool, parts: Mapping[str, tuple[int, Part]]) -> int:
        """A pointer as an index into its object."""
        if pointer == 0:
            return NULL
        offset = pointer & 0xFFFFFFFF if in_heap else pointer - parts[name][0]
        if offset % unit:
            raise LaunchError(f'"{name}" of {self.name} is not aligned to {unit} bytes')
        return offset // unit

    def group(self, program: Program, parts: Mapping[str, tuple[int, Part]]) -> Any:
        """The bind group for the allocations of a launch."""
        memory = self.device.memory
        bound: list[tuple[int, int, int]] = []
        for found in program.objects:
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
            size = program.emitted.uniform_bytes
            if size:
                ring = self.device.launches.ring
                entries.append({"binding": 0, "resource": {"buffer": ring, "offset": 0, "size": size}})
            program.groups[key] = self.device.device.create_bind_group(layout=program.layout, entries=entries)
        return program.groups[key]


def _complaint(said: str, emitted: Emitted, function: n.Function) -> Diagnostic:
    """What naga or the driver says, at the CUDA line that its line came from."""
    match = _LINE.search(said)
    line = int(match[1]) - 1 if match else -1
    span = emitted.spans[line] if 0 <= line < len(emitted.spans) else None
    return Diagnostic("E0406", f"the WGSL compiler says: {said.strip()[:1200]}", span or function.span)


def _entry(binding: int, kind: str, *, has_dynamic_offset: bool = False) -> dict[str, Any]:
    buffer = {"type": kind, "has_dynamic_offset": has_dynamic_offset}
    return {"binding": binding, "visibility": wgpu.ShaderStage.COMPUTE, "buffer": buffer}


def _widened(data: bytes, prepared: Prepared, name: str) -> bytes:
    """A number as the uniform buffer has it, with at least 32 bits."""
    if len(data) >= 4:
        return data
    param = next(p for p in prepared.function.params if p.name == name)
    signed = getattr(param.type, "is_signed", False)
    value = int.from_bytes(data, "little", signed=signed)
    return value.to_bytes(4, "little", signed=signed)


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
