"""What a report of a refused call says: the fields that the rest of the service asks for, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias, get_args

Source: TypeAlias = Literal[
    "eventbridge",
    "cloudtrail",
    "access-log",
    "cloudfront",
    "terraform",
    "s3a",
    "rclone",
    "s3fs",
    "php",
    "java",
    "dotnet",
    "ruby",
    "rust",
    "cpp",
    "javascript",
    "go",
    "aws-cli",
    "boto3",
    "console",
    "curl",
    "presigned-url",
    "xml",
    "json",
    "text",
]
SOURCES: Final[tuple[Source, ...]] = get_args(Source)
"""The names of the formats; where several speak of one error, the first of these is told."""

Kind: TypeAlias = Literal["explicit", "implicit", "requirement"]

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What AWS's own text gives as the reason; AWS: "Troubleshoot access denied (403 Forbidden) errors in Amazon S3".

    `layer` is a layer's name, `kind` is None where the text leaves it open. `special` holds the reason of a sentence
    outside the grammar. For a KMS permission `layer` is `kms` and `via` the kind of policy. `resource` is what the text
    names, which for KMS is the key.
    """

    layer: str
    kind: Kind | None = None
    policy_arn: str | None = None
    special: str | None = None
    via: str | None = None
    resource: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A call as S3 read it, which its answer tells where the signature does not fit; `unsigned` headers by their names.

    `by_url`: it was signed in its URL.
    """

    method: str | None = None
    content_type: str | None = None
    by_url: bool = False
    unsigned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One refused call as far as it is known; None is not known, never a guess. No field holds a secret.

    `operation` is an S3 API name, `action` the IAM action the text names. `code` is S3's error code, None where the
    client only invented one for an answer without a body (`bodiless`). `parameters` are named as boto3 does;
    `context` maps condition keys to values, None for a key known to be absent. `presigned` has the members `signed_at`,
    `expires`, `method` and `headers` as far as known, `expires_at` for signature version 2, and `key_id`; that of an
    answer is the access key id which S3 names, masked but for its ends. `foreign` is the ARN of another service's
    resource that the action was on, as of a KMS key. `region` is where the request went, `bucket_region` where S3 says
    the bucket is. `server` is who was asked where that is not AWS. `words` are names of what the text around says, as
    that the bucket is encrypted with KMS. `unread` says what could not be read or told.
    """

    source: Source = "text"
    principal: str | None = None
    operation: str | None = None
    action: str | None = None
    resource: str | None = None
    foreign: str | None = None
    bucket: str | None = None
    key: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    context: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    code: str | None = None
    status: int | None = None
    message: str | None = None
    request_id: str | None = None
    host_id: str | None = None
    time: str | None = None
    region: str | None = None
    bucket_region: str | None = None
    bucket_owner: str | None = None
    presigned: Mapping[str, Any] | None = None
    key_id: str | None = None
    server: str | None = None
    server_time: str | None = None
    request_time: str | None = None
    aws_named: Named | None = None
    bodiless: bool = False
    words: frozenset[str] = frozenset()
    arrived: Arrived | None = None
    others_in_text: int = 0
    unread: tuple[str, ...] = ()
