"""What generated text depends on: a dialect of WGSL and properties of an adapter, and nothing else about it."""

from __future__ import annotations

from dataclasses import dataclass

_ALWAYS = frozenset((
    "f16", "bf16", "f32", "i8", "i16", "i32", "i64", "shared", "barrier", "atomics", "float_atomics", "warp", "printf",
    "assert", "generic_pointers",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Traits:
    """The defaults are those of text that is made for no device."""

    browser: bool = False
    """Text for Tint, which has no 64-bit types, and proves that barriers are reached by all threads."""
    i64: bool = True
    """Integers of 64 bits are numbers of the dialect's own, not pairs of words; the other types of 64 bits need it."""
    f64: bool = True
    atomics64: bool = True
    exact_divide: bool = True
    """Division and square root round correctly, as no implementation of WGSL has to."""
    denormals: bool = True
    """Numbers of f32 below the normal range are kept in arithmetic."""
    close: bool = False
    """exp2, log2, sin, cos, inverseSqrt and 1 / x of f32 are the ones that CUDA's own library builds upon."""
    sure_min_max: bool = False
    """min and max of f32 give the number where the other one is none."""
    fused: bool = True
    """``fma`` rounds once."""
    fuses: bool = False
    """``fma`` is as fast as a sum."""
    fences: bool = True
    """What a thread writes is seen in order by other blocks, which WGSL cannot ask for."""
    reassociates: bool = False
    """The driver takes the sum ``(a + b) - b`` for ``a``, and the like."""
    contracts: bool = False
    """It makes one of a multiplication and an addition."""
    finite: bool = False
    """It computes what it likes of infinite constants."""
    leaves_loops: bool = False
    """It does not write loops of a few rounds out."""
    confuses_widths: bool = False
    """It gets comparisons of integers wrong that were widened to 64 bits."""
    weak_swaps: bool = False
    """A swap may fail without a reason."""

    def __post_init__(self) -> None:
        if (self.f64 or self.atomics64) and not self.i64:
            raise ValueError("doubles and atomic operations on 64 bits need integers of 64 bits")

    @property
    def features(self) -> frozenset[str]:
        """As in ``DeviceInfo``."""
        optional = {"f64": self.f64, "atomics64": self.atomics64, "fences": self.fences,
                    "denormals": self.denormals}  # fmt: skip
        return _ALWAYS | {name for name, is_there in optional.items() if is_there}


BROWSER = Traits(
    browser=True, i64=False, f64=False, atomics64=False, fences=False, weak_swaps=True,
    exact_divide=False, denormals=False, fused=False, reassociates=True, contracts=True, finite=True,
)  # fmt: skip
"""What WGSL promises, whatever GPU is under it."""
