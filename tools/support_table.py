"""Writes docs/support.md: how many conformance cases of each area pass on each device.

    python tools/support_table.py [--check]
    pytest plugins/conformance/src/cudawasm_conformance/suite.py --device NAME --scores docs/scores/TITLE.json

Devices that take a moment are run now. Others, and those of other machines, are read from docs/scores, where the second
command writes them; scores of other cases than the suite has now are an error. With --check nothing is written, and the
exit status says whether the page is up to date.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from pathlib import Path

from cudawasm_conformance.case import all_cases, cases_by_area
from cudawasm_conformance.verdict import Score, judge, read_scores

import cudawasm as cw

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE = DOCS / "support.md"
HEAD = """# Support by device

Conformance cases that pass, by area. Made by `tools/support_table.py` from test results; do not edit. A case that needs
a feature which a device lacks is refused with a diagnostic at the CUDA line; those are listed below the table.
"""
AT_ONCE = ("cpu", "reference")
"""Devices that run all cases in seconds."""


def scores() -> dict[str, Score]:
    """Scores by title, those of devices here first. Raises SystemExit for recorded ones that are stale."""
    found: dict[str, Score] = {}
    for info in cw.devices():
        if info.name in AT_ONCE:
            verdicts = {case.name: str(judge(case, info)) for case in all_cases()}
            found[info.name] = Score(info.name, "", verdicts)
    names = {case.name for case in all_cases()}
    for path in sorted((DOCS / "scores").glob("*.json")):
        for score in read_scores(path):
            if set(score.verdicts) != names:
                sys.exit(f"{path.name} is of other cases than the suite has now; run the suite there again")
            found[path.stem.replace("_", " ")] = score
    return found


def page() -> str:
    by_title = scores()
    rows = [f"| area | cases | {' | '.join(by_title)} |", "|---|---|" + "---|" * len(by_title)]
    for area, cases in cases_by_area().items():
        cells = [str(sum(score.verdicts[c.name] == "passed" for c in cases)) for score in by_title.values()]
        rows.append(f"| {area} | {len(cases)} | {' | '.join(cells)} |")
    passed = [f"{s.counts['passed']} ({s.share:.1%})" for s in by_title.values()]
    rows.append(f"| **all** | {len(all_cases())} | {' | '.join(passed)} |")
    return "\n".join([HEAD, *rows, "", *details(by_title)]) + "\n"


def details(by_title: dict[str, Score]) -> list[str]:
    """What does not pass, by device, the same reasons together."""
    lines = []
    for title, score in by_title.items():
        lines += [f"## {title}", "", *([score.description, ""] if score.description else [])]
        reasons: dict[str, list[str]] = defaultdict(list)
        for name, verdict in score.verdicts.items():
            outcome, _, detail = verdict.partition(": ")
            if outcome == "refused":
                code, _, lack = detail.partition(" at line ")
                reasons[f"{code}, lacks {lack.partition(', lacks ')[2]}"].append(name)
            elif outcome == "failed":
                reasons["Not yet" if "error[" in detail else "Wrong"].append(name)
        lines += [f"- {reason}: {', '.join(sorted(names))}." for reason, names in sorted(reasons.items())]
        lines.append("")
    return lines


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
