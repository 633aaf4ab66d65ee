"""A block of threads: regions between barriers, each a loop over the block's gangs."""

from __future__ import annotations

from dataclasses import dataclass

from cudawasm.ir import nodes as n
from cudawasm.ir.walk import root, statement_expressions, subexpressions
from cudawasm_cpu.codegen import addresses, control, lltypes, memory, places, shapes, threads
from cudawasm_cpu.codegen.context import Mask
from cudawasm_cpu.codegen.control import Dead
from cudawasm_cpu.codegen.regions import Masks, Regions
from cudawasm_cpu.codegen.tree import If, Jump, Leaf, Loop, Node, Scope, walk
from cudawasm_cpu.codegen.uniformity import is_masked
from cudawasm_cpu.codegen.values import Value, vector_of
from cudawasm_cpu.codegen.variables import Home, Variable

STREAMS = 12
"""How many runs of memory a processor's prefetcher follows at once."""
MOST_ROUNDS = 8


@dataclass(eq=False)
class BlockEmitter(Regions):
    """Emits a kernel's body at block level."""

    # --- whole kernels ---

    def kernel(self, end: str) -> None:
        """The body of one block; ``end`` is where it goes when all threads are done."""
        tree = self.ctx.tree
        if not tree.has_barrier:
            self.whole(tree.body)
        elif self.ctx.layout.group:
            self.groups(tree.body)
        else:
            self.end = end
            self.in_regions(tree.body)

    def groups(self, nodes: list[Node]) -> None:
        """A loop over groups of gangs, each of which runs as if it were the block."""
        ctx, code = self.ctx, self.ctx.code
        slot = code.alloca("i32")
        head, self.end, done = code.label("groups"), code.label("groupend"), code.label("done")
        code.do(f"store i32 0, ptr {slot}")
        code.start(head)
        ctx.first_gang = code.op(f"load i32, ptr {slot}")
        self.in_regions(nodes)
        code.start(self.end)
        following = code.op(f"add nuw nsw i32 {ctx.first_gang}, {ctx.layout.group}")
        code.do(f"store i32 {following}, ptr {slot}")
        code.branch_if(code.op(f"icmp ult i32 {following}, {ctx.layout.gangs}"), head, done)
        code.start(done)

    def in_regions(self, nodes: list[Node]) -> None:
        tree = self.ctx.tree
        self.crossing_variables(nodes)
        self.initialize_params()
        masks: Masks = None
        if any(isinstance(x, Jump) and x.target is None and x.is_masked for x in walk(tree.body)):
            masks = self.new_masks()
            self.copy_initial(masks)
        self.sequence(tree.body, masks)

    def whole(self, nodes: list[Node]) -> None:
        """A kernel without barriers: one loop over gangs."""
        ctx, code = self.ctx, self.ctx.code
        gangs = threads.GangLoop(ctx) if ctx.layout.batch == 1 else threads.RowLoop(ctx)
        ctx.gang_end = gangs.end_label
        gangs.begin()
        self.initialize_params()
        mask = self.initial_mask()
        size = sum(x.size if isinstance(x, If | Loop | Scope) else 4 for x in nodes)
        if mask is not None and ctx.layout.gangs > 1 and size <= control.FAST_PATH_SIZE:
            full, partial = code.label("full"), code.label("partial")
            code.branch_if(code.all(mask), full, partial)
            code.start(full)
            self.finish(control.emit_block(ctx, nodes, None), gangs.end_label)
            code.start(partial)
        self.finish(control.emit_block(ctx, nodes, mask), gangs.end_label)
        gangs.finish()

    def finish(self, flow: object, label: str) -> None:
        code = self.ctx.code
        if isinstance(flow, Dead):
            code.is_dead = True
        code.branch(label)

    def initialize_params(self) -> None:
        """Copies of parameters that the kernel assigns to, or takes the address of."""
        ctx = self.ctx
        for param in ctx.kernel.params:
            variable = ctx.variables[param]
            if variable.home is Home.PARAMS:
                continue
            ref = ctx.code.op(f"getelementptr i8, ptr %params, i64 {variable.param_offset}")
            address = Value(places.BYTE_PTR, shapes.PER_BLOCK, ref, "params")
            if ctx.tree.has_barrier:
                self.parameter_everywhere(variable, address)
            else:
                self.copy_parameter(variable, address)

    def copy_parameter(self, variable: Variable, address: Value) -> None:
        ctx = self.ctx
        where = places.Memory(address, immutable=True)
        place = places.locate(ctx, n.VarPlace(variable.var), None)
        for i, (leaf, offset) in enumerate(lltypes.leaves(variable.var.type)):
            value = memory.load_from(ctx, addresses.add_bytes(ctx, address, offset), leaf, None, where)
            memory.store_leaf(ctx, place, i, offset, value, None)

    def parameter_everywhere(self, variable: Variable, address: Value) -> None:
        if variable in self.uniform_slots:
            variable.slots = dict(enumerate(self.uniform_slots[variable]))
            self.copy_parameter(variable, address)
            return
        gangs = threads.GangLoop(self.ctx)
        gangs.begin()
        self.enter_storage(variable)
        self.copy_parameter(variable, address)
        if variable in self.saved:
            self.save(variable)
        self.ctx.code.branch(gangs.end_label)
        gangs.finish()

    # --- block-level control ---

    def sequence(self, nodes: list[Node], masks: Masks) -> None:
        """Emit nodes for the threads of ``masks``; as soon as none is left, what remains is skipped.

        Loops of the whole block would not end without threads: their counters are counted in gangs.
        """
        code = self.ctx.code
        end = code.label("empty")
        run: list[Node] = []
        for i, node in enumerate(nodes):
            if not self.needs_block(node):
                run.append(node)
                continue
            if self.region(run, masks):
                self.skip_when_empty(masks, end)
            run = []
            self.at_block_level()
            match node:
                case Leaf():
                    self.barrier(node, masks)
                case Jump():
                    self.jump(node)
                    break
                case If():
                    self.if_(node, masks)
                case Loop():
                    self.loop(node, masks)
                case Scope():
                    self.scope(node, masks)
            if isinstance(node, If | Loop | Scope) and node.crossed and i + 1 < len(nodes):
                self.skip_when_empty(masks, end)
        else:
            self.region(run, masks)
        code.start(end)

    def skip_when_empty(self, masks: Masks, end: str) -> None:
        """Go to ``end`` when no thread is left."""
        assert masks is not None
        code = self.ctx.code
        more = code.label("more")
        code.branch_if(self.some_lane(masks), more, end)
        code.start(more)

    def block_value(self, expr: n.Expr) -> str:
        self.at_block_level()
        value = control.condition(self.ctx, expr, None)
        assert value.is_uniform
        return value.ref

    def jump(self, node: Jump) -> None:
        code = self.ctx.code
        if node.target is None:
            code.branch(self.end)
            return
        exit_label, continue_label = self.labels[node.target]
        code.branch(continue_label if node.kind == "continue" else exit_label)

    def if_(self, node: If, masks: Masks) -> None:
        code = self.ctx.code
        code.locations.enter(node.span)
        yes, no, end = code.label("then"), code.label("else"), code.label("endif")
        if node.level == 0:
            code.branch_if(self.block_value(node.condition), yes, no)
            code.start(yes)
            self.sequence(node.then, masks)
            code.branch(end)
            code.start(no)
            self.sequence(node.otherwise, masks)
            code.start(end)
            return
        then_masks, else_masks = self.new_masks(), self.new_masks()
        some_then, some_else = self.split_masks(node.condition, masks, then_masks, else_masks)
        middle = code.label("middle")
        if masks is None and node.size <= control.FAST_PATH_SIZE:
            whole, part = code.label("whole"), code.label("part")
            code.branch_if(some_else, part, whole)
            code.start(whole)
            self.sequence(node.then, None)
            code.branch(end)
            code.start(part)
        code.branch_if(some_then, yes, middle)
        code.start(yes)
        self.masked_sequence(node.then, then_masks, node.else_in if node.otherwise else node.live_out)
        code.start(middle)
        if node.otherwise:
            code.branch_if(some_else, no, end)
            code.start(no)
            self.masked_sequence(node.otherwise, else_masks, node.live_out)
        code.start(end)
        if node.crossed:
            assert masks is not None
            self.each_gang(lambda: self.combine(masks, then_masks, else_masks, "or"))

    def masked_sequence(self, nodes: list[Node], masks: str, live: int) -> None:
        self.ctx.lost.append(live)
        self.sequence(nodes, masks)
        self.ctx.lost.pop()

    def split_masks(self, expr: n.Expr, masks: Masks, yes: str, no: str) -> tuple[str, str]:
        """Evaluate a condition in all gangs; (some lane says yes, some lane says no)."""
        ctx, code = self.ctx, self.ctx.code
        flags = [code.alloca("i1"), code.alloca("i1")]
        for flag in flags:
            code.do(f"store i1 false, ptr {flag}")

        def each() -> None:
            mask = self.gang_mask(masks)
            lanes = vector_of(code, control.condition(ctx, expr, mask))
            both = code.both(mask, lanes)
            rest = code.both(mask, code.invert(lanes))
            for flag, value, array in zip(flags, (both, rest), (yes, no), strict=True):
                self.put_mask(array, value)
                old = code.op(f"load i1, ptr {flag}")
                code.do(f"store i1 {code.op(f'or i1 {old}, {code.any(value)}')}, ptr {flag}")

        self.each_gang(each, reads=self.reads(expr))
        some = [code.op(f"load i1, ptr {flag}") for flag in flags]
        return some[0], some[1]

    def loop(self, node: Loop, masks: Masks) -> None:
        if node.is_grid_stride and is_masked(node):
            self.grid_stride_loop(node, masks)
            return
        if is_masked(node):
            self.masked_loop(node, masks)
            return
        code = self.ctx.code
        head, body = code.label("loop"), code.label("body")
        step, end = code.label("step"), code.label("exit")
        self.labels[node] = (end, step)
        code.start(head)
        code.locations.enter(node.span)
        if node.condition is not None:
            code.branch_if(self.block_value(node.condition), body, end)
            code.start(body)
        self.sequence(node.body, masks)
        code.start(step)
        self.sequence(node.step, masks)
        # LLVM does not unroll around the loops over gangs inside, and would say so.
        code.loop_back(head, 1 if node.unroll == 1 else 0)
        code.start(end)

    def masked_loop(self, node: Loop, masks: Masks) -> None:
        """A loop with barriers that lanes leave one by one: those that left are absent later."""
        code = self.ctx.code
        inside = self.new_masks()
        self.each_gang(lambda: self.put_mask(inside, code.materialize(self.gang_mask(masks))))
        if node.crossed:
            self.escaped[node] = self.new_masks()
            self.each_gang(lambda: self.put_mask(self.escaped[node], control.NONE))
        if node.continue_level == 2:
            self.continued[node] = self.new_masks()
        head, body, step, end = (code.label(x) for x in ("loop", "body", "step", "exit"))
        self.ctx.lost.append(node.live_out)
        code.start(head)
        code.locations.enter(node.span)
        if node.condition is not None:
            some, _ = self.split_masks(node.condition, inside, inside, self.new_masks())
            code.branch_if(some, body, end)
        else:
            code.branch(body)
        code.start(body)
        if node in self.continued:
            self.each_gang(lambda: self.put_mask(self.continued[node], control.NONE))
            self.ctx.lost.append(node.step_in)
        self.frames.append(node)
        self.sequence(node.body, inside)
        if node in self.continued:
            self.ctx.lost.pop()
            self.each_gang(lambda: self.combine(inside, inside, self.continued[node], "or"))
        code.branch_if(self.some_lane(inside), step, end)
        code.start(step)
        self.sequence(node.step, inside)
        more = code.label("more")
        code.branch_if(self.some_lane(inside), more, end)
        code.start(more)
        self.frames.pop()
        code.loop_back(head, 0)
        self.ctx.lost.pop()
        code.start(end)
        self.leave(node, masks)

    def grid_stride_loop(self, node: Loop, masks: Masks) -> None:
        """A loop whose lanes leave one by one, run a few rounds for each gang before any goes on.

        The gangs read side by side, so every array is read in long runs, one for each of the rounds.
        """
        ctx, code = self.ctx, self.ctx.code
        inside, some = self.new_masks(), code.alloca("i1")
        self.each_gang(lambda: self.put_mask(inside, code.materialize(self.gang_mask(masks))))
        touched, assigned = self.accessed([*node.body, *node.step])
        assert node.condition is not None
        touched |= self.reads(node.condition)
        local = [v for v in ctx.variables.values() if touched & v.bit]
        head, end = code.label("loop"), code.label("exit")
        ctx.lost.append(node.live_out)
        code.start(head)
        code.do(f"store i1 false, ptr {some}")
        gangs = threads.GangLoop(ctx)
        ctx.gang_end = gangs.end_label
        gangs.begin()
        for variable in local:
            self.enter(variable, True, bool(assigned & variable.bit))
        self.stride_rounds(node, inside, some)
        for variable in local:
            if assigned & variable.bit and variable in self.saved:
                self.save(variable)
        code.branch(gangs.end_label)
        gangs.finish()
        self.at_block_level()
        code.branch_if(code.op(f"load i1, ptr {some}"), head, end)
        code.start(end)
        ctx.lost.pop()

    def stride_rounds(self, node: Loop, masks: str, some: str) -> None:
        """A few rounds for the current gang; sets ``some`` when lanes are left.

        Lanes leave in the last rounds only, so that a small body has a copy for rounds of all lanes.
        """
        ctx, code = self.ctx, self.ctx.code
        assert node.condition is not None
        bits = f"i{threads.mask_bits(ctx)}"
        lanes, rounds = code.alloca(bits), code.alloca("i32")
        again, body, left, done = (code.label(x) for x in ("round", "body", "left", "left"))
        begun = code.op(f"load {bits}, ptr {threads.entry(ctx, masks)}")
        code.do(f"store {bits} {begun}, ptr {lanes}")
        code.do(f"store i32 0, ptr {rounds}")
        if node.size <= control.FAST_PATH_SIZE:
            whole, full = code.label("whole"), code.label("full")
            every = threads.from_mask(ctx, code.materialize(None))
            code.branch_if(code.op(f"icmp eq {bits} {begun}, {every}"), whole, again)
            code.start(whole)
            current = vector_of(code, control.condition(ctx, node.condition, None))
            code.branch_if(code.all(current), full, again)
            code.start(full)
            self.stride_round(node, None, rounds, whole, left)
        code.start(again)
        mask = threads.to_mask(ctx, code.op(f"load {bits}, ptr {lanes}"))
        current = code.both(mask, vector_of(code, control.condition(ctx, node.condition, mask)))
        code.do(f"store {bits} {threads.from_mask(ctx, current)}, ptr {lanes}")
        code.branch_if(code.any(current), body, done)
        code.start(body)
        self.stride_round(node, current, rounds, again, left)
        code.start(left)
        code.do(f"store i1 true, ptr {some}")
        code.branch(done)
        code.start(done)
        code.do(f"store {bits} {code.op(f'load {bits}, ptr {lanes}')}, ptr {threads.entry(ctx, masks)}")

    def stride_round(self, node: Loop, mask: Mask, rounds: str, again: str, left: str) -> None:
        """A round of the lanes of ``mask``, after which there is another or the gang is left."""
        code = self.ctx.code
        flow = control.emit_block(self.ctx, [*node.body, *node.step], mask)
        assert not isinstance(flow, Dead)
        count = code.op(f"add i32 {code.op(f'load i32, ptr {rounds}')}, 1")
        code.do(f"store i32 {count}, ptr {rounds}")
        code.branch_if(code.op(f"icmp ult i32 {count}, {_rounds(node)}"), again, left)

    def leave(self, node: Loop | Scope, masks: Masks) -> None:
        if node.crossed:
            assert masks is not None
            self.each_gang(lambda: self.combine(masks, masks, self.escaped[node], "without"))

    def scope(self, node: Scope, masks: Masks) -> None:
        code = self.ctx.code
        if not is_masked(node):
            end = code.label("scope")
            self.labels[node] = (end, "")
            self.sequence(node.body, masks)
            code.start(end)
            return
        inside = self.new_masks()
        self.each_gang(lambda: self.put_mask(inside, code.materialize(self.gang_mask(masks))))
        if node.crossed:
            self.escaped[node] = self.new_masks()
            self.each_gang(lambda: self.put_mask(self.escaped[node], control.NONE))
        self.frames.append(node)
        self.masked_sequence(node.body, inside, node.live_out)
        self.frames.pop()
        self.leave(node, masks)

    # --- barriers ---

    def barrier(self, node: Leaf, masks: Masks) -> None:
        stmt = node.stmt
        assert isinstance(stmt, n.Barrier)
        if stmt.kind == "grid":
            threads.grid_barrier(self.ctx)
        if stmt.predicate is None:
            return
        ctx, code = self.ctx, self.ctx.code
        predicate = stmt.predicate
        total = code.alloca("i32")
        code.do(f"store i32 0, ptr {total}")

        def each() -> None:
            mask = self.gang_mask(masks)
            lanes = vector_of(code, control.condition(ctx, predicate, mask))
            if stmt.kind == "and":
                lanes = code.invert(lanes)
            bits = code.bits(code.both(mask, lanes))
            width = ctx.width
            count = code.call(f"i{width}", f"llvm.ctpop.i{width}", [(f"i{width}", bits)])
            wide = threads.widen(ctx, count)
            old = code.op(f"load i32, ptr {total}")
            code.do(f"store i32 {code.op(f'add i32 {old}, {wide}')}, ptr {total}")

        self.each_gang(each, reads=self.reads(predicate))
        result = code.op(f"load i32, ptr {total}")
        if stmt.kind != "count":
            flag = code.op(f"icmp {'eq' if stmt.kind == 'and' else 'ne'} i32 {result}, 0")
            result = code.op(f"zext i1 {flag} to i32")
        if stmt.result is not None:
            self.block_result(ctx.variables[stmt.result], result, masks)

    def block_result(self, variable: Variable, ref: str, masks: Masks) -> None:
        ctx = self.ctx
        type_ = variable.leaves[0][0]
        value = Value(type_, shapes.PER_BLOCK, ref)
        if variable in self.uniform_slots:
            self.at_block_level()
            memory.write_register(ctx, variable, 0, value, None)
            return

        def each() -> None:
            self.enter(variable, True, True)
            memory.write_register(ctx, variable, 0, value, self.gang_mask(masks))
            self.save(variable)

        self.each_gang(each)


def _rounds(node: Loop) -> int:
    """Rounds of a grid-stride loop that go together: each reads and writes every array in a run of its own."""
    touched: set[n.Place] = set()
    for leaf in walk(node.body):
        if isinstance(leaf, Leaf):
            exprs = [sub for expr in statement_expressions(leaf.stmt) for sub in subexpressions(expr)]
            touched.update(expr.place for expr in exprs if isinstance(expr, n.Load))
            if isinstance(leaf.stmt, n.Assign | n.Atomic):
                touched.add(leaf.stmt.place)
    outside = sum(isinstance(root(place), n.Deref) for place in touched)
    return max(2, min(MOST_ROUNDS, STREAMS // max(1, outside)))
