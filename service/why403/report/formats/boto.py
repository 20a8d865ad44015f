"""The AWS CLI and boto3: one sentence, old and new, bare or at the end of a traceback."""

import re
from collections.abc import Iterator
from typing import Final

from why403.report.formats.commands import step
from why403.report.names import operation_of
from why403.report.passage import after, before, line_around, message_after
from why403.report.plain import collapsed
from why403.report.sighting import Fields, Sighting, both, fields

_SENTENCE: Final = re.compile(
    r"(?:An\s{1,80}error|A\s{1,80}(?:client|server)\s{1,80}error)\s{1,80}(?:occurred\s{1,80})?"
    r"\((?P<code>[\w .:-]{1,100})\)\s{1,80}(?:occurred\s{1,80})?when\s{1,80}calling\s{1,80}the"
    r"\s{1,80}(?P<operation>\w{1,80})\s{1,80}operation"
    r"(?:\s{1,80}\(reached\s{1,80}max\s{1,80}retries:\s{1,80}\d{1,4}\))?\s{0,80}:?[ \t]{0,80}\n?"
)
# pathlib-like libraries on botocore, s3fs first, raise the errors of a file system.
_PERMISSION: Final = re.compile(r"PermissionError: (?:\[Errno 13\] )?(?P<message>Forbidden|Access Denied|User: )")
# boto3's transfers tell where the file was to go: bucket and key, joined by a slash.
_FAILED: Final = "Failed to upload"
_UPLOAD: Final = re.compile(
    r"(?:(?! to ).){1,1100} to (?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/(?P<key>(?:(?! to ).){1,1024}):"
)
_REFUSED: Final = re.compile(
    r"not\s{1,80}authorized\s{1,80}to\s{1,80}perform|verify/create\s{1,80}output\s{1,80}bucket"
    r"|Insufficient\s{1,80}permissions\s{1,80}to\s{1,80}execute"
)
_CLI: Final = re.compile(
    r"(?:^|[^\w/.-])aws\s(?:--?\S{1,200}\s){0,6}(?:s3|s3api|s3control|configure)\b"
    r"|^fatal error: |^(?:upload|download|copy|move|delete|make_bucket|remove_bucket) failed: |\bA client error \(",
    re.MULTILINE,
)
_PYTHON: Final = re.compile(
    r"Traceback \(most recent call last\)|botocore|boto3|ClientError|S3UploadFailedError|\.py\b"
)


def sentences(text: str) -> Iterator[Sighting]:
    """Yield the errors that the AWS CLI or boto3 told."""
    by_cli = _CLI.search(text) is not None and _PYTHON.search(text) is None
    for found in _SENTENCE.finditer(text):
        operation = operation_of(found["operation"])
        message = message_after(text, found.end())
        # Other services pass on what S3, or IAM for them, says under a code of theirs.
        passed_on = found["code"] == "AccessDeniedException" if operation else _tells_refusal(text, found.end())
        code = "AccessDenied" if passed_on else found["code"]
        notes = () if operation else (f"`{found['operation']}` is not an operation of S3",)
        cli = by_cli or _CLI.search(line_around(text, *found.span())) is not None
        ahead = before(text, found.start())
        place = _upload(ahead) or step(_line(ahead), operation)
        told = both(fields(code=code, operation=operation, message=message), place)
        yield Sighting(start=found.start(), source="aws-cli" if cli else "boto3", told=told, notes=notes)


def _tells_refusal(text: str, at: int) -> bool:
    """Return whether an error's message is AWS's sentence about a refusal, or Athena's."""
    return _REFUSED.search(after(text, at, most=800).partition("An error")[0]) is not None


def _upload(ahead: str) -> Fields:
    """Return the place that boto3 wrote to, by what stands before an error; a terminal breaks lines at spaces."""
    _, upload, rest = ahead.rpartition(_FAILED)
    found = _UPLOAD.fullmatch(collapsed(rest)) if upload and rest.rstrip().endswith(":") else None
    return fields(**found.groupdict()) if found else Fields()


def _line(ahead: str) -> str:
    """Return the line before a place; a narrow terminal broke it between the two places of a step."""
    rest, _, line = ahead.rpartition("\n")
    above = rest.rpartition("\n")[2].rstrip()
    return f"{above} {line}" if above.endswith(" to") and " failed: " in above else line


def permission_errors(text: str) -> Iterator[Sighting]:
    """Yield the errors of s3fs and its kin, which tell of the answer only whether it had a body."""
    for found in _PERMISSION.finditer(text):
        message = message_after(text, found.start("message"))
        told = fields(status=403, message=message, code="403" if message == "Forbidden" else None)
        yield Sighting(start=found.start(), source="s3fs", told=told)
