"""WebAssembly against the native CPU backend with registers as wide: one run, one thread, results checked.

    python benchmarks/wasm.py [--only NAME] [--rounds N] [--json FILE] [--fused]

The native code is for x86-64-v2 (SSE4.2), whose registers have 128 bits as WebAssembly's. With ``--fused`` both may use
multiply-adds of one rounding: native code all instructions of this computer, on gangs of 128 bits, and WebAssembly
relaxed SIMD. Times are medians over rounds in which both run one after the other.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ["CUDAWASM_NUM_THREADS"] = "1"

import numpy as np
from cpu import HERE, Run, _agree, _seconds, geomean
from rich.console import Console
from rich.table import Table
from workloads import Array, Workload, workloads

import cudawasm as cw
from cudawasm.runtime.device import Device
from cudawasm_cpu.device import CpuDevice
from cudawasm_cpu.machine import Machine, host_machine, wasm_machine
from cudawasm_cpu.wasm.device import WasmDevice
from cudawasm_cpu.wasm.probe import device_info


class Narrow(CpuDevice):
    """The CPU with 128-bit registers."""

    def __init__(self, fused: bool) -> None:
        super().__init__()
        self._machine = replace(host_machine(), vector_bits=128, gathers=False)
        if not fused:
            self._machine = replace(self._machine, cpu="x86-64-v2", features="")

    @property
    def machine(self) -> Machine:
        return self._machine


def prepare(module: cw.Module, work: Workload) -> tuple[Run, Any]:
    """(a run of the workload, what it has written)."""
    device = module.device
    buffers = [cw.asarray(a, device=device) if isinstance(a, np.ndarray) else a for a in work.args]
    launch = module[work.name][work.grid, work.block]
    cleared = [(buffers[i], np.zeros_like(work.args[i])) for i in work.outputs] if work.zeroed else []

    def run() -> None:
        for output, zeros in cleared:
            output.set(zeros)
        launch(*buffers)

    def results() -> list[Array]:
        return [buffers[i].get() for i in work.outputs]

    return run, results


def measure(work: Workload, modules: list[cw.Module], rounds: int) -> tuple[float, float]:
    """Median seconds of native code and of WebAssembly. Raises SystemExit when their results differ."""
    prepared = [prepare(module, work) for module in modules]
    found = []
    for run, results in prepared:
        run()
        found.append(results())
    if not _agree(work, *found):
        sys.exit(f"{work.name}: WebAssembly and native code give different results")
    times: list[list[float]] = [[], []]
    for _ in range(rounds):
        for of_one, (run, _) in zip(times, prepared, strict=True):
            of_one.append(_seconds(run))
    native, wasm = map(statistics.median, times)
    return native, wasm


def main() -> int:
    parser = argparse.ArgumentParser(description="WebAssembly benchmark.")
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--fused", action="store_true")
    args = parser.parse_args()
    defines = {"GLOBAL": "", "DEVICE": "__device__"}
    machine = wasm_machine(threads=True, relaxed=args.fused)
    devices = [Device(Narrow(args.fused)), Device(WasmDevice(device_info(), machine))]
    modules = [cw.Module.from_file(HERE / "kernels.cu", defines=defines, device=device) for device in devices]
    table = Table("kernel", "native ms", "WebAssembly ms", "ratio")
    rows: dict[str, dict[str, float]] = {}
    for work in workloads():
        if args.only and work.name not in args.only:
            continue
        native, wasm = measure(work, modules, args.rounds)
        rows[work.name] = {"native": native, "wasm": wasm}
        table.add_row(work.name, f"{1e3 * native:.2f}", f"{1e3 * wasm:.2f}", f"{wasm / native:.2f}")
        print(work.name, f"{1e3 * native:.2f} {1e3 * wasm:.2f} ms, {wasm / native:.2f}", file=sys.stderr, flush=True)
    table.add_row("geomean", "", "", f"{geomean([r['wasm'] / r['native'] for r in rows.values()]):.2f}")
    Console().print(table)
    if args.json:
        args.json.write_text(json.dumps({"fused": args.fused, "seconds": rows}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
