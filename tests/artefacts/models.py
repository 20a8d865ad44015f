"""What botocore knows of AWS calls, and a reader of the AWS CLI's commands that is built on that alone."""

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from botocore import xform_name
from botocore.loaders import Loader
from botocore.model import ServiceModel, Shape
from botocore.validate import ParamValidator

from why403.domain.fix import Write

# Options that every command takes, and that change nothing of what is sent.
SHOWING = frozenset({"--query", "--output"})


@cache
def service(name: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(name, "service-2"), name)


def shape(name: str, operation: str) -> Shape:
    """Return what an operation takes."""
    return service(name).operation_model(operation).input_shape


def sent(write: Write) -> dict[str, Any]:
    """Return the parameters as boto3 is given them."""
    return {
        name: json.dumps(value) if name in write.documents and not isinstance(value, str) else value
        for name, value in write.parameters.items()
    }


def faults(write: Write) -> list[str]:
    """Return what botocore would not send: operations, missing and unknown parameters, types, enumerated values."""
    if write.operation not in service(write.service).operation_names:
        return [f"{write.service} has no {write.operation}"]
    return [
        *invalid(write.service, write.operation, sent(write)),
        *_unlisted(sent(write), shape(write.service, write.operation)),
    ]


def invalid(service_name: str, operation: str, parameters: Mapping[str, Any]) -> list[str]:
    """Return what botocore finds wrong with parameters."""
    report = ParamValidator().validate(dict(parameters), shape(service_name, operation))
    return str(report.generate_report()).splitlines()


def _unlisted(value: Any, takes: Shape) -> Iterator[str]:
    """Yield enumerated values that the model does not list, which botocore itself lets pass."""
    if takes.type_name == "structure" and isinstance(value, Mapping):
        for name, held in value.items():
            if name in takes.members:
                yield from _unlisted(held, takes.members[name])
    elif takes.type_name == "list" and isinstance(value, Sequence):
        for held in value:
            yield from _unlisted(held, takes.member)
    elif takes.type_name == "string" and takes.enum and value not in takes.enum:
        yield f"{value} is no {takes.name}"


class Read(Mapping[str, Any]):
    """A command as the CLI understands it."""

    def __init__(self, line: str) -> None:
        program, command, operation, *words = shlex.split(line)
        assert program == "aws"
        self.service = {"s3api": "s3"}.get(command, command)
        names = service(self.service).operation_names
        (self.operation,) = [name for name in names if xform_name(name, "-") == operation]
        self.region: str | None = None
        self._read: dict[str, Any] = {}
        members = shape(self.service, self.operation).members
        options = {f"--{xform_name(name, '-')}": name for name in members}
        for option, values in _options(words):
            if option == "--region" and option not in options:
                (self.region,) = values
            elif option in SHOWING and option not in options:
                assert len(values) == 1
            elif option == "--cli-input-json":
                self._read |= json.loads(*values)
            elif option.startswith("--no-") and option not in options:
                name = options[f"--{option.removeprefix('--no-')}"]
                assert members[name].type_name == "boolean"
                assert not values
                self._read[name] = False
            else:
                self._read[options[option]] = _value(members[options[option]], values)

    def __getitem__(self, name: str) -> Any:
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)


def _options(words: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield options with the words that argparse gives them: those up to the next that begins with a hyphen."""
    option, values = "", list[str]()
    for word in words:
        if word.startswith("-"):
            if option:
                yield option, values
            option, equals, value = word.partition("=")
            assert option.startswith("--")
            values = [value] if equals else []
        else:
            values.append(word)
    if option:
        yield option, values


def _value(takes: Shape, words: Sequence[str]) -> Any:
    """Return a value as the CLI reads it: JSON is told by its first character, a file by its scheme."""
    if takes.type_name == "boolean":
        assert not words
        return True
    first = words[0] if words else ""
    assert not first.startswith(("file://", "fileb://", "http://", "https://"))
    if takes.type_name == "list":
        return json.loads(first) if len(words) == 1 and first.strip()[:1] == "[" else _entries(takes, words)
    (word,) = words
    match takes.type_name:
        case "structure" | "map":
            assert word.startswith("{"), "shorthand is not used"
            return json.loads(word)
        case "integer" | "long":
            return int(word)
        case "float" | "double":
            return float(word)
    return word


def _entries(takes: Shape, words: Sequence[str]) -> list[Any]:
    assert words
    assert not words[0].strip().startswith(("[", "{"))
    return [_value(takes.member, [word]) for word in words]
