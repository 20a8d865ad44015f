"""The members of a CloudTrail record, read with care: any may be missing, of another type, or hold a secret."""

from collections.abc import Mapping
from typing import Any, Final

from why403.report.stripping import strip_secrets

_LONGEST: Final = 8_192


def text_of(value: object) -> str | None:
    """Return a text without secrets, None for what is no text or empty."""
    return strip_secrets(value[:_LONGEST]) if isinstance(value, str) and value else None


def object_of(value: object) -> Mapping[Any, Any]:
    """Return a member that should be an object, an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}
