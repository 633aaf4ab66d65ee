"""The twelve kernels as packages: in Node, in a browser and in Python they give what NumPy does."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from web_kernels import SOURCE, Call, calls

import cudawasm as cw
from cudawasm.plugins import host
from cudawasm.runtime.device import Device

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="needs Node")
_ARRAYS = {
    "float32": "Float32Array", "int32": "Int32Array", "uint32": "Uint32Array", "uint8": "Uint8Array",
    "uint64": "BigUint64Array",
}  # fmt: skip


def request(made: list[Call]) -> list[dict[str, Any]]:
    """Calls as JSON."""
    return [
        {
            "kernel": c.kernel,
            "grid": c.grid,
            "block": c.block,
            "shared": c.shared,
            "args": [_argument(a) for a in c.args],
        }
        for c in made
    ]


def _argument(value: Any) -> dict[str, Any]:
    if isinstance(value, np.ndarray):
        return {"array": _ARRAYS[value.dtype.name], "data": base64.b64encode(value.tobytes()).decode()}
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    return {"big": str(value)} if abs(value) >= 1 << 31 else {"value": value}


def results(made: list[Call], answer: dict[str, Any]) -> list[list[Any]]:
    """The arrays of each call's arguments after it."""
    return [
        [
            np.frombuffer(base64.b64decode(text), value.dtype).reshape(value.shape) if text is not None else value
            for value, text in zip(call.args, texts, strict=True)
        ]
        for call, texts in zip(made, answer["results"], strict=True)
    ]


def in_node(package: Path, asked: dict[str, Any], *flags: str) -> Any:
    file = package / "request.json"
    file.write_text(json.dumps(asked))
    command = ["node", *flags, str(package / "node_runner.mjs"), str(package / "kernels.js"), str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def in_python(made: list[Call], level: str) -> list[list[Any]]:
    """The same calls on the device wasm, with modules of the level that Node took."""
    from cudawasm_cpu.machine import wasm_machine
    from cudawasm_cpu.wasm.device import WasmDevice
    from cudawasm_cpu.wasm.probe import device_info

    info = device_info()
    assert info is not None
    with Device(WasmDevice(info, wasm_machine(threads=True, relaxed=level.startswith("relaxed")))) as device:
        module = cw.Module(SOURCE.read_bytes(), device=device)
        found = []
        for call in made:
            args = [cw.asarray(a) if isinstance(a, np.ndarray) else a for a in call.args]
            types = module.kernel(call.kernel)
            values = [np.frombuffer(a, types.params[i])[0] if isinstance(a, bytes) else a for i, a in enumerate(args)]
            types[call.grid, call.block, call.shared](*values)
            found.append([a.get() if isinstance(a, cw.DeviceArray) else a for a in args])
    return found


def problems(made: list[Call], found: list[list[Any]]) -> list[str]:
    return [problem for call, arrays in zip(made, found, strict=True) for problem in call.wrong(arrays)]


@needs_node
@pytest.mark.parametrize("device", ["wasm-simd", "wasm-threads"])
def test_node_runs_them(package, device):
    made = calls()
    answer = in_node(package, {"calls": request(made), "options": {"device": device, "threads": 2}})
    assert answer["device"] == device
    assert problems(made, results(made, answer)) == []


@needs_node
def test_relaxed_simd_is_taken_where_the_engine_has_it(package):
    made = calls()
    asked = {"calls": request(made), "options": {"device": "wasm-simd"}}
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    flags = ["--experimental-wasm-relaxed-simd"] if int(version[1:].partition(".")[0]) < 21 else []
    answer = in_node(package, asked, *flags)
    assert answer["level"] in ("relaxed", "simd")  # by what the processor's multiply-add does
    assert problems(made, results(made, answer)) == []


@needs_node
@pytest.mark.skipif("wasm" not in {info.name for info in cw.devices()}, reason="needs wasmtime")
def test_python_and_node_give_the_same_bytes(package):
    made = calls()
    answer = in_node(package, {"calls": request(made), "options": {"device": "wasm-threads", "threads": 2}})
    for call, ours, theirs in zip(made, in_python(made, answer["level"]), results(made, answer), strict=True):
        for mine, other in zip(ours, theirs, strict=True):
            if isinstance(mine, np.ndarray):
                assert mine.tobytes() == other.tobytes(), call.kernel


@pytest.mark.parametrize("device", ["wasm-threads", "wasm-simd", "webgpu"])
def test_chromium_runs_them(page, device):
    made = calls()
    asked = [request(made), {"device": device, "threads": 2}]
    answer = page.evaluate("([calls, options]) => runner.runCalls(load, calls, options)", asked)
    assert answer["device"] == device and answer["made"] == 1  # a device variable counts calls of one kernel
    assert problems(made, results(made, answer)) == []


def test_the_best_device_is_taken_first(page):
    answer = page.evaluate("(calls) => runner.runCalls(load, calls, { software: true })", request(calls()[:1]))
    assert answer["device"] == "webgpu" and answer["reasons"] == []


def test_threads_are_taken_where_webgpu_computes_in_software(page):
    answer = page.evaluate("(calls) => runner.runCalls(load, calls, {})", request(calls()[:1]))
    assert answer["device"] == "wasm-threads"
    assert [r["device"] for r in answer["reasons"]] == ["webgpu"] and "in software" in answer["reasons"][0]["reason"]


@needs_node
def test_what_was_not_taken_has_reasons(package):
    answer = in_node(package, {"calls": request(calls()[:1]), "options": {"threads": 1}})
    assert answer["device"] == "wasm-simd"
    assert [(r["device"], r["reason"]) for r in answer["reasons"]] == [
        ("webgpu", "this browser has no WebGPU, or the page is not served by https"),
        ("wasm-threads", "one thread alone needs no threads"),
    ]


def test_every_target_is_in_the_package(package):
    assert set(host().web_targets()) == {"wasm", "webgpu"}
    assert (package / "kernels.simd.wasm").is_file() and list(package.glob("*.wgsl"))
