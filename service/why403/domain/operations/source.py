"""The source of a copy, in the forms that callers write it: `bucket/key?versionId=id`, an ARN, or an object."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import unquote

from why403.domain.arn import EXPRESS, resource, split_arn
from why403.domain.directory import is_directory
from why403.domain.errors import InvalidInput
from why403.domain.operations.parameters import Parameters, pointer_to

_VERSION = "?versionId="


class CopySource(NamedTuple):
    """What a call copies from; `text` is how a condition key shows it, without encoding and version."""

    text: str
    version: str | None

    def arn(self, destination: str) -> str:
        """Return the ARN of the source, given the ARN it is copied to."""
        named = self.text.removeprefix("/")
        if split_arn(named):
            return named
        there = split_arn(destination)
        partition = there.partition if there else "aws"
        # A directory bucket's ARN has a Region and an account; they are the destination's, or cannot be told.
        if there and there.service == EXPRESS and is_directory(named.partition("/")[0]):
            return f"arn:{partition}:{EXPRESS}:{there.region}:{there.account}:bucket/{named}"
        return f"arn:{partition}:s3:::{named}"


def copy_source(sent: Parameters) -> CopySource | None:
    """Return the source a call copies from, None if it names none."""
    match sent.values.get("CopySource"):
        case None:
            return None
        case str() as header:
            path, _, version = header.partition(_VERSION)
            found = CopySource(unquote(path), unquote(version) or None)
        case {"Bucket": str() as bucket, "Key": str() as key, **rest}:
            through = "/object/" if split_arn(bucket) else "/"
            found = CopySource(f"{bucket}{through}{key}", _version(rest))
        case _:
            raise InvalidInput.at(
                pointer_to("CopySource"), "must be text (`bucket/key`) or an object with `Bucket` and `Key`"
            )
    if not _names_an_object(found.text):
        raise InvalidInput.at(pointer_to("CopySource"), f"`{found.text}` names no object")
    return found


def _version(rest: Mapping[object, object]) -> str | None:
    version = rest.get("VersionId")
    if version is None or isinstance(version, str):
        return version or None
    raise InvalidInput.at(pointer_to("CopySource", "VersionId"), "must be text")


def _names_an_object(text: str) -> bool:
    named = text.removeprefix("/")
    if split_arn(named):
        found = resource(named)
        return found is not None and (found.service != "s3" or bool(found.key))
    bucket, _, key = named.partition("/")
    return bool(bucket and key)
