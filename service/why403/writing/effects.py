"""What a call leaves behind where it writes, how values are compared there, and the calls that take it back.

AWS: "PutBucketPolicy", "GetBucketPolicy" (Amazon S3 API Reference): a bucket policy is text, and comes back as such.
"Versioning IAM policies" (IAM User Guide): a managed policy has up to five versions, one of which is the default.
"""

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, Final, NamedTuple

from why403.domain.fix import Reading, Write
from why403.writing.promised import Live
from why403.writing.writable import WRITABLE


class Unsaid(Enum):
    """What stands for a value that a plan does not tell, where None is a value."""

    UNSAID = "unsaid"


UNSAID: Final = Unsaid.UNSAID
_BYTES: Final = frozenset({"s3", "s3control"})
"""Services that keep a policy as the bytes that were sent."""
_DEFAULT_VERSION: Final = ("iam", "GetPolicyVersion")


class Turn(NamedTuple):
    """One call to be made, with the value that must stand there before, and the one that stands there after it."""

    write: Write
    before: Any
    after: Any


def turns_of(writes: Sequence[Write], undo: Sequence[Write]) -> list[Turn]:
    """Return the calls of one change with what they find and leave, as far as the plan tells."""
    return [
        Turn(write, _found_by(write, back), left_by(write))
        for write, back in zip(writes, ways_back(writes, undo), strict=True)
    ]


def _found_by(write: Write, back: Write | None) -> Any:
    """Return what a call finds, as the call that takes it back tells; what is deleted then was not there."""
    if back is None:
        return UNSAID
    deleted = back.reading is None and back.operation.startswith("Delete")
    return left_by(back._replace(reading=write.reading) if deleted else back)


def ways_back(writes: Sequence[Write], undo: Sequence[Write]) -> list[Write | None]:
    """Return for each call the one that takes it back: the last call's stands first."""
    if len(writes) == len(undo):
        return list(reversed(undo))
    by_place = {place_of(each): each for each in undo if each.reading is not None}
    return [by_place.get(place_of(write)) if write.reading is not None else None for write in writes]


def place_of(write: Write) -> str:
    """Return what tells apart the places where calls write."""
    reading = write.reading
    said: Any = [write.service, write.operation, dict(write.parameters)]
    if reading is not None:
        said = [reading.service, reading.operation, dict(reading.parameters), reading.path]
    return json.dumps([write.account, write.region, said], sort_keys=True)


def left_by(write: Write) -> Any:
    """Return the value that a call leaves where its reading looks, UNSAID where its parameters do not tell."""
    reading = write.reading
    if reading is None:
        return UNSAID
    if len(write.documents) == 1:
        return write.parameters.get(write.documents[0])
    if write.operation.startswith("Delete"):
        return None
    if not reading.path:
        held = [value for value in write.parameters.values() if isinstance(value, Mapping)]
    else:
        held = list(_named(write.parameters, reading.path[-1]))
    return held[0] if len(held) == 1 else UNSAID


def _named(value: Any, name: str) -> Iterator[Any]:
    """Yield the members of that name, however deep; what lies within one of them is its own."""
    if isinstance(value, Mapping):
        for member, held in value.items():
            if member == name:
                yield held
            else:
                yield from _named(held, name)
    elif isinstance(value, list | tuple):
        for held in value:
            yield from _named(held, name)


def same(reading: Reading | None, one: Any, other: Any) -> bool:
    """Return whether two values of one place are equal.

    Two texts of a policy that is kept as bytes are compared byte by byte; all other documents after parsing, where the
    order of values and a list around a single one say nothing.
    """
    if UNSAID in (one, other):
        return False
    if isinstance(one, str) and isinstance(other, str) and reading is not None:
        if one == other:
            return True
        if not reading.parsed or reading.service in _BYTES:
            return False
    return alike(one, other)


def alike(one: Any, other: Any) -> bool:
    """Return whether two values mean the same, however AWS writes it down."""
    return UNSAID not in (one, other) and bool(_whole(one) == _whole(other))


def _whole(value: Any) -> Any:
    """Return a value in the one form of all that mean the same: settings that are all off are none."""
    held = _plain(_parsed(value))
    return None if isinstance(held, Mapping) and held and all(each is False for each in held.values()) else held


def _parsed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _plain(value: Any) -> Any:
    """Return a value in the one form of all that mean the same in a policy."""
    if isinstance(value, Mapping):
        return {name: _plain(held) for name, held in value.items()}
    if not isinstance(value, list | tuple):
        return value
    held = [_plain(each) for each in value]
    if len(held) == 1:
        return held[0]
    return sorted(held) if held and all(isinstance(each, str) for each in held) else held


def differs(expected: Any, live: Any) -> str:
    """Return the unified difference between what was expected and what is there, as indented JSON."""
    old, new = (_lines(each) for each in (expected, live))
    return "\n".join(difflib.unified_diff(old, new, "expected", "live", lineterm=""))


def _lines(value: Any) -> list[str]:
    held = _parsed(value)
    return [] if held is None else json.dumps(held, indent=2, ensure_ascii=False, sort_keys=True).splitlines()


def taking_back(write: Write, undo: Write | None, before: Live, after: Live) -> list[Turn]:
    """Return the calls that restore what stood there before a call that was made, exactly as it was.

    `undo` is the plan's own way back; what it would write is replaced by what was found. Empty if there is no way.
    """
    if (write.service, write.operation) == ("iam", "CreatePolicyVersion"):
        return list(_to_version(write, before, after))
    if (write.service, write.operation) == ("iam", "DeletePolicyVersion"):
        return [_version_again(write, before)]
    if undo is None:
        return []
    undo = _deleting(write, undo, before)
    if len(undo.documents) == 1 and before.value is not None:
        name = undo.documents[0]
        undo = undo._replace(parameters={**undo.parameters, name: before.value})
    return [Turn(undo, after.value, before.value)]


def _deleting(write: Write, undo: Write, before: Live) -> Write:
    """Return the way back that looks where the call wrote, and deletes what was not there, if it can be deleted."""
    if undo.reading is None and (write.reading is None or not undo.operation.startswith(("Put", "Delete"))):
        return undo
    undo = undo if undo.reading is not None else undo._replace(reading=write.reading)
    operation = undo.operation.replace("Put", "Delete", 1)
    permitted = WRITABLE.get((undo.service, operation))
    if before.value is not None or operation == undo.operation or permitted is None or undo.reading is None:
        return undo
    sent = dict(undo.reading.parameters)
    return undo._replace(operation=operation, parameters=sent, documents=(), permission=permitted.permission)


def _to_version(write: Write, before: Live, after: Live) -> Iterator[Turn]:
    """Yield the calls that make the old version the default again, and delete the new one."""
    if before.version is not None and before.version != after.version:
        named = {"PolicyArn": write.parameters["PolicyArn"], "VersionId": before.version}
        operation = "SetDefaultPolicyVersion"
        back = Write("iam", operation, named, f"iam:{operation}", write.account, write.region, reading=write.reading)
        yield Turn(back, after.value, before.value)
    if after.version is not None:
        yield Turn(delete_version(write, after.version), after.value, None)


def delete_version(write: Write, version: str) -> Write:
    """Return the call that deletes a version of the managed policy that a call is about."""
    named = {"PolicyArn": write.parameters["PolicyArn"], "VersionId": version}
    reading = Reading(*_DEFAULT_VERSION, named, ("PolicyVersion", "Document"), ("NoSuchEntity",))
    operation = "DeletePolicyVersion"
    return Write("iam", operation, named, f"iam:{operation}", write.account, write.region, reading=reading)


def _version_again(write: Write, before: Live) -> Turn:
    """Return the call that makes a version anew that was deleted: under another id, and not the default."""
    operation = "CreatePolicyVersion"
    named = {"PolicyArn": write.parameters["PolicyArn"], "PolicyDocument": before.value, "SetAsDefault": False}
    reading = Reading("iam", "ListPolicyVersions", {"PolicyArn": named["PolicyArn"]}, ("Versions",))
    again = Write(
        "iam",
        operation,
        named,
        f"iam:{operation}",
        write.account,
        write.region,
        documents=("PolicyDocument",),
        reading=reading,
    )
    return Turn(again, None, before.value)
