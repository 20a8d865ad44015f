"""What S3 itself asks of KMS for its caller: on which key, and in which context.

AWS: "Forward access sessions" (IAM User Guide); "AWS KMS condition keys" (AWS KMS Developer Guide); "Using server-side
encryption with AWS KMS keys (SSE-KMS)" on the encryption context. S3 asks as its caller: what is said of the caller and
its session holds for KMS as well. What the network was, S3 may pass on or not, so nobody knows; what was said of the
bucket, and of the call of S3, says nothing of the key.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from why403.domain.arn import NOT_TOLD, Resource, resource, split_arn
from why403.domain.context import NO_VALUE, NOT_KNOWN, Values
from why403.domain.evidence import Evidence, Found, Observation, Unreadable
from why403.domain.facts import POINT_BUCKET, REGION
from why403.domain.operations import UNREAD, KeyUse, is_key_arn, key_of
from why403.domain.principal import Kind, Principal
from why403.domain.states import BUCKET_ENCRYPTION, OBJECT_ENCRYPTION
from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth, truth_of
from why403.domain.verdict import Fork, Words

if TYPE_CHECKING:
    from why403.domain.request import AccessRequest

_OF_AWS: Final = frozenset({"", "alias/aws/s3"})
_ALIASES: Final = ("alias/", "arn:")
_ENDINGS: Final[Mapping[str, str]] = {"aws": "amazonaws.com", "aws-us-gov": "amazonaws.com"}
_NOT_TOLD: Final = frozenset(
    {
        *("aws:sourceip", "aws:vpcsourceip", "aws:sourcevpc", "aws:sourcevpcarn", "aws:sourcevpce", "aws:vpceaccount"),
        *("aws:vpceorgid", "aws:vpceorgpaths", "aws:referer", "aws:useragent"),
        *("aws:calledvia", "aws:calledviafirst", "aws:calledvialast"),
        *("aws:resourceorgid", "aws:resourceorgpaths"),
    }
)
_OF_THE_CALL: Final = ("s3:", "aws:resourcetag/", "aws:requesttag/", "aws:tagkeys")
_ALIAS_OF_POINT: Final = "-s3alias"
_HOW_SIGNED: Final = "s3:signatureversion"


def key_asked(use: KeyUse, bucket: Resource, principal: Principal, evidence: Evidence) -> Resource:
    """Return the key; what is not known of its ARN stands as `*`.

    An id or an alias, and the key that AWS manages, are of the account that asks.
    """
    if use.named is not None and is_key_arn(use.named):
        found = resource(use.named)
        if found is not None:
            return found
    seen = evidence[REGION]
    region = seen.value if isinstance(seen, Found) else NOT_TOLD
    account = NOT_TOLD if use.named is None else principal.account or NOT_TOLD
    alias = split_arn(use.named) if use.named else None
    if alias is not None:
        region, account = alias.region, alias.account
    named = NOT_TOLD if not use.named or use.named.startswith(_ALIASES) else use.named
    text = f"arn:{bucket.partition}:kms:{region}:{account}:key/{named}"
    found = resource(text)
    return bucket if found is None else found


def encrypted_for(about: Resource, evidence: Evidence) -> Resource:
    """Return what the encryption context names: the object in its bucket, whichever way the call takes to it."""
    if about.access_point is None:
        return about
    seen = evidence[POINT_BUCKET]
    named = seen.value if isinstance(seen, Found) else None
    found = None if named is None else resource(f"arn:{about.partition}:s3:::{named}/{about.key}")
    return about if found is None else found


def context_of_key(
    given: Mapping[str, Values], use: KeyUse, about: Resource, key: Resource, caller: Principal
) -> Mapping[str, Values]:
    """Return the context in which S3 asks, from that of its call; `about` is the object that is called for.

    What is given of KMS itself wins.
    """
    found: dict[str, Values] = {
        name: held for name, held in given.items() if name == _HOW_SIGNED or not name.startswith(_OF_THE_CALL)
    }
    found.update(dict.fromkeys(_NOT_TOLD, NOT_KNOWN))
    found["aws:resourceaccount"] = (key.account,) if key.account != NOT_TOLD else NOT_KNOWN
    found["aws:viaawsservice"] = NOT_KNOWN if caller.kind is Kind.SERVICE else ("true",)
    derived = {**dict(_of_caller(key, caller)), **dict(_of_encryption(use, about))}
    return {**found, **{name: held for name, held in derived.items() if name not in given}}


def _of_caller(key: Resource, caller: Principal) -> Iterator[tuple[str, Values]]:
    """Yield who asks, and through whom; a service that asks for itself is not S3's caller in this sense."""
    ending = _ENDINGS.get(key.partition)
    via = ending is not None and key.region != NOT_TOLD and caller.kind is not Kind.SERVICE
    yield "kms:viaservice", (f"s3.{key.region}.{ending}",) if via else NOT_KNOWN
    yield "kms:calleraccount", (caller.account,) if caller.account else NOT_KNOWN
    yield "kms:grantisforawsresource", NO_VALUE
    # The only kind of key that S3 uses.
    yield "kms:keyspec", ("SYMMETRIC_DEFAULT",)
    yield "kms:keyusage", ("ENCRYPT_DECRYPT",)


def _of_encryption(use: KeyUse, about: Resource) -> Iterator[tuple[str, Values]]:
    """Yield the encryption context: the object's ARN, or the bucket's where its own key stands between."""
    in_bucket = about.service == "s3" and about.bucket is not None and not about.bucket.endswith(_ALIAS_OF_POINT)
    named = {FALSE: about.arn, TRUE: about.bucket_arn if in_bucket else ""}.get(use.bucket_key)
    yield "kms:encryptioncontext:aws:s3:arn", (named,) if named and in_bucket else NOT_KNOWN
    if use.context is None:
        yield "kms:encryptioncontextkeys", NOT_KNOWN
        return
    yield "kms:encryptioncontextkeys", ("aws:s3:arn", *use.context)
    for name, value in use.context.items():
        yield f"kms:encryptioncontext:{name.lower()}", (value,)


def with_bucket_key(action: str) -> Fork:
    """Return the fork between the two things that the encryption context may name."""
    fact = OBJECT_ENCRYPTION if action == "kms:Decrypt" else BUCKET_ENCRYPTION
    because = f"{action} is about the object, or about the bucket where a Bucket Key is used, and that is not known"
    return Fork("a Bucket Key is used", Words(because=because, needs=fact.permission))


def managed_by_aws(request: "AccessRequest", manager: Observation[str]) -> Truth:
    """Return whether AWS manages the key, as it does where neither the call nor the bucket names one.

    `manager` is what is known of who does.
    """
    if request.resource.vague and _is_named_by_nobody(request):
        return TRUE
    return (
        UNKNOWN if isinstance(manager, Unreadable) else truth_of(isinstance(manager, Found) and manager.value == "AWS")
    )


def _is_named_by_nobody(request: "AccessRequest") -> bool:
    facts = {request.subject + fact.name: request.evidence[fact] for fact in (OBJECT_ENCRYPTION, BUCKET_ENCRYPTION)}
    values = {
        name: seen.value if isinstance(seen, Found) else UNREAD if isinstance(seen, Unreadable) else None
        for name, seen in facts.items()
    }
    call = request.call
    return call is not None and key_of(call, values.get, request.subject).named in _OF_AWS
