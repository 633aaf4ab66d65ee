"""The plugin host: finds backends, keeps a broken one from breaking the others, and says what happened.

The only importer of stevedore and pluggy. stevedore finds and imports, pluggy registers and validates; the
hooks are then called one plugin at a time, because a pluggy call ends at the first exception.
"""

from __future__ import annotations

import importlib.metadata
import os
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import pluggy
from stevedore import NamedExtensionManager

from cudawasm import hookspecs
from cudawasm.errors import DeviceNotFound
from cudawasm.hookspecs import Target
from cudawasm.runtime.interface import Device, DeviceInfo
from cudawasm.web.interface import WebTarget

GROUP = "cudawasm.backends"
HOOK_PREFIX = "cudawasm_"
_Command = TypeVar("_Command")


@dataclass(slots=True)
class PluginStatus:
    """What ``doctor`` shows of one plugin. ``error`` is empty for a sound one."""

    name: str
    module: str = ""
    distribution: str = ""
    version: str = ""
    error: str = ""
    enabled: bool = True
    devices: tuple[DeviceInfo, ...] = ()


@dataclass
class _Plugin:
    status: PluginStatus
    load: Callable[[], object]
    object: Any = None
    hooks: dict[str, Callable[..., Any]] = field(default_factory=dict)
    probed: bool = False


class PluginHost:
    """The plugins of one process.

    ``plugins`` replaces discovery by named plugin objects; ``enabled`` limits the names that are used
    (default: what ``CUDAWASM_PLUGINS`` says, a comma-separated list or "none"; all when unset).
    """

    def __init__(self, plugins: Mapping[str, object] | None = None, enabled: Sequence[str] | None = None):
        self._lock = threading.RLock()
        self._enabled = _enabled_names() if enabled is None else frozenset(enabled)
        self._manager = _new_manager()
        if plugins is None:
            self._plugins = _discover()
        else:
            self._plugins = [_given(name, plugin) for name, plugin in plugins.items()]
        self._refuse_duplicates()
        for plugin in self._plugins:
            plugin.status.enabled = self._enabled is None or plugin.status.name in self._enabled
            if plugin.status.enabled and not plugin.status.error:
                self._register(plugin)

    @property
    def statuses(self) -> tuple[PluginStatus, ...]:
        """One status a plugin, in order of names. Devices are in it once ``devices`` was called."""
        return tuple(plugin.status for plugin in self._plugins)

    def devices(self) -> tuple[DeviceInfo, ...]:
        """All devices of all plugins; best first. Loads drivers on the first call."""
        with self._lock:
            infos = [info for plugin in self._plugins for info in self._probe(plugin)]
        return tuple(sorted(infos, key=lambda info: (-info.priority, info.name)))

    def devices_of(self, name: str) -> tuple[DeviceInfo, ...]:
        """The devices of the plugin called ``name``, without probing any other."""
        with self._lock:
            return tuple(i for p in self._plugins if p.status.name == name for i in self._probe(p))

    def open_device(self, info: DeviceInfo) -> Device:
        """Open a device that ``devices`` listed. Raises DeviceNotFound with the plugin's reason."""
        reason = "no plugin lists it"
        for plugin in self._plugins:
            if info not in plugin.status.devices or "cudawasm_open_device" not in plugin.hooks:
                continue
            try:
                device: Device | None = plugin.hooks["cudawasm_open_device"](info=info)
            except Exception as error:
                reason = f"plugin {plugin.status.name}: {_describe(error)}"
                continue
            if device is not None:
                return device
            reason = f"plugin {plugin.status.name} did not open it"
        raise DeviceNotFound(f'device "{info.name}" cannot be opened: {reason}')

    def targets(self) -> dict[str, Target]:
        """Code generators by name; the first plugin in order of names wins a clash, which is reported."""
        found: dict[str, Target] = {}
        for plugin in self._plugins:
            for target in self._call(plugin, "cudawasm_targets"):
                if target.name in found:
                    plugin.status.error = f'target "{target.name}" is already another plugin\'s'
                else:
                    found[target.name] = target
        return found

    def web_targets(self) -> dict[str, WebTarget]:
        """What exported packages can run on, by name."""
        return {t.name: t for plugin in self._plugins for t in self._call(plugin, "cudawasm_web_targets")}

    def commands(self, make: Callable[[str, Any], _Command]) -> dict[str, _Command]:
        """What ``make`` makes of each command of the plugins, by name; one that it cannot take is a plugin's error."""
        found: dict[str, _Command] = {}
        for plugin in self._plugins:
            try:
                for name, command in dict(self._call(plugin, "cudawasm_commands")).items():
                    found.setdefault(name, make(name, command))
            except Exception as error:
                plugin.status.error = f"its commands cannot be used: {_describe(error)}"
        return found

    def targets_of(self, info: DeviceInfo) -> tuple[Target, ...]:
        """The code generators of the plugin that lists a device."""
        owners = [plugin for plugin in self._plugins if info in plugin.status.devices]
        return tuple(target for plugin in owners for target in self._call(plugin, "cudawasm_targets"))

    def _probe(self, plugin: _Plugin) -> tuple[DeviceInfo, ...]:
        if not plugin.probed:
            plugin.probed = True
            plugin.status.devices = tuple(self._call(plugin, "cudawasm_probe_devices"))
        return plugin.status.devices

    def _call(self, plugin: _Plugin, hook: str) -> Any:
        if hook not in plugin.hooks:
            return ()
        try:
            return plugin.hooks[hook]() or ()
        except Exception as error:
            plugin.status.error = f"{hook}() raised {_describe(error)}"
            return ()

    def _refuse_duplicates(self) -> None:
        counts = Counter(plugin.status.name for plugin in self._plugins)
        for plugin in self._plugins:
            if counts[plugin.status.name] > 1:
                clashing = (p.status.module for p in self._plugins if p.status.name == plugin.status.name)
                plugin.status.error = f"its name is not its own: {', '.join(sorted(clashing))}"

    def _register(self, plugin: _Plugin) -> None:
        """Import, validate alone (so that a fault has one owner), then register for good."""
        try:
            plugin.object = plugin.load()
            alone = _new_manager()
            alone.register(plugin.object, plugin.status.name)
            alone.check_pending()
            self._manager.register(plugin.object, plugin.status.name)
        except (Exception, SystemExit) as error:
            plugin.status.error = _describe(error)
            return
        plugin.hooks = {
            caller.name: implementation.function
            for caller in self._manager.get_hookcallers(plugin.object) or ()
            for implementation in caller.get_hookimpls()
            if implementation.plugin is plugin.object
        }
        unmarked = [
            name
            for name, value in vars(plugin.object).items()
            if name.startswith(HOOK_PREFIX) and callable(value) and name not in plugin.hooks
        ]
        if unmarked:
            plugin.status.error = f"not marked with hookimpl, so never called: {', '.join(sorted(unmarked))}"


def _enabled_names() -> frozenset[str] | None:
    text = os.environ.get("CUDAWASM_PLUGINS", "").strip()
    if not text:
        return None
    return frozenset(name.strip() for name in text.split(",")) - {"", "none"}


def _new_manager() -> pluggy.PluginManager:
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    return manager


def _given(name: str, plugin: object) -> _Plugin:
    return _Plugin(PluginStatus(name, module=getattr(plugin, "__name__", type(plugin).__name__)), lambda: plugin)


def _discover() -> list[_Plugin]:
    """The installed entry points, each (name, value) once however often sys.path repeats it."""
    seen: dict[tuple[str, str], _Plugin] = {}
    for entry in importlib.metadata.entry_points(group=GROUP):
        distribution = entry.dist.name if entry.dist else ""
        version = entry.dist.version if entry.dist else ""
        status = PluginStatus(entry.name, entry.value, distribution, version)
        seen.setdefault((entry.name, entry.value), _Plugin(status, partial(_import_plugin, entry.name)))
    return [seen[key] for key in sorted(seen)]


def _import_plugin(name: str) -> object:
    """Import by stevedore, one name at a time: one that asserts while importing then stops nobody else."""

    def failed(manager: object, entry: object, error: BaseException) -> None:
        raise error

    extensions: NamedExtensionManager[Any] = NamedExtensionManager(GROUP, names=[name], on_load_failure_callback=failed)
    if not extensions.extensions:
        raise ImportError(f'stevedore finds no entry point "{name}" in group {GROUP}')
    return extensions.extensions[0].plugin


def _describe(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


_host: PluginHost | None = None
_host_lock = threading.Lock()


def host() -> PluginHost:
    """The host of this process; discovers on first use."""
    global _host
    with _host_lock:
        if _host is None:
            _host = PluginHost()
        return _host


def use_host(replacement: PluginHost | None) -> PluginHost | None:
    """Replace the process's host (None: discover again on next use); returns the one before."""
    global _host
    with _host_lock:
        previous, _host = _host, replacement
        return previous
