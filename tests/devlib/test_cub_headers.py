"""Every header of CUB and libcu++ stands alone, and lowering a kernel that uses one takes little time."""

from __future__ import annotations

from pathlib import Path

import pytest

import cudawasm
from cudawasm.frontend.program import Program

DEVLIB = Path(cudawasm.__file__).parent / "devlib"
FOLDERS = {"cub": DEVLIB / "shared", "cuda": DEVLIB / "include", "nv": DEVLIB / "include"}
HEADERS = [
    str(path.relative_to(place))
    for folder, place in FOLDERS.items()
    for path in sorted((place / folder).rglob("*"))
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
    text = (FOLDERS[header.partition("/")[0]] / header).read_text()
    included = [line.split("<")[1].rstrip(">") for line in text.splitlines() if line.startswith("#include")]
    included = [name for name in included if "/" in name]  # the others are the host compiler's own
    assert all(any((place / name).is_file() for place in FOLDERS.values()) for name in included)
