"""What a call of S3 is over HTTP: its method, and the headers of its parameters; AWS: "Actions" (S3 API Reference)."""

from collections.abc import Mapping
from typing import Final

_BY_VERB: Final[Mapping[str, str]] = {
    "Get": "GET",
    "List": "GET",
    "Head": "HEAD",
    "Put": "PUT",
    "Delete": "DELETE",
}
_OTHERWISE: Final[Mapping[str, frozenset[str]]] = {
    "AbortMultipartUpload": frozenset({"DELETE"}),
    "CompleteMultipartUpload": frozenset({"POST"}),
    "CopyObject": frozenset({"PUT"}),
    "CreateBucket": frozenset({"PUT"}),
    "CreateBucketMetadataConfiguration": frozenset({"POST"}),
    "CreateBucketMetadataTableConfiguration": frozenset({"POST"}),
    "CreateMultipartUpload": frozenset({"POST"}),
    "CreateSession": frozenset({"GET"}),
    "DeleteObjects": frozenset({"POST"}),
    "PutObject": frozenset({"PUT", "POST"}),  # the form of a browser is the same operation
    "RenameObject": frozenset({"PUT"}),
    "RestoreObject": frozenset({"POST"}),
    "SelectObjectContent": frozenset({"POST"}),
    "UpdateBucketMetadataAnnotationTableConfiguration": frozenset({"PUT"}),
    "UpdateBucketMetadataInventoryTableConfiguration": frozenset({"PUT"}),
    "UpdateBucketMetadataJournalTableConfiguration": frozenset({"PUT"}),
    "UpdateObjectEncryption": frozenset({"PUT"}),
    "UploadPart": frozenset({"PUT"}),
    "UploadPartCopy": frozenset({"PUT"}),
}


def methods_of(operation: str) -> frozenset[str]:
    """Return the methods by which a call is made; none where that is not known, as of calls of S3's control plane."""
    found = _OTHERWISE.get(operation)
    if found is not None:
        return found
    verb = next((method for verb, method in _BY_VERB.items() if operation.startswith(verb)), None)
    return frozenset() if verb is None else frozenset({verb})


HEADERS: Final[Mapping[str, str]] = {
    "ACL": "x-amz-acl",
    "BypassGovernanceRetention": "x-amz-bypass-governance-retention",
    "CopySource": "x-amz-copy-source",
    "ExpectedBucketOwner": "x-amz-expected-bucket-owner",
    "ExpectedSourceBucketOwner": "x-amz-source-expected-bucket-owner",
    "GrantFullControl": "x-amz-grant-full-control",
    "GrantRead": "x-amz-grant-read",
    "GrantReadACP": "x-amz-grant-read-acp",
    "GrantWrite": "x-amz-grant-write",
    "GrantWriteACP": "x-amz-grant-write-acp",
    "MetadataDirective": "x-amz-metadata-directive",
    "MFA": "x-amz-mfa",
    "ObjectLockLegalHoldStatus": "x-amz-object-lock-legal-hold",
    "ObjectLockMode": "x-amz-object-lock-mode",
    "ObjectLockRetainUntilDate": "x-amz-object-lock-retain-until-date",
    "ObjectOwnership": "x-amz-object-ownership",
    "ServerSideEncryption": "x-amz-server-side-encryption",
    "SSECustomerAlgorithm": "x-amz-server-side-encryption-customer-algorithm",
    "SSEKMSKeyId": "x-amz-server-side-encryption-aws-kms-key-id",
    "StorageClass": "x-amz-storage-class",
    "Tagging": "x-amz-tagging",
    "TaggingDirective": "x-amz-tagging-directive",
    "WebsiteRedirectLocation": "x-amz-website-redirect-location",
}
"""The x-amz-* header of a parameter, of those that make a difference; a presigned call must have signed all of them."""
