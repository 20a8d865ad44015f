"""Written configuration as a CloudFormation template: a resource for each thing that calls write."""

import json
import re
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any, Final

from why403.artefacts.hcl import Encoded
from why403.artefacts.resources import row
from why403.artefacts.resources.existing import existing
from why403.artefacts.resources.row import Asked, CloudFormation, found
from why403.domain.fix import Write

_THERE: Final = (
    "What has an identifier in its metadata exists already. Where a stack has it, change it there, and leave its other "
    "properties as they are. Else import it; what it says now is replaced by the first update after that."
)
_LONGEST_NAME: Final = 200

Resource = dict[str, Any]


def cloudformation(writes: Sequence[Write], undo: Sequence[Write]) -> str:
    """Return a template as JSON, empty where CloudFormation has no resource for any of the calls.

    What is taken back by writing the same again was there before.
    """
    parameters: dict[str, Any] = {}
    resources: dict[str, Resource] = {}
    for write in writes:
        declared = row(write).cloudformation
        if declared is not None:
            empty = _empty(declared, write, there=declared.part or existing(write, undo))
            name, held = _placed(resources, empty, _words(declared, write))
            held["Properties"] |= _properties(declared, write, name, parameters)
    if not resources:
        return ""
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        **({"Description": _THERE} if any("Metadata" in each for each in resources.values()) else {}),
        **({"Parameters": parameters} if parameters else {}),
        "Resources": resources,
    }
    return json.dumps(template, indent=2) + "\n"


def _empty(declared: CloudFormation, write: Write, *, there: bool) -> Resource:
    """Return a resource without properties; one that is there stays when the stack goes, as an import demands."""
    if not there:
        return {"Type": _type(declared, write), "Properties": {}}
    identifier = {name: found(source, write) for name, source in declared.identity.items()}
    return {
        "Type": _type(declared, write),
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Metadata": {"Identifier": identifier},
        "Properties": {},
    }


def _type(declared: CloudFormation, write: Write) -> str:
    return declared.type if isinstance(declared.type, str) else declared.type(write)


def _placed(resources: dict[str, Resource], made: Resource, words: str) -> tuple[str, Resource]:
    """Return the resource under a name of its own; two calls that set properties of one thing share theirs."""
    for name in _names(words):
        held = resources.setdefault(name, made)
        same = "Metadata" in held and (held["Type"], held["Metadata"]) == (made["Type"], made.get("Metadata"))
        if held is made or same:
            return name, held
    raise AssertionError


def _names(words: str) -> Iterator[str]:
    return (f"{words}{number}" if number > 1 else words for number in count(1))


def _properties(declared: CloudFormation, write: Write, name: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Return what the call sets: documents are objects, and what is asked for is a parameter of the template."""
    held: dict[str, Any] = {}
    for member, source in declared.properties.items():
        value = found(source, write)
        if isinstance(value, Asked):
            parameters[f"{name}{value.name}"] = {"Type": "String", "Description": value.says}
            held[member] = {"Ref": f"{name}{value.name}"}
        elif value is not None:
            held[member] = value.content if isinstance(value, Encoded) else value
    return held


def _words(declared: CloudFormation, write: Write) -> str:
    """Return letters and digits that name the resource."""
    named = " ".join(str(found(source, write)).rpartition("/")[2] for source in declared.identity.values())
    kind = _type(declared, write).rpartition(":")[2]
    words = re.findall(r"[A-Za-z0-9]+", named)
    return "".join(each[0].upper() + each[1:] for each in words)[:_LONGEST_NAME] + kind
