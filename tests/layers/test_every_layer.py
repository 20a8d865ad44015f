"""Every registered layer keeps the rules that the conformance suite checks, on random cases and on whole calls."""

import random
from collections.abc import Iterator
from functools import cache
from itertools import cycle, filterfalse
from typing import Any

import pytest

from tests.cases import services
from tests.reference.generator import LAYERS, random_case
from why403.domain.context import NO_VALUE
from why403.domain.evidence import Unreadable
from why403.domain.facts import BUCKET_OWNER, CANONICAL_IDS, POINT_BUCKET
from why403.domain.request import AccessRequest, Call
from why403.domain.truth import UNKNOWN
from why403.domain.verdict import KINDS
from why403.intake.evidence import observed
from why403.intake.request import asked_for
from why403.layer import Layer
from why403.testing import a_request, check_layer, collected

HOME, AWAY = "111122223333", "444455556666"
PUBLIC = {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}
ALL_USERS = {"grantee": {"uri": "http://acs.amazonaws.com/groups/global/AllUsers"}, "permission": "FULL_CONTROL"}
ALLOW_ALL = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
DENY_DELETING = {"Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:Delete*", "Resource": "*"}}
NAMING_HOME = {"Effect": "Allow", "Principal": {"AWS": HOME}, "Action": "s3:Put*", "Resource": "*"}
NAMING_AWAY = {"Effect": "Deny", "Principal": {"AWS": AWAY}, "Action": "s3:Get*", "Resource": "*"}
FLAGS = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}
LATER, SSE_C = {"Mode": "GOVERNANCE", "RetainUntilDate": "2999-01-01"}, {"SSECustomerAlgorithm": "AES256"}

POINT = f"arn:aws:s3:eu-west-1:{HOME}:accesspoint/p"
FOR_EVERYONE = {"Statement": [{**PUBLIC["Statement"], "Resource": [POINT, f"{POINT}/object/*"]}]}

CALLS: list[dict[str, Any]] = [
    {"operation": "GetObject", "resource": f"{POINT}/object/k"},
    {"operation": "ListObjectsV2", "resource": POINT},
    {"operation": "PutBucketVersioning", "resource": POINT},
    {"operation": "PutBucketPolicy", "resource": POINT, "parameters": {"Policy": PUBLIC}},
    {"operation": "PutAccessPointPolicy", "resource": POINT, "parameters": {"Policy": FOR_EVERYONE}},
    {"operation": "GetObject", "resource": POINT.replace(":s3:", ":s3-object-lambda:") + "/object/k"},
    {"operation": "GetObject", "resource": f"arn:aws:s3::{AWAY}:accesspoint/m.mrap/object/k"},
    {"operation": "PutObject", "resource": "arn:aws:s3:::b/k", "parameters": {"ACL": "public-read"}},
    {
        "operation": "PutObjectAcl",
        "resource": "arn:aws:s3:::b/k",
        "parameters": {"GrantRead": f'uri="{ALL_USERS["grantee"]}"'},
    },
    {"operation": "PutBucketAcl", "parameters": {"ACL": "private"}},
    {"operation": "PutBucketPolicy", "parameters": {"Policy": PUBLIC}},
    {"operation": "PutBucketPolicy", "parameters": {"Policy": {"Statement": {"Effect": "Perhaps"}}}},
    {"operation": "DeleteBucketPolicy"},
    {"operation": "CreateBucket", "parameters": {"ACL": "public-read", "ObjectOwnership": "BucketOwnerEnforced"}},
    {"operation": "GetObject", "resource": "arn:aws:s3:::b/k"},
    {"operation": "ListBuckets", "resource": "*"},
    {"operation": "RestoreObject", "resource": "arn:aws:s3:::b/k"},
    {
        "operation": "DeleteObject",
        "resource": "arn:aws:s3:::b/k",
        "parameters": {"VersionId": "v", "BypassGovernanceRetention": True},
    },
    {
        "operation": "DeleteObjects",
        "parameters": {"Delete": {"Objects": [{"Key": "k"}, {"Key": "l", "VersionId": "v"}]}, "MFA": "x 1"},
    },
    {"operation": "PutObjectRetention", "resource": "arn:aws:s3:::b/k", "parameters": {"Retention": LATER}},
    {"operation": "PutObject", "resource": "arn:aws:s3:::b/k", "parameters": {"IfNoneMatch": "*", **SSE_C}},
    {"operation": "PutBucketVersioning", "parameters": {"VersioningConfiguration": {"MFADelete": "Enabled"}}},
    {"operation": "PutBucketTagging"},
    {"operation": "PutObject", "resource": "arn:aws:s3:::b--use1-az4--x-s3/k", "parameters": {"ACL": "public-read"}},
    {"operation": "GetBucketPolicy", "resource": "arn:aws:s3:::b--use1-az4--x-s3"},
    {
        "operation": "HeadObject",
        "resource": "arn:aws:s3:::b/k",
        "parameters": {"ExpectedBucketOwner": AWAY, "ServerSideEncryption": "AES256"},
        "context": {"aws:RequestedRegion": "us-east-1", "aws:TokenIssueTime": "2026-03-01T08:00:00Z"},
        "presigned": {"signed_at": "2026-03-01T08:00:00Z", "expires": 900, "method": "GET", "headers": ["x-amz-acl"]},
        "time": "2026-03-03T08:00:00Z",
    },
    {
        "operation": "GetObject",
        "resource": "arn:aws:s3:::b/k",
        "context": {"aws:RequestedRegion": "eu-west-1", "aws:TokenIssueTime": "2026-03-01T08:00:00Z"},
        "presigned": {"signed_at": "2026-03-01T08:00:00Z", "expires": 900, "method": "GET", "headers": []},
        "time": "2026-03-01T08:05:00Z",
    },
    {
        "operation": "PutBucketOwnershipControls",
        "parameters": {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}},
    },
]
WORLDS: list[dict[str, Any]] = [
    {},
    {"bucket.owner": AWAY},
    {
        "access_point.bucket": "b",
        "access_point.network_origin": "VPC",
        "access_point.vpc": "vpc-1",
        "access_point.policy": FOR_EVERYONE,
        "access_point.public_access_block": FLAGS,
        "principal.policies": [ALLOW_ALL],
    },
    {
        "access_point.bucket": "b",
        "bucket.owner": AWAY,
        "bucket.ownership": "ObjectWriter",
        "object.owner": "777788889999",
        "bucket.acl": {"owner": AWAY, "grants": [ALL_USERS]},
        "object.acl": {"owner": HOME, "grants": [ALL_USERS]},
        "bucket.policy": PUBLIC,
        "bucket.public_access_block": FLAGS,
        "account.public_access_block": FLAGS,
        "organization.scps": [[ALLOW_ALL], []],
        "bucket.request_payment": "Requester",
        "object.exists": True,
        "object.delete_marker": False,
        "object.storage_class": "GLACIER",
        "object.lock": {"mode": "GOVERNANCE", "retain_until": "2099-01-01T00:00:00Z"},
        "bucket.versioning": {"status": "Enabled", "mfa_delete": True},
        "bucket.encryption": {"blocked": ["SSE-C"]},
        "bucket.abac": True,
        "bucket.region": "eu-west-1",
        "organization.rcps": [[], [DENY_DELETING]],
        "vpc_endpoint.policy": {"Statement": [NAMING_HOME, NAMING_AWAY]},
        "vpc_endpoint.type": "Gateway",
    },
]
WORLDS += [
    {
        "object.exists": False,
        "object.storage_class": "STANDARD",
        "object.lock": {"mode": "COMPLIANCE", "retain_until": "2020-01-01"},
    },
    {"object.delete_marker": True, "object.lock": {"mode": "COMPLIANCE"}, "bucket.versioning": {"status": "Enabled"}},
]
KEY = {"algorithm": "aws:kms", "key": f"arn:aws:kms:eu-west-1:{AWAY}:key/1234abcd"}
USES_OF_KEYS: list[dict[str, Any]] = [
    {"operation": "GetObject", "resource": "arn:aws:s3:::b/k"},
    {"operation": "UploadPart", "resource": "arn:aws:s3:::b/k"},
]
WORLDS_OF_KEYS: list[dict[str, Any]] = [
    {"object.encryption": KEY, "kms.key_policy": PUBLIC, "kms.key_manager": "AWS", "kms.key_state": "Enabled"},
    {
        "object.encryption": KEY,
        "kms.key_policy": {"Statement": {**PUBLIC["Statement"], "Principal": {"AWS": AWAY}}},
        "kms.key_manager": "CUSTOMER",
        "kms.key_state": "Disabled",
        "kms.grants": [{"grantee": f"arn:aws:iam::{HOME}:user/ana", "operations": ["Decrypt"]}],
    },
    {
        "object.encryption": {"algorithm": "aws:kms", "key": "alias/x"},
        "kms.key_policy": {"Statement": {**PUBLIC["Statement"], "Effect": "Deny"}},
    },
]
ON_A_BUCKET = {"resource": "arn:aws:s3:::b"}
THROUGH_AN_ENDPOINT = {"aws:SourceVpce": "vpce-1"}
CALLERS = (f"arn:aws:iam::{HOME}:user/ana", f"arn:aws:iam::{AWAY}:root", "anonymous", "logging.s3.amazonaws.com")


def asked(case: dict[str, Any]) -> Iterator[AccessRequest]:
    """Yield the legs of a request in the contract's shape."""
    facts = services().registry.facts
    case = {"context_is_complete": True, "evidence": {}, **case}
    evidence = observed(case["evidence"], facts).evidence(complete=case.get("evidence_is_complete", False))
    yield from (leg.request for leg in asked_for(case).legs(evidence, facts))


def examples() -> tuple[AccessRequest, ...]:
    """Return requests that reach every corner of the layers: random ones, and whole calls in a few worlds.

    They are made anew each time: evidence remembers what was looked up, and all of that is hidden fact by fact.
    """
    rng = random.Random(403)
    layers = (*LAYERS, "rcp", "vpc_endpoint")
    cases = [random_case(rng, unknowns=number % 2 == 1, layers=layers) for number in range(40)]
    callers, complete = cycle(CALLERS), cycle((True, False, False))
    cases += [
        {
            "principal": next(callers),
            "evidence_is_complete": next(complete),
            "evidence": world,
            **ON_A_BUCKET,
            **call,
            "context": {**THROUGH_AN_ENDPOINT, **call.get("context", {})},
        }
        for worlds, calls in ((WORLDS, CALLS), (WORLDS_OF_KEYS, USES_OF_KEYS))
        for world in worlds
        for call in calls
    ]
    return tuple(request for case in cases for request in asked(case))


shared = cache(examples)
layers = pytest.mark.parametrize("layer", services().registry.layers, ids=lambda layer: layer.name)


def telling(layer: Layer) -> set[Any]:
    """Return the facts whose absence from the evidence says something of its own."""
    read = (*layer.provides, *layer.needs)
    return {CANONICAL_IDS, *(fact for fact in read if fact.name == "organization.management_account")}


def outside(request: AccessRequest) -> bool:
    """Return whether a request came through no endpoint: a policy in the evidence of another says nothing of it."""
    return request.context["aws:sourcevpce"] == NO_VALUE


@layers
def test_a_layer_keeps_the_rules(layer: Layer) -> None:
    check_layer(layer, filter(outside, examples()), telling=telling(layer))
    check_layer(layer, filterfalse(outside, examples()), telling=telling(layer))


@layers
def test_a_layer_changes_nothing_that_could_not_be_read(layer: Layer) -> None:
    doubts = 0
    for request in shared():
        for claim in layer.judge(request, request.evidence):
            if claim.holds == UNKNOWN:
                doubts += 1
                for fix in layer.propose(request, request.evidence, claim):
                    unread = {fact.name for fact, seen in request.evidence.items() if isinstance(seen, Unreadable)}
                    assert unread.isdisjoint(edit.fact for edit in fix.edits)
    assert doubts


@layers
def test_the_examples_reach_whatever_a_layer_has_a_place_for(layer: Layer) -> None:
    said = {claim.says for request in shared() for claim in layer.judge(request, request.evidence)}
    assert said == set(layer.place)


def test_the_examples_reach_every_kind_of_claim() -> None:
    said = {
        claim.says
        for layer in services().registry.layers
        for each in shared()
        for claim in layer.judge(each, each.evidence)
    }
    assert said == set(KINDS)


@pytest.mark.parametrize("operation", ["GetObject", "DeleteObject", "PutObject", "PutObjectRetention"])
def test_collectors_find_the_bucket_behind_an_access_point(operation: str) -> None:
    point = f"arn:aws:s3:eu-west-1:{HOME}:accesspoint/in/object/k"
    call = Call(operation=operation, parameters={"VersionId": "v"})
    request = a_request(f"s3:{operation}", resource=point, rest="unknown", call=call)
    first, *others = services().registry.layers
    assert collected(first, request, {}, facts={BUCKET_OWNER: AWAY, POINT_BUCKET: "reports"}, others=others)
