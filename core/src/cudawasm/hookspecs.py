"""The hooks of a plugin: who is there. What is there to do is done by methods of what a hook returns.

A plugin is a module named by an entry point of group ``cudawasm.backends``; it marks its functions with
``cudawasm.hookspecs.hookimpl``. Importing it must load no driver.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import pluggy

from cudawasm.ir.nodes import Module
from cudawasm.runtime.interface import CompileOptions, Device, DeviceInfo, Dim3
from cudawasm.web.interface import WebTarget

PROJECT = "cudawasm"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class Target(Protocol):
    """A code generator that needs no device: what ``cudawasm emit`` prints.

    ``name`` selects it ("llvm", "wgsl"); ``suffix`` is the usual file name ending (".ll").
    """

    @property
    def name(self) -> str: ...

    @property
    def suffix(self) -> str: ...

    def generate(self, module: Module, kernel: str, block: Dim3, options: CompileOptions) -> str:
        """The target's text of a kernel for blocks of ``block`` threads. Raises CompileError."""


@hookspec
def cudawasm_probe_devices() -> Sequence[DeviceInfo]:  # type: ignore[empty-body]
    """The devices that this plugin can open now. May load its driver; must return quickly."""


@hookspec
def cudawasm_open_device(info: DeviceInfo) -> Device | None:
    """Open a device of this plugin's ``cudawasm_probe_devices``."""


@hookspec
def cudawasm_targets() -> Sequence[Target]:  # type: ignore[empty-body]
    """The code generators of this plugin."""


@hookspec
def cudawasm_web_targets() -> Sequence[WebTarget]:  # type: ignore[empty-body]
    """The ways in which this plugin's code runs in packages for the web."""


@hookspec
def cudawasm_commands() -> Mapping[str, Any]:  # type: ignore[empty-body]
    """Commands of ``cudawasm`` by name: functions as typer takes them, or ``typer.Typer`` groups.

    Called when help is shown or a command is named that core has not. What a command needs is imported when it runs.
    """
