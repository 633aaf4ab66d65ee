"""Every header of CUB and libcu++ stands alone, and lowering a kernel that uses one takes little time."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

import cudawasm
from cudawasm.frontend.program import Program

INCLUDE = Path(cudawasm.__file__).parent / "devlib" / "include"
HEADERS = [
    str(path.relative_to(INCLUDE))
    for folder in ("cub", "cuda", "nv")
    for path in sorted((INCLUDE / folder).rglob("*"))
    if path.is_file()
]
KERNEL = """
__global__ void k(int* x) {
  typedef cub::BlockReduce<int, 128> Reduce;
  __shared__ typename Reduce::TempStorage storage;
  int sum = Reduce(storage).Sum(x[threadIdx.x]);
  if (threadIdx.x == 0) x[0] = sum;
}
"""


@pytest.mark.parametrize("header", HEADERS)
def test_a_header_can_be_included_alone(header: str) -> None:
    program = Program(f"#include <{header}>\n__global__ void k(int* x) {{ *x = 1; }}".encode(), "k.cu")
    assert "k" in program.lower("k").module.functions
    assert not [d for d in program.sema.skipped if d.span and d.span.file.name.startswith(("<cub", "<cuda/", "<nv"))]


@pytest.mark.parametrize("header", HEADERS)
def test_a_header_is_included_by_others_by_its_full_name(header: str) -> None:
    text = (INCLUDE / header).read_text()
    included = [line.split("<")[1].rstrip(">") for line in text.splitlines() if line.startswith("#include")]
    assert all((INCLUDE / name).is_file() for name in included)


def test_lowering_a_block_reduction_is_quick() -> None:
    source = f"#include <cub/cub.cuh>\n{KERNEL}".encode()
    Program(source, "k.cu").lower("k")  # reads the headers
    start = time.process_time()
    Program(source, "k.cu").lower("k")
    assert time.process_time() - start < 0.1
