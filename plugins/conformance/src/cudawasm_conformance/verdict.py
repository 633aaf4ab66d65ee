"""What a device makes of a case: it passes, the device refuses it for want of a feature, or it fails."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import cudawasm as cw
from cudawasm.analysis.features import required_features
from cudawasm.runtime.compilation import lower, open_program, parse_options
from cudawasm_conformance.case import Case
from cudawasm_conformance.run import run_case

Outcome = Literal["passed", "refused", "failed"]
PROFILE = frozenset((
    "i8", "i16", "i32", "f16", "bf16", "f32", "shared", "barrier", "atomics", "float_atomics", "warp", "printf",
    "assert",
))  # fmt: skip
"""The features of the required profile: a device that lacks one of them is not a complete device."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``detail``: why a case was refused, with the diagnostic's code and place, or what is wrong.

    ``in_profile``: the case is one of the required profile.
    """

    outcome: Outcome
    detail: str = ""
    in_profile: bool = False

    def __str__(self) -> str:
        return f"{self.outcome}: {self.detail}" if self.detail else self.outcome


def needs_of(case: Case) -> frozenset[str]:
    """The features that a case names and those that its kernel visibly uses. Raises CompileError."""
    program = open_program(case.source.encode(), "kernel.cu", parse_options(case.options, {}, []))
    unit = lower(program, case.kernel)
    return required_features(unit.module, unit.kernel) | frozenset(case.requires)


def judge(case: Case, info: cw.DeviceInfo) -> Verdict:
    """Run a case on a device. A refusal needs a feature that the device lacks, and a place in the source.

    Zeros for numbers below the normal range, which CUDA computes too when asked to (``-ftz=true``), no device can
    refuse by looking at a kernel: a case that names the feature "denormals" may give anything where that is missing.
    """
    try:
        needs = needs_of(case)
    except cw.CompileError as error:
        return Verdict("failed", str(error))
    in_profile = needs <= PROFILE
    lacking = sorted(needs - info.features)
    try:
        problems = run_case(case, info.name)
    except cw.UnsupportedFeature as refusal:
        first = refusal.diagnostics[0]
        if not lacking or first.span is None:
            return Verdict("failed", str(refusal), in_profile)
        detail = f"{first.code} at line {first.span.line}, lacks {', '.join(lacking)}"
        return Verdict("refused", detail, in_profile)
    except cw.CudaWasmError as error:
        return Verdict("failed", str(error), in_profile)
    if problems and "denormals" in lacking:
        return Verdict("refused", "flushes numbers below the normal range, lacks denormals", in_profile)
    return Verdict("failed" if problems else "passed", "; ".join(problems), in_profile)


@dataclass(frozen=True, slots=True)
class Score:
    """The verdicts of one device by case name."""

    device: str
    description: str
    verdicts: Mapping[str, str]

    @property
    def counts(self) -> Counter[str]:
        return Counter(text.partition(":")[0] for text in self.verdicts.values())

    @property
    def share(self) -> float:
        """The part of all cases that pass."""
        return self.counts["passed"] / max(1, len(self.verdicts))

    def dump(self) -> dict[str, Any]:
        return {"device": self.device, "description": self.description, "verdicts": dict(sorted(self.verdicts.items()))}


def write_scores(path: Path, scores: Iterable[Score]) -> None:
    """Scores as JSON: a list of devices with their verdicts."""
    path.write_text(json.dumps([score.dump() for score in scores], indent=1) + "\n", encoding="utf-8")


def read_scores(path: Path) -> list[Score]:
    return [Score(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))]
