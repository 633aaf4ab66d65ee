"""Kernels of a source as an ES module package: generated code, a manifest, types and the JavaScript runtime."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cudawasm._version import __version__
from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import OptionError
from cudawasm.ir import nodes as n
from cudawasm.ir.types import size_of
from cudawasm.ir.walk import expressions, statements
from cudawasm.runtime.compilation import Unit
from cudawasm.runtime.interface import CompileOptions, Dim3
from cudawasm.runtime.params import layout_of
from cudawasm.web import entry
from cudawasm.web.interface import WebCode, WebKernel, WebTarget, block_key
from cudawasm.web.signatures import parameters, refuse_hidden_pointers

FORMAT = 1
RUNTIME = Path(__file__).parent / "runtime"
ORDER = ("webgpu", "wasm")
"""What a page tries first."""
_MOST_THREADS, _MOST_LAYERS = 1024, 64
_USUAL_BLOCKS: tuple[Dim3, ...] = ((256, 1, 1), (16, 16, 1), (8, 8, 4))
"""By how many axes of ``threadIdx`` a kernel looks at."""


@dataclass(frozen=True, slots=True)
class Package:
    """``files`` by path. ``refused``: what each target says against a kernel; a target that is not named takes it."""

    files: Mapping[str, bytes]
    manifest: Mapping[str, Any]
    refused: Mapping[str, Mapping[str, tuple[Diagnostic, ...]]] = field(default_factory=dict)


def export_kernels(
    name: str,
    units: Mapping[str, Unit],
    blocks: Mapping[str, Sequence[Dim3]],
    targets: Sequence[WebTarget],
    options: CompileOptions,
) -> Package:
    """A package called ``name`` of kernels by what JavaScript calls them.

    ``blocks`` has the block shapes of a kernel, or under "" those of all others; a kernel without any gets the one
    that ``usual_block`` guesses. Raises OptionError for a kernel that no target runs or a block shape that no launch
    may have, UnsupportedFeature for a kernel that JavaScript cannot call.
    """
    kernels = [
        WebKernel(public, unit.module, unit.kernel, tuple(blocks.get(public) or blocks.get("") or [usual_block(unit)]))
        for public, unit in units.items()
    ]
    for kernel in kernels:
        if kernel.name in _TAKEN:
            raise OptionError(f"a kernel cannot be called {kernel.name} in JavaScript")
        refuse_hidden_pointers(kernel)
        _check_blocks(kernel)
    made = {target.name: target.generate(kernels, options) for target in targets}
    refused = {target: code.refused for target, code in made.items() if code.refused}
    _refuse_useless(kernels, made)
    manifest = _manifest(name, kernels, made)
    files: dict[str, bytes] = {}
    for code in made.values():
        files |= code.files
    present = [target for target in ORDER if target in made]
    files[f"{name}.js"] = entry.module_text(manifest, sorted(files), present).encode()
    files[f"{name}.d.ts"] = entry.declarations_text(manifest).encode()
    files["package.json"] = _package_json(name).encode()
    files |= {f"runtime/{path.name}": path.read_bytes() for path in entry.runtime_files(RUNTIME, present)}
    return Package(files, manifest, refused)


def usual_block(unit: Unit) -> Dim3:
    """A block shape for a kernel that says none: as its launch bounds allow, over the axes that it looks at."""
    inside = [*statements(unit.function.body)]
    called = (s for f in unit.module.functions.values() for s in statements(f.body))
    used = {e.name for s in (*inside, *called) for e in expressions(s) if isinstance(e, n.Special)}
    axes = max((i for i, axis in enumerate("xyz") if {f"thread_idx.{axis}", f"block_dim.{axis}"} & used), default=0)
    bounds = unit.function.launch_bounds
    if axes == 0 and bounds is not None and bounds.max_threads:
        return bounds.max_threads, 1, 1
    return _USUAL_BLOCKS[axes]


_TAKEN = frozenset((
    "buffer", "variable", "synchronize", "close", "device", "reasons", "constructor", "then", "__proto__", "_queued",
    "_device", "_alive",
))  # fmt: skip
"""What the object with a package's kernels has besides them, and what it must not have."""


def public_name(kernel: str) -> str:
    """A JavaScript identifier for a kernel: ``scale<float, 4>`` becomes ``scale_float_4``, ``close`` ``close_``."""
    name = re.sub(r"\W+", "_", kernel).strip("_")
    return f"{name}_" if name in _TAKEN else name


def _check_blocks(kernel: WebKernel) -> None:
    """Raises OptionError for a block shape that no launch may have."""
    bounds = kernel.function.launch_bounds
    most = min(_MOST_THREADS, bounds.max_threads or _MOST_THREADS) if bounds else _MOST_THREADS
    for block in kernel.blocks:
        threads = block[0] * block[1] * block[2]
        if threads > most or block[2] > _MOST_LAYERS:
            raise OptionError(f"blocks of {block_key(block)} are too large for {kernel.name}: {most} threads at most")


def _refuse_useless(kernels: Sequence[WebKernel], made: Mapping[str, WebCode]) -> None:
    for kernel in kernels:
        if not any(kernel.name in code.kernels for code in made.values()):
            said = [d.render() for code in made.values() for d in code.refused.get(kernel.name, ())]
            raise OptionError(
                f"nothing in a browser runs {kernel.name}:\n" + "\n".join(dict.fromkeys(said)),
                hint="name the kernels to export with --kernel",
            )


def _manifest(name: str, kernels: Sequence[WebKernel], made: Mapping[str, WebCode]) -> dict[str, Any]:
    variables = {var.name: var for kernel in kernels for var in kernel.module.globals}
    return {
        "format": FORMAT,
        "name": name,
        "kernels": {k.name: _kernel(k) for k in kernels},
        "globals": {var.name: _variable(var) for var in variables.values()},
        **{target: {**code.facts, "kernels": code.kernels} for target, code in made.items()},
    }


def _kernel(kernel: WebKernel) -> dict[str, Any]:
    function = kernel.function
    span = function.span
    return {
        "display": function.display or function.name,
        "at": f"{span.file.name}:{span.line}" if span else "",
        "params": parameters(kernel),
        "size": layout_of(tuple(param.type for param in function.params)).size,
        "blocks": [list(block) for block in kernel.blocks],
    }


def _variable(var: n.Var) -> dict[str, Any]:
    init = base64.b64encode(var.init).decode() if var.init else None
    return {"size": size_of(var.type), "align": var.align, "init": init}


def _package_json(name: str) -> str:
    exports = {"types": f"./{name}.d.ts", "default": f"./{name}.js"}
    content = {
        "name": name.lower(), "version": "0.0.0", "type": "module", "main": f"./{name}.js", "types": f"./{name}.d.ts",
        "exports": {".": exports}, "sideEffects": False, "cudawasm": __version__,
    }  # fmt: skip
    return json.dumps(content, indent=2) + "\n"
