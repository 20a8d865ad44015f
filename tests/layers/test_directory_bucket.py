"""Directory buckets: sessions for their objects, their own account's policies for all else, no ACLs."""

from typing import Any

import pytest

from tests.cases import answer
from tests.layers.tables import (
    ANONYMOUS,
    AWAY,
    BUCKET,
    HOME,
    NOT_KNOWN,
    SERVICE,
    USER,
    Worded,
    allow,
    layer,
    policy,
    said,
    worded,
)
from tests.layers.trying import Tried, body, faults, tried
from why403.domain.evidence import Evidence, Unreadable
from why403.domain.facts import BUCKET_OWNER
from why403.domain.fix import Applicability
from why403.domain.request import AccessRequest, Call
from why403.domain.truth import UNKNOWN
from why403.domain.verdict import Claim, Says
from why403.testing import a_request

NAME = "fast--euw1-az1--x-s3"
OPEN = f"arn:aws:s3express:eu-west-1:*:bucket/{NAME}"
OURS, THEIRS = (f"arn:aws:s3express:eu-west-1:{account}:bucket/{NAME}" for account in (HOME, AWAY))
NAMED = "cap direct+role+account: false"


def session(operation: str = "GetObject", on: str = OURS, **parameters: Any) -> AccessRequest:
    call = Call(operation=operation, parameters=parameters)
    return a_request("s3express:CreateSession", resource=on, call=call)


def regional(on: str, caller: str = USER, owner: object = NOT_KNOWN) -> AccessRequest:
    return a_request("s3express:GetBucketPolicy", principal=caller, resource=on, facts={BUCKET_OWNER: owner})


@pytest.mark.parametrize("on", [BUCKET, "*", f"arn:aws:s3express:eu-west-1:{HOME}:accesspoint/a--euw1-az1--xa-s3"])
def test_other_resources_are_left_alone(on: str) -> None:
    assert said("directory_bucket", a_request("s3express:CreateSession", resource=on)) == set()


def test_a_session_is_what_is_needed() -> None:
    assert said("directory_bucket", session()) == {"requirement: true"}
    because = "a session of the directory bucket decides about GetObject, and needs s3express:CreateSession"
    assert worded("directory_bucket", session(), "requirement: true") == Worded(because)
    alone = a_request("s3express:CreateSession", resource=OURS)
    assert "decides about s3express:CreateSession" in worded("directory_bucket", alone, "requirement: true").because


@pytest.mark.parametrize("parameters", [{"ACL": "public-read"}, {"ACL": "private"}, {"GrantRead": 'id="x"'}])
def test_an_acl_is_refused(parameters: dict[str, Any]) -> None:
    asked = session("PutObject", **parameters)
    assert said("directory_bucket", asked) == {"requirement: true", "requirement: false"}
    refused = Worded(
        "the call sends an ACL, and a directory bucket takes none", status=400, code="AccessControlListNotSupported"
    )
    assert worded("directory_bucket", asked, "requirement: false") == refused


@pytest.mark.parametrize("parameters", [{}, {"ACL": "bucket-owner-full-control"}, {"ACL": None}])
def test_what_changes_nothing_is_no_acl(parameters: dict[str, Any]) -> None:
    assert said("directory_bucket", session("PutObject", **parameters)) == {"requirement: true"}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (regional(OURS), "true"),
        (regional(THEIRS), "false"),
        (regional(OPEN), "unknown"),
        (regional(OPEN, owner=HOME), "true"),
        (regional(OPEN, owner=AWAY), "false"),
        (regional(OURS, ANONYMOUS), "false"),
        (regional(OURS, SERVICE), "false"),
    ],
)
def test_all_else_is_for_the_own_account_and_for_no_policy_of_the_bucket(asked: AccessRequest, expected: str) -> None:
    assert said("directory_bucket", asked) == {f"requirement: {expected}", NAMED}


def test_the_words_name_whose_it_is() -> None:
    about = "s3express:GetBucketPolicy is for the directory bucket's own account"
    assert worded("directory_bucket", regional(OURS), "requirement: true").because.startswith(f"{about}, as the caller")
    assert worded("directory_bucket", regional(THEIRS), "requirement: false").because.startswith(about)
    doubt = worded("directory_bucket", regional(OPEN), "requirement: unknown")
    assert "not known whose" in doubt.because
    assert doubt.needs == "s3:GetBucketAcl"
    assert "the caller's own must" in worded("directory_bucket", regional(OURS), NAMED).because


@pytest.mark.parametrize(
    ("owner", "why", "needs"),
    [
        (
            Unreadable("ListBuckets was refused", "s3:ListAllMyBuckets", call="s3:ListBuckets", account=HOME),
            "whose the bucket is: ListBuckets was refused",
            "s3:ListAllMyBuckets",
        ),
        (Unreadable("its ACL names an owner of no known account"), "whose the bucket is", None),
    ],
)
def test_an_owner_that_could_not_be_read_tells_why(owner: Unreadable, why: str, needs: str | None) -> None:
    claim = Claim(Says.REQUIREMENT, UNKNOWN)
    words = layer("directory_bucket").words(regional(OPEN), Evidence({BUCKET_OWNER: owner}), claim)
    assert words.because.endswith(why)
    assert words.needs == needs


def test_a_policy_of_a_directory_bucket_speaks_of_its_own_actions() -> None:
    statement = {"Effect": "Deny", "Principal": {"AWS": HOME}, "Resource": "*"}
    document = {"Statement": [{**statement, "Action": "s3:GetObject"}, {**statement, "Action": "s3express:*"}]}
    asked = {"principal": USER, "operation": "GetObject", "bucket": NAME, "key": "k"}
    found = answer({**asked, "evidence": {"bucket.policy": document}, "evidence_is_complete": True})
    assert found["warnings"] == [
        {
            "fact": "bucket.policy",
            "pointer": "/Statement/0",
            "message": "`s3:GetObject` is an action of another service",
        }
    ]


@pytest.mark.parametrize(
    ("written", "warned"),
    [
        (OURS, False),
        (f"arn:aws:s3express:eu-west-1:{HOME}:bucket/other", True),
        (f"arn:aws:s3:::{NAME}", True),
        ("*", False),
    ],
)
def test_a_policy_of_a_directory_bucket_is_about_that_bucket(written: str, warned: bool) -> None:
    statement = {"Effect": "Deny", "Principal": {"AWS": HOME}, "Action": "s3express:*", "Resource": written}
    asked = {"principal": USER, "operation": "GetObject", "resource": f"{OURS}/k"}
    evidence = {"bucket.policy": {"Statement": [statement]}}
    assert bool(answer({**asked, "evidence": evidence, "evidence_is_complete": True})["warnings"]) is warned


# --- what would help -------------------------------------------------------------------------------------------------

BY_POLICY = {"bucket.policy": policy(allow("s3express:*", Principal={"AWS": USER}))}


def proposed(operation: str, on: str, caller: str = USER, **more: Any) -> list[Tried]:
    """Return what is proposed for a call by a caller whose own policies allow nothing of S3 Express."""
    evidence = {"principal.policies": [policy(allow("s3:*"))], **more.pop("evidence", {})}
    request = {"principal": caller, "operation": operation, "resource": on, **more}
    return list(tried(body({**request, "evidence": evidence, "evidence_is_complete": True}), "directory_bucket"))


def test_no_acl_is_sent_and_all_else_is() -> None:
    sent = {"ACL": "public-read", "GrantRead": 'id="x"', "StorageClass": "EXPRESS_ONEZONE"}
    (each,) = proposed("PutObject", f"{OURS}/k", parameters=sent)
    assert list(faults(each)) == []
    assert each.fix.call.items() >= {"ACL": None, "GrantRead": None}.items()
    assert set(each.fix.call.values()) == {None}
    assert "StorageClass" not in each.fix.call
    assert (each.fix.who, each.fix.applicability, each.fix.target) == ("the caller", Applicability.REVIEW, OURS)


@pytest.mark.parametrize(
    ("caller", "on", "owner", "evidence", "claims"),
    [
        (USER, THEIRS, AWAY, {}, [Says.REQUIREMENT]),
        (ANONYMOUS, OURS, HOME, {}, [Says.REQUIREMENT]),
        (USER, THEIRS, AWAY, BY_POLICY, [Says.REQUIREMENT, Says.CAP]),
    ],
    ids=["another account", "nobody who signs", "somebody whom the bucket's policy names"],
)
def test_what_is_for_the_own_account_is_done_by_an_identity_of_it(
    caller: str, on: str, owner: str, evidence: dict[str, Any], claims: list[int]
) -> None:
    found = proposed("GetBucketPolicy", on, caller, evidence=evidence)
    assert [each.blocked.blamed.claim.says for each in found] == claims
    for each in found:
        assert list(faults(each)) == []
        assert each.step.by_hand
        assert each.fix.who == f"an administrator of account {owner}"
        assert each.fix.summary.startswith(f"make the call as an identity of account {owner}")
        assert (each.fix.target, owner in each.fix.steps[0]) == (on, True)


def test_who_is_of_the_own_account_is_allowed_by_a_policy_of_its_own() -> None:
    (each,) = proposed("GetBucketPolicy", OURS, evidence=BY_POLICY)
    assert list(faults(each)) == []
    (edit,) = each.fix.edits
    assert edit.fact == "principal.policies"
    (statement,) = edit.after[-1]["document"]["Statement"]
    assert (statement["Action"], statement["Resource"]) == ("s3express:GetBucketPolicy", OURS)
    assert each.decided.blockers == []
