"""What a launch asks of the place where compiled code runs: this process, or one that shares memory with it."""

from __future__ import annotations

import threading
from typing import Any, Protocol

from cudawasm_cpu.codegen.sites import Site


class Processor(Protocol):
    """Runs code compiled for its machine. ``lock`` is held during a launch; ``threads`` draw blocks side by side."""

    threads: int
    lock: threading.Lock

    def load(self, code: bytes) -> int:
        """What ``run`` takes for the kernel in an object file."""

    def memory(self, nbytes: int) -> Any:
        """A ctypes array that the code can reach too, for as long as it is referred to."""

    def arena(self, nbytes: int) -> int:
        """The address of memory for the blocks under way, aligned to 64 bytes; valid until the next call."""

    def run(self, function: int, job: int, blocks: int, chunk: int, sites: tuple[Site, ...]) -> tuple[bool, str]:
        """Run all blocks, ``chunk`` by ``chunk``; whether one stopped the launch, and what was printed."""

    def run_cooperative(self, function: int, job: int, blocks: int, sites: tuple[Site, ...]) -> tuple[bool, str]:
        """The same with every block on a thread of its own."""
