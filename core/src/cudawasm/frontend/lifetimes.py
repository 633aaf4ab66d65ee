"""When objects die: locals at the end of their scope and at jumps out of it, temporaries at the end of the expression.

A value of class type that a call or constructor makes lies in a variable, and is a temporary until an object is
initialised with it: then the object is what has to be destroyed, at whatever place it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend import fold
from cudawasm.frontend.conversions import upcast
from cudawasm.frontend.symbols import ClassInfo
from cudawasm.frontend.values import Value, lvalue
from cudawasm.ir import nodes
from cudawasm.ir import types as kir

if TYPE_CHECKING:
    from cudawasm.frontend.lowering import FunctionLowering
    from cudawasm.frontend.sema import Sema


def has_end(fn: FunctionLowering, ctype: cxx.CType) -> bool:
    """Whether destroying an object of this type runs code."""
    return by_address(fn.sema, ctype)


def by_address(sema: Sema, ctype: cxx.CType) -> bool:
    """Whether a parameter of this type is an object of the caller, which destroys it when its expression ends."""
    base = cxx.unqualified(ctype)
    while isinstance(base, cxx.ArrayOf):
        base = cxx.unqualified(base.element)
    return isinstance(base, cxx.ClassType) and sema.classes.has_destructor(base.info)


def parameter_type(sema: Sema, ctype: cxx.CType) -> kir.Type:
    """The KIR type of a function's parameter."""
    return kir.Pointer(cxx.kir_type(ctype)) if by_address(sema, ctype) else cxx.kir_type(ctype)


# --- scopes ----------------------------------------------------------------------------------------


@contextmanager
def lifetime(fn: FunctionLowering) -> Iterator[None]:
    """Objects that are declared inside are destroyed at the end."""
    fn.cleanups.append([])
    fn.initialised.append([])
    try:
        yield
    finally:
        fn.initialised.pop()
        objects = fn.cleanups.pop()
    if not (fn.out and isinstance(fn.out[-1], (nodes.Return, nodes.Break, nodes.Continue, nodes.Trap))):
        for value in reversed(objects):
            destroy(fn, value)


def declared(fn: FunctionLowering, value: Value) -> None:
    """An object of the current scope is complete."""
    if has_end(fn, value.ctype) and value.place is not None:
        if not fn.cleanups:
            fn.fail("E0304", f"'{value.ctype}' has a destructor, which a variable outside functions cannot have")
        fn.cleanups[-1].append(lvalue(cxx.unqualified(value.ctype), value.place))


def leave(fn: FunctionLowering, depth: int, returned: nodes.Var | None = None) -> None:
    """Before a jump: destroy what the scopes from ``depth`` on hold. The caller gets the object ``returned``."""
    for objects in reversed(fn.cleanups[depth:]):
        for value in reversed(objects):
            if returned is None or value.place != nodes.VarPlace(returned):
                destroy(fn, value)


# --- temporaries -----------------------------------------------------------------------------------


def made(fn: FunctionLowering, var: nodes.Var, ctype: cxx.CType) -> None:
    """A variable holds a new object that nothing owns yet."""
    if not fn.unevaluated and has_end(fn, ctype):
        fn.temporaries[var] = (cxx.unqualified(ctype), fn.out)


def taken(fn: FunctionLowering, expr: nodes.Expr) -> nodes.Expr:
    """The value of an expression that initialises an object: a temporary becomes that object."""
    if isinstance(expr, nodes.Load) and isinstance(expr.place, nodes.VarPlace):
        fn.temporaries.pop(expr.place.var, None)
    return expr


def extended(fn: FunctionLowering, place: nodes.Place | None) -> None:
    """A reference was bound: the temporary that it is bound to lives as long as the reference."""
    while isinstance(place, (nodes.Member, nodes.Index)):
        place = place.base
    if isinstance(place, nodes.VarPlace) and place.var in fn.temporaries:
        ctype, _ = fn.temporaries.pop(place.var)
        declared(fn, lvalue(ctype, place))


def end_expression(fn: FunctionLowering, value: nodes.Expr | None = None) -> nodes.Expr | None:
    """Destroy the temporaries of a full expression; its value is kept first."""
    if not fn.temporaries:
        return value
    if value is not None:
        value = fn.temp(value)
    temporaries = list(fn.temporaries.items())
    fn.temporaries.clear()
    for var, (ctype, out) in reversed(temporaries):
        if out is not fn.out:
            fn.fail("E0304", f"a temporary '{ctype}' with a destructor in an operand that may not be evaluated")
        destroy(fn, lvalue(ctype, nodes.VarPlace(var)))
    return value


# --- destruction -----------------------------------------------------------------------------------


def destroy(fn: FunctionLowering, value: Value) -> None:
    """Run the destructor of an object, or of each element of an array from the last to the first."""
    from cudawasm.frontend import calls

    ctype = value.type
    if isinstance(ctype, cxx.ArrayOf):
        _destroy_elements(fn, value, ctype)
        return
    info = cxx.class_info(ctype)
    if fn.sema.classes.own_destructor(info):
        assert info.destructor is not None
        calls.call_instance(fn, fn.sema.functions.plain_instance(info.destructor), [], value)
        return
    for part in reversed(parts(fn, info, value)):
        destroy(fn, part)


def parts(fn: FunctionLowering, info: ClassInfo, value: Value) -> list[Value]:
    """Bases and members whose destruction runs code, in the order of their construction."""
    from cudawasm.frontend.initialise import member_place

    found = [upcast(fn, value, b.ctype) for b in info.bases if fn.sema.classes.has_destructor(b.ctype.info)]
    if not info.is_union:
        found += [member_place(fn, value, member) for member in info.fields if has_end(fn, member.ctype)]
    return found


def _destroy_elements(fn: FunctionLowering, value: Value, ctype: cxx.ArrayOf) -> None:
    assert value.place is not None
    place = nodes.VarPlace(fn.declare("i", kir.I32, fold.constant(kir.I32, ctype.count - 1)))
    index = nodes.Load(place)
    with fn.block() as body:
        destroy(fn, lvalue(cxx.unqualified(ctype.element), nodes.Index(value.place, index)))
    step = nodes.Assign(place, fold.binary("sub", index, fold.constant(kir.I32, 1)), fn.span)
    condition = fold.binary("ge", index, fold.constant(kir.I32, 0))
    fn.emit(nodes.Loop(fn.label("each"), condition, tuple(body), (step,), 0, fn.span))
