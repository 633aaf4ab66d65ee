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
        "The compiler failed in a way that it should not, whatever the source says. Please report it with the source.",
    ),
    "E0101": Code(
        "malformed directive or macro",
        "A preprocessor directive or a macro's use does not have the form that C++ asks for: a "
        "missing name, unclosed or too many arguments, or a paste that gives no token.",
    ),
    "E0102": Code(
        "malformed condition",
        "An #if or #elif without its #endif, or whose condition is not an integer constant expression.",
    ),
    "E0103": Code(
        "source expands without end",
        "Includes or macros are nested so deeply, or the expanded source is so large, that expansion was stopped.",
    ),
    "E0104": Code(
        "#error",
        "The source itself refuses this configuration with an #error directive.",
    ),
    "E0201": Code(
        "unbalanced bracket",
        "A bracket, parenthesis or brace is never closed, or closes nothing.",
    ),
    "E0202": Code(
        "syntax error",
        "The text is not C++ at this place; the message says what was expected.",
    ),
    "E0203": Code(
        "unknown name",
        "A name is not declared, or is not the kind of thing (type, class, namespace, template) that "
        "stands here. Names that only CUDA's host API or another header declares need that header; "
        "those shipped with cudawasm are found by their usual names.",
    ),
    "E0204": Code(
        "wrong use of a parameter pack",
        "A pack is not expanded, packs expanded together have different lengths, or '...' expands none.",
    ),
    "E0205": Code(
        "not a value here",
        "A type, a function, a member without an object or an uncaptured variable stands where a value is needed.",
    ),
    "E0206": Code(
        "cannot be written or addressed",
        "The object is constant, an array, a temporary or a bit-field, and cannot be assigned to or "
        "have its address taken.",
    ),
    "E0207": Code(
        "no such conversion",
        "A value cannot be converted to, or cannot initialise, the type that is needed.",
    ),
    "E0208": Code(
        "no matching function",
        "No function of that name takes these arguments, or the one that does is deleted.",
    ),
    "E0209": Code(
        "ambiguous call",
        "Several functions match a call equally well.",
    ),
    "E0210": Code(
        "incomplete type",
        "A class is used before its definition, or contains itself.",
    ),
    "E0211": Code(
        "impossible declaration",
        "The declared type cannot be that of a variable, member or array, or 'auto' has nothing to be deduced from.",
    ),
    "E0212": Code(
        "static assertion failed",
        "A static_assert is false; its text is shown.",
    ),
    "E0213": Code(
        "not a constant",
        "An expression that must be known when compiling (an array size, a template argument, a case) is not.",
    ),
    "E0214": Code(
        "declared but not defined",
        "A function or a variable is used whose definition is not in this source or its includes; every kernel is "
        "compiled as a whole program.",
    ),
    "E0215": Code(
        "not a class",
        "A class is needed here.",
    ),
    "E0216": Code(
        "no such member",
        "The class, enumeration or namespace has no member of that name.",
    ),
    "E0217": Code(
        "operator does not take these operands",
        "The operator is not defined for operands of these types.",
    ),
    "E0218": Code(
        "cannot be called",
        "Something that is neither a function nor a function object is called.",
    ),
    "E0219": Code(
        "jump without a target",
        "A break stands outside every loop and switch, a continue outside every loop, a case outside every switch, "
        "or the label of a goto is not in its function, or in a branch of 'if constexpr' that is left out.",
    ),
    "E0220": Code(
        "wrong template arguments",
        "Too many template arguments, or one that is missing and cannot be deduced.",
    ),
    "E0221": Code(
        "instantiation without end",
        "A template or a function with a deduced type instantiates itself again and again.",
    ),
    "E0222": Code(
        "no such kernel",
        "The source has no __global__ function of that name, or several, or it is a template whose "
        "arguments are not named: write them as in axpy<float, 4>.",
    ),
    "E0223": Code(
        "jump past an initialisation",
        "A goto or a case label leads into the scope of a variable without running the variable's initialiser or "
        "constructor, which C++ forbids. Declare the variable before the jump, or put braces around its scope.",
    ),
    "E0301": Code(
        "128-bit floats",
        "Floating-point numbers of 128 bits are not supported.",
    ),
    "E0302": Code(
        "construct of host C++",
        "The construct (exceptions, typeid, dynamic_cast, inline assembly, statement expressions, new "
        "and delete ...) is not supported in device code.",
    ),
    "E0303": Code(
        "template construct",
        "This template construct (constraints, some member templates, defaulted functions) is not supported.",
    ),
    "E0304": Code(
        "destructor where it cannot run",
        "Objects with destructors are destroyed at the end of their scope, temporaries at the end of their "
        "expression. Not supported are such temporaries in operands that may not be evaluated (of &&, || and ?:), "
        "such variables outside functions, in conditions of loops and between case labels, and captures by value.",
    ),
    "E0305": Code(
        "bit-field layout",
        "Bit-fields that share storage with members of another size are not supported, because their "
        "layout differs between compilers.",
    ),
    "E0306": Code(
        "host function called from device code",
        "A function without __device__ is called from a kernel; mark it __device__ or constexpr.",
    ),
    "E0307": Code(
        "pointer to function",
        "Pointers to functions and to member functions work in device code, but not casts between them and other "
        "pointers or numbers. An overloaded function needs a pointer's type to choose by, and a member function is "
        "written as '&Class::function'.",
    ),
    "E0308": Code(
        "virtual",
        "Virtual functions and virtual inheritance are not supported.",
    ),
    "E0309": Code(
        "host variable in device code",
        "A variable without __device__ or __constant__ is used in device code; constants known when "
        "compiling are fine.",
    ),
    "E0310": Code(
        "initialised shared variable",
        "As in CUDA, shared variables have no initialiser; write them in the kernel and synchronise.",
    ),
    "E0311": Code(
        "static local variable",
        "A static variable of a function would be shared by all threads; device code supports it when it "
        "is const, or marked __device__. Use a __device__ variable.",
    ),
    "E0313": Code(
        "variadic function",
        "Functions with C's '...' are not supported; use a parameter pack.",
    ),
    "E0314": Code(
        "statement of an unusual form",
        "A switch without braces, a range of very many cases, or a range-based for over something without begin() and "
        "end(). Write the plain form.",
    ),
    "E0315": Code(
        "reference as a kernel parameter",
        "As in CUDA, kernels take pointers and values; references would point to host memory.",
    ),
    "E0316": Code(
        "inline PTX",
        "The instruction, register or operand form has no plain C++ meaning that is supported. "
        "Instructions for tensor cores, asynchronous copies and named barriers are among them; an "
        "intrinsic or plain code may do the same.",
    ),
    "E0317": Code(
        "printf",
        "The format of a device printf, and the arguments of %s, must be string literals; arguments are "
        "numbers and pointers, as many as the format asks for.",
    ),
    "E0318": Code(
        "lambda for the device in host code",
        "What such a lambda captures is copied to the device: variables of the functions around it by value, not by "
        "reference, no packs and not 'this'. Local classes and static variables of the host are not there.",
    ),
    "E0401": Code(
        "recursion",
        "On this device a function cannot call itself, directly or through others; use a loop with an explicit stack.",
    ),
    "E0402": Code(
        "threads that wait for threads in lockstep",
        "A loop waits for another thread of its block (a spin lock), and the kernel also needs all "
        "threads to meet at barriers or warp operations; on this device that would never end.",
    ),
    "E0403": Code(
        "pointer to memory of several kinds",
        "On this device a pointer to shared or local memory is another thing than a pointer to global memory: a "
        "variable must hold one kind, and only pointers to global memory can be kept in memory.",
    ),
    "E0404": Code(
        "the device lacks what this needs",
        "The kernel uses something that the device cannot do and that cannot be made of what it can do; choose another "
        "device (cudawasm doctor lists what each can do) or another way to write it.",
    ),
    "E0405": Code(
        "pointer in memory",
        "On this device pointers are not addresses: a kernel can use the pointers that it is given as parameters, but "
        "not ones that it reads from structs or buffers or makes from integers.",
    ),
    "E0406": Code(
        "the device's compiler refused the generated code",
        "The driver's own compiler does not take what was made for it. Please report it with the source and the "
        "driver's version; another device may do meanwhile.",
    ),
    "E0407": Code(
        "memory is accessed as types that cannot share it",
        "The device has no pointers: what they point to becomes an array of one type of number, or of words. That "
        "fails for values of unions that are used as a whole, for members that are not aligned, and for atomic "
        "operations on memory that is accessed as numbers of another size as well.",
    ),
    "E0408": Code(
        "more shared memory than there is",
        "A block's static shared memory is larger than any device of this kind has, such as 32 KiB in browsers. "
        "What warp operations are made of counts as well.",
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
        "A stream belongs to one device and is used for launches there; an event is timed only after it was recorded.",
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
