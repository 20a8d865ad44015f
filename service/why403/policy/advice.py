"""What S3 would refuse to store in a bucket's policy although its grammar is right; it is judged as written.

AWS: "Bucket policies for Amazon S3"; "AWS JSON policy elements: Principal".
"""

from collections.abc import Iterator

from why403.domain.actions import find
from why403.domain.arn import EXPRESS, split_arn
from why403.policy.compiled import Policies
from why403.policy.principal import is_unique_id
from why403.policy.statement import Statement


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
    for name in sorted(principals.names):
        if is_unique_id(name):
            yield f"`{name}` is the id of a deleted user or role; a new one of the same name is not meant by it"
        elif ":group/" in name:
            yield f"`{name}` is a group, and a group is no principal"
        elif name != "*" and ("*" in name or "?" in name):
            yield f"`{name}` holds a wildcard, which a principal's ARN cannot"


def _actions(statement: Statement, own: str) -> Iterator[str]:
    for name in statement.actions.entries:
        service, colon, _ = name.partition(":")
        if name != "*" and not colon:
            yield f"`{name}` is no action: it lacks the service, as in `{own}:{name}`"
        elif name != "*" and service.lower() not in {own, "*"}:
            yield f"`{name}` is an action of another service"


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
