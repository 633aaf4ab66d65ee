"""The suite: ``pytest --pyargs cudawasm_conformance.suite``."""

from __future__ import annotations

import pytest

import cudawasm as cw
from cudawasm_conformance.case import Case, all_cases
from cudawasm_conformance.run import run_case


@pytest.mark.parametrize("case", all_cases(), ids=lambda c: c.name)
def test_case(case: Case, device_name: str) -> None:
    info = next(i for i in cw.devices() if i.name == device_name)
    lacking = [f for f in case.requires if f not in info.features]
    if lacking:
        with pytest.raises(cw.UnsupportedFeature):
            run_case(case, device_name)
        return
    problems = run_case(case, device_name)
    assert not problems, "\n".join(problems)
