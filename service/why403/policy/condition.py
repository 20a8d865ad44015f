"""One condition of a statement: a key, an operator, its values, and what missing and unknown keys make of it.

AWS: "Conditions with multiple context keys or values"; "Single-valued vs. multivalued context keys".
"""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Final

from why403.domain.context import MULTIVALUED, Context, Values
from why403.domain.readings import MET, RESOLVED, reads
from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth, truth_of
from why403.domain.untold import possible, there
from why403.domain.verdict import ConditionResult
from why403.policy.operator import NULL, OPERATORS, Family
from why403.policy.template import tokens, variables_in

_IF_EXISTS: Final = "ifexists"


class Quantifier(Enum):
    """The set operators; NONE compares a single value."""

    NONE = ""
    ALL = "forallvalues:"
    ANY = "foranyvalue:"


def parse_operator(name: str) -> tuple[Quantifier, str, bool] | None:
    """Return set operator, operator and whether it ends in IfExists; None if AWS has no such operator."""
    rest = name.lower()
    quantifier = Quantifier.NONE
    for candidate in (Quantifier.ALL, Quantifier.ANY):
        if rest.startswith(candidate.value):
            quantifier, rest = candidate, rest.removeprefix(candidate.value)
    if_exists = rest.endswith(_IF_EXISTS)
    rest = rest.removesuffix(_IF_EXISTS)
    if rest not in OPERATORS or (rest == NULL and (if_exists or quantifier is not Quantifier.NONE)):
        return None
    return quantifier, rest, if_exists


class Condition:
    """A compiled condition; `holds` is its truth in a context."""

    __slots__ = (
        "_absent",
        "_multivalued",
        "_negated",
        "_test",
        "_there",
        "_unknown",
        "family",
        "key",
        "key_as_written",
        "literals",
        "operator",
        "quantifier",
        "values",
        "variables",
    )

    def __init__(self, written: str, key: str, values: Sequence[str], *, variables: bool) -> None:
        """Compile a condition whose operator is known to exist."""
        parsed = parse_operator(written)
        if parsed is None:
            raise ValueError(written)
        self.quantifier, name, if_exists = parsed
        self.operator, self.key_as_written, self.key = written, key, key.lower()
        self.values = tuple(values)
        kind = OPERATORS[name]
        self.family, self._negated = kind.family, kind.negated
        self.variables = _variables(values) if variables and kind.family in _WITH_VARIABLES else frozenset[str]()
        self.literals = tuple(map(_literal, values)) if variables else self.values
        self._test, always = kind.compiled(values, variables)
        self._multivalued = self.key in MULTIVALUED
        if self.family is Family.NULL:
            self._absent, self._there = self._null("true"), self._null("false")
        else:
            self._absent = TRUE if if_exists else self._missing()
            self._there = self._present(always)
        self._unknown = self._there if self._there == self._absent else UNKNOWN

    def _null(self, expected: str) -> Truth:
        return truth_of(any(value.lower() == expected for value in self.values))

    def _missing(self) -> Truth:
        if self.quantifier is Quantifier.NONE:
            return TRUE if self._negated else FALSE
        return TRUE if self.quantifier is Quantifier.ALL else FALSE

    def _present(self, always: Truth) -> Truth:
        """Return what holds whenever the key is there, UNKNOWN if that depends on its values."""
        if self.quantifier is Quantifier.NONE and self._multivalued:
            return FALSE
        return self._signed(always)

    def _signed(self, truth: Truth) -> Truth:
        return 2 - truth if self._negated else truth

    @property
    def negated(self) -> bool:
        """Return whether the operator is the negation of another."""
        return self._negated

    @property
    def without(self) -> Truth:
        """Return whether the condition is met where the key is absent."""
        return self._absent

    def holds(self, context: Mapping[str, Values]) -> Truth:
        """Return whether the condition is met: UNKNOWN only where the values that are not known matter."""
        actual = context[self.key]
        if actual is None:
            return self._unknown if self._unknown != UNKNOWN else self._of_untold(context)
        if not actual:
            return self._absent
        if self.family is Family.NULL:
            return self._null("false")
        if self.quantifier is Quantifier.NONE:
            if self._multivalued or len(actual) > 1:
                return FALSE  # several values without a set operator match nothing
            truth = self._test(actual[0], context)
            return 2 - truth if self._negated else truth
        truths = [self._signed(self._test(value, context)) for value in actual]
        return min(truths) if self.quantifier is Quantifier.ALL else max(truths)

    def _of_untold(self, context: Mapping[str, Values]) -> Truth:
        """Return whether the condition is met where only so much is known of the key as that it is there."""
        if not isinstance(context, Context) or not there(context.request, self.key):
            return UNKNOWN
        if self._there != UNKNOWN or self.family is not Family.ORDER:
            return self._there
        truths = {self.holds({self.key: (value,)}) for value in possible(context.request, self.key)}
        return truths.pop() if len(truths) == 1 else UNKNOWN

    def result(self, context: Mapping[str, Values]) -> ConditionResult:
        """Return the condition with what it met, for an answer that is shown."""
        return ConditionResult(
            operator=self.operator,
            key=self.key_as_written,
            expected=self.values,
            actual=context[self.key],
            met=self.holds(context),
        )


class Disputed(Condition):
    """A condition of which AWS's pages say two things; which holds is a matter of the request's evidence."""

    __slots__ = ("_plain", "point")

    def __init__(self, written: str, key: str, values: Sequence[str], *, point: str, variables: bool) -> None:
        """Compile a condition, and what it is under the other reading."""
        super().__init__(written, key, values, variables=variables)
        self.point = point
        self._plain = Condition(written, key, values, variables=False)

    def holds(self, context: Mapping[str, Values]) -> Truth:
        """Return whether the condition is met, as its point is read."""
        if not isinstance(context, Context) or reads(context.request.evidence, self.point) in {MET, RESOLVED}:
            return super().holds(context)
        if self.point == "U8":
            return self._plain.holds(context)
        actual = context[self.key]
        return UNKNOWN if actual is None else super().holds(context) if actual else FALSE


def compiled(written: str, key: str, values: Sequence[str], *, variables: bool) -> Condition:
    """Return a condition whose operator is known to exist."""
    found = Condition(written, key, values, variables=variables)
    point = None
    if found.quantifier is Quantifier.ALL and found.negated and not written.lower().endswith(_IF_EXISTS):
        point = "U7"
    elif found.variables and written.lower().removesuffix(_IF_EXISTS).endswith("bool"):
        point = "U8"
    return found if point is None else Disputed(written, key, values, point=point, variables=variables)


_WITH_VARIABLES: Final = frozenset({Family.EXACT, Family.PATTERN})


def _variables(values: Sequence[str]) -> frozenset[str]:
    found = (variables_in(tokens(value, wildcards=True, variables=True)) for value in values)
    return frozenset[str]().union(*found)


def _literal(value: str) -> str:
    """Return the text that an exact comparison looks for: escapes stand for themselves."""
    return "".join(part for part in tokens(value, wildcards=False, variables=True) if isinstance(part, str))
