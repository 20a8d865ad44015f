"""Decides whether the caller may use the keys that a call needs (section 1.9)."""

import base64
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from .calls import COPIES, UPLOADS, sent, source_evidence, source_of
from .conditions import Json
from .grants import caller_side, denied, filters_without_allow
from .keys import of_caller, scalar_values
from .mentions import all_statements, keys_of
from .policy import Request, covers, resource_denies, resource_grant
from .principals import Grant
from .readings import USUAL, Reading
from .verdicts import DENIES, FILTERS, GRANTS, KEYS, LAST, Blocker
from .world import World, boundary, identity_policies, rcps, scp_levels, session_policies, world_of

READS = frozenset({"GetObject", "GetObjectAttributes", "SelectObjectContent", "CopyObject", "UploadPartCopy"})
NEEDED_TO_WRITE = {
    "PutObject": ("GenerateDataKey",),
    "CopyObject": ("GenerateDataKey",),
    "UploadPartCopy": ("GenerateDataKey",),
    # The parts of an upload are encrypted under a key that the upload itself keeps encrypted.
    "CreateMultipartUpload": ("GenerateDataKey", "Decrypt"),
    "UploadPart": ("GenerateDataKey", "Decrypt"),
    "CompleteMultipartUpload": ("Decrypt",),
}
ALGORITHMS = frozenset({"aws:kms", "aws:kms:dsse"})
STATES = {
    "Disabled": "KMS.DisabledException",
    "PendingDeletion": "KMS.KMSInvalidStateException",
    "PendingImport": "KMS.KMSInvalidStateException",
    "Unavailable": "KMS.KMSInvalidStateException",
}
SEEN_BY_KMS = (
    "kms:viaservice",
    "kms:calleraccount",
    "aws:principal",
    "aws:username",
    "aws:userid",
)
CONTEXT = "kms:encryptioncontext:"
ORDER = ("rcp", "scp", "key", "identity", "permissions_boundary", "session_policy")


class KeyUse(NamedTuple):
    """One action on a key, for the object it is about and with the facts around that object."""

    action: str
    key: str
    about: str
    evidence: Json


def key_uses(case: Json, reading: Reading = USUAL) -> list[KeyUse]:
    """Every use of a key that a call makes."""
    return [*_reading(case), *_writing(case, reading)] if "operation" in case else []


def _reading(case: Json) -> Iterator[KeyUse]:
    operation = case["operation"]
    checks = operation == "HeadObject" and sent(case, "ChecksumMode") == "ENABLED"
    if operation not in READS and not checks:
        return
    about, evidence = case["resource"], case["evidence"]
    if operation in COPIES:
        source = source_of(case)
        about, evidence = f"arn:{about.split(':')[1]}:s3:::{source.bucket}/{source.key}", source_evidence(case)
    key = _key_of(evidence.get("object.encryption"))
    if key:
        yield KeyUse("kms:Decrypt", key, about, evidence)


def _writing(case: Json, reading: Reading) -> Iterator[KeyUse]:
    operation, evidence = case["operation"], case["evidence"]
    if sent(case, "SSECustomerAlgorithm") is not None:
        return
    asked = sent(case, "ServerSideEncryption")
    if asked is not None:
        key = sent(case, "SSEKMSKeyId") if asked in ALGORITHMS else None
    else:
        key = _key_of(evidence.get("bucket.encryption"))
    if operation == "CompleteMultipartUpload":
        key = _key_of(evidence.get("object.encryption")) or key
    needed = NEEDED_TO_WRITE.get(operation, ())
    if operation in ("CompleteMultipartUpload", "UploadPartCopy") and reading.every_part_needs_both:
        needed = NEEDED_TO_WRITE["UploadPart"]
    if operation == "CreateMultipartUpload" and not reading.creating_decrypts:
        needed = NEEDED_TO_WRITE["PutObject"]
    for action in needed if key else ():
        yield KeyUse(f"kms:{action}", str(key), case["resource"], evidence)


def _key_of(encryption: Json | None) -> str | None:
    return encryption.get("key") if encryption and encryption["algorithm"] in ALGORITHMS else None


def key_blockers(case: Json, reading: Reading = USUAL) -> list[tuple[int, Blocker]]:
    """What stands in the way of the keys, each with the number of the use."""
    found: list[tuple[int, Blocker]] = []
    for number, use in enumerate(key_uses(case, reading)):
        world = _world(case, use, reading)
        places = [*_denies(world, use), *_lacks(world, use)]
        kinds = {DENIES: "explicit", FILTERS: "implicit", GRANTS: "implicit"}
        found += [(number, Blocker(KEYS, kinds[group], "kms", place=(group, place))) for group, place in places]
        state = use.evidence.get("kms.key_state", "Enabled")
        if state != "Enabled":
            group = 0 if reading.state_before_policies else LAST
            code = STATES.get(state, "KMS.NotFoundException")
            found.append((number, Blocker(KEYS, "requirement", "kms", 400, code, (group, 0))))
    return found


def key_worlds(case: Json) -> Iterator[tuple[str, World]]:
    """The requests to KMS, each with the prefix of the facts about its key."""
    of_copy = case.get("operation") in COPIES
    for use in key_uses(case):
        yield "source." if of_copy and use.action == "kms:Decrypt" else "", _world(case, use, USUAL)


def _world(case: Json, use: KeyUse, reading: Reading) -> World:
    """The request to KMS: by the caller, on the key, with the keys that S3 sets; bucket and endpoint have no say."""
    about = world_of({**case, "action": use.action, "evidence": use.evidence}, reading)
    behind = about.at_bucket.resource
    context = {**dict(of_caller(use.evidence, about.caller))}
    context["kms:viaservice"] = (f"s3.{use.key.split(':')[3]}.amazonaws.com",)
    if about.caller.account:
        context["kms:calleraccount"] = (about.caller.account,)
    encrypted_for = behind.partition("/")[0] if reading.bucket_key else behind
    context[f"{CONTEXT}aws:s3:arn"] = (encrypted_for,)
    for name, value in _sent_context(case, use, reading).items():
        context[f"{CONTEXT}{name}".lower()] = (value,)
    for key, value in case.get("context", {}).items():
        context[key.lower()] = scalar_values(value)
    known = {key: values for key, values in context.items() if values}
    request = about.request._replace(action=use.action, resource=use.key, context=known)
    evidence = {name: value for name, value in use.evidence.items() if not name.startswith("vpc_endpoint.")}
    return about._replace(request=request, evidence=evidence, point=None)


def _sent_context(case: Json, use: KeyUse, reading: Reading) -> dict[str, str]:
    """What the encryption context holds beside what S3 puts there: the call that begins to write an object says so."""
    sent_with = sent(case, "SSEKMSEncryptionContext")
    if case["operation"] not in UPLOADS:
        told = any(name.lower() == f"{CONTEXT[:-1]}keys" for name in case.get("context", {}))
        return _stored_context(use) if reading.object_context_holds_more and not told else {}
    return {} if sent_with is None else dict(json.loads(base64.b64decode(sent_with)))


def _stored_context(use: KeyUse) -> dict[str, str]:
    """What an object's encryption context may hold besides: what grants ask for, or anything."""
    constraints = [one["constraints"] for one in use.evidence.get("kms.grants") or [] if one.get("constraints")]
    asked = {name: value for each in constraints for pairs in each.values() for name, value in pairs.items()}
    return {name: value for name, value in asked.items() if name.lower() != "aws:s3:arn"} or {"another": "value"}


def _denies(world: World, use: KeyUse) -> Iterator[tuple[int, int]]:
    request, evidence = world.request, use.evidence
    owner = use.key.split(":")[4]
    customer = evidence.get("kms.key_manager") != "AWS"
    reached = customer and (owner == world.bucket_owner or world.reading.rcp_reaches_key)
    sides = {
        "rcp": reached and any(resource_denies(policy, request) for policy in rcps(world)),
        "scp": any(denied(level, world) for level in scp_levels(world)),
        "key": any(resource_denies(policy, request) for policy in _key_policies(evidence)),
        "identity": denied(identity_policies(world), world),
        "permissions_boundary": denied(boundary(world), world),
        "session_policy": denied(session_policies(world), world),
    }
    yield from ((DENIES, ORDER.index(layer)) for layer, denies in sides.items() if denies)


def _lacks(world: World, use: KeyUse) -> Iterator[tuple[int, int]]:
    yield from ((FILTERS, ORDER.index(layer)) for layer in filters_without_allow(world))
    grant = max(
        (resource_grant(policy, world.request) for policy in _key_policies(use.evidence)),
        default=Grant.NONE,
    )
    grant = max(grant, _kms_grant(world, use))
    # Nothing but the key's own policy gives anybody a say about it, its account's root user included.
    caller, owner = world.caller, use.key.split(":")[4]
    # The policies of keys that AWS manages cannot be changed, and serve their own account only.
    kept_at_home = use.evidence.get("kms.key_manager") == "AWS" and caller.account not in (None, owner)
    if grant is Grant.NONE or kept_at_home:
        yield GRANTS, ORDER.index("key")
    if not caller.account:
        return
    if caller.account == owner:
        lacking = caller_side(world, granted=grant is Grant.ROLE) if grant is not Grant.DIRECT else iter(())
    else:
        lacking = caller_side(world)
    yield from ((GRANTS, ORDER.index(layer)) for layer in lacking)


def _key_policies(evidence: Json) -> list[Any]:
    policy = evidence.get("kms.key_policy")
    return [policy] if policy else []


def _kms_grant(world: World, use: KeyUse) -> Grant:
    """What grants of the key add: they name a user or role, and operations without their prefix."""
    names = {world.caller.arn, world.caller.issuer}
    for one in use.evidence.get("kms.grants") or []:
        fits = one["grantee"] in names and use.action.removeprefix("kms:") in one["operations"]
        if fits and _constraints_hold(one.get("constraints"), world.request):
            return Grant.ROLE if world.reading.grant_is_limited else Grant.DIRECT
    return Grant.NONE


def _constraints_hold(constraints: Json | None, request: Request) -> bool:
    """Whether the encryption context includes some pairs, or is made of some; the case of their names is no matter."""
    held = {key.removeprefix(CONTEXT): values for key, values in request.context.items() if key.startswith(CONTEXT)}
    pairs = {sort: {key.lower(): (value,) for key, value in one.items()} for sort, one in (constraints or {}).items()}
    return pairs.get("EncryptionContextSubset", {}).items() <= held.items() and (
        pairs.get("EncryptionContextEquals", held) == held
    )


def tests_what_kms_may_not_see(case: Json) -> bool:
    """Whether a statement that covers the use of a key tests what may not be told to KMS, such as the network."""
    seen: tuple[str, ...] = SEEN_BY_KMS
    # For whom a service calls is not told.
    if case["principal"].endswith(".com"):
        seen = tuple(one for one in seen if one not in ("kms:viaservice", "kms:calleraccount"))
    covering = [one for _, world in key_worlds(case) for one in all_statements(case) if covers(one, world.request)]
    # The encryption context is known only to who knows of S3 Bucket Keys; where it is given, no reading matters.
    given = tuple(name.lower() for name in case["context"] if name.lower().startswith("kms:"))
    return any(not key.startswith((*seen, *given)) for one in covering for key in keys_of(one))


def of_anonymous(case: Json) -> bool:
    """Whether nobody signed a request that needs a key: S3 answers that it has to be signed, with 400."""
    return case["principal"] == "anonymous" and bool(key_uses(case))
