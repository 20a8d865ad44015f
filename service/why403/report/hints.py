"""Hints brought to an error: what commands, addresses and arguments around it tell that the error itself does not."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from why403.report.joining import Error
from why403.report.names import asks_of_source, is_about_objects, needs
from why403.report.sighting import Sighting

_ONE_LINE: Final = 1_000
_COMMANDS: Final = frozenset({"aws-cli", "boto3", "curl", "presigned-url", "terraform", "rclone", "s3a"})
_ALWAYS: Final = ("region", "principal")
_PLACES: Final = ("resource", "bucket", "key")


def complete(error: Error, hints: Sequence[Sighting], text: str) -> tuple[str, ...]:
    """Fill what an error leaves open from the hints that fit it; return what stays open because hints differ."""
    usable = sorted((hint for hint in hints if _fits(error, hint)), key=lambda hint: _nearness(error, hint, text))
    _operation(error, usable, text)
    usable = [hint for hint in usable if _fits(error, hint)]
    # What a copy's source is, is named by what is around; where it was to go, is not.
    of_source = asks_of_source(error.told.get("operation", ""), error.told.get("action", ""))
    open_places = () if of_source else _place(error, usable, text)
    for hint in usable:
        if not hint.told:
            error.notes = (*error.notes, *(note for note in hint.notes if note not in error.notes))
        if "server" in hint.told:
            error.told.setdefault("server", hint.told["server"])
        bucket = hint.told.get("bucket")
        if hint.source in _COMMANDS or (
            bucket and bucket == error.told.get("bucket", _bucket_in(error.told.get("resource")))
        ):
            _take(error, hint)
    return open_places


def _fits(error: Error, hint: Sighting) -> bool:
    """Return whether a hint may be about the call of the error."""
    told, known = hint.told, error.told
    if hint.begins and hint.start > error.start:
        return False
    operation = known.get("operation")
    if operation and told.get("operation", operation) != operation:
        return False
    if (
        operation is None
        and "operation" in told
        and "action" in known
        and not needs(told["operation"], known["action"])
    ):
        return False
    return _same_bucket(error, hint)


def _same_bucket(error: Error, hint: Sighting) -> bool:
    known = error.told.get("bucket") or _bucket_in(error.told.get("resource"))
    return known is None or hint.told.get("bucket", known) == known


def _bucket_in(arn: str | None) -> str | None:
    if arn is None or ":s3:::" not in arn:
        return None
    return arn.partition(":::")[2].partition("/")[0] or None


def _nearness(error: Error, hint: Sighting, text: str) -> tuple[int, int]:
    """Return how near a hint stands: the same line, then before, then after; by distance each."""
    distance = abs(hint.start - error.start)
    same_line = (
        distance < _ONE_LINE and "\n" not in text[min(hint.start, error.start) : max(hint.start, error.start)].strip()
    )
    return (0 if same_line else 1 if hint.start <= error.start else 2), distance


def _operation(error: Error, hints: Sequence[Sighting], text: str) -> None:
    """Take the operation that the nearest line of hints agrees on; a step with two places names several."""
    if "operation" in error.told:
        return
    named = [hint for hint in hints if "operation" in hint.told]
    if not named:
        return
    nearest = _nearness(error, named[0], text)
    operations = {hint.told["operation"] for hint in named if _nearness(error, hint, text) == nearest}
    if len(operations) == 1:
        error.told["operation"] = operations.pop()


def _place(error: Error, hints: Sequence[Sighting], text: str) -> tuple[str, ...]:
    """Take bucket and key from the hints: the line of the error first, then what all agree on."""
    if any(name in error.told for name in ("bucket", "resource")):
        _key(error, [hint for hint in hints if _same_bucket(error, hint)], text)
        return ()
    for group in _groups(error, hints, text):
        buckets = {hint.told.get("bucket") or hint.told.get("resource") for hint in group} - {None}
        if len(buckets) == 1:
            first = next(hint for hint in group if "bucket" in hint.told or "resource" in hint.told)
            for name in ("bucket", "resource"):
                if name in first.told:
                    error.told[name] = first.told[name]
            _key(error, [hint for hint in group if _same_bucket(error, hint)], text)
            return ()
        if buckets:
            names = ", ".join(f"`{name}`" for name in sorted(map(str, buckets))[:5])
            return (f"the text names several places, {names}; which one the call was about is not said",)
    return ()


def _groups(error: Error, hints: Sequence[Sighting], text: str) -> Iterator[list[Sighting]]:
    """Yield the hints on the error's line, then those of the same call elsewhere, then all."""
    on_line = [hint for hint in hints if _nearness(error, hint, text)[0] == 0]
    operation = error.told.get("operation")
    same_call = [hint for hint in hints if operation and hint.told.get("operation") == operation]
    first_of = [hint for hint in on_line if operation and hint.told.get("operation") == operation]
    for group in (first_of, on_line, same_call, list(hints)):
        if any("bucket" in hint.told or "resource" in hint.told for hint in group):
            yield group


def _key(error: Error, hints: Sequence[Sighting], text: str) -> None:
    operation = error.told.get("operation")
    if "key" in error.told or _key_in(error.told.get("resource")) or (operation and not is_about_objects(operation)):
        return
    on_line = [hint for hint in hints if _nearness(error, hint, text)[0] == 0]
    same_call = [hint for hint in on_line if operation and hint.told.get("operation") == operation]
    for group in (same_call, on_line, hints):
        keys = {hint.told["key"] for hint in group if "key" in hint.told}
        if len(keys) == 1:
            error.told["key"] = keys.pop()
        if keys:
            return


def _key_in(arn: str | None) -> bool:
    return arn is not None and ("/object/" in arn or (":s3:::" in arn and "/" in arn))


def _take(error: Error, hint: Sighting) -> None:
    """Take over what only a command or an address can tell: parameters, context, Region, the signed URL."""
    told: dict[str, Any] = {name: hint.told[name] for name in _ALWAYS if name in hint.told}
    for name, value in told.items():
        error.told.setdefault(name, value)
    for name in ("parameters", "context", "presigned"):
        more = hint.told.get(name)
        if isinstance(more, dict) and more:
            error.told[name] = {**more, **error.told.get(name, {})}
    if hint.source in {"presigned-url", "terraform", "rclone"}:
        error.notes = (*error.notes, *(note for note in hint.notes if note not in error.notes))
