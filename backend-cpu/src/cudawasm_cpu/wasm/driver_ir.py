"""The function of a module that a launch calls: it draws blocks until there are none left, as LLVM IR.

One call does a worker's part of a launch. All workers are given the same job, and each its number.
"""

from __future__ import annotations

import struct

from cudawasm.runtime.interface import Dim3
from cudawasm_cpu.codegen import threads

JOB_BYTES = 256
JOB = {
    "params": threads.JOB_PARAMS, "globals": threads.JOB_GLOBALS, "grid": threads.JOB_GRID,
    "dynamic": threads.JOB_DYNAMIC, "storage": threads.JOB_STORAGE, "shared": threads.JOB_ARENA_BYTES, "arenas": 104,
    "stride": threads.JOB_STRIDE, "batch": threads.JOB_BATCH, "total": 128, "chunk": 136, "next": 192,
}  # fmt: skip
"""Where a job has what a launch gives: ``total`` blocks of which ``chunk`` are drawn at a time; ``next`` has a line of
the cache to itself. All are words of 64 bits, but the grid's extents and the dynamic shared memory are of 32."""


def job_bytes(grid: Dim3, dynamic: int, **words: int) -> bytes:
    """A job of these words; those that are left out are 0."""
    job = bytearray(JOB_BYTES)
    struct.pack_into("<3I", job, JOB["grid"], *grid)
    struct.pack_into("<I", job, JOB["dynamic"], dynamic)
    for name, word in words.items():
        struct.pack_into("<Q", job, JOB[name], word)
    return bytes(job)


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
  %total.p = getelementptr i8, ptr %job, i32 {JOB["total"]}
  %total = load i64, ptr %total.p
  %chunk.p = getelementptr i8, ptr %job, i32 {JOB["chunk"]}
  %chunk = load i64, ptr %chunk.p
  %next = getelementptr i8, ptr %job, i32 {JOB["next"]}
  %arenas.p = getelementptr i8, ptr %job, i32 {JOB["arenas"]}
  %arenas = load ptr, ptr %arenas.p
  %stride.p = getelementptr i8, ptr %job, i32 {JOB["stride"]}
  %stride = load i32, ptr %stride.p
  %storage.p = getelementptr i8, ptr %job, i32 {JOB["storage"]}
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
