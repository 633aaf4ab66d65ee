"""The programs of ``cudawasm_conformance.recorded`` as cases; what they must compute was recorded on a real GPU."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from cudawasm_conformance import recorded
from cudawasm_conformance.case import Case, Dim3, Launch

_FOLDER = files(recorded)


@lru_cache(maxsize=1)
def _results() -> dict[str, dict[str, np.ndarray]]:
    """program -> array -> its content after the launch, for arrays that the program changes."""
    found: dict[str, dict[str, np.ndarray]] = {}
    with (_FOLDER / "results.npz").open("rb") as file, np.load(file) as archive:
        for key in archive.files:
            program, name = key.split("/")
            found.setdefault(program, {})[name] = archive[key]
    return found


def _dim3(extent: recorded.Dim) -> Dim3:
    sizes = (extent,) if isinstance(extent, int) else extent
    x, y, z = (*sizes, 1, 1)[:3]
    return x, y, z


def program_cases() -> Iterator[Case]:
    """A case for every program."""
    for program in recorded.PROGRAMS:
        name = f"recorded_{program.name}"

        def wanted(_name: str = name, **_args: Any) -> dict[str, np.ndarray]:
            return _results()[_name]

        yield Case(
            name,
            (_FOLDER / f"{program.name}.cu").read_text(encoding="utf-8"),
            program.args(),
            wanted,
            Launch(_dim3(program.grid), _dim3(program.block), program.shared),
            kernel=program.kernel,
            options=program.options,
            rtol=program.rtol,
            atol=program.atol,
            requires=program.requires,
        )


CASES = list(program_cases())
