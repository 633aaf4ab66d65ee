"""Worker threads in native code, and the memory that they use for the blocks they run."""

from __future__ import annotations

import ctypes
import os
import struct
import threading
from typing import Any

from cudawasm_cpu import half_ir, jit, pool_ir
from cudawasm_cpu.codegen.kernel import ENTRY
from cudawasm_cpu.codegen.sites import Site
from cudawasm_cpu.codegen.threads import JOB_PRINT
from cudawasm_cpu.machine import Machine
from cudawasm_cpu.objects import cached_object
from cudawasm_cpu.printing import Printing

MOST_COOPERATIVE_BLOCKS = 256
_SPINS = 30000


def thread_count() -> int:
    """Threads that run blocks: ``CUDAWASM_NUM_THREADS``, else the CPUs this process may use."""
    wanted = os.environ.get("CUDAWASM_NUM_THREADS", "")
    if wanted.isdigit() and int(wanted) > 0:
        return int(wanted)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Arena:
    """Memory aligned to 64 bytes that only grows."""

    def __init__(self) -> None:
        self.size = 0
        self.address = 0
        self._buffer: Any = None

    def reserve(self, size: int) -> int:
        if size > self.size:
            self._buffer = ctypes.create_string_buffer(size + 64)
            self.address = (ctypes.addressof(self._buffer) + 63) & ~63
            self.size = size
        return self.address


class ThreadPool:
    """The process's workers. ``lock`` is held during a launch; launches run one at a time."""

    def __init__(self, machine: Machine):
        self.machine = machine
        self.threads = thread_count()
        self.lock = threading.Lock()
        self.arena = Arena().reserve
        self.printing = Printing()
        self.process = os.getpid()
        text = pool_ir.pool_text(machine.triple, _SPINS)
        code = cached_object(text, machine)
        engine = jit.Loaded(code, machine)
        void = ctypes.c_void_p
        self._memory = ctypes.create_string_buffer(pool_ir.POOL_BYTES + 64)
        self.address = (ctypes.addressof(self._memory) + 63) & ~63
        launch = ctypes.CFUNCTYPE(ctypes.c_int, void, void, void, ctypes.c_int64, ctypes.c_int64)
        self._launch = launch(engine.address("cudawasm_pool_launch"))
        cooperative = ctypes.CFUNCTYPE(ctypes.c_int64, void, void, ctypes.c_int64)
        self._cooperative = cooperative(engine.address("cudawasm_cooperative"))
        for name in ("cudawasm_grid_barrier", "cudawasm_check", "cudawasm_clock"):
            jit.define_symbol(name, engine.address(name))
        halves = jit.Loaded(cached_object(half_ir.half_text(machine.triple), machine), machine)
        for name in half_ir.NAMES:
            jit.define_symbol(name, halves.address(name))
        ctypes.CFUNCTYPE(None, void)(engine.address("cudawasm_pool_init"))(self.address)
        start = ctypes.CFUNCTYPE(ctypes.c_int, void, void)(engine.address("cudawasm_pool_start"))
        self._arguments = []
        for index in range(1, self.threads):
            argument = ctypes.create_string_buffer(struct.pack("<QQ", self.address, index), 16)
            self._arguments.append(argument)
            if start(self.address, ctypes.addressof(argument)):
                self.threads = index
                break

    def load(self, code: bytes) -> int:
        """The address of the kernel in an object file."""
        return jit.Loaded(code, self.machine).address(ENTRY)

    def memory(self, nbytes: int) -> ctypes.Array[ctypes.c_char]:
        return ctypes.create_string_buffer(nbytes)

    def run(self, function: int, job: int, blocks: int, chunk: int, sites: tuple[Site, ...]) -> tuple[bool, str]:
        """Run all blocks, ``chunk`` by ``chunk``; whether one stopped the launch, and what was printed."""
        if not sites:
            return self._launch(self.address, function, job, blocks, chunk) != 0, ""
        self._prepare_printing(job, sites)
        stopped = self._launch(self.address, function, job, blocks, chunk) != 0
        return stopped, self.printing.take()

    def run_cooperative(self, function: int, job: int, blocks: int, sites: tuple[Site, ...]) -> tuple[bool, str]:
        """Run every block on a thread of its own."""
        self._prepare_printing(job, sites)
        arguments = (ctypes.c_uint64 * (5 * blocks))()
        for block in range(blocks):
            arguments[5 * block : 5 * block + 3] = [job, function, block]
        started = self._cooperative(job, ctypes.addressof(arguments), blocks)
        if started < blocks:
            raise MemoryError("the system has no threads left for a cooperative launch")
        return any(arguments[5 * block + 3] for block in range(blocks)), self.printing.take()

    def _prepare_printing(self, job: int, sites: tuple[Site, ...]) -> None:
        self.printing.sites = sites
        ctypes.c_uint64.from_address(job + JOB_PRINT).value = self.printing.hook


_pool: ThreadPool | None = None
_pool_lock = threading.Lock()


def shared_pool(machine: Machine) -> ThreadPool:
    """The pool of this process; a forked child starts its own workers."""
    global _pool
    pool = _pool
    if pool is None or pool.process != os.getpid():
        with _pool_lock:
            if _pool is None or _pool.process != os.getpid():
                _pool = ThreadPool(machine)
            pool = _pool
    return pool
