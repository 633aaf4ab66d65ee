"""Small C++ programs as kernels ``k(int* o)`` of 16 threads; what they must give was computed by a C++ compiler.

``data/cpp_programs.txt`` holds them: ``=== name``, the source, ``---``, and the values of ``o``, the zeros at its end left
out. ``tools/cpp_programs.py`` in the repository computes the values of a new program.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cudawasm_conformance.case import Case, Launch

PATH = Path(__file__).parents[1] / "data" / "cpp_programs.txt"
THREADS = 16
VALUES = 128


@dataclass(slots=True)
class CppProgram:
    name: str
    source: str
    expected: list[int]


def read_programs() -> list[CppProgram]:
    """The programs of the data file; ``expected`` is empty where it is still to be computed."""
    programs = []
    for section in PATH.read_text().split("=== ")[1:]:
        name, _, rest = section.partition("\n")
        source, _, values = rest.partition("\n---\n")
        programs.append(CppProgram(name.strip(), source.rstrip() + "\n", [int(v) for v in values.split()]))
    return programs


def write_programs(programs: list[CppProgram]) -> None:
    sections = []
    for program in programs:
        values = list(program.expected)
        while len(values) > 1 and values[-1] == 0:
            values.pop()
        lines = [" ".join(map(str, values[i : i + THREADS])) for i in range(0, len(values), THREADS)]
        sections.append(f"=== {program.name}\n{program.source}---\n" + "\n".join(lines) + "\n")
    PATH.write_text("\n".join(sections))


def _case(program: CppProgram) -> Case:
    wanted = np.zeros(VALUES, np.int32)
    wanted[: len(program.expected)] = program.expected
    return Case(
        f"cpp_{program.name}",
        program.source,
        {"o": np.zeros(VALUES, np.int32)},
        lambda o: {"o": wanted},
        Launch(block=(THREADS, 1, 1)),
    )


CASES: list[Any] = [_case(program) for program in read_programs()]
