"""KMS keys: their policies, which must let a caller in, their grants, and the state they are in.

AWS: "Key policies in AWS KMS"; "Determining access to AWS KMS keys"; "Grants in AWS KMS"; "Key states of AWS KMS keys".
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from why403 import (
    FALSE,
    TRUE,
    UNKNOWN,
    Absent,
    AccessRequest,
    Citation,
    Claim,
    Evidence,
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
from why403.domain.arn import NOT_TOLD
from why403.domain.evidence import ASSUMED
from why403.domain.kms import managed_by_aws
from why403.domain.operations import is_key_arn
from why403.domain.states import BUCKET_ENCRYPTION, OBJECT_ENCRYPTION
from why403.domain.truth import negation, truth_of
from why403.policy import NO_GRANTS, Grants, bounded, denies_caller, doubted, grants, naming, near_miss, unread
from why403.policy.key_grants import BY_GRANT, KeyGranted, reaches
from why403_layers.key_fixes import FIXES, MANAGED, POLICY, STATE, UNSIGNED
from why403_layers.keys import (
    COLLECTORS,
    FACTS_OF_KEY,
    GRANTS,
    KEY_MANAGER,
    KEY_POLICY,
    KEY_STATE,
    NOT_LISTED,
)
from why403_layers.permissions_boundary import BOUNDARY

_IN_DOUBT: Final = Grants(UNKNOWN, UNKNOWN, UNKNOWN)
_USABLE: Final = frozenset({"Enabled", "Updating"})
# AWS: "AWS managed keys": everybody in the account may use one through its service, and nobody else may.
_BY_EVERYBODY: Final = Grants(TRUE, FALSE, FALSE)
_IN_POLICY_OF_AWS: Final = frozenset(
    {"kms:decrypt", "kms:encrypt", "kms:generatedatakey", "kms:reencryptfrom", "kms:reencryptto"}
)

_BY_GRANT = "a grant of the key"
_MANAGED = "the key is managed by AWS"
_STATE = "the state of the key"
_SIGNED, _OLD_WAY = "s3:signatureversion", "AWS"
_UNSIGNED = "S3 asks for no key on behalf of whoever does not sign"
_WHICH = "which key it is"

_REFUSED: Verdict = (Claim(Says.REQUIREMENT, FALSE, about=_UNSIGNED), Claim(Says.GRANT, TRUE, Reach.DIRECT, _UNSIGNED))
_ANY_KEY: Verdict = (Claim(Says.REQUIREMENT, UNKNOWN, about=_WHICH), Claim(Says.GRANT, UNKNOWN, Reach.DIRECT, _WHICH))


def judge(request: AccessRequest, evidence: Evidence) -> Verdict:
    """Deny whom a Deny names; let in whom the policy or a grant lets in, itself or by its account, and nobody else.

    Once a key is known to be used, no fact about it is assumed to be harmless.
    """
    if request.s3_action is not None or request.resource.service != "kms" or not is_key_arn(request.resource.arn):
        return ()
    if request.principal.kind is Kind.ANONYMOUS or request.context[_SIGNED] == (_OLD_WAY,):
        return _REFUSED
    if request.resource.account == NOT_TOLD:
        return _ANY_KEY
    policy = evidence.in_question(KEY_POLICY)
    denied, granted = _by_policy(policy, request, evidence)
    verdict = _verdict(denied, granted, _by_grants(request, evidence))
    return (*verdict, *_of_manager(request, evidence), *_of_state(request, evidence))


def asks(request: AccessRequest) -> Mapping[str, Iterable[str]]:
    """Return the key that tells how a call was signed: for one of the old way S3 asks for no key."""
    return {_SIGNED: (_OLD_WAY,)} if request.resource.service == "kms" else {}


@lru_cache(maxsize=1024)
def _verdict(denied: Truth, by_policy: Grants, by_grant: Grants) -> Verdict:
    claims = [Claim(Says.DENIAL, denied), Claim(Says.LIMIT, max(*by_policy, *by_grant))]
    for granted, about in ((by_policy, None), (by_grant, _BY_GRANT)):
        for truth, reach in zip(granted, (Reach.DIRECT, Reach.ROLE, Reach.ACCOUNT), strict=True):
            if truth != FALSE:
                claims.append(Claim(Says.GRANT, truth, reach, about))
    return tuple(claims)


def _by_policy(policy: Observation[Any], request: AccessRequest, evidence: Evidence) -> tuple[Truth, Grants]:
    if isinstance(policy, Found):
        return denies_caller(policy.value, request, bounded(request, evidence[BOUNDARY])), grants(policy.value, request)
    if isinstance(policy, Absent):
        return FALSE, NO_GRANTS
    return (FALSE, _BY_EVERYBODY) if _well_known(request, evidence) else (UNKNOWN, _IN_DOUBT)


def _well_known(request: AccessRequest, evidence: Evidence) -> bool:
    """Return whether a policy that nobody gave is the one of a key that AWS manages for the caller's account."""
    not_given = evidence[KEY_POLICY] is NOT_LISTED or evidence[KEY_POLICY] is ASSUMED
    by_aws = not_given and request.at_home and request.action_key in _IN_POLICY_OF_AWS
    return by_aws and managed_by_aws(request, evidence.in_question(KEY_MANAGER)) == TRUE


def _by_grants(request: AccessRequest, evidence: Evidence) -> Grants:
    """Return how far the key's grants reach the caller; they give some permissions only, and deny none."""
    if request.action_key not in BY_GRANT:
        return NO_GRANTS
    seen = evidence.in_question(GRANTS)
    if not isinstance(seen, Found):
        return _IN_DOUBT if isinstance(seen, Unreadable) else NO_GRANTS
    return reaches(seen.value, request)


def _of_manager(request: AccessRequest, evidence: Evidence) -> Iterator[Claim]:
    """Yield that callers of other accounts never get through to a key that AWS manages."""
    if request.at_home or not request.principal.signed:
        return
    managed = managed_by_aws(request, evidence.in_question(KEY_MANAGER))
    elsewhere = UNKNOWN if request.principal.kind is Kind.UNKNOWN else TRUE
    if managed != FALSE:
        yield Claim(Says.LIMIT, negation(min(managed, elsewhere)), about=_MANAGED)


def _of_state(request: AccessRequest, evidence: Evidence) -> Iterator[Claim]:
    """Yield whether the key can be used at all, which is asked only for what a call does."""
    if request.call is None:
        return
    if evidence[KEY_STATE] is ASSUMED and managed_by_aws(request, evidence.in_question(KEY_MANAGER)) == TRUE:
        return  # nobody can disable or delete it
    seen = evidence.in_question(KEY_STATE)
    if isinstance(seen, Found):
        yield Claim(Says.REQUIREMENT, truth_of(seen.value in _USABLE), about=_STATE)
    elif isinstance(seen, Unreadable):
        yield Claim(Says.REQUIREMENT, UNKNOWN, about=_STATE)


def words(request: AccessRequest, evidence: Evidence, claim: Claim) -> Words:
    """Name the statement or the grant, the state, or what is not known."""
    match claim.about:
        case str(about) if about is _UNSIGNED:
            because = "S3 reads and writes under a KMS key only for requests that are signed with Signature Version 4"
            return Words(because=because, status=400, code="InvalidArgument", sort="unsigned")
        case str(about) if about is _WHICH:
            return _which(request, evidence)
        case str(about) if about is _STATE:
            return _state(evidence.in_question(KEY_STATE), request)
        case str(about) if about is _MANAGED:
            return _managed(evidence, request)
        case str(about) if about is _BY_GRANT:
            return _granted(evidence.in_question(GRANTS), request, claim)
    return _of_policy(request, evidence, claim)


def _which(request: AccessRequest, evidence: Evidence) -> Words:
    because = f"it is not known on which KMS key {request.action} is needed"
    return doubted(
        because, evidence[OBJECT_ENCRYPTION], evidence[BUCKET_ENCRYPTION], needs=OBJECT_ENCRYPTION.permission
    )


def _state(seen: Observation[str], request: AccessRequest) -> Words:
    if not isinstance(seen, Found):
        return unread(seen)
    cites = (Citation(fact=KEY_STATE.name),)
    if seen.value in _USABLE:
        return Words(because=f"the KMS key is `{seen.value}`, so it can be used", citations=cites)
    code = "KMS.DisabledException" if seen.value == "Disabled" else "KMS.KMSInvalidStateException"
    because = f"the KMS key {request.resource.arn} is `{seen.value}`, so nobody can use it"
    return Words(because=because, citations=cites, status=400, code=code)


def _managed(evidence: Evidence, request: AccessRequest) -> Words:
    seen = evidence.in_question(KEY_MANAGER)
    if not isinstance(seen, Found):
        return doubted(
            "a key that AWS manages is for its own account only, and who manages this one is not known", seen
        )
    because = (
        f"the key {request.resource.arn} is managed by AWS, so only callers of its own account can use it, and its "
        "policy cannot be changed"
    )
    return Words(because=because, citations=(Citation(fact=KEY_MANAGER.name),), sort="managed-key")


def _granted(seen: Observation[tuple[KeyGranted, ...]], request: AccessRequest, claim: Claim) -> Words:
    if not isinstance(seen, Found):
        return unread(seen)
    reaching = [index for index, each in enumerate(seen.value) if max(each.reach(request)) >= claim.holds]
    cites = tuple(Citation(fact=GRANTS.name, pointer=f"/{index}") for index in reaching)
    does = "allows" if claim.holds == TRUE else "may allow"
    return Words(because=f"a grant of the KMS key {does} {request.action}", citations=cites)


def _of_policy(request: AccessRequest, evidence: Evidence, claim: Claim) -> Words:
    policy, given = evidence.in_question(KEY_POLICY), evidence.in_question(GRANTS)
    if _well_known(request, evidence):
        because = "the policy of a key that AWS manages lets everybody in the account use it by way of S3"
        told = isinstance(evidence[KEY_MANAGER], Found)
        return Words(because=because, citations=(Citation(fact=KEY_MANAGER.name),) if told else ())
    if isinstance(policy, Unreadable):
        return unread(policy)
    if claim.says == Says.LIMIT:
        by_policy = _by_policy(policy, request, evidence)[1]
        if max(by_policy) < claim.holds:  # what lets in, or might, is a grant
            return _by_a_grant(given, request, claim)
    if isinstance(policy, Found):
        found = naming(KEY_POLICY, policy.value, request, claim, "the key policy", bounded(request, evidence[BOUNDARY]))
        return found._replace(because=found.because + _sometimes(request, claim), sort="key-policy")
    does = "denies" if claim.says == Says.DENIAL else "allows"
    because = f"the KMS key has no policy, so none {does} {request.action}"
    return Words(because=because, citations=(Citation(fact=KEY_POLICY.name),), sort="key-policy")


def _sometimes(request: AccessRequest, claim: Claim) -> str:
    """Return that a refusal may not be met each time, where a Bucket Key is used: KMS is then asked now and then.

    AWS: "Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys".
    """
    named = request.context["kms:encryptioncontext:aws:s3:arn"] or ("/",)
    refuses = claim.holds == (TRUE if claim.says == Says.DENIAL else FALSE)
    if not refuses or request.call is None or "/" in named[0]:
        return ""
    return "; with a Bucket Key S3 does not ask for each object, so some calls may still succeed"


def _by_a_grant(given: Observation[tuple[KeyGranted, ...]], request: AccessRequest, claim: Claim) -> Words:
    if isinstance(given, Found):
        return _granted(given, request, claim)
    because = "the key policy lets in neither the caller nor its account, and whether a grant of the key does is open"
    return doubted(because, given, needs=GRANTS.permission)


def near(request: AccessRequest, evidence: Evidence) -> bool:
    """Return whether a statement would allow but for one element."""
    seen = evidence[KEY_POLICY]
    return isinstance(seen, Found) and near_miss(seen.value, request)


def propose(request: AccessRequest, evidence: Evidence, claim: Claim) -> Iterable[Fix]:
    """Return what would let the caller use the key, or another key take its place."""
    if claim.holds != (TRUE if claim.says == Says.DENIAL else FALSE) or claim.about is _BY_GRANT:
        return ()
    kinds = {_STATE: STATE, _MANAGED: MANAGED, _UNSIGNED: UNSIGNED}
    return FIXES[kinds.get(str(claim.about), POLICY)](request, evidence, claim)


PLACES: Mapping[int, Place] = {
    Says.DENIAL: Place(Group.EXPLICIT_DENIES, 35),
    Says.LIMIT: Place(Group.GRANTS, 45),
    Says.GRANT: Place(Group.GRANTS, 46),
    Says.REQUIREMENT: Place(Group.LAST_REQUIREMENTS, 15),
}


@hookimpl
def why403_register_layers() -> Iterator[Layer]:
    """Register this layer."""
    yield Layer(
        name="kms",
        title="KMS key",
        who="the key's administrator",
        reference="https://docs.aws.amazon.com/kms/latest/developerguide/determining-access.html",
        may=frozenset({May.DENY, May.LIMIT, May.GRANT_RESOURCE, May.REQUIRE}),
        place=PLACES,
        answers_for="kms",
        provides=(OBJECT_ENCRYPTION, BUCKET_ENCRYPTION, *FACTS_OF_KEY),
        needs=(BOUNDARY,),
        collectors=COLLECTORS,
        asks=asks,
        judge=judge,
        words=words,
        near=near,
        propose=propose,
    )
