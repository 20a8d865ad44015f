"""KMS keys as facts, and how they are read in the key's own account and Region.

AWS: "DescribeKey", "GetKeyPolicy", "ListGrants" (AWS KMS API Reference); "GetBucketEncryption" (Amazon S3 API
Reference).
"""

from collections.abc import Mapping
from typing import Any, Final

from why403 import (
    ABSENT,
    Absent,
    AccessRequest,
    AwsCall,
    CannotTell,
    Collecting,
    Collector,
    Evidence,
    Fact,
    Found,
    InvalidInput,
    Keep,
    Observation,
    Observations,
    Unreadable,
)
from why403.collecting.objects import HEAD_OBJECT, headers_of
from why403.collecting.s3 import OF_BUCKET, bucket_collector, of_bucket
from why403.domain.arn import NOT_TOLD, Resource
from why403.domain.facts import REGION, text
from why403.domain.kms import key_asked
from why403.domain.operations import UNREAD, KeyUse, is_key_arn, key_of, reads_with_key
from why403.domain.states import (
    BUCKET_ENCRYPTION,
    OBJECT_ENCRYPTION,
    key_manager,
    key_state,
)
from why403.domain.truth import FALSE
from why403.policy import PolicyKind, one_policy, policies_of
from why403.policy.key_grants import KeyGranted, granted


def _arn(value: object) -> str:
    arn = text(value)
    if not is_key_arn(arn):
        raise InvalidInput.at("", "must be the ARN of a KMS key")
    return arn


NOT_LISTED: Final = Unreadable("every KMS key has a policy, and that of this one is not given", "kms:GetKeyPolicy")
KEY_ARN: Fact[str] = Fact(
    name="kms.key_arn", load=_arn, permission="kms:DescribeKey", assumed=True, of_resource=True, of_object=True
)
KEY_POLICY: Fact[Any] = Fact(
    name="kms.key_policy",
    load=one_policy(PolicyKind.RESOURCE),
    permission="kms:GetKeyPolicy",
    otherwise=NOT_LISTED,
    assumed=True,
    of_resource=True,
    of_object=True,
    policies=policies_of,
)
KEY_STATE: Fact[str] = Fact(
    name="kms.key_state", load=key_state, permission="kms:DescribeKey", assumed=True, of_resource=True, of_object=True
)
KEY_MANAGER: Fact[str] = Fact(
    name="kms.key_manager",
    load=key_manager,
    permission="kms:DescribeKey",
    assumed=True,
    of_resource=True,
    of_object=True,
)
GRANTS: Fact[tuple[KeyGranted, ...]] = Fact(
    name="kms.grants", load=granted, permission="kms:ListGrants", assumed=True, of_resource=True, of_object=True
)

GET_ENCRYPTION = of_bucket(
    "GetBucketEncryption",
    "s3:GetEncryptionConfiguration",
    absent=("ServerSideEncryptionConfigurationNotFoundError",),
    member="ServerSideEncryptionConfiguration",
)
DESCRIBE = AwsCall(
    service="kms",
    operation="DescribeKey",
    permission="kms:DescribeKey",
    member="KeyMetadata",
    keep=Keep.SHORT,
    probe={"KeyId": "alias/aws/s3"},
)
GET_POLICY = AwsCall(
    service="kms", operation="GetKeyPolicy", permission="kms:GetKeyPolicy", member="Policy", keep=Keep.SHORT
)
LIST_GRANTS = AwsCall(
    service="kms", operation="ListGrants", permission="kms:ListGrants", pages="Grants", keep=Keep.SHORT
)
_CONSTRAINTS: Final = frozenset({"EncryptionContextEquals", "EncryptionContextSubset"})


def _encryption(told: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a bucket's encryption as evidence; a bucket has one rule."""
    (rule,) = told["Rules"]
    default = rule.get("ApplyServerSideEncryptionByDefault", {})
    return {
        "algorithm": default.get("SSEAlgorithm"),
        "key": default.get("KMSMasterKeyID"),
        "bucket_key": rule.get("BucketKeyEnabled", False),
        "blocked": rule.get("BlockedEncryptionTypes", {}).get("EncryptionType"),
    }


def collect_encryption(request: AccessRequest) -> Collecting[Observations]:
    """Read how the object is encrypted that is read; how an upload is, the object it may replace does not tell."""
    if request.call is None or not reads_with_key(request.call.operation, request.subject):
        return {}
    seen = yield headers_of(request)
    if not isinstance(seen, Found):
        return {} if seen is None else {OBJECT_ENCRYPTION: seen}
    told = seen.value
    if told.get("ServerSideEncryption") is None:
        return {OBJECT_ENCRYPTION: ABSENT}
    return {
        OBJECT_ENCRYPTION: Found(
            {
                "algorithm": told["ServerSideEncryption"],
                "key": told.get("SSEKMSKeyId"),
                "bucket_key": told.get("BucketKeyEnabled", False),
            }
        )
    }


def collect_key(request: AccessRequest) -> Collecting[Observations]:
    """Read the key that the request is about, or that S3 uses for the call: its state, its policy and its grants."""
    key, named = yield _key(request)
    if key is None:
        return {}
    if NOT_TOLD in {key.region, key.account}:
        region = yield REGION
        raise CannotTell(region if isinstance(region, Unreadable) else Unreadable("it is not known which key is used"))
    where = {"account": key.account, "region": key.region}
    described = yield DESCRIBE.read(**where, KeyId=named)
    arn = described.value["Arn"] if isinstance(described, Found) else key.arn
    if NOT_TOLD in arn:
        raise CannotTell(described if isinstance(described, Unreadable) else Unreadable("there is no such KMS key"))
    policy, grants = yield (
        GET_POLICY.read(**where, KeyId=arn, PolicyName="default"),
        LIST_GRANTS.read(**where, KeyId=arn),
    )
    return {
        KEY_ARN: _member(described, "Arn"),
        KEY_STATE: _member(described, "KeyState"),
        KEY_MANAGER: _member(described, "KeyManager"),
        KEY_POLICY: policy,
        GRANTS: _grants_told(grants),
    }


def _key(request: AccessRequest) -> Collecting[tuple[Resource | None, str]]:
    """Return the key and how it is named to KMS, None if no key is used."""
    if request.resource.service == "kms":
        return (request.resource if is_key_arn(request.resource.arn) else None), request.resource.arn
    if request.call is None:
        return None, ""
    use = yield _use(request)
    if use.used == FALSE:
        return None, ""
    seen = yield REGION
    key = key_asked(use, request.resource, request.principal, Evidence({REGION: seen}))
    return key, key.arn if not key.vague else use.named or "alias/aws/s3"


def _use(request: AccessRequest) -> Collecting[KeyUse]:
    of_object, of_bucket = yield (OBJECT_ENCRYPTION, BUCKET_ENCRYPTION)
    values = {
        f"{request.subject}{OBJECT_ENCRYPTION.name}": _value(of_object),
        f"{request.subject}{BUCKET_ENCRYPTION.name}": _value(of_bucket),
    }
    call = request.call
    use = key_of(call, values.get, request.subject) if call else KeyUse(FALSE)
    if use.used != FALSE and use.named is None:
        unread = next((each for each in (of_object, of_bucket) if isinstance(each, Unreadable)), None)
        raise CannotTell(unread or Unreadable("it is not known which KMS key is used"))
    return use


def _value(seen: Observation[Any]) -> Any:
    if isinstance(seen, Found):
        return seen.value
    return None if isinstance(seen, Absent) else UNREAD


def _member(described: Observation[Any], name: str) -> Observation[Any]:
    return Found(described.value[name]) if isinstance(described, Found) else described


def _grants_told(seen: Observation[Any]) -> Observation[Any]:
    """Return grants as evidence; where one has a constraint of a kind that nobody here knows, they are not known."""
    if not isinstance(seen, Found):
        return seen
    if any(set(each.get("Constraints") or {}) - _CONSTRAINTS for each in seen.value):
        return Unreadable("a grant of the key has a constraint of a kind that is not known here")
    return Found([_grant_told(each) for each in seen.value])


def _grant_told(grant: Mapping[str, Any]) -> Mapping[str, Any]:
    constraints = grant.get("Constraints") or {}
    grantee = grant.get("GranteePrincipal") or grant["GranteeServicePrincipal"]
    return {"grantee": grantee, "operations": grant["Operations"], "constraints": constraints or None}


FACTS_OF_KEY: Final = (KEY_ARN, KEY_STATE, KEY_MANAGER, KEY_POLICY, GRANTS)
COLLECTORS: Final = (
    bucket_collector(BUCKET_ENCRYPTION, GET_ENCRYPTION, _encryption),
    Collector(facts=(OBJECT_ENCRYPTION,), reads=HEAD_OBJECT, needs=OF_BUCKET, collect=collect_encryption),
    Collector(
        facts=FACTS_OF_KEY,
        reads=(DESCRIBE, GET_POLICY, LIST_GRANTS),
        needs=(OBJECT_ENCRYPTION, BUCKET_ENCRYPTION, REGION),
        collect=collect_key,
    ),
)
