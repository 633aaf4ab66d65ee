"""What a function mentions: variables outside itself, and the functions that it calls."""

from __future__ import annotations

from collections.abc import Iterator

from cudawasm.ir import nodes
from cudawasm.ir.types import Space
from cudawasm.ir.walk import root, statement_expressions, statements, subexpressions


def called_functions(function: nodes.Function) -> list[str]:
    """Names of the functions called, in order, each once."""
    return list(dict.fromkeys(s.function for s in statements(function.body) if isinstance(s, nodes.Call)))


def referenced_variables(function: nodes.Function) -> list[nodes.Var]:
    """Shared, global and constant variables that the function mentions, each once."""
    found: dict[nodes.Var, None] = {}
    for statement in statements(function.body):
        for place in _places(statement):
            start = root(place)
            if isinstance(start, nodes.VarPlace) and start.var.space is not Space.LOCAL:
                found[start.var] = None
    return list(found)


def _places(statement: nodes.Stmt) -> Iterator[nodes.Place]:
    if isinstance(statement, (nodes.Assign, nodes.Atomic)):
        yield statement.place
    for expr in statement_expressions(statement):
        for inner in subexpressions(expr):
            if isinstance(inner, (nodes.Load, nodes.AddressOf)):
                yield inner.place
