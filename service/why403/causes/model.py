"""What a possible cause is: when, how common, what it means, what would tell, what mends it.

Weights are points out of a hundred for a refusal about which nothing else is known; they order causes and are no
probabilities. `wants` are features that must all be there, `bars` features that rule the cause out. Sources: AWS,
"Troubleshoot access denied (403 Forbidden) errors in Amazon S3" and "Error responses"; public reports of such errors.
"""

from typing import Final, NamedTuple


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


NO_POLICY: Final = frozenset({"authentication-code", "state-code", "kms-code", "missing-code"})
NOT_THERE: Final = NO_POLICY | {"creates-bucket"}


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
) -> Possible:
    """Return a row of the table; `wants` are features as words of one text, `check` what to ask and the command."""
    needed = frozenset(wants.split())
    return Possible(layer, kind, weight, because, *check, fix, applicability, needed, bars - needed, missing_action)
