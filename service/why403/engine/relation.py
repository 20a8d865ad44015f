"""The relation of the caller's account to the account that decides about the resource.

AWS: "Cross-account policy evaluation logic"; "How Amazon S3 authorizes a request for an object operation". Reads of an
object are decided by the object's owner, everything else by the bucket's; which actions are which stands in the
catalogue of actions. Through an access point of a third account that one decides as well. AWS: "Configuring IAM
policies for using access points".
"""

from enum import Enum

from why403.domain.request import AccessRequest


class Relation(Enum):
    """How grants must come together for this caller."""

    SAME = "same account"
    CROSS = "cross account"
    OUTSIDE = "anonymous or AWS service"
    OPEN = "owner not known"


def owner(request: AccessRequest) -> str | None:
    """Return the account that decides: an account id, empty for one that is not the caller's, None if not known."""
    match request.s3_action.relation if request.s3_action else None:
        case "owner_only":  # nothing of another account's can be meant, least of all a bucket that is to be made
            return request.resource.account or request.principal.account
        case "object_owner" if request.resource.key is not None:
            return request.object_owner
    return request.bucket_owner


def relation(request: AccessRequest) -> Relation:
    """Return the relation for one leg."""
    account = request.principal.account
    if not request.principal.signed:
        return Relation.OUTSIDE
    deciding = {owner(request)}
    if request.through_point:
        deciding.add(request.point_owner)
    if deciding == {account}:
        return Relation.SAME if account else Relation.OPEN
    return Relation.CROSS if account and deciding - {account, None} else Relation.OPEN
