"""A request with something else about it is whole, and shares nothing that was found out about the first."""

from typing import Any

import pytest

from tests.policy.asking import ACCOUNT, asked
from why403.domain.context import NO_VALUE
from why403.domain.evidence import SOURCE, Fact, Found, Observation
from why403.domain.facts import POINT_OWNER
from why403.domain.request import AccessRequest, Call


@pytest.mark.parametrize("derived", ["trying", "not_by_account"])
def test_a_derived_request_has_every_part(derived: str) -> None:
    like, call = asked(), Call(operation="CopyObject")
    known: dict[str, Any] = {"call": call, "subject": SOURCE, "of_new": True}
    request = AccessRequest(like.principal, "s3:PutObject", like.resource, {}, NO_VALUE, like.evidence, **known)
    request.noted["seen"] = True
    other = request.trying("aws:sourceip", ("192.0.2.1",)) if derived == "trying" else request.not_by_account()
    own = {"context", "noted"} if derived == "trying" else {"context", "noted", "caller"}
    assert all(getattr(other, name) == getattr(request, name) for name in AccessRequest.__slots__ if name not in own)
    assert isinstance(other, AccessRequest)
    assert other.noted == {}


def test_what_is_tried_is_known_in_the_new_request_alone() -> None:
    request = asked()
    other = request.trying("aws:sourceip", ("192.0.2.1",))
    assert other.context["aws:sourceip"] == ("192.0.2.1",) != request.context["aws:sourceip"]
    assert other.given({"aws:secure": ("x",)}).context["aws:sourceip"] == ("192.0.2.1",)


@pytest.mark.parametrize(
    ("account", "seen", "owner"),
    [
        (ACCOUNT, {}, ACCOUNT),
        (ACCOUNT, {POINT_OWNER: Found("999999999999")}, ACCOUNT),
        ("*", {}, None),
        ("*", {POINT_OWNER: Found("999999999999")}, "999999999999"),
    ],
)
def test_an_access_point_whose_account_is_not_told_is_of_whom_the_evidence_says(
    account: str, seen: dict[Fact[Any], Observation[Any]], owner: str | None
) -> None:
    point = f"arn:aws:s3:eu-west-1:{account}:accesspoint/desk/object/k"
    assert asked(on=point, evidence=seen).point_owner == owner
