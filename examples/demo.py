"""Compile and run the example programs on the best device, check them against NumPy, write their pictures.

python examples/demo.py [--device NAME] [--out FOLDER]
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from programs import PROGRAMS
from rich.console import Console
from rich.table import Table

import cudawasm as cw


def main() -> int:
    parser = argparse.ArgumentParser(description="Run the example programs.")
    parser.add_argument("--device", default=None, help="a device's name; the best one present if missing")
    parser.add_argument("--out", type=Path, default=Path("out"), help="folder for the pictures")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    table = Table("program", "device", "device time", "NumPy time", "correct", "picture")
    wrong = 0
    with cw.device(args.device) as device:
        for name, program in PROGRAMS.items():
            outcome = program()
            wrong += not outcome.correct
            picture = ""
            if outcome.picture is not None:
                path = args.out / f"{name}.png"
                outcome.picture.save(path)
                picture = str(path)
            verdict = "yes" if outcome.correct else f"NO: off by {outcome.error:.3g}"
            times = (f"{1e3 * t:.2f} ms" for t in (outcome.device_seconds, outcome.numpy_seconds))
            table.add_row(name, device.name, *times, verdict, picture)
    console = Console()
    console.print(table)
    console.print(f"{len(PROGRAMS) - wrong} of {len(PROGRAMS)} correct, {time.perf_counter() - start:.1f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
