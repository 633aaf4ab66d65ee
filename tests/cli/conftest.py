"""The commands run in process on the fake device of the runtime tests, with a stand-in front end."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

sys.path.insert(0, str(Path(__file__).parents[1] / "runtime"))

from fake_backend import FakePlugin
from kir import SAXPY, kernel, module

import cudawasm as cw
import cudawasm.frontend
from cudawasm import plugins
from cudawasm.cli.app import app
from cudawasm.diagnostics import Diagnostic
from cudawasm.runtime import device as devices
from cudawasm.source import SourceFile, Span


class Program:
    """Every line of the text is a kernel: its name, and "template", "refused" or "crash" after it."""

    dependencies = ()
    absent = ()
    warnings = ()

    def __init__(self, text: bytes, name: str, options):
        self.file = SourceFile(name, text)
        self.lines = [line.split() for line in text.decode().splitlines() if line]
        if ["syntax"] in self.lines:
            raise cw.CompileError([Diagnostic("E0201", "no C++ at all", Span(self.file, 0, 6))])
        self.kernels = [types.SimpleNamespace(name=w[0], is_template="template" in w) for w in self.lines]

    def lower(self, name: str):
        words = next(w for w in self.lines if w[0] == name.partition("<")[0])
        if "crash" in words:
            raise ZeroDivisionError("oops")
        if "refused" in words:
            start = self.file.text.index(name.encode())
            span = Span(self.file, start, start + len(name))
            raise cw.CompileError([Diagnostic("E0301", "textures are not supported", span, hint="use a pointer")])
        made = SAXPY if name == "saxpy" else kernel(name)
        return types.SimpleNamespace(module=module(made), kernel=made.name)


@pytest.fixture(autouse=True)
def _clean(monkeypatch, tmp_path):
    for name in ("CUDAWASM_DEVICE", "CUDA_WASM_BACKEND", "CUDAWASM_PLUGINS", "CUDAWASM_CACHE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CUDAWASM_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cudawasm.frontend, "Program", Program, raising=False)
    monkeypatch.setattr(cudawasm.frontend, "FrontendOptions", types.SimpleNamespace, raising=False)
    previous = plugins.use_host(plugins.PluginHost({"fake": FakePlugin()}))
    devices.forget_devices()
    yield
    plugins.use_host(previous)
    devices.forget_devices()


@pytest.fixture
def run() -> Callable[..., Result]:
    def invoke(*words: str) -> Result:
        return CliRunner().invoke(app, list(words))

    return invoke
