"""The headers of an S3 request and answer, as parameters and fields of a report.

AWS: "Common request headers" and "Common response headers" (Amazon S3 API Reference).
"""

from collections.abc import Mapping
from typing import Any, Final

# Header or parameter of CloudTrail's `requestParameters`, to the parameter as boto3 names it.
_PARAMETERS: Final = {
    "x-amz-acl": "ACL",
    "x-amz-grant-full-control": "GrantFullControl",
    "x-amz-grant-read": "GrantRead",
    "x-amz-grant-read-acp": "GrantReadACP",
    "x-amz-grant-write": "GrantWrite",
    "x-amz-grant-write-acp": "GrantWriteACP",
    "x-amz-server-side-encryption": "ServerSideEncryption",
    "x-amz-server-side-encryption-aws-kms-key-id": "SSEKMSKeyId",
    "x-amz-server-side-encryption-customer-algorithm": "SSECustomerAlgorithm",
    "x-amz-storage-class": "StorageClass",
    "x-amz-tagging": "Tagging",
    "x-amz-tagging-directive": "TaggingDirective",
    "x-amz-metadata-directive": "MetadataDirective",
    "x-amz-copy-source": "CopySource",
    "x-amz-request-payer": "RequestPayer",
    "x-amz-expected-bucket-owner": "ExpectedBucketOwner",
    "x-amz-object-ownership": "ObjectOwnership",
    "x-amz-object-lock-mode": "ObjectLockMode",
    "x-amz-object-lock-retain-until-date": "ObjectLockRetainUntilDate",
    "x-amz-object-lock-legal-hold": "ObjectLockLegalHoldStatus",
    "x-amz-website-redirect-location": "WebsiteRedirectLocation",
    "x-amz-mfa": "MFA",
    "if-match": "IfMatch",
    "if-none-match": "IfNoneMatch",
    "versionid": "VersionId",
    "x-amz-version-id": "VersionId",
}
_OF_LISTS: Final = {"prefix": "Prefix", "delimiter": "Delimiter", "max-keys": "MaxKeys"}
_FLAGS: Final = {"x-amz-bypass-governance-retention": "BypassGovernanceRetention"}


def parameters_of(sent: Mapping[str, object]) -> dict[str, Any]:
    """Return what headers or a query say as parameters; names in any case."""
    told: dict[str, Any] = {}
    for name, value in sent.items():
        lower = name.lower()
        if not isinstance(value, str | int | float):
            continue
        if lower in _FLAGS:
            told[_FLAGS[lower]] = str(value).lower() == "true"
        elif lower in _PARAMETERS and value != "":
            told[_PARAMETERS[lower]] = str(value)
        elif lower in _OF_LISTS:
            told[_OF_LISTS[lower]] = _number(str(value)) if lower == "max-keys" else str(value)
    return told


def _number(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= len("1000000000") else text
