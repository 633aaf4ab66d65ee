"""Structured control flow from jumps between any two places of a function.

A label is marked by an empty ``Scope`` of its name, and a ``Break`` with that name jumps to it from anywhere. Block by
block, from the outermost in:

- A label inside a statement that is jumped to from outside of it cannot be reached directly. The jump says in a
  variable which label it wants and goes to the statement; the statement lets it pass to the block that holds the
  label, and from the beginning of that block another jump goes on.
- From a label that is jumped back to, the statements up to the last such jump are a loop. A label inside
  that is wanted from before the loop is reached in the same way, through the loop's beginning.
- Any other jump goes forward, and leaves a scope that ends at its label.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from cudawasm.frontend import fold
from cudawasm.ir import nodes
from cudawasm.ir import types as kir
from cudawasm.ir.walk import nested_blocks

if TYPE_CHECKING:
    from cudawasm.frontend.lowering import FunctionLowering


def structured(
    fn: FunctionLowering, body: nodes.Block, labels: Iterable[str], jumps: Mapping[str, nodes.Block]
) -> nodes.Block:
    """A body without the labels. ``jumps`` has the statements that the breaks of these names stand for."""
    return _Structure(fn, labels).function(_expanded(body, jumps))


def _expanded(body: nodes.Block, jumps: Mapping[str, nodes.Block]) -> nodes.Block:
    out: list[nodes.Stmt] = []
    for stmt in body:
        if isinstance(stmt, nodes.Break) and stmt.label in jumps:
            out += jumps[stmt.label]
        else:
            out.append(_with_blocks(stmt, lambda block: _expanded(block, jumps)))
    return tuple(out)


def _with_blocks(stmt: nodes.Stmt, change: Callable[[nodes.Block], nodes.Block]) -> nodes.Stmt:
    """A statement with each of its blocks changed."""
    match stmt:
        case nodes.If(then=then, otherwise=otherwise):
            return replace(stmt, then=change(then), otherwise=change(otherwise))
        case nodes.Loop(body=body, step=step):
            return replace(stmt, body=change(body), step=change(step))
        case nodes.Switch(cases=cases, default=default):
            changed = tuple(nodes.Case(case.values, change(case.body)) for case in cases)
            return replace(stmt, cases=changed, default=change(default))
        case nodes.Scope(body=body):
            return replace(stmt, body=change(body))
        case _:
            return stmt


class _Structure:
    def __init__(self, fn: FunctionLowering, labels: Iterable[str]) -> None:
        self.fn = fn
        self.labels = set(labels)
        self.numbers: dict[str, int] = {}
        """Labels that are reached through the beginning of a block, by the number that asks for them."""
        self.heads: dict[str, frozenset[str]] = {}
        """Labels of statements that let jumps pass, with the labels inside that are asked for there."""
        self.loops: set[str] = set()
        self._labels_known: dict[int, tuple[nodes.Stmt, frozenset[str]]] = {}
        self._breaks_known: dict[int, tuple[nodes.Stmt, frozenset[str]]] = {}
        self._jumps_known: dict[int, tuple[nodes.Stmt, frozenset[str]]] = {}
        self.target = nodes.VarPlace(nodes.Var(fn.unique("target"), kir.I32))

    def function(self, body: nodes.Block) -> nodes.Block:
        body = self.block(body)
        if not self.numbers:
            return body
        return (nodes.Declare(self.target.var, fold.constant(kir.I32, 0)), *body)

    def block(self, block: nodes.Block) -> nodes.Block:
        """A block without labels and jumps to them; jumps to places outside stay."""
        if not self._labels_in(block):
            return block
        block = self._with_loops(self._with_entries(block))
        inside: list[nodes.Stmt] = []
        for stmt in block:
            changed = stmt if self._is_label(stmt) else _with_blocks(stmt, self.block)
            if isinstance(changed, nodes.Loop) and changed.label in self.loops:
                declarations, rest = _hoisted(changed.body)
                inside += declarations
                changed = replace(changed, body=rest)
            inside.append(changed)
        return self._with_scopes(inside)

    # --- labels and jumps --------------------------------------------------------------------------

    def _is_label(self, stmt: nodes.Stmt) -> bool:
        return isinstance(stmt, nodes.Scope) and not stmt.body and stmt.label in self.labels

    def _labels_in(self, block: Iterable[nodes.Stmt]) -> frozenset[str]:
        return frozenset[str]().union(*(self._labels_of(stmt) for stmt in block))

    def _labels_of(self, stmt: nodes.Stmt) -> frozenset[str]:
        """The labels in a statement."""
        known = self._labels_known.get(id(stmt))
        if known is not None:
            return known[1]
        if isinstance(stmt, nodes.Scope) and self._is_label(stmt):
            found = frozenset((stmt.label,))
        else:
            found = frozenset[str]().union(*(self._labels_in(block) for block in nested_blocks(stmt)))
        self._labels_known[id(stmt)] = (stmt, found)
        return found

    def _direct_labels(self, block: Sequence[nodes.Stmt]) -> set[str]:
        return {s.label for s in block if isinstance(s, nodes.Scope) and self._is_label(s)}

    def _jumps_of(self, stmt: nodes.Stmt) -> frozenset[str]:
        """Labels that a statement jumps to from a block that does not hold them."""
        known = self._jumps_known.get(id(stmt))
        if known is not None:
            return known[1]
        if isinstance(stmt, nodes.Break):
            found = frozenset((stmt.label,)) & self.labels
        else:
            blocks = nested_blocks(stmt)
            found = frozenset[str]().union(*(self._jumps_in(block) - self._labels_in(block) for block in blocks))
        self._jumps_known[id(stmt)] = (stmt, found)
        return found

    def _jumps_in(self, block: Iterable[nodes.Stmt]) -> frozenset[str]:
        return frozenset[str]().union(*(self._jumps_of(stmt) for stmt in block))

    def _breaks_of(self, stmt: nodes.Stmt) -> frozenset[str]:
        """All that the breaks in a statement lead to."""
        known = self._breaks_known.get(id(stmt))
        if known is not None:
            return known[1]
        if isinstance(stmt, nodes.Break):
            found = frozenset((stmt.label,))
        else:
            inner = (self._breaks_of(s) for block in nested_blocks(stmt) for s in block)
            found = frozenset[str]().union(*inner)
        self._breaks_known[id(stmt)] = (stmt, found)
        return found

    def _redirected(self, stmts: Iterable[nodes.Stmt], label: str, jump: nodes.Block) -> list[nodes.Stmt]:
        """Statements with another jump in place of those to a label; blocks that hold the label stay."""
        out: list[nodes.Stmt] = []
        for stmt in stmts:
            if label not in self._jumps_of(stmt):
                out.append(stmt)
            elif isinstance(stmt, nodes.Break):
                out += jump
            else:
                out.append(_with_blocks(stmt, lambda block: self._redirected_block(block, label, jump)))
        return out

    def _redirected_block(self, block: nodes.Block, label: str, jump: nodes.Block) -> nodes.Block:
        return block if label in self._labels_in(block) else tuple(self._redirected(block, label, jump))

    def _marker(self, name: str) -> nodes.Scope:
        label = self.fn.label(name)
        self.labels.add(label)
        return nodes.Scope(label, ())

    # --- reaching a label through the beginning of a block -----------------------------------------

    def _asking_for(self, label: str, head: str) -> nodes.Block:
        """The jump to a statement that lets it pass to a label inside."""
        if label in self.heads:  # what is wanted has been said
            return (nodes.Break(head),)
        number = self.numbers.setdefault(label, len(self.numbers) + 1)
        return (nodes.Assign(self.target, fold.constant(kir.I32, number)), nodes.Break(head))

    def _is_wanted(self, labels: Iterable[str]) -> nodes.Expr:
        numbers = sorted({self.numbers[name] for label in labels for name in self.heads.get(label, (label,))})
        wanted: nodes.Expr = fold.constant(kir.BOOL, False)
        for number in numbers:
            is_this = fold.binary("eq", nodes.Load(self.target), fold.constant(kir.I32, number))
            wanted = is_this if isinstance(wanted, nodes.Const) else fold.binary("or", wanted, is_this)
        return wanted

    def _beginning(self, labels: Iterable[str], block: nodes.Block) -> nodes.Block:
        """A block that lets jumps pass to labels inside."""
        return (*(nodes.If(self._is_wanted([label]), (nodes.Break(label),)) for label in sorted(labels)), *block)

    def _arrived(self, block: Sequence[nodes.Stmt], label: str) -> nodes.Block:
        """The statements in which a label that has been reached is no longer wanted."""
        out: list[nodes.Stmt] = []
        for stmt in block:
            if label not in self._labels_of(stmt):
                out.append(stmt)
            elif isinstance(stmt, nodes.Scope) and self._is_label(stmt):
                out += (stmt, nodes.Assign(self.target, fold.constant(kir.I32, 0)))
            else:
                out.append(_with_blocks(stmt, lambda inner: self._arrived(inner, label)))
        return tuple(out)

    def _with_entries(self, block: nodes.Block) -> nodes.Block:
        """A block in which all jumps between its statements go to labels of the block itself."""
        wanted = self._jumps_in(block) - self._direct_labels(block)
        groups: list[list[nodes.Stmt]] = [[stmt] for stmt in block]
        entered: dict[int, tuple[nodes.Scope, frozenset[str]]] = {}
        for position, stmt in enumerate(block):
            inside = wanted & self._labels_of(stmt)
            if not inside:
                continue
            head = self._marker("into")
            entered[position] = (head, inside)
            self.heads[head.label] = inside
            for label in sorted(inside):
                if label not in self.numbers:
                    groups[position] = list(self._arrived(groups[position], label))
                jump = self._asking_for(label, head.label)
                groups = [self._redirected(group, label, jump) for group in groups]
        out: list[nodes.Stmt] = []
        for position, group in enumerate(groups):
            if position in entered:
                head, inside = entered[position]
                out += (head, *self._enterable(group[0], inside))
            else:
                out += group
        return tuple(out)

    def _enterable(self, stmt: nodes.Stmt, labels: frozenset[str]) -> nodes.Block:
        """A statement that lets jumps pass to labels inside."""
        match stmt:
            case nodes.If(condition=condition, then=then, otherwise=otherwise):
                first, second = labels & self._labels_in(then), labels & self._labels_in(otherwise)
                enter = nodes.Var(self.fn.unique("enter"), kir.BOOL)
                place = nodes.VarPlace(enter)
                arrives = fold.binary("eq", nodes.Load(self.target), fold.constant(kir.I32, 0))
                return (
                    nodes.Declare(enter, self._is_wanted(first)),
                    nodes.If(arrives, (nodes.Assign(place, condition),)),
                    replace(
                        stmt,
                        condition=nodes.Load(place),
                        then=self._beginning(first, then),
                        otherwise=self._beginning(second, otherwise),
                    ),
                )
            case nodes.Loop(label=label, condition=condition, body=body):
                if condition is not None:
                    body = (nodes.If(fold.unary("not", condition), (nodes.Break(label),)), *body)
                return (replace(stmt, condition=None, body=self._beginning(labels, body)),)
            case nodes.Scope(body=body):
                return (replace(stmt, body=self._beginning(labels, body)),)
            case _:
                raise AssertionError("labels lie in no other statement")

    # --- loops and scopes --------------------------------------------------------------------------

    def _with_loops(self, block: nodes.Block) -> nodes.Block:
        """A block in which all jumps between its statements go forward."""
        out = list(block)
        start = 0
        while start < len(out):
            head = out[start]
            last = self._last_jump_back(out, start)
            start += 1
            if last >= start:
                assert isinstance(head, nodes.Scope)
                before, loop = self._loop(out[: start - 1], head, out[start : last + 1])
                out = [*before, head, loop, *out[last + 1 :]]
                start = len(before) + 2
        return tuple(out)

    def _last_jump_back(self, stmts: Sequence[nodes.Stmt], start: int) -> int:
        """Where the loop ends that begins at a label here; -1 if none does. Loops that would overlap end together."""
        last, position = -1, start
        while position <= max(last, start):
            if self._is_label(stmts[position]):
                name = stmts[position].label  # type: ignore[union-attr]
                later = (i for i in range(len(stmts) - 1, position, -1) if name in self._jumps_of(stmts[i]))
                last = max(last, next(later, -1))
            position += 1
        return last

    def _loop(
        self, before: list[nodes.Stmt], head: nodes.Scope, inside: list[nodes.Stmt]
    ) -> tuple[list[nodes.Stmt], nodes.Loop]:
        """What a label's jumps back repeat, and the statements before with jumps into the middle of it redirected."""
        wanted = self._jumps_in(before) & self._direct_labels(inside)
        for label in sorted(wanted):
            if label not in self.numbers and label not in self.heads:
                inside = list(self._arrived(inside, label))
            before = self._redirected(before, label, self._asking_for(label, head.label))
        again = self.fn.label(f"{head.label.rstrip('0123456789')}again")
        self.loops.add(again)
        inside = self._redirected(inside, head.label, (nodes.Continue(again),))
        body = self._beginning(wanted, tuple(inside))
        return before, nodes.Loop(again, None, (*body, nodes.Break(again)), (), 0, head.span)

    def _with_scopes(self, stmts: Iterable[nodes.Stmt]) -> nodes.Block:
        """A block without labels, all jumps to which come from before. What no jump reaches is left out."""
        out: list[nodes.Stmt] = []
        reached = True
        for stmt in stmts:
            if isinstance(stmt, nodes.Scope) and self._is_label(stmt):
                first = next((i for i, s in enumerate(out) if stmt.label in self._breaks_of(s)), -1)
                if first >= 0:
                    declarations, rest = _hoisted(out[first:])
                    out[first:] = [*declarations, replace(stmt, body=rest)]
                    reached = True
            elif reached:
                out.append(stmt)
                reached = not isinstance(stmt, (nodes.Break, nodes.Continue, nodes.Return))
            elif isinstance(stmt, nodes.Declare):
                out.append(nodes.Declare(stmt.var, None, stmt.span))
        return tuple(out)


def _hoisted(stmts: Iterable[nodes.Stmt]) -> tuple[list[nodes.Stmt], nodes.Block]:
    """Declarations of variables that stay visible, and the statements without them."""
    declarations: list[nodes.Stmt] = []
    rest: list[nodes.Stmt] = []
    for stmt in stmts:
        if not isinstance(stmt, nodes.Declare):
            rest.append(stmt)
            continue
        declarations.append(nodes.Declare(stmt.var, None, stmt.span))
        if stmt.init is not None:
            rest.append(nodes.Assign(nodes.VarPlace(stmt.var), stmt.init, stmt.span))
    return declarations, tuple(rest)
