"""Policies of VPC endpoints: what comes through must be allowed and not denied, whoever calls; the type tells whom."""

import pytest

from tests.layers.tables import (
    ANONYMOUS,
    AWAY,
    BUCKET,
    FEDERATED,
    HOME,
    IN_EU,
    LINKED,
    NOT_KNOWN,
    OBJECT,
    ROLE,
    ROOT,
    SERVICE,
    SESSION,
    USER,
    Worded,
    allow,
    deny,
    layer,
    policy,
    text,
    worded,
)
from why403.domain.errors import InvalidInput
from why403.domain.facts import CANONICAL_IDS, ISSUER, POINT_BUCKET
from why403.domain.request import AccessRequest, Call
from why403.testing import a_request
from why403_layers.permissions_boundary import BOUNDARY
from why403_layers.vpc_endpoint import POLICY, TYPE

EVERYBODY = {"Principal": "*"}
READ = Call(operation="GetObject")
KEY = f"arn:aws:kms:eu-west-1:{HOME}:key/1234abcd"
POINT = f"arn:aws:s3:eu-west-1:{HOME}:accesspoint/point/object/q3.csv"
OLAP = f"arn:aws:s3-object-lambda:eu-west-1:{HOME}:accesspoint/lambda"
CANONICAL = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
ON_OBJECTS = policy(allow("s3:*", Resource=f"{BUCKET}/*", **EVERYBODY))
ON_POINTS = policy(allow("s3:*", Resource="arn:aws:s3:*:*:accesspoint/*", **EVERYBODY))
NOT_POINTS = policy(allow(**EVERYBODY), deny("s3:*", Resource="arn:aws:s3:*:*:accesspoint/*", **EVERYBODY))
NOT_OBJECTS = policy(allow(**EVERYBODY), deny("s3:*", Resource=f"{BUCKET}/*", **EVERYBODY))
NOBODY_ELSE = policy(allow(**EVERYBODY), {**deny(), "NotPrincipal": {"AWS": [USER, HOME]}})

PASSES = ["denial: false", "limit: true"]
HELD = ["denial: false", "limit: false"]
DENIED = ["denial: true", "limit: true"]
OPEN = ["denial: unknown", "limit: unknown"]
MAY_BE_HELD = ["denial: false", "limit: unknown"]
MAY_BE_DENIED = ["denial: unknown", "limit: true"]


def through(written: object, principal: str = USER, kind: object = "Gateway") -> AccessRequest:
    """Return a request through an endpoint of a type, with this policy."""
    issuer = ROLE if principal == SESSION else None
    return a_request(
        principal=principal,
        facts={POLICY: written, TYPE: kind, ISSUER: issuer, CANONICAL_IDS: {CANONICAL: HOME}},
        keys={"aws:SourceVpce": ["vpce-1"]},
    )


def naming(principal: object) -> dict[str, object]:
    """Return a policy that lets only this principal through."""
    return policy(allow(Principal=principal))


BY_ACCOUNT = {
    "its id": {"AWS": HOME},
    "its root": {"AWS": ROOT},
    "its canonical id": {"CanonicalUser": CANONICAL},
}
CALLERS = {"a user": USER, "a session": SESSION, "a role": ROLE, "a federated user": FEDERATED}

CASES: dict[str, tuple[AccessRequest, list[str]]] = {
    "what is allowed passes": (through(policy(allow(**EVERYBODY))), PASSES),
    "what is not allowed does not": (through(policy(allow("s3:PutObject", **EVERYBODY))), HELD),
    "a policy without statements that fit": (through(policy(deny("s3:PutObject", **EVERYBODY))), HELD),
    "a Deny denies": (through(policy(allow(**EVERYBODY), deny("s3:Get*", **EVERYBODY))), DENIED),
    "a condition that is not known": (
        a_request(
            facts={POLICY: policy(allow(Condition=IN_EU, **EVERYBODY)), TYPE: "Gateway"},
            keys={"aws:RequestedRegion": None, "aws:SourceVpce": ["vpce-1"]},
        ),
        MAY_BE_HELD,
    ),
    # --- whether there is one ---
    "none is listed": (a_request(facts={POLICY: None}), []),
    "known not to have come through one": (a_request(), []),
    "said to be unknown, whatever the keys say": (a_request(facts={POLICY: NOT_KNOWN}), OPEN),
    "not known, through an endpoint": (through(NOT_KNOWN), OPEN),
    "not known, perhaps through one": (a_request(facts={POLICY: NOT_KNOWN}, keys={"aws:SourceVpce": None}), OPEN),
    "a policy that is given is met, whatever the context says": (
        a_request(facts={POLICY: policy(deny(**EVERYBODY))}),
        ["denial: true", "limit: false"],
    ),
    # --- whoever calls ---
    "anonymous": (through(ON_OBJECTS, ANONYMOUS), PASSES),
    "anonymous, held": (through(policy(allow("s3:PutObject", **EVERYBODY)), ANONYMOUS), HELD),
    "anonymous, who is no principal of an account": (through(naming({"AWS": HOME}), ANONYMOUS, None), HELD),
    "root": (through(policy(deny(**EVERYBODY)), ROOT), ["denial: true", "limit: false"]),
    "a service": (through(policy(allow("s3:PutObject", **EVERYBODY)), SERVICE), HELD),
    "a service-linked role": (through(policy(allow("s3:PutObject", **EVERYBODY)), LINKED), HELD),
    # --- what it is asked about ---
    "the key that S3 uses for a call": (
        a_request("kms:Decrypt", resource=KEY, call=READ, facts={POLICY: policy(deny(**EVERYBODY))}),
        [],
    ),
    "the key that S3 uses for a call, whatever the policy": (
        a_request("kms:Decrypt", resource=KEY, call=READ, facts={POLICY: NOT_KNOWN}, keys={"aws:SourceVpce": None}),
        [],
    ),
    "a key that is asked about by itself": (
        a_request("kms:Decrypt", resource=KEY, facts={POLICY: policy(deny(**EVERYBODY))}),
        ["denial: true", "limit: false"],
    ),
    "a call about no bucket": (
        a_request("s3:ListAllMyBuckets", resource="*", call=Call(operation="ListBuckets"), facts={POLICY: ON_OBJECTS}),
        HELD,
    ),
    "an Object Lambda access point": (
        a_request("s3-object-lambda:GetObject", resource=OLAP, call=READ, facts={POLICY: ON_OBJECTS}),
        HELD,
    ),
    # --- an access point and the bucket behind it ---
    "both are let through": (
        a_request(resource=POINT, facts={POLICY: policy(allow(**EVERYBODY)), POINT_BUCKET: "reports"}),
        PASSES,
    ),
    "only the bucket is": (a_request(resource=POINT, facts={POLICY: ON_OBJECTS, POINT_BUCKET: "reports"}), HELD),
    "only the access point is": (a_request(resource=POINT, facts={POLICY: ON_POINTS, POINT_BUCKET: "reports"}), HELD),
    "the access point is denied": (a_request(resource=POINT, facts={POLICY: NOT_POINTS, POINT_BUCKET: "b"}), DENIED),
    "the bucket is denied": (a_request(resource=POINT, facts={POLICY: NOT_OBJECTS, POINT_BUCKET: "reports"}), DENIED),
    "the bucket is not known": (a_request(resource=POINT, facts={POLICY: ON_POINTS}), OPEN),
    "the access point is held, whatever the bucket": (
        a_request(resource=POINT, facts={POLICY: ON_OBJECTS}),
        ["denial: unknown", "limit: false"],
    ),
    "the bucket itself is asked for": (a_request(facts={POLICY: NOT_POINTS}), PASSES),
    # --- what the type makes of principals ---
    "a role by its ARN, on a gateway": (through(naming({"AWS": ROLE}), SESSION), PASSES),
    "a role by its ARN, on an interface": (through(naming({"AWS": ROLE}), SESSION, "Interface"), PASSES),
    "everybody but the caller": (through(NOBODY_ELSE, USER, "Interface"), PASSES),
    "everybody but the caller, and the account means its root user": (through(NOBODY_ELSE), MAY_BE_DENIED),
    "everybody but a caller who may have a boundary": (
        a_request(facts={POLICY: NOBODY_ELSE, TYPE: "Interface", BOUNDARY: NOT_KNOWN}),
        MAY_BE_DENIED,
    ),
    "another account, whatever the type": (through(naming({"AWS": AWAY}), kind=None), HELD),
    "everybody beside the account, whatever the type": (through(naming({"AWS": [HOME, "*"]}), kind=None), PASSES),
}


@pytest.mark.parametrize(("asked", "claims"), CASES.values(), ids=CASES)
def test_what_it_says(asked: AccessRequest, claims: list[str]) -> None:
    assert said(asked) == claims


def said(asked: AccessRequest) -> list[str]:
    return [text(claim) for claim in layer("vpc_endpoint").judge(asked, asked.evidence)]


@pytest.mark.parametrize("principal", BY_ACCOUNT.values(), ids=BY_ACCOUNT)
@pytest.mark.parametrize("caller", CALLERS.values(), ids=CALLERS)
def test_an_account_means_its_root_user_on_a_gateway_and_all_of_it_on_an_interface(
    principal: object, caller: str
) -> None:
    denying = policy(allow(**EVERYBODY), deny(Principal=principal))
    assert said(through(naming(principal), caller, "Interface")) == PASSES
    assert said(through(naming(principal), caller, "Gateway")) == HELD
    assert said(through(denying, caller, "Interface")) == DENIED
    assert said(through(denying, caller, "Gateway")) == PASSES
    for unknown in (None, NOT_KNOWN):
        assert said(through(naming(principal), caller, unknown)) == MAY_BE_HELD
        assert said(through(denying, caller, unknown)) == MAY_BE_DENIED


@pytest.mark.parametrize("kind", ["Gateway", "Interface", None, NOT_KNOWN])
@pytest.mark.parametrize("principal", BY_ACCOUNT.values(), ids=BY_ACCOUNT)
def test_an_account_means_its_root_user_on_every_endpoint(principal: object, kind: object) -> None:
    assert said(through(naming(principal), ROOT, kind)) == PASSES


NONE = "no statement of the policy of the VPC endpoint allows s3:GetObject on"
CLOSEST = "statement 1 comes closest, but its"
WORDS: dict[str, tuple[AccessRequest, str, Worded]] = {
    "the statement that denies": (
        through({"name": "vpce-1", "document": policy(deny(Sid="No", **EVERYBODY))}),
        "denial: true",
        Worded(
            "statement `No` in `vpce-1` of the policy of the VPC endpoint denies s3:GetObject",
            ("vpc_endpoint.policy/document/Statement/0",),
        ),
    ),
    "what came closest": (
        through(policy(allow("s3:GetObjects", **EVERYBODY))),
        "limit: false",
        Worded(
            f"{NONE} {OBJECT}; {CLOSEST} Action `s3:GetObjects` is no action and may be meant for s3:GetObject",
            ("vpc_endpoint.policy/Statement/0",),
        ),
    ),
    "an account on a gateway": (
        through(naming({"AWS": HOME})),
        "limit: false",
        Worded(
            f"{NONE} {OBJECT}; {CLOSEST} Principal `{HOME}` does not name the caller; on a gateway endpoint an "
            "account as principal means its root user alone",
            ("vpc_endpoint.policy/Statement/0",),
        ),
    ),
    "an account on a gateway that is not what is wrong": (
        through(policy(allow(Principal={"AWS": HOME}, Resource="arn:aws:s3:::others/*"))),
        "limit: false",
        Worded(
            f"{NONE} {OBJECT}; {CLOSEST} Principal `{HOME}` does not name the caller and its Resource "
            f"`arn:aws:s3:::others/*` does not cover {OBJECT}",
            ("vpc_endpoint.policy/Statement/0",),
        ),
    ),
    "the type that is not known": (
        through(naming({"AWS": HOME}), kind=NOT_KNOWN),
        "limit: unknown",
        Worded(
            "whom an account in the policy means depends on the type of the VPC endpoint, which is not known",
            needs="ec2:DescribeVpcEndpoints",
        ),
    ),
    "the type that nobody gave": (
        through(policy(allow(**EVERYBODY), deny(Principal={"AWS": HOME})), kind=None),
        "denial: unknown",
        Worded(
            "whom an account in the policy means depends on the type of the VPC endpoint, which is not known",
            needs="ec2:DescribeVpcEndpoints",
        ),
    ),
    "the bucket behind an access point": (
        a_request(resource=POINT, facts={POLICY: ON_OBJECTS, POINT_BUCKET: "others"}),
        "limit: false",
        Worded(
            f"{NONE} {POINT}; {CLOSEST} Resource `{BUCKET}/*` names a bucket; through the access point the ARN "
            f"is `{POINT.removesuffix('q3.csv')}*`",
            ("vpc_endpoint.policy/Statement/0",),
        ),
    ),
    "the bucket behind an access point, which is let through itself": (
        a_request(resource=POINT, facts={POLICY: ON_POINTS, POINT_BUCKET: "others"}),
        "limit: false",
        Worded(
            f"{NONE} arn:aws:s3:::others/q3.csv; {CLOSEST} Resource `arn:aws:s3:*:*:accesspoint/*` names an "
            "access point; the bucket behind it is asked for as well, `arn:aws:s3:::others/*`",
            ("vpc_endpoint.policy/Statement/0",),
        ),
    ),
    "the bucket behind an access point that is not known": (
        a_request(resource=POINT, facts={POLICY: ON_POINTS, POINT_BUCKET: NOT_KNOWN}),
        "limit: unknown",
        Worded(
            "the bucket behind the access point is not known, and the VPC endpoint must let through that, too",
            needs="s3:GetAccessPoint",
        ),
    ),
    "a caller who may have a boundary": (
        a_request(facts={POLICY: NOBODY_ELSE, TYPE: "Interface", BOUNDARY: NOT_KNOWN}),
        "denial: unknown",
        Worded(
            "a Deny with `NotPrincipal` hits whoever has a permissions boundary, and that is not known",
            needs="iam:GetRole",
        ),
    ),
    "the permission that would tell": (
        through(NOT_KNOWN),
        "limit: unknown",
        Worded("`vpc_endpoint.policy` is not known", needs="ec2:DescribeVpcEndpoints"),
    ),
}


@pytest.mark.parametrize(("asked", "claim", "words"), WORDS.values(), ids=WORDS)
def test_how_it_says_it(asked: AccessRequest, claim: str, words: Worded) -> None:
    assert worded("vpc_endpoint", asked, claim) == words


@pytest.mark.parametrize(
    ("written", "kind", "near"),
    [
        (policy(allow("s3:ListObjects", **EVERYBODY)), "Gateway", True),
        (naming({"AWS": HOME}), "Gateway", True),
        (naming({"AWS": AWAY}), None, True),
        (policy(allow("s3:PutObject", Principal={"AWS": AWAY})), "Interface", False),
        (None, "Gateway", False),
        (NOT_KNOWN, "Gateway", False),
    ],
)
def test_it_is_near_where_one_element_is_wrong(written: object, kind: object, near: bool) -> None:
    request = through(written, kind=kind)
    assert layer("vpc_endpoint").near(request, request.evidence) is near


LITERALS = "a wildcard of `aws:PrincipalArn` has fewer than 6 characters before and behind it"
OF_AWS = "is made by AWS: no wildcards and no numeric operators go with it"
STAR = "the principal of a gateway endpoint's policy is `*`; a condition on `aws:PrincipalArn` narrows it"


def on(operator: str, key: str, value: object) -> dict[str, object]:
    return allow(Condition={operator: {key: value}}, **EVERYBODY)


@pytest.mark.parametrize(
    ("kind", "statement", "messages"),
    [
        ("Gateway", allow(**EVERYBODY), []),
        ("Gateway", allow(Principal={"AWS": "*"}), []),
        ("Gateway", allow(Principal={"AWS": HOME}), []),
        ("Gateway", allow(Principal={"AWS": ROLE}), [STAR]),
        ("Gateway", allow(Principal={"Service": SERVICE}), [STAR]),
        ("Interface", allow(Principal={"AWS": ROLE}), []),
        (None, allow(Principal={"AWS": ROLE}), []),
        ("Interface", {**allow(), "NotPrincipal": {"AWS": ROLE}}, ["`NotPrincipal` is not supported with `Allow`"]),
        ("Interface", {**deny(), "NotPrincipal": {"AWS": ROLE}}, []),
        ("Gateway", on("StringLike", "aws:PrincipalArn", f"arn:aws:iam::{HOME}:role/*"), []),
        ("Gateway", on("StringLike", "aws:PrincipalArn", "*:role/app"), []),
        ("Gateway", on("StringNotLikeIfExists", "aws:PrincipalArn", "*:role"), [LITERALS]),
        ("Gateway", on("ForAnyValue:StringLike", "aws:PrincipalArn", ["role/app*", "*"]), [LITERALS]),
        ("Gateway", on("StringLike", "aws:PrincipalArn", "arn:aws:iam::*?"), [LITERALS]),
        ("Gateway", on("StringLike", "aws:PrincipalArn", "a${*}"), []),
        ("Gateway", on("StringEquals", "aws:PrincipalArn", "*"), []),
        ("Gateway", on("StringLike", "aws:SourceVpc", "vpc-012345*"), [f"`aws:SourceVpc` {OF_AWS}"]),
        ("Gateway", on("StringLike", "aws:SourceVpc", "vpc-012345"), []),
        ("Gateway", on("NumericEquals", "aws:PrincipalAccount", 1), [f"`aws:PrincipalAccount` {OF_AWS}"]),
        ("Gateway", on("NumericLessThan", "s3:max-keys", 10), []),
        ("Gateway", on("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/app"), []),
        (
            "Gateway",
            on("ArnLike", "aws:PrincipalArn", "arn:aws:iam::1111*:role/app"),
            ["the account of `arn:aws:iam::1111*:role/app` is an id or a wildcard, not both"],
        ),
        (
            "Gateway",
            allow(Resource=["*", "arn:aws:s3:::a*", f"arn:aws:s3:eu-west-1:{HOME}:accesspoint/*"], **EVERYBODY),
            [],
        ),
        (
            "Gateway",
            allow(Resource="arn:aws:s3:eu-west-1:1?:accesspoint/*", **EVERYBODY),
            ["the account of `arn:aws:s3:eu-west-1:1?:accesspoint/*` is an id or a wildcard, not both"],
        ),
    ],
    ids=str,
)
def test_what_aws_would_not_store_is_told(kind: object, statement: dict[str, object], messages: list[str]) -> None:
    request = through({"name": "vpce-1", "document": policy(allow(**EVERYBODY), statement)}, kind=kind)
    warned = list(layer("vpc_endpoint").warnings(request, request.evidence))
    assert [each.message for each in warned] == messages
    assert {(each.fact, each.pointer) for each in warned} <= {("vpc_endpoint.policy", "/document/Statement/1")}


@pytest.mark.parametrize("value", [[policy(allow(**EVERYBODY))], 7, policy(allow()), {"Statement": 5}])
def test_a_value_that_is_no_policy_of_a_resource_is_refused(value: object) -> None:
    with pytest.raises(InvalidInput):
        POLICY.observe(value)


@pytest.mark.parametrize("value", ["gateway", "GatewayLoadBalancer", 1])
def test_there_are_two_types(value: object) -> None:
    with pytest.raises(InvalidInput):
        TYPE.observe(value)
