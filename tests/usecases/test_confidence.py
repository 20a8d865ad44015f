"""What rests on an open point of AWS's documentation says so, and evidence may have it read the other way."""

from typing import Any

import pytest

from tests.cases import answer, services
from why403.domain.errors import InvalidInput
from why403.domain.readings import POINTS, READINGS
from why403.usecases.diagnose import diagnose

HOME, AWAY, THIRD = "111122223333", "444455556666", "777788889999"
USER = f"arn:aws:iam::{HOME}:user/ana"
POINT = f"arn:aws:s3:eu-west-1:{HOME}:accesspoint/p"
ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
GET: dict[str, Any] = {"principal": USER, "operation": "GetObject", "bucket": "reports", "key": "q3.csv"}
Evidence = dict[str, Any]


def document(*statements: Any) -> Evidence:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def own(**condition: Any) -> Evidence:
    return {"principal.policies": [document({**ALL, "Condition": condition} if condition else ALL)]}


FOREIGN: Evidence = {
    **own(),
    "bucket.owner": HOME,
    "bucket.ownership": "ObjectWriter",
    "object.owner": THIRD,
    "bucket.policy": document({**ALL, "Principal": {"AWS": USER}}),
}
BY_ARN: Evidence = {**own(), "organization.scps": [[document({**ALL, "Resource": "arn:aws:s3:::reports/*"})]]}
NOT_ALL = {"ForAllValues:StringNotEquals": {"s3:RequestObjectTagKeys": "a"}}
VARIABLE = {"Bool": {"aws:SecureTransport": "${aws:PrincipalTag/tls}"}}
WITH_TAG: Evidence = {**own(**VARIABLE), "principal.tags": {"tls": "true"}}
THROUGH: Evidence = {
    "bucket.owner": HOME,
    "access_point.bucket": "reports",
    "access_point.owner": HOME,
    "access_point.network_origin": "Internet",
}


def through(resource: str) -> Evidence:
    return {**THROUGH, "principal.policies": [document({**ALL, "Resource": resource})]}


@pytest.mark.parametrize(
    ("point", "request_", "evidence", "usual", "otherwise"),
    [
        ("U5", GET, FOREIGN, "denied", "allowed"),
        ("U6", GET, BY_ARN, "allowed", "denied"),
        ("U7", {**GET, "operation": "PutObject"}, own(**NOT_ALL), "allowed", "denied"),
        ("U8", {**GET, "context": {"aws:SecureTransport": "true"}}, WITH_TAG, "allowed", "denied"),
        (
            "U3",
            {"principal": USER, "operation": "GetObject", "resource": f"{POINT}/object/q3.csv"},
            through(f"{POINT}/object/*"),
            "allowed",
            "denied",
        ),
    ],
)
def test_a_decision_that_rests_on_a_point_says_so_and_can_be_had_otherwise(
    point: str, request_: Evidence, evidence: Evidence, usual: str, otherwise: str
) -> None:
    asked = {**request_, "evidence_is_complete": True}
    found = answer({**asked, "evidence": evidence})
    (told,) = found["low_confidence"]
    first, second = POINTS[point].readings
    assert (found["decision"], told["point"], told["reading"]) == (usual, point, first)
    assert told["otherwise"] == {"reading": second, "decision": otherwise}
    assert told["because"].startswith("AWS's pages leave open wh")
    read_so = answer({**asked, "evidence": {**evidence, "readings": {point: second}}})
    assert read_so["decision"] == otherwise
    assert read_so["low_confidence"][0]["otherwise"] == {"reading": first, "decision": usual}


@pytest.mark.parametrize(
    ("request_", "evidence"),
    [
        (GET, own()),
        (GET, {**FOREIGN, "object.owner": HOME}),
        (GET, {**FOREIGN, "bucket.policy": None}),
        (GET, {**BY_ARN, "organization.scps": [[document(ALL)]]}),
        (GET, {**BY_ARN, "principal.policies": []}),
        ({**GET, "operation": "PutObject", "parameters": {"Tagging": "b=1"}}, own(**NOT_ALL)),
        (GET, own(**{"ForAllValues:StringNotEqualsIfExists": {"s3:RequestObjectTagKeys": "a"}})),
        ({"principal": USER, "operation": "GetObject", "resource": f"{POINT}/object/q3.csv"}, through("*")),
    ],
)
def test_a_decision_that_both_readings_give_rests_on_neither(request_: Evidence, evidence: Evidence) -> None:
    assert "low_confidence" not in answer({**request_, "evidence": evidence, "evidence_is_complete": True})


def test_what_both_readings_leave_open_rests_on_neither() -> None:
    assert "low_confidence" not in answer({**GET, "evidence": FOREIGN})


def test_a_multi_region_access_point_is_always_said_to_be_open() -> None:
    request = {
        "principal": USER,
        "operation": "GetObject",
        "resource": f"arn:aws:s3::{HOME}:accesspoint/m.mrap/object/k",
    }
    evidence = {**THROUGH, **own()}
    found = answer({**request, "evidence": evidence, "evidence_is_complete": True})
    assert {each["point"]: each["otherwise"] for each in found.get("low_confidence", [])} == {"U4": None}


def test_an_unknown_key_is_open_in_both_readings() -> None:
    evidence = {**own(**NOT_ALL), "readings": {"U7": "not-met"}}
    asked = {**GET, "operation": "PutObject", "evidence_is_complete": True, "context": {}, "evidence": evidence}
    assert answer(asked)["decision"] == "denied"
    assert answer({**asked, "parameters": {"Tagging": "b=1"}})["decision"] == "allowed"


@pytest.mark.parametrize(
    ("value", "pointers"),
    [
        ("U5", [""]),
        ({"U5": "perhaps"}, ["/U5"]),
        ({"U5": ["object-owner"], "U1": "x"}, ["/U5", "/U1"]),
        ({"U4": "either"}, ["/U4"]),
        ({"a/b": "x"}, ["/a~1b"]),
    ],
)
def test_a_reading_that_there_is_not_is_refused(value: Any, pointers: list[str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        READINGS.observe(value)
    assert [fault.pointer for fault in caught.value.faults] == pointers


def test_it_is_the_evidence_of_a_copys_source_too() -> None:
    copied = {**GET, "operation": "CopyObject", "parameters": {"CopySource": "theirs/k"}}
    source = {f"source.{name}": held for name, held in FOREIGN.items() if not name.startswith("principal")}
    for readings, decision in (({}, "denied"), ({"U5": "bucket-policy"}, "allowed")):
        evidence = {**own(), **source, "readings": readings} if readings else {**own(), **source}
        assert answer({**copied, "evidence": evidence, "evidence_is_complete": True})["decision"] == decision


def test_a_diagnosis_tells_it_in_words() -> None:
    found = diagnose(services(), {"request": GET, "evidence": FOREIGN, "evidence_is_complete": True})
    assert [each["point"] for each in found["low_confidence"]] == ["U5"]
    assert "What AWS's pages leave open" in found["explanation"]["markdown"]
    assert "read as `bucket-policy` the request is allowed" in found["explanation"]["markdown"]


def test_an_answer_of_s3_rests_on_no_page() -> None:
    error = "An error occurred (ExpiredToken) when calling the GetObject operation: The provided token has expired."
    told = diagnose(services(), {"error": error, "request": GET, "evidence": FOREIGN, "evidence_is_complete": True})
    assert "low_confidence" not in told
