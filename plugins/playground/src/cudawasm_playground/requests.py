"""What the page may ask the compiler for, read from JSON and refused where it is not what it should be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cudawasm.runtime.interface import Dim3

MOST_SOURCE = 200_000
MOST_OPTIONS = 2_000
MOST_KERNELS = 64
MOST_SHAPES = 16


class BadRequest(Exception):
    """The page asked for something that cannot be."""


@dataclass(frozen=True, slots=True)
class Source:
    """A text, nvcc's options for it, and the instances of templates that are wanted."""

    text: str
    options: str = ""
    instances: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CompileRequest:
    """Asks for a package: kernels for the usual block shapes, or for those that are given."""

    source: Source
    blocks: Mapping[str, tuple[Dim3, ...]]


@dataclass(frozen=True, slots=True)
class GenerateRequest:
    """Asks for the text of a kernel on a target."""

    source: Source
    kernel: str
    target: str
    block: Dim3 | None


def read_compile(data: Any) -> CompileRequest:
    """Raises BadRequest."""
    fields = _object(data)
    given = _object(fields.get("blocks", {}))
    if len(given) > MOST_KERNELS:
        raise BadRequest("too many kernels")
    blocks = {}
    for name, shapes in given.items():
        if not isinstance(shapes, list) or not 1 <= len(shapes) <= MOST_SHAPES:
            raise BadRequest(f"1 to {MOST_SHAPES} block shapes a kernel")
        blocks[name] = tuple(_shape(shape) for shape in shapes)
    return CompileRequest(_source(fields), blocks)


def read_generate(data: Any) -> GenerateRequest:
    """Raises BadRequest."""
    fields = _object(data)
    block = fields.get("block")
    kernel, target = _text(fields, "kernel", 500), _text(fields, "target", 100)
    return GenerateRequest(_source(fields), kernel, target, None if block is None else _shape(block))


def _source(fields: Mapping[str, Any]) -> Source:
    instances = fields.get("instances", [])
    if not isinstance(instances, list) or len(instances) > MOST_KERNELS:
        raise BadRequest("instances must be a short list")
    if not all(isinstance(i, str) and len(i) <= 500 for i in instances):
        raise BadRequest("instances must be short texts")
    text = _text(fields, "source", MOST_SOURCE)
    options = _text(fields, "options", MOST_OPTIONS) if "options" in fields else ""
    return Source(text, options, tuple(instances))


def _object(data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise BadRequest("an object was expected")
    return data


def _text(fields: Mapping[str, Any], name: str, most: int) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise BadRequest(f"{name} must be a text")
    if len(value.encode("utf-8", "replace")) > most:
        raise BadRequest(f"{name} has more than {most} bytes")
    return value


def _shape(value: Any) -> Dim3:
    sound = isinstance(value, list) and 1 <= len(value) <= 3 and all(type(e) is int and 1 <= e <= 1024 for e in value)
    if not sound:
        raise BadRequest("a block shape is one to three numbers from 1 to 1024")
    x, y, z = (*value, 1, 1)[:3]
    if x * y * z > 1024:
        raise BadRequest("a block has 1024 threads at most")
    return x, y, z
