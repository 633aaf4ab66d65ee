"""Write the expected values of ``cpp_programs.txt`` anew: what g++ computes for the same kernels, run thread by thread.

    python tools/cpp_programs.py [NAME ...]

The C++ of device code means what it means on the host; only CUDA's words are defined away. Only programs without
``---`` line are run, or those that are named.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from cudawasm_conformance.cases.cpp import PATH, THREADS, VALUES, read_programs, write_programs

_HEAD = """
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <new>
#include <type_traits>
#include <utility>
#define __device__
#define __host__
#define __global__
#define __constant__
#define __shared__ static
#define __forceinline__ inline
#define __noinline__
struct Index { unsigned x, y, z; };
static Index threadIdx, blockIdx{0, 0, 0};
"""
_TAIL = f"""
int main() {{
    static int o[{VALUES}];
    for (unsigned t = 0; t < {THREADS}; ++t) {{ threadIdx.x = t; k(o); }}
    for (int i = 0; i < {VALUES}; ++i) printf("%d ", o[i]);
}}
"""


def computed(source: str) -> list[int]:
    """The values that the program leaves in ``o`` on the host."""
    with tempfile.TemporaryDirectory() as folder:
        text, binary = Path(folder) / "program.cpp", Path(folder) / "program"
        text.write_text(_HEAD + source + _TAIL)
        subprocess.run(["g++", "-std=c++17", "-w", "-O1", "-o", binary, text], check=True)
        return [int(n) for n in subprocess.run([binary], check=True, capture_output=True, text=True).stdout.split()]


def main() -> None:
    programs = read_programs()
    for program in programs:
        if not program.expected or program.name in sys.argv[1:]:
            program.expected = computed(program.source)
            print(program.name)
    write_programs(programs)
    print(PATH)


if __name__ == "__main__":
    main()
