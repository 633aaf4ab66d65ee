"""The classes of host code's lambdas for the device, entered as if the source had them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cudawasm.frontend.extended_lambdas import ExtendedLambda, LambdaError, extended_lambdas
from cudawasm.frontend.symbols import NamespaceSymbol, Range, Scope
from cudawasm.frontend.tokens import Token, fail, lex, match_brackets
from cudawasm.source import SourceFile

if TYPE_CHECKING:
    from cudawasm.frontend.sema import Sema


def enter_lambdas(sema: Sema, tokens: list[Token]) -> None:
    """Declare the classes that the host names as template arguments. Raises CompileError."""
    texts = [token.text for token in tokens]
    try:
        found = extended_lambdas(texts)
    except LambdaError as error:
        fail("E0318", error.message, tokens[error.position].span)
    for extended in found:
        own = _class_tokens(extended, tokens, texts)
        match_brackets(own)
        sema.declarations.index(Range(own, 0, len(own) - 3), _namespace(sema, extended))


def _class_tokens(extended: ExtendedLambda, tokens: list[Token], texts: list[str]) -> list[Token]:
    place = tokens[extended.start]
    found: list[Token] = []
    for piece in extended.class_pieces(texts, (extended.body, extended.end), "__device__"):
        if isinstance(piece, str):
            found += [token.moved_to(place) for token in lex(SourceFile("<lambda>", piece.encode()))]
        else:
            found += [token.moved_to(token) for token in tokens[piece[0] : piece[1]]]
    end = Token("end", "", place.file, place.end, place.end, False, False)
    return [*found, end, end, end]


def _namespace(sema: Sema, extended: ExtendedLambda) -> Scope:
    scope = sema.global_scope
    for name in extended.namespaces:
        symbols = scope.names.get(name or "<anonymous>", ())
        scope = next((s.scope for s in symbols if isinstance(s, NamespaceSymbol)), scope)
    return scope
