"""Lowering ``switch``, with and without fall through."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend import fold
from cudawasm.frontend.conversions import convert, numeric_cast
from cudawasm.frontend.expressions import lower
from cudawasm.frontend.lifetimes import end_expression
from cudawasm.frontend.lowering import Jump
from cudawasm.frontend.symbols import Scope
from cudawasm.ir import nodes
from cudawasm.ir import types as kir
from cudawasm.ir.walk import assigned_variables, root, statement_expressions, subexpressions
from cudawasm.ir.walk import statements as all_statements

if TYPE_CHECKING:
    from cudawasm.frontend.statements import Statements


@dataclass(slots=True)
class _Section:
    """Statements between case labels."""

    values: list[int] = field(default_factory=list)
    is_default: bool = False
    body: list[nodes.Stmt] = field(default_factory=list)


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
    sections = _sections(statements, selector.type)
    fn.jumps.pop()
    statements.in_scope(outer)
    _emit(statements, selector, sections, label, jump)


def _sections(statements: Statements, type_: kir.Type) -> list[_Section]:
    fn, parser = statements.fn, statements.parser
    close = parser.closing()
    parser.advance()
    outer = fn.scope
    statements.in_scope(Scope("block", outer))
    sections: list[_Section] = []
    while parser.position < close:
        if parser.at("case"):
            parser.advance()
            constant = fn.sema.constant(parser.conditional(), fn.scope)
            if parser.at("..."):
                parser.fail("E0314", "case ranges are not supported")
            parser.expect(":")
            _opened(sections).values.append(int(fold.rounded(type_, constant.value)))
            continue
        if parser.at("default") and parser.peek() == ":":
            parser.advance()
            parser.advance()
            _opened(sections).is_default = True
            continue
        if not sections:
            _before_labels(statements)
            continue
        objects = len(fn.cleanups[-1])
        with fn.block() as inner:
            statements.statement()
        if len(fn.cleanups[-1]) > objects:
            fn.fail("E0304", "an object with a destructor between case labels needs braces around it")
        sections[-1].body += inner
    statements.in_scope(outer)
    parser.position = close + 1
    return sections


def _before_labels(statements: Statements) -> None:
    """What stands before the first label never runs, but it may declare."""
    if not statements.at_declaration():
        statements.skip_statement()
        return
    fn = statements.fn
    with fn.block() as inner:
        statements.statement()
    for statement in inner:
        if isinstance(statement, nodes.Declare):
            fn.emit(nodes.Declare(statement.var, None, statement.span))


def _opened(sections: list[_Section]) -> _Section:
    """The section that a label belongs to: a new one once statements have followed the last."""
    if not sections or sections[-1].body:
        sections.append(_Section())
    return sections[-1]


def _emit(statements: Statements, selector: nodes.Expr, sections: list[_Section], label: str, jump: Jump) -> None:
    fn = statements.fn
    if not sections:
        return
    for number, section in enumerate(sections):
        _hoist(statements, section, [s for later in sections[number + 1 :] for s in later.body])
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
