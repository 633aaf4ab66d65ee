"""Generated code as text, for people."""

from __future__ import annotations

from dataclasses import dataclass

from cudawasm.ir.nodes import Module
from cudawasm.runtime.interface import CompileOptions, Dim3
from cudawasm_vulkan.traits import Traits


@dataclass(frozen=True, slots=True)
class SpirvTarget:
    """``cudawasm emit -t spirv``: assembly text of SPIR-V, with CUDA lines in it under ``debug``."""

    name: str = "spirv"
    suffix: str = ".spvasm"

    def generate(self, module: Module, kernel: str, block: Dim3, options: CompileOptions) -> str:
        """The target's text of a kernel, which is the same for blocks of any shape. Raises CompileError."""
        return generated_text(module, kernel, self.name, options, Traits())


def generated_text(module: Module, kernel: str, language: str, options: CompileOptions, traits: Traits) -> str:
    """Raises ValueError for another language than "spirv"."""
    if language != "spirv":
        raise ValueError(f"the vulkan backend has no {language!r}; it has spirv")
    from cudawasm.emit.spirv_text import assembly
    from cudawasm_vulkan.emitter import emitted
    from cudawasm_vulkan.pipeline import prepare

    return assembly(emitted(prepare(module, kernel, traits), kernel, traits, locations=options.debug).code)
