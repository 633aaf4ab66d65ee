"""Objects made modules: data in its place, exports by name, the stack that functions take."""

from __future__ import annotations

import pytest
from objects import instance, object_of

from cudawasm.errors import InternalError
from cudawasm_cpu.wasm.linker import link, unsigned
from cudawasm_cpu.wasm.object_file import Reader, read_object

TABLES = """
@first = private constant [4 x i32] [i32 10, i32 11, i32 12, i32 13], align 64
@second = private constant [2 x i32] [i32 20, i32 21], align 64
@pointers = private constant [2 x ptr] [ptr @second, ptr getelementptr (i8, ptr @first, i32 8)]
define i32 @get(i32 %table, i32 %i) {
  %p = getelementptr ptr, ptr @pointers, i32 %table
  %base = load ptr, ptr %p
  %place = getelementptr i32, ptr %base, i32 %i
  %r = load i32, ptr %place
  ret i32 %r
}
define i32 @other() { ret i32 7 }
"""


@pytest.mark.parametrize("start", [65536, 65540, 200_000])
def test_data_is_found_wherever_it_is_put(start):
    made = instance(TABLES, "get", data_start=start)
    assert [made.call("get", 0, i) for i in (0, 1)] == [20, 21]
    assert made.call("get", 1, 1) == 13


def test_only_what_is_asked_for_is_exported():
    assert list(instance(TABLES, "other").exports) == ["other"]


def test_names_may_have_any_characters():
    text = 'define i32 @"scale<float, 4>@16x16x1"() { ret i32 3 }'
    assert instance(text, "scale<float, 4>@16x16x1").call("scale<float, 4>@16x16x1") == 3


def test_the_end_of_data_and_the_frames_of_functions_are_known():
    text = (
        TABLES
        + """
    define void @large() {
      %a = alloca [100000 x i8]
      call void @use(ptr %a)
      ret void
    }
    define void @use(ptr %p) noinline {
      store volatile i8 1, ptr %p
      ret void
    }"""
    )
    linked = link(object_of(text), ["large"], 65536, shared=False)
    assert 65536 + 24 <= linked.data_end <= 65536 + 256
    assert 100_000 <= linked.frame_bytes <= 100_200
    assert linked.imports == ("memory", "stack")


def test_modules_are_linked_by_llvm_before():
    text = "declare i32 @twice(i32)\ndefine i32 @f(i32 %x) { %r = call i32 @twice(i32 %x)\n ret i32 %r }"
    other = "define i32 @twice(i32 %x) { %r = mul i32 %x, 2\n ret i32 %r }"
    linked = link(object_of(text, other), ["f"], 65536, shared=False)
    assert b"twice" not in linked.code


def test_functions_that_nobody_has_are_an_error():
    with pytest.raises(InternalError, match="WebAssembly has no frobnicate"):
        object_of("declare i32 @frobnicate()\ndefine i32 @f() { %r = call i32 @frobnicate()\n ret i32 %r }")


def test_other_files_are_an_error():
    with pytest.raises(InternalError, match="not a WebAssembly object"):
        link(b"\x7fELF....", [], 0, shared=False)
    with pytest.raises(ValueError, match="not a WebAssembly object"):
        read_object(b"")


@pytest.mark.parametrize("value", [0, 1, 127, 128, 300, 65536, 2**32 - 1])
def test_numbers_are_read_as_they_are_written(value):
    assert Reader(unsigned(value)).unsigned() == value
    assert Reader(unsigned(value, 5)).unsigned() == value and len(unsigned(value, 5)) == 5
