"""What AWS would not store in the policy of a VPC endpoint although its grammar is right; it is judged as written.

AWS: "Control access to VPC endpoints using endpoint policies", considerations and principals for gateway endpoints.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

from why403.policy.compiled import Policies
from why403.policy.condition import Condition
from why403.policy.statement import Statement

# What AWS makes up itself: an account, an organization, a VPC, an endpoint.
_MADE_BY_AWS: Final = frozenset(
    {
        *("aws:principalaccount", "aws:principalorgid", "aws:resourceaccount", "aws:resourceorgid"),
        *("aws:sourceaccount", "aws:sourceorgid", "aws:sourcevpc", "aws:sourcevpce", "aws:vpceaccount"),
        *("aws:vpceorgid", "s3:resourceaccount", "s3express:resourceaccount"),
    }
)
_LIKE: Final = ("stringlike", "stringnotlike", "stringlikeifexists", "stringnotlikeifexists")
_LITERALS: Final = 6
_WILDCARD: Final = re.compile(r"(?<!\$\{)[*?]")
_ACCOUNT: Final = 4


def advise_endpoint(policies: Policies, *, gateway: bool) -> Iterator[tuple[str, str]]:
    """Yield pointer and message for each element of an endpoint's policy that AWS would not store."""
    for placed, statement in policies.statements():
        messages = [*_principal(statement, gateway=gateway), *_arns(statement.resources.entries)]
        for condition in statement.conditions:
            messages += _condition(condition)
        yield from ((placed.pointer + statement.pointer, message) for message in messages)


def _principal(statement: Statement, *, gateway: bool) -> Iterator[str]:
    principals = statement.principals
    if principals is None:
        return
    if principals.negated and statement.allow:
        yield "`NotPrincipal` is not supported with `Allow`"
    if gateway and not principals.names_account and (principals.negated or principals.names != {"*"}):
        yield "the principal of a gateway endpoint's policy is `*`; a condition on `aws:PrincipalArn` narrows it"


def _condition(condition: Condition) -> Iterator[str]:
    written = condition.operator.lower()
    wildcards = written.endswith(_LIKE) and any(map(_WILDCARD.search, condition.values))
    if condition.key in _MADE_BY_AWS and (wildcards or "numeric" in written):
        yield f"`{condition.key_as_written}` is made by AWS: no wildcards and no numeric operators go with it"
    elif wildcards and not all(map(_enough_literals, condition.values)):
        yield f"a wildcard of `{condition.key_as_written}` has fewer than {_LITERALS} characters before and behind it"
    if "arn" in written:
        yield from _arns(condition.values)


def _enough_literals(value: str) -> bool:
    """Return whether each wildcard has enough other characters right before or behind it."""
    runs = [len(run) for run in _WILDCARD.split(value)]
    return all(max(pair) >= _LITERALS for pair in pairwise(runs))


def _arns(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        parts = text.split(":", _ACCOUNT + 1)
        account = parts[_ACCOUNT] if len(parts) > _ACCOUNT + 1 else ""
        if len(account) > 1 and _WILDCARD.search(account):
            yield f"the account of `{text}` is an id or a wildcard, not both"
