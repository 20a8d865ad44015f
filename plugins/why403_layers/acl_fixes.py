"""What lets in whom an object's ACL does not: its owner grants it, or the bucket's owner comes to own the object.

AWS: "Controlling ownership of objects and disabling ACLs for your bucket"; "PutObjectAcl" (Amazon S3 API Reference).
"""

from collections.abc import Iterator
from typing import Final

from why403 import AccessRequest, Applicability, Evidence, Fact, Fix, Found, Observation, Reading, Write
from why403.domain.acl import Acl, as_sent, load_acl
from why403.domain.commands import Option, bucket_command, object_command
from why403.domain.facts import OWNERSHIP
from why403.domain.fix import Edit, edited
from why403.domain.request import ENFORCED
from why403.domain.sent_acl import ACCEPTED

_NEVER_TOLD: Final = "ObjectWriter"


def _of_foreign(
    request: AccessRequest, evidence: Evidence, of_object: Fact[Acl], of_bucket: Fact[Acl]
) -> Iterator[Fix]:
    if request.s3_action is not None and request.s3_action.object_acl is not None and request.principal.signed:
        yield _by_object_owner(request, evidence, of_object, request.s3_action.object_acl)
    yield _owned_by_bucket(request, evidence, of_bucket)


def _by_object_owner(request: AccessRequest, evidence: Evidence, acl: Fact[Acl], permission: str) -> Fix:
    """Return that the object's owner grants something: all to the bucket's owner, to others what they ask for."""
    seen, account = evidence[acl], request.principal.account
    raw = seen.raw if isinstance(seen, Found) else {}
    made = {"grantee": {"account": account}, "permission": "FULL_CONTROL" if request.at_home else permission}
    edit = edited(evidence, acl, {**raw, "grants": [*raw.get("grants", ()), made]})
    risk = "whoever the account lets in by its own policies may do so, with this object"
    owner = request.object_owner or "that wrote the object"
    return Fix(
        summary=f"grant account {account} {made['permission']} in the object's ACL, as the account that owns it",
        who=f"the object's owner, account {owner}",
        risk=risk if isinstance(seen, Found) else f"{risk}; {_REPLACES}",
        applicability=Applicability.MANUAL,
        target=request.resource.arn,
        edits=(edit,),
        steps=(object_command(request, "get-object-acl"), *_granting_steps(request, evidence, permission, edit)),
    )


_HEADERS: Final = {"READ": "GrantRead", "READ_ACP": "GrantReadACP", "WRITE_ACP": "GrantWriteACP"}
_REPLACES: Final = "the ACL that is put replaces all grants that there are: whoever has one and is not in it loses it"


def _granting_steps(request: AccessRequest, evidence: Evidence, permission: str, edit: Edit) -> Iterator[str]:
    """Yield what puts the whole ACL, and takes it back; what grants alone where it is not known what else it holds."""
    canned = ("ACL", ACCEPTED) if request.at_home else None
    if edit.before is None:
        yield _putting(request, canned or (_HEADERS[permission], "id=CANONICAL_ID_OF_THE_ACCOUNT"))
        return
    before = load_acl(edit.before)
    private = [(each.grantee, each.permission) for each in before.grants] == [(before.owner, "FULL_CONTROL")]
    whole, whole_before = (
        as_sent(load_acl(each), request.object_owner, evidence) for each in (edit.after, edit.before)
    )
    put = canned if private and canned else ("AccessControlPolicy", whole)
    if "CANONICAL_ID_OF" in str(put):
        yield "find out the canonical ids that are missing: aws s3api list-buckets --query Owner.ID in each account"
    yield _putting(request, put)
    back = ("ACL", "private") if private else ("AccessControlPolicy", whole_before)
    yield f"to take it back: {_putting(request, back)}"


def _putting(request: AccessRequest, sent: Option) -> str:
    return object_command(request, "put-object-acl", sent)


def _owned_by_bucket(request: AccessRequest, evidence: Evidence, acl: Fact[Acl]) -> Fix:
    """Return that ACLs are disabled, so that the bucket's owner owns what others wrote; its policy then decides."""
    seen, bucket = evidence[acl], request.at_bucket
    alone = isinstance(seen, Found) and all(grant.grantee == seen.value.owner for grant in seen.value.grants)
    written = alone and bucket is not None and bucket.resource.bucket is not None
    controls = {"Rules": [{"ObjectOwnership": ENFORCED}]}
    return Fix(
        summary=f"disable ACLs ({ENFORCED}), so that the bucket's owner owns every object in it",
        who=f"the owner of the bucket, account {request.bucket_owner}",
        risk="whoever came in by an ACL of the bucket or of an object loses access, and uploads with one are refused",
        applicability=Applicability.REVIEW if written else Applicability.MANUAL,
        target=request.resource.arn if bucket is None else bucket.resource.bucket_arn,
        edits=(edited(evidence, OWNERSHIP, ENFORCED),),
        writes=(_owning(bucket, ENFORCED),) if written and bucket is not None else (),
        undo=(_owning(bucket, evidence[OWNERSHIP]),) if written and bucket is not None else (),
        steps=()
        if written
        else (
            bucket_command(request, "get-bucket-acl"),
            "move what it grants others to the bucket policy, and make the ACL private",
            bucket_command(request, "put-bucket-ownership-controls", ("OwnershipControls", controls)),
        ),
    )


def _owning(bucket: AccessRequest, setting: str | Observation[str]) -> Write:
    """Return the call that sets who owns objects; a bucket that was never told has the setting of the old ones."""
    named = {"Bucket": bucket.resource.bucket}
    value = setting if isinstance(setting, str) else setting.value if isinstance(setting, Found) else _NEVER_TOLD
    absent = ("OwnershipControlsNotFoundError",)
    reading = Reading("s3", "GetBucketOwnershipControls", named, ("OwnershipControls",), absent)
    return Write(
        "s3",
        "PutBucketOwnershipControls",
        {**named, "OwnershipControls": {"Rules": [{"ObjectOwnership": value}]}},
        "s3:PutBucketOwnershipControls",
        bucket.bucket_owner,
        reading=None if value == _NEVER_TOLD else reading,
    )


FIXES: Final = _of_foreign
"""What is done about an object that another account owns, by the ACLs of object and bucket."""
