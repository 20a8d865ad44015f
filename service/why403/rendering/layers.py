"""What is said of each layer, and where it stands on the path: a table, with a place for layers it does not know."""

from dataclasses import dataclass
from typing import Final

from why403.rendering.document import Line, Span, code, line, strong

CALLER, RESOURCE, ELSEWHERE = "caller", "resource", "elsewhere"

PATH: Final = (
    ("authentication",),
    ("organization",),
    ("endpoint",),
    (CALLER, RESOURCE),
    ("public",),
    ("key",),
    ("object",),
    (ELSEWHERE,),
)
"""The stages a request passes, each of one lane or of two side by side."""
LANES: Final = {CALLER: "The caller's side", RESOURCE: "The resource's side"}
"""What is written over lanes that stand side by side."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One layer; `denies` and `lacks` are clauses that end before the name of the action."""

    name: str
    title: str
    lane: str
    denies: str
    lacks: str
    spine: bool = False
    called: tuple[str, ...] = ()  # other names under which AWS's messages mean it


LAYERS: Final = (
    Row(
        name="authentication",
        title="authentication",
        lane="authentication",
        denies="authentication refuses",
        lacks="authentication does not allow",
        spine=True,
    ),
    Row(
        name="request_payment",
        title="requester pays",
        lane="authentication",
        denies="the bucket's payment setting refuses",
        lacks="the bucket's payment setting does not allow",
    ),
    Row(
        name="rcp",
        title="resource control policy",
        lane="organization",
        denies="a resource control policy of the bucket owner's organization denies",
        lacks="the resource control policies of the bucket owner's organization do not allow",
    ),
    Row(
        name="scp",
        title="service control policy",
        lane="organization",
        denies="a service control policy of the caller's organization denies",
        lacks="the service control policies of the caller's organization do not allow",
        spine=True,
    ),
    Row(
        name="vpc_endpoint",
        title="VPC endpoint policy",
        lane="endpoint",
        denies="the policy of the VPC endpoint denies",
        lacks="the policy of the VPC endpoint does not allow",
        spine=True,
    ),
    Row(
        name="identity",
        title="identity-based policy",
        lane=CALLER,
        denies="a policy of the caller denies",
        lacks="no policy of the caller allows",
        spine=True,
    ),
    Row(
        name="permissions_boundary",
        title="permissions boundary",
        lane=CALLER,
        denies="the caller's permissions boundary denies",
        lacks="the caller's permissions boundary does not allow",
    ),
    Row(
        name="session_policy",
        title="session policy",
        lane=CALLER,
        denies="the policy of the caller's session denies",
        lacks="the policy of the caller's session does not allow",
    ),
    Row(
        name="access_point",
        title="access point policy",
        lane=RESOURCE,
        denies="the policy of the access point denies",
        lacks="the policy of the access point does not allow",
        called=("bucket_policy",),
    ),
    Row(
        name="bucket_policy",
        title="bucket policy",
        lane=RESOURCE,
        denies="the bucket policy denies",
        lacks="the bucket policy does not allow",
        spine=True,
    ),
    Row(
        name="acl",
        title="access control list",
        lane=RESOURCE,
        denies="the access control list denies",
        lacks="no access control list allows",
    ),
    Row(
        name="ownership",
        title="Object Ownership",
        lane=RESOURCE,
        denies="the bucket's Object Ownership refuses",
        lacks="the bucket's Object Ownership switches off the access control list that would allow",
    ),
    Row(
        name="block_public_access",
        title="Block Public Access",
        lane="public",
        denies="Block Public Access refuses",
        lacks="Block Public Access ignores the public access control list that would allow",
        spine=True,
        called=("bucket_policy",),
    ),
    Row(
        name="kms",
        title="KMS key",
        lane="key",
        denies="for the KMS key a policy denies",
        lacks="for the KMS key no policy allows",
        spine=True,
    ),
    Row(
        name="object_state",
        title="state of the object",
        lane="object",
        denies="the state of the object refuses",
        lacks="the state of the object does not allow",
        spine=True,
    ),
    Row(
        name="directory_bucket",
        title="directory bucket",
        lane=RESOURCE,
        denies="the directory bucket refuses",
        lacks="policies of a directory bucket cannot allow",
    ),
)
_BY_NAME: Final = {row.name: row for row in LAYERS}
_TITLES: Final = {row.name: strong(row.title) for row in LAYERS}


def known(name: str) -> Row | None:
    """Return the row of a layer that the table knows."""
    return _BY_NAME.get(name)


def title(name: str) -> Span:
    """Return how a layer is called."""
    return _TITLES.get(name) or code(name or "unnamed layer")


def clause(name: str, kind: str, action: Line) -> Line:
    """Return, as a clause, that a layer denies the action or does not allow it."""
    row = known(name)
    if row:
        return line(f"{row.denies if kind == 'explicit' else row.lacks} ", action)
    return line("the layer ", title(name), " denies " if kind == "explicit" else " does not allow ", action)


def named_as(name: str, via: str) -> set[str]:
    """Return the names by which AWS's messages may mean the layer."""
    row = known(name)
    return {name, via, *(row.called if row else ())} - {""}
