"""Generated code as text, for people."""

from __future__ import annotations

from dataclasses import dataclass

from cudawasm.ir.nodes import Module
from cudawasm.runtime.interface import CompileOptions, Dim3
from cudawasm_wgpu.traits import BROWSER, Traits


@dataclass(frozen=True, slots=True)
class WgslTarget:
    """``cudawasm emit``: WGSL for arguments that each start an allocation of their own; CUDA lines with ``debug``."""

    name: str
    traits: Traits
    suffix: str = ".wgsl"

    def generate(self, module: Module, kernel: str, block: Dim3, options: CompileOptions) -> str:
        """The target's text of a kernel. Raises CompileError."""
        return generated_text(module, kernel, block, options, self.traits)


TARGETS = (WgslTarget("wgsl", Traits()), WgslTarget("wgsl-browser", BROWSER))


def generated_text(module: Module, kernel: str, block: Dim3, options: CompileOptions, traits: Traits) -> str:
    from cudawasm_wgpu.emitter import WgslEmitter
    from cudawasm_wgpu.pipeline import Arguments, lower, prepare
    from cudawasm_wgpu.shapes import Shape

    prepared = prepare(module, kernel, traits)
    lowered = lower(prepared, Arguments(frozenset(p.name for p in prepared.pointers)), traits)
    emitter = WgslEmitter(traits, Shape(block), options.debug)
    return emitter.emit(lowered.module, lowered.function, lowered.objects).text
