"""The disk cache and what is kept in it; the front end is a stand-in that counts its calls."""

from __future__ import annotations

import os
import types
from pathlib import Path
from typing import ClassVar

import pytest
from kir import SAXPY, kernel, module, pointer

import cudawasm as cw
import cudawasm.frontend
from cudawasm.diagnostics import Diagnostic
from cudawasm.ir import types as t
from cudawasm.runtime.cache import DiskCache, code_fingerprint, default_cache, digest, module_digest
from cudawasm.runtime.compilation import Compilation, parse_options
from cudawasm.source import SourceFile, Span

NONE = parse_options((), {}, ())


class Program:
    """Knows the kernels saxpy, broken (when the text says so) and the template axpy."""

    lowerings: ClassVar[list[str]] = []
    dependencies: ClassVar[list[Path]] = []
    absent: ClassVar[list[Path]] = []

    def __init__(self, text: bytes, name: str, options):
        self.file = SourceFile(name, text)
        self.options = options
        names = [("saxpy", False), ("axpy", True)] + [("broken", False)] * (b"broken" in text)
        self.kernels = [types.SimpleNamespace(name=n, is_template=i) for n, i in names]
        self.warnings = (Diagnostic("E0001", "look", Span(self.file, 0, 3), severity="warning"),)

    def lower(self, name: str):
        self.lowerings.append(name)
        if name == "broken":
            raise cw.CompileError([Diagnostic("E0001", "broken", Span(self.file, 0, 3))])
        made = SAXPY if name == "saxpy" else kernel(name, ("p", pointer(t.F64)))
        return types.SimpleNamespace(module=module(made), kernel=made.name)


@pytest.fixture(autouse=True)
def program(monkeypatch):
    monkeypatch.setattr(cudawasm.frontend, "Program", Program, raising=False)
    monkeypatch.setattr(cudawasm.frontend, "FrontendOptions", types.SimpleNamespace, raising=False)
    Program.lowerings, Program.dependencies, Program.absent = [], [], []
    return Program


def test_a_second_compilation_comes_from_the_disk():
    first = Compilation(b"text", "k.cu", NONE)
    second = Compilation(b"text", "k.cu", NONE)
    assert (first.from_cache, second.from_cache) == (False, True)
    assert Program.lowerings == ["saxpy"]
    assert second.kernels == first.kernels == ("saxpy",)
    assert second.templates == ("axpy",)
    assert [w.render() for w in second.warnings] == [w.render() for w in first.warnings]
    assert second.unit("saxpy").function.params[1].type == pointer(t.F32)
    assert not Compilation(b"other", "k.cu", NONE).from_cache
    assert not Compilation(b"text", "k.cu", parse_options(("-DA",), {}, ())).from_cache


def test_backends_know_a_kernel_by_the_same_digest_each_time():
    def found(text: bytes) -> str:
        return module_digest(Compilation(text, "k.cu", NONE).unit("saxpy").module)

    assert found(b"text") == found(b"text") != found(b"other")


def test_templates_are_kept_one_by_one():
    Compilation(b"text", "k.cu", NONE).instantiate("axpy<float,  4>")
    again = Compilation(b"text", "k.cu", NONE)
    assert again.instantiate("axpy<float, 4>").kernel == "axpy<float, 4>"
    assert Program.lowerings == ["saxpy", "axpy<float, 4>"]


def test_an_entry_dies_with_its_includes(tmp_path):
    header = tmp_path / "h.cuh"
    header.write_text("one")
    Program.dependencies = [header]
    Compilation(b"text", "k.cu", NONE)
    assert Compilation(b"text", "k.cu", NONE).from_cache
    header.write_text("two")
    assert not Compilation(b"text", "k.cu", NONE).from_cache


def test_an_entry_dies_when_a_header_appears_where_one_was_looked_for(tmp_path):
    shadow = tmp_path / "h.cuh"
    Program.absent = [shadow]
    Compilation(b"text", "k.cu", NONE)
    assert Compilation(b"text", "k.cu", NONE).from_cache
    shadow.write_text("shadows another")
    assert not Compilation(b"text", "k.cu", NONE).from_cache


def test_damaged_entries_are_misses():
    Compilation(b"text", "k.cu", NONE)
    for path in default_cache().folder.rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[:-1])
    assert not Compilation(b"text", "k.cu", NONE).from_cache
    cache = default_cache()
    for path in cache.folder.rglob("*"):
        if path.is_file():
            cache.put("frontend", path.parent.name + path.name, b"not a pickle")
    assert not Compilation(b"text", "k.cu", NONE).from_cache


def test_nothing_is_kept_when_the_cache_is_off(monkeypatch):
    monkeypatch.setenv("CUDAWASM_CACHE", "0")
    Compilation(b"text", "k.cu", NONE)
    assert not Compilation(b"text", "k.cu", NONE).from_cache


def test_all_refusals_of_a_source_come_at_once_and_are_not_kept():
    for _ in range(2):
        with pytest.raises(cw.CompileError) as caught:
            cw.Module("broken text")
        assert str(caught.value) == "kernel.cu:1:1: error[E0001]: broken\n    1 | broken text\n      | ^^^"
    assert Program.lowerings.count("broken") == 2


def test_modules_from_source_and_file(tmp_path):
    path = tmp_path / "k.cu"
    path.write_text("text")
    mod = cw.Module.from_file(path, defines={"N": 3})
    assert mod.name == str(path)
    assert mod.kernel("axpy<float, 4>").name == "axpy<float, 4>"
    assert mod.warnings[0].message == "look"
    with pytest.raises(cw.KernelNotFound) as caught:
        mod["axpy"]
    assert str(caught.value) == '[R0302] "axpy" is a template\n  hint: name its arguments: mod.kernel("axpy<...>")'
    assert "axpy<...>: template" in str(mod.report())


def test_cupys_and_pycudas_shapes(backend):
    x = cw.zeros(4, "f4")
    cw.RawKernel("text", "saxpy")((2,), (32,), (1.0, x, x, 4), shared_mem=16)
    assert backend.launches[-1][:5] == ("saxpy", (2, 1, 1), (32, 1, 1), 16, 0)
    raw = cw.RawModule(code="text", options=("-std=c++17",), name_expressions=["axpy<int>"])
    raw.compile(log := __import__("io").StringIO())
    assert "warning[E0001]" in log.getvalue()
    raw.get_function("axpy<int>")(1, 1, (cw.zeros(1),))
    with pytest.raises(cw.OptionError, match="either code or path"):
        cw.RawModule()
    function = cw.SourceModule("text", arch="sm_80").get_function("saxpy")
    assert function(1.0, x, x, 4, block=(8, 8, 1), grid=(3, 1)) is None
    assert backend.launches[-1][:3] == ("saxpy", (3, 1, 1), (8, 8, 1))
    assert function(1.0, x, x, 4, block=(8, 8, 1), time_kernel=True) >= 0
    function.prepare("fPPi", shared=64).prepared_call((1, 1), (4, 1, 1), 1.0, x, x, 4)
    assert backend.launches[-1][3] == 64
    with pytest.raises(cw.LaunchError, match="the block shape is missing"):
        function(1.0, x, x, 4)


def test_options_as_nvcc_spells_them():
    read = parse_options(
        "-DN=3 -D M -Iinc -I more --use_fast_math --fmad=false -G --bounds-checks --keep=out -std=c++17 -arch=sm_80",
        {"K": 1},
        [Path("last")],
    )
    assert read.defines == (("K", "1"), ("M", "1"), ("N", "3"))
    assert read.include_dirs == ("last", "inc", "more")
    options = read.compile
    assert (options.fast_math, options.contract, options.debug, options.bounds_checks, options.keep) == (
        True, False, True, True, "out",
    )  # fmt: skip
    with pytest.raises(cw.OptionError) as caught:
        parse_options(("--frob",), {}, ())
    assert str(caught.value).splitlines()[0] == '[R0304] unknown option "--frob"'


def test_the_cache_drops_the_least_recently_used(tmp_path):
    cache = DiskCache(tmp_path, limit=1000)
    for i in range(4):
        cache.put("cpu", digest(str(i)), bytes(200))
        os.utime(cache._path("cpu", digest(str(i))), (i, i))
    assert cache.get("cpu", digest("0")) == bytes(200)
    cache.put("cpu", digest("4"), bytes(200))
    cache.trim()
    assert [cache.get("cpu", digest(str(i))) is not None for i in range(5)] == [True, False, True, True, True]
    info = cache.info()
    assert (info.entries, info.size, info.limit) == (4, 864, 1000)
    assert cache.clear() == 4
    assert cache.info().entries == 0


def test_a_read_only_disk_is_no_error(tmp_path):
    (tmp_path / "file").write_text("")
    cache = DiskCache(tmp_path / "file" / "cache", limit=1000)
    cache.put("cpu", digest("k"), b"x")
    assert cache.get("cpu", digest("k")) is None


def test_fingerprints_and_digests():
    assert code_fingerprint("cudawasm") == code_fingerprint("cudawasm")
    assert digest("ab", "c") != digest("a", "bc")
