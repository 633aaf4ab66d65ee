"""What a device makes of a case that needs numbers below the normal range."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from cudawasm_conformance.make import each, each_by_range
from cudawasm_conformance.verdict import judge

import cudawasm as cw

TINY = np.array([1e-40, 2.0], np.float32)


def test_other_results_are_a_refusal_only_where_the_feature_is_missing():
    info = next(i for i in cw.devices() if i.name == "reference")
    without = replace(info, features=info.features - {"denormals"})
    flushed = each(
        "flushed", "o[i] = a[i] * 1.5f;", {"a": TINY}, {"o": np.float32}, lambda a: {"o": np.array([0, 3], np.float32)},
        requires=("denormals",),
    )  # fmt: skip
    assert judge(flushed, info).outcome == "failed"
    assert str(judge(flushed, without)) == "refused: flushes numbers below the normal range, lacks denormals"
    assert judge(replace(flushed, requires=()), without).outcome == "failed"
    kept = replace(flushed, expected=lambda a, o, n: {"o": TINY * np.float32(1.5)})
    assert judge(kept, without).outcome == judge(kept, info).outcome == "passed"


def test_cases_are_parted_by_their_range():
    normal, below = each_by_range(
        "half", "o[i] = a[i] * 0.5f;", {"a": np.array([2, 1e-40, 1.2e-38, 0], np.float32)}, {"o": np.float32},
        lambda a: {"o": a * np.float32(0.5)},
    )  # fmt: skip
    assert normal.args["a"].tolist() == [2, 0]
    assert below.args["a"].size == 2
    assert (normal.requires, below.requires) == ((), ("denormals",))
