"""Statements that let in anybody, limited to the callers of one account, so that no policy is public; pure.

AWS: "Blocking public access to your Amazon S3 storage", "The meaning of public".
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

from why403.policy.compiled import Policies
from why403.policy.editing import Document, statement_at
from why403.policy.public import public_statements

_KEY: Final = "aws:PrincipalAccount"
_OPERATORS: Final = ("StringEquals", "StringEqualsIgnoreCase", "StringLike")


def limited_to(document: Document, policies: Policies, account: str, *, of_access_point: bool = False) -> Document:
    """Return a document whose public statements hold for one account's callers only; Sids and order stay.

    Another condition only takes away: who is not of the account is let in no more, and nobody is who was not before.
    """
    made = deepcopy(document)
    for statement in public_statements(policies, of_access_point=of_access_point):
        conditions: dict[str, Any] = statement_at(made, statement.index).setdefault("Condition", {})
        operator = next((each for each in _OPERATORS if not _tests(conditions, each)), None)
        if operator is not None:
            conditions.setdefault(_spelt(conditions, operator), {})[_KEY] = account
    return made


def _tests(conditions: Mapping[str, Any], operator: str) -> bool:
    """Return whether an operator has values for the key already: more of them would let in more."""
    return _KEY.lower() in {name.lower() for name in conditions.get(_spelt(conditions, operator), ())}


def _spelt(conditions: Mapping[str, Any], operator: str) -> str:
    return next((each for each in conditions if each.lower() == operator.lower()), operator)
