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
    "fma": """
; The fused multiply-add, as the device library's fused_f64.cuh has it: a call for each lane, since written out in the
; kernel it is most of the code of a function such as exp.
define internal i32 @fma.exponent(double %x) {
  %bits = bitcast double %x to i64
  %moved = lshr i64 %bits, 52
  %field = and i64 %moved, 2047
  %r = trunc i64 %field to i32
  ret i32 %r
}
define internal double @fma.with_exponent(double %x, i32 %exponent) {
  %bits = bitcast double %x to i64
  %rest = and i64 %bits, -9218868437227405313
  %biased = add i32 %exponent, 1023
  %wide = zext i32 %biased to i64
  %field = shl i64 %wide, 52
  %made = or i64 %rest, %field
  %r = bitcast i64 %made to double
  ret double %r
}
define internal double @fma.normal(double %x) {
  %e = call i32 @fma.exponent(double %x)
  %is.small = icmp eq i32 %e, 0
  %larger = fmul double %x, 0x4350000000000000
  %r = select i1 %is.small, double %larger, double %x
  ret double %r
}
define internal i32 @fma.true_exponent(double %x, double %normal) {
  %e = call i32 @fma.exponent(double %normal)
  %same = fcmp oeq double %x, %normal
  %shift = select i1 %same, i32 1023, i32 1077
  %r = sub i32 %e, %shift
  ret i32 %r
}
define internal { double, double } @fma.two_sum(double %a, double %b) {
  %s = fadd double %a, %b
  %t = fsub double %s, %a
  %u = fsub double %s, %t
  %v = fsub double %a, %u
  %w = fsub double %b, %t
  %low = fadd double %v, %w
  %p = insertvalue { double, double } poison, double %s, 0
  %r = insertvalue { double, double } %p, double %low, 1
  ret { double, double } %r
}
define internal double @fma.odd_sum(double %a, double %b, i64 %parity) {
  %sum = call { double, double } @fma.two_sum(double %a, double %b)
  %high = extractvalue { double, double } %sum, 0
  %low = extractvalue { double, double } %sum, 1
  %bits = bitcast double %high to i64
  %low.up = fcmp ogt double %low, 0.0
  %high.up = fcmp ogt double %high, 0.0
  %apart = xor i1 %low.up, %high.up
  %step = select i1 %apart, i64 -1, i64 1
  %odd = add i64 %bits, %step
  %last = and i64 %bits, 1
  %is.even = icmp eq i64 %last, %parity
  %is.inexact = fcmp one double %low, 0.0
  %moves = and i1 %is.even, %is.inexact
  %made = select i1 %moves, i64 %odd, i64 %bits
  %r = bitcast i64 %made to double
  ret double %r
}
define internal double @fma.power_of_two(i32 %n) {
  %biased = add i32 %n, 1023
  %wide = zext i32 %biased to i64
  %bits = shl i64 %wide, 52
  %r = bitcast i64 %bits to double
  ret double %r
}
define hidden double @fma(double %a, double %b, double %c) noinline {
entry:
  %product = fmul double %a, %b
  %plain = fadd double %product, %c
  %a0 = fcmp oeq double %a, 0.0
  %b0 = fcmp oeq double %b, 0.0
  %c0 = fcmp oeq double %c, 0.0
  %ab0 = or i1 %a0, %b0
  %is.zero = or i1 %ab0, %c0
  %ea = call i32 @fma.exponent(double %a)
  %eb = call i32 @fma.exponent(double %b)
  %ec = call i32 @fma.exponent(double %c)
  %a.finite = icmp ne i32 %ea, 2047
  %b.finite = icmp ne i32 %eb, 2047
  %factors.finite = and i1 %a.finite, %b.finite
  %c.finite = icmp ne i32 %ec, 2047
  %finite = and i1 %factors.finite, %c.finite
  %no.zero = xor i1 %is.zero, true
  %usual = and i1 %finite, %no.zero
  br i1 %usual, label %work, label %special
special: ; a product that overflows does not make an infinite sum a NaN
  %c.rules = xor i1 %c.finite, true
  %takes.c = and i1 %factors.finite, %c.rules
  %special.r = select i1 %takes.c, double %c, double %plain
  ret double %special.r
work:
  %x0 = call double @fma.normal(double %a)
  %y0 = call double @fma.normal(double %b)
  %z0 = call double @fma.normal(double %c)
  %xe = call i32 @fma.true_exponent(double %a, double %x0)
  %ye = call i32 @fma.true_exponent(double %b, double %y0)
  %of.product = add i32 %xe, %ye
  %of.sum = call i32 @fma.true_exponent(double %c, double %z0)
  %d = sub i32 %of.sum, %of.product
  %d.low = call i32 @llvm.smax.i32(i32 %d, i32 -110)
  %distance = call i32 @llvm.smin.i32(i32 %d.low, i32 110)
  %is.far = icmp sgt i32 %d, 110
  %far.scale = sub i32 %of.sum, 110
  %scale = select i1 %is.far, i32 %far.scale, i32 %of.product
  %x = call double @fma.with_exponent(double %x0, i32 0)
  %y = call double @fma.with_exponent(double %y0, i32 0)
  %z = call double @fma.with_exponent(double %z0, i32 %distance)
  %tx = fmul double %x, 134217729.0
  %ty = fmul double %y, 134217729.0
  %tx.x = fsub double %tx, %x
  %ty.y = fsub double %ty, %y
  %xh = fsub double %tx, %tx.x
  %yh = fsub double %ty, %ty.y
  %xl = fsub double %x, %xh
  %yl = fsub double %y, %yh
  %p = fmul double %x, %y
  %hh = fmul double %xh, %yh
  %hl = fmul double %xh, %yl
  %lh = fmul double %xl, %yh
  %ll = fmul double %xl, %yl
  %e0 = fsub double %hh, %p
  %e1 = fadd double %e0, %hl
  %e2 = fadd double %e1, %lh
  %p.low = fadd double %e2, %ll
  %low = call { double, double } @fma.two_sum(double %z, double %p.low)
  %low.hi = extractvalue { double, double } %low, 0
  %low.lo = extractvalue { double, double } %low, 1
  %high = call { double, double } @fma.two_sum(double %p, double %low.hi)
  %high.hi = extractvalue { double, double } %high, 0
  %high.lo = extractvalue { double, double } %high, 1
  %rest = call double @fma.odd_sum(double %low.lo, double %high.lo, i64 0)
  %sum0 = fadd double %high.hi, %rest
  %es = call i32 @fma.exponent(double %sum0)
  %es.scaled = add i32 %es, %scale
  %is.tiny = icmp slt i32 %es.scaled, 1 ; below the normal numbers it is scaling that rounds
  %not.zero = fcmp une double %sum0, 0.0
  %by.scaling = and i1 %is.tiny, %not.zero
  %loses.one = icmp eq i32 %es.scaled, 0 ; an odd sum would look like the middle of two
  %parity = zext i1 %loses.one to i64
  %odd = call double @fma.odd_sum(double %high.hi, double %rest, i64 %parity)
  %sum = select i1 %by.scaling, double %odd, double %sum0
  %s.low = call i32 @llvm.smax.i32(i32 %scale, i32 -1300)
  %s = call i32 @llvm.smin.i32(i32 %s.low, i32 1300)
  %half = sdiv i32 %s, 2
  %other = sub i32 %s, %half
  %f0 = call double @fma.power_of_two(i32 %half)
  %f1 = call double @fma.power_of_two(i32 %other)
  %r0 = fmul double %sum, %f0
  %r = fmul double %r0, %f1
  ret double %r
}
declare i32 @llvm.smax.i32(i32, i32)
declare i32 @llvm.smin.i32(i32, i32)
""",
}
"""By the name that LLVM calls."""
