"""Statements and control flow within one gang: uniform branches, masks, and loops that lanes leave one by one."""

from __future__ import annotations

from typing import assert_never

from cudawasm.ir import nodes as n
from cudawasm.ir.types import Space, size_of
from cudawasm.ir.walk import root, statement_expressions, subexpressions
from cudawasm_cpu.codegen import expressions, lltypes, rows, statements
from cudawasm_cpu.codegen.context import Context, Mask
from cudawasm_cpu.codegen.tree import If, Jump, Leaf, Loop, Node, Scope, walk
from cudawasm_cpu.codegen.values import Value, vector_of
from cudawasm_cpu.codegen.variables import Home

NONE = "zeroinitializer"
FAST_PATH_SIZE = 400
BLEND_SIZE = 24
UNROLLED_SIZE = 400
"""Lines of code that a loop may come to where we unroll it for LLVM."""


class Dead:
    """In place of a mask: control does not come here."""


DEAD = Dead()
Flow = Mask | Dead


def emit_block(ctx: Context, nodes: list[Node], mask: Mask) -> Flow:
    """Emit nodes for the lanes of ``mask`` (not empty); returns the lanes that reach the end."""
    code = ctx.code
    for i, node in enumerate(nodes):
        flow = emit_node(ctx, node, mask)
        if isinstance(flow, Dead) or flow == NONE:
            return flow
        dropped = flow is not mask and may_drop(node)
        mask = flow
        if dropped and i + 1 < len(nodes):
            rest, end = code.label("rest"), code.label("end")
            skip_from = code.block
            code.branch_if(code.any(code.materialize(mask)), rest, end)
            code.start(rest)
            fell = emit_block(ctx, nodes[i + 1 :], mask)
            arrivals: list[tuple[Flow, str]] = [(NONE, skip_from), (fell, code.block)]
            code.branch(end)
            code.start(end)
            return merge(ctx, arrivals)
    return mask


def may_drop(node: Node) -> bool:
    """Whether lanes that enter a node may not come out at its end."""
    match node:
        case Jump():
            return True
        case If() | Scope() | Loop():
            return node.crossed
        case _:
            return False


def merge(ctx: Context, arrivals: list[tuple[Flow, str]]) -> Flow:
    """The mask at a join; ``arrivals`` are (lanes, block) of the ways that lead there."""
    alive = [(m, b) for m, b in arrivals if not isinstance(m, Dead)]
    if not alive:
        ctx.code.do("unreachable")
        ctx.code.is_dead = True
        return DEAD
    if all(m == alive[0][0] for m, _ in alive):
        return alive[0][0]
    code = ctx.code
    ways = ", ".join(f"[ {code.materialize(m)}, %{b} ]" for m, b in alive)
    return code.op(f"phi {code.mask_type} {ways}")


def emit_node(ctx: Context, node: Node, mask: Mask) -> Flow:
    match node:
        case Leaf():
            ctx.memo.clear()
            ctx.keep.clear()
            stop = statements.emit(ctx, node.stmt, mask)
            ctx.memo.clear()
            return DEAD if stop else mask
        case Jump():
            return emit_jump(ctx, node, mask)
        case If():
            return emit_if(ctx, node, mask)
        case Loop():
            return emit_masked_loop(ctx, node, mask) if node.is_masked else emit_loop(ctx, node, mask)
        case Scope():
            return emit_scope(ctx, node, mask)
        case _:
            assert_never(node)


def condition(ctx: Context, expr: n.Expr, mask: Mask) -> Value:
    ctx.memo.clear()
    value = expressions.scalar(ctx, expr, mask)
    ctx.memo.clear()
    return value


# --- if ------------------------------------------------------------------------------------------


def emit_if(ctx: Context, node: If, mask: Mask) -> Flow:
    ctx.code.locations.enter(node.span)
    test = condition(ctx, node.condition, mask)
    if node.level < 2:
        return _uniform_if(ctx, node, test, mask)
    code = ctx.code
    lanes = vector_of(code, test)
    then_mask = code.both(mask, lanes)
    else_mask = code.both(mask, code.invert(lanes)) if node.otherwise else NONE
    if _is_blendable(ctx, node):
        ctx.blends += 1
        _with_lost(ctx, node.else_in if node.otherwise else node.live_out, node.then, then_mask)
        if node.otherwise:
            _with_lost(ctx, node.live_out, node.otherwise, else_mask)
        ctx.blends -= 1
        return mask
    return _masked_if(ctx, node, test, then_mask, else_mask, mask)


def _with_lost(ctx: Context, live: int, nodes: list[Node], mask: Mask) -> Flow:
    ctx.lost.append(live)
    flow = emit_block(ctx, nodes, mask)
    ctx.lost.pop()
    return flow


def _uniform_if(ctx: Context, node: If, test: Value, mask: Mask) -> Flow:
    code = ctx.code
    if test.ref in ("true", "false"):
        return emit_block(ctx, node.then if test.ref == "true" else node.otherwise, mask)
    yes, no, end = code.label("then"), code.label("else"), code.label("endif")
    ref = test.ref if test.is_uniform else first_lane(ctx, test, mask)
    here = code.block
    code.branch_if(ref, yes, no if node.otherwise else end)
    arrivals: list[tuple[Flow, str]] = [] if node.otherwise else [(mask, here)]
    for label, body in ((yes, node.then), (no, node.otherwise)):
        if label == no and not body:
            continue
        code.start(label)
        flow = emit_block(ctx, body, mask)
        arrivals.append((flow, code.block))
        if isinstance(flow, Dead):
            code.is_dead = True
        else:
            code.branch(end)
    code.start_joined(end, arrivals)
    return merge(ctx, arrivals)


def first_lane(ctx: Context, value: Value, mask: Mask) -> str:
    """The value in an active lane of a vector that is the same in all of them."""
    return rows.last_lane(ctx, vector_of(ctx.code, value), lltypes.register(value.type), mask)


def _is_blendable(ctx: Context, node: If) -> bool:
    """Small arithmetic on registers: cheaper to compute always and select than to branch around.

    Memory may be read where a masked vector load does it, which is safe when no lane is active.
    """
    if node.size > BLEND_SIZE or node.has_jump or (node.touches_memory and not _reads_in_rows(ctx, node)):
        return False
    for inner in walk(node.then + node.otherwise):
        if isinstance(inner, Loop | Scope | Jump):
            return False
        if isinstance(inner, Leaf):
            stmt = inner.stmt
            if not isinstance(stmt, n.Declare | n.Assign):
                return False
            var = stmt.var if isinstance(stmt, n.Declare) else stmt.place.var  # type: ignore[union-attr]
            if ctx.variables[var].home is not Home.REGISTERS:
                return False
    return not _calls_libm(node)


def _reads_in_rows(ctx: Context, node: If) -> bool:
    """Whether all memory that a node touches is read from consecutive addresses, lane by lane."""
    for inner in walk([node]):
        match inner:
            case (
                Leaf(stmt=n.Declare() as stmt)
                | Leaf(stmt=n.Assign(place=n.VarPlace(var=n.Var(space=Space.LOCAL))) as stmt)
            ):
                exprs = statement_expressions(stmt)
            case If() if inner is node:
                exprs = ()
            case If():
                exprs = (inner.condition,)
            case _:
                return False
        loads = [s.place for e in exprs for s in subexpressions(e) if isinstance(s, n.Load)]
        if not all(_is_local(place) or _is_row_of_lanes(ctx, place) for place in loads):
            return False
    return True


def _is_local(place: n.Place) -> bool:
    return isinstance(place, n.VarPlace) and place.var.space is Space.LOCAL


def _is_row_of_lanes(ctx: Context, place: n.Place) -> bool:
    start = root(place)
    volatile = start.volatile if isinstance(start, n.Deref) else start.var.volatile
    shape, size = ctx.uniformity.address(place), size_of(place.type)
    return not volatile and shape.offsets == tuple(i * size for i in range(ctx.width))


def _calls_libm(node: If) -> bool:
    from cudawasm_cpu.codegen.mathcalls import NATIVE

    for inner in walk(node.then + node.otherwise):
        if isinstance(inner, Leaf):
            for expr in statement_expressions(inner.stmt):
                for sub in subexpressions(expr):
                    if isinstance(sub, n.Builtin) and sub.name not in NATIVE:
                        return True
                    if isinstance(sub, n.Binary) and sub.op in ("div", "rem"):
                        return True
    return False


def _masked_if(ctx: Context, node: If, test: Value, then_mask: str, else_mask: str, mask: Mask) -> Flow:
    code = ctx.code
    end = code.label("endif")
    arrivals: list[tuple[Flow, str]] = []
    if mask is None and node.touches_memory and node.size <= FAST_PATH_SIZE:
        fast, slow = code.label("all"), code.label("some")
        code.branch_if(code.all(then_mask), fast, slow)
        code.start(fast)
        flow = emit_block(ctx, node.then, None)
        arrivals.append((flow, code.block))
        if isinstance(flow, Dead):
            code.is_dead = True
        code.branch(end)
        code.start(slow)
    then_fell = _guarded(ctx, node.then, then_mask, node.else_in if node.otherwise else node.live_out)
    else_fell: Flow = else_mask
    if node.otherwise:
        else_fell = _guarded(ctx, node.otherwise, else_mask, node.live_out)
    fell: Flow = mask
    if node.crossed:
        rest = else_mask if node.otherwise else code.without(mask, then_mask)
        parts = [NONE if isinstance(f, Dead) else f for f in (then_fell, else_fell if node.otherwise else rest)]
        fell = code.either(parts[0] or "splat (i1 true)", parts[1] or "splat (i1 true)")
    arrivals.append((fell, code.block))
    code.branch(end)
    code.start(end)
    return merge(ctx, arrivals)


def _guarded(ctx: Context, nodes: list[Node], mask: str, live: int) -> Flow:
    """Emit nodes for a mask that may be empty."""
    if not nodes:
        return mask
    code = ctx.code
    body, end = code.label("some"), code.label("next")
    here = code.block
    code.branch_if(code.any(mask), body, end)
    code.start(body)
    fell = _with_lost(ctx, live, nodes, mask)
    arrivals: list[tuple[Flow, str]] = [(mask if fell == mask else NONE, here), (fell, code.block)]
    if isinstance(fell, Dead):
        code.is_dead = True
    code.branch(end)
    code.start(end)
    return merge(ctx, arrivals)


# --- loops ---------------------------------------------------------------------------------------


def emit_loop(ctx: Context, node: Loop, mask: Mask) -> Flow:
    """A loop that all lanes of the gang leave together."""
    code = ctx.code
    head, body = code.label("loop"), code.label("body")
    node.continue_label, node.exit_label = code.label("step"), code.label("exit")
    code.start(head)
    code.locations.enter(node.span)
    if node.condition is not None:
        test = condition(ctx, node.condition, mask)
        ref = test.ref if test.is_uniform else first_lane(ctx, test, mask)
        code.branch_if(ref, body, node.exit_label)
        code.start(body)
    first_line = len(code.lines)
    flow = emit_block(ctx, node.body, mask)
    if isinstance(flow, Dead):
        code.is_dead = True
    code.start(node.continue_label)
    flow = emit_block(ctx, node.step, mask)
    if isinstance(flow, Dead):
        code.is_dead = True
    code.loop_back(head, node.unroll_hint or _unrolled(ctx, node, len(code.lines) - first_line))
    code.start(node.exit_label)
    return mask


def _unrolled(ctx: Context, node: Loop, size: int) -> int:
    """How many rounds of ``size`` lines go in a row, or 0 where that is left to LLVM.

    Only in innermost loops to a constant, which LLVM leaves rolled up where it takes code to be dear.
    """
    if ctx.machine.unrolls or not node.ends_at_constant or any(isinstance(x, Loop) for x in walk(node.body)):
        return 0
    return next((count for count in (16, 8, 4) if count * size <= UNROLLED_SIZE), 0)


def emit_masked_loop(ctx: Context, node: Loop, mask: Mask) -> Flow:
    """A loop that lanes leave one by one."""
    code = ctx.code
    lanes = code.alloca(code.mask_type)
    prepare_masks(ctx, node)
    code.do(f"store {code.mask_type} {code.materialize(mask)}, ptr {lanes}")
    head, body = code.label("loop"), code.label("body")
    node.continue_label, node.exit_label = code.label("step"), code.label("exit")
    code.start(head)
    current = code.op(f"load {code.mask_type}, ptr {lanes}")
    ctx.lost.append(node.live_out)
    code.locations.enter(node.span)
    if node.condition is not None:
        test = condition(ctx, node.condition, current)
        if test.is_uniform:
            code.branch_if(test.ref, body, node.exit_label)
        else:
            current = code.both(current, vector_of(code, test))
            code.do(f"store {code.mask_type} {current}, ptr {lanes}")
            if (
                mask is None
                and not (node.crossed or node.is_targeted)
                and node.touches_memory
                and node.size <= FAST_PATH_SIZE
            ):
                _fast_body(ctx, node, current, body)
            else:
                code.branch_if(code.any(current), body, node.exit_label)
    code.start(body)
    _masked_body(ctx, node, lanes, current)
    _masked_step(ctx, node, lanes, head)
    ctx.lost.pop()
    code.start(node.exit_label)
    return left_over(ctx, node, mask)


def _fast_body(ctx: Context, node: Loop, current: str, body: str) -> None:
    """A copy of the body for as long as all lanes are in the loop."""
    code = ctx.code
    fast, slow = code.label("all"), code.label("some")
    code.branch_if(code.all(current), fast, slow)
    code.start(fast)
    emit_block(ctx, node.body, None)
    code.branch(node.continue_label)
    code.start(slow)
    code.branch_if(code.any(current), body, node.exit_label)


def _masked_body(ctx: Context, node: Loop, lanes: str, current: str) -> None:
    code = ctx.code
    if node.continued:
        code.do(f"store {code.mask_type} {NONE}, ptr {node.continued}")
        ctx.lost.append(node.step_in)
    flow = emit_block(ctx, node.body, current)
    if node.continued:
        ctx.lost.pop()
    if isinstance(flow, Dead):
        code.is_dead = True
    elif node.crossed or node.is_targeted:
        fell = code.materialize(flow)
        if node.continued:
            fell = code.either(fell, code.op(f"load {code.mask_type}, ptr {node.continued}"))
        code.do(f"store {code.mask_type} {fell}, ptr {lanes}")
        if fell == NONE:
            code.branch(node.exit_label)
        else:
            code.branch_if(code.any(fell), node.continue_label, node.exit_label)


def _masked_step(ctx: Context, node: Loop, lanes: str, head: str) -> None:
    code = ctx.code
    code.start(node.continue_label)
    if node.step:
        current = code.op(f"load {code.mask_type}, ptr {lanes}")
        flow = emit_block(ctx, node.step, current)
        if isinstance(flow, Dead):
            code.is_dead = True
        elif flow != current:
            fell = code.materialize(flow)
            code.do(f"store {code.mask_type} {fell}, ptr {lanes}")
            if fell == NONE:
                code.branch(node.exit_label)
            else:
                more = code.label("more")
                code.branch_if(code.any(fell), more, node.exit_label)
                code.start(more)
    code.loop_back(head, 0)


def prepare_masks(ctx: Context, node: Loop | Scope) -> None:
    """Stack slots for the lanes that jump from inside a construct."""
    code = ctx.code
    node.escaped = ""
    if node.crossed:
        node.escaped = code.alloca(code.mask_type)
        code.do(f"store {code.mask_type} {NONE}, ptr {node.escaped}")
    if isinstance(node, Loop):
        node.continued = code.alloca(code.mask_type) if node.continue_level == 2 else ""


def left_over(ctx: Context, node: Loop | Scope, mask: Mask) -> Flow:
    """The lanes that go on after a construct: those that did not jump beyond it."""
    if not node.escaped:
        return mask
    code = ctx.code
    return code.without(mask, code.op(f"load {code.mask_type}, ptr {node.escaped}"))


def emit_scope(ctx: Context, node: Scope, mask: Mask) -> Flow:
    code = ctx.code
    if node.level < 2:
        node.exit_label = code.label("scope")
        here_lost = len(ctx.lost)
        flow = emit_block(ctx, node.body, mask)
        assert len(ctx.lost) == here_lost
        if isinstance(flow, Dead):
            code.is_dead = True
        code.start(node.exit_label)
        return mask
    node.exit_label = ""
    prepare_masks(ctx, node)
    flow = _with_lost(ctx, node.live_out, node.body, mask)
    if isinstance(flow, Dead):
        code.is_dead = True
        return DEAD
    return left_over(ctx, node, mask)


# --- jumps ---------------------------------------------------------------------------------------


def emit_jump(ctx: Context, node: Jump, mask: Mask) -> Flow:
    """Leave for a target: by a branch when the whole gang goes, else by taking lanes out of masks."""
    code, target = ctx.code, node.target
    if not node.is_masked:
        if target is None:
            statements.emit_return(ctx, mask)
            return DEAD
        label = target.exit_label
        if isinstance(target, Loop) and node.kind == "continue":
            label = target.continue_label
        code.branch(label)
        return DEAD
    lanes = code.materialize(mask)
    for frame in node.crossing:
        if frame.escaped:
            _add_lanes(ctx, frame.escaped, lanes)
    if target is None:
        statements.note_return(ctx, lanes)
    elif node.kind == "continue":
        assert isinstance(target, Loop)
        _add_lanes(ctx, target.continued, lanes)
    return NONE


def _add_lanes(ctx: Context, slot: str, lanes: str) -> None:
    code = ctx.code
    old = code.op(f"load {code.mask_type}, ptr {slot}")
    code.do(f"store {code.mask_type} {code.either(old, lanes)}, ptr {slot}")
