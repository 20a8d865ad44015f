"""Keys derived when not given: exactly the contract's list, each only where its source is known."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.cases import services
from tests.policy.asking import ACCOUNT, ANONYMOUS, FEDERATED, ROLE, ROOT, SERVICE, SESSION, USER
from why403.domain.context import NO_VALUE, NOT_KNOWN, Values
from why403.domain.request import AccessRequest
from why403.intake.evidence import observed
from why403.intake.request import asked_for

FACTS = services().registry.facts
OBJECT = "arn:aws:s3:::buk/k"
POINT = f"arn:aws:s3:eu-west-1:{ACCOUNT}:accesspoint/finance"
OTHER = "999999999999"
DERIVED = (
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalType",
    "aws:username",
    "aws:userid",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalServiceName",
    "aws:PrincipalTag/team",
    "aws:ResourceAccount",
    "s3:ResourceAccount",
    "s3:ExistingObjectTag/x",
    "s3:DataAccessPointArn",
    "s3:DataAccessPointAccount",
    "s3:AccessPointNetworkOrigin",
)
NOT_DERIVED = (
    "aws:ViaAWSService",
    "aws:MultiFactorAuthPresent",
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:SecureTransport",
    "aws:RequestedRegion",
    "aws:SourceIp",
    "aws:SourceAccount",
    "aws:PrincipalOrgID",
    "aws:ResourceOrgID",
    "aws:TokenIssueTime",
    "aws:VpceAccount",
    "s3:authType",
    "s3:TlsVersion",
    "s3:signatureversion",
)


def asked(
    who: str = USER,
    *,
    on: str = OBJECT,
    action: str = "s3:GetObject",
    evidence: Mapping[str, Any] | None = None,
    complete: bool = False,
    **members: Any,
) -> AccessRequest:
    """Return the only leg of a request; its context is complete unless it says otherwise."""
    members = members if "operation" in members else {"action": action, **members}
    found = observed(dict(evidence or {}), FACTS).evidence(complete=complete)
    (leg,) = asked_for({"principal": who, "resource": on, **members}).legs(found, FACTS)
    return leg.request


@pytest.mark.parametrize(
    ("who", "arn", "account", "kind", "name", "userid"),
    [
        (USER, USER, ACCOUNT, "User", "bob", None),
        (ROLE, ROLE, ACCOUNT, "AssumedRole", None, None),
        (SESSION, ROLE, ACCOUNT, "AssumedRole", None, None),
        (FEDERATED, FEDERATED, ACCOUNT, "FederatedUser", None, None),
        (ROOT, ROOT, ACCOUNT, "Account", None, None),
        (ANONYMOUS, None, "anonymous", "Anonymous", None, "anonymous"),
        (SERVICE, None, None, None, None, None),
    ],
)
def test_the_principal_fills_its_keys(
    who: str, arn: str | None, account: str | None, kind: str | None, name: str | None, userid: str | None
) -> None:
    evidence = {"session.issuer": ROLE} if who == SESSION else {}
    context = asked(who, evidence=evidence).context
    assert context["aws:principalarn"] == values(arn)
    assert context["aws:principalaccount"] == values(account)
    assert context["aws:principaltype"] == values(kind)
    assert context["aws:username"] == values(name)
    assert context["aws:userid"] == values(userid)


def values(text: str | None) -> Values:
    return NO_VALUE if text is None else (text,)


@pytest.mark.parametrize(
    ("who", "is_service", "name"),
    [(USER, "false", None), (ROOT, "false", None), (ANONYMOUS, None, None), (SERVICE, "true", SERVICE)],
)
def test_only_a_service_is_a_service(who: str, is_service: str | None, name: str | None) -> None:
    context = asked(who).context
    assert context["aws:principalisawsservice"] == values(is_service)
    assert context["aws:principalservicename"] == values(name)


FAST = f"arn:aws:s3express:eu-west-1:{ACCOUNT}:bucket/fast--euw1-az1--x-s3"


@pytest.mark.parametrize("key", ["ResourceAccount", "BucketTag/team"])
@pytest.mark.parametrize(("on", "own", "others"), [(OBJECT, "s3", "s3express"), (FAST, "s3express", "s3")])
def test_a_bucket_s_keys_have_the_prefix_of_its_own_service(key: str, on: str, own: str, others: str) -> None:
    evidence = {"bucket.owner": ACCOUNT, "bucket.tags": {"team": ACCOUNT}, "bucket.abac": True}
    context = asked(
        on=on, action="s3express:CreateSession" if on == FAST else "s3:GetObject", evidence=evidence
    ).context
    assert context[f"{own}:{key}".lower()] == (ACCOUNT,)
    assert context[f"{others}:{key}".lower()] == NO_VALUE


@pytest.mark.parametrize("key", NOT_DERIVED)
def test_nothing_else_is_derived(key: str) -> None:
    for who in (USER, SESSION, ANONYMOUS, SERVICE):
        assert asked(who, operation="GetObject").context[key.lower()] == NO_VALUE
        assert asked(who, operation="GetObject", context_is_complete=False).context[key.lower()] == NOT_KNOWN


@pytest.mark.parametrize(
    ("evidence", "context", "expected"),
    [
        ({"session.issuer": ROLE}, {}, (ROLE,)),
        ({"session.issuer": ROLE}, {"aws:PrincipalArn": "arn:aws:iam::1:role/x"}, ("arn:aws:iam::1:role/x",)),
        ({}, {"aws:principalARN": ROLE}, (ROLE,)),
        ({}, {"aws:PrincipalArn": None}, NO_VALUE),
        ({}, {}, NOT_KNOWN),
        ({"session.issuer": {"unknown": True}}, {}, NOT_KNOWN),
        ({"session.issuer": None}, {}, (f"arn:aws:iam::{ACCOUNT}:role/app",)),
    ],
)
def test_the_arn_of_a_sessions_role_is_as_known_as_its_issuer(
    evidence: Mapping[str, Any], context: Mapping[str, Any], expected: Values
) -> None:
    assert asked(SESSION, evidence=evidence, context=context).context["aws:principalarn"] == expected


@pytest.mark.parametrize(
    ("who", "evidence", "context", "issuer"),
    [
        (USER, {}, {}, ""),
        (ROLE, {"session.issuer": ROLE}, {}, ""),
        (SESSION, {"session.issuer": ROLE}, {}, ROLE),
        (SESSION, {}, {"aws:PrincipalArn": ROLE}, ROLE),
        (SESSION, {"session.issuer": ROLE}, {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/q/app"}, ROLE),
        (SESSION, {}, {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/other"}, None),
        (SESSION, {}, {"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:role/app"}, None),
        (SESSION, {}, {"aws:PrincipalArn": [ROLE, ROLE]}, None),
        (SESSION, {}, {"aws:PrincipalArn": "app"}, None),
        (SESSION, {}, {}, None),
        (FEDERATED, {"session.issuer": USER}, {}, USER),
        (FEDERATED, {"session.issuer": None}, {}, ""),
        (FEDERATED, {}, {"aws:PrincipalArn": FEDERATED}, None),
    ],
)
def test_a_session_comes_from_its_issuer_else_from_the_principals_arn(
    who: str, evidence: Mapping[str, Any], context: Mapping[str, Any], issuer: str | None
) -> None:
    request = asked(who, evidence=evidence, context=context)
    assert request.issuer == issuer
    assert request.caller.issuer == issuer


@pytest.mark.parametrize("key", ["aws:resourceaccount", "s3:resourceaccount"])
def test_the_account_of_a_resource_is_its_buckets_owner(key: str) -> None:
    assert asked(evidence={"bucket.owner": OTHER}).context[key] == (OTHER,)
    assert asked().context[key] == NOT_KNOWN
    assert asked(complete=True).context[key] == (ACCOUNT,)
    assert asked(ANONYMOUS, complete=True).context[key] == NO_VALUE
    assert asked(on="*", action="s3:ListAllMyBuckets").context[key] == NO_VALUE
    assert asked(evidence={"bucket.owner": OTHER}, context={key.upper(): "1"}).context[key] == ("1",)


TAGGED = {"Team": "ml", "stage": ""}


@pytest.mark.parametrize(
    ("key", "fact", "more"),
    [
        ("aws:PrincipalTag", "principal.tags", {}),
        ("aws:ResourceTag", "bucket.tags", {"bucket.abac": True}),
        ("s3:BucketTag", "bucket.tags", {"bucket.abac": True}),
        ("s3:ExistingObjectTag", "object.tags", {}),
    ],
)
def test_tags_fill_their_keys_as_far_as_they_are_known(key: str, fact: str, more: Mapping[str, Any]) -> None:
    key = key.lower()
    context = asked(evidence={fact: TAGGED, **more}).context
    assert context[f"{key}/team"] == ("ml",)
    assert context[f"{key}/stage"] == ("",)
    assert context[f"{key}/other"] == NO_VALUE
    assert asked(evidence={fact: None, **more}).context[f"{key}/team"] == NO_VALUE
    assert asked(evidence=more).context[f"{key}/team"] == NOT_KNOWN
    assert asked(evidence={fact: {"unknown": True}, **more}).context[f"{key}/team"] == NOT_KNOWN
    given = asked(evidence={fact: TAGGED, **more}, context={f"{key}/TEAM": None}).context
    assert given[f"{key}/team"] == NO_VALUE


@pytest.mark.parametrize("key", ["aws:resourcetag/team", "s3:buckettag/team"])
@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        ({"bucket.tags": TAGGED, "bucket.abac": False}, NO_VALUE),
        ({"bucket.tags": TAGGED, "bucket.abac": None}, NO_VALUE),
        ({"bucket.tags": TAGGED}, NOT_KNOWN),
        ({"bucket.abac": False}, NO_VALUE),
        ({"bucket.tags": {"x": "y"}}, NO_VALUE),
        ({}, NOT_KNOWN),
    ],
)
def test_a_buckets_tags_count_only_while_abac_is_on(key: str, evidence: Mapping[str, Any], expected: Values) -> None:
    assert asked(evidence=evidence).context[key] == expected


def test_an_objects_tags_come_only_with_the_actions_that_carry_them() -> None:
    evidence = {"object.tags": TAGGED}
    for action, expected in (("s3:GetObject", ("ml",)), ("s3:PutObject", NO_VALUE), ("kms:Decrypt", NO_VALUE)):
        assert asked(action=action, evidence=evidence).context["s3:existingobjecttag/team"] == expected


def test_who_has_no_identity_has_no_tags() -> None:
    for who in (ANONYMOUS, SERVICE):
        assert asked(who).context["aws:principaltag/team"] == NO_VALUE


def test_an_access_point_fills_its_keys() -> None:
    through = asked(on=f"{POINT}/object/k").context
    assert through["s3:dataaccesspointarn"] == (POINT,)
    assert through["s3:dataaccesspointaccount"] == (ACCOUNT,)
    assert through["s3:accesspointnetworkorigin"] == NOT_KNOWN
    direct = asked().context
    for key in ("s3:dataaccesspointarn", "s3:dataaccesspointaccount", "s3:accesspointnetworkorigin"):
        assert direct[key] == NO_VALUE


@pytest.mark.parametrize(
    ("members", "key", "expected"),
    [
        ({"operation": "GetObject", "parameters": {"VersionId": "v"}}, "s3:versionid", ("v",)),
        ({"operation": "GetObject"}, "s3:versionid", NO_VALUE),
        ({"operation": "GetObject", "context_is_complete": False}, "s3:versionid", NO_VALUE),
        ({"operation": "PutObject", "parameters": {"StorageClass": "GLACIER"}}, "s3:x-amz-storage-class", ("GLACIER",)),
        ({"operation": "PutObject", "parameters": {"Tagging": "a=b"}}, "s3:requestobjecttag/a", ("b",)),
        ({"action": "s3:PutObject"}, "s3:x-amz-storage-class", NO_VALUE),
        ({"action": "s3:PutObject", "context_is_complete": False}, "s3:x-amz-storage-class", NOT_KNOWN),
        (
            {
                "operation": "GetObject",
                "parameters": {"VersionId": "v"},
                "context": {"S3:VersionId": "w"},
            },
            "s3:versionid",
            ("w",),
        ),
        (
            {"operation": "GetObject", "parameters": {"VersionId": "v"}, "context": {"s3:versionid": None}},
            "s3:versionid",
            NO_VALUE,
        ),
    ],
)
def test_parameters_fill_their_keys_and_a_given_value_wins(members: dict[str, Any], key: str, expected: Values) -> None:
    legs = asked_for({"principal": USER, "resource": OBJECT, **members}).legs(
        observed({}, FACTS).evidence(complete=True), FACTS
    )
    assert legs[0].request.context[key] == expected


@pytest.mark.parametrize("key", DERIVED)
def test_a_given_value_wins_absence_included(key: str) -> None:
    evidence = {"bucket.owner": ACCOUNT, "principal.tags": {"team": "ml"}, "object.tags": {"x": "y"}}
    for given, expected in (("x", ("x",)), (None, NO_VALUE), ([], NO_VALUE), ("", ("",))):
        for who in (USER, ANONYMOUS, SERVICE):
            context = asked(who, on=f"{POINT}/object/k", evidence=evidence, context={key.swapcase(): given}).context
            assert context[key.lower()] == expected
