"""Writes docs/support.md: how many conformance cases of each area pass on each device present.

    python tools/support_table.py [--check]

With --check nothing is written, and the exit status says whether the page is up to date.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from cudawasm_conformance.case import Case, cases_by_area
from cudawasm_conformance.run import run_case

import cudawasm as cw

PAGE = Path(__file__).resolve().parent.parent / "docs" / "support.md"
HEAD = """# Support by device

Conformance cases that pass, by area, as run on this project's machines. Made by `tools/support_table.py` from test
results; do not edit. A case that needs a feature which a device does not declare counts when it is refused with
a diagnostic; those are listed below the table.
"""


def outcome(case: Case, info: cw.DeviceInfo) -> str:
    """passed, refused (a feature is lacking and compiling says so) or failed."""
    lacking = [f for f in case.requires if f not in info.features]
    try:
        problems = run_case(case, info.name)
    except cw.UnsupportedFeature:
        return "refused" if lacking else "failed"
    except cw.CudaWasmError:
        return "failed"
    return "failed" if problems or lacking else "passed"


def page() -> str:
    devices = [info for info in cw.devices() if info.details.get("compiler") != "slow"]
    rows = [f"| area | cases | {' | '.join(d.name for d in devices)} |", "|---|---|" + "---|" * len(devices)]
    totals: Counter[str] = Counter()
    refused: dict[str, list[str]] = {}
    for area, cases in cases_by_area().items():
        cells = []
        for info in devices:
            results = {case.name: outcome(case, info) for case in cases}
            passed = sum(r != "failed" for r in results.values())
            refused.setdefault(info.name, []).extend(n for n, r in results.items() if r == "refused")
            totals[info.name] += passed
            cells.append(str(passed))
        totals["cases"] += len(cases)
        rows.append(f"| {area} | {len(cases)} | {' | '.join(cells)} |")
    rows.append(f"| **all** | {totals['cases']} | {' | '.join(str(totals[d.name]) for d in devices)} |")
    lines = [HEAD, *rows, ""]
    for name, names in refused.items():
        if names:
            lines.append(f"Refused on {name}, as declared: {', '.join(sorted(names))}.")
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description="The support table.")
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    text = page()
    if args.check:
        return int(not PAGE.exists() or PAGE.read_text() != text)
    PAGE.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
