"""The function of a module that a launch calls: it draws blocks until there are none left, as LLVM IR.

One call does a worker's part of a launch. All workers are given the same job, and each its number.
"""

from __future__ import annotations

JOB_BYTES = 256
TOTAL, CHUNK, NEXT = 128, 136, 192
"""Where the job has the number of blocks, how many are drawn at a time, and the next one, on a cache line of its own.
The rest of a job is ``codegen.threads``'s."""


PROBE = "rounds once"
PROBE_TEXT = f"""
target triple = "wasm32-unknown-unknown"
declare <4 x float> @llvm.wasm.relaxed.madd.v4f32(<4 x float>, <4 x float>, <4 x float>)

; Of (1 + 2**-12)**2 - (1 + 2**-11) nothing is left where the product is rounded.
define i32 @"{PROBE}"() {{
  %r = call <4 x float> @llvm.wasm.relaxed.madd.v4f32(
      <4 x float> splat (float 0x3FF0010000000000), <4 x float> splat (float 0x3FF0010000000000),
      <4 x float> splat (float 0xBFF0020000000000))
  %first = extractelement <4 x float> %r, i64 0
  %exact = fcmp oeq float %first, 0x3E70000000000000
  %result = zext i1 %exact to i32
  ret i32 %result
}}
"""
"""A module whose function says whether the relaxed multiply-add of the engine at hand rounds once."""


def driver_text(name: str, kernel: str) -> str:
    """The function ``name``, which runs the function ``kernel`` of the same module; it takes (job, worker)."""
    return f"""
define void @"{name}"(ptr %job, i32 %worker) {{
entry:
  %total.p = getelementptr i8, ptr %job, i32 {TOTAL}
  %total = load i64, ptr %total.p
  %chunk.p = getelementptr i8, ptr %job, i32 {CHUNK}
  %chunk = load i64, ptr %chunk.p
  %next = getelementptr i8, ptr %job, i32 {NEXT}
  %arenas.p = getelementptr i8, ptr %job, i32 104
  %arenas = load ptr, ptr %arenas.p
  %stride.p = getelementptr i8, ptr %job, i32 112
  %stride = load i32, ptr %stride.p
  %storage.p = getelementptr i8, ptr %job, i32 64
  %offset = load i32, ptr %storage.p
  %mine = mul i32 %worker, %stride
  %arena = getelementptr i8, ptr %arenas, i32 %mine
  %storage = getelementptr i8, ptr %arena, i32 %offset
  br label %draw
draw:
  %first = atomicrmw add ptr %next, i64 %chunk seq_cst, align 8
  %more = icmp ult i64 %first, %total
  br i1 %more, label %work, label %done
work:
  %end = add i64 %first, %chunk
  %over = icmp ugt i64 %end, %total
  %last = select i1 %over, i64 %total, i64 %end
  %stopped = call i32 @"{kernel}"(ptr %job, i64 %first, i64 %last, ptr %arena, ptr %storage)
  br label %draw
done:
  ret void
}}
"""
