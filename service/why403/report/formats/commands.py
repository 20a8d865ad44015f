"""Command lines of the AWS CLI, the lines in which it tells what failed, and URIs: what was to be done, and where.

AWS: "AWS CLI Command Reference", `s3` and `s3api`.
"""

import re
import shlex
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final

from why403.domain.arn import resource
from why403.report.message import caller
from why403.report.names import operation_of
from why403.report.places import URI, Place, is_bucket, is_endpoint, place_of_uri
from why403.report.sighting import MOST, Fields, Sighting, both, fields

_COMMAND: Final = re.compile(
    r"(?:^|[\s$#>%`(])aws\s(?P<rest>[^\n`]{2,3000}(?:\n[ \t]{1,8}(?:--?\w|s3://)[^\n`]{0,1000}){0,30})", re.MULTILINE
)
_FAILED: Final = re.compile(
    r"(?P<what>upload|download|copy|move|delete|make_bucket|remove_bucket) failed: (?P<places>[^\n]{1,3000})"
)
# What follows the places of a failed step: why it failed.
_WHY: Final = re.compile(
    r" (?:An error|A client error|A server error|Unable to|argument|\[Errno|Access Denied|Parameter|User:|\()"
)
_OF_THE_STEP: Final = {"make_bucket": "CreateBucket", "remove_bucket": "DeleteBucket", "delete": "DeleteObject"}
_STOP: Final = re.compile(r"\s(?:An error|A client error|&&|\|\||[|>]|2>)")

# What of a transfer's two places a call is about: those that read, and the rest that write.
_READS: Final = frozenset(
    {
        "GetObject",
        "HeadObject",
        "GetObjectTagging",
        "GetObjectAttributes",
        "GetObjectAcl",
        "ListObjectsV2",
        "ListObjects",
    }
)
_OPTIONS: Final = {
    "--acl": "ACL",
    "--sse": "ServerSideEncryption",
    "--server-side-encryption": "ServerSideEncryption",
    "--sse-kms-key-id": "SSEKMSKeyId",
    "--ssekms-key-id": "SSEKMSKeyId",
    "--sse-c": "SSECustomerAlgorithm",
    "--sse-customer-algorithm": "SSECustomerAlgorithm",
    "--storage-class": "StorageClass",
    "--request-payer": "RequestPayer",
    "--expected-bucket-owner": "ExpectedBucketOwner",
    "--version-id": "VersionId",
    "--tagging": "Tagging",
    "--copy-source": "CopySource",
    "--prefix": "Prefix",
    "--delimiter": "Delimiter",
    "--object-ownership": "ObjectOwnership",
    "--grant-full-control": "GrantFullControl",
    "--grant-read": "GrantRead",
    "--website-redirect": "WebsiteRedirectLocation",
    "--website-redirect-location": "WebsiteRedirectLocation",
    "--if-match": "IfMatch",
    "--if-none-match": "IfNoneMatch",
    "--object-lock-mode": "ObjectLockMode",
    "--mfa": "MFA",
}
_DEFAULTS: Final = {"--sse": "AES256", "--sse-c": "AES256", "--request-payer": "requester"}
_OF_THE_TOOL: Final = {
    "ls": ("ListObjectsV2", "ListBuckets"),
    "mb": ("CreateBucket", None),
    "rb": ("DeleteBucket", None),
}


def lines(text: str) -> Iterator[Sighting]:
    """Yield the command lines of `aws s3`, `aws s3api` and `aws s3control`."""
    for found in islice(_COMMAND.finditer(text), MOST):
        stop = _STOP.search(found["rest"])
        told = told_by(_words(found["rest"][: stop.start()] if stop else found["rest"]))
        if told is not None:
            yield Sighting(start=found.start(), source="aws-cli", told=told, is_error=False)


def told_by(words: Sequence[str]) -> Fields | None:
    """Return what the words of a command of S3 tell, None for those of another."""
    service = next((index for index, word in enumerate(words) if word in {"s3", "s3api", "s3control"}), None)
    if service is None or service + 1 >= len(words):
        return None
    command, options = words[service + 1], _options(words)
    told = _of_tool(command, words[service + 2 :]) if words[service] == "s3" else _of_api(command, options)
    parameters = {**told.get("parameters", {}), **_parameters(options)}
    told.update(fields(region=_text(options.get("--region")), parameters=parameters))
    if "--no-sign-request" in options:
        told["principal"] = "anonymous"
    return told


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line.replace("\n", " "))
    except ValueError:
        return line.split()


def _options(words: Sequence[str]) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for word, following in zip(words, [*words[1:], "--"], strict=True):
        if word.startswith("--"):
            name, equals, value = word.partition("=")
            found[name] = value if equals else None if following.startswith("-") else following
    return found


def _text(value: str | None) -> str | None:
    return value if value and not value.startswith("$") else None


def _parameters(options: dict[str, str | None]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for option, value in options.items():
        known = _OPTIONS.get(option)
        # `--sse`, `--sse-c` and `--request-payer` may stand alone; a word that is a place is not theirs.
        is_place = value is not None and ("://" in value or ("/" in value and option in _DEFAULTS))
        given = _DEFAULTS.get(option) if value is None or is_place else value
        if known and _text(given):
            told[known] = given
    if "--bypass-governance-retention" in options:
        told["BypassGovernanceRetention"] = True
    return told


def _of_api(command: str, options: dict[str, str | None]) -> Fields:
    bucket = _text(options.get("--bucket"))
    arn = bucket if bucket and resource(bucket) else None
    key = _text(options.get("--key"))
    bare = bucket if bucket and is_bucket(bucket) else None
    told = fields(operation=operation_of(command), bucket=bare, key=key)
    if arn:
        told["resource"] = f"{arn}/object/{key}" if key else arn
    return told


def _of_tool(command: str, words: Sequence[str]) -> Fields:
    """Return what `aws s3` does: of a transfer, the place that is written, else the one that is read."""
    places = [place for place in (place_of_uri(word) for word in words if word.startswith("s3://")) if place]
    if command in _OF_THE_TOOL:
        with_bucket, without = _OF_THE_TOOL[command]
        if command != "ls":
            return fields(operation=with_bucket, bucket=places[0].bucket if places else None)
        if not places:
            bare = next((word for word in words if not word.startswith("-")), "")
            places = [place for place in (place_of_uri(f"s3://{bare}"),) if bare and place]
        return _listing(places[0]) if places else fields(operation=without)
    if command == "rm" and "--recursive" not in words and places:
        return both(fields(operation="DeleteObject"), places[0].told)
    return places[-1].told if len(places) == 1 and not _many(command, words) else _bucket_of(places)


def _many(command: str, words: Sequence[str]) -> bool:
    return command == "sync" or "--recursive" in words


def _bucket_of(places: Sequence[Place]) -> Fields:
    return fields(bucket=places[0].bucket) if len({place.bucket for place in places}) == 1 else Fields()


def _listing(place: Place) -> Fields:
    told = place.told
    prefix = told.pop("key", None)
    return both(
        fields(
            operation="ListObjectsV2", parameters={"Prefix": prefix, "Delimiter": "/"} if prefix else {"Delimiter": "/"}
        ),
        told,
    )


def failures(text: str) -> Iterator[Sighting]:
    """Yield the steps that the CLI says failed; of two places which one it was is told by the call alone."""
    for found in islice(_FAILED.finditer(text), MOST):
        yield from (
            Sighting(start=found.start(), source="aws-cli", told=told, is_error=False) for told in _places(found)
        )


def step(line: str, operation: str | None) -> Fields:
    """Return the place that a failed step names on a line, of two the one that the call is about."""
    found = _FAILED.search(line)
    if found is None:
        return Fields()
    places = list(_places(found))
    if len(places) == 1:
        return places[0] if places[0].get("operation", operation) == operation else Fields()
    if not places or operation is None:
        return Fields()
    source, target = places
    reads = operation in _READS or (operation == "DeleteObject" and found["what"] == "move")
    if operation == "CopyObject" and "key" in source and "bucket" in source:
        return both(target, fields(parameters={"CopySource": f"{source['bucket']}/{source['key']}"}))
    return source if reads else target


def _places(found: re.Match[str]) -> Iterator[Fields]:
    """Yield what of a step's places is in S3, with the operation where the step has only one."""
    why = _WHY.search(found["places"])
    places = found["places"][: why.start()] if why else found["places"].rstrip(": ")
    operation = _OF_THE_STEP.get(found["what"])
    if found["what"] in {"make_bucket", "remove_bucket"}:
        named = _place(places)
        yield fields(operation=operation, bucket=named.bucket if named else _bare(places))
        return
    source, _, target = places.partition(" to ")
    for text in (source, target):
        place = _place(text)
        if place:
            yield both(fields(operation=operation), place.told)


def _place(text: str | None) -> Place | None:
    if not text or "s3://" not in text:
        return None
    # A key may hold spaces, which an address in running text may not.
    return place_of_uri("s3://" + text.partition("s3://")[2].strip())


def _bare(text: str) -> str | None:
    return text if is_bucket(text) else None


_IDENTITY: Final = re.compile(r"""["']?(?:Arn|arn)["']?:\s{0,9}["'](?P<arn>arn:aws[^"'\s]{10,600})["']""")


# Asked for the ARN alone, it is the whole of the line that follows the command.
_BARE_IDENTITY: Final = re.compile(
    r"""\bget-caller-identity\s[^\n]{0,300}?--query[\s=]{1,4}["']?Arn["']?(?=\s)[^\n]{0,300}\n"""
    r"""[ \t]{0,8}"?(?P<arn>arn:aws[^"'\s]{10,600})"?[ \t]{0,8}(?:\n|$)"""
)


def identities(text: str) -> Iterator[Sighting]:
    """Yield the caller that `aws sts get-caller-identity` shows."""
    for pattern in (_IDENTITY, _BARE_IDENTITY):
        for found in islice(pattern.finditer(text), MOST):
            told = fields(principal=caller(found["arn"]))
            yield Sighting(start=found.start(), source="aws-cli", told=told, is_error=False)


ENDPOINT_AS_BUCKET: Final = (
    "an `s3://` address names an endpoint of S3 where the bucket belongs: that was asked for as a bucket"
)


def uris(text: str) -> Iterator[Sighting]:
    """Yield every S3 URI as a hint where something is."""
    for found in islice(URI.finditer(text), MOST):
        place = place_of_uri(found[0])
        if place is not None:
            yield Sighting(start=found.start(), source="text", told=place.told, is_error=False)
        elif is_endpoint(found[0].partition("://")[2].partition("/")[0]):
            yield Sighting(start=found.start(), source="text", is_error=False, notes=(ENDPOINT_AS_BUCKET,))


_ARN: Final = re.compile(r"arn:aws[a-z-]{0,10}:s3:[a-z0-9-]{0,24}:\d{0,12}:[^\s\"'<>`,;)\]}]{1,1200}")
_CALL: Final = re.compile(
    r"""\b[Bb]ucket(?:_?[Nn]ame)?(?:["']?\s{0,20}[=:]\s{0,20}["']|(?<=-BucketName)\s["']?)(?P<bucket>[a-z0-9][a-z0-9.-]{2,62})(?=["'\s]|$)"""
)
# Presto and Athena put the place behind the SDK's own text.
_PLACE: Final = re.compile(
    r"\(Bucket: (?P<bucket>[a-z0-9][a-z0-9.-]{2,62}), Key: (?P<key>[^\n]{1,1024}?)\)(?=[\s.,;:)\"']|$)"
)
_CALL_KEY: Final = re.compile(
    r"""\b(?:Key|key|object_key|ObjectKey)["']?\s{0,20}[=:]\s{0,20}["'](?P<key>[^"'\n]{1,1024})["']"""
)


def arns(text: str) -> Iterator[Sighting]:
    """Yield the ARNs of S3."""
    for found in islice(_ARN.finditer(text), MOST):
        named = resource(found[0].rstrip(".:"))
        # What a quote opens ends at a quote: a key with spaces goes on, one that was cut off is not whole.
        whole = text[found.start() - 1 : found.start()] != '"' or text.startswith('"', found.end())
        whole = whole and not found[0].endswith(("..", "…"))
        bucket = named.bucket if named is not None and (whole or named.key) else None
        if named is not None and "*" not in named.arn and (bucket is None or is_bucket(bucket)):
            key, point = named.key if whole else None, named.arn if named.access_point and whole else None
            told = fields(bucket=bucket, key=key, resource=point)
            yield Sighting(start=found.start(), source="text", told=told, is_error=False)


def arguments(text: str) -> Iterator[Sighting]:
    """Yield buckets and keys that stand as arguments of a call."""
    for found in islice(_PLACE.finditer(text), MOST):
        yield Sighting(start=found.start(), source="text", told=fields(**found.groupdict()), is_error=False)
    for found in islice(_CALL.finditer(text), MOST):
        key = _CALL_KEY.search(text, found.end(), found.end() + 200)
        told = fields(bucket=found["bucket"], key=key["key"] if key else None)
        yield Sighting(start=found.start(), source="text", told=told, is_error=False)
