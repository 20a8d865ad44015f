"""The fixes of KMS key policies: whom they let in and deny, and who is left where one locks out everybody; pure.

AWS: "Key policies in AWS KMS"; "Default key policy" on keys that become unmanageable.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from why403.domain.arn import NOT_TOLD, Resource
from why403.domain.evidence import Fact, Found, Observation
from why403.domain.fix import Applicability, Fix
from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE, Truth
from why403.policy import homes
from why403.policy.admitting import admission, revival
from why403.policy.compiled import Policies
from why403.policy.fixes import WEAKER, denying, hits_everybody
from why403.policy.proposals import UNTIED, Subject, exception, untied

_PUT: Final = "kms:putkeypolicy"


def key_policy_fixes(
    fact: Fact[Any], seen: Observation[Policies], request: AccessRequest, limits: Truth = FALSE, *, denies: bool = False
) -> Iterator[Fix]:
    """Yield fixes of the policy of a KMS key, in which the key itself is named `*`."""
    if not isinstance(seen, Found) or seen.raw is None:
        return
    key = request.resource
    on = Subject(fact, seen.raw, "the key policy", key_administrator(key), steps=_BY_HAND_KEY)
    home = homes.key_policy(key)
    if denies:
        cited = denying(fact, seen.value, request, limits)
        fixes = exception(on._replace(risk=WEAKER), cited, request, lambda *_: home)
        locked = any(hits_everybody(each) and each.statement.actions.match(_PUT) for each in cited)
        yield from map(_by_support, fixes) if locked else fixes
    else:
        admitted = admission(on, request, home, resource="*")
        told = replace(admitted, risk=f"{admitted.risk}; {UNTIED}") if untied(request) else admitted
        yield revival(on, seen.value, request, home) or told


def key_administrator(key: Resource) -> str:
    """Return who changes a KMS key."""
    return "the key's administrator" if key.account == NOT_TOLD else f"the key's administrator in account {key.account}"


_BY_HAND_KEY: Final = ("aws kms get-key-policy, change what it answers, aws kms put-key-policy",)


def _by_support(fix: Fix) -> Fix:
    """Return the fix of a policy that lets nobody change it any more, not even the root user of the key's account."""
    if not fix.edits:
        return fix
    return replace(
        fix,
        who="AWS Support, for the key's account",
        applicability=Applicability.MANUAL,
        writes=(),
        undo=(),
        steps=(
            "the Deny covers kms:PutKeyPolicy for everybody: have AWS Support make the key manageable again",
            *fix.steps,
        ),
    )
