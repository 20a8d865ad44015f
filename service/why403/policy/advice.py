"""What S3 would refuse to store in a bucket's policy although its grammar is right; it is judged as written.

AWS: "Bucket policies for Amazon S3"; "AWS JSON policy elements: Principal".
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from why403.domain.actions import ALL, find
from why403.domain.arn import EXPRESS, split_arn
from why403.domain.evidence import Found
from why403.domain.principal import is_caller, is_service
from why403.policy.compiled import Policies
from why403.policy.editing import at, bytes_of, document_of
from why403.policy.homes import RESOURCE_MOST
from why403.policy.principal import is_unique_id
from why403.policy.statement import Statement
from why403.policy.template import tokens
from why403.policy.wildcard import glob

_ACCOUNT: Final = re.compile(r"[0-9]{12}")
_CANONICAL: Final = re.compile(r"[0-9a-f]{64}")
# No JSON text is longer, by so many times, than the form by which a document's size is known.
_LONGEST_FORM: Final = 3


def not_storable(seen: Found[Policies], bucket_arn: str | None) -> Iterator[tuple[str, str]]:
    """Yield pointer and message for all of the policy of a bucket or of what stands before it that AWS would not store.

    Of an action nobody knows here, S3 may know all the same.
    """
    yield from too_long(seen.value, seen.raw, RESOURCE_MOST)
    yield from advise(seen.value, bucket_arn)
    yield from no_actions(seen.value)


def advise(policies: Policies, bucket_arn: str | None) -> Iterator[tuple[str, str]]:
    """Yield pointer and message for each element of a bucket's policy that S3 would not store."""
    arn = split_arn(bucket_arn or "")
    own = EXPRESS if arn and arn.service == EXPRESS else "s3"
    for placed, statement in policies.statements():
        at = placed.pointer + statement.pointer
        yield from ((at, message) for message in _principal(statement))
        yield from ((at, message) for message in _actions(statement, own))
        if bucket_arn is not None:
            yield from ((at, message) for message in _resources(statement, bucket_arn))


def _principal(statement: Statement) -> Iterator[str]:
    principals = statement.principals
    if principals is None:
        return
    if principals.negated and statement.allow:
        yield "`NotPrincipal` is not supported with `Allow`"
    yield from filter(None, map(_named, sorted(principals.names - {"*"})))
    others = [each for each in sorted(principals.services - {"*"}) if not is_service(each)]
    yield from (f"`{name}` is no AWS service, as `s3.amazonaws.com` is" for name in others)
    strange = [each for each in principals.canonical if not _CANONICAL.fullmatch(each)]
    yield from (f"`{name}` is no canonical id: 64 digits and letters from a to f" for name in strange)


def _named(name: str) -> str | None:
    """Return why a text is no principal of AWS's, None where it is one."""
    if is_unique_id(name):
        return f"`{name}` is the id of a deleted user or role; a new one of the same name is not meant by it"
    if ":group/" in name:
        return f"`{name}` is a group, and a group is no principal"
    if "*" in name or "?" in name:
        return f"`{name}` holds a wildcard, which a principal's ARN cannot"
    if is_caller(name) or _ACCOUNT.fullmatch(name):
        return None
    return f"`{name}` is neither an account id nor the ARN of an account, a user, a role or a session"


def _actions(statement: Statement, own: str) -> Iterator[str]:
    for name in statement.actions.entries:
        service, colon, _ = name.partition(":")
        if name != "*" and not colon:
            yield f"`{name}` is no action: it lacks the service, as in `{own}:{name}`"
        elif name != "*" and service.lower() not in {own, "*"}:
            yield f"`{name}` is an action of another service"


def no_actions(policies: Policies) -> Iterator[tuple[str, str]]:
    """Yield pointer and message for each action of S3's that is none, as names of API operations are not."""
    for placed, statement in policies.statements():
        for name in statement.actions.entries:
            if name.lower().startswith("s3:") and not _is_action(name):
                yield placed.pointer + statement.pointer, f"`{name}` is no action of S3 that is known"


def _is_action(name: str) -> bool:
    if "*" not in name and "?" not in name:
        return find(name) is not None
    match = glob(tokens(name.lower(), wildcards=True, variables=False))
    return any(match(action.name.lower()) for action in ALL)


def too_long(policies: Policies, value: Any, most: int) -> Iterator[tuple[str, str]]:
    """Yield pointer and message for each document in a fact's value that has more bytes than AWS stores."""
    for placed in policies.placed:
        if placed.policy.size * _LONGEST_FORM > most:
            document = document_of(at(value, placed.pointer))
            if document is not None and bytes_of(document) > most:
                yield placed.pointer, f"the policy is longer than the {most:,} bytes that AWS stores"


def _resources(statement: Statement, bucket_arn: str) -> Iterator[str]:
    entries = statement.resources.entries
    for entry in entries:
        bucket = "/".join(entry.split("/")[: bucket_arn.count("/") + 1])
        if (
            entry != "*"
            and "accesspoint" not in entry
            and "$" not in entry
            and bucket.rstrip("*") not in {bucket_arn, ""}
        ):
            yield f"`{entry}` is not within the bucket"
    if statement.resources.negated or statement.actions.negated or not _exact(statement):
        return
    known = [action for action in map(find, statement.actions.entries) if action is not None]
    on_objects = any("/" in entry or entry.endswith("*") for entry in entries)
    on_bucket = any("/" not in entry for entry in entries)
    if known and len(known) == len(statement.actions.entries):
        fits = [(on_objects if "object" in action.resources else on_bucket) for action in known]
        if not any(fits):
            yield "its actions fit none of its resources: object actions need `bucket/*`, bucket actions the bucket"


def _exact(statement: Statement) -> bool:
    return statement.actions.exact is not None
