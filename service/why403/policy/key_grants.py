"""Grants of KMS keys: whom each names, as a policy would, for which actions, and in which encryption contexts.

AWS: "Grants in AWS KMS"; "CreateGrant" (AWS KMS API Reference), GrantConstraints.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from why403.domain.context import Values
from why403.domain.request import AccessRequest
from why403.domain.states import GRANTABLE, KeyGrant, key_grants
from why403.domain.truth import TRUE, UNKNOWN, Truth, truth_of
from why403.policy.principal import Principals
from why403.policy.ruling import NO_GRANTS, Grants

_NAMES: Final = "kms:encryptioncontextkeys"
_VALUE: Final = "kms:encryptioncontext:"
_WHOLE: Final = "EncryptionContextEquals"


class KeyGranted(NamedTuple):
    """One grant: its grantee as the principal of a policy would be, and the actions it is for, in lower case."""

    grant: KeyGrant
    grantee: Principals
    actions: frozenset[str]

    def reach(self, request: AccessRequest) -> Grants:
        """Return how far it reaches the caller.

        AWS does not say whether a boundary or session policy limits what a grant gives to a user or session, so that is
        certain only where they allow it as well.
        """
        if request.action_key not in self.actions:
            return NO_GRANTS
        constraints = self.grant.constraints.items()
        met = min((_holds(request, kind, pairs) for kind, pairs in constraints if pairs is not None), default=TRUE)
        direct, role, account = (min(truth, met) for truth in self.grantee.naming(request.caller))
        named = max(direct, role)
        return Grants(min(named, UNKNOWN), named, account)


def granted(value: object) -> tuple[KeyGranted, ...]:
    """Return grants from a list of `{"grantee", "operations", "constraints"}`."""
    return tuple(map(_granted, key_grants(value)))


def _granted(grant: KeyGrant) -> KeyGranted:
    kind = "AWS" if grant.grantee.startswith("arn:") else "Service"
    return KeyGranted(grant, Principals({kind: (grant.grantee,)}, negated=False), frozenset(_actions(grant.operations)))


def _actions(operations: Iterable[str]) -> Iterator[str]:
    return (f"kms:{name}".lower() for name in operations)


BY_GRANT: Final = frozenset(_actions(GRANTABLE))
"""The actions that a grant may be for."""


def reaches(grants: Iterable[KeyGranted], request: AccessRequest) -> Grants:
    """Return how far several grants together reach the caller."""
    found = [each.reach(request) for each in grants]
    return Grants(*map(max, zip(*found, strict=True))) if found else NO_GRANTS


def _holds(request: AccessRequest, kind: str, pairs: Mapping[str, str]) -> Truth:
    """Return whether the encryption context is, or holds, what a constraint asks for; names in any spelling."""
    truths = [_equal(request.context[_VALUE + name.lower()], value) for name, value in pairs.items()]
    if kind == _WHOLE:
        names = request.context[_NAMES]
        truths.append(UNKNOWN if names is None else truth_of(_lower(names) == _lower(pairs)))
    return min(truths, default=TRUE)


def _lower(names: Iterable[str]) -> set[str]:
    return {name.lower() for name in names}


def _equal(values: Values, expected: str) -> Truth:
    return UNKNOWN if values is None else truth_of(values == (expected,))
