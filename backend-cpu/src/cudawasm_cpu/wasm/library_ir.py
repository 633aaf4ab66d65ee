"""Functions that LLVM calls by itself where WebAssembly has no instruction, as LLVM IR."""

from __future__ import annotations

LIBRARY = {
    "__multi3": """
; The product of two numbers of 128 bits, which LLVM makes of idioms for the upper half of a product. Not optimised, as
; it would find the idiom here too.
define hidden void @__multi3(ptr %into, i64 %al, i64 %ah, i64 %bl, i64 %bh) noinline optnone {
  %a0 = and i64 %al, 4294967295
  %a1 = lshr i64 %al, 32
  %b0 = and i64 %bl, 4294967295
  %b1 = lshr i64 %bl, 32
  %p00 = mul i64 %a0, %b0
  %p01 = mul i64 %a0, %b1
  %p10 = mul i64 %a1, %b0
  %p11 = mul i64 %a1, %b1
  %c0 = lshr i64 %p00, 32
  %m0 = add i64 %p10, %c0
  %m0.low = and i64 %m0, 4294967295
  %m1 = add i64 %p01, %m0.low
  %c1 = lshr i64 %m0, 32
  %c2 = lshr i64 %m1, 32
  %h0 = add i64 %p11, %c1
  %h1 = add i64 %h0, %c2
  %cross0 = mul i64 %al, %bh
  %cross1 = mul i64 %ah, %bl
  %h2 = add i64 %h1, %cross0
  %high = add i64 %h2, %cross1
  %low = mul i64 %al, %bl
  store i64 %low, ptr %into, align 8
  %high.p = getelementptr i8, ptr %into, i32 8
  store i64 %high, ptr %high.p, align 8
  ret void
}
""",
}
"""By the name that LLVM calls."""
