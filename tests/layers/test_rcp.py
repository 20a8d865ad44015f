"""Resource control policies: any statement of any level may deny whoever calls; they follow the bucket's owner."""

import pytest

from tests.layers.tables import (
    ANONYMOUS,
    AWAY,
    BUCKET,
    HOME,
    IN_EU,
    LINKED,
    NOT_KNOWN,
    OBJECT,
    ROOT,
    SERVICE,
    SESSION,
    THIRD,
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
from why403.domain.facts import BUCKET_OWNER, POINT_BUCKET
from why403.domain.request import AccessRequest, Call
from why403.testing import a_request
from why403_layers.keys import KEY_MANAGER
from why403_layers.permissions_boundary import BOUNDARY
from why403_layers.rcp import RCPS
from why403_layers.scp import MANAGEMENT

READ = Call(operation="GetObject")
KEY = f"arn:aws:kms:eu-west-1:{AWAY}:key/1234abcd"
POINT = f"arn:aws:s3:eu-west-1:{HOME}:accesspoint/point/object/q3.csv"
OF_AWAY = f"arn:aws:s3:eu-west-1:{AWAY}:accesspoint/point/object/q3.csv"
ELSEWHERE = "arn:aws:sqs:eu-west-1:111122223333:queue"
EVERYBODY = {"Principal": "*"}
STOP = policy(deny("s3:*", Sid="Stop", **EVERYBODY))
OF_KEYS = policy(deny("kms:*", **EVERYBODY))
ANY = policy(deny("*", **EVERYBODY))
ON_BUCKET = policy(deny("s3:*", Resource=f"{BUCKET}/*", **EVERYBODY))
ON_POINT = policy(deny("s3:*", Resource="arn:aws:s3:*:*:accesspoint/*", **EVERYBODY))
OUTSIDERS = policy(deny("s3:*", Condition={"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}, **EVERYBODY))
NOBODY_ELSE = policy({**deny("s3:*"), "NotPrincipal": {"AWS": [USER, HOME]}})
FULL = policy(allow(**EVERYBODY))

DENIED, SPARED, OPEN = ["denial: true"], ["denial: false"], ["denial: unknown"]


def asked(rcps: object, principal: str = USER, resource: str = OBJECT, **facts: object) -> AccessRequest:
    """Return a request about what HOME owns, or whoever `owner` says; of an action that fits the resource."""
    service = resource.split(":")[2] if resource != "*" else "s3"
    actions = {"s3": "s3:GetObject", "kms": "kms:Decrypt", "sqs": "sqs:SendMessage", "s3express": "s3express:GetObject"}
    owner = facts.pop("owner", HOME)
    seen = {RCPS: rcps} | ({} if owner is None else {BUCKET_OWNER: owner})
    return a_request(actions[service], principal=principal, resource=resource, facts=seen)


CASES: dict[str, tuple[AccessRequest, list[str]]] = {
    "any level may deny": (asked([[], [STOP], [FULL]]), [*SPARED, *DENIED, *SPARED]),
    "an empty level allows everything": (asked([[]]), SPARED),
    "what AWS attaches everywhere denies nothing": (asked([[FULL]]), SPARED),
    "an allow that is missing is implied": (asked([[policy(allow("s3:PutObject", **EVERYBODY))]]), SPARED),
    "no organization, no policies": (asked(None), []),
    "not known": (asked(NOT_KNOWN), OPEN),
    "a condition that is not known": (
        a_request(facts={RCPS: [[policy(deny(Condition=IN_EU, **EVERYBODY))]]}, keys={"aws:RequestedRegion": None}),
        OPEN,
    ),
    # --- whoever calls ---
    "root": (asked([[STOP]], ROOT), DENIED),
    "a session": (asked([[STOP]], SESSION), DENIED),
    "an anonymous caller": (asked([[OUTSIDERS]], ANONYMOUS), DENIED),
    "an AWS service": (asked([[OUTSIDERS]], SERVICE), DENIED),
    "a caller of another account": (asked([[OUTSIDERS]], owner=AWAY), DENIED),
    "a service-linked role is exempt": (asked([[STOP]], LINKED), []),
    "a service-linked role is exempt from what is not known": (asked(NOT_KNOWN, LINKED), []),
    # --- whose bucket ---
    "the management account's bucket": (a_request(facts={RCPS: [[STOP]], MANAGEMENT: HOME}), []),
    "the management account's bucket, whatever is attached": (a_request(facts={RCPS: NOT_KNOWN, MANAGEMENT: HOME}), []),
    "the management account calls": (
        a_request(facts={RCPS: [[STOP]], MANAGEMENT: HOME, BUCKET_OWNER: AWAY}),
        DENIED,
    ),
    "another account manages": (a_request(facts={RCPS: [[STOP]], MANAGEMENT: AWAY}), DENIED),
    "it may be the bucket of the management account": (
        a_request(facts={RCPS: [[STOP]], MANAGEMENT: HOME, BUCKET_OWNER: NOT_KNOWN}),
        OPEN,
    ),
    "whose bucket it is, is not known": (a_request(facts={RCPS: [[STOP]], BUCKET_OWNER: NOT_KNOWN}), DENIED),
    "it is said that the management account is not known": (
        a_request(facts={RCPS: [[STOP]], MANAGEMENT: NOT_KNOWN}),
        OPEN,
    ),
    # --- what is asked for ---
    "a key that is asked about by itself": (asked([[OF_KEYS]], resource=KEY, owner=None), DENIED),
    "a key that AWS may manage": (
        a_request("kms:Decrypt", resource=KEY, facts={RCPS: [[OF_KEYS]], KEY_MANAGER: NOT_KNOWN}),
        OPEN,
    ),
    "a key that a customer manages": (
        a_request("kms:Decrypt", resource=KEY, facts={RCPS: [[OF_KEYS]], KEY_MANAGER: "CUSTOMER"}),
        DENIED,
    ),
    "a key that AWS manages": (
        a_request("kms:Decrypt", resource=KEY, facts={RCPS: [[OF_KEYS]], KEY_MANAGER: "AWS"}),
        [],
    ),
    "a key that AWS manages, whatever is attached": (
        a_request("kms:Decrypt", resource=KEY, facts={RCPS: NOT_KNOWN, KEY_MANAGER: "AWS"}),
        [],
    ),
    "a key that nothing denies": (asked([[STOP]], resource=KEY, owner=None), SPARED),
    "the key that a call on a bucket uses": (
        a_request("kms:Decrypt", resource=KEY, call=READ, facts={RCPS: [[OF_KEYS]], BUCKET_OWNER: AWAY}),
        DENIED,
    ),
    "the key of another account than the bucket's": (
        a_request(
            "kms:Decrypt", resource=KEY, call=READ, facts={RCPS: [[OF_KEYS]], BUCKET_OWNER: THIRD}, rest="unknown"
        ),
        OPEN,
    ),
    "the key of another account, whose policies are known to be none": (
        a_request("kms:Decrypt", resource=KEY, call=READ, facts={RCPS: [[OF_KEYS]]}),
        [],
    ),
    "the key of a bucket that nobody knows the owner of": (
        a_request("kms:Decrypt", resource=KEY, call=READ, facts={RCPS: [[STOP]]}, rest="unknown"),
        OPEN,
    ),
    "a service that supports them": (asked([[ANY]], resource=ELSEWHERE), DENIED),
    "a service that may not support them": (
        asked([[ANY]], resource=f"arn:aws:s3express:eu-west-1:{HOME}:bucket/a--x-s3"),
        OPEN,
    ),
    "a service that may not support them, and none denies": (
        asked([[STOP]], resource=f"arn:aws:s3express:eu-west-1:{HOME}:bucket/a--x-s3"),
        SPARED,
    ),
    "a call about no resource": (asked([[STOP]], resource="*"), OPEN),
    # --- through an access point ---
    "an access point and its bucket": (
        a_request(resource=POINT, facts={RCPS: [[STOP]], POINT_BUCKET: "reports"}),
        DENIED,
    ),
    "only the bucket behind an access point": (
        a_request(resource=POINT, facts={RCPS: [[ON_BUCKET]], POINT_BUCKET: "reports"}),
        OPEN,
    ),
    "only the access point": (a_request(resource=POINT, facts={RCPS: [[ON_POINT]], POINT_BUCKET: "reports"}), OPEN),
    "neither": (a_request(resource=POINT, facts={RCPS: [[OF_KEYS]], POINT_BUCKET: "reports"}), SPARED),
    "the bucket behind an access point of another account": (
        a_request(resource=OF_AWAY, facts={RCPS: [[ON_BUCKET]], POINT_BUCKET: "reports", BUCKET_OWNER: HOME}),
        DENIED,
    ),
    "an access point of another account": (
        a_request(resource=OF_AWAY, facts={RCPS: [[ON_POINT]], POINT_BUCKET: "reports", BUCKET_OWNER: HOME}),
        SPARED,
    ),
    "an access point of another account, whose policies nobody knows": (
        a_request(
            resource=OF_AWAY,
            facts={RCPS: [[ON_POINT]], POINT_BUCKET: "reports", BUCKET_OWNER: HOME},
            rest="unknown",
        ),
        [*SPARED, *OPEN],
    ),
    "an access point whose bucket is not known": (a_request(resource=POINT, facts={RCPS: [[STOP]]}), OPEN),
    # --- what AWS would not store, as it is written ---
    "everybody but the caller": (asked([[NOBODY_ELSE]]), SPARED),
    "everybody but somebody else": (asked([[NOBODY_ELSE]], ANONYMOUS), DENIED),
    "everybody but a caller who may have a boundary": (
        a_request(facts={RCPS: [[NOBODY_ELSE]], BOUNDARY: NOT_KNOWN}),
        OPEN,
    ),
}

WORDS: dict[str, tuple[AccessRequest, str, Worded]] = {
    "the level and the statement": (
        asked([[], {"target": "ou-1", "policies": [{"name": "Guard", "document": STOP}]}]),
        "denial: true",
        Worded(
            "statement `Stop` in `Guard` of the resource control policies of `ou-1` denies s3:GetObject",
            ("organization.rcps/1/policies/0/document/Statement/0",),
        ),
    ),
    "the statement on the bucket behind an access point": (
        a_request(resource=POINT, facts={RCPS: [[ON_BUCKET]], POINT_BUCKET: "reports"}),
        "denial: unknown",
        Worded(
            "statement 1 of the resource control policies of `level 1` denies s3:GetObject, and it is not known "
            "whether such policies see the access point or the bucket behind it",
            ("organization.rcps/0/0/Statement/0",),
        ),
    ),
    "whose bucket it is, and whether that account manages its organization": (
        a_request(facts={RCPS: [[STOP]], MANAGEMENT: HOME, BUCKET_OWNER: NOT_KNOWN}),
        "denial: unknown",
        Worded(
            "statement `Stop` of the resource control policies of `level 1` denies s3:GetObject, and whether its "
            "account manages its organization, which frees it, is not known",
            ("organization.rcps/0/0/Statement/0",),
            needs="s3:GetBucketAcl",
        ),
    ),
    "the permission that would tell": (
        asked(NOT_KNOWN),
        "denial: unknown",
        Worded("`organization.rcps` is not known", needs="organizations:ListPoliciesForTarget"),
    ),
    "a key that AWS may manage": (
        a_request("kms:Decrypt", resource=KEY, facts={RCPS: [[OF_KEYS]], KEY_MANAGER: NOT_KNOWN}),
        "denial: unknown",
        Worded(
            "statement 1 of the resource control policies of `level 1` denies kms:Decrypt, unless AWS manages the key, "
            "and that is not known",
            ("organization.rcps/0/0/Statement/0",),
            "kms:DescribeKey",
        ),
    ),
    "a call about no resource": (
        asked([[STOP]], resource="*"),
        "denial: unknown",
        Worded(
            "statement `Stop` of the resource control policies of `level 1` denies s3:GetObject, and it is not known "
            "whether such policies reach calls that are about no resource",
            ("organization.rcps/0/0/Statement/0",),
        ),
    ),
    "a service that may not support them": (
        asked([[ANY]], resource=f"arn:aws:s3express:eu-west-1:{HOME}:bucket/a--x-s3"),
        "denial: unknown",
        Worded(
            "statement 1 of the resource control policies of `level 1` denies s3express:GetObject, and it is not known "
            "whether such policies cover the service",
            ("organization.rcps/0/0/Statement/0",),
        ),
    ),
    "whose policies are over a key": (
        a_request("kms:Decrypt", resource=KEY, call=READ, facts={RCPS: [[STOP]]}, rest="unknown"),
        "denial: unknown",
        Worded(f"which resource control policies are over {KEY} is not known", needs="s3:GetBucketAcl"),
    ),
    "a bucket behind an access point that is not known": (
        a_request(resource=POINT, facts={RCPS: [[ON_BUCKET]], POINT_BUCKET: NOT_KNOWN}),
        "denial: unknown",
        Worded(
            "the bucket behind the access point is not known, and policies over it may deny", needs="s3:GetAccessPoint"
        ),
    ),
    "a caller who may have a boundary": (
        a_request(facts={RCPS: [[NOBODY_ELSE]], BOUNDARY: NOT_KNOWN}),
        "denial: unknown",
        Worded(
            "a Deny with `NotPrincipal` hits whoever has a permissions boundary, and that is not known",
            needs="iam:GetRole",
        ),
    ),
}


@pytest.mark.parametrize(("asked", "claims"), CASES.values(), ids=CASES)
def test_what_it_says(asked: AccessRequest, claims: list[str]) -> None:
    assert [text(claim) for claim in layer("rcp").judge(asked, asked.evidence)] == claims


@pytest.mark.parametrize(("asked", "claim", "words"), WORDS.values(), ids=WORDS)
def test_how_it_says_it(asked: AccessRequest, claim: str, words: Worded) -> None:
    assert worded("rcp", asked, claim) == words


ALLOWS = "only AWS's own `RCPFullAWSAccess` allows in a resource control policy"
PRINCIPAL = "the principal of a resource control policy is `*`; conditions narrow it"
SERVICE_MISSING = "an action of a resource control policy names its service"


@pytest.mark.parametrize(
    ("statement", "messages"),
    [
        (allow(**EVERYBODY), []),
        (deny("s3:*", Principal={"AWS": "*"}), []),
        (deny("s3:*", NotResource="arn:aws:s3:::x", **EVERYBODY) | {"Resource": None}, []),
        (allow("s3:*", **EVERYBODY), [ALLOWS]),
        (allow(Condition=IN_EU, **EVERYBODY), [ALLOWS]),
        (deny("s3:*", Principal={"AWS": AWAY}), [PRINCIPAL]),
        (deny("s3:*", Principal={"AWS": "*", "Service": SERVICE}), [PRINCIPAL]),
        (deny("s3:*", NotPrincipal={"AWS": USER}), [PRINCIPAL]),
        (deny("*", **EVERYBODY), [SERVICE_MISSING]),
        (deny("*:GetObject", **EVERYBODY), [SERVICE_MISSING]),
        (
            {**deny(NotAction="s3:*", **EVERYBODY), "Action": None},
            ["`NotAction` is not supported in a resource control policy"],
        ),
    ],
    ids=str,
)
def test_what_organizations_would_not_store_is_told(statement: dict[str, object], messages: list[str]) -> None:
    written = {name: held for name, held in statement.items() if held is not None}
    request = asked([[], {"target": "r", "policies": [policy(written)]}])
    warned = list(layer("rcp").warnings(request, request.evidence))
    assert [each.message for each in warned] == messages
    assert {(each.fact, each.pointer) for each in warned} <= {("organization.rcps", "/1/policies/0/Statement/0")}


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        ({}, ""),
        ([{"target": "r-1"}], "/0"),
        ([[policy(deny(**EVERYBODY))], [{"Statement": 1}]], "/1/0/Statement"),
        ([[policy(deny())]], "/0/0/Statement/0"),
    ],
)
def test_levels_that_are_none_are_refused_where_they_stand(value: object, pointer: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        RCPS.observe(value)
    assert caught.value.faults[0].pointer == pointer
