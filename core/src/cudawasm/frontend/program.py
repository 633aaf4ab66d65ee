"""A CUDA source as a program: its kernels, and KIR modules made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import CompileError, InternalError
from cudawasm.frontend import calls, lambdas, operators  # register their lowerings
from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend.functions import Instance
from cudawasm.frontend.lambda_classes import enter_lambdas
from cudawasm.frontend.linking import LinkedSource, LinkedSources
from cudawasm.frontend.parse_expressions import Parser
from cudawasm.frontend.prelude import enter_prelude, prelude_header, prelude_macros
from cudawasm.frontend.preprocess import Preprocessor
from cudawasm.frontend.sema import Sema
from cudawasm.frontend.symbols import (
    FunctionDecl,
    NamespaceSymbol,
    Range,
    Scope,
)
from cudawasm.frontend.syntax import Name
from cudawasm.frontend.tokens import Token, fail, lex, match_brackets
from cudawasm.ir import nodes
from cudawasm.ir import types as kir
from cudawasm.ir.reach import called_functions, referenced_variables
from cudawasm.source import SourceFile, Span

__all__ = [
    "FrontendOptions",
    "KernelDecl",
    "Lowered",
    "ParamInfo",
    "Program",
    "calls",
    "lambdas",
    "operators",
]


@dataclass(frozen=True, slots=True)
class FrontendOptions:
    """What the command line of a compiler would say."""

    defines: Mapping[str, str] = field(default_factory=dict)
    include_dirs: tuple[str, ...] = ()
    fast_math: bool = False
    contract: bool = True
    linked: tuple[LinkedSource, ...] = ()
    """The other sources of a program whose device code is linked."""
    is_linked: bool = False
    """Whether other sources may see the variables of this one, so that private ones need names of their own."""


@dataclass(frozen=True, slots=True)
class KernelDecl:
    """A ``__global__`` function of the source."""

    name: str
    is_template: bool
    span: Span


@dataclass(frozen=True, slots=True)
class ParamInfo:
    """A kernel parameter: its name, its C++ type as text, and its KIR type."""

    name: str
    cxx_type: str
    type: kir.Type


@dataclass(frozen=True, slots=True)
class Lowered:
    """One kernel with everything that it uses."""

    module: nodes.Module
    kernel: str
    params: tuple[ParamInfo, ...]
    display: str


def _with_end(tokens: list[Token], file: SourceFile) -> Range:
    """The tokens, followed by some that end the source, so that looking ahead needs no check."""
    at = len(file.text)
    end = Token("end", "", file, at, at, False, False)
    return Range([*tokens, end, end, end], 0, len(tokens))


class Program:
    """Parses a source once; kernels are lowered on demand.

    Raises CompileError for what is wrong with the source as a whole.
    """

    def __init__(self, text: bytes, name: str = "<source>", options: FrontendOptions | None = None) -> None:
        self.options = options or FrontendOptions()
        self.file = SourceFile(name, text)
        self._preprocessors: list[Preprocessor] = []
        tokens = self._tokens(self.file, self.options.defines, self.options.include_dirs)
        match_brackets(tokens)
        self._files = {t.file.name for t in tokens} if self.options.linked else set()
        self.sema = Sema()
        self.sema.contract = self.options.contract
        self.sema.linked = LinkedSources(self.sema, self.options.linked, self._linked)
        self.sema.linked.own_name = name if self.options.is_linked else ""
        with _deep_recursion():
            enter_prelude(self.sema, self.options.fast_math)
            self.sema.declarations.index(_with_end(tokens, self.file), self.sema.global_scope)
            enter_lambdas(self.sema, tokens)
        self._lowered: dict[str, Lowered] = {}

    def _tokens(self, file: SourceFile, defines: Mapping[str, str], include_dirs: tuple[str, ...]) -> list[Token]:
        preprocessor = Preprocessor({}, include_dirs)
        self._preprocessors.append(preprocessor)
        preprocessor.macros.update(prelude_macros(self.options.fast_math))
        for macro, value in defines.items():
            preprocessor.define(macro, value)
        if "NDEBUG" in defines:  # as if the compiler had read <cassert> first, as nvcc does
            preprocessor.run(prelude_header("assert.h"))
        return preprocessor.run(file)

    def _linked(self, source: LinkedSource) -> Range:
        file = SourceFile(source.name, source.text)
        tokens = self._tokens(file, dict(source.defines), source.include_dirs)
        own = [t for t in tokens if t.file.name not in self._files]
        match_brackets(own)
        return _with_end(own, file)

    # --- what was read -----------------------------------------------------------------------------

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        return tuple(w for p in self._preprocessors for w in p.warnings)

    @property
    def dependencies(self) -> tuple[Path, ...]:
        """The files that have been included."""
        return tuple(dict.fromkeys(path for p in self._preprocessors for path in p.dependencies))

    @property
    def absent(self) -> tuple[Path, ...]:
        """Places where headers were looked for and not found."""
        return tuple(dict.fromkeys(path for p in self._preprocessors for path in p.absent))

    # --- kernels -----------------------------------------------------------------------------------

    @property
    def kernels(self) -> tuple[KernelDecl, ...]:
        """All kernels in the order of the source; prototypes and specialisations are left out.

        Those that are overloaded have the types of their parameters in their names.
        """
        by_path: dict[str, list[FunctionDecl]] = {}
        for path, decl in self._kernel_decls(self.sema.global_scope, ""):
            by_path.setdefault(path, []).append(decl)
        found: list[KernelDecl] = []
        for path, decls in by_path.items():
            plain = [d for d in decls if not d.template]
            for decl in plain or decls[:1]:
                name = path + self._parameters_of(decl) if len(plain) > 1 else path
                found.append(KernelDecl(name, not plain, decl.header.tokens[decl.name_at].span))
        return tuple(sorted(found, key=lambda k: (k.span.file.name, k.span.start)))

    def _parameters_of(self, decl: FunctionDecl) -> str:
        params = self.sema.functions.signature(decl).params
        return f"({', '.join(str(cxx.decayed_parameter(p.ctype)) for p in params)})"

    def _kernel_decls(self, scope: Scope, prefix: str) -> list[tuple[str, FunctionDecl]]:
        found: list[tuple[str, FunctionDecl]] = []
        for name, symbols in scope.names.items():
            for symbol in symbols:
                if isinstance(symbol, FunctionDecl) and "__global__" in symbol.qualifiers:
                    if symbol.body is not None and symbol.template != []:
                        found.append((prefix + name, symbol))
                elif isinstance(symbol, NamespaceSymbol) and symbol.scope.parent is scope:
                    inner = prefix if name == "<anonymous>" else f"{prefix}{name}::"
                    found += self._kernel_decls(symbol.scope, inner)
        return found

    def lower(self, expression: str) -> Lowered:
        """The KIR of a kernel: ``"saxpy"``, ``"ns::scan"`` or ``"axpy<float, 4>"``.

        Raises CompileError when the kernel does not exist (E0222) or is refused.
        """
        if expression not in self._lowered:
            with _deep_recursion():
                self._lowered[expression] = self._lower(expression)
        return self._lowered[expression]

    def _lower(self, expression: str) -> Lowered:
        instance = self._instance(expression)
        try:
            self.sema.functions.require(instance, instance.decl.header.first.span)
            self.sema.functions.finish()
            self._dispatchers(instance.kir_name)
        except CompileError as error:
            self.sema.functions.forget()
            first = error.diagnostics[0]
            if first.span is not None:
                raise
            place = instance.decl.header.tokens[instance.decl.name_at].span
            raise CompileError([replace(first, span=place), *error.diagnostics[1:]]) from None
        except RecursionError:
            self.sema.functions.forget()
            fail("E0103", "the program is nested too deeply", instance.decl.header.first.span)
        self.sema.functions.keep()
        return self._packed(instance)

    def _instance(self, expression: str) -> Instance:
        tokens = lex(SourceFile("<kernel name>", expression.encode()))
        match_brackets(tokens)
        missing = f"there is no kernel '{expression}'"
        if not tokens:
            fail("E0222", missing, None)
        opened = next((i for i, t in enumerate(tokens) if t.match == len(tokens) - 1), len(tokens))
        scope, start = self._home(tokens)
        named = self._named(Range(tokens, start, opened), scope, missing)
        decls = [s for s in named.symbols if isinstance(s, FunctionDecl) and "__global__" in s.qualifiers]
        if not decls:
            fail("E0222", missing, None)
        found = self._candidates(expression, decls, named.args)
        if not found:
            fail("E0222", missing, None)
        defined = [instance for instance in found if instance.decl.body is not None]
        if len(defined) < 2:
            return next(iter(defined), found[0])
        if opened == len(tokens):
            place = defined[-1].decl.header.tokens[defined[-1].decl.name_at].span
            fail("E0222", f"kernel '{expression}' is overloaded", place, "add the types of its parameters to its name")
        return self._overload(defined, Range(tokens, opened + 1, len(tokens) - 1), scope, missing)

    def _candidates(self, expression: str, decls: list[FunctionDecl], args: Any) -> list[Instance]:
        """The kernels of a name, or the instances of its templates that take these arguments."""
        if args is None:
            plain = [d for d in decls if not d.template]
            if not plain:
                place = decls[0].header.first.span
                fail("E0222", f"kernel '{expression}' is a template: name its arguments", place)
            return [self.sema.functions.plain_instance(d) for d in plain]
        found: list[Instance] = []
        rejected: CompileError | None = None
        for decl in decls:
            bindings = self.sema.templates.deduce_explicit(decl, args) if decl.template else None
            if bindings is None:
                continue
            try:
                found.append(self.sema.functions.instance(decl, bindings))
            except CompileError as error:  # no error by itself: another template may take these arguments
                rejected = rejected or error
        if rejected is not None and not found:
            raise rejected
        return found

    def _overload(self, candidates: list[Instance], types: Range, scope: Scope, missing: str) -> Instance:
        """The one whose parameters have these types."""
        wanted = [cxx.decayed_parameter(p.ctype) for p in Parser(self.sema, types, scope).parameters()]
        for instance in candidates:
            if [cxx.decayed_parameter(p.ctype) for p in instance.signature.params] == wanted:
                return instance
        fail("E0222", missing, None)

    def _named(self, area: Range, scope: Scope, missing: str) -> Name:
        parser = Parser(self.sema, area, scope)
        named = parser.qualified_name()
        if not isinstance(named, Name) or not parser.finished:
            fail("E0222", missing, None)
        return named

    def _home(self, tokens: list[Token]) -> tuple[Scope, int]:
        """(the namespace that a name is in, where its last part begins), so that what is in the brackets is looked up
        there: compilers write names as seen from the function they name."""
        scope, start = self.sema.global_scope, 0
        while start + 2 < len(tokens) and tokens[start + 1].text == "::":
            inner = next((s for s in scope.names.get(tokens[start].text, []) if isinstance(s, NamespaceSymbol)), None)
            if inner is None or tokens[start + 2].text not in inner.scope.names:
                break
            scope, start = inner.scope, start + 2
        return scope, start

    # --- modules -----------------------------------------------------------------------------------

    def _packed(self, instance: Instance) -> Lowered:
        functions = self._reachable(instance.kir_name)
        variables = {v: None for f in functions.values() for v in referenced_variables(f)}
        shared = tuple(v for v in variables if v.space is kir.Space.SHARED)
        global_ = tuple(v for v in variables if v.space in (kir.Space.GLOBAL, kir.Space.CONSTANT))
        kernel = functions[instance.kir_name]
        params = tuple(
            ParamInfo(p.name, str(p.ctype), v.type)
            for p, v in zip(instance.signature.params, kernel.params, strict=True)
        )
        return Lowered(nodes.Module(functions, global_, shared), kernel.name, params, kernel.display)

    def _reachable(self, name: str) -> dict[str, nodes.Function]:
        made = self._dispatchers(name)
        found: dict[str, nodes.Function] = {}
        work = [name]
        while work:
            current = work.pop()
            if current not in found:
                found[current] = made[current] if current in made else self.sema.functions.kir[current]
                work += called_functions(found[current])
        return found

    def _dispatchers(self, name: str) -> dict[str, nodes.Function]:
        """The dispatchers that a kernel needs. What they call is lowered, and may bring more of both."""
        functions, pointers = self.sema.functions, self.sema.pointers
        made: dict[str, nodes.Function] = {}
        before: tuple[object, ...] = ()
        while True:
            found: dict[str, nodes.Function] = {}
            work = [name, *(called for function in made.values() for called in called_functions(function))]
            needed: dict[str, None] = {}
            while work:
                current = work.pop()
                if pointers.is_dispatcher(current):
                    needed[current] = None
                elif current not in found:
                    found[current] = functions.kir[current]
                    work += called_functions(found[current])
            if not needed:
                return {}
            candidates = pointers.candidates(found.values())
            if before == (set(needed), set(candidates)):
                return made
            before = (set(needed), set(candidates))
            made = {n: pointers.build(n, candidates) for n in needed}
            for instance in candidates.values():
                functions.require(instance, instance.decl.header.first.span)
            functions.finish()

    def lower_library_function(self, name: str, type_: kir.Scalar) -> tuple[nodes.Module, str]:
        """KIR of the device function of this name whose first parameter has this type."""
        functions = self.sema.functions
        for symbol in self.sema.global_scope.names.get(name, ()):
            if not isinstance(symbol, FunctionDecl) or symbol.template is not None:
                continue
            instance = functions.plain_instance(symbol)
            if cxx.kir_type(instance.signature.params[0].ctype) == type_:
                with _deep_recursion():
                    functions.require(instance, None)
                    functions.finish()
                lowered = self._packed(instance)
                return lowered.module, lowered.kernel
        raise InternalError(f"the device library has no '{name}' for {type_}")

    def global_variable(self, name: str) -> tuple[nodes.Var, cxx.CType] | None:
        """A ``__device__`` or ``__constant__`` variable by its C++ name, or None."""
        from cudawasm.frontend.symbols import VariableDecl

        scope = self.sema.global_scope
        parts = name.split("::")
        for part in parts[:-1]:
            inner = next((s for s in scope.local(part) if isinstance(s, NamespaceSymbol)), None)
            if inner is None:
                return None
            scope = inner.scope
        for symbol in scope.local(parts[-1]):
            if isinstance(symbol, VariableDecl) and self.sema.variables.is_on_device(symbol):
                value = self.sema.variables.value(symbol, symbol.declaration.first.span)
                if isinstance(value.place, nodes.VarPlace):
                    return value.place.var, value.ctype
        return None


class _deep_recursion:
    """Nested expressions recurse deeply; Python's default limit is for accidents."""

    def __enter__(self) -> None:
        import sys

        self.outer = sys.getrecursionlimit()
        sys.setrecursionlimit(max(self.outer, 20_000))

    def __exit__(self, *_: object) -> None:
        import sys

        sys.setrecursionlimit(self.outer)
