"""AWS calls as commands of the AWS CLI, to be run by a POSIX shell as they are printed."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from why403.domain import commands
from why403.domain.fix import Write

_COMMANDS: Final = {"s3": "s3api"}


_ROOM: Final = "sort_by(Versions[?!IsDefaultVersion], &CreateDate)[:-3].VersionId"
"""The versions that have to go for one more: all but the default one and the three youngest of the others."""


def run(writes: Iterable[Write]) -> list[str]:
    """Return the lines that make calls, each with what makes room for it: nothing, where there is room.

    AWS: "Versioning IAM policies" (IAM User Guide): a managed policy has five versions at most.
    """
    return [line for write in writes for line in (*_making_room(write), command(write))]


def _making_room(write: Write) -> Iterator[str]:
    if (write.service, write.operation) == ("iam", "CreatePolicyVersion"):
        named = ("PolicyArn", write.parameters["PolicyArn"])
        listed = commands.command("iam", "list-policy-versions", named, ("query", _ROOM), ("output", "text"))
        yield f"{listed} | xargs -r -n 1 {commands.command('iam', 'delete-policy-version', named)} --version-id"


def command(write: Write) -> str:
    """Return the command that makes a call, each parameter as an option of its own where it can be typed."""
    sent = [(name, _sent(value, text=name in write.documents)) for name, value in write.parameters.items()]
    program = _COMMANDS.get(write.service, write.service)
    region = None if write.region is None else ("region", write.region)
    return commands.command(
        program, commands.hyphenated(write.operation), *sent, *(() if region is None else (region,))
    )


def _sent(value: Any, *, text: bool) -> Any:
    """Return a parameter as the call takes it: a document is text, without white space that would count as length."""
    return json.dumps(value, separators=(",", ":")) if text and not isinstance(value, str) else value
