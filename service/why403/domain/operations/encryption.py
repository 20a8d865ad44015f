"""Which KMS key a call of S3 uses: that of the object it reads, or the one it puts a new object under.

AWS: "Using server-side encryption with AWS KMS keys (SSE-KMS)"; "Reducing the cost of SSE-KMS with Amazon S3 Bucket
Keys"; "PutObject" and "UpdateObjectEncryption" (Amazon S3 API Reference) on the keys that a call can name.
"""

import json
from base64 import b64decode
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from why403.domain.arn import split_arn
from why403.domain.operations.leg import KeyUse
from why403.domain.operations.parameters import UNREAD, Parameters
from why403.domain.states import BY_KMS, Encryption
from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth, truth_of

_NONE: Final = KeyUse(FALSE)
_PERHAPS: Final = KeyUse(UNKNOWN)
_AWS_MANAGED: Final = ""
_NO_CONTEXT: Final[Mapping[str, str]] = MappingProxyType({})
_DOUBLE: Final = "aws:kms:dsse"  # never with a bucket's key
_UPDATED: Final = "ObjectEncryption.SSEKMS"


class Under(NamedTuple):
    """Which key a row of the table is on, in words, and how that is found."""

    words: str
    find: Callable[[Parameters, str], KeyUse]

    def __call__(self, sent: Parameters, subject: str) -> KeyUse:
        """Return the key as far as it can be told."""
        use = self.find(sent, subject)
        if use.used == FALSE or is_key_arn(use.named):
            return use
        # What an alias stands for, and which key AWS manages in an account, only KMS tells.
        told = sent.known(f"{subject}kms.key_arn")
        return use._replace(named=told) if isinstance(told, str) else use


def is_key_arn(text: str | None) -> bool:
    """Return whether a text is the ARN of a key, and not an id, an alias or the ARN of one."""
    arn = split_arn(text) if text else None
    return arn is not None and arn.service == "kms" and arn.rest.startswith("key/")


def _of_object(sent: Parameters, subject: str) -> KeyUse:
    held = sent.known(f"{subject}object.encryption")
    if held is None:
        return _NONE
    if not isinstance(held, Encryption):
        return _PERHAPS
    if not held.by_kms:
        return _NONE
    return KeyUse(TRUE, held.key, _with_bucket_key(held), None)


def _of_bucket(sent: Parameters, _subject: str = "") -> KeyUse:
    """Return the key that the bucket puts objects under where a call chooses none."""
    held = sent.known("bucket.encryption")
    if held is None:
        return _NONE
    if not isinstance(held, Encryption):
        return _PERHAPS
    if not held.by_kms:
        return _NONE
    return KeyUse(TRUE, held.key or _AWS_MANAGED, _with_bucket_key(held), _NO_CONTEXT)


def _with_bucket_key(held: Encryption) -> Truth:
    if held.algorithm == _DOUBLE:
        return FALSE
    return UNKNOWN if held.bucket_key is None else truth_of(held.bucket_key)


def _of_new(sent: Parameters, _subject: str) -> KeyUse:
    plain = "ServerSideEncryption" not in sent.values and sent.unlisted == FALSE
    if plain and sent.known("bucket.encryption") is None:  # as most are
        return _NONE
    chosen, customers = sent.text("ServerSideEncryption"), sent.sent("SSECustomerAlgorithm")
    if customers == TRUE or (chosen and chosen not in BY_KMS):
        return _NONE
    if chosen:
        return KeyUse(TRUE, _named(sent), _new_bucket_key(sent, chosen), _sent_context(sent))
    use = _of_bucket(sent)
    open_choice = max(sent.sent("ServerSideEncryption"), customers)
    if open_choice == FALSE:
        return use if use is _NONE else use._replace(context=_sent_context(sent))
    if use is _NONE:
        # A key may have been asked for; nothing speaks for it but what is known of one.
        told = sent.known("kms.key_policy")
        return _NONE if told is None or told is UNREAD else _PERHAPS
    return use._replace(used=UNKNOWN, bucket_key=UNKNOWN, context=None)


def _named(sent: Parameters) -> str | None:
    """Return the key that a call names which chooses KMS; without one it is the bucket's if it has one, or AWS's own.

    The documentation says the latter in all cases, so nothing is certain where the bucket has one.
    """
    named = sent.text("SSEKMSKeyId")
    if named:
        return named
    use = _of_bucket(sent)
    sure = sent.sent("SSEKMSKeyId") == FALSE and (use.used == FALSE or use.named == _AWS_MANAGED)
    return _AWS_MANAGED if sure else None


def _new_bucket_key(sent: Parameters, chosen: str) -> Truth:
    if chosen == _DOUBLE:
        return FALSE
    if sent.get("BucketKeyEnabled") is not None:
        return sent.flag("BucketKeyEnabled")
    held = sent.known("bucket.encryption")
    if sent.sent("BucketKeyEnabled") == UNKNOWN or held is UNREAD:
        return UNKNOWN
    return _with_bucket_key(held) if isinstance(held, Encryption) else FALSE


def _sent_context(sent: Parameters) -> Mapping[str, str] | None:
    """Return the encryption context that a call sends beside S3's own, None where it is not known."""
    text = sent.text("SSEKMSEncryptionContext")
    if not text:
        return _NO_CONTEXT if sent.sent("SSEKMSEncryptionContext") == FALSE else None
    try:
        told = json.loads(b64decode(text, validate=True))
    except (ValueError, RecursionError):
        return None
    plain = isinstance(told, dict) and all(isinstance(value, str) for value in told.values())
    return told if plain else None


def _of_upload(sent: Parameters, _subject: str) -> KeyUse:
    """Return the key of an upload in parts: it was chosen when that began, so the parts do not tell.

    What is known of the object may be said of the upload, or of an object that it replaces.
    """
    of_object, of_bucket = _of_object(sent, ""), _of_bucket(sent)
    if sent.known("object.encryption") is None:
        return of_bucket
    if sent.known("bucket.encryption") is None or of_object[:2] == of_bucket[:2]:
        return of_object
    return _PERHAPS


def _of_update(sent: Parameters, _subject: str) -> KeyUse:
    """Return the key that an object is to be under from now on."""
    if sent.get(_UPDATED) is None:
        return _PERHAPS if sent.sent("ObjectEncryption") == UNKNOWN else _NONE
    return KeyUse(TRUE, sent.text(f"{_UPDATED}.KMSKeyArn"), sent.flag(f"{_UPDATED}.BucketKeyEnabled"), None)


def _before_update(sent: Parameters, subject: str) -> KeyUse:
    """Return the key that an object was under, where that is another; facts of a key are about the new one."""
    before, after = _of_object(sent, subject), _of_update(sent, subject)
    if before.used == FALSE or (before.named is not None and before.named == after.named):
        return _NONE
    return _PERHAPS._replace(used=before.used)


OF_OBJECT: Final = Under("the object is under a KMS key", _of_object)
OF_NEW: Final = Under("the object is put under a KMS key, which the call or the bucket chooses", _of_new)
OF_UPLOAD: Final = Under("the upload is under a KMS key", _of_upload)
OF_UPDATE: Final = Under("`ObjectEncryption` names a KMS key", _of_update)
BEFORE_UPDATE: Final = Under("the object was under another KMS key", _before_update)
