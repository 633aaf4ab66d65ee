"""Overload resolution."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cudawasm.errors import CompileError
from cudawasm.frontend import conversions
from cudawasm.frontend import cxxtypes as cxx
from cudawasm.frontend.symbols import ClassInfo, FunctionDecl
from cudawasm.frontend.tokens import fail
from cudawasm.frontend.values import Value
from cudawasm.source import Span

if TYPE_CHECKING:
    from cudawasm.frontend.functions import Instance
    from cudawasm.frontend.sema import Sema


@dataclass(slots=True)
class Candidate:
    """A viable function with the ranks of its argument conversions (the object's first, if any).

    ``through`` has the conversion function that an argument goes through: only what one function converts to is
    told apart by the conversion that follows it.
    """

    instance: Instance
    ranks: tuple[int, ...]
    through: tuple[FunctionDecl | None, ...]

    @property
    def decl(self) -> FunctionDecl:
        return self.instance.decl


class Overloads:
    def __init__(self, sema: Sema) -> None:
        self.sema = sema

    def resolve(
        self,
        decls: Sequence[FunctionDecl],
        explicit: Sequence[Any] | None,
        this: Value | None,
        args: Sequence[Value],
        span: Span | None,
    ) -> Instance:
        """The best function for a call. Raises E0208 for none, E0209 for an ambiguous call."""
        candidates, reasons = self._viable(decls, explicit, this, args)
        if not candidates:
            self._no_match(decls, args, span, reasons)
        best = self._best(candidates, span)
        if best.decl.is_special == "delete":
            fail("E0208", f"'{best.decl.name}' is deleted", span)
        return best.instance

    def _best(self, candidates: Sequence[Candidate], span: Span | None) -> Candidate:
        """The candidate that is better than all others. Raises E0209 when there is none."""
        best = candidates[0]
        for other in candidates[1:]:
            if self._better(other, best):
                best = other
        rivals = [c for c in candidates if c is not best and not self._better(best, c)]
        rivals = [c for c in rivals if not self._same_entity(c, best)]
        if rivals:
            shown = "; ".join(self.sema.functions.spell(c.instance) for c in (best, *rivals[:2]))
            fail("E0209", f"the call of '{best.decl.name}' is ambiguous: {shown}", span)
        return best

    def try_resolve(self, decls: Sequence[FunctionDecl], this: Value | None, args: Sequence[Value]) -> Instance | None:
        """The best function, or None when no candidate is viable or none is best."""
        candidates, _ = self._viable(decls, None, this, args)
        if not candidates:
            return None
        best = candidates[0]
        for other in candidates[1:]:
            if self._better(other, best):
                best = other
        return best.instance

    def resolve_operator(
        self, members: Sequence[FunctionDecl], free: Sequence[FunctionDecl], operands: Sequence[Value],
        span: Span | None, takes_values: bool,
    ) -> Instance | None:  # fmt: skip
        """The best operator function among member and free candidates; None when none is viable.

        The built-in operator on numbers competes if it ``takes_values``: ``half + float`` is ambiguous, for it may
        as well be a sum of floats.
        """
        candidates, _ = self._viable(members, None, operands[0], operands[1:])
        others, _ = self._viable(free, None, None, operands)
        if not any(isinstance(value.type, cxx.ClassType) for value in operands if value.functions is None):
            others = [candidate for candidate in others if _takes_enumeration(candidate, operands)]
        candidates += others
        if not candidates:
            return None
        best = self._best(candidates, span)
        if best.decl.is_special == "delete":
            fail("E0208", f"'{best.decl.name}' is deleted", span)
        built_in = self._built_in_ranks(operands) if takes_values else None
        if built_in is None or not _worse_somewhere(best.ranks, built_in):
            return best.instance
        if not _worse_somewhere(built_in, best.ranks):
            return None
        shown = f"{self.sema.functions.spell(best.instance)}; the built-in {best.decl.name}"
        fail("E0209", f"the call of '{best.decl.name}' is ambiguous: {shown}", span)

    def resolve_assignment(
        self, info: ClassInfo, members: Sequence[FunctionDecl], operands: Sequence[Value], span: Span | None
    ) -> Instance | None:
        """The best ``operator=`` of a class; None when the implicit one, which copies, is as good or none is viable."""
        candidates, _ = self._viable(members, None, operands[0], operands[1:])
        if not candidates:
            return None
        best = self._best(candidates, span)
        own = cxx.ClassType(info)
        if not any(self._copies(m, own) for m in members):
            targets = (cxx.ReferenceTo(cxx.qualified(own, const=True)), cxx.ReferenceTo(own, rvalue=True))
            fits = [r for t in targets if (r := conversions.rank(self.sema, operands[1], t)) is not None]
            given = best.ranks[-1] + int(best.decl.template is not None)  # a template loses against a function
            if fits and min(fits) < given:
                return None
        if best.decl.is_special == "delete":
            fail("E0208", f"'{best.decl.name}' is deleted", span)
        return best.instance

    def _copies(self, decl: FunctionDecl, own: cxx.CType) -> bool:
        if decl.template is not None:
            return False
        params = self.sema.functions.signature(decl).params
        return len(params) == 1 and cxx.plain(params[0].ctype) == own

    def _built_in_ranks(self, operands: Sequence[Value]) -> list[int] | None:
        """How well two operands convert to numbers; None when one does not."""
        if len(operands) != 2:
            return None
        ranks: list[int] = []
        for value in operands:
            if value.functions is not None or value.elements is not None:
                return None
            have = value.type
            if isinstance(have, cxx.Arithmetic) or (isinstance(have, cxx.EnumType) and not have.info.scoped):
                ranks.append(conversions.EXACT)
            elif isinstance(have, cxx.ClassType) and conversions.converts_to_number(self.sema, have.info):
                ranks.append(conversions.USER)
            else:
                return None
        return ranks

    def _viable(
        self,
        decls: Sequence[FunctionDecl],
        explicit: Sequence[Any] | None,
        this: Value | None,
        args: Sequence[Value],
    ) -> tuple[list[Candidate], list[CompileError]]:
        candidates: list[Candidate] = []
        reasons: list[CompileError] = []
        for decl in dict.fromkeys(decls):
            if explicit is not None and decl.template is None:
                continue
            try:
                instance = self._instance(decl, explicit, args)
                ranks = None if instance is None else self._ranks(instance, this, args)
            except CompileError as error:
                if decl.template is None:
                    raise
                reasons.append(error)
                continue
            if instance is not None and ranks is not None:
                through = tuple(self._conversion_functions(instance, ranks, args))
                candidates.append(Candidate(instance, ranks, through))
        return candidates, reasons

    def _instance(self, decl: FunctionDecl, explicit: Sequence[Any] | None, args: Sequence[Value]) -> Instance | None:
        if decl.template is None:
            return self.sema.functions.plain_instance(decl)
        bindings = self.sema.templates.deduce(decl, explicit, args)
        return None if bindings is None else self.sema.functions.instance(decl, bindings)

    def _ranks(self, instance: Instance, this: Value | None, args: Sequence[Value]) -> tuple[int, ...] | None:
        signature = instance.signature
        params = signature.params
        if len(args) > len(params) and not signature.variadic:
            return None
        if any(p.default is None for p in params[len(args) :]):
            return None
        ranks: list[int] = []
        if this is not None:
            if instance.decl.is_static or instance.decl.owner is None:
                ranks.append(0)
            elif cxx.is_const(this.ctype) and not signature.const_this:
                return None
            else:
                ranks.append(int(signature.const_this and not cxx.is_const(this.ctype)))
        for position, value in enumerate(args):
            if position >= len(params):
                ranks.append(conversions.ELLIPSIS)
                continue
            fit = conversions.rank(self.sema, value, params[position].ctype)
            if fit is None:
                return None
            ranks.append(fit)
        return tuple(ranks)

    def _conversion_functions(
        self, instance: Instance, ranks: tuple[int, ...], args: Sequence[Value]
    ) -> Iterator[FunctionDecl | None]:
        """The conversion function of each rank that needs one."""
        yield from [None] * (len(ranks) - len(args))
        params = instance.signature.params
        for position, value in enumerate(args):
            user = ranks[position - len(args)] // conversions.PROMOTION == conversions.USER // conversions.PROMOTION
            if not user or value.elements is not None or position >= len(params):
                yield None
                continue
            found = conversions.user_conversion(self.sema, value, cxx.plain(params[position].ctype))
            yield found[1] if found is not None else None

    def single_argument_rank(self, constructor: FunctionDecl, value: Value) -> int | None:
        """How well a constructor takes this one argument, without further user conversions."""
        try:
            instance = self._instance(constructor, None, [value])
        except CompileError:
            return None
        if instance is None:
            return None
        params = instance.signature.params
        if not params or any(p.default is None for p in params[1:]):
            return None
        return conversions.rank(self.sema, value, params[0].ctype, nested=True)

    def _better(self, left: Candidate, right: Candidate) -> bool:
        pairs = _comparable(left, right)
        if any(a > b for a, b in pairs):
            return False
        if any(a < b for a, b in pairs):
            return True
        left_template, right_template = left.decl.template is not None, right.decl.template is not None
        if left_template != right_template:
            return right_template
        if left_template and right_template:
            return self._more_special(left.decl, right.decl) and not self._more_special(right.decl, left.decl)
        if left.decl.owner is not None and right.decl.owner is not None and left.decl.owner is not right.decl.owner:
            # A member hides what a using-declaration brings from a base.
            return left.decl.owner.derives_from(right.decl.owner) is not None and self._same_parameters(left, right)
        left_shipped, right_shipped = (c.decl.header.first.file.is_builtin for c in (left, right))
        if left_shipped != right_shipped:  # a program's own version of a CUDA function
            return right_shipped
        return left.decl.body is not None and right.decl.body is None and self._same_entity(left, right)

    def _more_special(self, left: FunctionDecl, right: FunctionDecl) -> bool:
        """Whether ``right``'s parameter patterns accept ``left``'s patterns."""
        lefts = [p.ctype for p in self.sema.functions.pattern_parameters(left)]
        rights = [p.ctype for p in self.sema.functions.pattern_parameters(right)]
        lefts = [cxx.unqualified(cxx.without_reference(p)) for p in lefts]
        rights = [cxx.unqualified(cxx.without_reference(p)) for p in rights]
        if any(isinstance(p, cxx.PackPattern) for p in rights) and not any(
            isinstance(p, cxx.PackPattern) for p in lefts
        ):
            return True
        return self.sema.templates.accepts(rights, lefts, right.template or ())

    def _same_entity(self, left: Candidate, right: Candidate) -> bool:
        """Two declarations of one function."""
        if (left.decl.template is None) != (right.decl.template is None):
            return False
        same_scope = left.decl.scope.enclosing_namespace() is right.decl.scope.enclosing_namespace()
        return same_scope and self._same_parameters(left, right)

    def _same_parameters(self, left: Candidate, right: Candidate) -> bool:
        ours = [cxx.decayed_parameter(p.ctype) for p in left.instance.signature.params]
        theirs = [cxx.decayed_parameter(p.ctype) for p in right.instance.signature.params]
        return ours == theirs

    def _no_match(
        self,
        decls: Sequence[FunctionDecl],
        args: Sequence[Value],
        span: Span | None,
        reasons: list[CompileError],
    ) -> None:
        name = decls[0].name if decls else "function"
        if len(decls) == 1 and reasons and reasons[0].diagnostics and decls[0].template is not None:
            raise reasons[0]
        given = ", ".join("{...}" if a.elements is not None else str(a.ctype) for a in args)
        known = [self.sema.functions.spell_decl(d) for d in list(decls)[:3]]
        hint = "candidates: " + "; ".join(known) if known else ""
        fail("E0208", f"no '{name.strip('<>')}' takes ({given})", span, hint)


def _comparable(left: Candidate, right: Candidate) -> list[tuple[int, int]]:
    """The ranks of two candidates in pairs; conversions through different functions count as equal."""
    pairs = zip(left.ranks, right.ranks, left.through, right.through, strict=False)
    return [(a, a if f is not g and f is not None and g is not None else b) for a, b, f, g in pairs]


def _takes_enumeration(candidate: Candidate, operands: Sequence[Value]) -> bool:
    """Whether an operator takes one of the operands as the enumeration that it is: C++ asks no other one."""
    return any(
        isinstance(value.type, cxx.EnumType) and rank <= conversions.QUALIFIED
        for value, rank in zip(operands, candidate.ranks, strict=False)
    )


def _worse_somewhere(ranks: Sequence[int], others: Sequence[int]) -> bool:
    """Whether an argument needs a worse kind of conversion; adding a const is none."""
    return any(a // conversions.PROMOTION > b // conversions.PROMOTION for a, b in zip(ranks, others, strict=True))
