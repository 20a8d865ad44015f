"""What a possible cause is: when, how common, what it means, what would tell, what mends it.

Weights are points out of a hundred for a refusal about which nothing else is known; they order causes and are no
probabilities. `wants` are features that must all be there, `bars` features that rule the cause out; `rests_on` names
the facts that tell whether it is so, where a layer has several such rules. Sources: AWS, "Troubleshoot access denied
(403 Forbidden) errors in Amazon S3" and "Error responses"; public reports of such errors.
"""

from typing import Final, NamedTuple

ELSEWHERE: Final = frozenset({"not-aws"})
"""Bars of every cause that does not want it: it was not AWS that answered."""


class Possible(NamedTuple):
    """One cause; texts may hold `{action}` and the other words of a `Situation`, for what is known of it."""

    layer: str
    kind: str
    weight: int
    because: str
    what: str
    command: str
    fix: str
    applicability: str
    wants: frozenset[str] = frozenset()
    bars: frozenset[str] = frozenset()
    missing_action: str | None = None
    rests_on: frozenset[str] = frozenset()

    def fits(self, features: frozenset[str], own: frozenset[str] = frozenset()) -> bool:
        """Return whether what is known asks for this row, and does not bar it; what refuses has `own` features.

        Of another's server only the rows tell that are about such.
        """
        barred = (self.bars | ELSEWHERE) - self.wants
        return self.wants <= features | own and not barred & features


ANY_SERVICE: Final = frozenset({"authentication-code", "state-code", "kms-code", "missing-code"})
"""Bars of causes that may be another service's, too."""
NO_POLICY: Final = ANY_SERVICE | {"other-service"}
NOT_THERE: Final = NO_POLICY | {"creates-bucket", "asks-for-key", "asks-another"}


def possible(  # noqa: PLR0913 - a row of the table
    layer: str,
    kind: str,
    weight: int,
    because: str,
    check: tuple[str, str],
    fix: str,
    applicability: str = "review",
    *,
    wants: str = "",
    bars: frozenset[str] = NO_POLICY,
    missing_action: str | None = None,
    rests_on: str = "",
) -> Possible:
    """Return a row of the table; `wants` are features and `rests_on` facts, as words of one text each."""
    needed, facts = frozenset(wants.split()), frozenset(rests_on.split())
    return Possible(
        layer, kind, weight, because, *check, fix, applicability, needed, bars - needed, missing_action, facts
    )
