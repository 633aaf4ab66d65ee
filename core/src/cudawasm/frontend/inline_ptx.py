"""Inline PTX: instructions with a plain meaning become C++ expressions; all others are refused by name.

A rule gives an instruction's meaning as C++ text over its source operands ``a``, ``b``, ``c``, ``d``. PTX is
weakly typed, so each operand is first converted to the type that the instruction names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend import fold
from cudawasm.frontend.conversions import convert
from cudawasm.frontend.expressions import lower
from cudawasm.frontend.parse_expressions import Parser
from cudawasm.frontend.ptx_table import TYPES, order_of, rule_for
from cudawasm.frontend.symbols import Range, Scope, ValueSymbol
from cudawasm.frontend.syntax import StringLiteral
from cudawasm.frontend.tokens import Token, lex, match_brackets
from cudawasm.frontend.values import Value, lvalue, rvalue
from cudawasm.ir import nodes
from cudawasm.ir import types as kir
from cudawasm.source import SourceFile

if TYPE_CHECKING:
    from cudawasm.frontend.lowering import FunctionLowering

_VECTOR_ACCESS = re.compile(r"(ld|st)[\w.]*\.v([24])\.(\w+)")
_INSTRUCTION = re.compile(r"^(?:@(!?)(%?\w+)\s+)?([\w.:]+)\s*(.*)$", re.DOTALL)


@dataclass(slots=True)
class _Block:
    """Operands by number, and registers that the text declares."""

    fn: FunctionLowering
    start: Token
    operands: list[Value]
    outputs: int
    registers: dict[str, Value] = field(default_factory=dict)
    carry: Value | None = None


def lower_asm(fn: FunctionLowering, parser: Parser) -> None:
    """``asm volatile ("..." : outputs : inputs : clobbers);``"""
    start = parser.advance()
    while parser.at("volatile", "__volatile__", "goto", "inline"):
        parser.advance()
    inner = Parser(fn.sema, parser.group(), fn.scope)
    parser.expect(";")
    text = inner.primary()
    if not isinstance(text, StringLiteral):
        fn.fail("E0202", "asm needs a string", start.span)
    operands: list[Value] = []
    outputs = _operand_list(fn, inner, operands, keep_places=True)
    _operand_list(fn, inner, operands, keep_places=False)
    block = _Block(fn, start, operands, outputs)
    for line in _instructions(text.value.decode("latin-1")):
        _lower_line(block, line)


def _operand_list(fn: FunctionLowering, parser: Parser, operands: list[Value], keep_places: bool) -> int:
    """``: "=r"(x), "+f"(y)``; returns how many there are."""
    if parser.at("::"):  # no outputs: the lexer reads both colons as one token
        if keep_places:
            return 0
        parser.advance()
    elif not parser.accept(":"):
        return 0
    count = 0
    while parser.token.kind in ("str", "op") and not parser.at(":", "::") and not parser.finished:
        if parser.accept("["):
            parser.fail("E0316", "named asm operands are not supported")
        parser.primary()
        value = lower(fn, parser.sub(parser.group()).whole_expression())
        if keep_places:
            value = fn.stabilised(value)
        elif not isinstance(value.type, cxx.ArrayOf):
            value = rvalue(value.ctype, fn.temp(fn.load(value), "operand"))
        else:
            from cudawasm.frontend.conversions import decay

            value = decay(fn, value)
        operands.append(value)
        count += 1
        if not parser.accept(",") and parser.token.kind != "str":
            break
    return count


def _instructions(text: str) -> list[str]:
    text = re.sub(r"//[^\n]*|/\*.*?\*/", " ", text, flags=re.DOTALL).replace("%%", "%")
    text = text.replace("{\n", " ").strip()
    parts = [p.strip() for p in re.split(r";|\n", _without_braces(text))]
    return [p for p in parts if p]


def _without_braces(text: str) -> str:
    """Drop the braces of a scope, keep those of operand lists such as ``{%0, %1}``."""
    out, position = "", 0
    while position < len(text):
        if text[position] == "{":
            close = text.find("}", position)
            inner = text[position + 1 : close]
            if close >= 0 and ";" not in inner and "\n" not in inner.strip():
                out += text[position : close + 1]
                position = close + 1
                continue
            out += " "
        elif text[position] == "}":
            out += ";"
        else:
            out += text[position]
        position += 1
    return out


def _lower_line(block: _Block, line: str) -> None:
    fn = block.fn
    match = _INSTRUCTION.match(line)
    if match is None:
        fn.fail("E0316", f"inline PTX '{line}' is not understood", block.start.span)
    negated, predicate, opcode, rest = match.groups()
    if opcode == ".reg":
        _declare_registers(block, rest)
        return
    if predicate is None:
        _ordered_instruction(block, opcode, rest)
        return
    condition = fn.load(convert(fn, _operand(block, predicate, cxx.BOOL), cxx.BOOL, explicit=True))
    if negated:
        condition = fold.unary("not", condition)
    with fn.block() as inner:
        _ordered_instruction(block, opcode, rest)
    fn.emit(nodes.If(condition, tuple(inner), (), fn.span))


def _declare_registers(block: _Block, rest: str) -> None:
    words = rest.replace(",", " ").split()
    ctype = TYPES.get(words[0].lstrip(".")) if words else None
    if ctype is None:
        block.fn.fail("E0316", f"inline PTX register type '{rest.strip()}' is not supported", block.start.span)
    for name in words[1:]:
        counted = re.fullmatch(r"(%?\w+)<(\d+)>", name)
        names = [f"{counted.group(1)}{i}" for i in range(int(counted.group(2)))] if counted else [name]
        for register in names:
            var = block.fn.declare(register.strip("%"), cxx.kir_type(ctype))
            block.registers[register] = lvalue(ctype, nodes.VarPlace(var))


def _ordered_instruction(block: _Block, opcode: str, rest: str) -> None:
    """An instruction with the fences that its order asks for, as ``cuda::atomic`` has them."""
    releases, acquires, scope = order_of(opcode)
    if releases:
        block.fn.emit(nodes.Fence(scope, block.fn.span))
    _instruction(block, opcode, rest)
    if acquires:
        block.fn.emit(nodes.Fence(scope, block.fn.span))


def _instruction(block: _Block, opcode: str, rest: str) -> None:
    fn = block.fn
    vector = _VECTOR_ACCESS.fullmatch(opcode)
    if vector is not None:
        _vector_access(block, vector, rest)
        return
    found = rule_for(opcode)
    if found is None:
        fn.fail("E0316", f"inline PTX '{opcode}' is not supported", block.start.span)
    rule, source, result = found
    names = _split_operands(rest)
    needed = rule.has_result + sum(bool(re.search(rf"\b{letter}\b", rule.text)) for letter in "abcd")
    if len(names) < needed:
        fn.fail("E0316", f"inline PTX '{opcode}' takes {needed} operands", block.start.span)
    if rule.has_result:
        target, names = names[0], names[1:]
    scope = Scope("block", fn.sema.global_scope)
    if opcode.startswith(("bar.sync", "barrier.sync")) and names not in ([], ["0"]):
        fn.fail("E0316", "inline PTX barriers other than 0, or of some threads, are not supported", block.start.span)
    for letter, name in zip("abcd", names, strict=False):
        wide = letter == "c" and opcode.startswith("mad.wide")
        scope.bind(letter, ValueSymbol(_converted(block, name, result if wide else source)))
    if "carry" in rule.text:
        scope.bind("carry", ValueSymbol(_carry(block, opcode)))
    value = _evaluated(block, rule.text, scope)
    if rule.has_result:
        _write(block, target, value, result)


def _carry(block: _Block, opcode: str) -> Value:
    """The condition code: written by ``.cc`` before it is read, in the same asm statement."""
    if block.carry is None:
        if opcode[3] == "c":
            block.fn.fail("E0316", f"inline PTX '{opcode}' has no carry to read in this asm", block.start.span)
        block.carry = lvalue(cxx.UINT, nodes.VarPlace(block.fn.declare("carry", kir.U32)))
    return block.carry


def _vector_access(block: _Block, access: re.Match[str], rest: str) -> None:
    """``ld.v4.f32 {a, b, c, d}, [p+16]`` as four scalar accesses."""
    fn = block.fn
    kind, count, type_name = access.group(1), int(access.group(2)), access.group(3)
    values = re.search(r"\{(.*?)\}", rest)
    address = re.search(r"\[\s*(%?\w+)\s*(?:\+\s*(-?\w+))?\s*\]", rest)
    parts = [p.strip() for p in values.group(1).split(",")] if values else []
    if address is None or len(parts) != count or type_name not in TYPES:
        fn.fail("E0316", f"inline PTX '{access.group(0)}' is not understood", block.start.span)
    first = int(address.group(2) or "0", 0)
    size = cxx.size_of(TYPES[type_name])
    for number, part in enumerate(parts):
        place = f"[{address.group(1)}+{first + number * size}]"
        _instruction(block, f"{kind}.{type_name}", f"{part}, {place}" if kind == "ld" else f"{place}, {part}")


def _split_operands(rest: str) -> list[str]:
    return [p.strip() for p in re.split(r",(?![^{\[]*[}\]])", rest) if p.strip()]


def _converted(block: _Block, name: str, ctype: cxx.CType) -> Value:
    """An operand as the instruction reads it: reinterpreted if it has the same size, else converted."""
    fn = block.fn
    address = re.fullmatch(r"\[\s*(%?\w+)\s*(?:\+\s*(-?\w+))?\s*\]", name)
    if address is not None:
        pointer = cxx.PointerTo(ctype)
        base = fn.load(convert(fn, _operand(block, address.group(1), cxx.ULONG), cxx.ULONG, explicit=True))
        shift = int(address.group(2) or "0", 0)
        moved = fold.binary("add", base, fold.constant(kir.U64, shift))
        return rvalue(pointer, fold.cast(cxx.kir_type(pointer), moved))
    value = _operand(block, name, ctype)
    return _as_type(fn, value, ctype)


def _as_type(fn: FunctionLowering, value: Value, ctype: cxx.CType) -> Value:
    have, want = cxx.arithmetic_of(value.ctype), cxx.arithmetic_of(ctype)
    if have is not None and want is not None and have != want and cxx.BOOL not in (have, want):
        if have.scalar.bits == want.scalar.bits and have.scalar.is_float != want.scalar.is_float:
            return rvalue(ctype, fold.bitcast(want.scalar, fn.load(value)))
    return rvalue(ctype, fn.load(convert(fn, value, ctype, explicit=True)))


def _operand(block: _Block, name: str, ctype: cxx.CType) -> Value:
    fn = block.fn
    if name in block.registers:
        return block.registers[name]
    if re.fullmatch(r"%\d+", name):
        number = int(name[1:])
        if number >= len(block.operands):
            fn.fail("E0316", f"inline PTX operand '{name}' does not exist", block.start.span)
        return block.operands[number]
    if name.startswith("%"):
        return _evaluated(block, f"__cw_ptx_special_{name[1:].replace('.', '_')}()", fn.sema.global_scope)
    if name.startswith(("0f", "0F")) and len(name) == 10:
        return rvalue(cxx.FLOAT, fold.bitcast(kir.F32, fold.constant(kir.U32, int(name[2:], 16))))
    if name.startswith(("0d", "0D")) and len(name) == 18:
        return rvalue(cxx.DOUBLE, fold.bitcast(kir.F64, fold.constant(kir.U64, int(name[2:], 16))))
    try:
        number = int(name.rstrip("U"), 0)
    except ValueError:
        try:
            return rvalue(cxx.DOUBLE, fold.constant(kir.F64, float(name)))
        except ValueError:
            fn.fail("E0316", f"inline PTX operand '{name}' is not understood", block.start.span)
    return rvalue(cxx.LONG, fold.constant(kir.I64, number))


def _evaluated(block: _Block, text: str, scope: Scope) -> Value:
    fn = block.fn
    tokens = [t.moved_to(block.start) for t in lex(SourceFile("<ptx>", text.encode()))]
    match_brackets(tokens)
    if tokens[0].text.startswith("__cw_ptx_special_") and not scope.lookup(tokens[0].text):
        name = tokens[0].text.removeprefix("__cw_ptx_special_")
        fn.fail("E0316", f"inline PTX register '%{name}' is not supported", block.start.span)
    outer, fn.scope = fn.scope, scope
    try:
        return lower(fn, Parser(fn.sema, Range(tokens, 0, len(tokens)), scope).whole_expression())
    finally:
        fn.scope = outer


def _write(block: _Block, name: str, value: Value, ctype: cxx.CType) -> None:
    """Store an instruction's result in a register or output operand."""
    fn = block.fn
    target = _operand(block, name, ctype)
    if target.place is None:
        fn.fail("E0316", f"inline PTX writes to '{name}', which is not an output", block.start.span)
    result = _as_type(fn, value, ctype)
    fn.store(target, fn.load(_as_type(fn, result, target.type)))
