"""Regions between barriers: the variables that outlive them, masks between them, their loops over gangs."""

from __future__ import annotations

from dataclasses import dataclass, field

from cudawasm.ir import nodes as n
from cudawasm.ir.types import Space, round_up, size_of
from cudawasm.ir.walk import assigned_variables, root, statement_expressions, subexpressions
from cudawasm_cpu.codegen import control, lltypes, memory, threads
from cudawasm_cpu.codegen.context import Context, Mask
from cudawasm_cpu.codegen.control import Dead
from cudawasm_cpu.codegen.shapes import BLOCK, VARYING
from cudawasm_cpu.codegen.tree import If, Jump, Leaf, Loop, Node, Scope, walk
from cudawasm_cpu.codegen.variables import Home, Variable

Masks = str | None
"""At block level: an array with one integer of lane bits per gang, or None when nothing has been masked."""

STACK_LIMIT = 1 << 16


@dataclass(eq=False)
class Regions:
    """Storage and masks at block level, and the emission of one region."""

    ctx: Context
    saved: dict[Variable, list[str]] = field(default_factory=dict)
    uniform_slots: dict[Variable, list[str]] = field(default_factory=dict)
    frames: list[Loop | Scope] = field(default_factory=list)
    escaped: dict[Loop | Scope, str] = field(default_factory=dict)
    continued: dict[Loop, str] = field(default_factory=dict)
    labels: dict[Loop | Scope, tuple[str, str]] = field(default_factory=dict)
    end: str = ""
    block_level: dict[int, bool] = field(default_factory=dict)

    # --- which variables outlive a region ---

    def crossing_variables(self, nodes: list[Node]) -> None:
        """Give block-level storage to every variable that is alive between regions."""
        live = 0
        for region in self.regions(nodes):
            live |= (region[0].live_in | region[-1].live_out) & self.accessed(region)[0]
        for node in walk(nodes):
            if isinstance(node, Leaf) and isinstance(node.stmt, n.Barrier) and node.stmt.result is not None:
                live |= self.ctx.variables[node.stmt.result].bit
            if isinstance(node, If | Loop) and self.needs_block(node) and node.condition is not None:
                live |= self.reads(node.condition)
        for param in self.ctx.kernel.params:
            if self.ctx.variables[param].home is not Home.PARAMS:
                live |= self.ctx.variables[param].bit
        for variable in self.ctx.variables.values():
            if live & variable.bit:
                self.give_storage(variable)

    def give_storage(self, variable: Variable) -> None:
        ctx, code = self.ctx, self.ctx.code
        gangs, width = ctx.layout.together, ctx.width
        if variable.home in (Home.LANES, Home.MEMORY):
            variable.is_fixed = True
            self.saved[variable] = [self.reserve(gangs * width * max(1, size_of(variable.var.type)))]
            return
        if variable.home is not Home.REGISTERS:
            return
        kinds = [lltypes.register(t) for t, _ in variable.leaves]
        if all(s is None or s.level == BLOCK for s in variable.shapes):
            self.uniform_slots[variable] = [code.alloca(k) for k in kinds]
            return
        slots = []
        for kind, shape in zip(kinds, variable.shapes, strict=True):
            if shape is None:
                slots.append("")
                continue
            cell = code.vector(kind) if shape.level == VARYING else kind
            bits = {"i1": 8, "half": 16, "float": 32, "double": 64, "ptr": 64}.get(kind) or int(kind[1:])
            size = bits // 8 * (width if shape.level == VARYING else 1) * gangs
            slots.append(code.alloca(f"[{gangs} x {cell}]", 1, 64) if size <= STACK_LIMIT else self.reserve(size))
        self.saved[variable] = slots

    def reserve(self, size: int) -> str:
        """Per-block memory from the worker's arena."""
        ctx = self.ctx
        ref = f"arena:{ctx.storage_bytes}"
        ctx.storage_bytes += round_up(size, 64)
        return ref

    def base(self, slot: str) -> str:
        if slot.startswith("arena:"):
            return self.ctx.code.op(f"getelementptr i8, ptr %storage, i64 {slot[6:]}")
        return slot

    def regions(self, nodes: list[Node]) -> list[list[Node]]:
        """The maximal runs of nodes without block-level control, in the whole tree."""
        out: list[list[Node]] = []
        run: list[Node] = []
        for node in nodes:
            if not self.needs_block(node):
                run.append(node)
                continue
            if run:
                out.append(run)
            run = []
            match node:
                case If():
                    out += self.regions(node.then) + self.regions(node.otherwise)
                case Loop():
                    out += self.regions(node.body) + self.regions(node.step)
                case Scope():
                    out += self.regions(node.body)
                case _:
                    pass
        return [*out, run] if run else out

    def needs_block(self, node: Node) -> bool:
        """Whether a node holds a barrier, or a jump that the whole block takes to a block-level place."""
        match node:
            case Leaf():
                return isinstance(node.stmt, n.Barrier)
            case Jump():
                if node.is_masked:
                    return False
                return node.target is None or self.is_block_level(node.target)
            case _:
                return self.is_block_level(node)

    def is_block_level(self, node: If | Loop | Scope) -> bool:
        if node.has_barrier or not isinstance(node, If):
            return node.has_barrier
        if id(node) not in self.block_level:
            self.block_level[id(node)] = any(self.needs_block(x) for x in node.then + node.otherwise)
        return self.block_level[id(node)]

    def reads(self, expr: n.Expr) -> int:
        bits = 0
        for sub in subexpressions(expr):
            if isinstance(sub, n.Load | n.AddressOf):
                start = root(sub.place)
                if isinstance(start, n.VarPlace) and start.var.space is Space.LOCAL:
                    bits |= self.ctx.variables[start.var].bit
        return bits

    def accessed(self, nodes: list[Node]) -> tuple[int, int]:
        """(variables touched, variables assigned) in nodes."""
        touched = assigned = 0
        for node in walk(nodes):
            if isinstance(node, Leaf):
                for expr in statement_expressions(node.stmt):
                    touched |= self.reads(expr)
                for var in assigned_variables(node.stmt):
                    if var.space is Space.LOCAL:
                        assigned |= self.ctx.variables[var].bit
            elif isinstance(node, If | Loop) and node.condition is not None:
                touched |= self.reads(node.condition)
        return touched | assigned, assigned

    # --- masks at block level ---

    def initial_mask(self) -> Mask:
        """The lanes of the current gang that are threads at all."""
        ctx, code = self.ctx, self.ctx.code
        layout = ctx.layout
        if layout.is_full:
            return None
        bits = threads.table(ctx, f"i{threads.mask_bits(ctx)}", layout.masks)
        place = threads.entry(ctx, bits, ctx.gang_of_block)
        return threads.to_mask(ctx, code.op(f"load i{threads.mask_bits(ctx)}, ptr {place}"))

    def new_masks(self) -> str:
        bits = threads.mask_bits(self.ctx)
        return self.ctx.code.alloca(f"[{self.ctx.layout.together} x i{bits}]", 1, 64)

    def copy_initial(self, masks: str) -> None:
        code = self.ctx.code
        self.each_gang(lambda: self.put_mask(masks, code.materialize(self.initial_mask())))

    def gang_mask(self, masks: Masks) -> Mask:
        ctx = self.ctx
        if masks is None:
            return self.initial_mask()
        bits = threads.mask_bits(ctx)
        return threads.to_mask(ctx, ctx.code.op(f"load i{bits}, ptr {threads.entry(ctx, masks)}"))

    def put_mask(self, masks: str, mask: str) -> None:
        ctx = self.ctx
        bits = threads.mask_bits(ctx)
        ctx.code.do(f"store i{bits} {threads.from_mask(ctx, mask)}, ptr {threads.entry(ctx, masks)}")

    def combine(self, into: str, a: str, b: str, how: str) -> None:
        code, bits = self.ctx.code, threads.mask_bits(self.ctx)
        x = code.op(f"load i{bits}, ptr {threads.entry(self.ctx, a)}")
        y = code.op(f"load i{bits}, ptr {threads.entry(self.ctx, b)}")
        if how == "without":
            y = code.op(f"xor i{bits} {y}, -1")
        result = code.op(f"{'or' if how == 'or' else 'and'} i{bits} {x}, {y}")
        code.do(f"store i{bits} {result}, ptr {threads.entry(self.ctx, into)}")

    def some_lane(self, masks: str) -> str:
        code, bits = self.ctx.code, threads.mask_bits(self.ctx)
        total = code.alloca(f"i{bits}")
        code.do(f"store i{bits} 0, ptr {total}")

        def each() -> None:
            old = code.op(f"load i{bits}, ptr {total}")
            mine = code.op(f"load i{bits}, ptr {threads.entry(self.ctx, masks)}")
            code.do(f"store i{bits} {code.op(f'or i{bits} {old}, {mine}')}, ptr {total}")

        self.each_gang(each)
        return code.op(f"icmp ne i{bits} {code.op(f'load i{bits}, ptr {total}')}, 0")

    def each_gang(self, body: object, reads: int = 0) -> None:
        """A loop over gangs around what ``body`` emits."""
        gangs = threads.GangLoop(self.ctx)
        gangs.begin()
        for variable in self.ctx.variables.values():
            if reads & variable.bit:
                self.enter(variable, True, False)
        body()  # type: ignore[operator]
        self.ctx.code.branch(gangs.end_label)
        gangs.finish()

    # --- regions ---

    def at_block_level(self) -> None:
        """Make block-uniform variables readable outside gang loops."""
        for variable, slots in self.uniform_slots.items():
            variable.slots = dict(enumerate(slots))

    def region(self, nodes: list[Node], masks: Masks) -> bool:
        """Nodes between barriers, for all gangs. Whether threads may have left for good."""
        if not nodes:
            return False
        self.at_block_level()
        if masks is None and self.is_scalar_work(nodes):
            control.emit_block(self.ctx, nodes, None)
            return False
        touched, assigned = self.accessed(nodes)
        absent = 0
        for live in self.ctx.lost:
            absent |= live
        live_in, live_out = nodes[0].live_in | absent, nodes[-1].live_out
        drops = any(isinstance(x, Jump) and self.leaves(x, nodes) for x in walk(nodes))
        for frame in (drops and self.frames) or []:
            live_out |= frame.live_out | (frame.step_in if isinstance(frame, Loop) else 0)
        self.gang_loop(nodes, masks, (touched, assigned, live_in, live_out), drops)
        return drops

    def leaves(self, jump: Jump, nodes: list[Node]) -> bool:
        if not jump.is_masked:
            return False
        return jump.target is None or jump.target in self.frames

    def is_scalar_work(self, nodes: list[Node]) -> bool:
        """Whether nodes only compute block-uniform variables from block-uniform values."""
        for node in nodes:
            if not isinstance(node, Leaf) or not isinstance(node.stmt, n.Declare | n.Assign):
                return False
            stmt = node.stmt
            place = n.VarPlace(stmt.var) if isinstance(stmt, n.Declare) else stmt.place
            if not isinstance(place, n.VarPlace) or place.var.space is not Space.LOCAL:
                return False
            if self.ctx.variables[place.var] not in self.uniform_slots:
                return False
            reads = 0
            for expr in statement_expressions(stmt):
                reads |= self.reads(expr)
                if not self.ctx_is_block(expr):
                    return False
            for variable in self.ctx.variables.values():
                if reads & variable.bit and variable.home is not Home.PARAMS and variable not in self.uniform_slots:
                    return False
        return True

    def ctx_is_block(self, expr: n.Expr) -> bool:
        return all(s.level == BLOCK for s in self.ctx.uniformity.shapes(expr))

    def gang_loop(self, nodes: list[Node], masks: Masks, sets: tuple[int, int, int, int], drops: bool) -> None:
        ctx, code = self.ctx, self.ctx.code
        touched, assigned, live_in, live_out = sets
        local = [v for v in ctx.variables.values() if touched & v.bit]
        shadows = [v for v in local if v in self.uniform_slots and assigned & v.bit]
        shadow_slots = {v: [code.alloca(lltypes.register(t)) for t, _ in v.leaves] for v in shadows}
        for variable in shadows:
            self.copy_slots(variable, self.uniform_slots[variable], shadow_slots[variable])
        gangs = threads.GangLoop(ctx)
        ctx.gang_end = gangs.end_label
        gangs.begin()
        mask = self.gang_mask(masks)
        if masks is not None:
            work = code.label("work")
            assert mask is not None
            code.branch_if(code.any(mask), work, gangs.end_label)
            code.start(work)
        for variable in local:
            self.enter(variable, bool(live_in & variable.bit), bool(assigned & variable.bit))
        if drops:
            self.enter_frames()
        flow = control.emit_block(ctx, nodes, mask)
        if isinstance(flow, Dead):
            code.is_dead = True
        else:
            if drops:
                assert masks is not None
                self.put_mask(masks, code.materialize(flow))
                self.leave_frames()
            kept = [v for v in local if assigned & v.bit and live_out & v.bit]
            for variable in kept:
                if variable in self.saved:
                    self.save(variable)
            if drops and shadow_slots:
                # A gang that nobody reaches the end with has not computed the block's values.
                keep = code.label("keep")
                code.branch_if(code.any(code.materialize(flow)), keep, gangs.end_label)
                code.start(keep)
            for variable in kept:
                if variable in shadow_slots:
                    slots = [variable.slots[i] for i in range(len(variable.leaves))]
                    self.copy_slots(variable, slots, shadow_slots[variable])
            code.branch(gangs.end_label)
        gangs.finish()
        for variable in shadows:
            self.copy_slots(variable, shadow_slots[variable], self.uniform_slots[variable])
        self.at_block_level()

    def copy_slots(self, variable: Variable, source: list[str], target: list[str]) -> None:
        code = self.ctx.code
        for (type_, _), a, b in zip(variable.leaves, source, target, strict=True):
            ll = lltypes.register(type_)
            code.do(f"store {ll} {code.op(f'load {ll}, ptr {a}')}, ptr {b}")

    def enter(self, variable: Variable, wanted: bool, assigned: bool) -> None:
        """Set a variable up for the current gang; ``wanted``: with the value that it had."""
        if variable in self.uniform_slots:
            main = self.uniform_slots[variable]
            if assigned:
                own = [self.ctx.code.alloca(lltypes.register(t)) for t, _ in variable.leaves]
                self.copy_slots(variable, main, own)
                variable.slots = dict(enumerate(own))
            else:
                variable.slots = dict(enumerate(main))
        elif variable.home in (Home.LANES, Home.MEMORY):
            self.enter_storage(variable)
        elif variable in self.saved and variable.home is Home.REGISTERS:
            variable.slots = {}
            if wanted:
                self.restore(variable)

    def enter_storage(self, variable: Variable) -> None:
        if variable in self.saved and variable.home is not Home.REGISTERS:
            code = self.ctx.code
            stride = self.ctx.width * max(1, size_of(variable.var.type))
            base = self.base(self.saved[variable][0])
            gang = threads.gang_number(self.ctx, self.ctx.gang)
            variable.storage = code.op(f"getelementptr [{stride} x i8], ptr {base}, i64 {gang}")
        elif not variable.is_fixed:
            variable.storage = ""

    def cell(self, variable: Variable, leaf: int) -> tuple[str, str]:
        """(LLVM type, address) of the current gang's saved copy of a leaf."""
        ll = lltypes.register(variable.leaves[leaf][0])
        shape = variable.shapes[leaf]
        assert shape is not None
        cell = self.ctx.code.vector(ll) if shape.level == VARYING else ll
        base = self.base(self.saved[variable][leaf])
        gang = threads.gang_number(self.ctx, self.ctx.gang)
        return cell, self.ctx.code.op(f"getelementptr {cell}, ptr {base}, i64 {gang}")

    def restore(self, variable: Variable) -> None:
        code = self.ctx.code
        for leaf, shape in enumerate(variable.shapes):
            if shape is not None:
                slot = memory.register_slot(self.ctx, variable, leaf)
                cell, address = self.cell(variable, leaf)
                code.do(f"store {cell} {code.op(f'load {cell}, ptr {address}')}, ptr {slot}")

    def save(self, variable: Variable) -> None:
        if variable.home is not Home.REGISTERS:
            return
        code = self.ctx.code
        for leaf, shape in enumerate(variable.shapes):
            if shape is not None and leaf in variable.slots:
                cell, address = self.cell(variable, leaf)
                code.do(f"store {cell} {code.op(f'load {cell}, ptr {variable.slots[leaf]}')}, ptr {address}")

    def enter_frames(self) -> None:
        """Copies of the jump masks of enclosing block-level constructs, for the current gang."""
        code = self.ctx.code
        for frame in self.frames:
            for table, name in ((self.escaped, "escaped"), (self.continued, "continued")):
                if frame in table:
                    slot = code.alloca(code.mask_type)
                    mask = self.gang_mask(table[frame])  # type: ignore[index]
                    code.do(f"store {code.mask_type} {mask}, ptr {slot}")
                    setattr(frame, name, slot)

    def leave_frames(self) -> None:
        code = self.ctx.code
        for frame in self.frames:
            for table, name in ((self.escaped, "escaped"), (self.continued, "continued")):
                if frame in table:
                    value = code.op(f"load {code.mask_type}, ptr {getattr(frame, name)}")
                    self.put_mask(table[frame], value)  # type: ignore[index]
