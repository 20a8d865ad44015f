"""Tools that stand on minio-go or on the SDK for Go, and tell S3's answer in few words: restic, kopia, Thanos, goofys.

Sources: minio-go, `api-error-response.go` (what it makes of an answer without a body); restic, "Preparing a new
repository"; Thanos, `objstore/providers/s3`.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from why403.report.names import operation_of
from why403.report.places import is_bucket
from why403.report.sighting import MOST, Sighting, fields

_DENIED: Final = r"(?P<message>(?i:Access\s{1,8}Denied)\.?)"
_CALLED: Final = re.compile(rf"\bclient\.(?P<operation>[A-Z]\w{{3,40}}):\s{{1,8}}{_DENIED}")
_STEP: Final = re.compile(rf"\b(?P<operation>upload|stat|get|delete)\s{{1,8}}s3\s{{1,8}}object:\s{{1,8}}{_DENIED}")
# The name of a blob is a key below the repository's prefix.
_BLOB: Final = re.compile(
    rf"\b(?P<operation>PutBlob|GetBlob|DeleteBlob|GetMetadata)\(\"[^\"\n]{{1,1024}}\"\)[^\n:]{{0,80}}:\s{{1,8}}{_DENIED}"
)
_FROM_BUCKET: Final = re.compile(
    rf"storage\s{{1,8}}config\s{{1,8}}from\s{{1,8}}bucket\s{{1,8}}\"(?P<bucket>[a-z0-9.-]{{3,63}})\":\s{{1,8}}{_DENIED}"
)
_MOUNT: Final = re.compile(
    r"Unable\s{1,8}to\s{1,8}access\s{1,8}'(?P<bucket>[a-z0-9.-]{3,63})(?::[^'\n]{0,200})?':\s{1,8}permission\s{1,8}denied"
)
_REPOSITORY: Final = re.compile(
    r"\bs3:(?:https?://)?[a-z0-9][a-z0-9.-]{2,200}(?::\d{2,5})?/(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?=[/:\s'\"]|$)"
)
_DOING: Final = {
    "upload": "PutObject",
    "stat": "HeadObject",
    "get": "GetObject",
    "delete": "DeleteObject",
    "PutBlob": "PutObject",
    "GetBlob": "GetObject",
    "DeleteBlob": "DeleteObject",
    "GetMetadata": "HeadObject",
}
WORDS: Final[tuple[str, ...]] = ("client.", "s3", "Blob(", "GetMetadata(", "storage", "Unable")


def errors(text: str) -> Iterator[Sighting]:
    """Yield the calls that these tools say were denied; minio-go has S3's words for an answer without a body, too."""
    for pattern in (_CALLED, _STEP, _BLOB, _FROM_BUCKET, _MOUNT):
        for found in islice(pattern.finditer(text), MOST):
            named = found.groupdict()
            doing = named.get("operation") or ""
            operation = _DOING.get(doing) or operation_of(doing)
            head = operation is not None and operation.startswith("Head")
            told = fields(
                operation=operation,
                bucket=named.get("bucket"),
                code="403" if head else "AccessDenied",
                message=None if head else named.get("message"),
            )
            yield Sighting(start=found.start(), source="go", told=told)


def repositories(text: str) -> Iterator[Sighting]:
    """Yield the buckets of restic's repositories, which it writes with the endpoint before them."""
    for found in islice(_REPOSITORY.finditer(text), MOST):
        if is_bucket(found["bucket"]):
            yield Sighting(start=found.start(), source="go", told=fields(bucket=found["bucket"]), is_error=False)
