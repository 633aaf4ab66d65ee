"""Random kernels for comparing devices, as a hypothesis strategy.

Each thread has four integers and a float. Statements compute with them, branch and loop on them, and exchange them
through shared memory, warps, barriers that count and atomic operations, only in ways whose result CUDA defines: no two
threads race, barriers and full masks stand where all threads come, and masks in branches name the lanes that are there.
"""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

THREADS = 64
INPUTS = 4
_VARIABLES = ("a", "b", "c", "u")
_HEAD = f"""\
__device__ int mixed(int* at, const int* from, int by) {{
    *at += from[by & 3];
    return *at ^ by;
}}

__global__ void k(const int* in, int* out, unsigned* totals, float* reals) {{
    __shared__ int s[{THREADS}];
    int t = threadIdx.x, i = blockIdx.x * blockDim.x + t;
    int a = in[i], b = in[i + 1], c = t * 7 - 100;
    unsigned u = in[i + 2];
    float f = in[i + 3] * 0.25f;
    int w[4] = {{a, b, c, t}};
"""
_TAIL = """\
    out[4 * i] = a;
    out[4 * i + 1] = b;
    out[4 * i + 2] = c;
    out[4 * i + 3] = (int)u;
    reals[i] = f;
}
"""


@dataclass(frozen=True, slots=True)
class _Where:
    """What may stand at a place: barriers and full masks only where all threads of the block come."""

    depth: int
    is_uniform: bool


def kernels() -> st.SearchStrategy[str]:
    """CUDA text of a kernel ``k(const int* in, int* out, unsigned* totals, float* reals)`` for blocks of THREADS.

    ``in`` has INPUTS more elements than there are threads, ``out`` four a thread, ``totals`` eight, ``reals`` one a
    thread.
    """
    return _block(_Where(2, True), 2, 7).map(lambda body: _HEAD + body + _TAIL)


def _block(where: _Where, least: int, most: int) -> st.SearchStrategy[str]:
    return st.lists(_statement(where), min_size=least, max_size=most).map("".join)


def _statement(where: _Where) -> st.SearchStrategy[str]:
    choices = [_assignment(), _real(), _local_array(), _atomic(), _call()]
    if where.is_uniform:
        choices += [_exchange(), _shuffle(), _vote(), _count(), _branch_of_lanes()]
    if where.depth:
        choices += [_branch(where), _divergent_loop(where)]
        if where.is_uniform:
            choices += [_uniform_loop(where)]
    return st.one_of(choices)


@st.composite
def _expression(draw: st.DrawFn, depth: int = 2) -> str:
    if depth == 0 or draw(st.booleans()):
        return draw(
            st.one_of(st.sampled_from((*_VARIABLES, "t", "w[1]")), st.integers(-9, 300).map(lambda k: f"({k})"))
        )
    left, right = draw(_expression(depth - 1)), draw(_expression(depth - 1))
    kind = draw(st.integers(0, 11))
    if kind < 6:
        return f"({left} {'+-*&|^'[kind]} {right})"
    if kind == 6:
        return f"({left} {draw(st.sampled_from(('<<', '>>')))} ({right} & 31))"
    if kind == 7:
        return f"({left} {draw(st.sampled_from('/%'))} (({right} & 15) + 1))"
    if kind == 8:
        return (
            f"(int)({draw(st.sampled_from(('short', 'signed char', 'unsigned char', 'long long')))})({left} * {right})"
        )
    if kind == 9:
        return f"({left} {draw(st.sampled_from(('<', '==', '>=')))} {right} ? {left} : {right})"
    if kind == 10:
        return f"(int){draw(st.sampled_from(('__popc', '__clz', '__brev', '__ffs')))}({left})"
    return f"{draw(st.sampled_from(('min', 'max')))}((int){left}, (int){right})"


@st.composite
def _assignment(draw: st.DrawFn) -> str:
    operator = draw(st.sampled_from(("=", "+=", "-=", "^=")))
    return f"{draw(st.sampled_from(_VARIABLES))} {operator} {draw(_expression())};\n"


@st.composite
def _real(draw: st.DrawFn) -> str:
    by = draw(_expression(1))
    return draw(st.sampled_from((f"f = f * 0.5f + (float)({by} & 1023);\n", "f = sqrtf(fabsf(f)) - 3.0f;\n",
                                 f"f = fmaxf(f, (float)({by})) / 7.0f;\n", "a ^= (int)f;\n",
                                 "u += __float_as_uint(f) >> 7;\n")))  # fmt: skip


@st.composite
def _local_array(draw: st.DrawFn) -> str:
    return f"w[{draw(_expression(1))} & 3] = {draw(_expression())};\nb += w[{draw(_expression(1))} & 3];\n"


@st.composite
def _atomic(draw: st.DrawFn) -> str:
    name = draw(st.sampled_from(("atomicAdd", "atomicXor", "atomicMax", "atomicOr")))
    slot = {"atomicAdd": 0, "atomicXor": 1, "atomicMax": 2, "atomicOr": 3}[name]
    return f"{name}(&totals[{slot} + 4 * ({draw(_expression(1))} & 1)], (unsigned)({draw(_expression())}));\n"


@st.composite
def _call(draw: st.DrawFn) -> str:
    target = draw(st.sampled_from(("&a", "&c", "&w[2]", "w + 1")))
    return f"b ^= mixed({target}, w, {draw(_expression(1))});\n"


@st.composite
def _exchange(draw: st.DrawFn) -> str:
    put, at = draw(_expression()), draw(_expression(1))
    return f"s[t] = {put};\n__syncthreads();\na = s[{at} & {THREADS - 1}];\n__syncthreads();\n"


@st.composite
def _shuffle(draw: st.DrawFn) -> str:
    value, lane, width = draw(_expression(1)), draw(_expression(1)), draw(st.sampled_from((4, 8, 16, 32)))
    name = draw(st.sampled_from(("__shfl_sync", "__shfl_up_sync", "__shfl_down_sync", "__shfl_xor_sync")))
    return f"c = {name}(0xffffffffu, (int)({value}), (unsigned)({lane}) & 31, {width});\n"


@st.composite
def _vote(draw: st.DrawFn) -> str:
    test = f"({draw(_expression())}) & 1"
    name, value = draw(
        st.sampled_from((("ballot", test), ("any", test), ("all", f"({test}) | t"), ("match_any", test)))
    )
    return f"u += __{name}_sync(0xffffffffu, (int)({value}));\n"


@st.composite
def _count(draw: st.DrawFn) -> str:
    name = draw(st.sampled_from(("__syncthreads_count", "__syncthreads_and", "__syncthreads_or")))
    return f"c += {name}(({draw(_expression())}) & 3);\n"


@st.composite
def _branch_of_lanes(draw: st.DrawFn) -> str:
    test, value = f"(({draw(_expression())}) & 2) != 0", draw(_expression(1))
    return (
        f"{{ bool here = {test}; unsigned lanes = __ballot_sync(0xffffffffu, here);\n"
        f"if (here) {{ a += __shfl_sync(lanes, (int)({value}), __ffs(lanes) - 1); }} }}\n"
    )


@st.composite
def _branch(draw: st.DrawFn, where: _Where) -> str:
    inner = _Where(where.depth - 1, False)
    then, otherwise = draw(_block(inner, 1, 3)), draw(_block(inner, 0, 2))
    return f"if (({draw(_expression())}) & 1) {{\n{then}}} else {{\n{otherwise}}}\n"


@st.composite
def _divergent_loop(draw: st.DrawFn, where: _Where) -> str:
    body = draw(_block(_Where(where.depth - 1, False), 1, 2))
    counter, leave = f"k{where.depth}", draw(st.sampled_from(("", "if (b & 8) break;\n", "if (c & 4) continue;\n")))
    return f"for (int {counter} = 0; {counter} < (t & 3); {counter}++) {{\n{leave}{body}}}\n"


@st.composite
def _uniform_loop(draw: st.DrawFn, where: _Where) -> str:
    body = draw(_block(_Where(where.depth - 1, True), 1, 3))
    counter = f"n{where.depth}"
    return f"for (int {counter} = 0; {counter} < {draw(st.integers(1, 3))}; {counter}++) {{\n{body}}}\n"
