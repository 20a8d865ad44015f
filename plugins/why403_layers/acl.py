"""Access control lists: grants of a bucket or an object to accounts and groups; they never deny."""

from collections.abc import Iterator, Mapping

from why403 import (
    FALSE,
    TRUE,
    UNKNOWN,
    Absent,
    AccessRequest,
    Citation,
    Claim,
    Evidence,
    Fact,
    Fix,
    Found,
    Group,
    Kind,
    Layer,
    May,
    Observation,
    Place,
    Reach,
    Says,
    Truth,
    Unreadable,
    Verdict,
    Words,
    hookimpl,
)
from why403.collecting.s3 import GET_BUCKET_ACL, GET_OBJECT_ACL, acl_told, bucket_collector, object_collector
from why403.domain.acl import (
    ALL_USERS,
    AUTHENTICATED_USERS,
    LOG_DELIVERY,
    Acl,
    AclGrant,
    grantee_account,
    load_acl,
)
from why403.domain.facts import CANONICAL_IDS, OWNERSHIP
from why403.policy import bucket_policy_fixes, doubted, unread
from why403_layers.acl_fixes import FIXES
from why403_layers.bucket_policy import BUCKET_POLICY

_LOG_SERVICES = frozenset({"logging.s3.amazonaws.com", "delivery.logs.amazonaws.com"})

BUCKET_ACL = Fact(name="bucket.acl", load=load_acl, permission="s3:GetBucketAcl", of_resource=True)
OBJECT_ACL = Fact(name="object.acl", load=load_acl, permission="s3:GetObjectAcl", of_resource=True, of_object=True)

COLLECTORS = (
    bucket_collector(BUCKET_ACL, GET_BUCKET_ACL, acl_told),
    object_collector(OBJECT_ACL, GET_OBJECT_ACL, acl_told),
)


def _asked(request: AccessRequest) -> tuple[Fact[Acl], str] | None:
    """Return the ACL that could grant the action, and the permission that would."""
    action = request.s3_action
    if action is None or not request.resource.in_bucket:
        return None
    if request.resource.key is not None and action.object_acl is not None and not request.of_new:
        return OBJECT_ACL, action.object_acl
    if action.bucket_acl is None or _helps(request) == FALSE:
        return None
    return BUCKET_ACL, action.bucket_acl


def _helps(request: AccessRequest) -> Truth:
    """Return whether a bucket's ACL helps this caller: deleting needs an owner of the bucket, or of the object."""
    action, own = request.s3_action, request.principal.account
    if action is None or action.bucket_acl_reaches == "grantee":
        return TRUE
    owners = {request.bucket_owner}
    if action.bucket_acl_reaches == "owners":
        owners.add(request.object_owner)
    if own == "":
        return FALSE
    return TRUE if own in owners else UNKNOWN if None in owners else FALSE


def _for_everyone(request: AccessRequest) -> bool:
    """Return whether any grantee profits: deleting is only for a grantee who is an owner itself."""
    return request.s3_action is not None and request.s3_action.bucket_acl_reaches == "grantee"


def judge(request: AccessRequest, evidence: Evidence) -> Verdict:
    """Grant what the ACL grants; where it only just fails, or nothing else could grant, the missing grant is here."""
    asked = _asked(request)
    if asked is not None:
        verdict = tuple(_grants(request, evidence, *asked))
        if verdict:
            return verdict
    if request.of_foreign == TRUE or any(_only_just(request, evidence, asked)):
        return _LACKING
    return ()


_LACKING = (Claim(Says.GRANT, FALSE, Reach.ACCOUNT_ACL),)


def _grants(request: AccessRequest, evidence: Evidence, fact: Fact[Acl], permission: str) -> Iterator[Claim]:
    seen = evidence[fact]
    if isinstance(seen, Absent):
        return
    most = TRUE if fact is OBJECT_ACL else _helps(request)
    truths = dict.fromkeys((Reach.PUBLIC_ACL, Reach.ACCOUNT_ACL), UNKNOWN if isinstance(seen, Unreadable) else FALSE)
    if isinstance(seen, Found):
        for grant in _granting(seen.value, permission):
            if not grant.public or fact is OBJECT_ACL or _for_everyone(request):
                reach = Reach.PUBLIC_ACL if grant.public else Reach.ACCOUNT_ACL
                truths[reach] = max(truths[reach], min(most, grantee_is(grant, request, evidence, seen.value)))
    yield from (Claim(Says.GRANT, truth, reach) for reach, truth in truths.items() if truth != FALSE)


def _granting(acl: Acl, permission: str) -> Iterator[AclGrant]:
    return (grant for grant in acl.grants if grant.permission in {permission, "FULL_CONTROL"})


def grantee_is(grant: AclGrant, request: AccessRequest, evidence: Evidence, acl: Acl) -> Truth:
    """Return whether a grant is to the caller; a grantee that cannot be resolved is in doubt."""
    principal = request.principal
    if grant.form == "uri":
        # Whether CloudFront's own identities are among all who sign, AWS does not say.
        if grant.grantee == AUTHENTICATED_USERS and principal.kind is Kind.ORIGIN:
            return UNKNOWN
        return TRUE if _in_group(grant.grantee, request) else FALSE
    if not principal.signed and principal.kind is not Kind.ORIGIN:
        return FALSE
    of_object = evidence[OBJECT_ACL]
    owns_object = isinstance(of_object, Found) and of_object.value is acl
    owner = request.object_owner if owns_object else request.bucket_owner
    account = grantee_account(grant, acl, owner, evidence)
    if account is None or principal.kind is Kind.UNKNOWN:
        return UNKNOWN
    return TRUE if account == principal.account else FALSE


def _in_group(uri: str, request: AccessRequest) -> bool:
    principal = request.principal
    match uri:
        case _ if uri == ALL_USERS:
            return True
        case _ if uri == AUTHENTICATED_USERS:
            return principal.signed
    return uri == LOG_DELIVERY and principal.kind is Kind.SERVICE and principal.arn in _LOG_SERVICES


def _only_just(request: AccessRequest, evidence: Evidence, asked: tuple[Fact[Acl], str] | None) -> Iterator[Fact[Acl]]:
    """Yield, while ACLs are enabled, those with a grant that fails in one element: grantee, permission, or place."""
    ownership = evidence[OWNERSHIP]
    if asked is None or not isinstance(ownership, Found) or ownership.value == "BucketOwnerEnforced":
        return
    fact, permission = asked
    for other in (OBJECT_ACL, BUCKET_ACL):
        seen = evidence[other]
        if isinstance(seen, Found) and any(
            _near(grant, request, evidence, seen.value, (permission, other is not fact)) for grant in seen.value.grants
        ):
            yield other


def _near(grant: AclGrant, request: AccessRequest, evidence: Evidence, acl: Acl, wanted: tuple[str, bool]) -> bool:
    if grant.grantee == acl.owner:
        return False
    permission, elsewhere = wanted
    failed = int(elsewhere) + (grant.permission not in {permission, "FULL_CONTROL"})
    return failed + (grantee_is(grant, request, evidence, acl) == FALSE) == 1


def words(request: AccessRequest, evidence: Evidence, claim: Claim) -> Words:
    """Name the grant, or say that none is there."""
    asked = _asked(request)
    if asked is None:
        return Words(because=f"the object is another account's, and no ACL can allow {request.action}")
    fact, permission = asked
    seen: Observation[Acl] = evidence[fact]
    if isinstance(seen, Unreadable):
        return unread(seen)
    if claim.holds == UNKNOWN and fact is BUCKET_ACL and _helps(request) == UNKNOWN:
        because = f"the bucket's ACL helps only an owner with {request.action}, and it is not known who owns what"
        return doubted(because, request.owner_unread, needs=fact.permission)._replace(citations=(Citation(fact.name),))
    which = "the object's ACL" if fact is OBJECT_ACL else "the bucket's ACL"
    elsewhere = tuple(Citation(fact=other.name) for other in _only_just(request, evidence, asked) if other is not fact)
    if not isinstance(seen, Found):
        because = f"{which} grants nobody else {permission}, which {request.action} needs"
        return Words(because=because, citations=elsewhere)
    held = [
        grant
        for grant in _granting(seen.value, permission)
        if grantee_is(grant, request, evidence, seen.value) == claim.holds != FALSE
        and grant.public is (claim.reach == Reach.PUBLIC_ACL)
    ]
    cites = tuple(Citation(fact=fact.name, pointer=f"/grants/{grant.index}") for grant in held)
    if claim.holds == TRUE:
        return Words(because=f"{which} grants the caller {permission}", citations=cites)
    if claim.holds == UNKNOWN:
        because = f"{which} grants {permission} to somebody who cannot be resolved"
        return doubted(because, evidence[CANONICAL_IDS], request.owner_unread)._replace(citations=cites)
    because = f"{which} does not grant the caller {permission}, which {request.action} needs"
    return Words(because=because, citations=(Citation(fact=fact.name), *elsewhere))


def propose(request: AccessRequest, evidence: Evidence, claim: Claim) -> Iterator[Fix]:
    """Yield what the bucket's policy grants in the ACL's place; of another account's object, what its owner does."""
    if claim.holds != FALSE:
        return
    if request.of_foreign != TRUE:
        yield from bucket_policy_fixes(BUCKET_POLICY, evidence[BUCKET_POLICY], request)
        return
    yield from FIXES(request, evidence, OBJECT_ACL, BUCKET_ACL)


PLACES: Mapping[int, Place] = {Says.GRANT: Place(Group.GRANTS, 30)}


@hookimpl
def why403_register_layers() -> Iterator[Layer]:
    """Register this layer."""
    yield Layer(
        name="acl",
        title="access control list",
        who="the owner of the bucket or object",
        reference="https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html",
        may=frozenset({May.GRANT_RESOURCE}),
        place=PLACES,
        provides=(BUCKET_ACL, OBJECT_ACL),
        needs=(OWNERSHIP, CANONICAL_IDS),
        collectors=COLLECTORS,
        judge=judge,
        words=words,
        propose=propose,
    )
