"""The GPU backends against native CUDA: one run on one GPU, results checked.

    python benchmarks/gpu.py [--only TEXT] [--device NAME] [--rounds N] [--json FILE]
    python benchmarks/gpu.py --from benchmarks/results/gpu.json --docs

Native CUDA is the same text compiled by NVRTC through CuPy. A time is the median over rounds of the time of many
launches in a row, from a synchronised device to a synchronised device, by launch. The second form writes the table and
the chart of what an earlier run has measured into docs/performance.md.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from gpu_workloads import Array, Launch, Workload, workloads

HERE = Path(__file__).parent
SOURCE = HERE / "gpu_kernels.cu"
PAGE = HERE.parent / "docs" / "performance.md"
CHART = PAGE.with_name("gpu.svg")
BEGIN, END = "<!-- table of benchmarks/gpu.py -->\n", "<!-- end of the table -->\n"
NATIVE = "CUDA"
_EMPTY_LAUNCHES = 1000


class Contestant(Protocol):
    name: str

    def put(self, array: Array) -> Any: ...

    def get(self, buffer: Any) -> Array: ...

    def launcher(self, launch: Launch, buffers: dict[str, Any]) -> Callable[[], object]: ...

    def synchronize(self) -> None: ...


class Native:
    """NVRTC, through CuPy."""

    name = NATIVE

    def __init__(self) -> None:
        import cupy

        self.cupy = cupy
        self.module = cupy.RawModule(code=SOURCE.read_text(), options=("-std=c++17",))

    def put(self, array: Array) -> Any:
        return self.cupy.asarray(array)

    def get(self, buffer: Any) -> Array:
        return self.cupy.asnumpy(buffer)

    def launcher(self, launch: Launch, buffers: dict[str, Any]) -> Callable[[], object]:
        kernel = self.module.get_function(launch.kernel)
        args = tuple(buffers[a] if isinstance(a, str) else a for a in launch.args)
        return lambda: kernel(launch.grid, launch.block, args)

    def synchronize(self) -> None:
        self.cupy.cuda.runtime.deviceSynchronize()


class Ours:
    """A device of cudawasm."""

    def __init__(self, device: str):
        import cudawasm as cw

        self.cw, self.device = cw, cw.device(device)
        self.name = device.partition(":")[0]
        self.module = cw.Module.from_file(SOURCE, device=device)

    def put(self, array: Array) -> Any:
        return self.cw.asarray(array, device=self.device)

    def get(self, buffer: Any) -> Array:
        return buffer.get()  # type: ignore[no-any-return]

    def launcher(self, launch: Launch, buffers: dict[str, Any]) -> Callable[[], object]:
        configured = self.module[launch.kernel][launch.grid, launch.block]
        args = [buffers[a] if isinstance(a, str) else a for a in launch.args]
        return lambda: configured(*args)

    def synchronize(self) -> None:
        self.device.synchronize()


def run(work: Workload, contestant: Contestant, rounds: int) -> float:
    """Median seconds of all launches of a workload. Raises SystemExit when a result is wrong."""
    buffers = {name: contestant.put(array) for name, array in work.arrays.items()}
    launchers = [contestant.launcher(launch, buffers) for launch in work.launches]
    for launch in launchers:
        launch()
    contestant.synchronize()
    _check(work, contestant, buffers)
    return _median_seconds(launchers, work.repeat, rounds, contestant)


def _check(work: Workload, contestant: Contestant, buffers: dict[str, Any]) -> None:
    for name, wanted in work.expected(work.arrays).items():
        array, _, step = name.partition("[::")
        found = (
            contestant.get(buffers[array])[:: int(step.rstrip("]") or 1)] if step else contestant.get(buffers[array])
        )
        if not np.allclose(found, wanted, rtol=work.tolerance, atol=work.tolerance * float(np.abs(wanted).max())):
            worst = float(np.max(np.abs(found - wanted)))
            sys.exit(f"{work.name}: {array} is wrong on {contestant.name}, by up to {worst}")


def _median_seconds(launchers: list[Callable[[], object]], repeat: int, rounds: int, contestant: Contestant) -> float:
    times = []
    for _ in range(rounds):
        contestant.synchronize()
        start = time.perf_counter()
        for _ in range(repeat):
            for launch in launchers:
                launch()
        contestant.synchronize()
        times.append((time.perf_counter() - start) / repeat)
    return statistics.median(times)


def overhead(contestant: Contestant, rounds: int) -> float:
    """Seconds of one launch of a kernel that does nothing, of many in a row."""
    buffers = {"a": contestant.put(np.zeros(1, np.float32))}
    launcher = contestant.launcher(Launch("nothing", (1, 1, 1), (32, 1, 1), ("a",)), buffers)
    launcher()
    return _median_seconds([launcher], _EMPTY_LAUNCHES, rounds, contestant)


def contestants(devices: list[str]) -> list[Contestant]:
    import cudawasm as cw

    names = devices or [info.name for info in cw.devices() if info.kind == "gpu"]
    found: list[Contestant] = []
    for make in (Native, *(lambda n=name: Ours(n) for name in names)):
        try:
            found.append(make())
        except Exception as error:
            print(f"left out: {error}", file=sys.stderr)
    return found


def measure(args: argparse.Namespace) -> dict[str, Any]:
    present = contestants(args.device)
    rows: dict[str, dict[str, float]] = {}
    for make in workloads():
        work = make()
        if args.only and args.only not in work.name:
            continue
        rows[work.name] = {}
        for contestant in present:
            try:
                rows[work.name][contestant.name] = run(work, contestant, args.rounds)
            except Exception as error:
                print(f"{work.name} on {contestant.name}: {error}", file=sys.stderr)
        print(work.name, {k: f"{1e3 * v:.3f} ms" for k, v in rows[work.name].items()}, file=sys.stderr)
    launches = {c.name: overhead(c, args.rounds) for c in present}
    print("launch", {k: f"{1e6 * v:.1f} us" for k, v in launches.items()}, file=sys.stderr)
    return {"gpu": _gpu_name(), "seconds": rows, "launch": launches}


def _gpu_name() -> str:
    try:
        import cupy

        return cupy.cuda.runtime.getDeviceProperties(0)["name"].decode()  # type: ignore[no-any-return]
    except ImportError:
        return ""


def ratios(result: dict[str, Any]) -> dict[str, dict[str, float]]:
    """By workload and contestant, time over that of native CUDA."""
    return {
        work: {name: t / times[NATIVE] for name, t in times.items() if name != NATIVE}
        for work, times in result["seconds"].items()
        if NATIVE in times
    }


def geomean(values: list[float]) -> float:
    return math.exp(sum(map(math.log, values)) / len(values)) if values else math.nan


def markdown(result: dict[str, Any]) -> str:
    over = ratios(result)
    names = sorted({name for row in over.values() for name in row})
    lines = [f"| {result['gpu']} | CUDA ms | " + " | ".join(f"{n}, over CUDA" for n in names) + " |",
             "|---|---|" + "---|" * len(names)]  # fmt: skip
    for work, row in over.items():
        cells = [f"{row[n]:.2f}" if n in row else "" for n in names]
        lines.append(f"| {work} | {1e3 * result['seconds'][work][NATIVE]:.3f} | " + " | ".join(cells) + " |")
    means = [f"**{geomean([r[n] for r in over.values() if n in r]):.2f}**" for n in names]
    lines.append("| **geomean** | | " + " | ".join(means) + " |")
    launch = result["launch"]
    lines.append(
        f"| launch of an empty kernel, µs | {1e6 * launch[NATIVE]:.1f} µs | "
        + " | ".join(f"{1e6 * launch[n]:.1f} µs" for n in names)
        + " |"
    )
    return "\n".join(lines) + "\n"


def draw(result: dict[str, Any], path: Path) -> None:
    """Bars of time over native CUDA."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    over = ratios(result)
    names = sorted({name for row in over.values() for name in row})
    figure, axes = plt.subplots(figsize=(9, 0.42 * len(over) * max(1, len(names) / 2) + 1.2))
    height = 0.8 / len(names)
    for k, name in enumerate(names):
        places = [i + (k - (len(names) - 1) / 2) * height for i in range(len(over))]
        axes.barh(places, [row.get(name, 0.0) for row in over.values()], height, label=name)
    axes.axvline(1.0, color="black", linewidth=1)
    axes.set_yticks(range(len(over)), list(over))
    axes.invert_yaxis()
    axes.set_xlabel(f"time over native CUDA, {result['gpu']} (less is better)")
    axes.legend()
    figure.tight_layout()
    mpl.rcParams["svg.hashsalt"] = "cudawasm"  # the same picture from the same figures
    figure.savefig(path, metadata={"Date": None})


def write_docs(result: dict[str, Any]) -> None:
    """The table between its marks in the page, and the chart beside it."""
    text = PAGE.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{markdown(result)}\n{END}{after}")
    draw(result, CHART)


def main() -> int:
    parser = argparse.ArgumentParser(description="GPU benchmark.")
    parser.add_argument("--only", default="", help="workloads whose name contains this")
    parser.add_argument("--device", action="append", default=[])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--from", dest="source", type=Path)
    parser.add_argument("--docs", action="store_true", help="write table and chart into docs/performance.md")
    args = parser.parse_args()
    result = json.loads(args.source.read_text()) if args.source else measure(args)
    if args.json:
        args.json.write_text(json.dumps(result, indent=1) + "\n")
    if args.docs:
        write_docs(result)
    else:
        print(markdown(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
