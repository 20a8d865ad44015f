"""The fixes of policies that only limit: of organizations, boundaries, session policies and VPC endpoints; pure.

What they let through still has to be granted elsewhere. Each function yields the best fix first.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from why403.domain.evidence import Fact, Found, Observation
from why403.domain.facts import REGION
from why403.domain.fix import Fix
from why403.domain.principal import Kind
from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE, Truth
from why403.policy import homes
from why403.policy.compiled import Placed, Policies
from why403.policy.detaching import of_aws, replaced
from why403.policy.editing import Document, at, document_of, size
from why403.policy.fixes import denying
from why403.policy.guarding import minding
from why403.policy.homes import Home
from why403.policy.levels import Level
from why403.policy.mending import policy_arn
from why403.policy.proposals import Subject, addition, appended, by_hand, exception, resource_of, wanted

_WEAKER: Final = "the guardrail no longer holds back this caller, for anything that the statement covers"
_SESSION_MOST: Final = 2_048


def organization_fixes(  # noqa: PLR0913 - what is said, of what, for whom
    fact: Fact[Any],
    seen: Found[tuple[Level, ...]],
    level: Level,
    requests: Sequence[AccessRequest],
    who: str,
    *,
    denies: bool,
    limits: Truth = FALSE,
) -> Iterator[Fix]:
    """Yield fixes of the policies of one level of an organization; `requests` are the forms in which they see it."""
    request, kind = requests[0], fact.name.removeprefix("organization.").removesuffix("s").upper()
    on = Subject(fact, seen.raw, f"the {_CALLED[kind]} of `{level.target}`", who, steps=_of_level(level, kind))
    if denies:
        cited = [each for one in requests for each in denying(fact, level.policies, one, limits)]
        yield from exception(
            on._replace(risk=_WEAKER), cited[:_MOST], request, lambda each, _: homes.organization_policy(each.arn)
        )
        return
    yield from minding(level.policies, request, _allowed_at(on, seen.value, level, request), requests)


def _allowed_at(on: Subject, levels: Sequence[Level], level: Level, request: AccessRequest) -> Iterator[Fix]:
    named = policy_arn(request)
    condition = {"ArnLike": {"aws:PrincipalArn": named}} if named else None
    where = f"in every account under `{level.target}`"
    for asked, risk in (
        (wanted(request, condition=condition), f"this caller may be granted it {where}"),
        (wanted(request, resource="*"), f"everybody may be granted the action {where}, on any resource"),
    ):
        yield from _let_through(on._replace(risk=risk), levels, level, asked)


_MOST: Final = 64
_CALLED: Final[Mapping[str, str]] = {"SCP": "service control policies", "RCP": "resource control policies"}
_FILTERS: Final[Mapping[str, str]] = {"SCP": "SERVICE_CONTROL_POLICY", "RCP": "RESOURCE_CONTROL_POLICY"}


def _of_level(level: Level, kind: str) -> tuple[str, ...]:
    return (
        f"aws organizations list-policies-for-target --target-id {level.target} --filter {_FILTERS[kind]}",
        "aws organizations describe-policy, then update-policy with the changed content",
    )


def _let_through(on: Subject, levels: Sequence[Level], level: Level, asked: Document) -> Iterator[Fix]:
    """Yield the fix that adds a permission to one policy of a level: to one that can be written, if there is one."""
    if on.raw is None:
        return
    places = [(each, homes.organization_policy(each.arn)) for each in level.policies.placed]
    for placed, home in sorted(places, key=lambda each: each[1] is None):
        if home is not None or placed.arn is None:
            found = addition(on, placed.pointer, asked, home)
            if found is not None:
                yield found
                return
    at_ = f"/{list(levels).index(level)}"
    held = at(on.raw, at_)
    inside = f"{at_}/policies" if isinstance(held, Mapping) else at_
    create = f"aws organizations create-policy, and attach-policy to `{level.target}`"
    yield appended(on._replace(steps=(create,)), inside, asked)


def boundary_fixes(
    fact: Fact[Any], seen: Found[Policies], request: AccessRequest, who: str, *, denies: bool
) -> Iterator[Fix]:
    """Yield fixes of a permissions boundary."""
    (placed,) = seen.value.placed
    risk = _OF_ONE if of_aws(placed.arn) else _SHARED
    on = Subject(fact, seen.raw, "the permissions boundary", who, risk=risk, steps=_BOUNDARY)
    home = homes.managed_policy(placed.arn)
    if denies:
        fixes = exception(on._replace(risk=_WEAKER), denying(fact, seen.value, request), request, lambda *_: home)
    else:
        asked = wanted(request)
        found = addition(on, "", asked, home) or addition(on, "", asked, None)
        fixes = minding(seen.value, request, filter(None, [found]))
    for fix in fixes:
        yield replaced(fix, placed, request)


_SHARED: Final = "every user and role with this boundary may be granted it; aws iam list-entities-for-policy lists them"
_OF_ONE: Final = "the caller alone gets the copy, and may be granted it"
_BOUNDARY: Final = (
    "aws iam get-role or get-user tells the ARN of the boundary",
    "aws iam create-policy-version --set-as-default with the changed document",
    "a policy that is full is replaced by a shorter one: put-role-permissions-boundary",
)


def session_fixes(
    fact: Fact[Any], seen: Observation[Policies], request: AccessRequest, who: str, *, denies: bool
) -> Iterator[Fix]:
    """Yield fixes of what was passed when the session was started: it is started anew."""
    found = seen if isinstance(seen, Found) else None
    raw = None if found is None else found.raw
    vended = bool(request.context["s3:accessgrantsinstancearn"])
    on = Subject(fact, raw, "the session policies", who, _NEW_SESSION, steps=_VENDED if vended else _STARTED)
    if denies and found is not None:
        yield from exception(on, denying(fact, found.value, request), request, _nowhere)
        return
    fixes = [_passed(on, () if found is None else found.value.placed, request)] if raw is not None or not found else []
    yield from minding(None if found is None else found.value, request, fixes)


def _passed(on: Subject, placed: Sequence[Placed], request: AccessRequest) -> Fix:
    """Return what is passed otherwise when the session is started anew: one of its policies, or one more."""
    asked = wanted(request)
    for each in placed:
        added = addition(on, each.pointer, asked, None) if each.arn is None else None
        if added is not None:
            return replace(added, steps=(*added.steps, *_full(added.edits[0].after)))
    return appended(on, "", asked)


def _nowhere(_placed: Placed, _value: Any) -> None:
    return None


def _full(policies: Iterable[Any]) -> tuple[str, ...]:
    length = sum(size(document_of(each) or {}) for each in policies)
    return ("this is more than the 2,048 characters that STS takes: pass a managed policy in place",) * (
        length > _SESSION_MOST
    )


_NEW_SESSION: Final = "whoever starts the session decides what it may do, up to what its role or user may"
_STARTED: Final = (
    "start the session anew with this policy, as --policy of aws sts assume-role or get-federation-token",
    "the session that is running keeps its policies until it ends",
)
_VENDED: Final = (
    "the grant of S3 Access Grants is the session policy: aws s3control create-access-grant with a wider scope",
    "ask for new credentials with aws s3control get-data-access",
)


def endpoint_fixes(  # noqa: PLR0913 - what is said, of what, for whom
    fact: Fact[Any], seen: Found[Policies], forms: Sequence[AccessRequest], who: str, limits: Truth, *, denies: bool
) -> Iterator[Fix]:
    """Yield fixes of the policy of a VPC endpoint; `forms` are the requests by each ARN that it must let through."""
    request = forms[0]
    on = Subject(fact, seen.raw, "the policy of the VPC endpoint", who, risk=_THROUGH, steps=_ENDPOINT)
    home = _endpoint_home(seen.value.placed[0], request)
    if denies:
        cited = [each for one in forms for each in denying(fact, seen.value, one, limits)]
        yield from exception(on._replace(risk=_WEAKER), cited[:_MOST], request, lambda *_: home)
        return
    named = policy_arn(request)
    if named is None or request.principal.kind in {Kind.ANONYMOUS, Kind.SERVICE, Kind.ORIGIN}:
        yield by_hand(request, on)
        return
    where = [resource_of(each) for each in forms]
    resource = where if len(where) > 1 else where[0]
    # On a gateway endpoint the principal is `*`, and a condition says who is meant.
    asked = wanted(request, resource=resource, principal="*", condition={"ArnEquals": {"aws:PrincipalArn": named}})
    found = addition(on, "", asked, home) or addition(on, "", asked, None)
    yield from minding(seen.value, request, filter(None, [found]), forms)


_THROUGH: Final = "this caller alone can reach the resource from the VPC, and move data there"
_ENDPOINT: Final = ("aws ec2 describe-vpc-endpoints, then modify-vpc-endpoint --policy-document with the change",)


def _endpoint_home(placed: Placed, request: AccessRequest) -> Home | None:
    told = {key: request.context[key] for key in ("aws:sourcevpce", "aws:vpceaccount", "aws:requestedregion")}
    endpoint, account, region = (held[0] if held and len(held) == 1 else None for held in told.values())
    endpoint = placed.name if placed.name is not None and placed.name.startswith("vpce-") else endpoint
    seen = request.evidence[REGION]
    region = region or (seen.value if isinstance(seen, Found) else None)
    if endpoint is None:
        return None
    return homes.endpoint_policy(endpoint, account or request.principal.account or None, region)
