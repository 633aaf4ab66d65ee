"""The suite: ``pytest --pyargs cudawasm_conformance.suite``."""

from __future__ import annotations

from typing import Any

import pytest

import cudawasm as cw
from cudawasm_conformance.case import Case, all_cases
from cudawasm_conformance.run import run_case

NOT_YET = {
    "recorded_aes_ctr": "braced arguments of templates",
    "recorded_bytecode_vm": "goto between the cases of a switch",
    "recorded_calendar": "recursion",
    "recorded_directed_rounding": "functions as arguments",
    "recorded_int8_dot": "dp2a of vector types",
    "recorded_intrinsics_ptx": "128-bit integers",
    "recorded_math_functions": "functions as arguments",
    "recorded_md5_crc32": "arrays in member initialisers",
    "recorded_pointer_zoo": "pointers to functions",
    "recorded_quaternions": "operators found by a base class",
    "recorded_sha256": "constant evaluation",
    "recorded_shuffle_masks": "types of local constants",
    "recorded_smith_waterman": "names of locals and functions",
    "recorded_sync_nested": "operators of enumerations",
    "recorded_variant_tuple": "packs in alignas",
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
