"""ACLs that calls send, taken back whole or in what is public of them."""

from typing import Any

import pytest

from why403.domain.acl import ALL_USERS, AUTHENTICATED_USERS
from why403.domain.request import Call
from why403.domain.sent_acl import ACCEPTED, without_acl, without_public_grants
from why403.domain.truth import UNKNOWN

OWNER = {"Grantee": {"ID": "a"}, "Permission": "FULL_CONTROL"}
ANYBODY = {"Grantee": {"URI": ALL_USERS}, "Permission": "READ"}


def call(operation: str = "PutObject", **sent: Any) -> Call:
    """Return a call of which all is listed."""
    return Call(operation=operation, parameters=sent)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (call(ACL="public-read", Body="x"), {"ACL": None}),
        (call(GrantRead='id="a"', ACL=None), {"GrantRead": None}),
        (
            call("PutObjectAcl", AccessControlPolicy={}),
            {"AccessControlPolicy": None, "ACL": "bucket-owner-full-control"},
        ),
        (call("PutBucketAcl"), {"ACL": ACCEPTED}),
        (call(Body="x"), {}),
    ],
    ids=["canned", "a header", "a call that writes one", "one that sends nothing", "none"],
)
def test_a_call_is_made_without_its_acl(sent: Call, expected: dict[str, Any]) -> None:
    assert without_acl(sent) == expected


def test_where_nobody_lists_what_was_sent_no_acl_is_sent_for_certain() -> None:
    found = without_acl(Call(operation="PutObject", parameters={"ACL": None}, unlisted=UNKNOWN))
    assert "ACL" not in found
    assert set(found.values()) == {None}
    assert {"AccessControlPolicy", "GrantRead", "GrantWriteACP"} <= found.keys()


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (call(ACL="public-read"), {"ACL": None}),
        (call("PutBucketAcl", ACL="authenticated-read"), {"ACL": "private"}),
        (
            call(GrantRead=f'uri="{ALL_USERS}", id="a"', GrantWrite=f'uri="{AUTHENTICATED_USERS}"'),
            {"GrantRead": 'id="a"', "GrantWrite": None},
        ),
        (
            call("PutObjectAcl", AccessControlPolicy={"Owner": {"ID": "a"}, "Grants": [OWNER, ANYBODY]}),
            {"AccessControlPolicy": {"Owner": {"ID": "a"}, "Grants": [OWNER]}},
        ),
        (
            call("PutObjectAcl", AccessControlPolicy={"Owner": {"ID": "a"}, "Grants": [ANYBODY]}),
            {"AccessControlPolicy": None, "ACL": "private"},
        ),
        (call("PutObjectAcl", GrantRead=f'uri="{ALL_USERS}"'), {"GrantRead": None, "ACL": "private"}),
    ],
    ids=[
        "canned",
        "canned, to be written",
        "headers",
        "a document",
        "a whole document",
        "a header alone",
    ],
)
def test_what_is_not_public_of_an_acl_is_sent_all_the_same(sent: Call, expected: dict[str, Any]) -> None:
    assert without_public_grants(sent) == expected
