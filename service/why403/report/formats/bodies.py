"""The XML body of S3's answer: pretty, on one line, cut off, or escaped by whatever carried it.

AWS: "Error responses" (Amazon S3 API Reference).
"""

import re
from collections.abc import Iterator
from itertools import islice, pairwise
from typing import Final

from why403.report.moments import moment
from why403.report.places import is_bucket
from why403.report.plain import collapsed
from why403.report.sighting import MOST, Fields, Sighting, fields

_BODY: Final = re.compile(r"<Error(?:\s[^>]{0,200})?>")
_ELEMENT: Final = re.compile(r"<(?P<name>[A-Za-z][\w.-]{0,60})>(?P<value>[^<]{0,4000})(?=<|\Z|\(truncated)")
_LONGEST: Final = 12_000
# Keys of a multi-object delete stand in an element of their own.
_DELETED: Final = "DeleteResult"


def bodies(text: str) -> Iterator[Sighting]:
    """Yield the errors that S3 told in XML."""
    starts = [found.end() for found in islice(_BODY.finditer(text), 2 * MOST)]
    for start, following in pairwise([*starts, len(text)]):
        body = text[start : min(following, start + _LONGEST)]
        told = _told(body.partition("</Error>")[0])
        deletes = _DELETED in text[max(0, start - 2_000) : start]
        if deletes:
            told.setdefault("operation", "DeleteObjects")
        if "code" in told or "message" in told or "request_id" in told:
            yield Sighting(start=start, source="xml", told=told, notes=_notes(body))


def _told(body: str) -> Fields:
    elements: dict[str, str] = {}
    for found in _ELEMENT.finditer(body):
        value, cut, _ = found["value"].partition("(truncated")
        if not cut:  # what was cut off is told wholly elsewhere, or not at all
            elements.setdefault(found["name"], collapsed(value))
    bucket, key = _where(elements)
    return fields(
        code=elements.get("Code"),
        message=elements.get("Message"),
        request_id=_id(elements.get("RequestId")),
        host_id=_id(elements.get("HostId")),
        bucket=bucket,
        key=elements.get("Key") or key,
        bucket_region=elements.get("Region") or None,
        server_time=moment(elements.get("ServerTime")),
        request_time=moment(elements.get("RequestTime")),
        presigned=_presigned(elements),
        key_id=elements.get("AWSAccessKeyId") or None,
        parameters=_version(elements),
    )


def _version(elements: dict[str, str]) -> dict[str, str]:
    version = elements.get("VersionId")
    return {"VersionId": version} if version else {}


def _id(text: str | None) -> str | None:
    return text if text and text.strip(".") else None


def _where(elements: dict[str, str]) -> tuple[str | None, str | None]:
    bucket = elements.get("BucketName") or elements.get("Bucket")
    path = elements.get("Resource", "")
    if bucket is None and path.startswith("/"):
        name, _, key = path[1:].partition("/")
        return (name, key or None) if is_bucket(name) else (None, None)
    return bucket or None, None


def _presigned(elements: dict[str, str]) -> dict[str, object]:
    """Return what a body says of a presigned URL that ran out; `Expires` stands for both signature versions."""
    seconds, ends = elements.get("X-Amz-Expires", ""), moment(elements.get("Expires"))
    told: dict[str, object] = {}
    if seconds.isascii() and seconds.isdigit() and len(seconds) < len("1000000000"):
        told["expires"] = int(seconds)
    if ends:
        told["expires_at"] = ends
    return told


def _notes(body: str) -> tuple[str, ...]:
    found = re.search(r"<HeadersNotSigned>([^<]{1,500})", body)
    notes = [f"headers that were sent and not signed: `{collapsed(found[1])}`"] if found else []
    stored = re.search(r"<(?:StorageClass|AccessTier)>([A-Z_]{3,40})<", body)
    if stored:
        notes.append(f"the object is stored as `{stored[1]}`")
    return tuple(notes)
