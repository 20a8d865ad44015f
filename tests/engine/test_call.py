"""Calls: allowed if all legs are, blockers of all legs in one order, and legs that may not be needed deny nothing."""

from dataclasses import replace

import pytest

from tests.laws.claims import RELATIONS, layer
from why403.domain.evidence import Evidence, Found, Unreadable
from why403.domain.facts import BUCKET_OWNER, OBJECT_OWNER, OWNERSHIP
from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE, TRUE, UNKNOWN
from why403.domain.verdict import Claim, Reach, Says, Words
from why403.engine.call import Decided, LegDecided
from why403.engine.decide import Engine, Ruled
from why403.engine.explain import brief, explained, told
from why403.engine.relation import Relation
from why403.engine.unread import Doubt
from why403.testing import a_request

GRANT = layer("own", (Claim(Says.GRANT, TRUE, Reach.ATTACHED),), 5)
LACK = layer("own", (Claim(Says.GRANT, FALSE, Reach.ATTACHED),), 5)
MAY = layer("own", (Claim(Says.GRANT, UNKNOWN, Reach.ATTACHED),), 5)
DENY = layer("deny", (Claim(Says.DENIAL, TRUE),), 3)
LIMIT = layer("limit", (Claim(Says.LIMIT, FALSE),), 4)
UNREAD = Doubt("moon", "`moon.phase` is given, and no loaded layer reads it", "moon:Look", grants=False)
COULD_GRANT = UNREAD._replace(grants=True)


def ruled(*layers: object) -> Ruled:
    return Engine(layers).rule(RELATIONS[Relation.SAME])  # type: ignore[arg-type]


def leg(*layers: object, needed: int = TRUE, key: str | None = None, doubts: tuple[Doubt, ...] = ()) -> LegDecided:
    return LegDecided(ruled=ruled(*layers), needed=needed, key=key, own_doubts=doubts)


def call(*legs: LegDecided) -> Decided:
    return Decided(legs=legs, asked="CopyObject on the moon")


ALLOWED, DENIED, OPEN = leg(GRANT), leg(LACK), leg(MAY)


@pytest.mark.parametrize(
    ("legs", "outcome"),
    [
        ([], TRUE),
        ([ALLOWED], TRUE),
        ([ALLOWED, ALLOWED], TRUE),
        ([ALLOWED, DENIED], FALSE),
        ([OPEN, DENIED], FALSE),
        ([ALLOWED, OPEN], UNKNOWN),
        # a leg that the call may not need
        ([leg(LACK, needed=UNKNOWN)], UNKNOWN),
        ([leg(GRANT, needed=UNKNOWN)], TRUE),
        ([leg(MAY, needed=UNKNOWN)], UNKNOWN),
        ([leg(LACK, needed=UNKNOWN), DENIED], FALSE),
        # a doubt that is no layer's
        ([leg(GRANT, doubts=(UNREAD,))], UNKNOWN),
        ([leg(LACK, doubts=(UNREAD,))], FALSE),
        ([leg(LACK, doubts=(COULD_GRANT,))], UNKNOWN),
        ([leg(GRANT, DENY, doubts=(COULD_GRANT,))], FALSE),
        ([leg(LACK, LIMIT, doubts=(COULD_GRANT,))], FALSE),
    ],
)
def test_a_call_is_allowed_if_all_its_legs_are(legs: list[LegDecided], outcome: int) -> None:
    assert call(*legs).outcome == outcome


def test_blockers_of_all_legs_share_one_order_with_ties_by_leg() -> None:
    first, second = leg(LACK, LIMIT), leg(LACK, DENY)
    found = [(each.leg is second, each.blamed.layer.name) for each in call(first, second).blockers]
    assert found == [(True, "deny"), (False, "limit"), (False, "own"), (True, "own")]
    assert call(ALLOWED).first is None


@pytest.mark.parametrize("doubtful", [leg(LACK, needed=UNKNOWN), leg(LACK, doubts=(COULD_GRANT,))])
def test_a_leg_that_is_not_denied_for_certain_blocks_nothing(doubtful: LegDecided) -> None:
    assert [each.leg for each in call(doubtful, DENIED).blockers] == [DENIED]
    assert call(doubtful).blockers == []


def test_a_permission_that_may_not_be_needed_is_a_doubt() -> None:
    told = explained(call(ALLOWED, leg(LACK, needed=UNKNOWN)))
    assert (told["decision"], told["layer"], told["blockers"]) == ("unknown", None, [])
    assert [doubt["layer"] for doubt in told["doubts"]] == ["own"]
    assert [each["decision"] for each in told["legs"]] == ["allowed", "unknown"]


def test_a_doubt_that_is_no_layer_s_is_told() -> None:
    told = explained(call(leg(GRANT, doubts=(UNREAD,))))
    assert told["doubts"] == [{"layer": "moon", "because": UNREAD.because, "needs": "moon:Look"}]


def test_a_doubt_after_a_read_names_the_call_and_the_account() -> None:
    doubt = UNREAD._replace(call="moon:Look", account="111122223333")
    told = explained(call(leg(GRANT, doubts=(doubt,))))
    assert told["doubts"][0].items() >= {"call": "moon:Look", "account": "111122223333"}.items()


def test_whose_a_bucket_is_may_have_been_asked_in_vain() -> None:
    seen = Unreadable("was refused", "s3:GetBucketAcl", call="s3:GetBucketAcl", account="111122223333")
    request = a_request(rest="unknown")
    request = request.given({}, Evidence({BUCKET_OWNER: seen}))
    told = explained(call(LegDecided(ruled=Engine((GRANT,)).rule(request))))
    assert told["doubts"] == [
        {
            "layer": None,
            "because": "it is not known whether the bucket is of the caller's account: was refused",
            "needs": "s3:GetBucketAcl",
            "call": "s3:GetBucketAcl",
            "account": "111122223333",
        }
    ]


def test_whose_an_object_is_may_hang_on_a_setting_that_could_not_be_read() -> None:
    seen = Unreadable("was refused", "s3:GetBucketOwnershipControls", call="s3:Get", account="111122223333")
    owners = {BUCKET_OWNER: Found("111122223333"), OBJECT_OWNER: Found("444455556666")}
    request = a_request(rest="unknown").given({}, Evidence({**owners, OWNERSHIP: seen}))
    (doubt,) = explained(call(LegDecided(ruled=Engine((GRANT,)).rule(request))))["doubts"]
    assert doubt["because"] == "it is not known whether the object is of the caller's account: was refused"
    assert (doubt["needs"], doubt["call"], doubt["account"]) == (seen.permission, seen.call, seen.account)


def test_each_leg_is_told_where_there_are_several() -> None:
    told = explained(call(ALLOWED, leg(LACK, DENY)))
    assert [(each["decision"], each["kind"], each["layer"]) for each in told["legs"]] == [
        ("allowed", None, None),
        ("denied", "explicit", "deny"),
    ]
    assert explained(call(DENIED))["legs"] == []


@pytest.mark.parametrize(
    ("keys", "partial"),
    [
        ({"a": DENIED, "b": ALLOWED}, True),
        ({"a": DENIED, "b": OPEN}, False),
        ({"a": DENIED, "b": DENIED}, False),
        ({"a": ALLOWED, "b": ALLOWED}, False),
        ({"a": ALLOWED, "b": OPEN}, False),
    ],
)
def test_a_call_on_several_keys_is_partly_denied_if_one_key_is_not(keys: dict[str, LegDecided], partial: bool) -> None:
    legs = [LegDecided(ruled=each.ruled, key=key) for key, each in keys.items()]
    assert call(*legs).partial is partial
    assert ("partial" in explained(call(*legs))) is partial


def test_a_key_is_denied_if_one_of_its_legs_is() -> None:
    legs = [leg(GRANT, key="a"), leg(LACK, key="a"), leg(LACK, key="b"), leg(GRANT, key="b")]
    assert not call(*legs).partial


def test_a_call_on_one_key_is_never_partly_denied() -> None:
    assert not call(ALLOWED, DENIED).partial


def test_every_layer_whose_allow_decided_is_named_once() -> None:
    other = layer("other", (Claim(Says.GRANT, TRUE, Reach.DIRECT),))
    useless = layer("useless", (Claim(Says.GRANT, TRUE, Reach.ACCOUNT),))
    assert call(leg(GRANT, useless), leg(GRANT, other)).granted_by == ["own", "other"]


def test_a_claim_is_put_into_words_once() -> None:
    asked = []

    def words(_request: object, _evidence: object, claim: Claim) -> Words:
        asked.append(claim)
        return Words(because="so it is")

    denied = leg(replace(DENY, words=words))
    found = explained(call(denied))
    assert found["blockers"][0]["because"] == told(denied, denied.blockers[0]).because == "so it is"
    assert asked == [denied.blockers[0].claim]


# --- one layer's word for all of a leg --------------------------------------------------------------------------------

KEY = "arn:aws:kms:eu-west-1:111122223333:key/k1"
TELLS = replace(layer("keys", (Claim(Says.LIMIT, TRUE),), 2), answers_for="kms")
SILENT = replace(TELLS, judge=lambda _request, _evidence: ())


def of_key(*layers: object) -> LegDecided:
    return LegDecided(ruled=Engine(layers).rule(a_request("kms:Decrypt", resource=KEY)))  # type: ignore[arg-type]


def test_what_is_said_of_a_key_is_told_as_the_word_of_the_layer_that_answers_for_it() -> None:
    answer = explained(call(ALLOWED, of_key(LACK, TELLS)))
    assert (answer["decision"], answer["kind"], answer["layer"]) == ("denied", "implicit", "keys")
    assert [(each["layer"], each["via"], each["action"]) for each in answer["blockers"]] == [
        ("keys", "own", "kms:Decrypt")
    ]
    assert [each["layer"] for each in answer["legs"]] == [None, "keys"]
    assert ("keys", "keys") in {(each["layer"], each.get("via")) for each in answer["passed"]}
    assert TELLS.title in answer["summary"]


def test_doubts_about_a_key_are_told_so_as_well() -> None:
    (doubt,) = explained(call(of_key(MAY, TELLS)))["doubts"]
    assert (doubt["layer"], doubt["via"]) == ("keys", "own")


def test_a_layer_that_says_nothing_of_a_leg_does_not_answer_for_it() -> None:
    (blocker,) = explained(call(of_key(LACK, SILENT)))["blockers"]
    assert blocker["layer"] == "own"
    assert "via" not in blocker


def test_a_layer_answers_for_its_own_service_only() -> None:
    (blocker,) = explained(call(leg(LACK, TELLS)))["blockers"]
    assert blocker["layer"] == "own"


def test_whatever_is_said_of_a_key_stands_behind_what_is_said_of_the_object() -> None:
    legs = of_key(DENY, LACK, TELLS), leg(LACK)
    told_of = [(each["layer"], each.get("via")) for each in explained(call(*legs))["blockers"]]
    assert told_of == [("own", None), ("keys", "deny"), ("keys", "own")]


def test_the_same_doubt_about_both_is_told_once() -> None:
    found = explained(call(OPEN, of_key(MAY, TELLS)))["doubts"]
    assert [(each["layer"], each.get("via")) for each in found] == [("own", None)]


def test_what_was_concluded_for_one_service_is_told_of_another_as_that_one_s() -> None:
    engine = Engine((LACK, replace(layer("key", (Claim(Says.DENIAL, FALSE),), 5), answers_for="kms")))
    asked = RELATIONS[Relation.SAME]
    parts = (asked.resource, asked.context.given, asked.context.rest, asked.evidence)
    of_key = AccessRequest(asked.principal, "kms:Decrypt", *parts)
    for request, told_by in ((asked, "own"), (of_key, "key"), (asked, "own")):
        answer = call(LegDecided(ruled=engine.rule(request)))
        assert brief(answer)["layer"] == told_by
        assert explained(answer)["layer"] == told_by
        assert brief(answer) is not brief(answer)
