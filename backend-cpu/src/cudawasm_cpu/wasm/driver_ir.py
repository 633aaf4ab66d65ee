"""The function of a module that a launch calls: it draws blocks until there are none left, as LLVM IR.

One call does a worker's part of a launch. All workers are given the same job, and each its number.
"""

from __future__ import annotations

JOB_BYTES = 256
TOTAL, CHUNK, NEXT = 128, 136, 192
"""Where the job has the number of blocks, how many are drawn at a time, and the next one, on a cache line of its own.
The rest of a job is ``codegen.threads``'s."""


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
