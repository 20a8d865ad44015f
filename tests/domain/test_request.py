"""A request with something else about it is whole, and shares nothing that was found out about the first."""

import pytest

from tests.policy.asking import asked
from why403.domain.request import AccessRequest


@pytest.mark.parametrize("derived", ["trying", "not_by_account"])
def test_a_derived_request_has_every_part(derived: str) -> None:
    request = asked()
    request.noted["seen"] = True
    other = request.trying("aws:sourceip", ("192.0.2.1",)) if derived == "trying" else request.not_by_account()
    own = {"context", "noted", "caller"}
    assert all(getattr(other, name) == getattr(request, name) for name in AccessRequest.__slots__ if name not in own)
    assert isinstance(other, AccessRequest)
    assert other.noted == {}


def test_what_is_tried_is_known_in_the_new_request_alone() -> None:
    request = asked()
    other = request.trying("aws:sourceip", ("192.0.2.1",))
    assert other.context["aws:sourceip"] == ("192.0.2.1",) != request.context["aws:sourceip"]
    assert other.given({"aws:secure": ("x",)}).context["aws:sourceip"] == ("192.0.2.1",)
