"""What is wrong with a statement that does not allow: the clause for each failing element, and which one is told."""

import random
from contextlib import suppress
from functools import partial
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.asking import (
    ACCOUNT,
    ANONYMOUS,
    BUCKET,
    FEDERATED,
    OBJECT,
    ROLE,
    SESSION,
    USER,
    asked,
    compiled,
    only,
    statement,
)
from tests.policy.work import ABOUT_TWICE, work
from tests.reference.generator import random_case
from why403.domain.context import NO_VALUE, NOT_KNOWN, Values
from why403.domain.errors import InvalidInput
from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE
from why403.policy import PolicyKind, one_policy, policy_list
from why403.policy.compiled import Policies
from why403.policy.hints import hints
from why403.policy.hints.of_resource import _OF_PLAIN, _RULES, _written, covers
from why403.policy.hints.spelling import distance, slip
from why403.policy.nearest import failures, near_miss, nearest
from why403.policy.statement import Statement

REPORT = "arn:aws:s3:::reports/out/q3.csv"
REPORTS = "arn:aws:s3:::reports"
POINT = f"arn:aws:s3:eu-west-1:{ACCOUNT}:accesspoint/ap"
THROUGH = f"{POINT}/object/k"
OTHER = "999999999999"
ISSUER = f"arn:aws:iam::{ACCOUNT}:role/team/app"
LIST, GET, GET_VERSION, PUT = "s3:ListBucket", "s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"


def clauses(request: AccessRequest, **elements: Any) -> str:
    return " and ".join(failures(only(statement(**elements)), request))


def suggestions(request: AccessRequest, **elements: Any) -> list[str | None]:
    return [each.suggestion for each in hints(only(statement(**elements)), request)]


RESOURCES = [
    (BUCKET, OBJECT, GET, f"names the bucket; objects need `{BUCKET}/*`", f"{BUCKET}/*"),
    (f"{BUCKET[:-1]}?", OBJECT, GET, f"names the bucket; objects need `{BUCKET[:-1]}?/*`", f"{BUCKET[:-1]}?/*"),
    (f"{BUCKET}/*", BUCKET, LIST, "names the objects; listing asks for the bucket's own ARN", BUCKET),
    (
        f"{BUCKET}/a/*",
        BUCKET,
        "s3:GetBucketAcl",
        "names the objects; s3:GetBucketAcl asks for the bucket's own ARN",
        BUCKET,
    ),
    (POINT, THROUGH, GET, f"names the access point; objects need `{POINT}/object/*`", f"{POINT}/object/*"),
    (f"{POINT}/object/*", POINT, LIST, "names the objects; listing asks for the access point's own ARN", POINT),
    (
        f"{BUCKET}/*",
        THROUGH,
        GET,
        f"names a bucket; through the access point the ARN is `{POINT}/object/*`",
        f"{POINT}/object/*",
    ),
    (BUCKET, POINT, LIST, f"names a bucket; through the access point the ARN is `{POINT}`", POINT),
    (
        f"{POINT}/object/*",
        OBJECT,
        GET,
        f"names an access point; the request is to the bucket itself, `{BUCKET}/*`",
        f"{BUCKET}/*",
    ),
    ("arn:aws-cn:s3:::buk/*", OBJECT, GET, "is of another partition; the resource is in `aws`", f"{BUCKET}/*"),
    (
        f"arn:aws:s3:eu-west-1:{ACCOUNT}:buk/*",
        OBJECT,
        GET,
        f"has a Region or account, which the ARN of a bucket lacks: `{BUCKET}/*`",
        f"{BUCKET}/*",
    ),
    ("buk/*", OBJECT, GET, f"is no ARN; `{BUCKET}/*` may be meant", f"{BUCKET}/*"),
    ("s3://buk/*", OBJECT, GET, f"is no ARN; `{BUCKET}/*` may be meant", f"{BUCKET}/*"),
    (f"{REPORTS}/Out/*", REPORT, GET, f"differs from `{REPORTS}/out/*` in letter case only", f"{REPORTS}/out/*"),
    ("arn:aws:s3:::Reports", REPORTS, LIST, f"differs from `{REPORTS}` in letter case only", REPORTS),
    (f"{REPORTS}//out/*", REPORT, GET, f"differs from `{REPORTS}/out/*` in a slash", f"{REPORTS}/out/*"),
    ("arn:aws:s3:::/reports/*", REPORT, GET, f"differs from `{REPORTS}/*` in a slash", f"{REPORTS}/*"),
    (f"{REPORTS}/out/*", f"{REPORTS}//out/q", GET, f"differs from `{REPORTS}//out/*` in a slash", f"{REPORTS}//out/*"),
    (f"{REPORTS}/outq*", REPORT, GET, f"differs from `{REPORTS}/out/q*` in a slash", f"{REPORTS}/out/q*"),
    (f"{REPORTS}/out", REPORT, GET, f"names one object; what is under it needs `{REPORTS}/out/*`", f"{REPORTS}/out/*"),
    (f"{REPORTS}/out/", REPORT, GET, f"names one object; what is under it needs `{REPORTS}/out/*`", f"{REPORTS}/out/*"),
]


@pytest.mark.parametrize(("entry", "on", "action", "clause", "meant"), RESOURCES)
def test_a_resource_tells_what_is_wrong_with_it(entry: str, on: str, action: str, clause: str, meant: str) -> None:
    request = asked(action=action, on=on)
    assert clauses(request, Resource=entry) == f"its Resource `{entry}` {clause}"
    assert suggestions(request, Resource=entry) == [meant]


@pytest.mark.parametrize(
    ("entry", "part", "meant"),
    [
        ("arn:aws:s3:::reprots/*", "`reprots` may be meant for `reports`", f"{REPORTS}/*"),
        ("arn:aws:s3:::report/out/*", "`report` may be meant for `reports`", f"{REPORTS}/out/*"),
        (f"{REPORTS}/outt/*", "`outt` may be meant for `out`", None),
        (f"{REPORTS}/ou/*", "`ou` may be meant for `out`", None),
        ("arn:aws:s3:::reprots/in/*", None, None),
        ("arn:aws:s3:::archive/*", None, None),
        (f"{REPORTS}/in/*", None, None),
    ],
)
def test_a_slip_in_a_name_is_told_if_it_explains_the_failure(entry: str, part: str | None, meant: str | None) -> None:
    found = clauses(asked(on=REPORT), Resource=entry)
    plain = f"its Resource `{entry}` does not cover {REPORT}"
    if part is not None and meant is None:  # pieces this short are chosen, not mistyped
        part = None
    assert found == (f"{plain}: {part}" if part else plain)
    assert suggestions(asked(on=REPORT), Resource=entry) == ([meant] if meant else [])


def test_a_slip_in_the_first_segment_of_the_prefix_is_told() -> None:
    request = asked(on="arn:aws:s3:::b/invoices/1")
    assert clauses(request, Resource="arn:aws:s3:::b/invocies/*").endswith(": `invocies` may be meant for `invoices`")
    assert suggestions(request, Resource="arn:aws:s3:::b/invocies/*") == ["arn:aws:s3:::b/invoices/*"]
    deeper = asked(on="arn:aws:s3:::b/invoices/2026/1")
    assert suggestions(deeper, Resource="arn:aws:s3:::b/invocies/*") == ["arn:aws:s3:::b/invoices/*"]


PLAIN = (BUCKET, f"{BUCKET}/*", f"{BUCKET}?x/A/*", "arn:aws:s3:::rep*", f"{REPORT}/${{aws:username}}")


@pytest.mark.parametrize("entry", PLAIN)
@pytest.mark.parametrize("on", [BUCKET, OBJECT, REPORT, REPORTS])
def test_what_is_not_asked_of_a_plain_arn_has_nothing_to_say_of_it(entry: str, on: str) -> None:
    written = _written((entry, True))
    assert written.plain == "aws"
    assert [rule(written, asked(on=on)) for rule in _RULES if rule not in _OF_PLAIN] == [None] * 4


@pytest.mark.parametrize("entry", [POINT, f"{POINT}/object/*", f"arn:aws:s3::{ACCOUNT}:b", "arn:aws:sqs:::b", "b/*"])
def test_what_is_no_bucket_by_its_name_is_not_plain(entry: str) -> None:
    assert _written((entry, True)).plain is None


VARIABLES: list[tuple[str, dict[str, Any], str]] = [
    ("2012-10-17", {}, "covers nothing, because `${aws:principaltag/team}` has no value here"),
    (
        "2012-10-17",
        {"aws:PrincipalTag/team": ("a", "b")},
        "covers nothing, because `${aws:principaltag/team}` may have several values",
    ),
    (
        "2008-10-17",
        {"aws:PrincipalTag/team": ("k",)},
        "holds a variable, which is plain text in a document of a Version before 2012-10-17",
    ),
]


@pytest.mark.parametrize(("version", "context", "clause"), VARIABLES)
def test_a_variable_tells_why_it_stands_for_nothing(version: str, context: dict[str, Any], clause: str) -> None:
    entry = f"{BUCKET}/${{aws:PrincipalTag/team}}"
    request = asked(context={"aws:PrincipalTag/team": NO_VALUE, **context})
    assert clauses(request, version=version, Resource=entry) == f"its Resource `{entry}` {clause}"


def test_a_variable_with_a_value_or_in_another_bucket_is_not_to_blame() -> None:
    request = asked(context={"aws:PrincipalTag/team": ("other",)})
    for entry in (f"{BUCKET}/${{aws:PrincipalTag/team}}", "arn:aws:s3:::other/${aws:PrincipalTag/none}"):
        for version in ("2012-10-17", "2008-10-17"):
            assert clauses(request, version=version, Resource=entry).endswith(f"does not cover {OBJECT}")


def test_of_several_entries_the_one_that_can_be_told_is_named_behind_the_list() -> None:
    far = "arn:aws:s3:::other/*"
    assert clauses(asked(), Resource=[far, BUCKET]) == (
        f"its Resource `{far}`, `{BUCKET}` does not cover {OBJECT}: "
        f"`{BUCKET}` names the bucket; objects need `{BUCKET}/*`"
    )
    many = [f"arn:aws:s3:::other{index}/*" for index in range(5)]
    listed = ", ".join(f"`{each}`" for each in many[:3])
    assert clauses(asked(), Resource=many) == f"its Resource {listed} and 2 more does not cover {OBJECT}"


def test_an_exception_that_fails_is_told_without_a_guess() -> None:
    assert clauses(asked(), NotResource=f"{BUCKET}/*") == f"its NotResource `{BUCKET}/*` does not cover {OBJECT}"
    assert clauses(asked(), NotAction="s3:*") == "its NotAction `s3:*` does not cover s3:GetObject"
    assert clauses(asked(), NotPrincipal="*") == "its NotPrincipal `*` does not name the caller"
    assert suggestions(asked(), NotResource=BUCKET, NotAction="s3:HeadObject") == []


API = "is an API name and no action; the action is"
VERSIONED = "is for requests without a version; one that names a version asks for s3:GetObjectVersion"
CURRENT = "is for requests that name a version; one without asks for s3:GetObject"

ACTIONS = [
    ("s3:ListObjectsV2", LIST, f"{API} s3:ListBucket"),
    ("s3:ListObjects", LIST, f"{API} s3:ListBucket"),
    ("s3:HeadBucket", LIST, f"{API} s3:ListBucket"),
    ("S3:headobject", GET, f"{API} s3:GetObject"),
    ("s3:HeadObject", GET_VERSION, f"{API} s3:GetObjectVersion"),
    ("s3:ListBuckets", "s3:ListAllMyBuckets", f"{API} s3:ListAllMyBuckets"),
    ("s3:GetBucketEncryption", "s3:GetEncryptionConfiguration", f"{API} s3:GetEncryptionConfiguration"),
    ("s3:InitiateMultipartUpload", PUT, f"{API} s3:PutObject"),
    ("s3:DeleteObjects", "s3:DeleteObject", f"{API} s3:DeleteObject"),
    ("s3:CopyObject", PUT, "is an API name and no action; its actions are s3:GetObject and s3:PutObject"),
    (
        "s3:CopyObject",
        "s3:PutObjectTagging",
        "is an API name and no action; its actions are s3:GetObject, s3:PutObject and s3:PutObjectTagging",
    ),
    ("s3:Head*", GET, "covers no action, only API names; the action is s3:GetObject"),
    (GET, GET_VERSION, VERSIONED),
    (GET_VERSION, GET, CURRENT),
    ("GetObject", GET, "lacks the prefix of its service; the action is s3:GetObject"),
    ("s3:GetObjct", GET, "is no action and may be meant for s3:GetObject"),
    ("s3:GetObejct", GET, "is no action and may be meant for s3:GetObject"),
    ("s3.GetObject", GET, "is no action and may be meant for s3:GetObject"),
]


@pytest.mark.parametrize(("entry", "action", "clause"), ACTIONS)
def test_an_action_tells_what_is_wrong_with_it(entry: str, action: str, clause: str) -> None:
    on = BUCKET if action == LIST else OBJECT
    assert clauses(asked(action=action, on=on), Action=entry) == f"its Action `{entry}` {clause}"
    assert suggestions(asked(action=action, on=on), Action=entry) == [action]


@pytest.mark.parametrize(
    ("entry", "action"),
    [
        (PUT, GET),
        ("s3:ListObjectsV2", GET),
        ("s3:List*", GET),
        ("s3:GetObjectAcl", GET),
        ("s3:Gt", GET),
        ("kms:Encrypt", "kms:Decrypt"),
    ],
)
def test_an_action_that_is_another_one_is_told_plainly(entry: str, action: str) -> None:
    assert clauses(asked(action=action), Action=entry) == f"its Action `{entry}` does not cover {action}"


ONLY = "is absent here, it is only there"
CONDITIONS: list[tuple[str, str, Any, dict[str, Any], str, str | None]] = [
    ("StringEquals", "aws:sourceVpc", "v", {}, f"{ONLY} through a VPC endpoint", None),
    ("StringEquals", "aws:SourceVpce", "v", {}, f"{ONLY} through a VPC endpoint", None),
    ("IpAddress", "aws:SourceIp", "10.0.0.0/8", {}, f"{ONLY} outside of VPC endpoints", None),
    ("Bool", "aws:MultiFactorAuthPresent", "true", {}, f"{ONLY} with temporary credentials", None),
    ("Null", "aws:SourceVpc", "false", {}, f"{ONLY} through a VPC endpoint", None),
    ("Null", "aws:SourceVpc", "true", {"aws:SourceVpc": ("v",)}, "is there", None),
    ("StringEquals", "s3:prefix", "a", {}, "is absent here, requests for s3:GetObject do not carry it", None),
    ("StringEquals", "s3:versionid", "a", {}, "is absent here, requests for s3:GetObject do not carry it", None),
    ("StringEquals", "s3:ExistingObjectTag/team", "a", {"s3:ExistingObjectTag/team": NO_VALUE}, "is absent here", None),
    ("StringEquals", "aws:RequestedRegion", "eu-west-1", {}, "is absent here", None),
    (
        "StringEquals",
        "aws:RequestedRegion",
        "EU-West-1",
        {"aws:RequestedRegion": ("eu-west-1",)},
        "is `eu-west-1` here, which differs from `EU-West-1` in letter case only",
        "eu-west-1",
    ),
    (
        "StringEquals",
        "aws:RequestedRegion",
        "eu-west-1",
        {"aws:RequestedRegion": ("us-east-1",)},
        "is `us-east-1` here, where the condition asks for `eu-west-1`",
        None,
    ),
    (
        "StringLike",
        "aws:RequestedRegion",
        ["eu-*", "us-*", "ap-*", "sa-*"],
        {"aws:RequestedRegion": ("me-1",)},
        "is `me-1` here, where the condition asks for `eu-*`, `us-*`, `ap-*` and 1 more",
        None,
    ),
    (
        "StringNotEquals",
        "aws:RequestedRegion",
        "us-east-1",
        {"aws:RequestedRegion": ("us-east-1",)},
        "is `us-east-1` here, which is ruled out by `us-east-1`",
        None,
    ),
    (
        "NumericLessThanEquals",
        "s3:max-keys",
        "10",
        {"s3:max-keys": ("1000",)},
        "is `1000` here, where the condition compares with `10`",
        None,
    ),
    (
        "StringEquals",
        "aws:TagKeys",
        "team",
        {"aws:TagKeys": ("team",)},
        "may have several values, which need `ForAnyValue:StringEquals` or ForAllValues",
        "ForAnyValue:StringEquals",
    ),
    (
        "ForAllValues:StringEquals",
        "aws:TagKeys",
        "team",
        {"aws:TagKeys": ("team", "cost")},
        "is `team`, `cost` here, where the condition asks for no others than `team`",
        None,
    ),
    ("StringEquals", "aws:userid", [], {"aws:userid": ("u",)}, "is `u` here, and the condition has no value", None),
]


@pytest.mark.parametrize(("operator", "key", "values", "context", "clause", "meant"), CONDITIONS)
def test_a_condition_tells_what_it_met(
    operator: str, key: str, values: Any, context: dict[str, Any], clause: str, meant: str | None
) -> None:
    request, condition = asked(context=context), {operator: {key: values}}
    assert clauses(request, Condition=condition) == f"its condition {operator} on {key} is not met: `{key}` {clause}"
    assert suggestions(request, Condition=condition) == [meant]


def test_a_long_value_is_cut() -> None:
    request = asked(context={"aws:referer": ("x" * 500,)})
    assert f"`{'x' * 120}…` here" in clauses(request, Condition={"StringEquals": {"aws:referer": "y"}})


IAM, STS = f"arn:aws:iam::{ACCOUNT}", f"arn:aws:sts::{ACCOUNT}"

PRINCIPALS: list[tuple[str, str, str, str | None]] = [
    (SESSION, f"{STS}:assumed-role/app/t", "names another session of the role; the caller's is s", ISSUER),
    (SESSION, f"{IAM}:role/app", "names role/app, the caller's role is role/team/app", ISSUER),
    (SESSION, f"{IAM}:role/other/app", "names role/other/app, the caller's role is role/team/app", ISSUER),
    (SESSION, f"{IAM}:role/reader", "names role/reader, the caller's role is role/team/app", ISSUER),
    (SESSION, f"{IAM}:user/bob", "names user/bob, the caller's role is role/team/app", ISSUER),
    (ROLE, f"{IAM}:role/app", "names role/app, the caller's role is role/p/app", ROLE),
    (USER, f"{IAM}:user/bob", "names user/bob, the caller is user/t/bob", USER),
    (USER, f"{IAM}:user/T/bob", "names user/T/bob, the caller is user/t/bob", USER),
    (USER, f"{IAM}:user/t/Bob", f"differs from `{USER}` in letter case only", USER),
    (USER, f"arn:aws-cn:iam::{ACCOUNT}:user/t/bob", "is of another partition; the caller is in `aws`", USER),
    (USER, f"arn:aws:iam::{OTHER}:user/t/bob", f"is of another account, the caller is of {ACCOUNT}", USER),
    (SESSION, f"arn:aws:iam::{OTHER}:role/x", f"is of another account, the caller is of {ACCOUNT}", None),
    (USER, f"arn:aws:iam::{OTHER}:root", f"is of another account, the caller is of {ACCOUNT}", None),
    (USER, OTHER, f"is of another account, the caller is of {ACCOUNT}", None),
    (USER, f"{IAM}:user/*", "holds a wildcard, which is none in a Principal", USER),
    (SESSION, "AROAEXAMPLE", "is the id of a deleted role, and names nobody", ISSUER),
    (SESSION, "AIDAEXAMPLE", "is the id of a deleted user, and names nobody", None),
    (USER, "ANPAEXAMPLE", "is the id of a deleted identity, and names nobody", None),
    (ANONYMOUS, USER, "names a caller who signs; this one is anonymous", None),
    (FEDERATED, f"arn:aws:iam::{OTHER}:root", f"is of another account, the caller is of {ACCOUNT}", None),
]


@pytest.mark.parametrize(("who", "entry", "clause", "meant"), PRINCIPALS)
def test_a_principal_tells_whom_it_names_instead(who: str, entry: str, clause: str, meant: str | None) -> None:
    request = asked(who, issuer=ISSUER if who == SESSION else None)
    assert clauses(request, Principal={"AWS": entry}) == f"its Principal `{entry}` {clause}"
    assert suggestions(request, Principal={"AWS": entry}) == [meant]


def test_a_principal_that_names_a_service_is_told_plainly() -> None:
    assert clauses(asked(), Principal={"Service": "x.amazonaws.com"}) == "its Principal does not name the caller"


def test_a_statement_that_names_the_account_alone_only_delegates() -> None:
    root = f"arn:aws:iam::{ACCOUNT}:root"
    assert clauses(asked(), Principal={"AWS": root}) == (
        f"its Principal `{root}` only lets the account decide by its own policies; it does not name the caller"
    )
    assert clauses(asked(), Principal={"AWS": [root, USER]}) == ""
    assert "account decide" not in clauses(asked(), Principal={"AWS": root}, Action=PUT)


def policies(*bodies: dict[str, Any]) -> Policies:
    return compiled({"Version": "2012-10-17", "Statement": [statement(**each)["Statement"][0] for each in bodies]})


FAR, NEAR, HINTED = (
    {"Action": PUT, "Resource": "arn:aws:s3:::o/*"},
    {"Resource": "arn:aws:s3:::o/*"},
    {"Resource": BUCKET},
)


@pytest.mark.parametrize(
    ("bodies", "chosen", "failing"),
    [
        ([FAR, NEAR], 1, 1),
        ([NEAR, HINTED], 1, 1),
        ([HINTED, NEAR], 0, 1),
        ([NEAR, NEAR], 0, 1),
        ([HINTED, HINTED], 0, 1),
        ([FAR, HINTED, NEAR, HINTED], 1, 1),
        ([{**FAR, **HINTED}, NEAR], 1, 1),
        ([FAR, {**FAR, **HINTED}], 1, 2),
        ([{**FAR, **HINTED}, {**HINTED, "Action": "s3:HeadObject"}], 1, 2),
        ([{**NEAR, "Effect": "Deny"}, FAR], 1, 2),
    ],
)
def test_fewest_failures_then_most_that_can_be_told_then_the_first(
    bodies: list[dict[str, Any]], chosen: int, failing: int
) -> None:
    found = nearest(policies(*bodies), asked())
    assert found is not None
    assert (found.statement.index, found.failures) == (chosen, failing)


def test_none_is_nearest_where_nothing_allows() -> None:
    assert nearest(policies({"Effect": "Deny"}), asked()) is None
    assert not near_miss(policies({"Effect": "Deny"}), asked())


def test_the_nearest_tells_its_hints() -> None:
    found = nearest(policies({"Resource": BUCKET, "Action": "s3:HeadObject"}), asked())
    assert found is not None
    assert [tuple(each) for each in found.hints] == [
        ("Action", "`s3:HeadObject` is an API name and no action; the action is s3:GetObject", GET),
        ("Resource", f"`{BUCKET}` names the bucket; objects need `{BUCKET}/*`", f"{BUCKET}/*"),
    ]


@pytest.mark.parametrize(
    ("written", "meant", "expected"),
    [
        ("reprots", "reports", True),
        ("reports", "reports", False),
        ("reporrts-in", "reports-in", True),
        ("reports_in", "reports-in", True),
        ("reportsin", "reports-in", True),
        ("team-a", "team-b", False),
        ("logs-2024", "logs-2025", False),
        ("prod", "pord", True),
        ("prod", "food", False),
        ("data", "datasets", False),
    ],
)
def test_a_slip_is_a_few_letters_and_not_on_purpose(written: str, meant: str, expected: bool) -> None:
    assert slip(written, meant) is slip(meant, written) is expected


def test_distance_counts_edits_and_swaps_up_to_a_limit() -> None:
    pairs = [("", "ab", 2), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "xyz", 3), ("abcd", "a", 3)]
    assert [distance(one, other, 2) for one, other, _ in pairs] == [expected for _, _, expected in pairs]


def edits(one: str, other: str) -> int:
    """Return the edits and swaps between two texts, by the whole table of their prefixes."""
    table = {(i, 0): i for i in range(len(one) + 1)} | {(0, j): j for j in range(len(other) + 1)}
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            same = table[i - 1, j - 1] + (one[i - 1] != other[j - 1])
            table[i, j] = min(table[i - 1, j] + 1, table[i, j - 1] + 1, same)
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                table[i, j] = min(table[i, j], table[i - 2, j - 2] + 1)
    return table[len(one), len(other)]


@given(st.text(alphabet="abc", max_size=8), st.text(alphabet="abc", max_size=8), st.integers(0, 3))
def test_distance_is_that_of_the_whole_table(one: str, other: str, most: int) -> None:
    assert distance(one, other, most) == min(edits(one, other), most + 1)


def test_names_twice_as_long_are_compared_with_twice_the_work() -> None:
    once, twice = (work(partial(distance, "ab" * long, "ab" * long + "c", 2)) for long in (500, 1000))
    assert twice.calls <= ABOUT_TWICE * once.calls


def failing(each: Statement, request: AccessRequest) -> int:
    """Return the failing elements of a statement, counted the plain way."""
    return (
        (not each.actions.match(request.action_key))
        + (each.resources.match(request) == FALSE)
        + (max(each.naming(request.caller)) == FALSE)
        + sum(condition.holds(request.context) == FALSE for condition in each.conditions)
    )


def values_of(given: Any) -> Values:
    """Return the values of a context key as cases write them."""
    if isinstance(given, dict):
        return NOT_KNOWN
    return NO_VALUE if given is None else tuple(map(str, given if isinstance(given, list) else [given]))


def drawn(seed: int) -> list[tuple[Policies, AccessRequest]]:
    """Return the policies of a random case, with its request."""
    rng = random.Random(seed)
    cases = (random_case(rng, unknowns=bool(seed % 2)) for _ in count())
    case = next(each for each in cases if "action" in each)
    context = {key: values_of(given) for key, given in case.get("context", {}).items()}
    request = asked(case["principal"], case["action"], case["resource"], context)
    found = []
    for name, load in (
        ("bucket.policy", one_policy(PolicyKind.RESOURCE)),
        ("principal.policies", policy_list(PolicyKind.ATTACHED)),
    ):
        with suppress(InvalidInput):  # what is hidden is no policy
            found.append((load(case["evidence"].get(name)), request))
    return found


def test_on_random_policies_it_never_raises_and_what_it_says_is_so() -> None:
    seen = 0
    for seed in range(200):
        for found, request in drawn(seed):
            allowing = [each for _, each in found.statements() if each.allow]
            chosen = nearest(found, request)
            assert (chosen is None) == (not allowing)
            if chosen is None:
                continue
            fewest = min(failing(each, request) for each in allowing)
            assert chosen.failures == failing(chosen.statement, request) == fewest
            assert near_miss(found, request) == (fewest == 1)
            for each in allowing:
                seen += check(each, request)
    assert seen > 100


def check(each: Statement, request: AccessRequest) -> int:
    """Check what is said of one statement; return of how many elements something is."""
    clauses_of, told = list(failures(each, request)), list(hints(each, request))
    assert len(clauses_of) == (failing(each, request) or len(told))
    assert len(told) <= len(clauses_of)
    for hint in told:
        assert not hint.text.endswith(".")
        if hint.element == "Resource" and hint.suggestion is not None:
            assert covers(hint.suggestion, request, variables=bool(each.resources.variables))
        if hint.element == "Action":
            assert (hint.suggestion or "").lower() == request.action_key
    return len(told)
