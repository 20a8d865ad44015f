"""Hadoop's S3A file system, and Spark, Hive and Flink above it: the file operation and the path."""

import re
from collections.abc import Iterator
from typing import Final

from why403.report.passage import after
from why403.report.places import place_of_uri
from why403.report.sighting import Fields, Sighting, fields

_EXCEPTION: Final = re.compile(
    r"AccessDeniedException(?:: | (?=s3[an]?://))(?P<path>(?:(?!: )[^\n]){1,1500}): "
    r"(?P<doing>[\w#.() -]{2,80}?)(?:\(\))? (?:on|from|to|of) (?P<on>[^\s,]{1,1500})"
)
_SHORT: Final = re.compile(
    r"(?:AccessDeniedException|AWSS3IOException|IOException): (?P<on>s3[an]?://[^\s,]{1,1500}?):? "
)
# Before anything was asked: no credentials were found.
_NO_AUTH: Final = re.compile(r"AccessDeniedException: (?P<on>[^\s,]{1,1500}?): \S{0,200}NoAuthWithAWSException")
# Shown where the answer had no body, which is so for HEAD alone.
_BODILESS: Final = re.compile(r"Error Code: 403 Forbidden|Exception: (?:Forbidden|null) |:403 Forbidden|request: HEAD ")
_REQUEST: Final = re.compile(r"services\.s3\.model\.(\w{3,60}Request)\b")

# What S3AFileSystem was doing, as its messages put it, by the first word that fits.
# Hadoop: "Troubleshooting S3A"; S3AFileSystem.java.
_DOING: Final = (
    ("getbucketlocation", "GetBucketLocation"),
    ("doesbucketexist", "HeadBucket"),
    ("initiatemultipart", "CreateMultipartUpload"),
    ("completemultipart", "CompleteMultipartUpload"),
    ("completingmultipart", "CompleteMultipartUpload"),
    ("abort", "AbortMultipartUpload"),
    ("uploadpart", "UploadPart"),
    ("multi-objectdelete", "DeleteObjects"),
    ("bulkdelete", "DeleteObjects"),
    ("copyfile", "CopyObject"),
    ("rename", "CopyObject"),
    ("put0-byte", "PutObject"),
    ("putobject", "PutObject"),
    ("writingobject", "PutObject"),
    ("mkdirs", "PutObject"),
    ("delete", "DeleteObject"),
    ("liststatus", "ListObjectsV2"),
    ("listobjects", "ListObjectsV2"),
    ("listing", "ListObjectsV2"),
    ("reopen", "GetObject"),
    ("open", "GetObject"),
    ("read", "GetObject"),
    ("lazyseek", "GetObject"),
)


def errors(text: str) -> Iterator[Sighting]:
    """Yield the refusals of S3A; the request class of the SDK, where it is shown, names the operation."""
    for found in _EXCEPTION.finditer(text):
        told = _where(found["on"])
        if "bucket" not in told:
            told = _where(found["path"])
        line = after(text, found.end(), most=4_000)
        told.update(fields(operation=_operation(found["doing"], line)))
        told["code"] = "403" if _BODILESS.search(line.partition("\n")[0]) else "AccessDenied"
        if told["code"] == "403":
            told["message"] = "Forbidden"
        yield Sighting(start=found.start(), source="s3a", told=told)


def unsigned(text: str) -> Iterator[Sighting]:
    """Yield where something was to be done for which no credentials were found."""
    for found in _NO_AUTH.finditer(text):
        yield Sighting(start=found.start(), source="s3a", told=_where(found["on"]), is_error=False)


def paths(text: str) -> Iterator[Sighting]:
    """Yield the paths of exceptions that do not say what was done."""
    for found in _SHORT.finditer(text):
        yield Sighting(start=found.start(), source="s3a", told=_where(found["on"]), is_error=False)


def _where(path: str) -> Fields:
    place = place_of_uri(path) if "://" in path else None
    if place is not None:
        return place.told
    return fields(bucket=path.rstrip(":")) if re.fullmatch(r"[a-z0-9][a-z0-9.-]{2,62}:?", path) else Fields()


def _operation(doing: str, line: str) -> str | None:
    name = doing.lower().replace(" ", "")
    if name.startswith("getfilestatus"):
        # First a HEAD of the key, then a LIST below it: the one that answered with a body was the LIST.
        request = _REQUEST.search(line.partition("\n")[0])
        if request:
            return "HeadObject" if "Metadata" in request[1] or "Head" in request[1] else "ListObjectsV2"
        return "HeadObject" if _BODILESS.search(line.partition("\n")[0]) else "ListObjectsV2"
    return next((operation for start, operation in _DOING if start in name), None)
