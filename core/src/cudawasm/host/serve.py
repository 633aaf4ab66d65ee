"""The process in which a program's kernels run: ``python -m cudawasm.host.serve SOCKET MEMORY``, two file descriptors.

Requests come one after the other (``protocol``); what goes wrong in those that are not answered is the answer of the
next ``SYNCHRONIZE``, as CUDA reports it.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import os
import select
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from cudawasm import config
from cudawasm.errors import CompileError, CudaWasmError, LaunchError, StopCause
from cudawasm.host.protocol import (
    ARENA_BASE,
    ARENA_SIZE,
    DEVICE_FACTS,
    KERNEL_FACTS,
    LAUNCH,
    REPLY,
    REQUEST,
    Error,
    Operation,
)
from cudawasm.host.signatures import kernel_expression, with_parameters
from cudawasm.host.units import DeviceUnit
from cudawasm.ir.types import Array, Pointer, Struct, Type, size_of
from cudawasm.runtime.compilation import SourceOptions
from cudawasm.runtime.device import Device, resolve_device
from cudawasm.runtime.hazards import hazards
from cudawasm.runtime.interface import CompiledKernel
from cudawasm.runtime.kernel import Kernel
from cudawasm.runtime.module import Module, Variables
from cudawasm.runtime.params import layout_of

_CHUNK = 1 << 18
_EMPTY_KERNEL = "__global__ void warm() {}"


@dataclass(slots=True)
class Service:
    """What has been asked for so far, of one device."""

    device: Device
    printed: io.StringIO
    units: dict[int, tuple[str, bytes, SourceOptions]] = field(default_factory=dict)
    modules: dict[int, Module] = field(default_factory=dict)
    kernels: list[CompiledKernel] = field(default_factory=list)
    kept: list[Kernel] = field(default_factory=list)
    error: Error = Error.SUCCESS
    hazards_said: int = 0
    linked_variables: Variables = field(init=False)

    def __post_init__(self) -> None:
        self.linked_variables = Variables(self.device)

    def launch(self, payload: memoryview) -> None:
        handle, gx, gy, gz, bx, by, bz, shared = LAUNCH.unpack_from(payload)
        params = bytearray(payload[LAUNCH.size :])
        self.kernels[handle].launch((gx, gy, gz), (bx, by, bz), shared, 0, params)

    def hello(self, payload: memoryview) -> bytes:
        info, limits = self.device.info, self.device.limits
        name = f"{info.description} (cudawasm {info.name})".encode()[:255]
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        return DEVICE_FACTS.pack(
            name, memory, limits.max_shared_bytes, limits.max_threads_per_block, *limits.max_block_dim,
            *limits.max_grid_dim, os.cpu_count() or 1, self.device.host_memory, "cooperative" in info.features,
        )  # fmt: skip

    def warm_up(self) -> None:
        """Load what launches need while the program, which starts the service early, still does other things."""
        with contextlib.suppress(Exception):
            Module(_EMPTY_KERNEL, device=self.device).kernel("warm").compiled.launch(
                (1, 1, 1), (32, 1, 1), 0, 0, bytearray()
            )

    def allocate(self, payload: memoryview) -> bytes:
        return self.device.backend.allocate(_u64(payload)).to_bytes(8, "little")

    def release(self, payload: memoryview) -> None:
        self.device.backend.free(_u64(payload))

    def write(self, payload: memoryview) -> bytes:
        self.device.backend.write(_u64(payload), _staging(_u64(payload, 8)))
        self.device.synchronize()
        return b""

    def read(self, payload: memoryview) -> bytes:
        self.device.backend.read(_u64(payload), _staging(_u64(payload, 8)))
        return b""

    def copy(self, payload: memoryview) -> None:
        self.device.backend.copy(_u64(payload), _u64(payload, 8), _u64(payload, 16))

    def fill(self, payload: memoryview) -> None:
        self.device.backend.fill(_u64(payload), int.from_bytes(payload[16:20], "little"), _u64(payload, 8))

    def tried(self, work: Callable[[memoryview], None], payload: memoryview) -> None:
        """Do what nobody waits for; the first error is kept."""
        try:
            work(payload)
        except Exception as problem:
            self.error = self.error or error_of(problem)

    def synchronized(self) -> tuple[Error, bytes]:
        """What went wrong since the last time, and what kernels have printed since."""
        self.tried(lambda _: self.device.synchronize(), memoryview(b""))
        self.report_hazards()
        error, self.error = self.error, Error.SUCCESS
        text = self.printed.getvalue().encode(errors="surrogateescape")
        self.printed.seek(0)
        self.printed.truncate()
        return error, text

    def report_hazards(self) -> None:
        """Say on the standard error stream what a sanitizer has seen that was not said before."""
        found = hazards()
        for hazard, who, _ in found[self.hazards_said :]:
            sys.stderr.write(
                f"cudawasm: {hazard.kind}: {hazard.place}: {hazard.message}; kernel {hazard.kernel}, {who}\n"
            )
        self.hazards_said = len(found)

    def unit(self, payload: memoryview) -> None:
        path, text, options = DeviceUnit.read(bytes(payload[4:])).restored()
        bounds, sanitize = (bool(config.resolve(name).value) for name in ("bounds_checks", "sanitize"))
        compile_ = replace(options.compile, bounds_checks=bounds, sanitize=sanitize)
        self.units[_u32(payload)] = path, text, replace(options, compile=compile_)

    def module(self, number: int) -> Module:
        """The module of a unit, made when all units are known that it may be linked with."""
        if number not in self.modules:
            path, text, options = self.units[number]
            variables = None
            if options.is_linked:
                others = [u for n, u in sorted(self.units.items()) if n != number and u[2].is_linked]
                linked = tuple((name, code, o.defines, o.include_dirs) for name, code, o in others)
                options, variables = replace(options, linked=linked), self.linked_variables
            self.modules[number] = Module.on_demand(text, path, options, self.device, variables)
        return self.modules[number]

    def resolve(self, payload: memoryview) -> bytes:
        count = int.from_bytes(payload[4:8], "little", signed=True)
        signature, types = _text(payload, 8), _text(payload, 12 + _u32(payload, 8))
        name = with_parameters(kernel_expression(signature, count), types)
        kernel = self.module(_u32(payload)).kernel(name)
        layout = layout_of(tuple(p.type for p in kernel.params))
        self.kernels.append(kernel.compiled)
        self.kept.append(kernel)
        most = kernel.launch_bounds.max_threads if kernel.launch_bounds else self.device.limits.max_threads_per_block
        places = tuple(zip(layout.offsets, (size_of(p.type) for p in kernel.params), strict=True))
        pointers = [o + i for p, o in zip(kernel.params, layout.offsets, strict=True) for i in _pointers_in(p.type)]
        numbers = [number for place in places for number in place] + pointers
        head = (len(self.kernels) - 1, layout.size, kernel.static_shared_bytes, most, len(places), len(pointers))
        return KERNEL_FACTS.pack(*head) + struct.pack(f"<{len(numbers)}I", *numbers)

    def symbol(self, payload: memoryview) -> bytes:
        return self.module(_u32(payload)).get_global(_text(payload, 4)).ptr.to_bytes(8, "little")


def _u32(payload: memoryview, at: int = 0) -> int:
    return int.from_bytes(payload[at : at + 4], "little")


def _u64(payload: memoryview, at: int = 0) -> int:
    return int.from_bytes(payload[at : at + 8], "little")


def _pointers_in(type_: Type) -> Iterator[int]:
    """The byte offsets of the pointers in a value."""
    match type_:
        case Pointer():
            yield 0
        case Array():
            size = size_of(type_.element)
            yield from (i * size + inner for i in range(type_.count) for inner in _pointers_in(type_.element))
        case Struct():
            yield from (field.offset + inner for field in type_.fields for inner in _pointers_in(field.type))
        case _:
            pass


def _text(payload: memoryview, at: int) -> str:
    return bytes(payload[at + 4 : at + 4 + _u32(payload, at)]).decode(errors="surrogateescape")


def _staging(nbytes: int) -> memoryview:
    return memoryview((ctypes.c_char * nbytes).from_address(ARENA_BASE)).cast("B")


_OF_STOPS: dict[StopCause, Error] = {
    "assert": Error.ASSERT, "address": Error.ILLEGAL_ADDRESS, "alignment": Error.MISALIGNED_ADDRESS,
    "other": Error.LAUNCH_FAILURE,
}  # fmt: skip


def error_of(problem: BaseException) -> Error:
    """CUDA's code for what went wrong; said on the standard error stream, where CUDA says nothing but a code."""
    if isinstance(problem, MemoryError):
        return Error.MEMORY_ALLOCATION
    if isinstance(problem, CudaWasmError | KeyError):
        sys.stderr.write(f"cudawasm: {problem}\n")
    if isinstance(problem, CompileError | KeyError):
        return Error.NO_KERNEL_IMAGE
    if isinstance(problem, LaunchError):
        return _OF_STOPS[problem.cause]
    return Error.UNKNOWN


def map_arena(memory: int) -> None:
    """Map the program's device memory where the program has it. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
    read_write, shared_fixed_unreserved = 3, 0x1 | 0x100000 | 0x4000
    if libc.mmap(ARENA_BASE, ARENA_SIZE, read_write, shared_fixed_unreserved, memory, 0) != ARENA_BASE:
        raise OSError(ctypes.get_errno(), "the program's device memory cannot be mapped")


def requests(connection: socket.socket) -> Iterator[tuple[int, memoryview]]:
    """(operation, payload) of what is asked, until the program ends."""
    buffer = bytearray()
    while True:
        position = 0
        while len(buffer) - position >= REQUEST.size:
            operation, size = REQUEST.unpack_from(buffer, position)
            start, end = position + REQUEST.size, position + REQUEST.size + size
            if len(buffer) < end:
                break
            yield operation, memoryview(bytes(buffer[start:end]))
            position = end
        del buffer[:position]
        more = connection.recv(_CHUNK)
        if not more:
            return
        buffer += more


def serve(connection: socket.socket, service: Service) -> None:
    """Do what is asked until the program ends."""
    silent: dict[int, Callable[[memoryview], None]] = {
        Operation.LAUNCH: service.launch, Operation.RELEASE: service.release, Operation.COPY: service.copy,
        Operation.FILL: service.fill, Operation.UNIT: service.unit,
    }  # fmt: skip
    answered: dict[int, Callable[[memoryview], bytes]] = {
        Operation.HELLO: service.hello, Operation.ALLOCATE: service.allocate, Operation.WRITE: service.write,
        Operation.READ: service.read, Operation.RESOLVE: service.resolve, Operation.SYMBOL: service.symbol,
    }  # fmt: skip
    for operation, payload in requests(connection):
        if operation in silent:
            service.tried(silent[operation], payload)
            continue
        if operation == Operation.SYNCHRONIZE:
            error, answer = service.synchronized()
        else:
            error, answer = _outcome(answered[operation], payload)
        connection.sendall(REPLY.pack(error, len(answer)) + answer)
        if operation == Operation.HELLO:
            service.warm_up()


def _outcome(work: Callable[[memoryview], bytes], payload: memoryview) -> tuple[Error, bytes]:
    try:
        return Error.SUCCESS, work(payload)
    except Exception as problem:
        return error_of(problem), b""


def end_with(connection: socket.socket) -> None:
    """End this process when the program ends, whatever kernel is running then."""
    hang_up = select.poll()
    hang_up.register(connection, select.POLLRDHUP)
    hang_up.poll()
    os._exit(0)


def main(arguments: list[str]) -> int:
    connection = socket.socket(fileno=int(arguments[0]))
    threading.Thread(target=end_with, args=(connection,), daemon=True).start()
    memory = int(arguments[1])
    printed = io.StringIO()
    try:
        map_arena(memory)
        os.close(memory)
        device: Any = resolve_device(None)
    except (CudaWasmError, OSError) as problem:
        sys.stderr.write(f"cudawasm: {problem}\n")
        connection.sendall(REPLY.pack(Error.INITIALIZATION, 0))
        return 1
    with contextlib.redirect_stdout(printed), contextlib.suppress(BrokenPipeError, ConnectionResetError):
        serve(connection, Service(device, printed))
    return 0


if __name__ == "__main__":
    status = main(sys.argv[1:])
    sys.stderr.flush()
    os._exit(status)  # what a program leaves behind needs no tidying
