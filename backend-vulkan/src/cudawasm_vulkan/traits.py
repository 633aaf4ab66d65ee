"""What generated code depends on: properties of a device, and nothing else about it."""

from __future__ import annotations

from dataclasses import astuple, dataclass


@dataclass(frozen=True, slots=True)
class Traits:
    """The defaults are those of text that is made for no device.

    ``narrow8``, ``narrow16``: integers of 8 and 16 bits, in registers and buffers. ``f16``: conversions of f16.
    ``float_adds``, ``double_adds``: atomic addition of f32 and f64. ``exact_divide``, ``exact_sqrt``, ``exact_fma``: these
    round once, in f32 and f64. ``rounds16``, ``rounds32``, ``rounds64``, ``denormals32``, ``denormals64``, ``specials32``,
    ``specials64``: that floats of a width are rounded to nearest, keep denormal numbers, and keep NaN, infinity and -0
    can be asked for. ``exact_zeros``: sums and products with a
    constant zero are done. ``sound_extension``: comparisons of sign-extended
    integers with constants come out right. ``fuses``: a multiply-add is as fast as a sum. ``subgroups``: a warp can be a subgroup of 32. ``parameter_bytes``: room for push constants.
    """

    f64: bool = True
    f16: bool = False
    narrow8: bool = True
    narrow16: bool = True
    atomics64: bool = True
    shared_atomics64: bool = True
    float_adds: bool = True
    double_adds: bool = False
    exact_divide: bool = True
    exact_sqrt: bool = True
    exact_fma: bool = True
    rounds16: bool = False
    rounds32: bool = True
    rounds64: bool = True
    denormals32: bool = False
    denormals64: bool = False
    specials32: bool = True
    specials64: bool = True
    exact_zeros: bool = True
    sound_extension: bool = True
    fuses: bool = False
    subgroups: bool = False
    parameter_bytes: int = 128

    @property
    def key(self) -> str:
        return ",".join(str(int(value)) for value in astuple(self))
