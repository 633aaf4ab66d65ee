"""What code is generated for. Only ``host_machine`` looks at the computer that it runs on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Machine:
    """A target: LLVM triple, CPU and features, the width of its vector registers in bits, and whether it has
    instructions that gather faster than single loads do. ``relocation``: LLVM's relocation model where a linker
    takes the code ("pic", "static"); else it is loaded in the process that compiles it."""

    triple: str
    cpu: str
    features: str
    vector_bits: int
    gathers: bool
    relocation: str = ""

    @property
    def _is_wasm(self) -> bool:
        return self.triple.startswith("wasm32")

    @property
    def lanes(self) -> int:
        """How many threads run side by side when nothing asks for another number."""
        return max(4, self.vector_bits // 32)

    @property
    def pointer_bits(self) -> int:
        """Of the machine's own pointers; in memory CUDA's have 64 everywhere."""
        return 32 if self._is_wasm else 64

    @property
    def multiplies_wide(self) -> bool:
        """Whether there is an instruction for products of 128 bits."""
        return self.pointer_bits == 64

    @property
    def spreads_nan(self) -> bool:
        """Whether the minimum and maximum that are instructions give NaN where one operand is none."""
        return self._is_wasm

    @property
    def masks(self) -> str:
        """The prefix of intrinsics on masks, where LLVM must be told to use them: on WebAssembly it fails with masks of
        32 lanes, and makes jump tables of tests for all and for no lanes."""
        return "llvm.wasm" if self._is_wasm else ""

    @property
    def reads_past_ends(self) -> bool:
        """Whether all memory around an allocation can be read, so that lanes that are not active may load too."""
        return self._is_wasm

    @property
    def unrolls(self) -> bool:
        """Whether LLVM unrolls loops for it as far as that makes them faster."""
        return not self._is_wasm

    @property
    def multiply_add(self) -> str:
        """The intrinsic on vectors of 128 bits that is the multiply-add of one rounding, where ``llvm.fma`` is not."""
        return "llvm.wasm.relaxed.madd" if "+relaxed-simd" in self.features else ""

    @property
    def fuses(self) -> bool:
        """Whether a multiply-add of one rounding is an instruction, as far as is known."""
        return not self._is_wasm or bool(self.multiply_add)

    @property
    def key(self) -> str:
        return f"{self.triple}|{self.cpu}|{self.features}|{self.vector_bits}|{self.gathers}|{self.relocation}"


AARCH64 = Machine("aarch64-unknown-linux-gnu", "generic", "", 128, gathers=False, relocation="pic")
"""Every 64-bit ARM under Linux: NEON is part of its ABI."""


_WASM = "+simd128,+bulk-memory,+bulk-memory-opt,+nontrapping-fptoint,+sign-ext,+mutable-globals"


def wasm_machine(*, threads: bool, relaxed: bool = False) -> Machine:
    """WebAssembly with SIMD; without ``threads`` atomic operations are plain ones.

    ``relaxed``: for engines whose relaxed multiply-add rounds once, as it does on processors with such an instruction.
    """
    features = _WASM + (",+atomics" if threads else "") + (",+relaxed-simd" if relaxed else "")
    return Machine("wasm32-unknown-unknown", "generic", features, 128, False, "static")


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
