"""WebAssembly in exported packages: all kernels in one module, once for each level of what browsers offer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import CompileError, InternalError
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

    ``facts["levels"]``: for each level its file, where its data ends and how much stack a worker needs;
    ``facts["job"]``: ``driver_ir.JOB``. A kernel's facts are those of ``compilation.Facts``, and under ``blocks``
    those that depend on the block's shape.
    """

    name: str = "wasm"

    def generate(self, kernels: Sequence[WebKernel], options: CompileOptions) -> WebCode:
        from cudawasm_cpu.wasm.driver_ir import JOB, JOB_BYTES

        files: dict[str, bytes] = {}
        levels: dict[str, Any] = {}
        facts: dict[str, Mapping[str, Any]] = {}
        refused: dict[str, tuple[Diagnostic, ...]] = {}
        for level in LEVELS:
            texts = _Texts(level, options)
            for kernel in kernels:
                try:
                    facts[kernel.name] = _of_all_levels(facts.get(kernel.name), texts.add(kernel))
                except CompileError as error:
                    refused[kernel.name] = tuple(error.diagnostics)
            if texts.are_worth_it:
                file = f"kernels.{level}.wasm"
                files[file], levels[level] = texts.module(file)
        return WebCode(files, facts, {"levels": levels, "job": {"bytes": JOB_BYTES, **JOB}}, refused)


def _of_all_levels(known: Mapping[str, Any] | None, new: dict[str, Any]) -> Mapping[str, Any]:
    """Facts that hold for another level too: more memory for a block's values does no harm. Raises InternalError."""
    if known is None:
        return new
    blocks = {}
    for key, block in new["blocks"].items():
        other = known["blocks"][key]
        larger = {name: max(block[name], other[name]) for name in ("storage", "cost")}
        if {**block, **larger} != {**other, **larger}:
            raise InternalError(f"{block['export']} differs between levels of WebAssembly")
        blocks[key] = {**block, **larger}
    return {**new, "blocks": blocks}


class _Texts:
    """The kernels of a package for one level, as LLVM IR."""

    def __init__(self, level: str, options: CompileOptions) -> None:
        from cudawasm_cpu.machine import wasm_machine

        self.threads, self.relaxed = "threads" in level, "relaxed" in level
        self.machine = wasm_machine(threads=self.threads, relaxed=self.relaxed)
        self.options = options
        self.texts: list[str] = []
        self.exports: list[str] = []

    def add(self, kernel: WebKernel) -> dict[str, Any]:
        """Put a kernel in for each of its block shapes; its facts. Raises CompileError."""
        from cudawasm_cpu.wasm.compilation import kernel_text
        from cudawasm_cpu.wasm.pipeline import prepare

        prepared = prepare(kernel.module, kernel.kernel, self.machine.fuses)
        blocks: dict[str, Any] = {}
        common: dict[str, Any] = {}
        for block in kernel.blocks:
            export = f"{kernel.name}@{block_key(block)}"
            made = kernel_text(prepared, export, block, self.machine, self.options)
            facts = made.facts.as_json()
            common = {name: facts.pop(name) for name in ("params", "globals", "sites")}
            blocks[block_key(block)] = facts
            self.texts.append(made.text)
            self.exports.append(export)
        return {**common, "blocks": blocks}

    @property
    def are_worth_it(self) -> bool:
        """Whether there are kernels that differ from those of the level below."""
        if not self.relaxed:
            return bool(self.texts)
        return any(self.machine.multiply_add in text or " contract " in text for text in self.texts)

    def module(self, file: str) -> tuple[bytes, dict[str, Any]]:
        """(the module with all kernels, its facts)."""
        from cudawasm_cpu.wasm.compilation import complete_object
        from cudawasm_cpu.wasm.driver_ir import PROBE, PROBE_TEXT
        from cudawasm_cpu.wasm.linker import link

        probe = [(PROBE_TEXT, PROBE)] if self.relaxed else []
        code = complete_object([*self.texts, *(text for text, _ in probe)], self.machine)
        linked = link(code, [*self.exports, *(name for _, name in probe)], _PAGE, shared=self.threads)
        stack = -(-(linked.frame_bytes + _STACK_MARGIN) // _PAGE) * _PAGE
        return linked.code, {"file": file, "data_end": linked.data_end, "stack": stack}
