"""``cudawasm check``: which kernels of a file or folder run, and why the others do not."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.progress import track

from cudawasm.cli.emit import DefineOption, IncludeOption, read_options
from cudawasm.cli.output import err, out, table
from cudawasm.cli.sarif import sarif_of
from cudawasm.diagnostics import Diagnostic
from cudawasm.runtime.checking import Outcome, check_source
from cudawasm.runtime.device import device as open_device

_SUFFIX = ".cu"
_STYLES = {"runs": "green", "runs emulated": "green", "refused": "red", "template": "yellow", "defect": "bold red"}


class Format(StrEnum):
    """How the result is printed."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


def check(
    path: Annotated[Path, typer.Argument(exists=True, help="A CUDA source file, or a folder of them.")],
    form: Annotated[Format, typer.Option("--format", "-f", help="How to print the result.")] = Format.TEXT,
    device: Annotated[
        list[str] | None, typer.Option("--device", "-d", help="Device to check for; may be repeated.")
    ] = None,
    kernel: Annotated[
        list[str] | None, typer.Option("--kernel", "-k", help="An instance of a template: axpy<float>.")
    ] = None,
    define: DefineOption = [],  # noqa: B006 (typer reads the default)
    include: IncludeOption = [],  # noqa: B006
) -> None:
    """Say of each kernel whether it runs on the devices, or with which code and line it is refused.

    Exit code 1 when a kernel is refused.
    """
    files = _sources(path)
    devices = [open_device(name) for name in device] if device else [open_device()]
    options = read_options(define, include)
    outcomes: list[Outcome] = []
    for file in _with_progress(files, form is Format.TEXT and len(files) > 1):
        outcomes += check_source(file, options, devices, kernel or ())
    match form:
        case Format.TEXT:
            _print_text(outcomes, len(files))
        case Format.JSON:
            print(json.dumps([_as_json(outcome) for outcome in outcomes], indent=2))
        case Format.SARIF:
            print(json.dumps(sarif_of(outcomes), indent=2))
    refused = any(outcome.state in ("refused", "defect") for outcome in outcomes)
    raise typer.Exit(1 if refused else 0)


def _sources(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    files = sorted(file for file in path.rglob("*") if file.suffix == _SUFFIX)
    if not files:
        raise typer.BadParameter(f"no {_SUFFIX} file in {path}")
    return files


def _with_progress(files: Sequence[Path], wanted: bool) -> Iterable[Path]:
    console = err()
    if not wanted or not console.is_terminal:
        return files
    return track(files, "checking", console=console, transient=True)


def _print_text(outcomes: Sequence[Outcome], files: int) -> None:
    console = out()
    rows = table("file", "kernel", "device", "result", "why")
    for outcome in outcomes:
        style = _STYLES[outcome.state]
        rows.add_row(
            escape(outcome.file),
            escape(outcome.kernel or "(whole file)"),
            outcome.device or "all",
            f"[{style}]{outcome.state}[/]",
            escape(_why(outcome)),
        )
    console.print(rows)
    shown: dict[Diagnostic, None] = dict.fromkeys(d for outcome in outcomes for d in outcome.diagnostics)
    for diagnostic in shown:
        console.print(f"\n{diagnostic.render()}", markup=False, soft_wrap=True)
    counts = Counter(outcome.state for outcome in outcomes)
    summary = ", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "no kernels"
    console.print(f"\n{files} file{'s' if files != 1 else ''}: {summary}")


def _why(outcome: Outcome) -> str:
    if outcome.emulated:
        return f"no instructions for {', '.join(outcome.emulated)}"
    first = outcome.diagnostics[:1]
    return "; ".join(f"{d.code} line {d.span.line}" if d.span else d.code for d in first)


def _as_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "file": outcome.file,
        "kernel": outcome.kernel,
        "device": outcome.device,
        "state": outcome.state,
        "emulated": list(outcome.emulated),
        "diagnostics": [_diagnostic_as_json(d) for d in outcome.diagnostics],
    }


def _diagnostic_as_json(diagnostic: Diagnostic) -> dict[str, Any]:
    place: dict[str, Any] = {}
    if diagnostic.span:
        line, column = diagnostic.span.file.position(diagnostic.span.start)
        place = {"file": diagnostic.span.file.name, "line": line, "column": column}
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "hint": diagnostic.hint,
        **place,
    }
