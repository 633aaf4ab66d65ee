"""The emulator's end is an error of the launch, and another one goes on with the same memory."""

from __future__ import annotations

import os
import signal

import numpy as np
import pytest

import cudawasm as cw

SOURCE = """
__global__ void crash(int* a) { *(int*)(a[0] * 8ull) = 1; }
__global__ void twice(int* a) { a[threadIdx.x] *= 2; }"""


def test_a_kernel_that_crashes_is_an_error_and_the_next_runs():
    a = cw.asarray(np.arange(1, 33, dtype=np.int32))
    module = cw.Module(SOURCE)
    module["twice"][1, 32](a)
    with pytest.raises(cw.LaunchError, match=r"the emulator ended: .*[sS]egmentation fault"):
        module["crash"][1, 1](a)
    module["twice"][1, 32](a)
    assert (a.get() == 4 * np.arange(1, 33)).all()


def test_an_emulator_that_was_killed_is_an_error():
    a = cw.asarray(np.ones(32, np.int32))
    module = cw.Module(SOURCE)
    module["twice"][1, 32](a)
    os.kill(cw.device("aarch64").backend.processor._process.pid, signal.SIGKILL)
    with pytest.raises(cw.LaunchError, match="the emulator ended"):
        module["twice"][1, 32](a)
    module["twice"][1, 32](a)
    assert (a.get() == 4).all()
