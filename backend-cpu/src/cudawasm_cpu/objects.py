"""Object code by the hash of what it was made from, through core's disk cache."""

from __future__ import annotations

from functools import cache

from cudawasm.runtime.cache import code_fingerprint, default_cache, digest
from cudawasm_cpu import jit
from cudawasm_cpu.machine import Machine

KIND = "cpu"


@cache
def fingerprint() -> str:
    """Changes with this backend's code and with core's."""
    import cudawasm_cpu  # noqa: F401

    return code_fingerprint("cudawasm_cpu", "cudawasm")


def cached_object(text: str, machine: Machine) -> bytes:
    """The object code of LLVM text, from the disk cache when it is there."""
    key = digest("llvm", text, machine.key, fingerprint())
    cache_ = default_cache()
    code = cache_.get(KIND, key)
    if code is None:
        code = jit.compile_object([text], machine)
        cache_.put(KIND, key, code)
    return code
