"""Answers in the forms in which AWS sends them: JSON, and XML by botocore's model of each operation."""

import json
from datetime import datetime
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from botocore.model import OperationModel, Shape


def written(model: OperationModel, answer: Any) -> str:
    """Return the body of an answer."""
    shape = model.output_shape
    if model.service_model.protocol == "json":
        return json.dumps(answer)
    if model.name == "GetBucketLocation":  # its only element is the value itself
        return f"<LocationConstraint>{answer['LocationConstraint']}</LocationConstraint>"
    payload = shape.serialization.get("payload")
    if payload is not None:
        held = shape.members[payload]
        return _xml(payload, held, answer[payload]) if held.type_name == "structure" else str(answer[payload])
    inner = _xml(shape.serialization.get("resultWrapper", shape.name), shape, answer)
    return f"<{shape.name}>{inner}</{shape.name}>" if "resultWrapper" in shape.serialization else inner


def refusal(code: str, model: OperationModel) -> tuple[int, str]:
    """Return the status and body of an error."""
    protocol = model.service_model.protocol
    if protocol == "json":
        return 400, json.dumps({"__type": code, "message": "no"})
    inner = f"<Error><Code>{code}</Code><Message>no</Message></Error>"
    return 403, inner if model.service_model.service_name == "s3" else f"<ErrorResponse>{inner}</ErrorResponse>"


def _xml(name: str, shape: Shape, value: Any) -> str:
    """Return an element, or several of them for a list without a frame."""
    if shape.type_name == "list":
        member = shape.member.serialization.get("name", "member")
        if shape.serialization.get("flattened"):
            return "".join(_xml(name, shape.member, each) for each in value)
        return f"<{name}>{''.join(_xml(member, shape.member, each) for each in value)}</{name}>"
    if shape.type_name != "structure":
        return f"<{name}>{escape(_text(value))}</{name}>"
    inner, attributes = "", ""
    for key, held in value.items():
        of = shape.members[key]
        called = of.serialization.get("name", key)
        if of.serialization.get("xmlAttribute"):
            attributes += f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" {called}="{held}"'
        else:
            inner += _xml(called, of, held)
    return f"<{name}{attributes}>{inner}</{name}>"


def _text(value: Any) -> str:
    """Return a single value; documents come as IAM writes them."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, str) else quote(json.dumps(value))
