"""A sample of the tools that run random programs: the tools themselves run many more."""

import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))

import fuzz_jumps
import fuzz_kernels
import fuzz_sources


@pytest.mark.parametrize("seed", range(1, 6))
def test_random_kernels_agree_with_numpy(seed: int):
    assert fuzz_kernels.check(seed, "cpu") == []


@pytest.mark.parametrize("device", ["cpu", "reference"])
def test_random_jumps_go_where_they_should(device: str):
    assert [problem for seed in range(1, 60) for problem in fuzz_jumps.check(seed, device)] == []


def test_mutated_sources_give_a_diagnostic_or_a_module():
    rng = random.Random(2)
    sources = fuzz_sources.seeds()
    for _ in range(400):
        source = fuzz_sources.mutated(rng.choice(sources), sources, rng)
        result, details = fuzz_sources.outcome(source)
        assert result in ("module", "diagnostic"), f"{source!r}\n{details}"
