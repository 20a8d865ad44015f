"""Requests and policies in the fewest words, for tests of the policy language."""

from collections.abc import Mapping
from typing import Any, Final

from why403.domain.arn import resource
from why403.domain.context import NO_VALUE, Values
from why403.domain.evidence import Evidence, Fact, Found, Observation
from why403.domain.facts import BUCKET_OWNER, CANONICAL_IDS, ISSUER
from why403.domain.principal import principal
from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE, TRUE, UNKNOWN
from why403.policy import Policies, PolicyKind, one_policy
from why403.policy.statement import Statement

ACCOUNT: Final = "111122223333"
CANONICAL: Final = "c" * 64
USER: Final = f"arn:aws:iam::{ACCOUNT}:user/t/bob"
ROLE: Final = f"arn:aws:iam::{ACCOUNT}:role/p/app"
SESSION: Final = f"arn:aws:sts::{ACCOUNT}:assumed-role/app/s"
FEDERATED: Final = f"arn:aws:sts::{ACCOUNT}:federated-user/fed"
ROOT: Final = f"arn:aws:iam::{ACCOUNT}:root"
SERVICE: Final = "x.amazonaws.com"
ANONYMOUS: Final = "anonymous"
OBJECT: Final = "arn:aws:s3:::buk/k"
BUCKET: Final = "arn:aws:s3:::buk"

WORDS: Final = {FALSE: "no", UNKNOWN: "open", TRUE: "yes"}
"""Truths as tables write them."""


def asked(
    who: str = USER,
    action: str = "s3:GetObject",
    on: str = OBJECT,
    context: Mapping[str, Values] | None = None,
    *,
    rest: Values = NO_VALUE,
    issuer: str | None = None,
    canonical_ids: Mapping[str, str] | None = None,
    evidence: Mapping[Fact[Any], Observation[Any]] | None = None,
    complete: bool = False,
) -> AccessRequest:
    """Return a request for one permission."""
    target = resource(on)
    assert target is not None
    facts: dict[Fact[Any], Observation[Any]] = {BUCKET_OWNER: Found(ACCOUNT), **(evidence or {})}
    if issuer is not None:
        facts[ISSUER] = Found(issuer)
    if canonical_ids is not None:
        facts[CANONICAL_IDS] = Found(canonical_ids)
    given = {key.lower(): values for key, values in (context or {}).items()}
    return AccessRequest(principal(who), action, target, given, rest, Evidence(facts, complete=complete))


def statement(version: str = "2012-10-17", **elements: Any) -> dict[str, Any]:
    """Return a policy of one statement; elements that are not given let everything in."""
    body = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", **elements}
    for name in ("Principal", "Action", "Resource"):
        if "Not" + name in elements:
            del body[name]
    return {"Version": version, "Statement": [body]}


def compiled(document: Any, kind: PolicyKind = PolicyKind.RESOURCE) -> Policies:
    """Return one policy, compiled."""
    return one_policy(kind)(document)


def only(document: Any, kind: PolicyKind = PolicyKind.RESOURCE) -> Statement:
    """Return the only statement of a policy."""
    ((_, found),) = compiled(document, kind).statements()
    return found
