"""CUDA text to packages, texts of targets and diagnostics, as JSON takes them. Runs in the compiler's process."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from cudawasm.diagnostic_codes import CODES
from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import CodedError, CompileError, CudaWasmError, OptionError
from cudawasm.ir.text import print_module
from cudawasm.plugins import host
from cudawasm.runtime.compilation import SourceOptions, Unit, lower, open_program, parse_options
from cudawasm.runtime.dtypes import cuda_name
from cudawasm.source import Span
from cudawasm.web.export import export_kernels, public_name, usual_block
from cudawasm_playground.lines import line_map
from cudawasm_playground.requests import CompileRequest, GenerateRequest, Source

FILE = "kernel.cu"
PACKAGE = "kernel"
_KIR = "kir"
SMALL = CompileRequest(Source("__global__ void k(float* x) { x[threadIdx.x] = 1.0f; }"), {})
"""Compiled once before anyone waits, so that all parts of the compiler are there."""


class Compiler:
    """Keeps the kernels of the last source, for which several texts are asked one after the other."""

    def __init__(self) -> None:
        self._source: Source | None = None
        self._lowered = Lowered({}, [], [], SourceOptions())

    def compile(self, request: CompileRequest) -> dict[str, Any]:
        """The package of all kernels, and what is wrong with the others."""
        start = time.perf_counter()
        lowered = self._lower(request.source)
        answer: dict[str, Any] = {
            "diagnostics": [shown(d) for d in lowered.diagnostics],
            "kernels": [described(name, unit) for name, unit in lowered.units.items()],
            "templates": lowered.templates,
            "refused": {},
            "files": {},
        }
        failed = any(d.severity == "error" for d in lowered.diagnostics)
        if lowered.units and not failed:
            try:
                self._package(request, lowered, answer)
            except CudaWasmError as error:
                answer["diagnostics"] += [shown(d) for d in diagnostics_of(error)]
        answer["milliseconds"] = round((time.perf_counter() - start) * 1e3)
        return answer

    def _package(self, request: CompileRequest, lowered: Lowered, answer: dict[str, Any]) -> None:
        targets = [target for _, target in sorted(host().web_targets().items())]
        units = {public_name(name): unit for name, unit in lowered.units.items()}
        blocks = {name: list(dict.fromkeys(shapes)) for name, shapes in request.blocks.items()}
        package = export_kernels(PACKAGE, units, blocks, targets, lowered.options.compile)
        answer["files"] = dict(package.files)
        for target, refused in package.refused.items():
            # A kernel that runs for some block shapes has facts too, and is not refused as a whole.
            lost = [name for name in refused if name not in package.manifest[target]["kernels"]]
            found = [shown(d, target) for name in refused for d in refused[name]]
            answer["refused"][target] = {"kernels": lost, "diagnostics": found}

    def generate(self, request: GenerateRequest) -> dict[str, Any]:
        """A target's text of a kernel, and the CUDA line of each of its lines."""
        lowered = self._lower(request.source)
        unit = lowered.units.get(request.kernel)
        if unit is None:
            return {"text": "", "lines": [], "diagnostics": [shown(d) for d in lowered.diagnostics]}
        try:
            text = self._text(unit, request, lowered.options)
        except CudaWasmError as error:
            return {"text": "", "lines": [], "diagnostics": [shown(d, request.target) for d in diagnostics_of(error)]}
        return {"text": text, "lines": line_map(text, FILE), "diagnostics": []}

    def _text(self, unit: Unit, request: GenerateRequest, options: SourceOptions) -> str:
        if request.target == _KIR:
            return print_module(unit.module, locations=True)
        target = host().targets().get(request.target)
        if target is None:
            raise OptionError(f'no target "{request.target}"')
        block = request.block or usual_block(unit)
        return target.generate(unit.module, unit.kernel, block, replace(options.compile, debug=True))

    def _lower(self, source: Source) -> Lowered:
        if source != self._source:
            self._lowered, self._source = lowered_of(source), source
        return self._lowered


class Lowered:
    """The kernels of a source by name, its templates, and what was said about it."""

    def __init__(
        self, units: dict[str, Unit], templates: list[str], diagnostics: list[Diagnostic], options: SourceOptions
    ) -> None:
        self.units, self.templates, self.diagnostics, self.options = units, templates, diagnostics, options


def lowered_of(source: Source) -> Lowered:
    """All kernels that are sound, and the diagnostics of the others."""
    try:
        options = read_options(source.options)
        program = open_program(source.text.encode(), FILE, options)
    except CudaWasmError as error:
        return Lowered({}, [], kept_private(diagnostics_of(error)), SourceOptions())
    units: dict[str, Unit] = {}
    found = list(program.warnings)
    if program.dependencies:
        found.append(Diagnostic("E0101", f"files of this computer are not included: {_header(source.text)}"))
        return Lowered({}, [], kept_private(found), options)
    plain = [k.name for k in program.kernels if not k.is_template]
    for name in (*plain, *source.instances):
        try:
            units[name] = lower(program, name)
        except CompileError as error:
            found += [d for d in error.diagnostics if d not in found]
        except KeyError:
            found.append(Diagnostic("R0302", f'no kernel "{name}"'))
    return Lowered(units, [k.name for k in program.kernels if k.is_template], kept_private(found), options)


def _header(text: str) -> str:
    line = next((line for line in text.splitlines() if line.lstrip().startswith("#") and '"' in line), "")
    return line.strip() or "#include"


def read_options(text: str) -> SourceOptions:
    """nvcc's options without those that name files. Raises OptionError."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise OptionError(f"the options cannot be read: {error}") from error
    options = parse_options(words, {}, ())
    if options.include_dirs or options.compile.keep:
        raise OptionError("options that name files or folders are not taken here")
    return options


def kept_private(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Without what would show text of files that are not the user's source or ours."""
    return [
        d
        if d.span is None or d.span.file.name == FILE or d.span.file.is_builtin
        else Diagnostic("E0101", "files of this computer are not included")
        for d in found
    ]


def diagnostics_of(error: CudaWasmError) -> tuple[Diagnostic, ...]:
    """An error as diagnostics."""
    if isinstance(error, CompileError):
        return error.diagnostics
    if isinstance(error, CodedError):
        return (Diagnostic(error.code, error.message, hint=error.hint),)
    return (Diagnostic("E0000", str(error)),)


def shown(diagnostic: Diagnostic, target: str = "") -> dict[str, Any]:
    """A diagnostic for the page: places are lines from 1 and columns from 0, as JavaScript counts characters.

    What a target refuses does not keep the kernel from others, so that it is a warning.
    """
    entry = CODES.get(diagnostic.code)
    severity = "warning" if target else diagnostic.severity
    found: dict[str, Any] = {
        "code": diagnostic.code, "severity": severity, "message": diagnostic.message, "hint": diagnostic.hint,
        "target": target, "title": entry.title if entry else "", "place": None,
    }  # fmt: skip
    span = diagnostic.span
    if span and span.file.name == FILE and not span.file.is_builtin:
        found["place"] = {"from": _place(span, span.start), "to": _place(span, max(span.start, span.end))}
    return found


def _place(span: Span, offset: int) -> list[int]:
    line, column = span.file.position(offset)
    before = span.file.line_text(line)[: column - 1]
    return [line, len(before.encode("utf-16-le", "surrogatepass")) // 2]


def described(name: str, unit: Unit) -> dict[str, Any]:
    """A kernel as the page lists it."""
    function = unit.function
    return {
        "name": name,
        "public": public_name(name),
        "block": list(usual_block(unit)),
        "line": function.span.line if function.span else 0,
        "params": [{"name": p.name, "type": cuda_name(p.type)} for p in function.params],
    }


def targets() -> list[str]:
    """What texts there are, the ones that people read first."""
    first = ["wgsl-browser", "wgsl", "opencl", "spirv", "llvm", "wasm", _KIR]
    known = [_KIR, *host().targets()]
    return [name for name in first if name in known] + sorted(set(known) - set(first))
