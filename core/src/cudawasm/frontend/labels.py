"""Labels and ``goto``: jumps forward leave scopes, jumps backward go on with loops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cudawasm.frontend.lowering import GotoTarget
from cudawasm.ir import nodes

if TYPE_CHECKING:
    from cudawasm.frontend.statements import Statements


def lower_labelled(statements: Statements, end: int) -> None:
    """Statements up to a token position, with labels and jumps among them."""
    _region(statements, _labels(statements, end), end)


def _region(statements: Statements, labels: list[tuple[str, int]], end: int) -> None:
    """Statements with labels among them. A jump forward leaves a scope that ends at the label; from a label with a
    jump back to it, the statements up to that jump are a loop, and labels inside are the loop's."""
    loops, positions = _loops(statements, labels, end), dict(labels)
    inside = {name for head, last in loops.items() for name, at in labels if positions[head] < at < last}
    _scopes(statements, [label for label in labels if label[0] not in inside], labels, loops, end)


def _scopes(
    statements: Statements, outer: list[tuple[str, int]], labels: list[tuple[str, int]], loops: dict[str, int], end: int
) -> None:
    if not outer:
        statements.plain(end)
        return
    name, position = outer[-1]
    label = statements.fn.label(f"{name}_")
    statements.fn.gotos[name] = GotoTarget(label, False, len(statements.fn.cleanups))
    with statements.fn.block() as inner:
        _scopes(statements, outer[:-1], labels, loops, position)
    del statements.fn.gotos[name]
    statements.fn.emit(nodes.Scope(label, _hoisted(statements, inner), statements.fn.span))
    statements.parser.position = position + 2  # past "name :"
    if name in loops:
        _loop_of_label(statements, name, [(n, at) for n, at in labels if position < at < loops[name]], loops[name])
    statements.plain(end)


def _loop_of_label(statements: Statements, name: str, labels: list[tuple[str, int]], end: int) -> None:
    """The statements that a jump back repeats. They run once where there is none."""
    fn = statements.fn
    label = fn.label(f"{name}_again")
    fn.gotos[name] = GotoTarget(label, True, len(fn.cleanups), len(fn.cleanups[-1]))
    with fn.block() as inner:
        _region(statements, labels, end)
        fn.emit(nodes.Break(label))
    del fn.gotos[name]
    fn.emit(nodes.Loop(label, None, _hoisted(statements, inner), (), 0, fn.span))


def _loops(statements: Statements, labels: list[tuple[str, int]], end: int) -> dict[str, int]:
    """For labels with a jump back to them, where the statement with the last such jump ends.

    Loops that would overlap end together; what lies inside another loop is left to it.
    """
    loops: dict[str, int] = {}
    covered = 0
    for name, position in labels:
        if position < covered:
            continue
        last = _last_goto(statements, name, position, end)
        while last > 0:
            later = max((_last_goto(statements, n, at, end) for n, at in labels if position < at < last), default=0)
            if later <= last:
                break
            last = later
        if last > 0:
            covered = loops[name] = _statement_end(statements, position, last)
    return loops


def _last_goto(statements: Statements, name: str, start: int, end: int) -> int:
    tokens = statements.parser.tokens
    places = (i for i in range(end - 1, start, -1) if tokens[i].text == "goto" and tokens[i + 1].text == name)
    return next(places, 0)


def _statement_end(statements: Statements, start: int, inside: int) -> int:
    """Where the statement that contains a token ends, in the sequence of statements from ``start`` on."""
    here, statements.parser.position = statements.parser.position, start
    while statements.parser.position <= inside:
        statements.skip_statement()
    here, statements.parser.position = statements.parser.position, here
    return here


def _hoisted(statements: Statements, inner: list[nodes.Stmt]) -> tuple[nodes.Stmt, ...]:
    """Statements whose variables stay visible after them: the declarations move out."""
    body: list[nodes.Stmt] = []
    for statement in inner:
        if isinstance(statement, nodes.Declare):
            statements.fn.emit(nodes.Declare(statement.var, None, statement.span))
            if statement.init is not None:
                body.append(nodes.Assign(nodes.VarPlace(statement.var), statement.init, statement.span))
        else:
            body.append(statement)
    return tuple(body)


def _labels(statements: Statements, end: int) -> list[tuple[str, int]]:
    """Labels of this sequence, outside nested braces."""
    tokens = statements.parser.tokens
    found: list[tuple[str, int]] = []
    position = statements.parser.position
    start_of_statement = True
    while position < end:
        token = tokens[position]
        if start_of_statement and token.kind == "id" and tokens[position + 1].text == ":":
            if token.text not in ("default", "case"):
                found.append((token.text, position))
        start_of_statement = token.text in (";", "{", "}", ":") or token.text == ")"
        if token.text in ("(", "[") or token.text == "{":
            position = token.match
            start_of_statement = True
        position += 1
    return found
