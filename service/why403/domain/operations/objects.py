"""The object operations: what each needs, one a line.

AWS: "Required permissions for Amazon S3 API operations"; the pages of CopyObject, DeleteObject and GetObjectAttributes.
What S3 asks of KMS for its caller stands here as well, "Multipart upload API and permissions" for uploads in parts.
Permissions of S3 Tables and iam:PassRole are not here: they need facts to know the resource.
"""

from typing import Final

from why403.domain.evidence import SOURCE
from why403.domain.operations import encryption, when
from why403.domain.operations.table import Need, Operation

_READ: Final = Need("s3:GetObject", "s3:GetObjectVersion")
_SOURCE: Final = _READ._replace(subject=SOURCE)
_DELETE: Final = (
    Need("s3:DeleteObject", "s3:DeleteObjectVersion"),
    Need("s3:BypassGovernanceRetention", when=when.BYPASS),
    Need("s3:GetObject", when=when.IF_MATCH_ETAG),
)
_PUT: Final = Need("s3:PutObject")
_ACL: Final = Need("s3:PutObjectAcl", when=when.ACL, of_new=True)
_TAGS: Final = Need("s3:PutObjectTagging", when=when.TAGS, of_new=True)
_RETENTION: Final = Need("s3:PutObjectRetention", when=when.RETENTION, of_new=True)
_HOLD: Final = Need("s3:PutObjectLegalHold", when=when.LEGAL_HOLD, of_new=True)
_MATCHED: Final = Need("s3:GetObject", when=when.IF_MATCH)
# A version may be under another key than the current one.
_DECRYPT: Final = Need("kms:Decrypt", "kms:Decrypt", under=encryption.OF_OBJECT)
_DECRYPT_SOURCE: Final = _DECRYPT._replace(subject=SOURCE)
_ENCRYPT: Final = Need("kms:GenerateDataKey", under=encryption.OF_NEW)
# Each part's data key comes from the key of the upload, and is made readable again with it.
_ENCRYPT_PART: Final = Need("kms:GenerateDataKey", under=encryption.OF_UPLOAD)
_DECRYPT_PART: Final = Need("kms:Decrypt", under=encryption.OF_UPLOAD)
_DECRYPT_NEW: Final = Need("kms:Decrypt", under=encryption.OF_NEW, when=when.PERHAPS)
_COPY: Final = (
    _SOURCE,
    _DECRYPT_SOURCE,
    Need("s3:GetObjectTagging", "s3:GetObjectVersionTagging", when.COPIED_TAGS, SOURCE),
    Need("s3:GetObjectAnnotation", "s3:GetObjectVersionAnnotation", when.COPIED_ANNOTATIONS, SOURCE),
    _PUT,
    _ACL,
    Need("s3:PutObjectTagging", when=when.TAGS_OR_COPIED_TAGS, of_new=True),
    _RETENTION,
    _HOLD,
    _MATCHED,
    Need("s3:PutObjectAnnotation", when=when.COPIED_ANNOTATIONS, of_new=True),
    _ENCRYPT,
)
_UPDATE: Final = (
    *(Need(f"kms:{name}", under=encryption.OF_UPDATE) for name in ("Encrypt", "Decrypt", "GenerateDataKey")),
    Need("kms:ReEncryptTo", under=encryption.OF_UPDATE),
    Need("kms:ReEncryptFrom", under=encryption.BEFORE_UPDATE),
)
_SESSION: Final = Need("s3express:CreateSession")

_READING: Final[dict[str, tuple[Need, ...]]] = {
    "GetObject": (_READ, _DECRYPT),
    "HeadObject": (_READ, _DECRYPT._replace(when=when.CHECKSUM)),
    # The API page asks for both, the user guide for the first alone: what satisfies both pages satisfies S3.
    "GetObjectAttributes": (_READ, Need("s3:GetObjectAttributes", "s3:GetObjectVersionAttributes"), _DECRYPT),
    "GetObjectAcl": (Need("s3:GetObjectAcl", "s3:GetObjectVersionAcl"),),
    "GetObjectTagging": (Need("s3:GetObjectTagging", "s3:GetObjectVersionTagging"),),
    "GetObjectAnnotation": (Need("s3:GetObjectAnnotation", "s3:GetObjectVersionAnnotation"),),
    "ListObjectAnnotations": (Need("s3:ListObjectAnnotations", "s3:ListObjectVersionAnnotations"),),
    "GetObjectRetention": (Need("s3:GetObjectRetention"),),
    "GetObjectLegalHold": (Need("s3:GetObjectLegalHold"),),
    "GetObjectTorrent": (Need("s3:GetObject"),),  # the user guide; s3:GetObjectTorrent only in the reference
    "SelectObjectContent": (Need("s3:GetObject"), _DECRYPT),
    "ListParts": (Need("s3:ListMultipartUploadParts"), _DECRYPT_PART._replace(when=when.PERHAPS)),
}

_CHANGING: Final[dict[str, tuple[Need, ...]]] = {
    "DeleteObject": _DELETE,
    "DeleteObjectTagging": (Need("s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging"),),
    "DeleteObjectAnnotation": (Need("s3:DeleteObjectAnnotation", "s3:DeleteObjectVersionAnnotation"),),
    "PutObjectAcl": (Need("s3:PutObjectAcl", "s3:PutObjectVersionAcl"),),
    "PutObjectTagging": (Need("s3:PutObjectTagging", "s3:PutObjectVersionTagging"),),
    "PutObjectAnnotation": (Need("s3:PutObjectAnnotation", "s3:PutObjectVersionAnnotation"),),
    "PutObjectRetention": (Need("s3:PutObjectRetention"), Need("s3:BypassGovernanceRetention", when=when.BYPASS)),
    "PutObjectLegalHold": (Need("s3:PutObjectLegalHold"),),
    "RestoreObject": (Need("s3:RestoreObject"),),
    "UpdateObjectEncryption": (Need("s3:UpdateObjectEncryption"), _PUT, *_UPDATE),
    "AbortMultipartUpload": (Need("s3:AbortMultipartUpload"),),
    "RenameObject": (_SESSION,),
}

_WRITING: Final[dict[str, tuple[bool, tuple[Need, ...]]]] = {
    "PutObject": (True, (_PUT, _ACL, _TAGS, _RETENTION, _HOLD, _MATCHED, _ENCRYPT)),
    "CopyObject": (True, _COPY),
    "CreateMultipartUpload": (False, (_PUT, _ACL, _TAGS, _RETENTION, _HOLD, _ENCRYPT, _DECRYPT_NEW)),
    "UploadPart": (False, (_PUT, _ENCRYPT_PART, _DECRYPT_PART)),
    "UploadPartCopy": (False, (_SOURCE, _DECRYPT_SOURCE, _PUT, _ENCRYPT_PART, _DECRYPT_PART)),
    "CompleteMultipartUpload": (True, (_PUT, _MATCHED, _DECRYPT_PART, _ENCRYPT_PART._replace(when=when.PERHAPS))),
}

OBJECTS: Final = (
    *(Operation(name=name, kind="object", rows=rows) for name, rows in {**_READING, **_CHANGING}.items()),
    *(Operation(name=name, kind="object", rows=rows, creates=creates) for name, (creates, rows) in _WRITING.items()),
    Operation(name="DeleteObjects", kind="keys", rows=_DELETE),
)
