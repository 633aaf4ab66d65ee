"""Objects and modules of LLVM text, for tests."""

from __future__ import annotations

from typing import Any

import wasmtime

from cudawasm_cpu.machine import wasm_machine
from cudawasm_cpu.wasm.compilation import complete_object
from cudawasm_cpu.wasm.linker import Linked, link

HEAD = 'target triple = "wasm32-unknown-unknown"\n'
SIMD = wasm_machine(threads=False)


def object_of(*texts: str) -> bytes:
    return complete_object([HEAD + text for text in texts], SIMD)


class Instance:
    """A linked module on a memory of its own."""

    def __init__(self, linked: Linked, pages: int = 20):
        self.store = wasmtime.Store()
        self.memory = wasmtime.Memory(self.store, wasmtime.MemoryType(wasmtime.Limits(pages, None)))
        top = wasmtime.Val.i32(pages * 65536)
        stack = wasmtime.Global(self.store, wasmtime.GlobalType(wasmtime.ValType.i32(), True), top)
        given = {"memory": self.memory, "stack": stack}
        module = wasmtime.Module(self.store.engine, linked.code)
        self.exports = wasmtime.Instance(self.store, module, [given[n] for n in linked.imports]).exports(self.store)

    def call(self, name: str, *arguments: Any) -> Any:
        function: Any = self.exports[name]
        return function(self.store, *arguments)


def instance(text: str, *exports: str, data_start: int = 65536) -> Instance:
    return Instance(link(object_of(text), exports, data_start, shared=False))
