"""Principals name callers as table 3.4 of the facts says; a Deny reaches wider, and NotPrincipal has its traps."""

from typing import Any

import pytest

from tests.policy.asking import (
    ACCOUNT,
    ANONYMOUS,
    CANONICAL,
    FEDERATED,
    ROLE,
    ROOT,
    SERVICE,
    SESSION,
    USER,
    WORDS,
    asked,
    only,
    statement,
)
from tests.reference.callers import caller_of
from tests.reference.principals import Grant, names, spared
from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth
from why403.policy.principal import Naming, Principals, is_unique_id

OWN = f"arn:aws:iam::{ACCOUNT}"
ISSUERS = {SESSION: ROLE, FEDERATED: USER}
CALLERS = (USER, SESSION, ROLE, FEDERATED, ROOT, ANONYMOUS, SERVICE)


def caller(who: str, issuer: str | None = None) -> Any:
    return asked(who, issuer=issuer or ISSUERS.get(who), canonical_ids={CANONICAL: ACCOUNT}).caller


def strength(found: Naming) -> str:
    assert UNKNOWN not in found
    return next((name for name in ("direct", "role", "account") if getattr(found, name) == TRUE), "none")


TABLE: list[tuple[Any, ...]] = [
    # element, user, session, role, federated, root, anonymous, service
    ("*", *["direct"] * 7),
    ({"AWS": "*"}, *["direct"] * 7),
    ({"AWS": [ACCOUNT, "*"]}, *["direct"] * 7),
    ({"AWS": ACCOUNT}, "account", "account", "account", "account", "direct", "none", "none"),
    ({"AWS": ROOT}, "account", "account", "account", "account", "direct", "none", "none"),
    ({"CanonicalUser": CANONICAL}, "account", "account", "account", "account", "direct", "none", "none"),
    ({"AWS": USER}, "direct", "none", "none", "role", "none", "none", "none"),
    ({"AWS": ROLE}, "none", "role", "role", "none", "none", "none", "none"),
    ({"AWS": f"{OWN}:role/app"}, *["none"] * 7),
    ({"AWS": FEDERATED}, "none", "none", "none", "direct", "none", "none", "none"),
    ({"AWS": [ACCOUNT, USER]}, "direct", "account", "account", "role", "direct", "none", "none"),
    ({"AWS": [ROLE, ACCOUNT]}, "account", "role", "role", "account", "direct", "none", "none"),
    ({"AWS": "999999999999"}, *["none"] * 7),
    ({"AWS": f"arn:aws-cn:iam::{ACCOUNT}:root"}, *["none"] * 7),
    ({"AWS": f"{OWN}:user/*"}, *["none"] * 7),
    ({"AWS": f"{OWN}:*"}, *["none"] * 7),
    ({"AWS": f"{OWN}:group/t"}, *["none"] * 7),
    ({"AWS": "AIDAJQABLZS4A3QDU576Q"}, *["none"] * 7),
    ({"AWS": "arn:aws:iam::١١١١٢٢٢٢٣٣٣٣:root"}, *["none"] * 7),
    ({"Service": [SERVICE, "y.amazonaws.com"]}, *["none"] * 6, "direct"),
    ({"Service": "y.amazonaws.com"}, *["none"] * 7),
    ({"Federated": [USER, "accounts.google.com"]}, *["none"] * 7),
    ({"CanonicalUser": ACCOUNT, "Service": ROOT}, *["none"] * 7),
]


def known_canonical(element: Any) -> bool:
    """Return whether the account behind each canonical id is known."""
    return not isinstance(element, dict) or element.get("CanonicalUser", CANONICAL) == CANONICAL


def named(row: tuple[Any, ...]) -> str:
    """Return a row's name in plain letters: what has to be escaped is so anew each time that tests are collected."""
    return str(row[0]).encode("ascii", "replace").decode()


@pytest.mark.parametrize("row", [row for row in TABLE if known_canonical(row[0])], ids=named)
def test_an_allow_names_each_kind_of_caller_as_strongly_as_documented(row: tuple[Any, ...]) -> None:
    element, *expected = row
    found = only(statement(Principal=element))
    assert [strength(found.naming(caller(who))) for who in CALLERS] == expected
    reached = [TRUE if each != "none" else FALSE for each in expected]
    assert [found.hits(caller(who), FALSE) for who in CALLERS] == reached


@pytest.mark.parametrize("row", [row for row in TABLE if known_canonical(row[0])], ids=named)
def test_the_reference_names_alike(row: tuple[Any, ...]) -> None:
    element = row[0]
    for who in CALLERS:
        other = caller_of({"principal": who, "evidence": {"session.issuer": ISSUERS.get(who)}})
        found = Principals(element if element == "*" else plural(element), negated=False).naming(caller(who))
        assert Grant[strength(found).upper()] is names(element, other, {CANONICAL: ACCOUNT})


def plural(element: dict[str, Any]) -> dict[str, list[str]]:
    return {form: held if isinstance(held, list) else [held] for form, held in element.items()}


def test_a_session_is_named_by_exactly_its_own_arn() -> None:
    for who, named, expected in (
        (SESSION, SESSION, "direct"),
        (SESSION, SESSION + "2", "none"),
        (SESSION, f"arn:aws:sts::{ACCOUNT}:assumed-role/app", "none"),
        (SESSION, f"arn:aws:sts::{ACCOUNT}:assumed-role/p/app/s", "none"),
    ):
        assert strength(only(statement(Principal={"AWS": named})).naming(caller(who))) == expected


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        (SESSION, UNKNOWN),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/app/other", UNKNOWN),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/app2/s", FALSE),
        ("arn:aws:sts::999999999999:assumed-role/app/s", FALSE),
        (f"arn:aws-cn:sts::{ACCOUNT}:assumed-role/app/s", FALSE),
    ],
)
def test_a_role_that_calls_stands_for_any_of_its_sessions(named: str, expected: Truth) -> None:
    assert only(statement(Principal={"AWS": named})).naming(caller(ROLE)) == Naming(expected, FALSE, FALSE)


@pytest.mark.parametrize(
    ("who", "named", "expected"),
    [
        (SESSION, ROLE, UNKNOWN),
        (SESSION, f"{OWN}:role/app", UNKNOWN),
        (SESSION, f"{OWN}:role/other/app", UNKNOWN),
        (SESSION, f"{OWN}:role/p/app2", FALSE),
        (SESSION, "arn:aws:iam::999999999999:role/p/app", FALSE),
        (SESSION, f"arn:aws-cn:iam::{ACCOUNT}:role/p/app", FALSE),
        (SESSION, USER, FALSE),
        (FEDERATED, USER, UNKNOWN),
        (FEDERATED, f"{OWN}:user/anyone", UNKNOWN),
        (FEDERATED, "arn:aws:iam::999999999999:user/bob", FALSE),
        (FEDERATED, ROLE, FALSE),
    ],
)
def test_an_issuer_that_is_not_known_leaves_open_who_is_behind_a_session(who: str, named: str, expected: Truth) -> None:
    found = only(statement(Principal={"AWS": named})).naming(asked(who).caller)
    assert found == Naming(FALSE, expected, FALSE)


def test_a_canonical_id_that_is_not_known_leaves_open_whose_account_it_is() -> None:
    element = only(statement(Principal={"CanonicalUser": ["d" * 64]}))
    assert element.naming(caller(USER)) == Naming(FALSE, FALSE, UNKNOWN)
    assert element.naming(caller(ROOT)) == Naming(UNKNOWN, FALSE, FALSE)
    assert strength(element.naming(caller(ANONYMOUS))) == "none"


# --- NotPrincipal -----------------------------------------------------------------------------------------------------

OTHER = "arn:aws:iam::999999999999:user/eve"


@pytest.mark.parametrize(
    ("listed", "who", "expected"),
    [
        (["*"], USER, "no"),
        ([OTHER], USER, "yes"),
        ([OTHER], SESSION, "yes"),
        ([OTHER], ROOT, "yes"),
        ([OTHER], ANONYMOUS, "yes"),
        ([OTHER], SERVICE, "yes"),
        ([USER, ROOT], USER, "no"),
        ([USER, ACCOUNT], USER, "no"),
        ([USER], USER, "open"),
        ([ROOT], USER, "open"),
        ([ROLE, SESSION, ROOT], SESSION, "no"),
        ([ROLE], SESSION, "open"),
        ([SESSION], SESSION, "open"),
        ([ACCOUNT], SESSION, "open"),
        ([ROOT], ROOT, "no"),
        ([ACCOUNT], ROOT, "no"),
        ([USER], ROOT, "yes"),
    ],
)
def test_a_deny_for_all_but_some_spares_who_is_listed_with_its_account(
    listed: list[str], who: str, expected: str
) -> None:
    found = only(statement(Effect="Deny", NotPrincipal={"AWS": listed}))
    assert WORDS[found.hits(caller(who), FALSE)] == expected
    if expected != "open":
        other = caller_of({"principal": who, "evidence": {"session.issuer": ISSUERS.get(who)}})
        assert spared({"AWS": listed}, other, {}, bounded=False) is (expected == "no")


@pytest.mark.parametrize(
    ("who", "bounded", "expected"),
    [
        (USER, TRUE, "yes"),
        (USER, UNKNOWN, "open"),
        (USER, FALSE, "no"),
        (SESSION, TRUE, "yes"),
        (ROOT, TRUE, "no"),
    ],
)
def test_a_deny_for_all_but_some_hits_whoever_has_a_boundary(who: str, bounded: Truth, expected: str) -> None:
    listed = {"AWS": [USER, ROLE, SESSION, ACCOUNT]}
    assert WORDS[only(statement(Effect="Deny", NotPrincipal=listed)).hits(caller(who), bounded)] == expected


def test_a_service_is_spared_if_listed() -> None:
    found = only(statement(Effect="Deny", NotPrincipal={"Service": SERVICE}))
    assert WORDS[found.hits(caller(SERVICE), FALSE)] == "no"
    assert WORDS[found.hits(caller(USER), FALSE)] == "yes"


def test_an_allow_for_all_but_some_is_read_as_written() -> None:
    found = only(statement(NotPrincipal={"AWS": [USER, ROLE]}))
    assert strength(found.naming(caller(USER))) == "none"
    assert strength(found.naming(caller(ANONYMOUS))) == "direct"
    assert found.naming(asked(SESSION).caller) == Naming(UNKNOWN, FALSE, FALSE)


# --- the rest ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("AIDAJQABLZS4A3QDU576Q", True),
        ("AROA1", True),
        ("AGPAX", True),
        ("ANPAX", True),
        ("ASCAX", True),
        ("AKIAX", False),
        ("AROA", False),
        ("AROAX:*", False),
        ("xAROAX", False),
        ("aroax", False),
        (ROLE, False),
    ],
)
def test_a_bare_unique_id_is_recognised(text: str, expected: bool) -> None:
    assert is_unique_id(text) is expected


def test_callers_that_were_seen_are_remembered_within_bounds() -> None:
    element = Principals({"AWS": [f"{OWN}:user/u7", f"{OWN}:user/u4000"]}, negated=False)
    for number in range(5000):
        found = element.naming(asked(f"{OWN}:user/u{number}").caller)
        assert (found.direct == TRUE) is (number in {7, 4000})
        assert len(element._seen) <= 256
