"""Turn ``if (c) jump; rest`` into ``if (!c) { rest }``, so that lanes meet again where blocks end.

A jump to where control goes anyway is dropped. What follows a barrier is left alone.
"""

from __future__ import annotations

from dataclasses import replace

from cudawasm.ir import nodes as n
from cudawasm.ir.walk import statements
from cudawasm.passes.simplify import negated

Target = tuple[str, str] | None
"""Where control goes at the end of a block: ("break" or "continue", label), ("return", ""), or unknown."""


def nest_tails(module: n.Module) -> n.Module:
    """The module with early exits of kernels and loops nested."""
    functions = {}
    for name, function in module.functions.items():
        end: Target = ("return", "") if function.is_kernel else None
        functions[name] = replace(function, body=_block(function.body, end))
    return replace(module, functions=functions)


def _block(block: n.Block, end: Target) -> n.Block:
    """``block``, when control goes to ``end`` after it."""
    out: list[n.Stmt] = []
    for i, stmt in enumerate(block):
        rest = block[i + 1 :]
        if isinstance(stmt, n.If) and rest and not _has_barrier(rest):
            if _always_jumps(stmt.then) and not stmt.otherwise:
                nested = replace(stmt, then=stmt.then, otherwise=rest)
                return (*out, *_if(nested, end))
            if stmt.otherwise and _always_jumps(stmt.otherwise) and not _always_jumps(stmt.then):
                nested = replace(stmt, then=(*stmt.then, *rest))
                return (*out, *_if(nested, end))
            if stmt.otherwise and _always_jumps(stmt.then):
                nested = replace(stmt, otherwise=(*stmt.otherwise, *rest))
                return (*out, *_if(nested, end))
        last = not rest
        if isinstance(stmt, n.If):
            out.extend(_if(stmt, end if last else None))
        elif isinstance(stmt, n.Loop):
            out.append(replace(stmt, body=_block(stmt.body, ("continue", stmt.label)), step=_block(stmt.step, None)))
        elif isinstance(stmt, n.Switch):
            after = end if last else None
            cases = tuple(replace(c, body=_block(c.body, after)) for c in stmt.cases)
            out.append(replace(stmt, cases=cases, default=_block(stmt.default, after)))
        elif isinstance(stmt, n.Scope):
            body = _block(stmt.body, ("break", stmt.label))
            if _breaks_to(body, stmt.label):
                out.append(replace(stmt, body=body))
            else:
                out.extend(body)
        elif last and _target(stmt) is not None and _target(stmt) == end:
            pass
        else:
            out.append(stmt)
    return tuple(out)


def _if(stmt: n.If, end: Target) -> n.Block:
    then, otherwise = _block(stmt.then, end), _block(stmt.otherwise, end)
    if not then and not otherwise:
        return ()
    if not then:
        return (replace(stmt, condition=negated(stmt.condition), then=otherwise, otherwise=()),)
    return (replace(stmt, then=then, otherwise=otherwise),)


def _target(stmt: n.Stmt) -> Target:
    match stmt:
        case n.Break():
            return ("break", stmt.label)
        case n.Continue():
            return ("continue", stmt.label)
        case n.Return():
            return ("return", "")
        case _:
            return None


def _always_jumps(block: n.Block) -> bool:
    return bool(block) and isinstance(block[-1], n.Break | n.Continue | n.Return | n.Trap)


def _has_barrier(block: n.Block) -> bool:
    return any(isinstance(s, n.Barrier) for s in statements(block))


def _breaks_to(block: n.Block, label: str) -> bool:
    return any(isinstance(s, n.Break) and s.label == label for s in statements(block))
