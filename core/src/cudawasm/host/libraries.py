"""CUDA's libraries that programs link with: a folder of sources each, built once for each compiler."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from cudawasm.host.build import BuildOptions, compile_any
from cudawasm.host.toolchain import HERE, INCLUDE, SHARED, Compiler, archive, compiler
from cudawasm.runtime.cache import default_cache, digest

LIBRARIES = HERE / "libraries"
NAMES = ("curand",)


def library(name: str, tool: Compiler) -> Path:
    """A library as a static one. Raises CompileError, ToolchainError."""
    folder = LIBRARIES / name
    sources = sorted(path for path in folder.iterdir() if path.suffix in (".cu", ".cpp"))
    texts = [path.read_bytes() for place in (folder, SHARED, INCLUDE) for path in sorted(place.rglob("*.*"))]
    target = default_cache().folder / "host" / digest(tool.path, name, *texts) / f"lib{name}.a"
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    options = BuildOptions(host=("-fPIC", "-Wall"), compiler=tool.path)
    objects = []
    for source in sources:
        objects.append(str(target.with_name(f"{source.stem}.{os.getpid()}.o")))
        compile_any(source, Path(objects[-1]), options, is_cuda=source.suffix == ".cu")
    made = target.with_suffix(f".{os.getpid()}")
    archive(made, objects)
    os.replace(made, target)
    for path in objects:
        os.unlink(path)
    return target


def with_libraries(options: BuildOptions) -> BuildOptions:
    """The options with our libraries in the place of flags that name them. Raises CompileError, ToolchainError."""
    ours = {flag: name for name in NAMES for flag in (f"-l{name}", f"-l{name}_static")}
    tool = compiler(options.compiler)
    link = tuple(str(library(ours[flag], tool)) if flag in ours else flag for flag in options.link)
    return replace(options, link=link)
