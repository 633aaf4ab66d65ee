"""LLVM's relocatable WebAssembly objects, as far as they concern one that is complete in itself.

The format: the WebAssembly core specification, and WebAssembly/tool-conventions, Linking.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

CUSTOM, TYPE, IMPORT, FUNCTION, TABLE, MEMORY, GLOBAL, EXPORT, START, ELEMENT, CODE, DATA, DATA_COUNT = range(13)
IN_FUNCTION, IN_DATA, IN_GLOBAL, IN_SECTION, IN_TAG, IN_TABLE = range(6)
"""Kinds of symbols."""
UNDEFINED, EXPLICIT_NAME = 0x10, 0x40
"""Flags of symbols."""
INDICES = frozenset((0, 1, 2, 6, 7, 10, 20))
"""Relocations whose index spaces are those of the object itself, so that they are right as they are."""
ADDRESS_LEB, ADDRESS_SLEB, ADDRESS_I32 = 3, 4, 5
GLOBAL_INDEX = 7
_WITH_ADDEND = frozenset((3, 4, 5, 8, 9, 11, 14, 15, 16, 17, 22, 23))


class Reader:
    """Numbers and names from bytes, in order."""

    def __init__(self, data: bytes | bytearray, at: int = 0):
        self.data = data
        self.at = at

    def byte(self) -> int:
        self.at += 1
        return self.data[self.at - 1]

    def unsigned(self) -> int:
        return self._leb128()[0]

    def signed(self) -> int:
        result, bits = self._leb128()
        return result - (1 << bits) if result >> (bits - 1) else result

    def _leb128(self) -> tuple[int, int]:
        """(a number, how many bits it was written with)."""
        result = bits = 0
        while True:
            byte = self.byte()
            result |= (byte & 0x7F) << bits
            bits += 7
            if byte < 0x80:
                return result, bits

    def take(self, count: int) -> bytes:
        self.at += count
        return bytes(self.data[self.at - count : self.at])

    def name(self) -> str:
        return self.take(self.unsigned()).decode()


@dataclass(frozen=True, slots=True)
class Symbol:
    """``index`` counts functions, globals or data segments, by ``kind``; ``offset`` is within the segment."""

    kind: int
    flags: int
    name: str
    index: int
    offset: int = 0

    @property
    def is_undefined(self) -> bool:
        return bool(self.flags & UNDEFINED)


@dataclass(frozen=True, slots=True)
class Segment:
    """Initialised data: where its bytes are in the data section, and log2 of its alignment."""

    at: int
    size: int
    alignment: int


@dataclass(frozen=True, slots=True)
class Relocation:
    """A place in a section's content that depends on where things are."""

    section: int
    kind: int
    offset: int
    symbol: int
    addend: int


@dataclass(slots=True)
class ObjectFile:
    """``sections`` are (id, content) in order, without custom ones, whose number relocations count too."""

    sections: dict[int, tuple[int, bytearray]] = field(default_factory=dict)
    symbols: list[Symbol] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    relocations: list[Relocation] = field(default_factory=list)

    @property
    def undefined_functions(self) -> set[str]:
        """The functions that the object imports, by the names of the imports."""
        reader, names = Reader(self.content(IMPORT)), set()
        for _, name, kind, _ in read_imports(reader):
            if kind == 0:
                names.add(name)
        return names

    def content(self, section: int) -> bytearray:
        """A section's content, empty where there is none."""
        return next((content for id_, content in self.sections.values() if id_ == section), bytearray(b"\0"))


def read_object(code: bytes) -> ObjectFile:
    """Raises ValueError for what LLVM does not make of one module."""
    if code[:8] != b"\0asm\1\0\0\0":
        raise ValueError("not a WebAssembly object")
    found = ObjectFile()
    custom: list[tuple[str, Reader]] = []
    reader, number = Reader(code, 8), 0
    while reader.at < len(code):
        section, size = reader.byte(), reader.unsigned()
        content = bytearray(reader.take(size))
        if section == CUSTOM:
            inside = Reader(content)
            custom.append((inside.name(), inside))
        else:
            found.sections[number] = (section, content)
        number += 1
    places = _segment_places(found.content(DATA))
    alignments = [0] * len(places)
    for name, inside in custom:
        if name == "linking":
            _read_linking(inside, found, alignments)
    found.segments = [Segment(at, size, log) for (at, size), log in zip(places, alignments, strict=True)]
    for name, inside in custom:
        if name.startswith("reloc."):
            _read_relocations(inside, found)
    return found


def read_imports(reader: Reader) -> Iterator[tuple[str, str, int, bytes]]:
    """(module, name, kind, description) of each import."""
    for _ in range(reader.unsigned()):
        module, name, kind, start = reader.name(), reader.name(), reader.byte(), reader.at
        match kind:
            case 0:  # a function's type
                reader.unsigned()
            case 1 | 2:  # the limits of a table, whose type comes first, or of a memory
                reader.take(kind == 1)
                has_limit = reader.unsigned() & 1
                for _ in range(1 + has_limit):
                    reader.unsigned()
            case _:
                reader.take(2)
        yield module, name, kind, bytes(reader.data[start : reader.at])


def _segment_places(data: bytearray) -> list[tuple[int, int]]:
    reader, places = Reader(data), []
    for _ in range(reader.unsigned()):
        if reader.unsigned() != 0 or reader.byte() != 0x41:
            raise ValueError("data that is not put at a constant place")
        reader.signed()
        reader.byte()
        size = reader.unsigned()
        places.append((reader.at, size))
        reader.take(size)
    return places


def _read_linking(reader: Reader, found: ObjectFile, alignments: list[int]) -> None:
    if reader.unsigned() != 2:
        raise ValueError("linking metadata of another version")
    while reader.at < len(reader.data):
        kind, size = reader.byte(), reader.unsigned()
        end = reader.at + size
        if kind == 5:
            for i in range(reader.unsigned()):
                reader.name()
                alignments[i] = reader.unsigned()
                reader.unsigned()
        elif kind == 8:
            found.symbols = [_read_symbol(reader) for _ in range(reader.unsigned())]
        reader.at = end


def _read_symbol(reader: Reader) -> Symbol:
    kind, flags = reader.byte(), reader.unsigned()
    undefined = bool(flags & UNDEFINED)
    if kind == IN_DATA:
        name = reader.name()
        if undefined:
            return Symbol(kind, flags, name, -1)
        index, offset, _ = reader.unsigned(), reader.unsigned(), reader.unsigned()
        return Symbol(kind, flags, name, index, offset)
    index = reader.unsigned()
    has_name = kind != IN_SECTION and (not undefined or flags & EXPLICIT_NAME)
    return Symbol(kind, flags, reader.name() if has_name else "", index)


def _read_relocations(reader: Reader, found: ObjectFile) -> None:
    section = reader.unsigned()
    if section not in found.sections:  # of debugging information, say
        return
    for _ in range(reader.unsigned()):
        kind, offset, symbol = reader.byte(), reader.unsigned(), reader.unsigned()
        addend = reader.signed() if kind in _WITH_ADDEND else 0
        found.relocations.append(Relocation(section, kind, offset, symbol, addend))
