"""What would let a KMS key be used: its policy or a grant, a state in which it works, or another key in its place.

AWS: "Allowing users in other accounts to use a KMS key"; "Grants in AWS KMS"; "Enable and disable keys"; "Deleting AWS
KMS keys"; "Key states of AWS KMS keys"; "AWS managed keys".
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from why403 import AccessRequest, Applicability, Claim, Evidence, Fix, Found, Kind, Reading, Says, Write
from why403.domain.arn import NOT_TOLD
from why403.domain.commands import command
from why403.domain.fix import edited
from why403.domain.kms import managed_by_aws
from why403.domain.truth import TRUE
from why403.policy import bounded, key_administrator, key_policy_fixes, minding
from why403.policy.key_grants import BY_GRANT
from why403_layers.keys import GRANTS, KEY_MANAGER, KEY_POLICY, KEY_STATE
from why403_layers.permissions_boundary import BOUNDARY

_MANUAL: Final = Applicability.MANUAL
_PREFIX: Final = "kms:"
_OLD_WAY: Final = "s3:signatureversion"


def _of_policy(request: AccessRequest, evidence: Evidence, claim: Claim) -> Iterator[Fix]:
    """Yield a statement of the key's policy that names the caller, or an exception; a grant in its place."""
    if managed_by_aws(request, evidence.in_question(KEY_MANAGER)) == TRUE:
        yield from _of_managed(request, evidence, claim)
        return
    denies, seen = claim.says == Says.DENIAL, evidence.in_question(KEY_POLICY)
    held = seen.value if isinstance(seen, Found) and not denies else None
    yield from minding(held, request, _lets_in(request, evidence, denies=denies))


def _lets_in(request: AccessRequest, evidence: Evidence, *, denies: bool) -> Iterator[Fix]:
    limits = bounded(request, evidence[BOUNDARY])
    yield from key_policy_fixes(KEY_POLICY, evidence.in_question(KEY_POLICY), request, limits, denies=denies)
    grantee = request.issuer or request.principal.arn
    if not denies and request.action_key in BY_GRANT and request.principal.kind in _GRANTEES:
        yield _by_grant(request, evidence, grantee)


_GRANTEES: Final = frozenset({Kind.USER, Kind.ROLE, Kind.SESSION, Kind.FEDERATED})


def _by_grant(request: AccessRequest, evidence: Evidence, grantee: str) -> Fix:
    seen = evidence.in_question(GRANTS)
    held = seen.raw if isinstance(seen, Found) and isinstance(seen.raw, list) else []
    operation = request.action.removeprefix(_PREFIX)
    made = {"grantee": grantee, "operations": [operation]}
    named = ("KeyId", request.resource.arn), ("GranteePrincipal", grantee)
    return Fix(
        summary=f"give `{grantee}` a grant of the key for {operation}, where its policy is not to be changed",
        who=key_administrator(request.resource),
        risk="a grant is seen only where grants are listed, and lasts until it is revoked",
        applicability=_MANUAL,
        target=request.resource.arn,
        edits=(edited(evidence, GRANTS, [*held, made]),),
        steps=(
            command("kms", "create-grant", *named, ("Operations", [operation]), _in_region(request)),
            "keep the id that is answered: aws kms revoke-grant takes the grant back by it",
        ),
    )


def _in_region(request: AccessRequest) -> tuple[str, str | None]:
    return "region", None if request.resource.region == NOT_TOLD else request.resource.region


def _of_state(request: AccessRequest, evidence: Evidence, _claim: Claim) -> Iterator[Fix]:
    """Yield what makes the key work again: a call where it was switched off, somebody's hands otherwise."""
    seen = evidence.in_question(KEY_STATE)
    state = seen.value if isinstance(seen, Found) else ""
    summary, risk, operations = _STATES.get(state, _WAITING)
    switched_off = state == "Disabled" and not request.resource.vague
    yield Fix(
        summary=summary,
        who=key_administrator(request.resource),
        risk=risk,
        applicability=Applicability.REVIEW if switched_off else _MANUAL,
        target=request.resource.arn,
        edits=(edited(evidence, KEY_STATE, "Enabled"),),
        writes=(_switched(request, "EnableKey"),) if switched_off else (),
        undo=(_switched(request, "DisableKey"),) if switched_off else (),
        steps=()
        if switched_off
        else tuple(command("kms", each, ("KeyId", request.resource.arn), _in_region(request)) for each in operations),
    )


_STATES: Final[Mapping[str, tuple[str, str, tuple[str, ...]]]] = {
    "Disabled": (
        "enable the KMS key again, once whoever disabled it agrees",
        "somebody disabled the key, perhaps because it is not to be used: all that is under it can be read again",
        ("enable-key",),
    ),
    "PendingDeletion": (
        "cancel the deletion of the KMS key, and enable it: it comes back disabled",
        "somebody had the key deleted, perhaps because it is not to be used: all that is under it can be read again",
        ("cancel-key-deletion", "enable-key"),
    ),
    "PendingImport": (
        "import the key material of the KMS key again (aws kms import-key-material)",
        "only the same material reads what is under the key",
        ("describe-key",),
    ),
}
_WAITING: Final = (
    "wait until the KMS key is ready, or connect the key store that it is kept in",
    "none",
    ("describe-key",),
)


def _switched(request: AccessRequest, operation: str) -> Write:
    key = request.resource
    reading = Reading("kms", "DescribeKey", {"KeyId": key.arn}, ("KeyMetadata", "KeyState"))
    return Write("kms", operation, {"KeyId": key.arn}, f"kms:{operation}", key.account, key.region, reading=reading)


def _of_managed(request: AccessRequest, _evidence: Evidence, _claim: Claim) -> Iterator[Fix]:
    """Yield that another key takes the place of one that is its account's own for good."""
    writes = request.call is not None and request.action_key != "kms:decrypt"
    summary = (
        "name a customer managed key with the upload, and let its policy allow the caller"
        if writes
        else "encrypt the object anew under a customer managed key, whose policy then allows the caller"
    )
    yield Fix(
        summary=summary,
        who="the bucket's owner",
        risk="each copy is written anew, as a new version and at the cost of a write; the new key costs money as well",
        applicability=_MANUAL,
        target=request.resource.arn,
        steps=(
            command("kms", "create-key", ("Description", "for objects that other accounts read"), _in_region(request)),
            *_UNDER_ANOTHER,
        ),
    )


_DEFAULT: Final = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "KEY_ARN"}}
_UNDER_ANOTHER: Final = (
    command(
        "s3api",
        "put-bucket-encryption",
        ("Bucket", "BUCKET"),
        ("ServerSideEncryptionConfiguration", {"Rules": [_DEFAULT]}),
    ),
    command(
        "s3api",
        "copy-object",
        ("Bucket", "BUCKET"),
        ("Key", "KEY"),
        ("CopySource", "BUCKET/KEY"),
        ("ServerSideEncryption", "aws:kms"),
        ("SSEKMSKeyId", "KEY_ARN"),
    ),
)


def _of_unsigned(request: AccessRequest, _evidence: Evidence, _claim: Claim) -> Iterator[Fix]:
    """Yield that the call is signed, and in the way that KMS takes; or that the object is under no such key."""
    if request.principal.kind is Kind.ANONYMOUS:
        yield Fix(
            summary="sign the call, or serve the object by CloudFront with origin access control",
            who="the caller, or the bucket's owner",
            risk="none: an object under a KMS key cannot be public",
            applicability=_MANUAL,
            target=request.resource.arn,
            steps=("for what everybody may read, encrypt the object with SSE-S3 (AES256) in place of the KMS key",),
        )
        return
    yield Fix(
        summary="sign the call with Signature Version 4",
        who="the caller",
        risk="none",
        applicability=_MANUAL,
        target=request.resource.arn,
        request={"context": {_OLD_WAY: "AWS4-HMAC-SHA256"}},
        steps=("use a current AWS SDK or CLI, and configure no older signature: `s3 = signature_version = s3v4`",),
    )


POLICY, STATE, MANAGED, UNSIGNED = "policy", "state", "managed", "unsigned"
FIXES: Final[Mapping[str, Callable[[AccessRequest, Evidence, Claim], Iterator[Fix]]]] = {
    POLICY: _of_policy,
    STATE: _of_state,
    MANAGED: _of_managed,
    UNSIGNED: _of_unsigned,
}
"""What mends a refusal, by what it is about."""
