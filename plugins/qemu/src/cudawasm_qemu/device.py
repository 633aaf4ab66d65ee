"""The device: the CPU backend's, with code for AArch64 and an emulator that runs it."""

from __future__ import annotations

from functools import cached_property

from cudawasm.runtime.interface import DeviceInfo, Limits
from cudawasm_cpu.device import EMULATED, FEATURES, CpuDevice
from cudawasm_cpu.machine import AARCH64, Machine
from cudawasm_qemu.emulator import Emulator
from cudawasm_qemu.memory import SharedMemory

INFO = DeviceInfo(
    "aarch64", "qemu", "emulator", "AArch64 with NEON, under qemu, for tests", -150,
    FEATURES - {"host_memory"},  # whole programs share other memory with the CPU
    Limits(), {"compiler": "slow", "architecture": "aarch64"}, EMULATED,
)  # fmt: skip


class QemuDevice(CpuDevice):
    """Device pointers are addresses of memory that the emulator has mapped at the same place."""

    def __init__(self) -> None:
        super().__init__()
        self.info = INFO
        self._sizes: dict[int, int] = {}

    @cached_property
    def memory(self) -> SharedMemory:
        return SharedMemory()

    @property
    def machine(self) -> Machine:
        return AARCH64

    @cached_property
    def processor(self) -> Emulator:
        return Emulator(self.memory)

    def allocate(self, nbytes: int) -> int:
        pointer = self.memory.allocate(max(1, nbytes))
        with self._lock:
            self._sizes[pointer] = nbytes
        return pointer

    def free(self, pointer: int) -> None:
        with self._lock:
            del self._sizes[pointer]
        self.memory.free(pointer)

    def allocations(self) -> list[tuple[int, int]]:
        with self._lock:
            return sorted((pointer, pointer + size) for pointer, size in self._sizes.items())
