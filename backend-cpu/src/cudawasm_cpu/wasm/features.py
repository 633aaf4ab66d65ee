"""What WebAssembly code of ours can do, as devices name it."""

from __future__ import annotations

FEATURES = frozenset((
    "f16", "bf16", "f32", "f64", "i8", "i16", "i32", "i64", "shared", "barrier", "atomics", "atomics64",
    "float_atomics", "warp", "printf", "assert", "clock", "generic_pointers", "stored_pointers", "fences", "denormals",
))  # fmt: skip
