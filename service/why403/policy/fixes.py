"""The fixes that layers of policies propose, by the kind of policy; pure.

Each yields what takes one claim out of the way, the best first.
"""

from collections.abc import Iterator
from typing import Any, Final

from why403.domain.evidence import Fact, Found, Observation
from why403.domain.fix import Applicability, Fix
from why403.domain.principal import Kind
from why403.domain.readings import BOTH, reads
from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE, TRUE, Truth
from why403.policy import homes
from why403.policy.admitting import admission, revival
from why403.policy.attached import attached_additions, attached_home, holder_of
from why403.policy.compiled import Policies
from why403.policy.proposals import Subject, by_hand, exception, resource_of, wanted
from why403.policy.ruling import Cited, citing

_WEAKER: Final = "the guardrail no longer holds back this caller, for anything that the statement covers"


def identity_fixes(
    fact: Fact[Any], seen: Observation[Policies], request: AccessRequest, *, denies: bool
) -> Iterator[Fix]:
    """Yield fixes of the caller's own policies."""
    raw = seen.raw if isinstance(seen, Found) else None
    placed = seen.value.placed if isinstance(seen, Found) else ()
    who = f"an IAM administrator of account {request.principal.account}"
    on = Subject(fact, raw, "the identity policies", who, risk=_WEAKER, steps=_by_hand_attached(request))
    if denies and isinstance(seen, Found):
        cited = _denying(fact, seen.value, request)
        yield from exception(on, cited, request, lambda each: attached_home(each, request))
    elif not denies and (raw is not None or not placed):
        if holder_of(request) is None or request.service_linked:
            yield by_hand(request, on._replace(risk=_NARROW))
            return
        vague = request.resource.vague
        grade, risk = (Applicability.REVIEW, _VAGUE) if vague else (Applicability.SAFE, _NARROW)
        asked = wanted(request, resource=_seen_as(request))
        yield from attached_additions(on._replace(grade=grade, risk=risk), placed, asked, request)


_NARROW: Final = "none beside this call: one action on one resource"
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
    return ("aws iam list-attached-role-policies and list-role-policies tell where the statement is; change it there",)


def bucket_policy_fixes(
    fact: Fact[Any], seen: Observation[Policies], request: AccessRequest, limits: Truth = FALSE, *, denies: bool = False
) -> Iterator[Fix]:
    """Yield fixes of the policy of the bucket that is asked for, or that is behind an access point."""
    asked = request.at_bucket
    found = seen if isinstance(seen, Found) else None
    if asked is None or asked.resource.bucket is None:
        return
    raw = None if found is None else found.raw
    on = Subject(fact, raw, "the bucket policy", _owner(request), steps=_BY_HAND_BUCKET)
    home = homes.bucket_policy(asked.resource, request.bucket_owner or None)
    if denies and found is not None:
        cited = _denying(fact, found.value, asked, limits)
        yield from exception(on._replace(risk=_WEAKER), cited, asked, lambda _: home)
        return
    alive = None if found is None else revival(on, found.value, asked, home)
    through = request.resource.access_point if asked is not request else None
    by_point = {"StringEquals": {"s3:DataAccessPointArn": through}} if through else None
    yield alive or admission(on, asked, home, by_point)


_BY_HAND_BUCKET: Final = ("aws s3api get-bucket-policy, change what it answers, aws s3api put-bucket-policy",)


def _owner(request: AccessRequest) -> str:
    return f"the owner of the bucket, account {request.bucket_owner}" if request.bucket_owner else "the bucket's owner"


def _denying(fact: Fact[Any], policies: Policies, request: AccessRequest, limits: Truth = FALSE) -> list[Cited]:
    """Return the Deny statements that certainly hit the request."""
    return citing(fact, policies, request, TRUE, allow=False, bounded=limits)


def key_policy_fixes(
    fact: Fact[Any], seen: Observation[Policies], request: AccessRequest, limits: Truth = FALSE, *, denies: bool = False
) -> Iterator[Fix]:
    """Yield fixes of the policy of a KMS key, in which the key itself is named `*`."""
    if not isinstance(seen, Found):
        return
    key = request.resource
    who = "the key's administrator" if key.vague else f"the key's administrator in account {key.account}"
    on = Subject(fact, seen.raw, "the key policy", who, steps=_BY_HAND_KEY)
    home = homes.key_policy(key)
    if denies:
        yield from exception(
            on._replace(risk=_WEAKER), _denying(fact, seen.value, request, limits), request, lambda _: home
        )
    else:
        yield revival(on, seen.value, request, home) or admission(on, request, home, resource="*")


_BY_HAND_KEY: Final = ("aws kms get-key-policy, change what it answers, aws kms put-key-policy",)


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
