"""Conformance cases as modules of packages: in Node they give what they must, in the very bytes that Python gets."""

from __future__ import annotations

import shutil
import zlib

import numpy as np
import pytest
from cudawasm_conformance.case import Case, all_cases
from web_cases import arrays_of, in_node, problems_of

import cudawasm as cw
from cudawasm.runtime.device import Device

SAMPLE = 8
"""One case of so many is tried unless all are asked for."""
AT_ONCE = 50


def _chosen(config: pytest.Config) -> list[Case]:
    every = config.getoption("--all-cases")
    return [case for case in all_cases() if every or zlib.crc32(case.name.encode()) % SAMPLE == 0]


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
    devices = {
        level: Device(WasmDevice(info, wasm_machine(threads=True, relaxed=level == "relaxed-threads")))
        for level in ("threads", "relaxed-threads")
    }
    cases, wrong, different, count = _chosen(request.config), [], [], 0
    for first in range(0, len(cases), AT_ONCE):
        for case, answer in in_node(cases[first : first + AT_ONCE], tmp_path / str(first)):
            count += 1
            wrong += problems_of(case, answer)
            ours = _in_python(case, devices[answer["level"]])
            theirs = {name: array.tobytes() for name, array in arrays_of(case, answer).items()}
            different += [case.name] if ours != theirs and "clock" not in case.source else []
    with capsys.disabled():
        print(f" {count} of {len(cases)} cases in Node", end="")
    assert wrong == [] and different == []
    assert count >= 0.97 * len(cases)
