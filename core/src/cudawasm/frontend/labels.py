"""Labels and ``goto`` while a function is read: markers in its KIR, of which ``gotos`` makes scopes and loops.

A label is marked by an empty scope of its name, a jump by a ``Break`` with a name of its own. When the function has
been read, each jump is checked not to enter the scope of an object, and destroys the objects that it leaves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cudawasm.frontend.gotos import structured
from cudawasm.frontend.lifetimes import destroy
from cudawasm.frontend.symbols import Range
from cudawasm.frontend.values import Value
from cudawasm.ir import nodes
from cudawasm.ir.walk import statements as all_statements
from cudawasm.source import Span

if TYPE_CHECKING:
    from cudawasm.frontend.lowering import FunctionLowering


@dataclass(frozen=True, slots=True)
class Point:
    """The scopes around a place in a function, outermost first, with what each had declared by then."""

    objects: list[tuple[list[Value], int]]
    initialised: list[tuple[list[str], int]]


@dataclass(frozen=True, slots=True)
class _Jump:
    marker: str
    name: str
    point: Point
    span: Span


@dataclass(slots=True)
class Labels:
    """The labels of one function. ``wanted`` are the names that its ``goto`` statements mention."""

    wanted: frozenset[str] = frozenset()
    markers: dict[str, str] = field(default_factory=dict)
    """The KIR label of each label that was read."""
    made: set[str] = field(default_factory=set)
    """All KIR labels that mark a statement, those of cases among them."""
    points: dict[str, Point] = field(default_factory=dict)
    jumps: list[_Jump] = field(default_factory=list)

    def marked_in(self, body: nodes.Block | list[nodes.Stmt]) -> bool:
        """Whether a label lies in these statements."""
        if not self.made:
            return False
        return any(isinstance(s, nodes.Scope) and s.label in self.made for s in all_statements(tuple(body)))


def wanted_labels(area: Range) -> frozenset[str]:
    tokens = area.tokens
    return frozenset(tokens[i + 1].text for i in range(area.start, area.end - 1) if tokens[i].text == "goto")


def here(fn: FunctionLowering) -> Point:
    return Point([(level, len(level)) for level in fn.cleanups], [(level, len(level)) for level in fn.initialised])


def mark(fn: FunctionLowering, name: str) -> str:
    """A place to jump to, as a new KIR label."""
    label = fn.label(f"{name}_")
    fn.labels.made.add(label)
    fn.emit(nodes.Scope(label, (), fn.span))
    return label


def define_label(fn: FunctionLowering, name: str, span: Span) -> None:
    """``name:``. One that no ``goto`` mentions means nothing."""
    if name in fn.labels.points:
        fn.fail("E0211", f"label '{name}' is defined twice", span)
    fn.labels.points[name] = here(fn)
    if name in fn.labels.wanted:
        fn.labels.markers[name] = mark(fn, name)


def jump_to(fn: FunctionLowering, name: str, span: Span) -> None:
    """``goto name;``, whose label may be anywhere in the function."""
    jump = _Jump(f"goto {len(fn.labels.jumps)}", name, here(fn), span)
    fn.labels.jumps.append(jump)
    fn.emit(nodes.Break(jump.marker, fn.span))


def finished(fn: FunctionLowering) -> nodes.Block:
    """The body of a function that has been read to its end."""
    body, labels = tuple(fn.out), fn.labels
    if not labels.made and not labels.jumps:
        return body
    return structured(fn, body, labels.made, {jump.marker: _leaving(fn, jump) for jump in labels.jumps})


def _leaving(fn: FunctionLowering, jump: _Jump) -> nodes.Block:
    """What a jump does: the destruction of the objects that it leaves, and the break to its label."""
    target = fn.labels.points.get(jump.name)
    if target is None:
        fn.fail("E0219", f"label '{jump.name}' is not defined in this function, or in code that is left out", jump.span)
    require_no_initialisation(fn, jump.point, target, jump.span)
    shared = sum(a is b for (a, _), (b, _) in zip(jump.point.objects, target.objects, strict=False))
    with fn.block() as out:
        for depth in range(len(jump.point.objects) - 1, max(shared - 1, 0) - 1, -1):
            level, count = jump.point.objects[depth]
            kept = target.objects[depth][1] if depth < shared else 0
            for value in reversed(level[kept:count]):
                destroy(fn, value)
        fn.emit(nodes.Break(fn.labels.markers[jump.name], jump.span))
    return tuple(out)


def require_no_initialisation(fn: FunctionLowering, start: Point, target: Point, span: Span) -> None:
    """Refuse a jump into the scope of a variable that it does not initialise."""
    known = {id(level): count for level, count in start.initialised}
    for level, count in target.initialised:
        passed = level[known.get(id(level), 0) : count]
        if passed:
            fn.fail("E0223", f"this jump bypasses the initialisation of '{passed[0]}'", span)
