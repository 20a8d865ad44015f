"""What AWS's services say of S3 where they act for their caller: Athena, Redshift, Lambda, CloudFormation, CodeBuild.

Mostly they tell the bucket, and seldom the call. AWS: "Troubleshooting in Athena"; "COPY, UNLOAD, and CREATE EXTERNAL
SCHEMA using IAM roles"; "Troubleshooting CodePipeline"; "Troubleshooting AWS CodeBuild".
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple

from why403.report.message import caller
from why403.report.names import operation_of
from why403.report.passage import message_after
from why403.report.places import BUCKET, place_of_uri
from why403.report.sighting import MOST, Fields, Sighting, both, fields


class _Said(NamedTuple):
    """A sentence with a place, the call that it is about, and whether it is a refusal or only tells of one."""

    words: re.Pattern[str]
    told: Fields
    is_error: bool = True
    note: str | None = None


_URI: Final = r"(?P<uri>s3://[^\s'\"<>]{3,1100})"
_ROLE: Final = r"(?P<role>arn:aws[a-z-]{0,10}:iam::\d{12}:role/[\w+=,.@/-]{1,600})"


def _said(
    words: str, *, code: str | None = "AccessDenied", operation: str | None = None, action: str = "", note: str = ""
) -> _Said:
    told = fields(operation=operation, action=action, code=code)
    return _Said(re.compile(words.replace(" ", r"\s{1,8}")), told, is_error=code is not None, note=note or None)


_SENTENCES: Final = (
    _said(f"Permission denied on S3 path: {_URI}"),
    _said(f"Access denied when writing output to url: {_URI}", operation="PutObject"),
    # The first that Athena asks of the bucket for its results.
    _said(
        f"Unable to verify/create output bucket {BUCKET}",
        operation="GetBucketLocation",
        note="Athena says so of a bucket that does not exist, too",
    ),
    _said("Insufficient permissions to execute the query"),
    _said(f"is not authorized to assume IAM Role {_ROLE}", action="sts:AssumeRole"),
    _said(f"Not authorized to get credentials of role {_ROLE}", action="sts:AssumeRole"),
    _said(f"have the permissions required to access the Amazon S3 bucket named {BUCKET}"),
    _said(
        f"Unable to access the artifact with Amazon S3 object key '(?P<key>[^'\n]{{1,1024}})' located in the "
        f"Amazon S3 artifact bucket '{BUCKET}'",
        operation="GetObject",
    ),
    _said(
        rf"source and source version arn:aws[a-z-]{{0,10}}:s3:::{BUCKET}/(?P<key>[^\s\"'<>]{{1,1024}})",
        code=None,
        operation="GetObject",
    ),
    _said(rf"Read \d{{1,12}} (?:tail )?bytes (?:of|from) file {_URI}", code=None, operation="GetObject"),
    _said("UPLOAD_ARTIFACTS|failed to upload artifacts", code=None, operation="PutObject"),
)
WORDS: Final[tuple[str, ...]] = (
    *("denied on", "denied when", "verify/create", "ermissions", "authorized to", "artifact", "source version"),
    *("UPLOAD_ARTIFACTS", " bytes ", "denied\non", "denied\nwhen", "authorized\nto", "source\nversion"),
)


def sentences(text: str) -> Iterator[Sighting]:
    """Yield what is said of buckets, objects and roles that a query, a load or a build could not use."""
    for said in _SENTENCES:
        for found in islice(said.words.finditer(text), MOST):
            message = message_after(text, found.start()) if said.is_error else None
            told = both(said.told, both(_named(found), fields(message=message)))
            notes = (said.note,) if said.note else ()
            yield Sighting(start=found.start(), source="text", told=told, is_error=said.is_error, notes=notes)


def _named(found: re.Match[str]) -> Fields:
    named = found.groupdict()
    place = place_of_uri(named["uri"]) if named.get("uri") else None
    if place is not None:
        return place.told
    role = named.get("role")
    return fields(bucket=named.get("bucket"), key=named.get("key"), foreign=role.rstrip(".") if role else None)


_WAREHOUSE: Final = re.compile(
    r"S3ServiceException:(?P<message>[^\n]{1,600}?),Status (?P<status>\d{3}),Error (?P<code>\w{1,60})"
    r"(?:,Rid (?P<request>\w{1,60}))?(?:,ExtRid (?P<host>[^,\s]{1,200}))?"
)


_LENT: Final = re.compile(r"\biam_role\s{1,8}(?:as\s{1,8})?'(?P<roles>arn:[^'\s]{10,2000})'", re.IGNORECASE)


# What the warehouse was at stands some lines below the error.
_READ: Final = re.compile(rf"S3\s{{1,8}}key\s{{1,8}}being\s{{1,8}}read\s{{0,8}}:\s{{1,8}}{_URI}")
_LISTED: Final = re.compile(rf"Listing\s{{1,8}}bucket={BUCKET}(?:\s{{1,8}}prefix=(?P<prefix>\S{{1,1024}}))?")
_FAR: Final = 1_000


def warehouse(text: str) -> Iterator[Sighting]:
    """Yield the errors of Redshift's COPY and UNLOAD; of the roles of a chain the last one calls S3."""
    roles = {caller(found["roles"].rpartition(",")[2]) for found in islice(_LENT.finditer(text), MOST)}
    role = roles.pop() if len(roles) == 1 else None
    for found in islice(_WAREHOUSE.finditer(text), MOST):
        told = fields(
            message=found["message"],
            status=int(found["status"]),
            code=found["code"],
            request_id=found["request"],
            host_id=found["host"],
            principal=None if "User:" in found["message"] else role,
        )
        told.update(_doing(text, found.end()))
        yield Sighting(start=found.start(), source="text", told=told)


def _doing(text: str, at: int) -> Fields:
    read, listed = (each.search(text, at, at + _FAR) for each in (_READ, _LISTED))
    if read is not None:
        return both(fields(operation="GetObject"), _named(read))
    if listed is None:
        return Fields()
    parameters = {"Prefix": listed["prefix"]} if listed["prefix"] else None
    return fields(operation="ListObjectsV2", bucket=listed["bucket"], parameters=parameters)


_DEPLOYMENT: Final = re.compile(
    r"denied\sby\sS3,\splease\smake\ssure\syour\srequest\scredentials\shave\spermission\sto\s"
    r"(?P<operation>[A-Z]\w{2,60})\sfor\s(?P<bucket>[a-z0-9.-]{3,63})/(?P<key>[^\s\"'<>]{1,1024}?)\.?\s"
    r"S3\sError\sCode:\s(?P<code>\w{1,60})\.?\sS3\sError\sMessage:\s(?P<message>[^\n(]{1,300})"
)


def deployments(text: str) -> Iterator[Sighting]:
    """Yield what AWS Lambda says of the archive that a function is to be made of; the code it ends in is its own."""
    for found in islice(_DEPLOYMENT.finditer(text), MOST):
        told = fields(
            operation=operation_of(found["operation"]),
            bucket=found["bucket"],
            key=found["key"],
            code=found["code"],
            message=found["message"].strip(),
        )
        yield Sighting(start=found.start(), source="text", told=told)


_CLOUDFORMATION: Final = re.compile(
    r"API:\s{1,8}s3:(?P<operation>[A-Za-z]\w{2,60})\s{1,8}(?P<message>Access\s{1,8}Denied[^\n]{0,200}|User:\s[^\n]{1,1500})"
)
_RESOURCE: Final = re.compile(
    r"(?P<state>CREATE|UPDATE|DELETE)_FAILED[:\s|]{1,40}(?:[\w-]{1,255}\s{1,8}\()?AWS::S3::BucketPolicy\b"
    r"|AWS::S3::BucketPolicy\b[\w\s|./()-]{1,120}?\b(?P<after>CREATE|UPDATE|DELETE)_FAILED"
)
_OF_STATE: Final = {"CREATE": "PutBucketPolicy", "UPDATE": "PutBucketPolicy", "DELETE": "DeleteBucketPolicy"}


def cloudformation(text: str) -> Iterator[Sighting]:
    """Yield CloudFormation's older form, which names a method as if it were an action, and resources of one call."""
    for found in islice(_CLOUDFORMATION.finditer(text), MOST):
        message = message_after(text, found.start("message"))
        told = fields(operation=operation_of(found["operation"]), code="AccessDenied", message=message)
        yield Sighting(start=found.start(), source="text", told=told)
    for found in islice(_RESOURCE.finditer(text), MOST):
        told = fields(operation=_OF_STATE[found["state"] or found["after"]])
        yield Sighting(start=found.start(), source="text", told=told, is_error=False)
