"""One call of AWS as JSON: its result, one member of it, or a list joined over all its pages."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from botocore import xform_name

from why403.collecting import AwsCall

_MOST_PAGES: Final = 200
_TOKEN: Final = "NextToken"  # noqa: S105 - the name of a member


class Malformed(ValueError):
    """What was answered is no answer to the call."""


def answer(client: Any, call: AwsCall, parameters: Mapping[str, Any]) -> Any:
    """Return what a call gives as JSON; raises what botocore raises, or Malformed."""
    if call.pages is not None:
        return [plain(each) for page in _pages(client, call, parameters) for each in _listed(client, call, page)]
    result = plain(getattr(client, xform_name(call.operation))(**parameters))
    result.pop("ResponseMetadata", None)
    return result if call.member is None else _member(result, call.member)


def plain(value: Any) -> Any:
    """Return a value of botocore's as JSON: times as text; raises Malformed for anything that JSON has not."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, dict):
        return {str(name): plain(held) for name, held in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat()
    raise Malformed(type(value).__name__)


def _member(result: Mapping[str, Any], name: str) -> Any:
    found = result.get(name)
    if found is None:
        raise Malformed(name)
    return found


def _listed(client: Any, call: AwsCall, page: Mapping[str, Any]) -> list[Any]:
    """Return the list of one page. XML that repeats an element without a frame has none for an empty list."""
    name = str(call.pages)
    if name not in page and flattened(client.meta.service_model, call.operation, name):
        return []
    found = _member(page, name)
    if not isinstance(found, list):
        raise Malformed(name)
    return found


def flattened(model: Any, operation: str, member: str) -> bool:
    """Return whether a list stands in the answer without an element around it."""
    shape = model.operation_model(operation).output_shape.members[member]
    return bool(shape.serialization.get("flattened"))


def _pages(client: Any, call: AwsCall, parameters: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield every page, until no token comes, however empty pages are; raises Malformed where they do not end."""
    method = xform_name(call.operation)
    found = client.get_paginator(method).paginate(**parameters) if client.can_paginate(method) else None
    for count, page in enumerate(_by_token(client, method, parameters) if found is None else found):
        if count >= _MOST_PAGES:
            raise Malformed(call.name)
        yield page


def _by_token(client: Any, method: str, parameters: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the pages of a call for which botocore has no paginator."""
    token = None
    while True:
        sent = dict(parameters) if token is None else {**parameters, _TOKEN: token}
        page = getattr(client, method)(**sent)
        yield page
        if not page.get(_TOKEN):
            return
        if page[_TOKEN] == token:
            raise Malformed(_TOKEN)
        token = page[_TOKEN]


def pages_by_token(model: Any, operation: str) -> bool:
    """Return whether a call without a paginator comes in pages that a token asks for."""
    shapes = model.operation_model(operation)
    given = shapes.input_shape.members if shapes.input_shape else {}
    return _TOKEN in given and _TOKEN in shapes.output_shape.members
