"""The texts of a kernel's programs, made here or read from the disk cache."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from functools import cached_property
from typing import TypeVar

from cudawasm.ir import nodes as n
from cudawasm.ir.text import print_module
from cudawasm.runtime.cache import code_fingerprint, default_cache, digest, module_digest
from cudawasm.runtime.interface import CompileOptions
from cudawasm_wgpu.emitter import Emitted, WgslEmitter
from cudawasm_wgpu.facts import KernelFacts, ProgramFacts
from cudawasm_wgpu.pipeline import Arguments, Lowered, Prepared, lower, prepare
from cudawasm_wgpu.shapes import Shape
from cudawasm_wgpu.traits import Traits

KIND = "wgpu"
F = TypeVar("F", KernelFacts, ProgramFacts)


class Texts:
    """One kernel of a KIR module."""

    def __init__(self, module: n.Module, kernel: str, traits: Traits, options: CompileOptions):
        self.module, self.kernel, self.traits, self.options = module, kernel, traits, options
        self._lowered: dict[object, Lowered] = {}
        self._key = digest(module_digest(module), kernel, repr(traits), fingerprint())

    def facts(self) -> KernelFacts:
        """Raises UnsupportedFeature for what the device cannot do, whatever is launched."""
        return self._stored(KernelFacts, self._key, self._facts)

    def program(self, shape: Shape, arguments: Arguments) -> ProgramFacts:
        """The program for launches of a kind. Raises UnsupportedFeature."""
        key = digest(self._key, repr(shape), repr(arguments.key))
        return self._stored(ProgramFacts, key, lambda: self._program(shape, arguments))

    def emitted(self, shape: Shape, arguments: Arguments) -> Emitted:
        lowered = self.lowered(arguments, shape.width)
        return WgslEmitter(self.traits, shape).emit(lowered.module, lowered.function, lowered.objects)

    def lowered(self, arguments: Arguments, width: int = 0) -> Lowered:
        """The kernel for arguments of a kind. Raises UnsupportedFeature."""
        key = arguments.key, width
        if key not in self._lowered:
            self._lowered[key] = lower(self._prepared, arguments, self.traits, width)
        return self._lowered[key]

    @cached_property
    def _prepared(self) -> Prepared:
        return prepare(self.module, self.kernel, self.traits)

    def _facts(self) -> KernelFacts:
        facts = KernelFacts.of(self._prepared)
        self.lowered(facts.usual)
        return facts

    def _program(self, shape: Shape, arguments: Arguments) -> ProgramFacts:
        emitted = self.emitted(shape, arguments)
        if self.options.keep:
            self._keep(self.lowered(arguments, shape.width).module, emitted)
        return ProgramFacts.of(emitted, self.lowered(arguments, shape.width))

    def _stored(self, kind: type[F], key: str, make: Callable[[], F]) -> F:
        cache = default_cache()
        stored = None if self.options.keep else cache.get(KIND, key)
        if stored is not None:
            found = pickle.loads(stored)
            if isinstance(found, kind):
                return found
        made = make()
        cache.put(KIND, key, pickle.dumps(made, pickle.HIGHEST_PROTOCOL))
        return made

    def _keep(self, module: n.Module, emitted: Emitted) -> None:
        folder = self.options.keep
        os.makedirs(folder, exist_ok=True)
        for suffix, text in ((".wgsl", emitted.text), (".kir", print_module(module))):
            with open(os.path.join(folder, self.kernel + suffix), "w", encoding="utf-8") as file:
                file.write(text)


def fingerprint() -> str:
    """Changes with this backend's code and with core's."""
    import cudawasm_wgpu  # noqa: F401

    return code_fingerprint("cudawasm_wgpu", "cudawasm")
