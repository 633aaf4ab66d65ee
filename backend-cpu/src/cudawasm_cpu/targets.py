"""Generated code as text, for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cudawasm.ir.nodes import Module
from cudawasm.runtime.interface import CompileOptions, Dim3

if TYPE_CHECKING:
    from cudawasm_cpu.machine import Machine


@dataclass(frozen=True, slots=True)
class LlvmTarget:
    """``cudawasm emit``: LLVM IR or assembly for this computer; CUDA lines with ``debug``."""

    name: str
    suffix: str

    def generate(self, module: Module, kernel: str, block: Dim3, options: CompileOptions) -> str:
        """The target's text of a kernel for blocks of ``block`` threads. Raises CompileError."""
        from cudawasm_cpu.machine import host_machine

        return generated_text(module, kernel, block, self.name, host_machine(), options)


def generated_text(
    module: Module, kernel: str, block: Dim3, language: str, machine: Machine, options: CompileOptions
) -> str:
    """Raises ValueError for another language than "llvm", "llvm-raw" and "asm"."""
    if language not in ("llvm", "llvm-raw", "asm"):
        raise ValueError(f"the cpu backend has no {language!r}; it has llvm, llvm-raw and asm")
    from cudawasm_cpu import jit
    from cudawasm_cpu.codegen.kernel import generate
    from cudawasm_cpu.located_text import located_assembly, located_ir
    from cudawasm_cpu.pipeline import prepare

    prepared = prepare(module)
    span = prepared.functions[kernel].span
    file = span.file.name if span else ""
    text = generate(prepared, prepared.functions[kernel], block, machine, options).text
    if language == "llvm-raw":
        return located_ir(text, file)
    optimised, assembly = jit.disassembled(text, machine)
    return located_ir(optimised, file) if language == "llvm" else located_assembly(assembly, file)
