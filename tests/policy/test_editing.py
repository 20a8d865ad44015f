"""Documents are changed as little as possible, and allow what was asked for and nothing else."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from why403.policy.document import PolicyKind, read
from why403.policy.editing import (
    Document,
    allowing,
    document_of,
    excepting,
    literal,
    size,
    statement,
    with_document,
    without_statement,
)

READ: Document = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::buk/*"}
ROLE = "arn:aws:iam::111122223333:role/app"


def policy(*statements: Document) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}


@pytest.mark.parametrize(
    ("held", "wanted", "expected"),
    [
        pytest.param(
            None,
            READ,
            policy({"Sid": "AllowGetObject", **READ}),
            id="where there is none, one is made",
        ),
        pytest.param(
            policy(READ),
            {**READ, "Action": "s3:PutObject"},
            policy({**READ, "Action": ["s3:GetObject", "s3:PutObject"]}),
            id="the same resource takes one action more",
        ),
        pytest.param(
            policy({**READ, "Sid": "Read", "Action": ["s3:getobject"]}),
            {**READ, "Resource": "arn:aws:s3:::other/*"},
            policy(
                {
                    "Sid": "Read",
                    **READ,
                    "Action": ["s3:getobject"],
                    "Resource": ["arn:aws:s3:::buk/*", "arn:aws:s3:::other/*"],
                }
            ),
            id="the same action takes one resource more, whatever its case",
        ),
        pytest.param(
            policy(READ),
            {**READ, "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::buk"},
            policy(
                READ,
                {
                    "Sid": "AllowListBucket",
                    "Effect": "Allow",
                    "Action": "s3:ListBucket",
                    "Resource": "arn:aws:s3:::buk",
                },
            ),
            id="action and resource differ: a statement of its own",
        ),
        pytest.param(
            policy({**READ, "Effect": "Deny"}),
            READ,
            policy({**READ, "Effect": "Deny"}, {"Sid": "AllowGetObject", **READ}),
            id="a Deny is left alone",
        ),
        pytest.param(
            policy({**READ, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}),
            {**READ, "Action": "s3:PutObject"},
            policy(
                {**READ, "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
                {"Sid": "AllowPutObject", **READ, "Action": "s3:PutObject"},
            ),
            id="other conditions: a statement of its own",
        ),
        pytest.param(
            policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "arn:aws:s3:::buk/*"}),
            READ,
            policy(
                {"Effect": "Allow", "NotAction": "iam:*", "Resource": "arn:aws:s3:::buk/*"},
                {"Sid": "AllowGetObject", **READ},
            ),
            id="nothing is added to a statement of all but some",
        ),
        pytest.param(
            {"Version": "2012-10-17", "Statement": READ},
            {**READ, "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::buk"},
            policy(
                READ,
                {
                    "Sid": "AllowListBucket",
                    "Effect": "Allow",
                    "Action": "s3:ListBucket",
                    "Resource": "arn:aws:s3:::buk",
                },
            ),
            id="a single statement becomes a list",
        ),
        pytest.param(
            policy(
                {
                    "Sid": "AllowGetObject",
                    **READ,
                    "Resource": "arn:aws:s3:::a",
                    "Condition": {"Null": {"aws:x": "true"}},
                }
            ),
            READ,
            policy(
                {
                    "Sid": "AllowGetObject",
                    **READ,
                    "Resource": "arn:aws:s3:::a",
                    "Condition": {"Null": {"aws:x": "true"}},
                },
                {"Sid": "AllowGetObject2", **READ},
            ),
            id="a Sid is given once",
        ),
    ],
)
def test_a_permission_is_added_where_it_adds_nothing_else(
    held: Document | None, wanted: Document, expected: Document
) -> None:
    before = deepcopy(held)
    assert allowing(held, wanted) == expected
    assert held == before


def test_the_callers_of_a_statement_are_those_that_are_wanted() -> None:
    theirs = {**READ, "Principal": {"AWS": "arn:aws:iam::444455556666:root"}}
    ours = statement("s3:GetObject", "arn:aws:s3:::buk/a", principal=ROLE)
    assert allowing(policy(theirs), ours)["Statement"] == [theirs, {"Sid": "AllowGetObject", **ours}]


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        (None, {"ArnNotLike": {"aws:PrincipalArn": ROLE}}),
        (
            {"Bool": {"aws:SecureTransport": "false"}},
            {"Bool": {"aws:SecureTransport": "false"}, "ArnNotLike": {"aws:PrincipalArn": ROLE}},
        ),
        ({"arnnotlike": {"AWS:PrincipalArn": "x"}}, {"arnnotlike": {"AWS:PrincipalArn": ["x", ROLE]}}),
        ({"ArnNotLike": {"aws:PrincipalArn": [ROLE]}}, {"ArnNotLike": {"aws:PrincipalArn": ROLE}}),
        ({"ArnNotLike": {"aws:SourceArn": "y"}}, {"ArnNotLike": {"aws:SourceArn": "y", "aws:PrincipalArn": ROLE}}),
    ],
)
def test_an_exception_narrows_a_deny(conditions: Any, expected: Any) -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    held = policy(READ, {**deny, "Condition": conditions} if conditions else deny)
    found = excepting(held, 1, "ArnNotLike", "aws:PrincipalArn", [ROLE])
    assert found == policy(READ, {**deny, "Condition": expected})


FORMS = {
    "a document": lambda document: document,
    "text": json.dumps,
    "named": lambda document: {"name": "n", "document": document},
    "named, as text": lambda document: {"arn": "a", "document": json.dumps(document)},
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_policy_keeps_the_form_it_was_given_in(form: Any) -> None:
    held = form(policy(READ))
    assert document_of(held) == policy(READ)
    changed = with_document(held, policy())
    assert type(changed) is type(held)
    assert document_of(changed) == policy()
    if isinstance(held, dict) and "document" in held:
        assert {**held, "document": changed["document"]} == changed


def test_a_size_is_counted_without_white_space() -> None:
    assert size({"a": ["b c", "é"]}) == len('{"a":["b c","é"]}')


def test_the_last_statement_leaves_no_document() -> None:
    assert without_statement(policy(READ), 0) is None
    assert without_statement(policy(READ, {**READ, "Sid": "2"}), 0) == policy({**READ, "Sid": "2"})
    assert without_statement({"Statement": READ}, 0) is None


ACTIONS = st.sampled_from(["s3:GetObject", "s3:PutObject", "s3:ListBucket"])
RESOURCES = st.sampled_from(["arn:aws:s3:::a", "arn:aws:s3:::a/*", "arn:aws:s3:::b/k"])
LISTS = [st.lists(each, min_size=1, max_size=3, unique=True) for each in (ACTIONS, RESOURCES)]


@st.composite
def statements(draw: st.DrawFn) -> Document:
    actions, resources = (draw(each) for each in LISTS)
    return {"Effect": draw(st.sampled_from(["Allow", "Deny"])), "Action": actions, "Resource": resources}


def allows(document: Document) -> set[tuple[str, str]]:
    held = document["Statement"]
    return {
        (action, resource)
        for each in held
        if each["Effect"] == "Allow"
        for action in ([each["Action"]] if isinstance(each["Action"], str) else each["Action"])
        for resource in ([each["Resource"]] if isinstance(each["Resource"], str) else each["Resource"])
    }


@given(st.lists(statements(), min_size=1, max_size=4), ACTIONS, RESOURCES)
def test_exactly_what_was_wanted_is_allowed_in_addition(held: list[Document], action: str, resource: str) -> None:
    before = policy(*held)
    after = allowing(before, statement(action, resource))
    assert allows(after) == allows(before) | {(action, resource)}
    read(after, PolicyKind.ATTACHED)
    assert len(after["Statement"]) - len(held) in {0, 1}


def test_a_call_about_nothing_in_particular_is_allowed_on_everything() -> None:
    assert literal("*") == "*"
    assert literal("arn:aws:s3:::b/*") == "arn:aws:s3:::b/${*}"
