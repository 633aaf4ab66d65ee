"""What a backend implements: a device, the modules loaded on it and their kernels.

Device pointers are integers on which host code may do arithmetic. All methods raise
``cudawasm.errors.CudaWasmError`` subclasses for user errors. Streams are small integers; 0 is the default
stream. A device whose work completes before ``launch`` and the copies return has nothing to do in
``synchronize``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from cudawasm.ir.nodes import Module

Dim3 = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Limits:
    """Largest sizes: threads of a block, block and grid extents, shared bytes of a block."""

    max_threads_per_block: int = 1024
    max_block_dim: Dim3 = (1024, 1024, 64)
    max_grid_dim: Dim3 = (2**31 - 1, 65535, 65535)
    max_shared_bytes: int = 232448


MADE_BY_RUNTIME = frozenset(("cooperative",))
"""Features that a device may name as ``emulated`` and do nothing for."""


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """Who a device is. ``name`` selects it ("cpu", "vulkan:0"); ``priority`` orders automatic choice.

    ``features`` names optional capabilities ("f64", "f16", "i64", "warp", "host_memory", ...); ``emulated`` those of
    them for which the hardware has no instructions, so that they run as several others. Of these the runtime makes
    ``MADE_BY_RUNTIME`` itself, and the backend never sees them.
    ``host_memory`` means that device pointers are addresses that the host can read and write.
    """

    name: str
    backend: str
    kind: str
    description: str
    priority: int
    features: frozenset[str]
    limits: Limits = field(default_factory=Limits)
    details: Mapping[str, str] = field(default_factory=dict)
    emulated: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CompileOptions:
    """Options that change generated code; part of the cache key.

    ``bounds_checks`` asks a device with that feature to report accesses outside of allocations; ``debug`` says where
    generated code comes from, and leaves in what checks the target's own compiler makes.
    ``sanitize`` asks a device with the feature "sanitizer" to report hazards (``cudawasm.runtime.hazards``).
    ``keep`` is a folder in which the backend leaves its intermediate texts (IR, assembly) for people.
    """

    fast_math: bool = False
    contract: bool = True
    bounds_checks: bool = False
    debug: bool = False
    sanitize: bool = False
    keep: str = ""


class CompiledKernel(Protocol):
    """A kernel ready to launch."""

    def launch(self, grid: Dim3, block: Dim3, shared_bytes: int, stream: int, params: bytearray) -> None:
        """Run the kernel. ``params`` holds the arguments laid out as a C struct: each at its natural
        alignment (``cudawasm.runtime.params``). May return before the kernel ends."""


@runtime_checkable
class PreparableKernel(Protocol):
    """A compiled kernel that is specialised by block shape can do so before its first launch."""

    def prepare(self, block: Dim3) -> None:
        """Make the code for blocks of this shape. Raises CompileError as ``launch`` would."""


class LoadedModule(Protocol):
    """A KIR module on a device."""

    def kernel(self, name: str) -> CompiledKernel:
        """The kernel whose KIR function name this is."""


class Device(Protocol):
    """An open device."""

    info: DeviceInfo

    def allocate(self, nbytes: int) -> int:
        """A device pointer to ``nbytes`` bytes, aligned to 256. Raises MemoryError."""

    def free(self, pointer: int) -> None: ...

    def write(self, pointer: int, data: memoryview, stream: int = 0) -> None:
        """Copy host bytes to the device."""

    def read(self, pointer: int, into: memoryview, stream: int = 0) -> None:
        """Copy device bytes to the host; complete on return."""

    def copy(self, destination: int, source: int, nbytes: int, stream: int = 0) -> None: ...

    def fill(self, pointer: int, byte: int, nbytes: int, stream: int = 0) -> None: ...

    def load(self, module: Module, options: CompileOptions, global_addresses: Mapping[str, int]) -> LoadedModule:
        """Make a module's kernels launchable. ``global_addresses`` gives the device pointer of each of the
        module's global and constant variables: the runtime has allocated and initialised them, because
        several KIR modules made from one source share them."""

    def synchronize(self, stream: int | None = None) -> None:
        """Wait for a stream, or for everything."""

    def generated(self, module: Module, kernel: str, block: Dim3, language: str) -> str:
        """Target text of a kernel ("llvm", "asm", "wgsl", ...). Raises ValueError for another language."""

    def native_handle(self) -> Any: ...
