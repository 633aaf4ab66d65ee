"""From what the host's compiler calls a function (``__PRETTY_FUNCTION__``) to its name in CUDA: ``scan<float, 4>``."""

from __future__ import annotations

import re

_OPEN, _CLOSE = "(<[{", ")>]}"
_SPECIFIERS = re.compile(r"^(?:(?:static|inline|constexpr|virtual|extern)\s+)+")


def kernel_expression(signature: str, template_parameters: int) -> str:
    """The name of a kernel with its template arguments.

    ``template_parameters`` is how many of the names in brackets are such (-1: all); the rest are types that the
    signature mentions by another name.
    """
    plain, _, bracketed = _without_anonymous(signature).partition(" [")
    name = _qualified_name(_SPECIFIERS.sub("", plain))
    if not bracketed or template_parameters == 0:
        return name
    is_gnu = bracketed.startswith("with ")
    entries = _split(bracketed.removesuffix("]").removeprefix("with "), ";" if is_gnu else ",")
    if template_parameters > 0:
        entries = entries[:template_parameters]
    values = [entry.partition(" = ")[2].strip() for entry in entries]
    pack = "{" if is_gnu else "<"
    flat = [part for value in values for part in (_split(value[1:-1], ",") if value.startswith(pack) else [value])]
    return f"{name}<{', '.join(value for value in flat if value)}>"


def with_parameters(expression: str, types: str) -> str:
    """The name of a kernel and the types of its parameters, ``scan<float>(const float*, int)``.

    ``types`` is what the host's compiler calls a function template whose arguments are these.
    """
    return f"{expression}({kernel_expression(types, -1).partition('<')[2].removesuffix('>')})"


def _qualified_name(plain: str) -> str:
    """``void ns::k(int)`` to ``ns::k``; also where the result type or the name has template arguments."""
    depth, end = 0, len(plain)
    for i, char in enumerate(plain):
        if char == "(" and depth == 0:
            end = i
            break
        depth += (char in "<[{") - (char in ">]}")
    head = plain[:end].strip()
    depth = 0
    for i in range(len(head) - 1, -1, -1):
        depth += (head[i] in _CLOSE) - (head[i] in _OPEN)
        if head[i] in " *&" and depth == 0:
            head = head[i + 1 :]
            break
    return head.partition("<")[0]


def _split(text: str, separator: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for i, char in enumerate(text):
        depth += (char in _OPEN) - (char in _CLOSE and not text.startswith("->", i - 1))
        if char == separator and depth == 0:
            parts.append(text[start:i].strip())
            start = i + 1
    return [*parts, text[start:].strip()]


def _without_anonymous(signature: str) -> str:
    """Names as the program spells them, to which compilers add a namespace without a name."""
    return signature.replace("{anonymous}::", "").replace("(anonymous namespace)::", "")
