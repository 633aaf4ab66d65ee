"""What code is generated for. Only ``host_machine`` looks at the computer that it runs on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Machine:
    """A target: LLVM triple, CPU and features, the width of its vector registers in bits, and whether it has
    instructions that gather faster than single loads do. ``linked``: a linker puts its code into a shared
    object, where else code is loaded in the process that compiles it."""

    triple: str
    cpu: str
    features: str
    vector_bits: int
    gathers: bool
    linked: bool = False

    @property
    def lanes(self) -> int:
        """How many threads run side by side when nothing asks for another number."""
        return max(4, self.vector_bits // 32)

    @property
    def key(self) -> str:
        return f"{self.triple}|{self.cpu}|{self.features}|{self.vector_bits}|{self.gathers}|{self.linked}"


AARCH64 = Machine("aarch64-unknown-linux-gnu", "generic", "", 128, gathers=False, linked=True)
"""Every 64-bit ARM under Linux: NEON is part of its ABI."""


@cache
def host_machine() -> Machine:
    """The computer that this process runs on."""
    import llvmlite.binding as llvm

    features = llvm.get_host_cpu_features()
    bits = 128
    if features.get("avx2"):
        bits = 256
    if features.get("avx512f") and features.get("avx512vl") and features.get("avx512bw"):
        bits = 512
    cpu = llvm.get_host_cpu_name()
    gathers = bits > 128 and not cpu.startswith("znver")  # where they are microcoded
    return Machine(llvm.get_process_triple(), cpu, features.flatten(), bits, gathers)
