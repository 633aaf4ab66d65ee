"""Conformance cases as modules of packages: in Node they give what they must, in the very bytes that Python gets."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cudawasm_conformance.case import Case, all_cases, expected_arrays, mismatch

import cudawasm as cw
from cudawasm.errors import CompileError
from cudawasm.ir.types import Pointer
from cudawasm.plugins import host
from cudawasm.runtime.compilation import Unit, lower, open_program, parse_options
from cudawasm.runtime.device import Device
from cudawasm.runtime.dtypes import dtype_of
from cudawasm.web.export import export_kernels

SAMPLE = 8
"""One case of so many is tried unless all are asked for."""
AT_ONCE = 50


def _chosen(config: pytest.Config) -> list[Case]:
    every = config.getoption("--all-cases")
    return [case for case in all_cases() if every or zlib.crc32(case.name.encode()) % SAMPLE == 0]


def _unit(case: Case) -> Unit:
    options = parse_options(case.options, {}, [])
    return lower(open_program(case.source.encode(), "kernel.cu", options), case.kernel)


def _asked(case: Case, number: int, folder: Path) -> dict[str, Any] | None:
    """A case as Node takes it, with its module in the folder; None where the target refuses it."""
    unit = _unit(case)
    options = parse_options(case.options, {}, []).compile
    target = host().web_targets()["wasm"]
    try:
        package = export_kernels("k", {"k": unit}, {"": [case.launch.block]}, [target], options)
    except (CompileError, cw.OptionError):
        return None
    manifest = json.loads(json.dumps(package.manifest))
    for level in manifest["wasm"]["levels"].values():
        (folder / f"{number}.{level['file']}").write_bytes(package.files[level["file"]])
        level["file"] = f"{number}.{level['file']}"
    args = [_argument(param.type, value) for param, value in zip(unit.function.params, case.args.values(), strict=True)]
    shape = {"grid": case.launch.grid, "block": case.launch.block, "shared": case.launch.shared}
    return {"manifest": manifest, "name": "k", "shape": shape, "args": args}


def _argument(type_: Any, value: Any) -> dict[str, str]:
    if isinstance(value, np.ndarray):
        return {"array": base64.b64encode(value.tobytes()).decode()}
    data = np.asarray(value, dtype_of(type_) if not isinstance(type_, Pointer) else np.uint64).tobytes()
    return {"value": base64.b64encode(data).decode()}


def _in_node(cases: list[Case], folder: Path) -> list[tuple[Case, dict[str, Any]]]:
    folder.mkdir()
    asked = [(case, _asked(case, i, folder)) for i, case in enumerate(cases)]
    asked = [(case, request) for case, request in asked if request is not None]
    (folder / "cases.json").write_text(json.dumps([request for _, request in asked]))
    script = Path(__file__).parent / "node_cases.mjs"
    done = subprocess.run(["node", str(script), str(folder)], capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    answers = json.loads((folder / "answers.json").read_text())
    return [(case, answer) for (case, _), answer in zip(asked, answers, strict=True)]


def _arrays(case: Case, answer: dict[str, Any]) -> dict[str, np.ndarray]:
    return {
        name: np.frombuffer(base64.b64decode(text), value.dtype).reshape(value.shape)
        for (name, value), text in zip(case.args.items(), answer["arrays"], strict=True)
        if isinstance(value, np.ndarray)
    }


def _wrong(case: Case, answer: dict[str, Any]) -> list[str]:
    found = _arrays(case, answer)
    problems = [mismatch(case, name, found[name], wanted) for name, wanted in expected_arrays(case).items()]
    if case.prints is not None and answer["text"] != case.prints:
        problems.append(f"printed {answer['text']!r}, expected {case.prints!r}")
    problems.append(answer["error"] or "")
    return [f"{case.name}: {problem}" for problem in problems if problem]


def _in_python(case: Case, device: Device) -> dict[str, bytes]:
    module = cw.Module(case.source, options=case.options, device=device)
    buffers = {n: cw.asarray(a, device=device) for n, a in case.args.items() if isinstance(a, np.ndarray)}
    values = [buffers.get(n, a) for n, a in case.args.items()]
    module.kernel(case.kernel)[case.launch.grid, case.launch.block, case.launch.shared](*values)
    return {name: buffer.get().tobytes() for name, buffer in buffers.items()}


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node")
@pytest.mark.skipif("wasm" not in {info.name for info in cw.devices()}, reason="needs wasmtime")
def test_node_passes_the_cases_with_pythons_bytes(request, tmp_path, capsys):
    from cudawasm_cpu.machine import wasm_machine
    from cudawasm_cpu.wasm.device import WasmDevice
    from cudawasm_cpu.wasm.probe import device_info

    info = device_info()
    assert info is not None
    device = Device(WasmDevice(info, wasm_machine(threads=True)))
    cases, wrong, different, count = _chosen(request.config), [], [], 0
    for first in range(0, len(cases), AT_ONCE):
        for case, answer in _in_node(cases[first : first + AT_ONCE], tmp_path / str(first)):
            count += 1
            wrong += _wrong(case, answer)
            ours = _in_python(case, device)
            theirs = {name: array.tobytes() for name, array in _arrays(case, answer).items()}
            different += [case.name] if ours != theirs and "clock" not in case.source else []
    with capsys.disabled():
        print(f" {count} of {len(cases)} cases in Node", end="")
    assert wrong == [] and different == []
    assert count >= 0.97 * len(cases)
