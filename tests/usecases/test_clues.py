"""The record that AWS keeps of a refused call: where it is looked for, what is made of it, and what is said else."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from threading import Event
from typing import Any

import pytest

from tests.report.test_clues import ANA, ID, RECORD
from why403 import ABSENT, Found, Observation, Read, Unreadable
from why403.bootstrap import build
from why403.collecting.cloudtrail import LOOKUP_EVENTS
from why403.collecting.log_groups import FILTER_LOG_EVENTS
from why403.domain.errors import InvalidInput
from why403.gathering import Desk
from why403.gathering.by_hand import Table
from why403.rendering import page
from why403.services import Services
from why403.usecases import clues
from why403.usecases.diagnose import diagnose

GROUP = "aws/cloudtrail"
NOW = datetime(2026, 11, 23, 10, 10, tzinfo=UTC)
PASTED = (
    "botocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the GetObject operation: "
    "Access Denied"
)
BODY = f"<Error><Code>AccessDenied</Code><Message>Access Denied</Message><RequestId>{ID}</RequestId></Error>"
BUCKET_CALL = {
    **RECORD,
    "eventName": "GetBucketPolicy",
    "requestParameters": {"bucketName": "reports"},
    "awsRegion": "eu-west-1",
}
Answer = Callable[[Read], Observation[Any]]


class Aws(Table):
    """Keeps records in a log group and in event histories; everything else is refused."""

    def __init__(
        self, *logged: Any, history: Mapping[str, list[Any]] | None = None, fails: Answer | None = None
    ) -> None:
        super().__init__({})
        self.logged = [each if isinstance(each, str) else json.dumps(each) for each in logged]
        self.history, self.fails = history or {}, fails

    def read(self, read: Read) -> Observation[Any]:
        self.made.append(read)
        if self.fails is not None:
            return self.fails(read)
        if read.call is FILTER_LOG_EVENTS:
            sent = read.parameters
            fitting = [each for each in self.logged if sent["startTime"] <= self.at(each) <= sent["endTime"]]
            return Found({"events": [{"message": each} for each in fitting]})
        if read.call is LOOKUP_EVENTS:
            records = self.history.get(read.region or "", [])
            return Found({"Events": [{"CloudTrailEvent": json.dumps(each)} for each in records]})
        return read.unreadable("was refused")

    @staticmethod
    def at(text: str) -> float:
        try:
            return datetime.fromisoformat(json.loads(text)["eventTime"]).timestamp() * 1000
        except (ValueError, TypeError, KeyError):
            return NOW.timestamp() * 1000


@cache
def built() -> Services:
    return build()


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clues, "_now", lambda: NOW)


@pytest.fixture
def ask() -> Iterator[Callable[..., dict[str, Any]]]:
    """Return a function from a body and AWS to the diagnosis."""
    desks: list[Desk] = []

    def answered(aws: Aws, body: Mapping[str, Any], **services: Any) -> dict[str, Any]:
        desks.append(Desk(aws))
        return diagnose(replace(built(), aws=desks[-1], **services), {"collect": False, **body})

    yield answered
    for desk in desks:
        desk.close()


Ask = Callable[..., dict[str, Any]]


def sent(aws: Aws) -> list[dict[str, Any]]:
    return [read.parameters for read in aws.made]


# --- found ------------------------------------------------------------------------------------------------------------


def test_a_request_id_finds_the_record_of_the_call(ask: Ask) -> None:
    aws = Aws({**RECORD, "requestID": "0000000000000000"}, RECORD)
    answer = ask(aws, {"request_id": ID, "log_group": GROUP})
    assert answer["lookup"] == {
        "found": True,
        "where": "log_group",
        "by": "request_id",
        "time": "2026-11-23T10:00:00+00:00",
        "others": 0,
        "because": None,
        "needs": None,
    }
    understood = answer["understood"]
    assert (understood["principal"], understood["operation"]) == (ANA, "GetObject")
    assert (understood["resource"], understood["source"]) == ("arn:aws:s3:::reports/q3.csv", "cloudtrail")
    assert sent(aws)[0]["filterPattern"] == f'{{ ($.requestID = "{ID}") }}'
    assert sent(aws)[0]["logGroupName"] == GROUP


def test_the_record_is_decided_with_the_values_that_the_call_had(ask: Ask) -> None:
    office = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "arn:aws:s3:::reports/*",
        "Condition": {"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}},
    }
    evidence = {"bucket.owner": "111122223333", "bucket.policy": {"Version": "2012-10-17", "Statement": [office]}}
    body = {"error": PASTED, "request": {"principal": ANA, "bucket": "reports", "key": "q3.csv"}, "evidence": evidence}
    assert ask(Aws(RECORD), body)["decision"] == "unknown"
    known = ask(Aws(RECORD), {**body, "log_group": GROUP})
    assert (known["decision"], known["layer"], known["certainty"]) == ("denied", "bucket_policy", "proven")


UNSURE = "the record that was found need not be of this call: give its request id"
OWNED = {"bucket.owner": "111122223333", "bucket.policy": None}
CLOSED = {
    **OWNED,
    "bucket.policy": {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::reports/*"}],
    },
}
PLACE = {"bucket": "reports", "key": "q3.csv"}
LATER = {**RECORD, "requestID": "LATER00000000000", "eventTime": "2026-11-23T10:01:00Z"}
GUESSES: dict[str, tuple[list[Any], Mapping[str, Any]]] = {
    "nobody said who called": ([RECORD], PLACE),
    "others fit as well": ([RECORD, LATER], {**PLACE, "principal": ANA}),
}


@pytest.mark.parametrize(("records", "hints"), GUESSES.values(), ids=GUESSES)
def test_nothing_is_decided_by_a_record_that_may_be_of_another_call(
    ask: Ask, records: list[Any], hints: Mapping[str, Any]
) -> None:
    body = {"error": PASTED, "request": hints, "evidence": CLOSED, "log_group": GROUP}
    answer = ask(Aws(*records), body)
    assert (answer["decision"], answer["certainty"], answer["layer"]) == ("unknown", "suspected", None)
    assert answer["doubts"][0] == {"layer": None, "because": UNSURE, "needs": None}
    assert "certain" not in {cause["likelihood"] for cause in answer["causes"]}
    assert UNSURE in answer["explanation"]["markdown"]
    assert answer["understood"]["principal"] == ANA


SURE: dict[str, tuple[list[Any], Mapping[str, Any]]] = {
    "its request id": ([RECORD, LATER], {"error": PASTED, "request_id": ID, "request": PLACE}),
    "the newest was asked for": ([RECORD, LATER], {"recent": True, "request": PLACE}),
    "the only one of a known caller": ([RECORD], {"error": PASTED, "request": {**PLACE, "principal": ANA}}),
}


@pytest.mark.parametrize(("records", "body"), SURE.values(), ids=SURE)
def test_the_record_of_the_call_that_is_meant_decides(ask: Ask, records: list[Any], body: Mapping[str, Any]) -> None:
    answer = ask(Aws(*records), {**body, "evidence": CLOSED, "log_group": GROUP})
    assert (answer["decision"], answer["certainty"]) == ("denied", "proven")
    assert answer["causes"][0]["likelihood"] == "certain"


def test_what_s3_said_counts_where_it_was_pasted_and_not_where_a_record_of_another_call_may_say_it(ask: Ask) -> None:
    said = "Request has expired"
    body = {"log_group": GROUP, "evidence": OWNED, "request": PLACE, "error": PASTED}
    record = {**RECORD, "errorMessage": said}
    answer = ask(Aws(record), body)
    assert (answer["decision"], answer["doubts"][0]["because"]) == ("unknown", UNSURE)
    assert answer["causes"][0]["likelihood"] != "certain"
    pasted = ask(Aws(record), {**body, "error": PASTED.replace("Access Denied", said)})
    assert (pasted["decision"], pasted["certainty"]) == ("denied", "proven")


def test_the_request_id_in_what_was_pasted_is_enough(ask: Ask) -> None:
    answer = ask(Aws(RECORD), {"error": BODY, "log_group": GROUP})
    assert (answer["lookup"]["by"], answer["understood"]["principal"]) == ("request_id", ANA)


def test_hints_win_over_the_record(ask: Ask) -> None:
    answer = ask(Aws(RECORD), {"request_id": ID, "log_group": GROUP, "request": {"principal": f"{ANA}2"}})
    assert answer["understood"]["principal"] == f"{ANA}2"


def test_the_newest_refusal_is_taken_where_that_is_asked_for(ask: Ask) -> None:
    older = {**RECORD, "eventTime": "2026-11-23T09:58:00Z", "requestID": "OLDER00000000000"}
    aws = Aws(older, "not json", {**RECORD, "errorCode": None, "requestID": "FINE000000000000"}, RECORD)
    answer = ask(aws, {"recent": True, "log_group": GROUP})
    assert (answer["understood"]["request_id"], answer["lookup"]["others"]) == (ID, 1)
    assert answer["lookup"]["by"] == "likeness"
    assert answer["lookup"]["because"] in answer["understood"]["unread"]
    assert sent(aws)[0]["filterPattern"] == '{ ($.eventSource = "s3*") && ($.errorCode = "*AccessDenied*") }'


def test_hints_tell_which_refusal_is_meant(ask: Ask) -> None:
    bob = ANA.replace("ana", "bob")
    aws = Aws(RECORD, {**RECORD, "eventTime": "2026-11-23T10:09:00Z", "userIdentity": {"type": "IAMUser", "arn": bob}})
    answer = ask(
        aws, {"log_group": GROUP, "request": {"principal": ANA, "bucket": "reports", "operation": "GetObject"}}
    )
    assert answer["understood"]["request_id"] == ID
    assert answer["lookup"]["others"] == 0
    assert f'($.userIdentity.arn = "{ANA}")' in sent(aws)[0]["filterPattern"]
    assert '($.requestParameters.bucketName = "reports")' in sent(aws)[0]["filterPattern"]


def test_a_role_is_asked_for_as_the_issuer_of_its_sessions(ask: Ask) -> None:
    aws = Aws()
    role = "arn:aws:iam::111122223333:role/jobs/app"
    ask(aws, {"log_group": GROUP, "recent": True, "request": {"principal": role}})
    assert f'($.userIdentity.sessionContext.sessionIssuer.arn = "{role}")' in sent(aws)[0]["filterPattern"]


def test_a_log_is_looked_through_backwards_until_the_call_is_found(ask: Ask) -> None:
    aws = Aws({**RECORD, "eventTime": (NOW - timedelta(hours=3)).isoformat()})
    assert ask(aws, {"request_id": ID, "log_group": GROUP})["lookup"]["found"]
    spans = [(each["startTime"], each["endTime"]) for each in sent(aws)]
    assert len(spans) == 3
    assert [start for start, _ in spans[:-1]] == [end for _, end in spans[1:]]


def test_a_known_time_says_where_to_look(ask: Ask) -> None:
    aws = Aws(RECORD)
    ask(aws, {"request_id": ID, "log_group": GROUP, "request": {"time": "2026-11-23T10:00:00Z"}})
    [asked] = sent(aws)
    assert asked["startTime"] == datetime(2026, 11, 23, 9, 45, tzinfo=UTC).timestamp() * 1000
    assert asked["endTime"] == datetime(2026, 11, 23, 12, 0, tzinfo=UTC).timestamp() * 1000


def test_an_arn_says_in_which_account_and_region_the_log_group_is(ask: Ask) -> None:
    aws = Aws(RECORD)
    ask(aws, {"request_id": ID, "log_group": f"arn:aws:logs:eu-west-1:444455556666:log-group:{GROUP}:*"})
    assert (aws.made[0].account, aws.made[0].region) == ("444455556666", "eu-west-1")


def test_calls_on_buckets_are_in_the_event_history(ask: Ask) -> None:
    aws = Aws(history={"us-east-1": [BUCKET_CALL]})
    hints = {"principal": ANA, "operation": "GetBucketPolicy", "bucket": "reports"}
    answer = ask(aws, {"request_id": ID, "request": {**hints, "context": {"aws:RequestedRegion": "eu-west-1"}}})
    assert (answer["lookup"]["where"], answer["lookup"]["found"]) == ("event_history", True)
    assert [(read.account, read.region) for read in aws.made] == [
        ("111122223333", "eu-west-1"),
        ("111122223333", "us-east-1"),
    ]
    assert sent(aws)[0]["LookupAttributes"] == [{"AttributeKey": "EventName", "AttributeValue": "GetBucketPolicy"}]


def test_the_event_history_has_names_of_its_own(ask: Ask) -> None:
    aws = Aws()
    ask(
        aws,
        {
            "recent": True,
            "request": {"operation": "GetPublicAccessBlock", "bucket": "b", "time": "2026-11-23T10:00:00Z"},
        },
    )
    assert sent(aws)[0]["LookupAttributes"][0]["AttributeValue"] == "GetBucketPublicAccessBlock"
    assert sent(aws)[0]["StartTime"] == "2026-11-23T09:45:00+00:00"


def test_the_event_history_is_looked_at_where_the_log_has_nothing(ask: Ask) -> None:
    aws = Aws(history={"us-east-1": [BUCKET_CALL]})
    body = {"request_id": ID, "log_group": GROUP, "request": {"operation": "GetBucketPolicy"}}
    assert ask(aws, body)["lookup"]["where"] == "event_history"


def test_what_is_found_is_stripped_of_secrets(ask: Ask) -> None:
    key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    agent = {**RECORD, "userAgent": f"x aws_secret_access_key={key} X-Amz-Security-Token=FwoGZXIvYXdzEXAMPLETOKEN"}
    answer = json.dumps(ask(Aws(agent), {"request_id": ID, "log_group": GROUP}))
    assert key not in answer
    assert "FwoGZXIv" not in answer


# --- not found --------------------------------------------------------------------------------------------------------


def test_not_found_is_said_with_what_it_may_be_due_to(ask: Ask) -> None:
    answer = ask(Aws(), {"request_id": ID, "log_group": GROUP})
    told = answer["lookup"]
    assert (told["found"], told["where"], told["needs"]) == (False, None, None)
    assert f"log group `{GROUP}`" in told["because"]
    assert "5 minutes" in told["because"]
    assert "data events" in told["because"]
    assert told["because"] in answer["understood"]["unread"]
    assert answer["decision"] == "unknown"
    assert answer["causes"]
    assert page(answer)


def test_not_found_leaves_what_was_pasted(ask: Ask) -> None:
    answer = ask(Aws(), {"error": PASTED, "request_id": ID, "log_group": GROUP})
    assert (answer["understood"]["operation"], answer["understood"]["source"]) == ("GetObject", "boto3")


NOWHERE = {
    "an id alone": ({"request_id": ID}, "without `log_group`"),
    "an object": ({"error": BODY, "recent": True, "request": {"operation": "GetObject"}}, "without `log_group`"),
    "nothing to go by": ({"log_group": GROUP}, "neither the report nor the hints"),
    "a text that tells nothing": (
        {"log_group": GROUP, "error": "it does not work"},
        "neither the report nor the hints",
    ),
}


@pytest.mark.parametrize(("body", "because"), NOWHERE.values(), ids=NOWHERE)
def test_where_there_is_nothing_to_look_for_nothing_is_read(ask: Ask, body: Mapping[str, Any], because: str) -> None:
    aws = Aws(RECORD)
    told = ask(aws, body)["lookup"]
    assert because in told["because"]
    assert aws.made == []


MALFORMED: list[Any] = [
    None,
    7,
    [],
    {},
    {"events": None},
    {"events": [{}]},
    {"events": [{"message": 7}]},
    {"Events": [7]},
]


def answering(value: Any) -> Answer:
    return lambda _: Found(value)


FAILURES: dict[str, Answer] = {
    "refused": lambda read: read.unreadable("was refused", "111122223333"),
    "no such log group": lambda _: ABSENT,
    **{f"answered {value!r}": answering(value) for value in MALFORMED},
}


@pytest.mark.parametrize("fails", FAILURES.values(), ids=FAILURES)
@pytest.mark.parametrize("operation", ["GetObject", "GetBucketPolicy"])
def test_what_fails_is_said_and_the_diagnosis_goes_on(ask: Ask, fails: Answer, operation: str) -> None:
    answer = ask(Aws(fails=fails), {"request_id": ID, "log_group": GROUP, "request": {"operation": operation}})
    assert answer["lookup"]["found"] is False
    assert answer["lookup"]["because"]
    assert answer["causes"]


def test_a_refused_search_names_the_permission_and_the_account(ask: Ask) -> None:
    told = ask(Aws(fails=FAILURES["refused"]), {"request_id": ID, "log_group": GROUP})["lookup"]
    assert (told["needs"], told["call"], told["account"]) == (
        "logs:FilterLogEvents",
        "logs:FilterLogEvents",
        "111122223333",
    )
    told = ask(Aws(fails=FAILURES["no such log group"]), {"request_id": ID, "log_group": GROUP})["lookup"]
    assert (told["needs"], told["call"]) == (None, "logs:FilterLogEvents")
    assert "there is no log group" in told["because"]


def test_pages_are_followed_and_not_for_ever(ask: Ask) -> None:
    def paging(read: Read) -> Observation[Any]:
        number = int(read.parameters.get("nextToken", 0))
        return Found({"events": [{"message": json.dumps(RECORD)}] if number == 4 else [], "nextToken": str(number + 1)})

    aws = Aws(fails=paging)
    assert ask(aws, {"request_id": ID, "log_group": GROUP})["lookup"]["found"]
    told = ask(aws, {"request_id": "AAAAAAAAAAAAAAAA", "log_group": GROUP})["lookup"]
    assert "too much to be looked through" in told["because"]
    assert len(aws.made) == 20


def test_a_search_leaves_time_for_the_evidence(ask: Ask) -> None:
    hold = Event()

    def slow(read: Read) -> Observation[Any]:
        hold.wait(5)
        return Unreadable("late")

    try:
        answer = ask(Aws(fails=slow), {"request_id": ID, "log_group": GROUP}, collect_seconds=0.2)
    finally:
        hold.set()
    assert "was not answered within 0.1 s" in answer["lookup"]["because"]


def test_evidence_is_read_of_the_call_that_was_found(ask: Ask) -> None:
    aws = Aws(RECORD)
    answer = ask(aws, {"request_id": ID, "log_group": GROUP, "collect": True})
    assert "principal.policies" in answer["collected"]["facts"]
    assert "iam:ListAttachedUserPolicies" in {read.call.name for read in aws.made}


# --- what cannot be ---------------------------------------------------------------------------------------------------

WRONG: dict[str, tuple[Mapping[str, Any], list[str]]] = {
    "a pattern as id": ({"request_id": '" || $.x = "'}, ["/request_id"]),
    "a short id": ({"request_id": "A1"}, ["/request_id"]),
    "an id with a newline": ({"request_id": f"{ID}\n"}, ["/request_id"]),
    "a number": ({"request_id": 7, "log_group": 7}, ["/request_id", "/log_group"]),
    "a log group that is none": ({"request_id": ID, "log_group": "a b"}, ["/log_group"]),
    "another ARN": ({"request_id": ID, "log_group": "arn:aws:s3:::reports"}, ["/log_group"]),
    "empty": ({"request_id": "", "log_group": "", "error": PASTED}, ["/request_id", "/log_group"]),
    "no flag": ({"recent": "yes", "error": PASTED}, ["/recent"]),
    "one call, and any": ({"request_id": ID, "recent": True}, ["/recent"]),
    "beside an event": ({"event": RECORD, "log_group": GROUP}, ["/event"]),
    "a wrong hint": ({"request_id": ID, "log_group": GROUP, "request": {"principal": "x"}}, ["/request/principal"]),
    "nothing": ({"recent": False}, [""]),
}


@pytest.mark.parametrize(("body", "pointers"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_is_refused_and_nothing_is_read(ask: Ask, body: Mapping[str, Any], pointers: list[str]) -> None:
    aws = Aws(RECORD)
    with pytest.raises(InvalidInput) as caught:
        ask(aws, body)
    assert [fault.pointer for fault in caught.value.faults] == pointers
    assert aws.made == []


@pytest.mark.parametrize("name", ["request_id", "log_group", "recent"])
def test_a_service_that_reads_nothing_says_so(name: str) -> None:
    held: dict[str, Any] = {"request_id": ID, "log_group": GROUP, "recent": True}
    with pytest.raises(InvalidInput, match="does not read AWS") as caught:
        diagnose(built(), {"error": PASTED, name: held[name]})
    assert caught.value.faults[0].pointer == f"/{name}"


def test_null_is_the_same_as_not_given(ask: Ask) -> None:
    answer = ask(Aws(), {"error": PASTED, "request_id": None, "log_group": None, "recent": False})
    assert "lookup" not in answer
