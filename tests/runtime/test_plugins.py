from __future__ import annotations

import importlib.metadata
import sys
import types

import pytest
from fake_backend import FakePlugin, info

import cudawasm as cw
from cudawasm import plugins
from cudawasm.hookspecs import hookimpl
from cudawasm.plugins import PluginHost
from cudawasm.runtime.selection import select


def errors(host: PluginHost) -> dict[str, str]:
    return {status.name: status.error for status in host.statuses}


class Raising:
    @hookimpl
    def cudawasm_probe_devices(self):
        raise RuntimeError("no driver")


class Misspelt:
    @hookimpl
    def cudawasm_probe_device(self):
        return ()


class Unmarked:
    def __init__(self):
        self.cudawasm_probe_devices = lambda: ()


class WrongArguments:
    @hookimpl
    def cudawasm_open_device(self, info, more):
        return None


class Target:
    name = "asm"
    suffix = ".s"

    def generate(self, module, kernel, block, options):
        return "text"


class Targets:
    @hookimpl
    def cudawasm_targets(self):
        return (Target(),)


def test_a_broken_plugin_breaks_no_other():
    host = PluginHost(
        {
            "bad": WrongArguments(),
            "good": FakePlugin(),
            "misspelt": Misspelt(),
            "raising": Raising(),
            "unmarked": Unmarked(),
        }
    )
    assert [d.name for d in host.devices()] == ["fake:0", "fake:1"]
    found = errors(host)
    assert found["good"] == ""
    assert "more" in found["bad"]
    assert "cudawasm_probe_device" in found["misspelt"]
    assert found["raising"] == "cudawasm_probe_devices() raised RuntimeError: no driver"
    assert found["unmarked"] == "not marked with hookimpl, so never called: cudawasm_probe_devices"


def test_probing_happens_once_and_only_where_asked():
    first, second = FakePlugin(info("a")), FakePlugin(info("b"))
    host = PluginHost({"a": first, "b": second})
    assert [d.name for d in host.devices_of("a")] == ["a"]
    host.devices_of("a")
    assert select(host, "a").info.name == "a"
    assert (first.probes, second.probes) == (1, 0)


def test_only_enabled_plugins_are_used(monkeypatch):
    monkeypatch.setenv("CUDAWASM_PLUGINS", "good")
    host = PluginHost({"good": FakePlugin(), "other": FakePlugin(info("other"))})
    assert [s.enabled for s in host.statuses] == [True, False]
    assert len(host.devices()) == 2
    monkeypatch.setenv("CUDAWASM_PLUGINS", "none")
    assert PluginHost({"good": FakePlugin()}).devices() == ()


def test_targets_and_their_clashes():
    host = PluginHost({"a": Targets(), "b": Targets()})
    assert list(host.targets()) == ["asm"]
    assert errors(host)["b"] == 'target "asm" is already another plugin\'s'


def test_a_device_that_cannot_be_opened_says_why():
    class Refuses(FakePlugin):
        @hookimpl
        def cudawasm_open_device(self, info):
            raise OSError("busy")

    host = PluginHost({"r": Refuses(info("x"))})
    with pytest.raises(cw.DeviceNotFound) as caught:
        host.open_device(host.devices()[0])
    assert str(caught.value) == '[R0301] device "x" cannot be opened: plugin r: OSError: busy'
    with pytest.raises(cw.DeviceNotFound, match="no plugin lists it"):
        host.open_device(info("y"))


def entry(name: str, value: str) -> importlib.metadata.EntryPoint:
    return importlib.metadata.EntryPoint(name, value, plugins.GROUP)


def test_discovery_reports_imports_that_fail_and_names_that_clash(monkeypatch):
    good = types.ModuleType("good_plugin")
    good.cudawasm_probe_devices = FakePlugin().cudawasm_probe_devices
    monkeypatch.setitem(sys.modules, "good_plugin", good)
    entries = [
        entry("good", "good_plugin"), entry("good", "good_plugin"), entry("missing", "no_such_module"),
        entry("twice", "good_plugin"), entry("other", "good_plugin"), entry("twice", "no_such_module"),
    ]  # fmt: skip
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: entries)
    monkeypatch.setattr("stevedore._cache.get_group_all", lambda group: entries)
    monkeypatch.setattr("stevedore.ExtensionManager.ENTRY_POINT_CACHE", {})
    host = PluginHost()
    found = [(s.name, s.error) for s in host.statuses]
    assert ("missing", "ModuleNotFoundError: No module named 'no_such_module'") in found
    clash = "its name is not its own: good_plugin, no_such_module"
    assert found.count(("twice", clash)) == 2
    assert [s.name for s in host.statuses].count("good") == 1


def test_selection_order(monkeypatch, tmp_path):
    host = PluginHost({"fake": FakePlugin(), "gpu": FakePlugin(info("far", 0))})
    automatic = select(host)
    assert str(automatic) == (
        "fake:0: highest priority (2) of 3\nnot fake:1: priority 1 is below 2\nnot far: priority 0 is below 2"
    )
    (tmp_path / "cudawasm.toml").write_text('device = "fake:1"')
    assert select(host).info.name == "fake:1"
    assert select(host).reason == f"set by {tmp_path / 'cudawasm.toml'}"
    monkeypatch.setenv("CUDA_WASM_BACKEND", "far")
    assert (select(host).info.name, select(host).reason) == ("far", "set by CUDA_WASM_BACKEND")
    monkeypatch.setenv("CUDAWASM_DEVICE", "auto")
    assert select(host).info.name == "fake:0"
    assert select(host, "fake").info.name == "fake:0"
    assert select(host, "cpu").info.name == "fake:0"
    with pytest.raises(cw.DeviceNotFound) as caught:
        select(host, "fake:9")
    assert str(caught.value).startswith(
        '[R0301] no device "fake:9" (asked for by name); devices are: fake:0, fake:1, far\n'
    )


def test_no_device_at_all():
    with pytest.raises(cw.DeviceNotFound) as caught:
        select(PluginHost({}))
    assert str(caught.value) == (
        "[R0301] no device is available\n  hint: no backend is installed; pip install cudawasm"
    )
    with pytest.raises(cw.DeviceNotFound, match="raising: cudawasm_probe_devices"):
        select(PluginHost({"raising": Raising()}))
