"""Decides whether a bucket policy or an ACL is public in the sense of Block Public Access (section 8.3)."""

import re
from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Any

from .comparisons import network
from .conditions import Json, KeyTest, tests_of
from .policy import Statement, statements
from .principals import entries

GROUPS = "http://acs.amazonaws.com/groups/"
ALL_USERS = f"{GROUPS}global/AllUsers"
AUTHENTICATED_USERS = f"{GROUPS}global/AuthenticatedUsers"
LOG_DELIVERY = f"{GROUPS}s3/LogDelivery"

FIXED_VALUE_KEYS = frozenset(
    {
        "aws:principalorgid",
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgpaths",
        "aws:principalservicename",
        "aws:sourcearn",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:sourceowner",
        "aws:sourceaccount",
        "aws:sourcevpcarn",
        "aws:vpceaccount",
        "aws:vpceorgid",
        "aws:vpceorgpaths",
        "aws:userid",
        "s3:dataaccesspointarn",
        "s3:dataaccesspointaccount",
    }
)
POINT_ARN = "s3:dataaccesspointarn"
# For these a fixed account is enough; the rest of the ARN may be a pattern.
ACCOUNT_IS_ENOUGH = frozenset({"aws:principalarn", "s3:dataaccesspointarn"})
SEVERAL_VALUES = frozenset({"aws:principalorgpaths", "aws:vpceorgpaths"})
TEXT_OPERATORS = ("stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike")
FIXED_ACCOUNT = re.compile(r"arn:[a-z-]+:[a-z0-9]+:[^:*?]*:\d{12}:.+", re.DOTALL)
WIDEST_V4, WIDEST_V6 = 8, 32
PRIVATE = (IPv4Network("10.0.0.0/8"), IPv4Network("172.16.0.0/12"), IPv4Network("192.168.0.0/16"))


def policy_is_public(policy: Any, *, of_point: bool = False) -> bool:
    """Whether one Allow statement, or more, is open to anyone; Deny statements do not close it.

    In the policy of an access point it is no limit that the access point is named.
    """
    return any(
        one.body["Effect"] == "Allow" and _open_to_anyone(one, of_point=of_point) for one in statements([policy])
    )


def _open_to_anyone(statement: Statement, *, of_point: bool) -> bool:
    body = statement.body
    if "Principal" in body and all(value != "*" for _, value in entries(body["Principal"])):
        return False
    tests = [test for test in tests_of(body.get("Condition", {})) if not (of_point and test.key == POINT_ARN)]
    return not any(_limits(test, variables=statement.variables) for test in tests)


def _limits(test: KeyTest, *, variables: bool) -> bool:
    operator, key, expected = test
    wanted = "foranyvalue" if key in SEVERAL_VALUES else ""
    if operator.negated or operator.if_exists or operator.quantifier != wanted or not expected:
        return False
    if variables and any("${" in value for value in expected):
        return False
    if key == "aws:sourceip":
        return operator.base == "ipaddress" and all(_narrow(value) for value in expected)
    if key == "aws:principalisawsservice":
        return operator.base == "bool" and all(value.lower() == "true" for value in expected)
    if key not in FIXED_VALUE_KEYS or operator.base not in TEXT_OPERATORS:
        return False
    return all(_fixed(key, value) for value in expected)


def _fixed(key: str, value: str) -> bool:
    if key in ACCOUNT_IS_ENOUGH and FIXED_ACCOUNT.fullmatch(value):
        return True
    return "*" not in value and "?" not in value


def _narrow(value: str) -> bool:
    addresses = network(value)
    if addresses is None:
        return False
    if isinstance(addresses, IPv4Network):
        return addresses.prefixlen >= WIDEST_V4 or any(addresses.subnet_of(private) for private in PRIVATE)
    return addresses.prefixlen >= WIDEST_V6


def grants(acl: Json | None) -> Iterator[Json]:
    """The grants of an ACL, none if there is no ACL."""
    yield from (acl or {}).get("grants", [])


def grant_is_public(grant: Json) -> bool:
    """Whether one grant of an ACL is open to everyone or to every AWS principal."""
    return grant["grantee"].get("uri") in (ALL_USERS, AUTHENTICATED_USERS)


def publicness_is_open(policy: Any) -> bool:
    """Whether AWS leaves open how Block Public Access reads a policy: limiting keys, tested in unusual ways."""
    tests = [] if policy is None else [test for one in statements([policy]) for test in _positive_tests(one)]
    limiting = FIXED_VALUE_KEYS | {"aws:sourceip", "aws:principalisawsservice"}
    return any(test.key in limiting and not _usual(test) for test in tests)


def _positive_tests(statement: Statement) -> Iterator[KeyTest]:
    for test in tests_of(statement.body.get("Condition", {})):
        if statement.body["Effect"] == "Allow" and not test.operator.negated and test.operator.base != "null":
            yield test


def _usual(test: KeyTest) -> bool:
    expected_quantifier = "foranyvalue" if test.key in SEVERAL_VALUES else ""
    unusual_text = any(mark in value for value in test.expected for mark in "*?$")
    return test.operator.quantifier == expected_quantifier and not unusual_text
