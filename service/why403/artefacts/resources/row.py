"""How Terraform and CloudFormation name what one AWS call writes: the shape of a row, and how its values are found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from why403.artefacts.hcl import Encoded
from why403.domain.fix import Write

Source: TypeAlias = str | Callable[[Write], Any]
"""Where a value comes from: the name of a parameter, or a function of the call. None is no value."""


class Asked(NamedTuple):
    """What must be said, and the call does not tell: whoever applies the text gives it, under a name of CamelCase."""

    name: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Terraform:
    """A resource of the provider `aws`; `named` are the parameters its name is made of.

    `imported` is the identifier that an import takes. `kept` are arguments that an existing one may have and the call
    does not touch. `part` says that the resource has more than is shown, and is there.
    """

    type: str
    attributes: Mapping[str, Source]
    named: tuple[str, ...]
    imported: Source = ""
    kept: tuple[str, ...] = ()
    part: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudFormation:
    """A resource type; `identity` are the properties by which an existing one is imported.

    `part` says that the resource has more than is shown, and is there. What `joins` is said only in the resource that
    another call of the same change makes.
    """

    type: str | Callable[[Write], str]
    properties: Mapping[str, Source]
    identity: Mapping[str, Source]
    part: bool = False
    joins: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One call in both languages; `exists` says that the call changes what is there already."""

    terraform: Terraform | None = None
    cloudformation: CloudFormation | None = None
    exists: bool = False


def found(source: Source, write: Write) -> Any:
    """Return the value of a source, None where the call does not give it."""
    if callable(source):
        return source(write)
    value = write.parameters.get(source)
    return Encoded(value) if source in write.documents and not isinstance(value, str | None) else value


def asked(name: str, says: str, parameter: str = "") -> Source:
    """Return a source for what the call tells in one parameter at most, and is asked for otherwise."""

    def source(write: Write) -> Any:
        return write.parameters.get(parameter, Asked(name, says))

    return source


def joined(template: str) -> Source:
    """Return a source of text in which parameters stand in braces."""

    def source(write: Write) -> str:
        return template.format_map(write.parameters)

    return source


def always(value: Any) -> Source:
    """Return a source that is the same for every call."""

    def source(_write: Write) -> Any:
        return value

    return source


def part_of(*path: str) -> Source:
    """Return a source inside a parameter, None where a name of the path is missing."""

    def source(write: Write) -> Any:
        value: Any = write.parameters
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        return value

    return source
