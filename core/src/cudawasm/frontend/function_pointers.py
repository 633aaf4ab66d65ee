"""Pointers to functions: numbers that stand for functions, and calls that choose among the functions they may be.

A pointer is 64 bits wide, as in CUDA. Its value comes from the function's name and type alone, so that kernels of one
program agree about it, and so does a table in device memory. A call through a pointer calls a dispatcher, a function
made for each kernel: a switch over all functions of the type whose number occurs in the kernel, in what it calls or
in a variable of the device. Anything else that the pointer may hold stops the kernel.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from cudawasm.errors import CompileError
from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend import fold
from cudawasm.frontend.functions import Instance, Signature
from cudawasm.frontend.lifetimes import parameter_type
from cudawasm.frontend.parse_types import Parameter
from cudawasm.frontend.symbols import FunctionDecl, NamespaceSymbol, Scope, VariableDecl
from cudawasm.frontend.values import FunctionSet, Value, lvalue, rvalue
from cudawasm.ir import nodes
from cudawasm.ir import types as kir
from cudawasm.ir.reach import referenced_variables
from cudawasm.ir.walk import statement_expressions, statements, subexpressions

if TYPE_CHECKING:
    from cudawasm.frontend.lowering import FunctionLowering
    from cudawasm.frontend.sema import Sema

_STOPPED = "call through a pointer to no known function"


def function_type(ctype: cxx.CType) -> cxx.FunctionType | None:
    """The type of the functions that a pointer points to; None for other types."""
    base = cxx.unqualified(ctype)
    if not isinstance(base, cxx.PointerTo) or not isinstance(base.pointee, cxx.FunctionType):
        return None
    return base.pointee


class FunctionPointers:
    def __init__(self, sema: Sema) -> None:
        self.sema = sema
        self._functions: dict[int, Instance] = {}
        self._dispatchers: dict[cxx.FunctionType | cxx.MemberPointer, str] = {}
        self._types: dict[str, cxx.FunctionType | cxx.MemberPointer] = {}
        self._device_numbers: tuple[int, ...] | None = None

    # --- addresses ---------------------------------------------------------------------------------

    def find(self, functions: FunctionSet, wanted: cxx.FunctionType) -> Instance | None:
        """The overload that has this type."""
        for decl in functions.decls:
            if decl.owner is not None and not decl.is_static:
                continue
            instance = self.instance(decl, functions, wanted)
            if instance is not None and _canonical(self.type_of(instance)) == _canonical(wanted):
                return instance
        return None

    def only(self, functions: FunctionSet) -> Instance | None:
        """The function that a name without context denotes, if it is but one."""
        if len(functions.decls) != 1 or (functions.decls[0].owner is not None and not functions.decls[0].is_static):
            return None
        return self.instance(functions.decls[0], functions, None)

    def instance(self, decl: FunctionDecl, functions: FunctionSet, wanted: cxx.FunctionType | None) -> Instance | None:
        if decl.template is None:
            return None if functions.args is not None else self.sema.functions.plain_instance(decl)
        given = [] if wanted is None else [Value(p) for p in wanted.params]
        if wanted is None and functions.args is not None:
            bindings = self.sema.templates.deduce_explicit(decl, functions.args)
        else:
            bindings = self.sema.templates.deduce(decl, functions.args, given)
        return None if bindings is None else self.sema.functions.instance(decl, bindings)

    def type_of(self, instance: Instance) -> cxx.FunctionType:
        signature = instance.signature
        result = signature.result
        if isinstance(cxx.unqualified(cxx.without_reference(result)), cxx.Placeholder):
            self.sema.functions.require(instance, instance.decl.header.first.span)
            result = instance.result or result
        return cxx.FunctionType(result, tuple(p.ctype for p in signature.params), signature.variadic)

    def address(self, instance: Instance) -> nodes.Const:
        """The number that stands for a function. It is never 0, which is the null pointer."""
        spelled = f"{self.sema.functions.display(instance)} {self.type_of(instance)}"
        if is_member_function(instance) and instance.signature.const_this:
            spelled += " const"
        attempt = 0
        while True:
            digest = hashlib.sha256(f"{spelled} {attempt}".encode()).digest()
            number = int.from_bytes(digest[:8], "little") | 1 << 63
            if self._functions.setdefault(number, instance) is instance:
                return nodes.Const(kir.U64, number)
            attempt += 1

    def value(self, fn: FunctionLowering, functions: FunctionSet, target: cxx.FunctionType) -> Value:
        """A function's name as a pointer of this type."""
        instance = self.find(functions, target)
        if instance is None:
            fn.fail("E0207", f"no '{functions.name}' has the type '{cxx.PointerTo(target)}'", functions.span)
        return rvalue(cxx.PointerTo(target), self.address(instance))

    def of_object(self, have: cxx.CType, target: cxx.PointerTo) -> Instance | None:
        """The function behind a function object without state: a function's own, or a lambda's without captures."""
        if not isinstance(have, cxx.ClassType) or not isinstance(target.pointee, cxx.FunctionType):
            return None
        info = have.info
        if info.closure is None or info.fields:
            return None
        for symbol in info.scope.local("operator()"):
            assert isinstance(symbol, FunctionDecl)
            instance = self.instance(symbol, FunctionSet([symbol]), target.pointee)
            if instance is not None and _canonical(self.type_of(instance)) == _canonical(target.pointee):
                return instance
        return None

    def pointer_of(self, have: cxx.CType) -> cxx.PointerTo | None:
        """The pointer type that a lambda without captures converts to, unless it is generic."""
        if not isinstance(have, cxx.ClassType) or have.info.closure is None or have.info.fields:
            return None
        found = [s for s in have.info.scope.local("operator()") if isinstance(s, FunctionDecl) and s.template is None]
        return cxx.PointerTo(self.type_of(self.sema.functions.plain_instance(found[0]))) if found else None

    def object_for(self, fn: FunctionLowering, instance: Instance) -> Value | None:
        """The object that a lambda's function is called for; it has no state."""
        owner = instance.decl.owner
        if owner is None or not instance.takes_this:
            return None
        ctype = cxx.ClassType(owner)
        return lvalue(ctype, nodes.VarPlace(fn.declare("closure", cxx.kir_type(ctype), fold.zero(cxx.kir_type(ctype)))))

    def same_type(self, left: cxx.CType, right: cxx.CType) -> bool:
        first, second = function_type(left), function_type(right)
        return first is not None and second is not None and _canonical(first) == _canonical(second)

    # --- calls -------------------------------------------------------------------------------------

    def known(self, pointer: nodes.Expr) -> Instance | None:
        """The function that a constant pointer points to."""
        return self._functions.get(int(pointer.value)) if isinstance(pointer, nodes.Const) else None

    def signature(self, ftype: cxx.FunctionType, span: object) -> Signature:
        """A signature for calls of this type."""
        params = [Parameter("", p, None, False, span) for p in ftype.params]  # type: ignore[arg-type]
        return Signature(ftype.result, params, ftype.variadic, False, self.sema.global_scope, None)

    def dispatcher(self, ftype: cxx.FunctionType | cxx.MemberPointer) -> str:
        """The name of the function that calls what a pointer of this type points to."""
        key = _canonical(ftype) if isinstance(ftype, cxx.FunctionType) else ftype
        name = self._dispatchers.get(key)
        if name is None:
            words = "".join(c if c.isalnum() else "_" for c in str(key))
            name = self._dispatchers[key] = f"call.{words}.{len(self._dispatchers)}"
            self._types[name] = key
        return name

    def is_dispatcher(self, name: str) -> bool:
        return name in self._types

    # --- dispatchers of a kernel -------------------------------------------------------------------

    def candidates(self, functions: Iterable[nodes.Function]) -> dict[int, Instance]:
        """Functions whose number occurs in these functions, in what they read, or in a variable of the device."""
        if self._device_numbers is None:
            self._device_numbers = ()  # while it is found: initialisers may contain calls
            self._device_numbers = tuple(dict.fromkeys(self._in_device_variables(self.sema.global_scope)))
        numbers = dict.fromkeys(self._device_numbers)
        for function in functions:
            numbers.update(dict.fromkeys(self._in_function(function)))
        return {number: self._functions[number] for number in numbers}

    def _in_function(self, function: nodes.Function) -> Iterator[int]:
        for statement in statements(function.body):
            for expr in statement_expressions(statement):
                for inner in subexpressions(expr):
                    if isinstance(inner, nodes.Const) and inner.type == kir.U64 and int(inner.value) in self._functions:
                        yield int(inner.value)
        for var in referenced_variables(function):
            yield from self._in_bytes(var.init)

    def _in_bytes(self, data: bytes | None) -> Iterator[int]:
        for (number,) in struct.iter_unpack("<Q", data[: len(data) // 8 * 8] if data else b""):
            if number in self._functions:
                yield number

    def _in_device_variables(self, scope: Scope) -> Iterator[int]:
        """Numbers in the initial values of the program's device variables, which the host may pass to any kernel."""
        for symbols in list(scope.names.values()):
            for symbol in symbols:
                if isinstance(symbol, NamespaceSymbol) and symbol.scope.parent is scope:
                    yield from self._in_device_variables(symbol.scope)
                elif isinstance(symbol, VariableDecl) and symbol.storage & {
                    "__device__",
                    "__constant__",
                    "__managed__",
                }:
                    try:
                        value = self.sema.variables.value(symbol, symbol.declaration.first.span)
                    except CompileError:
                        continue  # a kernel that uses it reports that
                    if isinstance(value.place, nodes.VarPlace):
                        yield from self._in_bytes(value.place.var.init)

    def build(self, name: str, candidates: dict[int, Instance]) -> nodes.Function:
        """The dispatcher: a switch over the candidates of its type."""
        key = self._types[name]
        ftype = key if isinstance(key, cxx.FunctionType) else key.pointee
        assert isinstance(ftype, cxx.FunctionType)
        pointer = nodes.Var("function", kir.U64)
        params = [nodes.Var(f"a{i}", parameter_type(self.sema, p)) for i, p in enumerate(ftype.params)]
        if isinstance(key, cxx.MemberPointer):
            params.insert(0, nodes.Var("this", kir.Pointer(cxx.kir_type(key.owner))))
        args = tuple(nodes.Load(nodes.VarPlace(p)) for p in params)
        result = None
        if not isinstance(cxx.unqualified(ftype.result), cxx.VoidType):
            result = nodes.Var("result", cxx.kir_type(ftype.result))
        cases = []
        for number, instance in sorted(candidates.items()):
            if self._may_be(instance, key):
                cases.append(nodes.Case((number,), self._case(instance, key, args, result)))
        switch = nodes.Switch(nodes.Load(nodes.VarPlace(pointer)), tuple(cases), (nodes.Trap(_STOPPED),))
        body: list[nodes.Stmt] = [switch]
        if result is not None:
            body = [nodes.Declare(result, fold.zero(result.type)), switch]
            body.append(nodes.Return(nodes.Load(nodes.VarPlace(result))))
        type_ = kir.VOID if result is None else result.type
        display = str(key if isinstance(key, cxx.MemberPointer) else cxx.PointerTo(key))
        return nodes.Function(name, (pointer, *params), type_, tuple(body), display=display)

    def _may_be(self, instance: Instance, key: cxx.FunctionType | cxx.MemberPointer) -> bool:
        """Whether a pointer of this type may point to a function."""
        from cudawasm.frontend import member_pointers

        if isinstance(key, cxx.FunctionType):
            return not is_member_function(instance) and _canonical(self.type_of(instance)) == key
        if not is_member_function(instance):
            return False
        ctype = member_pointers.canonical(member_pointers.type_of(self.sema, instance))
        return ctype.pointee == key.pointee and member_pointers.related(ctype.owner, key.owner)

    def _case(
        self,
        instance: Instance,
        key: cxx.FunctionType | cxx.MemberPointer,
        args: tuple[nodes.Expr, ...],
        result: nodes.Var | None,
    ) -> nodes.Block:
        """The call of one candidate; a lambda's function gets an object, a member function its part of the object."""
        from cudawasm.frontend import member_pointers

        span = instance.decl.header.first.span
        if not instance.takes_this:
            return (nodes.Call(instance.kir_name, args, result, span),)
        assert instance.decl.owner is not None
        owner = cxx.ClassType(instance.decl.owner)
        if isinstance(key, cxx.MemberPointer):
            part = member_pointers.part_for(fold.deref(args[0]), key.owner, owner)
            return (nodes.Call(instance.kir_name, (fold.address_of(part), *args[1:]), result, span),)
        closure = nodes.Var("closure", cxx.kir_type(owner))
        this = fold.address_of(nodes.VarPlace(closure))
        declared = nodes.Declare(closure, fold.zero(closure.type))
        return (declared, nodes.Call(instance.kir_name, (this, *args), result, span))


def is_member_function(instance: Instance) -> bool:
    """Whether a function works on an object with state, unlike a lambda that converts to a pointer."""
    return instance.takes_this and instance.decl.owner is not None and instance.decl.owner.closure is None


def _canonical(ftype: cxx.FunctionType) -> cxx.FunctionType:
    """The type with its parameters as they are passed: without qualifiers, arrays as pointers."""
    params = tuple(cxx.decayed_parameter(p) for p in ftype.params)
    return cxx.FunctionType(cxx.unqualified(ftype.result), params, ftype.variadic)
