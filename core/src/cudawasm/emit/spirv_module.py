"""A SPIR-V module in the making: sections of words, with types and constants that are made once."""

from __future__ import annotations

import struct

from cudawasm.emit.spirv_opcodes import (
    BUILTINS,
    CAPABILITIES,
    COMPUTE,
    DECORATIONS,
    MAGIC,
    MEMORY_MODELS,
    MODES,
    OPCODES,
    PHYSICAL_ADDRESSING,
    STORAGE,
    VERSION,
)


def instruction(name: str, *operands: int) -> list[int]:
    """An instruction's words."""
    return [(len(operands) + 1) << 16 | OPCODES[name].number, *operands]


def text_words(text: str) -> list[int]:
    """A string as an operand: its bytes and at least one zero, in whole words."""
    data = text.encode() + b"\0"
    data += b"\0" * (-len(data) % 4)
    return list(struct.unpack(f"<{len(data) // 4}I", data))


class SpirvModule:
    """``functions`` takes the words of function bodies; everything else is asked for by what it is."""

    def __init__(self) -> None:
        self.functions: list[int] = []
        self._bound = 1
        self._known: dict[tuple[object, ...], int] = {}
        self._capabilities: dict[str, None] = {}
        self._extensions: dict[str, None] = {}
        self._imports: list[int] = []
        self._entry: list[int] = []
        self._modes: list[int] = []
        self._strings: list[int] = []
        self._names: list[int] = []
        self._named: set[int] = set()
        self._decorations: list[int] = []
        self._globals: list[int] = []
        self.memory_model = "GLSL450"
        self.interface: list[int] = []
        """Ids of the module's variables, which an entry point lists."""

    def fresh(self) -> int:
        """A new id."""
        self._bound += 1
        return self._bound - 1

    # --- what a device must offer ---

    def need(self, capability: str) -> None:
        self._capabilities[capability] = None

    def needs(self, capability: str) -> bool:
        return capability in self._capabilities

    def extend(self, extension: str) -> None:
        self._extensions[extension] = None

    # --- names and decorations ---

    def name(self, id_: int, name: str) -> None:
        """A name for readers; the first one stays."""
        if id_ not in self._named:
            self._named.add(id_)
            self._names += instruction("Name", id_, *text_words(name))

    def name_member(self, type_: int, index: int, name: str) -> None:
        self._names += instruction("MemberName", type_, index, *text_words(name))

    def decorate(self, id_: int, decoration: str, *operands: int) -> None:
        self._decorations += instruction("Decorate", id_, DECORATIONS[decoration], *operands)

    def decorate_member(self, type_: int, index: int, decoration: str, *operands: int) -> None:
        self._decorations += instruction("MemberDecorate", type_, index, DECORATIONS[decoration], *operands)

    def built_in(self, id_: int, name: str) -> None:
        self.decorate(id_, "BuiltIn", BUILTINS[name])

    def file(self, name: str) -> int:
        """The id of a source file's name."""
        key = ("file", name)
        if key not in self._known:
            self._known[key] = self.fresh()
            self._strings += instruction("String", self._known[key], *text_words(name))
        return self._known[key]

    # --- types, constants and variables ---

    def once(self, name: str, *operands: int) -> int:
        """A type: one id for the same words."""
        key = (name, *operands)
        if key not in self._known:
            self._known[key] = self.declare(name, *operands)
        return self._known[key]

    def declare(self, name: str, *operands: int) -> int:
        """A type of its own, although others may look the same."""
        id_ = self.fresh()
        self._globals += instruction(name, id_, *operands)
        return id_

    def constant(self, type_: int, name: str, *operands: int) -> int:
        """A constant: one id for the same type and words."""
        key = (name, type_, *operands)
        if key not in self._known:
            self._known[key] = self.declare_constant(type_, name, *operands)
        return self._known[key]

    def declare_constant(self, type_: int, name: str, *operands: int) -> int:
        id_ = self.fresh()
        self._globals += instruction(name, type_, id_, *operands)
        return id_

    def spec_constant(self, type_: int, number: int, value: int, name: str) -> int:
        """A constant that the host gives when it makes a pipeline."""
        key = ("spec", number)
        if key not in self._known:
            id_ = self._known[key] = self.declare_constant(type_, "SpecConstant", value)
            self.decorate(id_, "SpecId", number)
            self.name(id_, name)
        return self._known[key]

    def variable(self, storage: str, type_: int, name: str) -> int:
        """A variable of the module, in a storage class of which the entry point must know."""
        pointer = self.once("TypePointer", STORAGE[storage], type_)
        id_ = self.declare_constant(pointer, "Variable", STORAGE[storage])
        self.name(id_, name)
        self.interface.append(id_)
        return id_

    def extended(self) -> int:
        """The set of extended instructions."""
        key = ("import", "GLSL.std.450")
        if key not in self._known:
            self._known[key] = self.fresh()
            self._imports += instruction("ExtInstImport", self._known[key], *text_words("GLSL.std.450"))
        return self._known[key]

    # --- the whole ---

    def mode(self, entry: int, name: str, *operands: int) -> None:
        self._modes += instruction("ExecutionMode", entry, MODES[name], *operands)

    def entry_point(self, function: int, name: str) -> None:
        self._entry += instruction("EntryPoint", COMPUTE, function, *text_words(name), *self.interface)

    def words(self) -> list[int]:
        """The module."""
        head = [w for name in self._capabilities for w in instruction("Capability", CAPABILITIES[name])]
        head += [w for name in self._extensions for w in instruction("Extension", *text_words(name))]
        head += self._imports
        head += instruction("MemoryModel", PHYSICAL_ADDRESSING, MEMORY_MODELS[self.memory_model])
        body = [*head, *self._entry, *self._modes, *self._strings, *self._names, *self._decorations, *self._globals]
        return [MAGIC, VERSION, 0, self._bound, 0, *body, *self.functions]

    def binary(self) -> bytes:
        words = self.words()
        return struct.pack(f"<{len(words)}I", *words)
