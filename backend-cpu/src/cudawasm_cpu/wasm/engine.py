"""wasmtime: modules in a process, each with an instance for every worker, all on one memory."""

from __future__ import annotations

import atexit
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import wasmtime

from cudawasm.errors import LaunchError
from cudawasm_cpu.machine import wasm_machine
from cudawasm_cpu.objects import cached_object
from cudawasm_cpu.wasm.driver_ir import PROBE, PROBE_TEXT
from cudawasm_cpu.wasm.linker import Linked, link
from cudawasm_cpu.wasm.memory import LinearMemory


class Engine:
    """``workers`` threads of which the caller's is the first."""

    def __init__(self, workers: int):
        config = wasmtime.Config()
        config.wasm_threads = True
        config.shared_memory = True
        config.wasm_relaxed_simd = True
        config.cranelift_opt_level = "speed"
        self.engine = wasmtime.Engine(config)
        self.workers = workers
        self.memory = LinearMemory(self.engine, workers)
        atexit.register(self._close)  # later wasmtime has gone before its objects
        self._pool = ThreadPoolExecutor(max(1, workers - 1), "cudawasm-wasm")

    def multiplies_and_adds_at_once(self) -> bool:
        """Whether the relaxed multiply-add rounds once here."""
        linked = link(cached_object(PROBE_TEXT, wasm_machine(threads=True, relaxed=True)), [PROBE], 0, shared=True)
        store = wasmtime.Store(self.engine)
        instance = wasmtime.Instance(store, self.module(linked), [self.memory.handle for _ in linked.imports])
        probe: Any = instance.exports(store)[PROBE]
        return bool(probe(store))

    def _close(self) -> None:
        self.memory.handle.close()
        self.engine.close()

    def module(self, linked: Linked) -> Any:
        """The machine code of a module."""
        return wasmtime.Module(self.engine, linked.code)

    def function(self, module: Any, linked: Linked, name: str, worker: int) -> Callable[[int, int], None]:
        """A function of (job, worker) of a new instance. It raises LaunchError where the code traps."""
        store = wasmtime.Store(self.engine)
        i32, i64 = wasmtime.ValType.i32(), wasmtime.ValType.i64()
        top = wasmtime.Val.i32(self.memory.stack_top(worker))
        stack = wasmtime.Global(store, wasmtime.GlobalType(i32, True), top)
        given: dict[str, Callable[[], Any]] = {
            "memory": lambda: self.memory.handle,
            "stack": lambda: stack,
            "cudawasm_clock": lambda: wasmtime.Func(store, wasmtime.FuncType([], [i64]), time.perf_counter_ns),
        }
        instance = wasmtime.Instance(store, module, [given[name]() for name in linked.imports])
        function: Any = instance.exports(store)[name]

        def run(job: int, number: int) -> None:
            try:
                function(store, job, number)
            except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
                stack.set_value(store, top)  # code that trapped has left it where it was
                raise LaunchError(_reason(error), cause="address") from None

        return run

    def run(self, functions: list[Callable[[int, int], None]], job: int) -> None:
        """Call all functions at once, each with its number; returns when all have. Raises what the first did."""
        others = [self._pool.submit(f, job, i) for i, f in enumerate(functions[1:], 1)]
        try:
            functions[0](job, 0)
        finally:
            errors = [other.exception() for other in others]
        for error in errors:
            if error is not None:
                raise error


def _reason(error: Exception) -> str:
    text = str(error)
    return text.rpartition("wasm trap: ")[2].splitlines()[0]
