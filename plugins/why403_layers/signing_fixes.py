"""What makes a call good before any policy: its caller or signer signs anew, calls elsewhere, or looks twice.

AWS: "Download and upload objects with presigned URLs"; "Verifying bucket ownership with bucket owner condition".
"""

import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from why403 import TRUE, AccessRequest, Applicability, Call, Claim, Evidence, Fix, value_of
from why403.domain.commands import bucket_command, command, typeable
from why403.domain.facts import REGION
from why403.domain.operations import HEADERS, methods_of
from why403.domain.presigned import LONGEST_EXPIRY, Presigned
from why403.domain.request import OUTSIDE

_REQUESTED, _ISSUED = "aws:RequestedRegion", "aws:TokenIssueTime"
_HOUR: Final = 3600
_MANUAL: Final = Applicability.MANUAL
_CAPITAL: Final = re.compile(r"(?<!^)(?=[A-Z])")


def _of_url(request: AccessRequest, call: Call, _evidence: Evidence, claim: Claim) -> Iterator[Fix]:
    """Yield that the URL is signed anew, so that it is good for the call that is made with it."""
    url, about = call.presigned or Presigned(), str(claim.about).partition(" x-")[0]
    at = None if call.received is None else call.received.isoformat()
    changed: dict[str, Any] = {"presigned": _signed_anew(call, url, at)}
    if at is not None:
        changed["time"] = at
        if request.context.given.get(_ISSUED.lower()):
            changed["context"] = {_ISSUED: at}
    before, summary = _OF_URLS[about]
    yield Fix(
        summary=summary,
        who="whoever signs the URL",
        risk="whoever has the URL may make the call until it ends, so it is signed for no longer than is needed",
        applicability=_MANUAL,
        target=request.resource.arn,
        request=changed,
        steps=(*before, _signing(request, call, _lifetime(url))),
    )


def _signed_anew(call: Call, url: Presigned, at: str | None) -> Mapping[str, Any]:
    """Return a URL signed when the call is made, for its method and exactly the headers that it sends."""
    methods = methods_of(call.operation)
    sent = {header for name, header in HEADERS.items() if _sends(call, name)}
    covered = None if url.headers is None else sorted((url.headers - set(HEADERS.values())) | sent)
    known = {
        "signed_at": at or (url.signed_at and url.signed_at.isoformat()),
        "expires": _lifetime(url),
        "method": url.method if not methods or url.method in methods else min(methods),
        "headers": covered,
        "key_id": url.key_id,
    }
    return {name: held for name, held in known.items() if held is not None}


def _sends(call: Call, name: str) -> bool:
    return call.parameters.get(name, True) is not False and call.may_send(name) == TRUE


def _lifetime(url: Presigned) -> int:
    """Return for how many seconds it is to be good: as it was meant to be, as far as that can be."""
    return url.expires if url.expires is not None and 0 < url.expires <= LONGEST_EXPIRY else _HOUR


def _signing(request: AccessRequest, call: Call, seconds: int) -> str:
    bucket, key = request.resource.bucket, request.resource.key
    address = f"s3://{bucket}/{key}"
    if call.operation == "GetObject" and bucket is not None and not call.parameters and typeable(address):
        return shlex.join(["aws", "s3", "presign", address, "--expires-in", str(seconds)])
    method = _CAPITAL.sub("_", call.operation).lower()
    return (
        f'boto3.client("s3").generate_presigned_url("{method}", Params={{...}}, ExpiresIn={seconds}), with all '
        "parameters that will be sent"
    )


def _of_region(request: AccessRequest, _call: Call, evidence: Evidence, _claim: Claim) -> Iterator[Fix]:
    """Yield that the call goes where the bucket is."""
    region = value_of(evidence[REGION])
    yield Fix(
        summary=f"send the call to {region}, where the bucket is, and sign it for that Region",
        who="the caller",
        risk="none",
        applicability=_MANUAL,
        target=request.resource.arn,
        request={"context": {_REQUESTED: region}},
        steps=(
            bucket_command(request, "head-bucket", ("region", region)),
            command("account", "get-region-opt-status", ("RegionName", region)),
            f"if the account has not opted in to that Region, its administrator does: {_enabling(region)}",
        ),
    )


def _enabling(region: str) -> str:
    return command("account", "enable-region", ("RegionName", region))


def _of_owner(request: AccessRequest, _call: Call, _evidence: Evidence, _claim: Claim) -> Iterator[Fix]:
    """Yield that bucket and expected owner are made to fit; the check itself is what keeps data from strangers."""
    owner = request.bucket_owner
    known = owner not in {None, OUTSIDE}
    name = "ExpectedSourceBucketOwner" if request.of_source else "ExpectedBucketOwner"
    yield Fix(
        summary="correct the name of the bucket, or the account that is expected to own it"
        + (f", which is {owner} if this is the bucket that is meant" if known else ""),
        who="the caller",
        risk="a bucket of somebody else's may have the name of one that was deleted: the check is not to be dropped",
        applicability=_MANUAL,
        target=request.resource.arn,
        call={name: owner} if known else {},
        steps=(command("sts", "get-caller-identity"), bucket_command(request, "get-bucket-acl")),
    )


_OF_URLS: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "too long": ((), f"sign the URL for at most {LONGEST_EXPIRY} seconds (seven days)"),
    "method": ((), "sign the URL for the method that the call uses"),
    "missing": ((), "send every header that is signed, or sign the URL for those that are sent"),
    "unsigned": ((), "sign the URL for every x-amz- header that is sent, or send them not"),
    "too early": (
        ("date -u", "synchronise the clock of the host that signs (NTP)"),
        "set the clock of the host that signs, and sign the URL anew",
    ),
    "expired": ((), "sign a new URL, when it is needed or for long enough"),
    "credentials": (
        (command("sts", "get-caller-identity"),),
        "sign a new URL with credentials that live for as long as it is needed",
    ),
}

FIXES: Final[Mapping[str, Callable[[AccessRequest, Call, Evidence, Claim], Iterator[Fix]]]] = {
    **dict.fromkeys(_OF_URLS, _of_url),
    "Region": _of_region,
    **dict.fromkeys(("owner", "no account"), _of_owner),
}
"""What caller or signer do otherwise, by what is wrong with the call; nothing that AWS holds is to be changed."""
