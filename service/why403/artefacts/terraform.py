"""A written document as Terraform configuration (HCL)."""

import json
from typing import Any

from why403.artefacts.resources import row, words
from why403.domain.fix import Write


def terraform(write: Write) -> str:
    """Return a resource block for what a call writes, empty where Terraform has no resource for it."""
    found = row(write)
    if found is None:
        return ""
    declared = found.terraform
    held: dict[str, Any] = dict(declared.fixed)
    held |= {attribute: write.parameters[name] for attribute, name in declared.attributes.items()}
    held |= declared.blocks(write.parameters)
    name = "_".join(words(str(write.parameters[declared.named]))).lower()
    lines = [f"  {attribute} = {_expression(value)}" for attribute, value in held.items()]
    return "\n".join([f'resource "{declared.type}" "{_identifier(name)}" {{', *lines, "}"])


def _identifier(name: str) -> str:
    return name if name[:1].isalpha() else f"r_{name}"


def _expression(value: Any) -> str:
    """Return a value as HCL: an object is written as JSON, with what would be a template taken literally."""
    if isinstance(value, dict | list):
        return f"jsonencode({_literal(json.dumps(value, indent=2))})".replace("\n", "\n  ")
    return _literal(json.dumps(value))


def _literal(text: str) -> str:
    return text.replace("${", "$${").replace("%{", "%%{")
