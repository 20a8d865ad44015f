"""What is read of the VPC endpoint that a request came through: by its id, in its owner's account and its Region."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.cases import services
from tests.layers.tables import ANONYMOUS, AWAY, HOME, SESSION, allow, layer, policy, text
from why403 import ABSENT, AccessRequest, Fact, Found, Observation, Read, Unreadable
from why403.domain.evidence import Evidence
from why403.domain.facts import REGION
from why403.gathering.by_hand import collected
from why403.testing import a_request
from why403_layers.vpc_endpoint import DESCRIBE_ENDPOINTS, POLICY, TYPE

LAYER = layer("vpc_endpoint")
ENDPOINT = "vpce-0a1b2c3d"
WRITTEN = json.dumps(policy(allow("s3:GetObject", Principal="*")))
TOLD: dict[str, Any] = {"VpcEndpointId": ENDPOINT, "VpcEndpointType": "Gateway", "PolicyDocument": WRITTEN}
Answers = dict[Read, Any]


def described(region: str | None, account: str | None = HOME) -> Read:
    return DESCRIBE_ENDPOINTS.read(account=account, region=region, VpcEndpointIds=[ENDPOINT])


def an_endpoint(region: str, account: str = HOME) -> Answers:
    """Return the answer about the endpoint in a Region."""
    return {described(region, account): [TOLD]}


def asked(caller: str = SESSION, **keys: list[str] | None) -> AccessRequest:
    """Return a request through the endpoint, with the keys that tell of it."""
    named = {"vpce": "aws:SourceVpce", "account": "aws:VpceAccount", "region": "aws:RequestedRegion"}
    told = {"vpce": [ENDPOINT], **keys}
    return a_request(principal=caller, rest="unknown", keys={named[name]: held for name, held in told.items()})


def found(
    answers: Answers, request: AccessRequest | None = None, region: object = "eu-central-1"
) -> Mapping[Fact[Any], Observation[Any]]:
    return collected(LAYER, request or asked(), answers, facts={REGION: region})


def value(seen: Observation[Any]) -> Any:
    assert isinstance(seen, Found), seen
    return seen.value


def why(seen: Observation[Any]) -> str:
    assert isinstance(seen, Unreadable), seen
    return seen.why


PLACES: dict[str, tuple[AccessRequest, Answers]] = {
    "the Region that the request was sent to": (asked(region=["eu-west-1"]), an_endpoint("eu-west-1")),
    "the bucket's, where it was sent to another": (
        asked(region=["us-east-1"]),
        {described("us-east-1"): ABSENT, **an_endpoint("eu-central-1")},
    ),
    "the bucket's, where nobody knows where it was sent to": (asked(region=None), an_endpoint("eu-central-1")),
    "the owner's account": (asked(account=[AWAY]), an_endpoint("eu-central-1", AWAY)),
    "an anonymous request's, in the owner's account": (
        asked(ANONYMOUS, account=[AWAY]),
        an_endpoint("eu-central-1", AWAY),
    ),
    "an anonymous request's, in the service's own": (asked(ANONYMOUS), {described("eu-central-1", None): [TOLD]}),
}


@pytest.mark.parametrize(("request_", "answers"), PLACES.values(), ids=PLACES)
def test_the_endpoint_is_read_where_it_is(request_: AccessRequest, answers: Answers) -> None:
    seen = found(answers, request_)
    (placed,) = value(seen[POLICY]).placed
    assert placed.name == ENDPOINT
    assert value(seen[TYPE]) == "Gateway"


def test_it_is_read_in_the_usual_region_where_none_is_known() -> None:
    assert value(found({described(None): [TOLD]}, region={"unknown": True})[TYPE]) == "Gateway"


def test_what_is_judged_is_what_was_read() -> None:
    request = asked()
    said = [text(claim) for claim in LAYER.judge(request, Evidence(found(an_endpoint("eu-central-1"))))]
    assert said == ["denial: false", "limit: true"]


def test_a_request_that_came_through_none_meets_no_policy_and_nothing_is_read() -> None:
    assert set(found({}, asked(vpce=[])).values()) == {ABSENT}


@pytest.mark.parametrize("vpce", [None, ["vpce-1", "vpce-2"]])
def test_an_endpoint_that_is_not_known_is_not_guessed(vpce: list[str] | None) -> None:
    seen = found(an_endpoint("eu-central-1"), asked(vpce=vpce))
    assert set(map(why, seen.values())) == {
        "it is not known whether the request came through a VPC endpoint, and which"
    }


@pytest.mark.parametrize("answer", [ABSENT, [], [{**TOLD, "VpcEndpointId": "vpce-other"}]])
def test_an_endpoint_that_is_elsewhere_is_not_taken_for_none(answer: Any) -> None:
    seen = found({described("eu-central-1"): answer})
    assert set(map(why, seen.values())) == {
        f"the VPC endpoint `{ENDPOINT}` is not in the account and Region that were read"
    }


def test_a_refusal_names_call_permission_and_account() -> None:
    refused = described("eu-central-1").unreadable("was refused", HOME)
    assert set(found({described("eu-central-1"): refused}).values()) == {refused}
    assert (refused.permission, refused.account) == ("ec2:DescribeVpcEndpoints", HOME)


@pytest.mark.parametrize(
    ("told", "policy_known", "kind_known"),
    [
        ({"VpcEndpointType": "Interface"}, True, True),
        ({"VpcEndpointType": "GatewayLoadBalancer"}, True, False),
        ({"VpcEndpointType": None}, True, False),
        ({"PolicyDocument": None}, False, True),
        ({"PolicyDocument": {"Statement": []}}, False, True),
        ({"PolicyDocument": "{"}, False, True),
    ],
    ids=str,
)
def test_only_what_is_understood_is_taken(
    told: dict[str, Any], policy_known: bool, kind_known: bool, caplog: pytest.LogCaptureFixture
) -> None:
    try:
        seen = found({described("eu-central-1"): [{**TOLD, **told}]})
    except AssertionError:
        assert "failed to collect" in caplog.text  # a document that is none
        return
    assert (isinstance(seen[POLICY], Found), isinstance(seen[TYPE], Found)) == (policy_known, kind_known)


def test_the_facts_are_collected_by_this_layer() -> None:
    collectors = services().registry.collectors
    assert {collectors[fact].layer.name for fact in (POLICY, TYPE)} == {"vpc_endpoint"}
