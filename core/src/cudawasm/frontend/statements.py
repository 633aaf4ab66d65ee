"""Parsing and lowering statements, one after the other, so that every name is known when it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from cudawasm.errors import CompileError
from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend import fold, initialise, syntax
from cudawasm.frontend.conversions import bind_reference, to_bool
from cudawasm.frontend.expressions import lower, lower_place
from cudawasm.frontend.inline_ptx import lower_asm
from cudawasm.frontend.labels import define_label, jump_to
from cudawasm.frontend.lifetimes import end_expression, leave, lifetime
from cudawasm.frontend.local_declarations import bind_parts, declare
from cudawasm.frontend.lowering import Jump
from cudawasm.frontend.operators import lower_discarded
from cudawasm.frontend.parse_expressions import Parser
from cudawasm.frontend.parse_types import STORAGE_WORDS, Specifiers
from cudawasm.frontend.switches import lower_inner_case, lower_switch
from cudawasm.frontend.symbols import Range, Scope, ValueSymbol
from cudawasm.frontend.tokens import Token, lex, match_brackets
from cudawasm.frontend.values import Value, lvalue
from cudawasm.ir import nodes
from cudawasm.ir import types as kir
from cudawasm.source import SourceFile

if TYPE_CHECKING:
    from cudawasm.frontend.lowering import FunctionLowering

_MAX_NESTING = 120


class Statements:
    """Lowers the statements of a token range into a function."""

    def __init__(self, fn: FunctionLowering, area: Range) -> None:
        self.fn = fn
        self.parser = Parser(fn.sema, area, fn.scope)
        self.depth = 0

    # --- scopes and sequences ----------------------------------------------------------------------

    def in_scope(self, scope: Scope) -> None:
        self.fn.scope = scope
        self.parser.scope = scope

    def sequence(self, end: int) -> None:
        """Statements up to a token position."""
        while self.parser.position < end:
            self.statement()

    def compound(self) -> None:
        """``{ ... }`` with its own scope."""
        close = self.parser.closing()
        self.parser.advance()
        outer = self.fn.scope
        self.in_scope(Scope("block", outer))
        with lifetime(self.fn):
            self.sequence(close)
        self.in_scope(outer)
        self.parser.position = close + 1

    def body(self) -> tuple[nodes.Stmt, ...]:
        """A substatement as a KIR block."""
        outer = self.fn.scope
        self.in_scope(Scope("block", outer))
        with self.fn.block() as inner, lifetime(self.fn):
            self.statement()
        self.in_scope(outer)
        return tuple(inner)

    # --- one statement -----------------------------------------------------------------------------

    def statement(self) -> None:
        self.depth += 1
        if self.depth > _MAX_NESTING:
            self.parser.fail("E0103", "statements are nested too deeply")
        while self.parser.at("[") and self.parser.peek() == "[":
            self.parser.skip_attribute()
        self.fn.span = self.parser.token.span
        token = self.parser.token
        if token.kind == "pragma":
            self.parser.advance()
            self._pragma(token)
        elif token.kind in ("id", "op") and (handler := _HANDLERS.get(token.text)) is not None:
            handler(self)
        else:
            self._declaration_or_expression()
        self.depth -= 1

    def _pragma(self, token: Token) -> None:
        self.unroll = self._unroll_count(token)
        if self.parser.at("for", "while", "do"):
            self.statement()
        self.unroll = 0

    unroll = 0

    def _unroll_count(self, token: Token) -> int:
        words = token.text.split(maxsplit=1)
        if words[0] == "nounroll":
            return 1
        if len(words) == 1:
            return -1
        tokens = [t.moved_to(token) for t in lex(SourceFile("<pragma>", words[1].encode("latin-1")))]
        match_brackets(tokens)
        node = Parser(self.fn.sema, Range(tokens, 0, len(tokens)), self.fn.scope).expression()
        count = int(self.fn.sema.constant(node, self.fn.scope).value)
        return count if count > 0 else -1

    def _empty(self) -> None:
        self.parser.advance()

    def _if(self) -> None:
        fn, parser = self.fn, self.parser
        parser.advance()
        is_constexpr = parser.accept("constexpr")
        outer = fn.scope
        self.in_scope(Scope("block", outer))
        condition = self._condition_group(is_constexpr)
        span = fn.span
        if isinstance(condition, nodes.Const) and (is_constexpr or not self._label_follows()):
            self._known_if(bool(condition.value))
        else:
            then = self.body()
            otherwise = self.body() if parser.accept("else") else ()
            fn.emit(nodes.If(condition, then, otherwise, span))
        self.in_scope(outer)

    def _label_follows(self) -> bool:
        """Whether the branches of the ``if`` here hold a label, so that both may run."""
        parser = self.parser
        if not self.fn.labels.wanted:
            return False
        start = parser.position
        self.skip_statement()
        if parser.accept("else"):
            self.skip_statement()
        end, parser.position = parser.position, start
        return self.holds_label(start, end)

    def holds_label(self, start: int, end: int) -> bool:
        """Whether a label that a ``goto`` mentions may lie among these tokens."""
        tokens, wanted = self.parser.tokens, self.fn.labels.wanted
        return any(tokens[i].text in wanted and tokens[i + 1].text == ":" for i in range(start, end - 1))

    def holds_case(self, start: int, end: int) -> bool:
        """Whether a label of the switch around may lie among these tokens."""
        return any(self.parser.tokens[i].text in ("case", "default") for i in range(start, end))

    def _known_if(self, taken: bool) -> None:
        """Only the branch that runs is lowered; the other is skipped over by its tokens."""
        parser = self.parser
        if taken:
            for statement in self.body():
                self.fn.emit(statement)
        else:
            self.skip_statement()
        if parser.accept("else"):
            if taken:
                self.skip_statement()
            else:
                for statement in self.body():
                    self.fn.emit(statement)

    def skip_statement(self) -> None:
        """Move past one statement without looking into it."""
        parser = self.parser
        if parser.token.kind == "pragma":
            parser.advance()
        while self._at_label():
            parser.position += 2
        if parser.at("{"):
            parser.position = parser.closing() + 1
        elif parser.at("if"):
            parser.advance()
            parser.accept("constexpr")
            parser.group()
            self.skip_statement()
            if parser.accept("else"):
                self.skip_statement()
        elif parser.at("for", "while", "switch"):
            parser.advance()
            parser.group()
            self.skip_statement()
        elif parser.at("do"):
            parser.advance()
            self.skip_statement()
            self._to_semicolon()
        else:
            self._to_semicolon()

    def _to_semicolon(self) -> None:
        parser = self.parser
        while not parser.at(";"):
            if parser.finished:
                parser.fail("E0202", "expected ';'")
            match = parser.token.match
            parser.position = match + 1 if match > parser.position else parser.position + 1
        parser.advance()

    def _condition_group(self, is_constexpr: bool = False) -> nodes.Expr:
        """``(init; condition)``; a declaration may stand in either place."""
        parser = self.parser
        if not parser.at("("):
            parser.expect("(")
        close = parser.closing()
        parser.advance()
        if self._semicolon_before(close):
            self._declaration_or_expression()
        condition = self._condition(close, is_constexpr)
        parser.position = close + 1
        return condition

    def _semicolon_before(self, close: int) -> bool:
        position = self.parser.position
        tokens = self.parser.tokens
        while position < close:
            if tokens[position].text == ";":
                return True
            position = tokens[position].match + 1 if tokens[position].match > position else position + 1
        return False

    def _condition(self, close: int, is_constexpr: bool = False) -> nodes.Expr:
        fn, parser = self.fn, self.parser
        outer_end, parser.end = parser.end, close
        try:
            if self.at_declaration():
                value = declare(self.fn, parser, parser.specifiers())
                assert value is not None
                condition = to_bool(fn, value)
                return end_expression(fn, condition) or condition
            node = parser.expression()
            if not parser.finished:
                parser.fail("E0202", f"unexpected '{parser.text}' in a condition")
        finally:
            parser.end = outer_end
        if is_constexpr:
            constant = fn.sema.constant(node, fn.scope)
            return fold.constant(kir.BOOL, constant.value)
        condition = to_bool(fn, lower(fn, node))
        return end_expression(fn, condition) or condition

    # --- loops -------------------------------------------------------------------------------------

    def _while(self) -> None:
        fn, parser = self.fn, self.parser
        unroll, self.unroll = self.unroll, 0
        span = fn.span
        parser.advance()
        outer = fn.scope
        self.in_scope(Scope("block", outer))
        label = fn.label("while")
        objects = len(fn.cleanups[-1])
        with fn.block() as head:
            condition = self._condition_group()
        if len(fn.cleanups[-1]) > objects:
            fn.fail("E0304", "an object with a destructor in the condition of a loop is not supported")
        self._loop(label, head, condition, None, unroll, span)
        self.in_scope(outer)

    def _loop(
        self, label: str, head: list[nodes.Stmt], condition: nodes.Expr | None, step: list[nodes.Stmt] | None,
        unroll: int, span: object,
    ) -> None:  # fmt: skip
        fn = self.fn
        fn.jumps.append(Jump(label, label, depth=len(fn.cleanups)))
        body = self.body()
        fn.jumps.pop()
        self._emit_loop(label, head, condition, body, step or [], unroll)

    def _emit_loop(
        self, label: str, head: list[nodes.Stmt], condition: nodes.Expr | None, body: tuple[nodes.Stmt, ...],
        step: list[nodes.Stmt], unroll: int,
    ) -> None:  # fmt: skip
        if head and condition is not None:
            leave = nodes.If(fold.unary("not", condition), (nodes.Break(label),))
            body = (*head, leave, *body)
            condition = None
        if isinstance(condition, nodes.Const):
            if condition.value:
                condition = None
            elif not self.fn.labels.marked_in(body):
                return
        self.fn.emit(nodes.Loop(label, condition, body, tuple(step), unroll, self.fn.span))

    def _do(self) -> None:
        fn, parser = self.fn, self.parser
        unroll, self.unroll = self.unroll, 0
        parser.advance()
        label = fn.label("do")
        fn.jumps.append(Jump(label, label, depth=len(fn.cleanups)))
        body = self.body()
        fn.jumps.pop()
        parser.expect("while")
        with fn.block() as step:
            condition = self._condition_group()
            if isinstance(condition, nodes.Const):
                if not condition.value:
                    fn.emit(nodes.Break(label))
            else:
                fn.emit(nodes.If(fold.unary("not", condition), (nodes.Break(label),)))
        parser.expect(";")
        fn.emit(nodes.Loop(label, None, body, tuple(step), unroll, fn.span))

    def _for(self) -> None:
        fn, parser = self.fn, self.parser
        unroll, self.unroll = self.unroll, 0
        parser.advance()
        if not parser.at("("):
            parser.expect("(")
        close = parser.closing()
        parser.advance()
        outer = fn.scope
        self.in_scope(Scope("block", outer))
        if not self._semicolon_before(close):
            self._range_for(close, unroll)
            self.in_scope(outer)
            return
        self._declaration_or_expression()
        label = fn.label("for")
        semicolon = self._next_semicolon()
        with fn.block() as head:
            condition = None if parser.at(";") else self._condition(semicolon)
        parser.position = semicolon + 1
        step_range = Range(parser.tokens, parser.position, close)
        parser.position = close + 1
        fn.jumps.append(Jump(label, label, depth=len(fn.cleanups)))
        body = self.body()
        fn.jumps.pop()
        with fn.block() as step:
            if step_range.start < step_range.end:
                lower_discarded(fn, Parser(fn.sema, step_range, fn.scope).whole_expression())
                end_expression(fn)
        self._emit_loop(label, head, condition, body, step, unroll)
        self.in_scope(outer)

    def _next_semicolon(self) -> int:
        position = self.parser.position
        tokens = self.parser.tokens
        while tokens[position].text != ";":
            position = tokens[position].match + 1 if tokens[position].match > position else position + 1
            if position >= self.parser.end:
                self.parser.fail("E0202", "expected ';' in a for statement")
        return position

    def _range_for(self, close: int, unroll: int) -> None:
        fn, parser = self.fn, self.parser
        specifiers = parser.specifiers()
        ctype = parser.pointer_operators(specifiers.ctype)
        name: str | list[str] = [t.text for t in self._group_names()] if parser.at("[") else parser.expect_name().text
        parser.expect(":")
        area = Range(parser.tokens, parser.position, close)
        values = lower(fn, Parser(fn.sema, area, fn.scope).whole_expression())
        fn.initialised[-1].append("the range of a for statement")
        if fn.temporaries:
            fn.fail("E0304", "a range-based for over a temporary with a destructor is not supported")
        parser.position = close + 1
        if values.elements is not None:
            values = self._listed_values(values.elements)
        array = values.type
        if isinstance(array, cxx.ClassType):
            self._iterator_for(name, ctype, values, unroll)
            return
        if not isinstance(array, cxx.ArrayOf):
            fn.fail("E0314", f"a range-based for over '{values.ctype}' is not supported")
        values = fn.stabilised(values)
        index = fn.declare("i", kir.I32, fold.constant(kir.I32, 0))
        place = nodes.VarPlace(index)
        assert values.place is not None
        label = fn.label("for")
        element = lvalue(array.element, nodes.Index(values.place, nodes.Load(place)))
        with fn.block() as head:
            self._bind_element(name, ctype, element)
        fn.jumps.append(Jump(label, label, depth=len(fn.cleanups)))
        body = (*head, *self.body())
        fn.jumps.pop()
        step = nodes.Assign(place, fold.binary("add", nodes.Load(place), fold.constant(kir.I32, 1)))
        condition = fold.binary("lt", nodes.Load(place), fold.constant(kir.I32, array.count))
        fn.emit(nodes.Loop(label, condition, body, (step,), unroll, fn.span))

    def _listed_values(self, items: syntax.InitList) -> Value:
        """The array behind ``for (auto x : {1, 2, 3})``."""
        fn = self.fn
        if not items.items:
            fn.fail("E0211", "an empty list has no element type", items.span)
        element = cxx.decayed(fn.sema.unevaluated_in(fn, items.items[0]).ctype)
        array = cxx.ArrayOf(element, len(items.items))
        target = lvalue(array, nodes.VarPlace(fn.declare("list", cxx.kir_type(array))))
        initialise.fill(fn, target, items)
        return target

    def _iterator_for(self, name: str | list[str], ctype: cxx.CType, values: Value, unroll: int) -> None:
        """Over an object with begin() and end(), members or found by its type's namespace."""
        fn = self.fn
        values = fn.stabilised(Value(values.ctype, fn.place_of(values)))
        span = fn.span or self.parser.token.span

        def named(value: Value) -> syntax.Name:
            return syntax.Name("", [ValueSymbol(value)], None, True, span, fn.scope)

        def call(method: str) -> Value:
            function: syntax.Node = syntax.MemberAccess(named(values), method, None, False, span)
            args: list[syntax.Node] = []
            if not cxx.class_info(values.type).scope.local(method):
                function, args = syntax.Name(method, [], None, False, span, fn.scope), [named(values)]
            value = lower(fn, syntax.Call(function, args, span))
            base = cxx.decayed(value.ctype)
            var = fn.declare(method, cxx.kir_type(base), initialise.copied(fn, value, base))
            return lvalue(base, nodes.VarPlace(var))

        here, last = call("begin"), call("end")
        label = fn.label("for")
        with fn.block() as head:
            condition = to_bool(fn, lower(fn, syntax.Binary("!=", named(here), named(last), span)))
        with fn.block() as first:
            self._bind_element(name, ctype, lower(fn, syntax.Unary("*", named(here), span)))
        fn.jumps.append(Jump(label, label, depth=len(fn.cleanups)))
        body = (*first, *self.body())
        fn.jumps.pop()
        with fn.block() as step:
            lower_discarded(fn, syntax.Unary("++", named(here), span))
        self._emit_loop(label, head, condition, body, step, unroll)

    def _group_names(self) -> list[Token]:
        area = self.parser.group()
        return [t for t in area.tokens[area.start : area.end] if t.kind == "id"]

    def _bind_element(self, name: str | list[str], ctype: cxx.CType, element: Value) -> None:
        fn = self.fn
        if isinstance(name, list):
            bind_parts(
                fn, name, element, isinstance(ctype, cxx.ReferenceTo), cxx.is_const(cxx.without_reference(ctype))
            )
            return
        if initialise.is_placeholder(ctype):
            ctype = initialise.deduce_auto(fn, ctype, element)
        if isinstance(ctype, cxx.ReferenceTo):
            fn.scope.bind(name, ValueSymbol(bind_reference(fn, element, ctype), ctype))
            return
        base = cxx.unqualified(ctype)
        var = fn.declare(name, cxx.kir_type(base), initialise.copied(fn, element, base))
        fn.scope.bind(name, ValueSymbol(lvalue(ctype, nodes.VarPlace(var))))

    # --- jumps -------------------------------------------------------------------------------------

    def _break(self) -> None:
        self.parser.advance()
        self.parser.expect(";")
        if not self.fn.jumps:
            self.fn.fail("E0219", "'break' outside a loop or switch")
        self.fn.jumps[-1].uses_break = True
        leave(self.fn, self.fn.jumps[-1].depth)
        self.fn.emit(nodes.Break(self.fn.jumps[-1].break_label, self.fn.span))

    def _continue(self) -> None:
        self.parser.advance()
        self.parser.expect(";")
        for jump in reversed(self.fn.jumps):
            if jump.continue_label:
                leave(self.fn, jump.depth)
                self.fn.emit(nodes.Continue(jump.continue_label, self.fn.span))
                return
        self.fn.fail("E0219", "'continue' outside a loop")

    def _goto(self) -> None:
        self.parser.advance()
        name = self.parser.expect_name()
        self.parser.expect(";")
        jump_to(self.fn, name.text, name.span)

    def _return(self) -> None:
        fn, parser = self.fn, self.parser
        parser.advance()
        if parser.accept(";"):
            if fn.result == cxx.AUTO:
                fn.result = cxx.VOID
            if not isinstance(cxx.unqualified(fn.result), cxx.VoidType):
                fn.fail("E0207", f"a function of type '{fn.result}' returns a value")
            leave(fn, 0)
            fn.emit(nodes.Return(None, fn.span))
            return
        in_brackets = parser.at("(") and parser.tokens[parser.closing() + 1].text == ";"
        node = parser.init_list() if parser.at("{") else parser.expression()
        span = fn.span
        value = lower_place(fn, node) if isinstance(fn.result, cxx.ReferenceTo) else lower(fn, node)
        parser.expect(";")
        fn.span = span
        if initialise.is_placeholder(fn.result):
            fn.result = self._deduced_result(node, value, in_brackets)
        if isinstance(fn.result, cxx.VoidType):
            if not isinstance(value.type, cxx.VoidType):
                fn.fail("E0207", "a void function returns no value")
            end_expression(fn)
            leave(fn, 0)
            fn.emit(nodes.Return(None, fn.span))
            return
        from cudawasm.frontend.calls import argument_expr

        returned = self._returned_variable(node, value)
        if returned is not None and returned not in fn.params:
            expr: nodes.Expr = nodes.Load(nodes.VarPlace(returned))  # it becomes the result, without a copy
        elif isinstance(cxx.unqualified(fn.result), cxx.ClassType):
            value = replace(value, is_xvalue=value.is_xvalue or returned is not None)
            expr = initialise.copied(fn, value, fn.result)
        else:
            expr = argument_expr(fn, initialise.parameter_value(fn, value, fn.result), fn.result)
        expr = fn.coerced(expr, cxx.kir_type(fn.result))
        if any(fn.cleanups):
            expr = fn.temp(expr)
        expr = end_expression(fn, expr) or expr
        leave(fn, 0, returned=None if returned in fn.params else returned)
        fn.emit(nodes.Return(expr, fn.span))

    def _returned_variable(self, node: syntax.Node, value: Value) -> nodes.Var | None:
        """The local object or parameter that ``return x;`` names, if it has the type of the result."""
        if (
            not isinstance(node, syntax.Name)
            or not isinstance(value.type, cxx.ClassType)
            or value.type != self.fn.result
        ):
            return None
        place = value.place
        if isinstance(place, nodes.Deref) and isinstance(place.ptr, nodes.Load):  # a parameter that the caller destroys
            place = place.ptr.place if place.ptr.place in [nodes.VarPlace(p) for p in self.fn.params] else None
        is_local = isinstance(place, nodes.VarPlace) and place.var.space is kir.Space.LOCAL
        symbol = node.symbols[0] if node.symbols else None
        reference = isinstance(symbol, ValueSymbol) and isinstance(symbol.declared, cxx.ReferenceTo)
        return place.var if is_local and isinstance(place, nodes.VarPlace) and not reference else None

    def _deduced_result(self, node: syntax.Node, value: Value, in_brackets: bool) -> cxx.CType:
        if isinstance(value.type, cxx.VoidType) and value.functions is None and value.elements is None:
            return cxx.VOID
        result = self.fn.result
        if isinstance(result, cxx.Placeholder) and result.decltype and not in_brackets:  # (x) is an lvalue, x is a name
            if isinstance(node, syntax.Name):
                return self.fn.sema.decltype(node, self.fn.scope)
            if isinstance(node, syntax.MemberAccess):
                return value.ctype
        return initialise.deduce_auto(self.fn, result, value)

    # --- declarations and expressions --------------------------------------------------------------

    def _switch(self) -> None:
        lower_switch(self)

    def _asm(self) -> None:
        lower_asm(self.fn, self.parser)

    def _local_type(self) -> None:
        """typedef, using, struct, enum, static_assert, namespace alias inside a function."""
        parser = self.parser
        if parser.at("struct", "class", "union", "enum"):
            self._declaration()
            return
        self.fn.sema.declarations._declaration(parser, None)

    def at_declaration(self) -> bool:
        """Whether a declaration starts here rather than an expression."""
        parser = self.parser
        if parser.text in STORAGE_WORDS or parser.text in (
            "const",
            "volatile",
            "__align__",
            "alignas",
            "typename",
        ):
            return True
        if parser.text in ("auto", "struct", "class", "union", "enum"):
            return True
        if parser.text in ("[",) and parser.peek() == "[":
            return True
        if not parser.at_type():
            return False
        position = parser.position
        try:
            specifiers = parser.specifiers()
            return self._declarator_follows(specifiers)
        except CompileError:
            return True
        finally:
            parser.position = position

    def _declarator_follows(self, specifiers: Specifiers) -> bool:
        parser = self.parser
        if parser.token.kind == "id" or parser.at("*", "&", "&&", "[", "__restrict__"):
            return True
        if not parser.at("("):
            return False
        inner = parser.tokens[parser.position + 1]
        is_pointer = inner.text in ("*", "&") or parser.at_member_star(parser.position + 1)
        return is_pointer and parser.tokens[parser.closing() + 1].text in ("[", "(", "=")

    def _at_label(self) -> bool:
        return self.parser.token.kind == "id" and self.parser.peek() == ":"

    def _label(self) -> None:
        """``name:`` and the statement after it, if one follows."""
        name = self.parser.advance()
        self.parser.advance()
        define_label(self.fn, name.text, name.span)
        if not self.parser.finished and not self.parser.at("}"):
            self.statement()

    def _declaration_or_expression(self) -> None:
        parser = self.parser
        if parser.accept(";"):
            return
        if self._at_label():
            self._label()
            return
        if self.at_declaration():
            self._declaration()
            return
        node = parser.expression()
        parser.expect(";")
        lower_discarded(self.fn, node)
        end_expression(self.fn)

    def _declaration(self) -> None:
        parser = self.parser
        specifiers = parser.specifiers()
        if parser.accept(";"):
            return
        while True:
            declare(self.fn, parser, specifiers)
            end_expression(self.fn)
            if not parser.accept(","):
                break
        parser.expect(";")


def _unexpected(statements: Statements) -> None:
    statements.fn.fail("E0302", f"'{statements.parser.text}' in device code is not supported")


def _with_lifetime(handler: Callable[[Statements], None]) -> Callable[[Statements], None]:
    """A statement that may declare objects for itself: ``for (T x; ...)``."""

    def handle(statements: Statements) -> None:
        with lifetime(statements.fn):
            handler(statements)

    return handle


_HANDLERS = {
    "{": Statements.compound,
    ";": Statements._empty,
    "if": _with_lifetime(Statements._if),
    "while": _with_lifetime(Statements._while),
    "do": Statements._do,
    "for": _with_lifetime(Statements._for),
    "switch": _with_lifetime(Statements._switch),
    "case": lower_inner_case,
    "default": lower_inner_case,
    "break": Statements._break,
    "continue": Statements._continue,
    "goto": Statements._goto,
    "return": Statements._return,
    "asm": Statements._asm,
    "__asm__": Statements._asm,
    "__asm": Statements._asm,
    "typedef": Statements._local_type,
    "using": Statements._local_type,
    "struct": Statements._local_type,
    "class": Statements._local_type,
    "union": Statements._local_type,
    "enum": Statements._local_type,
    "namespace": Statements._local_type,
    "static_assert": Statements._local_type,
    "try": _unexpected,
    "throw": _unexpected,
    "co_return": _unexpected,
}
