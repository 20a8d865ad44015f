"""Fills condition keys from the parameters of a call, for the actions that carry them (section 5.1)."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from .conditions import Json, scalars

WRITES_ACL = frozenset(
    {
        "s3:PutObject",
        "s3:PutObjectAcl",
        "s3:PutObjectVersionAcl",
        "s3:CreateBucket",
        "s3:PutBucketAcl",
        "s3:BypassGovernanceRetention",
    }
)
LISTS = frozenset({"s3:ListBucket", "s3:ListBucketVersions"})
PUT = frozenset({"s3:PutObject"})
TAGS = frozenset({"s3:PutObject", "s3:PutObjectTagging", "s3:PutObjectVersionTagging", "s3:BypassGovernanceRetention"})
OF_A_VERSION = frozenset(
    {
        "s3:GetObjectVersion",
        "s3:DeleteObjectVersion",
        "s3:GetObjectVersionAcl",
        "s3:PutObjectVersionAcl",
        "s3:GetObjectVersionTagging",
        "s3:PutObjectVersionTagging",
        "s3:DeleteObjectVersionTagging",
        "s3:GetObjectVersionAttributes",
    }
)
RETENTION = frozenset({"s3:PutObject", "s3:PutObjectRetention"})
HOLD = frozenset({"s3:PutObject", "s3:PutObjectLegalHold"})
NEW_BUCKET = frozenset({"s3:CreateBucket"})

CARRIED: dict[str, tuple[str, frozenset[str]]] = {
    "Prefix": ("s3:prefix", LISTS),
    "Delimiter": ("s3:delimiter", LISTS),
    "MaxKeys": ("s3:max-keys", LISTS),
    "ACL": ("s3:x-amz-acl", WRITES_ACL),
    "GrantRead": ("s3:x-amz-grant-read", WRITES_ACL),
    "GrantWrite": ("s3:x-amz-grant-write", WRITES_ACL),
    "GrantReadACP": ("s3:x-amz-grant-read-acp", WRITES_ACL),
    "GrantWriteACP": ("s3:x-amz-grant-write-acp", WRITES_ACL),
    "GrantFullControl": ("s3:x-amz-grant-full-control", WRITES_ACL),
    "ServerSideEncryption": ("s3:x-amz-server-side-encryption", PUT),
    "SSEKMSKeyId": ("s3:x-amz-server-side-encryption-aws-kms-key-id", PUT),
    "SSECustomerAlgorithm": ("s3:x-amz-server-side-encryption-customer-algorithm", PUT),
    "MetadataDirective": ("s3:x-amz-metadata-directive", PUT),
    "StorageClass": ("s3:x-amz-storage-class", PUT | {"s3:PutObjectAcl"}),
    "WebsiteRedirectLocation": ("s3:x-amz-website-redirect-location", PUT),
    "ObjectOwnership": ("s3:x-amz-object-ownership", NEW_BUCKET),
    "VersionId": ("s3:versionid", OF_A_VERSION),
    "IfMatch": ("s3:if-match", PUT | {"s3:DeleteObject"}),
    "IfNoneMatch": ("s3:if-none-match", PUT),
    "ObjectLockMode": ("s3:object-lock-mode", RETENTION),
    "ObjectLockRetainUntilDate": ("s3:object-lock-retain-until-date", RETENTION),
    "ObjectLockLegalHoldStatus": ("s3:object-lock-legal-hold", HOLD),
}
WITHIN: dict[str, dict[str, str]] = {
    "Retention": {"Mode": "ObjectLockMode", "RetainUntilDate": "ObjectLockRetainUntilDate"},
    "LegalHold": {"Status": "ObjectLockLegalHoldStatus"},
}
DAYS_LEFT = "s3:object-lock-remaining-retention-days"
KEYS_OF_PARAMETERS = frozenset({DAYS_LEFT, *(key for key, _ in CARRIED.values())})


def filled_keys(operation: str, action: str, parameters: Json) -> dict[str, tuple[str, ...]]:
    """The condition keys, in lower case, that the parameters fill for one action of a call."""
    found: dict[str, tuple[str, ...]] = {}
    for name, value in _flattened(parameters):
        key, actions = CARRIED.get(name, ("", frozenset()))
        if action in actions and (value != "" or name == "Prefix"):
            found[key] = scalars(value)
    if action in TAGS:
        tags = dict(_tags(parameters.get("Tagging")))
        found.update({f"s3:requestobjecttag/{name}".lower(): (value,) for name, value in tags.items()})
        if tags:
            found["s3:requestobjecttagkeys"] = tuple(tags)
    return found


def _flattened(parameters: Json) -> Iterator[tuple[str, Any]]:
    for name, value in parameters.items():
        if name in WITHIN and isinstance(value, dict):
            yield from ((WITHIN[name][part], inner) for part, inner in value.items() if part in WITHIN[name])
        elif value is not None:
            yield name, value


def _tags(tagging: Any) -> list[tuple[str, str]]:
    if isinstance(tagging, dict):
        return [(tag["Key"], tag["Value"]) for tag in tagging["TagSet"]]
    return parse_qsl(tagging or "", keep_blank_values=True)


def carries(key: str, action: str) -> bool:
    """Whether the parameters of a call decide about a key of this action, be it by not being sent."""
    if key.startswith("s3:requestobjecttag"):
        return action in TAGS
    if key == DAYS_LEFT:
        return action in RETENTION
    return any(key == name and action in actions for name, actions in CARRIED.values())
