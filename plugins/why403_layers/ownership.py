"""Object Ownership: who owns what, whether ACLs count at all, and the calls that only the owner's account may make."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from why403 import (
    ACLS,
    FALSE,
    TRUE,
    UNKNOWN,
    AccessRequest,
    Applicability,
    Call,
    Citation,
    Claim,
    Evidence,
    Fact,
    Fix,
    Found,
    Group,
    Layer,
    May,
    Place,
    Says,
    Truth,
    Unreadable,
    Verdict,
    Words,
    hookimpl,
)
from why403.collecting.s3 import bucket_collector, of_bucket
from why403.domain.acl import Acl, AclGrant, grantee_account, is_account_id
from why403.domain.commands import bucket_command, command
from why403.domain.facts import BUCKET_OWNER, CANONICAL_IDS, OBJECT_OWNER, OWNERSHIP
from why403.domain.fix import edited
from why403.domain.operations import OWNER_ONLY
from why403.domain.request import ENFORCED, enforced
from why403.domain.sent_acl import without_acl
from why403.domain.truth import negation, truth_of
from why403.policy import bucket_policy_fixes, doubted, unread
from why403_layers.acl import BUCKET_ACL
from why403_layers.bucket_policy import BUCKET_POLICY
from why403_layers.owners import COLLECTORS as OWNERS

_ACCEPTED = "bucket-owner-full-control"
_WRITES_ACL = frozenset({"s3:putobjectacl", "s3:putobjectversionacl", "s3:putbucketacl"})
_ALWAYS_WRITE = frozenset({"PutBucketAcl", "PutObjectAcl"})

GET_CONTROLS = of_bucket(
    "GetBucketOwnershipControls",
    "s3:GetBucketOwnershipControls",
    absent=("OwnershipControlsNotFoundError",),
    member="OwnershipControls",
)


def _setting(told: Mapping[str, Any]) -> str:
    (rule,) = told["Rules"]
    setting: str = rule["ObjectOwnership"]
    return setting


COLLECTORS = (
    # A bucket without the setting is as all were before there was one.
    bucket_collector(OWNERSHIP, GET_CONTROLS, _setting, absent=Found("ObjectWriter")),
    *OWNERS,
)

_CAPS: tuple[Verdict, ...] = ((), (Claim(Says.CAP, UNKNOWN, ACLS),), (Claim(Says.CAP, FALSE, ACLS),))

_OWNER_CALL = "only the owner's account may make this call"
_ACL_REFUSED = "ACLs are disabled"
_ACL_LEFT = "the bucket's ACL still grants others"


def judge(request: AccessRequest, evidence: Evidence) -> Verdict:
    """Void every ACL grant while ACLs are disabled; refuse new ACLs then, and some calls from other accounts always."""
    if not request.resource.in_bucket:
        return ()
    disabled = enforced(evidence)
    caps = _CAPS[disabled]
    if request.call is None:
        return caps
    return (*caps, *_requirements(request, request.call, evidence, disabled))


def _requirements(request: AccessRequest, call: Call, evidence: Evidence, disabled: Truth) -> Iterator[Claim]:
    if call.operation in OWNER_ONLY:
        owner, caller = request.bucket_owner, request.principal
        if caller.signed and (owner is None or not caller.account):
            yield Claim(Says.REQUIREMENT, UNKNOWN, about=_OWNER_CALL)
        elif not caller.signed or owner != caller.account:
            yield Claim(Says.REQUIREMENT, FALSE, about=_OWNER_CALL)
    creates = call.operation == "CreateBucket"
    refuses = _created_enforced(call) if creates else disabled
    refused = min(refuses, _carries_acl(request, call, evidence)) if request.action_key in _WRITES_ACL else FALSE
    if refused != FALSE:
        yield Claim(Says.REQUIREMENT, negation(refused), about=_ACL_LEFT if creates else _ACL_REFUSED)
    if call.operation == "PutBucketOwnershipControls" and _enforces(call.parameters):
        yield Claim(Says.REQUIREMENT, negation(_grants_others(request, evidence)), about=_ACL_LEFT)


def _created_enforced(call: Call) -> Truth:
    """Return whether a new bucket has its ACLs disabled, as it has unless another setting is asked for."""
    if call.may_send("ObjectOwnership") == UNKNOWN:
        return UNKNOWN
    return truth_of(call.parameters.get("ObjectOwnership") in (None, "", ENFORCED))


def _carries_acl(request: AccessRequest, call: Call, evidence: Evidence) -> Truth:
    """Return whether the call sends an ACL other than the one that is accepted while ACLs are disabled."""
    canned = call.parameters.get("ACL")
    policy = call.parameters.get("AccessControlPolicy")
    if policy is not None and canned is None:
        return negation(min(truth_of(_only_owner(policy)), _of_bucket_owner(policy, request, evidence)))
    if canned is not None:
        return truth_of(canned not in ((_ACCEPTED, "private") if call.operation == "CreateBucket" else (_ACCEPTED,)))
    if call.grant_headers:
        return TRUE
    return UNKNOWN if call.unlisted == UNKNOWN else truth_of(call.operation in _ALWAYS_WRITE)


def _only_owner(policy: Any) -> bool:
    """Return whether an ACL in XML is the equivalent of bucket-owner-full-control."""
    grants = policy.get("Grants", []) if isinstance(policy, dict) else []
    owner = policy.get("Owner", {}).get("ID") if isinstance(policy, dict) else None
    return bool(grants and owner) and all(
        grant.get("Permission") == "FULL_CONTROL" and grant.get("Grantee", {}).get("ID") == owner for grant in grants
    )


def _of_bucket_owner(policy: Any, request: AccessRequest, evidence: Evidence) -> Truth:
    """Return whether the owner that an ACL in XML names is the bucket's, as an id is taken to be that nobody knows."""
    named = policy.get("Owner", {}).get("ID") if isinstance(policy, dict) else None
    seen = evidence[CANONICAL_IDS]
    if isinstance(seen, Unreadable):
        return UNKNOWN
    account = seen.value.get(named) if isinstance(seen, Found) and isinstance(named, str) else None
    if account is None:
        return TRUE
    return UNKNOWN if request.bucket_owner is None else truth_of(account == request.bucket_owner)


def _enforces(parameters: Mapping[str, Any]) -> bool:
    controls = parameters.get("OwnershipControls")
    rules = controls.get("Rules") if isinstance(controls, dict) else None
    return isinstance(rules, list) and any(
        isinstance(rule, dict) and rule.get("ObjectOwnership") == ENFORCED for rule in rules
    )


def _grants_others(request: AccessRequest, evidence: Evidence) -> Truth:
    """Return whether the bucket's ACL grants to anybody but the bucket's owner."""
    seen = evidence[BUCKET_ACL]
    if not isinstance(seen, Found):
        return UNKNOWN if isinstance(seen, Unreadable) else FALSE
    acl = seen.value
    owner = request.bucket_owner
    others = (_is_other(grant, acl, grantee_account(grant, acl, owner, evidence), owner) for grant in acl.grants)
    return max(others, default=FALSE)


def _is_other(grant: AclGrant, acl: Acl, account: str | None, owner: str | None) -> Truth:
    if grant.form == "uri":
        return TRUE
    if grant.grantee == acl.owner:
        return FALSE
    if account is not None and owner:
        return truth_of(account != owner)
    if grant.form != "id" or acl.owner is None or is_account_id(acl.owner) or is_account_id(grant.grantee):
        return UNKNOWN
    return TRUE  # two canonical ids that differ are two accounts


def words(request: AccessRequest, evidence: Evidence, claim: Claim) -> Words:
    """Say what the setting refuses."""
    cites: tuple[Citation, ...] = (Citation(fact=OWNERSHIP.name),)
    if claim.holds == UNKNOWN:
        return _doubt(request, claim, evidence)
    if claim.about is _OWNER_CALL:
        operation = request.call.operation if request.call else request.action
        because = f"{operation} is for identities of the bucket owner's account only, whatever they are allowed"
        owner = (Citation(fact=BUCKET_OWNER.name),)
        return Words(because=because, citations=owner, status=405, code="MethodNotAllowed")
    if claim.about is _ACL_REFUSED:
        because = "ACLs are disabled on this bucket (Object Ownership is BucketOwnerEnforced), and the call sends one"
        return Words(because=because, citations=cites, status=400, code="AccessControlListNotSupported")
    if claim.about is _ACL_LEFT:
        because = "ACLs cannot be disabled together with an ACL that grants others"
        sent = request.call is not None and request.call.operation == "CreateBucket"
        cites = () if sent else (Citation(fact=BUCKET_ACL.name), Citation(fact=BUCKET_OWNER.name))
        return Words(because=because, citations=cites, status=400, code="InvalidBucketAclWithObjectOwnership")
    because = "ACLs are disabled on this bucket (Object Ownership is BucketOwnerEnforced), so their grants do not count"
    return Words(because=because, citations=cites, sort="disabled")


def _doubt(request: AccessRequest, claim: Claim, evidence: Evidence) -> Words:
    if claim.about is _OWNER_CALL:
        owner = evidence[BUCKET_OWNER]
        return unread(owner) if isinstance(owner, Unreadable) else Words(because="it is not known who calls")
    creates = request.call is not None and request.call.operation == "CreateBucket"
    fact: Fact[Any] = BUCKET_ACL if claim.about is _ACL_LEFT else OWNERSHIP
    if isinstance(evidence[fact], Unreadable) and not (creates and claim.about is _ACL_LEFT):
        return unread(evidence[fact])
    if claim.about is _ACL_REFUSED and request.call is not None and request.call.parameters.get("AccessControlPolicy"):
        return doubted(
            "it is not known whether the ACL names the bucket's owner", evidence[CANONICAL_IDS], request.owner_unread
        )
    if creates or claim.about is _ACL_REFUSED:
        return Words(because="it is not known which ACL the call sends")
    because = "it is not known whom the bucket's ACL grants something"
    return doubted(because, evidence[CANONICAL_IDS], request.owner_unread, needs=fact.permission)


def propose(request: AccessRequest, evidence: Evidence, claim: Claim) -> Iterable[Fix]:
    """Yield what the bucket's policy grants in an ACL's place, the call without an ACL, or by the owner's account."""
    if claim.holds != FALSE:
        return
    match claim.says, request.call:
        case Says.CAP, _:
            yield from bucket_policy_fixes(BUCKET_POLICY, evidence[BUCKET_POLICY], request)
        case _, Call() as call if claim.about is not _OWNER_CALL:
            left = claim.about is _ACL_LEFT and call.operation != "CreateBucket"
            yield _reset(request, evidence) if left else _without_acl(request, call)
        case _:
            yield _by_owner(request)


def _without_acl(request: AccessRequest, call: Call) -> Fix:
    return Fix(
        summary="send no ACL, or bucket-owner-full-control, which grants nobody else",
        who="the caller",
        risk="nobody is let in by an ACL: whoever has to be is named in the bucket policy",
        applicability=Applicability.REVIEW,
        target=request.resource.arn,
        call=without_acl(call),
    )


def _by_owner(request: AccessRequest) -> Fix:
    owner = request.bucket_owner or "that owns the bucket"
    return Fix(
        summary=f"make the call as an identity of account {owner}; no permission helps others",
        who=f"an administrator of account {owner}",
        risk="none: who may do so is for that account's identity policies",
        applicability=Applicability.MANUAL,
        target=request.resource.arn,
        steps=(
            command("sts", "get-caller-identity"),
            f"assume a role of account {owner} that may make the call (aws sts assume-role)",
        ),
    )


def _reset(request: AccessRequest, evidence: Evidence) -> Fix:
    """Return that the bucket's ACL grants its owner alone, what others need being in its policy by then."""
    seen = evidence[BUCKET_ACL]
    raw = seen.raw if isinstance(seen, Found) else {}
    grants = [each for each in raw.get("grants", ()) if raw.get("owner") in each["grantee"].values()]
    return Fix(
        summary="move what the bucket's ACL grants others to the bucket policy, then make the ACL private",
        who="the bucket's owner",
        risk="whoever came in by the ACL and is not in the policy loses access",
        applicability=Applicability.MANUAL,
        target=request.resource.arn,
        edits=(edited(evidence, BUCKET_ACL, {**raw, "grants": grants}),),
        steps=(
            bucket_command(request, "get-bucket-acl"),
            bucket_command(request, "put-bucket-acl", ("ACL", "private")),
        ),
    )


PLACES: Mapping[int, Place] = {
    Says.CAP: Place(Group.GRANTS, 10),
    Says.REQUIREMENT: Place(Group.LAST_REQUIREMENTS, 10),
}


@hookimpl
def why403_register_layers() -> Iterator[Layer]:
    """Register this layer."""
    yield Layer(
        name="ownership",
        title="Object Ownership",
        who="the caller, or the bucket's owner",
        reference="https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html",
        may=frozenset({May.CAP_RESOURCE, May.REQUIRE}),
        place=PLACES,
        provides=(OWNERSHIP, BUCKET_OWNER, OBJECT_OWNER, CANONICAL_IDS),
        needs=(BUCKET_ACL,),
        collectors=COLLECTORS,
        judge=judge,
        words=words,
        propose=propose,
    )
