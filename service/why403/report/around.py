"""What stands around a refusal and decides it, though it is of no format: words of people and tools, and what S3 read.

`StringToSign` and `CanonicalRequest` of an answer are what S3 made of the call as it arrived. AWS: "Error responses"
(Amazon S3 API Reference).
"""

import re
from dataclasses import replace
from typing import Final

from why403.report.model import Arrived, Report, Source
from why403.report.signed import KEPT

_WORDS: Final = (
    ("says-payer", re.compile(r"request(?:er)?[-_ ]?pay(?:er|s)\b", re.IGNORECASE)),
    (
        "says-kms",
        re.compile(
            r"\bkms[- ]encrypted|encrypt\w{0,4} (?:with|by|using) (?:an? |the )?(?:aws )?kms|\bsse-kms\b|\baws:kms\b",
            re.IGNORECASE,
        ),
    ),
    ("pulls-image", re.compile(r"error parsing HTTP 403 response body|-starport-layer-bucket")),
    ("says-oai", re.compile(r"user/CloudFront Origin Access Identity |origin-access-identity/cloudfront/")),
)
_ACL: Final = re.compile(
    r"\bacl['\"]?\s{0,4}(?:=>|[:=(])\s{0,4}['\"]?(?:\w{1,40}\.)?(?P<acl>public[-_]?read(?:[-_]?write)?|private|"
    r"authenticated[-_]?read|bucket[-_]?owner[-_]?(?:full[-_]?control|read)|aws[-_]?exec[-_]?read)\b",
    re.IGNORECASE,
)
_CANNED: Final = {
    each.replace("-", ""): each
    for each in (
        *("public-read", "public-read-write", "private", "authenticated-read", "bucket-owner-full-control"),
        *("bucket-owner-read", "aws-exec-read"),
    )
}
_TAKES_ACL: Final = frozenset({None, "CopyObject", "CreateMultipartUpload", "PutObject"})
# It writes down what a bucket is to be, not what a call sends.
_DECLARES: Final[Source] = "terraform"
_READ: Final = re.compile(rf"<(?P<what>StringToSign|CanonicalRequest)>{KEPT}")
_UNSIGNED: Final = re.compile(r"<HeadersNotSigned>(?P<names>[\w-]{1,80}(?:,\s?[\w-]{1,80}){0,20})<")


def with_around(report: Report, text: str) -> Report:
    """Return a report with what stands around it in the text that it was read from."""
    words = frozenset(name for name, pattern in _WORDS if pattern.search(text))
    canned, parameters = _canned(text, report), report.parameters
    if canned is not None:
        parameters = {"ACL": canned, **parameters}
    return replace(report, words=words, arrived=_arrived(text), parameters=parameters)


def _canned(text: str, report: Report) -> str | None:
    """Return the ACL that the code around a call sends, where it names one alone."""
    if report.operation not in _TAKES_ACL or report.source == _DECLARES or "ACL" in report.parameters:
        return None
    found = {re.sub("[-_]", "", each["acl"]).lower() for each in _ACL.finditer(text)}
    return _CANNED[found.pop()] if len(found) == 1 else None


def _arrived(text: str) -> Arrived | None:
    """Return the call as S3 read it, as far as its answer tells."""
    unsigned = _UNSIGNED.search(text)
    names = tuple(each.strip() for each in unsigned["names"].split(",")) if unsigned else ()
    readings = list(_READ.finditer(text))
    if not readings:
        return Arrived(unsigned=names) if names else None
    read = next((each for each in readings if each["what"] == "CanonicalRequest"), readings[0])
    by_url = read["by_url"] is not None
    return Arrived(method=read["method"], content_type=read["type"], by_url=by_url, unsigned=names)
