"""Tools that do not print the SDK's own text alone: Terraform, s3fs-fuse, the AWS console, CloudFront's page."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from why403.domain.actions import find
from why403.report.answers import UNSIGNED
from why403.report.formats.transcripts import CLOUDFRONT
from why403.report.passage import message_after
from why403.report.places import place_of_url
from why403.report.plain import collapsed
from why403.report.routes import operation_at
from why403.report.sighting import MOST, Fields, Sighting, fields

_TERRAFORM: Final = re.compile(
    r"aws_s3_\w{3,60}|[Tt]erraform|OpenTofu|Simple Storage\) |existing workspaces|"
    r"S3 (?:[Bb]ucket|[Oo]bject|policy|ACL)[\w -]{0,40} ?\(|"
    r"(?<!GET )(?<!HEAD )(?:Error|error)(?: |: )"
    r"(?:putting|creating|reading|updating|deleting|loading|inspecting|refreshing|modifying)\s"
    r"(?=[^:]{0,120}?(?:S3|state|[Pp]ublic [Aa]ccess))"
)
_BUCKET_OF: Final = re.compile(
    r"(?:S3 [Bb]ucket(?: [\w-]{1,40}){0,4}|S3 (?:bucket|policy|ACL)|[Bb]ucket|Simple Storage\) Bucket) "
    r"\(\"?(?P<bucket>[a-z0-9][a-z0-9.-]{2,62})(?:,[^)\n]{0,60})?\"?\)"
    r"|(?:for|from|to) (?:S3 )?(?:[Bb]ucket:? )?\"?(?P<other>[a-z0-9][a-z0-9.-]{2,62})\"?: (?=[A-Z]\w{3,60}: )"
    r"|S3 bucket \"(?P<quoted>[a-z0-9][a-z0-9.-]{2,62})\""
)
_OBJECT_OF: Final = re.compile(
    r"S3 Object \((?P<key>[^)\n]{1,1024})\)"
    r"|object \"(?P<quoted>[^\"\n]{1,1024})\" in S3 bucket \"(?P<in>[a-z0-9.-]{3,63})\""
    r"|(?:to|from) S3 Bucket \((?P<bucket>[a-z0-9.-]{3,63})\) Object \((?P<other>[^)\n]{1,1024})\)"
)
# What the AWS provider was doing, from the words its errors have had.
_DOING: Final = tuple(
    (re.compile(words, re.IGNORECASE), operation)
    for words, operation in (
        (r"putting S3 (?:bucket )?policy|creating S3 bucket policy", "PutBucketPolicy"),
        (r"creating S3 bucket ACL|putting S3 (?:bucket )?ACL", "PutBucketAcl"),
        (r"putting S3 (?:bucket )?CORS|creating S3 bucket CORS", "PutBucketCors"),
        (r"putting S3 (?:bucket )?versioning|creating S3 bucket versioning", "PutBucketVersioning"),
        (
            r"putting S3 (?:bucket )?(?:server side )?encryption|creating S3 bucket (?:server-side )?encryption",
            "PutBucketEncryption",
        ),
        (r"putting S3 (?:bucket )?lifecycle|creating S3 lifecycle", "PutBucketLifecycleConfiguration"),
        (r"putting S3 (?:bucket )?logging|creating S3 bucket logging", "PutBucketLogging"),
        (r"putting S3 (?:bucket )?website|creating S3 bucket website", "PutBucketWebsite"),
        (
            r"creating public access block|creating S3 bucket public access block|putting S3 public access block",
            "PutPublicAccessBlock",
        ),
        (r"reading S3 bucket public access block", "GetPublicAccessBlock"),
        (r"(?:getting|reading) S3 bucket policy", "GetBucketPolicy"),
        (r"(?:getting|reading) S3 bucket (?:\(\S{1,80}\) )?location", "GetBucketLocation"),
        (r"(?:getting|reading) S3 bucket ACL", "GetBucketAcl"),
        (r"(?:listing|reading) tags for S3 bucket|getting S3 bucket tagging", "GetBucketTagging"),
        (r"creating S3 bucket[ :(](?!acl|policy|cors|object)|error creating S3 bucket:", "CreateBucket"),
        (r"deleting S3 bucket[ :(](?!policy|object|public)", "DeleteBucket"),
        (r"(?:uploading|putting) (?:S3 )?object|uploading S3 object to bucket", "PutObject"),
        (r"Error inspecting states in the \"s3\" backend|unable to list objects in S3 bucket", "ListObjectsV2"),
    )
)


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
        told = fields(key=found["key"] or found["other"] or found["quoted"], bucket=found["bucket"] or found["in"])
        yield Sighting(start=found.start(), source="terraform", told=told, is_error=False)
    for pattern, operation in _DOING:
        for found in islice(pattern.finditer(text), MOST):
            yield Sighting(start=found.start(), source="terraform", told=fields(operation=operation), is_error=False)


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
