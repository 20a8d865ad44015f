"""Allows that ask something of a call: the call is made so, or what bypasses them is looked at and says so."""

from typing import Any

import pytest

from tests.layers.fixing import fixed, proposed, remaining
from tests.layers.tables import AWAY, BUCKET, HOME, OBJECT, ROOT, SESSION, USER, allow, deny, policy
from why403 import AccessRequest, Applicability, Call, Fact, Says
from why403.domain.facts import BUCKET_OWNER, OBJECT_TAGS, POINT_BUCKET, POINT_OWNER
from why403.testing import a_request
from why403_layers.bucket_policy import BUCKET_POLICY
from why403_layers.identity import POLICIES
from why403_layers.keys import KEY_POLICY
from why403_layers.permissions_boundary import BOUNDARY
from why403_layers.points import POINT_POLICY
from why403_layers.scp import SCPS
from why403_layers.session_policy import SESSION_POLICIES
from why403_layers.vpc_endpoint import POLICY, TYPE

MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
OFFICE = {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
SSE = "s3:x-amz-server-side-encryption"
ENCRYPTED = {"StringEquals": {SSE: "aws:kms"}}
POINT = f"arn:aws:s3:eu-west-1:{AWAY}:accesspoint/p"
KEY = f"arn:aws:kms:eu-west-1:{HOME}:key/1234abcd"
ANYBODY = {"Principal": "*"}


def inline(*conditions: Any, action: str = "s3:*", **elements: Any) -> list[dict[str, Any]]:
    """Return the policies of a user: one, with an Allow of everything for each condition."""
    statements = (allow(action, Condition=each, **elements) for each in conditions)
    return [{"name": "app", "from": "inline", "document": policy(*statements)}]


def asked(
    fact: Fact[Any], held: Any, action: str = "s3:GetObject", principal: str = USER, **more: Any
) -> AccessRequest:
    keys = {"aws:MultiFactorAuthPresent": [], "aws:SourceIp": ["198.51.100.7"], **more.pop("keys", {})}
    facts = {BUCKET_OWNER: HOME, fact: held, **more.pop("facts", {})}
    return a_request(action, principal=principal, facts=facts, keys=keys, **more)


LIST: dict[str, Any] = {"action": "s3:ListBucket", "resource": BUCKET}
PUT: dict[str, Any] = {"action": "s3:PutObject"}
MANUAL, SAFE, REVIEW = Applicability.MANUAL, Applicability.SAFE, Applicability.REVIEW

MET: dict[str, tuple[Any, dict[str, Any], dict[str, Any], Applicability]] = {
    "MFA": (MFA, {}, {"aws:multifactorauthpresent": "true"}, MANUAL),
    "MFA of late": (
        {**MFA, "NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}},
        {"keys": {"aws:MultiFactorAuthAge": []}},
        {"aws:multifactorauthpresent": "true", "aws:multifactorauthage": "0"},
        MANUAL,
    ),
    "TLS": (
        {"Bool": {"aws:SecureTransport": "true"}},
        {"keys": {"aws:SecureTransport": ["false"]}},
        {"aws:securetransport": "true"},
        MANUAL,
    ),
    "encryption": (ENCRYPTED, {**PUT, "keys": {SSE: []}}, {SSE: "aws:kms"}, SAFE),
    "encryption like this": (
        {"StringLike": {SSE: "aws:*"}},
        {**PUT, "keys": {SSE: ["AES256"]}},
        {SSE: "aws:kms"},
        SAFE,
    ),
    "no encryption but by default": (
        {"Null": {SSE: "true"}},
        {**PUT, "keys": {SSE: ["AES256"]}},
        {SSE: []},
        SAFE,
    ),
    "at most so many keys": (
        {"NumericLessThanEquals": {"s3:max-keys": "10"}},
        {**LIST, "keys": {"s3:max-keys": ["1000"]}},
        {"s3:max-keys": "10"},
        SAFE,
    ),
    "fewer keys": (
        {"NumericLessThan": {"s3:max-keys": "10"}},
        {**LIST, "keys": {"s3:max-keys": []}},
        {"s3:max-keys": "9"},
        SAFE,
    ),
}


@pytest.mark.parametrize(("condition", "more", "context", "grade"), MET.values(), ids=MET)
def test_what_the_caller_can_send_is_sent_and_nothing_bypassed(
    condition: Any, more: dict[str, Any], context: dict[str, Any], grade: Applicability
) -> None:
    request = asked(POLICIES, inline(condition), **more)
    first, *others = proposed("identity", request)
    assert all(each.request and not each.edits for each in others)
    assert (first.request, first.applicability, first.edits) == ({"context": context}, grade, ())
    assert first.who == "the caller"
    assert remaining("identity", fixed(request, first)) == []


def test_of_a_call_the_parameter_is_sent_as_boto3_takes_it() -> None:
    call = Call(operation="ListObjectsV2", parameters={"MaxKeys": 1000})
    keys = {"s3:max-keys": ["1000"]}
    few = {"NumericLessThanEquals": {"s3:max-keys": "10"}}
    assert proposed("identity", asked(POLICIES, inline(few), **LIST, keys=keys, call=call))[0].call == {"MaxKeys": 10}


UNMET: dict[str, tuple[Any, dict[str, Any], str]] = {
    "an address": (OFFICE, {}, "`aws:SourceIp`"),
    "a tag of the object": (
        {"StringEquals": {"s3:ExistingObjectTag/class": "public"}},
        {"facts": {OBJECT_TAGS: {"class": "secret"}}},
        "`s3:ExistingObjectTag/class`",
    ),
    "a time that is over": (
        {"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}},
        {"keys": {"aws:CurrentTime": ["2026-06-01T00:00:00Z"]}},
        "`aws:CurrentTime`",
    ),
    "one that can be met and one that cannot": (
        {**MFA, **OFFICE},
        {},
        "`aws:MultiFactorAuthPresent` and `aws:SourceIp`",
    ),
    "an ACL that lets in others": (
        {"StringEquals": {"s3:x-amz-acl": "public-read"}},
        {**PUT, "keys": {"s3:x-amz-acl": []}},
        "`s3:x-amz-acl`",
    ),
    "MFA where a service calls for somebody": (
        MFA,
        {"keys": {"aws:ViaAWSService": ["true"]}},
        "`aws:MultiFactorAuthPresent`",
    ),
}


@pytest.mark.parametrize(("condition", "more", "named"), UNMET.values(), ids=UNMET)
def test_what_bypasses_an_allow_is_never_safe_and_names_what_it_bypasses(
    condition: Any, more: dict[str, Any], named: str
) -> None:
    own, by_bucket = proposed("identity", asked(POLICIES, inline(condition, Sid="Mine"), **more))
    assert own.applicability is REVIEW
    assert own.risk == f"it bypasses what statement `Mine` of `app` asks of {named}"
    assert (by_bucket.applicability, by_bucket.risk) == (REVIEW, f"nobody else is let in; {own.risk}")


def test_several_are_named_as_far_as_they_fit() -> None:
    fix = proposed("identity", asked(POLICIES, inline(*[OFFICE] * 5)))[0]
    assert fix.risk.count("`aws:SourceIp`") == 3
    assert fix.risk.endswith("what statement 3 of `app` asks of `aws:SourceIp`; and 2 more")


OTHER: dict[str, tuple[list[dict[str, Any]], dict[str, Any]]] = {
    "another action": (inline(OFFICE, action="s3:PutObject"), {}),
    "another resource": (inline(OFFICE, Resource=f"{OBJECT}x"), {}),
    "a Deny": ([{"name": "app", "from": "inline", "document": policy()}], {}),
    "another prefix of a listing": (
        inline({"StringLike": {"s3:prefix": "home/*"}, **MFA}),
        {**LIST, "keys": {"s3:prefix": ["logs/"]}},
    ),
}


@pytest.mark.parametrize(("held", "more"), OTHER.values(), ids=OTHER)
def test_what_does_not_cover_the_call_is_no_guard(held: Any, more: dict[str, Any]) -> None:
    fix = proposed("identity", asked(POLICIES, held, **more))[0]
    assert (fix.applicability, "bypasses" in fix.risk) == (SAFE, False)


def test_a_limit_of_prefixes_is_one_where_all_keys_are_asked_for() -> None:
    held = inline({"StringLike": {"s3:prefix": "home/*"}})
    fix = proposed("identity", asked(POLICIES, held, **LIST, keys={"s3:prefix": []}))[0]
    assert (fix.applicability, "asks of `s3:prefix`" in fix.risk) == (REVIEW, True)


def _bucket(condition: Any, principal: Any = USER) -> Any:
    return policy({**allow("s3:*", Condition=condition), "Principal": {"AWS": principal}})


def _level(condition: Any) -> Any:
    return [{"target": "r-1", "policies": [policy(allow(Condition=condition))]}]


THROUGH = {POINT_BUCKET: "reports", POINT_OWNER: AWAY, BUCKET_OWNER: AWAY}
LAYERS: dict[str, tuple[str, int, Any]] = {
    "a bucket's policy": (
        "bucket_policy",
        Says.GRANT,
        lambda asks: asked(BUCKET_POLICY, _bucket(asks), facts={BUCKET_OWNER: AWAY}),
    ),
    "an access point's": (
        "access_point",
        Says.GRANT,
        lambda asks: asked(POINT_POLICY, _bucket(asks), facts=THROUGH, resource=f"{POINT}/object/q3.csv"),
    ),
    "a key's": (
        "kms",
        Says.LIMIT,
        lambda asks: asked(
            KEY_POLICY,
            policy({**allow("kms:*", Condition=asks), "Principal": {"AWS": USER}}),
            "kms:Decrypt",
            resource=KEY,
        ),
    ),
    "a boundary": ("permissions_boundary", Says.CAP, lambda asks: asked(BOUNDARY, policy(allow(Condition=asks)))),
    "an organization's": ("scp", Says.LIMIT, lambda asks: asked(SCPS, _level(asks))),
    "a session's": (
        "session_policy",
        Says.CAP,
        lambda asks: asked(SESSION_POLICIES, [policy(allow(Condition=asks))], principal=SESSION),
    ),
    "an endpoint's": (
        "vpc_endpoint",
        Says.LIMIT,
        lambda asks: asked(
            POLICY,
            policy({**allow(Condition=asks), **ANYBODY}),
            facts={TYPE: "Gateway"},
            keys={"aws:SourceVpce": ["vpce-1"]},
        ),
    ),
}


@pytest.mark.parametrize(("layer", "says", "request_for"), LAYERS.values(), ids=LAYERS)
def test_every_kind_of_policy_keeps_what_it_asks(layer: str, says: int, request_for: Any) -> None:
    guarded = request_for(MFA)
    (met,) = proposed(layer, guarded, says)
    assert met.request == {"context": {"aws:multifactorauthpresent": "true"}}
    assert says not in {each for each, _ in remaining(layer, fixed(guarded, met))}
    bypassing = proposed(layer, request_for(OFFICE), says)
    assert bypassing
    for fix in bypassing:
        assert fix.applicability >= REVIEW
        assert "it bypasses what statement 1 asks of `aws:SourceIp`" in fix.risk


@pytest.mark.parametrize(
    ("condition", "more", "context"),
    [
        ({"NumericGreaterThan": {"s3:max-keys": "10"}}, {**LIST, "keys": {"s3:max-keys": ["1000"]}}, "s3:max-keys"),
        (
            {"NumericGreaterThan": {"aws:MultiFactorAuthAge": "3600"}},
            {"keys": {"aws:MultiFactorAuthAge": ["7200"]}},
            "aws:multifactorauthage",
        ),
    ],
)
def test_a_deny_that_asks_for_the_same_is_met_alike(condition: Any, more: dict[str, Any], context: str) -> None:
    held = policy({**deny("s3:*", Condition=condition), "Principal": "*"})
    request = asked(BUCKET_POLICY, held, **more)
    fix = proposed("bucket_policy", request, Says.DENIAL)[0]
    assert list(fix.request["context"]) == [context]
    assert Says.DENIAL not in {says for says, _ in remaining("bucket_policy", fixed(request, fix))}


def test_whom_a_statement_of_a_bucket_s_policy_lets_in_is_no_guard() -> None:
    others = {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{HOME}:role/other"}}
    for held in (
        _bucket(others, "*"),
        _bucket({**others, **MFA}, "*"),
        _bucket(OFFICE, ROOT.replace(HOME, "999988887777")),
    ):
        fix = proposed("bucket_policy", asked(BUCKET_POLICY, held, facts={BUCKET_OWNER: AWAY}), Says.GRANT)[0]
        assert fix.risk == "nobody else is let in"
