"""Device code of several sources: what one declares and another defines.

Another source is read when a definition is first missed. Its declarations are in a namespace of its own inside the
program's global one, so that its names hide those of the program and are not seen by it; of a header that both read,
the program's tokens stand for both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cudawasm.frontend.symbols import FunctionDecl, NamespaceSymbol, Range, Scope, VariableDecl

if TYPE_CHECKING:
    from cudawasm.frontend.sema import Sema

EXTERN_BEFORE = "extern before"
"""Among a variable's storage words: it was declared ``extern`` before its definition."""
LINKING = "device code of other sources is found in programs compiled with -rdc=true"
"""What may be said where a definition is missing."""


@dataclass(frozen=True, slots=True)
class LinkedSource:
    """Another source of the program, and what it is compiled with."""

    name: str
    text: bytes
    defines: tuple[tuple[str, str], ...] = ()
    include_dirs: tuple[str, ...] = ()


class LinkedSources:
    """The other sources. ``read`` makes the tokens of one, without those of headers that the program has read."""

    def __init__(self, sema: Sema, sources: tuple[LinkedSource, ...], read: Callable[[LinkedSource], Range]) -> None:
        self._sema = sema
        self._sources = sources
        self._read = read
        self._scopes: dict[str, Scope] = {}
        self.own_name = ""
        """The name of the program's source where variables that other sources do not see need names of their own."""

    def functions(self, decl: FunctionDecl) -> Iterator[FunctionDecl]:
        """Functions of the other sources that may be what a declaration stands for."""
        for scope in self._namesakes(decl.scope):
            for symbol in scope.names.get(decl.name, ()):
                if isinstance(symbol, FunctionDecl) and symbol.body is not None and "static" not in symbol.qualifiers:
                    yield symbol

    def variable(self, name: str, scope: Scope) -> VariableDecl | None:
        """The definition of a variable that is declared ``extern`` in a scope."""
        for other in self._namesakes(scope):
            for symbol in other.names.get(name, ()):
                if isinstance(symbol, VariableDecl) and not symbol.storage & {"extern", "static"}:
                    return symbol
        return None

    def is_private(self, storage: frozenset[str], is_const: bool, scope: Scope) -> bool:
        """Whether only its own source sees a variable: C++'s internal linkage."""
        roots = [self._sema.global_scope, *self._scopes.values()]
        is_unnamed = any(not s.name and s.kind == "namespace" and s not in roots for s in scope.outward())
        is_own = "static" in storage or (is_const and not storage & {"extern", EXTERN_BEFORE})
        return is_unnamed or (is_own and scope.info is None)  # a class's static members are the program's

    def private_name(self, name: str, scope: Scope) -> str:
        """The name of a variable that only its source sees: the same whichever source is the program's."""
        homes = {id(inner): source for source, inner in self._scopes.items()}
        home = next((homes[id(s)] for s in scope.outward() if id(s) in homes), self.own_name)
        return distinct(name, home) if home else name

    def _namesakes(self, scope: Scope) -> Iterator[Scope]:
        """The namespaces that are called as one is, in all other sources."""
        self._read_all()
        roots = [self._sema.global_scope, *self._scopes.values()]
        path: list[str] = []
        inner: Scope | None = scope
        while inner is not None and inner not in roots:
            path.append(inner.name)
            inner = inner.parent
        for root in roots:
            found: Scope | None = root if root is not inner else None
            for name in reversed(path):
                found = _namespace(found, name) if found is not None else None
            if found is not None:
                yield found

    def _read_all(self) -> None:
        for source in self._sources:
            if source.name not in self._scopes:
                scope = self._scopes[source.name] = Scope("namespace", self._sema.global_scope)
                self._sema.declarations.index(self._read(source), scope)


def distinct(name: str, home: str) -> str:
    """A name for what is called so in one place and may be something else in another: the same in every run."""
    return f"{name}.{hashlib.sha256(home.encode()).hexdigest()[:8]}"


def _namespace(scope: Scope, name: str) -> Scope | None:
    return next((s.scope for s in scope.names.get(name, ()) if isinstance(s, NamespaceSymbol)), None)
