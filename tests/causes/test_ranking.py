from typing import Any

import pytest

from why403.causes.rank import MOST, POSSIBLE, Standing, ranked
from why403.causes.situation import Situation

from .asking import ACCOUNT, BUCKET, GET, LIST, OTHER_ACCOUNT, PUT, USER, allow, asked, cause_of, deny, document, layers
from .asking import refused as told

GRANT = allow("s3:GetObject", f"{BUCKET}/*")
NEAR = allow("s3:GetObject", f"{BUCKET}/other/*")
FAR = allow("s3:PutBucketTagging", "arn:aws:s3:::elsewhere")
OPEN = Situation(operation=None, action=None, resource=None, principal=None, code=None)


def get(evidence: dict[str, Any], **members: Any) -> dict[str, Any]:
    return asked(told("GetObject"), request={**GET, "principal": USER}, evidence=evidence, **members)


def for_user(*statements: dict[str, Any]) -> dict[str, Any]:
    return document(*({**each, "Principal": {"AWS": USER}} for each in statements))


def test_a_near_miss_stands_first() -> None:
    own, others = document(FAR), for_user(NEAR)
    assert layers(get({"principal.policies": [own], "bucket.policy": others}))[0] == "bucket_policy"
    assert layers(get({"principal.policies": [document(NEAR)], "bucket.policy": for_user(FAR)}))[0] == "identity"


def test_the_side_that_allows_is_dropped() -> None:
    found = get({"principal.policies": [document(GRANT)], "bucket.policy": None})
    assert layers(found)[0] == "bucket_policy"
    assert ("identity", "implicit") not in [(each["layer"], each["kind"]) for each in found["causes"]]


def test_the_resource_side_is_first_if_only_its_policy_is_known() -> None:
    assert layers(get({"bucket.policy": None}))[0] == "bucket_policy"
    assert layers(get({"principal.policies": []}))[0] == "identity"
    assert layers(get({}))[0] == "identity"


def test_a_neighbour_that_grants_is_no_reason_to_drop_a_denial() -> None:
    found = get({"principal.policies": [document(GRANT)]})
    assert ("identity", "explicit") not in [(each["layer"], each["kind"]) for each in found["causes"]]
    assert ("bucket_policy", "explicit") in [(each["layer"], each["kind"]) for each in found["causes"]]


@pytest.mark.parametrize(
    ("text", "layer", "kind"),
    [
        ("because no identity-based policy allows the s3:GetObject action", "identity", "implicit"),
        ("because no resource-based policy allows the s3:GetObject action", "bucket_policy", "implicit"),
        ("because no permissions boundary allows the s3:GetObject action", "permissions_boundary", "implicit"),
        ("because no session policy allows the s3:GetObject action", "session_policy", "implicit"),
        ("because no service control policy allows the s3:GetObject action", "scp", "implicit"),
        ("because no VPC endpoint policy allows the s3:GetObject action", "vpc_endpoint", "implicit"),
        ("with an explicit deny in an identity-based policy", "identity", "explicit"),
        ("with an explicit deny in a resource-based policy", "bucket_policy", "explicit"),
        ("with an explicit deny in a service control policy", "scp", "explicit"),
        ("with an explicit deny in a resource control policy", "rcp", "explicit"),
    ],
)
def test_what_aws_names_stands_first_and_does_not_hide_others(text: str, layer: str, kind: str) -> None:
    on = f'"{BUCKET}/a/b.csv"'
    message = f"User: {USER} is not authorized to perform: s3:GetObject on resource: {on} {text}"
    found = asked(told("GetObject", message=message))
    first = found["causes"][0]
    assert found["understood"]["aws_named"] == layer
    assert (first["layer"], first["kind"], first["likelihood"]) == (layer, kind, "likely")
    assert first["missing_action"] == "s3:GetObject"
    assert len(set(layers(found))) > 1
    assert found["decision"] == "unknown"


@pytest.mark.parametrize(
    ("setting", "action"), [("public ACLs", "s3:PutBucketAcl"), ("public policies", "s3:PutBucketPolicy")]
)
def test_what_aws_names_stands_first_without_the_call(setting: str, action: str) -> None:
    block = "BlockPublicAcls" if "ACL" in setting else "BlockPublicPolicy"
    because = f"because {setting} are prevented by the {block} setting in S3 Block Public Access."
    message = f'User: {USER} is not authorized to perform: {action} on resource: "{BUCKET}" {because}'
    found = asked(f"<Error><Code>AccessDenied</Code><Message>{message}</Message></Error>")
    assert layers(found)[0] == "block_public_access"
    assert found["causes"][0]["missing_action"] == action


def test_what_aws_names_of_a_key_stands_first_without_the_call() -> None:
    key = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    message = (
        f"User: {USER} is not authorized to perform: kms:Decrypt on resource: {key} because no identity-based policy"
    )
    text = f"<Error><Code>AccessDenied</Code><Message>{message} allows the kms:Decrypt action</Message></Error>"
    first = asked(text)["causes"][0]
    assert (first["layer"], first["kind"], first["missing_action"]) == ("kms", "implicit", "kms:Decrypt")


def test_evidence_overrides_every_prior() -> None:
    evidence = {
        "principal.policies": [document(allow("s3:*", "*"))],
        "bucket.owner": ACCOUNT,
        "bucket.policy": None,
        "organization.scps": [[document(allow("*", "*")), document(deny("s3:GetObject*", "*"))]],
    }
    least = min((row for row in POSSIBLE if not row.wants), key=lambda row: row.weight)
    assert least.layer in {"scp", "rcp", "session_policy"}
    found = get(evidence)
    assert (found["decision"], found["layer"]) == ("denied", "scp")
    assert (found["causes"][0]["layer"], found["causes"][0]["likelihood"]) == ("scp", "certain")
    assert all(each["likelihood"] == "unlikely" for each in found["causes"][1:])


def test_evidence_overrides_what_aws_names() -> None:
    reason = "because no identity-based policy allows the s3:GetObject action"
    message = f"User: {USER} is not authorized to perform: s3:GetObject {reason}"
    evidence = {"bucket.policy": document({**deny("s3:*", f"{BUCKET}/*"), "Principal": "*"}), "bucket.owner": ACCOUNT}
    found = asked(told("GetObject", message=message), request={**GET, "principal": USER}, evidence=evidence)
    assert (found["decision"], found["layer"], found["aws_agrees"]) == ("denied", "bucket_policy", False)
    assert found["causes"][0]["likelihood"] == "certain"


@pytest.mark.parametrize("request_", [GET, PUT, LIST, {}])
@pytest.mark.parametrize("evidence", [{}, {"bucket.policy": None}, {"principal.policies": []}])
def test_there_is_at_least_one_cause_and_not_too_many(request_: dict[str, Any], evidence: dict[str, Any]) -> None:
    found = asked(told(request_["operation"]) if request_ else "help", request=dict(request_), evidence=evidence)
    assert 1 <= len(found["causes"]) <= MOST
    pairs = [(each["layer"], each["kind"]) for each in found["causes"]]
    assert len(pairs) == len(set(pairs))


def test_with_everything_ruled_out_one_cause_is_left() -> None:
    everything = frozenset((row.layer, row.kind) for row in POSSIBLE)
    assert len(ranked(OPEN, Standing(passes=everything))) == 1


def test_more_blockers_than_causes_are_all_told() -> None:
    blocks = tuple(dict.fromkeys((row.layer, row.kind) for row in POSSIBLE))[: MOST + 2]
    found = ranked(OPEN, Standing(blocks=blocks))
    assert [(each["layer"], each["kind"]) for each in found] == list(blocks)


def test_a_blocker_that_no_row_knows_is_told_all_the_same() -> None:
    found = ranked(OPEN, Standing(blocks=(("malware_scan", "explicit"),)))
    assert (found[0]["layer"], found[0]["kind"], found[0]["likelihood"]) == ("malware_scan", "explicit", "certain")
    assert found[0]["fix"]["applicability"] == "manual"


def test_words_for_likelihood_fall_with_the_rank() -> None:
    order = ["certain", "likely", "possible", "unlikely"]
    for each in ({}, {"bucket.policy": None}, {"principal.policies": [document(NEAR)]}):
        words = [order.index(cause["likelihood"]) for cause in get(dict(each))["causes"]]
        assert words == sorted(words)
        assert 0 not in words


def test_within_an_account_the_bucket_is_nobody_else_s() -> None:
    found = get({"bucket.owner": ACCOUNT})
    assert "another account" not in cause_of(found, "bucket_policy", "implicit")["because"]
    across = get({"bucket.owner": OTHER_ACCOUNT})
    assert "another account" in cause_of(across, "bucket_policy", "implicit")["because"]


def test_a_bucket_that_is_to_be_made_has_no_policy() -> None:
    assert "bucket_policy" not in layers(asked(told("CreateBucket"), request={"bucket": "held-demo"}))


@pytest.mark.parametrize("allowed", ["s3:GetObject", "s3:GetObjectVersion"])
def test_a_version_that_may_be_named_leaves_open_which_action_was_needed(allowed: str) -> None:
    evidence = {"principal.policies": [document(allow(allowed, "*"))], "bucket.owner": ACCOUNT}
    found = get(evidence, evidence_is_complete=True)
    assert found["decision"] == "unknown"
    assert found["doubts"][0]["because"].startswith("it is not known whether the call names a version")


def test_what_denies_with_and_without_a_version_is_certain() -> None:
    evidence = {"principal.policies": [document(allow("s3:List*", "*"))], "bucket.owner": ACCOUNT}
    assert get(evidence, evidence_is_complete=True)["decision"] == "denied"


def test_an_address_says_that_no_version_was_asked_for() -> None:
    head = "$ curl -v https://b.s3.eu-central-1.amazonaws.com/k\n> GET /k HTTP/1.1\n"
    text = head + "> Host: b.s3.eu-central-1.amazonaws.com\n>\n< HTTP/1.1 403 Forbidden\n"
    evidence = {"principal.policies": [document(allow("s3:GetObjectVersion", "*"))], "bucket.owner": ACCOUNT}
    for source in (text, told("GetObject")):
        hints = {**GET, "principal": USER} if source is not text else {"principal": USER}
        found = asked(source, request=hints, evidence=evidence, evidence_is_complete=True)
        whys = [doubt["because"] for doubt in found["doubts"]]
        assert any("names a version" in why for why in whys) is (source is not text)


def test_what_only_the_version_s_own_action_meets_is_a_doubt() -> None:
    evidence = {
        "principal.policies": [document(allow("s3:*", "*"))],
        "bucket.owner": ACCOUNT,
        "object.lock": {"mode": "COMPLIANCE", "retain_until": "2999-01-01T00:00:00Z", "legal_hold": False},
    }
    call = {**GET, "operation": "DeleteObject", "principal": USER}
    found = asked(told("DeleteObject"), request=call, evidence=evidence, evidence_is_complete=True)
    assert (found["decision"], found["certainty"]) == ("unknown", "suspected")
    assert {doubt["layer"] for doubt in found["doubts"]} == {None, "object_state"}


def test_a_doubt_about_the_call_eliminates_no_layer() -> None:
    evidence = {"principal.policies": [document(allow("s3:GetObject", "*"))], "bucket.owner": ACCOUNT}
    found = get(evidence, evidence_is_complete=True)
    assert {doubt["layer"] for doubt in found["doubts"]} == {None}
    assert found["certainty"] == "suspected"


POINT = f"arn:aws:s3:eu-west-1:{OTHER_ACCOUNT}:accesspoint/desk"
THROUGH = {"principal": USER, "operation": "GetObject", "resource": f"{POINT}/object/k"}
OWN = [document(allow("s3:GetObject", f"{POINT}/object/*"))]
THEIRS = document({**allow("s3:GetObject", f"{POINT}/object/*"), "Principal": {"AWS": ACCOUNT}})


@pytest.mark.parametrize(
    ("facts", "layer", "kind", "says"),
    [
        ({}, "access_point", "implicit", "--account-id 444455556666 --name desk"),
        ({"access_point.policy": THEIRS}, "bucket_policy", "implicit", "get-bucket-policy --bucket behind"),
        ({"access_point.vpc": "vpc-1"}, "access_point", "requirement", "--name desk --query VpcConfiguration"),
        (
            {"access_point.policy": {**THEIRS, "Statement": [{**THEIRS["Statement"][0], "Effect": "Deny"}]}},
            "access_point",
            "explicit",
            "get-access-point-policy",
        ),
    ],
)
def test_what_is_certain_through_an_access_point_has_its_own_check_and_fix(
    facts: dict[str, Any], layer: str, kind: str, says: str
) -> None:
    evidence = {"bucket.owner": OTHER_ACCOUNT, "principal.policies": OWN, "access_point.bucket": "behind", **facts}
    request = {**THROUGH, "context_is_complete": True}
    found = asked(request=request, evidence=evidence, evidence_is_complete=True)["causes"][0]
    assert (found["layer"], found["kind"], found["likelihood"]) == (layer, kind, "certain")
    assert says in found["check"]["command"]
    if layer == "bucket_policy":
        assert "s3:GetObject on arn:aws:s3:::behind/k" in found["fix"]["summary"]
        assert "s3:DataAccessPointAccount is 444455556666" in found["fix"]["summary"]
