"""The types of mixed calls and operators, against what nvcc 13.0 gave for each line of the table.

``V<T>()`` is a value, ``L<T>()`` an object; ``refused`` are calls that nvcc finds ambiguous or without a match.
"""

from pathlib import Path

from cudawasm.errors import CompileError
from cudawasm.frontend.program import Program

TABLE = Path(__file__).with_name("data") / "overload_types.txt"
PRELUDE = """
#include <cuda_fp16.h>
#include <cuda_bf16.h>
template <typename T> __device__ T V();
template <typename T> __device__ T& L();
"""


def rows() -> list[tuple[str, str]]:
    lines = TABLE.read_text().splitlines()
    return [(wanted, expression) for wanted, expression in (line.split(": ", 1) for line in lines)]


def source(checks: list[tuple[str, str]]) -> bytes:
    kernels = []
    for number, (wanted, expression) in enumerate(checks):
        found = f"std::remove_cv_t<std::remove_reference_t<decltype({expression})>>"
        check = f"sizeof({expression})" if wanted == "refused" else f'std::is_same_v<{found}, {wanted}>, "{wanted}"'
        kernels.append(f"__global__ void k{number}() {{ static_assert({check}); }}")
    return (PRELUDE + "\n".join(kernels)).encode()


def test_types_are_those_of_nvcc():
    checks = rows()
    program = Program(source(checks), "types.cu")
    wrong = []
    for number, (wanted, expression) in enumerate(checks):
        try:
            program.lower(f"k{number}")
            accepted = True
        except CompileError:
            accepted = False
        if accepted == (wanted == "refused"):
            wrong.append(f"{wanted}: {expression}")
    assert wrong == []
