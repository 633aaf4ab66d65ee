"""Orders of inline PTX's accesses are fences in the IR."""

from __future__ import annotations

import pytest

from cudawasm.frontend import Program
from cudawasm.ir import nodes as n
from cudawasm.ir.walk import statements

ORDERS = {
    '"ld.relaxed.gpu.global.u32 %0, [%1];" : "=r"(x) : "l"(p)': [],
    '"ld.acquire.gpu.global.u32 %0, [%1];" : "=r"(x) : "l"(p)': ["access", "device"],
    '"st.release.sys.global.u32 [%0], %1;" :: "l"(p), "r"(x)': ["system", "access"],
    '"atom.acq_rel.cta.add.u32 %0, [%1], 1;" : "=r"(x) : "l"(p)': ["block", "access", "block"],
    '"red.release.gpu.global.add.u32 [%0], 1;" :: "l"(p)': ["device", "access"],
}


@pytest.mark.parametrize(("text", "wanted"), ORDERS.items(), ids=[text.split()[0][1:] for text in ORDERS])
def test_acquire_and_release_are_fences(text: str, wanted: list[str]):
    source = f"__global__ void k(unsigned* p) {{ unsigned x = 1; asm volatile({text}); p[1] = x; }}"
    module = Program(source.encode(), "k.cu").lower("k").module
    found = list(statements(next(f for f in module.functions.values() if f.is_kernel).body))
    fences = [s.scope for s in found if isinstance(s, n.Fence)]
    assert fences == [word for word in wanted if word != "access"]
    if wanted:
        places = [i for i, s in enumerate(found) if isinstance(s, n.Fence)]
        before = wanted.index("access")
        accesses = [i for i, s in enumerate(found) if isinstance(s, n.Atomic | n.Call)]
        assert accesses
        assert all(sum(place < access for place in places) == before for access in accesses)
