"""The device code of a source file, as its object file carries it: the text and what it was compiled with."""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path

from cudawasm.runtime.cache import default_cache, digest
from cudawasm.runtime.compilation import SourceOptions
from cudawasm.runtime.interface import CompileOptions


@dataclass(frozen=True, slots=True)
class DeviceUnit:
    """``files`` has the text of every file that was read, by its absolute path: the source first, then its headers.

    ``include_dirs`` are where they were looked for. ``is_relocatable``: nvcc's ``-rdc=true``, by which the device code
    of a program's sources is linked.
    """

    files: tuple[tuple[str, str], ...]
    include_dirs: tuple[str, ...]
    defines: tuple[tuple[str, str], ...]
    options: CompileOptions
    is_relocatable: bool = False

    def dump(self) -> bytes:
        return zlib.compress(json.dumps(asdict(self)).encode(), 6)

    @classmethod
    def read(cls, data: bytes) -> DeviceUnit:
        found = json.loads(zlib.decompress(data))
        files = tuple((str(path), str(text)) for path, text in found["files"])
        defines = tuple((str(name), str(value)) for name, value in found["defines"])
        return cls(
            files, tuple(found["include_dirs"]), defines, CompileOptions(**found["options"]), found["is_relocatable"]
        )

    def restored(self) -> tuple[str, bytes, SourceOptions]:
        """(the path of the source, its text, options): from the files as they were, where those have changed since."""
        (path, text), *headers = self.files
        options = SourceOptions(self.defines, self.include_dirs, self.options, self.is_relocatable)
        if all(_is_same(Path(name), content) for name, content in headers):
            return path, text.encode(errors="surrogateescape"), options
        root = default_cache().folder / "sources" / digest(self.dump())
        for name, content in self.files:
            place = root / name.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content.encode(errors="surrogateescape"))
        moved = tuple(str(root / folder.lstrip("/")) for folder in self.include_dirs)
        options = SourceOptions(self.defines, moved, self.options, self.is_relocatable)
        return str(root / path.lstrip("/")), text.encode(errors="surrogateescape"), options


def _is_same(path: Path, text: str) -> bool:
    try:
        return path.read_bytes() == text.encode(errors="surrogateescape")
    except OSError:
        return False
