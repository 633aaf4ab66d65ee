"""Packages where people put them: a bundler's output in a browser, and Deno."""

from __future__ import annotations

import shutil
import subprocess

from web_packages import MODULES, tool

MAIN = """
import { load } from "kernels";
const device = new URLSearchParams(location.search).get("device");
const kernels = await load({ device, threads: 2 });
const [x, y] = [new Float32Array(100000).fill(2), new Float32Array(100000).fill(1)];
await kernels.saxpy({ grid: 391, block: 256 }, 3, x, y, x.length);
globalThis.found = `${kernels.device} ${y.every((value) => value === 7)}`;
"""
DENO = """
import { load } from "./kernels.js";
for (const device of ["wasm-simd", "wasm-threads"]) {
  const kernels = await load({ device, threads: 2 });
  const [x, y] = [new Float32Array(100000).fill(2), new Float32Array(100000).fill(1)];
  await kernels.saxpy({ grid: 391, block: 256 }, 3, x, y, x.length);
  console.log(kernels.device, y.every((value) => value === 7));
  await kernels.close();
}
"""


@tool("vite")
def test_a_bundle_of_vite_runs_on_every_device(package, browser, tmp_path):
    app = tmp_path / "app"
    (app / "node_modules").mkdir(parents=True)
    shutil.copytree(package, app / "node_modules" / "kernels")
    (app / "main.js").write_text(MAIN)
    (app / "index.html").write_text('<!doctype html><script type="module" src="/main.js"></script>')
    vite = [str(MODULES / ".bin" / "vite"), "build", "--target", "esnext", "--logLevel", "error"]
    subprocess.run(vite, cwd=app, check=True, timeout=120)
    found = []
    with browser(app / "dist") as (page, origin):
        for device in ("webgpu", "wasm-threads", "wasm-simd"):
            page.goto(f"{origin}/index.html?device={device}")
            page.wait_for_function("() => globalThis.found")
            found.append(page.evaluate("globalThis.found"))
    assert found == ["webgpu true", "wasm-threads true", "wasm-simd true"]


@tool("deno")
def test_deno_runs_packages(package):
    (package / "deno.mjs").write_text(DENO)
    command = [str(MODULES / ".bin" / "deno"), "run", "--allow-read", str(package / "deno.mjs")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout == "wasm-simd true\nwasm-threads true\n", done.stderr
