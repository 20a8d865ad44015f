"""Every call of every layer, injured in every way: never an exception, never absence, always the name of the call."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError
from botocore.model import ServiceModel

from tests.aws.faking import AWAY, HOME, LOADER, Reply, Sent, a_reader, error
from tests.cases import services
from why403 import AwsCall, Unreadable
from why403.usecases.clues import READS

CALLS = sorted(
    {
        call
        for calls in (READS, *(each.reads for layer in services().registry.layers for each in layer.collectors))
        for call in calls
        if call.name != "sts:GetCallerIdentity"  # the wire answers that itself, for every reader
    },
    key=lambda call: (call.name, call.permission, call.keep, call.absent),
)
OF_JSON = {"account", "cloudtrail", "kms", "logs", "organizations"}


def parameters(call: AwsCall) -> dict[str, Any]:
    """Return parameters that botocore accepts for a call: those it requires, by their types."""
    model = ServiceModel(LOADER.load_service_model(call.service, "service-2"))
    shape = model.operation_model(call.operation).input_shape
    return {name: _value(shape.members[name], name) for name in shape.required_members} if shape else {}


def _value(shape: Any, name: str) -> Any:
    if shape.type_name == "list":
        return [_value(shape.member, name)]
    if shape.type_name in {"integer", "long"}:
        return 1
    if shape.enum:
        return shape.enum[0]
    return HOME if "ccount" in name else "arn:aws:iam::111122223333:policy/reports" if "Arn" in name else "reports"


def _form(call: AwsCall, code: str, status: int) -> Reply:
    """Return an error in the form of the service."""
    if call.service in OF_JSON:
        return Reply(status, f'{{"__type": "{code}", "message": "hunter2"}}', {"x-amzn-errortype": code})
    return error(code, status)


FAULTS: Mapping[str, tuple[Callable[[AwsCall], Reply | Exception], set[str]]] = {
    "denied": (lambda call: _form(call, "AccessDenied", 403), {"denied"}),
    "throttled beyond the attempts": (lambda call: _form(call, "ThrottlingException", 400), {"throttled"}),
    "a failure of AWS's": (lambda call: _form(call, "InternalError", 500), {"unavailable"}),
    "no body": (lambda _: Reply(503), {"unavailable"}),
    "time-out": (lambda _: ReadTimeoutError(endpoint_url="x"), {"timeout"}),
    "no connection in time": (lambda _: ConnectTimeoutError(endpoint_url="x"), {"timeout"}),
    "reset": (lambda _: ConnectionResetError("hunter2"), {"connection"}),
    "cut off": (lambda _: Reply(body="<Result><hunter2"), {"malformed"}),
    "a page of a proxy": (lambda _: Reply(body="<html>hunter2</html>"), {"malformed", "found"}),
    "empty": (lambda _: Reply(body=""), {"malformed", "found"}),
}

# A body that is a member itself is given as it comes, even empty.
_UNCHECKED = {"s3", "s3control"}
# botocore takes a broken answer of S3 for a failure of S3's; its own reading of this call's answers trips over them.
_OTHERWISE = {"s3": {"unavailable"}, "s3:GetBucketLocation": {"other"}}

each_call = pytest.mark.parametrize(
    "call", CALLS, ids=[f"{call.name} {call.permission} {call.keep} {len(call.absent)}" for call in CALLS]
)


def test_there_are_calls_to_injure() -> None:
    assert CALLS


@pytest.mark.parametrize(("fault", "results"), FAULTS.values(), ids=FAULTS)
@each_call
def test_a_fault_is_unreadable_and_names_the_call(
    call: AwsCall, fault: Callable[[AwsCall], Reply | Exception], results: set[str]
) -> None:
    told: list[str] = []
    reader, _ = a_reader(lambda _: fault(call), tell=lambda _, result: told.append(result))
    seen = reader.read(call.read(account=HOME, region="us-east-1", **parameters(call)))
    (result,) = told
    if result == "found" and ((call.member, call.pages) == (None, None) or call.service in _UNCHECKED):
        return  # an answer of which nothing is required: the layer's own test says what it makes of that
    assert result in (results - {"found"}) | _OTHERWISE.get(call.name, set()) | _OTHERWISE.get(call.service, set())
    assert isinstance(seen, Unreadable)
    assert (seen.call, seen.permission, seen.account) == (call.name, call.permission, HOME)
    assert "hunter2" not in seen.why


@each_call
def test_an_account_with_no_way_in_is_named(call: AwsCall) -> None:
    reader, _ = a_reader(lambda _: error("AccessDenied", 403), role_name="why403")
    seen = reader.read(call.read(account=AWAY, **parameters(call)))
    assert isinstance(seen, Unreadable)
    assert (seen.call, seen.permission, seen.account) == (call.name, "sts:AssumeRole", AWAY)


def _empty_page(call: AwsCall) -> Callable[[Sent], Reply]:
    """Return answers of empty pages that each say there is more, and never end."""
    turns = iter(range(10_000))
    frame = f"{call.operation}Response"

    def answers(_sent: Sent) -> Reply:
        turn = next(turns)
        if call.service in OF_JSON:
            return Reply(
                body=f'{{"{call.pages}": [], "NextToken": "{turn}", "NextMarker": "{turn}", "Truncated": true}}'
            )
        if call.service == "s3":
            return Reply(body=f"<{frame}><{call.pages}/><ContinuationToken>{turn}</ContinuationToken></{frame}>")
        more = f"<IsTruncated>true</IsTruncated><Marker>{turn}</Marker><NextToken>{turn}</NextToken>"
        within = f"<{call.pages}></{call.pages}>{more}"
        return Reply(body=f"<{frame}><{call.operation}Result>{within}</{call.operation}Result></{frame}>")

    return answers


PAGED = [call for call in CALLS if call.pages is not None and call.service not in {"s3control", "ec2"}]


@pytest.mark.parametrize("call", PAGED, ids=lambda call: call.name)
def test_empty_pages_that_say_there_is_more_are_asked_for_and_bounded(call: AwsCall) -> None:
    reader, wire = a_reader(_empty_page(call))
    seen = reader.read(call.read(account=HOME, **parameters(call)))
    assert isinstance(seen, Unreadable)
    assert 100 < len(wire.sent) < 300
