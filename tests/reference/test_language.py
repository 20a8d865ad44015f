"""The yardstick reads the policy language as section 4 of the facts document tells it, trap by trap."""

from typing import Any

import pytest

from .callers import caller_of
from .conditions import Json, conditions_hold, parse_operator
from .globs import glob_matches, plain_glob
from .policy import Request, Statement, matches
from .principals import Grant, names
from .public import policy_is_public

ACCOUNT, CANONICAL = "111111111111", "c" * 64
OWN = f"arn:aws:iam::{ACCOUNT}"
USER, SESSION, ROLE = f"{OWN}:user/t/bob", f"arn:aws:sts::{ACCOUNT}:assumed-role/app/s", f"{OWN}:role/p/app"
FEDERATED, ROOT, SERVICE = f"arn:aws:sts::{ACCOUNT}:federated-user/fed", f"{OWN}:root", "x.amazonaws.com"


def covers(element: str, value: Any, request: Json, version: str = "2012-10-17") -> bool:
    """Whether a statement with this element matches a request."""
    body = {"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"}
    body.pop(element.removeprefix("Not"))
    caller = caller_of({"principal": USER, "evidence": {}})
    context = {"aws:username": ("bob",), "aws:calledvia": ("bob",), "s3:prefix": ("a*",)}
    read = Request(caller, request["action"], request["resource"], context, {}, bounded=False)
    return matches(Statement({**body, element: value}, version == "2012-10-17"), read)


@pytest.mark.parametrize(
    ("element", "pattern", "action", "expected"),
    [
        ("Action", "s3:getOBJECT", "s3:GetObject", True),
        ("Action", "S3:Get*", "s3:GetObject", True),
        ("Action", "*:*", "s3:GetObject", True),
        ("Action", "s3:GetObjec?", "s3:GetObject", True),
        ("Action", "s3:GetObject?", "s3:GetObject", False),
        ("Action", ["ec2:*", "s3:*Object"], "s3:GetObject", True),
        ("Action", [], "s3:GetObject", False),
        ("NotAction", "s3:Get*", "s3:GetObject", False),
        ("NotAction", ["s3:Put*", "ec2:*"], "s3:GetObject", True),
    ],
)
def test_actions_match_in_any_case_and_by_wildcards(element: str, pattern: Any, action: str, expected: bool) -> None:
    assert covers(element, pattern, {"action": action, "resource": "*"}) is expected


@pytest.mark.parametrize(
    ("pattern", "resource", "expected"),
    [
        ("*", "arn:aws:s3:::buk/k", True),
        ("*", "*", True),
        ("arn:aws:s3:::buk*", "arn:aws:s3:::buk2/a:b", True),
        ("arn:aws:s3:::buk/*", "arn:aws:s3:::buk", False),
        ("arn:aws:s3:::buk/*", "arn:aws:s3:::buk/", True),
        ("arn:aws:s3:::BUK/*", "arn:aws:s3:::buk/k", False),
        ("arn:aws:s3:::buk*/k?", "arn:aws:s3:::buk-2/k1", True),
        ("arn:aws:s3:::buk/*/t/*", "arn:aws:s3:::buk/1/2/t/x", True),
        ("arn:aws:s3:::buk/*/t/*", "arn:aws:s3:::buk/t/x", False),
        ("arn:aws:s3:::buk/a:b*", "arn:aws:s3:::buk/a:b:c", True),
        ("arn:aws:s3:::buk/a?b", "arn:aws:s3:::buk/a:b", True),
        ("arn:*:s3:::buk/k", "arn:aws:s3:::buk/k", True),
        ("arn:a*s:s3:::buk/k", "arn:aws:s3:::buk/k", True),
        ("arn:aws:s3:*", "arn:aws:s3:::buk/k", True),
        ("arn:aws:s3:*/k", "arn:aws:s3:::buk/k", False),
        ("arn:aws:s3*:::buk/k", "arn:aws:s3:::buk/k", False),
        ("arn:aws-cn:s3:::buk/k", "arn:aws:s3:::buk/k", False),
        ("arn:aws:s3:us-east-1::buk/k", "arn:aws:s3:::buk/k", False),
        ("arn:aws:s3:::buk/${aws:username}/*", "arn:aws:s3:::buk/bob/x", True),
        ("arn:aws:s3:::buk/${AWS:UserName}/*", "arn:aws:s3:::buk/bob/x", True),
        ("arn:aws:s3:::buk/${aws:userid}/*", "arn:aws:s3:::buk//x", False),
        ("arn:aws:s3:::buk/${aws:userid, 'bob'}/*", "arn:aws:s3:::buk/bob/x", True),
        ("arn:aws:s3:::buk/${aws:CalledVia}/*", "arn:aws:s3:::buk/bob/x", False),
        ("arn:aws:s3:::buk/${s3:prefix}", "arn:aws:s3:::buk/ab", False),
        ("arn:aws:s3:::buk/${s3:prefix}", "arn:aws:s3:::buk/a*", True),
        ("arn:aws:s3:::buk/${*}.txt", "arn:aws:s3:::buk/*.txt", True),
        ("arn:aws:s3:::buk/${*}.txt", "arn:aws:s3:::buk/a.txt", False),
        ("arn:aws:s3:::buk/${?}${$}{a}", "arn:aws:s3:::buk/?${a}", True),
    ],
)
def test_resources_match_segment_by_segment(pattern: str, resource: str, expected: bool) -> None:
    assert covers("Resource", pattern, {"action": "s3:GetObject", "resource": resource}) is expected
    assert covers("NotResource", [pattern], {"action": "s3:GetObject", "resource": resource}) is not expected


def test_variables_are_plain_text_in_the_older_version() -> None:
    literal = {"action": "s3:GetObject", "resource": "arn:aws:s3:::buk/${aws:username}"}
    assert covers("Resource", "arn:aws:s3:::buk/${aws:username}", literal, "2008-10-17")
    assert not covers("Resource", "arn:aws:s3:::buk/${aws:username}", literal)


def test_globs_stay_fast_on_patterns_made_to_backtrack() -> None:
    assert not glob_matches(plain_glob("*a" * 25 + "b"), "a" * 60)


ABSENT: Json = {}
CONDITIONS: list[tuple[str, Json, Any, Json, bool]] = [
    # Missing keys.
    ("StringEquals", ABSENT, "a", {}, False),
    ("StringNotEquals", ABSENT, "a", {}, True),
    ("StringEqualsIfExists", ABSENT, "a", {}, True),
    ("StringNotEqualsIfExists", ABSENT, "a", {}, True),
    ("NumericLessThan", ABSENT, "1", {}, False),
    ("NumericNotEquals", ABSENT, "1", {}, True),
    ("NotIpAddress", ABSENT, "10.0.0.0/8", {}, True),
    ("Bool", ABSENT, "false", {}, False),
    ("BoolIfExists", ABSENT, "false", {}, True),
    ("Null", ABSENT, "true", {}, True),
    ("Null", ABSENT, False, {}, False),
    ("Null", {"k": ""}, False, {}, True),
    ("Null", {"k": "x"}, ["true", "false"], {}, True),
    ("ForAllValues:StringEquals", ABSENT, "a", {}, True),
    ("ForAllValues:StringNotLike", ABSENT, "a", {}, True),
    ("ForAnyValue:StringEquals", ABSENT, "a", {}, False),
    ("ForAnyValue:StringNotEquals", ABSENT, "a", {}, False),
    ("ForAnyValue:StringEqualsIfExists", ABSENT, "a", {}, True),
    # Text.
    ("StringEquals", {"k": "a*"}, "a*", {}, True),
    ("StringEquals", {"k": "ab"}, "a*", {}, False),
    ("StringEquals", {"k": "A"}, "a", {}, False),
    ("STRINGEQUALSIGNORECASE", {"k": "A"}, "a", {}, True),
    ("StringNotEquals", {"k": "b"}, ["a", "b"], {}, False),
    ("StringNotEquals", {"k": "c"}, ["a", "b"], {}, True),
    ("StringLike", {"k": "logs"}, "logs/*", {}, False),
    ("StringLike", {"k": ""}, "*", {}, True),
    ("StringLike", {"k": "a:b/c"}, "a*c", {}, True),
    ("StringLike", {"k": "abc"}, "${k2}c", {"k2": "a?"}, False),
    ("StringLike", {"k": "x"}, "${nobody}", {}, False),
    ("StringNotLike", {"k": "x"}, "${nobody}", {}, True),
    ("StringEquals", {"k": "5"}, 5, {}, True),
    ("StringEquals", {"k": "true"}, True, {}, True),
    ("StringEquals", {"k": "*"}, "${*}", {}, True),
    # Numbers, dates, addresses, the rest.
    ("NumericEquals", {"k": "1.0"}, 1, {}, True),
    ("NumericLessThanEquals", {"k": "10"}, "9.5", {}, False),
    ("NumericLessThan", {"k": "9"}, "10", {}, True),
    ("NumericGreaterThan", {"k": "ten"}, "1", {}, False),
    ("DateLessThan", {"k": "2026-06-20T09:00:00+02:00"}, "2026-06-20T08:00:00Z", {}, True),
    ("DateEquals", {"k": "1767225600"}, "2026-01-01", {}, True),
    ("DateGreaterThan", {"k": "soon"}, "2026-01-01T00:00:00Z", {}, False),
    ("Bool", {"k": "TRUE"}, "true", {}, True),
    ("Bool", {"k": "yes"}, "yes", {}, False),
    ("Bool", {"k": "true"}, "${k2}", {"k2": "true"}, True),
    ("BinaryEquals", {"k": "c2VjcmV0"}, "c2VjcmV0", {}, True),
    ("BinaryEquals", {"k": "c2VjcmV0"}, "cHVibGlj", {}, False),
    ("IpAddress", {"k": "203.0.113.7"}, "203.0.113.0/24", {}, True),
    ("IpAddress", {"k": "203.0.113.7"}, "203.0.113.7", {}, True),
    ("IpAddress", {"k": "203.0.113.7"}, "2001:db8::/32", {}, False),
    ("NotIpAddress", {"k": "203.0.113.7"}, "2001:db8::/32", {}, True),
    ("IpAddress", {"k": "not an address"}, "0.0.0.0/0", {}, False),
    ("ArnEquals", {"k": "arn:aws:iam::1:role/app-1"}, "arn:aws:iam::*:role/app-*", {}, True),
    ("ArnLike", {"k": "arn:aws:iam::1:role/app-1"}, "arn:aws:iam::*", {}, False),
    ("ArnLike", {"k": "arn:aws:s3:::a:b"}, "arn:aws:s3:::a*", {}, True),
    ("ArnNotLike", {"k": "arn:aws:iam::1:role/app"}, "arn:aws:iam::2:*", {}, True),
    ("ArnEquals", {"k": "arn:aws:iam::1:user/b"}, "${k2}", {"k2": "arn:aws:iam::1:user/b"}, True),
    # Keys of several values, and quantifiers.
    ("StringEquals", {"aws:CalledVia": ["a"]}, "a", {}, False),
    ("StringNotEquals", {"aws:CalledVia": ["a"]}, "b", {}, False),
    ("StringEqualsIfExists", {"aws:CalledVia": ["a"]}, "a", {}, False),
    ("ForAnyValue:StringEquals", {"aws:CalledVia": ["a", "b"]}, ["b", "c"], {}, True),
    ("ForAllValues:StringEquals", {"aws:CalledVia": ["a", "b"]}, ["b", "c"], {}, False),
    ("ForAllValues:StringNotEquals", {"aws:CalledVia": ["a", "b"]}, ["c", "d"], {}, True),
    ("ForAnyValue:StringNotEquals", {"aws:CalledVia": ["a", "b"]}, ["a"], {}, True),
    ("ForAnyValue:StringNotEquals", {"aws:CalledVia": ["a"]}, ["a"], {}, False),
    ("ForAnyValue:StringEquals", {"k": "a"}, "a", {}, True),
]


@pytest.mark.parametrize(("operator", "given", "expected_values", "others", "outcome"), CONDITIONS)
def test_conditions_hold_as_documented(
    operator: str, given: Json, expected_values: Any, others: Json, outcome: bool
) -> None:
    context = {
        key.lower(): tuple(value) if isinstance(value, list) else (value,) for key, value in (given | others).items()
    }
    key = next(iter(given), "k")
    assert conditions_hold({operator: {key.upper(): expected_values}}, context, variables=True) is outcome


def test_every_operator_and_every_key_under_it_has_to_hold() -> None:
    block = {"StringEquals": {"a": ["1", "2"], "b": "3"}, "Null": {"c": "true"}}
    assert conditions_hold(block, {"a": ("2",), "b": ("3",)}, variables=True)
    assert not conditions_hold(block, {"a": ("2",)}, variables=True)
    assert not conditions_hold(block, {"a": ("2",), "b": ("3",), "c": ("",)}, variables=True)


@pytest.mark.parametrize("name", ["StringIs", "NullIfExists", "ForAnyValue:Null", "ForSome:StringEquals", ""])
def test_unknown_operators_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name}$"):
        parse_operator(name)


@pytest.mark.parametrize(
    ("element", "user", "session", "federated", "root", "anonymous", "service"),
    [
        ("*", "DIRECT", "DIRECT", "DIRECT", "DIRECT", "DIRECT", "DIRECT"),
        ({"AWS": ["*"]}, "DIRECT", "DIRECT", "DIRECT", "DIRECT", "DIRECT", "DIRECT"),
        ({"AWS": ACCOUNT}, "ACCOUNT", "ACCOUNT", "ACCOUNT", "DIRECT", "NONE", "NONE"),
        ({"AWS": ROOT}, "ACCOUNT", "ACCOUNT", "ACCOUNT", "DIRECT", "NONE", "NONE"),
        ({"CanonicalUser": CANONICAL}, "ACCOUNT", "ACCOUNT", "ACCOUNT", "DIRECT", "NONE", "NONE"),
        ({"AWS": USER}, "DIRECT", "NONE", "ROLE", "NONE", "NONE", "NONE"),
        ({"AWS": ROLE}, "NONE", "ROLE", "NONE", "NONE", "NONE", "NONE"),
        ({"AWS": f"{OWN}:role/app"}, "NONE", "NONE", "NONE", "NONE", "NONE", "NONE"),
        ({"AWS": SESSION}, "NONE", "DIRECT", "NONE", "NONE", "NONE", "NONE"),
        ({"AWS": FEDERATED}, "NONE", "NONE", "DIRECT", "NONE", "NONE", "NONE"),
        ({"AWS": [ACCOUNT, USER]}, "DIRECT", "ACCOUNT", "ROLE", "DIRECT", "NONE", "NONE"),
        ({"AWS": f"arn:aws-cn:iam::{ACCOUNT}:root"}, "NONE", "NONE", "NONE", "NONE", "NONE", "NONE"),
        ({"AWS": f"{OWN}:user/*"}, "NONE", "NONE", "NONE", "NONE", "NONE", "NONE"),
        ({"Service": [SERVICE, "y.amazonaws.com"]}, "NONE", "NONE", "NONE", "NONE", "NONE", "DIRECT"),
    ],
)
def test_principals_name_callers_as_strongly_as_table_3_4_says(
    element: Any, user: str, session: str, federated: str, root: str, anonymous: str, service: str
) -> None:
    expected = {
        USER: user,
        SESSION: session,
        FEDERATED: federated,
        ROOT: root,
        "anonymous": anonymous,
        SERVICE: service,
    }
    issuers = {SESSION: ROLE, FEDERATED: USER}
    for principal, strength in expected.items():
        caller = caller_of({"principal": principal, "evidence": {"session.issuer": issuers.get(principal)}})
        assert names(element, caller, {CANONICAL: ACCOUNT}) is Grant[strength], principal


@pytest.mark.parametrize(
    ("condition", "public"),
    [
        ({}, True),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, False),
        ({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}, True),
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}, True),
        ({"ForAllValues:StringEquals": {"aws:PrincipalOrgPaths": "o-1/"}}, True),
        ({"ForAnyValue:StringEquals": {"aws:PrincipalOrgPaths": "o-1/"}}, False),
        ({"StringLike": {"aws:SourceVpc": "vpc-*"}}, True),
        ({"StringLike": {"aws:SourceVpc": "vpc-1"}}, False),
        ({"StringEquals": {"aws:SourceVpc": ["vpc-1", "${aws:PrincipalTag/v}"]}}, True),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, False),
        ({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "52.0.0.0/6"]}}, True),
        ({"IpAddress": {"aws:SourceIp": "2001::/16"}}, True),
        ({"StringEquals": {"aws:Referer": "https://example.com/"}, "Bool": {"aws:SecureTransport": "true"}}, True),
        ({"StringEquals": {"aws:Referer": "x", "aws:SourceAccount": ACCOUNT}}, False),
        ({"ArnLike": {"s3:DataAccessPointArn": f"arn:aws:s3:us-east-1:{ACCOUNT}:accesspoint/*"}}, False),
        ({"ArnLike": {"s3:DataAccessPointArn": "arn:aws:s3:us-east-1:*:accesspoint/x"}}, True),
        ({"Bool": {"aws:PrincipalIsAWSService": "true"}}, False),
        ({"StringEquals": {"aws:PrincipalTag/team": "ml"}}, True),
    ],
)
def test_a_policy_is_public_unless_every_allow_is_limited_to_fixed_values(condition: Json, public: bool) -> None:
    allow = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "s3:*", "Resource": "*", "Condition": condition}
    named = {**allow, "Principal": {"AWS": ACCOUNT}, "Condition": {}}
    deny = {**allow, "Effect": "Deny", "Condition": {}}
    assert policy_is_public({"Version": "2012-10-17", "Statement": [named, allow]}) is public
    assert not policy_is_public({"Version": "2012-10-17", "Statement": [named, deny]})
