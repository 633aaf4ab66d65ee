"""What a launch needs to know of a kernel and of its program, in a form that the disk cache keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cudawasm.ir.types import Pointer, Scalar
from cudawasm.passes.parameters_to_numbers import Place
from cudawasm.passes.prints_to_buffer import PrintSite
from cudawasm.passes.traps_to_record import TrapSite
from cudawasm_wgpu.emitter import Emitted
from cudawasm_wgpu.pipeline import Arguments, Lowered, Prepared


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number or a pointer that a launch gives a program."""

    name: str
    is_pointer: bool
    is_signed: bool


@dataclass(frozen=True, slots=True)
class KernelFacts:
    """``params`` are those of ``places``, then the buffer of ``prints`` and the record of ``traps``, if there are such,
    and the addresses of ``globals``. ``heap`` and ``apart`` are those of ``Prepared``."""

    name: str
    params: tuple[Parameter, ...]
    places: tuple[Place, ...]
    prints: tuple[PrintSite, ...]
    traps: tuple[TrapSite, ...]
    globals: tuple[str, ...]
    heap: bool
    apart: frozenset[str]

    @classmethod
    def of(cls, made: Prepared) -> KernelFacts:
        params = (
            Parameter(p.name, isinstance(p.type, Pointer), isinstance(p.type, Scalar) and p.type.is_signed)
            for p in made.function.params
        )
        globals_ = tuple(v.name for v in made.globals)
        return cls(made.kernel, tuple(params), made.places, made.prints, made.traps, globals_, made.heap, made.apart)

    @property
    def reports(self) -> bool:
        """Whether a launch may print or stop."""
        return bool(self.prints or self.traps)

    @property
    def pointers(self) -> tuple[str, ...]:
        return tuple(p.name for p in self.params if p.is_pointer)

    @property
    def usual(self) -> Arguments:
        """What most launches are like: each pointer is the start of an allocation of its own."""
        return Arguments(self.apart if self.heap else frozenset(self.pointers) | self.apart)


@dataclass(frozen=True, slots=True)
class Binding:
    """An array in global memory: the pointers among the parameters that start in it, whose positions count ``unit``
    bytes. ``is_heap``: it is all memory."""

    params: tuple[str, ...]
    unit: int
    is_heap: bool


@dataclass(frozen=True, slots=True)
class ProgramFacts:
    """A program's text, the numbers that it takes (as in ``Emitted``) and the arrays that it is bound to."""

    text: str
    fields: tuple[tuple[str, int], ...]
    uniform_bytes: int
    bindings: tuple[Binding, ...]
    units: Mapping[str, int]
    """For each pointer among the parameters, the bytes that its position counts."""
    in_heap: frozenset[str]

    @classmethod
    def of(cls, made: Emitted, lowered: Lowered) -> ProgramFacts:
        bindings = tuple(Binding(o.params, o.layout.unit, o.is_heap) for o in lowered.objects)
        units = {name: b.unit for b in bindings for name in b.params}
        in_heap = frozenset(name for b in bindings if b.is_heap for name in b.params)
        return cls(made.text, made.fields, made.uniform_bytes, bindings, units, in_heap)
