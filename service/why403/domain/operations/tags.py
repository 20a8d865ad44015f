"""Tags as calls carry them: `a=1&b=2` in a header, a TagSet or a list of Key and Value in a body."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias
from urllib.parse import parse_qsl

from why403.domain.errors import InvalidInput
from why403.domain.operations.parameters import Parameters, pointer_to

Tags: TypeAlias = tuple[tuple[str, str], ...]


def object_tags(sent: Parameters) -> Tags:
    """Return the tags a call gives to an object."""
    return _tags(sent.get("Tagging"), ("Tagging",))


def resource_tags(sent: Parameters) -> Tags:
    """Return the tags a call gives to anything that is not an object."""
    at_creation = _tags(sent.get("CreateBucketConfiguration.Tags"), ("CreateBucketConfiguration", "Tags"))
    return at_creation or _tags(sent.get("Tags"), ("Tags",))


def _tags(value: object, path: tuple[str, ...]) -> Tags:
    match value:
        case None:
            return ()
        case str():
            return tuple(parse_qsl(value, keep_blank_values=True))
        case {"TagSet": list() as listed}:
            return tuple(_listed(listed, (*path, "TagSet")))
        case list() as listed:
            return tuple(_listed(listed, path))
    raise InvalidInput.at(pointer_to(*path), "must be tags as text (`a=1&b=2`) or an object with a `TagSet`")


def _listed(listed: list[object], path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for index, tag in enumerate(listed):
        if not isinstance(tag, Mapping):
            raise InvalidInput.at(pointer_to(*path, index), "must be an object with `Key` and `Value`")
        for name in ("Key", "Value"):
            if not isinstance(tag.get(name), str):
                raise InvalidInput.at(pointer_to(*path, index, name), "must be text")
        yield tag["Key"], tag["Value"]
