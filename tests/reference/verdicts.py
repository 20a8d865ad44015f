"""What a decision is, what stands in its way, and the order in which the contract names that."""

from collections.abc import Iterable
from typing import NamedTuple


class Verdict(NamedTuple):
    """A decision with the kind and layer of its first blocker, and what S3 would answer."""

    decision: str
    kind: str | None
    layer: str | None
    status: int = 200
    code: str | None = None
    leg: int = 0
    """The number of the leg that its first blocker blocks."""

    def tells(self, other: "Verdict") -> bool:
        """Whether another verdict says the same of the same leg, whatever S3 would answer."""
        return (self.decision, self.kind, self.layer, self.leg) == (other.decision, other.kind, other.layer, other.leg)


ALLOWED = Verdict("allowed", None, None)
FIRST, DENIES, FILTERS, GRANTS, KEYS, LAST = 1, 2, 3, 4, 5, 6
"""The contract's groups of blockers."""


class Blocker(NamedTuple):
    """One thing that stands in the way: `group` and `layer` say where in the order, `order` is that of its group."""

    group: int
    kind: str
    layer: str
    status: int = 403
    code: str = "AccessDenied"
    place: tuple[int, ...] = ()
    """Where it stands within its group."""


ORDERS: dict[int, tuple[str, ...]] = {
    FIRST: ("authentication", "request_payment", "access_point"),
    DENIES: (
        "rcp",
        "scp",
        "vpc_endpoint",
        "bucket_policy",
        "access_point",
        "block_public_access",
        "identity",
        "permissions_boundary",
        "session_policy",
    ),
    FILTERS: ("vpc_endpoint", "rcp", "scp"),
    GRANTS: (
        "block_public_access",
        "ownership",
        "access_point",
        "acl",
        "bucket_policy",
        "identity",
        "permissions_boundary",
        "session_policy",
    ),
    LAST: ("ownership", "object_state"),
}
GRANTS_AT_HOME = ("identity", *(layer for layer in ORDERS[GRANTS] if layer != "identity"))


def named(group: int, kind: str, layers: Iterable[str], *, at_home: bool = False) -> list[Blocker]:
    """The blockers of a group that policies make; in the bucket owner's own account `identity` leads the grants."""
    order = GRANTS_AT_HOME if group == GRANTS and at_home else ORDERS[group]
    return [Blocker(group, kind, layer, place=(order.index(layer),)) for layer in layers]


def requirement(group: int, layer: str, status: int = 403, code: str = "AccessDenied") -> Blocker:
    """Something that no policy asks for."""
    return Blocker(group, "requirement", layer, status, code, (ORDERS[group].index(layer),))


def verdict_on(blockers: Iterable[tuple[int, Blocker]]) -> Verdict:
    """The verdict on what stands in the way of the legs of a call, each with its leg's number."""
    first = min(((one.group, one.place, leg, one) for leg, one in blockers), default=None)
    if first is None:
        return ALLOWED
    *_, leg, one = first
    return Verdict("denied", one.kind, one.layer, one.status, one.code, leg)
