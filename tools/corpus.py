"""Build and run the programs of a checked-out CUDA suite: ``python tools/corpus.py DIR [--device NAME] [--only TEXT]``.

A program is a folder with CUDA sources one of which has a ``main``; all sources of the folder belong to it. It passes
when it ends with status 0 and its output does not say that something failed; suites check their own results. What
becomes of each is printed, and written as JSON with ``--json FILE``. Nothing is written into the suite but what its
programs write.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

_MAIN = re.compile(r"\bmain\s*\(")
_FAILED = re.compile(r"\bFAIL(?:ED|URE)?\b|\bfailed\b|Test failed|Error!", re.IGNORECASE)
_CODE = re.compile(r"error\[(E\d+)\]: (.*)")
_WAIVED = 2
"""The status by which NVIDIA's samples say that a device is not what they need."""
_SOURCES = (".cu", ".cpp", ".cc", ".c")


@dataclass(frozen=True, slots=True)
class Outcome:
    """``state``: passed, wrong, refused, waived, not built, crashed or timed out; ``why`` is one line about it."""

    program: str
    state: str
    why: str
    build_seconds: float = 0.0
    run_seconds: float = 0.0


def programs(root: Path, only: str, without: list[str]) -> list[Path]:
    """Folders with a program."""
    found = {path.parent for path in root.rglob("*.cu")}
    wanted = [f for f in found if only in str(f) and not any(w in str(f) for w in without)]
    return sorted(f for f in wanted if any(_MAIN.search(p.read_text(errors="replace")) for p in sources(f)))


def sources(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.suffix in _SOURCES)


def tried(folder: Path, root: Path, args: argparse.Namespace) -> Outcome:
    name = str(folder.relative_to(root))
    with tempfile.TemporaryDirectory() as scratch:
        program = Path(scratch) / folder.name
        includes = (folder, folder.parent / "inc", *args.include)
        flags = [*(f"-I{i}" for i in includes if i.is_dir()), *args.option, "-o", str(program)]
        command = [sys.executable, "-m", "cudawasm.host.nvcc", *flags, *map(str, sources(folder))]
        start = time.perf_counter()
        built, output, built_late = _run(command, folder, args.timeout, None)
        seconds = time.perf_counter() - start
        if built or built_late:
            return Outcome(name, "not built", _first_error(output), seconds)
        environment = dict(os.environ, CUDAWASM_DEVICE=args.device)
        start = time.perf_counter()
        status, output, late = _run([str(program), *args.argument], folder, args.timeout, environment)
        return _judged(name, status, output, late, seconds, time.perf_counter() - start)


def _judged(name: str, status: int, output: str, late: bool, built: float, ran: float) -> Outcome:
    code = _CODE.search(output)
    if late:
        return Outcome(name, "timed out", "", built, ran)
    if code:
        return Outcome(name, "refused", f"{code[1]}: {code[2]}", built, ran)
    if status < 0:
        return Outcome(name, "crashed", f"signal {-status}", built, ran)
    if status == _WAIVED and "waiv" in output.lower():
        return Outcome(name, "waived", output.strip().splitlines()[-1][:150], built, ran)
    ours = ("cudawasm:", "    ")  # what a device says of an assertion that a program makes fail on purpose
    said = [line for line in output.splitlines() if not line.startswith(ours) and "as expected" not in line]
    failed = [line for line in said if _FAILED.search(line)]
    if status or failed:
        last = output.strip().splitlines()[-1:] or [""]
        return Outcome(name, "wrong", f"status {status}: {(failed or last)[0].strip()[:150]}", built, ran)
    return Outcome(name, "passed", "", built, ran)


def _run(command: list[str], folder: Path, timeout: float, environment: dict[str, str] | None) -> tuple[int, str, bool]:
    """(status, output, whether it took too long)."""
    try:
        done = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL, timeout=timeout, check=False)  # fmt: skip
    except subprocess.TimeoutExpired as error:
        return 1, (error.stdout or b"").decode(errors="replace"), True
    return done.returncode, done.stdout.decode(errors="replace"), False


def _first_error(output: str) -> str:
    lines = [line for line in output.splitlines() if re.search(r"error|undefined|No such file", line)]
    return (lines or output.splitlines()[-1:] or [""])[0].strip()[:200]


def main() -> int:
    parser = argparse.ArgumentParser(description="Run a suite of CUDA programs.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--include", action="append", default=[], help="folder of headers for all programs")
    parser.add_argument("--option", action="append", default=[], help="another option of nvcc's")
    parser.add_argument("--argument", action="append", default=[], help="an argument for all programs")
    parser.add_argument("--only", default="", help="folders whose path contains this")
    parser.add_argument("--without", action="append", default=[], help="leave out folders whose path contains this")
    parser.add_argument("--timeout", type=float, default=120)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    root = args.folder.resolve()
    args.include = [Path(i).resolve() for i in args.include]
    found = programs(root, args.only, args.without)
    outcomes = []
    with ThreadPoolExecutor(args.jobs) as pool:
        for outcome in pool.map(lambda folder: tried(folder, root, args), found):
            outcomes.append(outcome)
            print(f"{outcome.state:10} {outcome.program:60} {outcome.run_seconds:6.1f} s  {outcome.why}", flush=True)
    counts = Counter(o.state for o in outcomes)
    print(
        f"{len(outcomes)} programs on {args.device}: " + ", ".join(f"{n} {state}" for state, n in counts.most_common())
    )
    if args.json:
        args.json.write_text(json.dumps([asdict(o) for o in outcomes], indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
