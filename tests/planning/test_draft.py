"""Drafts: what the edits of fixes make of evidence and request, and changes of one thing taken together."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from tests.planning.doors import MANUAL, REVIEW, SAFE
from why403.domain.fix import Applicability, Edit, Fix, Write
from why403.domain.truth import TRUE
from why403.planning.draft import Answered, Draft, Step, together
from why403.planning.search import Searched, _least

KEYED = frozenset({"object.lock"})
OF_BUCKET = frozenset({"bucket.policy"})


def write(operation: str = "PutBucketPolicy", *, policy: Any = 1, bucket: str = "reports") -> Write:
    parameters = {"Bucket": bucket, "Policy": policy}
    return Write("s3", operation, parameters, f"s3:{operation}", documents=("Policy",))


def step(
    fact: str = "bucket.policy",
    before: Any = 0,
    after: Any = 1,
    *,
    summary: str = "allow it",
    grade: Applicability = REVIEW,
    writes: tuple[Write, ...] = (write(),),
    undo: tuple[Write, ...] = (write(policy=0),),
    layer: str = "bucket_policy",
    **more: Any,
) -> Step:
    edits = (Edit(fact, before, after),) if fact else ()
    made = Fix(summary=summary, who="owner", risk="", applicability=grade, edits=edits, writes=writes, undo=undo)
    return Step(layer, made, (Answered(layer, 0, None, "s3:GetObject", summary, ""),), **more)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([], {}),
        ([step()], {"bucket.policy": 1}),
        ([step(), step(after=2)], {"bucket.policy": 2}),
        ([step(prefix="source.", own=OF_BUCKET)], {"source.bucket.policy": 1}),
        # a copy's source has the same caller
        ([step("principal.policies", prefix="source.", own=OF_BUCKET)], {"principal.policies": 1}),
        ([step("object.lock", key="a/b", own=KEYED)], {"objects": {"a/b": {"object.lock": 1}}}),
        (
            [step("object.lock", key="a", own=KEYED), step("object.lock", after=2, key="b", own=KEYED)],
            {"objects": {"a": {"object.lock": 1}, "b": {"object.lock": 2}}},
        ),
        # what is the bucket's holds for every key
        ([step(key="a", own=KEYED)], {"bucket.policy": 1}),
    ],
)
def test_edits_make_facts(steps: list[Step], expected: dict[str, Any]) -> None:
    assert Draft(tuple(steps)).evidence() == expected


def test_what_is_sent_otherwise_is_laid_over_the_request() -> None:
    payer = Fix(summary="pay", who="caller", risk="", applicability=SAFE, call={"RequestPayer": "requester"})
    no_acl = Fix(summary="no ACL", who="caller", risk="", applicability=SAFE, call={"ACL": None}, request={"time": "t"})
    draft = Draft((Step("request_payment", payer), Step("ownership", no_acl)))
    given = {"operation": "PutObject", "parameters": {"ACL": "private", "StorageClass": "STANDARD"}}
    assert draft.request(given) == {
        "operation": "PutObject",
        "time": "t",
        "parameters": {"ACL": None, "StorageClass": "STANDARD", "RequestPayer": "requester"},
    }
    assert given["parameters"] == {"ACL": "private", "StorageClass": "STANDARD"}


@pytest.mark.parametrize("given", [{}, {"context": None}, {"context": {"AWS:securetransport": "false", "aws:x": 1}}])
def test_keys_that_are_otherwise_are_laid_over_the_context_whatever_their_case(given: dict[str, Any]) -> None:
    tls = Fix(
        summary="TLS", who="caller", risk="", applicability=MANUAL, request={"context": {"aws:SecureTransport": "true"}}
    )
    header = Fix(summary="header", who="caller", risk="", applicability=MANUAL, request={"context": {"s3:y": []}})
    draft = Draft((Step("bucket_policy", tls), Step("identity", header)))
    kept = {"aws:x": 1} if given.get("context") else {}
    assert draft.request(given) == {"context": {**kept, "aws:SecureTransport": "true", "s3:y": []}}


def test_what_is_made_by_hand_answers_its_claims() -> None:
    hands = step("", writes=(), undo=(), grade=MANUAL)
    assert hands.by_hand
    assert Draft((step(), hands)).by_hand == frozenset(hands.answers)


def test_two_changes_of_one_policy_are_one() -> None:
    first = step(before=0, after=1, summary="allow reading")
    second = step(
        before=1, after=2, summary="allow listing", grade=MANUAL, writes=(write(policy=2),), undo=(write(policy=1),)
    )
    (found,) = together(Draft((first, second))).steps
    assert found.fix.summary == "allow reading; allow listing"
    assert found.fix.edits == (Edit("bucket.policy", 0, 2),)
    assert found.fix.writes == (write(policy=2),)
    assert found.fix.undo == (write(policy=0),)
    assert found.fix.applicability is MANUAL
    assert found.answers == (*first.answers, *second.answers)


def test_what_several_layers_write_in_one_policy_is_one_call_that_is_taken_back_once() -> None:
    others = write("PutUserPolicy", bucket="b")
    first = step("principal.policies", layer="identity", writes=(write(), others))
    second = step("principal.boundary", "x", "y", layer="permissions_boundary", writes=(write(policy=2),))
    edits = (*second.fix.edits, Edit("principal.policies", 1, 2))
    second = second._replace(fix=replace(second.fix, edits=edits, who="another"))
    (found,) = together(Draft((first, second))).steps
    assert found.fix.who == "owner; another"
    assert found.fix.edits == (Edit("principal.policies", 0, 2), Edit("principal.boundary", "x", "y"))
    assert found.fix.writes == (write(policy=2), others)
    assert found.fix.undo == (write(policy=0),)


@pytest.mark.parametrize(
    ("risks", "expected"),
    [
        (("none", "some"), "some"),
        (("some", "none beside this call"), "some"),
        (("some", "more"), "some; more"),
        (("none", "none"), "none"),
    ],
)
def test_what_one_change_does_not_risk_is_not_said_beside_what_another_does(
    risks: tuple[str, str], expected: str
) -> None:
    first, second = step(), step(before=1, after=2, writes=(write(policy=2),))
    steps = tuple(
        each._replace(fix=replace(each.fix, risk=risk)) for each, risk in zip((first, second), risks, strict=True)
    )
    assert [each.fix.risk for each in together(Draft(steps)).steps] == [expected]


OTHER = step("principal.policies", layer="identity", writes=(write("PutUserPolicy"),))


@pytest.mark.parametrize(
    ("steps", "number"),
    [
        ((step(), step(before=1, after=2, writes=(write(policy=2),))), 1),
        # something else is changed in between
        ((step(), OTHER, step(before=1, after=2, writes=(write(policy=2),))), 2),
        ((step(), step(before=1, after=2, writes=(write(bucket="other"),))), 2),
        ((step(), step(before=1, after=2, writes=(write("PutBucketAcl"),))), 2),
        ((step(), step(before=1, after=2, writes=())), 2),
        # of a policy whose call is not known
        ((step(writes=()), step(before=1, after=2, writes=())), 1),
        ((step("", writes=()), step(), step("", writes=())), 2),
        # two layers that live in one policy
        ((step(), step(before=1, after=2, layer="identity", writes=(write(policy=2),))), 1),
        ((step(), step("bucket.acl", layer="acl", writes=(write("PutBucketAcl"),))), 2),
        # another policy of the same fact was changed in between: what it changed is part of what came after
        (
            (
                step("principal.policies", writes=(write("PutUserPolicy", bucket="a"),)),
                step("principal.policies", 1, 2, writes=(write("PutUserPolicy", bucket="b"),)),
                step("principal.policies", 2, 3, writes=(write("PutUserPolicy", bucket="a"),)),
            ),
            1,
        ),
        ((step("object.lock", key="a", own=KEYED), step("object.lock", 1, 2, key="a", own=KEYED)), 2),
        # what is not the object's, for several objects of one call
        ((step(key="a", own=KEYED), step(before=1, after=2, key="b", own=KEYED, writes=(write(policy=2),))), 1),
    ],
)
def test_only_changes_of_one_thing_are_taken_together(steps: tuple[Step, ...], number: int) -> None:
    found = together(Draft(steps))
    assert len(found.steps) == number
    assert found.evidence() == Draft(steps).evidence()


OF_SOURCE = step("bucket.policy", before={"a": 0}, after={"a": 1}, prefix="source.", own=OF_BUCKET)
OF_TARGET = step("bucket.policy", before={"a": 0}, after={"a": 2}, writes=(write(policy=2),))


@pytest.mark.parametrize(("first", "second"), [(OF_SOURCE, OF_TARGET), (OF_TARGET, OF_SOURCE)])
def test_a_document_that_two_facts_hold_changes_under_both_names(first: Step, second: Step) -> None:
    begun = Draft((first,))
    linked = begun.then(second)
    assert linked.steps == (first,)
    (held,) = {edit.after["a"] for edit in first.edits()}
    assert linked.evidence() == {"bucket.policy": {"a": held}, "source.bucket.policy": {"a": held}}
    anew = second._replace(fix=replace(second.fix, edits=(Edit("bucket.policy", {"a": held}, {"a": 3}),)))
    whole = linked.then(anew)
    assert whole.steps == (first, anew)
    assert whole.evidence() == {"bucket.policy": {"a": 3}, "source.bucket.policy": {"a": 3}}
    (one,) = together(whole).steps
    assert {edit.fact: (edit.before, edit.after) for edit in one.edits()} == {
        "bucket.policy": ({"a": 0}, {"a": 3}),
        "source.bucket.policy": ({"a": 0}, {"a": 3}),
    }
    assert together(whole).evidence() == whole.evidence()
    assert (one.fix.writes, one.fix.undo) == (anew.fix.writes, first.fix.undo)


def test_documents_that_are_written_elsewhere_are_two() -> None:
    other = step("bucket.policy", before={"a": 0}, after={"a": 2}, writes=(write(bucket="other"),))
    assert Draft((OF_SOURCE,)).then(other).steps == (OF_SOURCE, other)


def test_facts_that_do_not_agree_are_left_as_they_are() -> None:
    """Whoever gives evidence may give two versions of one policy: the search goes on all the same."""
    other = step("bucket.policy", before={"a": 9}, after={"a": 10}, writes=(write(policy=2),))
    linked = Draft((OF_SOURCE,)).then(other)
    assert linked.evidence() == {"bucket.policy": {"a": 9}, "source.bucket.policy": {"a": 1}}
    assert linked.then(other).steps == (OF_SOURCE, other)


def test_a_fix_on_which_a_later_one_builds_under_the_other_name_is_not_left_out() -> None:
    """Whatever is decided: the later write takes what the first one has written for what is there."""
    anew = OF_TARGET._replace(fix=replace(OF_TARGET.fix, edits=(Edit("bucket.policy", {"a": 1}, {"a": 3}),)))
    whole = Draft((OF_SOURCE,)).then(OF_TARGET).then(anew)
    allowed: Any = SimpleNamespace(outcome=TRUE)
    assert _least(Searched(whole, allowed), lambda _: allowed).draft.steps == (OF_SOURCE,)
    assert whole.changes(OF_SOURCE) == whole.changes(anew) == {"bucket.policy", "source.bucket.policy"}
