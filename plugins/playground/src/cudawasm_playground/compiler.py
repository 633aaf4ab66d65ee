"""A process that compiles, and that is ended and started again where it takes too long or dies.

LLVM may abort its process, and a source may ask for more time and memory than there is: neither stops the server.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

_READY_SECONDS = 60
_MOST_WAITING = 4
_MEMORY = 4 << 30


@dataclass(frozen=True, slots=True)
class Limits:
    """Most seconds of a compilation, and bytes of memory that its process may have."""

    seconds: float = 20
    memory: int = _MEMORY


class CompilerStopped(Exception):
    """The compiler took too long or died; the message is for the user."""


class Busy(Exception):
    """Too many wait already."""


class CompilerProcess:
    """One request after the other; the process starts with the first, or with ``warm``."""

    def __init__(self, limits: Limits):
        self.limits = limits
        self._context = multiprocessing.get_context("spawn")
        self._lock = threading.Lock()
        self._waiting = threading.BoundedSemaphore(_MOST_WAITING)
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="cudawasm-playground-", ignore_cleanup_errors=True)

    def warm(self) -> None:
        """Start the process while nobody waits for it."""
        threading.Thread(target=self._warm, daemon=True).start()

    def _warm(self) -> None:
        with self._lock, suppress(CompilerStopped):
            self._called("warm", None)

    def call(self, name: str, argument: Any = None) -> Any:
        """What ``worker.serve`` answers. Raises CompilerStopped, Busy."""
        if not self._waiting.acquire(blocking=False):
            raise Busy
        try:
            with self._lock:
                return self._called(name, argument)
        finally:
            self._waiting.release()

    def close(self) -> None:
        """End the process; one that is compiling too."""
        process = self._process
        if process is not None and process.is_alive():
            process.kill()
        with self._lock:
            self._end()
        self._folder.cleanup()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def _called(self, name: str, argument: Any) -> Any:
        pipe = self._ensure()
        try:
            pipe.send((name, argument))
            if not pipe.poll(self.limits.seconds):
                self._end()
                raise CompilerStopped(f"compiling took more than {self.limits.seconds:g} s, and was ended")
            kind, value = pipe.recv()
        except (EOFError, OSError) as error:
            status = self._end()
            raise CompilerStopped(f"the compiler died ({status}); it is started again") from error
        if kind == "error":
            raise CompilerStopped(f"the compiler failed: {value}")
        return value

    def _ensure(self) -> Connection:
        if self._pipe is not None and self._process is not None and self._process.is_alive():
            return self._pipe
        self._end()
        from cudawasm_playground import worker

        ours, theirs = self._context.Pipe()
        arguments = (theirs, self.limits.memory, self._folder.name)
        self._process = self._context.Process(target=worker.serve, args=arguments, daemon=True)
        self._process.start()
        theirs.close()
        self._pipe = ours
        try:
            if not ours.poll(_READY_SECONDS):
                raise EOFError
            ours.recv()
        except (EOFError, OSError) as error:
            status = self._end()
            raise CompilerStopped(f"the compiler does not start ({status})") from error
        return ours

    def _end(self) -> str:
        """End the process, and say how it ended."""
        process, pipe = self._process, self._pipe
        self._process = self._pipe = None
        if pipe is not None:
            pipe.close()
        if process is None:
            return ""
        process.join(0.5)  # one that died has a status to tell
        if process.is_alive():
            process.kill()
            process.join()
        code = process.exitcode
        return f"signal {-code}" if code is not None and code < 0 and os.name == "posix" else f"status {code}"
