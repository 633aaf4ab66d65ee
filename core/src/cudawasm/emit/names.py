"""Names that a target accepts, as close to the user's as can be."""

from __future__ import annotations

import re

_OTHER = re.compile(r"[^A-Za-z0-9_]+", re.ASCII)


class Names:
    """Gives each object a name of its own; ``reserved`` are the words that it may not be."""

    def __init__(self, reserved: frozenset[str] = frozenset()):
        self._taken: set[str] = set(reserved)
        self._given: dict[object, str] = {}

    def of(self, key: object, wanted: str) -> str:
        """The name of ``key``, made from ``wanted`` the first time."""
        known = self._given.get(key)
        if known is None:
            known = self._given[key] = self.fresh(wanted)
        return known

    def fresh(self, wanted: str) -> str:
        """A name that nothing else has."""
        plain = _OTHER.sub("_", wanted).strip("_") or "v"
        plain = f"v{plain}" if plain[0].isdigit() else plain
        name, number = plain, 1
        while name in self._taken:
            number += 1
            name = f"{plain}_{number}"
        self._taken.add(name)
        return name
