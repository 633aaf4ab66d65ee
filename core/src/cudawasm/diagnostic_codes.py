"""Every diagnostic code: a title and what to do about it. ``docs/diagnostics.md`` is made from this table.

E00xx defects, E01xx lexical and preprocessor, E02xx syntax and semantics, E03xx constructs that are not
supported, E04xx passes and backends; R01xx arguments, R02xx launches, R03xx devices, modules and settings,
R04xx arrays.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """A code's ``title`` (one line) and ``explanation`` (what it means and how to go on)."""

    title: str
    explanation: str


CODES: dict[str, Code] = {
    "E0000": Code(
        "defect of cudawasm",
        "The compiler failed in a way that it should not, whatever the source says. Please report it "
        "with the source.",
    ),
    "R0101": Code(
        "wrong number of arguments",
        "A launch gives one argument for each parameter; the message shows the kernel's signature.",
    ),
    "R0102": Code(
        "argument of a wrong type",
        "Numbers take Python numbers whose value fits and NumPy scalars whose dtype converts without "
        "loss; pointers take device arrays, addresses, None and In, Out or InOut; structs and vectors "
        "take structured scalars and tuples. C++ would convert silently; here a conversion that may "
        "lose something must be written.",
    ),
    "R0103": Code(
        "value outside the parameter's range",
        "The number does not fit the parameter's type.",
    ),
    "R0104": Code(
        "array of another dtype than the pointer's",
        "An array's dtype must be what the pointer points to, in size and signedness. void* and byte "
        "pointers take every array; vector types take arrays of their scalar whose last dimension is "
        "the vector's length; structs take structured dtypes with the same offsets, as "
        "kernel.params[i].dtype gives them.",
    ),
    "R0105": Code(
        "freed array as an argument",
        "free() was called on the array or on one that shares its memory.",
    ),
    "R0106": Code(
        "array of another device",
        "Kernels reach the memory of their own device only; cudawasm.asarray(a, device=...) copies.",
    ),
    "R0107": Code(
        "strided array as an argument",
        "A kernel sees an address and assumes C order without gaps. Pass a.copy(), or a.ptr when the "
        "kernel is told the strides.",
    ),
    "R0108": Code(
        "misaligned array",
        "A view starts between two elements of the pointer's type; CUDA devices fault on such accesses.",
    ),
    "R0109": Code(
        "host array as an argument",
        "NumPy arrays are in host memory. Copy them with cudawasm.asarray, or wrap them in In, Out or "
        "InOut for one launch. Out and InOut need a writable NumPy array.",
    ),
    "R0200": Code(
        "launch failed",
        "The kernel trapped (assert, __trap), made an access that a check found to be wrong, or the "
        "device failed; the message says where.",
    ),
    "R0201": Code(
        "bad grid or block shape",
        "Grid and block are an int or one to three ints of at least 1 and within the device's limits.",
    ),
    "R0202": Code(
        "block of too many threads",
        "The device's limit, or the kernel's own __launch_bounds__, is smaller than the block.",
    ),
    "R0203": Code(
        "too much shared memory",
        "Static and dynamic shared memory together are more than a block may have on the device.",
    ),
    "R0205": Code(
        "wrong stream or event",
        "A stream belongs to one device and is used for launches there; an event is timed only after "
        "it was recorded.",
    ),
    "R0301": Code(
        "device not found",
        "No device has that name, backend or kind; cudawasm doctor says why.",
    ),
    "R0302": Code(
        "kernel not found",
        "The module has no such kernel. Templates are named with their arguments, as axpy<float, 4>.",
    ),
    "R0303": Code(
        "variable not found",
        "No kernel compiled so far uses a __device__ or __constant__ variable of that name.",
    ),
    "R0304": Code(
        "unknown option",
        "The message lists the compiler options that are known.",
    ),
    "R0305": Code(
        "wrong configuration",
        "A configuration file or environment variable has an unknown key or a value of the wrong "
        "kind; cudawasm config show lists the settings.",
    ),
    "R0401": Code(
        "array operation refused",
        "Shape, dtype or layout do not allow the operation.",
    ),
    "R0402": Code(
        "freed array",
        "free() was called on the array or on one that shares its memory.",
    ),
}


def render_markdown() -> str:
    """The text of ``docs/diagnostics.md``."""
    lines = [
        "# Diagnostics",
        "",
        "<!-- Made from core/src/cudawasm/diagnostic_codes.py by `python3 dev.py docs`; do not edit. -->",
        "",
        "Codes that begin with E come from compiling and show the CUDA line; codes that begin with R come",
        "from the runtime, before anything runs unless it says otherwise.",
    ]
    for code, entry in sorted(CODES.items()):
        lines += ["", f"## {code}: {entry.title}", "", entry.explanation]
    return "\n".join(lines) + "\n"
