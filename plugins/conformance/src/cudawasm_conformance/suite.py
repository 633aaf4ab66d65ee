"""The suite: ``pytest --pyargs cudawasm_conformance.suite``."""

from __future__ import annotations

from typing import Any

import pytest

import cudawasm as cw
from cudawasm_conformance.case import Case, all_cases
from cudawasm_conformance.run import run_case

NOT_YET = {
    "recorded_bytecode_vm": "goto between the cases of a switch",
    "recorded_pointer_zoo": "pointers to members",
}
"""Programs that are refused though CUDA takes them, and for want of what."""


def _marked(case: Case) -> Any:
    reason = NOT_YET.get(case.name)
    marks = [pytest.mark.xfail(raises=cw.CompileError, reason=reason)] if reason else []
    return pytest.param(case, id=case.name, marks=marks)


@pytest.mark.parametrize("case", [_marked(c) for c in all_cases()])
def test_case(case: Case, device_name: str) -> None:
    info = next(i for i in cw.devices() if i.name == device_name)
    lacking = [f for f in case.requires if f not in info.features]
    if lacking:
        with pytest.raises(cw.UnsupportedFeature):
            run_case(case, device_name)
        return
    problems = run_case(case, device_name)
    assert not problems, "\n".join(problems)
