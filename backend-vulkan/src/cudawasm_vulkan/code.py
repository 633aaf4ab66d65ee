"""Writing the instructions of a function: types, constants and results by KIR's types."""

from __future__ import annotations

import struct
from collections.abc import Callable

from cudawasm.emit.literals import float_bits
from cudawasm.emit.spirv_module import SpirvModule, instruction
from cudawasm.emit.spirv_opcodes import EXTENDED, LOOP_CONTROL, SELECTION_CONTROL, STORAGE
from cudawasm.errors import InternalError
from cudawasm.ir.types import BOOL, Array, Pointer, Scalar, Struct, Type, Vector, size_of
from cudawasm_vulkan.traits import Traits

_ODD_NAN, _MOST_ROUNDS = 0x7FABCDEF, 4
"""See ``Code.give``."""


def is_overlapping(type_: Struct) -> bool:
    """Whether a struct's fields share bytes, so that its values are words."""
    end = 0
    for field in type_.fields:
        if field.offset < end:
            return True
        end = field.offset + size_of(field.type)
    return type_.is_union and len(type_.fields) > 1


def word_bits(type_: Struct) -> int:
    return min(32, 8 * type_.align)


def flat(type_: Array) -> tuple[Type, int]:
    """(element, count) of an array whose rows are one: CUDA programs go on from one row into the next."""
    element, count = type_.element, type_.count
    while isinstance(element, Array):
        count *= element.count
        element = element.element
    return element, count


class Code:
    """``words`` are the function's instructions; ``variables`` those that must stand in its first block."""

    def __init__(self, traits: Traits) -> None:
        self.traits = traits
        self.module = SpirvModule()
        self.words: list[int] = []
        self.variables: list[int] = []
        self.helpers: list[int] = []
        """The words of the module's other functions."""
        self._functions: dict[str, int] = {}
        self.module.need("Shader")
        self.module.need("PhysicalStorageBufferAddresses")

    # --- instructions ---

    def do(self, name: str, *operands: int) -> None:
        """An instruction without a result."""
        self.words += instruction(name, *operands)

    def op(self, name: str, type_: int, *operands: int) -> int:
        """An instruction's result."""
        id_ = self.module.fresh()
        self.words += instruction(name, type_, id_, *operands)
        return id_

    def exactly(self, name: str, type_: int, *operands: int) -> int:
        """Float arithmetic that is done as written, and rounded at once."""
        id_ = self.op(name, type_, *operands)
        self.module.decorate(id_, "NoContraction")
        return id_

    def extended(self, name: str, type_: int, *operands: int) -> int:
        return self.op("ExtInst", type_, self.module.extended(), EXTENDED[name], *operands)

    def select(self, type_: int, condition: int, if_true: int, if_false: int) -> int:
        return if_true if if_true == if_false else self.op("Select", type_, condition, if_true, if_false)

    # --- functions ---

    def call(self, name: str, write: Callable[..., None], type_: int, *args: int) -> int:
        """The result of a function of values of its own type, whose body ``write`` makes of its parameters."""
        if name not in self._functions:
            outer, self.words = self.words, []
            self._functions[name] = id_ = self.module.fresh()
            self.module.name(id_, name)
            self.do("Function", type_, id_, 0, self.module.once("TypeFunction", type_, *(type_ for _ in args)))
            params = [self.op("FunctionParameter", type_) for _ in args]
            self.do("Label", self.module.fresh())
            write(self, *params)
            self.do("FunctionEnd")
            self.helpers += self.words
            self.words = outer
        return self.op("FunctionCall", type_, self._functions[name], *args)

    def give(self, is_usual: int, value: int, otherwise: Callable[[], int]) -> None:
        """Return a value from a function of one's own, or else another one, which is computed only then.

        Drivers compute both ways rather than branch, however long one is, unless it has a loop. This loop ends after
        its first round for all results but a NaN that no instruction makes.
        """
        module, word = self.module, self.integer(32)
        usual, rest, head, again, done = (module.fresh() for _ in range(5))
        self.do("SelectionMerge", rest, SELECTION_CONTROL["DontFlatten"])
        self.do("BranchConditional", is_usual, usual, rest)
        self.do("Label", usual)
        self.do("ReturnValue", value)
        self.do("Label", rest)
        self.do("Branch", head)
        self.do("Label", head)
        following = module.fresh()
        count = self.op("Phi", word, self.number(0), rest, following, again)
        self.do("LoopMerge", done, again, LOOP_CONTROL["DontUnroll"])
        body = module.fresh()
        self.do("Branch", body)
        self.do("Label", body)
        found = otherwise()
        is_odd = self.op("IEqual", self.boolean(), self.op("Bitcast", word, found), self.number(_ODD_NAN))
        is_early = self.op("ULessThan", self.boolean(), count, self.number(_MOST_ROUNDS))
        self.do("BranchConditional", self.op("LogicalAnd", self.boolean(), is_odd, is_early), again, done)
        self.do("Label", again)
        self.words += instruction("IAdd", word, following, count, self.number(1))
        self.do("Branch", head)
        self.do("Label", done)
        self.do("ReturnValue", found)

    # --- types ---

    def integer(self, bits: int) -> int:
        """Integers have no sign of their own: the instructions say which is meant."""
        if bits != 32:
            self.module.need(f"Int{bits}")
        return self.module.once("TypeInt", bits, 0)

    def floating(self, bits: int) -> int:
        if bits != 32:
            self.module.need(f"Float{bits}")
        return self.module.once("TypeFloat", bits)

    def boolean(self) -> int:
        return self.module.once("TypeBool")

    def type(self, type_: Type) -> int:
        """A type as values and variables of our own have it; 16-bit floats are their bits, pointers are addresses."""
        match type_:
            case Scalar():
                if type_ == BOOL:
                    return self.boolean()
                return self.floating(type_.bits) if type_.is_float and type_.bits > 16 else self.integer(type_.bits)
            case Pointer():
                return self.integer(64)
            case Vector():
                return self.module.once("TypeVector", self.type(type_.element), type_.count)
            case Array():
                element, count = flat(type_)
                return self.array(self.type(element), count)
            case Struct():
                return self.structure(type_)
            case _:
                raise InternalError(f"a value of {type_}")

    def array(self, element: int, count: int) -> int:
        return self.module.once("TypeArray", element, self.number(max(1, count)))

    def structure(self, type_: Struct) -> int:
        if is_overlapping(type_):
            bits = word_bits(type_)
            return self.array(self.integer(bits), type_.size * 8 // bits)
        id_ = self.module.once("TypeStruct", *(self.type(f.type) for f in type_.fields))
        self.module.name(id_, type_.name)
        return id_

    def pointer(self, storage: str, type_: int) -> int:
        return self.module.once("TypePointer", STORAGE[storage], type_)

    # --- constants ---

    def number(self, value: int, bits: int = 32) -> int:
        """An integer constant."""
        value &= (1 << bits) - 1
        words = (value & 0xFFFFFFFF, value >> 32)[: 2 if bits == 64 else 1]
        return self.module.constant(self.integer(bits), "Constant", *words)

    def truth(self, value: bool) -> int:
        return self.module.constant(self.boolean(), "ConstantTrue" if value else "ConstantFalse")

    def real(self, value: float, bits: int = 32) -> int:
        words = struct.unpack("<I" if bits == 32 else "<II", struct.pack("<f" if bits == 32 else "<d", value))
        return self.module.constant(self.floating(bits), "Constant", *words)

    def literal(self, value: object, type_: Scalar | Pointer) -> int:
        """A constant of KIR."""
        if isinstance(type_, Pointer):
            return self.number(int(value), 64)  # type: ignore[call-overload]
        if type_ == BOOL:
            return self.truth(bool(value))
        if type_.is_integer:
            return self.number(int(value), type_.bits)  # type: ignore[call-overload]
        bits = float_bits(float(value), type_)  # type: ignore[arg-type]
        if type_.bits == 16:
            return self.number(bits, 16)
        words = (bits & 0xFFFFFFFF, bits >> 32)[: type_.bits // 32]
        return self.module.constant(self.floating(type_.bits), "Constant", *words)

    def zero(self, type_: int) -> int:
        return self.module.constant(type_, "ConstantNull")

    # --- variables ---

    def local(self, type_: int, name: str) -> int:
        """A variable of the function."""
        pointer = self.pointer("Function", type_)
        id_ = self.module.fresh()
        self.variables += instruction("Variable", pointer, id_, STORAGE["Function"])
        self.module.name(id_, name)
        return id_
