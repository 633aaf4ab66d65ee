"""Places in the source at which a kernel can stop or print."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Site:
    """``kind``: assert, trap, bounds or print. ``kinds``: types of a print's arguments, a letter each."""

    kind: str
    line: int = 0
    text: str = ""
    file: str = ""
    format: bytes = b""
    kinds: str = ""
    strings: tuple[bytes, ...] = ()
