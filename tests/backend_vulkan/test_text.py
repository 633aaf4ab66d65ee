"""The assembly text of modules, for people: it needs no device."""

from __future__ import annotations

from cudawasm.runtime.compilation import lower, open_program, parse_options
from cudawasm.runtime.interface import CompileOptions
from cudawasm_vulkan.targets import SpirvTarget, generated_text
from cudawasm_vulkan.traits import Traits

SAXPY = """__global__ void saxpy(float a, const float* x, float* y, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    y[i] = a * x[i] + y[i];
}
"""


def text_of(source: str, kernel: str, **options: bool) -> str:
    program = open_program(source.encode(), "kernel.cu", parse_options([], {}, []))
    return SpirvTarget().generate(lower(program, kernel).module, kernel, (256, 1, 1), CompileOptions(**options))


def text_for(source: str, traits: Traits) -> str:
    program = open_program(source.encode(), "kernel.cu", parse_options([], {}, []))
    return generated_text(lower(program, "k").module, "k", "spirv", CompileOptions(), traits)


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
    source = "__global__ void k(int* o, int n) {\n#pragma unroll 1\nfor (int i = 0; i < n; ++i) { if (i == 5) continue; o[0] += i; } }"  # noqa: E501
    lines = body_of(text_of(source, "k"))
    assert sum(line.startswith("OpLoopMerge") for line in lines) == 1
    assert sum("= OpLabel" in line for line in lines) >= 6


def test_float_constants_are_readable_needs_no_device():
    text = text_of("__global__ void k(float* o) { o[0] = o[1] * 0.25f + 3.5f; }", "k")
    assert "%float_0_25 = OpConstant %float 0.25" in text
    assert "%float_3_5 = OpConstant %float 3.5" in text


def test_a_function_divides_where_the_device_does_so_roughly_needs_no_device():
    source = "__global__ void k(float* o) { o[0] = o[1] / o[2] + o[3] / o[4] + 1.0f / o[5]; }"
    text = text_for(source, Traits(exact_divide=False))
    assert text.count("OpFunctionCall %float %quotient ") == 2
    assert text.count("OpFunctionCall %float %reciprocal ") == 1
    assert "OpFunctionCall" not in text_of(source, "k")
    assert "OpFunctionCall" not in text_for(source, Traits(exact_divide=False, exact_fma=False))


def test_denormal_numbers_cost_nothing_where_there_are_none_needs_no_device():
    assert "OpFunctionCall %float %rsqrt " in text_of("__global__ void k(float* o) { o[0] = rsqrtf(o[1]); }", "k")
    assert "OpFunctionCall" not in text_of("__global__ void k(float* o) { o[0] = rsqrtf(o[1] + 1e-6f); }", "k")
    named = "__global__ void k(float* o) { float x = o[1] + 1e-6f; o[0] = rsqrtf(x) * x; }"
    assert "OpFunctionCall" not in text_of(named, "k")
    fma = "__global__ void k(float* o) { o[0] = fmaf(o[1], o[2], o[3]); }"
    assert "OpFunctionCall %float %fma " in text_for(fma, Traits(fuses=True, whole_fma=False))
    assert "OpFunctionCall" not in text_for(fma, Traits(fuses=True))


def test_the_driver_may_fuse_what_fma_does_not_keep_needs_no_device():
    source = "__global__ void k(float* o) { o[0] = o[1] * o[2] + o[3]; }"
    assert "NoContraction" not in text_for(source, Traits(fuses=True, whole_fma=False))
    assert " Fma " in text_for(source, Traits(fuses=True))
    assert text_of(source, "k").count("NoContraction") == 2


def test_only_what_threads_tell_each_other_by_global_memory_needs_vulkans_memory_model_needs_no_device():
    shared = "__global__ void k(int* o) { __shared__ int s[32]; s[threadIdx.x] = 1; __syncthreads(); o[0] = s[1]; }"
    assert "OpMemoryModel PhysicalStorageBuffer64 GLSL450" in text_of(shared, "k")
    fence = "__global__ void k(int* o) { o[0] = 1; __threadfence(); o[1] = 1; }"
    assert "OpMemoryModel PhysicalStorageBuffer64 Vulkan" in text_of(fence, "k")


def test_remainders_are_made_of_quotients_needs_no_device():
    lines = body_of(text_of("__global__ void k(int* o) { o[0] = o[1] % 7; }", "k"))
    assert not any("OpSRem" in line for line in lines)
    assert any("OpSDiv" in line for line in lines)


def test_constant_distances_are_added_to_the_address_needs_no_device():
    lines = body_of(text_of("__global__ void k(int* o, int n) { o[n + 2] = o[n + threadIdx.x]; o[2 + n] = 1; }", "k"))
    assert sum("%ulong_8" in line for line in lines) == 2
