"""Launches on WebAssembly in Node that go wrong, or ask for much."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from web_packages import exported, write

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="needs Node")
DEVICES = ["wasm-simd", "wasm-threads"]
SOURCE = b"""
__global__ void stray(double* p, int* q, int n) {
    int i = threadIdx.x;
    double s = p[i];
    int large[300];
    for (int j = 0; j < 300; j++) large[j] = j * n;
    for (int j = 0; j < n; j++) {
        s = fma(s, s, 0.01 * ((j * i) & 31));
        if (s > j && blockIdx.x == 0) q[(i * 7 + j) & 31] = j + large[(i * j) % 300];
    }
    if (n > 20) q[(1u << 29) + i] = 1;
    if (blockIdx.x == 0) p[i] = fma(s, 0.5, 1.0);
}

__global__ void reversed(int* p) {
    extern __shared__ int line[];
    line[threadIdx.x] = threadIdx.x;
    __syncthreads();
    p[threadIdx.x] = line[31 - threadIdx.x];
}

__global__ void print(int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (n == 1) printf("%d\\n", -1);
    if (n == 2) printf("%d %d %d\\n", -1, i, i);
}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("launches")
    write(exported(SOURCE, blocks={"": [(32, 1, 1)]}, targets=["wasm"]), folder)
    return folder


def in_node(folder: Path, device: str, script: str) -> Any:
    """What a script returns, which has ``kernels`` of the package, and ``texts`` for what they print."""
    options = json.dumps({"device": device, "threads": 2})
    text = (
        'import { load } from "./kernels.js";\nconst texts = [];\n'
        f"const kernels = await load({{ ...{options}, print: (text) => texts.push(text) }});\n"
        f"const result = await (async () => {{ {script} }})();\n"
        "await kernels.close();\nconsole.log(JSON.stringify(result));\n"
    )
    (folder / "script.mjs").write_text(text)
    done = subprocess.run(["node", "script.mjs"], cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("device", DEVICES)
def test_many_launches_that_trap_leave_the_stack_as_it_was(folder, device):
    script = """
    const run = async (n, grid) => {
      const [p, q] = [Float64Array.from({ length: 32 }, (_, i) => i / 100), new Int32Array(32)];
      await kernels.stray({ grid }, p, q, n);
      return [...p, ...q].join();
    };
    const before = [await run(9, 1), await run(9, 300)].join();
    let traps = 0;
    for (let i = 0; i < 3000; i++) await run(21, i < 2500 ? 1 : 300).catch(() => (traps += 1));
    return [traps, [await run(9, 1), await run(9, 300)].join() === before];
    """
    assert in_node(folder, device, script) == [3000, True]


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("nbytes", ["2 ** 20 + 4", "2 ** 31", "2 ** 32 + 128"])
def test_more_shared_memory_than_a_block_may_have_is_refused(folder, device, nbytes):
    script = f"return await kernels.reversed({{ grid: 1, shared: {nbytes} }}, null).catch((error) => error.message);"
    assert in_node(folder, device, script).endswith("bytes of shared memory; WebAssembly gives a block 1048576")


def test_the_most_shared_memory_that_a_block_may_have_is_there(folder):
    script = "const p = new Int32Array(32); await kernels.reversed({ grid: 1, shared: 2 ** 20 }, p); return p[0];"
    assert in_node(folder, "wasm-simd", script) == 31


def test_a_record_that_has_no_room_is_not_read_from_what_an_earlier_launch_left(folder):
    script = """
    console.warn = (text) => texts.push(text);
    await kernels.print({ grid: 12000 }, 1);
    texts.length = 0;
    await kernels.print({ grid: 12000 }, 2);
    const [text, warning] = texts;
    const lines = text.trim().split("\\n");
    return [lines.length, lines.every((line) => /^-1 (\\d+) \\1$/.test(line)), warning];
    """
    warning = "print printed more than the buffer holds; the rest is lost"
    assert in_node(folder, "wasm-simd", script) == [(1 << 20) // 7, True, warning]


def test_threads_that_do_not_start_leave_the_device_without_threads(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "package")
    (tmp_path / "package/runtime/worker.js").unlink()
    script = """
    const other = await load({ threads: 2 });
    const p = new Int32Array(32);
    await other.reversed({ grid: 1, shared: 128 }, p);
    return [other.device, other.reasons[0].device, other.reasons[0].reason.slice(0, 24), p[0]];
    """
    expected = ["wasm-simd", "wasm-threads", "a thread does not start:", 31]
    assert in_node(tmp_path / "package", "wasm-simd", script) == expected


@pytest.mark.parametrize("threads", ["NaN", "0", "2.5", '"four"'])
def test_a_number_of_threads_that_is_none_is_refused(folder, threads):
    script = f'return await load({{ device: "wasm-threads", threads: {threads} }}).catch((error) => error.message);'
    assert in_node(folder, "wasm-simd", script).startswith("threads must be a whole number, not")


@pytest.mark.parametrize("device", DEVICES)
def test_a_store_through_null_rejects_its_launch_and_no_other(folder, device):
    script = """
      const said = [];
      for (const p of [null, new Int32Array(32)]) {
        try {
          await kernels.reversed({ grid: 1, shared: 128 }, p);
          said.push("ran");
        } catch (error) {
          said.push(`${error.name}: ${error.message}`);
        }
      }
      return said;
    """
    null, right = in_node(folder, device, script)
    assert null == "LaunchError: kernels.cu:15: a store through a null pointer; kernel reversed" and right == "ran"
