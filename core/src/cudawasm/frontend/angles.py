"""Finding the end of template brackets without understanding what is inside."""

from __future__ import annotations

from cudawasm.frontend.tokens import Token


def angle_close(tokens: list[Token], position: int, end: int) -> int:
    """Position after the '>' that closes the '<' here, or -1 if this '<' compares."""
    return _close(tokens, position, end, ("&&", "||"))


def arguments_close(tokens: list[Token], position: int, end: int) -> int:
    """Position after the '>' that closes the template arguments that begin here, where nothing is compared; or -1."""
    return _close(tokens, position, end, ())


def _close(tokens: list[Token], position: int, end: int, operators: tuple[str, ...]) -> int:
    depth = 0
    while position < end:
        token = tokens[position]
        text = token.text
        if text == "<":
            depth += 1
        elif text == ">":
            depth -= 1
            if depth == 0:
                return position + 1
        elif text in (";", "{", "}") or (text in operators and not _ends_type(tokens, position)):
            return -1
        position = token.match + 1 if token.match > position else position + 1
    return -1


def _ends_type(tokens: list[Token], position: int) -> bool:
    """Whether an operator is a reference's ``&&``, as in ``<T&&>``: an operand follows others."""
    return tokens[position + 1].text in (">", ",", "...")


def initializer_end(tokens: list[Token], position: int, end: int) -> int:
    """Position of the comma or semicolon, or the end, that closes a declarator's initializer."""
    while position < end and tokens[position].text not in (",", ";"):
        close = angle_close(tokens, position, end) if tokens[position].text == "<" else -1
        # Without a '=' these are template arguments: no declarator after a comma holds a '>'.
        if close > 0 and all(t.text != "=" for t in tokens[position:close]):
            position = close
            continue
        match = tokens[position].match
        position = match + 1 if match > position else position + 1
    return position
