"""Assembly for people; it needs no emulator."""

from __future__ import annotations

from dataclasses import dataclass

from cudawasm.ir.nodes import Module
from cudawasm.runtime.interface import CompileOptions, Dim3


@dataclass(frozen=True, slots=True)
class AssemblyTarget:
    """``cudawasm emit``: assembly for AArch64."""

    name: str = "asm-aarch64"
    suffix: str = ".s"

    def generate(self, module: Module, kernel: str, block: Dim3, options: CompileOptions) -> str:
        """The assembly of a kernel for blocks of ``block`` threads. Raises CompileError."""
        from cudawasm_cpu.machine import AARCH64
        from cudawasm_cpu.targets import generated_text

        return generated_text(module, kernel, block, "asm", AARCH64, options)
