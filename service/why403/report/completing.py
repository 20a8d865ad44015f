"""Reports completed: what follows from the fields that were seen of one error."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from why403.domain.arn import resource
from why403.report.answers import BODILESS_MESSAGES, STATUS, code_of, is_placeholder, status_in_place_of, status_of
from why403.report.joining import same_key
from why403.report.model import Report, Source
from why403.report.names import (
    asks_of_source,
    asks_to_list,
    is_about_account,
    is_about_objects,
    only_operation_of,
    parameter_with,
)
from why403.report.plain import collapsed

_STATUSES: Final = range(100, 600)
_REFUSED: Final = 403
_ID: Final = re.compile(r"[\w+/=.-]{1,400}")
_CODE: Final = re.compile(r"[A-Za-z][\w.:-]{1,99}")
_EXPECTING: Final = re.compile(
    r"the region '(?P<wrong>[a-z0-9-]{4,24})' is wrong; expecting '(?P<right>[a-z0-9-]{4,24})'"
)


def report_of(told: Mapping[str, Any], source: Source, *, others: int = 0, unread: Iterable[str] = ()) -> Report:
    """Return the report of one error, with what follows from the fields that were seen."""
    known: dict[str, Any] = dict(told)
    _call(known)
    _place(known)
    _parameter(known)
    _answer(known)
    named = known.pop("named", None)
    if "server" in known:
        unread = (*unread, f"`{known['server']}` is not AWS: whether AWS's rules hold there is not known")
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
    operation, action = known.get("operation", ""), known.get("action", "")
    named = resource(known["resource"]) if "resource" in known else None
    if named is not None and named.bucket and named.key and asks_of_source(operation, action):
        del known["resource"]
        known["parameters"] = {"CopySource": f"{named.bucket}/{named.key}", **known.get("parameters", {})}
    elif named is not None and named.bucket:
        known.setdefault("bucket", named.bucket)
        if named.key and known["bucket"] == named.bucket and same_key(known.get("key"), named.key):
            known["key"] = named.key
    elif named is not None and named.access_point and named.key:
        known.setdefault("key", named.key)
    if named is not None and named.key is None and "key" in known and asks_to_list(operation, action):
        known["resource"] = f"{named.arn}/{known['key']}"  # AWS names the bucket, which the call was not on
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


def _parameter(known: dict[str, Any]) -> None:
    """Tell what the call sent where the text names what an action of another service was on."""
    name, value = parameter_with(known.get("operation", ""), known.get("action", "")), known.get("foreign")
    if name and value:
        for part in reversed(name.split(".")):
            value = {part: value}
        known["parameters"] = {**value, **known.get("parameters", {})}


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
        status = status_in_place_of(code)
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
