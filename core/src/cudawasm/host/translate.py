"""The host half of a CUDA source as C++: kernels become functions that launch, what only devices run loses its body.

The text is preprocessed already, with CUDA's keywords left in it; lines stay where they are.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cudawasm.frontend.extended_lambdas import ExtendedLambda, Piece, extended_lambdas
from cudawasm.host.host_text import Token, own_tokens, place_of

_DROPPED = frozenset(("__global__", "__device__", "__host__", "__constant__", "__shared__", "__managed__",
                      "__grid_constant__", "__noinline__", "__nv_pure__"))  # fmt: skip
_WITH_ARGUMENTS = frozenset(("__launch_bounds__", "__cluster_dims__", "__block_size__", "__maxnreg__"))
_NOT_A_NAME = frozenset(("__attribute__", "__declspec", "alignas", "decltype", "noexcept", "explicit", "__align__",
                         *_WITH_ARGUMENTS))  # fmt: skip
_STARTS = frozenset((";", "{", "}"))
_BASIC = frozenset(
    "void bool char short int long float double signed unsigned auto const volatile struct class enum union typename "
    "__restrict__ __restrict".split()
)
_QUALIFIERS = frozenset(("const", "volatile", "struct", "class", "typename", "enum"))
_SPACES = frozenset(("__device__", "__constant__", "__managed__"))
_BOUND = frozenset(("texture", "surface"))
"""Templates whose objects are device variables without saying so."""
UNIT = "cudawasm_unit_data"


def translate(text: str, unit: bytes, is_relocatable: bool = False) -> str:
    """C++ that the host's compiler takes; ``unit`` is the device code that it carries.

    That which is relocatable is made known before any kernel runs: those of other sources may need it.
    """
    data = len(unit).to_bytes(8, "little") + unit
    numbers = ",".join(map(str, data))
    head = f"static const unsigned char {UNIT}[] = {{{numbers}}};\n"
    translation = _Translation(text)
    done = translation.done()
    tail = f"\nstatic ::cudawasm::RelocatableUnit {UNIT}_known{{{UNIT}}};\n" if is_relocatable else ""
    if translation.has_kernels:
        tail += "\nnamespace { ::cudawasm::Presence cudawasm_presence; }\n"
    return head + done + tail


@dataclass(slots=True)
class _Translation:
    text: str
    tokens: list[Token] = field(default_factory=list)
    edits: list[tuple[int, int, str]] = field(default_factory=list)
    """(start, end, what stands there instead)."""
    templates: dict[str, set[int]] = field(default_factory=dict)
    """Numbers of template parameters that kernels of a name have."""
    symbols: int = 0
    has_kernels: bool = False
    lambdas: dict[int, ExtendedLambda] = field(default_factory=dict)
    """Those for the device, by where they begin."""

    def done(self) -> str:
        self.tokens = own_tokens(self.text)
        self.lambdas = {found.start: found for found in extended_lambdas([t.text for t in self.tokens])}
        i = 0
        ends: list[tuple[int, str]] = []
        while i < len(self.tokens):
            token = self.tokens[i]
            while ends and ends[-1][0] <= i:
                ends.pop()
            if token.text == "namespace":
                opened = self.namespace(i)
                if opened:
                    ends.append(opened)
            elif token.text == "<<<":
                self.launch(i)
            self.cleaned(i)
            if i in self.lambdas:
                i = self.extended_lambda(self.lambdas[i])
            elif token.text == "__global__":
                i = self.function(i, is_kernel=True)
            elif token.text in _SPACES and not self.is_lambda(i):
                i = self.device_only(i, "::".join(name for _, name in ends if name))
            elif token.text in _BOUND and self.is_declared(i):
                i = self.variable(i, self.start_of(i), "::".join(name for _, name in ends if name))
            i += 1
        return self.applied()

    def edit(self, start: int, end: int, text: str) -> None:
        self.edits.append((start, end, text))

    def applied(self) -> str:
        """The text with all edits, but those in bodies that are gone."""
        out, at = [], 0
        for start, end, new in sorted(dict.fromkeys(self.edits), key=lambda e: (e[0], e[0] != e[1], -e[1])):
            if start < at:
                continue
            out += [self.text[at:start], new]
            at = end
        return "".join((*out, self.text[at:]))

    # --- declarations ---

    def namespace(self, i: int) -> tuple[int, str] | None:
        """(where a namespace ends, its name)."""
        j, name = i + 1, ""
        while self.tokens[j].kind == "word" or self.tokens[j].text == "::":
            name += self.tokens[j].text
            j += 1
        return (self.tokens[j].match, name) if self.tokens[j].text == "{" else None

    def start_of(self, i: int) -> int:
        """Where the declaration begins that a token is in."""
        while i > 0 and self.tokens[i - 1].text not in _STARTS:
            i -= 1
            if self.tokens[i].text in (")", "]") and self.tokens[i].match >= 0:
                i = self.tokens[i].match
        return i

    def is_declared(self, i: int) -> bool:
        """Whether a variable of the template's type is declared here, ``static`` or not."""
        before = {t.text for t in self.tokens[self.start_of(i) : i]}
        return self.tokens[i + 1].text == "<" and before <= {"static", "::"}

    def is_lambda(self, i: int) -> bool:
        return i > 0 and self.tokens[i - 1].text in ("]", "__host__") and self._after_capture(i - 1)

    def _after_capture(self, i: int) -> bool:
        while i > 0 and self.tokens[i].text in ("__host__", "__device__"):
            i -= 1
        opened = self.tokens[i].match
        if self.tokens[i].text != "]" or opened < 0:
            return False
        before = self.tokens[opened - 1]
        return (before.kind not in ("word", "number") and before.text not in ("]", ")")) or before.text == "return"

    def parameters_of(self, i: int) -> int:
        """The bracket that opens the parameters of the function declared at a position, or -1 for a variable."""
        while i < len(self.tokens):
            token = self.tokens[i]
            if token.text == "operator":
                i += 1
                if self.tokens[i].text == "(":
                    return i + 2
                while self.tokens[i].text != "(":
                    i += 1
                return i
            if token.text == "(":
                before = self.tokens[i - 1]
                if before.text in _NOT_A_NAME:
                    i = token.match
                elif before.kind == "word" or before.text == ">":
                    return i
                else:
                    return -1
            elif token.text in (";", "=", "{", "["):
                if token.text != "[" or self.tokens[i + 1].text != "[":
                    return -1
                i = token.match
            i += 1
        return -1

    def body_of(self, i: int) -> int:
        """The bracket that opens the body of a function whose parameters close at a position, or -1."""
        i += 1
        while i < len(self.tokens):
            token = self.tokens[i]
            if token.text == "{":
                return i
            if token.text in (";", "="):
                return -1
            if token.text == ":":
                return self.after_initialisers(i + 1)
            i = token.match + 1 if token.text in ("(", "[") else i + 1
        return -1

    def after_initialisers(self, i: int) -> int:
        while i < len(self.tokens):
            while self.tokens[i].text not in ("(", "{"):
                i += 1
            i = self.tokens[i].match + 1
            if self.tokens[i].text != ",":
                return i if self.tokens[i].text == "{" else -1
        return -1

    def device_only(self, i: int, scope: str) -> int:
        """A device function or variable; returns the last position that is dealt with."""
        start = self.start_of(i)
        words = {t.text for t in self.tokens[start : i + 8]}
        if self.parameters_of(i + 1) < 0:
            return self.variable(i, start, scope)
        if "__global__" in words or self.is_for_host(start, i):
            return i
        return self.function(i, is_kernel=False)

    def is_for_host(self, start: int, i: int) -> bool:
        end = self.parameters_of(i + 1)
        return any(t.text == "__host__" for t in self.tokens[start:end])

    def function(self, i: int, is_kernel: bool) -> int:
        """A function whose body is replaced; returns the last position that is dealt with."""
        opened = self.parameters_of(i + 1)
        if opened < 0:
            return i
        start, closed = self.start_of(i), self.tokens[opened].match
        body = self.body_of(closed)
        for j in range(start, closed):
            self.cleaned(j)
        name = self.tokens[self.before_arguments(opened - 1)].text
        count = self.template_parameters(start, i)
        if is_kernel and count > 0:
            self.templates.setdefault(name, set()).add(count)
        if body < 0:
            return closed
        new = "{ __builtin_trap(); "
        if is_kernel:
            self.has_kernels = True
            names = self.named_parameters(opened)
            if count == 0 and any(t.text == "template" for t in self.tokens[start:i]):
                count = self.specialised_count(name)
            types = ", ".join(
                f"decltype({name.removesuffix('...')}){name[len(name.removesuffix('...')) :]}" for name in names
            )
            types = f"::cudawasm::types_of<{types}>()"
            new = f"{{ static ::cudawasm::Kernel cudawasm_kernel{{__PRETTY_FUNCTION__, {types}, {count}, {UNIT}, -1}}; "
            new += f"::cudawasm::call({', '.join(('cudawasm_kernel', *names))}); "
        for j in range(closed, body):
            self.cleaned(j)
        end = self.tokens[body].match
        self.edit(self.tokens[body].start, self.tokens[end].end, new + self.lines_of(body, end) + "}")
        return end

    def lines_of(self, first: int, last: int) -> str:
        """What stands for tokens that are gone, so that what follows keeps its line."""
        start, end = self.tokens[first].start, self.tokens[last].end
        has_markers = "\n# " in self.text[start:end]
        return place_of(self.text, end) if has_markers else "\n" * self.text.count("\n", start, end)

    def cleaned(self, j: int) -> None:
        token = self.tokens[j]
        is_attribute = token.text == "__noinline__" and self.tokens[j - 1].text == "("
        if token.text in _DROPPED and not is_attribute:
            self.edit(token.start, token.end, "")
        elif token.text in _WITH_ARGUMENTS:
            self.edit(token.start, self.tokens[self.tokens[j + 1].match].end, "")
        elif token.text == "__forceinline__":
            self.edit(token.start, token.end, "inline")

    def template_parameters(self, start: int, i: int) -> int:
        """How many template parameters a declaration has; 0 where it is no template."""
        count = 0
        j = start
        while j < i:
            if self.tokens[j].text == "template" and self.tokens[j + 1].text == "<":
                depth, k = 0, j + 1
                inside = 0
                while k < i:
                    text = self.tokens[k].text
                    depth += (text == "<") - (text == ">")
                    inside += 1
                    count += text == "," and depth == 1
                    if text in ("(", "[", "{"):
                        k = self.tokens[k].match
                    if depth == 0:
                        break
                    k += 1
                count += inside > 2
                j = k
            j += 1
        return count

    def specialised_count(self, name: str) -> int:
        """How many template parameters the kernel has of which one is specialised; -1 where there are several such."""
        known = self.templates.get(name, set())
        return next(iter(known)) if len(known) == 1 else -1

    def named_parameters(self, opened: int) -> list[str]:
        """The names of a kernel's parameters, each of which gets one; packs end in dots."""
        closed = self.tokens[opened].match
        names: list[str] = []
        for first, last in self.parts(opened + 1, closed):
            if first == last or (last - first == 1 and self.tokens[first].text == "void"):
                continue
            names.append(self.parameter_name(first, last, len(names)))
        return names

    def parts(self, first: int, end: int) -> list[tuple[int, int]]:
        """Token ranges between commas."""
        found, start, depth, i = [], first, 0, first
        while i < end:
            text = self.tokens[i].text
            if text in ("(", "[", "{"):
                i = self.tokens[i].match
            depth += (text == "<") - (text == ">")
            if text == "," and depth <= 0:
                found.append((start, i))
                start = i + 1
            i += 1
        return [*found, (start, end)]

    def parameter_name(self, first: int, last: int, number: int) -> str:
        end = next((i for i in range(first, last) if self.tokens[i].text == "="), last)
        is_pack = any(t.text == "..." for t in self.tokens[first:end])
        pairs = ((i, self.tokens[i].text + self.tokens[i + 1].text) for i in range(first, end - 1))
        inner = next((i for i, pair in pairs if pair in ("(*", "(&")), -1)
        if inner >= 0:  # a pointer or a reference to a function or an array
            return self.tokens[self.tokens[inner].match - 1].text
        at = end - 1
        while self.tokens[at].text == "]":
            at = self.tokens[at].match - 1
        token = self.tokens[at]
        others = [t for t in self.tokens[first:at] if t.text not in _QUALIFIERS]
        if token.kind == "word" and token.text not in _BASIC and others and others[-1].text != "::":
            return token.text + ("..." if is_pack else "")
        name = f"cudawasm_argument_{number}"
        self.edit(token.end, token.end, f" {name}")
        return name + ("..." if is_pack else "")

    def variable(self, i: int, start: int, scope: str) -> int:
        """A variable in device memory: a shadow on the host, whose address says which it is."""
        end = i
        while end < len(self.tokens) and self.tokens[end].text != ";":
            end = self.tokens[end].match if self.tokens[end].text in ("(", "[", "{") else end
            end += 1
        for j in range(start, end):
            self.cleaned(j)
        declared = self.tokens[start:end]
        kind = "ManagedSymbol" if any(t.text == "__managed__" for t in declared) else "Symbol"
        if any(t.text in ("extern", "template", "constexpr") for t in declared):
            return end
        for first, last in self.parts(i + 1, end):
            name = self.variable_name(first, last)
            full = f"{scope}::{name}" if scope else name
            self.symbols += 1
            self.edit(self.tokens[end].end, self.tokens[end].end,
                      f" static ::cudawasm::{kind} cudawasm_symbol_{self.symbols}"
                      f'{{&{name}, sizeof({name}), "{full}", {UNIT}}};')  # fmt: skip
        return end

    def variable_name(self, first: int, last: int) -> str:
        name, i = "", first
        while i < last:
            token = self.tokens[i]
            is_called = token.text == "(" and self.tokens[i - 1].text not in _NOT_A_NAME
            if name and (is_called or token.text in ("=", "{", "[")):
                break
            if token.text == "(" and not is_called:
                i = token.match
            elif token.kind == "word":
                name = token.text
            i += 1
        return name

    # --- lambdas for the device ---

    def extended_lambda(self, found: ExtendedLambda) -> int:
        """An object of a class before the declaration around it; returns the last position that is dealt with."""
        body: Piece = (found.body, found.end) if found.is_for_host else "{ __builtin_trap(); }"
        pieces = found.class_pieces([t.text for t in self.tokens], body)
        text = " ".join(piece if isinstance(piece, str) else self.plain(*piece) for piece in pieces)
        before = self.tokens[found.declaration].start
        start, end = self.tokens[found.start].start, self.tokens[found.end - 1].end
        own, after = place_of(self.text, start), place_of(self.text, before)
        self.edit(before, before, f"{own}namespace {{ {text} }}{after}")
        types = [*found.around]
        values = []
        for capture in found.captures:
            if capture.initialiser is None:
                types.append(f"::cudawasm::captured_t<decltype({capture.name})>")
                values.append(capture.name)
            else:
                value = self.plain(*capture.initialiser)
                types.append(f"::cudawasm::initialised_t<decltype(({value}))>")
                values.append(value)
        arguments = f"<{', '.join(types)}>" if types else ""
        lines = self.lines_of(found.start, found.end - 1)
        self.edit(start, end, f"{found.name}{arguments}{{{', '.join(values)}}}{lines}")
        return found.end - 1

    def plain(self, first: int, end: int) -> str:
        """The text of tokens without CUDA's words."""
        if first == end:
            return ""
        out, at = [], self.tokens[first].start
        for token in self.tokens[first:end]:
            if token.text in _DROPPED:
                out.append(self.text[at : token.start])
                at = token.end
        return "".join((*out, self.text[at : self.tokens[end - 1].end]))

    # --- launches ---

    def launch(self, i: int) -> None:
        """``kernel<<<how>>>(arguments)``: configured first, then called."""
        end = i + 1
        while "".join(t.text for t in self.tokens[end : end + 4]) != ">>>(":
            end = self.tokens[end].match if self.tokens[end].text in ("(", "[", "{") else end
            end += 1
        start = self.callee_start(i - 1)
        closed = self.tokens[end + 3].match
        how = self.text[self.tokens[i].end : self.tokens[end].start]
        how = " ".join(line for line in how.split("\n") if not line.startswith("#")).strip()
        self.edit(self.tokens[start].start, self.tokens[start].start, f"(::cudawasm::configure({how}), ")
        self.edit(self.tokens[i].start, self.tokens[end + 2].end, "")
        self.edit(self.tokens[closed].end, self.tokens[closed].end, ")")

    def before_arguments(self, i: int) -> int:
        """The position of the name whose template arguments end at a position; that itself where none do."""
        depth = int(self.tokens[i].text == ">")
        if not depth:
            return i
        while depth:
            i -= 1
            text = self.tokens[i].text
            i = self.tokens[i].match if text in (")", "]", "}") else i
            depth += (text == ">") - (text == "<")
        return i - 1

    def callee_start(self, i: int) -> int:
        """Where the expression begins that ends at a position."""
        while True:
            text = self.tokens[i].text
            if text == ">":
                i = self.before_arguments(i)
            elif text in (")", "]"):
                i = self.tokens[i].match
                if self.tokens[i - 1].kind == "word" or self.tokens[i - 1].text in (">", "]", ")"):
                    i -= 1
                    continue
            before = self.tokens[i - 1].text
            if before in ("::", ".", "->"):
                has_scope = self.tokens[i - 2].kind == "word" or self.tokens[i - 2].text in (">", ")", "]")
                i -= 2 if has_scope else 1
                if not has_scope:
                    return i
            elif before == "template":
                i -= 1
            else:
                return i
