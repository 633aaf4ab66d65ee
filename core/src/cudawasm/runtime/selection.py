"""Which device: an explicit name, the environment, the configuration files, else the best there is."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from cudawasm import config
from cudawasm.errors import DeviceNotFound
from cudawasm.plugins import PluginHost
from cudawasm.runtime.interface import DeviceInfo


@dataclass(frozen=True, slots=True)
class Selection:
    """The chosen device, why it was chosen, and for each other device why it was not."""

    info: DeviceInfo
    reason: str
    rejected: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        lines = [f"{self.info.name}: {self.reason}"]
        return "\n".join(lines + [f"not {name}: {reason}" for name, reason in self.rejected])


def select(host: PluginHost, name: str | None = None) -> Selection:
    """The device for ``name`` (None or "auto": what the settings say, else the highest priority).

    A name is a device's ("vulkan:1"), a backend's ("vulkan": its best device) or a kind ("gpu").
    Raises DeviceNotFound, which lists what there is.
    """
    origin = "asked for by name"
    if name is None:
        setting = config.resolve("device")
        name, origin = str(setting.value), f"set by {setting.origin}"
    if name != "auto":
        return _named(host, name, origin)
    devices = host.devices()
    if not devices:
        raise DeviceNotFound("no device is available", hint=_failures(host))
    best = devices[0]
    rejected = [(d.name, f"priority {d.priority} is below {best.priority}") for d in devices[1:]]
    rejected += [(s.name, s.error) for s in host.statuses if s.error]
    return Selection(best, f"highest priority ({best.priority}) of {len(devices)}", tuple(rejected))


def _named(host: PluginHost, name: str, origin: str) -> Selection:
    # The plugin that has the backend's name is asked first, so that no other driver is loaded.
    found = match(host.devices_of(name.partition(":")[0]), name) or match(host.devices(), name)
    if found:
        return Selection(found, origin)
    known = host.devices()
    close = difflib.get_close_matches(name, [d.name for d in known], 1)
    hint = f'did you mean "{close[0]}"?' if close else _failures(host)
    names = ", ".join(d.name for d in known) or "none"
    raise DeviceNotFound(f'no device "{name}" ({origin}); devices are: {names}', hint=hint)


def match(devices: Sequence[DeviceInfo], name: str) -> DeviceInfo | None:
    """The best device whose name, else backend, else kind is ``name``."""
    for attribute in ("name", "backend", "kind"):
        for info in devices:
            if getattr(info, attribute) == name:
                return info
    return None


def _failures(host: PluginHost) -> str:
    failures = [f"{s.name}: {s.error}" for s in host.statuses if s.error]
    failures += [f"{s.name}: disabled by CUDAWASM_PLUGINS" for s in host.statuses if not s.enabled]
    if not host.statuses:
        return "no backend is installed; pip install cudawasm"
    return "; ".join(failures) or "see cudawasm doctor"
