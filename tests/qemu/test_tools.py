"""What is missing is named, with the package that has it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cudawasm_qemu import plugin, tools


def test_everything_that_is_missing_is_named_which_needs_no_device(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(tools, "LIBRARIES", tmp_path)
    with pytest.raises(FileNotFoundError) as caught:
        plugin.cudawasm_probe_devices()
    assert str(caught.value) == (
        "not installed: qemu-aarch64 (package qemu-user), aarch64-linux-gnu-gcc (package gcc-aarch64-linux-gnu), "
        "a C library for AArch64 (package libc6-dev-arm64-cross)"
    )


def test_what_the_compiler_says_is_in_the_error(tmp_path: Path):
    source = tmp_path / "wrong.c"
    source.write_text("int main() { return missing; }")
    with pytest.raises(RuntimeError, match=r"(?s)aarch64-linux-gnu-gcc: .*missing"):
        tools.link(tmp_path / "wrong", source)
