"""A written document as a CloudFormation template."""

import json

from why403.artefacts.resources import row, words
from why403.domain.fix import Write


def cloudformation(write: Write) -> str:
    """Return a template with the resource that a call writes, empty where CloudFormation has none for it."""
    found = row(write)
    if found is None or found.cloudformation is None:
        return ""
    declared = found.cloudformation
    properties = {name: write.parameters[parameter] for name, parameter in declared.attributes.items()}
    logical = "".join(word.capitalize() for word in words(str(write.parameters[declared.named])))
    resource = {"Type": declared.type, "Properties": {**declared.fixed, **properties}}
    return json.dumps({"Resources": {f"{logical}Policy": resource}}, indent=2)
