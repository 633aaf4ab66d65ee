"""The suite: ``pytest --pyargs cudawasm_conformance.suite``."""

from __future__ import annotations

from typing import Any

import pytest

import cudawasm as cw
from cudawasm_conformance.case import Case, all_cases
from cudawasm_conformance.verdict import judge

NOT_YET: dict[str, str] = {}
"""Programs that are refused though CUDA takes them, and for want of what."""


def _marked(case: Case) -> Any:
    reason = NOT_YET.get(case.name)
    return pytest.param(case, id=case.name, marks=[pytest.mark.xfail(reason=reason)] if reason else [])


@pytest.mark.parametrize("case", [_marked(c) for c in all_cases()])
def test_case(case: Case, device_name: str, record_property: Any) -> None:
    info = next(i for i in cw.devices() if i.name == device_name)
    verdict = judge(case, info)
    record_property("conformance", str(verdict))
    record_property("in_profile", verdict.in_profile)
    assert verdict.outcome != "failed", verdict.detail
