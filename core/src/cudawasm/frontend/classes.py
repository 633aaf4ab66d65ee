"""Completing classes: bases, fields, layout (Itanium C++ ABI) and questions about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend.parse_expressions import Parser
from cudawasm.frontend.symbols import (
    BaseInfo,
    ClassInfo,
    FieldInfo,
    FunctionDecl,
    IndirectField,
    Range,
    TypeSymbol,
)
from cudawasm.frontend.tokens import fail
from cudawasm.ir import types as kir

if TYPE_CHECKING:
    from cudawasm.frontend.sema import Sema


@dataclass(slots=True)
class _Layout:
    """Sizes so far, in bytes; ``bit_end`` is where the last bit-field ended, in bits."""

    fields: list[kir.Field]
    size: int = 0
    align: int = 1
    bit_end: int = -1

    def place(self, name: str, type_: kir.Type, align: int, union: bool) -> int:
        """Append a field and return its index."""
        offset = 0 if union else kir.round_up(self.size, align)
        self.fields.append(kir.Field(name, type_, offset))
        self.size = max(self.size, offset + kir.size_of(type_))
        self.align = max(self.align, align)
        self.bit_end = -1
        return len(self.fields) - 1


class Classes:
    def __init__(self, sema: Sema) -> None:
        self.sema = sema
        self._kir_names: dict[str, int] = {}

    def equip(self, info: ClassInfo) -> None:
        """Give a class the means to complete itself on demand."""
        info.indexer = self._index
        info.layouter = self._lay_out

    # --- members -----------------------------------------------------------------------------------

    def _index(self, info: ClassInfo) -> None:
        assert info.definition is not None
        if info.name and not info.name.startswith("<"):
            info.scope.bind(info.name, TypeSymbol(cxx.ClassType(info)))
        if info.definition.bases is not None:
            self._read_bases(info, info.definition.bases)
        self.sema.declarations.index(info.definition.body, info.scope)

    def _read_bases(self, info: ClassInfo, area: Range) -> None:
        parser = Parser(self.sema, area, info.scope.parent or info.scope)
        for part in parser.split_commas(area):
            words = [part.tokens[i].text for i in range(part.start, part.end)]
            if "virtual" in words:
                fail("E0308", "virtual inheritance is not supported", part.first.span)
            start = part.start
            while part.tokens[start].text in ("public", "private", "protected"):
                start += 1
            inner = Range(part.tokens, start, part.end)
            is_pack = part.tokens[part.end - 1].text == "..."
            parsers = parser.expansions(Range(part.tokens, start, part.end - 1)) if is_pack else [parser.sub(inner)]
            for base_parser in parsers:
                ctype = cxx.unqualified(base_parser.type_id())
                if not isinstance(ctype, cxx.ClassType):
                    fail("E0215", f"'{ctype}' is not a class", part.first.span)
                info.bases.append(BaseInfo(ctype, -1))
                info.scope.bases.append(ctype.info.scope)

    # --- layout ------------------------------------------------------------------------------------

    def _lay_out(self, info: ClassInfo) -> None:
        if info.completing:
            fail("E0210", f"'{info.display}' contains itself", None)
        info.completing = True
        try:
            layout = _Layout([])
            for base in info.bases:
                self._place_base(base, layout)
            for area in info.field_ranges:
                self._place_fields(info, area, layout)
            self._refuse_virtual(info)
            info.laid_out = self._kir_type(info, layout)
        finally:
            info.completing = False

    def _place_base(self, base: BaseInfo, layout: _Layout) -> None:
        inner = base.ctype.info
        if not inner.try_complete():
            fail("E0210", f"base class '{inner.display}' is incomplete", None)
        assert inner.laid_out is not None
        if not inner.fields and all(b.index < 0 for b in inner.bases):
            return
        base.index = layout.place(inner.name, inner.laid_out, kir.align_of(inner.laid_out), False)

    def _place_fields(self, info: ClassInfo, area: Range, layout: _Layout) -> None:
        parser = Parser(self.sema, area, info.scope)
        specifiers = parser.specifiers()
        if parser.finished:
            self._anonymous_member(info, specifiers.ctype, layout)
            return
        while not parser.finished:
            if parser.at(":"):
                name, ctype = "", specifiers.ctype
            else:
                declarator = parser.declarator(specifiers.ctype)
                name, ctype = declarator.name, declarator.ctype
            mutable = "mutable" in specifiers.words
            if parser.accept(":"):
                width = int(self.sema.constant(parser.conditional(), info.scope).value)
                self._place_bits(info, name, ctype, width, layout, parser)
            else:
                self._place_field(info, name, ctype, specifiers.alignment, layout, mutable)
            if parser.at("=", "{"):
                start = parser.position
                while not parser.finished and not parser.at(","):
                    match = parser.token.match
                    parser.position = match + 1 if match > parser.position else parser.position + 1
                info.fields[-1].initialiser = Range(area.tokens, start, parser.position)
            if not parser.accept(","):
                break

    def _place_field(
        self,
        info: ClassInfo,
        name: str,
        ctype: cxx.CType,
        alignment: int,
        layout: _Layout,
        mutable: bool = False,
    ) -> FieldInfo:
        if isinstance(ctype, cxx.FunctionType) or isinstance(cxx.plain(ctype), cxx.FunctionType):
            fail("E0307", f"member '{name}' is a function", None)
        if isinstance(ctype, cxx.ArrayOf) and ctype.count is None:
            fail("E0211", f"member array '{name}' needs a size", None)
        type_ = cxx.kir_type(ctype)
        natural = 8 if _is_reference(ctype) else cxx.align_of(ctype)
        index = layout.place(name, type_, max(alignment, natural), info.is_union)
        field = FieldInfo(name, ctype, index, mutable=mutable)
        info.fields.append(field)
        if name:
            info.scope.bind(name, field)
        return field

    def _place_bits(
        self, info: ClassInfo, name: str, ctype: cxx.CType, width: int, layout: _Layout, parser: Parser
    ) -> None:
        base = cxx.arithmetic_of(ctype)
        if base is None or base.scalar.is_float:
            parser.fail("E0211", f"a bit-field cannot have type '{ctype}'")
        unit = base.scalar.bits
        if width > unit:
            parser.fail("E0211", f"bit-field '{name}' is wider than its type")
        bit = layout.bit_end if layout.bit_end >= 0 else layout.size * 8
        if info.is_union:
            bit = 0
        if width == 0:
            layout.bit_end = -1
            layout.size = kir.round_up(layout.size, unit // 8)
            return
        if bit // unit != (bit + width - 1) // unit:
            bit = kir.round_up(bit, unit)
        index = self._bit_unit(info, layout, bit, width, unit, parser)
        layout.align = max(layout.align, unit // 8)
        layout.bit_end = bit + width
        layout.size = max(layout.size, kir.round_up(bit + width, 8) // 8)
        field = FieldInfo(name, ctype, index, bit - layout.fields[index].offset * 8, width)
        info.fields.append(field)
        if name:
            info.scope.bind(name, field)

    def _bit_unit(self, info: ClassInfo, layout: _Layout, bit: int, width: int, unit: int, parser: Parser) -> int:
        """The KIR field that stores these bits: a unit of the declared type's size, or a smaller one beside members.

        Units are aligned, so of two that overlap one holds the other, and does for both.
        """
        for size in dict.fromkeys((unit, 8, 16, 32, 64)):
            start, end = bit // size * size // 8, bit // size * size // 8 + size // 8
            if size > unit or bit + width > end * 8:
                continue
            type_ = kir.SCALARS[f"u{size}"]
            if info.is_union:
                layout.fields.append(kir.Field(f"bits{start}", type_, start))
                return len(layout.fields) - 1
            shared = [
                i for i, f in enumerate(layout.fields) if f.offset < end and start < f.offset + kir.size_of(f.type)
            ]
            if any(not layout.fields[i].name.startswith("bits") for i in shared):
                continue
            if len(shared) == 1 and kir.size_of(layout.fields[shared[0]].type) * 8 >= size:
                return shared[0]
            index = shared[0] if shared else len(layout.fields)
            for field in info.fields:
                if field.bit_offset >= 0 and field.index in shared:
                    field.bit_offset += (layout.fields[field.index].offset - start) * 8
                    field.index = index
            layout.fields[index:] = [kir.Field(f"bits{start}", type_, start)]  # units that overlap are the last
            return index
        parser.fail("E0305", "bit-fields that share storage with members of another size are not supported")

    def _anonymous_member(self, info: ClassInfo, ctype: cxx.CType, layout: _Layout) -> None:
        base = cxx.unqualified(ctype)
        if not isinstance(base, cxx.ClassType):
            return
        field = self._place_field(info, "", ctype, 0, layout)
        for inner in base.info.all_fields():
            if inner.name:
                info.scope.bind(inner.name, IndirectField([field, inner]))
        for name, symbols in base.info.scope.names.items():
            if isinstance(symbols[0], IndirectField):
                info.scope.bind(name, IndirectField([field, *symbols[0].path]))

    def _refuse_virtual(self, info: ClassInfo) -> None:
        for symbols in info.scope.names.values():
            for symbol in symbols:
                if isinstance(symbol, FunctionDecl) and "virtual" in symbol.qualifiers:
                    span = symbol.header.first.span
                    fail(
                        "E0308",
                        f"virtual functions are not supported ('{info.display}::{symbol.name}')",
                        span,
                    )

    def _kir_type(self, info: ClassInfo, layout: _Layout) -> kir.Type:
        assert info.definition is not None
        align = layout.align
        for area in info.definition.aligns:
            align = max(align, *Parser(self.sema, area, info.scope).alignments(), 0)
        fields = tuple(layout.fields)
        if info.transparent:
            return fields[0].type
        if "__cw_vector" in info.definition.words and isinstance(fields[0].type, kir.Scalar) and len(fields) > 1:
            return kir.Vector(fields[0].type, len(fields), align)
        size = kir.round_up(max(layout.size, 1), align)
        return kir.Struct(self._kir_name(info), fields, size, align, info.is_union)

    def _kir_name(self, info: ClassInfo) -> str:
        name = "".join(c if c.isalnum() or c == "_" else "_" for c in info.display).strip("_") or "unnamed"
        count = self._kir_names.get(name, 0)
        self._kir_names[name] = count + 1
        return name if count == 0 else f"{name}.{count}"

    # --- questions ---------------------------------------------------------------------------------

    def is_aggregate(self, info: ClassInfo) -> bool:
        """Whether ``{...}`` initialises the members one by one."""
        info.try_complete()
        return not any(not c.is_special for c in info.constructors)

    def accepts_list(self, info: ClassInfo, items: list[Any]) -> bool:
        if self.is_aggregate(info):
            return info.laid_out is None or len(items) <= self._most_values(cxx.ClassType(info))
        return any(
            len(self.sema.functions.pattern_parameters(c)) >= len(items)
            and all(p.default is not None for p in self.sema.functions.pattern_parameters(c)[len(items) :])
            for c in info.constructors
        ) or (not items)

    def _most_values(self, ctype: cxx.CType) -> int:
        """How many values a braced list may hold for this type, the braces inside it left out."""
        base = cxx.unqualified(ctype)
        if isinstance(base, cxx.ArrayOf):
            return int(base.count or 0) * self._most_values(base.element)
        if not isinstance(base, cxx.ClassType) or not self.is_aggregate(base.info):
            return 1
        members = [b.ctype for b in base.info.bases] + [f.ctype for f in base.info.fields]
        values = [max(1, self._most_values(m)) for m in members]
        return max(values, default=0) if base.info.is_union else sum(values)

    def needs_initialising(self, info: ClassInfo) -> bool:
        """Whether default initialisation does anything: constructors or member initialisers."""
        info.try_complete()
        if any(not c.is_special for c in info.constructors):
            return True
        return any(f.initialiser is not None or self._member_needs(f.ctype) for f in info.fields) or any(
            self.needs_initialising(b.ctype.info) for b in info.bases
        )

    def _member_needs(self, ctype: cxx.CType) -> bool:
        ctype = cxx.unqualified(ctype)
        while isinstance(ctype, cxx.ArrayOf):
            ctype = cxx.unqualified(ctype.element)
        return isinstance(ctype, cxx.ClassType) and self.needs_initialising(ctype.info)

    def has_destructor(self, info: ClassInfo) -> bool:
        """Whether destroying an object runs code."""
        info.try_complete()
        if self.own_destructor(info):
            return True
        return any(self._member_destroys(f.ctype) for f in info.fields) or any(
            self.has_destructor(b.ctype.info) for b in info.bases
        )

    def own_destructor(self, info: ClassInfo) -> bool:
        """Whether the class has a destructor that was written to do something."""
        if info.destructor is None or info.destructor.is_special:
            return False
        body = info.destructor.body
        return body is None or body.end - body.start > 2

    def copied_parts(self, info: ClassInfo) -> bool:
        """Whether the implicit copy has to run a copy constructor of a base or member."""
        return self._any_part(info, lambda c: bool(self.copy_constructors(c)))

    def assigned_parts(self, info: ClassInfo) -> bool:
        """Whether the implicit assignment has to run an operator of a base or member."""
        return self._any_part(info, _has_assignment)

    def _any_part(self, info: ClassInfo, holds: Callable[[ClassInfo], bool]) -> bool:
        info.try_complete()
        parts = [b.ctype.info for b in info.bases]
        for member in info.fields:
            ctype = cxx.unqualified(member.ctype)
            while isinstance(ctype, cxx.ArrayOf):
                ctype = cxx.unqualified(ctype.element)
            if isinstance(ctype, cxx.ClassType):
                parts.append(ctype.info)
        return any(holds(part) or self._any_part(part, holds) for part in parts)

    def _member_destroys(self, ctype: cxx.CType) -> bool:
        ctype = cxx.unqualified(ctype)
        while isinstance(ctype, cxx.ArrayOf):
            ctype = cxx.unqualified(ctype.element)
        return isinstance(ctype, cxx.ClassType) and self.has_destructor(ctype.info)

    def is_trivially_copyable(self, info: ClassInfo) -> bool:
        info.try_complete()
        return not self.copy_constructors(info) and not self.has_destructor(info)

    def copy_constructors(self, info: ClassInfo) -> list[FunctionDecl]:
        """User-written copy or move constructors."""
        found = []
        for decl in info.constructors:
            if decl.is_special == "default" or decl.template is not None:
                continue
            params = self.sema.functions.signature(decl).params
            if params and isinstance(params[0].ctype, cxx.ReferenceTo):
                target = cxx.unqualified(params[0].ctype.target)
                if target == cxx.ClassType(info) and all(p.default is not None for p in params[1:]):
                    found.append(decl)
        return found


def _has_assignment(info: ClassInfo) -> bool:
    return any(isinstance(s, FunctionDecl) and not s.is_special for s in info.scope.names.get("operator=", ()))


def _is_reference(ctype: cxx.CType) -> bool:
    return isinstance(ctype, cxx.ReferenceTo)
