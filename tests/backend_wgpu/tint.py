"""Where Tint is, the WGSL compiler of browsers, for tests that ask it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def tint_folder() -> str:
    """Where npm has installed the package ``webgpu``; empty where it has not, or there is no Node."""
    folder = Path(os.environ.get("CUDAWASM_TINT", ROOT))
    has_package = (folder / "node_modules/webgpu/index.js").is_file()
    return str(folder) if has_package and shutil.which("node") else ""
