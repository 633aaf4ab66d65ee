"""Code for machines other than this one: run where this one can run it, else compiled."""

from __future__ import annotations

import pytest
from cudawasm_conformance import Case, all_cases
from cudawasm_conformance.run import run_case
from cudawasm_conformance.suite import NOT_YET

from cudawasm.frontend import Program
from cudawasm.runtime.interface import CompileOptions
from cudawasm_cpu import jit
from cudawasm_cpu.codegen.kernel import generate
from cudawasm_cpu.device import CpuDevice
from cudawasm_cpu.machine import AARCH64, Machine, host_machine
from cudawasm_cpu.pipeline import prepare

HOST = host_machine()
X86 = {
    "sse2": (Machine(HOST.triple, "x86-64", "", 128, False), 128),
    "avx2": (Machine(HOST.triple, "haswell", "", 256, False), 256),
    "avx2 with gathers": (Machine(HOST.triple, "haswell", "", 256, True), 256),
    "avx512 with gathers": (Machine(HOST.triple, HOST.cpu, HOST.features, 512, True), 512),
}
HERE = [name for name, (_, bits) in X86.items() if "x86_64" in HOST.triple and bits <= HOST.vector_bits]
CASES = [case for case in all_cases() if case.name not in NOT_YET][::9]


@pytest.mark.parametrize("name", HERE)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_results_do_not_depend_on_the_machine(monkeypatch: pytest.MonkeyPatch, case: Case, name: str):
    monkeypatch.setattr(CpuDevice, "machine", X86[name][0])
    assert run_case(case, "cpu") == []


@pytest.mark.parametrize("case", CASES[::3], ids=lambda case: case.name)
def test_code_for_aarch64_compiles(case: Case):
    module = prepare(Program(case.source.encode(), "k.cu").lower(case.kernel).module)
    kernel = next(f for f in module.functions.values() if f.is_kernel)
    text = generate(module, kernel, case.launch.block, AARCH64, CompileOptions()).text
    assert len(jit.compile_object([text], AARCH64)) > 200
