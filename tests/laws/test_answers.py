"""What holds of every answer, whatever is asked: also for services whose policies no fact can tell."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.cases import answer

BOB = "arn:aws:iam::111111111111:user/bob"
PRINCIPALS = (
    BOB,
    "arn:aws:iam::111111111111:root",
    "arn:aws:sts::111111111111:assumed-role/app/s1",
    "arn:aws:sts::111111111111:federated-user/fed",
    "anonymous",
    "logging.s3.amazonaws.com",
)
ACTIONS = ("s3:GetObject", "s3:ListBucket", "s3:PutObject", "s3:ListAllMyBuckets", "s3:CreateBucket")
OF_OTHERS = ("kms:Decrypt", "sqs:SendMessage", "sts:AssumeRole", "s3express:CreateSession", "s3-outposts:GetObject")
ACCOUNTS = ("111111111111", "222222222222")
RESOURCES = ("*", "arn:aws:s3:::buk", "arn:aws:s3:::buk/k", "arn:aws:s3:::source./source.")
IN_ACCOUNTS = (
    "arn:aws:kms:eu-west-1:{}:key/k",
    "arn:aws:sqs:eu-west-1:{}:q",
    "arn:aws:iam::{}:role/app",
    "arn:aws:s3:eu-west-1:{}:accesspoint/ap",
    "arn:aws:s3:eu-west-1:{}:accesspoint/ap/object/k",
    "arn:aws:s3express:eu-west-1:{}:bucket/b--euw1-az1--x-s3",
    "arn:aws:s3-outposts:eu-west-1:{}:outpost/op-1/bucket/b/object/k",
    "arn:aws:s3-object-lambda:eu-west-1:{}:accesspoint/lambda/object/k",
)


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    """Return a policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


ALLOW, DENY = ({"Effect": effect, "Action": "*", "Resource": "*"} for effect in ("Allow", "Deny"))
ELSEWHERE = {**DENY, "Condition": {"StringNotEquals": {"aws:ResourceAccount": ACCOUNTS[0]}}}
IDENTITY = st.sampled_from([[], [policy(ALLOW)], [policy(DENY)], [policy(ALLOW, ELSEWHERE)], {"unknown": True}])
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "principal.policies": IDENTITY,
        "bucket.owner": st.sampled_from(ACCOUNTS),
        "object.owner": st.sampled_from(ACCOUNTS),
        "bucket.ownership": st.sampled_from(["BucketOwnerEnforced", "ObjectWriter"]),
        "bucket.policy": st.sampled_from(
            [None, policy({**ALLOW, "Principal": "*"}), policy({**DENY, "Principal": "*"})]
        ),
        "organization.scps": st.sampled_from([None, [[policy(ALLOW)]], [[]]]),
        "session.issuer": st.sampled_from([f"arn:aws:iam::{each}:role/app" for each in ACCOUNTS]),
    },
)
REQUESTS = st.fixed_dictionaries(
    {
        "principal": st.sampled_from(PRINCIPALS),
        "action": st.sampled_from(ACTIONS + OF_OTHERS),
        "resource": st.sampled_from(RESOURCES)
        | st.builds(str.format, st.sampled_from(IN_ACCOUNTS), st.sampled_from(ACCOUNTS)),
        "evidence": FACTS,
        "evidence_is_complete": st.booleans(),
        "context_is_complete": st.booleans(),
    }
)


@given(REQUESTS)
def test_a_denial_names_what_stands_in_the_way_and_an_open_answer_its_doubts(request: dict[str, Any]) -> None:
    found = answer(request)
    match found["decision"]:
        case "denied":
            assert found["layer"] == found["blockers"][0]["layer"]
        case "unknown":
            assert found["doubts"]
        case "allowed":
            assert found["granted_by"]


@given(REQUESTS, st.sampled_from(ACCOUNTS))
def test_naming_an_account_does_not_turn_a_certain_answer(request: dict[str, Any], account: str) -> None:
    request = {**request, "evidence_is_complete": False}
    named = {**request, "context": {"aws:ResourceAccount": account}}
    before, after = answer({**request, "context_is_complete": False}), answer({**named, "context_is_complete": False})
    if not request["resource"].startswith(
        "arn:aws:s3:::"
    ):  # a bucket's owner is a fact, which the key would contradict
        assert "unknown" in {before["decision"], after["decision"]} or before["decision"] == after["decision"]
