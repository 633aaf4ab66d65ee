"""From a source to KIR modules, by way of the disk cache: a hit never loads the front end."""

from __future__ import annotations

import gc
import io
import pickle
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from cudawasm import config
from cudawasm._version import __version__
from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import CompileError, OptionError
from cudawasm.ir.nodes import Function, Module, Var
from cudawasm.runtime.cache import DiskCache, code_fingerprint, default_cache, digest, set_module_digest
from cudawasm.runtime.interface import CompileOptions
from cudawasm.source import SourceFile

_KIND = "frontend"


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """What the front end and the backends are told, read from nvcc-like options."""

    defines: tuple[tuple[str, str], ...] = ()
    include_dirs: tuple[str, ...] = ()
    compile: CompileOptions = field(default_factory=CompileOptions)
    is_linked: bool = False
    """Whether the source's device code is linked with that of others."""
    linked: tuple[tuple[str, bytes, tuple[tuple[str, str], ...], tuple[str, ...]], ...] = ()
    """The others: name, text, defines and folders of headers of each."""


def parse_options(
    options: Sequence[str] | str, defines: Mapping[str, Any], include_dirs: Sequence[Any]
) -> SourceOptions:
    """Read options as nvcc spells them. Raises OptionError for one that is not known.

    Known: -D, -I, --use_fast_math, --fmad=false, -G, and ours --bounds-checks, --sanitize, --keep=DIR. Options that
    only choose an architecture, a C++ version or an optimisation level are accepted: every kernel is compiled as
    C++17 and fully optimised for the device at hand.
    """
    words = shlex.split(options) if isinstance(options, str) else list(options)
    found = {name: str(value) for name, value in defines.items()}
    folders = [str(folder) for folder in include_dirs]
    flags: dict[str, Any] = {name: bool(config.resolve(name).value) for name in ("bounds_checks", "sanitize")}
    position = 0
    while position < len(words):
        word = words[position]
        position += 1
        for prefix in ("-D", "-I"):
            if word == prefix and position < len(words):
                word += words[position]
                position += 1
        if word in _FLAGS:
            flags.update(_FLAGS[word])
        elif word.startswith("-D") and len(word) > 2:
            name, _, value = word[2:].partition("=")
            found[name] = value if "=" in word else "1"
        elif word.startswith("-I") and len(word) > 2:
            folders.append(word[2:])
        elif word.startswith("--define-macro="):
            name, _, value = word.removeprefix("--define-macro=").partition("=")
            found[name] = value or "1"
        elif word.startswith("--include-path="):
            folders.append(word.removeprefix("--include-path="))
        elif word.startswith("--keep="):
            flags["keep"] = word.removeprefix("--keep=")
        elif not word.startswith(_WITHOUT_EFFECT):
            raise OptionError(
                f'unknown option "{word}"',
                hint="known: -DNAME=VALUE, -IDIR, --use_fast_math, --fmad=false, -G, --bounds-checks, --sanitize, "
                "--keep=DIR",
            )
    return SourceOptions(tuple(sorted(found.items())), tuple(folders), CompileOptions(**flags))


_FLAGS: Mapping[str, Mapping[str, Any]] = {
    "--use_fast_math": {"fast_math": True},
    "-use_fast_math": {"fast_math": True},
    "--fmad=false": {"contract": False},
    "-fmad=false": {"contract": False},
    "--fmad=true": {"contract": True},
    "-fmad=true": {"contract": True},
    "-G": {"debug": True},
    "--device-debug": {"debug": True},
    "--bounds-checks": {"bounds_checks": True},
    "--sanitize": {"sanitize": True},
}
_WITHOUT_EFFECT = (
    "-arch", "--gpu-architecture", "-gencode", "--generate-code", "-std=", "--std=", "-O", "--optimize",
    "-lineinfo", "--generate-line-info", "-w", "--disable-warnings", "--extended-lambda",
    "--expt-extended-lambda", "--expt-relaxed-constexpr", "-default-device",
    "--device-as-default-execution-space", "-Xptxas", "--ptxas-options",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unit:
    """One kernel lowered: a module that holds it and all it uses."""

    module: Module
    kernel: str

    @property
    def function(self) -> Function:
        return self.module.functions[self.kernel]


@dataclass(slots=True)
class _Entry:
    """A cache entry: pickled kernels and warnings, the source files they share, what it depends on.

    A dependency is a path and the hash of its file, which is empty for a place where a header was not found.
    """

    dependencies: tuple[tuple[str, str], ...]
    files: tuple[SourceFile, ...]
    templates: tuple[str, ...]
    units: dict[str, bytes]
    warnings: bytes


class Compilation:
    """A source and its kernels: the plain ones lowered at once, templates when they are asked for.

    Raises CompileError with the diagnostics of all kernels that are refused. With ``on_demand`` all kernels are lowered
    by ``instantiate`` only, and ``kernels`` and ``templates`` are empty.
    """

    def __init__(
        self, text: bytes, name: str, options: SourceOptions, cache: DiskCache | None = None, on_demand: bool = False
    ):
        self.on_demand = on_demand
        self.text = text
        self.name = name
        self.options = options
        self._cache = cache if cache is not None else default_cache()
        self._key = digest(
            __version__, code_fingerprint("cudawasm"), text, name, repr(options.defines),
            repr(options.include_dirs), repr(options.compile), repr((options.is_linked, options.linked)),
        )  # fmt: skip
        self._units: dict[str, Unit] = {}
        self._entry = None if on_demand else self._load(self._key)
        self.from_cache = self._entry is not None
        """Whether the kernels came from the disk."""
        self.kernels: tuple[str, ...]
        """Names of the kernels that are not templates."""
        self.templates: tuple[str, ...]
        """Names of the kernel templates."""
        if on_demand:
            self.kernels = self.templates = ()
        elif self._entry is None:
            self._compile()
        else:
            self.kernels, self.templates = tuple(self._entry.units), self._entry.templates

    @cached_property
    def warnings(self) -> tuple[Diagnostic, ...]:
        if self._entry is None:
            return tuple(self._program.warnings)
        return tuple(_unpickle(self._entry.warnings, self._entry.files))

    def unit(self, name: str) -> Unit:
        """A kernel by name. Raises KeyError for a name that is not in ``kernels``."""
        if name not in self._units and self._entry is not None:
            self._units[name] = self._read(self._entry, name)
        return self._units[name]

    def instantiate(self, expression: str) -> Unit:
        """A kernel template with arguments, as ``axpy<float, 4>``. Raises CompileError."""
        expression = " ".join(expression.split())
        if expression not in self._units:
            key = digest(self._key, expression)
            entry = self._load(key)
            if entry is None:
                self._units[expression] = lower(self._program, expression)
                self._store(key, (expression,), (), ())
            else:
                self._units[expression] = self._read(entry, expression)
        return self._units[expression]

    def variable(self, name: str) -> Var | None:
        """A ``__device__`` or ``__constant__`` variable that the source declares, used by a kernel or not."""
        found = self._program.global_variable(name)
        return None if found is None else found[0]

    @cached_property
    def _program(self) -> Any:
        return open_program(self.text, self.name, self.options)

    def _compile(self) -> None:
        program = self._program
        diagnostics: list[Diagnostic] = []
        for declaration in program.kernels:
            if declaration.is_template:
                continue
            try:
                self._units[declaration.name] = lower(program, declaration.name)
            except CompileError as error:
                diagnostics += [d for d in error.diagnostics if d not in diagnostics]
        if diagnostics:
            raise CompileError(diagnostics)
        self.kernels = tuple(self._units)
        self.templates = tuple(k.name for k in program.kernels if k.is_template)
        self._store(self._key, self.kernels, self.templates, tuple(program.warnings))

    def _load(self, key: str) -> _Entry | None:
        data = self._cache.get(_KIND, key)
        if data is None:
            return None
        try:
            entry: _Entry = pickle.loads(data)
        except Exception:  # of another version of a class, say: any failure is a miss
            return None
        if any(_file_hash(path) != expected for path, expected in entry.dependencies):
            return None
        return entry

    def _store(
        self, key: str, names: Sequence[str], templates: tuple[str, ...], warnings: tuple[Diagnostic, ...]
    ) -> None:
        if not self._cache.enabled:
            return
        files: list[SourceFile] = []
        try:
            units = {name: _pickle(self._units[name], files) for name in names}
            packed_warnings = _pickle(warnings, files)
        except RecursionError:  # expressions nested deeper than pickle can go are compiled each time
            return
        entry = _Entry(
            tuple((str(path), _file_hash(str(path))) for path in (*self._program.dependencies, *self._program.absent)),
            # Only what a file is, not what was computed from it.
            tuple(SourceFile(f.name, f.text, f.is_builtin) for f in files),
            templates,
            units,
            packed_warnings,
        )
        for name in names:
            self._name(entry, name, self._units[name])
        self._cache.put(_KIND, key, pickle.dumps(entry, pickle.HIGHEST_PROTOCOL))

    def _read(self, entry: _Entry, name: str) -> Unit:
        unit: Unit = _unpickle(entry.units[name], entry.files)
        self._name(entry, name, unit)
        return unit

    def _name(self, entry: _Entry, name: str, unit: Unit) -> None:
        """Say by what backends' caches know a kernel: all of the text that it was made of."""
        set_module_digest(unit.module, digest(self._key, repr(entry.dependencies), name))


def open_program(text: bytes, name: str, options: SourceOptions) -> Any:
    """The front end's ``Program`` of a source; imports the front end. Raises CompileError."""
    from cudawasm.frontend import FrontendOptions, LinkedSource, Program

    frontend_options = FrontendOptions(
        defines=dict(options.defines),
        include_dirs=options.include_dirs,
        fast_math=options.compile.fast_math,
        contract=options.compile.contract,
        linked=tuple(LinkedSource(*source) for source in options.linked),
        is_linked=options.is_linked,
    )
    return Program(text, name, frontend_options)


def lower(program: Any, name: str) -> Unit:
    """A kernel of a front end's program. Raises CompileError."""
    lowered = program.lower(name)
    return Unit(lowered.module, lowered.kernel)


def _file_hash(path: str) -> str:
    try:
        return digest(Path(path).read_bytes())
    except OSError:
        return ""


class _Pickler(pickle.Pickler):
    """Leaves source files out, so that several pickles share them.

    Frozen dataclasses are stored as calls of their class: reading those takes half the time of what
    dataclasses do by themselves.
    """

    def __init__(self, stream: io.BytesIO, files: list[SourceFile]):
        super().__init__(stream, pickle.HIGHEST_PROTOCOL)
        self._files = files
        self._numbers = {id(file): number for number, file in enumerate(files)}
        self._fields: dict[type, tuple[str, ...]] = {}

    def persistent_id(self, obj: Any) -> int | None:
        if type(obj) is not SourceFile:
            return None
        number = self._numbers.get(id(obj))
        if number is None:
            number = self._numbers[id(obj)] = len(self._files)
            self._files.append(obj)
        return number

    def reducer_override(self, obj: Any) -> Any:
        kind = type(obj)
        names = self._fields.get(kind)
        if names is None:
            frozen = "__dataclass_fields__" in vars(kind) and kind.__dataclass_params__.frozen
            names = self._fields[kind] = tuple(f.name for f in fields(obj) if f.init) if frozen else ()
        if not names:
            return NotImplemented
        return kind, tuple([getattr(obj, name) for name in names])


class _Unpickler(pickle.Unpickler):
    def __init__(self, stream: io.BytesIO, files: Sequence[SourceFile]):
        super().__init__(stream)
        self._files = files

    def persistent_load(self, pid: Any) -> SourceFile:
        file: SourceFile = self._files[pid]
        return file


def _pickle(value: Any, files: list[SourceFile]) -> bytes:
    stream = io.BytesIO()
    _Pickler(stream, files).dump(value)
    return stream.getvalue()


def _unpickle(data: bytes, files: Sequence[SourceFile]) -> Any:
    # The collector would look at a growing heap again and again, and there is no garbage to find.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _Unpickler(io.BytesIO(data), files).load()
    finally:
        if collecting:
            gc.enable()
