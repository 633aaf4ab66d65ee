"""Random typed kernels against a NumPy oracle: integers of all widths, floats, divergent control flow.

    python tools/fuzz_kernels.py [--count 2000] [--seed 1] [--device cpu]

Every kernel reads four inputs, works on local variables with expressions, conversions, branches, switches and
loops, and stores all variables. The oracle computes C++'s conversions by itself, so that nothing is shared with the
front end. Contraction is off; results must be equal bit for bit. Exit status 1 when one differs.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

import cudawasm as cw

Array = npt.NDArray[Any]
TYPES = {
    "signed char": np.int8, "unsigned char": np.uint8, "short": np.int16, "unsigned short": np.uint16, "int": np.int32,
    "unsigned int": np.uint32, "long long": np.int64, "unsigned long long": np.uint64, "float": np.float32,
    "double": np.float64,
}  # fmt: skip
RANK = {t: i for i, t in enumerate(TYPES)}
THREADS = 96
INPUTS = ("int", "unsigned int", "float", "long long")


@dataclass(frozen=True, slots=True)
class Term:
    """C++ text, its type, and its value for all threads as a function of the variables' values."""

    text: str
    type: str
    value: Callable[[dict[str, Array]], Array]


def is_float(type_: str) -> bool:
    return type_ in ("float", "double")


def promoted(type_: str) -> str:
    return type_ if RANK[type_] >= RANK["int"] else "int"


def common(a: str, b: str) -> str:
    """The usual arithmetic conversions."""
    if is_float(a) or is_float(b):
        return max(a, b, key=RANK.__getitem__)
    a, b = promoted(a), promoted(b)
    return max(a, b, key=RANK.__getitem__)


def converted(array: Array, type_: str) -> Array:
    """A conversion as CUDA does it: integers wrap, floats to integers truncate and saturate, NaN becomes 0."""
    target = np.dtype(TYPES[type_])
    if array.dtype.kind != "f" or target.kind == "f":
        return array.astype(target)
    wide = "long long" if target.itemsize < 4 and target.kind == "i" else type_
    limits = np.iinfo(TYPES["int" if target.itemsize < 4 else wide])
    if target.itemsize < 4:  # through int, as C++ allows and PTX does for narrow types
        limits = np.iinfo(target)
    whole = np.trunc(np.nan_to_num(array.astype(np.float64), nan=0.0, posinf=np.inf, neginf=-np.inf))
    out = np.zeros(array.shape, target)
    low, high = float(limits.min), float(limits.max)
    inside = (whole >= low) & (whole <= high)
    if target.itemsize == 8:
        inside = (whole >= low) & (whole < 2.0 ** (64 if target.kind == "u" else 63))
    out[inside] = whole[inside].astype(target)
    out[whole > high if target.itemsize < 8 else ~inside & (whole > 0)] = limits.max
    out[whole < low] = limits.min
    return out


class Generator:
    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.variables: dict[str, str] = {}

    # --- expressions -------------------------------------------------------------------------------

    def expression(self, depth: int) -> Term:
        if depth == 0 or self.rng.random() < 0.15:
            return self.leaf()
        kind = self.rng.randrange(10)
        if kind < 5:
            return self.binary(depth)
        if kind == 5:
            return self.cast(depth)
        if kind == 6:
            return self.unary(depth)
        if kind == 7:
            return self.conditional(depth)
        return self.shift(depth) if kind == 8 else self.division(depth)

    def leaf(self) -> Term:
        if self.rng.random() < 0.7:
            name = self.rng.choice(list(self.variables))
            return Term(name, self.variables[name], lambda env: env[name])
        type_ = self.rng.choice(["int", "unsigned int", "float", "double", "long long"])
        if is_float(type_):
            number = self.rng.choice([0.0, 0.5, 1.0, -2.25, 3.75, 1e-3, 100.0])
            text = f"{number!r}{'f' if type_ == 'float' else ''}"
            return self.constant(f"({text})", type_, number)
        whole = self.rng.choice([0, 1, 2, 3, 7, 31, 100, 255, 65535, 2**31 - 1])
        if type_ == "unsigned int":
            return self.constant(f"{whole}u", type_, whole)
        if type_ == "long long":
            return self.constant(f"{whole * 65537}LL", type_, whole * 65537)
        return self.signed(whole)

    def signed(self, whole: int) -> Term:
        if self.rng.random() < 0.3:
            return self.constant(f"({-whole})", "int", -whole)
        return self.constant(f"{whole}", "int", whole)

    def constant(self, text: str, type_: str, number: float) -> Term:
        return Term(text, type_, lambda env: np.full(THREADS, number, TYPES[type_]))

    def binary(self, depth: int) -> Term:
        a, b = self.expression(depth - 1), self.expression(depth - 1)
        op = self.rng.choice(["+", "-", "*", "&", "|", "^", "<", "<=", "==", "!=", ">", ">="])
        type_ = common(a.type, b.type)
        if op in "&|^" and is_float(type_):
            op = self.rng.choice("+-*")
        functions: dict[str, Callable[[Array, Array], Array]] = {
            "+": np.add, "-": np.subtract, "*": np.multiply, "&": np.bitwise_and, "|": np.bitwise_or,
            "^": np.bitwise_xor, "<": np.less, "<=": np.less_equal, "==": np.equal, "!=": np.not_equal,
            ">": np.greater, ">=": np.greater_equal,
        }  # fmt: skip
        function = functions[op]
        compares = op in ("<", "<=", "==", "!=", ">", ">=")

        def value(env: dict[str, Array]) -> Array:
            result = function(converted(a.value(env), type_), converted(b.value(env), type_))
            return result.astype(np.int32) if compares else result

        return Term(f"({a.text} {op} {b.text})", "int" if compares else type_, value)

    def division(self, depth: int) -> Term:
        a, b = self.expression(depth - 1), self.expression(depth - 1)
        type_ = self.rng.choice(["unsigned int", "unsigned long long", "float", "double", "int"])
        op = "/" if is_float(type_) else self.rng.choice("/%")
        divisor = f"({type_})({b.text})"
        if not is_float(type_):
            divisor = f"((({type_})({b.text}) & 1023) + 1)"

        def value(env: dict[str, Array]) -> Array:
            x, y = converted(a.value(env), type_), converted(b.value(env), type_)
            if is_float(type_):
                return np.asarray(x / y)
            y = ((y & y.dtype.type(1023)) + y.dtype.type(1)).astype(y.dtype)
            quotient = x // y
            if x.dtype.kind == "i":
                quotient = (np.sign(x.astype(np.int64)) * (np.abs(x.astype(np.int64)) // y)).astype(x.dtype)
            return np.asarray(quotient if op == "/" else x - quotient * y)

        return Term(f"(({type_})({a.text}) {op} {divisor})", type_, value)

    def shift(self, depth: int) -> Term:
        a, b = self.expression(depth - 1), self.expression(depth - 1)
        type_ = self.rng.choice(["int", "unsigned int", "long long", "unsigned long long"])
        op = self.rng.choice(["<<", ">>"])
        bits = np.dtype(TYPES[type_]).itemsize * 8

        def value(env: dict[str, Array]) -> Array:
            x = converted(a.value(env), type_)
            count = (converted(b.value(env), "int") & (bits - 1)).astype(x.dtype)
            return np.left_shift(x, count) if op == "<<" else np.right_shift(x, count)

        return Term(f"(({type_})({a.text}) {op} ((int)({b.text}) & {bits - 1}))", type_, value)

    def unary(self, depth: int) -> Term:
        a = self.expression(depth - 1)
        type_ = promoted(a.type)
        op = self.rng.choice("-!") if is_float(type_) else self.rng.choice("-~!")
        if op == "!":
            return Term(f"(!{a.text})", "int", lambda env: (a.value(env) == 0).astype(np.int32))
        function = np.negative if op == "-" else np.invert
        return Term(f"({op} {a.text})", type_, lambda env: function(converted(a.value(env), type_)))

    def cast(self, depth: int) -> Term:
        a = self.expression(depth - 1)
        type_ = self.rng.choice(list(TYPES))
        if is_float(a.type) and RANK[type_] < RANK["int"]:
            type_ = "int"  # float to a narrow integer out of range is undefined in C++
        return Term(f"(({type_})({a.text}))", type_, lambda env: converted(a.value(env), type_))

    def conditional(self, depth: int) -> Term:
        test, a, b = (self.expression(depth - 1) for _ in range(3))
        type_ = common(a.type, b.type)

        def value(env: dict[str, Array]) -> Array:
            return np.where(test.value(env) != 0, converted(a.value(env), type_), converted(b.value(env), type_))

        return Term(f"({test.text} ? {a.text} : {b.text})", type_, value)

    # --- statements --------------------------------------------------------------------------------

    def statements(self, count: int, depth: int) -> tuple[str, Callable[[dict[str, Array], Array], None]]:
        parts = [self.statement(depth) for _ in range(count)]

        def run(env: dict[str, Array], mask: Array) -> None:
            for _, part in parts:
                part(env, mask)

        return " ".join(text for text, _ in parts), run

    def statement(self, depth: int) -> tuple[str, Callable[[dict[str, Array], Array], None]]:
        kind = self.rng.randrange(6) if depth else 0
        if kind == 4:
            return self.branch(depth)
        if kind == 5:
            return self.loop(depth)
        name = self.rng.choice([v for v in self.variables if v.startswith("v")])
        term = self.expression(3)
        type_ = self.variables[name]
        if is_float(term.type) and RANK[type_] < RANK["int"]:
            term = Term(f"(int)({term.text})", "int", lambda env, t=term: converted(t.value(env), "int"))  # type: ignore[misc]

        def assign(env: dict[str, Array], mask: Array) -> None:
            env[name] = np.where(mask, converted(term.value(env), type_), env[name])

        return f"{name} = {term.text};", assign

    def branch(self, depth: int) -> tuple[str, Callable[[dict[str, Array], Array], None]]:
        test = self.expression(2)
        then_text, then = self.statements(self.rng.randint(1, 3), depth - 1)
        else_text, otherwise = self.statements(self.rng.randint(0, 2), depth - 1)

        def run(env: dict[str, Array], mask: Array) -> None:
            taken = test.value(env) != 0
            then(env, mask & taken)
            otherwise(env, mask & ~taken)

        return f"if ({test.text}) {{ {then_text} }} else {{ {else_text} }}", run

    def loop(self, depth: int) -> tuple[str, Callable[[dict[str, Array], Array], None]]:
        bound, leave = self.expression(2), self.expression(2)
        counter = f"i{len(self.variables)}_{self.rng.randrange(10**6)}"
        self.variables[counter] = "int"
        text, body = self.statements(self.rng.randint(1, 2), depth - 1)
        del self.variables[counter]
        limit = f"(int)({bound.text}) & 7"

        def run(env: dict[str, Array], mask: Array) -> None:
            env[counter] = np.zeros(THREADS, np.int32)
            active = mask.copy()
            for _ in range(8):
                active &= env[counter] < (converted(bound.value(env), "int") & 7)
                body(env, active)
                active &= ~(leave.value(env) != 0)
                env[counter] = np.where(active, env[counter] + np.int32(1), env[counter])
            del env[counter]

        head = f"for (int {counter} = 0; {counter} < ({limit}); ++{counter})"
        return f"{head} {{ {text} if ({leave.text}) break; }}", run


Oracle = Callable[[dict[str, Array]], dict[str, Array]]


def make_kernel(name: str, rng: random.Random) -> tuple[str, dict[str, str], Oracle]:
    """A kernel's text, its variables' types, and the oracle that computes them from the inputs."""
    generator = Generator(rng)
    for number, type_ in enumerate(INPUTS):
        generator.variables[f"x{number}"] = type_
    locals_ = {f"v{i}": rng.choice(list(TYPES)) for i in range(4)}
    generator.variables.update(locals_)
    text, run = generator.statements(rng.randint(3, 7), 2)
    params = [f"const {t}* p{i}" for i, t in enumerate(INPUTS)] + [f"{t}* o{v}" for v, t in locals_.items()]
    lines = ["int t = blockIdx.x * blockDim.x + threadIdx.x;"]
    lines += [f"{t} x{i} = p{i}[t];" for i, t in enumerate(INPUTS)]
    lines += [f"{t} {v} = ({t})x1;" for v, t in locals_.items()]
    lines.append(text)
    lines += [f"o{v}[t] = {v};" for v in locals_]
    source = f"__global__ void {name}({', '.join(params)}) {{\n" + "\n".join(lines) + "\n}\n"

    def oracle(inputs: dict[str, Array]) -> dict[str, Array]:
        env = dict(inputs)
        for variable, type_ in locals_.items():
            env[variable] = converted(inputs["x1"], type_)
        with np.errstate(all="ignore"):
            run(env, np.ones(THREADS, bool))
        return {v: env[v] for v in locals_}

    return source, locals_, oracle


def inputs_for(rng: random.Random) -> dict[str, Array]:
    generator = np.random.default_rng(rng.randrange(2**32))
    return {
        "x0": generator.integers(-100, 100, THREADS, np.int32),
        "x1": generator.integers(0, 2**32, THREADS, np.uint32),
        "x2": (generator.random(THREADS, np.float32) * 200 - 100).astype(np.float32),
        "x3": generator.integers(-(2**40), 2**40, THREADS, np.int64),
    }


def check(seed: int, device: str, per_module: int = 10) -> list[str]:
    """Run ``per_module`` random kernels; returns descriptions of the ones that differ."""
    rng = random.Random(seed)
    made = [make_kernel(f"k{i}", rng) for i in range(per_module)]
    block = rng.choice([32, 96, 48, 16, 8])
    problems = []
    with cw.device(device):
        module = cw.Module("".join(source for source, _, _ in made), options=["--fmad=false"])
        for number, (source, variables, oracle) in enumerate(made):
            inputs = inputs_for(rng)
            outputs = {v: cw.zeros(THREADS, TYPES[t]) for v, t in variables.items()}
            module[f"k{number}"][THREADS // block, block](*(cw.asarray(a) for a in inputs.values()), *outputs.values())
            for variable, wanted in oracle(inputs).items():
                actual = outputs[variable].get()
                same = (actual == wanted) | (np.isnan(actual) & np.isnan(wanted))
                if not same.all():
                    lane = int(np.argmin(same))
                    what = f"is {actual[lane]!r}, expected {wanted[lane]!r}"
                    problems.append(f"seed {seed} k{number} {variable}[{lane}] {what}\n{source}")
    return problems


def main() -> int:
    parser = argparse.ArgumentParser(description="Random kernels against NumPy.")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    args = parser.parse_args()
    problems: list[str] = []
    for seed in range(args.seed, args.seed + -(-args.count // 10)):
        problems += check(seed, args.device)
    print(f"{args.count} random kernels on {args.device}: {len(problems)} results differ")
    for problem in problems[:5]:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
