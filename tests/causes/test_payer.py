"""Requester Pays among the causes: first where it is known, absent where it is ruled out, possible otherwise."""

import pytest

from .asking import ACCOUNT, GET, LIST, PUT, USER, asked, layers, refused

DELETE = {"operation": "DeleteObject", "bucket": "held-demo", "key": "a/b.csv"}
HEAD = {"operation": "HeadObject", "bucket": "held-demo", "key": "a/b.csv"}


@pytest.mark.parametrize("request_", [HEAD, {"operation": "HeadObject"}, dict(GET), dict(PUT), dict(LIST), DELETE])
def test_of_a_bucket_that_is_known_to_be_requester_pays_that_is_the_first_cause(request_: dict[str, str]) -> None:
    code, message = ("403", "Forbidden") if request_["operation"] == "HeadObject" else ("AccessDenied", "Access Denied")
    text = refused(request_["operation"], code, message)
    found = asked(text, request=request_, evidence={"bucket.request_payment": "Requester"})
    assert found["decision"] == "unknown"
    assert (layers(found)[0], found["causes"][0]["kind"]) == ("request_payment", "requirement")
    assert "x-amz-request-payer" in found["causes"][0]["fix"]["summary"]


@pytest.mark.parametrize("payer", ["BucketOwner", None])
def test_of_a_bucket_whose_owner_pays_it_is_none(payer: str | None) -> None:
    found = asked(refused("HeadObject", "403", "Forbidden"), request=HEAD, evidence={"bucket.request_payment": payer})
    assert "request_payment" not in layers(found)


def test_nor_where_the_caller_s_own_account_pays() -> None:
    request = {**HEAD, "principal": USER}
    found = asked(refused("HeadObject", "403", "Forbidden"), request=request, evidence={"bucket.owner": ACCOUNT})
    assert "request_payment" not in layers(found)


def test_what_is_only_assumed_rules_nothing_out() -> None:
    assert "request_payment" in layers(asked(refused("HeadObject", "403", "Forbidden"), request=HEAD))
