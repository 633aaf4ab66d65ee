"""The semantic state of one program: its scopes, classes, templates, functions and variables."""

from __future__ import annotations

from typing import Any

from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import CompileError
from cudawasm.frontend import constant_code, evaluate, expressions, member_pointers, syntax
from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend.classes import Classes
from cudawasm.frontend.declarations import Declarations
from cudawasm.frontend.function_pointers import FunctionPointers
from cudawasm.frontend.functions import Functions
from cudawasm.frontend.linking import LinkedSources
from cudawasm.frontend.lowering import FunctionLowering
from cudawasm.frontend.overloads import Overloads
from cudawasm.frontend.parse_expressions import Parser
from cudawasm.frontend.symbols import (
    AliasTemplate,
    ClassTemplate,
    ConstantSymbol,
    FunctionDecl,
    MemberArgument,
    Range,
    Scope,
    ValueSymbol,
    VariableDecl,
)
from cudawasm.frontend.templates import Templates
from cudawasm.frontend.tokens import Token, fail
from cudawasm.frontend.values import Value
from cudawasm.frontend.variables import Variables
from cudawasm.ir import nodes
from cudawasm.source import Span


class Sema:
    """Ties the parts of semantic analysis together; each part reaches the others through it."""

    def __init__(self) -> None:
        self.global_scope = Scope("namespace", None, "")
        self.skipped: list[Diagnostic] = []
        self.elaborated_at: dict[tuple[int, int, int], cxx.CType] = {}
        self.strings: dict[bytes, nodes.Var] = {}
        self.constant_code: dict[str, tuple[nodes.Function, constant_code.Code | None]] = {}
        self.depth = 0
        self._lambdas = 0
        self.contract = True
        self.declarations = Declarations(self)
        self.classes = Classes(self)
        self.templates = Templates(self)
        self.functions = Functions(self)
        self.overloads = Overloads(self)
        self.pointers = FunctionPointers(self)
        self.variables = Variables(self)
        self.linked = LinkedSources(self, (), lambda _: Range([], 0, 0))

    def next_lambda(self) -> int:
        self._lambdas += 1
        return self._lambdas

    # --- names and types ---------------------------------------------------------------------------

    def qualified_display(self, scope: Scope, name: str) -> str:
        """A name with its namespaces and classes before it."""
        parts = [name]
        for outer in scope.outward():
            if outer.info is not None:
                parts.append(outer.info.display)
                break
            if outer.kind == "namespace" and outer.name:
                parts.append(outer.name)
        return "::".join(reversed(parts))

    def class_type(self, template: ClassTemplate, args: tuple[Any, ...], span: Span | None) -> cxx.CType:
        return self.templates.class_type(template, args, span)

    def alias_type(self, template: AliasTemplate, args: tuple[Any, ...], span: Span | None) -> cxx.CType:
        return self.templates.alias_type(template, args, span)

    def decltype(self, node: syntax.Node, scope: Scope) -> cxx.CType:
        """The type that ``decltype(node)`` names."""
        if isinstance(node, syntax.Name) and node.symbols and isinstance(node.symbols[0], ValueSymbol):
            symbol = node.symbols[0]
            return symbol.declared or symbol.value.ctype
        value = self.unevaluated(node, scope)
        if value.functions is not None and value.functions.is_member:
            named = member_pointers.named_type(self, value.functions)
            if named is None:
                fail("E0307", f"'{value.functions.name}' is overloaded, and its address has no one type", node.span)
            return named
        if isinstance(node, (syntax.Name, syntax.MemberAccess)):
            return value.ctype
        if value.place is not None:
            return cxx.ReferenceTo(value.ctype, value.is_xvalue)
        return value.ctype

    def unevaluated(self, node: syntax.Node, scope: Scope) -> Value:
        """The value of an operand that never runs: its statements are dropped."""
        scratch = FunctionLowering(self, scope, "<unevaluated>")
        scratch.unevaluated = True
        return expressions.lower(scratch, node)

    def unevaluated_in(self, fn: FunctionLowering, node: syntax.Node) -> Value:
        """Like ``unevaluated``, seeing the ``this`` of the function being lowered."""
        scratch = FunctionLowering(self, fn.scope, "<unevaluated>")
        scratch.this, scratch.closure, scratch.unevaluated = fn.this, fn.closure, True
        return expressions.lower(scratch, node)

    # --- constants ---------------------------------------------------------------------------------

    def constant(self, node: syntax.Node, scope: Scope) -> nodes.Const:
        """The value of a constant expression. Raises E0213 when it is not constant."""
        scratch = FunctionLowering(self, scope, "<constant>")
        scratch.span = node.span
        value = expressions.lower(scratch, node)
        if value.functions is not None:
            if not value.functions.decls:
                fail("E0203", f"'{value.functions.name}' is not declared", value.functions.span or node.span)
            instance = self.pointers.only(value.functions)
            if instance is None:
                fail("E0213", "a function is not a constant here", node.span)
            return self.pointers.address(instance)
        if isinstance(value.type, cxx.ClassType):
            from cudawasm.frontend import conversions

            for decl in conversions.conversion_functions(value.type.info):
                value = conversions.convert(scratch, value, self.functions.signature(decl).result)
                break
        expr = scratch.load(value)
        if isinstance(expr, nodes.Const) and not scratch.out:
            return expr
        found = evaluate.constant(self, scratch.out, expr)
        if found is None:
            fail("E0213", "this is not a constant expression", node.span)
        return found

    def constant_type(self, value: nodes.Const) -> cxx.CType:
        """The C++ type that spells a KIR constant's type."""
        for ctype in (
            cxx.BOOL,
            cxx.INT,
            cxx.UINT,
            cxx.CHAR,
            cxx.LONG,
            cxx.ULONG,
            cxx.SHORT,
            cxx.FLOAT,
            cxx.DOUBLE,
        ):
            if ctype.scalar == value.type:
                return ctype
        return cxx.INT

    def function_argument(self, node: syntax.Name) -> FunctionDecl:
        """A function as a template argument."""
        decls = [s for s in node.symbols if isinstance(s, FunctionDecl)]
        if len(decls) != 1 or decls[0].template is not None:
            fail("E0307", f"'{node.name}' is overloaded and cannot be a template argument", node.span)
        return decls[0]

    def member_argument(self, node: syntax.Node, scope: Scope) -> MemberArgument | None:
        """A pointer to a member as a template argument; None for other arguments."""
        match node:
            case syntax.Unary(op="&", operand=syntax.Name(qualifier=owner, name=name)) if owner is not None:
                spelled = f"&{owner.display}::{name}"
            case syntax.Cast(ctype=cxx.MemberPointer() as target):
                spelled = f"({target})"
            case syntax.Name(name=spelled, symbols=[ConstantSymbol() | VariableDecl() | ValueSymbol(), *_]):
                pass
            case _:
                return None
        scratch = FunctionLowering(self, scope, "<constant>")
        scratch.span = node.span
        try:
            value = expressions.lower(scratch, node)
        except CompileError:
            return None  # whoever needs the value as something else reports that
        if not isinstance(value.type, cxx.MemberPointer) and (value.functions is None or not value.functions.is_member):
            return None
        found = member_pointers.argument(self, value, spelled)
        if found is None:
            if value.functions is not None:
                fail("E0307", f"'{spelled}' is overloaded; a cast says which one is meant", node.span)
            fail("E0213", f"'{spelled}' is not known when compiling", node.span)
        return found

    def check_static_assert(self, area: Range, scope: Scope, token: Token) -> None:
        """``static_assert(condition, "message")``; raises E0212 when it is false."""
        parser = Parser(self, area, scope)
        node = parser.conditional()
        message = ""
        if parser.accept(",") and parser.token.kind == "str":
            text = parser.primary()
            message = text.value.decode("utf-8", "replace") if isinstance(text, syntax.StringLiteral) else ""
        if not self.constant(node, scope).value:
            fail("E0212", f"static assertion failed{': ' + message if message else ''}", token.span)

    def try_constant(self, node: syntax.Node, scope: Scope) -> nodes.Const | None:
        try:
            return self.constant(node, scope)
        except CompileError:
            return None
