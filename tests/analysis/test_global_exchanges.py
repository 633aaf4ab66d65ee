from __future__ import annotations

import pytest

from cudawasm.analysis.global_exchanges import exchanges_globally
from cudawasm.ir import nodes as n
from cudawasm.passes.inline_calls import inline_calls
from cudawasm.runtime.compilation import lower, open_program, parse_options


def kernel(body: str) -> n.Function:
    source = f"__global__ void k(int* a, int* b, int n) {{ __shared__ int s[32]; {body} }}"
    program = open_program(source.encode(), "kernel.cu", parse_options([], {}, []))
    return inline_calls(lower(program, "k").module).functions["k"]


@pytest.mark.parametrize("body", [
    "a[0] = 1; __syncthreads(); b[0] = a[1];",
    "for (int i = 0; i < n; i++) { b[i] = a[i]; __syncthreads(); }",
    "for (int i = 0; i < n; i++) { __syncthreads(); b[i] = a[i]; }",
    "if (n) atomicAdd(a, 1); __syncthreads();",
    "a[0] = 1; __threadfence(); b[0] = 1;",
    "volatile int* v = a; v[0] = 1;",
    "a[0] = 1; __syncwarp(); b[0] = a[1];",
])  # fmt: skip
def test_threads_that_may_tell_each_other_things(body: str):
    assert exchanges_globally(kernel(body))


@pytest.mark.parametrize("body", [
    "a[0] = b[0];",
    "s[0] = a[0]; __syncthreads(); b[0] = s[1];",
    "for (int i = 0; i < n; i++) { s[0] = a[i]; __syncthreads(); n += s[1]; __syncthreads(); } b[0] = n;",
    "atomicAdd(&s[0], 1); __syncthreads(); atomicAdd(a, s[0]);",
    "if (n) { __syncthreads(); } else { a[0] = 1; }",
])  # fmt: skip
def test_threads_that_cannot(body: str):
    assert not exchanges_globally(kernel(body))
