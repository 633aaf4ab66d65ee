"""Statements without nested statements."""

from __future__ import annotations

from cudawasm.errors import InternalError
from cudawasm.ir import nodes as n
from cudawasm.ir.types import I64
from cudawasm_cpu.codegen import atomics, expressions, memory, shapes, stops, warps
from cudawasm_cpu.codegen.context import Context, Mask
from cudawasm_cpu.codegen.values import Value
from cudawasm_cpu.codegen.variables import Home


def emit(ctx: Context, stmt: n.Stmt, mask: Mask) -> bool:
    """Emit a statement for the active lanes (not none). True when control does not go on."""
    ctx.span = getattr(stmt, "span", None)
    ctx.code.locations.enter(ctx.span)
    match stmt:
        case n.Declare():
            _declare(ctx, stmt, mask)
        case n.Assign():
            memory.store(ctx, stmt.place, expressions.evaluate(ctx, stmt.value, mask), mask)
        case n.Atomic():
            atomics.emit(ctx, stmt, mask)
        case n.Warp():
            warps.emit(ctx, stmt, mask)
        case n.Fence():
            ctx.code.do('fence syncscope("singlethread") seq_cst' if stmt.scope == "block" else "fence seq_cst")
        case n.Print():
            stops.emit_print(ctx, stmt, mask)
        case n.Trap():
            stops.emit_trap(ctx, stmt, mask)
            return True
        case n.ReadClock():
            _read_clock(ctx, stmt)
        case _:
            raise InternalError(f"{type(stmt).__name__} inside a gang")
    return False


def _declare(ctx: Context, stmt: n.Declare, mask: Mask) -> None:
    variable = ctx.variables[stmt.var]
    if stmt.init is not None:
        memory.store(ctx, n.VarPlace(stmt.var), expressions.evaluate(ctx, stmt.init, mask), mask)
    elif variable.home is Home.REGISTERS:
        for i, (type_, _) in enumerate(variable.leaves):
            if variable.shapes[i] is not None:
                memory.write_register(ctx, variable, i, expressions.zero(type_), None)


def assign_result(ctx: Context, var: n.Var | None, value: Value, mask: Mask) -> None:
    """Store a statement's result."""
    if var is not None:
        memory.store(ctx, n.VarPlace(var), value, mask)


def _read_clock(ctx: Context, stmt: n.ReadClock) -> None:
    value = Value(I64, shapes.PER_GANG, ctx.code.call("i64", "cudawasm_clock", []))
    from cudawasm_cpu.codegen.conversions import cast

    assign_result(ctx, stmt.result, cast(ctx, value, stmt.result.type), None)


def emit_return(ctx: Context, mask: Mask) -> None:
    """All lanes of the gang are done."""
    ctx.code.branch(ctx.gang_end)


def note_return(ctx: Context, lanes: str) -> None:
    """Some lanes are done: without barriers nobody asks for them again."""
