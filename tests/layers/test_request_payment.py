"""Requester Pays: who must say that they pay, for which calls, and what is not known of it."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.cases import answer
from tests.layers.reading_s3 import CALLERS, IN_BUCKET, SERVICES_OWN, found_owner
from tests.layers.tables import (
    ANONYMOUS,
    AWAY,
    BUCKET,
    HOME,
    NOT_KNOWN,
    OBJECT,
    ROLE,
    ROOT,
    SERVICE,
    SESSION,
    USER,
    Worded,
    layer,
    said,
    worded,
)
from tests.layers.trying import Tried, body, faults, tried
from why403 import AccessRequest, Call, Fact, Found, Observation, Read, Unreadable
from why403.domain.errors import InvalidInput
from why403.domain.facts import BUCKET_OWNER
from why403.domain.fix import Applicability
from why403.domain.operations import OPERATIONS
from why403.domain.principal import SOMEBODY
from why403.domain.truth import FALSE, UNKNOWN, Truth
from why403.testing import a_request, collected
from why403_layers.request_payment import GET_PAYER, PAYER

POINT: Final = f"arn:aws:s3:eu-west-1:{AWAY}:accesspoint/reports-in/object/q3.csv"
THEIR_USER: Final = f"arn:aws:iam::{AWAY}:user/eve"
PAYS: Final = {"RequestPayer": "requester"}
REFUSED, OPEN, MET = {"requirement: false"}, {"requirement: unknown"}, {"requirement: true"}


def calling(
    operation: str = "GetObject",
    parameters: Mapping[str, Any] | None = None,
    *,
    principal: str = USER,
    owner: object = AWAY,
    payer: object = "Requester",
    unlisted: Truth = FALSE,
    resource: str = OBJECT,
) -> AccessRequest:
    """Return the first leg of a call on a bucket."""
    action = OPERATIONS[operation].rows[-1].action
    facts: dict[Fact[Any], object] = {PAYER: payer, BUCKET_OWNER: owner}
    call = Call(operation=operation, parameters=parameters or {}, unlisted=unlisted)
    return a_request(action, principal=principal, resource=resource, facts=facts, call=call)


def by_somebody(asked: AccessRequest) -> AccessRequest:
    """Return the same call, of which nobody tells who made it."""
    return AccessRequest(SOMEBODY, asked.action, asked.resource, {}, None, asked.evidence, call=asked.call)


CASES: dict[str, tuple[AccessRequest, set[str]]] = {
    "who is of another account must agree": (calling(), REFUSED),
    "who agrees pays": (calling(parameters=PAYS), MET),
    "only one word agrees": (calling(parameters={"RequestPayer": "Requester"}), REFUSED),
    "null is not sent": (calling(parameters={"RequestPayer": None}), REFUSED),
    "the owner's account need not": (calling(owner=HOME), MET),
    "nor does a role of it": (calling(owner=HOME, principal=ROLE), MET),
    "nor does its root": (calling(owner=HOME, principal=ROOT), MET),
    "a role pays for its account": (calling(principal=SESSION), REFUSED),
    "nobody anonymous pays": (calling(principal=ANONYMOUS), REFUSED),
    "not even one who agrees": (calling(parameters=PAYS, principal=ANONYMOUS), REFUSED),
    "a service may or may not": (calling(principal=SERVICE), OPEN),
    "an access point changes nothing": (calling(resource=POINT), REFUSED),
    # --- what is not known --------------------------------------------------------------------------------------------
    "whether it agrees": (calling(unlisted=UNKNOWN), OPEN),
    "a listed one is known": (calling(parameters={"RequestPayer": None}, unlisted=UNKNOWN), REFUSED),
    "the owner": (calling(owner=NOT_KNOWN), OPEN),
    "the owner, but it agrees": (calling(parameters=PAYS, owner=NOT_KNOWN), MET),
    "who pays": (calling(payer=NOT_KNOWN), OPEN),
    "who pays, but it agrees": (calling(parameters=PAYS, payer=NOT_KNOWN), set()),
    "who pays, but it is the owner's": (calling(owner=HOME, payer=NOT_KNOWN), set()),
    "who pays, of an anonymous call": (calling(principal=ANONYMOUS, payer=NOT_KNOWN), OPEN),
    # --- what does not matter -----------------------------------------------------------------------------------------
    "the owner pays": (calling(payer="BucketOwner"), set()),
    "nothing is set": (calling(payer=None), set()),
    "an action alone": (a_request(facts={PAYER: "Requester", BUCKET_OWNER: AWAY}), set()),
    "the part of a call that is about no bucket": (
        a_request(
            "iam:PassRole",
            resource=ROLE,
            facts={PAYER: "Requester", BUCKET_OWNER: AWAY},
            call=Call(operation="PutObject"),
        ),
        set(),
    ),
}


@pytest.mark.parametrize(("asked", "claims"), CASES.values(), ids=CASES)
def test_what_it_says(asked: AccessRequest, claims: set[str]) -> None:
    assert said("request_payment", asked) == claims


# AWS: "Using Requester Pays general purpose buckets for storage transfers and usage", and the page of each operation.
CHARGED: Final = {
    "AbortMultipartUpload",
    "CompleteMultipartUpload",
    "CopyObject",
    "CreateMultipartUpload",
    "DeleteObject",
    "DeleteObjectAnnotation",
    "DeleteObjects",
    "GetObject",
    "GetObjectAcl",
    "GetObjectAnnotation",
    "GetObjectAttributes",
    "GetObjectLegalHold",
    "GetObjectRetention",
    "GetObjectTagging",
    "GetObjectTorrent",
    "HeadObject",
    "ListMultipartUploads",
    "ListObjectAnnotations",
    "ListObjectVersions",
    "ListObjects",
    "ListObjectsV2",
    "ListParts",
    "PutObject",
    "PutObjectAcl",
    "PutObjectAnnotation",
    "PutObjectLegalHold",
    "PutObjectRetention",
    "PutObjectTagging",
    "RestoreObject",
    "UpdateObjectEncryption",
    "UploadPart",
    "UploadPartCopy",
}
PERHAPS: Final = ("DeleteObjectTagging", "SelectObjectContent")


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_for_which_calls_one_must_agree(operation: str) -> None:
    on = OBJECT if OPERATIONS[operation].kind == "object" else BUCKET
    expected = REFUSED if operation in CHARGED else OPEN if operation in PERHAPS else set()
    assert said("request_payment", calling(operation, resource=on)) == expected


WORDS: dict[str, tuple[AccessRequest, str, Worded]] = {
    "that nobody agreed": (
        calling(),
        "requirement: false",
        Worded(
            "the bucket is Requester Pays, the caller is not of its owner's account, and the call does not say that "
            "the caller pays (x-amz-request-payer: requester)",
            ("bucket.request_payment",),
        ),
    ),
    "that nobody is there to pay": (
        calling(principal=ANONYMOUS),
        "requirement: false",
        Worded("the bucket is Requester Pays, so it takes no call that is not signed", ("bucket.request_payment",)),
    ),
    "that somebody agreed": (
        calling(parameters=PAYS),
        "requirement: true",
        Worded("the bucket is Requester Pays, and the call says that the caller pays", ("bucket.request_payment",)),
    ),
    "that the owner is exempt": (
        calling(owner=HOME),
        "requirement: true",
        Worded("the bucket is Requester Pays, and the caller's account owns it", ("bucket.request_payment",)),
    ),
    "which permission tells who pays": (
        calling(payer=NOT_KNOWN),
        "requirement: unknown",
        Worded("`bucket.request_payment` is not known", needs="s3:GetBucketRequestPayment"),
    ),
    "which permission tells the owner": (
        calling(owner=NOT_KNOWN),
        "requirement: unknown",
        Worded(
            "the bucket is Requester Pays, and it is not known whether the caller's account owns it",
            needs="s3:GetBucketAcl",
        ),
    ),
    "what the report does not tell": (
        calling(unlisted=UNKNOWN),
        "requirement: unknown",
        Worded(
            "the bucket is Requester Pays, and it is not known whether the call says that the caller pays",
            ("bucket.request_payment",),
        ),
    ),
    "that nobody knows who calls": (
        by_somebody(calling()),
        "requirement: unknown",
        Worded(
            "the bucket is Requester Pays, and it is not known whether the caller is of its owner's account",
            ("bucket.request_payment",),
        ),
    ),
    "what AWS does not tell of services": (
        calling(principal=SERVICE),
        "requirement: unknown",
        Worded(
            "the bucket is Requester Pays, and it is not known who pays for what a service does",
            ("bucket.request_payment",),
        ),
    ),
    "what AWS does not tell of a call": (
        calling("SelectObjectContent"),
        "requirement: unknown",
        Worded(
            "the bucket is Requester Pays, and it is not known whether one must agree to pay for this call",
            ("bucket.request_payment",),
        ),
    ),
}


@pytest.mark.parametrize(("asked", "claim", "words"), WORDS.values(), ids=WORDS)
def test_how_it_says_it(asked: AccessRequest, claim: str, words: Worded) -> None:
    assert worded("request_payment", asked, claim) == words


@pytest.mark.parametrize("value", ["requester", True, {"Payer": "Requester"}])
def test_there_are_two_who_can_pay(value: object) -> None:
    with pytest.raises(InvalidInput):
        PAYER.observe(value)


ALLOWED: Final = {
    "principal.policies": [{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}],
    "bucket.owner": HOME,
}
COPY: Final = {"principal": USER, "operation": "CopyObject", "resource": OBJECT, "evidence_is_complete": True}


@pytest.mark.parametrize("agreed", [{}, PAYS])
@pytest.mark.parametrize("side", ["", "source."])
def test_one_word_is_for_both_sides_of_a_copy(side: str, agreed: dict[str, str]) -> None:
    policy = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": USER}, "Action": "s3:*", "Resource": "*"}]}
    theirs = {"bucket.owner": AWAY, "bucket.policy": policy, "bucket.request_payment": "Requester"}
    evidence = {**ALLOWED, "source.bucket.owner": HOME, **{side + name: held for name, held in theirs.items()}}
    found = answer({**COPY, "parameters": {"CopySource": "old/k", **agreed}, "evidence": evidence})
    refused = ("denied", "requirement", "request_payment", 403, "AccessDenied")
    expected = ("allowed", None, None, 200, None) if agreed else refused
    assert tuple(found[name] for name in ("decision", "kind", "layer", "status", "code")) == expected


def test_who_pays_is_read_of_the_bucket_of_another_account() -> None:
    read = GET_PAYER.read(account=SERVICES_OWN, **IN_BUCKET)
    asked = a_request(rest="unknown", call=Call(operation="GetObject"))
    seen = payer_read(asked, {**found_owner(SERVICES_OWN), read: "Requester"})
    assert isinstance(seen, Found)
    assert seen.value == "Requester"
    refused = payer_read(asked, {**found_owner(SERVICES_OWN), read: read.unreadable("was refused", SERVICES_OWN)})
    assert isinstance(refused, Unreadable)
    assert (refused.permission, refused.account) == ("s3:GetBucketRequestPayment", SERVICES_OWN)


@pytest.mark.parametrize(
    ("call", "owner"),
    [
        (Call(operation="GetObject"), CALLERS),
        (Call(operation="GetBucketPolicy"), SERVICES_OWN),
        (None, SERVICES_OWN),
    ],
)
def test_it_is_not_read_where_it_could_not_matter(call: Call | None, owner: str) -> None:
    assert payer_read(a_request(rest="unknown", call=call), found_owner(owner)) is None


def payer_read(asked: AccessRequest, answers: Mapping[Read, Any]) -> Observation[Any] | None:
    """Return what is read of who pays; whoever reads what is not in the answers finds nothing."""
    return collected(layer("request_payment"), asked, answers, others=[layer("ownership")]).get(PAYER)


def proposed(principal: str = THEIR_USER, **sent: Any) -> list[Tried]:
    """Return what is proposed for a read of a bucket whose requesters pay."""
    request = {
        "principal": principal,
        "operation": "GetObject",
        "resource": OBJECT,
        "parameters": {"RequestPayer": None, **sent},
        "evidence": {"bucket.owner": HOME, "bucket.request_payment": "Requester"},
        "evidence_is_complete": True,
    }
    return list(tried(body(request), "request_payment"))


def test_the_caller_says_that_it_pays() -> None:
    (each,) = proposed()
    assert list(faults(each)) == []
    assert each.fix.call == {"RequestPayer": "requester"}
    assert each.fix.steps == ("repeat the call with --request-payer requester",)
    assert (each.fix.who, each.fix.applicability) == ("the caller", Applicability.REVIEW)
    assert "request_payment" not in {other.blamed.layer.name for other in each.decided.blockers}


def test_who_does_not_sign_has_to() -> None:
    (each,) = proposed(ANONYMOUS)
    assert list(faults(each)) == []
    assert each.step.by_hand
    assert each.fix.call == {}


@pytest.mark.parametrize(("principal", "sent"), [(THEIR_USER, {"RequestPayer": "requester"}), (USER, {})])
def test_nothing_is_proposed_to_those_who_pay_or_need_not(principal: str, sent: dict[str, Any]) -> None:
    assert proposed(principal, **sent) == []
