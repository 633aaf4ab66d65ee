"""Fails when ``import cudawasm`` is slow or loads what it must not: run by .ci/run in a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys

LIMIT_MS = 200
LAZY = ("llvmlite", "rich", "typer", "pluggy", "stevedore", "cudawasm.frontend")
PROBE = f"""
import sys, time
start = time.perf_counter()
import cudawasm
elapsed = (time.perf_counter() - start) * 1e3
print(elapsed, *(name for name in {LAZY!r} if name in sys.modules))
"""


def main() -> int:
    runs = [subprocess.check_output([sys.executable, "-c", PROBE], text=True).split() for _ in range(5)]
    best = min(float(run[0]) for run in runs)
    loaded = runs[0][1:]
    print(f"import cudawasm: {best:.0f} ms (limit {LIMIT_MS}); eagerly loaded: {loaded or 'nothing'}")
    return int(best > LIMIT_MS or bool(loaded))


if __name__ == "__main__":
    sys.exit(main())
