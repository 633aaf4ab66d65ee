"""The CPU device against PoCL, gcc with OpenMP, and NumPy: one run, results checked.

    python benchmarks/cpu.py [--only NAME] [--rounds N] [--json FILE] [--markdown FILE]

Times are medians over rounds; within a round the contestants run one after the other, so that a noisy
machine troubles all alike. PoCL comes from Debian's pocl-opencl-icd; a contestant that is not installed is
left out.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from workloads import Array, Workload, workloads

import cudawasm as cw

HERE = Path(__file__).parent
Run = Callable[[], None]


class Cudawasm:
    name = "cudawasm"

    def __init__(self) -> None:
        self.module = cw.Module.from_file(HERE / "kernels.cu", defines={"GLOBAL": "", "DEVICE": "__device__"},
                                          device="cpu")  # fmt: skip

    def prepare(self, work: Workload) -> tuple[Run, Callable[[], list[Array]]]:
        buffers = [cw.asarray(a, device="cpu") if isinstance(a, np.ndarray) else a for a in work.args]
        launch = self.module[work.name][work.grid, work.block]
        outputs = [buffers[i] for i in work.outputs]
        cleared = [np.zeros_like(work.args[i]) for i in work.outputs]

        def run() -> None:
            if work.zeroed:
                for output, zeros in zip(outputs, cleared, strict=True):
                    output.set(zeros)
            launch(*buffers)

        return run, lambda: [o.get() for o in outputs]


class Pocl:
    name = "PoCL"

    def __init__(self) -> None:
        import pyopencl as cl

        self.cl = cl
        platform = next(p for p in cl.get_platforms() if "Portable" in p.name)
        self.context = cl.Context(platform.get_devices())
        self.queue = cl.CommandQueue(self.context)
        text = (HERE / "opencl_prefix.h").read_text() + (HERE / "kernels.cu").read_text()
        self.program = cl.Program(self.context, text).build()

    def prepare(self, work: Workload) -> tuple[Run, Callable[[], list[Array]]]:
        cl = self.cl
        flags = cl.mem_flags.READ_WRITE | cl.mem_flags.COPY_HOST_PTR
        buffers = [
            cl.Buffer(self.context, flags, hostbuf=a) if isinstance(a, np.ndarray) else _scalar(a) for a in work.args
        ]
        kernel = cl.Kernel(self.program, work.name)
        kernel.set_args(*buffers)
        size = tuple(g * b for g, b in zip(work.grid, work.block, strict=True))

        def run() -> None:
            if work.zeroed:
                for i in work.outputs:
                    cl.enqueue_fill_buffer(self.queue, buffers[i], b"\0", 0, work.args[i].nbytes)
            cl.enqueue_nd_range_kernel(self.queue, kernel, size, work.block)
            self.queue.finish()

        def results() -> list[Array]:
            found = [np.empty_like(work.args[i]) for i in work.outputs]
            for i, array in zip(work.outputs, found, strict=True):
                cl.enqueue_copy(self.queue, array, buffers[i])
            return found

        return run, results


class Gcc:
    name = "gcc"

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        library = Path(self.folder.name) / "twins.so"
        command = [
            "gcc",
            "-O3",
            "-march=native",
            "-fopenmp",
            "-shared",
            "-fPIC",
            str(HERE / "twins.c"),
            "-o",
            str(library),
        ]
        subprocess.run([*command, "-lm"], check=True)
        self.library = ctypes.CDLL(str(library))

    def prepare(self, work: Workload) -> tuple[Run, Callable[[], list[Array]]]:
        arrays = [a.copy() if isinstance(a, np.ndarray) else a for a in work.args]
        chosen = work.twin_args if work.twin_args is not None else list(range(len(arrays)))
        values = [arrays[c] if isinstance(c, int) else c for c in chosen]
        args = [_c_argument(v) for v in values]
        function = getattr(self.library, work.twin)

        def run() -> None:
            if work.zeroed:
                for i in work.outputs:
                    arrays[i].fill(0)
            function(*args)

        return run, lambda: [arrays[i] for i in work.outputs]


_SPINNING = 0.1
"""Seconds for which a contestant's idle threads may keep a core busy, waiting for more work."""


def _scalar(value: Any) -> Any:
    return np.int32(value) if isinstance(value, int) else value


def _c_argument(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return ctypes.c_void_p(value.ctypes.data)
    return ctypes.c_float(value) if isinstance(value, np.floating) else ctypes.c_int(int(value))


def _seconds(run: Run) -> float:
    """Time of a run after others that last until the threads of whoever ran before have gone to sleep."""
    begin = time.perf_counter()
    while time.perf_counter() - begin < _SPINNING:
        run()
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _agree(work: Workload, found: list[Array], wanted: list[Array]) -> bool:
    if work.check is not None:
        return work.check(found, wanted)
    return all(np.allclose(a, b, rtol=2e-3, atol=1e-3) for a, b in zip(found, wanted, strict=True))


def measure(work: Workload, contestants: list[Any], rounds: int) -> dict[str, float]:
    """Median seconds by contestant. Raises SystemExit when results differ."""
    prepared = [(c.name, *c.prepare(work)) for c in contestants]
    for _, run, _ in prepared:
        run()
    results = {name: get() for name, _, get in prepared}
    for name, found in results.items():
        if not _agree(work, found, results["cudawasm"]):
            sys.exit(f"{work.name}: {name} and cudawasm give different results")
    runs = [(name, run) for name, run, _ in prepared]
    if work.numpy is not None:
        runs.append(("NumPy", work.numpy))
        work.numpy()
    times: dict[str, list[float]] = {name: [] for name, _ in runs}
    for _ in range(rounds):
        for name, run in runs:
            times[name].append(_seconds(run))
    return {name: statistics.median(t) for name, t in times.items()}


def _present(makers: list[Callable[[], Any]]) -> list[Any]:
    found = []
    for make in makers:
        try:
            found.append(make())
        except Exception as error:
            print(f"left out: {make.__name__}: {error}", file=sys.stderr)
    return found


def geomean(values: list[float]) -> float:
    return math.exp(sum(map(math.log, values)) / len(values)) if values else math.nan


def main() -> int:
    parser = argparse.ArgumentParser(description="CPU benchmark.")
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path)
    args = parser.parse_args()
    contestants = _present([Cudawasm, Pocl, Gcc])
    rows: dict[str, dict[str, float]] = {}
    for work in workloads():
        if not args.only or work.name in args.only:
            rows[work.name] = measure(work, contestants, args.rounds)
            print(work.name, {k: f"{1e3 * v:.2f} ms" for k, v in rows[work.name].items()}, file=sys.stderr)
    report(rows, args.markdown)
    if args.json:
        args.json.write_text(json.dumps({"cpus": os.cpu_count(), "seconds": rows}, indent=1) + "\n")
    return 0


def report(rows: dict[str, dict[str, float]], markdown: Path | None) -> None:
    """A table of times and of how many times faster cudawasm is."""
    peers = ("PoCL", "gcc", "NumPy")
    table = Table("kernel", "cudawasm ms", *(f"{p} ms" for p in peers), *(f"over {p}" for p in peers))
    lines = [
        "| kernel | cudawasm ms | PoCL ms | gcc ms | NumPy ms | over PoCL | over gcc | over NumPy |",
        "|---|" + "---|" * 7,
    ]
    speedups: dict[str, list[float]] = {p: [] for p in peers}
    for name, times in rows.items():
        ours = times["cudawasm"]
        cells = [f"{1e3 * ours:.2f}", *(f"{1e3 * times[p]:.2f}" if p in times else "" for p in peers)]
        for peer in peers:
            if peer in times:
                speedups[peer].append(times[peer] / ours)
            cells.append(f"{times[peer] / ours:.2f}" if peer in times else "")
        table.add_row(name, *cells)
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    means = [f"{geomean(speedups[p]):.2f}" for p in peers]
    table.add_row("geomean", "", "", "", "", *means)
    lines.append("| **geomean** | | | | | " + " | ".join(means) + " |")
    Console().print(table)
    if markdown is not None:
        markdown.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
