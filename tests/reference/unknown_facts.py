"""Chooses representative values of the facts that a case does not know."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from .callers import Caller, Kind, caller_of
from .calls import ACCOUNT_FACTS, OF_THE_BUCKET, SHARED_WITH_SOURCE, bucket_of, legs_of, source_of
from .candidates import FRESH, candidates
from .conditions import Json
from .keys import CARRIES_OBJECT_TAGS
from .mentions import hidden, mentioned_keys, mentions, principals_named, readable
from .points import names_object
from .public import ALL_USERS, AUTHENTICATED_USERS

OTHER = "909090909090"
ALLOW: Json = {"Effect": "Allow", "Action": "*", "Resource": "*"}
DENY: Json = {"Effect": "Deny", "Action": "*", "Resource": "*"}
NO_FLAGS: Json = {}
ALL_FLAGS: Json = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
TAG_FACTS = {
    "principal.tags": ("aws:principaltag/",),
    "bucket.tags": ("aws:resourcetag/", "s3:buckettag/"),
    "object.tags": ("s3:existingobjecttag/",),
}
PUBLIC_ACCESS_BLOCKS = tuple(f"{level}.public_access_block" for level in ("bucket", "account", "organization"))
POINT_S_OWN = "access_point.public_access_block"


class Slot(NamedTuple):
    """One thing to choose: a fact, a tag of a fact, a canonical id, a context key, or the session of a role."""

    sort: str
    name: str
    values: tuple[Any, ...]


def document(*statements: Json) -> Json:
    """A policy of these statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


FAR = "2099-01-01T00:00:00Z"
HARMLESS: dict[str, list[Any]] = {
    "bucket.region": ["eu-west-1", "ap-south-2", "us-east-1"],
    "bucket.request_payment": ["BucketOwner", "Requester"],
    "object.exists": [True, False],
    "object.delete_marker": [False, True],
    "object.storage_class": ["STANDARD", "GLACIER"],
    "object.lock": [
        None,
        {"mode": "COMPLIANCE", "retain_until": FAR, "legal_hold": False},
        {"mode": "GOVERNANCE", "retain_until": FAR, "legal_hold": False},
        {"mode": None, "retain_until": None, "legal_hold": True},
    ],
    "bucket.versioning": [None, {"status": "Enabled", "mfa_delete": True}],
    "kms.key_state": ["Enabled", "Disabled"],
    "kms.key_manager": ["CUSTOMER", "AWS"],
}
"""Facts that are taken to be harmless unless reading them failed, or they were given as unknown."""
SAME_FOR_EVERYONE: dict[str, list[Any]] = {
    **HARMLESS,
    "principal.policies": [None, [document(ALLOW)], [document(ALLOW, DENY)]],
    "principal.boundary": [None, document(ALLOW), document(), document(ALLOW, DENY)],
    "session.policies": [None, [document(ALLOW)], [document()], [document(ALLOW, DENY)]],
    "organization.scps": [None, [[document(ALLOW)]], [[document(ALLOW)], []], [[document(ALLOW, DENY)]]],
    "organization.rcps": [None, [[document({**DENY, "Principal": "*"})]]],
    "vpc_endpoint.type": ["Gateway", "Interface"],
    "bucket.ownership": ["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"],
    "bucket.abac": [False, True],
    **{
        name: [None, NO_FLAGS, ALL_FLAGS, {"IgnorePublicAcls": True}, {"RestrictPublicBuckets": True}]
        for name in (*PUBLIC_ACCESS_BLOCKS, POINT_S_OWN)
    },
}


def unknown_facts(case: Json) -> list[str]:
    """The facts that bear on the request and that nobody knows."""
    evidence = case["evidence"]
    complete = case.get("evidence_is_complete") is True

    def unknown(name: str) -> bool:
        return hidden(evidence[name]) if name in evidence else not complete

    known = readable(case)
    bearing = [fact_of(leg, name) for leg in legs_of(known) for name in _bearing(leg)]
    # Who says that the policy of an endpoint is not known says that there may be one, of whatever type.
    if hidden(evidence.get("vpc_endpoint.policy")):
        bearing += ["vpc_endpoint.policy", "vpc_endpoint.type"]
    # What no policy asks for is taken to be harmless unless it could not be read.
    failed = [name for name in evidence if hidden(evidence[name]) and name.removeprefix("source.") in HARMLESS]
    return [*(name for name in dict.fromkeys(bearing) if unknown(name)), *(failed if "operation" in case else ())]


def fact_of(leg: Json, name: str) -> str:
    """The name under which a case gives a fact of one of its legs."""
    if not leg.get("of_source") or name.startswith((*SHARED_WITH_SOURCE, *ACCOUNT_FACTS)):
        return name
    same_bucket = source_of({**leg, "parameters": leg["call"]}).bucket == bucket_of(leg["target"])
    return name if same_bucket and name.startswith(OF_THE_BUCKET) else f"source.{name}"


def _bearing(case: Json) -> Iterator[str]:
    caller = caller_of(case)
    evidence = case["evidence"]
    if caller.account and not caller.service_linked:
        yield "organization.scps"
    if caller.in_iam:
        yield from ("principal.policies", "principal.boundary")
    if caller.has_session:
        yield "session.policies"
        # The issuer is known where the principal is the role itself or its ARN is given.
        if caller.issuer != caller.arn and not _given(case, "aws:principalarn"):
            yield "session.issuer"
    yield from _of_endpoint(case)
    if case["resource"] != "*":
        yield from _bearing_on_bucket(case)
    if any(evidence.get(name, 1) for name in ("organization.scps", "organization.rcps")):
        yield "organization.management_account"
    yield from _tags_in_question(case)
    if any(form == "CanonicalUser" for form, _ in principals_named(case)) or _canonical_grantees(case):
        yield "accounts.canonical_ids"


def _of_endpoint(case: Json) -> Iterator[str]:
    possible, policy = _may_come_through_endpoint(case), case["evidence"].get("vpc_endpoint.policy", 1)
    if possible:
        yield "vpc_endpoint.policy"
    if policy is not None and (possible or policy != 1):
        yield "vpc_endpoint.type"


def _may_come_through_endpoint(case: Json) -> bool:
    """Whether nothing says that no endpoint was used: every request through one carries its id."""
    given = {name.lower(): value for name, value in case.get("context", {}).items()}
    known = "aws:sourcevpce" in given or case.get("context_is_complete", True)
    return bool(given.get("aws:sourcevpce")) or not known


def _bearing_on_bucket(case: Json) -> Iterator[str]:
    # A bucket that is only to be made has nothing of its own yet.
    if case.get("operation") == "CreateBucket":
        yield from ("organization.rcps", *PUBLIC_ACCESS_BLOCKS[1:])
        return
    yield from ("bucket.owner", "organization.rcps", "bucket.policy", *PUBLIC_ACCESS_BLOCKS)
    yield from ("bucket.ownership", "bucket.acl")
    if ":accesspoint/" in case["resource"]:
        yield from ("access_point.policy", "access_point.public_access_block")
        if "operation" in case:
            yield "access_point.network_origin"
    if names_object(case["resource"]) and not case.get("new_object"):
        yield from ("object.owner", "object.acl")


def _tags_in_question(case: Json) -> Iterator[str]:
    families = {fact for fact, prefixes in TAG_FACTS.items() if _tag_names(case, prefixes)}
    if "principal.tags" in families and caller_of(case).in_iam:
        yield "principal.tags"
    if "bucket.tags" in families:
        yield from ("bucket.tags", "bucket.abac")
    carried = case["action"].lower() in CARRIES_OBJECT_TAGS and not case.get("new_object")
    if "object.tags" in families and carried:
        yield "object.tags"


def _given(case: Json, key: str) -> bool:
    return any(name.lower() == key and value for name, value in case.get("context", {}).items())


def _tag_names(case: Json, prefixes: tuple[str, ...]) -> set[str]:
    keys = {key for key in mentioned_keys(case) if key.startswith(prefixes)}
    return {key.partition("/")[2] for key in keys if not _given(case, key)}


def _canonical_grantees(case: Json) -> set[str]:
    acls = [case["evidence"].get(name) for name in ("bucket.acl", "object.acl")]
    grants = [grant for acl in acls if acl and not hidden(acl) for grant in acl["grants"]]
    return {grant["grantee"]["id"] for grant in grants if not grant["grantee"].get("id", "0").isdigit()}


def fact_slots(case: Json) -> Iterator[Slot]:
    """A slot for every unknown fact; facts that are mappings get one for each of their entries."""
    known = readable(case)
    caller = caller_of(known)
    for name in unknown_facts(case):
        if name.removeprefix("source.") in TAG_FACTS:
            yield from _tag_slots(known, name)
        elif name == "accounts.canonical_ids":
            yield from _canonical_slots(known, caller)
        else:
            yield Slot("fact", name, tuple(_values(known, name.removeprefix("source."), caller)))


def _canonical_slots(case: Json, caller: Caller) -> Iterator[Slot]:
    ids = _canonical_grantees(case) | {value for form, value in principals_named(case) if form == "CanonicalUser"}
    accounts = dict.fromkeys((caller.account or OTHER, case["evidence"].get("bucket.owner", OTHER), OTHER))
    yield from (Slot("canonical id", one, tuple(accounts)) for one in sorted(ids))


def _tag_slots(case: Json, name: str) -> Iterator[Slot]:
    families = TAG_FACTS[name.removeprefix("source.")]
    for tag in sorted(_tag_names(case, families)):
        found = [
            value for prefix in families for values in candidates(case, prefix + tag, {}) for value in values or (None,)
        ]
        yield Slot(name, tag, tuple(dict.fromkeys(found)))


def _values(case: Json, name: str, caller: Caller) -> list[Any]:
    own = caller.account or OTHER
    match name:
        case "session.issuer":
            return _issuers(case, caller)
        case "organization.management_account":
            return [None, *dict.fromkeys((own, case["evidence"].get("bucket.owner", OTHER)))]
        case "vpc_endpoint.policy" | "bucket.policy" | "access_point.policy":
            return _policies_with_principals(caller)
        case "access_point.network_origin":
            return _origins(case)
        case "bucket.owner" | "object.owner":
            return _owners(case, own)
        case "bucket.acl" | "object.acl":
            grantees = ({"uri": ALL_USERS}, {"uri": AUTHENTICATED_USERS}, {"account": own})
            return [None, *(_full_control(one) for one in grantees)]
    return SAME_FOR_EVERYONE[name]


def _origins(case: Json) -> list[Any]:
    """A VPC is known of access points that only a VPC reaches, and of no others."""
    nobody_said = "access_point.vpc" not in case["evidence"] and not case.get("evidence_is_complete")
    if nobody_said:
        return ["Internet", "VPC"]
    return ["VPC"] if case["evidence"].get("access_point.vpc") else ["Internet"]


def _full_control(grantee: Json) -> Json:
    return {"grants": [{"grantee": grantee, "permission": "FULL_CONTROL"}]}


def _owners(case: Json, own: str) -> list[Any]:
    tested = [text for one in mentions(case) if one.test.key.endswith(":resourceaccount") for text in one.test.expected]
    beside = [case["evidence"].get(name) for name in ("bucket.owner", "object.owner", "access_point.owner")]
    expected = [case.get("parameters", {}).get(f"Expected{whose}Owner") for whose in ("Bucket", "SourceBucket")]
    owners = (own, OTHER, *beside, *expected, *_owners_of_keys(case), *(text for text in tested if text.isdigit()))
    return list(dict.fromkeys(one for one in owners if one))


def _owners_of_keys(case: Json) -> list[str]:
    """Whose the keys are that the call may use: within one account the same policies are over key and bucket."""
    encryptions = [value for name, value in case["evidence"].items() if name.endswith(".encryption") and value]
    keys = [case.get("parameters", {}).get("SSEKMSKeyId"), *(one.get("key") for one in encryptions)]
    return [key.split(":")[4] for key in keys if key]


def _issuers(case: Json, caller: Caller) -> list[Any]:
    sort, name = ("user", "parent") if caller.kind is Kind.FEDERATED else ("role", caller.arn.split("/")[1])
    prefix = f"{caller.arn.split(':sts:')[0]}:iam::{caller.account}:{sort}/"
    named = [value for _, value in principals_named(case) if value.startswith(prefix)]
    tested = [text for one in mentions(case) if one.test.key == "aws:principalarn" for text in one.test.expected]
    fitting = [arn for arn in (*named, *tested) if arn.startswith(prefix) and arn.endswith(f"/{name}")]
    users = named if caller.kind is Kind.FEDERATED else []
    return list(dict.fromkeys([f"{prefix}{name}", f"{prefix}{FRESH}/{name}", *fitting, *users]))


def _policies_with_principals(caller: Caller) -> list[Any]:
    named: list[Json] = [{"AWS": "*"}]
    if caller.kind is Kind.SERVICE:
        named.append({"Service": caller.arn})
    elif caller.account:
        named += [{"AWS": one} for one in dict.fromkeys((caller.account, caller.issuer or caller.arn, caller.arn))]
    allowing = [document({**ALLOW, "Principal": one}) for one in named]
    if caller.kind is Kind.ANONYMOUS:
        # It lets in nobody else, so that it is not public.
        allowing.append(
            document({**ALLOW, "Principal": "*", "Condition": {"StringEquals": {"aws:userid": "anonymous"}}})
        )
    return [None, *allowing, document({**ALLOW, "Principal": "*"}, {**DENY, "Principal": "*"})]
