"""Facts that nobody reads: given or not known, they are a doubt where they would apply."""

from typing import Any

import pytest

from why403.domain.evidence import Fact
from why403.domain.request import AccessRequest
from why403.engine.unread import Doubt, own_doubts
from why403.foreseen import Unjudged, Unread, always
from why403.testing import a_request

MOON: Fact[Any] = Fact(name="moon.phase", load=lambda value: value, permission="moon:Look")
ASSUMED: Fact[Any] = Fact(name="moon.lock", load=lambda value: value, permission="moon:Touch", assumed=True)


def reads(request: AccessRequest) -> bool:
    return request.action_key == "s3:getobject"


def full(_request: AccessRequest, value: object) -> bool:
    return value == "full"


GIVEN = Doubt("moon", "`moon.phase` is given, and no loaded layer reads it", None, grants=False)
NOT_KNOWN = Doubt("moon", "`moon.phase` is not known", "moon:Look", grants=False)


@pytest.mark.parametrize(
    ("request_", "doubts"),
    [
        (a_request(facts={MOON: "full"}), [GIVEN]),
        (a_request(facts={MOON: "new"}), []),
        (a_request(facts={MOON: None}), []),
        (a_request(facts={MOON: {"unknown": True}}), [NOT_KNOWN]),
        (a_request(), []),
        (a_request(rest="unknown"), [NOT_KNOWN]),
        (a_request("s3:PutObject", facts={MOON: "full"}), []),
        (a_request("s3:PutObject", rest="unknown"), []),
    ],
)
def test_it_is_a_doubt_where_form_and_value_apply(request_: AccessRequest, doubts: list[Doubt]) -> None:
    assert list(own_doubts([Unread(MOON, "moon", reads, full)], [], request_)) == doubts


@pytest.mark.parametrize(
    ("request_", "number"),
    [
        (a_request(rest="unknown"), 0),
        (a_request(rest="unknown", facts={ASSUMED: {"unknown": True}}), 1),
        (a_request(rest="unknown", facts={ASSUMED: "on"}), 1),
    ],
)
def test_what_is_assumed_is_a_doubt_only_once_it_is_mentioned(request_: AccessRequest, number: int) -> None:
    assert len(list(own_doubts([Unread(ASSUMED, "moon", always, always)], [], request_))) == number


def test_what_might_allow_says_so() -> None:
    (doubt,) = own_doubts([Unread(MOON, "moon", always, always, grants=True)], [], a_request(facts={MOON: "full"}))
    assert doubt.grants


def test_requests_on_the_same_evidence_have_their_own_doubts() -> None:
    one = a_request(facts={MOON: "full"})
    other = a_request("s3:PutObject")
    other = other.given({}, one.evidence)
    unread = [Unread(MOON, "moon", reads, full)]
    assert [len(list(own_doubts(unread, [], each))) for each in (one, other, one)] == [1, 0, 1]


def test_a_form_that_nobody_judges_is_a_doubt() -> None:
    form = Unjudged("moon", "nobody judges reads by the moon", reads, grants=True)
    doubts = [list(own_doubts([], [form], a_request(action))) for action in ("s3:GetObject", "s3:PutObject")]
    assert doubts == [[Doubt("moon", "nobody judges reads by the moon", None, grants=True)], []]
