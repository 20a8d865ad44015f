"""Bucket policies: whom the bucket's owner lets in, and whom it keeps out."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from why403 import (
    Absent,
    AccessRequest,
    CannotTell,
    Citation,
    Claim,
    Evidence,
    Fact,
    Fix,
    Found,
    Group,
    InvalidInput,
    Kind,
    Layer,
    May,
    Place,
    Reach,
    Says,
    Unreadable,
    Verdict,
    Warned,
    Words,
    hookimpl,
)
from why403.collecting.s3 import bucket_collector, object_collector, of_bucket, of_object
from why403.domain.facts import BUCKET_ABAC, BUCKET_OWNER, BUCKET_TAGS, OBJECT_TAGS, POINT_BUCKET
from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth, negation, truth_of
from why403.policy import (
    NO_GRANTS,
    Grants,
    Policies,
    PolicyKind,
    advise,
    bounded,
    bucket_policy_fixes,
    denies_caller,
    doubted,
    gate,
    gate_words,
    grants,
    near_miss,
    not_storable,
    one_policy,
    policies_of,
    policy_not_stored,
    unread,
    unsure_of_boundary,
)
from why403_layers.permissions_boundary import BOUNDARY

BUCKET_POLICY = Fact(
    name="bucket.policy",
    load=one_policy(PolicyKind.RESOURCE),
    permission="s3:GetBucketPolicy",
    of_resource=True,
    policies=policies_of,
)

GET_POLICY = of_bucket("GetBucketPolicy", "s3:GetBucketPolicy", absent=("NoSuchBucketPolicy",), member="Policy")
GET_TAGS = of_bucket("GetBucketTagging", "s3:GetBucketTagging", absent=("NoSuchTagSet",), member="TagSet")
GET_ABAC = of_bucket("GetBucketAbac", "s3:GetBucketAbac", member="AbacStatus")
GET_OBJECT_TAGS = of_object("GetObjectTagging", "Tagging", member="TagSet")


def _abac(told: Mapping[str, str]) -> bool:
    status = told.get("Status")
    if status not in {"Enabled", "Disabled"}:
        raise CannotTell(Unreadable("S3 answered something that is no status of tags for access control"))
    return status == "Enabled"


# Tags stand here because bucket and object carry them like the policy: what the owner wrote there for policies to see.
COLLECTORS = (
    bucket_collector(BUCKET_POLICY, GET_POLICY),
    bucket_collector(BUCKET_TAGS, GET_TAGS),
    bucket_collector(BUCKET_ABAC, GET_ABAC, _abac),
    object_collector(OBJECT_TAGS, GET_OBJECT_TAGS),
)

# Root of the owner's account can always repair a policy that locks everybody out.
_REPAIRS = frozenset(
    f"{service}:{verb}bucketpolicy" for service in ("s3", "s3express") for verb in ("get", "put", "delete")
)
_CREATES = frozenset({"s3:createbucket", "s3express:createbucket"})
_IN_DOUBT = Grants(UNKNOWN, UNKNOWN, UNKNOWN)
_FOREIGN = "the object is another account's"


def judge(request: AccessRequest, evidence: Evidence) -> Verdict:
    """Deny whoever a Deny names, allow whom an Allow names, as far as the object is the bucket owner's.

    A new policy that S3 would not store is refused whoever sends it.
    """
    if not request.resource.in_bucket:
        return ()
    if request.action_key in _CREATES:
        return ()
    if request.resource.access_point is not None and not request.through_point:
        return ()
    seen, asked = evidence[BUCKET_POLICY], request.at_bucket
    if isinstance(seen, Absent):
        denied, granted = FALSE, NO_GRANTS
    elif isinstance(seen, Found) and asked is not None:
        denied = denies_caller(seen.value, asked, bounded(request, evidence[BOUNDARY]))
        granted = grants(seen.value, asked)
    else:
        denied, granted = UNKNOWN, _IN_DOUBT
    denied, reach = min(denied, negation(_repairs(request))), negation(request.of_foreign)
    through = request.through_point
    verdict = _behind_point(denied, granted, reach, request.of_own) if through else _verdict(denied, granted, reach)
    fault = _refused(request)
    return verdict if fault is None else (*verdict, Claim(Says.REQUIREMENT, FALSE, about=fault))


def _refused(request: AccessRequest) -> str | None:
    """Return why S3 would not store the policy that the call sends, None if it would or none is sent."""
    if request.call is None or request.call.operation != "PutBucketPolicy":
        return None
    sent = request.call.parameters.get("Policy")
    if sent is None:
        return None
    try:
        policies = one_policy(PolicyKind.RESOURCE)(sent)
    except InvalidInput as error:
        return f"{error.faults[0].pointer} {error.faults[0].message}".strip()
    asked = request.at_bucket
    within = None if asked is None else asked.resource.bucket_arn
    return next((message for _, message in advise(policies, within)), None)


@lru_cache(maxsize=1024)
def _verdict(denied: Truth, granted: Grants, reach: Truth) -> Verdict:
    verdict = [Claim(Says.DENIAL, denied)]
    direct, role, account = (min(truth, reach) for truth in granted)
    if role:
        verdict.append(Claim(Says.GRANT, role, Reach.ROLE))
    if account:
        verdict.append(Claim(Says.GRANT, account, Reach.ACCOUNT))
    if direct or reach != FALSE:
        verdict.append(Claim(Says.GRANT, direct, Reach.DIRECT))
    return tuple(verdict)


@lru_cache(maxsize=1024)
def _behind_point(denied: Truth, granted: Grants, reach: Truth, own: Truth) -> Verdict:
    """Return the claims of one of two gates: what the access point's policy grants counts as far as this one does.

    It has no say in what is the caller's `own`.
    """
    granted = Grants(*(max(min(truth, reach), own) for truth in granted))
    if reach == FALSE:
        return (Claim(Says.DENIAL, denied), *(each for each in gate(granted, _FOREIGN) if each.says == Says.CAP))
    return (Claim(Says.DENIAL, denied), *gate(granted))


def _repairs(request: AccessRequest) -> Truth:
    """Return whether root of the owner's account repairs the policy, which the policy itself cannot forbid."""
    if request.principal.kind is not Kind.ROOT or request.action_key not in _REPAIRS:
        return FALSE
    return UNKNOWN if request.bucket_owner is None else truth_of(request.bucket_owner == request.principal.account)


def words(request: AccessRequest, evidence: Evidence, claim: Claim) -> Words:
    """Name the statement, or say why the policy cannot grant, or cannot be stored."""
    if claim.says == Says.REQUIREMENT:
        because = f"the policy that is sent cannot be stored: {claim.about}"
        return Words(because=because, status=400, code="MalformedPolicy")
    if claim.about is _FOREIGN:
        return Words(because="the object is another account's, and the bucket's policy can allow nothing about it")
    seen, asked = evidence[BUCKET_POLICY], request.at_bucket
    if isinstance(seen, Unreadable):
        return unread(seen)
    if isinstance(seen, Found) and asked is None:
        because = "the bucket policy says nothing that is certain while the bucket behind the access point is not known"
        return doubted(because, evidence[POINT_BUCKET], needs=POINT_BUCKET.permission)
    if claim.says >= Says.CAP and claim.holds == UNKNOWN and request.of_foreign == UNKNOWN:
        because = "it is not known whether the bucket's owner owns the object"
        return doubted(because, request.owner_unread, needs="s3:GetObjectAcl")
    if isinstance(seen, Found) and asked is not None:
        if claim.says == Says.DENIAL and claim.holds == UNKNOWN:
            unsure = _unsure_denial(seen.value, asked, evidence)
            if unsure is not None:
                return unsure
        limits = bounded(request, evidence[BOUNDARY])
        return gate_words(BUCKET_POLICY, seen.value, asked, claim, "the bucket policy", limits)
    does = "denies" if claim.says == Says.DENIAL else "allows"
    return Words(
        because=f"the bucket has no policy, so none {does} {request.action}",
        citations=(Citation(fact=BUCKET_POLICY.name),),
    )


def _unsure_denial(policies: Policies, request: AccessRequest, evidence: Evidence) -> Words | None:
    """Return the words of a Deny that is in doubt for another reason than what its statement asks about the request."""
    if denies_caller(policies, request, bounded(request, evidence[BOUNDARY])) == TRUE:
        because = "the bucket policy denies, unless root of the bucket owner's account calls: the owner is not known"
        return doubted(because, evidence[BUCKET_OWNER])
    return unsure_of_boundary(policies, request, evidence[BOUNDARY])


def propose(request: AccessRequest, evidence: Evidence, claim: Claim) -> Iterator[Fix]:
    """Yield an exception in what denies, or an Allow that names the caller and nobody else."""
    if claim.says == Says.REQUIREMENT:
        yield policy_not_stored(str(claim.about))
        return
    asked, seen = request.at_bucket, evidence[BUCKET_POLICY]
    if asked is None or isinstance(seen, Unreadable) or claim.about is _FOREIGN:
        return
    limits = bounded(request, evidence[BOUNDARY])
    yield from bucket_policy_fixes(BUCKET_POLICY, seen, request, claim, limits)


def near(request: AccessRequest, evidence: Evidence) -> bool:
    """Return whether a statement would allow but for one element."""
    seen, asked = evidence[BUCKET_POLICY], request.at_bucket
    return isinstance(seen, Found) and asked is not None and near_miss(seen.value, asked)


def warnings(request: AccessRequest, evidence: Evidence) -> Iterator[Warned]:
    """Yield what S3 would not have stored in the bucket's policy; it is judged as written."""
    seen, asked = evidence[BUCKET_POLICY], request.at_bucket
    if isinstance(seen, Found):
        within = asked.resource.bucket_arn if asked is not None and asked.resource.bucket is not None else None
        for pointer, message in not_storable(seen, within):
            yield Warned(BUCKET_POLICY.name, pointer, message)


def disputed(request: AccessRequest, evidence: Evidence) -> tuple[str, ...]:
    """Return the point of AWS's documentation that is open for objects of other accounts."""
    held = request.foreign != FALSE and isinstance(evidence[BUCKET_POLICY], Found)
    return ("U5",) if held else ()


PLACES: Mapping[int, Place] = {
    Says.DENIAL: Place(Group.EXPLICIT_DENIES, 30),
    Says.CAP: Place(Group.GRANTS, 40),
    Says.GRANT: Place(Group.GRANTS, 40),
    Says.REQUIREMENT: Place(Group.LAST_REQUIREMENTS, 30),
}


@hookimpl
def why403_register_layers() -> Iterator[Layer]:
    """Register this layer."""
    yield Layer(
        name="bucket_policy",
        title="bucket policy",
        who="the bucket's owner",
        reference="https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html",
        may=frozenset({May.DENY, May.GRANT_RESOURCE, May.CAP_RESOURCE, May.REQUIRE}),
        place=PLACES,
        provides=(BUCKET_POLICY, BUCKET_TAGS, BUCKET_ABAC, OBJECT_TAGS),
        needs=(BOUNDARY,),
        collectors=COLLECTORS,
        judge=judge,
        words=words,
        near=near,
        disputed=disputed,
        warnings=warnings,
        propose=propose,
    )
