"""Lower (and optionally compile) every kernel of a folder of CUDA programs; print the refusals by code.

    python tools/corpus_kernels.py DIR [--include DIR ...] [--compile] [--list CODE] [--json FILE]

A kernel template without a launch in its file is instantiated with plausible arguments: float for types and
16 for values. Kernels that use a construct outside the measured set (textures, tensor cores, dynamic
parallelism, external libraries) are counted apart.
"""

from __future__ import annotations

import argparse
import json
import re
import signal
import sys
import time
import traceback
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cudawasm as cw
from cudawasm.errors import CompileError
from cudawasm.frontend import FrontendOptions, KernelDecl, Lowered, Program

_OUTSIDE = re.compile(
    r"\btex[123]D\w*\b|\btexture\s*<|cudaTextureObject_t|cudaSurfaceObject_t|\bsurf[123]D\w*\b|surface\s*<|\bwmma::|"
    r"\bmma_sync\b|\bldmatrix\b|mma\.sync|nvcuda::|\bcub::|\bthrust::|\bcublas\w*|\bcurand\w*|\bcudnn\w*|\bcufft\w*|"
    r"<<<[^>]*>>>|\bcuda::(?!std)|\bcooperative_groups::memcpy_async|\bcutlass::|nvshmem|cudaGraph\w*Device"
)
_SECONDS = 60


@dataclass(slots=True)
class Outcome:
    file: str
    kernel: str
    status: str  # ok, refused, outside, internal, timeout
    code: str = ""
    message: str = ""
    seconds: float = 0.0


class _Timeout(Exception):
    pass


def _alarm(*_: Any) -> None:
    raise _Timeout


def outcomes(path: Path, includes: list[str], compile_too: bool) -> list[Outcome]:
    """What becomes of each kernel of one file and of the files that it includes."""
    options = FrontendOptions({}, (*includes, str(path.parent)))
    text = path.read_bytes()
    try:
        program = Program(text, str(path), options)
        kernels = [k for k in program.kernels if not k.span.file.is_builtin]
    except CompileError as error:
        diagnostic = error.diagnostics[0]
        count = max(len(re.findall(rb"__global__", text)), 1)
        outside = bool(_OUTSIDE.search(diagnostic.message))
        status = "outside" if outside else "refused"
        return [Outcome(str(path.resolve()), f"*{i}", status, diagnostic.code, str(error)) for i in range(count)]
    except _Timeout:
        return [Outcome(str(path.resolve()), "*", "timeout")]
    except Exception:
        return [Outcome(str(path.resolve()), "*", "internal", "", traceback.format_exc())]
    return [_kernel_outcome(program, k, Path(k.span.file.name).resolve(), text, compile_too) for k in kernels]


def best_of_each(results: list[Outcome]) -> list[Outcome]:
    """One outcome for a kernel seen through several files: a fragment counts as its includer sees it."""
    order = {"internal": 0, "timeout": 1, "ok": 2, "outside": 3, "refused": 4}
    best: dict[tuple[str, str], Outcome] = {}
    through_includer = {r.file for r in results if r.status == "ok"}
    for result in results:
        key = (result.file, result.kernel.split("<")[0])
        if result.kernel.startswith("*") and result.file in through_includer:
            continue
        if key not in best or order[result.status] < order[best[key].status]:
            best[key] = result
    return list(best.values())


def _kernel_outcome(program: Program, kernel: KernelDecl, path: Path, text: bytes, compile_too: bool) -> Outcome:
    start = time.perf_counter()
    name = kernel.name
    try:
        signal.alarm(_SECONDS)
        name = _expression(program, kernel, text)
        lowered = program.lower(name)
        if compile_too:
            _compile(lowered)
        status, code, message = "ok", "", ""
    except CompileError as error:
        code, message = error.diagnostics[0].code, str(error)
        status = "outside" if _mentions_outside(program, kernel, text, message) else "refused"
    except _Timeout:
        status, code, message = "timeout", "", ""
    except Exception:
        status, code, message = "internal", "", traceback.format_exc()
    finally:
        signal.alarm(0)
    return Outcome(str(path), name, status, code, message, time.perf_counter() - start)


def _compile(lowered: Lowered) -> None:
    """To CPU machine code, for a block of 128 threads or what the launch bounds allow."""
    device = cw.device("cpu").backend
    bounds = lowered.module.functions[lowered.kernel].launch_bounds
    threads = min(128, bounds.max_threads) if bounds else 128
    device.generated(lowered.module, lowered.kernel, (threads, 1, 1), "asm")


def _expression(program: Program, kernel: KernelDecl, text: bytes) -> str:
    """A kernel template gets the arguments of a launch in the file, or made-up ones."""
    if not kernel.is_template:
        return kernel.name
    short = kernel.name.rsplit("::", 1)[-1]
    candidates = [m.group(1).decode() for m in re.finditer(rb"\b%s\s*<([^<>;(){}]*)>\s*<<<" % short.encode(), text)]
    decl = next(s for s in _symbols(program, kernel.name) if getattr(s, "template", None) and s.body is not None)
    made_up = []
    for param in decl.template:
        if param.default is not None or param.pack:
            break
        if param.kind == "type":
            made_up.append("float")
        else:
            words = " ".join(t.text for t in param.ctype_range.tokens[param.ctype_range.start : param.ctype_range.end])
            made_up.append("true" if "bool" in words else "16")
    candidates.append(", ".join(made_up))
    for candidate in candidates:
        try:
            program._instance(f"{kernel.name}<{candidate}>")
        except CompileError:
            continue
        return f"{kernel.name}<{candidate}>"
    return f"{kernel.name}<{candidates[-1]}>"


def _symbols(program: Program, name: str) -> list[Any]:
    scope = program.sema.global_scope
    *outer, last = name.split("::")
    for part in outer:
        scope = next(s.scope for s in scope.names[part] if hasattr(s, "scope") and hasattr(s.scope, "names"))
    found = scope.names.get(last, [])
    if not found:
        found = [s for u in scope.used for s in u.names.get(last, [])]
    return list(found)


def _mentions_outside(program: Program, kernel: KernelDecl, text: bytes, message: str) -> bool:
    if _OUTSIDE.search(message):
        return True
    for symbol in _symbols(program, kernel.name):
        body = getattr(symbol, "body", None)
        if body is None:
            continue
        tokens = symbol.header.tokens[symbol.header.start : body.end]
        if _OUTSIDE.search(" ".join(t.text for t in tokens).replace("< < <", "<<<").replace(" :: ", "::")):
            return True
    return False


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path, nargs="+")
    parser.add_argument("--include", action="append", default=[])
    parser.add_argument("--compile", action="store_true", help="compile to machine code too")
    parser.add_argument("--list", default="", help="show the messages of this code (or 'internal')")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    signal.signal(signal.SIGALRM, _alarm)
    results: list[Outcome] = []
    for folder in args.folder:
        for path in sorted(folder.rglob("*.cu")) if folder.is_dir() else [folder]:
            results += outcomes(path, args.include, args.compile)
    results = best_of_each(results)
    statuses = Counter(r.status for r in results)
    measured = len(results) - statuses["outside"]
    print(f"{len(results)} kernels, {statuses['outside']} outside the measured set")
    print(
        f"of {measured}: {statuses['ok']} ok ({100 * statuses['ok'] / max(measured, 1):.1f} %)",
        dict(statuses),
    )
    for code, count in Counter(r.code for r in results if r.status == "refused").most_common():
        print(f"  {code}: {count}")
    for result in results:
        if args.list and (args.list in (result.code, result.status, "all")):
            if result.status in ("refused", "internal", "timeout"):
                print(f"--- {result.file} {result.kernel}\n{result.message}")
    if args.json:
        args.json.write_text(json.dumps([asdict(r) for r in results], indent=1))
    return 1 if statuses["internal"] else 0


if __name__ == "__main__":
    sys.exit(main())
