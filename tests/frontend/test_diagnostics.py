"""Every code of the front end has a source that is refused with exactly the text of the table."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from diagnostic_table import Refusal, read_table, refuse

from cudawasm.diagnostic_codes import CODES

ROOT = Path(__file__).resolve().parents[2]
TABLE = read_table()


@pytest.mark.parametrize("row", TABLE, ids=[f"{row.code}-{number}" for number, row in enumerate(TABLE)])
def test_the_text_is_exact(row: Refusal) -> None:
    error = refuse(row.source)
    assert error is not None, "the source was accepted"
    assert str(error) == row.text
    assert error.diagnostics[0].code == row.code


def test_every_code_of_the_front_end_is_in_the_table() -> None:
    sources = ROOT.glob("core/src/cudawasm/frontend/*.py")
    used = {code for path in sources for code in re.findall(r"E0[0-9]{3}", path.read_text())}
    assert sorted(used - {row.code for row in TABLE}) == []


def test_every_code_of_the_table_is_documented() -> None:
    assert sorted({row.code for row in TABLE} - set(CODES)) == []


def test_a_place_is_shown_unless_the_kernel_is_missing() -> None:
    assert {row.code for row in TABLE if row.text.startswith("error[")} == {"E0222"}


def test_an_unknown_header_is_no_error() -> None:
    assert refuse("#include <missing_header.h>\n__global__ void k() {}") is None


def test_columns_count_characters_and_tabs_are_kept() -> None:
    error = refuse('__global__ void k(int* o) {\n\t/* é */ *o = "é"[0] + unknown;\n}')
    assert error is not None
    assert str(error).splitlines() == [
        "k.cu:2:24: error[E0203]: 'unknown' is not declared",
        '    2 | \t/* é */ *o = "é"[0] + unknown;',
        "      | \t                      ^^^^^^^",
    ]


def test_an_error_in_a_macro_is_shown_in_its_definition() -> None:
    error = refuse("#define SET(x) x = missing_value\n__global__ void k(int* o) { SET(*o); }")
    assert error is not None
    assert str(error).splitlines()[1:] == [
        "    1 | #define SET(x) x = missing_value",
        "      |                    ^^^^^^^^^^^^^",
    ]
