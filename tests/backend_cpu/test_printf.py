"""Device printf: C's formats, and the order of lines over threads and blocks."""

from __future__ import annotations

import numpy as np
import pytest

import cudawasm as cw

FORMATS = [
    (r'"%d %i %u", -5, 7, 4000000000u', "-5 7 4000000000"),
    (r'"%5d|%-5d|%05d|%+d|% d", 42, 42, 42, 42, 42', "   42|42   |00042|+42| 42"),
    (r'"%x %X %#x %o %#o", 255, 255, 255, 8, 8', "ff FF 0xff 10 010"),
    (r'"%lld %llu %llx", -(1LL << 40), 1ULL << 63, 1ULL << 40', "-1099511627776 9223372036854775808 10000000000"),
    (r'"%f %.2f %8.3f %e %g %G", 1.5f, 2.345, 3.0, 12345.678, 1e-10, 1e20',
     "1.500000 2.35    3.000 1.234568e+04 1e-10 1E+20"),
    (r'"%c%c %s %10s|%-4s|%.2s", 72, 105, "str", "right", "l", "cut"', "Hi str      right|l   |cu"),
    (r'"%*d|%-*d|%.*f", 6, 1, 4, 2, 1, 3.14159', "     1|2   |3.1"),
    (r'"100%%"', "100%"),
    (r'"%d %d", (char)-1, (unsigned char)255', "-1 255"),
    (r'"%d", true', "1"),
    (r'"tab\t\"quoted\" \\ end"', 'tab\t"quoted" \\ end'),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "expected"), FORMATS)
def test_formats_print_as_c_does(arguments: str, expected: str, capsys: pytest.CaptureFixture[str]):
    cw.Module(f"__global__ void k() {{ printf({arguments}); }}")["k"][1, 1]()
    assert capsys.readouterr().out == expected


def test_lines_come_by_block_and_lane(capsys: pytest.CaptureFixture[str]):
    source = r"""__global__ void k(int* n) {
        if (threadIdx.x % 3 == 1) n[blockIdx.x * 40 + threadIdx.x] = printf("%u.%u\n", blockIdx.x, threadIdx.x);
    }"""
    counts = cw.zeros(80, np.int32)
    cw.Module(source)["k"][2, 40](counts)
    printing = [i for i in range(40) if i % 3 == 1]
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line[0] == "0"] == [f"0.{i}" for i in printing]
    assert [line for line in lines if line[0] == "1"] == [f"1.{i}" for i in printing]
    np.testing.assert_array_equal(counts.get(), np.where(np.arange(80) % 40 % 3 == 1, 2, 0))


def test_what_was_printed_before_a_trap_is_shown(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(cw.LaunchError):
        cw.Module(r'__global__ void k() { printf("before\n"); __trap(); }')["k"][1, 1]()
    assert capsys.readouterr().out == "before\n"
