"""The core passes that this backend needs, one reason a line."""

from __future__ import annotations

from dataclasses import replace

from cudawasm.ir import nodes as n
from cudawasm.ir.types import Scalar
from cudawasm.passes.expand_builtins import expand_builtins
from cudawasm.passes.inline_calls import inline_calls
from cudawasm.passes.jumps_to_flags import jumps_to_flags
from cudawasm.passes.refuse_features import refuse_features
from cudawasm.passes.simplify import simplify

NATIVE = frozenset((
    "abs", "brev", "ceil", "clz", "copysign", "floor", "fmod", "isfinite", "isinf", "isnan", "ldexp", "max", "min",
    "mulhi", "nextafter", "popc", "rint", "signbit", "sqrt", "trunc",
))  # fmt: skip
"""Builtins whose meaning in NumPy is exact."""


def prepare(module: n.Module, kernel: str, features: frozenset[str]) -> n.Module:
    """The module with one kernel that calls no functions. Raises UnsupportedFeature."""
    refuse_features(module, kernel, features)  # what the device lacks, at the CUDA line
    module = expand_builtins(module, _is_native)  # the rest of the math comes from the device library
    module = inline_calls(module)  # a kernel that stands alone is one Python function
    module = replace(module, functions={kernel: module.functions[kernel]})
    return jumps_to_flags(simplify(module))  # Python's ``break`` leaves the innermost loop only


def _is_native(name: str, operand: Scalar) -> bool:
    return name in NATIVE
