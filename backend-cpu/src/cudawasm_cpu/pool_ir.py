"""The native side of launches, as LLVM IR: worker threads that draw blocks, grid barriers, bounds checks, the clock."""

from __future__ import annotations

# Byte offsets in the pool's memory; counters that threads fight for have cache lines of their own.
POOL_BYTES = 1024
POOL = {"fn": 16, "job": 24, "total": 40, "chunk": 48, "status": 56, "sleepers": 64, "mutex": 128, "cond": 256,
        "next": 512, "gate": 576, "generation": 640}  # fmt: skip

# The rest of the job that kernels do not see (their part: ``codegen.threads``).
JOB_BYTES = 512
JOB = {"storage": 64, "shared_bytes": 72, "arrived": 80, "phase": 88, "alive": 96, "arenas": 104, "stride": 112,
       "bounds": 48, "bounds_count": 56, "mutex": 128, "cond": 256}  # fmt: skip

OPEN = 1 << 62


def _at(name: str, base: str, offset: int) -> str:
    return f"  {name} = getelementptr i8, ptr {base}, i64 {offset}\n"


def pool_text(triple: str, spins: int) -> str:
    """The module; ``spins`` is how often a worker looks for work before it sleeps."""
    p = {k: _at(f"%{k}", "%pool", v) for k, v in POOL.items()}
    j = {k: _at(f"%{k}", "%job", v) for k, v in JOB.items()}
    return f"""target triple = "{triple}"
declare i32 @pthread_create(ptr, ptr, ptr, ptr)
declare i32 @pthread_join(i64, ptr)
declare i32 @pthread_attr_init(ptr)
declare i32 @pthread_attr_setstacksize(ptr, i64)
declare i32 @pthread_mutex_init(ptr, ptr)
declare i32 @pthread_mutex_lock(ptr)
declare i32 @pthread_mutex_unlock(ptr)
declare i32 @pthread_cond_init(ptr, ptr)
declare i32 @pthread_cond_wait(ptr, ptr)
declare i32 @pthread_cond_broadcast(ptr)
declare i32 @sched_yield()
declare i32 @clock_gettime(i32, ptr)
declare ptr @llvm.frameaddress.p0(i32)

define i64 @cudawasm_clock() {{
  %time = alloca {{ i64, i64 }}, align 8
  call i32 @clock_gettime(i32 1, ptr %time)
  %seconds = load i64, ptr %time
  %part.p = getelementptr i8, ptr %time, i64 8
  %part = load i64, ptr %part.p
  %whole = mul i64 %seconds, 1000000000
  %nanoseconds = add i64 %whole, %part
  ret i64 %nanoseconds
}}

define void @cudawasm_pool_init(ptr %pool) {{
{p["mutex"]}{p["cond"]}  call i32 @pthread_mutex_init(ptr %mutex, ptr null)
  call i32 @pthread_cond_init(ptr %cond, ptr null)
  ret void
}}

define i32 @cudawasm_pool_start(ptr %pool, ptr %arg) {{
  %attr = alloca [16 x i64], align 16
  %thread = alloca i64
  call i32 @pthread_attr_init(ptr %attr)
  call i32 @pthread_attr_setstacksize(ptr %attr, i64 16777216)
  %r = call i32 @pthread_create(ptr %thread, ptr %attr, ptr @worker, ptr %arg)
  ret i32 %r
}}

define internal void @draw(ptr %pool, i64 %index) {{
entry:
{p["fn"]}{p["job"]}{p["total"]}{p["chunk"]}{p["next"]}{p["status"]}
  %f = load ptr, ptr %fn
  %j = load ptr, ptr %job
  %t = load i64, ptr %total
  %c = load i64, ptr %chunk
  %arenas.p = getelementptr i8, ptr %j, i64 {JOB["arenas"]}
  %arenas = load ptr, ptr %arenas.p
  %stride.p = getelementptr i8, ptr %j, i64 {JOB["stride"]}
  %stride = load i64, ptr %stride.p
  %storage.p = getelementptr i8, ptr %j, i64 {JOB["storage"]}
  %storage.o = load i64, ptr %storage.p
  %mine = mul i64 %index, %stride
  %arena = getelementptr i8, ptr %arenas, i64 %mine
  %storage = getelementptr i8, ptr %arena, i64 %storage.o
  br label %loop
loop:
  %first = atomicrmw add ptr %next, i64 %c seq_cst
  %more = icmp slt i64 %first, %t
  br i1 %more, label %work, label %done
work:
  %end = add i64 %first, %c
  %last = call i64 @llvm.smin.i64(i64 %end, i64 %t)
  %r = call i32 %f(ptr %j, i64 %first, i64 %last, ptr %arena, ptr %storage)
  %bad = icmp ne i32 %r, 0
  br i1 %bad, label %stop, label %loop
stop:
  store atomic i64 1, ptr %status seq_cst, align 8
  store atomic i64 %t, ptr %next seq_cst, align 8
  br label %done
done:
  ret void
}}
declare i64 @llvm.smin.i64(i64, i64)

define internal ptr @worker(ptr %arg) {{
entry:
  %pool = load ptr, ptr %arg
  %index.p = getelementptr i8, ptr %arg, i64 8
  %index = load i64, ptr %index.p
{p["mutex"]}{p["cond"]}{p["gate"]}{p["generation"]}{p["sleepers"]}
  br label %wait
wait:
  %seen = phi i64 [0, %entry], [%now, %enter], [%now, %finished]
  br label %spin
spin:
  %n = phi i64 [0, %wait], [%n1, %again]
  %g = load atomic i64, ptr %generation seq_cst, align 8
  %new = icmp ne i64 %g, %seen
  br i1 %new, label %awake, label %again
again:
  call void asm sideeffect "", "~{{memory}}"()
  %n1 = add i64 %n, 1
  %tired = icmp sgt i64 %n1, {spins}
  br i1 %tired, label %sleep, label %spin
sleep:
  call i32 @pthread_mutex_lock(ptr %mutex)
  atomicrmw add ptr %sleepers, i64 1 seq_cst
  br label %asleep
asleep:
  %g2 = load atomic i64, ptr %generation seq_cst, align 8
  %new2 = icmp ne i64 %g2, %seen
  br i1 %new2, label %rise, label %doze
doze:
  call i32 @pthread_cond_wait(ptr %cond, ptr %mutex)
  br label %asleep
rise:
  atomicrmw sub ptr %sleepers, i64 1 seq_cst
  call i32 @pthread_mutex_unlock(ptr %mutex)
  br label %awake
awake:
  %now = phi i64 [%g, %spin], [%g2, %rise]
  br label %enter
enter:
  %old = load atomic i64, ptr %gate seq_cst, align 8
  %open = icmp sge i64 %old, {OPEN}
  br i1 %open, label %try, label %wait
try:
  %old1 = add i64 %old, 1
  %pair = cmpxchg ptr %gate, i64 %old, i64 %old1 seq_cst seq_cst
  %won = extractvalue {{ i64, i1 }} %pair, 1
  br i1 %won, label %run, label %enter1
enter1:
  br label %enter
run:
  call void @draw(ptr %pool, i64 %index)
  br label %finished
finished:
  atomicrmw sub ptr %gate, i64 1 seq_cst
  br label %wait
}}

define i32 @cudawasm_pool_launch(ptr %pool, ptr %f, ptr %j, i64 %t, i64 %c) {{
entry:
{p["fn"]}{p["job"]}{p["total"]}{p["chunk"]}{p["next"]}{p["status"]}{p["gate"]}{p["generation"]}{p["sleepers"]}{p["mutex"]}{p["cond"]}
  store ptr %f, ptr %fn
  store ptr %j, ptr %job
  store i64 %t, ptr %total
  store i64 %c, ptr %chunk
  store i64 0, ptr %status
  store atomic i64 0, ptr %next seq_cst, align 8
  %alone = icmp sge i64 %c, %t
  br i1 %alone, label %only, label %share
only:
  call void @draw(ptr %pool, i64 0)
  %s1 = load i64, ptr %status
  %r1 = trunc i64 %s1 to i32
  ret i32 %r1
share:
  atomicrmw add ptr %gate, i64 {OPEN} seq_cst
  atomicrmw add ptr %generation, i64 1 seq_cst
  %sleeping = load atomic i64, ptr %sleepers seq_cst, align 8
  %some = icmp ne i64 %sleeping, 0
  br i1 %some, label %wake, label %mine
wake:
  call i32 @pthread_mutex_lock(ptr %mutex)
  call i32 @pthread_cond_broadcast(ptr %cond)
  call i32 @pthread_mutex_unlock(ptr %mutex)
  br label %mine
mine:
  call void @draw(ptr %pool, i64 0)
  atomicrmw sub ptr %gate, i64 {OPEN} seq_cst
  br label %wait
wait:
  %k = phi i64 [0, %mine], [%k1, %idle], [%k1, %yield]
  %left = load atomic i64, ptr %gate seq_cst, align 8
  %done = icmp eq i64 %left, 0
  br i1 %done, label %out, label %pause
pause:
  %k1 = add i64 %k, 1
  %long = icmp sgt i64 %k1, 20000
  br i1 %long, label %yield, label %idle
idle:
  call void asm sideeffect "", "~{{memory}}"()
  br label %wait
yield:
  call i32 @sched_yield()
  br label %wait
out:
  %s = load i64, ptr %status
  %r = trunc i64 %s to i32
  ret i32 %r
}}

; --- grid barriers: each block on a thread of its own ---

define void @cudawasm_grid_barrier(ptr %job) {{
entry:
{j["mutex"]}{j["cond"]}{j["arrived"]}{j["phase"]}{j["alive"]}
  call i32 @pthread_mutex_lock(ptr %mutex)
  %mine = load i64, ptr %phase
  %a = load i64, ptr %arrived
  %a1 = add i64 %a, 1
  store i64 %a1, ptr %arrived
  %n = load i64, ptr %alive
  %last = icmp sge i64 %a1, %n
  br i1 %last, label %release, label %wait
release:
  call void @pass(ptr %job)
  br label %out
wait:
  call i32 @pthread_cond_wait(ptr %cond, ptr %mutex)
  %now = load i64, ptr %phase
  %same = icmp eq i64 %now, %mine
  br i1 %same, label %wait, label %out
out:
  call i32 @pthread_mutex_unlock(ptr %mutex)
  ret void
}}

define internal void @pass(ptr %job) {{
{j["cond"]}{j["arrived"]}{j["phase"]}  store i64 0, ptr %arrived
  %p = load i64, ptr %phase
  %p1 = add i64 %p, 1
  store i64 %p1, ptr %phase
  call i32 @pthread_cond_broadcast(ptr %cond)
  ret void
}}

define internal ptr @one_block(ptr %arg) {{
entry:
  %job = load ptr, ptr %arg
  %f.p = getelementptr i8, ptr %arg, i64 8
  %f = load ptr, ptr %f.p
  %b.p = getelementptr i8, ptr %arg, i64 16
  %b = load i64, ptr %b.p
  %e = add i64 %b, 1
{j["mutex"]}{j["arrived"]}{j["alive"]}{j["arenas"]}{j["stride"]}{j["storage"]}
  %base = load ptr, ptr %arenas
  %step = load i64, ptr %stride
  %o = mul i64 %b, %step
  %arena = getelementptr i8, ptr %base, i64 %o
  %so = load i64, ptr %storage
  %st = getelementptr i8, ptr %arena, i64 %so
  %r = call i32 %f(ptr %job, i64 %b, i64 %e, ptr %arena, ptr %st)
  %r.p = getelementptr i8, ptr %arg, i64 24
  %rw = zext i32 %r to i64
  store i64 %rw, ptr %r.p
  call i32 @pthread_mutex_lock(ptr %mutex)
  %n = load i64, ptr %alive
  %n1 = sub i64 %n, 1
  store i64 %n1, ptr %alive
  %a = load i64, ptr %arrived
  %waiting = icmp ne i64 %a, 0
  %all = icmp sge i64 %a, %n1
  %free = and i1 %waiting, %all
  br i1 %free, label %release, label %out
release:
  call void @pass(ptr %job)
  br label %out
out:
  call i32 @pthread_mutex_unlock(ptr %mutex)
  ret ptr null
}}

; args: for each block job, function, number, result, thread (5 words). Returns the number of threads started.
define i64 @cudawasm_cooperative(ptr %job, ptr %args, i64 %count) {{
entry:
{j["mutex"]}{j["cond"]}{j["alive"]}
  %attr = alloca [16 x i64], align 16
  call i32 @pthread_mutex_init(ptr %mutex, ptr null)
  call i32 @pthread_cond_init(ptr %cond, ptr null)
  store i64 %count, ptr %alive
  call i32 @pthread_attr_init(ptr %attr)
  call i32 @pthread_attr_setstacksize(ptr %attr, i64 4194304)
  br label %start
start:
  %i = phi i64 [0, %entry], [%i1, %started]
  %arg = getelementptr [5 x i64], ptr %args, i64 %i
  %thread = getelementptr i8, ptr %arg, i64 32
  %r = call i32 @pthread_create(ptr %thread, ptr %attr, ptr @one_block, ptr %arg)
  %failed = icmp ne i32 %r, 0
  br i1 %failed, label %out, label %started
started:
  %i1 = add i64 %i, 1
  %more = icmp slt i64 %i1, %count
  br i1 %more, label %start, label %join
join:
  %k = phi i64 [0, %started], [%k1, %join]
  %arg2 = getelementptr [5 x i64], ptr %args, i64 %k
  %thread2 = getelementptr i8, ptr %arg2, i64 32
  %id = load i64, ptr %thread2
  call i32 @pthread_join(i64 %id, ptr null)
  %k1 = add i64 %k, 1
  %more2 = icmp slt i64 %k1, %count
  br i1 %more2, label %join, label %out
out:
  %n = phi i64 [%i, %start], [%count, %join]
  ret i64 %n
}}

; --- bounds checks: the lane whose access is outside, or -1 ---
; Inside are %span bytes of the arena, the stack up to the kernel's %frame, and the allocations in the table.

define i32 @cudawasm_check(ptr %job, ptr %arena, ptr %pointers, i64 %lanes, i64 %size, i64 %span,
                           ptr %frame) {{
entry:
{j["bounds"]}{j["bounds_count"]}
  %table = load ptr, ptr %bounds
  %count = load i64, ptr %bounds_count
  %low = ptrtoint ptr %arena to i64
  %mine = call ptr @llvm.frameaddress.p0(i32 0)
  %stack.low = ptrtoint ptr %mine to i64
  %stack.high = ptrtoint ptr %frame to i64
  %high = add i64 %low, %span
  br label %lane
lane:
  %i = phi i64 [0, %entry], [%i1, %next]
  %left = phi i64 [%lanes, %entry], [%left1, %next]
  %end = icmp eq i64 %left, 0
  br i1 %end, label %fine, label %test
test:
  %bit = and i64 %left, 1
  %on = icmp ne i64 %bit, 0
  br i1 %on, label %look, label %next
look:
  %p.p = getelementptr i64, ptr %pointers, i64 %i
  %p = load i64, ptr %p.p
  %e = add i64 %p, %size
  %a1 = icmp uge i64 %p, %low
  %a2 = icmp ule i64 %e, %high
  %in.arena = and i1 %a1, %a2
  %a3 = icmp uge i64 %p, %stack.low
  %a4 = icmp ule i64 %e, %stack.high
  %in.stack = and i1 %a3, %a4
  %inside = or i1 %in.arena, %in.stack
  br i1 %inside, label %next, label %search
search:
  %k = phi i64 [0, %look], [%k1, %try]
  %over = icmp sge i64 %k, %count
  br i1 %over, label %fault, label %try
try:
  %k1 = add i64 %k, 1
  %row = getelementptr [2 x i64], ptr %table, i64 %k
  %s = load i64, ptr %row
  %t.p = getelementptr i8, ptr %row, i64 8
  %t = load i64, ptr %t.p
  %b1 = icmp uge i64 %p, %s
  %b2 = icmp ule i64 %e, %t
  %hit = and i1 %b1, %b2
  br i1 %hit, label %next, label %search
next:
  %i1 = add i64 %i, 1
  %left1 = lshr i64 %left, 1
  br label %lane
fault:
  %lane.n = trunc i64 %i to i32
  ret i32 %lane.n
fine:
  ret i32 -1
}}
"""
