"""Entry point of group ``cudawasm.backends``: the command ``cudawasm playground``. Importing it loads nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cudawasm.hookspecs import hookimpl


@hookimpl
def cudawasm_commands() -> Mapping[str, Any]:
    from cudawasm_playground.command import playground

    return {"playground": playground}
