"""Lowering calls: finding the function, passing arguments, emitting the call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend import evaluate, fold, initialise, intrinsics, member_pointers, operators, syntax
from cudawasm.frontend.class_deduction import deduced_class
from cudawasm.frontend.conversions import convert, decay
from cudawasm.frontend.expressions import handles, lower
from cudawasm.frontend.function_pointers import function_type
from cudawasm.frontend.functions import Instance, Signature
from cudawasm.frontend.lifetimes import has_end, made
from cudawasm.frontend.operators import associated_scopes
from cudawasm.frontend.parse_expressions import Parser
from cudawasm.frontend.symbols import FunctionDecl
from cudawasm.frontend.values import Value, lvalue, rvalue
from cudawasm.frontend.zeros import zero
from cudawasm.ir import nodes
from cudawasm.ir import types as kir

if TYPE_CHECKING:
    from cudawasm.frontend.lowering import FunctionLowering


@handles(syntax.Call)
def _call(fn: FunctionLowering, node: syntax.Call) -> Value:
    function = lower(fn, node.function)
    mark = fn.mark()
    args = arguments(fn, node.args)
    fn.span = node.span
    if function.bound is not None:
        return member_pointers.call(fn, function.bound, args)
    if function.functions is None:
        if isinstance(function.type, cxx.ClassType):
            return _call_object(fn, fn.keep_value_before(mark, function), args)
        if isinstance(function.type, cxx.PointerTo):
            return _call_pointer(fn, fn.keep_value_before(mark, function), args)
        fn.fail("E0218", f"'{function.ctype}' cannot be called")
    functions = function.functions
    decls = list(functions.decls)
    if functions.lookup_by_argument:
        for scope in associated_scopes(args):
            decls += [s for s in scope.local(functions.name) if isinstance(s, FunctionDecl) and s not in decls]
    if not decls:
        hint = "is a header missing?" if not functions.decls else ""
        fn.fail("E0203", f"'{functions.name}' is not declared", node.function.span, hint)
    return call_decls(fn, decls, args, functions.this, functions.args)


def arguments(fn: FunctionLowering, nodes_: Sequence[syntax.Node]) -> list[Value]:
    """Arguments from left to right; later effects do not change earlier values."""
    values: list[Value] = []
    marks: list[int] = []
    for node in nodes_:
        marks.append(fn.mark())
        values.append(lower(fn, node))
    for position in range(len(values) - 2, -1, -1):
        if marks[position + 1] < fn.mark() and values[position].elements is None:
            before = fn.mark()
            values[position] = _kept(fn, marks[position + 1], values[position])
            moved = fn.mark() - before
            for later in range(position + 1, len(marks)):
                marks[later] += moved
    return values


def _kept(fn: FunctionLowering, mark: int, value: Value) -> Value:
    """An earlier argument protected from statements that came after it."""
    if value.place is not None and not isinstance(value.type, (cxx.ClassType, cxx.ArrayOf)) and value.bits is None:
        return value if isinstance(value.place, nodes.VarPlace) else fn.keep_value_before(mark, value)
    return fn.keep_value_before(mark, value)


def call_decls(
    fn: FunctionLowering,
    decls: Sequence[FunctionDecl],
    args: list[Value],
    this: Value | None,
    explicit: Sequence[object] | None = None,
) -> Value:
    """Call the best of several overloads."""
    instance = fn.sema.overloads.resolve(decls, explicit, this, args, fn.span)
    return call_instance(fn, instance, args, this)


def _call_object(fn: FunctionLowering, function: Value, args: list[Value]) -> Value:
    info = cxx.class_info(function.type)
    info.try_complete()
    decls = [s for s in info.scope.local("operator()") if isinstance(s, FunctionDecl)]
    if not decls:
        fn.fail("E0218", f"'{function.ctype}' cannot be called")
    return call_decls(fn, decls, args, function)


def _call_pointer(fn: FunctionLowering, function: Value, args: list[Value]) -> Value:
    """A call through a pointer: of the function itself when it is known, else of the dispatcher for its type."""
    ftype = function_type(function.ctype)
    if ftype is None:
        fn.fail("E0218", f"'{function.ctype}' cannot be called")
    if len(args) != len(ftype.params):
        fn.fail("E0208", f"'{function.ctype}' takes {len(ftype.params)} arguments, {len(args)} given")
    pointers = fn.sema.pointers
    pointer = fn.load(function)
    known = pointers.known(pointer)
    if known is not None and pointers.same_type(cxx.PointerTo(pointers.type_of(known)), function.type):
        return call_instance(fn, known, args, pointers.object_for(fn, known))
    mark = fn.mark()
    signature = pointers.signature(ftype, fn.span)
    converted = converted_arguments(fn, signature, args)
    exprs = [argument_expr(fn, v, p.ctype) for v, p in zip(converted, signature.params, strict=True)]
    pointer = fn.keep_before(mark, pointer)
    return emit_call(fn, pointers.dispatcher(ftype), [pointer, *exprs], ftype.result)


def call_instance(fn: FunctionLowering, instance: Instance, args: list[Value], this: Value | None) -> Value:
    """Call a chosen function: convert the arguments, emit the call, give its result."""
    signature = instance.signature
    decl = instance.decl
    if decl.is_special == "default":
        return _defaulted(fn, instance, args, this)
    exprs: list[nodes.Expr] = []
    marks: list[int] = []
    if instance.takes_this:
        if this is None:
            fn.fail("E0205", f"member function '{decl.name}' needs an object")
        marks.append(fn.mark())
        exprs.append(fold.address_of(fn.place_of(this_object(fn, this, instance))))
    converted = converted_arguments(fn, signature, args)
    if decl.intrinsic:
        lowered = intrinsics.lower_intrinsic(fn, instance, converted, args[len(signature.params) :])
        if lowered is not None:
            return lowered
    if signature.variadic:
        fn.fail("E0313", f"variadic function '{decl.name}' is not supported")
    exprs += [argument_expr(fn, v, p.ctype) for v, p in zip(converted, signature.params, strict=True)]
    if fn.unevaluated and not initialise.is_placeholder(signature.result):  # only its type is asked for
        return emit_call(fn, instance.kir_name, exprs, signature.result)
    fn.sema.functions.require(instance, fn.span)
    result = instance.result if instance.result is not None else signature.result
    known = _known_result(fn, instance, exprs, result)
    return known if known is not None else emit_call(fn, instance.kir_name, exprs, result)


def _known_result(fn: FunctionLowering, instance: Instance, exprs: list[nodes.Expr], result: cxx.CType) -> Value | None:
    """A constexpr function of constants, evaluated now."""
    if "constexpr" not in instance.decl.qualifiers or not isinstance(result, (cxx.Arithmetic, cxx.EnumType)):
        return None
    if not all(isinstance(e, nodes.Const) for e in exprs):
        return None
    var = nodes.Var("result", cxx.kir_type(result))
    call = nodes.Call(instance.kir_name, tuple(exprs), var, fn.span)
    found = evaluate.constant(fn.sema, [nodes.Declare(var), call], nodes.Load(nodes.VarPlace(var)))
    return None if found is None else rvalue(result, found)


def emit_call(fn: FunctionLowering, function: str, exprs: list[nodes.Expr], result: cxx.CType) -> Value:
    if isinstance(cxx.unqualified(result), cxx.VoidType):
        fn.emit(nodes.Call(function, tuple(exprs), None, fn.span))
        return Value(cxx.VOID)
    type_ = cxx.kir_type(result)
    var = fn.declare("r", type_)
    fn.emit(nodes.Call(function, tuple(exprs), var, fn.span))
    if not isinstance(result, cxx.ReferenceTo):
        made(fn, var, result)
    loaded = nodes.Load(nodes.VarPlace(var))
    if isinstance(result, cxx.ReferenceTo):
        value = lvalue(result.target, nodes.Deref(loaded))
        value.is_xvalue = result.rvalue
        return value
    return rvalue(result, loaded)


def this_object(fn: FunctionLowering, this: Value, instance: Instance) -> Value:
    """The object (or base subobject) that a member function works on."""
    owner = instance.decl.owner
    assert owner is not None
    have = this.type
    if isinstance(have, cxx.ClassType) and have.info is not owner:
        from cudawasm.frontend.conversions import upcast

        if have.info.derives_from(owner) is not None:
            return upcast(fn, this, cxx.ClassType(owner))
    return this


def converted_arguments(fn: FunctionLowering, signature: Signature, args: list[Value]) -> list[Value]:
    params = signature.params
    converted: list[Value] = []
    marks: list[int] = []
    for position, parameter in enumerate(params):
        marks.append(fn.mark())
        if position < len(args):
            value = args[position]
        else:
            assert parameter.default is not None
            value = _default_argument(fn, signature, position)
        converted.append(initialise.parameter_value(fn, value, parameter.ctype))
    for position in range(len(converted) - 1):
        if marks[position + 1] < fn.mark() and converted[position].expr is not None:
            expr = converted[position].expr
            assert expr is not None
            if fold.has_load(expr) and _writes_memory(fn.out[marks[position + 1] :]):
                before = fn.mark()
                converted[position] = fn.keep_value_before(marks[position + 1], converted[position])
                moved = fn.mark() - before
                marks = [m + moved if i > position else m for i, m in enumerate(marks)]
    return converted


def _writes_memory(statements: Sequence[nodes.Stmt]) -> bool:
    return any(not isinstance(s, nodes.Declare) for s in statements)


def _default_argument(fn: FunctionLowering, signature: Signature, position: int) -> Value:
    area = signature.params[position].default
    assert area is not None
    outer, fn.scope = fn.scope, signature.scope
    try:
        parser = Parser(fn.sema, area, fn.scope)
        return lower(fn, parser.assignment())
    finally:
        fn.scope = outer


def argument_expr(fn: FunctionLowering, value: Value, ctype: cxx.CType) -> nodes.Expr:
    """A converted argument as the KIR parameter takes it: a reference passes an address, and so does an object that the
    caller destroys."""
    if isinstance(ctype, cxx.ReferenceTo):
        if value.constant is not None and isinstance(value.place, nodes.VarPlace):
            space = value.place.var.space
            if space is kir.Space.LOCAL:
                return fold.address_of(nodes.VarPlace(fn.declare("t", value.constant.type, value.constant)))
        return fold.address_of(fn.place_of(value))
    if has_end(fn, ctype):
        return fold.address_of(fn.place_of(value))
    if isinstance(value.type, cxx.ArrayOf):
        value = decay(fn, value)
    return fn.load(value)


def _defaulted(fn: FunctionLowering, instance: Instance, args: list[Value], this: Value | None) -> Value:
    """``= default``: constructors and assignment of the implicit kind."""
    decl = instance.decl
    assert this is not None and decl.owner is not None
    if decl.name == "operator=":
        operators.assign_object(fn, this, args[0])
        return this
    if decl.name == "<constructor>":
        if args:
            source = convert(fn, args[0], cxx.ReferenceTo(cxx.qualified(this.type, const=True)))
            fn.store(this, fn.load(source))
            initialise.copy_parts(fn, this, source)
        else:
            initialise.default_members(fn, this)
        return Value(cxx.VOID)
    fn.fail("E0303", f"defaulted '{decl.name}' is not supported")


@handles(syntax.Construction)
def _construction(fn: FunctionLowering, node: syntax.Construction) -> Value:
    """``T(args)`` and ``T{args}``."""
    target = cxx.unqualified(deduced_class(fn, node.ctype, node.args))
    if isinstance(target, cxx.Placeholder):
        fn.fail("E0205", "'auto' cannot be constructed")
    if node.braces:
        return initialise.from_list(fn, target, syntax.InitList(node.args, [], node.span))
    if isinstance(target, cxx.ClassType):
        args = arguments(fn, node.args)
        return initialise.construct(fn, target, args, explicit=True)
    if isinstance(target, cxx.VoidType):
        for arg in node.args:
            lower(fn, arg)
        return Value(cxx.VOID)
    if not node.args:
        return rvalue(target, zero(target))
    if len(node.args) > 1:
        fn.fail("E0207", f"'{target}' takes one value")
    return lower(fn, syntax.Cast("c", node.ctype, node.args[0], node.span))
