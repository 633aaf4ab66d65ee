"""Kernels and their launches: ``kernel[grid, block, shared_bytes, stream](*arguments)``."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from operator import call
from typing import Any

import numpy as np

from cudawasm.errors import ArgumentError, LaunchError
from cudawasm.ir.nodes import LaunchBounds
from cudawasm.ir.types import Array, Type, round_up, size_of
from cudawasm.runtime.array import DeviceArray, asarray, zeros
from cudawasm.runtime.compilation import Unit
from cudawasm.runtime.device import Device
from cudawasm.runtime.dtypes import cuda_name, dtype_of
from cudawasm.runtime.interface import CompiledKernel, Dim3, PreparableKernel
from cudawasm.runtime.params import Converter, HostArgument, NeedsTransfer, converters_of, layout_of
from cudawasm.runtime.stream import stream_id

_KEPT_LAUNCHES = 256


@dataclass(frozen=True, slots=True)
class Param:
    """A kernel's parameter: its name and its type as KIR and as CUDA C++ spell it."""

    name: str
    type: Type
    cuda_type: str

    @property
    def dtype(self) -> np.dtype[Any]:
        """NumPy's dtype of the value; for a pointer, of what it points to."""
        return dtype_of(getattr(self.type, "pointee", self.type))

    def __str__(self) -> str:
        return f"{self.cuda_type} {self.name}"


class Kernel:
    """A kernel on a device. ``kernel[grid, block]`` gives what is called with the arguments.

    ``variables``: the module's variables that it uses, which live as long as any of their kernels.
    """

    def __init__(self, unit: Unit, device: Device, compiled: CompiledKernel, variables: tuple[DeviceArray, ...] = ()):
        function = unit.function
        self.name: str = function.display or function.name
        self.device = device
        self.params = tuple(Param(p.name, p.type, cuda_name(p.type)) for p in function.params)
        self.launch_bounds: LaunchBounds | None = function.launch_bounds
        self.static_shared_bytes = static_shared_bytes(unit)
        """Bytes of shared memory that a block has without asking."""
        self._unit = unit
        self.compiled = compiled
        self._variables = variables
        self._converters = converters_of(function, device)
        self._pack = struct.Struct(layout_of(tuple(p.type for p in function.params)).format).pack
        self._launches: dict[Any, Launch] = {}

    def __getitem__(self, configuration: Any) -> Launch:
        """A launch of ``[grid, block]``, perhaps with dynamic ``shared_bytes`` and a ``stream`` after them.

        Grid and block are an int or up to three ints, x first. Raises LaunchError.
        """
        try:
            return self._launches[configuration]
        except (KeyError, TypeError):  # not seen yet, or with a list in it
            return self._configured(configuration)

    def prepare(self, block: Any) -> None:
        """Compile for a block shape now instead of at the first launch. Raises CompileError."""
        if isinstance(self.compiled, PreparableKernel):
            self.compiled.prepare(_extents(block, "block"))

    def code(self, language: str, block: Any = (256, 1, 1)) -> str:
        """The text that the device's backend makes of this kernel ("llvm", "asm", ...) for a block shape.

        Raises ValueError for a language that it does not make.
        """
        shape = _extents(block, "block")
        return self.device.backend.generated(self._unit.module, self._unit.kernel, shape, language)

    def __repr__(self) -> str:
        return f"<cudawasm.Kernel {self.name}({', '.join(map(str, self.params))}) on {self.device.name}>"

    def _configured(self, configuration: Any) -> Launch:
        if not isinstance(configuration, tuple) or not 2 <= len(configuration) <= 4:
            raise LaunchError(
                f"{self.name} is launched by kernel[grid, block] with optional shared_bytes and stream",
                code="R0201",
            )
        grid, block = _extents(configuration[0], "grid"), _extents(configuration[1], "block")
        shared = configuration[2] if len(configuration) > 2 else 0
        if isinstance(shared, bool) or not isinstance(shared, int | np.integer) or shared < 0:
            raise LaunchError(f"shared memory of {shared!r} bytes", code="R0203")
        stream = stream_id(configuration[3] if len(configuration) > 3 else None, self.device)
        self._check(grid, block, int(shared))
        launch = Launch(self, grid, block, int(shared), stream)
        if len(configuration) < 4:  # a stream's number may come to be another's
            try:
                if len(self._launches) >= _KEPT_LAUNCHES:
                    self._launches.clear()
                self._launches[configuration] = launch
            except TypeError:
                pass
        return launch

    def _check(self, grid: Dim3, block: Dim3, shared: int) -> None:
        limits = self.device.limits
        threads = block[0] * block[1] * block[2]
        shapes = (("grid", grid, limits.max_grid_dim), ("block", block, limits.max_block_dim))
        for what, extents, most in shapes:
            for axis, extent, limit in zip("xyz", extents, most, strict=True):
                if not 1 <= extent <= limit:
                    raise LaunchError(f"{what}.{axis} is {extent}, outside 1 to {limit}", code="R0201")
        if threads > limits.max_threads_per_block:
            raise LaunchError(
                f"a block of {threads} threads; {self.device.name} takes {limits.max_threads_per_block}",
                code="R0202",
            )
        bounds = self.launch_bounds
        if bounds and threads > bounds.max_threads:
            raise LaunchError(
                f"a block of {threads} threads; {self.name} has __launch_bounds__({bounds.max_threads})",
                code="R0202",
            )
        if self.static_shared_bytes + shared > limits.max_shared_bytes:
            raise LaunchError(
                f"{self.static_shared_bytes} static and {shared} dynamic bytes of shared memory; "
                f"{self.device.name} has {limits.max_shared_bytes}",
                code="R0203",
            )

    def _count_error(self, given: int) -> ArgumentError:
        signature = ", ".join(map(str, self.params))
        return ArgumentError(
            f"{self.name}({signature}) takes {len(self.params)} arguments, but {given} were given",
            code="R0101",
        )


class Launch:
    """A kernel with its grid, block, dynamic shared bytes and stream; called with the arguments."""

    __slots__ = ("_converters", "_pack", "_run", "block", "grid", "kernel", "shared_bytes", "stream")

    def __init__(self, kernel: Kernel, grid: Dim3, block: Dim3, shared_bytes: int, stream: int):
        self.kernel = kernel
        self.grid = grid
        self.block = block
        self.shared_bytes = shared_bytes
        self.stream = stream
        # Copied here because every attribute looked up on the way costs.
        self._converters: tuple[Converter, ...] = kernel._converters
        self._pack = kernel._pack
        self._run: Callable[[Dim3, Dim3, int, int, bytearray], None] = kernel.compiled.launch

    def __call__(self, *arguments: Any) -> None:
        """Launch. Arguments are checked first: ArgumentError means that nothing ran.

        Pointers take a DeviceArray, an address, None, or a NumPy array in ``In``, ``Out`` or ``InOut``;
        numbers take NumPy scalars that fit by dtype and Python numbers that fit by value; structs and
        vectors take NumPy structured scalars or tuples.
        """
        if len(arguments) != len(self._converters):
            raise self.kernel._count_error(len(arguments))
        try:
            params = bytearray(self._pack(*map(call, self._converters, arguments)))
        except NeedsTransfer:
            self._run_with_transfers(arguments)
            return
        self._run(self.grid, self.block, self.shared_bytes, self.stream, params)

    def _run_with_transfers(self, arguments: tuple[Any, ...]) -> None:
        copies: list[tuple[HostArgument, DeviceArray]] = []
        replaced = list(arguments)
        for i, argument in enumerate(arguments):
            if isinstance(argument, HostArgument):
                make = asarray if argument.copies_in else _zeros_for
                replaced[i] = make(argument.array, self.kernel.device)
                copies.append((argument, replaced[i]))
        params = bytearray(self._pack(*map(call, self._converters, replaced)))
        backend = self.kernel.device.backend
        # The copies above are on stream 0, before which and after which other streams wait.
        self._run(self.grid, self.block, self.shared_bytes, self.stream, params)
        backend.synchronize(self.stream)
        for argument, array in copies:
            if argument.copies_out:
                argument.array[...] = array.get()


def _zeros_for(model: np.ndarray[Any, Any], device: Device) -> DeviceArray:
    return zeros(model.shape, model.dtype, device)


def _extents(value: Any, what: str) -> Dim3:
    items = (value,) if isinstance(value, int | np.integer) else value
    try:
        extents = tuple(items)
        sound = 1 <= len(extents) <= 3 and all(
            isinstance(e, int | np.integer) and not isinstance(e, bool) for e in extents
        )
    except TypeError:
        sound = False
    if not sound:
        raise LaunchError(f"{what} is {value!r}; give an int or one to three ints", code="R0201")
    padded = (*(int(e) for e in extents), 1, 1)
    return padded[0], padded[1], padded[2]


def static_shared_bytes(unit: Unit) -> int:
    """Bytes of the kernel's static shared variables, each aligned to 16."""
    total = 0
    for var in unit.module.shared:
        if not (isinstance(var.type, Array) and var.type.count == 0):
            total = round_up(total, 16) + size_of(var.type)
    return total
