"""What a merge must come to, said naively: two truth values, every clause by itself, every completion tried."""

from collections.abc import Iterator, Sequence
from itertools import product

from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth
from why403.domain.verdict import Claim, Reach, Says
from why403.engine.relation import Relation

NAMED = {Reach.DIRECT, Reach.ROLE, Reach.PUBLIC_ACL}
DELEGATED = {Reach.ACCOUNT, Reach.ACCOUNT_ACL}


def outcome(claims: Sequence[Claim], relation: Relation) -> Truth:
    """Return what all completions agree on, UNKNOWN if they do not."""
    found = set[bool]()
    for each in completions(claims):
        found.update(allowed(each, between) for between in relations(relation))
        if len(found) > 1:
            return UNKNOWN
    return TRUE if found == {True} else FALSE


def completions(claims: Sequence[Claim]) -> Iterator[list[Claim]]:
    """Yield the claims with every combination of truths in place of what is not known."""
    for truths in product(*((FALSE, TRUE) if claim.holds == UNKNOWN else (claim.holds,) for claim in claims)):
        yield [claim._replace(holds=truth) for claim, truth in zip(claims, truths, strict=True)]


def relations(relation: Relation) -> tuple[Relation, ...]:
    """Return the relations that it may turn out to be."""
    return (Relation.SAME, Relation.CROSS) if relation is Relation.OPEN else (relation,)


def allowed(claims: Sequence[Claim], relation: Relation) -> bool:
    """Return whether every clause holds: each denial, limit and requirement one of its own, and one for the grant."""
    clauses = [_clause(claim) for claim in claims if claim.says not in {Says.GRANT, Says.CAP}]
    return all(clauses) and granted(claims, relation)


def _clause(claim: Claim) -> bool:
    if claim.says in {Says.DENIAL, Says.YIELDING_DENIAL}:
        return claim.holds == FALSE
    return claim.holds == TRUE


def granted(claims: Sequence[Claim], relation: Relation) -> bool:
    """Return whether what is granted suffices for the relation."""
    attached = any(_counts(claim, claims) for claim in claims if claim.reach == Reach.ATTACHED)
    if relation is Relation.CROSS:
        return attached and any(
            _counts(claim, claims, of_caller=False) for claim in claims if claim.reach in NAMED | DELEGATED
        )
    named = any(_counts(claim, claims) for claim in claims if claim.reach in NAMED)
    if relation is Relation.SAME:
        return attached or named
    return named or any(_counts(claim, claims) for claim in claims if claim.reach == Reach.ACCOUNT_ACL)


def _counts(grant: Claim, claims: Sequence[Claim], *, of_caller: bool = True) -> bool:
    """Return whether a grant holds as far as its caps do; across accounts the caller's weigh on its own side only."""
    if grant.says != Says.GRANT or grant.holds != TRUE:
        return False
    caps = [claim for claim in claims if claim.says == Says.CAP and claim.reach & grant.reach]
    return all(cap.holds == TRUE for cap in caps if of_caller or not cap.reach & Reach.ATTACHED)
