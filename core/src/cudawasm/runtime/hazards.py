"""What sanitizing devices find in kernels: kept for the process, in the order in which it was found."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from typing import Literal

HazardKind = Literal["race", "uninitialised", "mask", "barrier", "memory"]


@dataclass(frozen=True, slots=True)
class Hazard:
    """A defect of a kernel that a launch showed.

    ``place`` is "file:line"; ``message`` says what two threads did to each other or one did alone. Finding the same
    at the same place again only counts.
    """

    kind: HazardKind
    kernel: str
    place: str
    message: str


_lock = threading.Lock()
_found: Counter[Hazard] = Counter()
_examples: dict[Hazard, str] = {}


def report(hazard: Hazard, who: str) -> None:
    """Note a hazard; ``who`` says which block and thread, of the first time."""
    with _lock:
        _found[hazard] += 1
        _examples.setdefault(hazard, who)


def hazards() -> list[tuple[Hazard, str, int]]:
    """(hazard, which threads showed it first, how often it was seen), oldest first."""
    with _lock:
        return [(hazard, _examples[hazard], count) for hazard, count in _found.items()]


def clear_hazards() -> None:
    """Forget what was found."""
    with _lock:
        _found.clear()
        _examples.clear()
