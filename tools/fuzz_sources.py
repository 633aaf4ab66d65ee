"""Mutate CUDA sources by bytes and tokens: each must give a diagnostic or a module, never a crash or a hang.

    python tools/fuzz_sources.py [--count 20000] [--seed 1] [--seconds 5]

Prints a summary; failing sources are kept in --keep. Exit status 1 when there was a failure.
"""

from __future__ import annotations

import argparse
import random
import re
import signal
import sys
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

from cudawasm.errors import CompileError
from cudawasm.frontend import Program

_TOKEN = re.compile(rb"[A-Za-z_]\w*|\d[\w.]*|\s+|.", re.DOTALL)
_INTERESTING = (
    b"template <typename T> ", b"< ", b"> ", b"( ", b") ", b"{ ", b"} ", b"[0]", b"* ", b"& ", b"...",
    b"auto ", b"struct S { int x; } ", b"__shared__ ", b"for (;;) ", b"if (1) ", b"0x7fffffffffffffff",
    b"1e999", b"'", b'"', b"#define F(x) x ## x\n", b"#if 1\n", b"goto l; ", b"switch (1) ", b"return ",
    b"sizeof ", b"operator ", b"::", b"[&](auto x) { return x; }", b"constexpr ", b"static ", b"\\\n", b"\0",
    b'asm("mov.u32 %0, 1;" : "=r"(x));',
)  # fmt: skip


class _Hang(Exception):
    pass


def _alarm(*_: Any) -> None:
    raise _Hang


def seeds() -> list[bytes]:
    """The example kernels and, when installed, the sources of the conformance cases."""
    root = Path(__file__).resolve().parent.parent
    found = [path.read_bytes() for path in sorted(root.glob("examples/kernels/*.cu"))]
    try:
        from cudawasm_conformance import all_cases
    except ImportError:
        return found
    return found + sorted({case.source.encode() for case in all_cases()})


def mutated(source: bytes, others: list[bytes], rng: random.Random) -> bytes:
    """One to four mutations of a source."""
    tokens = _TOKEN.findall(source)
    for _ in range(rng.randint(1, 4)):
        if not tokens:
            return rng.choice(others)
        at = rng.randrange(len(tokens))
        match rng.randrange(8):
            case 0:
                del tokens[at]
            case 1:
                tokens.insert(at, rng.choice(_INTERESTING))
            case 2:
                tokens[at] = rng.choice(tokens)
            case 3:
                other = rng.randrange(len(tokens))
                tokens[at], tokens[other] = tokens[other], tokens[at]
            case 4:
                tokens[at:at] = tokens[at : at + rng.randint(1, 12)]
            case 5:
                del tokens[at : at + rng.randint(2, 12)]
            case 6:
                data = bytearray(tokens[at])
                data[rng.randrange(len(data))] = rng.randrange(256)
                tokens[at] = bytes(data)
            case _:
                donor = _TOKEN.findall(rng.choice(others))
                start = rng.randrange(len(donor))
                tokens[at:at] = donor[start : start + rng.randint(1, 20)]
    return b"".join(tokens)


def outcome(source: bytes) -> tuple[str, str]:
    """("module" | "diagnostic" | "hang" | "crash", details)."""
    try:
        program = Program(source, "<fuzz>")
        kernels = [k.name for k in program.kernels if not k.is_template]
        refused = 0
        for name in kernels:
            try:
                program.lower(name)
            except CompileError as error:
                str(error)
                refused += 1
        return ("diagnostic" if refused else "module"), ""
    except CompileError as error:
        return ("diagnostic", "") if str(error) else ("crash", "an empty diagnostic")
    except _Hang:
        return "hang", traceback.format_exc()
    except Exception:
        return "crash", traceback.format_exc()


def _kind(details: str) -> str:
    """The exception with the place it came from."""
    lines = details.strip().split("\n")
    place = next((line.strip() for line in reversed(lines) if line.strip().startswith("File")), "")
    return f"{lines[-1][:80]} {place.rpartition('/')[2]}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Fuzz the front end with mutated sources.")
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=int, default=10, help="longer than this is a hang")
    parser.add_argument("--keep", type=Path, default=Path("out/fuzz"))
    args = parser.parse_args()
    signal.signal(signal.SIGALRM, _alarm)
    rng = random.Random(args.seed)
    sources = seeds()
    counts: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for number in range(args.count):
        source = mutated(rng.choice(sources), sources, rng)
        signal.alarm(args.seconds)
        result, details = outcome(source)
        signal.alarm(0)
        counts[result] += 1
        if result in ("crash", "hang"):
            kind = _kind(details)
            kinds[kind] += 1
            if kinds[kind] <= 3:
                args.keep.mkdir(parents=True, exist_ok=True)
                (args.keep / f"{result}{number}.cu").write_bytes(source)
                (args.keep / f"{result}{number}.txt").write_text(details)
    print(f"{args.count} mutated sources: {dict(counts)}")
    for kind, count in kinds.most_common(20):
        print(f"  {count} x {kind}")
    return 1 if counts["crash"] or counts["hang"] else 0


if __name__ == "__main__":
    sys.exit(main())
