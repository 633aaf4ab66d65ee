"""The assembly text of modules, for people: it needs no device."""

from __future__ import annotations

from cudawasm.runtime.compilation import lower, open_program, parse_options
from cudawasm.runtime.interface import CompileOptions
from cudawasm_vulkan.targets import SpirvTarget

SAXPY = """__global__ void saxpy(float a, const float* x, float* y, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    y[i] = a * x[i] + y[i];
}
"""


def text_of(source: str, kernel: str, **options: bool) -> str:
    program = open_program(source.encode(), "kernel.cu", parse_options([], {}, []))
    return SpirvTarget().generate(lower(program, kernel).module, kernel, (256, 1, 1), CompileOptions(**options))


def body_of(text: str) -> list[str]:
    lines = [" ".join(line.split()) for line in text.splitlines()]
    start = next(i for i, line in enumerate(lines) if "= OpFunction " in line)
    return lines[start:]


def test_names_of_the_source_are_in_the_text_needs_no_device():
    lines = body_of(text_of(SAXPY, "saxpy"))
    assert "%i = OpIAdd %uint %29 %thread_idx_x" in lines or any(line.startswith("%i = OpIAdd %uint") for line in lines)
    assert any(line.endswith("= OpSLessThan %bool %i %n") for line in lines)
    assert sum(" Aligned 4" in line for line in lines) == 3
    assert lines[-1] == "OpFunctionEnd"


def test_parameters_are_push_constants_needs_no_device():
    text = text_of(SAXPY, "saxpy")
    assert 'OpMemberName %Parameters 3 "n"' in text
    assert "OpMemberDecorate %Parameters 1 Offset 8" in text


def test_lines_of_the_source_needs_no_device():
    text = text_of(SAXPY, "saxpy", debug=True)
    assert '%1 = OpString "kernel.cu"' in text or 'OpString "kernel.cu"' in text
    assert any(line.strip().endswith(" 4 5") and "OpLine" in line for line in text.splitlines())
    assert "OpLine" not in text_of(SAXPY, "saxpy")


def test_a_loop_is_structured_needs_no_device():
    source = "__global__ void k(int* o, int n) { int s = 0; for (int i = 0; i < n; ++i) { if (i == 5) continue; s += i; } o[0] = s; }"  # noqa: E501
    lines = body_of(text_of(source, "k"))
    assert sum(line.startswith("OpLoopMerge") for line in lines) == 1
    assert sum("= OpLabel" in line for line in lines) >= 6


def test_float_constants_are_readable_needs_no_device():
    text = text_of("__global__ void k(float* o) { o[0] = o[1] * 0.25f + 3.5f; }", "k")
    assert "%float_0_25 = OpConstant %float 0.25" in text
    assert "%float_3_5 = OpConstant %float 3.5" in text
