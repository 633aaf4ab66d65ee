from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
import typer
from fake_backend import FakeLoaded, FakePlugin
from kir import module

from cudawasm import plugins
from cudawasm.cli.output import megabytes
from cudawasm.cli.sarif import sarif_of
from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import UnsupportedFeature
from cudawasm.hookspecs import hookimpl
from cudawasm.ir.text import print_module
from cudawasm.runtime import device as devices


@pytest.fixture
def source(tmp_path):
    def write(text: str, name: str = "k.cu") -> str:
        (tmp_path / name).write_text(text)
        return name

    return write


def test_devices(run):
    result = run("devices")
    assert result.exit_code == 0
    assert "fake:0" in result.stdout
    assert "used by default: fake:0: highest priority (2) of 2" in result.stdout
    listed = json.loads(run("devices", "--json").stdout)
    assert [d["name"] for d in listed] == ["fake:0", "fake:1"]
    assert listed[0]["features"] == ["f64", "host_memory", "i64"]


def test_doctor_shows_everything_and_fails_for_a_broken_plugin(run):
    result = run("doctor")
    assert result.exit_code == 0
    for part in ("cudawasm-core", "fake_plugin", "works", "bounds_checks", "cache:"):
        assert part in result.stdout
    plugins.use_host(plugins.PluginHost({}))
    result = run("doctor")
    assert result.exit_code == 1
    assert "no device is available" in result.stdout


def test_check_text(run, source):
    source("good\nother template\nbad refused\nworse crash")
    result = run("check", "k.cu")
    assert result.exit_code == 1
    lines = [line.split() for line in result.stdout.splitlines()]
    assert ["k.cu", "good", "fake:0", "runs"] in lines
    assert ["k.cu", "other", "all", "template"] in lines
    assert ["k.cu", "bad", "all", "refused", "E0301", "line", "3"] in lines
    assert ["k.cu", "worse", "all", "defect", "E0000"] in lines
    assert "k.cu:3:1: error[E0301]: textures are not supported\n    3 | bad refused\n" in result.stdout
    assert "error[E0000]: ZeroDivisionError: oops" in result.stdout
    assert result.stdout.endswith("1 file: 1 defect, 1 refused, 1 runs, 1 template\n")


def test_check_instances_and_devices(run, source):
    source("axpy template")
    result = run("check", "k.cu", "-k", "axpy<float>", "-d", "fake:0", "-d", "fake:1")
    assert result.exit_code == 0
    assert result.stdout.count("axpy<float>") == 2
    assert run("check", "k.cu", "-d", "nope").exit_code != 0


def test_check_makes_the_code_for_a_block(run, source):
    source("good")
    backend = devices.device("fake:0").backend
    backend.refuse_block = ValueError("no room")
    result = run("check", "k.cu")
    assert backend.prepared == [("good", (256, 1, 1))]
    assert "E0000" in result.stdout


def test_check_asks_the_backends_code_generator_when_kernels_cannot_be_prepared(run, source, monkeypatch):
    class Refuses:
        name, suffix = "asm", ".s"

        def generate(self, module, kernel, block, options):
            raise UnsupportedFeature([Diagnostic("E0402", f"{kernel} for {block}")])

    monkeypatch.setattr(FakeLoaded, "kernel", lambda self, name: object())
    monkeypatch.setattr(FakePlugin, "cudawasm_targets", hookimpl(lambda self: (Refuses(),)), raising=False)
    plugins.use_host(plugins.PluginHost({"fake": FakePlugin()}))
    devices.forget_devices()
    source("good")
    result = run("check", "k.cu")
    assert result.exit_code == 1
    assert "error[E0402]: good for (256, 1, 1)" in result.stdout


def test_check_folder(run, source, tmp_path):
    assert run("check", ".").exit_code == 2
    (tmp_path / "inner").mkdir()
    source("good", "inner/a.cu")
    source("syntax", "inner/b.cu")
    source("ignored refused", "inner/c.txt")
    result = run("check", "inner")
    assert result.exit_code == 1
    assert "(whole file)" in result.stdout
    assert "2 files: 1 refused, 1 runs" in result.stdout


def test_check_json_and_sarif(run, source):
    source("good\nbad refused")
    found = json.loads(run("check", "k.cu", "--format", "json").stdout)
    assert [(o["kernel"], o["state"]) for o in found] == [("good", "runs"), ("bad", "refused")]
    assert found[1]["diagnostics"] == [
        {
            "code": "E0301", "severity": "error", "message": "textures are not supported",
            "hint": "use a pointer",
            "file": "k.cu", "line": 2, "column": 1,
        }
    ]  # fmt: skip
    log = json.loads(run("check", "k.cu", "--format", "sarif").stdout)
    assert log["version"] == "2.1.0"
    (sarif_result,) = log["runs"][0]["results"]
    assert sarif_result["message"]["text"] == "textures are not supported (kernel bad) Hint: use a pointer"
    assert sarif_result["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 4,
    }  # fmt: skip
    assert [rule["id"] for rule in log["runs"][0]["tool"]["driver"]["rules"]] == ["E0301"]
    assert sarif_of([])["runs"][0]["results"] == []


def test_emit(run, source, tmp_path):
    source("saxpy\nother\naxpy template\nbad refused", "all.cu")
    assert run("emit", "all.cu", "--kernel", "saxpy").exit_code == 0
    assert run("emit", "all.cu").exit_code == 1
    source("saxpy\nother\naxpy template")
    from kir import SAXPY

    assert run("emit", "k.cu", "--kernel", "saxpy").stdout == print_module(module(SAXPY)).rstrip("\n") + "\n"
    assert run("emit", "k.cu", "-t", "asm", "--block", "16,16").stdout == (
        "; saxpy for (16, 16, 1)\n\n; other for (16, 16, 1)\n"
    )
    assert run("emit", "k.cu", "-t", "asm", "-k", "axpy<int>", "-o", "out.s").exit_code == 0
    assert (tmp_path / "out.s").read_text() == "; axpy<int> for (256, 1, 1)\n"
    assert run("emit", "k.cu", "-t", "nope").exit_code == 2
    assert run("emit", "k.cu", "--block", "0").exit_code == 2
    assert run("emit", "missing.cu").exit_code == 2
    unknown = run("emit", "k.cu", "-k", "nope")
    assert str(unknown.exception).startswith('[R0302] no kernel "nope"\n  hint: there are: saxpy, other, axpy<...>')


def test_bench_of_a_file(run, source):
    source("saxpy")
    result = run("bench", "k.cu", "--size", "1000", "--repeat", "3", "--arg", "2.5", "-a", "zeros:8")
    assert result.exit_code == 0
    assert "(4, 1, 1)" in result.stdout
    assert run("bench", "k.cu", "-a", "x").exit_code == 2
    assert run("bench", "k.cu", *("-a", "1") * 5).exit_code == 2


def test_cache_and_config(run):
    assert "entries  0" in run("cache", "info").stdout
    assert run("cache", "clear").stdout == "0 entries deleted\n"
    assert "CUDA_WASM_BACKEND" in run("config", "show").stdout
    assert run("config", "set", "device", "fake:1").exit_code == 0
    assert "project  none" in run("config", "path").stdout
    assert run("devices").stdout.count("set by") == 1
    assert run("config", "set", "frob", "1").exception.code == "R0305"
    assert megabytes(1_500_000) == "1.5 MB"


def test_the_script_itself():
    def call(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        full = {**os.environ, "CUDAWASM_PLUGINS": "none", **environment}
        command = [sys.executable, "-m", "cudawasm.cli", *words]
        return subprocess.run(command, capture_output=True, text=True, env=full, check=False)

    version = call("--version")
    assert (version.returncode, version.stdout[:9]) == (0, "cudawasm ")
    assert call("--frob").returncode == 2
    failed = call("devices")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr.startswith("error: [R0301] no device is available")
    assert "\x1b[" not in failed.stderr


# --- commands of plugins ---


class WithCommands(FakePlugin):
    def __init__(self, given):
        super().__init__()
        self.given = given

    @hookimpl
    def cudawasm_commands(self):
        if isinstance(self.given, Exception):
            raise self.given
        return self.given


def greet(name: str, loud: bool = False) -> None:
    """Say hello."""
    print(f"hello {name}".upper() if loud else f"hello {name}")


def test_plugins_bring_commands(run):
    group = typer.Typer(help="Several of them.")
    group.command("one")(lambda: print("one"))
    group.command("two")(lambda: print("two"))
    plugins.use_host(plugins.PluginHost({"p": WithCommands({"greet": greet, "several": group})}))
    assert run("greet", "you", "--loud").stdout == "HELLO YOU\n"
    assert run("several", "two").stdout == "two\n"
    shown = run("--help").stdout
    assert "Say hello." in shown
    assert "Several of them." in shown
    assert run("greet", "--help").stdout.startswith("Usage: cudawasm greet") or "greet" in run("greet", "--help").stdout


def test_cores_commands_and_the_first_plugins_come_first(run):
    def other() -> None:
        print("other")

    host = plugins.PluginHost(
        {"a": WithCommands({"greet": greet}), "b": WithCommands({"greet": other, "devices": other})}
    )
    plugins.use_host(host)
    assert run("greet", "you").stdout == "hello you\n"
    assert "used by default" in run("devices").stdout
    assert run("--help").stdout.count("devices ") == 1


@pytest.mark.parametrize(
    "given", [RuntimeError("oops"), {"bad": 3}, 7, {"worse": lambda unknown: None, "bad": object()}]
)
def test_a_plugin_with_broken_commands_breaks_nothing_else(run, given):
    host = plugins.PluginHost({"a": WithCommands(given), "b": WithCommands({"greet": greet})})
    plugins.use_host(host)
    assert run("greet", "you").stdout == "hello you\n"
    assert run("--help").exit_code == 0
    assert run("devices").exit_code == 0
    assert [status.name for status in host.statuses if status.error] == ["a"]
    result = run("bad")
    assert result.exit_code == 2
    assert "No such command" in result.output


def test_cores_commands_do_not_look_for_plugins():
    code = (
        "import sys; from cudawasm.cli.app import app\n"
        "try: app(['emit', '--help'])\n"
        "except SystemExit: pass\n"
        "assert not [name for name in sys.modules if name.startswith('cudawasm_')], 'plugins'"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
