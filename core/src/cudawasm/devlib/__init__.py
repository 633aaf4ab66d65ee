"""The device library: builtins that a target lacks, written in CUDA C++ and compiled by our own front end.

``library/*.cuh`` define a function ``__cw_<builtin>`` for each operand type; ``load_function`` gives its KIR.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from cudawasm.ir import nodes
from cudawasm.ir.types import Scalar

if TYPE_CHECKING:
    from cudawasm.frontend.program import Program


@lru_cache(maxsize=1)
def _program() -> Program:
    from cudawasm.frontend.program import Program

    folder = resources.files(__name__).joinpath("library")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".cuh")), key=lambda f: f.name)
    return Program(b"\n".join(f.read_bytes() for f in files), "<device library>")


@lru_cache(maxsize=256)
def load_function(builtin: str, type_: Scalar) -> tuple[nodes.Module, str]:
    """KIR of the library function for a builtin on operands of ``type_`` (f32 or f64), and its name.

    All function names start with ``devlib.`` so that they clash with none of a user's module.
    Raises InternalError when the library has no such function.
    """
    module, name = _program().lower_library_function(f"__cw_{builtin}", type_)
    renamed = {old: f"devlib.{old}.{type_}" for old in module.functions}
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
