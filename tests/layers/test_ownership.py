"""Object Ownership: ACLs voided while disabled, ACLs refused then, and calls for the owner's account only."""

from typing import Any

import pytest

from tests.layers.tables import ANONYMOUS, AWAY, BUCKET, HOME, NOT_KNOWN, OBJECT, USER, Worded, said, worded
from why403.domain.acl import LOG_DELIVERY
from why403.domain.evidence import Fact
from why403.domain.facts import BUCKET_OWNER, OWNERSHIP
from why403.domain.request import AccessRequest, Call
from why403.testing import a_request
from why403_layers.acl import BUCKET_ACL

VOID, IN_DOUBT = "cap public ACL+account ACL: false", "cap public ACL+account ACL: unknown"
ENFORCED: dict[Fact[Any], object] = {OWNERSHIP: "BucketOwnerEnforced"}
WRITER: dict[Fact[Any], object] = {OWNERSHIP: "ObjectWriter"}
UNREAD: dict[Fact[Any], object] = {OWNERSHIP: NOT_KNOWN}
FULL = {"Grantee": {"ID": "me"}, "Permission": "FULL_CONTROL"}
ONLY_OWNER = {"Owner": {"ID": "me"}, "Grants": [FULL]}
OTHERS = {"Owner": {"ID": "me"}, "Grants": [FULL, {"Grantee": {"ID": "you"}, "Permission": "READ"}]}


def calling(operation: str, action: str, facts: dict[Fact[Any], object], **parameters: Any) -> AccessRequest:
    """Return one leg of a call."""
    resource = OBJECT if "Object" in operation else BUCKET
    return a_request(action, resource=resource, facts=facts, call=Call(operation=operation, parameters=parameters))


def putting(facts: dict[Fact[Any], object], **parameters: Any) -> AccessRequest:
    """Return the leg of PutObject that sends an ACL."""
    return calling("PutObject", "s3:PutObjectAcl", facts, **parameters)


def making(**parameters: Any) -> AccessRequest:
    """Return the leg of CreateBucket that sends an ACL."""
    return calling("CreateBucket", "s3:PutBucketAcl", WRITER, **parameters)


def owners_call(**facts: Any) -> AccessRequest:
    """Return a call that is for the bucket owner's account only."""
    return calling("PutBucketPolicy", "s3:PutBucketPolicy", {**WRITER, BUCKET_OWNER: facts["owner"]})


def disabling(acl: object, setting: str = "BucketOwnerEnforced", owner: object = HOME) -> AccessRequest:
    """Return a call that sets Object Ownership on a bucket with this ACL."""
    controls = {"Rules": [{"ObjectOwnership": setting}]}
    facts = {**WRITER, BUCKET_ACL: acl, BUCKET_OWNER: owner}
    operation = "PutBucketOwnershipControls"
    return calling(operation, f"s3:{operation}", facts, OwnershipControls=controls)


MINE = {"owner": "me", "grants": [{"grantee": {"id": "me"}, "permission": "FULL_CONTROL"}]}
SHARED = {"owner": "me", "grants": [{"grantee": {"id": "you"}, "permission": "READ"}]}
LOGGED = {"owner": "me", "grants": [{"grantee": {"uri": LOG_DELIVERY}, "permission": "WRITE"}]}

CASES: dict[str, tuple[AccessRequest, set[str]]] = {
    "disabled ACLs do not count": (a_request(facts=ENFORCED), {VOID}),
    "enabled ones do": (a_request(facts=WRITER), set()),
    "preferred is enabled": (a_request(facts={OWNERSHIP: "BucketOwnerPreferred"}), set()),
    "disabled is what holds unless told": (a_request(), {VOID}),
    "not known": (a_request(facts=UNREAD), {IN_DOUBT}),
    "an account-level call has no bucket": (a_request("s3:ListAllMyBuckets", resource="*", facts=UNREAD), set()),
    # --- ACLs sent while ACLs are disabled ----------------------------------------------------------------------------
    "an ACL is refused": (putting(ENFORCED, ACL="public-read"), {VOID, "requirement: false"}),
    "private is an ACL too": (putting(ENFORCED, ACL="private"), {VOID, "requirement: false"}),
    "one ACL is accepted": (putting(ENFORCED, ACL="bucket-owner-full-control"), {VOID}),
    "its equal in XML is": (
        calling("PutObjectAcl", "s3:PutObjectAcl", ENFORCED, AccessControlPolicy=ONLY_OWNER),
        {VOID},
    ),
    "another in XML is not": (
        calling("PutObjectAcl", "s3:PutObjectAcl", ENFORCED, AccessControlPolicy=OTHERS),
        {VOID, "requirement: false"},
    ),
    "a grant header is an ACL": (putting(ENFORCED, GrantRead='id="x"'), {VOID, "requirement: false"}),
    "an ACL is what PutBucketAcl always sends": (
        calling("PutBucketAcl", "s3:PutBucketAcl", ENFORCED),
        {VOID, "requirement: false"},
    ),
    "an ACL is welcome while ACLs are enabled": (putting(WRITER, ACL="public-read"), set()),
    "an ACL while the setting is not known": (putting(UNREAD, ACL="public-read"), {IN_DOUBT, "requirement: unknown"}),
    "the other leg of the call sends none": (
        calling("PutObject", "s3:PutObject", ENFORCED, ACL="public-read"),
        {VOID},
    ),
    # --- new buckets --------------------------------------------------------------------------------------------------
    "a new bucket that disables ACLs refuses one": (
        making(ACL="public-read", ObjectOwnership="BucketOwnerEnforced"),
        {"requirement: false"},
    ),
    "but not the private one": (making(ACL="private", ObjectOwnership="BucketOwnerEnforced"), set()),
    "a new bucket that enables ACLs takes one": (making(ACL="public-read", ObjectOwnership="ObjectWriter"), set()),
    # --- disabling ACLs -----------------------------------------------------------------------------------------------
    "an ACL that grants others stands in the way": (disabling(SHARED), {"requirement: false"}),
    "one that grants the owner does not": (disabling(MINE), {"requirement: true"}),
    "nor does none": (disabling(None), {"requirement: true"}),
    "one that is not known may": (disabling(NOT_KNOWN), {"requirement: unknown"}),
    "a group is never the owner": (disabling(LOGGED), {"requirement: false"}),
    "another canonical id is, whoever the owner is": (disabling(SHARED, owner=NOT_KNOWN), {"requirement: false"}),
    "an account may be the one of the owner's canonical id": (
        disabling({"owner": "me", "grants": [{"grantee": {"id": HOME}, "permission": "READ"}]}, owner=NOT_KNOWN),
        {"requirement: unknown"},
    ),
    "a canonical id may be that of the owner's account": (
        disabling({**SHARED, "owner": HOME}),
        {"requirement: unknown"},
    ),
    "enabling them is never refused": (disabling(SHARED, "ObjectWriter"), set()),
    # --- the owner's account ------------------------------------------------------------------------------------------
    "a call for the owner's account only": (owners_call(owner=AWAY), {"requirement: false"}),
    "from that account": (owners_call(owner=HOME), set()),
    "while the owner is not known": (owners_call(owner=NOT_KNOWN), {"requirement: unknown"}),
    "the permission alone is not the call": (
        a_request("s3:PutBucketPolicy", resource=BUCKET, facts={**WRITER, BUCKET_OWNER: AWAY}),
        set(),
    ),
    "an anonymous caller has no account": (
        a_request(
            "s3:GetBucketPolicy",
            principal=ANONYMOUS,
            resource=BUCKET,
            facts=WRITER,
            call=Call(operation="GetBucketPolicy"),
        ),
        {"requirement: false"},
    ),
}

WORDS: dict[str, tuple[AccessRequest, str, Worded]] = {
    "that grants do not count": (
        a_request(facts=ENFORCED),
        VOID,
        Worded(
            "ACLs are disabled on this bucket (Object Ownership is BucketOwnerEnforced), so their grants do not count",
            ("bucket.ownership",),
        ),
    ),
    "that an ACL is refused": (
        putting(ENFORCED, ACL="public-read"),
        "requirement: false",
        Worded(
            "ACLs are disabled on this bucket (Object Ownership is BucketOwnerEnforced), and the call sends one",
            ("bucket.ownership",),
            status=400,
            code="AccessControlListNotSupported",
        ),
    ),
    "that the call is the owner's": (
        owners_call(owner=AWAY),
        "requirement: false",
        Worded(
            "PutBucketPolicy is for identities of the bucket owner's account only, whatever they are allowed",
            ("bucket.owner",),
            status=405,
            code="MethodNotAllowed",
        ),
    ),
    "that the bucket's ACL is in the way": (
        disabling(SHARED),
        "requirement: false",
        Worded(
            "ACLs cannot be disabled together with an ACL that grants others",
            ("bucket.acl", "bucket.owner"),
            status=400,
            code="InvalidBucketAclWithObjectOwnership",
        ),
    ),
    "that a new bucket's ACL is, which no fact says": (
        making(ACL="public-read", ObjectOwnership="BucketOwnerEnforced"),
        "requirement: false",
        Worded(
            "ACLs cannot be disabled together with an ACL that grants others",
            status=400,
            code="InvalidBucketAclWithObjectOwnership",
        ),
    ),
    "which permission tells the setting": (
        a_request(facts=UNREAD),
        IN_DOUBT,
        Worded("`bucket.ownership` is not known", needs="s3:GetBucketOwnershipControls"),
    ),
    "which permission tells the owner": (
        owners_call(owner=NOT_KNOWN),
        "requirement: unknown",
        Worded("`bucket.owner` is not known", needs="s3:GetBucketAcl"),
    ),
    "which permission tells the ACL": (
        disabling(NOT_KNOWN),
        "requirement: unknown",
        Worded("`bucket.acl` is not known", needs="s3:GetBucketAcl"),
    ),
}


@pytest.mark.parametrize(("asked", "claims"), CASES.values(), ids=CASES)
def test_what_it_says(asked: AccessRequest, claims: set[str]) -> None:
    assert said("ownership", asked) == claims


@pytest.mark.parametrize(("asked", "claim", "words"), WORDS.values(), ids=WORDS)
def test_how_it_says_it(asked: AccessRequest, claim: str, words: Worded) -> None:
    assert worded("ownership", asked, claim) == words


def test_it_is_the_caller_s_account_that_counts() -> None:
    assert said("ownership", owners_call(owner=USER.split(":")[4])) == set()
