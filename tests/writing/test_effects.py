"""What calls leave behind: values as parameters tell them, equality as AWS keeps them, ways back in their order."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from why403.domain.fix import Reading, Write
from why403.writing import (
    UNSAID,
    WRITABLE,
    Live,
    alike,
    differs,
    left_by,
    may_be_made,
    place_of,
    read_write,
    same,
    taking_back,
    turns_of,
    written_down,
)

ALLOW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "*"}]}
POLICY = Reading("s3", "GetBucketPolicy", {"Bucket": "b"}, ("Policy",), ("NoSuchBucketPolicy",))
INLINE = Reading("iam", "GetRolePolicy", {"RoleName": "r", "PolicyName": "p"}, ("PolicyDocument",), ("NoSuchEntity",))


def write(operation: str, reading: Reading | None, service: str = "s3", documents: Any = (), **sent: Any) -> Write:
    return Write(service, operation, sent, f"{service}:{operation}", documents=tuple(documents), reading=reading)


FLAGS = {"BlockPublicAcls": True}
GRANTS = {"Owner": {"ID": "1"}, "Grants": []}
PUT = write("PutBucketPolicy", POLICY, documents=["Policy"], Bucket="b", Policy=ALLOW)
DELETE = write("DeleteBucketPolicy", POLICY, Bucket="b")


@pytest.mark.parametrize(
    ("made", "left"),
    [
        (PUT, ALLOW),
        (DELETE, None),
        (write("PutBucketPolicy", None, documents=["Policy"], Bucket="b", Policy=ALLOW), UNSAID),
        (
            write(
                "PutPublicAccessBlock",
                Reading("s3", "GetPublicAccessBlock", {"Bucket": "b"}, ("PublicAccessBlockConfiguration",)),
                Bucket="b",
                PublicAccessBlockConfiguration=FLAGS,
            ),
            FLAGS,
        ),
        (
            write(
                "PutBucketRequestPayment",
                Reading("s3", "GetBucketRequestPayment", {"Bucket": "b"}, ("Payer",)),
                Bucket="b",
                RequestPaymentConfiguration={"Payer": "Requester"},
            ),
            "Requester",
        ),
        (write("PutBucketAcl", Reading("s3", "GetBucketAcl", {}, ()), Bucket="b", AccessControlPolicy=GRANTS), GRANTS),
        (write("EnableKey", Reading("kms", "DescribeKey", {}, ("KeyMetadata", "KeyState")), KeyId="k"), UNSAID),
    ],
    ids=["document", "deleted", "not read", "member", "deeper member", "whole answer", "not told"],
)
def test_what_a_call_leaves_is_told_by_its_parameters(made: Write, left: Any) -> None:
    assert left_by(made) == left


@pytest.mark.parametrize(
    ("reading", "one", "other", "equal"),
    [
        (POLICY, '{"a": 1}', '{"a": 1}', True),
        (POLICY, '{"a": 1}', '{"a":1}', False),
        (POLICY, {"a": 1}, '{"a":1}', True),
        (POLICY, None, None, True),
        (POLICY, None, '{"a":1}', False),
        (INLINE, '{"a": 1}', '{"a":1}', True),
        (INLINE._replace(parsed=False), '{"a": 1}', '{"a":1}', False),
        (INLINE, {"Action": ["s3:Put", "s3:Get"]}, {"Action": ["s3:Get", "s3:Put"]}, True),
        (INLINE, {"Action": ["s3:Get"]}, {"Action": "s3:Get"}, True),
        (INLINE, {"Action": ["s3:Get"]}, {"Action": "s3:Put"}, False),
        (INLINE, "no JSON", "no JSON", True),
        (INLINE, UNSAID, UNSAID, False),
    ],
)
def test_values_are_equal_as_their_place_keeps_them(reading: Reading, one: Any, other: Any, equal: bool) -> None:
    assert same(reading, one, other) is same(reading, other, one) is equal


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
def test_a_value_is_like_itself_whoever_writes_it_down(value: Any) -> None:
    recorded = read_write(written_down(PUT._replace(parameters={"Bucket": "b", "Policy": value})))
    assert recorded.parameters["Policy"] == value
    assert alike(value, value)


@pytest.mark.parametrize("made", [PUT, DELETE, DELETE._replace(reading=None, account="1", region="eu-west-1")])
def test_a_call_is_the_same_after_it_was_written_down(made: Write) -> None:
    assert read_write(written_down(made)) == made


def test_a_change_is_taken_back_from_its_end() -> None:
    create, attach = write("CreatePolicy", None, "iam", PolicyName="p"), write("AttachRolePolicy", None, "iam")
    detach, delete = write("DetachRolePolicy", None, "iam"), write("DeletePolicy", INLINE, "iam")
    turns = turns_of((create, attach), (detach, delete))
    assert [(turn.write, turn.before) for turn in turns] == [(create, None), (attach, UNSAID)]


def test_the_way_back_is_found_by_its_place_where_numbers_differ() -> None:
    text = '{"Version": "2012-10-17"}'
    back = PUT._replace(parameters={"Bucket": "b", "Policy": text})
    other = write("PutBucketAcl", Reading("s3", "GetBucketAcl", {}, ()), Bucket="b", AccessControlPolicy=GRANTS)
    assert [turn.before for turn in turns_of((PUT,), (other, back))] == [text]
    assert [turn.before for turn in turns_of((PUT,), ())] == [UNSAID]


def test_what_was_there_goes_back_as_the_bytes_that_were_found() -> None:
    found = '{"Version":  "2012-10-17"}'
    planned = PUT._replace(parameters={"Bucket": "b", "Policy": {"Version": "2012-10-17"}})
    (turn,) = taking_back(PUT, planned, Live(found), Live("after"))
    assert turn.write.parameters["Policy"] == found
    assert (turn.before, turn.after) == ("after", found)
    (turn,) = taking_back(PUT, DELETE, Live(None), Live("after"))
    assert (turn.write, turn.after) == (DELETE, None)
    assert taking_back(PUT, None, Live(found), Live("after")) == []


def test_places_are_told_apart_by_what_is_read_and_where() -> None:
    assert place_of(PUT) == place_of(DELETE)
    assert place_of(PUT) != place_of(PUT._replace(account="111122223333"))
    assert place_of(PUT) != place_of(PUT._replace(reading=POLICY._replace(parameters={"Bucket": "other"})))


def test_a_difference_shows_both_sides() -> None:
    assert differs({"a": 1}, '{"a": 2}').splitlines()[-4:] == [" {", '-  "a": 1', '+  "a": 2', " }"]
    assert differs(None, {"a": 1}).splitlines()[-1] == "+}"
    assert differs({"a": 1}, {"a": 1}) == ""


def test_the_table_of_writes_holds_nothing_that_removes_what_people_own() -> None:
    ends = {("iam", "DeletePolicy"), ("iam", "DeletePolicyVersion")}
    deletes = {pair for pair in WRITABLE if pair[1].startswith("Delete")}
    assert {name for _, name in deletes - ends if not name.endswith(("Policy", "Controls", "Block"))} == set()
    assert not may_be_made("s3", "DeleteBucket")
    assert not may_be_made("s3", "PutObject")


def test_what_was_not_there_is_deleted_again_where_that_can_be() -> None:
    reading = Reading("s3", "GetBucketOwnershipControls", {"Bucket": "b"}, ("OwnershipControls",), ("None",))
    sent = {"Bucket": "b", "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}}
    put = Write("s3", "PutBucketOwnershipControls", sent, "s3:PutBucketOwnershipControls", reading=reading)
    back = put._replace(parameters={**sent, "OwnershipControls": {"Rules": []}}, reading=None)
    (planned,) = turns_of((put,), (back,))
    assert planned.before is UNSAID
    (turn,) = taking_back(put, back, Live(None), Live(sent["OwnershipControls"]))
    assert (turn.write.operation, turn.write.parameters) == ("DeleteBucketOwnershipControls", {"Bucket": "b"})
    assert (turn.write.reading, turn.before, turn.after) == (reading, sent["OwnershipControls"], None)
    (turn,) = taking_back(put, back, Live({"Rules": []}), Live(sent["OwnershipControls"]))
    assert turn.write.operation == "PutBucketOwnershipControls"


def test_what_is_deleted_on_the_way_back_was_not_there() -> None:
    reading = Reading("iam", "GetPolicyVersion", {"PolicyArn": "a"}, ("PolicyVersion", "Document"), ("NoSuchEntity",))
    create = write("CreatePolicy", reading, "iam", ["PolicyDocument"], PolicyName="p", PolicyDocument=ALLOW)
    attach, detach = write("AttachRolePolicy", None, "iam"), write("DetachRolePolicy", None, "iam")
    delete = write("DeletePolicy", None, "iam", PolicyArn="a")
    turns = turns_of((create, attach), (detach, delete))
    assert [(turn.before, turn.after) for turn in turns] == [(None, ALLOW), (UNSAID, UNSAID)]
    (turn,) = taking_back(create, delete, Live(None), Live(ALLOW, "v1"))
    assert (turn.write, turn.before, turn.after) == (delete._replace(reading=reading), ALLOW, None)


def test_settings_that_are_all_off_are_none() -> None:
    assert alike({"BlockPublicAcls": False, "IgnorePublicAcls": False}, None)
    assert not alike({"BlockPublicAcls": False, "IgnorePublicAcls": True}, None)
    assert not alike({}, None)
