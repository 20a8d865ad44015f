"""Laws of the state of objects: knowing less never turns a decision around, and 404 is for those who may list."""

from typing import Any, Final, TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from tests.cases import answer

Call: TypeAlias = tuple[str, str, dict[str, Any]]
Grants: TypeAlias = list[tuple[str, str]]

BOB: Final = "arn:aws:iam::111111111111:user/bob"
VERSION: Final[dict[str, Any]] = {"VersionId": "v"}
BYPASS: Final[dict[str, Any]] = {"BypassGovernanceRetention": True}
CODE: Final[dict[str, Any]] = {"MFA": "serial 123456"}
TWO: Final = {"Objects": [{"Key": "k", "VersionId": "v"}, {"Key": "l"}]}
LONGER: Final = {"Mode": "GOVERNANCE", "RetainUntilDate": "2100-01-01"}

CALLS: Final[list[Call]] = [
    *(("GetObject", "buk/k", each) for each in ({}, VERSION)),
    ("HeadObject", "buk/k", {}),
    ("GetObjectTagging", "buk/k", VERSION),
    ("RestoreObject", "buk/k", {}),
    ("CopyObject", "buk/k", {"CopySource": "old/k"}),
    *(("DeleteObject", "buk/k", each) for each in ({}, VERSION, {**VERSION, **BYPASS}, {**VERSION, **CODE})),
    *(("DeleteObjects", "buk", {"Delete": TWO, **each}) for each in ({}, BYPASS, CODE)),
    *(("PutObjectRetention", "buk/k", {"Retention": each}) for each in (LONGER, {}, {**LONGER, "Mode": "COMPLIANCE"})),
    *(("PutObject", "buk/k", each) for each in ({}, {"IfNoneMatch": "*"}, {"SSECustomerAlgorithm": "AES256"})),
    ("PutBucketVersioning", "buk", {"VersioningConfiguration": {"Status": "Enabled", "MFADelete": "Enabled"}}),
    ("PutBucketTagging", "buk", {}),
]
MODES: Final = ("GOVERNANCE", "COMPLIANCE")
LOCKS: Final[list[Any]] = [
    None,
    {"legal_hold": True},
    *(
        {"mode": mode, "retain_until": until}
        for mode in ("GOVERNANCE", "COMPLIANCE")
        for until in ("2020-01-01", "2099-01-01")
    ),
    {"mode": "COMPLIANCE"},
]
FACTS: Final[dict[str, list[Any]]] = {
    "object.exists": [True, False],
    "object.delete_marker": [True, False],
    "object.storage_class": ["STANDARD", "GLACIER", {"class": "GLACIER", "restored": True}],
    "object.lock": LOCKS,
    "bucket.versioning": [{"status": "Enabled"}, {"status": "Enabled", "mfa_delete": True}],
    "bucket.encryption": [{"blocked": ["SSE-C"]}, {"algorithm": "AES256"}],
    "bucket.abac": [True, False],
}
GRANTS: Final = [
    [("s3:*", "*")],
    [("s3:*", "arn:aws:s3:::buk/*"), ("s3:GetObject*", "arn:aws:s3:::old/*")],
    [("s3:*", "arn:aws:s3:::*/*"), ("s3:ListBucket", "arn:aws:s3:::buk")],
    [("s3:*", "arn:aws:s3:::*/*"), ("s3:ListBucketVersions", "arn:aws:s3:::*")],
    [("s3:GetObject", "*")],
]


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, Any]:
    """Return the facts of a world; those of a copy's source are drawn alike."""
    found: dict[str, Any] = {}
    for name, values in FACTS.items():
        for prefix in ("", "source.") if name.startswith("object.") else ("",):
            if draw(st.booleans()):
                found[prefix + name] = draw(st.sampled_from(values))
    return found


def decided(call: Call, facts: dict[str, Any], grants: Grants) -> dict[str, Any]:
    operation, resource, parameters = call
    statements = [{"Effect": "Allow", "Action": action, "Resource": where} for action, where in grants]
    evidence = {"principal.policies": [{"Version": "2012-10-17", "Statement": statements}], **facts}
    request = {
        "principal": BOB,
        "operation": operation,
        "resource": f"arn:aws:s3:::{resource}",
        "parameters": parameters,
    }
    return answer({**request, "evidence": evidence, "evidence_is_complete": True})


calls, grants_ = st.sampled_from(CALLS), st.sampled_from(GRANTS)


@given(calls, worlds(), grants_, st.data())
def test_knowing_less_never_turns_a_decision_around(
    call: Call, world: dict[str, Any], grants: Grants, data: st.DataObject
) -> None:
    hidden = data.draw(st.sets(st.sampled_from(sorted(world)))) if world else set()
    full = decided(call, world, grants)
    less = decided(call, {**world, **{name: {"unknown": True} for name in hidden}}, grants)
    assert less["decision"] in {"unknown", full["decision"]}
    if less["decision"] == "unknown":
        assert less["doubts"]


@given(calls, worlds(), grants_)
def test_a_lock_a_marker_or_an_archive_never_allows(call: Call, world: dict[str, Any], grants: Grants) -> None:
    """Policies decide first: what they refuse stays refused whatever the object's state."""
    if decided(call, {}, grants)["decision"] == "denied":
        assert decided(call, world, grants)["decision"] == "denied"


@given(calls, worlds(), grants_)
def test_404_is_for_those_who_may_list(call: Call, world: dict[str, Any], grants: Grants) -> None:
    found = decided(call, world, grants)
    if found["layer"] != "object_state" or found["status"] not in {403, 404} or "there is no" not in found["summary"]:
        return
    bucket = found["blockers"][0]["resource"].rpartition("/")[0]
    versions = "Version" in found["blockers"][0]["action"]
    may = {action for action in ("s3:ListBucket", "s3:ListBucketVersions") if allowed(action, bucket, grants)}
    assert (found["status"] == 404) == bool(may if versions else may & {"s3:ListBucket"})


def allowed(action: str, bucket: str, grants: Grants) -> bool:
    statements = [{"Effect": "Allow", "Action": name, "Resource": where} for name, where in grants]
    evidence = {"principal.policies": [{"Version": "2012-10-17", "Statement": statements}]}
    request = {"principal": BOB, "action": action, "resource": bucket, "evidence_is_complete": True}
    return bool(answer({**request, "evidence": evidence})["decision"] == "allowed")
