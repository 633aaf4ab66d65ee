"""``cudawasm devices`` and ``cudawasm doctor``: what is there, and why something is not."""

from __future__ import annotations

import platform
import sys
from dataclasses import asdict
from importlib import metadata
from typing import Annotated, Any

import typer
from rich.markup import escape

from cudawasm import config
from cudawasm._version import __version__
from cudawasm.cli.output import megabytes, out, table
from cudawasm.errors import CudaWasmError, DeviceNotFound
from cudawasm.plugins import PluginStatus, host
from cudawasm.runtime.cache import default_cache
from cudawasm.runtime.interface import DeviceInfo
from cudawasm.runtime.selection import select


def devices(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the devices, best first, and say which one is used when none is named."""
    found = host().devices()
    if as_json:
        import json

        print(json.dumps([_as_json(info) for info in found], indent=2))
        return
    if not found:
        raise DeviceNotFound("no device is available", hint="cudawasm doctor says why")
    rows = table("device", "kind", "description", "#priority", "features")
    for info in found:
        features = ", ".join(sorted(info.features))
        rows.add_row(info.name, info.kind, escape(info.description), str(info.priority), features)
    out().print(rows)
    out().print(f"\nused by default: {escape(str(select(host())))}")


def _as_json(info: DeviceInfo) -> dict[str, Any]:
    return {**asdict(info), "features": sorted(info.features), "emulated": sorted(info.emulated)}


def doctor() -> None:
    """Show the installation, each plugin's state, the devices, the settings and the cache."""
    console = out()
    console.print(f"cudawasm {__version__}, Python {platform.python_version()} ({sys.executable})")
    console.print(f"{platform.platform()}, {platform.machine()}")
    packages = table("package", "version", title="\npackages")
    for name in ("cudawasm-core", "cudawasm-cpu", "numpy", "llvmlite", "pluggy", "stevedore"):
        packages.add_row(name, _installed(name))
    console.print(packages)
    host().devices()  # so that the statuses know what probing said
    plugins = table("plugin", "package", "devices", "state", title="\nplugins")
    for status in host().statuses:
        package = f"{status.distribution} {status.version}".strip() or status.module
        names = ", ".join(info.name for info in status.devices)
        plugins.add_row(status.name, package, names, _state(status))
    console.print(plugins)
    sound = all(not status.error for status in host().statuses)
    try:
        console.print(f"\ndevice used by default: {escape(str(select(host())))}")
    except CudaWasmError as error:
        sound = False
        console.print(f"\n[red]device used by default:[/] {escape(str(error))}")
    settings = table("setting", "value", "from", title="\nsettings")
    for name in config.SETTINGS:
        resolved = config.resolve(name)
        settings.add_row(name, escape(str(resolved.value)), escape(resolved.origin))
    console.print(settings)
    info = default_cache().info()
    console.print(f"\ncache: {escape(str(info.folder))}, {info.entries} entries, {megabytes(info.size)}")
    raise typer.Exit(0 if sound else 1)


def _state(status: PluginStatus) -> str:
    if status.error:
        return f"[red]failed:[/] {escape(status.error)}"
    return "[green]works[/]" if status.enabled else "disabled by CUDAWASM_PLUGINS"


def _installed(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"
