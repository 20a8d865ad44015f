"""AWS calls as commands of the AWS CLI, to be run by a POSIX shell as they are printed."""

import json
from typing import Any, Final

from why403.domain import commands
from why403.domain.fix import Write

_COMMANDS: Final = {"s3": "s3api"}


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
