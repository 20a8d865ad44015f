"""AWS calls as commands of the AWS CLI."""

import json
import re
import shlex
from collections.abc import Iterator
from typing import Any, Final

from why403.domain.fix import Write

_WORD: Final = re.compile(r"(.)([A-Z][a-z]+)")
_END: Final = re.compile(r"([a-z0-9])([A-Z])")
_COMMANDS: Final = {"s3": "s3api"}


def hyphenated(name: str) -> str:
    """Return the name of an operation or parameter as the CLI spells it: `PutBucketPolicy` is `put-bucket-policy`."""
    return _END.sub(r"\1-\2", _WORD.sub(r"\1-\2", name)).lower()


def command(write: Write) -> str:
    """Return the command that makes a call; a document is one argument, as JSON."""
    words = ["aws", _COMMANDS.get(write.service, write.service), hyphenated(write.operation)]
    for name, value in write.parameters.items():
        words += _option(f"--{hyphenated(name)}", value)
    if write.region is not None:
        words += ["--region", write.region]
    return " ".join(words)


def _option(name: str, value: Any) -> Iterator[str]:
    if value is True:
        yield name
    elif value is False:
        yield name.replace("--", "--no-", 1)
    else:
        yield name
        yield shlex.quote(value if isinstance(value, str) else json.dumps(value))
