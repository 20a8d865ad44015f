"""Commands of the AWS CLI for what somebody does by hand, about the bucket or object of a request."""

import json
import shlex
from collections.abc import Mapping, Sequence
from typing import Any, Final

from why403.domain.request import AccessRequest

Option = tuple[str, Any]

_VERSION: Final = "s3:versionid"


def command(program: str, operation: str, *options: Option) -> str:
    """Return a command; what is no text is written as JSON, and an option without a value (None) is left out."""
    words = ["aws", program, operation]
    for name, value in options:
        if value is not None:
            words += [f"--{name}", *_words(value)]
    return shlex.join(words)


def _words(value: Any) -> Sequence[str]:
    if value is True:
        return ()
    if isinstance(value, Mapping | list):
        return (json.dumps(value, separators=(",", ":")),)
    return (str(value),)


def bucket_command(request: AccessRequest, operation: str, *options: Option) -> str:
    """Return a command about the bucket of a request, by the access point through which the request goes."""
    return command("s3api", operation, ("bucket", _place(request)), *options)


def object_command(request: AccessRequest, operation: str, *options: Option) -> str:
    """Return a command about the object of a request, in the version that the request names, if it is known."""
    named = ("key", request.resource.key), ("version-id", version_named(request))
    return bucket_command(request, operation, *named, *options)


def version_named(request: AccessRequest) -> str | None:
    """Return the version that a request names, None for none, or for one that is not known."""
    values, call = request.context[_VERSION], request.call
    if values:
        return values[0]
    # The source of a copy, and each object of a list, has its version elsewhere, and in its context.
    if call is None or request.of_source or call.operation == "DeleteObjects":
        return None
    sent = call.parameters.get("VersionId")
    return None if sent is None else str(sent)


def _place(request: AccessRequest) -> str:
    return request.resource.access_point or request.resource.bucket or request.resource.arn
