"""Hand-built KIR for tests: kernels without a body, whose parameters and variables are what matters."""

from __future__ import annotations

from cudawasm.ir import types as t
from cudawasm.ir.nodes import Function, LaunchBounds, Module, Return, Var


def pointer(pointee: t.Type) -> t.Pointer:
    return t.Pointer(pointee, t.Space.GLOBAL)


def kernel(name: str, *params: tuple[str, t.Type], bounds: LaunchBounds | None = None) -> Function:
    variables = tuple(Var(n, k) for n, k in params)
    return Function(name, variables, t.VOID, (Return(),), True, display=name, launch_bounds=bounds)


def module(*kernels: Function, variables: tuple[Var, ...] = (), shared: tuple[Var, ...] = ()) -> Module:
    return Module({k.name: k for k in kernels}, variables, shared)


FLOAT4 = t.Vector(t.F32, 4, 16)
PARTICLE = t.Struct("Particle", (t.Field("mass", t.F32, 0), t.Field("position", t.Vector(t.F64, 2, 16), 16)), 32, 16)
SAXPY = kernel("saxpy", ("a", t.F32), ("x", pointer(t.F32)), ("y", pointer(t.F32)), ("n", t.I32))
