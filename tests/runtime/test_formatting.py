from __future__ import annotations

import struct

import pytest

from cudawasm.runtime.formatting import format_text


def shown(format_: str, *values: int | float) -> str:
    words = [struct.unpack("<Q", struct.pack("<d", v))[0] if isinstance(v, float) else v % 2**64 for v in values]
    return format_text(format_.encode(), words, "".join("d" if isinstance(v, float) else "l" for v in values), ())


@pytest.mark.parametrize(
    ("format_", "value", "text"),
    [
        ("%a", 1.5, "0x1.8p+0"), ("%A", -0.0, "-0X0P+0"), ("%.2a", 1.999, "0x2.00p+0"), ("%012a", 0.25, "0x0000001p-2"),
        ("%05f", float("inf"), "  inf"), ("%+F", float("inf"), "+INF"), ("%f", float("nan"), "nan"),
        ("%08.3d", 5, "     005"), ("%.0d", 0, ""), ("%+u", 5, "5"), ("% x", 255, "ff"), ("%#x", 0, "0"),
        ("%#010x", 255, "0x000000ff"), ("%#o", 8, "010"), ("%#.0o", 0, "0"), ("%#g", 1.0, "1.00000"),
        ("%.0e", 2.5, "2e+00"),
    ],
)  # fmt: skip
def test_as_c_does(format_, value, text):
    assert shown(format_, value) == text
