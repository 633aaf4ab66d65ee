"""A kernel as an LLVM module: the function that runs a range of blocks."""

from __future__ import annotations

from dataclasses import dataclass

from cudawasm.ir import nodes as n
from cudawasm.ir.types import U32, Array, Type, align_of, round_up, size_of
from cudawasm.ir.walk import root, statement_expressions, statements, subexpressions
from cudawasm.runtime.interface import CompileOptions, Dim3
from cudawasm_cpu.codegen import blocks, shapes, threads
from cudawasm_cpu.codegen.arrangement import arrange
from cudawasm_cpu.codegen.code import Code
from cudawasm_cpu.codegen.context import Context
from cudawasm_cpu.codegen.locations import Locations
from cudawasm_cpu.codegen.needs import kernel_needs
from cudawasm_cpu.codegen.sites import Site
from cudawasm_cpu.codegen.tree import If, Leaf, Loop, Node, Scope, leaf_size
from cudawasm_cpu.codegen.values import Value, constant
from cudawasm_cpu.codegen.variables import param_offsets
from cudawasm_cpu.machine import Machine

ENTRY = "cudawasm_kernel"


@dataclass(frozen=True, slots=True)
class Generated:
    """LLVM text of a kernel for one block shape, and what a launch of it needs to know.

    ``static_shared``: bytes before dynamic shared memory. ``storage``: bytes per worker for values of a block.
    ``batch``: how many blocks may run together, each with shared memory of its own.
    """

    text: str
    params_size: int
    static_shared: int
    storage: int
    sites: tuple[Site, ...]
    globals: tuple[str, ...]
    cooperative: bool
    batch: int
    cost: int


def _cost(nodes: list[Node]) -> int:
    """A rough count of operations per thread; loops count 16 times."""
    total = 0
    for node in nodes:
        match node:
            case Leaf():
                total += leaf_size(node.stmt)
            case If():
                total += _cost(node.then) + _cost(node.otherwise)
            case Loop():
                total += 16 * (_cost(node.body) + _cost(node.step))
            case Scope():
                total += _cost(node.body)
            case _:
                total += 1
    return total


def shared_layout(module: n.Module, kernel: n.Function) -> tuple[dict[n.Var, int], int]:
    """Offsets of the static shared variables that a kernel uses, and where dynamic ones start."""
    used = _mentioned(kernel)
    offsets: dict[n.Var, int] = {}
    end = 0
    for var in module.shared:
        if var in used and not _is_dynamic(var.type):
            end = round_up(end, max(var.align, align_of(var.type), 16))
            offsets[var] = end
            end += size_of(var.type)
    return offsets, round_up(end, 64)


def _is_dynamic(type_: Type) -> bool:
    return isinstance(type_, Array) and (type_.count == 0 or _is_dynamic(type_.element))


def _mentioned(kernel: n.Function) -> set[n.Var]:
    found: set[n.Var] = set()

    def note(place: n.Place) -> None:
        start = root(place)
        if isinstance(start, n.VarPlace):
            found.add(start.var)

    for stmt in statements(kernel.body):
        if isinstance(stmt, n.Assign | n.Atomic):
            note(stmt.place)
        for expr in statement_expressions(stmt):
            for sub in subexpressions(expr):
                if isinstance(sub, n.Load | n.AddressOf):
                    note(sub.place)
    return found


def generate(
    module: n.Module, kernel: n.Function, block: Dim3, machine: Machine, options: CompileOptions, entry: str = ENTRY
) -> Generated:
    """LLVM IR of a kernel without calls for blocks of shape ``block``, as a function called ``entry``."""
    needs = kernel_needs(kernel)
    layout, tree, variables, uniformity = arrange(kernel, block, machine, needs, options)
    offsets, static = shared_layout(module, kernel)
    used = _mentioned(kernel)
    outside = [v for v in module.globals if v in used]
    code = Code(layout.width, machine.masks, Locations(kernel.span if options.debug else None))
    ctx = Context(code, machine, layout, options, kernel, tree, variables, uniformity, offsets, static,
                  {v: i for i, v in enumerate(outside)}, width=layout.width)  # fmt: skip
    _emit_function(ctx)
    return Generated(
        module_text(ctx, machine, entry),
        param_offsets(kernel.params)[1],
        static,
        round_up(ctx.storage_bytes, 64),
        tuple(ctx.sites),
        tuple(v.name for v in outside),
        needs.grid_barrier,
        layout.batch,
        _cost(tree.body),
    )


def _emit_function(ctx: Context) -> None:
    """Loop over the blocks ``first`` to ``last`` and run each, or batch by batch."""
    code = ctx.code
    grid = [threads.job_field(code, threads.JOB_GRID + 4 * i, "i32") for i in range(3)]
    for i, axis in enumerate("xyz"):
        counted = shapes.Shape(shapes.BLOCK, (), 1, True, True)
        ctx.specials[f"grid_dim.{axis}"] = Value(U32, counted, grid[i])
        ctx.specials[f"block_dim.{axis}"] = constant(U32, ctx.layout.block[i])
    dynamic = threads.job_field(code, threads.JOB_DYNAMIC, "i32")
    ctx.specials["dynamic_shared_bytes"] = Value(U32, shapes.PER_BLOCK, dynamic)
    wide = [code.op(f"zext i32 {g} to i64") for g in grid]
    head, end, exit_ = "blocks", "blockend", "finished"
    slot = code.alloca("i64")
    code.do(f"store i64 %first, ptr {slot}")
    code.start(head)
    number = code.op(f"load i64, ptr {slot}")
    count = _set_batch(ctx, number, _set_block_index(ctx, number, wide), wide[0])
    threads.set_block_values(ctx)
    blocks.BlockEmitter(ctx).kernel(end)
    code.start(end)
    old = code.op(f"load i64, ptr {slot}")
    new = code.op(f"add nuw i64 {old}, {count}")
    code.do(f"store i64 {new}, ptr {slot}")
    code.branch_if(code.op(f"icmp ult i64 {new}, %last"), head, exit_)
    code.start(exit_)
    code.do("ret i32 0")


def _set_batch(ctx: Context, number: str, x: str, width: str) -> str:
    """Set how many gangs the batch at block ``number`` has; the number of its blocks, all in one row of the grid."""
    code, layout = ctx.code, ctx.layout
    if layout.batch == 1:
        ctx.gangs = str(layout.together)
        return "1"
    ctx.first_block = code.op(f"trunc i64 {x} to i32")
    left = code.op(f"sub i64 %last, {number}")
    in_row = code.op(f"sub i64 {width}, {x}")
    count = threads.job_field(code, threads.JOB_BATCH, "i64")
    for limit in (left, in_row):
        count = code.call("i64", "llvm.umin.i64", [("i64", count), ("i64", limit)])
    ctx.batch = code.op(f"trunc i64 {count} to i32")
    ctx.gangs = code.op(f"mul i32 {ctx.batch}, {layout.gangs}")
    return count


def _set_block_index(ctx: Context, number: str, grid: list[str]) -> str:
    """blockIdx of a block number, x fastest; its x."""
    code = ctx.code
    x = code.op(f"urem i64 {number}, {grid[0]}")
    rows = code.op(f"udiv i64 {number}, {grid[0]}")
    y = code.op(f"urem i64 {rows}, {grid[1]}")
    z = code.op(f"udiv i64 {rows}, {grid[1]}")
    counted = shapes.Shape(shapes.BLOCK, (), 1, True, True)
    for axis, value in zip("xyz", (x, y, z), strict=True):
        ctx.specials[f"block_idx.{axis}"] = Value(U32, counted, code.op(f"trunc i64 {value} to i32"))
    return x


def module_text(ctx: Context, machine: Machine, entry: str) -> str:
    """The whole module."""
    code = ctx.code
    attributes = f'"target-cpu"="{machine.cpu}" "prefer-vector-width"="{machine.vector_bits}" nounwind'
    attributes += ' "no-builtin-strlen" "no-builtin-wcslen"'  # loops that LLVM would make calls of
    pointers = ", ".join(f"ptr noalias %{name}" for name in ("arena", "storage"))
    job = f"ptr noalias readonly align 8 dereferenceable({threads.JOB_READ}) %job"
    signature = f'define i32 @"{entry}"({job}, i64 %first, i64 %last, {pointers}) #0'
    params = "  %params = load ptr, ptr %job, align 8, !invariant.load !0, !dereferenceable !6, !align !8"
    place = f"  %globals.place = getelementptr i8, ptr %job, i64 {threads.JOB_GLOBALS}"
    globals_ = "  %globals = load ptr, ptr %globals.place, align 8, !invariant.load !0, !dereferenceable !7, !align !8"
    parts = [
        f'target triple = "{machine.triple}"',
        *(f"@table{i} = {text}" for i, text in enumerate(code.constants)),
        *code.declarations.values(),
        f"{signature}{code.locations.of_function} {{",
        "entry:",
        *code.allocas,
        params,
        place,
        globals_,
        *code.lines,
        "}",
        f"attributes #0 = {{ {attributes} }}",
        "!0 = !{}",
        '!1 = distinct !{!1, !"spaces"}',
        '!4 = distinct !{!4, !1, !"shared"}',
        '!5 = distinct !{!5, !1, !"global"}',
        "!2 = !{!4}",
        "!3 = !{!5}",
        # What is loaded from there may be loaded early, before loops.
        f"!6 = !{{i64 {max(1, param_offsets(ctx.kernel.params)[1])}}}",
        f"!7 = !{{i64 {max(1, 8 * len(ctx.globals))}}}",
        "!8 = !{i64 8}",
    ]
    parts += code.locations.metadata()
    for i, (wish, count) in enumerate(code.loops):
        number = 100 + 2 * (i + 1)
        operand = f", i32 {count}" if wish.endswith("count") else ""
        parts += [
            f"!{number} = distinct !{{!{number}, !{number + 1}}}",
            f'!{number + 1} = !{{!"{wish}"{operand}}}',
        ]
    return "\n".join(parts) + "\n"
