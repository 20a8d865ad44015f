"""Tools that do not print the SDK's own text alone: Terraform, s3fs-fuse, the AWS console, CloudFront's page."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from why403.domain.actions import find
from why403.report.answers import UNSIGNED
from why403.report.formats.transcripts import CLOUDFRONT, PASSED_ON
from why403.report.names import operation_of
from why403.report.passage import message_after
from why403.report.places import place_of_url
from why403.report.plain import collapsed
from why403.report.routes import operation_at
from why403.report.sighting import MOST, Fields, Sighting, fields

_TERRAFORM: Final = re.compile(
    r"aws_s3_\w{3,60}|[Tt]erraform|OpenTofu|Simple Storage\) |existing workspaces|"
    r"S3 (?:[Bb]ucket|[Oo]bject|policy|ACL)[\w -]{0,40} ?\(|"
    r"(?<!GET )(?<!HEAD )(?:Error|error)(?: |: )"
    r"(?:putting|creating|reading|updating|deleting|loading|saving|inspecting|refreshing|modifying"
    r"|getting(?= S3 [Bb]ucket))\s"
    r"(?=[^:]{0,120}?(?:S3|state|[Pp]ublic [Aa]ccess))"
)
_BUCKET_OF: Final = re.compile(
    r"(?:S3 [Bb]ucket(?: [\w-]{1,40}){0,4}|S3 (?:bucket|policy|ACL)|[Bb]ucket|Simple Storage\) Bucket) "
    r"\(\"?(?P<bucket>[a-zA-Z0-9][\w.-]{2,62})(?:,[^)\n]{0,60})?\"?\)"
    r"|(?:for|from|to) (?:S3 )?(?:[Bb]ucket:? )?\"?(?P<other>[a-z0-9][a-z0-9.-]{2,62})\"?: (?=[A-Z]\w{3,60}: )"
    r"|S3 bucket \"(?P<quoted>[a-z0-9][a-z0-9.-]{2,62})\""
)
_OBJECT_OF: Final = re.compile(
    r"S3 Object \((?P<key>[^)\n]{1,1024})\)"
    r"|object \"(?P<quoted>[^\"\n]{1,1024})\" in S3 bucket \"(?P<in>[a-z0-9.-]{3,63})\""
    r"|(?P<deletes>deleting )?S3 Bucket \((?P<bucket>[\w.-]{3,63})\) Object \((?P<other>[^)\n]{1,1024})\)"
)
# What the AWS provider was doing, from the words its errors have had.
_VERBS: Final = {
    **dict.fromkeys(("getting", "reading", "listing"), "Get"),
    **dict.fromkeys(("putting", "creating", "updating", "adding"), "Put"),
    "deleting": "Delete",
}
_PART: Final = re.compile(
    rf"\b(?P<verb>{'|'.join(_VERBS)}) (?:S3 (?:bucket )?(?:\([^)\n]{{1,300}}\) )?|tags for |(?=public access block))"
    r"(?P<part>policy|ACL|CORS|versioning|(?:server[- ]side )?encryption|lifecycle|logging|website|location|tag|"
    r"public access block|object lock configuration|replication|request payment|ownership controls|notification|"
    r"S3 bucket)(?:s|ging)?\b",
    re.IGNORECASE,
)
_PARTS: Final = {
    "server side encryption": "Encryption",
    "server-side encryption": "Encryption",
    "lifecycle": "LifecycleConfiguration",
    "notification": "NotificationConfiguration",
    "s3 bucket": "Tagging",
    "tag": "Tagging",
}
_DOING: Final = tuple(
    (re.compile(words, re.IGNORECASE), operation)
    for words, operation in (
        (r"creating S3 bucket[ :(](?!acl|policy|cors|object)|error creating S3 bucket:", "CreateBucket"),
        (r"deleting S3 bucket(?::| \([^)\n]{1,300}\):)", "DeleteBucket"),
        (r"reading S3 bucket \([^)\n]{1,300}\):", "HeadBucket"),
        (r"(?:uploading|putting) (?:S3 )?object(?! lock)|uploading S3 object to bucket", "PutObject"),
        (r"failed to upload state", "PutObject"),
        (r"Error inspecting states in the \"s3\" backend|unable to list objects in S3 bucket", "ListObjectsV2"),
    )
)
_OF_VERSIONS: Final = re.compile(r"deleting at least one S3 Object version\b")


def terraform(text: str) -> Iterator[Sighting]:
    """Yield what Terraform adds to the SDK's error: the bucket, and the operation where its words name one."""
    mark = _TERRAFORM.search(text)
    if mark is None:
        return
    yield Sighting(start=mark.start(), source="terraform", is_error=False)
    for found in islice(_BUCKET_OF.finditer(text), MOST):
        bucket = found["bucket"] or found["other"] or found["quoted"]
        yield Sighting(start=found.start(), source="terraform", told=fields(bucket=bucket), is_error=False)
    for found in islice(_OBJECT_OF.finditer(text), MOST):
        told = fields(
            operation="DeleteObject" if found["deletes"] else None,
            key=found["key"] or found["other"] or found["quoted"],
            bucket=found["bucket"] or found["in"],
        )
        yield Sighting(start=found.start(), source="terraform", told=told, is_error=False)
    for pattern, operation in _DOING:
        for found in islice(pattern.finditer(text), MOST):
            yield Sighting(start=found.start(), source="terraform", told=fields(operation=operation), is_error=False)
    for found in islice(_PART.finditer(text), MOST):
        told = fields(operation=_operation_on(found))
        yield Sighting(start=found.start(), source="terraform", told=told, is_error=False)
    for found in islice(_OF_VERSIONS.finditer(text), MOST):
        told = fields(operation="DeleteObject", action="s3:DeleteObjectVersion")
        yield Sighting(start=found.start(), source="terraform", told=told)


def _operation_on(part: re.Match[str]) -> str | None:
    """Return the operation on a part of a bucket's configuration; only some have `Bucket` in their names."""
    verb, named = _VERBS[part["verb"].lower()], _PARTS.get(part["part"].lower(), part["part"])
    return operation_of(f"{verb}Bucket{named}") or operation_of(f"{verb}{named}")


_FUSE_MARK: Final = re.compile(
    r"\bs3fs(?:\[|\b.{0,200}?\.cpp:|: )|curl\.cpp:|s3fs\.cpp:|returning EPERM", re.IGNORECASE
)
_FUSE: Final = re.compile(
    r"HTTP response code (?P<status>4\d\d)(?: was returned)?, returning (?:EPERM|EIO|ENOENT|EACCES)\.?"
    r"(?P<body> Body Text:[ \t]{0,9}(?P<xml><?))?"
)
_FUSE_URL: Final = re.compile(r"URL changed is (?P<url>https?://\S{4,2000})")
_FUSE_SIGN: Final = re.compile(r"computing signature \[(?P<method>[A-Z]{3,7})\]")


def fuse(text: str) -> Iterator[Sighting]:
    """Yield the errors in the log of s3fs-fuse; the last address and method before an answer are what was asked."""
    if not _FUSE_MARK.search(text):
        return
    urls, signs = list(islice(_FUSE_URL.finditer(text), MOST)), list(islice(_FUSE_SIGN.finditer(text), MOST))
    for found in islice(_FUSE.finditer(text), MOST):
        url = next((each for each in reversed(urls) if each.start() < found.start()), None)
        sign = next((each for each in reversed(signs) if each.start() < found.start()), None)
        place = place_of_url(url["url"]) if url else None
        told = place.told if place else Fields()
        if place and sign:
            told.update(fields(operation=operation_at(sign["method"], place.bucket, place.key, place.query)))
        bodiless = found["body"] is None or not found["xml"]
        told.update(fields(status=int(found["status"]), code=found["status"] if bodiless else None))
        yield Sighting(start=found.start(), source="s3fs", told=told)


_CONSOLE: Final = re.compile(
    r"(?:(?:updated? your (?:IAM )?permissions|permissions?) to allow (?:the )?|"
    r"you (?:must|need to) have (?:the )?|you need (?:the )?|have the |permission to perform )"
    r"(?P<action>s3(?:-object-lambda|express)?:[A-Z]\w{2,60})(?: (?:action|permissions?))?",
    re.IGNORECASE,
)
# The console's headings tell no more on their line; an SDK's error goes on with what S3 said.
_CONSOLE_PLAIN: Final = re.compile(
    r"Insufficient permissions to (?:list|view|upload|get|edit|delete)|You don.t have permissions? to|"
    r"Diagnose with Amazon Q|Failed to (?:upload|delete|load|copy|create folder)(?![^\n]{0,3000}:[ ]|[^:]{0,1500}:\s)|"
    r"API response\s{1,9}Access Denied"
)


def console(text: str) -> Iterator[Sighting]:
    """Yield what the AWS console says, which names the permission more often than the call."""
    named = [found for found in islice(_CONSOLE.finditer(text), MOST) if find(found["action"])]
    plain = _CONSOLE_PLAIN.search(text)
    for found in named:
        known = find(found["action"])
        told = fields(
            action=known.name if known else None,
            code="AccessDenied",
            message=message_after(text, _line(text, found.start())),
        )
        yield Sighting(start=found.start(), source="console", told=told)
    if plain and not named:
        told = fields(code="AccessDenied", message=message_after(text, plain.start()))
        yield Sighting(start=plain.start(), source="console", told=told)


def _line(text: str, at: int) -> int:
    return text.rfind("\n", max(0, at - 600), at) + 1


_PAGE: Final = re.compile(
    r"Generated by cloudfront \(CloudFront\)|The request could not be satisfied|MissingKey</Code>|Missing Key-Pair-Id",
    re.IGNORECASE,
)
_PAGE_STATUS: Final = re.compile(r"<H1>(?P<status>\d{3}) ERROR|\b(?P<other>403) (?:ERROR|Forbidden)")
_PAGE_ID: Final = re.compile(r"Request ID: (?P<id>[\w=+/-]{20,120})")


def cloudfront(text: str) -> Iterator[Sighting]:
    """Yield the page that CloudFront shows when it, not S3, refuses."""
    page = _PAGE.search(text)
    if page is None:
        return
    status, request = _PAGE_STATUS.search(text), _PAGE_ID.search(text)
    told = fields(
        status=int(status["status"] or status["other"]) if status else None,
        message=message_after(text, page.start()),
        request_id=request["id"] if request else None,
    )
    yield Sighting(start=page.start(), source="cloudfront", told=told, notes=(CLOUDFRONT,))


_DISTRIBUTION: Final = re.compile(r"https?://[\w-]{1,60}\.cloudfront\.net(?P<path>/[^\s\"'<>]{0,2000})?")
_ANSWER: Final = re.compile(r"<Error(?:\s[^>]{0,200})?>")
_LONGEST: Final = 3_000


def passed_on(text: str) -> Iterator[Sighting]:
    """Yield S3's answer beside an address of CloudFront, where no headers tell how it came; CloudFront's has no id."""
    address, answer = _DISTRIBUTION.search(text), _ANSWER.search(text)
    if address is None or answer is None or "HTTP/" in text or "amazonaws.com/" in text:
        return
    if "<RequestId>" not in text[answer.end() : answer.end() + _LONGEST].partition("</Error>")[0]:
        return
    path = (address["path"] or "/").rstrip(".,;:)")
    told = fields(operation="GetObject" if path != "/" and "PUT" not in text and "POST" not in text else None)
    yield Sighting(start=answer.end(), source="xml", told=told, notes=(PASSED_ON,))


_CORS: Final = re.compile(
    r"(?:Access\sto\s[\w ]{3,40}\sat\s'(?P<url>https?://[^'\s]{4,2000})'\s[^\n]{0,300}?)?blocked\sby\sCORS\spolicy[^\n]{0,300}"
)


def browsers(text: str) -> Iterator[Sighting]:
    """Yield what browsers say of answers that no rule of a bucket's CORS configuration admits."""
    for found in islice(_CORS.finditer(text), MOST):
        place = place_of_url(found["url"]) if found["url"] else None
        if found["url"] is None or place is not None:
            told = fields(message=collapsed(found[0]), bucket=place.bucket if place else None)
            yield Sighting(start=found.start(), source="text", told=told)


_UNSIGNED: Final = re.compile(
    r"[^\n.:]{0,80}?(?:" + "|".join(words.replace(" ", r"\s{1,8}") for words in UNSIGNED) + r")[^\n.]{0,200}",
    re.IGNORECASE,
)


def unsigned(text: str) -> Iterator[Sighting]:
    """Yield the words of clients that have no credentials."""
    for found in islice(_UNSIGNED.finditer(text), MOST):
        yield Sighting(start=found.start(), source="text", told=fields(message=collapsed(found[0])))
