"""Random layers that say random things of a request in each relation of accounts."""

from collections.abc import Iterable, Sequence

from hypothesis import strategies as st

from why403.domain.evidence import Evidence
from why403.domain.facts import BUCKET_OWNER
from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE, TRUE, UNKNOWN
from why403.domain.verdict import CALLER_SIDE, KINDS, REACHES, Claim, Reach, Says, Verdict, Words
from why403.engine.relation import Relation
from why403.layer import Group, Layer, May, Place
from why403.testing import a_request

HOME, AWAY = "111122223333", "444455556666"
RELATIONS: dict[Relation, AccessRequest] = {
    Relation.SAME: a_request("s3:PutObject", facts={BUCKET_OWNER: HOME}),
    Relation.CROSS: a_request("s3:PutObject", facts={BUCKET_OWNER: AWAY}),
    Relation.OUTSIDE: a_request("s3:PutObject", principal="anonymous", facts={BUCKET_OWNER: HOME}),
    Relation.OPEN: a_request("s3:PutObject", facts={BUCKET_OWNER: {"unknown": True}}),
}

relations = st.sampled_from(list(Relation))
_OTHERS = (Reach.DIRECT, Reach.ROLE, Reach.ACCOUNT, Reach.PUBLIC_ACL, Reach.ACCOUNT_ACL)
_CAPS = st.one_of(st.just(CALLER_SIDE), st.sets(st.sampled_from(_OTHERS), min_size=1).map(sum))
_REACH = {Says.GRANT: st.sampled_from(list(REACHES)), Says.CAP: _CAPS}
_parts = st.sampled_from(list(KINDS)).flatmap(
    lambda says: st.tuples(st.just(says), st.sampled_from((FALSE, UNKNOWN, TRUE)), _REACH.get(says, st.just(0)))
)
claims = _parts.map(lambda parts: Claim(*parts))
# Hardly ever would all of a dozen claims let a request pass; letting most of them hold keeps the outcomes balanced.
mild = claims.map(
    lambda claim: claim if claim.says in {Says.GRANT, Says.CAP} or claim.holds == UNKNOWN else _harmless(claim)
)
grants = st.sampled_from((Reach.ATTACHED, Reach.DIRECT)).map(lambda reach: Claim(Says.GRANT, TRUE, reach))
verdicts = st.lists(st.lists(st.one_of(claims, mild, mild, mild, grants), max_size=3).map(tuple), max_size=4)


def _harmless(claim: Claim) -> Claim:
    return claim._replace(holds=FALSE if claim.says <= Says.YIELDING_DENIAL else TRUE)


def declared(verdict: Iterable[Claim]) -> frozenset[May]:
    """Return what a layer must declare to say this."""
    return frozenset(_may(claim) for claim in verdict)


def _may(claim: Claim) -> May:
    match claim.says:
        case Says.GRANT:
            return May.GRANT_ATTACHED if claim.reach == Reach.ATTACHED else May.GRANT_RESOURCE
        case Says.CAP:
            return May.CAP_CALLER if claim.reach & Reach.ATTACHED else May.CAP_RESOURCE
        case Says.LIMIT:
            return May.LIMIT
        case Says.REQUIREMENT:
            return May.REQUIRE
    return May.DENY


def words(_request: AccessRequest, _evidence: Evidence, claim: Claim) -> Words:
    """Put a claim into words that mean nothing."""
    return Words(because=f"a claim of {KINDS[claim.says]}")


def layer(name: str, verdict: Verdict, rank: int = 1000) -> Layer:
    """Return a layer that always says the same."""
    places = {
        Says.DENIAL: Place(Group.EXPLICIT_DENIES, rank),
        Says.YIELDING_DENIAL: Place(Group.EXPLICIT_DENIES, rank),
        Says.LIMIT: Place(Group.FILTERS, rank),
        Says.CAP: Place(Group.GRANTS, rank),
        Says.GRANT: Place(Group.GRANTS, rank),
        Says.REQUIREMENT: Place(Group.LAST_REQUIREMENTS, rank),
    }
    return Layer(
        name=name,
        title=name,
        reference="https://example.org",
        may=declared(verdict),
        place=places,
        judge=lambda _request, _evidence: verdict,
        words=words,
    )


def layers(said: Sequence[Verdict]) -> list[Layer]:
    """Return a layer for each verdict, each with a rank of its own."""
    return [layer(f"layer-{number}", verdict, number) for number, verdict in enumerate(said)]


# The two layers that always say whether they grant, as identity and bucket policy do: a missing allow has its place.
BOTH_SIDES: tuple[Verdict, ...] = (
    (Claim(Says.GRANT, FALSE, Reach.ATTACHED),),
    (Claim(Says.GRANT, FALSE, Reach.DIRECT),),
)
