"""Hazards: found where they are, and not where barriers, warps or atomics keep order."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import cudawasm as cw
from cudawasm.cli.app import app
from cudawasm.runtime.hazards import clear_hazards, hazards


@pytest.fixture(autouse=True)
def _none_before() -> Iterator[None]:
    clear_hazards()
    yield
    clear_hazards()


def found(body: str, head: str = "", block: int = 64, grid: int = 2) -> list[tuple[str, str, str]]:
    """(kind, line, message) of what a kernel with parameters ``int* a, int n`` shows."""
    source = f"{head}\n__global__ void k(int* a, int n) {{\n{body}\n}}"
    module = cw.Module(source, options=("--sanitize",))
    with contextlib.suppress(cw.LaunchError):
        module["k"][grid, block](cw.zeros(256, np.int32), np.int32(256))
    return [(h.kind, h.place.split(":")[-1], h.message) for h, _, _ in hazards()]


T = "int t = threadIdx.x;\n"
BETWEEN = "with no barrier between"
HAZARDS = {
    "read after write": (
        T + "__shared__ int s[64];\ns[t] = t;\na[t] = s[63 - t];",
        [("race", "6", f"a thread reads what another writes at kernel.cu:5 {BETWEEN}")],
    ),
    "write after read": (
        T + "__shared__ int s[64];\ns[t] = t;\n__syncthreads();\nint x = s[63 - t];\ns[t] = x;",
        [("race", "8", f"a thread writes what another reads at kernel.cu:7 {BETWEEN}")],
    ),
    "write after write": (
        T + "__shared__ int s[65];\ns[t] = t;\ns[t + 1] = -t;",
        [("race", "6", f"a thread writes what another writes at kernel.cu:5 {BETWEEN}")],
    ),
    "one statement": (
        T + "a[blockIdx.x] = t;",
        [("race", "4", "two threads write different values to one place here")],
    ),
    "global memory": (
        T + "a[t + blockIdx.x * 64] = t;\na[128 + t + blockIdx.x * 64] = a[(t + 32) % 64 + blockIdx.x * 64];",
        [("race", "5", f"a thread reads what another writes at kernel.cu:4 {BETWEEN}")],
    ),
    "uninitialised": (
        T + "__shared__ int s[64];\nif (t < 40) s[t] = t;\n__syncthreads();\na[t] = s[t];",
        [("uninitialised", "7", "shared memory is read before anything is written to it")],
    ),
    "mask without the caller": (
        T + "a[t] = __ballot_sync(0x0000ffff, 1);",
        [("mask", "4", "the mask does not name the lane that gives it")],
    ),
    "mask with others": (
        T + "if (t % 32 < 16) a[t] = __ballot_sync(0xffffffff, 1);",
        [("mask", "4", "the mask names lanes that do not come here")],
    ),
    "divergent barrier": (
        T + "if (t < 20) __syncthreads();",
        [("barrier", "4", "a barrier that not all threads of the block come to")],
    ),
}

CLEAN = {
    "barriers": T
    + "__shared__ int s[64];\ns[t] = t;\n__syncthreads();\nint x = s[63 - t];\n__syncthreads();\ns[t] = x;",
    "atomics": T
    + "__shared__ int s;\nif (t == 0) s = 0;\n__syncthreads();\natomicAdd(&s, t);\n__syncthreads();\na[t] = s;",
    "the same value": "a[blockIdx.x] = 7;",
    "warps": T + "__shared__ int s[64];\ns[t] = t;\n__syncwarp();\na[t] = s[t ^ 1];",
    "own places": T + "for (int i = 0; i < 4; i++) a[t] += i;",
    "lanes that have exited": T + "if (t % 32 > 20) return;\na[t] = __ballot_sync(0xffffffff, 1);",
}


@pytest.mark.parametrize("name", HAZARDS)
def test_hazard(name: str):
    body, wanted = HAZARDS[name]
    assert found(body) == wanted


@pytest.mark.parametrize("name", CLEAN)
def test_no_hazard(name: str):
    assert found(CLEAN[name]) == []


def test_other_devices_say_that_they_cannot(monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(cw.OptionError, match="device cpu reports no hazards"):
        cw.Module("__global__ void k() {}", options=("--sanitize",), device="cpu")


def test_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("CUDAWASM_DEVICE", "CUDAWASM_SANITIZE"):
        monkeypatch.setenv(name, "")
    program = tmp_path / "racy.py"
    program.write_text(
        "import sys, numpy as np, cudawasm as cw\n"
        "m = cw.Module('__global__ void k(int* a) { a[0] = threadIdx.x; }')\n"
        "m['k'][1, int(sys.argv[1])](cw.zeros(1, np.int32))\n"
    )
    with cw.device("reference"):
        clean = CliRunner().invoke(app, ["sanitize", str(program), "1"])
        assert (clean.exit_code, clean.stdout.strip()) == (0, "no hazards")
        racy = CliRunner().invoke(app, ["sanitize", str(program), "8"])
    assert racy.exit_code == 1
    assert "two threads write different values to one place here" in " ".join(racy.stdout.split())
