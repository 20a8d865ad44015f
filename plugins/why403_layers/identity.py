"""Identity policies: what the caller's own user, groups or role allow; all of them count together."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from why403 import (
    ABSENT,
    AccessRequest,
    AwsCall,
    Citation,
    Claim,
    Collecting,
    Collector,
    Evidence,
    Fact,
    Fix,
    Found,
    Group,
    Kind,
    Layer,
    May,
    Observations,
    Place,
    Reach,
    Says,
    Unreadable,
    Verdict,
    Words,
    hookimpl,
    value_of,
)
from why403.collecting.iam import (
    GET_ROLE,
    GET_USER,
    OF_MANAGED_POLICIES,
    entity_behind,
    managed_policy,
    same_entity,
)
from why403.domain.facts import ISSUER, PRINCIPAL_TAGS
from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth
from why403.policy import (
    PolicyKind,
    bucket_policy_fixes,
    identity_fixes,
    in_place_of_own,
    minding,
    naming,
    near_miss,
    policies_of,
    policy_list,
    rule,
    unread,
)
from why403_layers.bucket_policy import BUCKET_POLICY

POLICIES = Fact(
    name="principal.policies",
    load=policy_list(PolicyKind.ATTACHED),
    permission="iam:GetAccountAuthorizationDetails",
    of_caller=True,
    unlimited=[{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}],
    policies=policies_of,
)


# What nobody has: IAM looks for it only for those who may ask.
_NO_NAME = "why403-preflight"


def _list(operation: str, pages: str, kind: str = "User") -> AwsCall:
    return AwsCall(service="iam", operation=operation, permission=f"iam:{operation}", pages=pages, probe=_holder(kind))


def _get(kind: str) -> AwsCall:
    return AwsCall(
        service="iam",
        operation=f"Get{kind}Policy",
        permission=f"iam:Get{kind}Policy",
        member="PolicyDocument",
        probe={**_holder(kind), "PolicyName": _NO_NAME},
    )


def _holder(kind: str) -> Mapping[str, str]:
    return {f"{kind}Name": _NO_NAME if kind == "Group" else "{principal}"}


_GROUPS = _list("ListGroupsForUser", "Groups")
_ATTACHED = {kind: _list(f"ListAttached{kind}Policies", "AttachedPolicies", kind) for kind in ("User", "Group", "Role")}
_INLINE = {kind: _list(f"List{kind}Policies", "PolicyNames", kind) for kind in ("User", "Group", "Role")}
_DOCUMENT = {kind: _get(kind) for kind in ("User", "Group", "Role")}
_TAGS = {kind: _list(f"List{kind}Tags", "Tags", kind) for kind in ("User", "Role")}


def collect_policies(request: AccessRequest) -> Collecting[Observations]:
    """Read every policy of the user and its groups, or of the role behind the caller."""
    entity = yield entity_behind(request)
    if entity is None:
        return {POLICIES: ABSENT}
    if entity.is_role:
        held, _ = yield (_policies("Role", entity.name, entity.account), same_entity(request, entity))
        return {POLICIES: Found(held)}
    own, theirs, _ = yield (
        _policies("User", entity.name, entity.account),
        _of_groups(entity.name, entity.account),
        same_entity(request, entity),
    )
    return {POLICIES: Found([*own, *theirs])}


def _of_groups(user: str, account: str) -> Collecting[list[dict[str, Any]]]:
    """Return the policies of a user's groups."""
    groups = value_of((yield _GROUPS.read(account=account, UserName=user)))
    found = yield tuple(_policies("Group", group["GroupName"], account) for group in groups)
    return [policy for policies in found for policy in policies]


def _policies(kind: str, name: str, account: str) -> Collecting[list[dict[str, Any]]]:
    """Return the attached and inline policies of a user, group or role."""
    holder = {f"{kind}Name": name}
    listed, named = yield (
        _ATTACHED[kind].read(account=account, **holder),
        _INLINE[kind].read(account=account, **holder),
    )
    inline = value_of(named)
    attached, documents = yield (
        tuple(managed_policy(each["PolicyArn"], account) for each in value_of(listed)),
        tuple(_DOCUMENT[kind].read(account=account, **holder, PolicyName=each) for each in inline),
    )
    group = f"group/{name}" if kind == "Group" else None
    return [
        *({**policy, "from": group or "attached"} for policy in attached),
        *(
            {"name": each, "document": value_of(document), "from": group or "inline"}
            for each, document in zip(inline, documents, strict=True)
        ),
    ]


def collect_issuer(request: AccessRequest) -> Collecting[Observations]:
    """Read the ARN, with its path, of the role behind a session."""
    if request.principal.kind is not Kind.SESSION:
        # No call tells whose federated user it is; all others are nobody's session.
        return {} if request.principal.kind in {Kind.FEDERATED, Kind.UNKNOWN} else {ISSUER: ABSENT}
    entity = yield entity_behind(request)
    return {ISSUER: Found(value_of((yield entity.record()))["Arn"])}


def collect_tags(request: AccessRequest) -> Collecting[Observations]:
    """Read the tags of the user, or those of the role where no session of it can have any of its own."""
    if request.principal.kind is Kind.FEDERATED:
        return {PRINCIPAL_TAGS: _session_tags("the federated user")}
    entity = yield entity_behind(request)
    if entity is None:
        return {PRINCIPAL_TAGS: ABSENT}
    if not entity.is_role:
        listed, _ = yield (
            _TAGS["User"].read(account=entity.account, UserName=entity.name),
            same_entity(request, entity),
        )
        return {PRINCIPAL_TAGS: Found(value_of(listed))}
    record, listed, _ = yield (
        entity.record(),
        _TAGS["Role"].read(account=entity.account, RoleName=entity.name),
        same_entity(request, entity),
    )
    if _sessions_may_bring_tags(value_of(record)):
        return {PRINCIPAL_TAGS: _session_tags(f"a session of the role `{entity.name}`")}
    return {PRINCIPAL_TAGS: Found(value_of(listed))}


def _session_tags(whose: str) -> Unreadable:
    return Unreadable(f"{whose} may have tags of its own, which no call of AWS tells")


def _sessions_may_bring_tags(role: Mapping[str, Any]) -> bool:
    """Return whether the role's trust policy allows sts:TagSession, without which nobody can pass session tags.

    AWS: "Pass session tags in AWS STS".
    """
    document = role["AssumeRolePolicyDocument"]
    statements = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
    for statement in statements:
        held = statement.get("Action", [])
        actions = held if isinstance(held, list) else [held]
        named = any("*" in each or "?" in each or each.lower() == "sts:tagsession" for each in actions)
        if statement["Effect"] == "Allow" and ("NotAction" in statement or named):
            return True
    return False


COLLECTORS = (
    Collector(
        facts=(POLICIES,),
        reads=(
            *(*_ATTACHED.values(), *_INLINE.values(), *_DOCUMENT.values(), *OF_MANAGED_POLICIES, _GROUPS),
            *(GET_USER, GET_ROLE),
        ),
        needs=(ISSUER,),
        collect=collect_policies,
    ),
    Collector(facts=(ISSUER,), reads=(GET_ROLE,), collect=collect_issuer),
    Collector(facts=(PRINCIPAL_TAGS,), reads=(*_TAGS.values(), GET_USER, GET_ROLE), collect=collect_tags),
)

_NO_POLICIES = (Claim(Says.GRANT, FALSE, Reach.ATTACHED, "unsigned"),)
_ROOT = (Claim(Says.GRANT, TRUE, Reach.ATTACHED, "root"),)


def judge(request: AccessRequest, evidence: Evidence) -> Verdict:
    """Root may do everything its account may; services and anonymous callers have no policies."""
    principal = request.principal
    if principal.kind is Kind.ROOT:
        return _ROOT
    if not principal.signed:
        return _NO_POLICIES
    seen = evidence[POLICIES]
    if isinstance(seen, Found):
        return _verdict(*rule(seen.value, request))
    return _verdict(UNKNOWN, UNKNOWN) if isinstance(seen, Unreadable) else _verdict(FALSE, FALSE)


@lru_cache
def _verdict(denied: Truth, allowed: Truth) -> Verdict:
    return (Claim(Says.DENIAL, denied), Claim(Says.GRANT, allowed, Reach.ATTACHED))


def words(request: AccessRequest, evidence: Evidence, claim: Claim) -> Words:
    """Name the policy and the statement, or say that there is none."""
    if claim.about == "root":
        return Words(because="root of an account may do whatever the account may")
    if claim.about == "unsigned":
        return Words(because=f"{request.action} needs an identity policy, and such a caller has none")
    seen = evidence[POLICIES]
    if isinstance(seen, Found):
        return naming(POLICIES, seen.value, request, claim, "the identity policies")
    if isinstance(seen, Unreadable):
        return unread(seen)
    does = "denies" if claim.says == Says.DENIAL else "allows"
    return Words(
        because=f"the caller has no identity policy, so none {does} {request.action}",
        citations=(Citation(fact=POLICIES.name),),
    )


def propose(request: AccessRequest, evidence: Evidence, claim: Claim) -> Iterator[Fix]:
    """Yield an exception in what denies; or a permission of the caller's own, and then one of its bucket's.

    One account needs only one of the two. Either would do without what a policy of the caller's own asks of the call.
    """
    seen, grants = evidence[POLICIES], claim.says == Says.GRANT
    own = seen.value if grants and isinstance(seen, Found) else None
    yield from minding(own, request, _proposed(request, evidence, grants=grants))


def _proposed(request: AccessRequest, evidence: Evidence, *, grants: bool) -> Iterator[Fix]:
    seen = evidence[POLICIES]
    if not isinstance(seen, Unreadable):
        yield from identity_fixes(POLICIES, seen, request, denies=not grants)
    if grants and request.at_home and request.resource.bucket is not None:
        yield from in_place_of_own(request, bucket_policy_fixes(BUCKET_POLICY, evidence[BUCKET_POLICY], request))


def near(request: AccessRequest, evidence: Evidence) -> bool:
    """Return whether a statement would allow but for one element."""
    seen = evidence[POLICIES]
    return isinstance(seen, Found) and near_miss(seen.value, request)


def disputed(request: AccessRequest, _evidence: Evidence) -> tuple[str, ...]:
    """Return the point of AWS's documentation that is open for whoever comes through an access point."""
    return ("U3",) if request.through_point and request.principal.signed else ()


PLACES: Mapping[int, Place] = {
    Says.DENIAL: Place(Group.EXPLICIT_DENIES, 60),
    Says.GRANT: Place(Group.GRANTS, 50),
}


@hookimpl
def why403_register_layers() -> Iterator[Layer]:
    """Register this layer."""
    yield Layer(
        name="identity",
        title="identity-based policy",
        who="an IAM administrator of the caller's account",
        reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html",
        may=frozenset({May.DENY, May.GRANT_ATTACHED}),
        place=PLACES,
        provides=(POLICIES, ISSUER, PRINCIPAL_TAGS),
        collectors=COLLECTORS,
        judge=judge,
        words=words,
        near=near,
        disputed=disputed,
        propose=propose,
    )
