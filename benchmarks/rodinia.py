"""Rodinia's CUDA programs on the CPU device against their own OpenMP twins: whole programs, process start included.

    python benchmarks/rodinia.py DIR WORK [PROGRAM...] [--rounds N] [--json FILE] [--markdown FILE]

DIR is a checkout of Rodinia (``cuda/``, ``openmp/``); it is copied to WORK, where inputs are made and both are built:
CUDA by ``cudawasm-nvcc``, the twin by gcc, both with -O3 -march=native. Programs take turns; what they computed is
compared. The first CUDA run starts from an empty cache ("cold"), the others find compiled kernels there. Of the rounds
the fastest counts; OpenMP's threads sleep while they wait in one and spin in the next, whichever is better for them.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rodinia_programs import PROGRAMS, Half, Program

OURS = Path(__file__).parent / "rodinia_support"
NVCC = Path(sys.executable).parent / "cudawasm-nvcc"
_OPTIMISED = ("-O3", "-march=native")
_SILENT = ("-w", "-fcommon")
_LIMIT = 300


class Failure(Exception):
    """A program that does not build, or does not end well."""


@dataclass(frozen=True)
class Workplace:
    root: Path

    @property
    def data(self) -> Path:
        return self.root / "data"

    def folder(self, side: str, half: Half) -> Path:
        return self.root / side / half.folder

    def build(self, side: str, half: Half, name: str, flags: str = "") -> Path:
        """The executable of one half. Raises Failure."""
        folder = self.folder(side, half)
        target = folder / name
        given = [*half.flags.split(), *flags.split()]
        extra = [str(OURS / word) if word.endswith((".c", ".h")) else word for word in half.extra]
        sources = half.sources.split()
        if side == "cuda":
            command = [str(NVCC), *_OPTIMISED, *_SILENT]
        else:
            tool = "gcc" if all(source.endswith(".c") for source in sources) else "g++"
            command = [tool, *_OPTIMISED, *_SILENT, "-fopenmp", "-std=gnu17" if tool == "gcc" else "-std=gnu++17"]
        _run([*command, *given, *sources, *extra, "-o", str(target), "-lm"], folder, {})
        return target

    def run(
        self, side: str, half: Half, executable: Path, arguments: str, cache: Path, policy: str = "active"
    ) -> tuple[float, str]:
        """Seconds, and what it wrote to its output; ``policy`` is how OpenMP's threads wait. Raises Failure."""
        words = arguments.format(data=self.data).split()
        environment = {"OMP_NUM_THREADS": str(os.cpu_count()), "XDG_CACHE_HOME": str(cache), "CUDAWASM_DEVICE": "cpu",
                       "PYTHONDONTWRITEBYTECODE": "", "OMP_WAIT_POLICY": policy}  # fmt: skip
        start = time.perf_counter()
        text = _run([str(executable), *words], self.folder(side, half), environment)
        return time.perf_counter() - start, text


def _run(command: Sequence[str], folder: Path, environment: dict[str, str]) -> str:
    try:
        done = subprocess.run(command, cwd=folder, env={**os.environ, **environment}, timeout=_LIMIT, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip
    except subprocess.TimeoutExpired as late:
        raise Failure(f"{Path(command[0]).name}: not done after {_LIMIT} s") from late
    text = done.stdout.decode(errors="replace")
    if done.returncode:
        raise Failure(f"{Path(command[0]).name}: status {done.returncode}\n{text[-1500:]}")
    return text


def prepare(checkout: Path, root: Path) -> Workplace:
    """A copy of the checkout without what was built in it."""
    for side in ("cuda", "openmp"):
        if not (root / side).exists():
            shutil.copytree(checkout / side, root / side, ignore=shutil.ignore_patterns("*.o", "*.tar", "*.a"))
    for data in (checkout / "data").glob("*/*"):
        target = root / "data" / data.relative_to(checkout / "data")
        if data.is_file() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(data, target)
    return Workplace(root)


def difference(got: np.ndarray, expected: np.ndarray) -> float:
    """The largest difference, in units of the larger of a number and the mean magnitude; infinite if shapes differ."""
    if got.shape != expected.shape or not got.size or not np.isfinite(got).all():
        return math.inf
    scale = np.maximum(np.abs(expected), np.abs(expected).mean()) + 1e-300
    return float((np.abs(got - expected) / scale).max())


def check(place: Workplace, program: Program, cache: Path) -> str:
    """Whether the results are right, in words; they are where it says "same" or "right". Raises Failure."""
    results = []
    for side, half, given in zip(
        ("cuda", "openmp"), (program.cuda, program.twin), program.check_arguments, strict=True
    ):
        if half is None or (side == "openmp" and program.verify):
            continue
        observers = "".join(f" {OURS / name}" for name in _observers(program, side))
        executable = place.build(side, half, "checked", program.check_flags + observers)
        text = place.run(side, half, executable, given or half.arguments, cache)[1]
        reader = program.twin_result if side == "openmp" and program.twin_result else program.result
        results.append(reader(text, place.folder(side, half)))
        if program.serial:
            results.append(serial_result(place, program))
            break
    if program.verify:
        return "right" if program.verify(results[0], place.data) else "WRONG"
    far = difference(*results)
    what = f"{results[0].size:,} numbers, {far:.0e}"
    return f"same ({what})" if far <= program.tolerance else f"DIFFERENT ({what})"


def serial_result(place: Workplace, program: Program) -> np.ndarray:
    """What a program without barriers computes as C++, its threads one after the other. Raises Failure."""
    original = place.folder("cuda", program.cuda)
    folder = place.root / "serial" / program.cuda.folder
    shutil.copytree(original, folder, dirs_exist_ok=True)
    for source in folder.glob("*.cu"):
        launch = re.compile(r"(\w+)\s*<<<([^;]*?)>>>")
        source.write_text(launch.sub(r"serially(\1, \2)", source.read_text(errors="replace")))
    flags = ["-O2", "-march=native", "-ffp-contract=fast", "-w", "-fpermissive", "-x", "c++", "-include"]
    _run(["g++", *flags, str(OURS / "serial_cuda.h"), program.serial, "-o", "serial"], folder, {})
    text = _run(["./serial", *program.check_arguments[0].split()], folder, {})
    return program.result(text, folder)


def _observers(program: Program, side: str) -> list[str]:
    """Sources that print what a program computes and does not tell."""
    name = f"{program.name}_{side}.c"
    return [name] if (OURS / name).exists() else []


def measure(place: Workplace, program: Program, rounds: int) -> dict[str, object]:
    """Results and times of one program."""
    cache = place.root / "cache"
    row: dict[str, object] = {"program": program.name}
    missing = [name for name in program.needs if not (place.data / name).exists()]
    if missing:
        return {**row, "result": f"needs data/{', data/'.join(missing)} of Rodinia's data sets"}
    try:
        program.make_inputs(place.data)
        row["result"] = check(place, program, cache)
        halves = {"cuda": program.cuda, **({"openmp": program.twin} if program.twin else {})}
        built = {side: place.build(side, half, "timed") for side, half in halves.items()}
        shutil.rmtree(cache, ignore_errors=True)
        row["cold"] = place.run("cuda", program.cuda, built["cuda"], program.cuda.arguments, cache)[0]
        times: dict[str, list[float]] = {side: [] for side in halves}
        for i in range(rounds):
            for side, half in halves.items():
                policy = ("passive", "active")[i % 2]
                times[side].append(place.run(side, half, built[side], half.arguments, cache, policy)[0])
        row.update({side: min(seconds) for side, seconds in times.items()}, times=times)
    except Failure as failure:
        row["result"] = f"FAILED: {failure}"
    return row


def table(rows: Sequence[dict[str, object]]) -> str:
    lines = [
        "| program | results | cudawasm s | first run s | OpenMP twin s | twin / cudawasm |",
        "|---|---|---|---|---|---|",
    ]
    ratios = []
    for row in rows:
        ours, cold, twin = (row.get(name) for name in ("cuda", "cold", "openmp"))
        ratio = ""
        if isinstance(ours, float) and isinstance(twin, float):
            ratios.append(twin / ours)
            ratio = f"{twin / ours:.2f}"
        times = " | ".join(f"{t:.2f}" if isinstance(t, float) else "" for t in (ours, cold, twin))
        result = str(row["result"]).partition("\n")[0]
        lines.append(f"| {row['program']} | {result} | {times} | {ratio} |")
    if ratios:
        lines.append(f"| **geomean of {len(ratios)}** | | | | | **{statistics.geometric_mean(ratios):.2f}** |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("checkout", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("programs", nargs="*")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path)
    arguments = parser.parse_intermixed_args()
    place = prepare(arguments.checkout.resolve(), arguments.work.resolve())
    rows = []
    for program in PROGRAMS:
        if arguments.programs and program.name not in arguments.programs:
            continue
        rows.append(measure(place, program, arguments.rounds))
        print(json.dumps(rows[-1]), flush=True)
    print(table(rows))
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n")
    if arguments.markdown:
        arguments.markdown.write_text(table(rows))


if __name__ == "__main__":
    main()
