"""Sightings joined to errors, errors to one report: what is said of one call belongs together, the rest is counted."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

from why403.domain.arn import resource
from why403.report.model import SOURCES, Report, Source
from why403.report.names import (
    ABOUT_ACCESS,
    BODILESS_MESSAGES,
    PLACEHOLDERS,
    STATUS,
    code_of,
    is_about_account,
    is_about_objects,
    is_unsigned,
    needs,
    only_operation_of,
    status_of,
)
from why403.report.plain import collapsed
from why403.report.sighting import Fields, Sighting

_RANK: Final = {source: rank for rank, source in enumerate(SOURCES)}
_MANY: Final = 50
"""How many errors are kept apart; further ones of one text only count."""
_STATUSES: Final = range(100, 600)
_IDENTITY: Final = ("request_id", "principal", "bucket", "resource", "status")
_REFUSED: Final = 403
_ID: Final = re.compile(r"[\w+/=.-]{1,400}")
_CLIENTS: Final[dict[Source, str]] = {
    **{client: client for client in ("php", "java", "dotnet", "ruby", "rust", "cpp", "javascript", "go", "boto3")},
    "aws-cli": "boto3",
    "s3a": "java",
    "rclone": "go",
    "cloudfront": "cloudfront",
}
"""The clients that make calls themselves; everything else passes on what one of them said."""
_CALLER: Final = re.compile(r"User:\s{1,80}(?P<who>arn:\S{1,600})\s{1,80}is\s")
_CODE: Final = re.compile(r"[A-Za-z][\w.:-]{1,99}")
# By their first three letters, in which `403`, `403 Forbidden` and `Forbidden` differ enough.
_PLACEHOLDER_STATUS: Final = {"301": 301, "400": 400, "403": 403, "404": 404, "405": 405, "412": 412} | {
    "for": 403,
    "not": 404,
    "bad": 400,
}


@dataclass(slots=True)
class Error:
    """One error of a text, with all that was seen of it."""

    start: int
    source: Source
    told: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    client: str | None = None

    def add(self, seen: Sighting) -> None:
        """Take over what another sighting tells and this error does not know yet."""
        if _RANK[seen.source] < _RANK[self.source]:
            self.source = seen.source
        _fill(self.told, seen.told)
        self.client = self.client or _CLIENTS.get(seen.source)
        self.notes = (*self.notes, *(note for note in seen.notes if note not in self.notes))

    @property
    def is_about_access(self) -> bool:
        """Return whether the call was refused, and did not fail for another reason."""
        code, message = self.told.get("code", ""), self.told.get("message", "")
        status = self.told.get("status", _PLACEHOLDER_STATUS.get(code.lower()[:3]))
        # Other services pass S3's refusal on under a code of theirs.
        refused = status == _REFUSED or code in ABOUT_ACCESS or "named" in self.told
        return refused or code_of(message) in ABOUT_ACCESS or is_unsigned(message)


def _fill(told: dict[str, Any], more: Fields) -> None:
    for name, value in more.items():
        known = told.get(name)
        if isinstance(known, dict) and isinstance(value, dict):
            told[name] = {**value, **known}
        elif known is None or _says_more(name, known, value):
            told[name] = value


def _says_more(name: str, known: Any, value: Any) -> bool:
    match name:
        case "code":
            return is_placeholder(known) and not is_placeholder(value)
        case "message":
            whole = "not authorized to perform" in value and value.startswith("User:")
            return known.lower() in BODILESS_MESSAGES or (whole and (value in known or known in value))
        case "named":
            return known.kind is None and known.via is None and value.kind is not None
    return False


def is_placeholder(code: str) -> bool:
    """Return whether a code is one that clients put where the answer had none."""
    return code.strip().lower() in PLACEHOLDERS


def errors_of(sightings: Iterable[Sighting]) -> tuple[list[Error], int]:
    """Return the errors of a text in the order they stand, and how many more there are."""
    found: list[Error] = []
    more = 0
    for seen in sorted(sightings, key=lambda each: each.start):
        # Nearest first: what follows an error mostly belongs to it.
        error = next((each for each in reversed(found) if _may_join(each, seen)), None)
        if error is not None:
            error.add(seen)
        elif len(found) < _MANY:
            found.append(Error(seen.start, seen.source, dict(seen.told), seen.notes, _CLIENTS.get(seen.source)))
        else:
            more += 1
    return found, more


def _may_join(error: Error, seen: Sighting) -> bool:
    """Return whether a sighting may be of an error: one client made the call, and nothing said contradicts."""
    client = _CLIENTS.get(seen.source)
    return not (client and error.client and client != error.client) and _may_be_one(error.told, seen.told)


def _may_be_one(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether nothing said of one contradicts what is said of the other."""
    if any(name in one and name in other and one[name] != other[name] for name in _IDENTITY):
        return False
    if not _same_key(one.get("key"), other.get("key")):
        return False
    if _other_answers(one, other):
        return False
    codes = {code for code in (one.get("code"), other.get("code")) if code and not is_placeholder(code)}
    operations = {operation for operation in (one.get("operation"), other.get("operation")) if operation}
    if len(codes) > 1 or len(operations) > 1:
        return False
    named = {each for each in (one.get("named"), other.get("named")) if each and each.kind}
    actions = {each for each in (one.get("action"), other.get("action")) if each}
    fit = all(needs(operation, action) for operation in operations for action in actions)
    return len(named) <= 1 and len(actions) <= 1 and fit and _same_place(one, other)


def _other_answers(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether one message is bare and the other gives a reason, or both name callers: S3 answers in one way."""
    messages = [told.get("message", "") for told in (one, other)]
    callers = {found["who"] for found in map(_CALLER.search, messages) if found}
    bare = any(collapsed(message).rstrip(".").lower() == "access denied" for message in messages)
    return len(callers | {told["principal"] for told in (one, other) if "principal" in told and callers}) + bare > 1


def _same_key(one: str | None, other: str | None) -> bool:
    """Return whether two names may be of one object; file systems leave out the slash that ends a folder's key."""
    return one is None or other is None or one.rstrip("/") == other.rstrip("/")


def _same_place(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether a resource here and a bucket and key there are not different things."""
    for first, second in ((one, other), (other, one)):
        named = resource(first["resource"]) if "resource" in first else None
        if named is None or named.bucket is None:
            continue
        if second.get("bucket", named.bucket) != named.bucket:
            return False
        if not _same_key(named.key, second.get("key")):
            return False
    return True


def told_first(errors: list[Error]) -> Error | None:
    """Return the error to tell: the first refusal, else the first error."""
    return next((error for error in errors if error.is_about_access), errors[0] if errors else None)


_EXPECTING: Final = re.compile(
    r"the region '(?P<wrong>[a-z0-9-]{4,24})' is wrong; expecting '(?P<right>[a-z0-9-]{4,24})'"
)


def report_of(told: Mapping[str, Any], source: Source, *, others: int = 0, unread: Iterable[str] = ()) -> Report:
    """Return the report of one error, with what follows from the fields that were seen."""
    known: dict[str, Any] = dict(told)
    _call(known)
    _place(known)
    _answer(known)
    named = known.pop("named", None)
    for name in ("parameters", "context"):
        known[name] = MappingProxyType(known.get(name) or {})
    if known.get("presigned"):
        known["presigned"] = MappingProxyType(known["presigned"])
    return Report(
        source=source,
        aws_named=named,
        others_in_text=others,
        unread=tuple(dict.fromkeys(unread)),
        **known,
    )


_AGREED: Final = ("principal", "request_id", "host_id", "bucket", "key")


def agreed(report: Report, others: Iterable[Report], ends: frozenset[str]) -> Report:
    """Return a report without the names that other readings spell otherwise, or that a line's end may have cut."""
    told = {name: getattr(report, name) for name in _AGREED}
    spelt = ((name, getattr(other, name)) for other in others for name in _AGREED)
    differ = {name for name, other in spelt if None not in {told[name], other} and told[name] != other}
    del told["principal"]  # ends where AWS's sentence goes on with `is`
    differ |= {name for name, value in told.items() if value and any(end.endswith(value) for end in ends)}
    if differ & {"bucket", "key"}:
        differ |= {"key", "resource"}
    open_again: dict[str, Any] = dict.fromkeys(differ)
    return replace(report, **open_again) if differ else report


def _call(known: dict[str, Any]) -> None:
    """Complete the operation where only one needs the action, and the Regions that a message names."""
    operation = only_operation_of(known.get("action", ""))
    if operation:
        known.setdefault("operation", operation)
    regions = _EXPECTING.search(known.get("message", ""))
    if regions:
        known.setdefault("region", regions["wrong"])
        known.setdefault("bucket_region", regions["right"])


def _place(known: dict[str, Any]) -> None:
    """Complete resource, bucket and key from each other; what an operation is about decides how far a key goes."""
    named = resource(known["resource"]) if "resource" in known else None
    if named is not None and named.bucket:
        known.setdefault("bucket", named.bucket)
        if named.key and known["bucket"] == named.bucket and _same_key(known.get("key"), named.key):
            known["key"] = named.key
    elif named is not None and named.access_point and named.key:
        known.setdefault("key", named.key)
    operation = known.get("operation")
    if operation and not is_about_objects(operation):
        known.pop("key", None)
        if is_about_account(operation):
            known.pop("bucket", None)
    if "resource" not in known and known.get("bucket"):
        bucket, key = known["bucket"], known.get("key")
        partition = _partition(known)
        known["resource"] = f"arn:{partition}:s3:::{bucket}/{key}" if key else f"arn:{partition}:s3:::{bucket}"
    elif "resource" not in known and operation == "ListBuckets":
        known["resource"] = "*"


def _partition(known: dict[str, Any]) -> str:
    principal, region = known.get("principal", ""), known.get("region", "")
    if principal.startswith("arn:"):
        return str(principal.split(":")[1])
    return "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"


def _answer(known: dict[str, Any]) -> None:
    """Complete code and status from each other; a client's word for an answer without a body is no code of S3."""
    _ids(known)
    if known.get("status") not in _STATUSES:
        known.pop("status", None)  # cut off, or none at all
    code, message = _whole(known.pop("code", None)), known.get("message")
    if message is not None:
        known["message"] = message = collapsed(message)
    empty = message is None or message.lower().rstrip(".") in BODILESS_MESSAGES
    if code is not None and is_placeholder(code):
        status = _PLACEHOLDER_STATUS.get(code.strip().lower()[:3])
        if status is not None:
            known.setdefault("status", status)
        known["bodiless"] = empty and "named" not in known
        code = None
    if code is None and message:
        code = code_of(message)
    if code is None and empty and known.get("status") == _REFUSED and _is_head(known):
        known["bodiless"] = True
    if code is not None:
        known["code"] = code
        if code in STATUS:
            known.setdefault("status", status_of(code, message))


def _whole(code: str | None) -> str | None:
    """Return a code as far as it can be one: a line's end may have cut it, or joined it to what follows."""
    code = collapsed(code or "")
    if is_placeholder(code) or code in STATUS:
        return code
    cut = any(known.startswith(code) for known in STATUS)
    return code if _CODE.fullmatch(code) and not cut else None


def _ids(known: dict[str, Any]) -> None:
    for name in ("request_id", "host_id"):
        if not _ID.fullmatch(known.get(name, "")):
            known.pop(name, None)  # joined to what follows


def _is_head(known: dict[str, Any]) -> bool:
    """Return whether the call is a HEAD, whose answers have no body."""
    return known.get("operation") in {"HeadObject", "HeadBucket"}
