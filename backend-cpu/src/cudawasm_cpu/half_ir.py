"""Conversions of half precision for machines without instructions for them, as LLVM IR.

LLVM calls them by the names that compilers' runtime libraries use; defined by the same LLVM for the same machine, they
take their arguments as it passes them.
"""

from __future__ import annotations

NAMES = ("__extendhfsf2", "__truncsfhf2", "__truncdfhf2")


def half_text(triple: str) -> str:
    """A module with the functions of NAMES, rounding to nearest even."""
    return f"""target triple = "{triple}"
declare float @llvm.fabs.f32(float)

; The exponent's bias is 112 less; infinities and NaN get the largest exponent, denormals lose the implicit one.
define float @__extendhfsf2(half %x) {{
  %h = bitcast half %x to i16
  %w = zext i16 %h to i32
  %s0 = and i32 %w, 32768
  %sign = shl i32 %s0, 16
  %low = and i32 %w, 32767
  %moved = shl i32 %low, 13
  %normal = add i32 %moved, 939524096
  %special = add i32 %moved, 1879048192
  %d0 = add i32 %moved, 947912704
  %d1 = bitcast i32 %d0 to float
  %d2 = fsub float %d1, 0x3F10000000000000
  %denormal = bitcast float %d2 to i32
  %is.special = icmp uge i32 %low, 31744
  %is.denormal = icmp ult i32 %low, 1024
  %a = select i1 %is.special, i32 %special, i32 %normal
  %b = select i1 %is.denormal, i32 %denormal, i32 %a
  %bits = or i32 %b, %sign
  %r = bitcast i32 %bits to float
  ret float %r
}}

; Adding 0.5 aligns a denormal result's bits and rounds them; a normal one is rounded by a carry of the bits cut off.
define half @__truncsfhf2(float %x) {{
  %w = bitcast float %x to i32
  %s0 = lshr i32 %w, 16
  %sign = and i32 %s0, 32768
  %m = and i32 %w, 2147483647
  %is.nan = icmp ugt i32 %m, 2139095040
  %is.large = icmp uge i32 %m, 1199570944
  %is.small = icmp ult i32 %m, 947912704
  %mf = bitcast i32 %m to float
  %t = fadd float %mf, 5.000000e-01
  %t1 = bitcast float %t to i32
  %small = sub i32 %t1, 1056964608
  %o0 = lshr i32 %m, 13
  %odd = and i32 %o0, 1
  %r0 = add i32 %m, 3355447295
  %r1 = add i32 %r0, %odd
  %normal = lshr i32 %r1, 13
  %a = select i1 %is.small, i32 %small, i32 %normal
  %b = select i1 %is.large, i32 31744, i32 %a
  %c = select i1 %is.nan, i32 32256, i32 %b
  %bits = or i32 %c, %sign
  %h = trunc i32 %bits to i16
  %r = bitcast i16 %h to half
  ret half %r
}}

; Through float rounded to odd, which keeps the second rounding exact.
define half @__truncdfhf2(double %x) {{
  %f = fptrunc double %x to float
  %back = fpext float %f to double
  %inexact = fcmp one double %back, %x
  %w = bitcast float %f to i32
  %xi = bitcast double %x to i64
  %bi = bitcast double %back to i64
  %xm = and i64 %xi, 9223372036854775807
  %bm = and i64 %bi, 9223372036854775807
  %away = icmp ugt i64 %bm, %xm
  %down = sub i32 %w, 1
  %cut = select i1 %away, i32 %down, i32 %w
  %sticky = or i32 %cut, 1
  %bits = select i1 %inexact, i32 %sticky, i32 %w
  %odd = bitcast i32 %bits to float
  %r = call half @__truncsfhf2(float %odd)
  ret half %r
}}
"""
