"""Modules are valid SPIR-V: spirv-val looks at them, and the validation layer at what the device is asked to do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cudawasm_conformance.case import all_cases

import cudawasm as cw
from cudawasm.runtime.compilation import lower, open_program, parse_options
from cudawasm_vulkan.emitter import emitted
from cudawasm_vulkan.pipeline import prepare
from cudawasm_vulkan.traits import Traits

LARGE_GPU = Traits(f16=True, double_adds=True, exact_divide=False, exact_sqrt=False, rounds16=True, denormals32=True,
                   denormals64=True, fuses=True, subgroups=True)  # fmt: skip
PLAIN = Traits(float_adds=False, exact_fma=False, exact_zeros=False, sound_extension=False, parameter_bytes=16)
CASES = [c for i, c in enumerate(all_cases()) if i % 12 == 0]


@pytest.mark.skipif(shutil.which("spirv-val") is None, reason="spirv-tools are not installed")
@pytest.mark.parametrize("traits", [LARGE_GPU, PLAIN], ids=["large", "plain"])
def test_modules_are_valid_needs_no_device(traits: Traits, tmp_path: Path):
    paths = []
    for case in CASES:
        program = open_program(case.source.encode(), "kernel.cu", parse_options([], {}, []))
        for kernel in program.kernels:
            if kernel.is_template:
                continue
            try:
                unit = lower(program, kernel.name)
                prepared = prepare(unit.module, unit.kernel, traits, whole_warps=True)
                code = emitted(prepared, unit.kernel, traits).code
            except cw.CompileError:
                continue
            paths.append(tmp_path / f"{case.name}.{kernel.name}.spv")
            paths[-1].write_bytes(code)
    assert len(paths) > 40
    for path in paths:
        check = ["spirv-val", "--target-env", "vulkan1.2", "--scalar-block-layout", str(path)]
        said = subprocess.run(check, capture_output=True, text=True, check=False)
        assert said.returncode == 0, f"{path.name}: {said.stdout}{said.stderr}"


PROGRAM = """
import numpy as np
import cudawasm as cw
source = '''
struct Many { double values[40]; };
__device__ int seen;
__global__ void k(const float* a, float* o, Many m, int n) {
  extern __shared__ float tile[];
  tile[threadIdx.x] = a[threadIdx.x];
  __syncthreads();
  float sum = __shfl_xor_sync(0xffffffffu, tile[threadIdx.x ^ 1], 2);
  atomicAdd(&o[0], sum * (float)m.values[n]);
  atomicAdd(&seen, 1);
  if (threadIdx.x == 3) printf("%d\\\\n", n);
}
'''
with cw.device("DEVICE"):
    a = cw.asarray(np.ones(64, np.float32))
    o = cw.zeros(1, np.float32)
    kernel = cw.Module(source)["k"]
    for _ in range(3):
        kernel[2, 64, 256](a, o, np.full(40, 0.5), 7)
    assert o.get()[0] == 192.0, o.get()
"""


def test_the_validation_layer_has_no_complaints():
    name = next(info.name for info in cw.devices() if info.backend == "vulkan")
    environment = {**os.environ, "VK_INSTANCE_LAYERS": "VK_LAYER_KHRONOS_validation"}
    run = [sys.executable, "-c", PROGRAM.replace("DEVICE", name)]
    said = subprocess.run(run, capture_output=True, text=True, check=False, env=environment)
    if "layer" in said.stderr and "VK_LAYER_KHRONOS_validation" in said.stderr and said.returncode:
        pytest.skip("the validation layer is not installed")
    assert said.returncode == 0, said.stderr
    assert "alidation" not in said.stdout + said.stderr, said.stdout + said.stderr
    assert said.stdout.split() == ["7"] * 6
