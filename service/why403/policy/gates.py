"""Two policies that must both let a request in, as an access point's and its bucket's must: what each says of it.

Each grants what it lets in and caps what the other grants, so that together they come to the lesser of the two. A
grant that names the caller counts as one that names its role or its account as well.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from why403.domain.evidence import Fact
from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth
from why403.domain.verdict import Claim, Reach, Says, Verdict, Words
from why403.policy.compiled import Policies
from why403.policy.naming import naming
from why403.policy.ruling import Grants, citing, grants


def downwards(granted: Grants) -> Grants:
    """Return how far a policy lets in where a nearer grant counts as any farther one."""
    direct, role, account = granted
    return Grants(direct, max(direct, role), max(direct, role, account))


@lru_cache(maxsize=1024)
def gate(granted: Grants, about: object = None) -> Verdict:
    """Return the claims of one of two policies: how far it grants, and how far it lets the other one's grants count."""
    direct, role, account = downwards(granted)
    caps = {Reach.DIRECT: direct, Reach.ROLE: role, Reach.ACCOUNT: account}
    return (*granting(granted), *capping(caps, about))


def granting(granted: Grants) -> Verdict:
    """Return the grants of one of two policies; that it does not name the caller is said in any case."""
    direct, role, account = downwards(granted)
    found = [Claim(Says.GRANT, direct, Reach.DIRECT)]
    if role:
        found.append(Claim(Says.GRANT, role, Reach.ROLE))
    if account:
        found.append(Claim(Says.GRANT, account, Reach.ACCOUNT))
    return tuple(found)


def capping(caps: Mapping[int, Truth], about: object = None) -> Verdict:
    """Return the caps that do not hold for certain, one for each truth."""
    found = []
    for truth in (FALSE, UNKNOWN):
        reaches = sum(reach for reach, holds in caps.items() if holds == truth)
        if reaches:
            found.append(Claim(Says.CAP, truth, reaches, about))
    return tuple(found)


def gate_words(  # noqa: PLR0913 - what is said, of what, for whom
    fact: Fact[Any], policies: Policies, request: AccessRequest, claim: Claim, what: str, bounded: Truth = FALSE
) -> Words:
    """Return the words of one of two policies; one that trusts too little, only role or account, says so."""
    if claim.says == Says.CAP and claim.holds == FALSE:
        granted = grants(policies, request)
        if max(granted) == TRUE:
            whom = "role" if granted.role == TRUE else "account"
            cited = citing(fact, policies, request, TRUE, allow=True)
            because = f"{what} lets in only by the caller's {whom}, which is not enough here"
            return Words(because=because, citations=tuple(each.citation for each in cited))
    return naming(fact, policies, request, claim, what, bounded)
