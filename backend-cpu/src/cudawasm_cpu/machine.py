"""What code is generated for. Only ``host_machine`` looks at the computer that it runs on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Machine:
    """A target: LLVM triple, CPU and features, and the width of its vector registers in bits."""

    triple: str
    cpu: str
    features: str
    vector_bits: int

    @property
    def lanes(self) -> int:
        """How many threads run side by side when nothing asks for another number."""
        return max(4, self.vector_bits // 32)

    @property
    def key(self) -> str:
        return f"{self.triple}|{self.cpu}|{self.features}|{self.vector_bits}"


def host_machine() -> Machine:
    """The computer that this process runs on."""
    import llvmlite.binding as llvm

    features = llvm.get_host_cpu_features()
    bits = 128
    if features.get("avx2"):
        bits = 256
    if features.get("avx512f") and features.get("avx512vl") and features.get("avx512bw"):
        bits = 512
    cpu, flat = llvm.get_host_cpu_name(), features.flatten()
    if cpu.startswith("znver"):  # gathers are microcoded there: single loads are faster
        flat += ",+prefer-no-gather"
    return Machine(llvm.get_process_triple(), cpu, flat, bits)
