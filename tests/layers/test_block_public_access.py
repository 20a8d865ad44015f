"""Block Public Access: its four settings on its four levels."""

from typing import Any

import pytest

from tests.layers.tables import (
    ANONYMOUS,
    AWAY,
    BUCKET,
    HOME,
    NOT_KNOWN,
    OBJECT,
    SERVICE,
    Worded,
    allow,
    policy,
    said,
    worded,
)
from why403.domain.acl import ALL_USERS, AUTHENTICATED_USERS
from why403.domain.errors import InvalidInput
from why403.domain.evidence import Fact
from why403.domain.facts import BUCKET_OWNER, POINT_BUCKET
from why403.domain.request import AccessRequest, Call
from why403.domain.truth import UNKNOWN
from why403.testing import a_request
from why403_layers.bucket_policy import BUCKET_POLICY
from why403_layers.points import POINT_POLICY
from why403_layers.public_access import ACCESS_POINT, ACCOUNT, ORGANIZATION
from why403_layers.public_access import BUCKET as ON_BUCKET

Facts = dict[Fact[Any], object]

VOID, MAY_VOID = "cap public ACL: false", "cap public ACL: unknown"
# Without a policy nothing is public, whatever the settings are.
UNSEEN = {MAY_VOID, "yielding denial: false"}
IGNORE, RESTRICT = {"IgnorePublicAcls": True}, {"RestrictPublicBuckets": True}
PUBLIC = policy(allow(Principal="*"))
PRIVATE = policy(allow(Principal={"AWS": AWAY}))
EVE = f"arn:aws:iam::{AWAY}:user/eve"
POINT = f"arn:aws:s3:eu-west-1:{HOME}:accesspoint/p"


def ignoring(**levels: Any) -> AccessRequest:
    """Return a read where IgnorePublicAcls is set on some levels."""
    facts = {"bucket": ON_BUCKET, "account": ACCOUNT, "organization": ORGANIZATION, "point": ACCESS_POINT}
    resource = f"{POINT}/object/k" if "point" in levels else OBJECT
    return a_request(resource=resource, facts={facts[name]: value for name, value in levels.items()})


def restricted(principal: str, document: object = PUBLIC, **facts: Any) -> AccessRequest:
    """Return a read of a bucket whose policy is public, and which is restricted."""
    known: Facts = {
        ON_BUCKET: facts.get("flags", RESTRICT),
        BUCKET_POLICY: document,
        BUCKET_OWNER: facts.get("owner", HOME),
    }
    return a_request(principal=principal, facts=known)


def sending(
    operation: str, action: str, flags: object, level: Fact[Any] = ON_BUCKET, **parameters: Any
) -> AccessRequest:
    """Return the leg of a call that writes."""
    resource = OBJECT if "Object" in operation else BUCKET
    return a_request(
        action, resource=resource, facts={level: flags}, call=Call(operation=operation, parameters=parameters)
    )


def acl(flags: object = {"BlockPublicAcls": True}, **parameters: Any) -> AccessRequest:
    """Return a call that sends an ACL."""
    return sending("PutObjectAcl", "s3:PutObjectAcl", flags, **parameters)


def reported(**parameters: Any) -> AccessRequest:
    """Return a call that a report tells of, which may have sent more than these."""
    call = Call(operation="PutObjectAcl", parameters=parameters, unlisted=UNKNOWN)
    return a_request("s3:PutObjectAcl", facts={ON_BUCKET: {"BlockPublicAcls": True}}, call=call)


def putting(document: object, flags: object = {"BlockPublicPolicy": True}) -> AccessRequest:
    """Return a call that sends a bucket policy."""
    return sending("PutBucketPolicy", "s3:PutBucketPolicy", flags, Policy=document)


def grants(group: str) -> dict[str, object]:
    """Return an ACL in the call's parameters that grants a group something."""
    return {"Grants": [{"Grantee": {"ID": "x"}}, {"Grantee": {"URI": group}, "Permission": "READ"}]}


CASES: dict[str, tuple[AccessRequest, set[str]]] = {
    # --- IgnorePublicAcls, and the levels -----------------------------------------------------------------------------
    "off everywhere": (ignoring(bucket=None, account=None, organization=None), set()),
    "on for the bucket": (ignoring(bucket=IGNORE), {VOID}),
    "on for the account": (ignoring(account=IGNORE, bucket={}), {VOID}),
    "on for the organization": (ignoring(organization=IGNORE), {VOID}),
    "an organization stands in for the account": (
        ignoring(organization={"IgnorePublicAcls": False}, account=IGNORE),
        set(),
    ),
    "but not for the bucket": (ignoring(organization={"IgnorePublicAcls": False}, bucket=IGNORE), {VOID}),
    "on for the access point": (ignoring(point=IGNORE), {VOID}),
    "another setting": (ignoring(bucket={"BlockPublicAcls": True, "BlockPublicPolicy": True}), set()),
    "not known for the bucket": (ignoring(bucket=NOT_KNOWN), UNSEEN),
    "not known for the account": (ignoring(account=NOT_KNOWN), UNSEEN),
    "not known for the organization": (ignoring(organization=NOT_KNOWN, account={}), UNSEEN),
    "not known for the access point": (ignoring(point=NOT_KNOWN), UNSEEN),
    "on for the bucket, whatever else is not known": (
        ignoring(bucket=IGNORE, account=NOT_KNOWN, organization=NOT_KNOWN),
        {VOID, "yielding denial: false"},
    ),
    "not known for the account, where the organization says": (
        ignoring(organization=IGNORE, account=NOT_KNOWN),
        {VOID},
    ),
    "an account-level call has no bucket": (
        a_request("s3:ListAllMyBuckets", resource="*", facts={ACCOUNT: IGNORE}),
        set(),
    ),
    # --- RestrictPublicBuckets ----------------------------------------------------------------------------------------
    "another account is kept out": (restricted(EVE), {"yielding denial: true"}),
    "so is the public": (restricted(ANONYMOUS), {"yielding denial: true"}),
    "so is whom the same policy names": (
        restricted(EVE, policy(allow(Principal={"AWS": AWAY}), allow(Principal="*"))),
        {"yielding denial: true"},
    ),
    "the owner's account is not": (restricted(EVE, owner=AWAY), {"yielding denial: false"}),
    "an AWS service is not": (restricted(SERVICE), {"yielding denial: false"}),
    "a policy that is not public restricts nobody": (restricted(EVE, PRIVATE), {"yielding denial: false"}),
    "no policy restricts nobody": (restricted(EVE, None), {"yielding denial: false"}),
    "a policy that is not known": (restricted(EVE, NOT_KNOWN), {"yielding denial: unknown"}),
    "an owner who is not known": (restricted(EVE, owner=NOT_KNOWN), {"yielding denial: unknown"}),
    "the public, whoever the owner is": (restricted(ANONYMOUS, owner=NOT_KNOWN), {"yielding denial: true"}),
    "a setting that is not known": (restricted(EVE, flags=NOT_KNOWN), {MAY_VOID, "yielding denial: unknown"}),
    "a setting that is not known, where nobody is kept out": (
        restricted(SERVICE, flags=NOT_KNOWN),
        {MAY_VOID, "yielding denial: false"},
    ),
    # --- BlockPublicAcls ----------------------------------------------------------------------------------------------
    **{
        f"the canned {name} is public": (acl(ACL=name), {"denial: true"})
        for name in ("public-read", "public-read-write", "authenticated-read")
    },
    "the canned private is not": (acl(ACL="private"), set()),
    **{
        f"an ACL for {group} is public": (acl(AccessControlPolicy=grants(group)), {"denial: true"})
        for group in (ALL_USERS, AUTHENTICATED_USERS)
    },
    "an ACL for others is not": (
        acl(AccessControlPolicy=grants("http://acs.amazonaws.com/groups/s3/LogDelivery")),
        set(),
    ),
    "a grant header is": (acl(GrantRead=f'id="x", uri="{ALL_USERS}"'), {"denial: true"}),
    "an ACL that nobody tells may be public": (reported(), {"denial: unknown"}),
    "a canned one that is told is all there is": (reported(ACL="private"), set()),
    "so is one in XML": (reported(AccessControlPolicy={"Grants": [{"Grantee": {"ID": "x"}}]}), set()),
    "a public ACL while that is allowed": (acl({}, ACL="public-read"), {"denial: false"}),
    "a public ACL while that is not known": (
        acl(NOT_KNOWN, ACL="public-read"),
        {"denial: unknown", MAY_VOID, "yielding denial: false"},
    ),
    "the other leg of the call sends none": (
        sending("PutObject", "s3:PutObject", {"BlockPublicAcls": True}, ACL="public-read"),
        set(),
    ),
    "a new bucket has no setting of its own": (
        sending("CreateBucket", "s3:PutBucketAcl", {"BlockPublicAcls": True}, ACL="public-read"),
        {"denial: false"},
    ),
    "a new bucket is under the account's": (
        sending("CreateBucket", "s3:PutBucketAcl", {"BlockPublicAcls": True}, ACCOUNT, ACL="public-read"),
        {"denial: true"},
    ),
    # --- BlockPublicPolicy --------------------------------------------------------------------------------------------
    "a public policy": (putting(PUBLIC), {"denial: true"}),
    "a policy that is not public": (putting(PRIVATE), set()),
    "a policy as text": (
        putting('{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}'),
        {"denial: true"},
    ),
    "a policy that is none is refused elsewhere": (putting({"Statement": 1}), set()),
    "a public policy while that is allowed": (putting(PUBLIC, {}), {"denial: false"}),
}

WORDS: dict[str, tuple[AccessRequest, str, Worded]] = {
    "each level that is on": (
        ignoring(bucket=IGNORE, account=IGNORE),
        VOID,
        Worded(
            "IgnorePublicAcls of the bucket and account makes S3 ignore the public ACL grant",
            ("bucket.public_access_block/IgnorePublicAcls", "account.public_access_block/IgnorePublicAcls"),
        ),
    ),
    "only the levels that count": (
        ignoring(organization=IGNORE, account=IGNORE),
        VOID,
        Worded(
            "IgnorePublicAcls of the organization makes S3 ignore the public ACL grant",
            ("organization.public_access_block/IgnorePublicAcls",),
        ),
    ),
    "an access point's setting does not count elsewhere": (
        a_request(facts={ON_BUCKET: IGNORE, ACCESS_POINT: IGNORE}),
        VOID,
        Worded(
            "IgnorePublicAcls of the bucket makes S3 ignore the public ACL grant",
            ("bucket.public_access_block/IgnorePublicAcls",),
        ),
    ),
    "who is kept out": (
        restricted(EVE),
        "yielding denial: true",
        Worded(
            "RestrictPublicBuckets of the bucket keeps all but the owner's account and AWS services from a bucket "
            "with public policy",
            ("bucket.public_access_block/RestrictPublicBuckets",),
        ),
    ),
    "who is not kept out": (
        restricted(SERVICE),
        "yielding denial: false",
        Worded("RestrictPublicBuckets keeps out neither AWS services nor the owner's account"),
    ),
    "where nobody is": (
        restricted(EVE, PRIVATE, flags=NOT_KNOWN),
        "yielding denial: false",
        Worded("RestrictPublicBuckets keeps nobody from a bucket whose policy is not public"),
    ),
    "what it has no say in": (
        a_request(
            "s3:CreateBucket",
            principal=EVE,
            resource=BUCKET,
            facts={ON_BUCKET: RESTRICT, BUCKET_POLICY: PUBLIC, BUCKET_OWNER: HOME},
        ),
        "yielding denial: false",
        Worded("RestrictPublicBuckets has no say in what is for the owner's account alone"),
    ),
    "that a setting is off": (
        acl({}, ACL="public-read"),
        "denial: false",
        Worded("BlockPublicAcls is off here"),
    ),
    "that an ACL is refused": (
        acl(ACL="public-read"),
        "denial: true",
        Worded("BlockPublicAcls of the bucket refuses a public ACL", ("bucket.public_access_block/BlockPublicAcls",)),
    ),
    "that a new bucket's is": (
        sending("CreateBucket", "s3:PutBucketAcl", {"BlockPublicAcls": True}, ACCOUNT, ACL="public-read"),
        "denial: true",
        Worded(
            "BlockPublicAcls of the account refuses a public ACL",
            ("account.public_access_block/BlockPublicAcls",),
            status=400,
        ),
    ),
    "that a new bucket is under the account's alone": (
        a_request(
            "s3:PutBucketAcl",
            resource=BUCKET,
            facts={ON_BUCKET: {"BlockPublicAcls": True}, ACCOUNT: NOT_KNOWN},
            call=Call(operation="CreateBucket", parameters={"ACL": "public-read"}),
        ),
        "denial: unknown",
        Worded(
            "BlockPublicAcls may hold it back: `account.public_access_block` is not known",
            needs="s3:GetAccountPublicAccessBlock",
        ),
    ),
    "that a new bucket's own setting is not what is missing": (
        a_request(
            "s3:PutBucketAcl",
            resource=BUCKET,
            facts={ON_BUCKET: NOT_KNOWN, ACCOUNT: NOT_KNOWN},
            call=Call(operation="CreateBucket", parameters={"ACL": "public-read"}),
        ),
        "denial: unknown",
        Worded(
            "BlockPublicAcls may hold it back: `account.public_access_block` is not known",
            needs="s3:GetAccountPublicAccessBlock",
        ),
    ),
    "which permission tells": (
        ignoring(account=NOT_KNOWN),
        MAY_VOID,
        Worded(
            "IgnorePublicAcls may hold it back: `account.public_access_block` is not known",
            needs="s3:GetAccountPublicAccessBlock",
        ),
    ),
    "which permission tells of an access point": (
        ignoring(point=NOT_KNOWN),
        MAY_VOID,
        Worded(
            "IgnorePublicAcls may hold it back: `access_point.public_access_block` is not known",
            needs="s3:GetAccessPoint",
        ),
    ),
    "that the policy would tell": (
        restricted(EVE, NOT_KNOWN),
        "yielding denial: unknown",
        Worded("RestrictPublicBuckets may hold it back: `bucket.policy` is not known", needs="s3:GetBucketPolicy"),
    ),
    "that the access point's policy would tell": (
        a_request(
            principal=EVE,
            resource=f"{POINT}/object/q3.csv",
            facts={
                ON_BUCKET: {"RestrictPublicBuckets": True},
                BUCKET_OWNER: HOME,
                POINT_BUCKET: "reports",
                BUCKET_POLICY: PRIVATE,
                POINT_POLICY: NOT_KNOWN,
            },
        ),
        "yielding denial: unknown",
        Worded(
            "RestrictPublicBuckets may hold it back: `access_point.policy` is not known",
            needs="s3:GetAccessPointPolicy",
        ),
    ),
    "that the owner would tell": (
        restricted(EVE, owner=NOT_KNOWN),
        "yielding denial: unknown",
        Worded("RestrictPublicBuckets may hold it back: the bucket's owner is not known", needs="s3:GetBucketAcl"),
    ),
}


@pytest.mark.parametrize(("asked", "claims"), CASES.values(), ids=CASES)
def test_what_it_says(asked: AccessRequest, claims: set[str]) -> None:
    assert said("block_public_access", asked) == claims


@pytest.mark.parametrize(("asked", "claim", "words"), WORDS.values(), ids=WORDS)
def test_how_it_says_it(asked: AccessRequest, claim: str, words: Worded) -> None:
    assert worded("block_public_access", asked, claim) == words


@pytest.mark.parametrize(
    ("value", "pointer"),
    [(True, ""), ({"BlockEverything": True}, "/BlockEverything"), ({"IgnorePublicAcls": "yes"}, "/IgnorePublicAcls")],
)
def test_settings_that_are_none_are_refused_where_they_stand(value: object, pointer: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        ON_BUCKET.observe(value)
    assert caught.value.faults[0].pointer == pointer
