"""The shape of the parameters that are read; those that decide which legs there are, are checked with these."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from why403.domain.errors import Fault, escaped
from why403.domain.lengths import LONGEST_TEXT, TOO_LONG
from why403.domain.operations import KNOWN_PARAMETERS

_TEXTS: Final = (
    *("ACL", "GrantFullControl", "GrantRead", "GrantReadACP", "GrantWrite", "GrantWriteACP"),
    *("ExpectedBucketOwner", "ExpectedSourceBucketOwner"),
)
_ACL: Final = "AccessControlPolicy"
_READ: Final = KNOWN_PARAMETERS | {*_TEXTS, _ACL}


def misshapen(parameters: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield a fault for each parameter of a wrong type, pointers from the parameters."""
    for name in _TEXTS:
        if not isinstance(parameters.get(name), str | None):
            yield Fault(f"/{name}", "must be text")
    if not isinstance(parameters.get("Policy"), str | dict | None):
        yield Fault("/Policy", "must be a policy, as an object or as its JSON text")
    policy = parameters.get(_ACL)
    if isinstance(policy, dict):
        yield from (fault.below(f"/{_ACL}") for fault in _access_control(policy))
    elif policy is not None:
        yield Fault(f"/{_ACL}", "must be an object")


def _access_control(policy: Mapping[str, Any]) -> Iterator[Fault]:
    if not isinstance(policy.get("Owner", {}), dict):
        yield Fault("/Owner", "must be an object")
    grants = policy.get("Grants", [])
    if not isinstance(grants, list):
        yield Fault("/Grants", "must be a list")
        return
    for index, grant in enumerate(grants):
        if not isinstance(grant, dict) or not isinstance(grant.get("Grantee", {}), dict):
            yield Fault(f"/Grants/{index}", "must hold `Grantee`, an object, and `Permission`")
            continue
        for name in ("ID", "URI"):
            if not isinstance(grant.get("Grantee", {}).get(name), str | None):
                yield Fault(f"/Grants/{index}/Grantee/{name}", "must be text")


def too_long(parameters: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield a fault for each text that is read and too long, pointers from the parameters; what is ignored may be."""
    left = [(f"/{name}", held) for name, held in parameters.items() if name in _READ]
    while left:
        at, held = left.pop()
        if isinstance(held, str) and len(held) > LONGEST_TEXT:
            yield Fault(at, TOO_LONG)
        elif isinstance(held, list):
            left.extend((f"{at}/{index}", each) for index, each in enumerate(held))
        elif isinstance(held, dict):
            left.extend((f"{at}/{escaped(str(name))}", each) for name, each in held.items())
