"""Class template argument deduction: ``Vec v(1.f, 2.f)`` finds the arguments from constructors and guides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cudawasm.errors import CompileError
from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend import syntax
from cudawasm.frontend.parse_expressions import Parser
from cudawasm.frontend.symbols import ClassInfo, ClassTemplate, FunctionDecl, Range
from cudawasm.frontend.values import Value

if TYPE_CHECKING:
    from cudawasm.frontend.lowering import FunctionLowering
    from cudawasm.frontend.sema import Sema


def deduced_class(fn: FunctionLowering, ctype: cxx.CType, nodes: Sequence[syntax.Node]) -> cxx.CType:
    """The type that a class template's name stands for, given its initialiser; other types stay."""
    base = cxx.unqualified(ctype)
    if not isinstance(base, cxx.DeducedClass):
        return ctype
    args = [fn.sema.unevaluated_in(fn, node) for node in nodes]
    found = _deduce(fn, base.template, args)
    return cxx.qualified(found, cxx.is_const(ctype), cxx.is_volatile(ctype))


def _deduce(fn: FunctionLowering, template: ClassTemplate, args: list[Value]) -> cxx.CType:
    if len(args) == 1 and isinstance(args[0].type, cxx.ClassType) and args[0].type.info.template is template:
        return args[0].type  # a copy
    guided = list(dict.fromkeys(_from_guides(fn.sema, template, args)))
    found = guided or list(dict.fromkeys(_from_constructors(fn.sema, template, args)))
    if not found:
        fn.fail("E0220", f"the arguments of '{template.name}' cannot be deduced from this initialiser")
    if len(found) > 1:
        shown = "' or '".join(map(str, found[:2]))
        fn.fail("E0220", f"the arguments of '{template.name}' are ambiguous: '{shown}'")
    return found[0]


def _from_guides(sema: Sema, template: ClassTemplate, args: list[Value]) -> Iterator[cxx.CType]:
    """What the program's deduction guides that take these arguments say."""
    for guide in template.scope.local(template.name):
        if not isinstance(guide, FunctionDecl) or guide.template is None:
            continue
        bindings = sema.templates.deduce(guide, None, args)
        if bindings is None:
            continue
        tokens = guide.header.tokens
        arrow = tokens[guide.params_at].match + 1
        area = Range(tokens, arrow + 1, guide.header.end)
        yield Parser(sema, area, sema.templates.bound_scope(guide.scope, guide.template, bindings)).type_id()


def _from_constructors(sema: Sema, template: ClassTemplate, args: list[Value]) -> Iterator[cxx.CType]:
    """The classes that have a constructor from which the arguments follow, and which takes these values."""
    if template.definition is None:
        return
    pattern = ClassInfo(
        template.name, template.name, sema.templates.pattern_scope(template.scope, template.params), template.definition
    )
    sema.classes.equip(pattern)
    pattern.index()
    for constructor in pattern.constructors:
        guide = replace(constructor, template=[*template.params, *(constructor.template or [])], instances={})
        try:
            bindings = sema.templates.deduce(guide, None, args)
            if bindings is None:
                continue
            given: list[Any] = []
            for param in template.params:
                given += bindings[param.name] if param.pack else [bindings[param.name]]
            ctype = sema.class_type(template, tuple(given), None)
        except CompileError:
            continue
        info = cxx.class_info(ctype)
        info.try_complete()
        if sema.overloads.try_resolve(info.constructors, None, args) is not None:
            yield ctype
