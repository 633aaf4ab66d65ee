"""Modules: CUDA source compiled for a device, its kernels and its variables."""

from __future__ import annotations

import difflib
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import (
    CompileError,
    GlobalNotFound,
    InternalError,
    KernelNotFound,
    OptionError,
    UnsupportedFeature,
)
from cudawasm.ir import nodes
from cudawasm.ir.types import Array, size_of
from cudawasm.ir.walk import statements
from cudawasm.runtime.array import DeviceArray
from cudawasm.runtime.compilation import Compilation, SourceOptions, Unit, parse_options
from cudawasm.runtime.device import Device, resolve_device
from cudawasm.runtime.dtypes import cuda_name, dtype_of
from cudawasm.runtime.interface import CompiledKernel, CompileOptions
from cudawasm.runtime.kernel import Kernel, static_shared_bytes
from cudawasm.runtime.pool import Block
from cudawasm.runtime.texture import Surface

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class KernelReport:
    """One kernel of ``Module.report``. ``refused`` holds what the device's backend says against it."""

    name: str
    signature: str
    static_shared_bytes: int
    launch_bounds: int
    globals: tuple[str, ...]
    refused: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What a module holds and how it fares on its device; ``str`` gives a text for people."""

    name: str
    device: str
    kernels: tuple[KernelReport, ...]
    templates: tuple[str, ...]
    warnings: tuple[Diagnostic, ...]

    def __str__(self) -> str:
        lines = [f"{self.name} on {self.device}"]
        for kernel in self.kernels:
            facts = [f"{kernel.static_shared_bytes} B shared"] if kernel.static_shared_bytes else []
            facts += [f"at most {kernel.launch_bounds} threads"] if kernel.launch_bounds else []
            facts += [f"uses {', '.join(kernel.globals)}"] if kernel.globals else []
            facts += [d.render() for d in kernel.refused] or ["runs"]
            lines.append(f"  {kernel.name}({kernel.signature}): {'; '.join(facts)}")
        lines += [f"  {name}<...>: template" for name in self.templates]
        lines += [warning.render() for warning in self.warnings]
        return "\n".join(lines)


class Module:
    """CUDA C++ source, compiled.

    ``source`` is the text; ``options`` are nvcc's (``parse_options``); ``defines``, ``include_dirs`` add to
    them; ``device`` is a name or a Device, the current one by default. All kernels that are not templates
    are compiled at once: CompileError shows every diagnostic with its CUDA line.
    """

    _source: Compilation | _Given

    def __init__(
        self,
        source: str | bytes,
        options: Sequence[str] | str = (),
        defines: Mapping[str, Any] = _NOTHING,
        include_dirs: Sequence[str | PathLike[str]] = (),
        device: Any = None,
        *,
        name: str = "kernel.cu",
    ):
        text = source.encode() if isinstance(source, str) else bytes(source)
        read = parse_options(options, defines, include_dirs)
        self._prepare(resolve_device(device), read.compile, name)
        self._source = Compilation(text, name, read)

    @classmethod
    def from_file(cls, path: str | PathLike[str], *arguments: Any, **keywords: Any) -> Module:
        """A module from a file; the other parameters are those of ``Module``."""
        return cls(Path(path).read_bytes(), *arguments, name=str(path), **keywords)

    @classmethod
    def on_demand(
        cls, text: bytes, name: str, options: SourceOptions, device: Device, variables: Variables | None = None
    ) -> Module:
        """A module whose kernels, templates or not, are compiled when they are asked for. Raises CompileError.

        Modules of linked sources share ``variables``.
        """
        made = cls.__new__(cls)
        made._prepare(device, options.compile, name)
        made._variables = variables or made._variables
        made._source = Compilation(text, name, options, on_demand=True)
        return made

    @classmethod
    def from_kir(cls, module: nodes.Module, device: Any = None, options: CompileOptions | None = None) -> Module:
        """A module from KIR, as front ends other than ours and tests make it."""
        made = cls.__new__(cls)
        made._prepare(resolve_device(device), options or CompileOptions(), "kir")
        made._source = _Given({kernel.name: Unit(module, kernel.name) for kernel in module.kernels})
        return made

    def _prepare(self, device: Device, options: CompileOptions, name: str) -> None:
        self.device = device
        self.name = name
        self._options = options
        self._kernels: dict[str, Kernel] = {}
        self._units: dict[str, Unit] = {}
        self._bound: dict[str, Surface] = {}
        self._variables = Variables(device)
        self._lock = threading.RLock()
        if options.bounds_checks or options.sanitize:
            device.pool.exact = True
        if options.bounds_checks and "bounds_checks" not in device.features:
            raise UnsupportedFeature([Diagnostic("E0404", f"{device.name} does not check bounds")])
        if options.sanitize and "sanitizer" not in device.features:
            raise OptionError(
                f"device {device.name} reports no hazards",
                hint='use one with the feature "sanitizer", such as the package cudawasm-reference',
            )

    @property
    def kernels(self) -> tuple[str, ...]:
        """Names of the kernels that are not templates; of overloaded ones with parameters, ``k(int*)``."""
        return self._source.kernels

    @property
    def templates(self) -> tuple[str, ...]:
        """Names of the kernel templates; ``kernel("name<arguments>")`` gives an instance."""
        return self._source.templates

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        return self._source.warnings

    def __getitem__(self, name: str) -> Kernel:
        return self.kernel(name)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._find(name) is not None

    def kernel(self, name: str) -> Kernel:
        """A kernel by name, a template with arguments ("axpy<float, 4>"), one that is overloaded with parameters.

        The last is written as "k(int*)". A name without its namespaces will do when it is the only one. Raises
        KernelNotFound, CompileError, and UnsupportedFeature when the device cannot run it.
        """
        found = self._kernels.get(name)
        if found is None:
            with self._lock:
                found = self._kernels[name] = self._loaded(self._unit(name))
        return found

    def get_global(self, name: str) -> DeviceArray:
        """A ``__device__`` or ``__constant__`` variable as a device array of its own type and extents.

        A scalar has shape (). The array lives as long as the module or longer and cannot be freed.
        Raises GlobalNotFound.
        """
        with self._lock:
            units = [self._unit(kernel) for kernel in self.kernels] + list(self._units.values())
            known = {var.name: var for unit in units for var in unit.module.globals}
            var = known.get(name) or _by_last_name(known, name) or self._source.variable(name)
            if var is None:
                raise GlobalNotFound(f'the source declares no device variable "{name}"', hint=_similar(name, known))
            return self._variables.array(var)

    def bind(self, name: str, image: Surface) -> None:
        """Make a ``texture<...>`` or ``surface<...>`` variable of the source one for ``image``, which is kept.

        Raises GlobalNotFound.
        """
        self.device.backend.write(self.get_global(name).ptr, memoryview(image.ptr.to_bytes(8, "little")))
        self._bound[name] = image

    def report(self) -> Report:
        """The kernels with their resources, and what the device's backend refuses. Loads all of them."""
        rows = []
        for name in dict.fromkeys((*self.kernels, *self._units)):
            unit = self._unit(name)
            refused: tuple[Diagnostic, ...] = ()
            try:
                self.kernel(name)
            except CompileError as error:
                refused = error.diagnostics
            rows.append(_kernel_report(unit, refused))
        return Report(self.name, self.device.name, tuple(rows), self.templates, self.warnings)

    def _unit(self, name: str) -> Unit:
        if name not in self._units:
            found = self._find(name)
            if found is not None:
                self._units[name] = self._source.unit(found)
            elif self._source.on_demand or ("<" in name and self._is_template(name.partition("<")[0].strip())):
                self._units[name] = self._source.instantiate(name)
            else:
                raise self._not_found(name)
        return self._units[name]

    def _find(self, name: str) -> str | None:
        if name in self.kernels:
            return name
        if "(" in name:  # an overloaded kernel with the types of its parameters
            found_name = "".join(name.split())
            return next((kernel for kernel in self.kernels if "".join(kernel.split()) == found_name), None)
        found: str | None = _by_last_name({kernel: kernel for kernel in self.kernels}, name)
        return found

    def _is_template(self, name: str) -> bool:
        return name in self.templates or any(t.endswith(f"::{name}") for t in self.templates)

    def _not_found(self, name: str) -> KernelNotFound:
        if self._is_template(name):
            return KernelNotFound(f'"{name}" is a template', hint=f'name its arguments: mod.kernel("{name}<...>")')
        return KernelNotFound(
            f'{self.name} has no kernel "{name}"', hint=_similar(name, (*self.kernels, *self.templates))
        )

    def _loaded(self, unit: Unit) -> Kernel:
        variables = {var.name: self._variables.array(var) for var in unit.module.globals}
        addresses = {name: array.ptr for name, array in variables.items()}
        return Kernel(unit, self.device, self._compiled(unit, addresses), tuple(variables.values()))

    def _compiled(self, unit: Unit, addresses: Mapping[str, int]) -> CompiledKernel:
        backend = self.device.backend
        if "cooperative" not in self.device.info.emulated or not _meets_across_the_grid(unit.module):
            return backend.load(unit.module, self._options, addresses).kernel(unit.kernel)
        from cudawasm.passes.resume_at_grid_barriers import resume_at_grid_barriers
        from cudawasm.runtime.resumed import ResumedKernel

        facts = resume_at_grid_barriers(unit.module, unit.kernel)
        compiled = backend.load(facts.module, self._options, addresses).kernel(facts.kernel)
        return ResumedKernel(self.device, unit.function, facts, compiled)

    def __repr__(self) -> str:
        return f"<cudawasm.Module {self.name} on {self.device.name}: {', '.join(self.kernels)}>"


def _meets_across_the_grid(module: nodes.Module) -> bool:
    inside = (s for f in module.functions.values() for s in statements(f.body))
    return any(isinstance(s, nodes.Barrier) and s.kind == "grid" for s in inside)


class _Given:
    """The kernels of a KIR module, in the place of a ``Compilation``."""

    templates: tuple[str, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()
    options = SourceOptions()
    on_demand = False

    def __init__(self, units: Mapping[str, Unit]):
        self._units = units
        self.kernels = tuple(units)

    def unit(self, name: str) -> Unit:
        return self._units[name]

    def variable(self, name: str) -> nodes.Var | None:
        return None

    def instantiate(self, expression: str) -> Unit:
        raise KernelNotFound(f'no kernel "{expression}"')


class Variables:
    """The global and constant variables of a module, or of linked ones, on one device: made when first needed."""

    def __init__(self, device: Device):
        self._device = device
        self._made: dict[str, tuple[nodes.Var, Block]] = {}

    def array(self, var: nodes.Var) -> DeviceArray:
        """The variable as an array; several KIR modules' variables of one name are the same variable."""
        if var.name not in self._made:
            self._made[var.name] = (var, self._make(var))
        first, block = self._made[var.name]
        if first.type != var.type:
            raise InternalError(f'variable "{var.name}" has types {first.type} and {var.type}')
        type_ = var.type
        shape: list[int] = []
        while isinstance(type_, Array):
            shape.append(type_.count)
            type_ = type_.element
        return DeviceArray(self._device, block, dtype_of(type_), tuple(shape))

    def _make(self, var: nodes.Var) -> Block:
        size = size_of(var.type)
        block = self._device.pool.allocate(size)
        block.permanent = True
        backend = self._device.backend
        if var.init is None:
            backend.fill(block.pointer, 0, size)
        else:
            backend.write(block.pointer, memoryview(var.init.ljust(size, b"\0")))
        return block


def _kernel_report(unit: Unit, refused: tuple[Diagnostic, ...]) -> KernelReport:
    function = unit.function
    return KernelReport(
        name=function.display or function.name,
        signature=", ".join(f"{cuda_name(p.type)} {p.name}" for p in function.params),
        static_shared_bytes=static_shared_bytes(unit),
        launch_bounds=function.launch_bounds.max_threads if function.launch_bounds else 0,
        globals=tuple(var.name for var in unit.module.globals),
        refused=refused,
    )


def _by_last_name(known: Mapping[str, Any], name: str) -> Any:
    """What is known as ``...::name``, when it is the only one."""
    found = [value for key, value in known.items() if key.rpartition("::")[2] == name]
    return found[0] if len(found) == 1 else None


def _similar(name: str, known: Any) -> str:
    names = sorted(known)
    close = difflib.get_close_matches(name, names, 3)
    if close:
        return f"did you mean {' or '.join(close)}?"
    return f"there are: {', '.join(names)}" if names else "there is none"
