"""From one S3 call to its legs: the permissions it needs, each on its resource, with the condition keys that follow."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple, Protocol

from why403.domain.arn import resource as resource_named
from why403.domain.errors import InvalidInput
from why403.domain.evidence import SOURCE
from why403.domain.operations.encryption import BEFORE_UPDATE, OF_OBJECT
from why403.domain.operations.keys import keys_of
from why403.domain.operations.leg import KeyUse, Leg
from why403.domain.operations.names import OPERATIONS, operation_named
from why403.domain.operations.parameters import Known, Parameters, pointer_to
from why403.domain.operations.relatives import RELATIVES, SESSION_MODE, as_relative
from why403.domain.operations.source import copy_source
from why403.domain.operations.table import Need, Operation
from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth


class _Target(NamedTuple):
    """One resource a call is about, and what the call says of it."""

    resource: str
    sent: Parameters
    subject: str = ""
    key: str | None = None
    certain: Truth = TRUE


def legs(
    operation: str,
    resource: str,
    parameters: Mapping[str, object],
    known: Known,
    *,
    unlisted: Truth = FALSE,
) -> tuple[Leg, ...]:
    """Return the permissions a call needs, at least one.

    `known` gives the plain value of a fact, None for one known to be none, UNREAD for one that is not known. `unlisted`
    is UNKNOWN where a parameter that is not listed may have been sent all the same.
    """
    asked = operation_named(operation, resource, parameters)
    check_place(asked, resource)
    sent = Parameters(parameters, known, unlisted)
    found = (leg for target in _targets(asked, resource, sent) for leg in _of_target(asked, target))
    return as_relative(asked, tuple(found), sent.sent(SESSION_MODE))


class Called(Protocol):
    """A call as far as its key is concerned."""

    @property
    def operation(self) -> str:
        """Return its name."""

    @property
    def parameters(self) -> Mapping[str, object]:
        """Return what it sends."""

    @property
    def unlisted(self) -> Truth:
        """Return how far it may have sent more."""


def key_of(call: Called, known: Known, subject: str = "") -> KeyUse:
    """Return the KMS key that a call uses, or the source it copies from."""
    sent = Parameters(call.parameters, known, call.unlisted)
    table = OPERATIONS[call.operation].rows
    rows = (need.under for need in table if need.under is not None and need.subject == subject)
    return next((use for use in (under(sent, subject) for under in rows) if use.used != FALSE), KeyUse(FALSE))


def reads_with_key(operation: str, subject: str = "") -> bool:
    """Return whether a call reads an object, or a copy's source, with the key that it is under."""
    found = (need.under for need in OPERATIONS[operation].rows if need.subject == subject)
    return any(under in {OF_OBJECT, BEFORE_UPDATE} for under in found)


def _of_target(operation: Operation, target: _Target) -> Iterator[Leg]:
    for need in operation.rows:
        if need.subject != target.subject:
            continue
        use = None if need.under is None else need.under(target.sent, need.subject)
        if use is not None and use.used == FALSE:
            continue
        needed = min(target.certain, need.when.holds(target.sent), TRUE if use is None else use.used)
        if needed != FALSE:
            action = _action(need, target.sent)
            keys = keys_of(action, operation, target.sent)
            where = _named(need.on, target.sent) if need.on else target.resource
            versioned = need.version if target.sent.sent("VersionId") == UNKNOWN else ""
            yield Leg(
                action, where, target.subject, target.key, needed, *keys, versioned, under=use, of_new=need.of_new
            )


def _named(parameter: str, sent: Parameters) -> str:
    """Return the resource that a parameter names, any where that is not known."""
    named = sent.text(parameter) or "*"
    if resource_named(named) is None:
        raise InvalidInput.at(pointer_to(*parameter.split(".")), f"`{named}` is no ARN")
    return named


def _action(need: Need, sent: Parameters) -> str:
    return need.version if need.version and sent.text("VersionId") else need.action


def _targets(operation: Operation, resource: str, sent: Parameters) -> Iterator[_Target]:
    if operation.kind == "account":
        yield _Target("*", sent)
    elif operation.kind == "keys":
        yield from _listed(resource, sent)
    else:
        if any(need.subject == SOURCE for need in operation.rows):
            yield _source(operation, resource, sent)
        yield _Target(resource, sent)


def _source(operation: Operation, destination: str, sent: Parameters) -> _Target:
    source = copy_source(sent)
    if source:
        return _Target(source.arn(destination), sent.but(VersionId=source.version), SOURCE)
    if sent.unlisted == FALSE:
        raise InvalidInput.at(pointer_to("CopySource"), f"is missing; `{operation.name}` needs it")
    return _Target("*", sent.but(VersionId=None), SOURCE, certain=UNKNOWN)


def _listed(bucket: str, sent: Parameters) -> Iterator[_Target]:
    objects = sent.get("Delete.Objects")
    under = f"{bucket}/object" if _through_access_point(bucket) else bucket
    if objects is None and sent.unlisted != FALSE:
        yield _Target(f"{under}/*", sent, certain=UNKNOWN)
        return
    if not isinstance(objects, list | tuple) or not objects:
        raise InvalidInput.at(pointer_to("Delete", "Objects"), "must be a list of at least one object")
    for index, entry in enumerate(objects):
        key, version, etag = _entry(index, entry)
        # An ETag in the list is what If-Match is in the header of a single delete.
        yield _Target(f"{under}/{key}", sent.but(VersionId=version, IfMatch=etag), key=key)


def _entry(index: int, entry: object) -> tuple[str, str | None, str | None]:
    if not isinstance(entry, Mapping):
        raise InvalidInput.at(pointer_to("Delete", "Objects", index), "must be an object with a `Key`")
    if not isinstance(entry.get("Key"), str) or not entry["Key"]:
        raise InvalidInput.at(pointer_to("Delete", "Objects", index, "Key"), "must be text that is not empty")
    for name in ("VersionId", "ETag"):
        if not isinstance(entry.get(name), str | None):
            raise InvalidInput.at(pointer_to("Delete", "Objects", index, name), "must be text")
    return entry["Key"], entry.get("VersionId"), entry.get("ETag")


def _through_access_point(resource: str) -> bool:
    found = resource_named(resource)
    return found is not None and found.access_point is not None


_ABOUT: Final[Mapping[str, str]] = MappingProxyType({"object": "an object", "bucket": "a bucket", "keys": "a bucket"})


def check_place(operation: Operation, resource: str) -> None:
    """Raise InvalidInput for a resource that a call cannot be about, the pointer from the request."""
    found = resource_named(resource)
    if found is None:
        raise InvalidInput.at("/resource", f"`{resource}` is neither an ARN nor `*`")
    if operation.kind not in _ABOUT:
        return
    # The ARNs of S3's relatives (directory buckets, Outposts, Object Lambda) put the key elsewhere or nowhere.
    fits = found.service in RELATIVES
    if found.service == "s3":
        names_bucket = bool(found.bucket or found.access_point)
        fits = names_bucket and (bool(found.key) if operation.kind == "object" else found.key is None)
    if not fits:
        about = _ABOUT[operation.kind]
        raise InvalidInput.at("/resource", f"`{operation.name}` is about {about}, which `{resource}` is not")
