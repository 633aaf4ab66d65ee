"""What becomes of ``goto``: plain scopes and loops where they do, else a variable that says where to go."""

from cudawasm.frontend.program import Program
from cudawasm.ir.text import print_module


def body_of(statements: str) -> str:
    source = f"__global__ void k(int* o, int x) {{ {statements} }}".encode()
    text = print_module(Program(source, "k.cu").lower("k").module)
    lines = text.split("{\n", 1)[1].rsplit("\n}", 1)[0].split("\n")
    return "\n".join(line.removeprefix("  ") for line in lines)


def test_a_jump_forward_leaves_a_scope_around_what_it_passes():
    assert (
        body_of("int a = x; if (a > 3) goto done; *o = a; done: *o = 1;")
        == """\
var a: i32 = x
scope done_1 {
  if (a > i32 3) {
    break done_1
  }
  *(o:global*i32) = a
}
*(o:global*i32) = i32 1"""
    )


def test_a_jump_back_is_a_loop():
    assert (
        body_of("again: x -= 3; if (x > 0) goto again; *o = x;")
        == """\
loop again_again2 {
  x = (x - i32 3)
  if (x > i32 0) {
    continue again_again2
  }
  break again_again2
}
*(o:global*i32) = x"""
    )


def test_only_a_jump_into_a_statement_needs_a_variable():
    assert "target" not in body_of(
        "for (int i = 0; i < x; ++i) { if (i == 3) goto out; if (i == 5) goto next; *o = i; next: ; } out: ;"
    )
    assert "var target: i32 = i32 0" in body_of("if (x) goto inside; while (*o) { *o -= 1; inside: *o += x; }")


def test_cases_that_no_jump_leads_into_stay_cases():
    cases = "case 1: *o = 1; break; case 2: *o = 2; goto both; case 3: both: *o = 3; break; default: *o = 4;"
    lines = [line.strip() for line in body_of(f"switch (x) {{ {cases} }}").split("\n")]
    start = lines.index("switch x {")
    assert lines[start + 1 : start + 4] == ["case 1:", "*(o:global*i32) = i32 1", "break switch1"]
    assert lines[lines.index("default:") :][:3] == ["default:", "*(o:global*i32) = i32 4", "break switch1"]
    assert lines[lines.index("case 3:") :][:2] == ["case 3:", "break case_3"]


def test_what_nothing_leads_to_is_left_out():
    assert "i32 77" not in body_of("goto end; *o = 77; end: *o = 1;")


def test_a_label_without_a_jump_leaves_no_trace():
    assert body_of("unused: *o = x;") == body_of("*o = x;")
