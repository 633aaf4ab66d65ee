"""Both ends of the connection between a program and its device say the same."""

from __future__ import annotations

import re

from cudawasm.host.protocol import ARENA_BASE, ARENA_SIZE, DEVICE_FACTS, STAGING_SIZE, Error, Operation
from cudawasm.host.toolchain import INCLUDE, RUNTIME

HEADER = (RUNTIME / "service.h").read_text()


def test_operations_have_the_same_numbers():
    listed = re.search(r"enum class Operation : uint32_t \{(.*?)\}", HEADER, re.DOTALL)
    assert listed
    names = [name.strip().partition(" ")[0] for name in listed[1].split(",") if name.strip()]
    assert [op.name.lower() for op in Operation] == names
    assert Operation.HELLO == 1


def test_memory_is_where_both_expect_it():
    assert f"arena_base = {ARENA_BASE:#x};" in HEADER
    assert ARENA_SIZE == 1 << 40
    assert STAGING_SIZE == 64 << 20
    assert "arena_size = size_t{1} << 40;" in HEADER
    assert "staging_size = size_t{64} << 20;" in HEADER
    assert DEVICE_FACTS.size == 256 + 8 + 8 + 4 * 10


def test_errors_are_cudas():
    text = (INCLUDE / "driver_types.h").read_text()
    codes = {int(code) for code in re.findall(r"X\(cudaError\w+|cudaSuccess, (\d+)", text) if code}
    codes |= {int(code) for code in re.findall(r"X\(cudaError\w+, (\d+)", text)}
    assert {int(error) for error in Error} <= codes
