"""Writing the text of one LLVM function: instructions, blocks, stack slots and declarations."""

from __future__ import annotations

from collections.abc import Sequence

from cudawasm_cpu.codegen.locations import Locations


class Code:
    """The body of a function under construction.

    ``width`` is the number of lanes of vectors, ``masks`` is ``Machine.masks``. Repeated broadcasts within a basic
    block are written once.
    """

    def __init__(self, width: int, masks: str, locations: Locations) -> None:
        self.width = width
        self.masks = masks
        self.locations = locations
        self.lines: list[str] = []
        self.allocas: list[str] = []
        self.declarations: dict[str, str] = {}
        self.constants: list[str] = []
        self.count = 0
        self.block = "entry"
        self.is_dead = False
        self.memo: dict[tuple[str, ...], str] = {}
        self.loops: list[tuple[str, int]] = []

    # --- names and instructions ---

    def name(self) -> str:
        self.count += 1
        return f"%v{self.count}"

    def label(self, hint: str) -> str:
        self.count += 1
        return f"{hint}{self.count}"

    def op(self, text: str) -> str:
        """An instruction with a result."""
        name = self.name()
        self.lines.append(f"  {name} = {text}{self.locations.suffix}")
        return name

    def do(self, text: str) -> None:
        """An instruction without a result."""
        self.lines.append(f"  {text}{self.locations.suffix}")

    def start(self, label: str) -> None:
        """Begin a basic block; falls through to it when the last one has not ended."""
        if not self.is_dead:
            self.lines.append(f"  br label %{label}")
        self.lines.append(f"{label}:")
        self.block = label
        self.is_dead = False
        self.memo.clear()

    def branch(self, label: str) -> None:
        if not self.is_dead:
            self.lines.append(f"  br label %{label}")
            self.is_dead = True

    def start_joined(self, label: str, arrivals: Sequence[tuple[object, str]]) -> None:
        """Begin a block to which all ways have branched already."""
        self.is_dead = True
        self.start(label)

    def loop_back(self, head: str, unroll: int) -> None:
        """Branch back to a loop's head, with the program's wish about unrolling (0: none)."""
        if not self.is_dead:
            self.lines.append(f"  br label %{head}{self.unrolling(unroll)}")
            self.is_dead = True

    def unrolling(self, wish: int) -> str:
        """What a branch back to a loop's head asks for: so many rounds in a row; 1: one, -1: all, 0: as LLVM likes."""
        if not wish:
            return ""
        name = {1: "llvm.loop.unroll.disable", -1: "llvm.loop.unroll.full"}.get(wish, "llvm.loop.unroll.count")
        self.loops.append((name, wish))
        return f", !llvm.loop !{100 + 2 * len(self.loops)}"

    def branch_if(self, condition: str, yes: str, no: str, hints: str = "") -> None:
        self.lines.append(f"  br i1 {condition}, label %{yes}, label %{no}{hints}")
        self.is_dead = True

    def alloca(self, type_: str, count: int = 1, align: int = 0) -> str:
        name = self.name()
        size = f", i64 {count}" if count != 1 else ""
        suffix = f", align {align}" if align else ""
        self.allocas.append(f"  {name} = alloca {type_}{size}{suffix}")
        return name

    def call(self, result: str, function: str, args: Sequence[tuple[str, str]], attributes: str = "") -> str:
        """Call a function or intrinsic, declared by the types used here."""
        if function not in self.declarations:
            types = ", ".join("metadata" if t == "metadata" else t for t, _ in args)
            self.declarations[function] = f"declare {result} @{function}({types}){attributes}"
        text = f"call {result} @{function}({', '.join(f'{t} {v}' for t, v in args)})"
        if result == "void":
            self.do(text)
            return ""
        return self.op(text)

    # --- vectors ---

    def vector(self, type_: str) -> str:
        return f"<{self.width} x {type_}>"

    def splat(self, type_: str, value: str) -> str:
        """A scalar in all lanes."""
        if value[0] != "%":
            return self.splat_constant(type_, value)
        key = (type_, value)
        if key not in self.memo:
            vector = self.vector(type_)
            first = self.op(f"insertelement {vector} poison, {type_} {value}, i64 0")
            self.memo[key] = self.op(
                f"shufflevector {vector} {first}, {vector} poison, <{self.width} x i32> zeroinitializer"
            )
        return self.memo[key]

    def splat_constant(self, type_: str, value: str) -> str:
        if value in ("0", "false", "null", "zeroinitializer"):
            return "zeroinitializer"
        return f"splat ({type_} {value})"

    def constant_vector(self, type_: str, values: Sequence[object]) -> str:
        return "<" + ", ".join(f"{type_} {v}" for v in values) + ">"

    def shuffle(self, type_: str, count: int, value: str, lanes: Sequence[int]) -> str:
        """``value`` (``count`` elements) rearranged by constant lane numbers."""
        indices = ", ".join(f"i32 {i}" for i in lanes)
        source = f"<{count} x {type_}>"
        return self.op(f"shufflevector {source} {value}, {source} poison, <{len(lanes)} x i32> <{indices}>")

    def joined(self, type_: str, count: int, parts: list[str], width: int) -> str:
        """Vectors of ``count`` elements as one, of its first ``width`` elements."""
        while len(parts) > 1:
            lanes = ", ".join(f"i32 {i}" for i in range(2 * count))
            pair = f"<{count} x {type_}>"
            parts = [
                self.op(f"shufflevector {pair} {low}, {pair} {high}, <{2 * count} x i32> <{lanes}>")
                for low, high in zip(parts[::2], parts[1::2], strict=True)
            ]
            count *= 2
        return parts[0] if count == width else self.shuffle(type_, count, parts[0], range(width))

    # --- masks ---

    @property
    def mask_type(self) -> str:
        return f"<{self.width} x i1>"

    def bits(self, mask: str) -> str:
        """A mask as an integer of ``width`` bits."""
        if mask == "zeroinitializer":
            return "0"
        if self.width <= 16 or not self.masks:
            return self.op(f"bitcast {self.mask_type} {mask} to i{self.width}")
        total = "0"
        for first in range(0, self.width, 16):
            part = self.shuffle("i1", self.width, mask, range(first, first + 16))
            signs = self.op(f"sext <16 x i1> {part} to <16 x i8>")
            bits = self.call("i32", f"{self.masks}.bitmask.v16i8", [("<16 x i8>", signs)])
            moved = self.op(f"shl i32 {bits}, {first}")
            total = self.op(f"or i32 {total}, {moved}")
        return total

    def any(self, mask: str) -> str:
        if self.masks and self.width > 1:
            return self.tested("anytrue", "or", mask, self.width)
        return self.op(f"icmp ne i{self.width} {self.bits(mask)}, 0")

    def all(self, mask: str, count: int = 0) -> str:
        """Whether all of ``count`` lanes are set; of the gang's unless told."""
        if self.masks and self.width > 1:
            return self.tested("alltrue", "and", mask, count or self.width)
        return self.op(f"icmp eq i{self.width} {self.bits(mask)}, -1")

    def tested(self, intrinsic: str, operation: str, mask: str, count: int) -> str:
        """The result of an intrinsic on a mask, which is put upon itself until it fits a register."""
        while count > 16 or count & (count - 1):
            half = (count + 1) // 2
            low, high = (self.shuffle("i1", count, mask, range(i, i + half)) for i in (0, count - half))
            mask, count = self.op(f"{operation} <{half} x i1> {low}, {high}"), half
        vector = f"<{count} x i{128 // count}>"
        lanes = self.op(f"sext <{count} x i1> {mask} to {vector}")
        found = self.call("i32", f"{self.masks}.{intrinsic}.v{count}i{128 // count}", [(vector, lanes)])
        return self.op(f"icmp ne i32 {found}, 0")

    def both(self, mask: str | None, condition: str) -> str:
        """Lanes of ``mask`` where ``condition`` holds; lanes outside the mask may hold poison."""
        if mask is None:
            return condition
        if mask == "zeroinitializer":
            return mask
        return self.op(
            f"select {self.mask_type} {mask}, {self.mask_type} {condition}, {self.mask_type} zeroinitializer"
        )

    def invert(self, mask: str) -> str:
        return self.op(f"xor {self.mask_type} {mask}, splat (i1 true)")

    def without(self, mask: str | None, gone: str) -> str:
        """Lanes of ``mask`` that are not in ``gone``."""
        inverse = self.invert(gone)
        return inverse if mask is None else self.op(f"and {self.mask_type} {mask}, {inverse}")

    def either(self, a: str, b: str) -> str:
        if a == "zeroinitializer":
            return b
        if b == "zeroinitializer":
            return a
        return self.op(f"or {self.mask_type} {a}, {b}")

    def materialize(self, mask: str | None) -> str:
        return "splat (i1 true)" if mask is None else mask
