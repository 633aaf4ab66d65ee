"""SPIR-V words as assembly text for people, with names for types and constants that say what they are."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from cudawasm.emit.names import Names
from cudawasm.emit.spirv_opcodes import BUILTINS, BY_NUMBER, DECORATIONS, ENUMERATIONS, Opcode

_VALUES = {letter: {v: k for k, v in names.items()} for letter, names in ENUMERATIONS.items()}
_INDENT = 14


def assembly(code: bytes) -> str:
    """The text of a module's bytes."""
    words = struct.unpack(f"<{len(code) // 4}I", code)
    return _Reader(words).text()


class _Reader:
    def __init__(self, words: tuple[int, ...]):
        self.words = words
        self.names: dict[int, str] = {}
        self.types: dict[int, tuple[str, tuple[int, ...]]] = {}
        """For each type its instruction and operands."""
        self.result_types: dict[int, int] = {}
        self.instructions = tuple(_instructions(words))

    def text(self) -> str:
        self.read_names()
        version = self.words[1]
        lines = ["; SPIR-V", f"; Version: {version >> 16}.{version >> 8 & 255}", f"; Bound: {self.words[3]}"]
        lines += (self.line(opcode, operands) for opcode, operands in self.instructions)
        return "\n".join(lines) + "\n"

    def read_names(self) -> None:
        """Names given by the module, then names for types and constants, each given once."""
        names = Names()
        given = {}
        for opcode, operands in self.instructions:
            if opcode.name == "Name":
                given[operands[0]] = _string(operands[1:])[0]
            if opcode.operands.startswith("tr"):
                self.result_types[operands[1]] = operands[0]
            elif opcode.name.startswith("Type"):
                self.types[operands[0]] = opcode.name, operands[1:]
        for id_, name in given.items():
            self.names[id_] = names.of(id_, name)
        for opcode, operands in self.instructions:
            if opcode.has_result:
                id_ = operands[opcode.operands.index("r")]
                if id_ not in self.names:
                    described = self.described(opcode, operands)
                    self.names[id_] = names.of(id_, described) if described else str(id_)

    def described(self, opcode: Opcode, operands: tuple[int, ...]) -> str:
        """What a type or constant may be called."""
        rest = operands[1:]
        match opcode.name:
            case "TypeVoid" | "TypeBool":
                return opcode.name[4:].lower()
            case "TypeInt":
                return {8: "uchar", 16: "ushort", 32: "uint", 64: "ulong"}[rest[0]]
            case "TypeFloat":
                return {16: "half", 32: "float", 64: "double"}[rest[0]]
            case "TypeVector":
                return f"v{rest[1]}{self.names[rest[0]]}"
            case "TypeArray":
                return f"array_{self.names[rest[0]]}_{self.names[rest[1]].rpartition('_')[2]}"
            case "TypePointer":
                return f"ptr_{_VALUES['S'][rest[0]]}_{self.names[rest[1]]}"
            case "ConstantTrue" | "ConstantFalse":
                return opcode.name[8:].lower()
            case "Constant":
                value = self.constant(operands[0], operands[2:])
                return f"{self.names[operands[0]]}_{value}".replace("-", "n").replace(".", "_").replace("+", "")
            case "ConstantNull":
                return f"{self.names[operands[0]]}_zero"
            case _:
                return ""

    def constant(self, type_: int, words: tuple[int, ...]) -> str:
        kind, (bits, *_) = self.types[type_]
        data = struct.pack(f"<{len(words)}I", *words)
        if kind == "TypeFloat":
            return f"{struct.unpack('<f' if bits == 32 else '<d', data)[0]:.9g}"
        return str(int.from_bytes(data, "little"))

    # --- lines ---

    def line(self, opcode: Opcode, operands: tuple[int, ...]) -> str:
        result, parts, rest, last = "", [], operands, ""
        for letter in opcode.operands:
            if letter != "*":
                last = letter
            while rest:
                if last == "r":
                    result, rest = f"%{self.names[rest[0]]}", rest[1:]
                else:
                    text, rest = self.operand(last, rest, operands)
                    parts.append(text)
                if letter != "*":
                    break
        body = " ".join((f"Op{opcode.name}", *parts))
        return f"{result:>{_INDENT}} = {body}" if result else " " * (_INDENT + 3) + body

    def operand(self, letter: str, words: tuple[int, ...], all_: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
        """(an operand's text, the words after it)."""
        first, rest = words[0], words[1:]
        match letter:
            case "t" | "i":
                return f"%{self.names[first]}", rest
            case "n":
                return str(first), rest
            case "s":
                text, size = _string(words)
                return f'"{text}"', words[size:]
            case "v":
                return self.constant(all_[0], words), ()
            case "p":
                size = self.types[self.result_types[all_[0]]][1][0] // 32
                value = int.from_bytes(struct.pack(f"<{size}I", *words[:size]), "little")
                return f"{value} %{self.names[words[size]]}", words[size + 1 :]
            case "D":
                return self.decoration(words), ()
            case "M":
                return self.access(words), ()
            case _:
                return _VALUES[letter].get(first, str(first)), rest

    def decoration(self, words: tuple[int, ...]) -> str:
        name = _VALUES["D"][words[0]]
        if words[0] == DECORATIONS["BuiltIn"]:
            return f"{name} {next(k for k, v in BUILTINS.items() if v == words[1])}"
        return " ".join((name, *map(str, words[1:])))

    def access(self, words: tuple[int, ...]) -> str:
        names = [name for bit, name in _VALUES["M"].items() if words[0] & bit]
        rest = list(words[1:])
        aligned = [str(rest.pop(0))] if "Aligned" in names else []
        return " ".join(("|".join(names), *aligned, *(f"%{self.names[w]}" for w in rest)))


def _instructions(words: tuple[int, ...]) -> Iterator[tuple[Opcode, tuple[int, ...]]]:
    at = 5
    while at < len(words):
        count, number = words[at] >> 16, words[at] & 0xFFFF
        yield BY_NUMBER[number], words[at + 1 : at + count]
        at += count


def _string(words: tuple[int, ...]) -> tuple[str, int]:
    """(a string, how many words it takes)."""
    data = struct.pack(f"<{len(words)}I", *words)
    end = data.index(b"\0")
    return data[:end].decode(), end // 4 + 1
