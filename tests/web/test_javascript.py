"""The JavaScript runtime's own tests, which are in js/test."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

JS = Path(__file__).resolve().parents[2] / "js"


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node")
@pytest.mark.parametrize("file", sorted(p.name for p in (JS / "test").glob("*.test.mjs")))
def test_runtime(file):
    done = subprocess.run(["node", "--test", f"test/{file}"], cwd=JS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
