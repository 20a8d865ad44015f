"""The conformance suite finds what it is there to find: each rule is broken once, and the sentence says how."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from why403 import (
    ACLS,
    CALLER_SIDE,
    FALSE,
    TRUE,
    UNKNOWN,
    AccessRequest,
    Applicability,
    Citation,
    Claim,
    Edit,
    Evidence,
    Fact,
    Fix,
    Found,
    Group,
    Layer,
    May,
    Place,
    Reach,
    Says,
    Unreadable,
    Verdict,
    Words,
    Write,
)
from why403.domain.facts import BUCKET_OWNER
from why403.policy import PolicyKind, denies_caller, one_policy, policies_of, unread
from why403.testing import a_request, check_fixes, check_layer

MOON: Fact[str] = Fact(name="moon.phase", load=str, permission="moon:Look")
TIDE: Fact[str] = Fact(name="moon.tide", load=str)


def judge(_request: AccessRequest, evidence: Evidence) -> Verdict:
    """Deny at full moon."""
    seen = evidence[MOON]
    if isinstance(seen, Unreadable):
        return (Claim(Says.DENIAL, UNKNOWN),)
    return (Claim(Says.DENIAL, TRUE if isinstance(seen, Found) and seen.value == "full" else FALSE),)


def words(_request: AccessRequest, evidence: Evidence, _claim: Claim) -> Words:
    """Say so."""
    seen = evidence[MOON]
    if isinstance(seen, Unreadable):
        return unread(seen)
    return Words(because="the moon decides", citations=(Citation(fact=MOON.name),))


GOOD = Layer(
    name="moon",
    title="the moon",
    reference="https://example.org/moon",
    may=frozenset({May.DENY}),
    place={Says.DENIAL: Place(Group.EXPLICIT_DENIES)},
    judge=judge,
    words=words,
    provides=(MOON,),
)
EXAMPLES = [a_request(facts={MOON: phase}) for phase in ("full", "new", None, {"unknown": True})]


def saying(*claims: Claim) -> Callable[[AccessRequest, Evidence], Verdict]:
    return lambda _request, _evidence: claims


def worded(text: str, *cites: str) -> Callable[[AccessRequest, Evidence, Claim], Words]:
    return lambda _request, _evidence, _claim: Words(
        because=text, citations=tuple(Citation(fact=each) for each in cites)
    )


def taking_unread_for_absent(_request: AccessRequest, evidence: Evidence) -> Verdict:
    seen = evidence[MOON]
    return (Claim(Says.DENIAL, TRUE if isinstance(seen, Found) and seen.value == "full" else FALSE),)


def sure_of_what_it_sees_alone(_request: AccessRequest, evidence: Evidence) -> Verdict:
    """Deny at full moon, also if the tide is not known although a low tide would help; in doubt if neither is known."""
    moon, tide = evidence[MOON], evidence[TIDE]
    if isinstance(moon, Unreadable):
        return (Claim(Says.DENIAL, UNKNOWN),)
    low = isinstance(tide, Found) and tide.value == "low"
    return (Claim(Says.DENIAL, TRUE if isinstance(moon, Found) and moon.value == "full" and not low else FALSE),)


def guessing_a_key(request: AccessRequest, _evidence: Evidence) -> Verdict:
    return (Claim(Says.DENIAL, TRUE if request.context["moon:phase"] == ("full",) else FALSE),)


def changing_facts(request: AccessRequest, evidence: Evidence) -> Verdict:
    evidence[MOON] = Found("full")
    return judge(request, evidence)


def inventing_facts(request: AccessRequest, evidence: Evidence) -> Verdict:
    evidence[TIDE] = Found("low")
    return judge(request, evidence)


def keeping_the_read_to_itself(_request: AccessRequest, evidence: Evidence, _claim: Claim) -> Words:
    seen = evidence[MOON]
    needs = seen.permission if isinstance(seen, Unreadable) else None
    return Words(because="the moon decides", citations=(Citation(fact=MOON.name),), needs=needs)


class Moody:
    """Say something else each time."""

    def __init__(self) -> None:
        self.times = count()

    def judge(self, _request: AccessRequest, _evidence: Evidence) -> Verdict:
        return (Claim(Says.DENIAL, UNKNOWN, about=next(self.times)),)

    def words(self, _request: AccessRequest, _evidence: Evidence, _claim: Claim) -> Words:
        return Words(because=f"for the {next(self.times)}th time", citations=(Citation(fact=MOON.name),))


def lists(_request: AccessRequest, _evidence: Evidence) -> Any:
    return [Claim(Says.DENIAL, UNKNOWN)]


ALLOW = Claim(Says.GRANT, TRUE, Reach.DIRECT)

NEW_MOON = Edit("moon.phase", "full", "new")
WAIT = Fix(
    summary="wait for the new moon",
    who="the caller",
    risk="none",
    applicability=Applicability.MANUAL,
    edits=(NEW_MOON,),
    steps=("wait",),
)
POLICY: Fact[Any] = Fact(name="moon.policy", load=one_policy(PolicyKind.RESOURCE), policies=policies_of)
HERE = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
TO_ALL = {**HERE, "Effect": "Allow"}
GUARDED = {"Statement": [HERE]}
WRITTEN = Write("moon", "PutPolicy", {"Policy": GUARDED}, "moon:PutPolicy", documents=("Policy",))


def judge_policy(request: AccessRequest, evidence: Evidence) -> Verdict:
    """Deny whoever the policy denies."""
    seen = evidence[POLICY]
    if not isinstance(seen, Found):
        return (Claim(Says.DENIAL, UNKNOWN if isinstance(seen, Unreadable) else FALSE),)
    return (Claim(Says.DENIAL, denies_caller(seen.value, request, FALSE)),)


def proposing(*fixes: Fix) -> Callable[[AccessRequest, Evidence, Claim], Iterable[Fix]]:
    return lambda _request, _evidence, _claim: fixes


GOOD_POLICY = replace(GOOD, judge=judge_policy, provides=(POLICY,))


def with_policy(after: Any, **changed: Any) -> Layer:
    """Return a layer that proposes to change a policy that denies everybody."""
    return replace(
        GOOD_POLICY, propose=proposing(replace(WAIT, edits=(Edit("moon.policy", GUARDED, after),), **changed))
    )


SPARED = {**HERE, "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:user/ana"}}}
MEANT = {**TO_ALL, "Condition": {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:user/ana"}}}
CHANGED = WRITTEN._replace(parameters={"Policy": {"Statement": [SPARED]}})
TIMES = count()

FIXES: dict[str, tuple[Layer, str]] = {
    "changes nothing": (
        replace(GOOD, propose=proposing(replace(WAIT, edits=(Edit("moon.phase", "full", "full"),)))),
        "edits `moon.phase` without changing it",
    ),
    "starts from something else": (
        replace(GOOD, propose=proposing(replace(WAIT, edits=(Edit("moon.phase", "half", "new"),)))),
        "edits `moon.phase` from something else than was found",
    ),
    "edits a stranger's fact": (
        replace(GOOD, propose=proposing(replace(WAIT, edits=(Edit("sun.spots", None, "none"),)))),
        "edits `sun.spots`, which is no fact that it reads",
    ),
    "leaves its claim": (
        replace(GOOD, judge=saying(Claim(Says.DENIAL, TRUE)), propose=proposing(WAIT)),
        "and its claim stands all the same",
    ),
    "speaks in sentences": (
        replace(GOOD, propose=proposing(replace(WAIT, risk="None."))),
        "proposes a fix with `None.` as its risk",
    ),
    "says who but not how": (
        replace(GOOD, propose=proposing(replace(WAIT, steps=()))),
        "names neither a call nor a step",
    ),
    "needs nobody, and makes no call": (
        replace(GOOD, propose=proposing(replace(WAIT, applicability=Applicability.SAFE))),
        "says that nobody's hands are needed to wait for the new moon, and names no call",
    ),
    "cannot be taken back": (
        with_policy(
            {"Statement": [SPARED]}, writes=(WRITTEN._replace(parameters={"Policy": {"Statement": [SPARED]}}),)
        ),
        "does not say how to take back",
    ),
    "writes something else": (
        with_policy({"Statement": [SPARED]}, writes=(WRITTEN,), undo=(WRITTEN,)),
        "writes a document that is none of those after the edit",
    ),
    "takes back something else": (
        with_policy(
            {"Statement": [SPARED]},
            writes=(CHANGED,),
            undo=(CHANGED,),
        ),
        "writes a document that is none of those before the edit",
    ),
    "removes a Deny": (with_policy({"Statement": []}), "and denies anonymous no longer"),
    "lets in anybody": (with_policy({"Statement": [SPARED, TO_ALL]}), "lets in anybody by"),
    "makes up a policy that is none": (with_policy({"Statement": [{}]}), "edits a fact into what it cannot be"),
    "changes its mind": (
        replace(GOOD, propose=lambda *_: [replace(WAIT, summary=f"wait {next(TIMES)} days")]),
        "proposes something else the second time",
    ),
}


@pytest.mark.parametrize(("layer", "sentence"), FIXES.values(), ids=FIXES)
def test_a_bad_fix_is_found_and_said(layer: Layer, sentence: str) -> None:
    with pytest.raises(AssertionError) as caught:
        check_fixes(layer, a_request(facts={MOON: "full", POLICY: GUARDED}))
    assert str(caught.value).startswith("the layer `moon` ")
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    "layer",
    [
        replace(GOOD, propose=proposing(WAIT)),
        with_policy({"Statement": [SPARED, MEANT]}),
        with_policy(
            {"Statement": [SPARED]},
            writes=(WRITTEN._replace(parameters={"Policy": json.dumps({"Statement": [SPARED]})}),),
            undo=(WRITTEN,),
            applicability=Applicability.REVIEW,
        ),
    ],
)
def test_a_good_fix_passes(layer: Layer) -> None:
    check_fixes(layer, a_request(facts={MOON: "full", POLICY: GUARDED}))


BROKEN: dict[str, tuple[Layer, str]] = {
    "no place for what it may say": (
        replace(GOOD, may=frozenset({May.DENY, May.LIMIT})),
        "may let through or hold back whatever is granted, and has no place for limit in a report",
    ),
    "says what it does not declare": (
        replace(GOOD, judge=saying(ALLOW)),
        "says grant of direct (true), which it does not declare",
    ),
    "reaches farther than it declares": (
        replace(
            GOOD,
            may=frozenset({May.CAP_RESOURCE}),
            place={Says.CAP: Place(Group.GRANTS)},
            judge=saying(Claim(Says.CAP, UNKNOWN, ACLS | CALLER_SIDE)),
        ),
        "says cap of attached and role and public ACL and account ACL (unknown), which it does not declare",
    ),
    "yields without a place for it": (
        replace(GOOD, judge=saying(Claim(Says.YIELDING_DENIAL, UNKNOWN))),
        "says yielding denial (unknown), which has no place in a report",
    ),
    "says neither true nor false": (
        replace(GOOD, judge=saying(Claim(Says.DENIAL, 3))),
        "which is no claim with a truth",
    ),
    "takes True for a truth": (
        replace(GOOD, judge=saying(Claim(Says.DENIAL, True))),
        "which is no claim with a truth",
    ),
    "grants in two ways at once": (
        replace(
            GOOD,
            may=frozenset({May.GRANT_RESOURCE}),
            place={Says.GRANT: Place(Group.GRANTS)},
            judge=saying(Claim(Says.GRANT, UNKNOWN, Reach.DIRECT | Reach.ROLE)),
        ),
        "says grant of direct and role (unknown), which it does not declare",
    ),
    "caps both sides at once": (
        replace(
            GOOD,
            may=frozenset({May.CAP_CALLER, May.CAP_RESOURCE}),
            place={Says.CAP: Place(Group.GRANTS)},
            judge=saying(Claim(Says.CAP, UNKNOWN, CALLER_SIDE | Reach.DIRECT)),
        ),
        "says cap of attached and direct and role (unknown), which it does not declare",
    ),
    "judges in a list": (replace(GOOD, judge=lists), "judges in something that is no tuple of claims"),
    "notes what cannot be hashed": (
        replace(GOOD, judge=saying(Claim(Says.DENIAL, UNKNOWN, about=[]))),
        "notes something on denial (unknown) that cannot be hashed",
    ),
    "judges in moods": (replace(GOOD, judge=Moody().judge), "judges the same request in two ways"),
    "words in moods": (replace(GOOD, words=Moody().words), "has two ways to word denial (true)"),
    "changes a fact": (replace(GOOD, judge=changing_facts), "changes the fact `moon.phase`"),
    "invents a fact": (replace(GOOD, judge=inventing_facts), "changes the fact `moon.tide`"),
    "has no words": (replace(GOOD, words=worded(" ")), "has no words for denial (true)"),
    "speaks in sentences": (
        replace(GOOD, words=worded("The moon decides.", "moon.phase")),
        "ends `The moon decides.` in a full stop",
    ),
    "cites what it does not read": (
        replace(GOOD, words=worded("so it is", "moon.phase", "sun.spots")),
        "cites `sun.spots` for denial (true), which is no fact that it reads",
    ),
    "does not cite what it rests on": (
        replace(GOOD, words=worded("so it is", "bucket.owner")),
        "says denial (true) because of `moon.phase`, and does not cite it",
    ),
    "names no read": (
        replace(GOOD, words=keeping_the_read_to_itself),
        "doubts denial (unknown) because `moon.phase` is refused, and names no read",
    ),
    "takes what is not known for absent": (
        replace(GOOD, judge=taking_unread_for_absent),
        "turns around when it knows less: while `moon.phase` is not known, a denial",
    ),
    "guesses a key": (
        replace(GOOD, judge=guessing_a_key, provides=()),
        "turns around when it knows less: while the key `moon:phase` is not known",
    ),
}


def test_a_good_layer_passes() -> None:
    check_layer(GOOD, EXAMPLES)


@pytest.mark.parametrize(("layer", "sentence"), BROKEN.values(), ids=BROKEN)
def test_a_broken_rule_is_found_and_said(layer: Layer, sentence: str) -> None:
    with pytest.raises(AssertionError) as caught:
        check_layer(layer, [*EXAMPLES, a_request(facts={MOON: "full"}, keys={"moon:phase": ("full",)})])
    assert str(caught.value).startswith("the layer `moon` ")
    assert sentence in str(caught.value)


def test_a_fact_beside_the_one_that_decides_is_hidden_too() -> None:
    layer = replace(GOOD, judge=sure_of_what_it_sees_alone, provides=(MOON, TIDE))
    with pytest.raises(AssertionError, match=r"while `moon\.tide` is not known"):
        check_layer(layer, [a_request(facts={MOON: "full", TIDE: "low"})])


def test_a_fact_whose_absence_says_something_is_not_hidden() -> None:
    layer = replace(GOOD, judge=sure_of_what_it_sees_alone, provides=(MOON, TIDE))
    check_layer(layer, [a_request(facts={MOON: "full", TIDE: "low"})], telling=[TIDE])


def test_what_is_certain_of_nothing_is_compared_with_all_examples() -> None:
    """Hiding each of two facts alone leaves it in doubt; only with both hidden it is sure, and wrong."""

    def blind(_request: AccessRequest, evidence: Evidence) -> Verdict:
        hidden = [isinstance(evidence[fact], Unreadable) for fact in (MOON, TIDE)]
        return (Claim(Says.DENIAL, FALSE if all(hidden) else UNKNOWN if any(hidden) else TRUE),)

    layer = replace(GOOD, judge=blind, provides=(MOON, TIDE))
    with pytest.raises(AssertionError, match=r"is certain that .* is false with nothing readable, but that depends"):
        check_layer(layer, [a_request(facts={MOON: "full", TIDE: "low"})])


def test_what_the_form_decides_may_be_certain() -> None:
    by_form = replace(GOOD, judge=saying(Claim(Says.DENIAL, TRUE)), words=worded("nobody may do this"), provides=())
    check_layer(by_form, [a_request(), a_request(rest="unknown")])


def test_without_an_example_nothing_is_checked() -> None:
    with pytest.raises(AssertionError, match="there is no example to check the layer `moon` on"):
        check_layer(GOOD, [])


def test_a_request_is_built_from_json_values() -> None:
    asked = a_request(
        "s3:PutObject",
        facts={BUCKET_OWNER: "111122223333", MOON: None},
        rest="unknown",
        keys={"aws:SourceIp": ["10.0.0.1"], "aws:Referer": None, "aws:UserAgent": []},
    )
    assert asked.bucket_owner == "111122223333"
    assert [type(asked.evidence[fact]).__name__ for fact in (BUCKET_OWNER, MOON, TIDE)] == [
        "Found",
        "Absent",
        "Unreadable",
    ]
    keys = ("aws:sourceip", "aws:referer", "aws:useragent", "aws:secureTransport")
    assert [asked.context[key] for key in keys] == [("10.0.0.1",), None, (), ()]


def test_a_resource_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="reports"):
        a_request(resource="reports/q3.csv")
