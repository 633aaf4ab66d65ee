"""WebAssembly in exported packages: all kernels in one module, once for each level of what browsers offer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import CompileError
from cudawasm.runtime.interface import CompileOptions
from cudawasm.web.interface import WebCode, WebKernel, block_key

LEVELS = ("relaxed-threads", "relaxed", "threads", "simd")
"""What is best comes first. Relaxed levels have a multiply-add, and say by ``driver_ir.PROBE`` whether it rounds once
in the engine at hand; a package has them where its kernels multiply and add."""
_PAGE = 65536
_STACK_MARGIN = 4096


@dataclass(frozen=True, slots=True)
class WasmWebTarget:
    """The target "wasm". Memory begins with a page that is not used, data and the workers' stacks; then comes the heap.

    ``facts["levels"]``: for each level its file, where its data ends and how much stack a worker needs. A kernel's
    facts are those of ``compilation.Facts``, and under ``blocks`` those that depend on the block's shape.
    """

    name: str = "wasm"

    def generate(self, kernels: Sequence[WebKernel], options: CompileOptions) -> WebCode:
        from cudawasm_cpu.machine import wasm_machine
        from cudawasm_cpu.wasm.compilation import complete_object
        from cudawasm_cpu.wasm.driver_ir import PROBE, PROBE_TEXT
        from cudawasm_cpu.wasm.linker import link

        files: dict[str, bytes] = {}
        levels: dict[str, Any] = {}
        made: dict[str, Mapping[str, Any]] = {}
        refused: dict[str, tuple[Diagnostic, ...]] = {}
        for level in LEVELS:
            threads, relaxed = "threads" in level, "relaxed" in level
            machine = wasm_machine(threads=threads, relaxed=relaxed)
            made, texts, exports = {}, [], []
            for kernel in kernels:
                try:
                    facts, of_kernel = _kernel(kernel, machine, options)
                except CompileError as error:
                    refused[kernel.name] = tuple(error.diagnostics)
                    continue
                made[kernel.name] = facts
                texts += of_kernel
                exports += [block["export"] for block in facts["blocks"].values()]
            if relaxed and not any(machine.multiply_add in text or " contract " in text for text in texts):
                continue
            if relaxed:
                texts.append(PROBE_TEXT)
                exports.append(PROBE)
            if texts:
                linked = link(complete_object(texts, machine), exports, _PAGE, shared=threads)
                stack = -(-(linked.frame_bytes + _STACK_MARGIN) // _PAGE) * _PAGE
                file = f"kernels.{level}.wasm"
                files[file] = linked.code
                levels[level] = {"file": file, "data_end": linked.data_end, "stack": stack}
        return WebCode(files, made, {"levels": levels}, refused)


def _kernel(kernel: WebKernel, machine: Any, options: CompileOptions) -> tuple[dict[str, Any], list[str]]:
    """(facts of a kernel, the text of a module for each of its block shapes). Raises CompileError."""
    from cudawasm_cpu.wasm.compilation import kernel_text
    from cudawasm_cpu.wasm.pipeline import prepare

    prepared = prepare(kernel.module, kernel.kernel, machine.fuses)
    texts: list[str] = []
    blocks: dict[str, Any] = {}
    common: dict[str, Any] = {}
    for block in kernel.blocks:
        made = kernel_text(prepared, f"{kernel.name}@{block_key(block)}", block, machine, options)
        facts = made.facts.as_json()
        common = {name: facts.pop(name) for name in ("params", "globals", "sites")}
        blocks[block_key(block)] = facts
        texts.append(made.text)
    return {**common, "blocks": blocks}, texts
