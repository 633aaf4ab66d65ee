"""Where instructions come from, as LLVM's debugging metadata: which text for people is made of."""

from __future__ import annotations

from cudawasm.source import Span

_FIRST = 9000
"""Metadata of other kinds has lower numbers."""
_FUNCTION, _UNIT, _FLAG, _FILE, _TYPE = range(_FIRST, _FIRST + 5)


class Locations:
    """Lines of the kernel's own source; what comes from elsewhere has none. ``kernel`` is where the kernel begins."""

    def __init__(self, kernel: Span | None) -> None:
        self.kernel = kernel
        self.suffix = ""
        """What is put behind an instruction of the current line."""
        self._numbers: dict[int, int] = {}

    def enter(self, span: Span | None) -> None:
        """Make the line of ``span`` the current one."""
        self.suffix = ""
        if self.kernel is not None and span is not None and span.file is self.kernel.file:
            number = self._numbers.setdefault(span.line, _TYPE + 1 + len(self._numbers))
            self.suffix = f", !dbg !{number}"

    @property
    def of_function(self) -> str:
        """What is put behind the function's attributes."""
        return f" !dbg !{_FUNCTION}" if self._numbers else ""

    def metadata(self) -> list[str]:
        """The definitions that go at the end of a module."""
        if self.kernel is None or not self._numbers:
            return []
        name = self.kernel.file.name.replace("\\", "/").replace('"', "")
        return [
            f"!llvm.dbg.cu = !{{!{_UNIT}}}",
            f"!llvm.module.flags = !{{!{_FLAG}}}",
            f"!{_UNIT} = distinct !DICompileUnit(language: DW_LANG_C_plus_plus, file: !{_FILE}, isOptimized: true, "
            "runtimeVersion: 0, emissionKind: LineTablesOnly)",
            f'!{_FLAG} = !{{i32 2, !"Debug Info Version", i32 3}}',
            f'!{_FILE} = !DIFile(filename: "{name}", directory: "")',
            f'!{_FUNCTION} = distinct !DISubprogram(name: "kernel", scope: !{_FILE}, file: !{_FILE}, '
            f"line: {self.kernel.line}, type: !{_TYPE}, unit: !{_UNIT}, spFlags: DISPFlagDefinition)",
            f"!{_TYPE} = !DISubroutineType(types: !{{null}})",
            *(f"!{n} = !DILocation(line: {line}, scope: !{_FUNCTION})" for line, n in self._numbers.items()),
        ]
