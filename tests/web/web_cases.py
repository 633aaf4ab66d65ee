"""Conformance cases as packages that Node runs, on WebAssembly or, by Dawn, on a GPU.

python tests/web/web_cases.py make FOLDER --target webgpu
node tests/web/node_cases.mjs FOLDER webgpu DAWN    # npm's package webgpu, at DAWN
python tests/web/web_cases.py check FOLDER
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
from cudawasm_conformance.case import Case, all_cases, expected_arrays, mismatch
from cudawasm_conformance.verdict import Score, Verdict, needs_of, write_scores

import cudawasm as cw
from cudawasm.errors import CompileError
from cudawasm.ir.types import Pointer
from cudawasm.plugins import host
from cudawasm.runtime.compilation import Unit, lower, open_program, parse_options
from cudawasm.runtime.dtypes import dtype_of
from cudawasm.runtime.interface import CompileOptions
from cudawasm.web.export import export_kernels

SCRIPT = Path(__file__).parent / "node_cases.mjs"


def _unit(case: Case) -> Unit:
    options = parse_options(case.options, {}, [])
    return lower(open_program(case.source.encode(), "kernel.cu", options), case.kernel)


def _asked(case: Case, number: int, folder: Path, target: str) -> dict[str, Any] | None:
    """A case as Node takes it, with its files in the folder; None where the target refuses it."""
    unit = _unit(case)
    options = parse_options(case.options, {}, []).compile
    targets = [host().web_targets()[target]]
    try:
        package = export_kernels("k", {"k": unit}, {"": [case.launch.block]}, targets, options)
    except (CompileError, cw.OptionError):
        return None
    for name, content in package.files.items():
        if name.endswith((".wasm", ".wgsl")):
            (folder / f"{number}.{name}").write_bytes(content)
    args = [_argument(param.type, value) for param, value in zip(unit.function.params, case.args.values(), strict=True)]
    shape = {"grid": case.launch.grid, "block": case.launch.block, "shared": case.launch.shared}
    return {"manifest": package.manifest, "prefix": f"{number}.", "name": "k", "shape": shape, "args": args}


def _argument(type_: Any, value: Any) -> dict[str, str]:
    if isinstance(value, np.ndarray):
        return {"array": base64.b64encode(value.tobytes()).decode()}
    data = np.asarray(value, dtype_of(type_) if not isinstance(type_, Pointer) else np.uint64).tobytes()
    return {"value": base64.b64encode(data).decode()}


def make_requests(cases: list[Case], folder: Path, target: str) -> list[Case]:
    """Write what ``node_cases.mjs`` reads; the cases that the target does not refuse."""
    folder.mkdir(parents=True)
    asked = [(case, _asked(case, i, folder, target)) for i, case in enumerate(cases)]
    asked = [(case, request) for case, request in asked if request is not None]
    (folder / "cases.json").write_text(json.dumps([{**request, "case": case.name} for case, request in asked]))
    return [case for case, _ in asked]


def in_node(cases: list[Case], folder: Path) -> list[tuple[Case, dict[str, Any]]]:
    """The answers on WebAssembly of the cases that it does not refuse."""
    made = make_requests(cases, folder, "wasm")
    command = ["node", str(SCRIPT), str(folder), "wasm-threads"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    return list(zip(made, json.loads((folder / "answers.json").read_text()), strict=True))


def arrays_of(case: Case, answer: dict[str, Any]) -> dict[str, np.ndarray]:
    """The arrays of a case after it."""
    return {
        name: np.frombuffer(base64.b64decode(text), value.dtype).reshape(value.shape)
        for (name, value), text in zip(case.args.items(), answer["arrays"], strict=True)
        if isinstance(value, np.ndarray)
    }


def problems_of(case: Case, answer: dict[str, Any]) -> list[str]:
    """What is wrong with an answer."""
    found = arrays_of(case, answer)
    problems = [mismatch(case, name, found[name], wanted) for name, wanted in expected_arrays(case).items()]
    if case.prints is not None and answer["text"] != case.prints:
        problems.append(f"printed {answer['text']!r}, expected {case.prints!r}")
    problems.append(answer["error"] or "")
    return [f"{case.name}: {problem}" for problem in problems if problem]


def main() -> int:
    parser = argparse.ArgumentParser(description="Conformance cases for Node.")
    parser.add_argument("what", choices=("make", "check"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--target", default="wasm")
    parser.add_argument("--scores", type=Path)
    parser.add_argument("--device", default="chromium")
    parser.add_argument("--description", default="")
    args = parser.parse_args()
    if args.what == "make":
        made = make_requests(list(all_cases()), args.folder, args.target)
        print(f"{len(made)} of {len(all_cases())} cases; the others are refused")
        return 0
    by_name = {case.name: case for case in all_cases()}
    answers = json.loads((args.folder / "answers.json").read_text())
    wrong = [problem for answer in answers for problem in problems_of(by_name[answer["name"]], answer)]
    print("\n".join(wrong))
    print(f"{len(answers) - len({p.partition(':')[0] for p in wrong})} of {len(answers)} cases pass")
    if args.scores:
        by_answer = {answer["name"]: answer for answer in answers}
        features = next(info.features for info in cw.devices() if info.name == args.device)
        verdicts = {name: str(verdict(case, by_answer.get(name), features)) for name, case in by_name.items()}
        write_scores(args.scores, [Score(args.device, args.description, verdicts)])
    return int(bool(wrong))


def verdict(case: Case, answer: dict[str, Any] | None, features: frozenset[str]) -> Verdict:
    """What the suite would say of an answer, or of there being none."""
    lacking = sorted(needs_of(case) - features)
    if answer is None:
        try:
            export_kernels("k", {"k": _unit(case)}, {}, [host().web_targets()["webgpu"]], CompileOptions())
        except cw.OptionError as error:
            found = re.search(r":(\d+):\d+: error\[(E\d+)\]", str(error))
            return Verdict(
                "refused", f"{found[2]} at line {found[1]}, lacks {', '.join(lacking)}" if found else str(error)
            )
        return Verdict("failed", "no answer")
    wrong = problems_of(case, answer)
    if wrong and "denormals" in lacking:
        return Verdict("refused", "flushes numbers below the normal range, lacks denormals")
    return Verdict("failed" if wrong else "passed", "; ".join(wrong))


if __name__ == "__main__":
    sys.exit(main())
