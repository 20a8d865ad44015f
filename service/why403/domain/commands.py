"""Commands of the AWS CLI, to be run by a POSIX shell as they are printed; many are about a request's bucket or object.

AWS: "Loading a parameter from a file in the AWS CLI"; "AWS CLI skeletons and input files".
"""

import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from why403.domain.request import AccessRequest

Option = tuple[str, Any]

_VERSION: Final = "s3:versionid"
_PLURAL: Final = re.compile(r"[A-Z]{2,}s$")
_WORD: Final = re.compile(r"(.)([A-Z][a-z]+)")
_END: Final = re.compile(r"([a-z0-9])([A-Z])")
_ELSEWHERE: Final = ("file://", "fileb://", "http://", "https://")
"""Where the CLI reads what it sends, in place of a text that begins so; its first version fetches addresses as well."""


def hyphenated(name: str) -> str:
    """Return the name of an operation or parameter as the CLI spells it: `PutBucketPolicy` is `put-bucket-policy`."""
    name = _PLURAL.sub(lambda found: f"-{found[0].lower()}", name)
    return _END.sub(r"\1-\2", _WORD.sub(r"\1-\2", name)).lower()


def command(program: str, operation: str, *options: Option) -> str:
    """Return a command; an option is named as the API names the parameter, and one without a value (None) left out."""
    return shlex.join(["aws", program, operation, *words(options)])


def words(options: Iterable[Option]) -> list[str]:
    """Return parameters as options of a command, those in one of JSON that could not be typed as they are."""
    given = {name: value for name, value in options if value is not None}
    unfit = {name: value for name, value in given.items() if not typeable(value)}
    typed = (_option(f"--{hyphenated(name)}", value) for name, value in given.items() if name not in unfit)
    found = [word for option in typed for word in option]
    return [*found, "--cli-input-json", _json(unfit)] if unfit else found


def typeable(value: Any) -> bool:
    """Return whether a value can stand on a command line: what does not print does not survive being copied.

    The CLI would read a file in place of a text that looks like the address of one.
    """
    if not isinstance(value, str):
        return True
    return not value.startswith(_ELSEWHERE) and all(map(str.isprintable, value.split("\n")))


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _option(name: str, value: Any) -> Iterator[str]:
    match value:
        case True:
            yield name
        case False:
            yield name.replace("--", "--no-", 1)
        case list() | tuple() if value and all(map(_a_word, value)):
            yield from (name, *value)
        case _:
            text = value if isinstance(value, str) else _json(dict(value) if isinstance(value, Mapping) else value)
            yield from (f"{name}={text}",) if text.startswith("-") else (name, text)


def _a_word(value: Any) -> bool:
    """Return whether an entry of a list can stand for itself, beside others."""
    plain = isinstance(value, str) and value and value == value.strip() and value.isprintable()
    return bool(plain) and not value.startswith(("-", "[", "{", *_ELSEWHERE))


def bucket_command(request: AccessRequest, operation: str, *options: Option) -> str:
    """Return a command about the bucket of a request, by the access point through which the request goes."""
    return command("s3api", operation, ("Bucket", _place(request)), *options)


def object_command(request: AccessRequest, operation: str, *options: Option) -> str:
    """Return a command about the object of a request, in the version that the request names, if it is known."""
    named = ("Key", request.resource.key), ("VersionId", version_named(request))
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
