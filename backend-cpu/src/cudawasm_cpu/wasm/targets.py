"""Generated code as text, for people."""

from __future__ import annotations

from dataclasses import dataclass

from cudawasm.ir.nodes import Module
from cudawasm.runtime.interface import CompileOptions, Dim3


@dataclass(frozen=True, slots=True)
class WasmTarget:
    """``cudawasm emit -t wasm``: WebAssembly as LLVM's assembler writes it; CUDA lines with ``debug``."""

    name: str = "wasm"
    suffix: str = ".s"

    def generate(self, module: Module, kernel: str, block: Dim3, options: CompileOptions) -> str:
        """The target's text of a kernel for blocks of ``block`` threads. Raises CompileError."""
        return generated_text(module, kernel, block, self.name, options)


def generated_text(module: Module, kernel: str, block: Dim3, language: str, options: CompileOptions) -> str:
    """Raises ValueError for another language than "wasm"."""
    if language != "wasm":
        raise ValueError(f"WebAssembly has no {language!r}; it has wasm")
    from cudawasm_cpu import jit
    from cudawasm_cpu.located_text import located_assembly
    from cudawasm_cpu.machine import wasm_machine
    from cudawasm_cpu.wasm.compilation import kernel_text
    from cudawasm_cpu.wasm.pipeline import prepare

    machine = wasm_machine(threads=True, relaxed=True)
    made = kernel_text(prepare(module, kernel, machine.fuses), kernel, block, machine, options)
    span = module.functions[kernel].span
    return located_assembly(jit.disassembled(made.text, machine)[1], span.file.name if span else "")
