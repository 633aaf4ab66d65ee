"""Generated code as text, for people."""

from __future__ import annotations

from dataclasses import dataclass

from cudawasm.ir.nodes import Module
from cudawasm.runtime.interface import CompileOptions, Dim3
from cudawasm_opencl.traits import Traits


@dataclass(frozen=True, slots=True)
class OpenClTarget:
    """``cudawasm emit -t opencl``: OpenCL C for a device with shared virtual memory; CUDA lines with ``debug``."""

    name: str = "opencl"
    suffix: str = ".cl"

    def generate(self, module: Module, kernel: str, block: Dim3, options: CompileOptions) -> str:
        """The target's text of a kernel, which is the same for blocks of any shape. Raises CompileError."""
        return generated_text(module, kernel, self.name, options, Traits())


def generated_text(module: Module, kernel: str, language: str, options: CompileOptions, traits: Traits) -> str:
    """Raises ValueError for another language than "opencl"."""
    if language != "opencl":
        raise ValueError(f"the opencl backend has no {language!r}; it has opencl")
    from cudawasm_opencl.emitter import emitted
    from cudawasm_opencl.pipeline import prepare

    return emitted(prepare(module, kernel, traits), kernel, traits, locations=options.debug).text
