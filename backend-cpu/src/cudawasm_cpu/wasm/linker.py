"""A WebAssembly object made a module, without a linker: one object has right numbers for all but its data.

What is missing are exports, the limits of the memory it imports, and places for its data.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cudawasm.errors import InternalError
from cudawasm_cpu.wasm import object_file as wasm
from cudawasm_cpu.wasm.object_file import ObjectFile, Reader

PAGE = 65536
MOST_PAGES = 65536
_NAMES = {"__linear_memory": "memory", "__stack_pointer": "stack", "__indirect_function_table": "table"}
_ORDER = (wasm.TYPE, wasm.IMPORT, wasm.FUNCTION, wasm.TABLE, wasm.MEMORY, wasm.GLOBAL, wasm.EXPORT, wasm.START,
          wasm.ELEMENT, wasm.DATA_COUNT, wasm.CODE, wasm.DATA)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Linked:
    """A module. It imports ``env.memory``, and what else ``imports`` names: ``stack`` (the stack pointer, a global).

    ``data_end``: where its data ends. ``frame_bytes``: the stack that one call of all its functions may take.
    """

    code: bytes
    imports: tuple[str, ...]
    data_end: int
    frame_bytes: int


def link(code: bytes, exports: Sequence[str], data_start: int, *, shared: bool) -> Linked:
    """The module of an object, with its data at ``data_start``. Raises InternalError for what needs a linker."""
    try:
        found = wasm.read_object(code)
    except ValueError as error:
        raise InternalError(f"WebAssembly object: {error}") from None
    places, end = _place(found, data_start)
    _relocate(found, places)
    bodies = {section: bytes(content) for section, content in found.sections.values()}
    pages = max(1, -(-end // PAGE))
    bodies[wasm.IMPORT], imports = _imports(found.content(wasm.IMPORT), pages, shared)
    bodies[wasm.EXPORT] = _exports(found, exports)
    for section in (wasm.DATA, wasm.DATA_COUNT):
        bodies.pop(section, None)
    if any(s.size for s in found.segments):
        bodies[wasm.DATA] = _data(found, places)
    module = b"\0asm\1\0\0\0" + b"".join(
        bytes([section]) + unsigned(len(bodies[section])) + bodies[section] for section in _ORDER if section in bodies
    )
    return Linked(module, imports, end, sum(_frames(found)))


def unsigned(value: int, width: int = 0) -> bytes:
    """LEB128, of at least ``width`` bytes."""
    out = bytearray()
    while True:
        byte, value = value & 0x7F, value >> 7
        more = value or len(out) + 1 < width
        out.append(byte | (0x80 if more else 0))
        if not more:
            return bytes(out)


def _signed5(value: int) -> bytes:
    """LEB128 of a signed number in five bytes, the room that LLVM leaves for it."""
    return bytes((value >> (7 * i) & 0x7F) | (0x80 if i < 4 else 0) for i in range(5))


def _vector(items: Sequence[bytes]) -> bytes:
    return unsigned(len(items)) + b"".join(items)


def _string(text: str) -> bytes:
    data = text.encode()
    return unsigned(len(data)) + data


def _place(found: ObjectFile, start: int) -> tuple[list[int], int]:
    """(the address of each data segment, the end of the last)."""
    places, end = [], start
    for segment in found.segments:
        end = -(-end >> segment.alignment) << segment.alignment
        places.append(end)
        end += segment.size
    return places, end


def _relocate(found: ObjectFile, places: list[int]) -> None:
    for relocation in found.relocations:
        if relocation.kind in wasm.INDICES:
            continue
        symbol = found.symbols[relocation.symbol]
        if relocation.kind not in (wasm.ADDRESS_LEB, wasm.ADDRESS_SLEB, wasm.ADDRESS_I32) or symbol.is_undefined:
            raise InternalError(f"WebAssembly relocation {relocation.kind} of {symbol.name!r}")
        value = places[symbol.index] + symbol.offset + relocation.addend
        match relocation.kind:
            case wasm.ADDRESS_LEB:
                data = unsigned(value, 5)
            case wasm.ADDRESS_SLEB:
                data = _signed5(value)
            case _:
                data = struct.pack("<I", value & 0xFFFFFFFF)
        content = found.sections[relocation.section][1]
        content[relocation.offset : relocation.offset + len(data)] = data


def _imports(content: bytearray, pages: int, shared: bool) -> tuple[bytes, tuple[str, ...]]:
    """(the section with the memory's limits, the names that it imports)."""
    rows, names = [], []
    limits = bytes([3 if shared else 0]) + unsigned(pages) + (unsigned(MOST_PAGES) if shared else b"")
    for module, name, kind, described in wasm.read_imports(Reader(content)):
        names.append(_NAMES.get(name, name))
        rows.append(_string(module) + _string(names[-1]) + bytes([kind]) + (limits if kind == 2 else described))
    return _vector(rows), tuple(names)


def _exports(found: ObjectFile, names: Sequence[str]) -> bytes:
    functions = {s.name: s.index for s in found.symbols if s.kind == wasm.IN_FUNCTION and not s.is_undefined}
    return _vector([_string(name) + b"\0" + unsigned(functions[name]) for name in names])


def _data(found: ObjectFile, places: list[int]) -> bytes:
    content = found.content(wasm.DATA)
    rows = [
        b"\0\x41" + _signed5(place) + b"\x0b" + unsigned(s.size) + bytes(content[s.at : s.at + s.size])
        for place, s in zip(places, found.segments, strict=True)
    ]
    return _vector(rows)


_LOCAL_GET, _LOCAL_TEE, _GLOBAL_GET, _CONST, _SUB = 0x20, 0x22, 0x23, 0x41, 0x6B
_MOST_ALIGNMENT = 64


def _frames(found: ObjectFile) -> Iterator[int]:
    """The stack that each function takes on entry, from ``global.get``, ``i32.const N`` and ``i32.sub``, between which
    are copies to locals where the frame is aligned."""
    for relocation in found.relocations:
        section, content = found.sections[relocation.section]
        is_stack = section == wasm.CODE and relocation.kind == wasm.GLOBAL_INDEX
        if not is_stack or content[relocation.offset - 1] != _GLOBAL_GET:
            continue
        reader = Reader(content, relocation.offset + 5)
        while _LOCAL_GET <= (code := reader.byte()) <= _LOCAL_TEE:
            reader.unsigned()
        if code == _CONST:
            size = reader.signed()
            if reader.byte() == _SUB:
                yield size + _MOST_ALIGNMENT
