"""Run the conformance cases on a real NVIDIA GPU through CuPy and NVRTC; compare with their expectations.

    PYTHONPATH=core/src:plugins/conformance/src python tools/oracle.py [--json FILE] [--only TEXT]

A case whose expectation differs from what CUDA computes is a defect of the case. Cases that NVRTC does not
compile for this GPU (pre-Volta warp functions, say) are listed apart.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cupy
import numpy as np
from cudawasm_conformance.case import Case, all_cases, expected_arrays, mismatch


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


def problems(case: Case, includes: tuple[str, ...]) -> list[str]:
    """What differs between CUDA's results and the case's expectation."""
    options = ("--std=c++17", *(f"-I{folder}" for folder in includes), *case.options)
    names = [case.kernel]
    module = cupy.RawModule(code=case.source, options=options, name_expressions=names)
    kernel = module.get_function(case.kernel)
    buffers = {n: _to_device(a) for n, a in case.args.items() if isinstance(a, np.ndarray)}
    values = [buffers[n][0] if n in buffers else a for n, a in case.args.items()]
    if case.launch.shared > 48 * 1024:
        kernel.max_dynamic_shared_size_bytes = case.launch.shared
    cooperative = "this_grid" in case.source
    with captured_output() as output:
        if cooperative:
            kernel = cupy.RawModule(
                code=case.source, options=options, name_expressions=names, enable_cooperative_groups=True
            ).get_function(case.kernel)
        kernel(case.launch.grid, case.launch.block, tuple(values), shared_mem=case.launch.shared)
    found = []
    for name, wanted in expected_arrays(case).items():
        actual = _from_device(*buffers[name])
        found.append(mismatch(case, name, actual, wanted))
    if case.prints is not None and output[0] != case.prints:
        found.append(f"printed {output[0]!r}, expected {case.prints!r}")
    return [p for p in found if p]


def _to_device(array: np.ndarray[Any, Any]) -> tuple[Any, np.dtype[Any], tuple[int, ...]]:
    raw = cupy.asarray(np.frombuffer(array.tobytes() or b"\0", np.uint8))
    return raw, array.dtype, array.shape


def _from_device(raw: Any, dtype: np.dtype[Any], shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    count = int(np.prod(shape)) * dtype.itemsize
    return np.frombuffer(cupy.asnumpy(raw).tobytes()[:count], dtype).reshape(shape)


def main() -> int:
    parser = argparse.ArgumentParser(description="Check the cases' expectations against real CUDA.")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--include", action="append", default=["/usr/local/cuda/include"])
    args = parser.parse_args()
    results: dict[str, list[str]] = {}
    uncompiled: dict[str, str] = {}
    cases = [c for c in all_cases() if args.only in c.name]
    for case in cases:
        try:
            results[case.name] = problems(case, tuple(args.include))
        except cupy.cuda.compiler.CompileException as error:
            uncompiled[case.name] = str(error)[-400:]
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
        print(f"NOT COMPILED {name}: {text.splitlines()[0][:200] if text else ''}")
    if args.json:
        args.json.write_text(json.dumps({"differ": wrong, "uncompiled": uncompiled}, indent=1))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
