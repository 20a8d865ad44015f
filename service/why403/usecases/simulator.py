"""IAM's policy simulator: what it is asked about one permission, and what its answer says.

AWS: "SimulatePrincipalPolicy", "SimulateCustomPolicy", "ContextEntry" (IAM API Reference); "IAM policy testing with the
IAM policy simulator" (IAM User Guide).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from why403.collecting import AwsCall, Keep, Read
from why403.domain.context import MULTIVALUED
from why403.domain.evidence import Fact, Found
from why403.domain.facts import BUCKET_TAGS, OBJECT_TAGS, PRINCIPAL_TAGS
from why403.domain.request import AccessRequest

PRINCIPAL: Final = AwsCall(
    service="iam",
    operation="SimulatePrincipalPolicy",
    permission="iam:SimulatePrincipalPolicy",
    pages="EvaluationResults",
    keep=Keep.SHORT,
)
CUSTOM: Final = AwsCall(
    service="iam",
    operation="SimulateCustomPolicy",
    permission="iam:SimulateCustomPolicy",
    pages="EvaluationResults",
    keep=Keep.SHORT,
)
SIMULATES: Final = (PRINCIPAL, CUSTOM)

_LONGEST_POLICY: Final = 131_072
_LONGEST_RESOURCE: Final = 2_048
_LONGEST_ACTION: Final = 128
_MOST_LEVELS: Final = 7
# The simulator fills these in itself, from the user or role.
_FILLED_IN: Final = frozenset(
    {
        "aws:principalaccount",
        "aws:principalid",
        "aws:principalorgid",
        "aws:principalorgmasteraccountid",
        "aws:principalorgpaths",
        "aws:principaltype",
        "aws:userid",
        "aws:username",
    }
)
_DERIVED: Final = (
    "aws:principalarn",
    "aws:principalisawsservice",
    "aws:resourceaccount",
    "s3:resourceaccount",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
    "s3express:resourceaccount",
)
_TAGS: Final[tuple[tuple[str, Fact[Any]], ...]] = (
    ("aws:principaltag", PRINCIPAL_TAGS),
    ("aws:resourcetag", BUCKET_TAGS),
    ("s3:buckettag", BUCKET_TAGS),
    ("s3:existingobjecttag", OBJECT_TAGS),
)
# Whatever is not listed is text. AWS: "AWS global condition context keys"; "Actions, resources, and condition keys for
# Amazon S3".
_TYPES: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("aws:multifactorauthpresent", "aws:principalisawsservice", "aws:securetransport", "aws:viaawsservice"),
        "boolean",
    ),
    **dict.fromkeys(("aws:sourceip", "aws:vpcsourceip"), "ip"),
    **dict.fromkeys(("aws:currenttime", "aws:tokenissuetime", "s3:object-lock-retain-until-date"), "date"),
    **dict.fromkeys(
        (
            "aws:epochtime",
            "aws:multifactorauthage",
            "s3:max-keys",
            "s3:object-lock-remaining-retention-days",
            "s3:signatureage",
            "s3:tlsversion",
        ),
        "numeric",
    ),
}


class Policies(NamedTuple):
    """Policies as they were given, as JSON: those that grant, the boundary, and the SCPs by level; None: not given."""

    own: Sequence[Any]
    boundary: Any = None
    levels: Sequence[Sequence[Any]] | None = None


class Simulated(NamedTuple):
    """The simulator's answer: `allowed`, `explicitDeny` or `implicitDeny`, who forbids, which keys it had no value for.

    `organization` and `boundary` say whether these allow, None where they do not apply or it does not tell.
    """

    decision: str
    missing: tuple[str, ...]
    organization: bool | None
    boundary: bool | None


def principal_read(request: AccessRequest, source: str, boundary: Any = None) -> Read:
    """Return what asks about the policies attached to a user or role, perhaps with another boundary."""
    more: dict[str, Any] = {} if boundary is None else {"PermissionsBoundaryPolicyInputList": [text_of(boundary)]}
    return PRINCIPAL.read(account=request.principal.account, PolicySourceArn=source, **_asked(request), **more)


def custom_read(request: AccessRequest, policies: Policies) -> Read:
    """Return what asks about policies that were given; it is asked where the service itself lives."""
    more: dict[str, Any] = {"PolicyInputList": [text_of(each) for each in policies.own]}
    if policies.boundary is not None:
        more["PermissionsBoundaryPolicyInputList"] = [text_of(policies.boundary)]
    if policies.levels is not None:
        more["OrderedOrganizationPolicyInputList"] = [
            {"ServiceControlPolicyInputList": [text_of(each) for each in level]} for level in policies.levels
        ]
    return CUSTOM.read(**_asked(request), **more)


def too_large(read: Read) -> str | None:
    """Return what about a read is more than the simulator accepts."""
    asked = read.parameters
    if any(len(each) > _LONGEST_RESOURCE for each in asked["ResourceArns"]):
        return f"the resource has more than {_LONGEST_RESOURCE} characters"
    if any(len(each) > _LONGEST_ACTION for each in asked["ActionNames"]):
        return f"the action has more than {_LONGEST_ACTION} characters"
    texts = [*asked.get("PolicyInputList", ()), *asked.get("PermissionsBoundaryPolicyInputList", ())]
    for level in asked.get("OrderedOrganizationPolicyInputList", ()):
        texts += level["ServiceControlPolicyInputList"]
    return (
        f"a policy has more than {_LONGEST_POLICY} characters"
        if max(map(len, texts), default=0) > _LONGEST_POLICY
        else None
    )


def text_of(policy: Any) -> str:
    """Return the text of a policy in any form in which evidence holds it, in letters that the simulator accepts."""
    document = policy["document"] if isinstance(policy, dict) and "document" in policy else policy
    return json.dumps(json.loads(document) if isinstance(document, str) else document)


def levels_of(scps: Any) -> Sequence[Sequence[Any]] | None:
    """Return the policies of each level, None where the simulator has no way to say what they say."""
    if not isinstance(scps, list):
        return None
    found = [each["policies"] if isinstance(each, dict) else each for each in scps]
    # A level without policies allows nothing, and not even its presence could be told.
    return found if 0 < len(found) <= _MOST_LEVELS and all(found) else None


def _asked(request: AccessRequest) -> dict[str, Any]:
    # Without ResourceOwner the resource is taken for the caller's own account's: what the identity's half would give.
    return {
        "ActionNames": [request.action],
        "ResourceArns": [request.resource.arn],
        "ContextEntries": list(_entries(request)),
    }


def _entries(request: AccessRequest) -> Iterator[dict[str, Any]]:
    """Yield an entry for each context key whose values are known; what is known to be absent cannot be told."""
    for key in sorted({*request.context.given, *_DERIVED, *_tagged(request)} - _FILLED_IN):
        values = request.context[key]
        if values:
            kind = _TYPES.get(key, "string")
            many = key in MULTIVALUED or len(values) > 1
            yield {
                "ContextKeyName": key,
                "ContextKeyValues": list(values),
                "ContextKeyType": f"{kind}List" if many else kind,
            }


def _tagged(request: AccessRequest) -> Iterator[str]:
    """Yield the keys of the tags that are known."""
    for prefix, fact in _TAGS:
        seen = request.evidence[fact]
        if isinstance(seen, Found):
            yield from (f"{prefix}/{name.lower()}" for name in seen.value)


def simulated(results: Any) -> Simulated:
    """Return what the results say of the only action and resource; raise LookupError, TypeError or ValueError."""
    [result] = results
    of_resource: Mapping[str, Any] = next(iter(result.get("ResourceSpecificResults") or ()), {})
    missing = of_resource.get("MissingContextValues") or result.get("MissingContextValues") or ()
    boundary = of_resource.get("PermissionsBoundaryDecisionDetail") or result.get("PermissionsBoundaryDecisionDetail")
    return Simulated(
        decision=str(of_resource.get("EvalResourceDecision") or result["EvalDecision"]),
        missing=tuple(sorted(map(str, missing))),
        organization=(result.get("OrganizationsDecisionDetail") or {}).get("AllowedByOrganizations"),
        boundary=(boundary or {}).get("AllowedByPermissionsBoundary"),
    )
