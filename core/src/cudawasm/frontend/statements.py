"""Parsing and lowering statements, one after the other, so that every name is known when it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cudawasm.errors import CompileError
from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend import fold, initialise, syntax
from cudawasm.frontend.conversions import bind_reference, to_bool
from cudawasm.frontend.expressions import lower, lower_place
from cudawasm.frontend.inline_ptx import lower_asm
from cudawasm.frontend.local_declarations import declare
from cudawasm.frontend.lowering import GotoTarget, Jump
from cudawasm.frontend.operators import lower_discarded
from cudawasm.frontend.parse_expressions import Parser
from cudawasm.frontend.parse_types import STORAGE_WORDS, Specifiers
from cudawasm.frontend.switches import lower_switch
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
        """Statements up to a token position; ``goto`` targets among them become scopes and loops."""
        self._region(self._labels(end) if self._has_goto(end) else [], end)

    def _region(self, labels: list[tuple[str, int]], end: int) -> None:
        """Statements with labels among them. A jump forward leaves a scope that ends at the label; from a label with a
        jump back to it, the statements up to that jump are a loop, and labels inside are the loop's."""
        loops, positions = self._loops(labels, end), dict(labels)
        inside = {name for head, last in loops.items() for name, at in labels if positions[head] < at < last}
        self._scopes([label for label in labels if label[0] not in inside], labels, loops, end)

    def _scopes(
        self, outer: list[tuple[str, int]], labels: list[tuple[str, int]], loops: dict[str, int], end: int
    ) -> None:
        if not outer:
            self._plain(end)
            return
        name, position = outer[-1]
        label = self.fn.label(f"{name}_")
        self.fn.gotos[name] = GotoTarget(label, False)
        with self.fn.block() as inner:
            self._scopes(outer[:-1], labels, loops, position)
        del self.fn.gotos[name]
        self.fn.emit(nodes.Scope(label, self._hoisted(inner), self.fn.span))
        self.parser.position = position + 2  # past "name :"
        if name in loops:
            self._loop_of_label(name, [(n, at) for n, at in labels if position < at < loops[name]], loops[name])
        self._plain(end)

    def _loop_of_label(self, name: str, labels: list[tuple[str, int]], end: int) -> None:
        """The statements that a jump back repeats. They run once where there is none."""
        fn = self.fn
        label = fn.label(f"{name}_again")
        fn.gotos[name] = GotoTarget(label, True)
        with fn.block() as inner:
            self._region(labels, end)
            fn.emit(nodes.Break(label))
        del fn.gotos[name]
        fn.emit(nodes.Loop(label, None, self._hoisted(inner), (), 0, fn.span))

    def _loops(self, labels: list[tuple[str, int]], end: int) -> dict[str, int]:
        """For labels with a jump back to them, where the statement with the last such jump ends.

        Loops that would overlap end together; what lies inside another loop is left to it.
        """
        loops: dict[str, int] = {}
        covered = 0
        for name, position in labels:
            if position < covered:
                continue
            last = self._last_goto(name, position, end)
            while last > 0:
                later = max((self._last_goto(n, at, end) for n, at in labels if position < at < last), default=0)
                if later <= last:
                    break
                last = later
            if last > 0:
                covered = loops[name] = self._statement_end(position, last)
        return loops

    def _last_goto(self, name: str, start: int, end: int) -> int:
        tokens = self.parser.tokens
        places = (i for i in range(end - 1, start, -1) if tokens[i].text == "goto" and tokens[i + 1].text == name)
        return next(places, 0)

    def _statement_end(self, start: int, inside: int) -> int:
        """Where the statement that contains a token ends, in the sequence of statements from ``start`` on."""
        here, self.parser.position = self.parser.position, start
        while self.parser.position <= inside:
            self.skip_statement()
        here, self.parser.position = self.parser.position, here
        return here

    def _hoisted(self, inner: list[nodes.Stmt]) -> tuple[nodes.Stmt, ...]:
        """Statements whose variables stay visible after them: the declarations move out."""
        body: list[nodes.Stmt] = []
        for statement in inner:
            if isinstance(statement, nodes.Declare):
                self.fn.emit(nodes.Declare(statement.var, None, statement.span))
                if statement.init is not None:
                    body.append(nodes.Assign(nodes.VarPlace(statement.var), statement.init, statement.span))
            else:
                body.append(statement)
        return tuple(body)

    def _plain(self, end: int) -> None:
        while self.parser.position < end:
            self.statement()

    def _has_goto(self, end: int) -> bool:
        tokens = self.parser.tokens
        return any(tokens[i].text == "goto" for i in range(self.parser.position, end))

    def _labels(self, end: int) -> list[tuple[str, int]]:
        """Labels of this sequence, outside nested braces."""
        tokens = self.parser.tokens
        found: list[tuple[str, int]] = []
        position = self.parser.position
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

    def compound(self) -> None:
        """``{ ... }`` with its own scope."""
        close = self.parser.closing()
        self.parser.advance()
        outer = self.fn.scope
        self.in_scope(Scope("block", outer))
        self.sequence(close)
        self.in_scope(outer)
        self.parser.position = close + 1

    def body(self) -> tuple[nodes.Stmt, ...]:
        """A substatement as a KIR block."""
        outer = self.fn.scope
        self.in_scope(Scope("block", outer))
        with self.fn.block() as inner:
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
        if isinstance(condition, nodes.Const):
            self._known_if(bool(condition.value), is_constexpr)
        else:
            then = self.body()
            otherwise = self.body() if parser.accept("else") else ()
            fn.emit(nodes.If(condition, then, otherwise, span))
        self.in_scope(outer)

    def _known_if(self, taken: bool, is_constexpr: bool) -> None:
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
                return to_bool(fn, value)
            node = parser.expression()
            if not parser.finished:
                parser.fail("E0202", f"unexpected '{parser.text}' in a condition")
        finally:
            parser.end = outer_end
        if is_constexpr:
            constant = fn.sema.constant(node, fn.scope)
            return fold.constant(kir.BOOL, constant.value)
        return to_bool(fn, lower(fn, node))

    # --- loops -------------------------------------------------------------------------------------

    def _while(self) -> None:
        fn, parser = self.fn, self.parser
        unroll, self.unroll = self.unroll, 0
        span = fn.span
        parser.advance()
        outer = fn.scope
        self.in_scope(Scope("block", outer))
        label = fn.label("while")
        with fn.block() as head:
            condition = self._condition_group()
        self._loop(label, head, condition, None, unroll, span)
        self.in_scope(outer)

    def _loop(
        self, label: str, head: list[nodes.Stmt], condition: nodes.Expr | None, step: list[nodes.Stmt] | None,
        unroll: int, span: object,
    ) -> None:  # fmt: skip
        fn = self.fn
        fn.jumps.append(Jump(label, label))
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
            if not condition.value:
                return
            condition = None
        self.fn.emit(nodes.Loop(label, condition, body, tuple(step), unroll, self.fn.span))

    def _do(self) -> None:
        fn, parser = self.fn, self.parser
        unroll, self.unroll = self.unroll, 0
        parser.advance()
        label = fn.label("do")
        fn.jumps.append(Jump(label, label))
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
        fn.jumps.append(Jump(label, label))
        body = self.body()
        fn.jumps.pop()
        with fn.block() as step:
            if step_range.start < step_range.end:
                lower_discarded(fn, Parser(fn.sema, step_range, fn.scope).whole_expression())
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
        name = parser.expect_name().text
        parser.expect(":")
        area = Range(parser.tokens, parser.position, close)
        values = lower(fn, Parser(fn.sema, area, fn.scope).whole_expression())
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
        fn.jumps.append(Jump(label, label))
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

    def _iterator_for(self, name: str, ctype: cxx.CType, values: Value, unroll: int) -> None:
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
        fn.jumps.append(Jump(label, label))
        body = (*first, *self.body())
        fn.jumps.pop()
        with fn.block() as step:
            lower_discarded(fn, syntax.Unary("++", named(here), span))
        self._emit_loop(label, head, condition, body, step, unroll)

    def _bind_element(self, name: str, ctype: cxx.CType, element: Value) -> None:
        fn = self.fn
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
        self.fn.emit(nodes.Break(self.fn.jumps[-1].break_label, self.fn.span))

    def _continue(self) -> None:
        self.parser.advance()
        self.parser.expect(";")
        for jump in reversed(self.fn.jumps):
            if jump.continue_label:
                self.fn.emit(nodes.Continue(jump.continue_label, self.fn.span))
                return
        self.fn.fail("E0219", "'continue' outside a loop")

    def _goto(self) -> None:
        self.parser.advance()
        name = self.parser.expect_name()
        self.parser.expect(";")
        target = self.fn.gotos.get(name.text)
        if target is None:
            message = f"'goto {name.text}' goes into a block or a loop made of labels, which is not supported"
            self.fn.fail("E0312", message, name.span)
        jump = nodes.Continue if target.is_loop else nodes.Break
        self.fn.emit(jump(target.label, self.fn.span))

    def _return(self) -> None:
        fn, parser = self.fn, self.parser
        parser.advance()
        if parser.accept(";"):
            if fn.result == cxx.AUTO:
                fn.result = cxx.VOID
            fn.emit(nodes.Return(None, fn.span))
            return
        node = parser.init_list() if parser.at("{") else parser.expression()
        span = fn.span
        value = lower_place(fn, node) if isinstance(fn.result, cxx.ReferenceTo) else lower(fn, node)
        parser.expect(";")
        fn.span = span
        if initialise.is_placeholder(fn.result):
            fn.result = self._deduced_result(node, value)
        if isinstance(fn.result, cxx.VoidType):
            if not isinstance(value.type, cxx.VoidType):
                fn.fail("E0207", "a void function returns no value")
            fn.emit(nodes.Return(None, fn.span))
            return
        result = initialise.parameter_value(fn, value, fn.result)
        from cudawasm.frontend.calls import argument_expr

        expr = argument_expr(fn, result, fn.result)
        fn.emit(nodes.Return(fn.coerced(expr, cxx.kir_type(fn.result)), fn.span))

    def _deduced_result(self, node: syntax.Node, value: Value) -> cxx.CType:
        if isinstance(value.type, cxx.VoidType) and value.functions is None and value.elements is None:
            return cxx.VOID
        result = self.fn.result
        if isinstance(result, cxx.Placeholder) and result.decltype and isinstance(node, syntax.Name):
            return self.fn.sema.decltype(node, self.fn.scope)
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
        return inner.text in ("*", "&") and parser.tokens[parser.closing() + 1].text in ("[", "(", "=")

    def _declaration_or_expression(self) -> None:
        parser = self.parser
        if parser.accept(";"):
            return
        if parser.token.kind == "id" and parser.peek() == ":":  # a label that no goto uses
            parser.position += 2
            self.statement()
            return
        if self.at_declaration():
            self._declaration()
            return
        node = parser.expression()
        parser.expect(";")
        lower_discarded(self.fn, node)

    def _declaration(self) -> None:
        parser = self.parser
        specifiers = parser.specifiers()
        if parser.accept(";"):
            return
        while True:
            declare(self.fn, parser, specifiers)
            if not parser.accept(","):
                break
        parser.expect(";")


def _unexpected(statements: Statements) -> None:
    statements.fn.fail("E0302", f"'{statements.parser.text}' in device code is not supported")


_HANDLERS = {
    "{": Statements.compound,
    ";": Statements._empty,
    "if": Statements._if,
    "while": Statements._while,
    "do": Statements._do,
    "for": Statements._for,
    "switch": Statements._switch,
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
