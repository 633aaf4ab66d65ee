"""The text of KIR and its parser are inverse to each other."""

import math
from dataclasses import replace

import pytest
from cudawasm_conformance import Case, all_cases
from cudawasm_conformance.suite import NOT_YET

from cudawasm.frontend import Program
from cudawasm.ir import nodes as n
from cudawasm.ir.parser import parse_module
from cudawasm.ir.text import print_expr, print_module
from cudawasm.ir.types import BOOL, F32, F64, I32, U32, VOID, Array, Field, Pointer, Space, Struct, Vector
from cudawasm.ir.verifier import verify


def lowered(source: str, kernel: str = "k") -> n.Module:
    return Program(source.encode(), "k.cu").lower(kernel).module


@pytest.mark.parametrize("case", [c for c in all_cases() if c.name not in NOT_YET][::5], ids=lambda case: case.name)
def test_lowered_kernels_come_back_from_their_text(case: Case):
    module = lowered(case.source, case.kernel)
    text = print_module(module)
    parsed = parse_module(text)
    verify(parsed)
    assert print_module(parsed) == text
    assert parse_module(print_module(module, locations=True)).functions.keys() == module.functions.keys()


EVERYTHING = """\
struct %P size 16 align 8 {next: generic*void @0, v: [2 x f32] @8}
union %`odd name` size 4 align 4 {`i32`: i32 @0, f: f32 @0}
struct %P'2 size 4 align 4 {x: i32 @0}
constant coef: [3 x f32] = x0000803f0000000000000040
global volatile flag: u32 align 16
shared tile: [0 x f32x4@32]
function @f(x: %P, u: %`odd name`) -> %P'2 {
  return %P'2{u.0}
}
kernel @k(out: global*f32, n: i32) -> void bounds(128, 2) {
  var x: i32 = i32 -5
  var x'2: f64 = select((x < n), f64 -inf, f64 x7ff8000000000000)
  var `call`: i32
  var q: %P'2 = zero<%P'2>
  var v: f32x3 = f32x3{f32 1.0, f32 -2.5e-08, f32 0.0}
  var ok: bool = bool True
  var p: local*f32 = &v.2:local
  var raw: generic*void = &q:generic*void
  volatile *(offset(out, $thread_idx.x):global*f32) = ((v.0 *! v#1) + fma<f32>(v.0, v.1, tile[i32 0].3))
  `call` = atomic cas system flag, u32 0, u32 1
  atomic add block *(out:global*f32), f32 1.0
  x = barrier count (x == i32 0)
  barrier grid
  ok = warp any(not(ok)) mask u32 4294967295
  warp sync()
  x = warp match_all(x), `call`
  fence device
  q = call @f(zero<%P>, %`odd name`{i32 1})
  x = print b'%s \\'"\\n // x' [b'a, ]', b"it's"] (i32 0:i32, distance(out, out):i64)
  loop L (x < n) unroll 4 {
    continue L
  } step {
    x = (x + (neg(x) >> u32 1))
  }
  loop forever {
    scope out_of {
      break out_of
    }
    break forever
  }
  switch x {
  case 1, -2:
    if ok {
      trap 'x != "\\'" // no'
    } else {
      trap
    }
  default:
    return
  }
}
"""


def test_every_construct_comes_back():
    module = parse_module(EVERYTHING)
    assert print_module(module) == EVERYTHING
    kernel = module.functions["k"]
    assert kernel.is_kernel
    assert kernel.launch_bounds == n.LaunchBounds(128, 2)
    assert module.globals[0].init == bytes.fromhex("0000803f0000000000000040")
    assert module.shared[0].type == Array(Vector(F32, 4, 32), 0)
    declared = [stmt for stmt in kernel.body if isinstance(stmt, n.Declare)]
    assert declared[2].var.name == "call"
    assert declared[7].init == n.AddressOf(n.VarPlace(declared[3].var), Pointer(VOID))
    assert isinstance(declared[1].init, n.Select)
    assert math.isnan(declared[1].init.if_false.value)
    printed = next(stmt for stmt in kernel.body if isinstance(stmt, n.Print))
    assert printed.format == b"%s '\"\n // x"
    assert printed.strings == (b"a, ]", b"it's")


def test_names_that_hide_others_and_types_of_one_name_are_told_apart():
    outer, inner = n.Var("x", I32), n.Var("x", I32)
    types = [Struct("S", (Field("a", t, 0),), 4, 4) for t in (I32, F32)]
    body = (
        n.Declare(outer, n.Const(I32, 1)),
        n.If(n.Const(BOOL, True), (n.Declare(inner, n.Load(n.VarPlace(outer))),)),
        n.Assign(n.VarPlace(outer), n.Const(I32, 2)),
        *(n.Declare(n.Var("s", t)) for t in types),
    )
    text = print_module(n.Module({"k": n.Function("k", (), VOID, body, True)}))
    assert text == (
        "struct %S size 4 align 4 {a: i32 @0}\nstruct %S'2 size 4 align 4 {a: f32 @0}\n"
        "kernel @k() -> void {\n  var x: i32 = i32 1\n  if bool True {\n    var x'2: i32 = x\n  }\n"
        "  x = i32 2\n  var s: %S\n  var s'2: %S'2\n}\n"
    )
    assert print_module(parse_module(text)) == text


def test_places_in_the_source_are_comments():
    module = lowered("__global__ void k(int* a) {\n  a[0] = 1;\n  __trap();\n}")
    assert print_module(module, locations=True).splitlines()[1:3] == [
        "  *(a:global*i32) = i32 1 // k.cu:2",
        "  trap // k.cu:3",
    ]


def test_strict_and_contracted_arithmetic_differ():
    one = n.Const(F64, 1.0)
    product = n.Binary("mul", one, one, F64)
    assert print_expr(product) == "(f64 1.0 * f64 1.0)"
    assert print_expr(replace(product, contract=False)) == "(f64 1.0 *! f64 1.0)"
    assert print_expr(n.AddressOf(n.VarPlace(n.Var("v", U32)), Pointer(U32, Space.LOCAL))) == "&v:local"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("y = i32 1", "line 2: unknown variable y"),
        ("x = i32", "line 2: unknown variable i32"),
        ("x = (x ? x)", "line 2: an operator expected at ' ? x)'"),
        ("x = zero<%S>", "line 2: unknown struct S"),
        ("x = select(x, x)", "line 2: 3 operands expected, not 2"),
        ("*(x:global*i32) = x", "line 2: a pointer of type i32, not global*i32"),
        ("fence device device", "line 2: the end of the line expected at ' device'"),
        ("loop L {", "line 4: the text ends inside a function"),
    ],
)
def test_wrong_text_is_refused_with_its_line(line: str, message: str):
    with pytest.raises(ValueError, match="line") as caught:
        parse_module(f"kernel @k(x: i32) -> void {{\n  {line}\n}}")
    assert str(caught.value) == message


def test_text_that_ends_early_is_refused():
    with pytest.raises(ValueError, match="line 2: the text ends inside a function"):
        parse_module("kernel @k() -> void {")
