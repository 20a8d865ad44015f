"""What holds of every request through an access point: from which network it may come, and which calls there are.

AWS: "Creating access points restricted to a virtual private cloud"; "Access point compatibility".
"""

from typing import TYPE_CHECKING, Final

from why403.domain.evidence import Evidence, Found, Unreadable
from why403.domain.facts import POINT_ORIGIN, POINT_VPC
from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth, truth_of

if TYPE_CHECKING:
    from why403.domain.request import AccessRequest

SOURCE_VPC: Final = "aws:sourcevpc"
SOURCE_ENDPOINT: Final = "aws:sourcevpce"
# IAM names no access point for this one's action, and the guide lists it all the same.
_PASSED_ON: Final = frozenset({"s3:ListBucketMultipartUploads"})
# Of these the guide says that they may be made through an access point, and IAM that they cannot.
_PERHAPS_PASSED_ON: Final = frozenset({"s3:PutBucketPolicy", "s3:DeleteBucketPolicy"})


def network_origin(evidence: Evidence) -> str | None:
    """Return where requests to an access point may come from, `Internet` or `VPC`, None if that is not known.

    Where it is known not to be told, one that a VPC is configured for has the origin VPC, any other Internet.
    """
    origin, vpc = evidence[POINT_ORIGIN], evidence[POINT_VPC]
    if isinstance(origin, Found):
        told: str = origin.value
        return told
    if isinstance(origin, Unreadable) or isinstance(vpc, Unreadable):
        return None
    return "VPC" if isinstance(vpc, Found) else "Internet"


def inside(request: "AccessRequest") -> Truth | None:
    """Return whether a request comes from the VPC that its access point is for, None where that is for no VPC."""
    origin, vpc = network_origin(request.evidence), request.evidence[POINT_VPC]
    if origin == "Internet":
        return None
    came_from = request.context[SOURCE_VPC]
    if source_is_open(request):
        found = UNKNOWN
    elif not came_from:
        found = FALSE
    else:
        found = truth_of(came_from == (vpc.value,)) if isinstance(vpc, Found) else UNKNOWN
    return found if origin == "VPC" else max(found, UNKNOWN)


def source_is_open(request: "AccessRequest") -> bool:
    """Return whether it is not known from which VPC a request comes.

    It is not where only the endpoint is named: S3 always knows the VPC that one is in.
    """
    by_endpoint_alone = SOURCE_VPC not in request.context.given and request.context[SOURCE_ENDPOINT] != ()
    return by_endpoint_alone or request.context[SOURCE_VPC] is None


def available(request: "AccessRequest") -> Truth:
    """Return whether a call may be made through an access point."""
    action = request.s3_action
    if request.call is None or action is None or action.name in _PASSED_ON:
        return TRUE
    if {"accesspoint", "accesspointobject"} & set(action.resources):
        return TRUE
    return UNKNOWN if action.name in _PERHAPS_PASSED_ON else FALSE
