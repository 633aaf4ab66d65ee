"""Scopes and what names stand for. Declarations are kept as token ranges and elaborated on demand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend.tokens import Token, fail
from cudawasm.ir import nodes
from cudawasm.ir import types as kir

if TYPE_CHECKING:
    from cudawasm.frontend.values import Value

ScopeKind = Literal["namespace", "class", "template", "block"]


@dataclass(slots=True)
class Range:
    """Tokens ``start`` to ``end`` (exclusive) of a token list."""

    tokens: list[Token]
    start: int
    end: int

    @property
    def first(self) -> Token:
        return self.tokens[self.start]


class Scope:
    """A region of names. Lookup goes outward through ``parent`` and through used namespaces and bases.

    ``unread`` lists declarations that ``load`` enters when one of their names is first looked up.
    """

    __slots__ = ("bases", "info", "kind", "load", "name", "names", "parent", "unread", "used")

    def __init__(self, kind: ScopeKind, parent: Scope | None, name: str = "") -> None:
        self.kind = kind
        self.parent = parent
        self.name = name
        self.names: dict[str, list[Symbol]] = {}
        self.used: list[Scope] = []
        self.bases: list[Scope] = []
        self.info: ClassInfo | None = None
        self.unread: dict[str, tuple[int, ...]] = {}
        self.load: Callable[[Scope, tuple[int, ...]], None] | None = None

    def add(self, name: str, symbol: Symbol) -> None:
        self.names.setdefault(name, []).append(symbol)

    def bind(self, name: str, symbol: Symbol) -> None:
        """Declare a name that hides, and is not overloaded with, any earlier one."""
        self.names[name] = [symbol]

    def local(self, name: str) -> list[Symbol]:
        """What the name means in this scope itself, its bases, and the namespaces that it uses."""
        if self.info is not None and not self.info.indexed:
            self.info.index()
        if name in self.unread and self.load is not None:
            self.load(self, self.unread.pop(name))
        found = self.names.get(name)
        if found:
            if self.used and any(isinstance(s, FunctionDecl) for s in found):
                return found + [s for u in self.used for s in u.local(name) if s not in found]
            return found
        for base in self.bases:
            if inherited := base.local(name):
                return inherited
        for used in self.used:
            if imported := used.local(name):
                return imported
        return []

    def lookup(self, name: str) -> list[Symbol]:
        """Unqualified lookup: the innermost scope that knows the name."""
        scope: Scope | None = self
        while scope is not None:
            if found := scope.local(name):
                return found
            scope = scope.parent
        return []

    def lookup_qualifier(self, name: str) -> list[Symbol]:
        """What a name before ``::`` means: variables and functions do not hide types and namespaces there."""
        for scope in self.outward():
            found = scope.local(name)
            if found and not isinstance(found[0], (ValueSymbol, VariableDecl, FunctionDecl, FieldInfo, CaptureSymbol)):
                return found
        return self.lookup(name)

    def outward(self) -> Iterator[Scope]:
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent

    def enclosing_class(self) -> ClassInfo | None:
        return next((s.info for s in self.outward() if s.info is not None), None)

    def enclosing_namespace(self) -> Scope:
        return next(s for s in self.outward() if s.kind == "namespace")

    def namespaces_of_prelude(self, name: str) -> list[Scope]:
        """What the prelude declares of an inner namespace: this one, or the prelude's that it goes on with, has it."""
        before = [used for used in self.used if used.name == self.name and used.outermost() is not self.outermost()]
        return [symbol.scope for used in before for symbol in used.local(name) if isinstance(symbol, NamespaceSymbol)]

    def outermost(self) -> Scope:
        return next(s for s in self.outward() if s.parent is None)


# --- symbols -------------------------------------------------------------------------------------


@dataclass(eq=False, slots=True)
class TypeSymbol:
    """A type name. ``resolve`` elaborates a typedef or alias when it is first used."""

    ctype: cxx.CType | None
    resolve: Callable[[], cxx.CType] | None = None

    def get(self) -> cxx.CType:
        if self.ctype is None:
            resolve, self.resolve = self.resolve, None
            if resolve is None:
                fail("E0203", "the type's definition needs the type itself", None)
            try:
                self.ctype = resolve()
            finally:
                self.resolve = resolve
        return self.ctype


@dataclass(eq=False, slots=True)
class TemplateParameter:
    """One parameter of a template. ``ctype_range`` spells a value parameter's type."""

    kind: Literal["type", "value", "template"]
    name: str
    pack: bool = False
    default: Range | None = None
    ctype_range: Range | None = None


@dataclass(eq=False, slots=True)
class Specialisation:
    """A partial or explicit specialisation of a class or variable template."""

    params: list[TemplateParameter]
    args: Range
    body: Any
    scope: Scope


@dataclass(eq=False, slots=True)
class ClassTemplate:
    name: str
    params: list[TemplateParameter]
    definition: ClassDefinition | None
    scope: Scope
    specialisations: list[Specialisation] = field(default_factory=list)
    instances: dict[tuple[Any, ...], ClassInfo] = field(default_factory=dict)
    members_outside: list[OutsideMember] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class AliasTemplate:
    name: str
    params: list[TemplateParameter]
    target: Range
    scope: Scope


@dataclass(eq=False, slots=True)
class VariableTemplate:
    name: str
    params: list[TemplateParameter]
    declaration: Range
    scope: Scope
    specialisations: list[Specialisation] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class OutsideMember:
    """A member function or static member defined outside its class."""

    name: str
    class_params: list[TemplateParameter]
    class_args: Range | None
    params: list[TemplateParameter] | None
    declaration: Range
    scope: Scope


@dataclass(eq=False, slots=True)
class NamespaceSymbol:
    scope: Scope


@dataclass(eq=False, slots=True)
class ConstantSymbol:
    """An enumerator or a bound value template parameter."""

    ctype: cxx.CType
    value: nodes.Const


@dataclass(frozen=True, slots=True)
class MemberArgument:
    """A pointer to a member as a template argument: the offset, or the number of a function."""

    ctype: cxx.CType
    value: nodes.Const
    name: str = field(compare=False)


@dataclass(eq=False, slots=True)
class PatternValue:
    """A value template parameter that is not known yet."""

    name: str


@dataclass(eq=False, slots=True)
class PatternTemplate:
    """A template template parameter that is not known yet."""

    name: str


@dataclass(eq=False, slots=True)
class PackSymbol:
    """A bound parameter pack; ``elements`` are symbols, one each. ``of_types`` tells what an empty one is."""

    elements: list[Symbol]
    of_types: bool = False


@dataclass(eq=False, slots=True)
class ValueSymbol:
    """A local variable, parameter, structured binding or special such as ``threadIdx``.

    ``declared`` is its declared type when that is a reference.
    """

    value: Value
    declared: cxx.CType | None = None


@dataclass(eq=False, slots=True)
class VariableDecl:
    """A variable at namespace or class scope. ``storage`` holds its specifier words."""

    name: str
    declaration: Range
    scope: Scope
    storage: frozenset[str]
    value: Value | None = None
    resolving: bool = False
    owner: ClassInfo | None = None
    template_scope: Scope | None = None


@dataclass(eq=False, slots=True)
class FunctionDecl:
    """A function, method, constructor or conversion operator, as a token range.

    ``header`` spans the declaration up to its body; ``name_at`` and ``params_at`` are the positions of its
    name and of the parameters' opening bracket; ``body`` the braces, with a constructor's
    initialisers before it in ``initialisers``. ``qualifiers`` are words such as ``__device__``.
    ``bound`` holds the template arguments of an explicit specialisation.
    """

    name: str
    header: Range
    name_at: int
    params_at: int
    body: Range | None
    scope: Scope
    qualifiers: frozenset[str]
    template: list[TemplateParameter] | None = None
    initialisers: Range | None = None
    owner: ClassInfo | None = None
    intrinsic: str = ""
    is_special: Literal["", "default", "delete"] = ""
    explicit_args: Range | None = None
    signature: Any = None
    instances: dict[tuple[Any, ...], Any] = field(default_factory=dict)

    @property
    def is_static(self) -> bool:
        return "static" in self.qualifiers

    @property
    def on_device(self) -> bool:
        return bool(self.qualifiers & {"__device__", "__global__", "constexpr", "consteval"})


@dataclass(eq=False, slots=True)
class EnumInfo:
    name: str
    underlying: cxx.Arithmetic
    scope: Scope
    scoped: bool


@dataclass(eq=False, slots=True)
class ClassDefinition:
    """Tokens of a class: its bases clause and its body, and words about it (union, alignment)."""

    key: Literal["struct", "class", "union"]
    bases: Range | None
    body: Range
    aligns: tuple[Range, ...] = ()
    words: frozenset[str] = frozenset()


@dataclass(slots=True)
class FieldInfo:
    """A data member; ``index`` is its KIR field. Bit-fields add their place in the storage unit."""

    name: str
    ctype: cxx.CType
    index: int
    bit_offset: int = -1
    bit_width: int = 0
    initialiser: Range | None = None
    mutable: bool = False


@dataclass(slots=True)
class IndirectField:
    """A member of an anonymous union or struct member: the fields on the way to it."""

    path: list[FieldInfo]


@dataclass(slots=True)
class CaptureSymbol:
    """A local variable that a lambda captured, as a field of its closure."""

    field: FieldInfo


Symbol = (
    CaptureSymbol | IndirectField | TypeSymbol | ClassTemplate | AliasTemplate | VariableTemplate
    | NamespaceSymbol | ConstantSymbol | PackSymbol | ValueSymbol | VariableDecl | FunctionDecl | FieldInfo
    | PatternValue | PatternTemplate
)  # fmt: skip


@dataclass(eq=False, slots=True)
class BaseInfo:
    ctype: cxx.ClassType
    index: int  # KIR field of the base subobject, or -1 for an empty base


class ClassInfo:
    """A class, instantiated if it comes from a template. Layout waits until the class must be complete."""

    def __init__(self, name: str, display: str, scope: Scope, definition: ClassDefinition | None) -> None:
        self.name = name
        self.display = display
        self.scope = Scope("class", scope, name)
        self.scope.info = self
        self.definition = definition
        self.template: ClassTemplate | None = None
        self.template_args: tuple[Any, ...] = ()
        self.indexed = definition is None
        self.completing = False
        self.laid_out: kir.Type | None = None
        self.fields: list[FieldInfo] = []
        self.field_ranges: list[Range] = []
        self.bases: list[BaseInfo] = []
        self.constructors: list[FunctionDecl] = []
        self.destructor: FunctionDecl | None = None
        self.members_outside: list[OutsideMember] = []
        self.indexer: Callable[[ClassInfo], None] | None = None
        self.layouter: Callable[[ClassInfo], None] | None = None
        self.closure: Any = None

    @property
    def is_union(self) -> bool:
        return self.definition is not None and self.definition.key == "union"

    @property
    def transparent(self) -> bool:
        """The class has the representation of its only field: half, bfloat16."""
        return self.definition is not None and "__cw_transparent" in self.definition.words

    @property
    def is_bound_by_host(self) -> bool:
        """Whether objects of the class are device variables that the host binds to memory: textures and surfaces."""
        return self.definition is not None and "__cw_bound_by_host" in self.definition.words

    def index(self) -> None:
        """Enter the members into the scope."""
        if self.indexed or self.indexer is None:
            return
        self.indexed = True
        self.indexer(self)

    def try_complete(self) -> bool:
        """Lay the class out if it is defined; False for a class that is only declared."""
        if self.laid_out is not None:
            return True
        if self.definition is None or self.layouter is None:
            return False
        self.index()
        self.layouter(self)
        return self.laid_out is not None

    def kir_type(self) -> kir.Type:
        if not self.try_complete():
            from cudawasm.frontend.tokens import fail

            fail("E0210", f"'{self.display}' is incomplete here", None)
        assert self.laid_out is not None
        return self.laid_out

    def all_fields(self) -> Iterator[FieldInfo]:
        self.try_complete()
        yield from self.fields

    def derives_from(self, other: ClassInfo) -> list[BaseInfo] | None:
        """The path of base subobjects from this class to ``other``; empty for itself, None if unrelated."""
        if self is other:
            return []
        self.try_complete()
        for base in self.bases:
            rest = base.ctype.info.derives_from(other)
            if rest is not None:
                return [base, *rest]
        return None
