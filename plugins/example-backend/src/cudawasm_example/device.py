"""The device: memory in one array of bytes, and kernels that are complete when their launch returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

import numpy as np

from cudawasm.errors import LaunchError
from cudawasm.ir import nodes as n
from cudawasm.runtime.interface import CompileOptions, DeviceInfo, Dim3
from cudawasm_example.machine import Machine, Trapped
from cudawasm_example.pipeline import prepare
from cudawasm_example.python_text import PythonText, place_variables

FEATURES = frozenset(
    ("i8", "i16", "i32", "i64", "f32", "f64", "shared", "atomics", "atomics64", "float_atomics", "generic_pointers",
     "stored_pointers", "fences", "denormals")
)  # fmt: skip
SAMPLED = {"compiler": "slow"}  # the conformance suite takes a sample by default
INFO = DeviceInfo("example", "example", "interpreter", "kernels as Python functions", -200, FEATURES, details=SAMPLED)


class ExampleDevice:
    """A device pointer is an index into the machine's bytes."""

    def __init__(self) -> None:
        self.info = INFO
        self.machine = Machine()

    def allocate(self, nbytes: int) -> int:
        return self.machine.allocate(nbytes)

    def free(self, pointer: int) -> None:
        """Nothing is given back: the smallest allocator there is."""

    def write(self, pointer: int, data: memoryview, stream: int = 0) -> None:
        self.machine.bytes[pointer : pointer + data.nbytes] = bytes(data)

    def read(self, pointer: int, into: memoryview, stream: int = 0) -> None:
        into.cast("B")[:] = self.machine.bytes[pointer : pointer + into.nbytes]

    def copy(self, destination: int, source: int, nbytes: int, stream: int = 0) -> None:
        self.machine.bytes[destination : destination + nbytes] = self.machine.bytes[source : source + nbytes]

    def fill(self, pointer: int, byte: int, nbytes: int, stream: int = 0) -> None:
        self.machine.bytes[pointer : pointer + nbytes] = bytes([byte]) * nbytes

    def load(self, module: n.Module, options: CompileOptions, global_addresses: Mapping[str, int]) -> ExampleModule:
        return ExampleModule(self.machine, module, global_addresses)

    def synchronize(self, stream: int | None = None) -> None:
        """Everything is complete already."""

    def generated(self, module: n.Module, kernel: str, block: Dim3, language: str) -> str:
        if language != "python":
            raise ValueError(f"the example device makes no {language}; it makes python")
        prepared = prepare(module, kernel, FEATURES)
        return PythonText(place_variables(prepared, kernel, {})).kernel(prepared.functions[kernel])

    def native_handle(self) -> None:
        return None


class ExampleModule:
    """A KIR module whose kernels become Python when they are asked for."""

    def __init__(self, machine: Machine, module: n.Module, addresses: Mapping[str, int]):
        self.machine, self.module, self.addresses = machine, module, addresses

    def kernel(self, name: str) -> ExampleKernel:
        prepared = prepare(self.module, name, FEATURES)
        layout = place_variables(prepared, name, self.addresses)
        text = PythonText(layout).kernel(prepared.functions[name])
        names: dict[str, Any] = dict(self.machine.functions())
        exec(compile(text, f"<{name}>", "exec"), names)
        return ExampleKernel(self.machine, names["thread"], name, layout.own_bytes)


class ExampleKernel:
    """A kernel as a Python function of the addresses of its parameters and memory, and of a thread's place."""

    def __init__(self, machine: Machine, thread: Callable[..., None], name: str, own_bytes: int):
        self.machine, self.thread, self.name = machine, thread, name
        self.own_bytes = own_bytes

    def launch(self, grid: Dim3, block: Dim3, shared_bytes: int, stream: int, params: bytearray) -> None:
        """Run every thread. Raises LaunchError when one stopped."""
        own = self.machine.scratch(len(params) + self.own_bytes + shared_bytes + 1024)
        memory = own + (len(params) + 255) // 256 * 256
        try:
            with np.errstate(all="ignore"):
                for bz, by, bx in product(*map(range, reversed(grid))):
                    for z, y, x in product(*map(range, reversed(block))):
                        self.machine.bytes[own : own + len(params)] = params  # a thread may change its own
                        self.thread(own, memory, (x, y, z), (bx, by, bz), block, grid, shared_bytes)
        except Trapped as stop:
            raise LaunchError(f"{self.name} stopped: {stop}") from None
