"""CUDA's libraries that programs link with: a folder of sources each, built once for each compiler."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cudawasm.host.build import BuildOptions, compile_any
from cudawasm.host.toolchain import HERE, INCLUDE, SHARED, Compiler, compiler, make_library
from cudawasm.runtime.cache import code_fingerprint, default_cache, digest

LIBRARIES = HERE / "libraries"
NAMES = ("curand",)


def library(name: str, tool: Compiler) -> Path:
    """A library as a static one. Raises CompileError, ToolchainError."""
    folder = LIBRARIES / name
    sources = sorted(path for path in folder.iterdir() if path.suffix in (".cu", ".cpp"))
    texts = [path.read_bytes() for place in (folder, SHARED, INCLUDE) for path in sorted(place.rglob("*.*"))]
    key = digest(tool.path, name, code_fingerprint("cudawasm"), *texts)  # the translation is ours, too
    target = default_cache().folder / "host" / key / f"lib{name}.a"
    if not target.exists():
        options = BuildOptions(host=("-fPIC", "-Wall"), compiler=tool.path)

        def compile_one(source: Path, made: Path) -> None:
            compile_any(source, made, options, is_cuda=source.suffix == ".cu")

        make_library(target, sources, compile_one)
    return target


def with_libraries(options: BuildOptions) -> BuildOptions:
    """The options with our libraries in the place of flags that name them. Raises CompileError, ToolchainError."""
    ours = {flag: name for name in NAMES for flag in (f"-l{name}", f"-l{name}_static")}
    tool = compiler(options.compiler)
    link = tuple(str(library(ours[flag], tool)) if flag in ours else flag for flag in options.link)
    return replace(options, link=link)
