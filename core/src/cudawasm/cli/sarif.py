"""SARIF 2.1.0, as code hosts read it: one result a diagnostic, one rule a code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cudawasm._version import __version__
from cudawasm.diagnostic_codes import CODES
from cudawasm.diagnostics import Diagnostic
from cudawasm.runtime.checking import Outcome
from cudawasm.source import Span

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif_of(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The log of a check, ready for ``json.dumps``."""
    found = dict.fromkeys((o.file, o.kernel, d) for o in outcomes for d in o.diagnostics)
    rules = sorted({d.code for _, _, d in found})
    driver = {"name": "cudawasm", "version": __version__, "rules": [_rule(code) for code in rules]}
    results = [_result(file, kernel, diagnostic) for file, kernel, diagnostic in found]
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }


def _rule(code: str) -> dict[str, Any]:
    entry = CODES.get(code)
    title = entry.title if entry else code
    text = entry.explanation if entry else ""
    return {"id": code, "shortDescription": {"text": title}, "fullDescription": {"text": text or title}}


def _result(file: str, kernel: str, diagnostic: Diagnostic) -> dict[str, Any]:
    where = f" (kernel {kernel})" if kernel else ""
    hint = f" Hint: {diagnostic.hint}" if diagnostic.hint else ""
    location: dict[str, Any] = {"artifactLocation": {"uri": file}}
    if diagnostic.span:
        location = {
            "artifactLocation": {"uri": diagnostic.span.file.name},
            "region": _region(diagnostic.span),
        }
    return {
        "ruleId": diagnostic.code,
        "level": diagnostic.severity,
        "message": {"text": f"{diagnostic.message}{where}{hint}"},
        "locations": [{"physicalLocation": location}],
    }


def _region(span: Span) -> dict[str, int]:
    line, column = span.file.position(span.start)
    end_line, end_column = span.file.position(max(span.end, span.start))
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}
