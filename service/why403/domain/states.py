"""What may be said of objects, buckets and keys beside their policies: encryption, storage, locks, versions, grants."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from why403.domain.evidence import Fact
from why403.domain.facts import flag, one_of, text
from why403.domain.shapes import listed, mapped, members, moment, string

# https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html, ServerSideEncryption
_ALGORITHM: Final = one_of("AES256", "aws:kms", "aws:kms:dsse", "aws:fsx")
BY_KMS: Final = frozenset({"aws:kms", "aws:kms:dsse"})
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_BlockedEncryptionTypes.html
_BLOCKED: Final = one_of("SSE-C", "NONE")
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html, StorageClass
_CLASS: Final = one_of(
    "STANDARD",
    "REDUCED_REDUNDANCY",
    "STANDARD_IA",
    "ONEZONE_IA",
    "INTELLIGENT_TIERING",
    "GLACIER",
    "DEEP_ARCHIVE",
    "OUTPOSTS",
    "GLACIER_IR",
    "SNOW",
    "EXPRESS_ONEZONE",
    "FSX_OPENZFS",
    "FSX_ONTAP",
)
_ARCHIVE: Final = one_of("ARCHIVE_ACCESS", "DEEP_ARCHIVE_ACCESS")
# https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html
key_state: Final = one_of(
    "Creating",
    "Enabled",
    "Disabled",
    "PendingDeletion",
    "PendingImport",
    "PendingReplicaDeletion",
    "Unavailable",
    "Updating",
)
key_manager: Final = one_of("AWS", "CUSTOMER")
# https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html
GRANTABLE: Final = (
    "Decrypt",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
    "Sign",
    "Verify",
    "GetPublicKey",
    "CreateGrant",
    "RetireGrant",
    "DescribeKey",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "GenerateMac",
    "VerifyMac",
    "DeriveSharedSecret",
)
_GRANTED: Final = one_of(*GRANTABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Encryption:
    """How an object is encrypted, or how a bucket encrypts by default; `blocked` uploads a bucket refuses.

    `bucket_key`: whether the bucket's own key stands between the object's and that of KMS, None where it is not known.
    """

    algorithm: str | None
    key: str | None
    bucket_key: bool | None = None
    blocked: tuple[str, ...] = ()

    @property
    def by_kms(self) -> bool:
        """Return whether a key of KMS is needed."""
        return self.algorithm in BY_KMS


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """An object's storage class, the archive tier it is in if any, and whether a restored copy is there."""

    name: str
    archive_status: str | None
    restored: bool

    @property
    def archived(self) -> bool:
        """Return whether it must be restored before it can be read."""
        return self.in_archive and not self.restored

    @property
    def in_archive(self) -> bool:
        """Return whether it is where only a restored copy can be read."""
        return self.archive_status is not None or self.name in {"GLACIER", "DEEP_ARCHIVE"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """An object version's retention and its legal hold."""

    mode: str | None
    retain_until: datetime | None
    legal_hold: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Versioning:
    """Whether a bucket keeps versions, and asks for a second factor to delete one."""

    status: str | None
    mfa_delete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyGrant:
    """One grant of a KMS key: to whom, for what, and with which encryption contexts."""

    grantee: str
    operations: tuple[str, ...]
    constraints: Mapping[str, Mapping[str, str] | None]


_KEY = {"key": text, "bucket_key": flag}
_OBJECT_ENCRYPTION = members({"algorithm": _ALGORITHM}, _KEY)
_BUCKET_ENCRYPTION = members({}, {"algorithm": _ALGORITHM, **_KEY, "blocked": listed(_BLOCKED)})
_STORAGE = members({"class": _CLASS}, {"archive_status": _ARCHIVE, "restored": flag})
_LOCK = members({}, {"mode": one_of("GOVERNANCE", "COMPLIANCE"), "retain_until": moment, "legal_hold": flag})
_VERSIONING = members({}, {"status": one_of("Enabled", "Suspended"), "mfa_delete": flag})
_CONTEXTS = members({}, dict.fromkeys(("EncryptionContextEquals", "EncryptionContextSubset"), mapped(string)))
_GRANT = members({"grantee": text, "operations": listed(_GRANTED)}, {"constraints": _CONTEXTS})


def object_encryption(value: object) -> Encryption:
    """Return an object's encryption from `{"algorithm", "key", "bucket_key"}`."""
    return Encryption(**_OBJECT_ENCRYPTION(value))


def bucket_encryption(value: object) -> Encryption:
    """Return a bucket's default encryption from `{"algorithm", "key", "bucket_key", "blocked"}`."""
    found = _BUCKET_ENCRYPTION(value)
    return Encryption(**{**found, "blocked": found["blocked"] or ()})


def storage(value: object) -> Storage:
    """Return the storage class from `{"class", "archive_status", "restored"}`; a bare name is not restored."""
    found = {"class": _CLASS(value)} if isinstance(value, str) else _STORAGE(value)
    return Storage(
        name=found["class"], archive_status=found.get("archive_status"), restored=bool(found.get("restored"))
    )


def lock(value: object) -> Lock:
    """Return the lock of a version from `{"mode", "retain_until", "legal_hold"}`."""
    found = _LOCK(value)
    return Lock(mode=found["mode"], retain_until=found["retain_until"], legal_hold=bool(found["legal_hold"]))


def versioning(value: object) -> Versioning:
    """Return a bucket's versioning from `{"status", "mfa_delete"}`; a bucket that never had any has no status."""
    found = _VERSIONING(value)
    return Versioning(status=found["status"], mfa_delete=bool(found["mfa_delete"]))


def _key_grant(value: Any) -> KeyGrant:
    found = _GRANT(value)
    return KeyGrant(grantee=found["grantee"], operations=found["operations"], constraints=found["constraints"] or {})


BUCKET_ENCRYPTION: Final = Fact(
    name="bucket.encryption",
    load=bucket_encryption,
    permission="s3:GetEncryptionConfiguration",
    assumed=True,
    of_resource=True,
)
OBJECT_ENCRYPTION: Final = Fact(
    name="object.encryption",
    load=object_encryption,
    permission="s3:GetObject",
    assumed=True,
    of_resource=True,
    of_object=True,
)

key_grants: Final = listed(_key_grant)
"""Return the grants of a key from a list of `{"grantee", "operations", "constraints"}`."""
