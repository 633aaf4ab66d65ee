"""The device library: builtins that a target lacks, written in CUDA C++ and compiled by our own front end.

``library/*_f32.cuh`` and ``*_f64.cuh`` define a function ``__cw_<builtin>`` for each operand type; ``load_function``
gives its KIR. A file is read when one of its functions is first needed.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from cudawasm.errors import InternalError
from cudawasm.ir import nodes
from cudawasm.ir.types import Scalar

if TYPE_CHECKING:
    from cudawasm.frontend.program import Program

_LIBRARY = Path(__file__).parent / "library"
_DEFINITION = re.compile(r"^__device__ inline (?:float|double) __cw_(\w+)\((float|double) ", re.MULTILINE)


@lru_cache(maxsize=1)
def _files() -> dict[tuple[str, str], str]:
    """The file that defines a builtin for operands of a C++ type."""
    return {
        (match[1], match[2]): path.name
        for path in sorted(_LIBRARY.glob("*.cuh"))
        for match in _DEFINITION.finditer(path.read_text())
    }


@lru_cache(maxsize=32)
def _program(file: str) -> Program:
    from cudawasm.frontend.program import FrontendOptions, Program

    # Every fused multiply-add is written out: a contraction elsewhere would break error-free transformations.
    options = FrontendOptions(include_dirs=(str(_LIBRARY),), contract=False)
    return Program(f"#include <{file}>\n".encode(), "<device library>", options)


@lru_cache(maxsize=256)
def load_function(builtin: str, type_: Scalar) -> tuple[nodes.Module, str]:
    """KIR of the library function for a builtin on operands of ``type_`` (f32 or f64), and its name.

    All function names start with ``devlib.`` so that they clash with none of a user's module.
    Raises InternalError when the library has no such function.
    """
    file = _files().get((builtin, {"f32": "float", "f64": "double"}.get(str(type_), "")))
    if file is None:
        raise InternalError(f"the device library has no '{builtin}' for {type_}")
    module, name = _program(file).lower_library_function(f"__cw_{builtin}", type_)
    renamed = {old: f"devlib.{file.removesuffix('.cuh')}.{old}" for old in module.functions}
    functions = {
        renamed[old]: replace(function, name=renamed[old], body=_renamed_calls(function.body, renamed))
        for old, function in module.functions.items()
    }
    return nodes.Module(functions, module.globals, module.shared), renamed[name]


def _renamed_calls(block: nodes.Block, names: dict[str, str]) -> nodes.Block:
    return tuple(_renamed(s, names) for s in block)


def _renamed(statement: nodes.Stmt, names: dict[str, str]) -> nodes.Stmt:
    match statement:
        case nodes.Call():
            return replace(statement, function=names[statement.function])
        case nodes.If():
            then = _renamed_calls(statement.then, names)
            return replace(statement, then=then, otherwise=_renamed_calls(statement.otherwise, names))
        case nodes.Loop():
            body = _renamed_calls(statement.body, names)
            return replace(statement, body=body, step=_renamed_calls(statement.step, names))
        case nodes.Scope():
            return replace(statement, body=_renamed_calls(statement.body, names))
        case nodes.Switch():
            cases = tuple(replace(c, body=_renamed_calls(c.body, names)) for c in statement.cases)
            return replace(statement, cases=cases, default=_renamed_calls(statement.default, names))
    return statement
