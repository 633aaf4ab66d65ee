"""The disk cache: front-end results and backends' objects, by content hash.

An entry is one file, written whole or not at all, with a checksum in front; one that is damaged is a miss.
Reading an entry marks it as used, and the least recently used go when the cache is over its limit.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from cudawasm import config
from cudawasm.ir.nodes import Module
from cudawasm.ir.text import print_module

_CHECK_BYTES = 16
_TRIM_EVERY = 1 << 24
"""Bytes written between two looks at the size of the folder."""


@dataclass(frozen=True, slots=True)
class CacheInfo:
    """What ``cudawasm cache info`` shows. Sizes are in bytes."""

    folder: Path
    enabled: bool
    entries: int
    size: int
    limit: int


class DiskCache:
    """Entries of bytes by kind ("frontend", "cpu") and hexadecimal key. Thread- and process-safe.

    Failures of the disk are misses: a full or read-only disk never stops a compilation.
    """

    def __init__(self, folder: Path, limit: int, enabled: bool = True):
        self.folder = folder
        self.limit = limit
        self.enabled = enabled
        self._lock = threading.Lock()
        self._written = _TRIM_EVERY  # so that the first write looks

    def get(self, kind: str, key: str) -> bytes | None:
        """The entry's bytes, or None."""
        if not self.enabled:
            return None
        path = self._path(kind, key)
        try:
            data = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        content = data[_CHECK_BYTES:]
        if _checksum(content) != data[:_CHECK_BYTES]:
            return None
        return content

    def put(self, kind: str, key: str, content: bytes) -> None:
        """Store an entry, replacing one of the same key."""
        if not self.enabled:
            return
        path = self._path(kind, key)
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(_checksum(content) + content)
                os.replace(temporary, path)
            except OSError:
                os.unlink(temporary)
                raise
        self._count(len(content))

    def clear(self) -> int:
        """Delete everything; returns the number of entries."""
        count = sum(1 for _ in self._entries())
        for kind in self._kinds():
            shutil.rmtree(kind, ignore_errors=True)
        return count

    def info(self) -> CacheInfo:
        sizes = [status.st_size for _, status in self._entries()]
        return CacheInfo(self.folder, self.enabled, len(sizes), sum(sizes), self.limit)

    def trim(self) -> None:
        """Delete the least recently used entries until the cache is within nine tenths of its limit."""
        entries = list(self._entries())
        size = sum(status.st_size for _, status in entries)
        if size <= self.limit:
            return
        for path, status in sorted(entries, key=lambda entry: entry[1].st_mtime_ns):
            if size <= self.limit * 9 // 10:
                return
            with contextlib.suppress(OSError):
                path.unlink()
                size -= status.st_size

    def _count(self, written: int) -> None:
        with self._lock:
            self._written += written
            if self._written < _TRIM_EVERY:
                return
            self._written = 0
        self.trim()

    def _path(self, kind: str, key: str) -> Path:
        return self.folder / f"v1-{kind}" / key[:2] / key[2:]

    def _kinds(self) -> list[Path]:
        return [path for path in self.folder.glob("v1-*") if path.is_dir()]

    def _entries(self) -> Iterator[tuple[Path, os.stat_result]]:
        for kind in self._kinds():
            for path in kind.glob("*/*"):
                with contextlib.suppress(OSError):
                    yield path, path.stat()


def _checksum(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=_CHECK_BYTES).digest()


def digest(*parts: bytes | str) -> str:
    """A key from parts; no two different lists of parts give the same one."""
    state = hashlib.blake2b(digest_size=20)
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        state.update(len(data).to_bytes(8, "little") + data)
    return state.hexdigest()


@cache
def code_fingerprint(*modules: str) -> str:
    """A hash that changes when a file of these imported packages does: part of the key of what they made.

    Names, sizes and times are enough, and cost a hundredth of reading the files.
    """
    parts = []
    for module in modules:
        for origin in sys.modules[module].__path__:
            for folder, _, names in os.walk(origin):
                if not folder.endswith("__pycache__"):
                    statuses = ((name, os.stat(os.path.join(folder, name))) for name in names)
                    parts += [f"{folder} {name} {s.st_size} {s.st_mtime_ns}" for name, s in statuses]
    return digest(sys.version, *sorted(parts))


def module_digest(module: Module) -> str:
    """A hash of what a module does and of the lines that it comes from; taken once of each."""
    if not module.digest:
        set_module_digest(module, digest(print_module(module, locations=True)))
    return module.digest


def set_module_digest(module: Module, found: str) -> None:
    """For who has a hash of what the module was made of, which takes less time than to read the module."""
    object.__setattr__(module, "digest", found)  # nothing that the module is


def default_cache() -> DiskCache:
    """The cache that the settings name."""
    variables = ("CUDAWASM_CACHE", "CUDAWASM_CACHE_DIR", "CUDAWASM_CACHE_MB")
    return _cache_of(os.getcwd(), *(os.environ.get(name, "") for name in variables))


@lru_cache(maxsize=8)
def _cache_of(*settings: str) -> DiskCache:
    folder = str(config.resolve("cache_dir").value)
    if not folder:
        import platformdirs

        folder = platformdirs.user_cache_dir("cudawasm", appauthor=False)
    limit = int(config.resolve("cache_mb").value) * 1_000_000
    return DiskCache(Path(folder).expanduser(), limit, bool(config.resolve("cache").value))
