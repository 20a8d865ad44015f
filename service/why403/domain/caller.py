"""A principal as policies see it: who it is, whose session, and which canonical ids mean its account."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from why403.domain.evidence import Evidence, Found
from why403.domain.facts import CANONICAL_IDS
from why403.domain.principal import Principal
from why403.domain.remembered import LONGEST, characters


@dataclass(frozen=True, slots=True, eq=False)
class Caller:
    """A principal as policies see it; compared by identity, so that what a policy says of it is remembered.

    `issuer` is the ARN of the role or user behind a session: empty if there is none, None if it is not known.
    `canonical_ids` maps canonical ids to accounts as far as known. What policies say of a caller whose texts are too
    long is not remembered beyond its request. `by_account`: a policy that names the account means its callers, too.
    """

    principal: Principal
    issuer: str | None
    canonical_ids: Mapping[str, str]
    too_long: bool
    by_account: bool = True


_ROOT_ALONE: Final = "an account means its root user alone"


def caller_of(principal: Principal, issuer: str | None, evidence: Evidence) -> Caller:
    """Return the caller, the same for all that is asked by it on this evidence."""
    key = (principal, issuer)
    known: Caller | None = evidence.shared.get(key)
    if known is None:
        seen = evidence[CANONICAL_IDS]
        ids = seen.value if isinstance(seen, Found) else {}
        size = characters((principal.arn, issuer or "", *ids))
        known = Caller(principal, issuer, ids, too_long=size > LONGEST)
        if not known.too_long:
            evidence.share(key, known)
    return known


def not_by_account(caller: Caller, evidence: Evidence) -> Caller:
    """Return the same caller where a policy that names an account means nobody but its root user."""
    key = (caller.principal, caller.issuer, _ROOT_ALONE)
    known: Caller | None = evidence.shared.get(key)
    if known is None:
        known = replace(caller, by_account=False)
        if not known.too_long:
            evidence.share(key, known)
    return known
