"""What the server gives away: the page's files, the examples, and packages that were just made; all from memory.

A path is looked up, never joined to a folder, so that no path leads anywhere else.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

_TYPES = {
    ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml", ".json": "application/json", ".wasm": "application/wasm",
}  # fmt: skip
_MOST_PACKAGES = 16
_ORDER = (
    "mandelbrot", "fluid", "nbody", "life", "spheres", "heat", "blur", "saxpy", "matmul", "reduction", "histogram",
    "printf",
)  # fmt: skip
"""The examples as the page lists them."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent."""

    data: bytes
    type: str


def media_type(name: str) -> str:
    """By the ending of a file's name."""
    return next((kind for ending, kind in _TYPES.items() if name.endswith(ending)), "text/plain; charset=utf-8")


def page_files() -> dict[str, Asset]:
    """The files of the page by the paths under which a browser finds them."""
    return {f"/{path}": Asset(data, media_type(path)) for path, data in _read(_folder("page")).items()}


def examples() -> list[dict[str, Any]]:
    """Each example's description, CUDA source and Run script."""
    found = []
    for name in _ORDER:
        folder = _folder("examples") / name
        about = json.loads((folder / "example.json").read_text("utf-8"))
        source, run = ((folder / file).read_text("utf-8") for file in ("kernel.cu", "run.js"))
        found.append({"name": name, **about, "source": source, "run": run})
    return found


def _folder(name: str) -> Traversable:
    return resources.files("cudawasm_playground") / name


def _read(folder: Traversable, prefix: str = "") -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for entry in folder.iterdir():
        path = f"{prefix}{entry.name}"
        if entry.is_dir():
            found |= _read(entry, f"{path}/")
        else:
            found[path] = entry.read_bytes()
    return found


class Packages:
    """The packages that were made last, each under a path of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Mapping[str, bytes]] = OrderedDict()

    def add(self, files: Mapping[str, bytes]) -> str:
        """Keep a package; the path of its folder."""
        digest = hashlib.sha256()
        for name, data in sorted(files.items()):
            digest.update(f"{name}\0{len(data)}\0".encode() + data)
        key = digest.hexdigest()[:24]
        with self._lock:
            self._kept[key] = files
            self._kept.move_to_end(key)
            while len(self._kept) > _MOST_PACKAGES:
                self._kept.popitem(last=False)
        return f"/packages/{key}/"

    def find(self, path: str) -> Asset | None:
        """The file at a path, if it is one of a package that is still kept."""
        _, start, key, *rest = (*path.split("/"), "", "", "")[: path.count("/") + 3]
        if start != "packages":
            return None
        name = "/".join(part for part in rest if part)
        with self._lock:
            data = self._kept.get(key, {}).get(name)
        return None if data is None else Asset(data, media_type(name))
