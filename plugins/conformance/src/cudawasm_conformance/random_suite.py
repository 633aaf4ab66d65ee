"""Random kernels give the same bytes on a device as on the reference device.

pytest --pyargs cudawasm_conformance.random_suite [--random-kernels N]
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import cudawasm as cw
from cudawasm_conformance.random_kernels import INPUTS, THREADS, kernels
from cudawasm_conformance.verdict import PROFILE

BLOCKS = 2
REFERENCE = "reference"


def outputs(source: str, device: str) -> list[np.ndarray]:
    """What a kernel leaves in its arrays. Contraction is off, so that rounding is the same everywhere."""
    count = THREADS * BLOCKS
    rng = np.random.default_rng(len(source))
    with cw.device(device):
        arrays = [
            cw.asarray(rng.integers(-1000, 1000, count + INPUTS).astype(np.int32)),
            cw.asarray(np.zeros(4 * count, np.int32)), cw.asarray(np.zeros(8, np.uint32)),
            cw.asarray(np.zeros(count, np.float32)),
        ]  # fmt: skip
        cw.Module(source, options=["--fmad=false"])["k"][BLOCKS, THREADS](*arrays)
        return [a.get() for a in arrays]


def test_random_kernels(device_name: str, pytestconfig: pytest.Config) -> None:
    info = next(i for i in cw.devices() if i.name == device_name)
    if not info.features >= PROFILE | {"i64"}:
        pytest.skip(f"{device_name} lacks {', '.join(sorted((PROFILE | {'i64'}) - info.features))}")

    @settings(max_examples=int(pytestconfig.getoption("--random-kernels")), deadline=None, derandomize=True,
              database=None, suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(kernels())
    def agree(source: str) -> None:
        wanted = outputs(source, REFERENCE)
        found = outputs(source, device_name)
        for a, b in zip(found, wanted, strict=True):
            np.testing.assert_array_equal(a, b, err_msg=source)

    agree()
