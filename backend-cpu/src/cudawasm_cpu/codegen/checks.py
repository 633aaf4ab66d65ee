"""Bounds-checked mode: every access is compared with the memory that exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cudawasm_cpu.codegen.context import Context, Mask
    from cudawasm_cpu.codegen.values import Value


def check_access(ctx: Context, address: Value, size: int, mask: Mask, verb: str) -> None:
    """Stop the launch when an active lane's access of ``size`` bytes leaves its object."""
    if not ctx.options.bounds_checks or address.space in ("local", "params"):
        return
    from cudawasm_cpu.codegen import stops

    stops.emit_bounds_check(ctx, address, size, mask, verb)
