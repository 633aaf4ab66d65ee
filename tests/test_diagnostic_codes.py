"""The table of codes, its page, and the codes that the sources use."""

from __future__ import annotations

import re
from pathlib import Path

from cudawasm.diagnostic_codes import CODES, render_markdown

ROOT = Path(__file__).resolve().parent.parent
USED = re.compile(r"""["']([ER]0[0-9]{3})["']""")


def used_codes() -> set[str]:
    files = [
        *ROOT.glob("core/src/**/*.py"),
        *ROOT.glob("backend-*/src/**/*.py"),
        *ROOT.glob("plugins/*/src/**/*.py"),
    ]
    texts = (path.read_text() for path in files if path.name != "diagnostic_codes.py")
    return {code for text in texts for code in USED.findall(text)}


def test_every_code_in_use_has_an_entry():
    assert sorted(used_codes() - set(CODES)) == []


def test_no_entry_is_unused():
    assert sorted(set(CODES) - used_codes()) == []


def test_the_page_is_the_table():
    assert (ROOT / "docs/diagnostics.md").read_text() == render_markdown()
