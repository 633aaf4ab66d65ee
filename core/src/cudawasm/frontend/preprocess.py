"""The C++ preprocessor: directives, conditionals, includes and macro expansion, on tokens.

A token that a macro produced reports the place where the macro was used, so every later message
points at the user's text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from cudawasm.diagnostics import Diagnostic
from cudawasm.frontend.condition import evaluate_condition
from cudawasm.frontend.tokens import Token, fail, lex
from cudawasm.source import SourceFile

_MAX_INCLUDE_DEPTH = 100
_MAX_TOKENS = 4_000_000
_MAX_EXPANSION = 400_000  # tokens of one macro


@dataclass(slots=True)
class Macro:
    """``parameters`` is None for an object-like macro; ``variadic`` names the rest parameter."""

    name: str
    body: list[Token]
    parameters: list[str] | None = None
    variadic: str = ""


class Preprocessor:
    """Expands one translation unit. ``dependencies`` lists the files read besides the main one.

    ``absent`` lists where headers were looked for before they were found, or in vain: a file that appears there changes
    the program.
    """

    def __init__(self, defines: Mapping[str, str], include_dirs: Sequence[str]) -> None:
        self.macros: dict[str, Macro] = {}
        self.include_dirs = [Path(d) for d in include_dirs]
        self.warnings: list[Diagnostic] = []
        self.dependencies: list[Path] = []
        self.absent: list[Path] = []
        self._once: set[str] = set()
        self._depth = 0
        self._output: list[Token] = []
        for name, value in defines.items():
            self.define(name, value)

    def define(self, signature: str, value: str) -> None:
        """Define a macro from text: ``define("N", "16")`` or ``define("SQ(x)", "((x)*(x))")``."""
        line = SourceFile("<command line>", f"{signature} {value}".encode(), is_builtin=True)
        self._define(lex(line))

    def run(self, file: SourceFile) -> list[Token]:
        """The expanded tokens of a file and everything that it includes."""
        start = len(self._output)
        self._run_file(file)
        tokens = self._output[start:]
        del self._output[start:]
        return tokens

    # --- files and directives ---------------------------------------------------------------------

    def _run_file(self, file: SourceFile) -> None:
        if self._depth > _MAX_INCLUDE_DEPTH:
            fail("E0103", "includes are nested too deeply", None)
        self._depth += 1
        tokens = lex(file)
        conditionals: list[list[bool]] = []  # each: [taking now, some branch was taken, saw else]
        position, count, pending = 0, len(tokens), 0
        while position < count:
            token = tokens[position]
            if not (token.first and token.text == "#"):
                position += 1
                continue
            self._flush(tokens, pending, position, conditionals)
            end = position + 1
            while end < count and not tokens[end].first:
                end += 1
            self._directive(tokens[position:end], file, conditionals)
            position = pending = end
        self._flush(tokens, pending, count, conditionals)
        if conditionals:
            fail("E0102", "#if without #endif", tokens[-1].span if tokens else None)
        self._depth -= 1

    def _flush(self, tokens: list[Token], start: int, end: int, conditionals: list[list[bool]]) -> None:
        if start < end and all(c[0] for c in conditionals):
            self._expand_into(tokens[start:end], self._output)
            if len(self._output) > _MAX_TOKENS:
                fail("E0103", "the expanded source is too large", tokens[start].span)

    def _directive(self, line: list[Token], file: SourceFile, conditionals: list[list[bool]]) -> None:
        if len(line) < 2:
            return
        name, rest = line[1].text, line[2:]
        if name in ("if", "ifdef", "ifndef", "elif", "else", "endif"):
            self._conditional(name, line, rest, conditionals)
            return
        if not all(c[0] for c in conditionals):
            return
        match name:
            case "define":
                self._define(rest, line[0])
            case "undef" if rest:
                self.macros.pop(rest[0].text, None)
            case "include":
                self._include(line, rest, file)
            case "pragma":
                self._pragma(line, rest, file)
            case "error":
                fail("E0104", "#error " + " ".join(t.text for t in rest), line[0].span)
            case _:
                pass  # line, warning, ident: nothing for device code

    def _conditional(self, name: str, line: list[Token], rest: list[Token], conditionals: list[list[bool]]) -> None:
        enclosing = all(c[0] for c in conditionals[: None if name.startswith("if") else -1])
        if name.startswith("if"):
            taken = enclosing and self._condition(name, line, rest)
            conditionals.append([taken, taken, False])
            return
        if not conditionals or (name != "endif" and conditionals[-1][2]):
            fail("E0102", f"#{name} without #if", line[0].span)
        current = conditionals[-1]
        if name == "endif":
            conditionals.pop()
        elif name == "else":
            current[0], current[2] = not current[1], True
        else:
            current[0] = enclosing and not current[1] and self._condition("if", line, rest)
            current[1] = current[1] or current[0]

    def _condition(self, name: str, line: list[Token], rest: list[Token]) -> bool:
        if not rest:
            fail("E0102", f"#{name} needs an argument", line[0].span)
        if name == "ifdef":
            return rest[0].text in self.macros
        if name == "ifndef":
            return rest[0].text not in self.macros
        return evaluate_condition(self._expand_condition(rest), line[0].span) != 0

    def _expand_condition(self, rest: list[Token]) -> list[Token]:
        """Replace ``defined X`` and ``__has_include(..)`` first, then expand macros."""
        replaced: list[Token] = []
        position = 0
        while position < len(rest):
            token = rest[position]
            if token.text not in ("defined", "__has_include"):
                replaced.append(token)
                position += 1
                continue
            start = position + 1
            bracket = start < len(rest) and rest[start].text == "("
            end = start + 1
            if bracket:
                while end < len(rest) and rest[end].text != ")":
                    end += 1
            inner = rest[start + bracket : end if bracket else start + 1]
            known = bool(inner) and (
                inner[0].text in self.macros
                if token.text == "defined"
                else self._find_include(*_include_name(inner), token.file) is not None
            )
            replaced.append(Token("num", "1" if known else "0", token.file, token.start, token.end, False, True))
            position = end + 1 if bracket else start + 1
        output: list[Token] = []
        self._expand_into(replaced, output)
        return output

    def _define(self, rest: list[Token], directive: Token | None = None) -> None:
        if not rest or rest[0].kind != "id":
            place = rest[0] if rest else directive
            fail("E0101", "#define needs a name", place.span if place else None)
        name, body = rest[0].text, rest[1:]
        macro = Macro(name, body)
        if body and body[0].text == "(" and not body[0].spaced:
            macro.parameters, position = [], 1
            while position < len(body) and body[position].text != ")":
                text = body[position].text
                if text == "...":
                    named = position >= 2 and body[position - 1].kind == "id"
                    macro.variadic = macro.parameters.pop() if named else "__VA_ARGS__"
                elif text != ",":
                    macro.parameters.append(text)
                position += 1
            if position == len(body):
                fail("E0101", f"macro '{name}' has an unclosed parameter list", rest[0].span)
            macro.body = body[position + 1 :]
        self.macros[name] = macro

    def _include(self, line: list[Token], rest: list[Token], file: SourceFile) -> None:
        if rest and rest[0].kind == "id":
            expanded: list[Token] = []
            self._expand_into(rest, expanded)
            rest = expanded
        if not rest:
            fail("E0101", "#include needs a file", line[0].span)
        name, quoted = _include_name(rest)
        found = self._find_include(name, quoted, file)
        if found is None:
            if quoted:
                message = f"header '{name}' was not found and is left out"
                self.warnings.append(Diagnostic("W0105", message, rest[0].span, "", "warning"))
            return
        if found.name not in self._once:
            self._run_file(found)

    def _find_include(self, name: str, quoted: bool, file: SourceFile) -> SourceFile | None:
        shipped = shipped_header(name)
        if shipped is not None or len(name) >= _LONGEST_NAME:
            return shipped
        folders = [Path(file.name).parent, *self.include_dirs] if quoted else self.include_dirs
        for folder in folders:
            path = folder / name
            if path.is_file():
                self.dependencies.append(path)
                return SourceFile(str(path), path.read_bytes())
            self.absent.append(path)
        return None

    def _pragma(self, line: list[Token], rest: list[Token], file: SourceFile) -> None:
        if rest and rest[0].text == "once":
            self._once.add(file.name)
        elif rest and rest[0].text in ("unroll", "nounroll"):
            expanded: list[Token] = []
            self._expand_into(rest, expanded)
            text = " ".join(t.text for t in expanded)
            self._output.append(Token("pragma", text, line[0].file, line[0].start, rest[-1].end, True, True))

    # --- macro expansion --------------------------------------------------------------------------

    def _expand_into(self, tokens: list[Token], output: list[Token]) -> None:
        macros = self.macros
        work = tokens[::-1]  # a stack: the next token is last
        left, made = len(work), 0  # tokens of the source not yet reached; tokens made of the one before them
        while work:
            token = work.pop()
            if len(work) < left:
                left, made = len(work), 0
            macro = macros.get(token.text) if token.kind == "id" else None
            if macro is None or macro.name in token.hidden:
                if token.text == "_Pragma" and work and work[-1].text == "(":
                    self._pragma_operator(token, work, output)
                elif token.text == "__LINE__":
                    line = str(token.file.position(token.start)[0])
                    output.append(Token("num", line, token.file, token.start, token.end, False, True))
                elif token.text == "__FILE__":
                    name = '"' + token.file.name.replace("\\", "\\\\") + '"'
                    output.append(Token("str", name, token.file, token.start, token.end, False, True))
                else:
                    output.append(token)
                continue
            if macro.parameters is None:
                replacement = self._substitute(macro, token, {})
            else:
                if not work or work[-1].text != "(":
                    output.append(token)
                    continue
                replacement = self._substitute(macro, token, self._arguments(macro, token, work))
            work.extend(reversed(replacement))
            made += len(replacement)
            if made > _MAX_EXPANSION:
                fail("E0103", f"macro '{macro.name}' expands without end", token.span)

    def _pragma_operator(self, token: Token, work: list[Token], output: list[Token]) -> None:
        work.pop()
        text = work.pop().text.strip('"') if work else ""
        if work and work[-1].text == ")":
            work.pop()
        if text.startswith(("unroll", "nounroll")):
            output.append(Token("pragma", text, token.file, token.start, token.end, True, True))

    def _arguments(self, macro: Macro, token: Token, work: list[Token]) -> dict[str, list[Token]]:
        assert macro.parameters is not None
        work.pop()
        arguments: list[list[Token]] = [[]]
        depth = 1
        while True:
            if not work:
                fail("E0101", f"unclosed arguments of macro '{macro.name}'", token.span)
            item = work.pop()
            if item.kind == "op":
                if item.text in "([{":
                    depth += 1
                elif item.text in ")]}":
                    depth -= 1
                    if depth == 0:
                        break
                elif item.text == "," and depth == 1:
                    if len(arguments) <= len(macro.parameters) - (not macro.variadic):
                        arguments.append([])
                        continue
            arguments[-1].append(item)
        names = [*macro.parameters, *([macro.variadic] if macro.variadic else [])]
        if len(arguments) < len(macro.parameters) or (arguments[0] and len(arguments) > len(names)):
            count = len(macro.parameters)
            fail("E0101", f"macro '{macro.name}' takes {count} arguments, {len(arguments)} given", token.span)
        bound = dict(zip(names, arguments, strict=False))
        if macro.variadic:
            bound.setdefault(macro.variadic, [])
        return bound

    def _substitute(self, macro: Macro, use: Token, arguments: dict[str, list[Token]]) -> list[Token]:
        hidden = use.hidden | {macro.name}
        result: list[Token] = []
        body = macro.body
        position = 0
        while position < len(body):
            token = body[position]
            text = token.text
            after = body[position + 1].text if position + 1 < len(body) else ""
            if text == "#" and macro.parameters is not None and after in arguments:
                result.append(_stringized(arguments[after], use))
                position += 2
                continue
            if text == "##" and result and position + 1 < len(body):
                right = arguments.get(after, [body[position + 1]])
                self._paste(result, right, use, macro)
                position += 2
                continue
            if text == "__VA_OPT__" and after == "(" and macro.variadic:
                position = self._va_opt(body, position, bool(arguments.get(macro.variadic)), arguments, result, use)
                continue
            if text in arguments and token.kind == "id":
                argument = arguments[text]
                if after == "##":
                    result.extend(argument or [Token("other", "", use.file, use.start, use.end, False, False)])
                else:
                    self._expand_into(argument, result)
            else:
                result.append(token)
            position += 1
        moved = [t.moved_to(use) if t.file is not use.file or not arguments else t for t in result if t.text]
        return [_hide(t, hidden) for t in moved]

    def _va_opt(
        self, body: list[Token], position: int, present: bool,
        arguments: dict[str, list[Token]], result: list[Token], use: Token,
    ) -> int:  # fmt: skip
        end, depth = position + 2, 1
        while end < len(body) and depth:
            depth += {"(": 1, ")": -1}.get(body[end].text, 0)
            end += 1
        if present:
            inner = Macro("__VA_OPT__", body[position + 2 : end - 1], [])
            result.extend(self._substitute(inner, use, arguments))
        return end

    def _paste(self, result: list[Token], right: list[Token], use: Token, macro: Macro) -> None:
        left = result.pop()
        if not right:
            if left.text == "," and macro.variadic:
                return  # GNU: ", ## __VA_ARGS__" drops the comma of an empty rest
            result.append(left)
            return
        if left.text == "," and macro.variadic:
            result.append(left)
            self._expand_into(right, result)
            return
        text = left.text + right[0].text
        pasted = lex(SourceFile("<paste>", text.encode("latin-1"), is_builtin=False))
        if len(pasted) != 1:
            fail("E0101", f"pasting '{left.text}' and '{right[0].text}' gives no single token", use.span)
        result.append(pasted[0].moved_to(use))
        result.extend(right[1:])


def _hide(token: Token, hidden: frozenset[str]) -> Token:
    copy = Token(token.kind, token.text, token.file, token.start, token.end, False, token.spaced)
    copy.hidden = token.hidden | hidden
    return copy


def _stringized(tokens: Iterable[Token], use: Token) -> Token:
    text = ""
    for token in tokens:
        gap = " " if text and token.spaced else ""
        escaped = token.text.replace("\\", "\\\\").replace('"', '\\"') if token.kind in ("str", "chr") else token.text
        text += gap + escaped
    return Token("str", f'"{text}"', use.file, use.start, use.end, False, True)


def _include_name(rest: list[Token]) -> tuple[str, bool]:
    if rest[0].kind == "str":
        return rest[0].text.strip('"'), True
    return "".join(t.text for t in rest[1:] if t.text != ">"), False


_LONGEST_NAME = 200
"""Of a header: file systems take no much longer ones."""
_SHIPPED: dict[str, SourceFile | None] = {}


def _in_devlib(folder: str, name: str) -> Traversable:
    return resources.files("cudawasm.devlib").joinpath(folder, *name.split("/"))


def shipped_header(name: str) -> SourceFile | None:
    """A CUDA header that this package ships, by its include name."""
    if name not in _SHIPPED:
        is_name = ".." not in name and len(name) < _LONGEST_NAME
        places = [_in_devlib(folder, name) for folder in ("include", "shared")] if is_name else []
        found = [path for path in places if path.is_file()]
        _SHIPPED[name] = SourceFile(f"<{name}>", found[0].read_bytes(), is_builtin=True) if found else None
    return _SHIPPED[name]
