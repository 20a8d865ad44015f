"""Sightings joined to errors: what is said of one call belongs together, the rest is counted."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from why403.domain.arn import resource
from why403.report.answers import (
    ABOUT_ACCESS,
    BODILESS_MESSAGES,
    code_of,
    is_placeholder,
    is_unsigned,
    status_in_place_of,
)
from why403.report.model import SOURCES, Source
from why403.report.names import asks_of_source, needs
from why403.report.plain import collapsed
from why403.report.sighting import Fields, Sighting

_RANK: Final = {source: rank for rank, source in enumerate(SOURCES)}
_MANY: Final = 50
"""How many errors are kept apart; further ones of one text only count."""
_IDENTITY: Final = ("request_id", "principal", "bucket", "resource", "status")
_REFUSED: Final = 403
_CLIENTS: Final[dict[Source, str]] = {
    **{client: client for client in ("php", "java", "dotnet", "ruby", "rust", "cpp", "javascript", "go", "boto3")},
    "aws-cli": "boto3",
    "s3a": "java",
    "rclone": "go",
    "cloudfront": "cloudfront",
}
"""The clients that make calls themselves; everything else passes on what one of them said."""
_CALLER: Final = re.compile(r"User:\s{1,80}(?P<who>arn:\S{1,600})\s{1,80}is\s")


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
        status = self.told.get("status", status_in_place_of(code))
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
    if seen.begins and seen.told.get("operation") != error.told.get("operation"):
        return False
    return not (client and error.client and client != error.client) and _may_be_one(error.told, seen.told)


def _may_be_one(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether nothing said of one contradicts what is said of the other."""
    if any(name in one and name in other and one[name] != other[name] for name in _IDENTITY):
        return False
    if not same_key(one.get("key"), other.get("key")):
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


def same_key(one: str | None, other: str | None) -> bool:
    """Return whether two names may be of one object; file systems leave out the slash that ends a folder's key."""
    return one is None or other is None or one.rstrip("/") == other.rstrip("/")


def _same_place(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether a resource here and a bucket and key there are not different things."""
    for first, second in ((one, other), (other, one)):
        named = resource(first["resource"]) if "resource" in first else None
        of_source = asks_of_source(second.get("operation", ""), first.get("action", ""))
        if named is None or named.bucket is None or of_source:
            continue
        if second.get("bucket", named.bucket) != named.bucket:
            return False
        if not same_key(named.key, second.get("key")):
            return False
    return True


def told_first(errors: list[Error]) -> Error | None:
    """Return the error to tell: the first refusal, else the first error."""
    return next((error for error in errors if error.is_about_access), errors[0] if errors else None)
