"""Which CUDA line a line of generated code is of, as far as a target says."""

from __future__ import annotations

import re

_COMMENT = re.compile(r"^\s*(?://|#) (?P<file>.+?):(?P<line>\d+)(?:: |$)")
_TRAILING = re.compile(r" (?://|;) (?P<file>[^/;]+?):(?P<line>\d+)$")
_NOTHING = re.compile(r"^\s*#$")
_SPIRV_FILE = re.compile(r"^\s*(?P<id>%\w+) = OpString \"(?P<file>.*)\"$")
_SPIRV_LINE = re.compile(r"^\s*OpLine (?P<id>%\w+) (?P<line>\d+) ")
_SPIRV_END = re.compile(r"^\s*(OpNoLine|OpFunctionEnd|OpLabel)\b")
_ONLY_BRACES = re.compile(r"^\s*[{}]*\s*$")


def line_map(text: str, file: str) -> list[int]:
    """For each line of ``text`` the line of ``file`` that it is of, or 0."""
    lines = text.split("\n")
    if any(_SPIRV_LINE.match(line) for line in lines):
        return _of_spirv(lines, file)
    if any(_COMMENT.match(line) for line in lines):
        return _of_comments(lines, file)
    return [_of_trailing(line, file) for line in lines]


def _of_comments(lines: list[str], file: str) -> list[int]:
    """A comment stands before what is of its line, up to the next one or to the end of the function."""
    found, current = [], 0
    for line in lines:
        if match := _COMMENT.match(line):
            current = int(match["line"]) if match["file"] == file else 0
        elif _NOTHING.match(line) or (line[:1] not in (" ", "\t", "") and not line.startswith(".L")):
            current = 0
        found.append(0 if _ONLY_BRACES.match(line) else current)
    return found


def _of_spirv(lines: list[str], file: str) -> list[int]:
    strings: dict[str, str] = {}
    found, current = [], 0
    for line in lines:
        if match := _SPIRV_FILE.match(line):
            strings[match["id"]] = match["file"]
        elif match := _SPIRV_LINE.match(line):
            current = int(match["line"]) if strings.get(match["id"]) == file else 0
        elif _SPIRV_END.match(line):
            current = 0
        found.append(current)
    return found


def _of_trailing(line: str, file: str) -> int:
    match = _TRAILING.search(line)
    return int(match["line"]) if match and match["file"] == file else 0
