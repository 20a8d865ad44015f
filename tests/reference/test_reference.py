"""The yardstick decides the scenarios of the facts document, written out by hand, as they stand there."""

from typing import Any

import pytest

from .conditions import Json
from .evaluator import ALLOWED, Verdict, decide

A, B, X = "111111111111", "222222222222", "333333333333"
BUCKET, OBJECT = "arn:aws:s3:::buk", "arn:aws:s3:::buk/k"
USER, ROLE, ROOT = f"arn:aws:iam::{A}:user/bob", f"arn:aws:iam::{A}:role/app", f"arn:aws:iam::{A}:root"
SESSION, FEDERATED = f"arn:aws:sts::{A}:assumed-role/app/s", f"arn:aws:sts::{A}:federated-user/fed"
SERVICE = "logging.s3.amazonaws.com"
GET = {"Action": "s3:GetObject", "Resource": f"{BUCKET}/*"}
ALL = {"Action": "s3:*", "Resource": "*"}
SILENT: Json = {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}
EVERYONE = "http://acs.amazonaws.com/groups/global/AllUsers"
SIGNED = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"


def policy(*statements: Json, version: str = "2012-10-17") -> Json:
    """A document of these statements."""
    return {"Version": version, "Statement": list(statements)}


def allow(to: Any = None, what: Json = GET, **condition: Json) -> Json:
    """An Allow statement."""
    return statement("Allow", to, what, condition)


def deny(to: Any = None, what: Json = GET, **condition: Json) -> Json:
    """A Deny statement."""
    return statement("Deny", to, what, condition)


def statement(effect: str, to: Any, what: Json, condition: Json) -> Json:
    """A statement; a principal that is text is an ARN."""
    principal = {} if to is None else {"Principal": {"AWS": to} if isinstance(to, str) and to != "*" else to}
    return {"Effect": effect, **principal, **what, **({"Condition": condition} if condition else {})}


ID: Json = {"principal.policies": [policy(allow())]}
ID0: Json = {"principal.policies": []}
ID_DENY: Json = {"principal.policies": [policy(deny())]}
SILENT_BOUNDARY, SILENT_SESSION = {"principal.boundary": policy(SILENT)}, {"session.policies": [policy(SILENT)]}
FULL = [policy(allow(what=ALL))]
CROSS = {"bucket.owner": B}
ACLS = {"bucket.ownership": "ObjectWriter"}
RESTRICTED = {"bucket.public_access_block": {"RestrictPublicBuckets": True}}
FOREIGN = {**ACLS, "object.owner": X}


def bucket(*statements: Json) -> Json:
    """The fact of a bucket policy."""
    return {"bucket.policy": policy(*statements)}


def scps(*levels: list[Json]) -> Json:
    """The fact of service control policies."""
    return {"organization.scps": list(levels)}


def identity(*statements: Json, version: str = "2012-10-17") -> Json:
    """The fact of identity policies."""
    return {"principal.policies": [policy(*statements, version=version)]}


def acl(on: str, permission: str, **grantee: str) -> Json:
    """The fact of an access control list with one grant."""
    return {f"{on}.acl": {"grants": [{"grantee": grantee, "permission": permission}]}}


ONLY_APP = {"ArnEquals": {"aws:PrincipalArn": ROLE}}
SPARED = {"Effect": "Deny", "NotPrincipal": {"AWS": [ROLE, SESSION, ROOT]}, **GET}
PUBLIC_AND_MORE = bucket(allow({"Service": SERVICE}, ALL), allow(A), allow("*"))
DENY_ALL = deny("*", ALL)
LOCKED = bucket(DENY_ALL)
WRONG_FORM = bucket(allow(ROLE, {"Action": "s3:ListBucket", "Resource": f"{BUCKET}/*"}))
HELD_BY_OTHER = bucket(allow(f"{SESSION}-2"))

# Row, caller, evidence, outcome; an action and a resource other than GetObject of the object are given after a bar.
ROWS: list[tuple[str, str, list[Json], str]] = [
    ("1", USER, [ID], "allowed"),
    ("2", USER, [ID0], "implicit identity"),
    ("3", USER, [ID0, bucket(allow(USER))], "allowed"),
    ("4", USER, [ID_DENY, bucket(allow(USER))], "explicit identity"),
    ("5", USER, [ID, bucket(deny(USER))], "explicit bucket_policy"),
    ("6", SESSION, [ID0, bucket(allow(ROLE))], "allowed"),
    ("7", SESSION, [ID0, bucket(allow(ROOT))], "implicit identity"),
    ("8", SESSION, [ID, bucket(allow(ROOT))], "allowed"),
    ("9", ROOT, [], "allowed"),
    ("10", ROOT, [bucket(deny("*"))], "explicit bucket_policy"),
    ("11 | s3:DeleteBucketPolicy | buk", ROOT, [LOCKED], "allowed"),
    ("12 | s3:DeleteBucketPolicy | buk", USER, [identity(allow(what=ALL)), LOCKED], "explicit bucket_policy"),
    ("13", ROOT, [scps([*FULL, policy(deny())])], "explicit scp"),
    ("14", USER, [ID, scps([policy(deny())]), {"organization.management_account": A}], "allowed"),
    ("15", SESSION, [ID, scps(FULL, [policy(SILENT)], FULL)], "implicit scp"),
    ("16", SESSION, [ID, scps(FULL, [policy(SILENT), *FULL])], "allowed"),
    ("17", SESSION, [ID, scps([policy(deny(what=SILENT))], FULL)], "implicit scp"),
    ("19", SESSION, [ID, scps([*FULL, policy(deny())])], "explicit scp"),
    ("20", SESSION, [ID0, bucket(allow(ROLE)), scps([*FULL, policy(deny())])], "explicit scp"),
    ("21", SESSION, [ID, SILENT_BOUNDARY], "implicit permissions_boundary"),
    ("22", SESSION, [ID0, bucket(allow(ROLE)), SILENT_BOUNDARY], "implicit permissions_boundary"),
    ("23", USER, [ID0, bucket(allow(USER)), SILENT_BOUNDARY], "allowed"),
    ("24", SESSION, [ID0, bucket(allow(SESSION)), SILENT_BOUNDARY, SILENT_SESSION], "allowed"),
    ("25", SESSION, [HELD_BY_OTHER], "implicit identity"),
    ("26", SESSION, [ID, SILENT_SESSION], "implicit session_policy"),
    ("27", SESSION, [ID, {"session.policies": FULL}], "allowed"),
    ("28", SESSION, [ID0, {"session.policies": FULL}], "implicit identity"),
    ("29", SESSION, [ID0, bucket(allow(ROLE)), SILENT_SESSION], "implicit session_policy"),
    ("30", SESSION, [bucket(allow("*", **ONLY_APP)), SILENT_BOUNDARY, SILENT_SESSION], "allowed"),
    ("31", SESSION, [ID0, bucket(allow(A, **ONLY_APP))], "implicit identity"),
    ("32", SESSION, [bucket(allow(SESSION)), {"session.policies": [policy(deny())]}], "explicit session_policy"),
    ("33", SESSION, [bucket(allow("*")), {"principal.boundary": policy(deny())}], "explicit permissions_boundary"),
    ("34", FEDERATED, [ID, {"session.issuer": USER}], "implicit session_policy"),
    ("35", FEDERATED, [bucket(allow(FEDERATED)), {"session.issuer": USER}], "allowed"),
    ("36", FEDERATED, [bucket(allow(USER)), {"session.issuer": USER}, SILENT_SESSION], "implicit session_policy"),
    (
        "38",
        SESSION,
        [bucket(allow("*", **ONLY_APP)), {"session.issuer": ROLE.replace("app", "t/app")}],
        "implicit identity",
    ),
    ("39", SESSION, [ID, bucket(deny("*", StringNotEquals={"aws:PrincipalArn": SESSION}))], "explicit bucket_policy"),
    ("40", USER, [ID0, bucket(allow("AIDAJQABLZS4A3QDU576Q"))], "implicit identity"),
    ("41", SESSION, [ID, CROSS], "implicit bucket_policy"),
    ("42", SESSION, [ID0, CROSS, bucket(allow(ROLE))], "implicit identity"),
    ("43", SESSION, [ID, CROSS, bucket(allow(ROLE))], "allowed"),
    ("44", SESSION, [ID, CROSS, bucket(allow(A))], "allowed"),
    ("45", SESSION, [ID0, CROSS, bucket(allow(SESSION))], "implicit identity"),
    ("46", SESSION, [ID, CROSS, bucket(allow(ROLE)), SILENT_BOUNDARY], "implicit permissions_boundary"),
    ("47", SESSION, [ID, CROSS, bucket(allow(ROLE)), scps([*FULL, policy(deny())])], "explicit scp"),
    ("49", SESSION, [ID, CROSS, bucket(allow(ROLE)), {"organization.rcps": [[policy(deny("*"))]]}], "explicit rcp"),
    ("51", ROOT, [CROSS, bucket(allow(A))], "allowed"),
    ("56 | s3:ListBucket | buk", SESSION, [identity(allow(what=ALL)), CROSS, WRONG_FORM], "implicit bucket_policy"),
    ("57", USER, [identity(allow(what={**GET, "Resource": BUCKET}))], "implicit identity"),
    ("58", USER, [identity(allow(what={**GET, "Action": "s3:HeadObject"}))], "implicit identity"),
    ("59", USER, [identity(allow(what={**GET, "Action": "s3:getobject"}))], "allowed"),
    (
        "99 | s3:PutObject | buk/k",
        USER,
        [identity(allow(what={"NotAction": "s3:Delete*", "Resource": "*"}))],
        "allowed",
    ),
    ("100", SESSION, [ID, bucket(SPARED)], "allowed"),
    ("101", SESSION, [ID, bucket(SPARED), {"principal.boundary": FULL[0]}], "explicit bucket_policy"),
    ("103", "anonymous", [CROSS, bucket(allow("*"))], "allowed"),
    ("104", "anonymous", [CROSS, bucket(allow("*")), RESTRICTED], "explicit block_public_access"),
    (
        "105",
        "anonymous",
        [CROSS, bucket(allow("*")), {"account.public_access_block": {"RestrictPublicBuckets": True}}],
        "explicit block_public_access",
    ),
    ("106", "anonymous", [CROSS, bucket(allow(A))], "implicit bucket_policy"),
    (
        "107",
        "anonymous",
        [CROSS, bucket(allow("*", StringEquals={"aws:PrincipalOrgID": "o-1"}))],
        "implicit bucket_policy",
    ),
    ("108", "anonymous", [CROSS, ACLS, acl("object", "READ", uri=EVERYONE)], "allowed"),
    (
        "109",
        "anonymous",
        [CROSS, ACLS, acl("object", "READ", uri=EVERYONE), {"bucket.public_access_block": {"IgnorePublicAcls": True}}],
        "implicit block_public_access",
    ),
    ("110", "anonymous", [CROSS, acl("object", "READ", uri=EVERYONE)], "implicit ownership"),
    ("111", USER, [ID, CROSS, ACLS, acl("object", "READ", uri=SIGNED)], "allowed"),
    ("112", "anonymous", [CROSS, ACLS, acl("object", "READ", uri=SIGNED)], "implicit acl"),
    ("113", SESSION, [ID, CROSS, PUBLIC_AND_MORE, RESTRICTED], "explicit block_public_access"),
    ("114", SESSION, [ID, CROSS, bucket(allow({"Service": SERVICE}, ALL), allow(A)), RESTRICTED], "allowed"),
    ("115 | s3:PutObject | buk/k", SERVICE, [CROSS, PUBLIC_AND_MORE, RESTRICTED], "allowed"),
    ("116", SESSION, [ID, PUBLIC_AND_MORE, RESTRICTED], "allowed"),
    ("127", SESSION, [ID, FOREIGN, bucket(allow(ROLE))], "implicit acl"),
    ("128", SESSION, [ID, FOREIGN, acl("object", "FULL_CONTROL", account=A)], "allowed"),
    (
        "129",
        "anonymous",
        [CROSS, FOREIGN, bucket(deny("*")), acl("object", "READ", uri=EVERYONE)],
        "explicit bucket_policy",
    ),
    ("130 | s3:DeleteObject | buk/k", SESSION, [identity(allow(what=ALL)), FOREIGN], "allowed"),
    ("131", SESSION, [ID, CROSS, ACLS, acl("bucket", "READ", account=A)], "implicit acl"),
    (
        "132 | s3:ListBucket | buk",
        SESSION,
        [identity(allow(what=ALL)), CROSS, ACLS, acl("bucket", "READ", account=A)],
        "allowed",
    ),
    (
        "151",
        USER,
        [ID, {"vpc_endpoint.policy": policy(allow("*", {**GET, "Resource": "arn:aws:s3:::buk2/*"}))}],
        "implicit vpc_endpoint",
    ),
    (
        "152",
        SESSION,
        [ID, {"vpc_endpoint.policy": policy(allow(A)), "vpc_endpoint.type": "Gateway"}],
        "implicit vpc_endpoint",
    ),
    (
        "153",
        "anonymous",
        [CROSS, bucket(allow("*")), {"vpc_endpoint.policy": policy(SILENT | {"Principal": "*"})}],
        "implicit vpc_endpoint",
    ),
    (
        "158",
        USER,
        [ID, bucket(deny("*", StringNotEquals={"s3:AccessPointNetworkOrigin": "VPC"}))],
        "explicit bucket_policy",
    ),
    ("159 | s3:PutObject | buk/k", SERVICE, [CROSS, bucket(allow({"Service": SERVICE}, ALL))], "allowed"),
    (
        "160 | s3:PutObject | buk/k",
        SERVICE,
        [CROSS, bucket(allow({"Service": SERVICE}, ALL), deny("*", ALL, NotIpAddress={"aws:SourceIp": "10.0.0.0/8"}))],
        "explicit bucket_policy",
    ),
    (
        "161 | s3:PutObject | buk/k",
        SERVICE,
        [CROSS, bucket(allow({"Service": SERVICE}, ALL)), {"organization.rcps": [[policy(DENY_ALL)]]}],
        "explicit rcp",
    ),
    ("162 | s3:PutObject | buk/k", SERVICE, [CROSS, bucket(allow({"Service": SERVICE}, ALL)), scps([])], "allowed"),
    (
        "165",
        USER,
        [identity(allow(StringEquals={"aws:ResourceTag/t": "x"})), {"bucket.tags": {"t": "x"}, "bucket.abac": False}],
        "implicit identity",
    ),
    (
        "166",
        USER,
        [identity(allow(StringEquals={"aws:ResourceTag/t": "x"})), {"bucket.tags": {"t": "x"}, "bucket.abac": True}],
        "allowed",
    ),
]


def fully_known(principal: str, evidence: list[Json], *, action: str, resource: str) -> Json:
    """A case in the contract's shape of which everything is known."""
    facts = {name: value for part in evidence for name, value in part.items()}
    known = {"context_is_complete": True, "evidence_is_complete": True}
    return {"principal": principal, "action": action, "resource": resource, "context": {}, "evidence": facts, **known}


@pytest.mark.parametrize(("row", "principal", "evidence", "expected"), ROWS, ids=[row[0].split()[0] for row in ROWS])
def test_scenarios_come_out_as_documented(row: str, principal: str, evidence: list[Json], expected: str) -> None:
    """Each row of section 13 that a single action decides."""
    _, action, resource = f"{row} | s3:GetObject | buk/k".split(" | ")[:3]
    outcome, _, layer = expected.partition(" ")
    verdict = decide(fully_known(principal, evidence, action=action, resource=f"arn:aws:s3:::{resource}"))
    assert verdict == (Verdict("denied", outcome, layer, 403, "AccessDenied") if layer else ALLOWED)


def test_no_organization_policy_reaches_a_service_linked_role() -> None:
    """Row 18: neither a service control policy nor a resource control policy denies it."""
    principal = f"arn:aws:sts::{A}:assumed-role/AWSServiceRoleForX/s"
    evidence = [ID, scps([policy(deny())]), {"organization.rcps": [[policy(deny("*"))]]}]
    assert decide(fully_known(principal, evidence, action="s3:GetObject", resource=OBJECT)).decision == "allowed"


def test_the_organization_s_setting_replaces_the_account_s_own() -> None:
    """Section 8.2: an organization that assigns "none" switches the account's flags off, but not the bucket's."""
    switched_off = {
        "organization.public_access_block": {},
        "account.public_access_block": {"RestrictPublicBuckets": True},
    }
    case = fully_known("anonymous", [CROSS, bucket(allow("*")), switched_off], action="s3:GetObject", resource=OBJECT)
    assert decide(case).decision == "allowed"
    assert decide({**case, "evidence": case["evidence"] | RESTRICTED}).layer == "block_public_access"
