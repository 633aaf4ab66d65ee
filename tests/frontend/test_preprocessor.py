"""The preprocessor and lexer: expansions by the rules of the C++ standard, as token texts."""

# ruff: noqa: E501
from __future__ import annotations

from pathlib import Path

import pytest

from cudawasm.frontend.preprocess import Preprocessor
from cudawasm.frontend.program import FrontendOptions, Program
from cudawasm.frontend.tokens import lex, match_brackets
from cudawasm.source import SourceFile


def expanded(source: str, defines: dict[str, str] | None = None, folders: tuple[str, ...] = ()) -> str:
    tokens = Preprocessor(defines or {}, folders).run(SourceFile("t.cu", source.encode()))
    return " ".join(t.text for t in tokens)


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("#define A 1\nA", "1"),
        ("#define A B\n#define B A\nA B", "A B"),
        ("#define F(x) x + x\nF(1) F (2) F", "1 + 1 2 + 2 F"),
        ("#define F(x, y) [x|y]\nF((1, 2), 3) F(,)", "[ ( 1 , 2 ) | 3 ] [ | ]"),
        ("#define F() 7\nF()", "7"),
        ("#define S(x) #x\nS(a  +  b) S(\"q\\n\")", '"a + b" "\\"q\\\\n\\""'),
        ("#define C(a, b) a##b\nC(x, 1) C(, 2) C(+, =)", "x1 2 +="),
        ("#define C(a, b) a##b\n#define XY 5\nC(X, Y)", "5"),
        ("#define S(x) #x\n#define T(x) S(x)\n#define N 3\nS(N) T(N)", '"N" "3"'),
        ("#define V(f, ...) f(__VA_ARGS__)\nV(g, 1, 2) V(g)", "g ( 1 , 2 ) g ( )"),
        ("#define V(f, ...) f(0, ##__VA_ARGS__)\nV(g) V(g, 1)", "g ( 0 ) g ( 0 , 1 )"),
        ("#define V(f, ...) f(0 __VA_OPT__(,) __VA_ARGS__)\nV(g) V(g, 1)", "g ( 0 ) g ( 0 , 1 )"),
        ("#define F(x) x\n#define G F(\nG 3)", "3"),
        ("#define A 1\n#undef A\nA", "A"),
        ("#define A \\\n 1 + \\\n 2\nA", "1 + 2"),
        ("a /* x\n y */ b // c\nd", "a b d"),
        ("#ifdef A\n1\n#else\n2\n#endif", "2"),
        ("#define A\n#ifndef A\n1\n#elif defined A && !defined(B)\n2\n#else\n3\n#endif", "2"),
        ("#if 0\n#if 1\n1\n#endif\n#else\n2\n#endif", "2"),
        ("#if 0\n'unclosed\n#garbage (\n#endif\n3", "3"),
        ("#if (2 + 3 * 4 == 14) && (7 / 2 == 3) && (-7 % 3 == -1) && (1 << 4 | 1) == 17\n1\n#endif", "1"),
        ("#if 0x10 == 16 && 010 == 8 && 0b11 == 3 && 'A' == 65 && 10u > 9L && UNKNOWN == 0\n1\n#endif", "1"),
        ("#if 1 ? 0 : 1\n1\n#elif not 0 and (1 or 0)\n2\n#endif", "2"),
        ("#if __has_include(<cuda_fp16.h>) && !__has_include(\"nowhere.h\")\n1\n#endif", "1"),
        ("__LINE__\n\n__LINE__ __FILE__", '1 3 "t.cu"'),
        ("#pragma once\nx", "x"),
        ("%: <% %> <: :>", "% : { } [ ]"),
        ("a>>b c>>=d e<<=f g->*h i...j", "a > > b c > >= d e <<= f g ->* h i ... j"),
        (".5f 1e-3 0x1p-2 1'000 1.f 07 u8\"s\" L'c' R\"x(a)\" b)x\"", ".5f 1e-3 0x1p-2 1'000 1.f 07 u8\"s\" L'c' R\"x(a)\" b)x\""),
    ],
)  # fmt: skip
def test_expansion(source: str, result: str) -> None:
    assert expanded(source) == result


def test_definitions_of_the_command_line() -> None:
    assert expanded("N F(2) G", {"N": "4", "F(x)": "x * x", "G": ""}) == "4 2 * 2"


def test_includes_are_found_beside_the_file_and_in_folders(tmp_path: Path) -> None:
    (tmp_path / "inc").mkdir()
    (tmp_path / "inc" / "a.h").write_text('#pragma once\n#include "b.h"\n#define A B + 1\n')
    (tmp_path / "inc" / "b.h").write_text("#ifndef B_H\n#define B_H\n#define B 2\n#endif\n")
    source = '#include "a.h"\n#include <a.h>\n#include "b.h"\nA'
    assert expanded(source, folders=(str(tmp_path / "inc"),)) == "2 + 1"
    kernel = b'#include "a.h"\n__global__ void k(int* o) { *o = A; }'
    program = Program(kernel, str(tmp_path / "inc" / "k.cu"), FrontendOptions(include_dirs=(str(tmp_path / "inc"),)))
    assert {p.name for p in program.dependencies} == {"a.h", "b.h"}


def test_tokens_know_their_bytes() -> None:
    text = 'int x = "é"; // ü\n  y'.encode()
    tokens = lex(SourceFile("t.cu", text))
    assert [text[t.start : t.end].decode("latin-1") for t in tokens] == [t.text for t in tokens]
    assert [str(t.span) for t in tokens] == ["t.cu:1:1", "t.cu:1:5", "t.cu:1:7", "t.cu:1:9", "t.cu:1:12", "t.cu:2:3"]


def test_brackets_are_matched_and_words_become_operators() -> None:
    tokens = lex(SourceFile("t.cu", b"f(a[1] and {not b})"))
    match_brackets(tokens)
    assert [(t.text, tokens[t.match].text) for t in tokens if t.match >= 0] == [("(", ")"), ("[", "]"), ("{", "}")]
    assert [t.text for t in tokens if t.kind == "op" and t.text in ("&&", "!")] == ["&&", "!"]


def test_a_byte_order_mark_is_space() -> None:
    assert expanded("\ufeff#ifdef A\n1\n#else\n2\n#endif") == "2"


def test_ndebug_of_the_command_line_switches_assert_off() -> None:
    source = b"__global__ void k(int* o) { assert(o[0] == 3); }"
    for defines, statements in (({}, 1), ({"NDEBUG": "1"}, 0)):
        module = Program(source, "k.cu", FrontendOptions(defines)).lower("k").module
        assert len(module.functions["k"].body) == statements
    late = Program(b"#define NDEBUG\n" + source, "k.cu").lower("k").module
    assert len(late.functions["k"].body) == 1


def test_a_long_source_may_use_many_macros() -> None:
    source = "#define P(x) (x) + (x)\n" + "P(1);\n" * 60_000
    assert expanded(source).count(";") == 60_000


def test_a_program_knows_where_headers_were_looked_for(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    (second / "a.h").write_text("#define A 1\n")
    kernel = b'#include <a.h>\n#if __has_include("b.h")\n#endif\n__global__ void k(int* o) { *o = A; }'
    options = FrontendOptions(include_dirs=(str(first), str(second)))
    program = Program(kernel, str(tmp_path / "k.cu"), options)
    assert program.dependencies == (second / "a.h",)
    assert set(program.absent) == {first / "a.h", tmp_path / "b.h", first / "b.h", second / "b.h"}
