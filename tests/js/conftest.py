"""JavaScript's tests, for Node: what it says is compared to what Python says."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def node() -> Callable[[str, Any], Any]:
    """What a script of this folder makes of something."""
    program = shutil.which("node")
    if program is None:
        pytest.skip("needs Node")

    def run(script: str, given: Any) -> Any:
        command = [program, str(Path(__file__).parent / script)]
        done = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run
