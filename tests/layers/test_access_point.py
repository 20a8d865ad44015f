"""Access points: what their policies say, how far both gates together let in, which networks and calls they take."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cases import answers, services
from tests.layers.tables import (
    ANONYMOUS,
    AWAY,
    HOME,
    NOT_KNOWN,
    ROLE,
    SERVICE,
    SESSION,
    THIRD,
    USER,
    Worded,
    allow,
    deny,
    policy,
    said,
    worded,
)
from why403.domain.evidence import Fact
from why403.domain.facts import (
    BUCKET_OWNER,
    OBJECT_OWNER,
    OWNERSHIP,
    POINT_BUCKET,
    POINT_ORIGIN,
    POINT_OWNER,
    POINT_VPC,
)
from why403.domain.request import AccessRequest, Call
from why403.domain.truth import FALSE, TRUE, Truth
from why403.layer import Warned
from why403.testing import a_request
from why403_layers.bucket_policy import BUCKET_POLICY
from why403_layers.identity import POLICIES
from why403_layers.permissions_boundary import BOUNDARY
from why403_layers.points import POINT_POLICY

NAME = "access_point"
OWN = f"arn:aws:s3:eu-west-1:{HOME}:accesspoint/p"
THEIRS = f"arn:aws:s3:eu-west-1:{AWAY}:accesspoint/p"
MADE = f"arn:aws:s3-object-lambda:eu-west-1:{HOME}:accesspoint/l"
FAR = f"arn:aws:s3::{HOME}:accesspoint/m.mrap"
VPC: dict[Fact[Any], object] = {POINT_ORIGIN: "VPC", POINT_VPC: "vpc-1"}
SOURCE_VPC, ENDPOINT = "aws:SourceVpc", "aws:SourceVpce"


def naming(*statements: dict[str, object]) -> dict[Fact[Any], object]:
    """Return the fact of an access point's policy."""
    return {POINT_POLICY: policy(*statements)}


def to(*names: str, **elements: Any) -> dict[str, object]:
    """Return an Allow for some AWS principals."""
    return allow(Principal={"AWS": list(names)}, **elements)


def through(
    facts: dict[Fact[Any], object] | None = None,
    action: str = "s3:GetObject",
    *,
    point: str = OWN,
    principal: str = USER,
    **more: Any,
) -> AccessRequest:
    """Return a request for an object through an access point."""
    of_object = "Bucket" not in action and "Point" not in action
    target = f"{point}/object/a/b" if of_object else point
    return a_request(action, principal=principal, resource=target, facts={POINT_BUCKET: "buk"} | (facts or {}), **more)


def called(operation: str, action: str, *, point: str = OWN, **facts: Any) -> AccessRequest:
    """Return a leg of a call."""
    return through(facts.get("facts"), action, point=point, call=Call(operation=operation))


NO_DENIAL = {"denial: false"}
NOBODY = {"grant direct: false"}
# In the caller's own account its policies decide, so that whatever trusts the account counts.
BY_ACCOUNT = {"grant account: true", "cap direct+role: false", "cap public ACL: unknown"}
CLOSED = {"cap direct+role+account+account ACL: false", "cap public ACL: false"}
DIRECT = {"grant direct: true", "grant role: true", "grant account: true"}

CASES: dict[str, tuple[AccessRequest, set[str]]] = {
    # --- what the policy grants ---------------------------------------------------------------------------------------
    "the caller by name": (through(naming(to(USER))), NO_DENIAL | DIRECT),
    "everyone": (through(naming(allow(Principal="*"))), NO_DENIAL | DIRECT),
    "everyone, without a signature": (through(naming(allow(Principal="*")), principal=ANONYMOUS), NO_DENIAL | DIRECT),
    "an AWS service": (
        through(naming(allow(Principal={"Service": SERVICE})), principal=SERVICE),
        NO_DENIAL | DIRECT,
    ),
    "the role behind a session": (
        through(naming(to(ROLE)), principal=SESSION),
        {
            *NO_DENIAL,
            *NOBODY,
            "grant role: true",
            "grant account: true",
            "cap direct: false",
            "cap public ACL: unknown",
        },
    ),
    "the account of the caller, elsewhere": (
        through(naming(to(HOME)), point=THEIRS),
        {*NO_DENIAL, *NOBODY, "grant account: true", "cap direct+role: false", "cap public ACL: unknown"},
    ),
    "somebody else, elsewhere": (through(naming(to(f"{USER}2")), point=THEIRS), NO_DENIAL | NOBODY | CLOSED),
    "somebody else, in the caller's account": (through(naming(to(f"{USER}2"))), NO_DENIAL | NOBODY | BY_ACCOUNT),
    "no policy, in the caller's account": (through(), NO_DENIAL | NOBODY | BY_ACCOUNT),
    "no policy, elsewhere": (through(point=THEIRS), NO_DENIAL | NOBODY | CLOSED),
    "no policy, without a signature": (through(principal=ANONYMOUS), NO_DENIAL | NOBODY | CLOSED),
    "an Allow of the bucket's ARN": (
        through(naming(to(USER, Resource="arn:aws:s3:::buk/*")), point=THEIRS),
        NO_DENIAL | NOBODY | CLOSED,
    ),
    "a Deny": (
        through(naming(deny(Principal="*")), point=THEIRS),
        {"denial: true", *NOBODY, *CLOSED},
    ),
    "a policy that is not known, elsewhere": (
        through({POINT_POLICY: NOT_KNOWN}, point=THEIRS),
        {
            "denial: unknown",
            "grant direct: unknown",
            "grant role: unknown",
            "grant account: unknown",
            "cap direct+role+account+account ACL: unknown",
            "cap public ACL: unknown",
        },
    ),
    "a Deny with NotPrincipal of whom a boundary bounds": (
        through(naming(deny(NotPrincipal={"AWS": [USER, HOME]})) | {BOUNDARY: policy(allow())}, point=THEIRS),
        {"denial: true", *NOBODY, *CLOSED},
    ),
    "an object of nobody knows whom": (
        through(naming(to(USER)) | {BUCKET_OWNER: AWAY, OBJECT_OWNER: NOT_KNOWN, OWNERSHIP: "ObjectWriter"}),
        {*NO_DENIAL, "grant direct: unknown", "grant role: unknown", "grant account: unknown"},
    ),
    "an object of a third account is for its owner to grant": (
        through(naming(to(USER)) | {BUCKET_OWNER: AWAY, OBJECT_OWNER: THIRD, OWNERSHIP: "ObjectWriter"}, point=THEIRS),
        NO_DENIAL,
    ),
    "and without the access point nothing is": (
        through({BUCKET_OWNER: AWAY, OBJECT_OWNER: THIRD, OWNERSHIP: "ObjectWriter"}, point=THEIRS),
        NO_DENIAL | NOBODY | CLOSED,
    ),
    # --- networks -----------------------------------------------------------------------------------------------------
    "from its VPC": (
        through(VPC, keys={SOURCE_VPC: ["vpc-1"]}),
        {"requirement: true", *NO_DENIAL, *NOBODY, *BY_ACCOUNT},
    ),
    "from another VPC": (
        through(VPC, keys={SOURCE_VPC: ["vpc-2"]}),
        {"requirement: false", *NO_DENIAL, *NOBODY, *BY_ACCOUNT},
    ),
    "from no VPC": (through(VPC), {"requirement: false", *NO_DENIAL, *NOBODY, *BY_ACCOUNT}),
    "from no VPC, whichever it is for": (
        through({POINT_ORIGIN: "VPC", POINT_VPC: NOT_KNOWN}),
        {"requirement: false", *NO_DENIAL, *NOBODY, *BY_ACCOUNT},
    ),
    "from a VPC that is not known": (
        through(VPC, keys={SOURCE_VPC: None}),
        {"requirement: unknown", *NO_DENIAL, *NOBODY, *BY_ACCOUNT},
    ),
    "from an endpoint whose VPC is not given": (
        through(VPC, keys={ENDPOINT: ["vpce-1"]}),
        {"requirement: unknown", *NO_DENIAL, *NOBODY, *BY_ACCOUNT},
    ),
    "from an endpoint, and known to be from no VPC": (
        through(VPC, keys={ENDPOINT: ["vpce-1"], SOURCE_VPC: []}),
        {"requirement: false", *NO_DENIAL, *NOBODY, *BY_ACCOUNT},
    ),
    "for a VPC that is not known": (
        through({POINT_ORIGIN: "VPC", POINT_VPC: NOT_KNOWN}, keys={SOURCE_VPC: ["vpc-1"]}),
        {"requirement: unknown", *NO_DENIAL, *NOBODY, *BY_ACCOUNT},
    ),
    "perhaps for a VPC": (
        through({POINT_ORIGIN: NOT_KNOWN, POINT_VPC: NOT_KNOWN}),
        {"requirement: unknown", *NO_DENIAL, *NOBODY, *BY_ACCOUNT},
    ),
    "for the internet, from a VPC": (
        through({POINT_ORIGIN: "Internet"}, keys={SOURCE_VPC: ["vpc-1"]}),
        NO_DENIAL | NOBODY | BY_ACCOUNT,
    ),
    # --- calls --------------------------------------------------------------------------------------------------------
    "a call that is there": (called("GetObject", "s3:GetObject"), NO_DENIAL | NOBODY | BY_ACCOUNT),
    "a call that is not": (
        called("PutBucketTagging", "s3:PutBucketTagging"),
        {"requirement: false", *NO_DENIAL, *NOBODY, *BY_ACCOUNT},
    ),
    "a call of which pages disagree": (
        called("DeleteBucketPolicy", "s3:DeleteBucketPolicy"),
        {"requirement: unknown", *NO_DENIAL, *NOBODY, *BY_ACCOUNT},
    ),
    "a call that only the guide lists": (
        called("ListMultipartUploads", "s3:ListBucketMultipartUploads"),
        NO_DENIAL | NOBODY | BY_ACCOUNT,
    ),
    "an action that is not there, without a call": (
        through(None, "s3:PutBucketTagging"),
        NO_DENIAL | NOBODY | BY_ACCOUNT,
    ),
    "the access point itself": (through(naming(deny(Principal="*")) | VPC, "s3:DeleteAccessPoint"), set()),
    "a bucket": (a_request(facts=naming(deny(Principal="*")) | VPC), set()),
    # --- Object Lambda ------------------------------------------------------------------------------------------------
    "a function": (
        called("GetObject", "s3-object-lambda:GetObject", point=MADE, facts=naming(to(USER))),
        {*NO_DENIAL, "grant direct: true", "grant role: false", "grant account: false", "requirement: unknown"},
    ),
    "a function's answer": (
        called("WriteGetObjectResponse", "s3-object-lambda:WriteGetObjectResponse", point=MADE),
        {*NO_DENIAL, *NOBODY, "grant role: false", "grant account: false"},
    ),
    "a function, by action": (
        through(naming(deny(Principal="*")), "s3-object-lambda:GetObject", point=MADE),
        {"denial: true", *NOBODY, "grant role: false", "grant account: false"},
    ),
    "a function's access point itself": (
        through(naming(deny(Principal="*")), "s3:DeleteAccessPointForObjectLambda", point=MADE),
        set(),
    ),
}


@pytest.mark.parametrize(("asked", "expected"), CASES.values(), ids=CASES)
def test_what_it_says(asked: AccessRequest, expected: set[str]) -> None:
    assert said(NAME, asked) == expected


POLICY, ORIGIN, ITS_VPC = POINT_POLICY.name, POINT_ORIGIN.name, POINT_VPC.name
STATEMENT = f"{POLICY}/Statement/0"
WORDS: dict[str, tuple[AccessRequest, str, Worded]] = {
    "an Allow": (
        through(naming(to(USER, Sid="Ana"))),
        "grant direct: true",
        Worded("statement `Ana` of the access point's policy allows s3:GetObject", (STATEMENT,)),
    ),
    "a Deny": (
        through(naming(deny(Principal="*"))),
        "denial: true",
        Worded("statement 1 of the access point's policy denies s3:GetObject", (STATEMENT,)),
    ),
    "a near miss": (
        through(naming(to(USER, action="s3:PutObject")), point=THEIRS),
        "grant direct: false",
        Worded(
            f"no statement of the access point's policy allows s3:GetObject on {THEIRS}/object/a/b; statement 1 comes "
            "closest, but its Action `s3:PutObject` does not cover s3:GetObject",
            (STATEMENT,),
        ),
    ),
    "what is trusted too little": (
        through(naming(to(ROLE)), principal=SESSION),
        "cap direct: false",
        Worded("the access point's policy lets in only by the caller's role, which is not enough here", (STATEMENT,)),
    ),
    "no policy": (
        through(point=THEIRS),
        "grant direct: false",
        Worded("the access point has no policy, so none allows s3:GetObject", (POLICY,)),
    ),
    "the caller's account": (
        through(),
        "grant account: true",
        Worded("the access point is of the caller's own account, whose policies decide"),
    ),
    "an account that is not known": (
        through({POINT_OWNER: NOT_KNOWN}, point="arn:aws:s3:eu-west-1::accesspoint/p"),
        "grant account: unknown",
        Worded("it is not known whose the access point is", needs="s3:GetAccessPoint"),
    ),
    "a Multi-Region Access Point of the caller's account": (
        through(point=FAR),
        "denial: false",
        Worded(
            "the access point has no policy, so none denies s3:GetObject; AWS says both that an identity policy "
            "suffices in one account, and that this policy must allow as well",
            (POLICY,),
        ),
    ),
    "a policy that is not known": (
        through({POINT_POLICY: NOT_KNOWN}),
        "denial: unknown",
        Worded(f"`{POLICY}` is not known", needs="s3:GetAccessPointPolicy"),
    ),
    "the right VPC": (
        through(VPC, keys={SOURCE_VPC: ["vpc-1"]}),
        "requirement: true",
        Worded(
            "the access point lets in only requests from the VPC `vpc-1`, and this one comes from there",
            (ORIGIN, ITS_VPC),
        ),
    ),
    "the wrong VPC": (
        through(VPC, keys={SOURCE_VPC: ["vpc-2"]}),
        "requirement: false",
        Worded(
            "the access point lets in only requests from the VPC `vpc-1`, and this one comes from `vpc-2`",
            (ORIGIN, ITS_VPC),
        ),
    ),
    "no VPC": (
        through({POINT_VPC: "vpc-1"}),
        "requirement: false",
        Worded(
            "the access point lets in only requests from the VPC `vpc-1`, and this one comes from no VPC", (ITS_VPC,)
        ),
    ),
    "a VPC that is not known": (
        through(VPC, keys={SOURCE_VPC: None}),
        "requirement: unknown",
        Worded(
            "the access point lets in only requests from the VPC `vpc-1`, and it is not known from which VPC this one "
            "comes",
            (ORIGIN, ITS_VPC),
        ),
    ),
    "for a VPC that is not known": (
        through({POINT_ORIGIN: "VPC", POINT_VPC: NOT_KNOWN}, keys={SOURCE_VPC: ["vpc-1"]}),
        "requirement: unknown",
        Worded(
            "the access point lets in only requests from one VPC, and it is not known from which",
            needs="s3:GetAccessPoint",
        ),
    ),
    "perhaps for a VPC": (
        through({POINT_ORIGIN: NOT_KNOWN, POINT_VPC: NOT_KNOWN}),
        "requirement: unknown",
        Worded("it is not known whether the access point is for one VPC only", needs="s3:GetAccessPoint"),
    ),
    "a call that is not there": (
        called("PutBucketTagging", "s3:PutBucketTagging"),
        "requirement: false",
        Worded(
            "PutBucketTagging is not available through access points; it is made to the bucket itself",
            status=405,
            code="MethodNotAllowed",
        ),
    ),
    "a call of which pages disagree": (
        called("DeleteBucketPolicy", "s3:DeleteBucketPolicy"),
        "requirement: unknown",
        Worded("AWS's pages disagree on whether DeleteBucketPolicy may be made through an access point"),
    ),
    "a function": (
        called("GetObject", "s3-object-lambda:GetObject", point=MADE),
        "requirement: unknown",
        Worded(
            "an Object Lambda access point also needs lambda:InvokeFunction on its function, and s3:GetObject on the "
            "access point that it is made from, by the bucket's side as well, and no evidence tells about those"
        ),
    ),
    "a write to a function's access point": (
        called("PutObject", "s3-object-lambda:PutObject", point=MADE),
        "requirement: unknown",
        Worded(
            "an Object Lambda access point also needs s3:PutObject on the access point that it is made from, by the "
            "bucket's side as well, and no evidence tells about those"
        ),
    ),
    "an object of nobody knows whom": (
        through({BUCKET_OWNER: AWAY, OBJECT_OWNER: NOT_KNOWN, OWNERSHIP: "ObjectWriter"}),
        "grant account: unknown",
        Worded("it is not known whether the bucket's owner owns the object", needs="s3:GetObjectAcl"),
    ),
    "a boundary that is not known": (
        through(naming(deny(NotPrincipal={"AWS": [USER, HOME]})) | {BOUNDARY: NOT_KNOWN}),
        "denial: unknown",
        Worded(
            "a Deny with `NotPrincipal` hits whoever has a permissions boundary, and that is not known",
            needs="iam:GetRole",
        ),
    ),
    "an ACL for everyone": (
        through(),
        "cap public ACL: unknown",
        Worded("an ACL's grant to everyone counts only as far as the access point's policy lets it"),
    ),
}


@pytest.mark.parametrize(("asked", "claim", "expected"), WORDS.values(), ids=WORDS)
def test_how_it_says_it(asked: AccessRequest, claim: str, expected: Worded) -> None:
    assert worded(NAME, asked, claim) == expected


BEHIND: dict[str, tuple[AccessRequest, str, Worded]] = {
    "the bucket's policy speaks of the bucket": (
        through({BUCKET_POLICY: policy(to(USER, Resource="arn:aws:s3:::buk/a/*"))}),
        "grant direct: true",
        Worded("statement 1 of the bucket policy allows s3:GetObject", ("bucket.policy/Statement/0",)),
    ),
    "a bucket that is not known": (
        through({BUCKET_POLICY: policy(to(USER)), POINT_BUCKET: NOT_KNOWN}),
        "denial: unknown",
        Worded(
            "the bucket policy says nothing that is certain while the bucket behind the access point is not known",
            needs="s3:GetAccessPoint",
        ),
    ),
    "an object of a third account": (
        through(
            {
                BUCKET_POLICY: policy(allow(Principal="*")),
                BUCKET_OWNER: AWAY,
                OBJECT_OWNER: THIRD,
                OWNERSHIP: "ObjectWriter",
            }
        ),
        "cap direct+role+account: false",
        Worded("the object is another account's, and the bucket's policy can allow nothing about it"),
    ),
}


@pytest.mark.parametrize(("asked", "claim", "expected"), BEHIND.values(), ids=BEHIND)
def test_how_the_bucket_behind_says_it(asked: AccessRequest, claim: str, expected: Worded) -> None:
    assert worded("bucket_policy", asked, claim) == expected


CALLERS: dict[str, tuple[AccessRequest, str, Worded]] = {
    "an Allow of the bucket alone": (
        through({POLICIES: [policy(allow(Resource="arn:aws:s3:::buk/*"))]}),
        "grant attached: true",
        Worded(
            "statement 1 of the identity policies allows s3:GetObject, by the bucket behind the access point; AWS "
            "leaves open whether that suffices",
            ("principal.policies/0/Statement/0",),
        ),
    ),
    "a Deny of the bucket alone": (
        through({POLICIES: [policy(deny(Resource="arn:aws:s3:::buk/*"))]}),
        "denial: unknown",
        Worded(
            "statement 1 of the identity policies may deny s3:GetObject: it names the bucket behind the access point, "
            "and AWS leaves open whether that counts",
            ("principal.policies/0/Statement/0",),
        ),
    ),
    "an Allow of what may be the bucket": (
        through({POLICIES: [policy(allow(Resource="arn:aws:s3:::buk/*"))], POINT_BUCKET: NOT_KNOWN}),
        "grant attached: unknown",
        Worded(
            "statement 1 of the identity policies may allow s3:GetObject: the bucket behind the access point is not "
            "known",
            ("principal.policies/0/Statement/0",),
            "s3:GetAccessPoint",
        ),
    ),
    "an Allow of the bucket under what is not known": (
        through(
            {
                POLICIES: [
                    policy(allow(Resource="arn:aws:s3:::buk/*", Condition={"StringEquals": {SOURCE_VPC: "vpc-1"}}))
                ]
            },
            keys={SOURCE_VPC: None},
        ),
        "grant attached: unknown",
        Worded(
            "statement 1 of the identity policies may allow s3:GetObject: `aws:SourceVpc` is not known",
            ("principal.policies/0/Statement/0",),
        ),
    ),
    "an Allow of both": (
        through({POLICIES: [policy(allow())]}),
        "grant attached: true",
        Worded("statement 1 of the identity policies allows s3:GetObject", ("principal.policies/0/Statement/0",)),
    ),
}


@pytest.mark.parametrize(("asked", "claim", "expected"), CALLERS.values(), ids=CALLERS)
def test_how_the_caller_s_policies_say_it(asked: AccessRequest, claim: str, expected: Worded) -> None:
    assert worded("identity", asked, claim) == expected


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("arn:aws:s3:::other/*", "false"),
        ("arn:aws:s3:::buk", "false"),
        ("arn:aws:s3:::*", "true"),
        (f"{OWN}2/object/*", "false"),
        (f"{OWN}/object/a/*", "true"),
        ("arn:aws:s3:*:*:accesspoint/*", "true"),
    ],
)
def test_which_resources_of_an_identity_policy_are_meant(resource: str, expected: str) -> None:
    facts: dict[Fact[Any], object] = {POLICIES: [policy(allow(Resource=resource))]}
    assert f"grant attached: {expected}" in said("identity", through(facts))


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (allow(Resource="arn:aws:s3:::*"), "unknown"),
        (allow(Resource="arn:aws:s3:::bu?k/*"), "unknown"),
        (allow(Resource="arn:*:s3:::buk/*"), "unknown"),
        (allow(Resource="arn:aws-cn:s3:::buk/*"), "false"),
        (allow(Resource=f"{OWN}2/*"), "false"),
        ({"Effect": "Allow", "Action": "*", "NotResource": f"{OWN}/*"}, "unknown"),
        (allow(Resource="arn:aws:s3:::buk/*", Condition={"StringEquals": {SOURCE_VPC: "vpc-1"}}), "false"),
    ],
    ids=str,
)
def test_which_may_be_meant_while_the_bucket_is_not_known(statement: dict[str, Any], expected: str) -> None:
    facts: dict[Fact[Any], object] = {POLICIES: [policy(statement)], POINT_BUCKET: NOT_KNOWN}
    assert f"grant attached: {expected}" in said("identity", through(facts))


def test_a_policy_of_something_else_is_warned_of() -> None:
    statements = [
        to(USER, Resource=resource)
        for resource in (OWN, f"{OWN}/object/*", f"{OWN}/*", "*", f"{OWN}2", "arn:aws:s3:::buk/*", f"{OWN}/objects/*")
    ]
    found = services().registry
    (layer,) = [each for each in found.layers if each.name == NAME]
    request = through(naming(*statements))
    assert list(layer.warnings(request, request.evidence)) == [
        Warned(POLICY, f"/Statement/{index}", f"`{entry}` is not the access point, or an object through it")
        for index, entry in ((4, f"{OWN}2"), (5, "arn:aws:s3:::buk/*"), (6, f"{OWN}/objects/*"))
    ]


def test_what_s3_would_not_store_in_its_policy_is_told() -> None:
    asked = {"principal": USER, "action": "s3:GetObject", "resource": f"{OWN}/object/k"}
    evidence = {POLICY: policy(to(USER, Action="GetObject", Resource=f"{OWN}/object/*"))}
    (found,) = answers([asked], evidence=evidence, evidence_is_complete=True)
    message = "`GetObject` is no action: it lacks the service, as in `s3:GetObject`"
    assert found["warnings"] == [{"fact": POLICY, "pointer": "/Statement/0", "message": message}]


def test_each_of_two_access_points_is_warned_of_its_own() -> None:
    requests = [{"principal": USER, "action": "s3:GetObject", "resource": f"{point}/object/k"} for point in (OWN, FAR)]
    evidence = {POLICY: policy(to(USER, Resource=f"{OWN}/object/*"))}
    first, second = answers(requests, evidence=evidence, evidence_is_complete=True)
    assert first["warnings"] == []
    assert [each["message"] for each in second["warnings"]] == [
        f"`{OWN}/object/*` is not the access point, or an object through it"
    ]


# --- laws -------------------------------------------------------------------------------------------------------------

ACCOUNTS = st.sampled_from((HOME, AWAY, THIRD))
PRINCIPALS = st.sampled_from([{"AWS": name} for name in (USER, ROLE, SESSION, HOME, f"{USER}2")] + ["*"])
ALLOWING = st.builds(lambda principal: {"Effect": "Allow", "Principal": principal}, PRINCIPALS)
DENYING = st.builds(lambda principal: {"Effect": "Deny", "Principal": principal}, PRINCIPALS)
STATEMENTS = st.lists(st.one_of(ALLOWING, ALLOWING, ALLOWING, DENYING), max_size=2)
SIDES = st.sampled_from(([], [policy(allow())], [policy(deny())]))
BOUNDS = st.sampled_from((None, policy(allow()), policy(allow("s3:PutObject"))))


def gate(statements: list[dict[str, Any]]) -> object:
    """Return the policy of one gate."""
    return policy(*({**each, "Action": "*", "Resource": "*"} for each in statements)) if statements else None


def outcome(facts: dict[Fact[Any], object], owner: str, principal: str) -> Truth:
    """Return what the engine decides through an access point of an account."""
    point = f"arn:aws:s3:eu-west-1:{owner}:accesspoint/p"
    return services().engine.rule(through(facts, point=point, principal=principal)).outcome


@given(ACCOUNTS, ACCOUNTS, STATEMENTS, STATEMENTS, SIDES, BOUNDS, st.sampled_from((USER, SESSION)))
def test_to_close_a_gate_never_lets_in(
    point_owner: str,
    bucket_owner: str,
    at_point: list[dict[str, Any]],
    at_bucket: list[dict[str, Any]],
    own: list[Any],
    bound: object,
    principal: str,
) -> None:
    around: dict[Fact[Any], object] = {BUCKET_OWNER: bucket_owner, POLICIES: own, BOUNDARY: bound}

    def decided(point: list[dict[str, Any]], bucket: list[dict[str, Any]]) -> Truth:
        return outcome({**around, POINT_POLICY: gate(point), BUCKET_POLICY: gate(bucket)}, point_owner, principal)

    allowing = [[each for each in side if each["Effect"] == "Allow"] for side in (at_point, at_bucket)]
    both = decided(*allowing)
    assert decided([], allowing[1]) <= both
    assert decided(allowing[0], []) <= both
    assert decided(at_point, at_bucket) <= both


@given(ACCOUNTS, ACCOUNTS, STATEMENTS, STATEMENTS, SIDES, BOUNDS, st.sampled_from((USER, SESSION)))
def test_two_gates_let_in_no_more_than_each_alone(
    point_owner: str,
    bucket_owner: str,
    at_point: list[dict[str, Any]],
    at_bucket: list[dict[str, Any]],
    own: list[Any],
    bound: object,
    principal: str,
) -> None:
    around: dict[Fact[Any], object] = {BUCKET_OWNER: bucket_owner, POLICIES: own, BOUNDARY: bound}
    wide_open = [{"Effect": "Allow", "Principal": "*"}]

    def decided(point: list[dict[str, Any]], bucket: list[dict[str, Any]]) -> Truth:
        return outcome({**around, POINT_POLICY: gate(point), BUCKET_POLICY: gate(bucket)}, point_owner, principal)

    pair = decided(at_point, at_bucket)
    assert pair <= min(decided(wide_open, at_bucket), decided(at_point, wide_open))
    if point_owner == bucket_owner:
        direct = {**around, BUCKET_POLICY: gate(at_bucket)}
        asked = a_request(principal=principal, resource="arn:aws:s3:::buk/a/b", facts=direct)
        assert pair <= services().engine.rule(asked).outcome


def test_the_laws_see_both_outcomes() -> None:
    facts: dict[Fact[Any], object] = {BUCKET_OWNER: AWAY, POLICIES: [policy(allow())]}
    open_gate = gate([{"Effect": "Allow", "Principal": "*"}])
    assert outcome({**facts, POINT_POLICY: open_gate, BUCKET_POLICY: open_gate}, AWAY, USER) == TRUE
    assert outcome({**facts, POINT_POLICY: open_gate}, AWAY, USER) == FALSE
