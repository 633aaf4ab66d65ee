"""LLVM's debugging metadata in texts as comments that people read: which CUDA line an instruction is of."""

from __future__ import annotations

import re

_LOCATION = re.compile(r"^(!\d+) = !DILocation\(line: (\d+)", re.MULTILINE)
_MENTION = re.compile(r",? !dbg (!\d+)")
_METADATA = re.compile(
    r"^(!llvm\.(dbg\.cu|module\.flags) = .*|!\d+ = (distinct )?!DI.*|!\d+ = !\{i32 2, !\"Debug .*)\n", re.MULTILINE
)
_LOC = re.compile(r"^\s*\.loc\s+\d+ (\d+).*$", re.MULTILINE)
_OF_DEBUGGERS = re.compile(r"^\s*\.(file\s+\d+|cfi_sections) .*\n", re.MULTILINE)
_DEBUG_SECTION = re.compile(r"^\s*\.section\s+\.debug", re.MULTILINE)


def located_ir(text: str, file: str) -> str:
    """LLVM IR with ``; file:line`` behind instructions in the place of metadata."""
    lines = dict(_LOCATION.findall(text))
    if not lines:
        return text

    def comment(match: re.Match[str]) -> str:
        line = lines.get(match[1], "0")
        return f"  ; {file}:{line}" if line != "0" else ""

    return _METADATA.sub("", _MENTION.sub(comment, text))


def located_assembly(text: str, file: str) -> str:
    """Assembly with ``# file:line`` before what is of a line, without debugging sections."""
    end = _DEBUG_SECTION.search(text)
    text = text[: end.start()] if end else text
    text = _OF_DEBUGGERS.sub("", text)
    return _LOC.sub(lambda match: f"\t# {file}:{match[1]}" if match[1] != "0" else "\t#", text)
