"""What generated code depends on: properties of a device, and nothing else about it."""

from __future__ import annotations

from dataclasses import astuple, dataclass

_ALWAYS = frozenset((
    "f32", "i32", "i64", "shared", "barrier", "atomics", "float_atomics", "warp", "printf", "assert", "fences",
    "generic_pointers",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Traits:
    """The defaults are those of text that is made for no device."""

    f64: bool = True
    f16: bool = False
    """Whether there are conversions of f16."""
    narrow8: bool = True
    narrow16: bool = True
    """Whether there are integers of 8 and 16 bits, in registers and buffers."""
    atomics64: bool = True
    shared_atomics64: bool = True
    dynamic_atomics64: bool = True
    """Whether atomic operations on 64 bits can be trusted in dynamic shared memory."""
    float_adds: bool = True
    double_adds: bool = False
    """Whether f32 and f64 are added atomically."""
    exact_divide: bool = True
    exact_sqrt: bool = True
    exact_fma: bool = True
    """Whether quotients and roots of f32, and multiply-adds of f32 and f64, are rounded once."""
    close: bool = False
    """Whether Exp2, Log2, Sin, Cos, InverseSqrt and 1 / x of f32 are the ones that CUDA's own library builds upon."""
    whole_fma: bool = True
    """Whether ``Fma`` of f32 keeps denormal numbers."""
    whole_halves: bool = True
    """Whether f32 is rounded where it becomes f16 and at once f32 again."""
    rounds16: bool = False
    rounds32: bool = True
    rounds64: bool = True
    """Whether rounding to nearest can be asked for, by width."""
    denormals32: bool = False
    denormals64: bool = False
    """Whether keeping denormal numbers can be asked for."""
    specials32: bool = True
    specials64: bool = True
    """Whether keeping NaN, infinity and -0 can be asked for."""
    exact_zeros: bool = True
    """Whether sums and products with a constant zero are done."""
    sound_extension: bool = True
    """Whether comparisons of sign-extended integers with constants come out right."""
    fuses: bool = False
    """Whether a multiply-add is as fast as a sum."""
    device_scope: bool = True
    """Whether the scope of atomic operations can be the device without Vulkan's memory model."""
    subgroups: bool = False
    """Whether a warp can be a subgroup of 32."""
    parameter_bytes: int = 128
    """Room for push constants."""

    @property
    def features(self) -> frozenset[str]:
        """As in ``DeviceInfo``."""
        optional = {"denormals": self.denormals32, "f64": self.f64, "i8": self.narrow8, "i16": self.narrow16,
                    "atomics64": self.atomics64 and self.dynamic_atomics64, "f16": self.narrow16,
                    "bf16": self.narrow16}  # fmt: skip
        return _ALWAYS | {name for name, is_there in optional.items() if is_there}

    @property
    def key(self) -> str:
        return ",".join(str(int(value)) for value in astuple(self))
