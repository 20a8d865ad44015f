"""AWS's own sentence about a refusal: who may not do what, on what, and which kind of policy says so.

AWS: "Troubleshoot access denied (403 Forbidden) errors in Amazon S3"; IAM: "Troubleshoot access denied error messages".
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, NamedTuple

from why403.domain.actions import S3, service_of
from why403.domain.arn import resource
from why403.domain.errors import InvalidInput
from why403.domain.principal import principal
from why403.report.model import Kind, Named
from why403.report.names import action_of
from why403.report.places import is_bucket
from why403.report.plain import collapsed
from why403.report.sighting import MOST, Fields, Sighting, both, fields

_ANCHOR: Final = re.compile(r"not\s{1,80}authorized\s{1,80}to\s{1,80}perform\b", re.IGNORECASE)
_BEFORE: Final = 2_400
_AFTER: Final = 4_000

_USER: Final = re.compile(r"User:\s{0,80}", re.IGNORECASE)
_IS: Final = re.compile(r"\s{1,80}is\s{1,80}\Z")
_WHO: Final = re.compile(r"arn:aws[a-z-]{0,10}:(?:iam|sts)::\d{12}:\S{1,600}|[\w.-]{1,100}\.amazonaws\.com|anonymous")
_HEAD: Final = re.compile(r"arn:[^\s:]{3,20}:[^\s:]{2,30}:[^\s:]{0,30}:\d{0,12}:\S")
_ACTION: Final = re.compile(r":?\s{0,9}(?P<action>[\w-]{1,40}:\w{1,100})")
_RESOURCE: Final = re.compile(
    r"""\s?on\s(?:this\sresource|the\sresource\sassociated\swith\sthis\sciphertext
        |resource:\s?(?:"(?P<quoted>[^"]{1,2100}?)(?:"|(?P<cut>\Z))|(?P<bare>.{1,2100}?)))
        (?=\s(?:because|with\san)\b|[\s.,;)"'<]{0,3}\Z|[.;)]?\s)""",
    re.VERBOSE | re.IGNORECASE,
)
_IMPLICIT: Final = re.compile(
    r"\s?because no (?P<type>[a-z -]{3,40}?)(?: allows? the [\w:-]{3,140}(?: action)?| allows?\b|\Z|(?=[^\w\s-]))",
    re.IGNORECASE,
)
_EXPLICIT: Final = re.compile(
    r"\s?with an explicit deny in (?:an?|the) (?P<type>[a-z -]{3,40}?)"
    r"(?:(?:,? ?with policy arn)? ?: ?(?P<arn>arn:[^\s\"'<>,;)]{4,600})"
    r"|(?=[^\w\s-]|\Z| (?!policy|control|endpoint|boundary|trust|po|bo|en|co)))",
    re.IGNORECASE,
)

_TYPES: Final = {
    "identity-based policy": "identity",
    "resource-based policy": "bucket_policy",
    "permissions boundary": "permissions_boundary",
    "session policy": "session_policy",
    "service control policy": "scp",
    "resource control policy": "rcp",
    "vpc endpoint policy": "vpc_endpoint",
}


class _Special(NamedTuple):
    """A sentence outside the grammar, known by the words it holds."""

    words: str
    layer: str
    kind: Kind | None
    action: str | None = None


# The last two are KMS's: the key is in another account, and the text leaves open which of the two was missing.
_SPECIAL: Final = (
    # As S3 says it, and as its guide quotes it.
    _Special("are blocked by the BlockPublicAcls block", "block_public_access", "explicit"),
    _Special("are blocked by the BlockPublicPolicy block", "block_public_access", "explicit"),
    _Special("public ACLs are prevented by the BlockPublicAcls setting", "block_public_access", "explicit"),
    _Special("public policies are prevented by the BlockPublicPolicy setting", "block_public_access", "explicit"),
    _Special(
        "blocked upload requests that specify Server Side Encryption with Customer", "object_state", "requirement"
    ),
    _Special("object protected by object lock", "object_state", "requirement"),
    _Special("The request was denied due to a VPC endpoint policy", "vpc_endpoint", None),
    _Special("the resource does not exist in this Region, no resource-based policies allow access", "kms", None),
    _Special("The ciphertext refers to a customer master key that does not exist", "kms", None, "kms:Decrypt"),
)
_SPECIAL_WORDS: Final = re.compile(
    "|".join(f"({re.escape(each.words)})".replace(r"\ ", r"\s{1,80}") for each in _SPECIAL), re.IGNORECASE
)
_SENTENCE: Final = re.compile(r"[^\n<\"{}]{0,300}")


WORDS: Final = (
    *(
        "perform",
        "PERFORM",
        "prevented by",
        "blocked by",
        "blocked upload",
        "protected by object lock",
        "denied due to",
        "Region, no",
    ),
    "customer master key",
)
"""Of which every sentence of AWS about a refusal holds one."""


def layer_named(text: str) -> str | None:
    """Return the layer of a kind of policy; a kind that was cut off counts while it fits one kind alone."""
    name = text.strip().lower()
    fits = {
        layer for kind, layer in _TYPES.items() if kind == name or (len(name) > len("res") and kind.startswith(name))
    }
    return fits.pop() if len(fits) == 1 else None


def sentences(text: str) -> Iterator[Sighting]:
    """Yield what AWS's sentences in a text say, wherever they stand."""
    for count, found in enumerate(_ANCHOR.finditer(text)):
        if count == MOST:
            break
        yield Sighting(start=_start(text, found.start()), source="text", told=_told(text, found))
    yield from _specials(text)


def _start(text: str, anchor: int) -> int:
    floor = max(0, anchor - _BEFORE)
    user = text.rfind("User:", floor, anchor)
    return user if user >= 0 else anchor


def _told(text: str, found: re.Match[str]) -> Fields:
    start = _start(text, found.start())
    who = _caller(text[start : found.start()])
    rest = text[found.end() : found.end() + _AFTER].partition("\n\n")[0]
    read, sentence = _reason(collapsed(rest))
    if "\n" in rest:
        # A terminal breaks lines inside names too: joined without a space they may say more.
        joined, whole = _reason(collapsed(re.sub(r"\n[ \t]{0,80}", "", rest)))
        read, sentence = (joined, whole) if len(joined) > len(read) else (_agreed(read, joined), sentence)
    head = collapsed(text[start : found.end()])
    return both(read, fields(principal=who, code="AccessDenied", message=f"{head}{sentence}"))


def _agreed(read: Fields, joined: Fields) -> Fields:
    """Return what was read without a name that a line break was in: it may be a space of the name, or none."""
    about, other = (each.get("resource") or each.get("foreign") for each in (read, joined))
    if about is None or other is None or about == other:
        return read
    named = read.get("named")
    return fields(**{**read, "resource": None, "foreign": None, "named": named and replace(named, resource=None)})


def _caller(text: str) -> str | None:
    # Without the word that ends it a name may have been joined to what follows.
    ends = _IS.search(text)
    found = _WHO.search(re.sub(r"\s", "", _USER.sub("", text[: ends.start()]))) if ends else None
    return caller(found[0]) if found else None


def caller(name: str) -> str | None:
    """Return the name of a caller if it is one that the service knows how to read."""
    try:
        return principal(name).arn
    except InvalidInput:
        return None


def _reason(text: str) -> tuple[Fields, str]:
    """Return what follows `perform`: the fields, and the sentence as far as it was understood."""
    action = _ACTION.match(text)
    if action is None:
        return Fields(), ""
    at, about = action.end(), None
    found = _RESOURCE.match(text, at)
    if found:
        at, about = found.end(), _arn(found["quoted"] or found["bare"])
        if found["cut"] is not None:
            about = _as_far_as_whole(about)
    name = action_of(action["action"])
    named, end = _named(text, at, name, about)
    told = fields(action=name, named=named, **{"resource" if service_of(name) in S3 else "foreign": about})
    return told, text[:end] if text.startswith(":") else f" {text[:end]}"


def _arn(text: str | None) -> str | None:
    """Return an ARN as the text names it; cut off or spelt otherwise it is none."""
    told = (text or "").strip().strip("\"'")
    named = resource(told)
    if (
        named is None
        or told == "*"
        or not _HEAD.match(told)
        or (named.bucket is not None and not is_bucket(named.bucket))
    ):
        return None
    return told


def _as_far_as_whole(about: str | None) -> str | None:
    """Return the bucket of an ARN that was cut off inside its key."""
    bucket, slash, _ = (about or "").partition("/")
    return bucket if slash and ":s3:::" in bucket else None


def _named(text: str, at: int, action: str, about: str | None) -> tuple[Named | None, int]:
    """Return the reason that stands at a place, and where it ends."""
    implicit, explicit = _IMPLICIT.match(text, at), _EXPLICIT.match(text, at)
    found = implicit or explicit
    layer = layer_named(found["type"]) if found else None
    if found is None or layer is None:
        return None, at
    of_kms = action.lower().startswith("kms:")
    arn = explicit["arn"].rstrip(".") if explicit and explicit["arn"] else None
    named = Named(
        layer="kms" if of_kms else layer,
        kind="implicit" if implicit else "explicit",
        policy_arn=arn,
        via=layer if of_kms else None,
        resource=about,
    )
    return named, found.end()


def _specials(text: str) -> Iterator[Sighting]:
    for count, found in enumerate(_SPECIAL_WORDS.finditer(text)):
        if count == MOST:
            break
        special = _SPECIAL[(found.lastindex or 1) - 1]
        rest = _SENTENCE.match(text, found.end())
        sentence = collapsed(found[0] + (rest[0] if rest else ""))
        named = Named(layer=special.layer, kind=special.kind, special=sentence.partition(". ")[0])
        told = fields(named=named, action=special.action, code="AccessDenied", message=sentence)
        yield Sighting(start=found.start(), source="text", told=told)
