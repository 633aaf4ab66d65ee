"""The module that a page imports, and its TypeScript declarations."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cudawasm.web.signatures import typescript_type

_DEVICES = {"webgpu": ("webgpu", "WebGpuDevice"), "wasm": ("wasm", "WasmDevice")}
"""The runtime's module and class of each target."""
_OF_DEVICE = {"webgpu": ("webgpu",), "wasm": ("wasm", "worker")}
"""The prefixes of the runtime's files that a package without the target leaves out."""


def runtime_files(folder: Path, targets: Sequence[str]) -> list[Path]:
    """The files of the JavaScript runtime that packages for these targets need."""
    left_out = tuple(p for target, prefixes in _OF_DEVICE.items() if target not in targets for p in prefixes)
    return [p for p in sorted(folder.glob("*.js")) + sorted(folder.glob("*.d.ts")) if not p.name.startswith(left_out)]


def module_text(manifest: Mapping[str, Any], files: Sequence[str], targets: Sequence[str]) -> str:
    """The entry module. Each file's URL is written out, as bundlers look for that."""
    lines = ["// Made by cudawasm export-web.", 'import { start } from "./runtime/index.js";']
    for target in targets:
        module, name = _DEVICES[target]
        lines.append(f'import {{ {name} }} from "./runtime/{module}.js";')
    urls = [f"  {json.dumps(file)}: new URL({json.dumps('./' + file)}, import.meta.url)," for file in files]
    devices = ", ".join(_DEVICES[target][1] for target in targets)
    lines += ["", "const files = {", *urls, "};", f"const manifest = {json.dumps(manifest, separators=(',', ':'))};"]
    lines += [
        "",
        "/** Opens the best device that is here, or the one that `options.device` names. */",
        "export function load(options) {",
        f"  return start(manifest, files, [{devices}], options);",
        "}",
    ]
    return "\n".join(lines) + "\n"


def declarations_text(manifest: Mapping[str, Any]) -> str:
    """TypeScript's view of the package."""
    lines = [
        "// Made by cudawasm export-web.",
        'import type { DeviceBuffer, DevicePointer, LoadOptions, LoadedKernels, Shape } from "./runtime/index.js";',
        'export type { DeviceBuffer, DevicePointer, LoadOptions, Shape } from "./runtime/index.js";',
        "",
        "export interface Kernels extends LoadedKernels {",
    ]
    for name, kernel in manifest["kernels"].items():
        shape = f"Shape<{' | '.join(_block_type(block) for block in kernel['blocks'])}>"
        names = _identifiers([p["name"] for p in kernel["params"]])
        params = "".join(f", {n}: {typescript_type(p)}" for n, p in zip(names, kernel["params"], strict=True))
        lines += [f"  /** `{kernel['display']}` */", f"  {name}(shape: {shape}{params}): Promise<void>;"]
    lines += ["}", "", "export function load(options?: LoadOptions): Promise<Kernels>;"]
    return "\n".join(lines) + "\n"


def _block_type(block: Sequence[int]) -> str:
    x, y, z = block
    forms = [f"readonly [{x}, {y}, {z}]"]
    if z == 1:
        forms.insert(0, f"readonly [{x}, {y}]")
    if y == z == 1:
        forms = [str(x), f"readonly [{x}]", *forms]
    return " | ".join(forms)


RESERVED = frozenset(
    """arguments await break case catch class const continue debugger default delete do else enum eval export extends
    false finally for function if implements import in instanceof interface let new null package private protected
    public return static super switch this throw true try typeof var void while with yield""".split()
)


def _identifiers(names: Sequence[str]) -> list[str]:
    """Names of parameters after one called "shape", each different from the others and no word of JavaScript's."""
    found = ["shape"]
    for name in names:
        free = name
        while free in RESERVED or free in found:
            free += "_"
        found.append(free)
    return found[1:]
