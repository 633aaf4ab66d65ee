"""Random programs of ``goto``, loops and switches against a simulator of the same program.

    python tools/fuzz_jumps.py [--count 2000] [--seed 1] [--device cpu]

Labels lie anywhere: in blocks, branches, loops and cases, and any ``goto`` may go to any of them. A counter of steps
ends what would run for ever. The simulator runs a flat list of instructions. Exit status 1 when a program differs.
"""

from __future__ import annotations

import argparse
import random
import sys
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import cudawasm as cw

THREADS = 32
STEPS = 60
_MASK = 0xFFFFFFFF
_HEAD = "#define step() do { if (--steps <= 0) return r ^ 0x55; } while (0)\n"

Condition = tuple[str, int, int]
Statement = tuple[Any, ...]


@dataclass(slots=True)
class _Writer:
    """Random statements: ``(kind, ...)``, with lists of statements inside."""

    random: random.Random
    labels: list[str] = field(default_factory=list)
    loops: int = 0

    def condition(self) -> Condition:
        return self.random.choice("xr"), self.random.randint(2, 5), self.random.randint(0, 3)

    def block(self, depth: int, most: int, leaves: str = "") -> list[Statement]:
        """``leaves`` says what break and continue may leave: a loop, a switch, or both for a switch in a loop."""
        return [self.statement(depth, leaves) for _ in range(self.random.randint(1, most))]

    def statement(self, depth: int, leaves: str) -> Statement:
        if self.random.random() < 0.3:
            self.labels.append(f"L{len(self.labels)}")
            return "label", self.labels[-1]
        if depth == 0 or self.random.random() < 0.3:
            return "work", self.random.randint(1, 9), self.random.randint(1, 99)
        match self.random.choices(("goto", "if", "for", "do", "block", "switch", "leave"), (6, 4, 3, 2, 1, 4, 3))[0]:
            case "goto":
                return "goto", self.condition(), self.random.random() < 0.85
            case "if":
                otherwise = self.block(depth - 1, 2, leaves) if self.random.random() < 0.5 else []
                return "if", self.condition(), self.block(depth - 1, 3, leaves), otherwise
            case "for":
                self.loops += 1
                return "for", f"j{self.loops}", self.random.randint(1, 4), self.block(depth - 1, 3, "loop")
            case "do":
                return "do", self.condition(), self.block(depth - 1, 3, "loop")
            case "block":
                return "block", self.block(depth - 1, 3, leaves)
            case "switch":
                values: list[int | None] = [*self.random.sample(range(4), self.random.randint(1, 4)), None]
                self.random.shuffle(values)
                inner = leaves if "loop" in leaves else ""
                sections = [(value, self.block(depth - 1, 2, f"{inner} switch")) for value in values]
                return "switch", self.random.choice("xr"), sections
            case _:
                words = ["break"] * bool(leaves) + ["continue"] * ("loop" in leaves)
                return (self.random.choice(words), self.condition()) if words else ("work", 3, 7)


def _condition_text(condition: Condition) -> str:
    name, divisor, rest = condition
    return f"{name} % {divisor} {'==' if rest < divisor else '!='} {rest}"


def _text(statement: Statement, labels: list[str], rng: random.Random) -> tuple[str, Statement]:
    """A statement's C++, and the statement with the labels chosen that its jumps go to."""

    def block(statements: list[Statement]) -> tuple[str, list[Statement]]:
        pairs = [_text(s, labels, rng) for s in statements]
        return " ".join(text for text, _ in pairs), [chosen for _, chosen in pairs]

    match statement:
        case ("label", name):
            return f"{name}: step();", statement
        case ("work", factor, summand):
            return f"r = r * {factor} + {summand}; step();", statement
        case ("goto", condition, conditional):
            if not labels:
                return "step();", ("label", "")
            name = rng.choice(labels)
            test = f"if ({_condition_text(condition)}) " if conditional else ""
            return f"{test}goto {name};", ("goto", condition if conditional else None, name)
        case ("if", condition, then, otherwise):
            (first, then), (second, otherwise) = block(then), block(otherwise)
            tail = f" else {{ {second} }}" if otherwise else ""
            return f"if ({_condition_text(condition)}) {{ {first} }}{tail}", ("if", condition, then, otherwise)
        case ("for", name, count, body):
            text, body = block(body)
            return f"for ({name} = 0; {name} < {count}; ++{name}) {{ r += {name}; {text} }}", ("for", name, count, body)
        case ("do", condition, body):
            text, body = block(body)
            return f"do {{ step(); {text} }} while ({_condition_text(condition)});", ("do", condition, body)
        case ("block", body):
            text, body = block(body)
            return f"{{ unsigned unset; unset = r; {text} r += unset - unset; }}", ("block", body)
        case ("switch", name, sections):
            texts, chosen = [], []
            for value, section in sections:
                text, body = block(section)
                texts.append(f"{'default' if value is None else f'case {value}'}: {text}")
                chosen.append((value, body))
            return f"switch ({name} % 4) {{ {' '.join(texts)} }}", ("switch", name, chosen)
        case _:
            return f"if ({_condition_text(statement[1])}) {statement[0]};", statement


class _Code:
    """Instructions ``[kind, ...]``; the last operand of a jump is where it goes."""

    def __init__(self, statements: list[Statement]) -> None:
        self.code: list[list[Any]] = []
        self.labels: dict[str, int] = {}
        self._block(statements, [], [])
        for instruction in self.code:
            if isinstance(instruction[-1], str) and instruction[0] == "jump":
                instruction[-1] = self.labels[instruction[-1]]

    def _emit(self, *instruction: Any) -> list[Any]:
        self.code.append(list(instruction))
        return self.code[-1]

    def _land(self, jumps: list[list[Any]]) -> None:
        for jump in jumps:
            jump[-1] = len(self.code)

    def _block(self, statements: list[Statement], breaks: list[list[Any]], continues: list[list[Any]]) -> None:
        for statement in statements:
            self._statement(statement, breaks, continues)

    def _statement(self, statement: Statement, breaks: list[list[Any]], continues: list[list[Any]]) -> None:
        match statement:
            case ("label", name):
                self.labels[name] = len(self.code)
                self._emit("step")
            case ("work", *_):
                self._emit(*statement)
                self._emit("step")
            case ("goto", condition, name):
                self._emit("jump", condition, True, name)
            case ("if", condition, then, otherwise):
                to_else = self._emit("jump", condition, False, 0)
                self._block(then, breaks, continues)
                to_end = self._emit("jump", None, True, 0)
                self._land([to_else])
                self._block(otherwise, breaks, continues)
                self._land([to_end])
            case ("for", name, count, body):
                self._emit("set", name)
                start = len(self.code)
                leave = self._emit("until", name, count, 0)
                inner: list[list[Any]] = []
                ends = [leave]
                self._block(body, ends, inner)
                self._land(inner)
                self._emit("next", name)
                self._emit("jump", None, True, start)
                self._land(ends)
            case ("do", condition, body):
                start, inner, ends = len(self.code), [], []
                self._emit("step")
                self._block(body, ends, inner)
                self._land(inner)
                self._emit("jump", condition, True, start)
                self._land(ends)
            case ("block", body):
                self._block(body, breaks, continues)
            case ("switch", name, sections):
                table: dict[int | None, int] = {}
                self._emit("choose", name, table)
                ends = []
                for value, body in sections:
                    table[value] = len(self.code)
                    self._block(body, ends, continues)
                self._land(ends)
            case ("break" | "continue", condition):
                (breaks if statement[0] == "break" else continues).append(self._emit("jump", condition, True, 0))

    def run(self, x: int) -> int | None:
        """What the program gives for ``x``; None if it ends in no reasonable time."""
        values = {"x": x, "r": 0}
        at, left, fuel = 0, STEPS, 100_000
        while at < len(self.code):
            fuel -= 1
            if fuel == 0:
                return None
            instruction = self.code[at]
            at += 1
            match instruction:
                case ["step"]:
                    left -= 1
                    if left <= 0:
                        return (values["r"] ^ 0x55) & _MASK
                case ["work", factor, summand]:
                    values["r"] = (values["r"] * factor + summand) & _MASK
                case ["jump", condition, wanted, target]:
                    if condition is None or self._holds(condition, values) == wanted:
                        at = target
                case ["set", name]:
                    values[name] = 0
                case ["until", name, count, target]:
                    if values.get(name, 0) >= count:
                        at = target
                    else:
                        values["r"] = (values["r"] + values.get(name, 0)) & _MASK
                case ["next", name]:
                    values[name] = values.get(name, 0) + 1
                case ["choose", name, table]:
                    at = table.get(values[name] % 4, table[None])
        return values["r"]

    def _holds(self, condition: Condition, values: dict[str, int]) -> bool:
        name, divisor, rest = condition
        return (values[name] % divisor == rest) if rest < divisor else (values[name] % divisor != rest)


def program(seed: int) -> tuple[str, list[int | None]]:
    """A random program's source, and what each thread must give."""
    rng = random.Random(seed)
    writer = _Writer(rng)
    statements = writer.block(3, 6)
    pairs = [_text(statement, writer.labels, rng) for statement in statements]
    counters = "".join(f"int j{n} = 0; " for n in range(1, writer.loops + 1))
    text = " ".join(text for text, _ in pairs)
    source = (
        f"{_HEAD}__device__ unsigned f(unsigned x) {{ unsigned r = 0; int steps = {STEPS};\n"
        f"{counters}{text} return r; }}\n"
        "__global__ void k(unsigned* o) { o[threadIdx.x] = f(threadIdx.x); }"
    )
    code = _Code([chosen for _, chosen in pairs])
    return source, [code.run(x) for x in range(THREADS)]


def check(seed: int, device: str) -> list[str]:
    """What is wrong with the program of a seed on a device."""
    source, wanted = program(seed)
    if None in wanted:
        return []
    o = np.zeros(THREADS, np.uint32)
    try:
        cw.Module(source, device=device)["k"][1, THREADS](cw.Out(o))
    except cw.CudaWasmError as error:
        return [f"seed {seed}: {error}\n{source}"]
    return [] if list(o) == wanted else [f"seed {seed}: {list(o)} instead of {wanted}\n{source}"]


def main() -> int:
    parser = argparse.ArgumentParser(description="Random programs of goto.")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    args = parser.parse_args()
    problems = [p for seed in range(args.seed, args.seed + args.count) for p in check(seed, args.device)]
    print("\n\n".join(problems[:5]) or f"{args.count} programs agree on {args.device}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
