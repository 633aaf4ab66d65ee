"""Which variables a thread may still read, after every node of a tree. Sets of variables are integers' bits."""

from __future__ import annotations

from cudawasm.ir import nodes as n
from cudawasm.ir.walk import assigned_variables, root, statement_expressions, subexpressions
from cudawasm_cpu.codegen.tree import If, Jump, Leaf, Loop, Node, Scope, Tree


class Liveness:
    """Annotates ``live_out`` and the other live sets of a tree. Variables in ``always`` are live everywhere."""

    def __init__(self, tree: Tree, always: int) -> None:
        self.bit = {var: 1 << i for var, i in tree.variables.items()}
        self.always = always
        self.uses: dict[Leaf, tuple[int, int]] = {}
        self.conditions: dict[int, int] = {}
        self.breaks: dict[Loop | Scope, int] = {}
        self.continues: dict[Loop, int] = {}
        self.block(tree.body, always)

    def reads(self, expr: n.Expr) -> int:
        key = id(expr)
        if key not in self.conditions:
            bits = 0
            for sub in subexpressions(expr):
                if isinstance(sub, n.Load | n.AddressOf):
                    start = root(sub.place)
                    if isinstance(start, n.VarPlace):
                        bits |= self.bit.get(start.var, 0)
            self.conditions[key] = bits
        return self.conditions[key]

    def leaf_sets(self, leaf: Leaf) -> tuple[int, int]:
        """(read, overwritten) of a leaf."""
        if leaf not in self.uses:
            stmt = leaf.stmt
            read = 0
            for expr in statement_expressions(stmt):
                read |= self.reads(expr)
            killed = 0
            for var in assigned_variables(stmt):
                killed |= self.bit.get(var, 0)
            if isinstance(stmt, n.Assign | n.Atomic):
                start = root(stmt.place)
                if isinstance(start, n.VarPlace) and not (
                    isinstance(stmt, n.Assign) and isinstance(stmt.place, n.VarPlace)
                ):
                    bit = self.bit.get(start.var, 0)
                    if isinstance(stmt, n.Atomic):
                        read |= bit
                        bit &= ~(self.bit.get(stmt.result, 0) if stmt.result is not None else 0)
                    killed &= ~bit
            self.uses[leaf] = (read, killed)
        return self.uses[leaf]

    def block(self, nodes: list[Node], live: int) -> int:
        for node in reversed(nodes):
            live = self.node(node, live)
        return live

    def node(self, node: Node, live: int) -> int:
        node.live_out = live
        node.live_in = self.before(node, live)
        return node.live_in

    def before(self, node: Node, live: int) -> int:
        match node:
            case Leaf():
                read, killed = self.leaf_sets(node)
                return (live & ~killed) | read | self.always
            case Jump():
                if node.target is None:
                    return self.always
                if node.kind == "break":
                    return self.breaks[node.target]
                assert isinstance(node.target, Loop)
                return self.continues[node.target]
            case If():
                node.else_in = self.block(node.otherwise, live)
                node.then_in = self.block(node.then, live)
                return node.then_in | node.else_in | self.reads(node.condition)
            case Scope():
                self.breaks[node] = live
                return self.block(node.body, live)
            case Loop():
                return self.loop(node, live)

    def loop(self, node: Loop, live: int) -> int:
        self.breaks[node] = live
        condition = self.reads(node.condition) if node.condition is not None else 0
        head = condition | (live if node.condition is not None else self.always)
        while True:
            node.step_in = self.block(node.step, head)
            self.continues[node] = node.step_in
            new = head | self.block(node.body, node.step_in)
            if new == head:
                node.head_in = head
                return head
            head = new
