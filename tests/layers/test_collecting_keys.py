"""What is read of KMS keys: which key, in its own account and Region, its policy, its grants and its state."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.layers.reading_s3 import CALLERS, IN_BUCKET, IN_OBJECT, OWNERS, asked, plain
from tests.layers.tables import layer
from why403 import AccessRequest, Call, Fact, Found, Observation, Read, Unreadable
from why403.collecting.objects import HEAD_OBJECT
from why403.domain.evidence import SOURCE
from why403.domain.facts import BUCKET_OWNER, REGION
from why403.domain.states import BUCKET_ENCRYPTION, OBJECT_ENCRYPTION, Encryption
from why403.domain.truth import UNKNOWN
from why403.gathering.by_hand import collected
from why403_layers.keys import (
    DESCRIBE,
    GET_ENCRYPTION,
    GET_POLICY,
    GRANTS,
    KEY_ARN,
    KEY_MANAGER,
    KEY_POLICY,
    KEY_STATE,
    LIST_GRANTS,
)

KEY = f"arn:aws:kms:eu-west-1:{OWNERS}:key/1234abcd"
OWN_KEY = f"arn:aws:kms:eu-central-1:{CALLERS}:key/5678"
GIVEN: Mapping[Fact[Any], object] = {BUCKET_OWNER: CALLERS, REGION: "eu-central-1"}
POLICY = '{"Version": "2012-10-17", "Statement": []}'
GRANT = {"GranteePrincipal": "arn:aws:iam::111122223333:role/app", "Operations": ["Decrypt"]}
READ = Call(operation="GetObject")
WRITE = Call(operation="PutObject")
OF_KEY = (KEY_ARN, KEY_STATE, KEY_MANAGER, KEY_POLICY, GRANTS)
HEADERS = {"ETag": "e", "ServerSideEncryption": "aws:kms", "SSEKMSKeyId": KEY, "BucketKeyEnabled": True}


def head(**headers: Any) -> dict[Read, Any]:
    return {HEAD_OBJECT.current.read(account=CALLERS, **IN_OBJECT): headers}


def default(key: str | None = None, algorithm: str = "aws:kms", **more: Any) -> dict[Read, Any]:
    """Return the answer that tells how a bucket encrypts."""
    by_default = {"SSEAlgorithm": algorithm} | ({} if key is None else {"KMSMasterKeyID": key})
    rule = {"ApplyServerSideEncryptionByDefault": by_default, **more}
    return {GET_ENCRYPTION.read(account=CALLERS, **IN_BUCKET): {"Rules": [rule]}}


def the_key(arn: str = KEY, named: str | None = None, **changed: Any) -> dict[Read, Any]:
    """Return what KMS tells of a key."""
    region, account = arn.split(":")[3:5]
    where = {"account": account, "region": region}
    told = {"Arn": arn, "KeyState": "Enabled", "KeyManager": "CUSTOMER"}
    return {
        DESCRIBE.read(**where, KeyId=named or arn): changed.get("described", told),
        GET_POLICY.read(**where, KeyId=arn, PolicyName="default"): changed.get("policy", POLICY),
        LIST_GRANTS.read(**where, KeyId=arn): changed.get("grants", []),
    }


def seen_of(
    request: AccessRequest, answers: Mapping[Read, Any], facts: Mapping[Fact[Any], object] = GIVEN
) -> Mapping[Fact[Any], Observation[Any]]:
    return collected(layer("kms"), request, answers, facts=facts)


def words(seen: Mapping[Fact[Any], Observation[Any]]) -> dict[str, object]:
    return {fact.name: plain(seen.get(fact)) for fact in OF_KEY}


UNREADABLE = dict.fromkeys((fact.name for fact in OF_KEY), "unreadable")
NOT_TRIED = dict.fromkeys((fact.name for fact in OF_KEY), "not tried")


def test_the_key_of_an_object_is_read_where_it_is() -> None:
    seen = seen_of(asked(call=READ), {**head(**HEADERS), **the_key(grants=[GRANT])})
    assert plain(seen[OBJECT_ENCRYPTION]) == Encryption(algorithm="aws:kms", key=KEY, bucket_key=True)
    assert plain(seen[KEY_ARN]) == KEY
    assert plain(seen[KEY_STATE]) == "Enabled"
    assert plain(seen[KEY_MANAGER]) == "CUSTOMER"
    assert isinstance(seen[KEY_POLICY], Found)
    assert isinstance(seen[GRANTS], Found)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"ServerSideEncryption": "AES256"}, Encryption(algorithm="AES256", key=None, bucket_key=False)),
        ({}, "absent"),
        (
            {"ServerSideEncryption": "aws:kms:dsse", "SSEKMSKeyId": KEY},
            Encryption(algorithm="aws:kms:dsse", key=KEY, bucket_key=False),
        ),
        ({"DeleteMarker": True}, "absent"),
    ],
)
def test_the_headers_of_an_object_tell_how_it_is_encrypted(headers: dict[str, Any], expected: object) -> None:
    assert plain(seen_of(asked(call=READ), head(ETag="e", **headers))[OBJECT_ENCRYPTION]) == expected


def test_no_object_is_under_no_key() -> None:
    seen = seen_of(asked(call=READ), {})
    assert plain(seen[OBJECT_ENCRYPTION]) == "absent"
    assert words(seen) == NOT_TRIED


@pytest.mark.parametrize("operation", ["PutObject", "UploadPart", "GetObjectTagging", "DeleteObject"])
def test_an_object_is_not_looked_at_where_its_key_is_not_needed(operation: str) -> None:
    assert OBJECT_ENCRYPTION not in seen_of(asked(call=Call(operation=operation)), head(**HEADERS))


def test_an_action_alone_needs_no_key() -> None:
    seen = seen_of(asked(), {**head(**HEADERS), **default(KEY)})
    assert OBJECT_ENCRYPTION not in seen
    assert words(seen) == NOT_TRIED


def test_the_source_of_a_copy_has_a_key_of_its_own() -> None:
    request = asked(call=Call(operation="CopyObject", parameters={"CopySource": "reports/q3.csv"}))
    action, of_source, evidence = "s3:GetObject", request.resource, request.evidence
    source = AccessRequest(request.principal, action, of_source, {}, None, evidence, call=request.call, subject=SOURCE)
    seen = seen_of(source, {**head(**HEADERS), **the_key(), **default(OWN_KEY)})
    assert plain(seen[KEY_ARN]) == KEY


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (default(KEY), Encryption(algorithm="aws:kms", key=KEY, bucket_key=False)),
        (default(BucketKeyEnabled=True), Encryption(algorithm="aws:kms", key=None, bucket_key=True)),
        (
            default(None, "AES256", BlockedEncryptionTypes={"EncryptionType": ["SSE-C"]}),
            Encryption(algorithm="AES256", key=None, bucket_key=False, blocked=("SSE-C",)),
        ),
        (
            {GET_ENCRYPTION.read(account=CALLERS, **IN_BUCKET): {"Rules": [{"BucketKeyEnabled": False}]}},
            Encryption(algorithm=None, key=None, bucket_key=False),
        ),
        ({}, "absent"),
        ({GET_ENCRYPTION.read(account=CALLERS, **IN_BUCKET): Unreadable("refused")}, "unreadable"),
    ],
)
def test_the_bucket_tells_how_it_encrypts(told: dict[Read, Any], expected: object) -> None:
    assert plain(seen_of(asked("s3:PutObject", call=WRITE), told)[BUCKET_ENCRYPTION]) == expected


def test_an_upload_is_under_the_bucket_s_key() -> None:
    seen = seen_of(asked("s3:PutObject", call=WRITE), {**default(KEY), **the_key()})
    assert plain(seen[KEY_ARN]) == KEY
    assert plain(seen[GRANTS]) == "absent"


def test_an_upload_that_chooses_is_under_its_own() -> None:
    call = Call(operation="PutObject", parameters={"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": OWN_KEY})
    seen = seen_of(asked("s3:PutObject", call=call), {**default(KEY), **the_key(OWN_KEY)})
    assert plain(seen[KEY_ARN]) == OWN_KEY


@pytest.mark.parametrize(("named", "asks"), [("alias/x", "alias/x"), ("5678", OWN_KEY), (None, "alias/aws/s3")])
def test_what_is_no_arn_is_the_caller_s_and_in_the_bucket_s_region(named: str | None, asks: str) -> None:
    seen = seen_of(asked("s3:PutObject", call=WRITE), {**default(named), **the_key(OWN_KEY, asks)})
    assert plain(seen[KEY_ARN]) == OWN_KEY
    assert plain(seen[KEY_STATE]) == "Enabled"
    assert plain(seen[KEY_POLICY]) not in {"absent", "unreadable"}


def test_an_alias_that_kms_does_not_resolve_leaves_the_key_unread() -> None:
    answers = {**default("alias/x"), **the_key(OWN_KEY, "alias/x", described=Unreadable("refused"))}
    assert words(seen_of(asked("s3:PutObject", call=WRITE), answers)) == UNREADABLE


def test_without_the_region_a_key_that_is_no_arn_is_not_read() -> None:
    facts = {BUCKET_OWNER: CALLERS, REGION: {"unknown": True}}
    assert words(seen_of(asked("s3:PutObject", call=WRITE), default("alias/x"), facts)) == UNREADABLE


def test_each_read_of_a_key_may_be_refused_by_itself() -> None:
    refused = Unreadable("refused")
    seen = words(seen_of(asked(call=READ), {**head(**HEADERS), **the_key(described=refused)}))
    assert {name for name, held in seen.items() if held == "unreadable"} == {
        "kms.key_arn",
        "kms.key_state",
        "kms.key_manager",
    }
    seen = words(seen_of(asked(call=READ), {**head(**HEADERS), **the_key(policy=refused)}))
    assert [name for name, held in seen.items() if held == "unreadable"] == ["kms.key_policy"]
    seen = words(seen_of(asked(call=READ), {**head(**HEADERS), **the_key(grants=refused)}))
    assert [name for name, held in seen.items() if held == "unreadable"] == ["kms.grants"]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (GRANT, (GRANT["GranteePrincipal"], ("Decrypt",), {})),
        (
            {**GRANT, "Constraints": {"EncryptionContextEquals": {"a": "b"}}},
            (
                GRANT["GranteePrincipal"],
                ("Decrypt",),
                {"EncryptionContextEquals": {"a": "b"}, "EncryptionContextSubset": None},
            ),
        ),
        ({"GranteeServicePrincipal": "logs.amazonaws.com", "Operations": []}, ("logs.amazonaws.com", (), {})),
    ],
)
def test_grants_are_read_as_evidence_holds_them(told: dict[str, Any], expected: tuple[Any, ...]) -> None:
    seen: Any = plain(seen_of(asked(call=READ), {**head(**HEADERS), **the_key(grants=[told])})[GRANTS])
    assert [(each.grant.grantee, each.grant.operations, each.grant.constraints) for each in seen] == [expected]


def test_an_unknown_constraint_leaves_only_the_grants_open() -> None:
    odd = {**GRANT, "Constraints": {"SourceArn": "arn:aws:s3:::b"}}
    seen = seen_of(asked(call=READ), {**head(**HEADERS), **the_key(grants=[odd])})
    assert [name for name, held in words(seen).items() if held == "unreadable"] == ["kms.grants"]
    assert seen[GRANTS] == Unreadable("a grant of the key has a constraint of a kind that is not known here")


def test_where_a_call_may_have_chosen_another_key_the_bucket_s_is_read() -> None:
    call = Call(operation="PutObject", unlisted=UNKNOWN)
    assert plain(seen_of(asked("s3:PutObject", call=call), {**default(KEY), **the_key()})[KEY_ARN]) == KEY


def test_where_a_call_may_have_chosen_a_key_and_nothing_tells_which_it_is_not_read() -> None:
    call = Call(operation="PutObject", parameters={"ServerSideEncryption": "aws:kms"}, unlisted=UNKNOWN)
    seen = seen_of(asked("s3:PutObject", call=call), default(algorithm="AES256"))
    assert words(seen) == UNREADABLE
    assert seen[KEY_ARN] == Unreadable("it is not known which KMS key is used")


def test_an_object_that_could_not_be_looked_at_leaves_its_key_unread() -> None:
    answers = {HEAD_OBJECT.current.read(account=CALLERS, **IN_OBJECT): Unreadable("refused")}
    seen = seen_of(asked(call=READ), answers)
    assert plain(seen[OBJECT_ENCRYPTION]) == "unreadable"
    assert words(seen) == UNREADABLE


def test_a_key_that_is_asked_about_is_read() -> None:
    seen = seen_of(asked("kms:Decrypt", resource=KEY), the_key(), {})
    assert plain(seen[KEY_ARN]) == KEY
    assert words(seen_of(asked("kms:UpdateAlias", resource=f"arn:aws:kms:eu-west-1:{OWNERS}:alias/x"), {}, {})) == (
        NOT_TRIED
    )
