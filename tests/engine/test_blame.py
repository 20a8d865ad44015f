"""Blame: blockers stand in the contract's order, and only what really stands in the way is one."""

from itertools import combinations
from random import Random
from typing import Any

import pytest

from tests.cases import answer, services
from tests.laws.claims import RELATIONS, layer
from why403.domain.truth import FALSE, TRUE, UNKNOWN
from why403.domain.verdict import CALLER_SIDE, KINDS, Claim, Reach, Says
from why403.engine.blame import Blamed
from why403.engine.decide import Engine
from why403.engine.relation import Relation
from why403.layer import Layer

# The contract's list, as far as there are layers; a layer says each kind in one group only. What is said of a key
# stands in the same order within the group of keys.
ORDER = (
    ("authentication", Says.REQUIREMENT),
    ("request_payment", Says.REQUIREMENT),
    ("access_point", Says.REQUIREMENT),
    ("scp", Says.DENIAL),
    ("bucket_policy", Says.DENIAL),
    ("kms", Says.DENIAL),
    ("access_point", Says.DENIAL),
    ("block_public_access", Says.DENIAL),
    ("identity", Says.DENIAL),
    ("permissions_boundary", Says.DENIAL),
    ("session_policy", Says.DENIAL),
    ("scp", Says.LIMIT),
    ("block_public_access", Says.CAP),
    ("ownership", Says.CAP),
    ("access_point", Says.GRANT),
    ("acl", Says.GRANT),
    ("bucket_policy", Says.GRANT),
    ("kms", Says.LIMIT),
    ("kms", Says.GRANT),
    ("identity", Says.GRANT),
    ("permissions_boundary", Says.CAP),
    ("session_policy", Says.CAP),
    ("ownership", Says.REQUIREMENT),
    ("kms", Says.REQUIREMENT),
    ("object_state", Says.REQUIREMENT),
)
# One of two gates stands for the other's grants where its own would.
GATES = ("access_point", "bucket_policy")
LOADED = {each.name: each for each in services().registry.layers}
GRANT, ATTACHED = Says.GRANT, Reach.ATTACHED


def placed(name: str, kind: int) -> Blamed:
    """Return a claim of a loaded layer."""
    reach = Reach.ATTACHED if name == "identity" and kind == Says.GRANT else Reach.NONE
    return Blamed(LOADED[name], Claim(kind, FALSE, reach))


def test_blockers_stand_in_the_contract_s_order() -> None:
    everyone = [placed(*each) for each in ORDER]
    shuffled = Random(403).sample(everyone, len(everyone))
    assert sorted(shuffled, key=lambda each: each.place(at_home=False)) == everyone


def test_no_two_of_them_share_a_place() -> None:
    places = [placed(*each).place(at_home=False) for each in ORDER]
    assert len(set(places)) == len(places)


def test_a_restricted_bucket_stands_where_block_public_access_denies() -> None:
    first, second = (placed("block_public_access", kind) for kind in (Says.DENIAL, Says.YIELDING_DENIAL))
    assert first.place(at_home=False) == second.place(at_home=False)


def test_at_home_identity_stands_first_of_the_missing_grants() -> None:
    grants = [placed(*each) for each in ORDER[ORDER.index(("scp", Says.LIMIT)) :]]
    names = [each.layer.name for each in sorted(grants, key=lambda each: each.place(at_home=True))]
    assert names[:3] == ["scp", "identity", "block_public_access"]


def test_the_order_covers_whatever_our_layers_may_say() -> None:
    listed = {name for name, _ in ORDER}  # what the contract does not list stands last in its group
    places = {(each.name, kind) for each in LOADED.values() for kind in each.place if each.name in listed}
    sayable = {place for place in places if place[1] != Says.YIELDING_DENIAL}
    assert sayable - set(ORDER) == {("bucket_policy", Says.REQUIREMENT), *((gate, Says.CAP) for gate in GATES)}


@pytest.mark.parametrize("gate", GATES)
def test_a_gate_that_lets_no_other_grant_count_stands_where_its_own_is_missing(gate: str) -> None:
    lacking, holding = (placed(gate, kind) for kind in (Says.GRANT, Says.CAP))
    assert lacking.place(at_home=False) == holding.place(at_home=False)


# --- what is a blocker ------------------------------------------------------------------------------------------------

BOUNDARY = layer("boundary", (Claim(Says.CAP, FALSE, CALLER_SIDE),), 6)
SESSION = layer("session", (Claim(Says.CAP, FALSE, CALLER_SIDE),), 7)
GATE = layer("gate", (Claim(Says.CAP, FALSE, Reach.PUBLIC_ACL),), 1)
ROLE_GATE = layer("gate", (Claim(Says.CAP, FALSE, Reach.ROLE),), 1)
BOTH_GATES = layer("gate", (Claim(Says.CAP, FALSE, Reach.DIRECT | Reach.ROLE | Reach.ACCOUNT),), 1)
DELEGATION_GATE = layer("gate", (Claim(Says.CAP, FALSE, Reach.ACCOUNT),), 1)
PERHAPS = layer("perhaps", (Claim(GRANT, UNKNOWN, Reach.ACCOUNT_ACL),), 3)
YIELDING = layer("yielding", (Claim(Says.YIELDING_DENIAL, TRUE),), 5)


def own(truth: int) -> Layer:
    return layer("own", (Claim(GRANT, truth, ATTACHED),), 5)


def named(truth: int, reach: int = Reach.DIRECT) -> Layer:
    return layer("named", (Claim(GRANT, truth, reach),), 4)


CASES: dict[str, tuple[Relation, list[Layer], list[str]]] = {
    # --- same account -------------------------------------------------------------------------------------------------
    "no allow anywhere is the caller's to mend": (Relation.SAME, [named(FALSE), own(FALSE)], ["own"]),
    "an account's delegation alone is too": (Relation.SAME, [named(TRUE, Reach.ACCOUNT), own(FALSE)], ["own"]),
    "a boundary that voids a grant": (Relation.SAME, [own(TRUE), BOUNDARY, named(FALSE)], ["boundary"]),
    "boundary and session policy that void a grant": (
        Relation.SAME,
        [own(TRUE), SESSION, BOUNDARY, named(FALSE)],
        ["boundary", "session"],
    ),
    "a boundary that voids a grant to the role": (
        Relation.SAME,
        [own(FALSE), BOUNDARY, named(TRUE, Reach.ROLE)],
        ["boundary"],
    ),
    "a boundary that voids nothing": (Relation.SAME, [own(FALSE), BOUNDARY, named(FALSE)], ["own"]),
    "a boundary that voids what a gate voids as well": (
        Relation.SAME,
        [own(FALSE), BOUNDARY, ROLE_GATE, named(TRUE, Reach.ROLE)],
        ["own", "gate"],
    ),
    "a boundary that voids what the gate lets through": (
        Relation.SAME,
        [own(FALSE), BOUNDARY, DELEGATION_GATE, named(TRUE, Reach.ROLE)],
        ["boundary"],
    ),
    "a grant that a second gate lacks": (Relation.SAME, [own(FALSE), named(TRUE), BOTH_GATES], ["own", "gate"]),
    "a public grant that is ignored": (
        Relation.SAME,
        [own(FALSE), GATE, named(TRUE, Reach.PUBLIC_ACL)],
        ["own", "gate"],
    ),
    # --- across accounts ----------------------------------------------------------------------------------------------
    "each side that lacks an allow": (Relation.CROSS, [named(FALSE), own(FALSE)], ["named", "own"]),
    "only the caller's": (Relation.CROSS, [named(TRUE, Reach.ACCOUNT), own(FALSE)], ["own"]),
    "only the resource's": (Relation.CROSS, [named(FALSE), own(TRUE)], ["named"]),
    "a boundary beside the resource's": (Relation.CROSS, [named(FALSE), own(TRUE), BOUNDARY], ["named", "boundary"]),
    "a boundary does not void the resource's side": (Relation.CROSS, [named(TRUE), own(TRUE), BOUNDARY], ["boundary"]),
    "a grant that a second gate lacks, across accounts": (
        Relation.CROSS,
        [named(TRUE, Reach.ACCOUNT), own(TRUE), BOTH_GATES],
        ["gate"],
    ),
    "an ignored public grant": (
        Relation.CROSS,
        [named(TRUE, Reach.PUBLIC_ACL), own(TRUE), GATE],
        ["gate"],
    ),
    "nothing of a side that may grant": (Relation.CROSS, [named(FALSE), own(FALSE), PERHAPS], ["own"]),
    # --- outside ------------------------------------------------------------------------------------------------------
    "the public lacks a grant by name": (Relation.OUTSIDE, [named(FALSE)], ["named"]),
    "an ignored grant to the public": (Relation.OUTSIDE, [named(TRUE, Reach.PUBLIC_ACL), GATE], ["gate"]),
    "what voids a delegation voids nothing of theirs": (
        Relation.OUTSIDE,
        [named(TRUE, Reach.ACCOUNT), DELEGATION_GATE, layer("lacking", (Claim(GRANT, FALSE, Reach.DIRECT),), 5)],
        ["lacking"],
    ),
    # --- owner not known ----------------------------------------------------------------------------------------------
    "each place where a grant is missing in either relation": (
        Relation.OPEN,
        [named(FALSE), own(FALSE)],
        ["own", "named"],
    ),
    # --- denials that yield -------------------------------------------------------------------------------------------
    "a yielding denial alone is named": (Relation.SAME, [own(TRUE), YIELDING], ["yielding"]),
    "it yields to a missing allow": (Relation.SAME, [own(FALSE), YIELDING], ["own"]),
    "it yields to a limit": (
        Relation.SAME,
        [own(TRUE), YIELDING, layer("limit", (Claim(Says.LIMIT, FALSE),))],
        ["limit"],
    ),
    "it yields to a denial": (Relation.SAME, [own(TRUE), YIELDING, layer("no", (Claim(Says.DENIAL, TRUE),))], ["no"]),
    "it does not yield to a requirement": (
        Relation.SAME,
        [own(TRUE), YIELDING, layer("state", (Claim(Says.REQUIREMENT, FALSE),))],
        ["yielding", "state"],
    ),
    "it does not yield to a doubt": (
        Relation.SAME,
        [own(TRUE), YIELDING, layer("perhaps", (Claim(Says.DENIAL, UNKNOWN),))],
        ["yielding"],
    ),
    # --- not certain --------------------------------------------------------------------------------------------------
    "nothing certain, no blocker": (Relation.SAME, [own(UNKNOWN), named(FALSE)], []),
    "a cap that voids what may be granted": (Relation.SAME, [own(UNKNOWN), BOUNDARY, named(FALSE)], ["boundary"]),
    "nothing of the caller's, and a cap on what may be granted to the role": (
        Relation.SAME,
        [own(FALSE), BOUNDARY, named(UNKNOWN, Reach.ROLE)],
        ["own", "boundary"],
    ),
    "a place that may grant is not where a grant is missing for certain": (
        Relation.CROSS,
        [
            own(TRUE),
            layer("point", (Claim(GRANT, FALSE, Reach.DIRECT), Claim(GRANT, UNKNOWN, Reach.ROLE)), 1),
            layer("named", (Claim(GRANT, FALSE, Reach.DIRECT), Claim(Says.CAP, FALSE, Reach.DIRECT | Reach.ROLE)), 4),
        ],
        ["named"],
    ),
}


@pytest.mark.parametrize(("relation", "layers", "names"), CASES.values(), ids=CASES)
def test_who_is_to_blame(relation: Relation, layers: list[Layer], names: list[str]) -> None:
    found = Engine(tuple(layers)).rule(RELATIONS[relation])
    assert [each.layer.name for each in found.blockers] == names


@pytest.mark.parametrize("kinds", list(combinations((Says.DENIAL, Says.LIMIT, Says.REQUIREMENT), 2)))
def test_every_blocker_is_named(kinds: tuple[int, ...]) -> None:
    failing = [layer(KINDS[kind], (Claim(kind, TRUE if kind == Says.DENIAL else FALSE),)) for kind in kinds]
    found = Engine((own(TRUE), *failing)).rule(RELATIONS[Relation.SAME])
    assert [each.layer.name for each in found.blockers] == [KINDS[kind] for kind in kinds]


def test_the_first_of_several_places_on_the_resource_s_side_is_named() -> None:
    early, late = (
        layer(name, (Claim(GRANT, FALSE, Reach.DIRECT),), rank) for rank, name in enumerate(("early", "late"))
    )
    found = Engine((late, early)).rule(RELATIONS[Relation.OUTSIDE])
    assert [each.layer.name for each in found.blockers] == ["early"]


def test_an_answer_names_its_first_blocker() -> None:
    deny: dict[str, Any] = {"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}
    everywhere = {
        "organization.scps": [[deny]],
        "principal.policies": [deny],
        "principal.boundary": deny,
        "bucket.policy": {"Statement": {**deny["Statement"], "Principal": "*"}},
    }
    found = answer(
        {
            "principal": "arn:aws:iam::111122223333:user/ana",
            "action": "s3:GetObject",
            "resource": "arn:aws:s3:::reports/q3.csv",
            "evidence": everywhere,
            "evidence_is_complete": True,
        }
    )
    names = [(blocker["layer"], blocker["kind"]) for blocker in found["blockers"]]
    assert (found["layer"], found["kind"]) == names[0] == ("scp", "explicit")
    assert names[1:4] == [(name, "explicit") for name in ("bucket_policy", "identity", "permissions_boundary")]
