"""The laws of the merge, on random claims, against a naive specification that tries every completion."""

from collections import Counter
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.laws import specification
from tests.laws.claims import BOTH_SIDES, RELATIONS, claims, layer, layers, relations, verdicts
from why403.domain.truth import FALSE, TRUE, UNKNOWN
from why403.domain.verdict import ACLS, CALLER_SIDE, REACHES, Claim, Reach, Says, Verdict
from why403.engine.call import Decided, LegDecided
from why403.engine.decide import Engine, Ruled
from why403.engine.explain import explained
from why403.engine.relation import Relation
from why403.engine.relation import relation as relation_of

TRUTHS = (FALSE, UNKNOWN, TRUE)
EXAMPLES = settings(max_examples=300)


def ruled(said: list[Verdict], relation: Relation) -> Ruled:
    """Return what the engine makes of verdicts, one layer each."""
    return Engine(tuple(layers(said))).rule(RELATIONS[relation])


def blamed(found: Ruled) -> set[tuple[str, int]]:
    """Return the blockers by layer and kind."""
    return {(blocker.layer.name, blocker.claim.says) for blocker in found.blockers}


def test_there_is_a_request_for_each_relation() -> None:
    assert {relation: relation_of(request) for relation, request in RELATIONS.items()} == {
        each: each for each in Relation
    }


@EXAMPLES
@given(verdicts, relations)
def test_a_certain_outcome_is_certain_under_every_completion_and_no_other_is(
    said: list[Verdict], relation: Relation
) -> None:
    flat = [claim for verdict in said for claim in verdict]
    assert ruled(said, relation).outcome == specification.outcome(flat, relation)


def test_every_grant_under_every_cap_comes_to_what_is_specified() -> None:
    caps = (CALLER_SIDE, Reach.DIRECT, Reach.ROLE, Reach.ACCOUNT, ACLS, Reach.DIRECT | Reach.ACCOUNT | ACLS)
    each = product(Relation, REACHES, TRUTHS, caps, TRUTHS, TRUTHS)
    for relation, reach, holds, cap, capped, attached in each:
        said = [
            Claim(Says.GRANT, holds, reach),
            Claim(Says.CAP, capped, cap),
            Claim(Says.GRANT, attached, Reach.ATTACHED),
        ]
        assert ruled([tuple(said)], relation).outcome == specification.outcome(said, relation), (relation, said)


def test_the_random_claims_come_to_every_outcome() -> None:
    seen = Counter[int]()

    @settings(max_examples=300, database=None, derandomize=True)
    @given(verdicts, relations)
    def count(said: list[Verdict], relation: Relation) -> None:
        seen[ruled(said, relation).outcome] += 1

    count()
    assert min(seen[FALSE], seen[UNKNOWN], seen[TRUE]) >= 10


@EXAMPLES
@given(verdicts, relations, st.sampled_from((Says.DENIAL, Says.YIELDING_DENIAL)))
def test_a_certain_denial_outweighs_everything(said: list[Verdict], relation: Relation, kind: int) -> None:
    assert ruled([*said, (Claim(kind, TRUE),)], relation).outcome == FALSE


@EXAMPLES
@given(verdicts, relations)
def test_a_certain_denial_is_named_unless_it_yields(said: list[Verdict], relation: Relation) -> None:
    found = ruled([*said, (Claim(Says.DENIAL, TRUE),)], relation)
    assert (f"layer-{len(said)}", Says.DENIAL) in blamed(found)


@pytest.mark.parametrize("relation", Relation)
def test_nothing_said_is_nothing_allowed(relation: Relation) -> None:
    assert ruled([], relation).outcome == FALSE


@EXAMPLES
@given(verdicts, relations)
def test_nothing_granted_is_nothing_allowed(said: list[Verdict], relation: Relation) -> None:
    silent = [tuple(claim for claim in verdict if claim.says != Says.GRANT) for verdict in said]
    assert ruled(silent, relation).outcome == FALSE


@EXAMPLES
@given(verdicts, relations, st.randoms(use_true_random=False))
def test_order_never_matters(said: list[Verdict], relation: Relation, rng: Random) -> None:
    built = layers([*said, *BOTH_SIDES])
    shuffled = rng.sample(built, len(built))
    first, second = (Engine(tuple(each)).rule(RELATIONS[relation]) for each in (built, shuffled))
    assert first.outcome == second.outcome
    assert blamed(first) == blamed(second)
    assert [each.layer.name for each in first.blockers[:1]] == [each.layer.name for each in second.blockers[:1]]


@EXAMPLES
@given(verdicts, relations)
def test_it_denies_if_and_only_if_there_is_a_blocker(said: list[Verdict], relation: Relation) -> None:
    found = ruled([*said, *BOTH_SIDES], relation)
    assert bool(found.blockers) is (found.outcome == FALSE)


@EXAMPLES
@given(verdicts, st.sampled_from((Relation.SAME, Relation.CROSS, Relation.OUTSIDE)))
def test_it_is_unknown_only_with_a_doubt_to_name(said: list[Verdict], relation: Relation) -> None:
    found = ruled([*said, *BOTH_SIDES], relation)
    assert bool(found.doubts) or found.outcome != UNKNOWN
    assert all(doubt.claim.holds == UNKNOWN for doubt in found.doubts)
    assert not (found.outcome == TRUE and found.doubts)


def test_that_nobody_knows_whose_the_bucket_is_is_a_doubt_to_name() -> None:
    found = ruled([(Claim(Says.GRANT, TRUE, Reach.ATTACHED),), *BOTH_SIDES], Relation.OPEN)
    told = explained(Decided(legs=[LegDecided(ruled=found)], asked="a call"))
    assert told["decision"] == "unknown"
    assert [doubt["needs"] for doubt in told["doubts"]] == ["s3:GetBucketAcl"]


@EXAMPLES
@given(verdicts, relations)
def test_every_blocker_fails(said: list[Verdict], relation: Relation) -> None:
    for _, claim in ruled([*said, *BOTH_SIDES], relation).blockers:
        assert claim.holds == (TRUE if claim.says <= Says.YIELDING_DENIAL else FALSE)


@EXAMPLES
@given(verdicts, relations)
def test_a_cap_is_named_only_if_it_voids_a_grant(said: list[Verdict], relation: Relation) -> None:
    granted = Reach.NONE
    for verdict in said:
        for claim in verdict:
            granted |= claim.reach if claim.says == Says.GRANT and claim.holds != FALSE else Reach.NONE
    for _, claim in ruled([*said, *BOTH_SIDES], relation).blockers:
        assert claim.says != Says.CAP or claim.reach & granted


@EXAMPLES
@given(verdicts, relations)
def test_with_all_blockers_and_caps_out_of_the_way_nothing_denies(said: list[Verdict], relation: Relation) -> None:
    everything = [*said, *BOTH_SIDES]
    blockers = {(each.layer.name, each.claim) for each in ruled(everything, relation).blockers}
    named = [(each.name, verdict) for each, verdict in zip(layers(everything), everything, strict=True)]
    lifted = [tuple(_lifted(name, claim, blockers) for claim in verdict) for name, verdict in named]
    assert ruled(lifted, relation).outcome != FALSE


def _lifted(name: str, claim: Claim, blockers: set[tuple[str, Claim]]) -> Claim:
    """Return a claim as it is once its layer is mended; one on the resource's side then names the caller."""
    if claim.says == Says.YIELDING_DENIAL:
        return claim._replace(holds=FALSE)
    if claim.says == Says.CAP:
        return claim._replace(holds=TRUE)
    if (name, claim) not in blockers:
        return claim
    if claim.says == Says.GRANT and claim.reach != Reach.ATTACHED:
        return Claim(Says.GRANT, TRUE, Reach.DIRECT)
    return claim._replace(holds=FALSE if claim.says == Says.DENIAL else TRUE)


@EXAMPLES
@given(verdicts, relations)
def test_a_grantor_is_one_without_whom_less_is_granted(said: list[Verdict], relation: Relation) -> None:
    found = ruled(said, relation)
    if found.outcome == TRUE:
        assert found.grantors
        kept = {each.name for each in found.grantors}
        alone = [
            verdict if f"layer-{number}" in kept else tuple(claim for claim in verdict if claim.says != Says.GRANT)
            for number, verdict in enumerate(said)
        ]
        assert ruled(alone, relation).outcome == TRUE


@EXAMPLES
@given(verdicts, relations, claims)
def test_learning_what_was_not_known_never_turns_an_outcome_around(
    said: list[Verdict], relation: Relation, claim: Claim
) -> None:
    before = ruled([*said, (claim._replace(holds=UNKNOWN),)], relation).outcome
    after = ruled([*said, (claim,)], relation).outcome
    assert before in {UNKNOWN, after}


def test_the_caller_s_own_policies_stand_first_at_home() -> None:
    early = layer("other", (Claim(Says.GRANT, FALSE, Reach.DIRECT),), 0)
    late = layer("own", (Claim(Says.GRANT, FALSE, Reach.ATTACHED),), 999)
    found = Engine((early, late)).rule(RELATIONS[Relation.SAME])
    assert [each.layer.name for each in found.blockers] == ["own"]
