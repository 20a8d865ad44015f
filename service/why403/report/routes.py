"""Which operation an HTTP request to S3 is, by method, path and query; and the operation names of access logs.

AWS: "Actions" (Amazon S3 API Reference); "Amazon S3 server access log format".
"""

from collections.abc import Mapping
from typing import Final

from why403.domain.operations import OPERATIONS
from why403.report.names import operation_of

_VERBS: Final = {"GET": "Get", "PUT": "Put", "DELETE": "Delete"}
_SUBRESOURCES: Final = {
    "abac": "Abac",
    "accelerate": "AccelerateConfiguration",
    "acl": "Acl",
    "analytics": "AnalyticsConfiguration",
    "cors": "Cors",
    "encryption": "Encryption",
    "intelligent-tiering": "IntelligentTieringConfiguration",
    "inventory": "InventoryConfiguration",
    "lifecycle": "LifecycleConfiguration",
    "location": "Location",
    "logging": "Logging",
    "metrics": "MetricsConfiguration",
    "notification": "NotificationConfiguration",
    "ownershipControls": "OwnershipControls",
    "policy": "Policy",
    "policyStatus": "PolicyStatus",
    "replication": "Replication",
    "requestPayment": "RequestPayment",
    "tagging": "Tagging",
    "versioning": "Versioning",
    "website": "Website",
}
_SPECIAL: Final = {
    ("GET", "publicAccessBlock"): "GetPublicAccessBlock",
    ("PUT", "publicAccessBlock"): "PutPublicAccessBlock",
    ("DELETE", "publicAccessBlock"): "DeletePublicAccessBlock",
    ("GET", "object-lock"): "GetObjectLockConfiguration",
    ("PUT", "object-lock"): "PutObjectLockConfiguration",
    ("GET", "versions"): "ListObjectVersions",
    ("GET", "uploads"): "ListMultipartUploads",
    ("POST", "delete"): "DeleteObjects",
    ("GET", "session"): "CreateSession",
}
_ON_OBJECT: Final = {
    ("GET", "acl"): "GetObjectAcl",
    ("PUT", "acl"): "PutObjectAcl",
    ("GET", "tagging"): "GetObjectTagging",
    ("PUT", "tagging"): "PutObjectTagging",
    ("DELETE", "tagging"): "DeleteObjectTagging",
    ("GET", "retention"): "GetObjectRetention",
    ("PUT", "retention"): "PutObjectRetention",
    ("GET", "legal-hold"): "GetObjectLegalHold",
    ("PUT", "legal-hold"): "PutObjectLegalHold",
    ("GET", "attributes"): "GetObjectAttributes",
    ("GET", "torrent"): "GetObjectTorrent",
    ("POST", "restore"): "RestoreObject",
    ("POST", "select"): "SelectObjectContent",
    ("POST", "uploads"): "CreateMultipartUpload",
    ("GET", "uploadId"): "ListParts",
    ("POST", "uploadId"): "CompleteMultipartUpload",
    ("DELETE", "uploadId"): "AbortMultipartUpload",
    ("PUT", "uploadId"): "UploadPart",
    ("PUT", "encryption"): "UpdateObjectEncryption",
    ("PUT", "renameObject"): "RenameObject",
}
_PLAIN: Final = {
    "GET": ("ListObjects", "GetObject"),
    "HEAD": ("HeadBucket", "HeadObject"),
    "PUT": ("CreateBucket", "PutObject"),
    "DELETE": ("DeleteBucket", "DeleteObject"),
    "POST": ("PutObject", None),  # the form of a browser
}


def operation_at(
    method: str, bucket: str | None, key: str | None, query: Mapping[str, str], *, copies: bool = False
) -> str | None:
    """Return the operation of a request, None where method and address name none."""
    told = operation_of(query.get("x-id", ""))  # newer SDKs say in the query what they call
    if told:
        return told
    if bucket is None:
        return "ListBuckets" if method == "GET" and key is None else None
    if key is not None:
        found = next((_ON_OBJECT[method, name] for name in query if (method, name) in _ON_OBJECT), None)
        found = found or _PLAIN.get(method, (None, None))[1]
        return {"PutObject": "CopyObject", "UploadPart": "UploadPartCopy"}.get(found or "", found) if copies else found
    return _on_bucket(method, query)


def _on_bucket(method: str, query: Mapping[str, str]) -> str | None:
    for name in query:
        special = _SPECIAL.get((method, name))
        if special:
            return special
        if name in _SUBRESOURCES and method in _VERBS:
            return _configuration(_VERBS[method], _SUBRESOURCES[name], one="id" in query)
    if method == "GET" and query.get("list-type") == "2":
        return "ListObjectsV2"
    return _PLAIN.get(method, (None, None))[0]


def _configuration(verb: str, subresource: str, *, one: bool) -> str | None:
    # Without an id, a GET of configurations that come in numbers lists them.
    listing = f"ListBucket{subresource}s"
    if verb == "Get" and not one and listing in OPERATIONS:
        return listing
    return operation_of(f"{verb}Bucket{subresource}")


_LOGGED: Final = {
    "REST.COPY.OBJECT": "CopyObject",
    "REST.COPY.OBJECT_GET": "GetObject",  # the line of the source's bucket
    "REST.COPY.PART": "UploadPartCopy",
    "REST.COPY.PART_GET": "GetObject",
    "REST.PUT.PART": "UploadPart",
    "REST.POST.UPLOADS": "CreateMultipartUpload",
    "REST.POST.UPLOAD": "CompleteMultipartUpload",
    "REST.DELETE.UPLOAD": "AbortMultipartUpload",
    "REST.GET.UPLOAD": "ListParts",
    "REST.GET.UPLOADS": "ListMultipartUploads",
    "REST.POST.MULTI_OBJECT_DELETE": "DeleteObjects",
    "BATCH.DELETE.OBJECT": "DeleteObject",
    "REST.GET.BUCKETVERSIONS": "ListObjectVersions",
    "REST.GET.SERVICE": "ListBuckets",
    "REST.POST.RESTORE": "RestoreObject",
    "REST.POST.OBJECT": "PutObject",
    "WEBSITE.GET.OBJECT": "GetObject",
    "WEBSITE.HEAD.OBJECT": "HeadObject",
}
_LOGGED_PARTS: Final = {
    "ACL": "acl",
    "BUCKETPOLICY": "policy",
    "POLICY_STATUS": "policyStatus",
    "LOCATION": "location",
    "LOGGING_STATUS": "logging",
    "LIFECYCLE": "lifecycle",
    "NOTIFICATION": "notification",
    "REQUEST_PAYMENT": "requestPayment",
    "TAGGING": "tagging",
    "OBJECT_TAGGING": "tagging",
    "VERSIONING": "versioning",
    "WEBSITE": "website",
    "CORS": "cors",
    "ENCRYPTION": "encryption",
    "REPLICATION": "replication",
    "INVENTORY": "inventory",
    "METRICS": "metrics",
    "ANALYTICS": "analytics",
    "ACCELERATE": "accelerate",
    "PUBLIC_ACCESS_BLOCK": "publicAccessBlock",
    "OWNERSHIP_CONTROLS": "ownershipControls",
    "OBJECT_LOCK_CONFIGURATION": "object-lock",
    "LEGAL_HOLD": "legal-hold",
    "RETENTION": "retention",
    "OBJECT_ATTRIBUTES": "attributes",
}


def operation_logged(name: str, bucket: str, key: str | None, query: Mapping[str, str]) -> str | None:
    """Return the operation that a field such as `REST.GET.OBJECT` of an access log means."""
    known = _LOGGED.get(name)
    if known:
        return known
    _, method, part = (*name.split(".", 2), "", "")[:3]
    if part in _LOGGED_PARTS:
        return operation_at(method, bucket, key, {_LOGGED_PARTS[part]: "", **query})
    if part in {"OBJECT", "BUCKET"}:
        return operation_at(method, bucket, key if part == "OBJECT" else None, query)
    return None
