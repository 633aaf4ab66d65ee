"""What CUDA declares without an include: read once a process, entered name by name as programs use it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend.declarations import Declarations
from cudawasm.frontend.parse_expressions import Parser
from cudawasm.frontend.preprocess import Macro, Preprocessor, shipped_header
from cudawasm.frontend.sema import Sema
from cudawasm.frontend.symbols import ConstantSymbol, Range, Scope, Symbol, TypeSymbol, ValueSymbol
from cudawasm.frontend.tokens import Token, match_brackets
from cudawasm.frontend.values import rvalue
from cudawasm.ir import nodes
from cudawasm.ir import types as kir
from cudawasm.source import SourceFile

PREDEFINED = {
    "__CUDACC__": "1", "__CUDA_ARCH__": "800", "__NVCC__": "1", "__cplusplus": "201703L",
    "__CUDACC_VER_MAJOR__": "12",
    "__CUDACC_VER_MINOR__": "4", "__CUDACC_EXTENDED_LAMBDA__": "1", "__linux__": "1", "__x86_64__": "1",
    "__CUDAWASM__": "1", "CUDART_VERSION": "12040", "CUDA_VERSION": "12040", "__GNUC__": "12",
    "__LP64__": "1",
    "__SIZEOF_POINTER__": "8", "__CHAR_BIT__": "8", "__SIZEOF_INT128__": "16", "NDEBUG_UNSET": "1",
}  # fmt: skip


IMAGE_NAMES = frozenset(
    """texture tex1Dfetch tex1D tex2D tex3D tex1DLayered tex2DLayered texCubemap texCubemapLayered tex2Dgather
    tex1DLod tex2DLod tex3DLod tex1DGrad tex2DGrad tex3DGrad surface surf1Dread surf1Dwrite surf2Dread surf2Dwrite
    surf3Dread surf3Dwrite surf1DLayeredread surf1DLayeredwrite surf2DLayeredread surf2DLayeredwrite surfCubemapread
    surfCubemapwrite surfCubemapLayeredread surfCubemapLayeredwrite""".split()
)
"""What ``cudawasm_images.h`` declares, a seventh of all there is: it is read for programs that use it only."""


@dataclass(frozen=True, slots=True)
class _Prelude:
    """Tokens, macros, where each declaration starts and ends, and which declarations a name needs."""

    tokens: list[Token]
    macros: dict[str, Macro]
    declarations: list[tuple[int, int]]
    names: dict[str, tuple[int, ...]]


class _RecordingScope(Scope):
    """Notes the names that are entered."""

    __slots__ = ("entered",)

    def __init__(self) -> None:
        super().__init__("namespace", None)
        self.entered: set[str] = set()

    def add(self, name: str, symbol: Symbol) -> None:
        self.entered.add(name)
        super().add(name, symbol)

    def bind(self, name: str, symbol: Symbol) -> None:
        self.entered.add(name)
        super().bind(name, symbol)


@lru_cache(maxsize=2)
def _prelude(fast_math: bool) -> _Prelude:
    header = prelude_header("cudawasm_prelude.h")
    defines = {**PREDEFINED, **({"__USE_FAST_MATH__": "1"} if fast_math else {})}
    preprocessor = Preprocessor(defines, ())
    tokens = preprocessor.run(header)
    match_brackets(tokens)
    sema = Sema()
    scope = _RecordingScope()
    sema.global_scope = scope
    parser = Parser(sema, Range(tokens, 0, len(tokens)), scope)
    declarations: list[tuple[int, int]] = []
    names: dict[str, list[int]] = {}
    while not parser.finished:
        start = parser.position
        scope.entered = set()
        Declarations(sema)._declaration(parser, None)
        for name in scope.entered | _specialised(tokens, start, parser.position):
            names.setdefault(name, []).append(len(declarations))
        declarations.append((start, parser.position))
    return _Prelude(tokens, preprocessor.macros, declarations, {n: tuple(p) for n, p in names.items()})


@lru_cache(maxsize=2)
def _image_tokens(fast_math: bool) -> list[Token]:
    preprocessor = Preprocessor({}, ())
    preprocessor.macros.update(_prelude(fast_math).macros)
    tokens = preprocessor.run(prelude_header("cudawasm_images.h"))
    match_brackets(tokens)
    return tokens


def _specialised(tokens: list[Token], start: int, end: int) -> set[str]:
    """The class template that a declaration specialises: it enters no name of its own."""
    for position in range(start, end - 2):
        keyword, name, angle = tokens[position : position + 3]
        if keyword.text in ("struct", "class") and name.kind == "id" and angle.text == "<":
            return {name.text}
        if keyword.text in ("{", "(", ";"):
            break
    return set()


def prelude_header(name: str) -> SourceFile:
    """A header that the prelude is made of."""
    header = shipped_header(name)
    assert header is not None
    return header


def prelude_macros(fast_math: bool) -> dict[str, Macro]:
    """Macros that are defined before a program's first line."""
    return dict(_prelude(fast_math).macros)


def enter_prelude(sema: Sema, fast_math: bool) -> None:
    """Make CUDA's own names visible in the global scope; a program's declarations hide or overload them."""
    prelude = _prelude(fast_math)
    scope = Scope("namespace", None)
    scope.unread = {**prelude.names, **dict.fromkeys(IMAGE_NAMES, ())}
    entered: set[int] = set()

    def load(into: Scope, numbers: tuple[int, ...]) -> None:
        if not numbers:
            for name in IMAGE_NAMES:
                into.unread.pop(name, None)
            tokens = _image_tokens(fast_math)
            sema.declarations.index(Range(tokens, 0, len(tokens)), into)
        for number in numbers:
            if number not in entered:
                entered.add(number)
                start, end = prelude.declarations[number]
                sema.declarations.index(Range(prelude.tokens, start, end), into)

    scope.load = load
    sema.global_scope.used.append(scope)
    _declare_launch_values(scope)


def _declare_launch_values(scope: Scope) -> None:
    """``threadIdx`` and its relatives: names that any other declaration may hide."""
    for name, kind, prefix in (
        ("threadIdx", "uint3", "thread_idx"), ("blockIdx", "uint3", "block_idx"),
        ("blockDim", "dim3", "block_dim"), ("gridDim", "dim3", "grid_dim"),
    ):  # fmt: skip
        symbol = scope.local(kind)[0]
        assert isinstance(symbol, TypeSymbol)
        ctype = symbol.get()
        parts = tuple(nodes.Special(f"{prefix}.{axis}", kir.U32) for axis in "xyz")  # type: ignore[arg-type]
        scope.bind(name, ValueSymbol(rvalue(ctype, nodes.Construct(cxx.kir_type(ctype), parts))))
    scope.bind("warpSize", ConstantSymbol(cxx.INT, nodes.Const(kir.I32, 32)))
