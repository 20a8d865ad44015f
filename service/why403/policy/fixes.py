"""The fixes that layers of policies propose, by the kind of policy; pure.

Each yields what takes one claim out of the way, the best first.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

from why403.domain.arn import resource
from why403.domain.commands import command, hyphenated
from why403.domain.evidence import Fact, Found, Observation, Unreadable
from why403.domain.fix import Applicability, Fix, Write, both
from why403.domain.principal import Kind
from why403.domain.readings import BOTH, reads
from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth
from why403.domain.verdict import Claim, Reach, Says
from why403.policy import homes
from why403.policy.admitting import admission, revival, storable
from why403.policy.attached import attached_additions, attached_home, holder_of
from why403.policy.compiled import Policies
from why403.policy.detaching import detached
from why403.policy.editing import text_of
from why403.policy.giving import given_by
from why403.policy.guarding import minding
from why403.policy.permission_sets import in_permission_set, named_elsewhere
from why403.policy.proposals import UNTIED, Subject, by_hand, exception, resource_of, untied, wanted
from why403.policy.ruling import Cited, citing, half_listed

WEAKER: Final = "the guardrail no longer holds back this caller, for anything that the statement covers"


def identity_fixes(
    fact: Fact[Any], seen: Observation[Policies], request: AccessRequest, *, denies: bool
) -> Iterator[Fix]:
    """Yield fixes of the caller's own policies."""
    raw = seen.raw if isinstance(seen, Found) else None
    placed = seen.value.placed if isinstance(seen, Found) else ()
    who = f"an IAM administrator of account {request.principal.account}"
    on = Subject(fact, raw, "the identity policies", who, risk=WEAKER, steps=_by_hand_attached(request))
    if denies and isinstance(seen, Found):
        cited = denying(fact, seen.value, request)
        placed_in = [each.placed for each in cited]
        for fix in exception(on, cited, request, lambda each, after: attached_home(each, request, placed, after)):
            yield detached(_by_holder(fix, request), placed_in, request)
    elif not denies and (raw is not None or not placed):
        if holder_of(request) is None or request.service_linked:
            yield by_hand(request, on._replace(risk=given_by(request).risk))
            return
        risk, grade = given_by(request)
        if request.resource.vague or untied(request):
            risk, grade = both(_VAGUE if request.resource.vague else UNTIED, risk), Applicability.REVIEW
        asked = wanted(request, resource=_seen_as(request))
        yield from attached_additions(on._replace(grade=grade, risk=risk), placed, asked, request)


def _by_holder(fix: Fix, request: AccessRequest) -> Fix:
    """Return a fix of a caller's policies as one of its permission set, where that is what its role was made from."""
    holder = holder_of(request)
    if holder is None or holder.permission_set is None:
        return fix
    return in_permission_set(fix, holder.permission_set, holder.account, request.issuer)


_VAGUE: Final = "which key it is, is not known: every key that it may be is allowed"


def _seen_as(request: AccessRequest) -> str | list[str] | None:
    """Return the ARNs under which an access point's request is asked for, where both have to be allowed."""
    behind = request.at_bucket
    if behind is request or behind is None or reads(request.evidence, "U3") != BOTH:
        return None
    return [resource_of(request), resource_of(behind)]


def _by_hand_attached(request: AccessRequest) -> tuple[str, ...]:
    """Return what a person does where no policy of the caller's can be changed by a call that is known."""
    if request.service_linked:
        return ("a service-linked role cannot be changed: let it in by the bucket's policy, or change the service",)
    if request.principal.kind is Kind.FEDERATED:
        return ("find the user that asked for the federation token, by the CloudTrail event GetFederationToken",)
    holder = holder_of(request)
    if holder is not None and holder.permission_set is not None:
        return (f"change it in the permission set `{holder.permission_set}`, never in the reserved role itself",)
    kind = "user" if request.principal.kind is Kind.USER else "role"
    others = ", in one of its groups if in none of these" if kind == "user" else ""
    lists = f"aws iam list-attached-{kind}-policies and list-{kind}-policies"
    return (f"{lists} tell where the statement is{others}; change it there",)


def bucket_policy_fixes(
    fact: Fact[Any],
    seen: Observation[Policies],
    request: AccessRequest,
    claim: Claim | None = None,
    limits: Truth = FALSE,
) -> Iterator[Fix]:
    """Yield fixes of the policy of the bucket that is asked for, or that is behind an access point.

    Without a claim of the policy's own they let the caller in, in the place of what else refuses it.
    """
    asked = request.at_bucket
    found = seen if isinstance(seen, Found) else None
    if asked is None or asked.resource.bucket is None:
        return
    raw = None if found is None else found.raw
    if isinstance(seen, Unreadable) or (found is not None and raw is None):
        return
    on = Subject(fact, raw, "the bucket policy", _owner(request), steps=_BY_HAND_BUCKET, reach=_lacking(claim))
    home = homes.bucket_policy(asked.resource, request.bucket_owner or None)
    if claim is not None and claim.says == Says.DENIAL and found is not None:
        cited = denying(fact, found.value, asked, limits)
        fixes = map(storable, exception(on._replace(risk=_risk(cited, asked)), cited, asked, lambda *_: home))
        only_root = asked.action_key in _LOCKS or any(
            hits_everybody(each) and _locks_out(each, asked) == TRUE for each in cited
        )
        yield from (_by_root(each, request) for each in fixes) if only_root else fixes
        return
    alive = None if found is None or on.reach == Reach.DIRECT else revival(on, found.value, asked, home)
    through = request.resource.access_point if asked is not request else None
    by_point = {"StringEquals": {"s3:DataAccessPointArn": through}} if through else None
    fix = storable(alive or admission(on, asked, home, by_point))
    if not fix.edits or fix.edits[0].before != fix.edits[0].after:  # what it allows already is not what is missing
        yield from minding(None if found is None else found.value, asked, [fix])


def in_place_of_own(request: AccessRequest, fixes: Iterable[Fix]) -> Iterator[Fix]:
    """Yield fixes that let the caller in by a bucket's policy in place of its own, which is where a role belongs."""
    holder = holder_of(request)
    reserved = holder is not None and holder.permission_set is not None
    yield from map(named_elsewhere, fixes) if reserved else fixes


def _lacking(claim: Claim | None) -> int:
    """Return how far a grant has to come that a cap of this gate holds back, nothing in particular otherwise."""
    return claim.reach if claim is not None and claim.says == Says.CAP else Reach.NONE


_PUT: Final = "s3:putbucketpolicy"
_LOCKS: Final = frozenset({_PUT, "s3:getbucketpolicy", "s3:deletebucketpolicy"})
_ROOT_TASK: Final = "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"


def _risk(cited: Iterable[Cited], request: AccessRequest) -> str:
    """Return what an exception risks; whoever makes it must not be denied the change by the same statement."""
    locked = any(_locks_out(each, request) != FALSE for each in cited)
    return f"{WEAKER}; {_LOCKED_OUT}" if locked else WEAKER


def _locks_out(cited: Cited, request: AccessRequest) -> Truth:
    """Return whether a Deny covers the change of the policy in which it stands."""
    bucket = resource(request.resource.bucket_arn)
    change = request if bucket is None else request.beside("s3:PutBucketPolicy", bucket)
    statement = cited.statement
    return statement.resources.match(change) if statement.actions.match(_PUT) else FALSE


def hits_everybody(cited: Cited) -> bool:
    """Return whether a Deny is for everybody, however they call."""
    statement, listed = cited.statement, cited.statement.principals
    return listed is not None and listed.everyone and not listed.negated and not statement.conditions


_LOCKED_OUT: Final = "it also covers s3:PutBucketPolicy, and whoever it covers is refused this change, but for root"


def _by_root(fix: Fix, request: AccessRequest) -> Fix:
    """Return the fix of a policy that locks out those who would change it: only root is spared.

    AWS: "Perform a privileged task on an AWS Organizations member account".
    """
    if not fix.edits:
        return fix
    owner = request.bucket_owner or "of the bucket's owner"
    return replace(
        fix,
        who=f"the root user of account {owner}, or whoever manages root access for its organization",
        applicability=Applicability.MANUAL,
        writes=(),
        undo=(),
        steps=(
            f"as root of account {owner}, put the changed policy: a bucket's policy cannot refuse that to root",
            *(_as_command(each) for each in fix.writes),
            f"or aws sts assume-root --target-principal {owner} --task-policy-arn arn={_ROOT_TASK}",
            "with what that answers, aws s3api delete-bucket-policy; then put the changed policy",
            *fix.steps,
        ),
    )


def _as_command(put: Write) -> str:
    sent = {name: text_of(held) if name in put.documents else held for name, held in put.parameters.items()}
    return command("s3api", hyphenated(put.operation), *sent.items())


_BY_HAND_BUCKET: Final = ("aws s3api get-bucket-policy, change what it answers, aws s3api put-bucket-policy",)


def access_point_fixes(
    fact: Fact[Any], seen: Observation[Policies], request: AccessRequest, claim: Claim, limits: Truth
) -> Iterator[Fix]:
    """Yield fixes of an access point's policy."""
    found = seen if isinstance(seen, Found) else None
    point, raw = request.resource.access_point, None if found is None else found.raw
    if point is None or isinstance(seen, Unreadable) or (found is not None and raw is None):
        return
    owner = f"the owner of the access point, account {request.point_owner}"
    on = Subject(fact, raw, "the access point's policy", owner, steps=_by_hand_point(point), reach=_lacking(claim))
    home = homes.access_point_policy(point)
    if claim.says == Says.DENIAL and found is not None:
        cited = denying(fact, found.value, request, limits)
        yield from map(storable, exception(on._replace(risk=WEAKER), cited, request, lambda *_: home))
        return
    own = None if found is None else found.value
    yield from minding(own, request, [storable(admission(on, request, home))])


def _by_hand_point(point: str) -> tuple[str, ...]:
    operation = "put-multi-region-access-point-policy" if point.endswith(".mrap") else "put-access-point-policy"
    operation += "-for-object-lambda" * (":s3-object-lambda:" in point)
    return (f"aws s3control {operation}, with what it is now and the change",)


def not_by_this_point(request: AccessRequest, vpc: str | None, *, of_network: bool) -> Fix:
    """Return what the caller does where an access point is for another network, or for other calls."""
    point, behind = request.resource.access_point or "", request.at_bucket
    which = f"`{vpc}`" if vpc else "its VPC"
    by_bucket = "the bucket itself" if behind is None else f"`{behind.resource.arn}`"
    return Fix(
        summary=f"call from {which}" if of_network else f"call {by_bucket} in place of the access point",
        who="the caller, or the owner of the access point" if of_network else "the caller",
        risk="none for anybody else: no policy changes",
        applicability=Applicability.MANUAL,
        target=point,
        request={"context": {"aws:SourceVpc": vpc}} if of_network and vpc else {},
        steps=_OTHER_POINT if of_network else (f"name {by_bucket} in the call, which is not made to access points",),
    )


_OTHER_POINT: Final = (
    "make the call from inside of the VPC that the access point is for, by an endpoint of that VPC",
    "or make another access point: where one may be used from cannot be changed; aws s3control create-access-point",
)


def _owner(request: AccessRequest) -> str:
    return f"the owner of the bucket, account {request.bucket_owner}" if request.bucket_owner else "the bucket's owner"


def denying(fact: Fact[Any], policies: Policies, request: AccessRequest, limits: Truth = FALSE) -> list[Cited]:
    """Return the Deny statements that certainly hit the request; without one, those whose NotPrincipal leaves it open.

    A list of the caller without its account, or of the account alone, may spare it or not, and that can be settled.
    """
    found = citing(fact, policies, request, TRUE, allow=False, bounded=limits)
    if found:
        return found
    in_doubt = citing(fact, policies, request, UNKNOWN, allow=False, bounded=limits)
    return [each for each in in_doubt if half_listed(each.statement, request)]


def policy_not_stored(why: str) -> Fix:
    """Return what the caller does whose call sends a policy that S3 does not store."""
    return Fix(
        summary="send a policy that S3 can store",
        who="the caller",
        risk="none for anybody else: nothing is stored yet",
        applicability=Applicability.MANUAL,
        target="the request",
        steps=(why,),
    )
