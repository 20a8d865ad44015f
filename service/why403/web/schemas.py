"""The outermost shape of bodies; what lies deeper is read by the core, which knows its grammar and is faster at it."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from why403.domain.errors import Fault, InvalidInput, escaped
from why403.web.parts import parts

_Messages = dict[str, str | list[Any] | dict[Any, Any]]

_OBJECT_MESSAGES: _Messages = {"invalid": "must be an object", "null": "must be an object"}
_BATCH_MESSAGES: _Messages = {
    "invalid": "must be a list of requests",
    "null": "must be a list of requests",
    "required": "is missing",
    "empty": "must hold at least one request",
    "many": "holds {count} requests; {most} are accepted",
}
_FLAG_MESSAGES: _Messages = {"invalid": "must be true or false", "null": "must be true or false"}
_TEXT_MESSAGES: _Messages = {"invalid": "must be the text that was printed"}
_NAME_MESSAGES: _Messages = {"invalid": "must be a string"}
_BODY_MESSAGES = {"type": "must be an object", "unknown": "is not a member of this body"}


class JsonObject(fields.Field[dict[str, Any]]):
    """A JSON object, passed on as it is."""

    default_error_messages = _OBJECT_MESSAGES

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> dict[str, Any]:
        """Return the object; raises ValidationError for anything else."""
        if not isinstance(value, dict):
            raise self.make_error("invalid")
        return value


class Batch(fields.Field[list[dict[str, Any]]]):
    """A list of JSON objects, at least one and not more than the settings allow."""

    default_error_messages = _BATCH_MESSAGES

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> list[dict[str, Any]]:
        """Return the list; raises ValidationError, with the indices of elements that are no objects."""
        if not isinstance(value, list):
            raise self.make_error("invalid")
        if not value:
            raise self.make_error("empty")
        most = parts().settings.max_requests_per_body
        if len(value) > most:
            raise self.make_error("many", count=len(value), most=most)
        if wrong := [index for index, element in enumerate(value) if not isinstance(element, dict)]:
            raise ValidationError({index: ["must be an object"] for index in wrong})
        return value


class Flag(fields.Boolean):
    """`true` or `false`, and not the words or numbers that marshmallow would take for them."""

    default_error_messages = _FLAG_MESSAGES

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        """Return the value; raises ValidationError for anything that is not a JSON boolean."""
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Detail(fields.String):
    """How much is told of each decision: one of a few words."""

    def __init__(self, *words: str) -> None:
        """Accept exactly these words."""
        must = "must be " + " or ".join(f"`{word}`" for word in words)
        messages: _Messages = {"invalid": must, "null": must}
        super().__init__(validate=validate.OneOf(words, error=must), error_messages=messages)
        self.words = words


class Text(fields.String):
    """What was printed."""

    default_error_messages = _TEXT_MESSAGES


class SimulateBody(Schema):
    """The body of `/simulate`; evidence and edits that are `null` are not given, as in a request."""

    error_messages = _BODY_MESSAGES

    requests = Batch(required=True)
    evidence = JsonObject(allow_none=True)
    evidence_is_complete = Flag()
    edits = JsonObject(allow_none=True)
    detail = Detail("decision", "full")
    collect = Flag()
    fresh = Flag()


class DiagnoseBody(Schema):
    """The body of `/diagnose`; `null` is the same as not given, as many clients write it."""

    error_messages = _BODY_MESSAGES

    error = Text(allow_none=True)
    event = JsonObject(allow_none=True)
    request = JsonObject(allow_none=True)
    evidence = JsonObject(allow_none=True)
    evidence_is_complete = Flag()
    collect = Flag()
    fresh = Flag()
    request_id = fields.String(allow_none=True, error_messages=_NAME_MESSAGES)
    log_group = fields.String(allow_none=True, error_messages=_NAME_MESSAGES)
    recent = Flag()
    cross_check = Flag()
    detail = Detail("full")


class RemediateBody(DiagnoseBody):
    """The body of `/remediate`: that of `/diagnose` or the id of one, and whether a plan may let in anybody."""

    diagnosis = fields.String(allow_none=True, error_messages=_NAME_MESSAGES)
    accept_public = Flag()


class ApplyBody(Schema):
    """The body of `/plans/ID/apply`: nothing is written unless `dry_run` is false."""

    error_messages = _BODY_MESSAGES

    dry_run = Flag()
    accept_unproven = Flag()


class RollbackBody(Schema):
    """The body of `/plans/ID/rollback`: nothing is written unless `dry_run` is false."""

    error_messages = _BODY_MESSAGES

    dry_run = Flag()


class VerifyBody(Schema):
    """The body of `/plans/ID/verify`: whether a call is tried as the caller, and with which key one that writes."""

    error_messages = _BODY_MESSAGES

    probe = Flag()
    canary = JsonObject(allow_none=True)


def load(schema: Schema, body: Any) -> dict[str, Any]:
    """Return a body of the right outermost shape; raises InvalidInput with a fault for each member that is wrong."""
    if isinstance(body, dict) and _plain(schema, body):
        return body
    try:
        loaded: dict[str, Any] = schema.load(body)
    except ValidationError as error:
        raise InvalidInput(_faults(error.messages, "")).within(body) from error
    return loaded


def _plain(schema: Schema, body: dict[str, Any]) -> bool:
    """Say whether a body is right at first sight, as most are: marshmallow takes its time to say so."""
    members = schema.fields
    for name, value in body.items():
        field = members.get(name)
        if field is None or not _fits(field, value):
            return False
    return all(name in body for name, field in members.items() if field.required)


def _fits(field: fields.Field[Any], value: Any) -> bool:
    """Say whether a value is one that a field takes as it is; some of those are left to the field itself."""
    match field:
        case JsonObject():
            return isinstance(value, dict)
        case Flag():
            return isinstance(value, bool)
        case Batch():
            most = parts().settings.max_requests_per_body
            return isinstance(value, list) and 0 < len(value) <= most and all(isinstance(each, dict) for each in value)
        case Text():
            return isinstance(value, str)
        case Detail():
            return value in field.words
    return False


def _faults(messages: Any, pointer: str) -> list[Fault]:
    """Flatten marshmallow's nested messages; what it says of the body as a whole belongs to the body itself."""
    if isinstance(messages, Mapping):
        return [
            fault
            for name, below in messages.items()
            for fault in _faults(below, pointer if name == "_schema" else f"{pointer}/{escaped(str(name))}")
        ]
    return [Fault(pointer, message) for message in messages]
