"""The processor: one emulator that runs ``runner.c``, started when it is first needed and again after it ended."""

from __future__ import annotations

import atexit
import ctypes
import struct
import subprocess
import tempfile
import threading
from importlib.resources import files
from pathlib import Path
from typing import IO

from cudawasm.errors import LaunchError
from cudawasm_cpu import half_ir, pool_ir
from cudawasm_cpu.codegen.sites import Site
from cudawasm_cpu.machine import AARCH64
from cudawasm_cpu.objects import cached_object
from cudawasm_cpu.pool import thread_count
from cudawasm_cpu.printing import printed_text
from cudawasm_qemu import tools
from cudawasm_qemu.memory import SIZE, SharedMemory

_REQUEST = struct.Struct("<6Q")
_REPLY = struct.Struct("<qQ")
_LOAD, _RUN, _RUN_COOPERATIVE = 1, 2, 3
_SPINS = 1000


class Emulator:
    """Functions are numbers of shared objects, which each emulator loads when it first runs them."""

    def __init__(self, memory: SharedMemory) -> None:
        self.shared = memory
        self.threads = thread_count()
        self.lock = threading.Lock()
        self._folder = tempfile.TemporaryDirectory(prefix="cudawasm-aarch64-")
        self._count = 0
        self._arena = memory.array(1)
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        self._loaded: dict[int, int] = {}
        atexit.register(self.stop)

    def load(self, code: bytes) -> int:
        """The number of the shared object made of an object file."""
        with self.lock:
            self._count += 1
            number = self._count
        source = self._path(f"{number}.o")
        source.write_bytes(code)
        tools.link(self._path(f"{number}.so"), source, options=("-shared", "-nostartfiles"))
        source.unlink()
        return number

    def memory(self, nbytes: int) -> ctypes.Array[ctypes.c_char]:
        return self.shared.array(nbytes)

    def arena(self, nbytes: int) -> int:
        if nbytes > len(self._arena):
            self._arena = self.shared.array(nbytes)
        return ctypes.addressof(self._arena)

    def run(self, function: int, job: int, blocks: int, chunk: int, sites: tuple[Site, ...]) -> tuple[bool, str]:
        """Run all blocks. Raises LaunchError when the emulator ends."""
        return self._run(_RUN, function, job, blocks, chunk, sites)

    def run_cooperative(self, function: int, job: int, blocks: int, sites: tuple[Site, ...]) -> tuple[bool, str]:
        return self._run(_RUN_COOPERATIVE, function, job, blocks, 1, sites)

    def stop(self) -> None:
        """End the emulator; the next launch starts another."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    # --- requests ---

    def _run(
        self, operation: int, function: int, job: int, blocks: int, chunk: int, sites: tuple[Site, ...]
    ) -> tuple[bool, str]:
        try:
            address = self._address(function)
            counts = struct.pack(f"<{len(sites)}I", *(len(site.kinds) for site in sites))
            stopped, printed = self._ask(operation, counts, address, job, blocks, chunk)
        except BaseException as problem:
            self.stop()  # nothing says where the conversation stands
            if isinstance(problem, OSError | EOFError):
                raise LaunchError(f"the emulator ended: {self._last_words()}") from None
            raise
        return stopped != 0, _text(printed, sites)

    def _address(self, function: int) -> int:
        """The address of a function in the emulator of now."""
        if self._process is None:
            self._start()
        if function not in self._loaded:
            address, problem = self._ask(_LOAD, bytes(self._path(f"{function}.so")))
            if not address:
                raise LaunchError(f"the emulator's loader: {problem.decode()}")
            self._loaded[function] = address
        return self._loaded[function]

    def _ask(self, operation: int, payload: bytes, *rest: int) -> tuple[int, bytes]:
        process = self._process
        assert process is not None and process.stdin is not None and process.stdout is not None
        process.stdin.write(_REQUEST.pack(operation, len(payload), *(*rest, 0, 0, 0, 0)[:4]) + payload)
        process.stdin.flush()
        value, size = _REPLY.unpack(_exactly(process.stdout, _REPLY.size))
        return value, _exactly(process.stdout, size)

    # --- the process ---

    def _start(self) -> None:
        runner = self._path("runner")
        if not runner.exists():
            self._build(runner)
        self._loaded.clear()
        self._errors.seek(0)
        self._errors.truncate()
        file = self.shared.file
        arguments = (str(file), hex(self.shared.base), hex(SIZE), str(self.threads))
        self._process = subprocess.Popen(
            [tools.emulator(), "-L", str(tools.LIBRARIES), str(runner), *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, pass_fds=[file],
        )  # fmt: skip

    def _build(self, runner: Path) -> None:
        """Link the runner with the native side of launches, whose functions kernels find in it."""
        inputs = [self._path("runner.c"), self._path("pool.o"), self._path("halves.o")]
        inputs[0].write_bytes(files("cudawasm_qemu").joinpath("runner.c").read_bytes())
        texts = (pool_ir.pool_text(AARCH64.triple, _SPINS), half_ir.half_text(AARCH64.triple))
        for path, text in zip(inputs[1:], texts, strict=True):
            path.write_bytes(cached_object(text, AARCH64))
        tools.link(runner, *inputs, options=("-O1", f"-DPOOL_BYTES={pool_ir.POOL_BYTES}", "-rdynamic"))

    def _path(self, name: str) -> Path:
        return Path(self._folder.name, name)

    def _last_words(self) -> str:
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace").strip() or "it said nothing"


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data


def _text(printed: bytes, sites: tuple[Site, ...]) -> str:
    """Rows of a site and its words as text."""
    words = struct.unpack(f"<{len(printed) // 8}Q", printed)
    parts, at = [], 0
    while at < len(words):
        site = sites[words[at]]
        end = at + 1 + len(site.kinds)
        parts.append(printed_text(site, words[at + 1 : end]))
        at = end
    return "".join(parts)
