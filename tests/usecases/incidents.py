"""The real incidents that are shipped as examples, and what the documents settle about each."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tests.cases import services
from why403.usecases.diagnose import diagnose

_FILE: Final = Path(__file__).resolve().parents[2] / "examples" / "incidents.jsonl"
INCIDENTS: Final[Sequence[dict[str, Any]]] = [json.loads(line) for line in _FILE.read_text("utf-8").splitlines()]
IDS: Final = [each["id"] for each in INCIDENTS]

MISSING: Final[Mapping[str, str | None]] = {
    "rw-101": "s3:GetBucketLocation",
    "rw-005": "s3:PutObjectAcl",
    "rw-008": "s3:GetObject",
    "rw-100": "s3:PutMetricsConfiguration",
    "rw-001": "s3:ListBucket",
    "rw-052": "s3:ListBucket",
    "rw-022": "s3:PutObject",
    "rw-012": "s3:GetObjectTagging",
    "rw-090": "s3:PutObject",
    "rw-074": "kms:GenerateDataKey",
    "rw-077": "kms:Decrypt",
    "rw-033": "s3:PutBucketPolicy",
    "rw-009": "s3:ListBucket",
    "rw-057": None,
    "rw-059": None,
    "rw-108": None,
    "rw-064": None,
    "rw-043": "s3:ListBucket",
    "rw-046": "s3:PutObject",
    "rw-069": None,
    "rw-038": None,
}


def diagnosed(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the diagnosis of a body."""
    return diagnose(services(), body)


def first(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the first cause of a body's diagnosis."""
    cause: dict[str, Any] = diagnosed(body)["causes"][0]
    return cause


def rank(layer: str, body: Mapping[str, Any]) -> int | None:
    """Return the place of a layer among the causes, counted from 1, each layer once."""
    layers = list(dict.fromkeys(cause["layer"] for cause in diagnosed(body)["causes"]))
    return layers.index(layer) + 1 if layer in layers else None


def text_alone(incident: Mapping[str, Any]) -> dict[str, Any]:
    """Return a body that holds nothing but what was pasted."""
    return {"error": incident["diagnose"]["error"]}
