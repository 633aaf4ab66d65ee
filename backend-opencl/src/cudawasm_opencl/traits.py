"""What generated code depends on: properties of a device, and nothing else about it."""

from __future__ import annotations

from dataclasses import astuple, dataclass

_ALWAYS = frozenset((
    "f16", "bf16", "f32", "i8", "i16", "i32", "i64", "shared", "barrier", "atomics", "float_atomics", "warp",
    "printf", "assert", "fences",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Traits:
    """``flat``: all address spaces are one, so that an address says where it is.

    ``svm``: device pointers are addresses.
    ``local_arrays``: arrays in local memory may be declared in a kernel (see ``probe.traits_of`` for where not).
    ``ptx``: OpenCL C has ``asm`` statements of PTX. ``fma``: ``fma`` is one instruction.
    ``denormals``: numbers of f32 below the normal range are kept.
    ``exact_divide``: division and square root of f32 can be asked to round correctly. The defaults are those of
    text that is made for no device.
    """

    fp64: bool = True
    atomics64: bool = True
    generic: bool = False
    flat: bool = False
    svm: bool = True
    local_arrays: bool = True
    exact_divide: bool = True
    ptx: bool = False
    fma: bool = True
    denormals: bool = True

    @property
    def has_generic_pointers(self) -> bool:
        return self.flat or self.generic or self.ptx

    @property
    def features(self) -> frozenset[str]:
        """As in ``DeviceInfo``."""
        optional = {"f64": self.fp64, "atomics64": self.atomics64, "clock": self.ptx, "denormals": self.denormals,
                    "generic_pointers": self.has_generic_pointers,
                    "stored_pointers": self.has_generic_pointers}  # fmt: skip
        return _ALWAYS | {name for name, is_there in optional.items() if is_there}

    @property
    def key(self) -> str:
        return "".join("01"[value] for value in astuple(self))

    @property
    def build_options(self) -> list[str]:
        options = ["-cl-std=CL3.0" if self.generic else "-cl-std=CL1.2"]
        if self.ptx:
            # As many registers as blocks of 1024 threads leave each; the driver's own choice is fewer, and slower.
            options.append("-cl-nv-maxrregcount=64")
        return [*options, "-cl-fp32-correctly-rounded-divide-sqrt"] if self.exact_divide else options
