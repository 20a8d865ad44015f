"""What is done where Block Public Access refuses: nothing public is sent, a public policy is limited, a site is served.

The settings stay on. Only for whoever means to let in anybody is there, last, the one setting on the one bucket.
AWS: "Blocking public access to your Amazon S3 storage"; "Restrict access to an Amazon S3 origin" (CloudFront).
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from why403 import FALSE, AccessRequest, Applicability, Call, Evidence, Fact, Fix, Found, Kind, Reading, Write
from why403.domain.commands import bucket_command, command
from why403.domain.fix import edited
from why403.domain.sent_acl import without_public_grants
from why403.policy import PolicyKind, bucket_policy_fixes, limited_to, one_policy
from why403.policy.editing import Document, document_of, with_document, written
from why403.policy.homes import Home, access_point_policy, bucket_policy
from why403_layers.bucket_policy import BUCKET_POLICY
from why403_layers.points import POINT_POLICY
from why403_layers.public_access import BUCKET, FLAGS

_MANUAL, _REVIEW = Applicability.MANUAL, Applicability.REVIEW
_OWNER: Final = "the bucket's owner"
_EXPOSURE: Final = (
    "data exposure: every public ACL and policy of the bucket comes into force at once, so that anybody on the "
    "internet may read or change what they name"
)


def _of_acl(request: AccessRequest, call: Call) -> Iterator[Fix]:
    """Yield that the call sends nothing that is public."""
    yield Fix(
        summary="send the call without the public grants of its ACL",
        who="the caller",
        risk="nobody is let in by the ACL: whoever has to be is named in the bucket policy",
        applicability=_REVIEW,
        target=request.resource.arn,
        call=without_public_grants(call),
    )


def _of_policy(request: AccessRequest, call: Call) -> Iterator[Fix]:
    """Yield that the policy that is sent is limited to the owner's account, where it is known whose that is."""
    sent, account = call.parameters.get("Policy"), request.bucket_owner
    document = document_of(sent)
    if document is None or not account:
        return
    of_point = call.operation == "PutAccessPointPolicy"
    closed = limited_to(document, one_policy(PolicyKind.RESOURCE)(sent), account, of_access_point=of_point)
    if closed != document:
        yield Fix(
            summary=f"send the policy with its public statements limited to account {account} (aws:PrincipalAccount)",
            who="the caller",
            risk="nobody of another account is let in by them: name each who has to be as a Principal, or its "
            "organization by aws:PrincipalOrgID",
            applicability=_REVIEW,
            target=request.resource.arn,
            call={"Policy": json.dumps(closed) if isinstance(sent, str) else closed},
        )


def _of_restricted(request: AccessRequest, evidence: Evidence) -> Iterator[Fix]:
    """Yield that the public statements are limited to whom they let in anyway, so that the others count again."""
    account = request.bucket_owner
    if not account or request.principal.kind is Kind.ANONYMOUS:
        return
    bucket, point = request.at_bucket, request.resource.access_point
    homes: dict[Fact[Any], Home | None] = {
        BUCKET_POLICY: None if bucket is None else bucket_policy(bucket.resource, account),
        POINT_POLICY: None if point is None or not request.through_point else access_point_policy(point),
    }
    changed = [
        (fact, seen, home, after)
        for fact, home in homes.items()
        if isinstance(seen := evidence[fact], Found) and home is not None
        for after in _closed(fact, seen, account)
    ]
    if changed:
        yield Fix(
            summary=f"limit the public statements of the policy to account {account} (aws:PrincipalAccount), so that "
            "it is not public and its other statements count",
            who=f"the owner of the bucket, account {account}",
            risk="AWS services that they let in are kept out, and so is everybody else, should the setting be switched "
            "off: name those who have to be let in",
            applicability=_REVIEW,
            target=changed[0][2].target,
            edits=tuple(edited(evidence, fact, with_document(seen.raw, after)) for fact, seen, _, after in changed),
            writes=tuple(home.written(after) for _, _, home, after in changed),
            undo=tuple(home.written(written(seen.raw)) for _, seen, home, _ in reversed(changed)),
        )


def _closed(fact: Fact[Any], seen: Found[Any], account: str) -> Iterator[Document]:
    document = document_of(seen.raw)
    after = document and limited_to(document, seen.value, account, of_access_point=fact is POINT_POLICY)
    if after and after != document:
        yield after


def _of_ignored(request: AccessRequest, evidence: Evidence) -> Iterator[Fix]:
    """Yield that the bucket's policy names the caller, whom a public ACL does not let in."""
    if request.principal.kind is not Kind.ANONYMOUS and request.of_foreign == FALSE:
        yield from bucket_policy_fixes(BUCKET_POLICY, evidence[BUCKET_POLICY], request)


def _of_site(request: AccessRequest) -> Iterator[Fix]:
    """Yield how anybody reads a bucket that stays closed."""
    if request.principal.kind is Kind.ANONYMOUS:
        yield Fix(
            summary="sign the call; or, if anybody is to read this, serve it by CloudFront with origin access control",
            who=_OWNER,
            risk="what the distribution serves is public; the bucket itself stays closed",
            applicability=_MANUAL,
            target=request.resource.arn,
            steps=(
                command("cloudfront", "create-origin-access-control", ("OriginAccessControlConfig", _CONTROL)),
                "create a distribution with the bucket as its origin and this control",
                "allow cloudfront.amazonaws.com to read by the bucket policy, on the condition aws:SourceArn: its ARN",
            ),
        )


_CONTROL: Final = {
    "Name": "why403-site",
    "SigningProtocol": "sigv4",
    "SigningBehavior": "always",
    "OriginAccessControlOriginType": "s3",
}


def _of_setting(request: AccessRequest, evidence: Evidence, flag: str, higher: str | None) -> Iterator[Fix]:
    """Yield that the one setting is switched off on the one bucket, or who alone could do so on a higher level."""
    seen, bucket = evidence[BUCKET], request.at_bucket
    if higher is not None or not isinstance(seen, Found) or bucket is None or not bucket.resource.bucket:
        yield Fix(
            summary=f"have an exception from {flag} decided, which is set {higher or 'on the bucket behind'}",
            who=_DECIDES.get(higher or "", _OWNER),
            risk=f"{_EXPOSURE}, and that of every other bucket for which the setting holds" if higher else _EXPOSURE,
            applicability=_MANUAL,
            target=request.resource.arn,
            public=True,
            steps=(bucket_command(request, "get-bucket-policy-status"), bucket_command(request, "get-bucket-acl")),
        )
        return
    account = request.bucket_owner or None
    yield Fix(
        summary=f"switch off {flag} alone, on this bucket alone",
        who=_OWNER,
        risk=_EXPOSURE,
        applicability=_REVIEW,
        target=bucket.resource.bucket_arn,
        edits=(edited(evidence, BUCKET, {**(seen.raw or {}), flag: False}),),
        writes=(_settings(bucket.resource.bucket, {**seen.value, flag: False}, account),),
        undo=(_settings(bucket.resource.bucket, seen.value, account),),
        public=True,
    )


_DECIDES: Final = {
    "by the organization": "the administrators of the bucket owner's organization",
    "for the account": "an administrator of the bucket owner's account",
    "on the access point": "the access point's owner, who makes another one: its settings never change",
}


def _settings(bucket: str, flags: Mapping[str, bool], account: str | None) -> Write:
    reading = Reading(
        "s3",
        "GetPublicAccessBlock",
        {"Bucket": bucket},
        ("PublicAccessBlockConfiguration",),
        ("NoSuchPublicAccessBlockConfiguration",),
    )
    sent = {"Bucket": bucket, "PublicAccessBlockConfiguration": {name: flags[name] for name in FLAGS}}
    return Write("s3", "PutPublicAccessBlock", sent, "s3:PutBucketPublicAccessBlock", account, reading=reading)


def _fixes(request: AccessRequest, evidence: Evidence, flag: str, higher: str | None) -> Iterator[Fix]:
    match flag, request.call:
        case "BlockPublicAcls", Call() as call:
            yield from _of_acl(request, call)
        case "BlockPublicPolicy", Call() as call:
            yield from _of_policy(request, call)
        case "RestrictPublicBuckets", _:
            yield from _of_restricted(request, evidence)
        case _:
            yield from _of_ignored(request, evidence)
    yield from _of_site(request)
    if higher != "directory":
        yield from _of_setting(request, evidence, flag, higher)


FIXES: Final = _fixes
"""Yield what mends a refusal by one setting, the best first; `higher` says on which other level it is on, if it is."""
