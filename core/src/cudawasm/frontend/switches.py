"""Lowering ``switch``, with and without fall through."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend import fold
from cudawasm.frontend.conversions import convert, numeric_cast
from cudawasm.frontend.expressions import lower
from cudawasm.frontend.labels import Point, here, mark, require_no_initialisation
from cudawasm.frontend.lifetimes import end_expression
from cudawasm.frontend.lowering import Jump
from cudawasm.frontend.symbols import Scope
from cudawasm.ir import nodes
from cudawasm.ir import types as kir
from cudawasm.ir.walk import assigned_variables, root, statement_expressions, subexpressions
from cudawasm.ir.walk import statements as all_statements

if TYPE_CHECKING:
    from cudawasm.frontend.statements import Statements

_MOST_CASES = 4096


@dataclass(slots=True)
class _Section:
    """Statements between case labels."""

    values: list[int] = field(default_factory=list)
    is_default: bool = False
    body: list[nodes.Stmt] = field(default_factory=list)


@dataclass(slots=True)
class OpenSwitch:
    """A switch whose statements are being read. ``inner`` has the labels of cases inside nested statements, with their
    values or None for the default."""

    type: kir.Type
    start: Point
    inner: list[tuple[tuple[int, ...] | None, str]] = field(default_factory=list)


def lower_switch(statements: Statements) -> None:
    """``switch (selector) { case ...: }``."""
    fn, parser = statements.fn, statements.parser
    parser.advance()
    outer = fn.scope
    statements.in_scope(Scope("block", outer))
    close = parser.closing()
    parser.advance()
    if statements._semicolon_before(close):
        statements._declaration_or_expression()
    outer_end, parser.end = parser.end, close
    value = lower(fn, parser.expression())
    parser.end, parser.position = outer_end, close + 1
    arithmetic = cxx.arithmetic_of(value.ctype)
    if arithmetic is None and isinstance(value.type, cxx.ClassType):
        value = convert(fn, value, cxx.INT, explicit=True)
        arithmetic = cxx.INT
    if arithmetic is None or arithmetic.scalar.is_float:
        fn.fail("E0217", f"'switch' does not take '{value.ctype}'")
    selector = numeric_cast(cxx.promoted(arithmetic), fn.load(value))
    selector = end_expression(fn, selector) or selector
    label = fn.label("switch")
    if not parser.at("{"):
        fn.fail("E0314", "a switch needs braces")
    jump = Jump(label, "", depth=len(fn.cleanups))
    fn.jumps.append(jump)
    fn.switches.append(OpenSwitch(selector.type, here(fn)))
    sections = _sections(statements)
    inner = fn.switches.pop().inner
    fn.jumps.pop()
    statements.in_scope(outer)
    for number, section in enumerate(sections):
        _hoist(statements, section, [s for later in sections[number + 1 :] for s in later.body])
    if inner or any(fn.labels.marked_in(section.body) for section in sections):
        _emit_labelled(statements, selector, sections, label, inner)
    elif sections:
        _emit(statements, selector, sections, label)


def _sections(statements: Statements) -> list[_Section]:
    fn, parser = statements.fn, statements.parser
    close = parser.closing()
    parser.advance()
    outer = fn.scope
    statements.in_scope(Scope("block", outer))
    sections: list[_Section] = []
    while parser.position < close:
        if _at_case(statements):
            values = _case(statements)
            section = _opened(sections)
            section.is_default = section.is_default or values is None
            section.values += values or ()
            continue
        if not sections and not _before_labels(statements):
            continue
        objects = len(fn.cleanups[-1])
        with fn.block() as inner:
            statements.statement()
        if len(fn.cleanups[-1]) > objects:
            fn.fail("E0304", "an object with a destructor between case labels needs braces around it")
        _opened_before(sections).body += inner
    statements.in_scope(outer)
    parser.position = close + 1
    return sections


def _at_case(statements: Statements) -> bool:
    parser = statements.parser
    return parser.at("case") or (parser.at("default") and parser.peek() == ":")


def _case(statements: Statements) -> tuple[int, ...] | None:
    """The values of ``case value:`` or ``case first ... last:``; None for ``default:``."""
    fn, parser = statements.fn, statements.parser
    switch = fn.switches[-1]
    token = parser.advance()
    require_no_initialisation(fn, switch.start, here(fn), token.span)
    if token.text == "default":
        parser.expect(":")
        return None

    def value() -> int:
        return int(fold.rounded(switch.type, fn.sema.constant(parser.conditional(), fn.scope).value))

    first = last = value()
    if parser.accept("..."):
        last = value()
    if last - first >= _MOST_CASES:
        parser.fail("E0314", f"a range of more than {_MOST_CASES} cases is not supported", parser.spanning(token))
    parser.expect(":")
    return tuple(range(first, last + 1))


def lower_inner_case(statements: Statements) -> None:
    """A case label inside a statement of its switch."""
    fn, parser = statements.fn, statements.parser
    if not fn.switches or not _at_case(statements):
        parser.fail("E0219", f"'{parser.text}' outside a switch")
    values = _case(statements)
    fn.switches[-1].inner.append((values, mark(fn, "case")))
    if not parser.finished and not parser.at("}"):
        statements.statement()


def _before_labels(statements: Statements) -> bool:
    """What stands before the first label runs only after a jump to it, and is read then (True); else it may declare."""
    fn, parser = statements.fn, statements.parser
    if not statements.at_declaration():
        start = parser.position
        statements.skip_statement()
        end = parser.position
        if statements.holds_label(start, end) or statements.holds_case(start, end):
            parser.position = start
            return True
        return False
    with fn.block() as inner:
        statements.statement()
    for statement in inner:
        if isinstance(statement, nodes.Declare):
            fn.emit(nodes.Declare(statement.var, None, statement.span))
    return False


def _opened_before(sections: list[_Section]) -> _Section:
    """The section that a statement belongs to."""
    if not sections:
        sections.append(_Section())
    return sections[-1]


def _opened(sections: list[_Section]) -> _Section:
    """The section that a label belongs to: a new one once statements have followed the last."""
    if not sections or sections[-1].body:
        sections.append(_Section())
    return sections[-1]


def _emit(statements: Statements, selector: nodes.Expr, sections: list[_Section], label: str) -> None:
    fn = statements.fn
    falls = any(not _leaves(s.body) for s in sections[:-1])
    if falls:
        _emit_falling(statements, selector, sections, label)
        return
    needs_scope = False
    cases: list[nodes.Case] = []
    default: tuple[nodes.Stmt, ...] = ()
    for section in sections:
        body = section.body
        if body and isinstance(body[-1], nodes.Break) and body[-1].label == label:
            body = body[:-1]
        needs_scope = needs_scope or _mentions(body, label)
        if section.is_default:  # its case values go there anyway
            default = tuple(body)
            continue
        cases.append(nodes.Case(tuple(section.values), tuple(body)))
    switch = nodes.Switch(selector, tuple(cases), default, fn.span)
    fn.emit(nodes.Scope(label, (switch,), fn.span) if needs_scope else switch)


def _hoist(statements: Statements, section: _Section, later: list[nodes.Stmt]) -> None:
    """Declare before the switch what sections after the one that declares it use too."""
    for statement in list(section.body):
        if isinstance(statement, nodes.Declare) and statement.init is None and _uses(later, statement.var):
            section.body.remove(statement)
            statements.fn.emit(statement)


def _uses(body: list[nodes.Stmt], var: nodes.Var) -> bool:
    for statement in all_statements(tuple(body)):
        if var in assigned_variables(statement):
            return True
        places = [getattr(e, "place", None) for x in statement_expressions(statement) for e in subexpressions(x)]
        places.append(getattr(statement, "place", None))
        for place in places:
            if place is not None and isinstance(start := root(place), nodes.VarPlace) and start.var is var:
                return True
    return False


def _emit_falling(statements: Statements, selector: nodes.Expr, sections: list[_Section], label: str) -> None:
    """With fall through: find the section to enter at, then run all from there until a break."""
    fn = statements.fn
    entry = fn.declare("entry", kir.I32, fold.constant(kir.I32, len(sections)))
    place = nodes.VarPlace(entry)
    cases: list[nodes.Case] = []
    default: tuple[nodes.Stmt, ...] = ()
    for number, section in enumerate(sections):
        enter = (nodes.Assign(place, fold.constant(kir.I32, number)),)
        if section.is_default:
            default = enter
        elif section.values:
            cases.append(nodes.Case(tuple(section.values), enter))
    fn.emit(nodes.Switch(selector, tuple(cases), default, fn.span))
    body: list[nodes.Stmt] = []
    hoisted: list[nodes.Stmt] = []
    for number, section in enumerate(sections):
        inner: list[nodes.Stmt] = []
        for statement in section.body:
            if isinstance(statement, nodes.Declare):
                hoisted.append(nodes.Declare(statement.var, None, statement.span))
                if statement.init is not None:
                    inner.append(nodes.Assign(nodes.VarPlace(statement.var), statement.init, statement.span))
            else:
                inner.append(statement)
        reached = fold.binary("le", nodes.Load(place), fold.constant(kir.I32, number))
        body.append(nodes.If(reached, tuple(inner)))
    for statement in hoisted:
        fn.emit(statement)
    fn.emit(nodes.Scope(label, tuple(body), fn.span))


def _emit_labelled(
    statements: Statements,
    selector: nodes.Expr,
    sections: list[_Section],
    label: str,
    inner: list[tuple[tuple[int, ...] | None, str]],
) -> None:
    """With labels inside: a switch jumps to the statements of a section, unless nothing else leads to them."""
    fn = statements.fn
    default: nodes.Block = (nodes.Break(label),)
    cases: list[nodes.Case] = []
    body: list[nodes.Stmt] = []
    falls = False
    if sections and not _leaves(sections[-1].body):
        sections[-1].body.append(nodes.Break(label))
    for section in sections:
        alone = not falls and _leaves(section.body) and not fn.labels.marked_in(section.body)
        falls = not _leaves(section.body)
        enter = tuple(section.body)
        if not alone:
            with fn.block() as marked:
                enter = (nodes.Break(mark(fn, "case")),)
            body += (*marked, *section.body)
        if section.is_default:
            default = enter
        elif section.values:
            cases.append(nodes.Case(tuple(section.values), enter))
    for values, name in inner:
        if values is None:
            default = (nodes.Break(name),)
        elif values:
            cases.append(nodes.Case(values, (nodes.Break(name),)))
    fn.emit(nodes.Scope(label, (nodes.Switch(selector, tuple(cases), default, fn.span), *body), fn.span))


def _leaves(body: list[nodes.Stmt]) -> bool:
    """Whether control never reaches the end of these statements."""
    if not body:
        return False
    last = body[-1]
    match last:
        case nodes.Break() | nodes.Continue() | nodes.Return() | nodes.Trap():
            return True
        case nodes.If(then=then, otherwise=otherwise):
            return _leaves(list(then)) and _leaves(list(otherwise))
    return False


def _mentions(body: list[nodes.Stmt] | tuple[nodes.Stmt, ...], label: str) -> bool:
    """Whether a break to this label remains in the statements."""
    for statement in body:
        match statement:
            case nodes.Break(label=target):
                if target == label:
                    return True
            case nodes.If(then=then, otherwise=otherwise):
                if _mentions(then, label) or _mentions(otherwise, label):
                    return True
            case nodes.Loop(body=inner, step=step):
                if _mentions(inner, label) or _mentions(step, label):
                    return True
            case nodes.Scope(body=inner):
                if _mentions(inner, label):
                    return True
            case nodes.Switch(cases=cases, default=default):
                if any(_mentions(c.body, label) for c in cases) or _mentions(default, label):
                    return True
    return False
