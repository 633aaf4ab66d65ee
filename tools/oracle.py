"""Run the conformance cases on a real NVIDIA GPU; compare with their expectations, or record new ones.

    PYTHONPATH=core/src:plugins/conformance/src python tools/oracle.py [--json FILE] [--only TEXT] [--record FILE]

A case whose expectation differs from what CUDA computes is a defect of the case. NVRTC compiles what it can, nvcc the
sources that need the host's headers. Cases that neither compiles for this GPU (pre-Volta warp functions, say) are
listed apart. ``--record`` writes what the programs of ``cudawasm_conformance.recorded`` compute.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cupy
import numpy as np
from cudawasm_conformance.case import Case, all_cases, expected_arrays, mismatch
from cudawasm_conformance.cases.recorded import program_cases
from cupy.cuda import function, nvrtc

Compiled = tuple[bytes, str]
"""Device code, and the kernel's name in it."""


def architecture() -> str:
    return f"sm_{cupy.cuda.Device().compute_capability}"


def with_nvrtc(case: Case, includes: tuple[str, ...], arch: str) -> Compiled | None:
    """Directly, because CuPy's own way flushes denormals to zero."""
    options = ("--std=c++17", f"-arch={arch}", *(f"-I{folder}" for folder in includes), *case.options)
    program = nvrtc.createProgram(case.source, "case.cu", (), ())
    try:
        nvrtc.addNameExpression(program, case.kernel)
        nvrtc.compileProgram(program, options)
        return nvrtc.getCUBIN(program), nvrtc.getLoweredName(program, case.kernel)
    except nvrtc.NVRTCError:
        return None
    finally:
        nvrtc.destroyProgram(program)


def with_nvcc(case: Case, arch: str) -> Compiled | str:
    """Or what nvcc said. Taking the kernel's address makes nvcc instantiate it."""
    with tempfile.TemporaryDirectory() as folder:
        source, code = Path(folder, "case.cu"), Path(folder, "case.cubin")
        source.write_text(f"{case.source}\nconst void* cw_wanted() {{ return (const void*)&{case.kernel}; }}\n")
        command = ["nvcc", "-std=c++17", "--expt-relaxed-constexpr", f"-arch={arch}", "-cubin", "-o", str(code)]
        done = subprocess.run([*command, *case.options, str(source)], capture_output=True, text=True, check=False)
        if done.returncode:
            return done.stderr or done.stdout
        return code.read_bytes(), _symbol(code.read_bytes(), case.kernel)


def _symbol(code: bytes, kernel: str) -> str:
    """The mangled name of a kernel, of which a file has one instance."""
    base = re.split(r"<", kernel)[0].split("::")[-1]
    sections = sorted({m.decode() for m in re.findall(rb"\.text\.([\w$]+)", code)})
    mangled = [name for name in sections if f"{len(base)}{base}" in name]
    return mangled[0] if mangled else base


@contextlib.contextmanager
def captured_output() -> Iterator[list[str]]:
    """What the process writes to file descriptor 1: device printf does not go through Python."""
    found: list[str] = []
    sys.stdout.flush()
    with tempfile.TemporaryFile() as file:
        saved = os.dup(1)
        os.dup2(file.fileno(), 1)
        try:
            yield found
            cupy.cuda.Device().synchronize()
        finally:
            os.dup2(saved, 1)
            os.close(saved)
            file.seek(0)
            found.append(file.read().decode())


def run(case: Case, compiled: Compiled) -> tuple[dict[str, np.ndarray[Any, Any]], str]:
    """All arrays after the launch, and what was printed."""
    module = function.Module()
    module.load(compiled[0])
    kernel = module.get_function(compiled[1])
    buffers = {n: _to_device(a) for n, a in case.args.items() if isinstance(a, np.ndarray)}
    values = [buffers[n][0] if n in buffers else a for n, a in case.args.items()]
    if case.launch.shared > 48 * 1024:
        attribute = cupy.cuda.driver.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES
        cupy.cuda.driver.funcSetAttribute(kernel.ptr, attribute, case.launch.shared)
    cooperative = "this_grid" in case.source
    with captured_output() as output:
        kernel(case.launch.grid, case.launch.block, values, case.launch.shared, None, cooperative)
    return {n: _from_device(*buffer) for n, buffer in buffers.items()}, output[0]


def problems(case: Case, compiled: Compiled) -> list[str]:
    """What differs between CUDA's results and the case's expectation."""
    arrays, printed = run(case, compiled)
    found = [mismatch(case, name, arrays[name], wanted) for name, wanted in expected_arrays(case).items()]
    if case.prints is not None and printed != case.prints:
        found.append(f"printed {printed!r}, expected {case.prints!r}")
    return [p for p in found if p]


def _to_device(array: np.ndarray[Any, Any]) -> tuple[Any, np.dtype[Any], tuple[int, ...]]:
    raw = cupy.asarray(np.frombuffer(array.tobytes() or b"\0", np.uint8))
    return raw, array.dtype, array.shape


def _from_device(raw: Any, dtype: np.dtype[Any], shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    count = int(np.prod(shape)) * dtype.itemsize
    return np.frombuffer(cupy.asnumpy(raw).tobytes()[:count], dtype).reshape(shape)


def compile_all(cases: list[Case], includes: tuple[str, ...]) -> dict[str, Compiled | str]:
    """Code of each case, or why there is none."""
    arch = architecture()
    found: dict[str, Compiled | str] = {}
    rest = []
    for case in cases:
        compiled = with_nvrtc(case, includes, arch)
        if compiled is None:
            rest.append(case)
        else:
            found[case.name] = compiled
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found.update(zip((c.name for c in rest), pool.map(lambda c: with_nvcc(c, arch), rest), strict=True))
    return found


def record(path: Path, includes: tuple[str, ...]) -> None:
    """Write the arrays that the recorded programs change."""
    results: dict[str, np.ndarray[Any, Any]] = {}
    cases = list(program_cases())
    compiled = compile_all(cases, includes)
    for case in cases:
        code = compiled[case.name]
        if isinstance(code, str):
            print(f"NOT COMPILED {case.name}: {code[-400:]}")
            continue
        arrays, _ = run(case, code)
        again, _ = run(case, code)
        for name, array in arrays.items():
            if array.tobytes() != again[name].tobytes():
                print(f"NOT REPEATABLE {case.name}: {name}")
            if array.tobytes() != np.asarray(case.args[name]).tobytes():
                results[f"{case.name}/{name}"] = array
        print(f"recorded {case.name}", flush=True)
    np.savez_compressed(path, **results)


def main() -> int:
    parser = argparse.ArgumentParser(description="Check the cases' expectations against real CUDA.")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--include", action="append", default=["/usr/local/cuda/include"])
    parser.add_argument("--record", type=Path, help="write the recorded programs' results here instead")
    args = parser.parse_args()
    if args.record:
        record(args.record, tuple(args.include))
        return 0
    results: dict[str, list[str]] = {}
    cases = [c for c in all_cases() if args.only in c.name]
    compiled = compile_all(cases, tuple(args.include))
    uncompiled = {name: code for name, code in compiled.items() if isinstance(code, str)}
    for case in cases:
        code = compiled[case.name]
        if isinstance(code, str):
            continue
        try:
            results[case.name] = problems(case, code)
        except Exception as error:
            results[case.name] = [f"{type(error).__name__}: {error}"]
            if "illegal" in str(error) or "launch" in str(error):
                print(f"stopped at {case.name}: the context is lost", flush=True)
                break
    wrong = {name: found for name, found in results.items() if found}
    print(
        f"{len(cases)} cases: {len(results) - len(wrong)} agree, {len(wrong)} differ, {len(uncompiled)} do not compile"
    )
    for name, found in wrong.items():
        print(f"DIFFERS {name}: {found[0][:300]}")
    for name, text in uncompiled.items():
        print(f"NOT COMPILED {name}: {text.strip()[-300:]}")
    if args.json:
        args.json.write_text(json.dumps({"differ": wrong, "uncompiled": uncompiled}, indent=1))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
