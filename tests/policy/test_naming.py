"""What is said of a ruling names the statement, where it stands in the value as given, and what is not known."""

import json
from typing import Any

import pytest

from tests.policy.asking import ACCOUNT, BUCKET, OBJECT, SESSION, USER, asked, compiled, statement
from why403.domain.context import NOT_KNOWN
from why403.domain.errors import InvalidInput
from why403.domain.evidence import ABSENT, Evidence, Fact, Found, Unreadable
from why403.domain.facts import OBJECT_TAGS, PRINCIPAL_TAGS
from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth
from why403.domain.verdict import Claim, Says, Words
from why403.policy import PolicyKind, naming, near_miss, policy_list, unread
from why403.policy.ruling import citing

FACT: Fact[Any] = Fact(name="some.policy", load=compiled)
OTHER = "arn:aws:s3:::other/*"


def body(**elements: Any) -> dict[str, Any]:
    found: dict[str, Any] = statement(**elements)["Statement"][0]
    return found


def document(*bodies: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(bodies)}


def told(value: Any, says: int, holds: Truth, request: AccessRequest | None = None, bounded: Truth = FALSE) -> Words:
    claim = Claim(says, holds)
    return naming(FACT, compiled(value), request or asked(), claim, "the policy", bounded)


def at(pointer: str, value: Any) -> Any:
    """Return what a pointer leads to; text is entered as the JSON that it holds."""
    for token in pointer.split("/")[1:]:
        held = json.loads(value) if isinstance(value, str) else value
        name = token.replace("~1", "/").replace("~0", "~")
        value = held[int(name)] if isinstance(held, list) else held[name]
    return value


MATCHING = body(Sid="Match", Effect="Deny")
MISSING = body(Sid="Miss", Effect="Deny", Resource=OTHER)


@pytest.mark.parametrize("single", [True, False])
@pytest.mark.parametrize("several", [True, False])
@pytest.mark.parametrize("way", ["document", "named", "text", "named text"])
def test_a_citation_points_to_its_statement_in_the_value_as_given(way: str, single: bool, several: bool) -> None:
    plain = {"Statement": MATCHING if single else [MISSING, MATCHING]}
    value: Any = {
        "document": plain,
        "named": {"name": "N", "arn": "A", "document": plain},
        "text": json.dumps(plain),
        "named text": {"name": "N", "document": json.dumps(plain)},
    }[way]
    given = [statement(Effect="Deny", Resource=OTHER), value] if several else value
    policies = policy_list(PolicyKind.RESOURCE)(given) if several else compiled(given)
    (cited,) = citing(FACT, policies, asked(), TRUE, allow=False)
    assert at(cited.citation.pointer or "", given) == MATCHING
    assert (cited.citation.fact, cited.citation.sid) == ("some.policy", "Match")
    assert cited.citation.statement == (0 if single else 1)
    assert cited.citation.policy == ("N" if "named" in way else None)


def test_only_statements_that_are_as_sure_as_the_ruling_are_cited() -> None:
    doubtful = body(Condition={"StringEquals": {"s3:prefix": "a"}})
    policies = compiled(document(doubtful, body(Resource=OTHER), body(), doubtful, body(Effect="Deny")))
    request = asked(context={"s3:prefix": NOT_KNOWN})
    for wanted, expected in ((TRUE, [2]), (UNKNOWN, [0, 3])):
        found = citing(FACT, policies, request, wanted, allow=True)
        assert [each.statement.index for each in found] == expected


def test_a_citation_tells_the_conditions_as_they_meet_the_request() -> None:
    conditions = {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}, "Null": {"s3:prefix": True}}
    policies = compiled(document(body(Effect="Deny", Condition=conditions)))
    (cited,) = citing(FACT, policies, asked(context={"aws:RequestedRegion": ("us-east-1",)}), TRUE, allow=False)
    found = [(each.operator, each.key, each.expected, each.actual, each.met) for each in cited.citation.conditions]
    assert found == [
        ("StringNotEquals", "aws:RequestedRegion", ("eu-west-1",), ("us-east-1",), TRUE),
        ("Null", "s3:prefix", ("true",), (), TRUE),
    ]


def test_a_statement_for_others_is_not_cited() -> None:
    policies = compiled(document(body(Effect="Deny", Principal={"AWS": "999999999999"})))
    assert not any(citing(FACT, policies, asked(), wanted, allow=False) for wanted in (UNKNOWN, TRUE))


def test_a_boundary_makes_a_deny_for_all_but_some_reach_the_caller() -> None:
    listed = {"AWS": [USER, ACCOUNT]}
    policies = compiled(document(body(Effect="Deny", NotPrincipal=listed)))
    for bounded in (FALSE, UNKNOWN, TRUE):
        for wanted in (UNKNOWN, TRUE):
            found = citing(FACT, policies, asked(), wanted, allow=False, bounded=bounded)
            assert len(found) == (bounded == wanted)


@pytest.mark.parametrize(
    ("value", "says", "holds", "because"),
    [
        (document(MATCHING), Says.DENIAL, TRUE, "statement `Match` of the policy denies s3:GetObject"),
        (document(body(), body(Effect="Deny")), Says.DENIAL, TRUE, "statement 2 of the policy denies s3:GetObject"),
        (
            {"name": "N", "document": document(MATCHING)},
            Says.DENIAL,
            TRUE,
            "statement `Match` in `N` of the policy denies s3:GetObject",
        ),
        (document(MATCHING), Says.YIELDING_DENIAL, TRUE, "statement `Match` of the policy denies s3:GetObject"),
        (document(body(Sid="A")), Says.LIMIT, TRUE, "statement `A` of the policy allows s3:GetObject"),
        (document(MISSING), Says.DENIAL, FALSE, "no statement of the policy denies s3:GetObject here"),
    ],
)
def test_a_ruling_is_told_in_words(value: Any, says: int, holds: Truth, because: str) -> None:
    assert told(value, says, holds).because == because


def test_a_missing_allow_names_the_statement_that_comes_closest() -> None:
    far = body(Sid="Far", Action="s3:PutObject", Resource=OTHER)
    near = body(Sid="Near", Resource=[OTHER, BUCKET])
    found = told(document(far, near, body(Effect="Deny")), Says.LIMIT, FALSE)
    assert found.because.startswith(f"no statement of the policy allows s3:GetObject on {OBJECT}; ")
    assert "`Near`" in found.because
    assert f"`{OTHER}`" in found.because
    assert [each.pointer for each in found.citations] == ["/Statement/1"]
    assert told(document(), Says.LIMIT, FALSE).because == f"no statement of the policy allows s3:GetObject on {OBJECT}"


OPEN = {"s3:prefix": NOT_KNOWN, "aws:SourceVpc": NOT_KNOWN, "aws:username": NOT_KNOWN}


@pytest.mark.parametrize(
    ("elements", "whether"),
    [
        ({"Condition": {"StringEquals": {"S3:Prefix": "a"}}}, "`S3:Prefix` is not known"),
        (
            {"Condition": {"StringEquals": {"s3:prefix": "a", "aws:SourceVpc": "v"}}},
            "`aws:SourceVpc` and `s3:prefix` are not known",
        ),
        ({"Resource": "arn:aws:s3:::buk/${aws:username}"}, "`aws:username` is not known"),
        ({"Condition": {"StringEquals": {"aws:RequestedRegion": "${aws:SourceVpc}"}}}, "`aws:sourcevpc` is not known"),
    ],
)
def test_a_doubt_names_the_keys_that_are_not_known(elements: dict[str, Any], whether: str) -> None:
    request = asked(context={**OPEN, "aws:RequestedRegion": ("eu-west-1",)})
    found = told(document(body(Sid="D", Effect="Deny", **elements)), Says.DENIAL, UNKNOWN, request)
    assert found.because == f"statement `D` of the policy may deny s3:GetObject: {whether}"
    assert found.needs is None
    assert len(found.citations) == 1


def test_a_doubt_about_the_role_behind_a_session_needs_its_path() -> None:
    named = body(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/p/app"})
    found = told(document(named), Says.LIMIT, UNKNOWN, asked(SESSION))
    assert found.because == "statement 1 of the policy may allow s3:GetObject: who calls is not known"
    assert found.needs == "iam:GetRole"


@pytest.mark.parametrize(
    ("key", "fact"),
    [("aws:PrincipalTag/team", PRINCIPAL_TAGS), ("s3:ExistingObjectTag/team", OBJECT_TAGS)],
)
def test_a_doubt_about_a_key_names_the_read_of_the_fact_it_follows_from(key: str, fact: Fact[Any]) -> None:
    seen = Unreadable("it was refused", "a:Read", call="a:Call", account=ACCOUNT)
    request = asked().given({}, Evidence({fact: seen}, complete=True))
    policy = document(body(Condition={"StringEquals": {key: "red"}}))
    found = told(policy, Says.LIMIT, UNKNOWN, request)
    assert found.because.endswith(f"may allow s3:GetObject: `{key}` is not known: it was refused")
    assert (found.needs, found.call, found.account) == ("a:Read", "a:Call", ACCOUNT)
    given = told(policy, Says.LIMIT, UNKNOWN, request.given({key.lower(): NOT_KNOWN}))
    assert (given.needs, given.call, given.account) == (None, None, None)


def test_a_fact_that_was_not_read_tells_why() -> None:
    assert unread(Unreadable("it is hidden", "s3:GetIt")) == Words(because="it is hidden", needs="s3:GetIt")
    assert unread(ABSENT).because == unread(Found(1)).because == "nothing is said here"


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({}, False),
        ({"Action": "s3:PutObject"}, True),
        ({"NotAction": "s3:*"}, True),
        ({"Resource": OTHER}, True),
        ({"NotResource": "*"}, True),
        ({"Principal": {"AWS": "999999999999"}}, True),
        ({"Condition": {"Null": {"s3:prefix": "false"}}}, True),
        ({"Condition": {"Null": {"s3:prefix": "false"}, "Bool": {"aws:SecureTransport": "true"}}}, False),
        ({"Condition": {"Null": {"s3:prefix": "false", "s3:delimiter": "false"}}}, False),
        ({"Action": "s3:PutObject", "Resource": OTHER}, False),
        ({"Action": "s3:PutObject", "Effect": "Deny"}, False),
        ({"Condition": {"StringEquals": {"aws:SourceVpc": "v"}}}, False),
        ({"Condition": {"StringEquals": {"aws:SourceVpc": "v"}}, "Resource": OTHER}, True),
    ],
)
def test_a_near_miss_fails_in_exactly_one_element(elements: dict[str, Any], expected: bool) -> None:
    request = asked(context={"aws:SourceVpc": NOT_KNOWN})
    assert near_miss(compiled(document(body(**elements))), request) is expected
    far = body(Action="s3:PutObject", Resource=OTHER, Principal={"AWS": "999999999999"})
    assert near_miss(compiled(document(far, body(**elements))), request) is expected


def test_a_value_that_is_no_policy_is_a_fault_of_its_fact() -> None:
    with pytest.raises(InvalidInput):
        FACT.observe("{")
