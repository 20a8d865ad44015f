"""What the layer of bucket policies proposes: the caller and nobody else let in, a Deny excepted and never removed."""

import json
from typing import Any

import pytest

from tests.layers.fixing import after, fixed, proposed, remaining
from tests.layers.tables import (
    ANONYMOUS,
    AWAY,
    BUCKET,
    FEDERATED,
    HOME,
    OBJECT,
    ROLE,
    ROOT,
    SERVICE,
    SESSION,
    USER,
    allow,
    deny,
    layer,
    policy,
)
from tests.layers.trying import body, tried
from why403 import AccessRequest, Applicability, Call, Fix, Reach, Says
from why403.domain.facts import BUCKET_OWNER, CANONICAL_IDS, ISSUER, OBJECT_OWNER, OWNERSHIP, POINT_BUCKET, POINT_OWNER
from why403.domain.truth import FALSE
from why403.testing import a_request
from why403_layers.bucket_policy import BUCKET_POLICY
from why403_layers.permissions_boundary import BOUNDARY

TRAIL = {"aws:SourceArn": ["arn:aws:cloudtrail:eu-west-1:111122223333:trail/t"], "aws:SourceAccount": [HOME]}
POINT = f"arn:aws:s3:eu-west-1:{AWAY}:accesspoint/p"
PATHED = f"arn:aws:iam::{HOME}:role/team/app"
OTHER = f"arn:aws:iam::{HOME}:role/other"
DEAD_USER, DEAD_ROLE = "AIDAEXAMPLE1", "AROAEXAMPLE1"
INSECURE = {"Bool": {"aws:SecureTransport": "false"}}
NETWORK = {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}


def asked(document: Any, principal: str = USER, action: str = "s3:GetObject", **more: Any) -> AccessRequest:
    facts = {BUCKET_POLICY: document, BUCKET_OWNER: AWAY, **more.pop("facts", {})}
    return a_request(action, principal=principal, facts=facts, **more)


def reads(principal: Any, **elements: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": OBJECT, **elements}


def first(request: AccessRequest, says: int = Says.GRANT) -> Fix:
    return proposed("bucket_policy", request, says)[0]


def let_in(request: AccessRequest) -> bool:
    return any(claim.says == Says.GRANT and claim.holds == 2 for claim in _judged(request))


def _judged(request: AccessRequest) -> Any:
    return layer("bucket_policy").judge(request, request.evidence)


NEW: dict[str, tuple[AccessRequest, Any]] = {
    "a user": (asked(None), policy({"Sid": "AllowGetObject", **reads({"AWS": USER})})),
    "a role": (asked(None, ROLE), policy({"Sid": "AllowGetObject", **reads({"AWS": ROLE})})),
    "a session's role, with its path": (
        asked(None, SESSION, facts={ISSUER: PATHED}),
        policy({"Sid": "AllowGetObject", **reads({"AWS": PATHED})}),
    ),
    "a session whose role is not known": (
        asked(None, SESSION, facts={ISSUER: {"unknown": True}}),
        policy({"Sid": "AllowGetObject", **reads({"AWS": SESSION})}),
    ),
    "a federated user": (asked(None, FEDERATED), policy({"Sid": "AllowGetObject", **reads({"AWS": FEDERATED})})),
    "root without the rest of its account": (
        asked(None, ROOT),
        policy(
            {
                "Sid": "AllowGetObject",
                **reads({"AWS": ROOT}),
                "Condition": {"ArnEquals": {"aws:PrincipalArn": ROOT}},
            }
        ),
    ),
    "a service, for the resource it acts for": (
        asked(None, "cloudtrail.amazonaws.com", keys=TRAIL),
        policy(
            {
                "Sid": "AllowGetObject",
                **reads(
                    {"Service": "cloudtrail.amazonaws.com"},
                    Condition={
                        "ArnLike": {"aws:SourceArn": TRAIL["aws:SourceArn"][0]},
                        "StringEquals": {"aws:SourceAccount": HOME},
                    },
                ),
            }
        ),
    ),
    "the bucket is asked for by its own ARN": (
        asked(None, action="s3:ListBucket", resource=BUCKET),
        policy({"Sid": "AllowListBucket", **reads({"AWS": USER}, Action="s3:ListBucket", Resource=BUCKET)}),
    ),
    "a listing is asked for by its prefix": (
        asked(None, action="s3:ListBucket", resource=BUCKET, keys={"s3:prefix": ["logs/"]}),
        policy(
            {
                "Sid": "AllowListBucket",
                **reads({"AWS": USER}, Action="s3:ListBucket", Resource=BUCKET),
                "Condition": {"StringEquals": {"s3:prefix": "logs/"}},
            }
        ),
    ),
    "a service lists for the resource it acts for, by its prefix": (
        asked(
            None,
            "cloudtrail.amazonaws.com",
            action="s3:ListBucket",
            resource=BUCKET,
            keys={**TRAIL, "s3:prefix": ["logs/"]},
        ),
        policy(
            {
                "Sid": "AllowListBucket",
                **reads({"Service": "cloudtrail.amazonaws.com"}, Action="s3:ListBucket", Resource=BUCKET),
                "Condition": {
                    "ArnLike": {"aws:SourceArn": TRAIL["aws:SourceArn"][0]},
                    "StringEquals": {"aws:SourceAccount": HOME, "s3:prefix": "logs/"},
                },
            }
        ),
    ),
    "a statement that lacks the caller alone": (
        asked(policy(reads({"AWS": OTHER}, Sid="Mine"))),
        policy(reads({"AWS": [OTHER, USER]}, Sid="Mine")),
    ),
    "a statement that lacks the action alone": (
        asked(policy(reads({"AWS": USER}, Action=["s3:GetObjectVersion"]))),
        policy(reads({"AWS": USER}, Action=["s3:GetObjectVersion", "s3:GetObject"])),
    ),
    "nobody is added to what a service may do": (
        asked(policy(reads({"Service": SERVICE}))),
        policy(reads({"Service": SERVICE}), {"Sid": "AllowGetObject", **reads({"AWS": USER})}),
    ),
    "what a user may do under a condition is another matter": (
        asked(policy(reads({"AWS": OTHER}, Condition=INSECURE))),
        policy(reads({"AWS": OTHER}, Condition=INSECURE), {"Sid": "AllowGetObject", **reads({"AWS": USER})}),
    ),
}


@pytest.mark.parametrize(("request_", "document"), NEW.values(), ids=NEW)
def test_the_caller_alone_is_let_in(request_: AccessRequest, document: Any) -> None:
    fix = first(request_)
    (write,), (undo,) = fix.writes, fix.undo
    assert after(fix, "bucket.policy") == document
    assert (write.operation, dict(write.parameters)) == ("PutBucketPolicy", {"Bucket": "reports", "Policy": document})
    assert (write.account, fix.who) == (AWAY, f"the owner of the bucket, account {AWAY}")
    before = fix.edits[0].before
    assert undo.operation == ("DeleteBucketPolicy" if before is None else "PutBucketPolicy")
    assert undo.parameters.get("Policy") == before
    assert fix.applicability is Applicability.REVIEW
    assert let_in(fixed(request_, fix))
    assert not let_in(fixed(request_, fix, undone=True))


@pytest.mark.parametrize("principal", [ANONYMOUS, SERVICE])
def test_nobody_is_let_in_of_whom_it_is_not_known_for_whom_it_calls(principal: str) -> None:
    fix = first(asked(None, principal))
    assert (fix.edits, fix.writes, fix.applicability) == ((), (), Applicability.MANUAL)
    assert any("CloudFront" in each for each in fix.steps) is (principal == ANONYMOUS)
    assert any("aws:SourceArn" in each for each in fix.steps) is (principal == SERVICE)
    assert (f"`{SERVICE}`" in fix.summary) is (principal == SERVICE)


@pytest.mark.parametrize(
    ("principal", "entries", "expected"),
    [
        (USER, DEAD_USER, USER),
        (SESSION, [OTHER, DEAD_ROLE], [OTHER, ROLE]),
        (USER, [DEAD_USER, "AIDAEXAMPLE2"], USER),
    ],
)
def test_the_arn_is_written_where_a_deleted_identity_stands(principal: str, entries: Any, expected: Any) -> None:
    request = asked(policy(reads({"AWS": entries}, Sid="Theirs")), principal)
    fix = first(request)
    assert after(fix, "bucket.policy") == policy(reads({"AWS": expected}, Sid="Theirs"))
    dead = [each for each in ([entries] if isinstance(entries, str) else entries) if each != OTHER]
    assert all(f"`{each}`" in fix.summary for each in dead)
    assert ("deleted identities" in fix.summary) is (len(dead) > 1)
    assert let_in(fixed(request, fix))


@pytest.mark.parametrize("says", [Says.GRANT, Says.DENIAL])
def test_a_policy_that_names_another_deleted_identity_is_stored_by_nobody(says: int) -> None:
    held = policy(reads({"AWS": [DEAD_ROLE, OTHER]}), {"Principal": "*", **deny("s3:*")})
    request = asked(held)
    fix = first(request, says)
    assert (fix.writes, fix.undo, fix.applicability) == ((), (), Applicability.MANUAL)
    assert f"`{DEAD_ROLE}`" in fix.steps[-1]
    assert fixed(request, fix).evidence != request.evidence


def test_a_bucket_s_policy_that_is_full_is_not_added_to() -> None:
    fix = first(asked(policy(deny("s3:x" + "y" * 20_300, Principal="*"))))
    assert (fix.edits, fix.writes, fix.applicability) == ((), (), Applicability.MANUAL)
    assert "longer than AWS allows" in fix.steps[0]


def test_behind_an_access_point_the_bucket_lets_in_by_that_point_alone() -> None:
    facts = {POINT_BUCKET: "reports", POINT_OWNER: AWAY}
    request = asked(None, resource=f"{POINT}/object/q3.csv", facts=facts)
    fix = first(request)
    (statement,) = after(fix, "bucket.policy")["Statement"]
    assert (statement["Principal"], statement["Resource"]) == ({"AWS": USER}, OBJECT)
    assert statement["Condition"] == {"StringEquals": {"s3:DataAccessPointArn": POINT}}
    assert let_in(fixed(request, fix))


def test_a_gate_that_lets_in_by_the_role_alone_names_the_session_where_that_is_too_little() -> None:
    facts = {POINT_BUCKET: "reports", POINT_OWNER: AWAY, ISSUER: None}
    held = policy(reads({"AWS": ROLE}))
    request = asked(held, SESSION, resource=f"{POINT}/object/q3.csv", facts=facts)
    fix = first(request, Says.CAP)
    assert after(fix, "bucket.policy")["Statement"][1]["Principal"] == {"AWS": SESSION}
    assert Says.CAP not in {says for says, _ in remaining("bucket_policy", fixed(request, fix))}


def test_a_foreign_object_is_not_the_bucket_s_policy_s_to_allow() -> None:
    facts = {OBJECT_OWNER: "777788889999", OWNERSHIP: "ObjectWriter"}
    assert proposed("bucket_policy", asked(None, facts=facts), Says.GRANT) == []


def test_a_policy_too_old_for_the_statement_is_not_called_too_long() -> None:
    held = {"Version": "2008-10-17", "Statement": [reads({"AWS": OTHER}, Resource=f"{BUCKET}/${{aws:username}}/*")]}
    fix = first(asked(held, resource=f"{BUCKET}/a*b"))
    assert (fix.edits, fix.writes, fix.applicability) == ((), (), Applicability.MANUAL)
    assert fix.steps[0] == (
        "the statement needs `${*}` or its like, which policies know since Version 2012-10-17: change it, if "
        "what this one has after `${` already may become a variable"
    )


def denied(statement: dict[str, Any], **more: Any) -> AccessRequest:
    return asked(policy(reads({"AWS": USER}), {"Principal": "*", **statement}), **more)


PERIMETER = {"StringNotEqualsIfExists": {"aws:SourceOrgID": "o-1"}, "Bool": {"aws:PrincipalIsAWSService": "true"}}
NOT_US = {"ArnNotLike": {"aws:PrincipalArn": USER}}
EXCEPTIONS: dict[str, tuple[AccessRequest, dict[str, Any]]] = {
    "without a condition": (denied(deny("s3:Get*")), {"Condition": NOT_US}),
    "beside other conditions": (
        denied(deny("s3:*", Condition={"StringEquals": {"aws:PrincipalAccount": HOME}})),
        {"Condition": {"StringEquals": {"aws:PrincipalAccount": HOME}, **NOT_US}},
    ),
    "where exceptions are made already": (
        denied(deny("s3:*", Condition={"ArnNotLike": {"aws:PrincipalArn": [OTHER]}})),
        {"Condition": {"ArnNotLike": {"aws:PrincipalArn": [OTHER, USER]}}},
    ),
    "by the operator that makes them": (
        denied(deny("s3:*", Condition={"StringNotEquals": {"AWS:principalarn": OTHER}})),
        {"Condition": {"StringNotEquals": {"AWS:principalarn": [OTHER, USER]}}},
    ),
    "a session by its role": (
        denied(deny("s3:Get*"), principal=SESSION, facts={ISSUER: PATHED}),
        {"Condition": {"ArnNotLike": {"aws:PrincipalArn": PATHED}}},
    ),
    "a service that has no network": (
        denied(deny("s3:*", Condition=NETWORK), principal=SERVICE),
        {"Condition": {**NETWORK, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}},
    ),
    "one service alone, where the Deny is about services": (
        denied(deny("s3:*", Condition={**NETWORK, "Bool": {"aws:PrincipalIsAWSService": "true"}}), principal=SERVICE),
        {
            "Condition": {
                **NETWORK,
                "Bool": {"aws:PrincipalIsAWSService": "true"},
                "StringNotEquals": {"aws:PrincipalServiceName": SERVICE},
            }
        },
    ),
    "a service by name, where the Deny asks for no network": (
        denied(deny("s3:Get*"), principal=SERVICE),
        {"Condition": {"StringNotEquals": {"aws:PrincipalServiceName": SERVICE}}},
    ),
    "one source alone, where the Deny asks for whom services act": (
        denied(deny("s3:*", Condition=PERIMETER), principal=SERVICE, keys=TRAIL),
        {"Condition": {**PERIMETER, "ArnNotLike": {"aws:SourceArn": TRAIL["aws:SourceArn"][0]}}},
    ),
    "one account that services act for": (
        denied(deny("s3:*", Condition=PERIMETER), principal=SERVICE, keys={"aws:SourceAccount": [HOME]}),
        {"Condition": {**PERIMETER, "StringNotEquals": {"aws:SourceAccount": HOME}}},
    ),
    "a call that a service makes for somebody": (
        denied(deny("s3:*", Condition=NETWORK), keys={"aws:ViaAWSService": ["true"]}),
        {"Condition": {**NETWORK, "BoolIfExists": {"aws:ViaAWSService": "false"}}},
    ),
    "NotPrincipal becomes a condition": (
        asked(policy({"NotPrincipal": {"AWS": [OTHER, AWAY]}, **deny("s3:*", Sid="N")})),
        {
            "Principal": "*",
            "Condition": {"ArnNotLike": {"aws:PrincipalArn": [OTHER, f"arn:aws:iam::{AWAY}:root", USER]}},
        },
    ),
    "whom NotPrincipal lists, and who has a boundary": (
        asked(policy({"NotPrincipal": {"AWS": [USER, ROOT]}, **deny("s3:*")}), facts={BOUNDARY: policy(allow())}),
        {"Principal": "*", "Condition": {"ArnNotLike": {"aws:PrincipalArn": [USER, ROOT]}}},
    ),
    "services that NotPrincipal lists": (
        asked(policy({"NotPrincipal": {"Service": SERVICE, "AWS": OTHER}, **deny("s3:*")})),
        {
            "Principal": "*",
            "Condition": {
                "ArnNotLike": {"aws:PrincipalArn": [OTHER, USER]},
                "StringNotEquals": {"aws:PrincipalServiceName": SERVICE},
            },
        },
    ),
}


@pytest.mark.parametrize(("request_", "changed"), EXCEPTIONS.values(), ids=EXCEPTIONS)
def test_a_deny_spares_the_caller_and_stays(request_: AccessRequest, changed: dict[str, Any]) -> None:
    fix = first(request_, Says.DENIAL)
    before, now = fix.edits[0].before["Statement"], after(fix, "bucket.policy")["Statement"]
    left = {name: held for name, held in before[-1].items() if name != "NotPrincipal"}
    assert now == [*before[:-1], {**left, **changed}]
    assert fix.applicability is Applicability.REVIEW
    assert fix.writes[0].operation == fix.undo[0].operation == "PutBucketPolicy"
    assert Says.DENIAL not in {says for says, _ in remaining("bucket_policy", fixed(request_, fix))}


@pytest.mark.parametrize("principal", [USER, OTHER, ROOT, f"arn:aws:iam::{AWAY}:user/x", ANONYMOUS, SERVICE])
@pytest.mark.parametrize("name", EXCEPTIONS)
def test_everybody_else_is_denied_as_before(name: str, principal: str) -> None:
    request_, _ = EXCEPTIONS[name]
    fix = first(request_, Says.DENIAL)
    others_are_spared = "is spared with it" in fix.risk
    other = asked(fix.edits[0].before, principal, facts=_facts(request_))
    if principal in {request_.principal.arn, request_.issuer} or others_are_spared:
        return
    was = [claim for claim in _judged(other) if claim.says == Says.DENIAL]
    now = [claim for claim in _judged(fixed(other, fix)) if claim.says == Says.DENIAL]
    assert (was == now) or max(claim.holds for claim in was) < 2


SPARED: dict[str, str | None] = {
    "without a condition": None,
    "a session by its role": None,
    "one service alone, where the Deny is about services": None,
    "a service that has no network": "every AWS service is spared with it",
    "a call that a service makes for somebody": "whatever AWS services pass on is spared with it",
    "one source alone, where the Deny asks for whom services act": "acts for `arn:aws:cloudtrail:",
    "one account that services act for": f"acts for account {HOME} is spared with it",
}


@pytest.mark.parametrize(("name", "told"), SPARED.items())
def test_whom_an_exception_spares_beside_the_caller_is_told(name: str, told: str | None) -> None:
    risk = first(EXCEPTIONS[name][0], Says.DENIAL).risk
    assert ("spared with it" in risk) is (told is not None)
    assert told is None or told in risk


def test_a_source_that_is_not_known_is_not_spared_by_the_service_s_name() -> None:
    fix = first(denied(deny("s3:*", Condition=PERIMETER), principal=SERVICE), Says.DENIAL)
    assert (fix.edits, fix.writes, fix.applicability) == ((), (), Applicability.MANUAL)


WHO = {"ArnEquals": {"aws:PrincipalArn": USER}}


@pytest.mark.parametrize(
    ("elements", "alone"),
    [
        ({"Principal": {"AWS": USER}}, True),
        ({"Principal": {"AWS": [USER, OTHER]}}, False),
        ({"Principal": {"AWS": HOME}}, False),
        ({"Principal": {"AWS": USER, "Service": SERVICE}}, False),
        ({"Principal": "*", "Condition": WHO}, True),
        ({"Principal": "*", "Condition": {"ArnEquals": {"aws:PrincipalArn": [USER, OTHER]}}}, False),
        ({"Principal": "*", "Condition": {"ArnNotEquals": {"aws:PrincipalArn": OTHER}}}, False),
        ({"Principal": "*"}, False),
    ],
)
def test_a_deny_of_which_an_exception_leaves_nothing_is_told_so(elements: dict[str, Any], *, alone: bool) -> None:
    fix = first(asked(policy({**deny("s3:*"), **elements})), Says.DENIAL)
    assert ("denies nothing any more" in fix.risk) is alone


SSO = f"arn:aws:sts::{HOME}:assumed-role/AWSReservedSSO_Dev_0123456789abcdef/joe"
ITS_ROLE = f"arn:aws:iam::{HOME}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Dev_0123456789abcdef"


@pytest.mark.parametrize("session", [SSO, f"arn:aws:sts::{HOME}:assumed-role/AWSServiceRoleForX/x"])
def test_a_role_that_must_have_a_path_is_not_named_without_it(session: str) -> None:
    fix = first(asked(None, session))
    assert after(fix, "bucket.policy")["Statement"][0]["Principal"] == {"AWS": session}


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("AWSReservedSSO_Dev_0123456789abcdef", "aws-reserved/sso.amazonaws.com/"),
        ("AWSReservedSSO_Dev_0123456789abcdef", "aws-reserved/sso.amazonaws.com/eu-west-1/"),
        ("AWSServiceRoleForX", "aws-service-role/x.amazonaws.com/"),
    ],
)
@pytest.mark.parametrize("held", [{}, {"Condition": {"StringNotEquals": {"aws:PrincipalArn": OTHER}}}])
def test_an_exception_for_a_role_that_must_have_a_path_holds_with_it(
    name: str, path: str, held: dict[str, Any]
) -> None:
    session = f"arn:aws:sts::{HOME}:assumed-role/{name}/joe"
    fix = first(denied(deny("s3:*", **held), principal=session), Says.DENIAL)
    values = after(fix, "bucket.policy")["Statement"][-1]["Condition"]["ArnNotLike"]["aws:PrincipalArn"]
    assert values[0] == f"arn:aws:iam::{HOME}:role/{name}"
    real = asked(after(fix, "bucket.policy"), session, facts={ISSUER: f"arn:aws:iam::{HOME}:role/{path}{name}"})
    assert Says.DENIAL not in {says for says, _ in remaining("bucket_policy", real)}
    other = asked(after(fix, "bucket.policy"), f"arn:aws:iam::{HOME}:role/team/{name}x")
    assert Says.DENIAL in {says for says, _ in remaining("bucket_policy", other)}


def test_a_role_is_named_with_the_path_that_is_told() -> None:
    fix = first(asked(None, SSO, facts={ISSUER: ITS_ROLE}))
    assert after(fix, "bucket.policy")["Statement"][0]["Principal"] == {"AWS": ITS_ROLE}
    fix = first(denied(deny("s3:*"), principal=SSO, facts={ISSUER: ITS_ROLE}), Says.DENIAL)
    assert after(fix, "bucket.policy")["Statement"][-1]["Condition"] == {"ArnNotLike": {"aws:PrincipalArn": ITS_ROLE}}


def _facts(request: AccessRequest) -> dict[Any, Any]:
    seen = request.evidence[BOUNDARY]
    return {BOUNDARY: getattr(seen, "raw", None)}


ITS_SESSION = f"arn:aws:sts::{HOME}:assumed-role/x/y"
LISTED: dict[str, tuple[Any, str, dict[str, Any]]] = {
    "another session": ({"AWS": ITS_SESSION}, USER, {"AWS": [ITS_SESSION, ROOT, USER]}),
    "the caller's account": ({"AWS": [ITS_SESSION, HOME]}, USER, {"AWS": [ITS_SESSION, HOME, USER]}),
    "a session alone": ({"AWS": SESSION}, SESSION, {"AWS": [SESSION, ROOT, PATHED]}),
    "its role, and another session": (
        {"AWS": [PATHED, ITS_SESSION]},
        SESSION,
        {"AWS": [PATHED, ITS_SESSION, ROOT, SESSION]},
    ),
    "an id": ({"CanonicalUser": "abc"}, USER, {"CanonicalUser": "abc", "AWS": [ROOT, USER]}),
}
NONE_SAYS_THE_SAME: dict[Any, Any] = {CANONICAL_IDS: {"abc": AWAY}, ISSUER: PATHED}


@pytest.mark.parametrize(("listed", "principal", "expected"), LISTED.values(), ids=LISTED)
def test_not_principal_lists_the_caller_as_aws_asks_where_no_condition_says_the_same(
    listed: Any, principal: str, expected: Any
) -> None:
    denies = policy({"NotPrincipal": listed, **deny("s3:*")})
    request_ = asked(denies, principal, facts=NONE_SAYS_THE_SAME)
    fix = _settling(request_)
    assert after(fix, "bucket.policy")["Statement"][0]["NotPrincipal"] == expected
    assert "the root user of the caller's account" in fix.risk
    claims = [each for each in _judged(fixed(request_, fix)) if each.says == Says.DENIAL]
    assert [each.holds for each in claims] == [FALSE]


@pytest.mark.parametrize(
    ("listed", "principal"), [({"AWS": USER}, USER), ({"AWS": HOME}, USER), ({"AWS": PATHED}, SESSION)]
)
def test_a_list_without_the_account_or_the_caller_becomes_a_condition(listed: Any, principal: str) -> None:
    request_ = asked(policy({"NotPrincipal": listed, **deny("s3:*")}), principal, facts=NONE_SAYS_THE_SAME)
    fix = _settling(request_)
    (made,) = after(fix, "bucket.policy")["Statement"]
    assert (made["Principal"], list(made["Condition"])) == ("*", ["ArnNotLike"])
    claims = [each for each in _judged(fixed(request_, fix)) if each.says == Says.DENIAL]
    assert [each.holds for each in claims] == [FALSE]


def _settling(request: AccessRequest) -> Fix:
    """Return what is proposed first for a denial, be it certain or in doubt."""
    (claim,) = [each for each in _judged(request) if each.says == Says.DENIAL]
    assert claim.holds != FALSE
    return next(iter(layer("bucket_policy").propose(request, request.evidence, claim)))


@pytest.mark.parametrize("boundary", [policy(allow()), {"unknown": True}])
def test_not_principal_is_left_to_a_person_where_it_hits_whomever_it_lists(boundary: Any) -> None:
    denies = policy({"NotPrincipal": {"AWS": ITS_SESSION}, **deny("s3:*")})
    fix = first(asked(denies, facts={BOUNDARY: boundary}), Says.DENIAL)
    assert (fix.edits, fix.writes, fix.applicability) == ((), (), Applicability.MANUAL)


PUT = "s3:PutObject"
SSE, ACL = "s3:x-amz-server-side-encryption", "s3:x-amz-acl"


def upload(*statements: dict[str, Any], **parameters: Any) -> AccessRequest:
    keys = {{"ServerSideEncryption": SSE, "ACL": ACL}[name]: [value] for name, value in parameters.items()}
    call = Call(operation="PutObject", parameters=parameters)
    return asked(policy(*({"Principal": "*", **each} for each in statements)), action=PUT, call=call, keys=keys)


SENT: dict[str, tuple[AccessRequest, dict[str, Any]]] = {
    "a header with a value that the policy names": (
        upload(deny(PUT, Condition={"StringNotEquals": {SSE: "aws:kms"}})),
        {"ServerSideEncryption": "aws:kms"},
    ),
    "a header that has to be there, with the value that another statement names": (
        upload(
            deny(PUT, Condition={"Null": {SSE: "true"}}), deny(PUT, Condition={"StringNotEquals": {SSE: "aws:kms"}})
        ),
        {"ServerSideEncryption": "aws:kms"},
    ),
    "a header that has to be there, with the usual value": (
        upload(deny(PUT, Condition={"Null": {SSE: "true"}})),
        {"ServerSideEncryption": "AES256"},
    ),
    "an ACL that lets in the bucket's owner": (
        upload(deny(PUT, Condition={"StringNotEquals": {ACL: "bucket-owner-full-control"}})),
        {"ACL": "bucket-owner-full-control"},
    ),
    "no ACL": (
        upload(deny(PUT, Condition={"StringEquals": {ACL: ["public-read", "public-read-write"]}}), ACL="public-read"),
        {"ACL": None},
    ),
    "a storage class": (
        upload(deny(PUT, Condition={"StringNotEquals": {"s3:x-amz-storage-class": "STANDARD_IA"}})),
        {"StorageClass": "STANDARD_IA"},
    ),
    "a key, and with it the way to encrypt": (
        upload(
            deny(
                PUT,
                Condition={
                    "StringNotEquals": {
                        "s3:x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:eu-west-1:1:key/k"
                    }
                },
            )
        ),
        {"SSEKMSKeyId": "arn:aws:kms:eu-west-1:1:key/k", "ServerSideEncryption": "aws:kms"},
    ),
}


@pytest.mark.parametrize(("request_", "call"), SENT.values(), ids=SENT)
def test_what_the_policy_asks_of_the_call_is_sent_and_the_policy_stays(
    request_: AccessRequest, call: dict[str, Any]
) -> None:
    fix, *others = proposed("bucket_policy", request_, Says.DENIAL)
    assert all(bool(each.call) is (each.applicability is Applicability.SAFE) for each in others)
    assert (dict(fix.call), fix.edits, fix.writes) == (call, (), ())
    assert (fix.who, fix.applicability) == ("the caller", Applicability.SAFE)
    assert Says.DENIAL not in {says for says, _ in remaining("bucket_policy", fixed(request_, fix))}


def test_a_header_whose_key_the_caller_told_is_told_anew() -> None:
    statement = {"Principal": "*", **deny(PUT, Condition={"StringNotEquals": {SSE: "aws:kms"}})}
    request = {"principal": USER, "operation": "PutObject", "resource": OBJECT, "context": {SSE: "AES256"}}
    evidence = {"principal.policies": [policy(allow("s3:*"))], "bucket.policy": policy(statement)}
    each = next(tried(body({**request, "evidence": evidence, "evidence_is_complete": True}), "bucket_policy"))
    assert (each.fix.call, each.fix.request) == ({"ServerSideEncryption": "aws:kms"}, {"context": {SSE: "aws:kms"}})
    assert not each.stands


NOT_SENT: dict[str, AccessRequest] = {
    "a public ACL": upload(deny(PUT, Condition={"StringNotEquals": {ACL: "public-read"}})),
    "a pattern": upload(deny(PUT, Condition={"StringNotLike": {SSE: "own:*"}})),
    "two values that exclude each other": upload(
        deny(PUT, Condition={"StringNotEquals": {SSE: "aws:kms"}}),
        deny(PUT, Condition={"StringNotEquals": {SSE: "AES256"}}),
    ),
    "a header beside a Deny that asks for none": upload(
        deny(PUT, Condition={"StringNotEquals": {SSE: "aws:kms"}}), deny(PUT)
    ),
}


@pytest.mark.parametrize("request_", NOT_SENT.values(), ids=NOT_SENT)
def test_what_cannot_be_sent_is_not_proposed(request_: AccessRequest) -> None:
    fix = first(request_, Says.DENIAL)
    assert not fix.call
    assert Says.DENIAL not in {says for says, _ in remaining("bucket_policy", fixed(request_, fix))}


STEPS: dict[str, tuple[dict[str, Any], dict[str, list[str]], dict[str, str]]] = {
    "TLS": (INSECURE, {"aws:SecureTransport": ["false"]}, {"aws:securetransport": "true"}),
    "a newer TLS": (
        {"NumericLessThan": {"s3:TlsVersion": "1.2"}}, {"s3:TlsVersion": ["1.1"]}, {"s3:tlsversion": "1.2"}
    ),
    "MFA": (
        {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}, {}, {"aws:multifactorauthpresent": "true"}
    ),
    "a header for the signature": (
        {"StringNotEquals": {"s3:authType": "REST-HEADER"}},
        {"s3:authType": ["REST-QUERY-STRING"]},
        {"s3:authtype": "REST-HEADER"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("condition", "keys", "told"), STEPS.values(), ids=STEPS)
def test_a_way_of_calling_that_the_policy_asks_for_is_the_caller_s_step(
    condition: dict[str, Any], keys: dict[str, list[str]], told: dict[str, str]
) -> None:
    request = denied(deny("s3:*", Condition=condition), keys=keys)
    fix = first(request, Says.DENIAL)
    assert (fix.request, fix.edits, fix.writes) == ({"context": told}, (), ())
    assert fix.steps
    assert remaining("bucket_policy", fixed(request, fix)) == []


LOCKS: dict[str, tuple[dict[str, Any], bool]] = {
    "bucket and objects": (deny("s3:*", Resource=[BUCKET, f"{BUCKET}/*"]), True),
    "every bucket": (deny("s3:*", Resource="*"), True),
    "a pattern": (deny("*", Resource=f"{BUCKET}*"), True),
    "objects alone": (deny("s3:*", Resource=f"{BUCKET}/*"), False),
    "all but the bucket": ({"Effect": "Deny", "Action": "s3:*", "NotResource": BUCKET}, False),
    "all but other actions, of objects": (
        {"Effect": "Deny", "NotAction": "s3:ListBucket", "Resource": f"{BUCKET}/*"},
        False,
    ),
    "other actions": (deny("s3:GetObject", Resource=[BUCKET, f"{BUCKET}/*"]), False),
}


@pytest.mark.parametrize(("statement", "locks"), LOCKS.values(), ids=LOCKS)
def test_a_lock_out_is_told_where_the_deny_covers_the_change(statement: dict[str, Any], locks: bool) -> None:
    fix = first(denied(statement), Says.DENIAL)
    assert fix.edits
    assert ("it also covers s3:PutBucketPolicy" in fix.risk) is locks


MFA_OF = "--serial-number DEVICE_ARN --token-code CODE"


@pytest.mark.parametrize(
    ("principal", "issuer", "summary", "line"),
    [
        (USER, None, "get a session with MFA", f"aws sts get-session-token {MFA_OF}"),
        (ROLE, None, "assume the role anew with MFA", f"aws sts assume-role --role-arn {ROLE}"),
        (SESSION, PATHED, "assume the role anew with MFA", f"aws sts assume-role --role-arn {PATHED}"),
        (SESSION, None, "assume the role anew with MFA", f"aws sts assume-role --role-arn {ROLE}"),
    ],
)
def test_a_session_with_mfa_is_the_user_s_or_the_role_s(
    principal: str, issuer: str | None, summary: str, line: str
) -> None:
    document = policy(deny("s3:*", Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}, Principal="*"))
    facts = {ISSUER: issuer} if issuer else {}
    fix = first(asked(document, principal, facts=facts), Says.DENIAL)
    (step,) = fix.steps
    assert (fix.summary, step.partition(":")[0]) == (summary, summary)
    assert step.partition(": ")[2].startswith(line)
    assert step.endswith(MFA_OF)


def test_a_service_takes_no_step_of_a_caller_s() -> None:
    fix = first(
        denied(deny("s3:*", Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}), principal=SERVICE),
        Says.DENIAL,
    )
    assert fix.edits


def test_a_policy_that_s3_does_not_store_is_the_caller_s_to_mend() -> None:
    call = Call(operation="PutBucketPolicy", parameters={"Policy": "{}"})
    request = asked(None, action="s3:PutBucketPolicy", resource=BUCKET, call=call)
    (fix,) = proposed("bucket_policy", request, Says.REQUIREMENT)
    assert (fix.edits, fix.writes, fix.applicability, fix.who) == ((), (), Applicability.MANUAL, "the caller")


def test_text_stays_text() -> None:
    text = json.dumps(policy(reads({"AWS": OTHER}, Sid="Mine")), indent=4)
    fix = first(asked(text))
    assert json.loads(after(fix, "bucket.policy")) == policy(reads({"AWS": [OTHER, USER]}, Sid="Mine"))
    assert fix.undo[0].parameters["Policy"] == text


def test_a_grant_s_reach_is_the_role_s() -> None:
    request = asked(None, SESSION)
    held = [claim for claim in _judged(fixed(request, first(request))) if claim.says == Says.GRANT and claim.holds]
    assert [claim.reach for claim in held] == [Reach.ROLE]


@pytest.mark.parametrize(
    ("action", "resource", "risk"),
    [
        ("s3:GetObject", OBJECT, "nobody else is let in"),
        ("s3:ListBucket", BUCKET, "nobody else is let in; the names of all keys in the bucket become visible"),
        (
            "s3:PutBucketAcl",
            BUCKET,
            "nobody else is let in; whoever may write an ACL may let in anybody, wherever ACLs",
        ),
        ("s3:DeleteObjectVersion", OBJECT, "nobody else is let in; every version of the key can be deleted"),
    ],
)
def test_a_grant_says_what_it_gives_beside_the_call(action: str, resource: str, risk: str) -> None:
    fix = first(asked(None, action=action, resource=resource, facts={ISSUER: ROLE}))
    assert fix.risk.startswith(risk)
    assert fix.applicability is Applicability.REVIEW


UNLOCKED: dict[str, tuple[dict[str, Any], bool]] = {
    "for everybody, however they call": ({}, True),
    "for everybody but who calls from one network": ({"Condition": NETWORK}, False),
    "for one user": ({"Principal": {"AWS": USER}}, False),
    "for objects": ({"Resource": f"{BUCKET}/*"}, False),
}


@pytest.mark.parametrize(("elements", "by_root"), UNLOCKED.values(), ids=UNLOCKED)
def test_a_deny_that_covers_its_own_change_for_everybody_is_changed_by_root(
    elements: dict[str, Any], by_root: bool
) -> None:
    statement = deny("s3:*", **{"Principal": "*", "Resource": [BUCKET, f"{BUCKET}/*"], **elements})
    fix = first(asked(policy(statement), keys={"aws:SourceIp": ["203.0.113.7"]}), Says.DENIAL)
    assert (fix.applicability is Applicability.MANUAL) is by_root
    assert (not fix.writes) is by_root
    assert any(each.startswith("aws s3api put-bucket-policy --bucket") for each in fix.steps) is by_root
    assert "ArnNotLike" in str(fix.edits[0].after)


def test_a_role_that_may_be_made_anew_is_named_with_that_risk() -> None:
    assert "may make the role anew" in first(asked(None, SSO, facts={ISSUER: ITS_ROLE})).risk
    assert "may make the role anew" not in first(asked(None, SESSION, facts={ISSUER: PATHED})).risk
