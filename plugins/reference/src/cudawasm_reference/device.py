"""The reference device: memory of its own, kernels interpreted one block after the other."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import numpy as np

from cudawasm.errors import LaunchError
from cudawasm.ir import nodes as n
from cudawasm.ir.types import Array as ArrayType
from cudawasm.ir.types import Type, align_of, round_up, size_of
from cudawasm.ir.walk import statements
from cudawasm.runtime.interface import CompileOptions, DeviceInfo, Dim3, Limits
from cudawasm_reference.grid import Threads
from cudawasm_reference.interpreter import Interpreter
from cudawasm_reference.memory import LOCAL, SHARED, Heap, Memory, Own
from cudawasm_reference.values import Array

FEATURES = frozenset((
    "f16", "bf16", "f32", "f64", "i8", "i16", "i32", "i64", "shared", "barrier", "atomics", "atomics64",
    "float_atomics", "warp", "printf", "assert", "clock", "cooperative", "generic_pointers", "stored_pointers",
    "recursion", "bounds_checks", "sanitizer", "fences", "denormals",
))  # fmt: skip
STACK_BYTES = 1 << 16
MOST_COOPERATIVE_THREADS = 1 << 14


def device_info() -> DeviceInfo:
    """Who the device is; it is never chosen by itself while another is there."""
    return DeviceInfo(
        "reference", "reference", "interpreter", "interpreter of the IR, for tests", -100, FEATURES, Limits()
    )


class ReferenceDevice:
    """Every launch and copy is complete when its call returns."""

    def __init__(self) -> None:
        self.info = device_info()
        self.heap = Heap()

    def allocate(self, nbytes: int) -> int:
        return self.heap.allocate(nbytes)

    def free(self, pointer: int) -> None:
        self.heap.free(pointer)

    def write(self, pointer: int, data: memoryview, stream: int = 0) -> None:
        self.heap.view(pointer, data.nbytes)[:] = np.frombuffer(data, np.uint8)

    def read(self, pointer: int, into: memoryview, stream: int = 0) -> None:
        into.cast("B")[:] = self.heap.view(pointer, into.nbytes).tobytes()

    def copy(self, destination: int, source: int, nbytes: int, stream: int = 0) -> None:
        self.heap.view(destination, nbytes)[:] = self.heap.view(source, nbytes).copy()

    def fill(self, pointer: int, byte: int, nbytes: int, stream: int = 0) -> None:
        self.heap.view(pointer, nbytes)[:] = byte

    def load(self, module: n.Module, options: CompileOptions, global_addresses: Mapping[str, int]) -> ReferenceModule:
        return ReferenceModule(self, module, dict(global_addresses), options.sanitize)

    def synchronize(self, stream: int | None = None) -> None:
        """Everything is complete already."""

    def generated(self, module: n.Module, kernel: str, block: Dim3, language: str) -> str:
        raise ValueError(f"the reference device runs KIR itself and makes no {language}")

    def native_handle(self) -> None:
        return None


class ReferenceModule:
    """A KIR module as it is."""

    def __init__(self, device: ReferenceDevice, module: n.Module, addresses: dict[str, int], sanitize: bool):
        self.device = device
        self.module = module
        self.addresses = addresses
        self.sanitize = sanitize

    def kernel(self, name: str) -> ReferenceKernel:
        return ReferenceKernel(self, self.module.functions[name])


class ReferenceKernel:
    """A kernel that is interpreted."""

    def __init__(self, module: ReferenceModule, function: n.Function):
        self.owner = module
        self.function = function
        self.shared, self.static_bytes = _shared_layout(module.module)
        bodies = (f.body for f in module.module.functions.values())
        self.is_cooperative = any(
            isinstance(s, n.Barrier) and s.kind == "grid" for body in bodies for s in statements(body)
        )

    def launch(self, grid: Dim3, block: Dim3, shared_bytes: int, stream: int, params: bytearray) -> None:
        """Raises LaunchError when the kernel stopped."""
        blocks = np.arange(grid[0] * grid[1] * grid[2])
        if self.is_cooperative:
            self._check_size(len(blocks), block)
            self._run(grid, block, blocks, shared_bytes, bytes(params))
            return
        for number in blocks:
            self._run(grid, block, np.array([number]), shared_bytes, bytes(params))

    def _check_size(self, blocks: int, block: Dim3) -> None:
        threads = block[0] * block[1] * block[2]
        if blocks * threads > MOST_COOPERATIVE_THREADS:
            raise LaunchError(f"a grid of {blocks} blocks of {threads} threads that wait for each other does not fit")

    def _run(self, grid: Dim3, block: Dim3, blocks: Array, shared_bytes: int, params: bytes) -> None:
        threads = Threads(grid, block, blocks, shared_bytes)
        size = self.static_bytes + shared_bytes
        shared = Own(SHARED, len(blocks), round_up(size + 256, 256), size)
        local = Own(LOCAL, threads.count, STACK_BYTES, STACK_BYTES)
        memory = Memory(self.owner.device.heap, shared, local)
        interpreter = Interpreter(threads, memory, self.owner.addresses, self.shared)
        if self.owner.sanitize:
            interpreter.sanitize(self.function)
        text = interpreter.run(self.owner.module, self.function, params)
        if text:
            sys.stdout.write(text)


def _shared_layout(module: n.Module) -> tuple[dict[n.Var, int], int]:
    """Offsets of shared variables, dynamic ones after all others, and the bytes of the others."""
    offsets: dict[n.Var, int] = {}
    end = 0
    fixed = [v for v in module.shared if not _is_dynamic(v.type)]
    for var in fixed:
        end = round_up(end, max(var.align, align_of(var.type), 16))
        offsets[var] = end
        end += size_of(var.type)
    end = round_up(end, 64)
    return {**offsets, **{v: end for v in module.shared if v not in offsets}}, end


def _is_dynamic(type_: Type) -> bool:
    return isinstance(type_, ArrayType) and (type_.count == 0 or _is_dynamic(type_.element))
