"""Lower (and optionally compile) every kernel of a folder of CUDA programs; print the refusals by code.

    python tools/corpus_kernels.py DIR [--include DIR ...] [--compile] [--list CODE] [--json FILE]

A kernel template is instantiated with the arguments that its file launches it with; where these mean nothing by
themselves (the parameters of a host function template), or there are none, with made-up ones: some types in turn, 16
for numbers. Kernels that use a construct outside the measured set (textures, tensor cores, dynamic
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
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cudawasm as cw
from cudawasm.errors import CompileError
from cudawasm.frontend import FrontendOptions, KernelDecl, Lowered, Program
from cudawasm.frontend.parse_expressions import Parser
from cudawasm.frontend.program import _with_end
from cudawasm.frontend.tokens import lex, match_brackets
from cudawasm.source import SourceFile

_OUTSIDE = re.compile(
    r"\btex[123]D\w*\b|\btexture\s*<|cudaTextureObject_t|cudaSurfaceObject_t|\bsurf[123]D\w*\b|surface\s*<|\bwmma::|"
    r"\bmma_sync\b|\bldmatrix\b|mma\.sync|nvcuda::|\bcub::|\bthrust::|\bcublas\w*|\bcurand\w*|\bcudnn\w*|\bcufft\w*|"
    r"<<<.*?>>>|\bcudaStream_t\b|\bXMFLOAT|\b__nv_fp8|\b__nv_cvt_\w*fp8|PackedTensorAccessor|\bat::|\bcuda::(?!std)|\bcooperative_groups::memcpy_async|\bcutlass::|nvshmem|cudaGraph\w*(Device|Handle)|\bBlockScanAlgorithm\b"
)
_SECONDS = 60
_MOST_TRIES = 6
_MADE_UP_TYPES = ("float", "int", "double", "unsigned", "float4", "__half")


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
    options = FrontendOptions(_makefile_defines(path), (*includes, str(path.parent)))
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


def _makefile_defines(path: Path) -> dict[str, str]:
    """Macros that a Makefile beside the file, or one folder up, defines with plain -D options."""
    for folder in (path.parent, path.parent.parent):
        if (makefile := folder / "Makefile").is_file():
            found = re.findall(r"-D\s?([A-Za-z_]\w*)(?:=([\w.+-]+))?(?=\s|$)", makefile.read_text(errors="replace"))
            return {name: value or "1" for name, value in found if name != "DEBUG"}
    return {}


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
    """The outcome of the first instance that is accepted, else of the first one."""
    first: Outcome | None = None
    for name in _expressions(program, kernel, text):
        outcome = _instance_outcome(program, kernel, name, path, text, compile_too)
        if outcome.status != "refused":
            return outcome
        first = first or outcome
    return first or Outcome(str(path), kernel.name, "refused", "", "no template arguments were found")


def _instance_outcome(
    program: Program, kernel: KernelDecl, name: str, path: Path, text: bytes, compile_too: bool
) -> Outcome:
    start = time.perf_counter()
    try:
        signal.alarm(_SECONDS)
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


def _expressions(program: Program, kernel: KernelDecl, text: bytes) -> list[str]:
    """The kernel's name; of a template with the arguments of launches in the text, then with made-up ones."""
    if not kernel.is_template:
        return [kernel.name]
    decls = [s for s in _symbols(program, kernel.name) if getattr(s, "template", None) and s.body is not None]
    if not decls:
        return []
    params = decls[0].template
    written = kernel.span.file.text.decode("latin-1") + text.decode("latin-1")
    found = list(dict.fromkeys(_written_arguments(kernel.name.rsplit("::", 1)[-1], written)))
    guesses: list[list[str]] = []
    for arguments in found[:_MOST_TRIES]:
        guesses += [_filled(program, params, arguments, made_up) for made_up in _MADE_UP_TYPES[:3]]
    guesses += [_filled(program, params, [], made_up) for made_up in _MADE_UP_TYPES]
    names = dict.fromkeys(f"{kernel.name}<{', '.join(g)}>" for g in guesses)
    usable = [name for name in names if _exists(program, name)]
    return usable[:_MOST_TRIES] or list(names)[:1]


def _written_arguments(name: str, text: str) -> Iterator[tuple[str, ...]]:
    """Template arguments written after the kernel's name, as in ``name<float, 256><<<...>>>``."""
    for match in re.finditer(rf"\b{re.escape(name)}\s*<(?!<)", text):
        arguments, current, depth = [], "", 0
        for char in text[match.end() : match.end() + 300]:
            if char == ">" and depth == 0:
                yield (*arguments, current.strip())
                break
            if char == "," and depth == 0:
                arguments.append(current.strip())
                current = ""
                continue
            depth += (char in "<([") - (char in ">)]")
            current += char
            if char in ";{}":
                break


def _filled(program: Program, params: Sequence[Any], written: Sequence[str], made_up: str) -> list[str]:
    """Arguments for the parameters: what was written where it means something here, otherwise made up."""
    arguments = []
    for position, param in enumerate(params):
        if position < len(written) and _means_something(program, param, written[position]):
            arguments.append(written[position])
        elif position >= len(written) and (param.default is not None or param.pack):
            break
        elif param.kind == "type":
            arguments.append(made_up)
        else:
            arguments.append(_made_up_value(program, param))
    return arguments


def _means_something(program: Program, param: Any, written: str) -> bool:
    probe = f"__is_same({written}, void)" if param.kind == "type" else written
    tokens = lex(SourceFile("<argument>", probe.encode("latin-1")))
    try:
        match_brackets(tokens)
        parser = Parser(program.sema, _with_end(tokens, SourceFile("<argument>", b"")), program.sema.global_scope)
        if param.kind != "template":
            program.sema.constant(parser.conditional(), program.sema.global_scope)
    except (CompileError, AttributeError):
        return False
    return True


def _made_up_value(program: Program, param: Any) -> str:
    words = " ".join(t.text for t in param.ctype_range.tokens[param.ctype_range.start : param.ctype_range.end])
    if "bool" in words:
        return "true"
    return (
        "16"
        if re.fullmatch(r"[\w: ]*\b(int|unsigned|size_t|long|short|char|u?int\d+_t|auto)\b.*", words)
        else f"({words})0"
    )


def _exists(program: Program, name: str) -> bool:
    try:
        program._instance(name)
    except CompileError:
        return False
    except Exception:
        return True  # reported as an internal error when it is lowered
    return True


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
        words = " ".join(t.text for t in tokens).replace("<< <", "<<<").replace("> > >", ">>>").replace(" :: ", "::")
        if _OUTSIDE.search(words):
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
