"""Paraphrases of an incident: other tool, other names, other surroundings, the same facts."""

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from . import dialects, wrappings
from .dialects import Dialect, Refusal
from .renaming import renamed
from .wrappings import Wrapping

_DENIED: Final = "AccessDenied"
_BEDROCK: Final = "BedrockExecutionRoleForKnowledgeBase-ab12/DocumentLoaderTask-9QX1"
_EXPIRED: Final = ("ExpiredToken", "The provided token has expired.")
_KEY_OF_ANOTHER_ACCOUNT: Final = (
    "User: arn:aws:sts::444455556666:assumed-role/export-writer/session is not authorized to perform: "
    "kms:GenerateDataKey on this resource because the resource does not exist in this Region, no resource-based "
    "policies allow access, or a resource-based policy explicitly denies access"
)
_CIPHERTEXT: Final = (
    "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not "
    "allowed to access."
)
_NOT_IN_IDENTITY: Final = (
    f"User: arn:aws:sts::111122223333:assumed-role/{_BEDROCK} is not authorized to perform: s3:GetObject on resource: "
    '"arn:aws:s3:::kb-docs-demo/annual-report.pdf" because no identity-based policy allows the s3:GetObject action'
)
_DENIED_BY_SCP: Final = (
    "User: arn:aws:iam::111122223333:user/backup-writer is not authorized to perform: s3:PutObject on resource: "
    '"arn:aws:s3:::ha-backups-demo/Automatic_backup_2025.tar" with an explicit deny in a service control policy'
)
_SIGNATURE: Final = (
    "The request signature we calculated does not match the signature you provided. Check your key and signing method."
)
_SKEWED: Final = "The difference between the request time and the current time is too large."
_SAID: Final[Mapping[str, tuple[str, str]]] = {
    "rw-008": (_DENIED, _NOT_IN_IDENTITY),
    "rw-038": ("AccessControlListNotSupported", "The bucket does not allow ACLs"),
    "rw-046": (_DENIED, _DENIED_BY_SCP),
    "rw-057": _EXPIRED,
    "rw-059": _EXPIRED,
    "rw-064": ("RequestTimeTooSkewed", _SKEWED),
    "rw-074": (_DENIED, _KEY_OF_ANOTHER_ACCOUNT),
    "rw-077": (_DENIED, _CIPHERTEXT),
    "rw-108": ("SignatureDoesNotMatch", _SIGNATURE),
}
_STATUS: Final = {"ExpiredToken": 400, "AccessControlListNotSupported": 400}
# These texts do not name the call, or come from a service that only tells of S3's answer.
_WITHOUT_A_CALL: Final = frozenset({"rw-043", "rw-057", "rw-059", "rw-064"})
_AS_PASTED: Final = frozenset({"rw-090"})
_WITHOUT_A_BODY: Final = frozenset({"HeadBucket", "HeadObject"})


_FITTING: Final[Mapping[Dialect | None, Sequence[Wrapping]]] = {
    dialects.cloudtrail: wrappings.OF_JSON,
    dialects.curl: wrappings.OF_EXCHANGES,
}


class Paraphrase(NamedTuple):
    """A body for a diagnosis, and how it was made; `whole` tells that the text alone holds what the original did."""

    name: str
    body: dict[str, Any]
    whole: bool


def refusal(incident: Mapping[str, Any]) -> Refusal | None:
    """Return the facts of an incident, if tools print it in their usual way."""
    if incident["id"] in _AS_PASTED:
        return None
    request = incident["diagnose"]["request"]
    operation = None if incident["id"] in _WITHOUT_A_CALL else request.get("operation")
    code, message = _SAID.get(incident["id"], (_DENIED, "Access Denied"))
    bodiless = operation in _WITHOUT_A_BODY
    return Refusal(
        operation,
        request.get("bucket", "held-demo"),
        request.get("key"),
        code,
        message,
        _STATUS.get(code, 403),
        bodiless,
    )


def paraphrases(incident: Mapping[str, Any], count: int, seed: int) -> Iterator[Paraphrase]:
    """Yield paraphrases; the same seed makes the same."""
    rng = random.Random(f"{seed} {incident['id']}")
    for _ in range(count):
        yield _paraphrase(incident, rng)


def _paraphrase(incident: Mapping[str, Any], rng: random.Random) -> Paraphrase:
    of = refusal(incident)
    body, whole = dict(incident["diagnose"]), True
    dialect: Dialect | None = None
    if of is not None:
        dialect = rng.choice(dialects.dialects(of, whole=rng.random() < 0.8))
        whole = dialect in dialects.dialects(of, whole=True)
        body["error"] = dialect(of)
    wrapping = rng.choice(_FITTING.get(dialect, wrappings.WRAPPINGS))
    body = renamed(body, rng)
    body["error"] = wrapping(body["error"])
    name = f"{incident['id']} as {dialect.__name__ if dialect else 'pasted'}, {wrapping.__name__}"
    return Paraphrase(name, body, whole)
