"""Refuse what a device lacks, at the CUDA line that needs it. It changes nothing."""

from __future__ import annotations

from cudawasm.analysis.features import feature_uses
from cudawasm.diagnostics import Diagnostic
from cudawasm.errors import UnsupportedFeature
from cudawasm.ir import nodes as n

_WORDS = {
    "assert": "assert", "atomics": "atomic operations", "atomics64": "atomic operations on 64 bits",
    "barrier": "barriers", "bf16": "bfloat16 numbers", "clock": "clock", "cooperative": "barrier across the grid",
    "f16": "half precision", "f64": "double precision",
    "fences": "memory fence that other blocks see", "float_atomics": "atomic operations on floats",
    "i8": "8-bit integers", "i16": "16-bit integers", "i64": "64-bit integers", "printf": "printf",
    "warp": "warp operations",
}  # fmt: skip


def refuse_features(module: n.Module, kernel: str, features: frozenset[str]) -> None:
    """Raises UnsupportedFeature (E0404) for the first thing that a kernel needs beyond ``features``."""
    for feature, span in feature_uses(module, kernel):
        if feature not in features:
            what = _WORDS.get(feature, feature)
            raise UnsupportedFeature([Diagnostic("E0404", f"the device has no {what}", span)])
