"""Times that a user waits for: import, compiling, the first launch, launching again.

    python benchmarks/latency.py [--json FILE]

Each figure is the best of several tries, except the import, which needs a process of its own each time.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

SAXPY = """
__global__ void saxpy{n}(float a, const float* x, float* y, int n) {{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = a * x[i] + y[i] + {n};
}}
"""
_COLD = """
import time, sys
start = time.perf_counter()
import cudawasm
print(time.perf_counter() - start, "llvmlite" in sys.modules)
"""
_CACHED = """
import time, sys, numpy as np, cudawasm as cw
cw.Module({warm!r})["saxpy1"][1, 32](np.float32(1), cw.zeros(32, np.float32), cw.zeros(32, np.float32), 32)
source = {source!r}
x, y = cw.zeros(256, np.float32), cw.zeros(256, np.float32)
start = time.perf_counter()
cw.Module(source)["saxpy0"][1, 256](np.float32(2), x, y, 256)
y.get()
print(time.perf_counter() - start)
"""


def best(work: Callable[[int], float], tries: int) -> float:
    return min(work(i) for i in range(tries))


def import_seconds(_: int) -> float:
    out = subprocess.run([sys.executable, "-c", _COLD], capture_output=True, text=True, check=True).stdout.split()
    if out[1] != "False":
        sys.exit("importing cudawasm imports llvmlite")
    return float(out[0])


def first_result_seconds(number: int) -> float:
    """Source text to result in a process that has compiled something else before."""
    import cudawasm as cw

    x, y = cw.zeros(256, np.float32), cw.zeros(256, np.float32)
    start = time.perf_counter()
    module = cw.Module(SAXPY.format(n=number + 1000 * os.getpid()))
    module[module.kernels[0]][1, 256](np.float32(2), x, y, 256)
    y.get()
    return time.perf_counter() - start


def cached_seconds(_: int) -> float:
    """The same from the disk cache, in a new process that has launched another kernel before."""
    script = _CACHED.format(warm=SAXPY.format(n=1), source=SAXPY.format(n=0))
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    return float(out)


def relaunch_seconds(_: int) -> float:
    import cudawasm as cw

    launch = cw.Module(SAXPY.format(n=5))["saxpy5"][1, 256]
    x, y, a = cw.zeros(256, np.float32), cw.zeros(256, np.float32), np.float32(2)
    launch(a, x, y, 256)
    count = 5000
    start = time.perf_counter()
    for _ in range(count):
        launch(a, x, y, 256)
    return (time.perf_counter() - start) / count


def vector_add_seconds(_: int) -> float:
    """65,536 threads."""
    import cudawasm as cw

    launch = cw.Module(SAXPY.format(n=6))["saxpy6"][256, 256]
    x, y, a = cw.zeros(65536, np.float32), cw.zeros(65536, np.float32), np.float32(2)
    launch(a, x, y, 65536)
    start = time.perf_counter()
    for _ in range(50):
        launch(a, x, y, 65536)
    return (time.perf_counter() - start) / 50


def thousand_lines_seconds(_: int) -> float:
    """Lowering about 1,000 lines: the example kernels over and over under other names."""
    from cudawasm.frontend import Program

    folder = Path(__file__).resolve().parent.parent / "examples" / "kernels"
    parts: list[str] = []
    lines = 0
    number = 0
    while lines < 1000:
        for path in sorted(folder.glob("*.cu")):
            text = path.read_text()
            parts.append(f"namespace part{number} {{\n{text}\n}}\n")
            lines += text.count("\n") + 3
            number += 1
    source = "".join(parts).encode()
    start = time.perf_counter()
    program = Program(source, "thousand.cu")
    for kernel in program.kernels:
        if not kernel.is_template:
            program.lower(kernel.name)
    return (time.perf_counter() - start) * 1000 / lines


def main() -> int:
    parser = argparse.ArgumentParser(description="Latencies.")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CUDAWASM_CACHE_DIR"] = folder
        figures = {
            "import cudawasm (ms, at most 200)": 1e3 * best(import_seconds, 5),
            "saxpy, source to first result, warm process (ms, at most 150)": 1e3 * best(first_result_seconds, 6),
            "saxpy from the disk cache (ms, at most 10)": 1e3 * best(cached_seconds, 5),
            "relaunch (us, at most 15)": 1e6 * best(relaunch_seconds, 3),
            "vector add of 65,536 threads (ms, under 1)": 1e3 * best(vector_add_seconds, 3),
            "lowering 1,000 lines (ms, at most 1,500)": 1e3 * best(thousand_lines_seconds, 3),
        }
    for name, figure in figures.items():
        print(f"{name}: {figure:.2f}")
    if args.json:
        args.json.write_text(json.dumps(figures, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
