"""What of a source runs where: each kernel lowered and offered to devices, nothing launched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from cudawasm.analysis.features import required_features
from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import CompileError
from cudawasm.plugins import host
from cudawasm.runtime.compilation import SourceOptions, Unit, open_program
from cudawasm.runtime.device import Device
from cudawasm.runtime.interface import PreparableKernel

_BLOCK = 256
"""Threads of the block for which a kernel is made; its launch bounds may ask for fewer."""

State = Literal["runs", "runs emulated", "refused", "template", "defect"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one kernel fares on one device.

    ``kernel`` is empty when the file as a whole is refused, ``device`` when the front end refuses. "template"
    is a template of which no instance was asked for; "defect" is a failure of this package, and ``diagnostics``
    says what happened. ``emulated`` names what a device that runs the kernel has no instructions for.
    """

    file: str
    kernel: str
    device: str
    state: State
    diagnostics: tuple[Diagnostic, ...] = ()
    emulated: tuple[str, ...] = ()


def check_source(
    path: Path, options: SourceOptions, devices: Sequence[Device], instances: Sequence[str] = ()
) -> list[Outcome]:
    """One outcome a kernel and device. ``instances`` names instances of templates ("axpy<float>")."""
    name = str(path)
    try:
        program = open_program(path.read_bytes(), name, options)
        declared = [(k.name, k.is_template) for k in program.kernels]
    except Exception as error:
        return [_failed(name, "", "", error)]
    wanted = [kernel for kernel, is_template in declared if not is_template]
    wanted += [i for i in instances if i.partition("<")[0] in {k for k, is_template in declared if is_template}]
    named = {i.partition("<")[0] for i in wanted if "<" in i}
    outcomes = [Outcome(name, k, "", "template") for k, is_template in declared if is_template and k not in named]
    for kernel in wanted:
        outcomes += _check_kernel(program, name, kernel, options, devices)
    return outcomes


def _check_kernel(
    program: Any, name: str, kernel: str, options: SourceOptions, devices: Sequence[Device]
) -> list[Outcome]:
    try:
        lowered = program.lower(kernel)
    except Exception as error:
        return [_failed(name, kernel, "", error)]
    unit = Unit(lowered.module, lowered.kernel)
    return [_offer(unit, name, kernel, options, device) for device in devices]


def _offer(unit: Unit, name: str, kernel: str, options: SourceOptions, device: Device) -> Outcome:
    # Addresses that nothing is read from: the kernel is made, not launched.
    addresses = {var.name: 4096 * (i + 1) for i, var in enumerate(unit.module.globals)}
    try:
        compiled = device.backend.load(unit.module, options.compile, addresses).kernel(unit.kernel)
        bounds = unit.function.launch_bounds
        block = (min(_BLOCK, bounds.max_threads) if bounds else _BLOCK, 1, 1)
        if isinstance(compiled, PreparableKernel):
            compiled.prepare(block)
        else:  # what is refused only when code is made must show here, not at the first launch
            for target in host().targets_of(device.info)[:1]:
                target.generate(unit.module, unit.kernel, block, options.compile)
    except Exception as error:
        return _failed(name, kernel, device.name, error)
    emulated = sorted(required_features(unit.module, unit.kernel) & device.info.emulated)
    return Outcome(name, kernel, device.name, "runs emulated" if emulated else "runs", emulated=tuple(emulated))


def _failed(file: str, kernel: str, device: str, error: Exception) -> Outcome:
    if isinstance(error, CompileError):
        return Outcome(file, kernel, device, "refused", error.diagnostics)
    message = f"{type(error).__name__}: {error}"
    return Outcome(file, kernel, device, "defect", (Diagnostic("E0000", message),))
