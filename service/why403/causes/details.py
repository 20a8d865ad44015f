"""What an answer tells beside its code: by how much a clock is off, where the bucket is, which key was used.

AWS: "Error responses" (Amazon S3 API Reference).
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from why403.causes.meaning import AUTHENTICATION, SIGNED, Meaning
from why403.causes.rarer import EXPIRED_ELSEWHERE
from why403.domain.operations import methods_of
from why403.report import Arrived, Report, is_of_sts

_EXPIRED: Final = "request has expired"


def detailed(meaning: Meaning, report: Report) -> Meaning:
    """Return the meaning of an answer with what the answer itself tells of it."""
    detail = _DETAILS.get(report.code or "")
    if detail is None and _EXPIRED in (report.message or "").lower():
        detail = _ended
    elif detail is None and report.arrived is not None and report.arrived.unsigned:
        detail = _unsigned
    return meaning if detail is None else detail(meaning, report)


def _clock(meaning: Meaning, report: Report) -> Meaning:
    """Say by how much: a call that waited long after it was signed looks the same as a slow clock."""
    off = _between(report.request_time, report.server_time)
    if not off:
        return meaning
    if off > timedelta(0):
        because = (
            f"the clock of the calling host is {span(off)} slow, or the call was sent that long after it was signed; "
            "S3 takes 15 minutes at most"
        )
    else:
        because = f"the clock of the calling host is {span(-off)} fast; S3 takes 15 minutes at most"
    return meaning._replace(because=because)


def _ended(meaning: Meaning, report: Report) -> Meaning:
    ends = (report.presigned or {}).get("expires_at")
    late = _between(ends if isinstance(ends, str) else None, report.server_time)
    if late is None or late <= timedelta(0):
        return meaning
    return meaning._replace(because=f"{meaning.because}: it had ended {span(late)} before it was used")


def _elsewhere(meaning: Meaning, report: Report) -> Meaning:
    """Name the Region that S3 names."""
    region = report.bucket_region
    if region is None:
        return meaning
    return meaning._replace(because=f"{meaning.because}, which is {region}", fix=f"{meaning.fix}: {region}")


def _key(meaning: Meaning, report: Report) -> Meaning:
    if not (report.key_id or "").startswith("ASIA"):
        return meaning
    return meaning._replace(
        because="the key is a temporary one (ASIA), and came without its session token, or has been gone for long",
        fix="send the session token as well (AWS_SESSION_TOKEN), or get new credentials",
    )


def _of_sts(meaning: Meaning, report: Report) -> Meaning:
    """Say that S3 was not asked where another service was."""
    return EXPIRED_ELSEWHERE if is_of_sts(report.code, report.message) else meaning


# What S3, and CloudFront for it, say of arguments under one code: words, layer, reason, what to look at and what helps.
_ARGUMENTS: Final = (
    (
        "require aws signature version 4",
        "kms",
        "what is under a KMS key is for requests that are signed with Signature Version 4",
        "how was the request signed?",
        "sign the request with Signature Version 4",
    ),
    (
        "unable to validate the following destination configurations",
        AUTHENTICATION,
        "the queue, topic or function, or its KMS key, does not let S3 send to it, or it is in another Region",
        "does its policy let s3.amazonaws.com in, for this bucket?",
        "let s3.amazonaws.com in by the policy of the queue, topic or function, for this bucket alone (aws:SourceArn)",
    ),
    (
        "does not enable acl access",
        "ownership",
        "ACLs are disabled on the bucket, and what is to write its logs there does so by an ACL",
        "is Object Ownership BucketOwnerEnforced?",
        "set Object Ownership of the log bucket to BucketOwnerPreferred, or deliver the logs in the newer way",
    ),
)


def _argument(meaning: Meaning, report: Report) -> Meaning:
    """Say what an argument was refused for, where its message tells."""
    said = (report.message or "").lower()
    for words, layer, because, what, fix in _ARGUMENTS:
        if words in said:
            return meaning._replace(layer=layer, because=because, what=what, fix=fix)
    return meaning


def _signature(meaning: Meaning, report: Report) -> Meaning:
    """Begin with what S3 read of the call: a key that were wrong would not be seen there, and everything else is."""
    arrived, by_url = report.arrived, report.presigned is not None
    if (arrived is None or arrived.method is None) and not by_url:
        return meaning
    read = _read(arrived)
    differs = _other_method(report)
    because = f"the signature does not fit the call as it reached S3{read}" if read else meaning.because
    if by_url or (arrived is not None and arrived.by_url):
        return meaning._replace(
            because=f"{because}{differs}",
            what="for which method and headers was the URL signed? These, host and path must be the same",
            command=SIGNED,
            fix="compare method, path and headers, content-type above all, with those that the URL was signed for; use "
            "just these, or sign a new URL for what is sent; only if all agree, look at the secret key",
        )
    return meaning._replace(
        because=f"{because}{differs}",
        what="which line of CanonicalRequest or StringToSign in the answer differs from what the client signs?",
        command="aws s3api head-bucket --bucket {bucket} --debug",
        fix="compare method, path, query and headers, content-type above all, with what the client signed; sign just "
        "what is sent, which no proxy may change; only if all agree, enter the secret key again",
    )


def _read(arrived: Arrived | None) -> str:
    if arrived is None or arrived.method is None:
        return ""
    typed = f" with content-type {arrived.content_type}" if arrived.content_type else ""
    return f", a {arrived.method}{typed}"


def _other_method(report: Report) -> str:
    """Say that a call came by another method than the one it is made by, or than the URL was signed for."""
    arrived, signed = report.arrived, (report.presigned or {}).get("method")
    operation = report.operation or ("PutObject" if "ACL" in report.parameters else "")
    methods = frozenset({signed}) if signed else methods_of(operation)
    if arrived is None or arrived.method is None or not methods or arrived.method in methods:
        return ""
    what = report.operation or ("the call that was signed" if signed else "a call that sends an ACL")
    return f", where {what} is a {' or '.join(sorted(methods, reverse=True))}"


def _unsigned(meaning: Meaning, report: Report) -> Meaning:
    names = report.arrived.unsigned if report.arrived else ()
    return meaning._replace(because=f"{meaning.because}: {', '.join(names)}") if names else meaning


_DETAILS: Final[Mapping[str, Callable[[Meaning, Report], Meaning]]] = {
    "AuthorizationHeaderMalformed": _elsewhere,
    "ExpiredToken": _of_sts,
    "InvalidAccessKeyId": _key,
    "InvalidArgument": _argument,
    "PermanentRedirect": _elsewhere,
    "RequestTimeTooSkewed": _clock,
    "SignatureDoesNotMatch": _signature,
}


def _between(start: str | None, end: str | None) -> timedelta | None:
    if start is None or end is None:
        return None
    return datetime.fromisoformat(end) - datetime.fromisoformat(start)


def span(length: timedelta) -> str:
    """Return a length of time as people write it, its two largest units: `15m14s`, `2d3h`."""
    seconds = int(length.total_seconds())
    parts = [(seconds // 86_400, "d"), (seconds // 3_600 % 24, "h"), (seconds // 60 % 60, "m"), (seconds % 60, "s")]
    first = next((index for index, (count, _) in enumerate(parts) if count), len(parts) - 1)
    return "".join(f"{count}{unit}" for count, unit in parts[first : first + 2] if count) or "0s"
