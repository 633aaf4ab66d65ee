"""Compile times of the GPU backends: a kernel of about 100 lines, in a process that has compiled others before.

    python benchmarks/gpu_latency.py [--device NAME ...] [--json FILE]

``code``: from source text to the backend's code, before any driver sees it. ``driver``: from source text to a kernel
that can be launched, nothing cached, so that the driver's own compiler is in it. ``cached``: the same from the disk
cache. Milliseconds, the best of several tries.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from cudawasm_conformance.case import all_cases
from rich.console import Console
from rich.table import Table

import cudawasm as cw
from cudawasm.runtime.compilation import lower, open_program, parse_options
from cudawasm.runtime.interface import CompileOptions

PROGRAMS = ("recorded_radix_sort", "recorded_n_queens", "recorded_lu_small", "recorded_smith_waterman")
LANGUAGES = {"opencl": "opencl", "vulkan": "spirv", "wgpu": "wgsl"}
TRIES = 5


def best(work: Callable[[], object]) -> float:
    """Milliseconds."""
    times = []
    for _ in range(TRIES):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return 1e3 * min(times)


def measure(name: str, device: str) -> dict[str, float]:
    """The three times of one program. Raises CompileError where the device refuses it."""
    case = next(c for c in all_cases() if c.name == name)
    opened = cw.device(device)
    language = LANGUAGES[opened.info.backend]

    def code() -> None:
        program = open_program(case.source.encode(), "kernel.cu", parse_options(case.options, {}, []))
        unit = lower(program, case.kernel)
        if opened.info.backend == "vulkan":  # whose code is words; text is made of them for people only
            opened.backend.load(unit.module, CompileOptions(), {}).built(unit.kernel, True)
        else:
            opened.backend.generated(unit.module, unit.kernel, case.launch.block, language)

    def load() -> None:
        kernel = cw.Module(case.source, options=case.options, device=device).kernel(case.kernel)
        prepare = getattr(kernel, "prepare", None)
        if prepare is not None:
            prepare(case.launch.block)

    figures = {}
    os.environ["CUDAWASM_CACHE"] = "0"
    figures["code"] = best(code)
    figures["driver"] = best(load)
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"CUDAWASM_CACHE": "1", "CUDAWASM_CACHE_DIR": folder}
        load()
        figures["cached"] = best(load)
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(description="Compile times on GPUs.")
    parser.add_argument("--device", action="append", default=[])
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    devices = args.device or [info.name for info in cw.devices() if info.backend in LANGUAGES]
    table = Table("device", "program", "code ms", "driver ms", "cached ms")
    found: dict[str, dict[str, dict[str, float]]] = {}
    for device in devices:
        for name in PROGRAMS:
            try:
                figures = measure(name, device)
            except cw.CompileError as error:
                print(f"{name} on {device}: {error}")
                continue
            found.setdefault(device, {})[name] = figures
            table.add_row(device, name.removeprefix("recorded_"), *(f"{figures[k]:.1f}" for k in figures))
    Console().print(table)
    if args.json:
        args.json.write_text(json.dumps(found, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
