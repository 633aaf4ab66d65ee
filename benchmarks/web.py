"""What calls of exported kernels cost in JavaScript, and how large a package is.

    python benchmarks/web.py

Microseconds of one launch of so many of a kernel of 256 threads on a buffer that stays, in Node and in headless
Chromium (where Playwright and plugins/browser are installed), each on one thread and on threads; and the gzipped bytes
of a package of one kernel with its runtime, all that a page might load.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from cudawasm_browser.chromium import chromium
from cudawasm_browser.served import served

HERE = Path(__file__).parent
SCRIPTS = HERE.parent / "tests" / "web"
SAXPY = """__global__ void saxpy(float a, const float* x, float* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = a * x[i] + y[i];
}
"""
LAUNCHES = 20_000


def export(folder: Path) -> None:
    (folder / "hello.cu").write_text(SAXPY)
    command = [sys.executable, "-m", "cudawasm.cli", "export-web", str(folder / "hello.cu"), "-o", str(folder / "dist")]
    subprocess.run(command, check=True, capture_output=True)
    for name in ("runner.mjs", "node_runner.mjs"):
        (folder / "dist" / name).write_text((SCRIPTS / name).read_text())


def package_bytes(folder: Path) -> int:
    files = [p for p in sorted(folder.rglob("*")) if p.suffix in (".js", ".wasm", ".wgsl")]
    return len(gzip.compress(b"".join(p.read_bytes() for p in files), 9))


def in_node(folder: Path, options: dict[str, Any]) -> float:
    (folder / "request.json").write_text(json.dumps({"launches": LAUNCHES, "options": options}))
    command = ["node", str(folder / "node_runner.mjs"), str(folder / "hello.js"), str(folder / "request.json")]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def in_chromium(folder: Path, asked: list[dict[str, Any]]) -> list[float]:
    (folder / "page.html").write_text(
        '<script type="module">import { timeLaunches } from "./runner.mjs"; import { load } from "./hello.js";\n'
        "globalThis.time = (options, count) => timeLaunches(load, options, count);</script>"
    )
    with served(folder) as origin:
        page = chromium().new_page()
        page.goto(f"{origin}/page.html")
        page.wait_for_function("() => Boolean(globalThis.time)")
        return [page.evaluate("([options, count]) => time(options, count)", [options, LAUNCHES]) for options in asked]


def main() -> int:
    devices = [{"device": "wasm-simd"}, {"device": "wasm-threads", "threads": 2}]
    with tempfile.TemporaryDirectory() as name:
        export(Path(name))
        folder = Path(name) / "dist"
        print(f"package: {package_bytes(folder)} bytes gzipped")
        rows = [("Node", [in_node(folder, options) for options in devices])]
        rows.append(("Chromium", in_chromium(folder, devices)))
    for where, times in rows:
        for options, each in zip(devices, times, strict=True):
            print(f"{where}, {options['device']}: {each:.1f} us a launch")
    return 0


if __name__ == "__main__":
    sys.exit(main())
