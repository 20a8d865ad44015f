"""Written configuration as a CloudFormation template: a resource for each thing that calls write."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
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
    template = _Template()
    for write in writes:
        declared = row(write).cloudformation
        if declared is not None:
            template.add(declared, write, there=declared.part or existing(write, undo))
    return template.text()


class _Template:
    """Resources under names of their own; calls that say something of one thing share a resource."""

    def __init__(self) -> None:
        self.parameters: dict[str, Any] = {}
        self.resources: dict[str, Resource] = {}
        self.names: dict[tuple[str, str], str] = {}

    def add(self, declared: CloudFormation, write: Write, *, there: bool) -> None:
        identity = {name: found(source, write) for name, source in declared.identity.items()}
        kind = declared.type if isinstance(declared.type, str) else declared.type(write)
        key = (kind, json.dumps(identity, sort_keys=True))
        if key not in self.names:
            if declared.joins:
                return
            self.names[key] = next(each for each in _names(kind, identity) if each not in self.resources)
            self.resources[self.names[key]] = _empty(kind, identity if there else None)
        properties = self.resources[self.names[key]]["Properties"]
        for member, source in declared.properties.items():
            value = self._plain(found(source, write), self.names[key])
            if value is not None:
                properties[member] = value

    def _plain(self, value: Any, name: str) -> Any:
        """Return a value as templates hold it: documents are objects, and what is asked for is a parameter."""
        if isinstance(value, Asked):
            self.parameters[f"{name}{value.name}"] = {"Type": "String", "Description": value.says}
            return {"Ref": f"{name}{value.name}"}
        return value.content if isinstance(value, Encoded) else value

    def text(self) -> str:
        if not self.resources:
            return ""
        there = any("Metadata" in each for each in self.resources.values())
        template = {
            "AWSTemplateFormatVersion": "2010-09-09",
            **({"Description": _THERE} if there else {}),
            **({"Parameters": self.parameters} if self.parameters else {}),
            "Resources": self.resources,
        }
        return json.dumps(template, indent=2) + "\n"


def _empty(kind: str, identifier: Mapping[str, Any] | None) -> Resource:
    """Return a resource without properties; one that is there stays when the stack goes, as an import demands."""
    if identifier is None:
        return {"Type": kind, "Properties": {}}
    kept = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    return {"Type": kind, **kept, "Metadata": {"Identifier": identifier}, "Properties": {}}


def _names(kind: str, identity: Mapping[str, Any]) -> Iterator[str]:
    """Yield names of letters and digits for a resource, the plainest first."""
    named = " ".join(str(each).rpartition("/")[2] for each in identity.values())
    words = "".join(each[0].upper() + each[1:] for each in re.findall(r"[A-Za-z0-9]+", named))
    name = words[:_LONGEST_NAME] + kind.rpartition(":")[2]
    return (f"{name}{number}" if number > 1 else name for number in count(1))
