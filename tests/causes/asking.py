"""Diagnoses asked in few words."""

from collections.abc import Mapping
from typing import Any, Final

from tests.cases import services
from why403.usecases.diagnose import diagnose

ACCOUNT: Final = "111122223333"
OTHER_ACCOUNT: Final = "444455556666"
USER: Final = f"arn:aws:iam::{ACCOUNT}:user/u"
ROLE: Final = f"arn:aws:sts::{ACCOUNT}:assumed-role/app/i-1"
BUCKET: Final = "arn:aws:s3:::held-demo"
GET: Final[Mapping[str, Any]] = {"operation": "GetObject", "bucket": "held-demo", "key": "a/b.csv"}
PUT: Final[Mapping[str, Any]] = {"operation": "PutObject", "bucket": "held-demo", "key": "a/b.csv"}
LIST: Final[Mapping[str, Any]] = {"operation": "ListObjectsV2", "bucket": "held-demo"}


def asked(error: str | None = None, **members: Any) -> dict[str, Any]:
    """Return a diagnosis."""
    return diagnose(services(), {**({"error": error} if error else {}), **members})


def refused(operation: str, code: str = "AccessDenied", message: str = "Access Denied") -> str:
    """Return what the AWS CLI prints."""
    return f"An error occurred ({code}) when calling the {operation} operation: {message}"


def document(*statements: Mapping[str, Any]) -> dict[str, Any]:
    """Return a policy."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: str | list[str], on: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": on, **more}


def deny(action: str | list[str], on: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": on, **more}


def layers(diagnosis: Mapping[str, Any]) -> list[str]:
    """Return the layers of the causes in order, each once."""
    return list(dict.fromkeys(cause["layer"] for cause in diagnosis["causes"]))


def cause_of(diagnosis: Mapping[str, Any], layer: str, kind: str | None = None) -> dict[str, Any]:
    """Return the first cause of a layer."""
    found: dict[str, Any] = next(
        each for each in diagnosis["causes"] if each["layer"] == layer and kind in {each["kind"], None}
    )
    return found
