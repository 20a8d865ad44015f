"""When a call needs a further permission: each condition in words, and how it reads the parameters."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from why403.domain.operations.parameters import UNREAD, Parameters
from why403.domain.operations.tags import object_tags, resource_tags
from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth, truth_of


class When(NamedTuple):
    """A condition of a row of the table."""

    words: str
    holds: Callable[[Parameters], Truth]


def sends(*names: str, besides: str | None = None) -> When:
    """Return the condition that any of some parameters is sent, with another value than `besides`."""

    def holds(sent: Parameters) -> Truth:
        return max(FALSE if besides and sent.get(name) == besides else sent.sent(name) for name in names)

    exception = f" other than `{besides}`" if besides else ""
    return When(" or ".join(f"`{name}`" for name in names) + exception + " is sent", holds)


def switched_on(name: str) -> When:
    """Return the condition that a switch is sent and on."""
    return When(f"`{name}` is true", lambda sent: sent.flag(name))


def _tags_object(sent: Parameters) -> Truth:
    return truth_of(bool(object_tags(sent))) if "Tagging" in sent.values else sent.unlisted


def _tags_new_bucket(sent: Parameters) -> Truth:
    listed = "CreateBucketConfiguration" in sent.values
    return truth_of(bool(resource_tags(sent))) if listed else sent.unlisted


def _tags_new_resource(sent: Parameters) -> Truth:
    return truth_of(bool(resource_tags(sent))) if "Tags" in sent.values else sent.unlisted


def _copies_tags(sent: Parameters) -> Truth:
    directive = sent.text("TaggingDirective")
    if directive is None:  # COPY is what S3 does unless told otherwise
        copied = TRUE if "TaggingDirective" in sent.values or sent.unlisted == FALSE else UNKNOWN
    else:
        copied = truth_of(directive != "REPLACE")
    tags = sent.known("source.object.tags")
    return min(copied, UNKNOWN if tags is UNREAD else truth_of(bool(tags)))


_GRANTS: Final = ("GrantFullControl", "GrantRead", "GrantReadACP", "GrantWrite", "GrantWriteACP")


def grant_headers(parameters: Mapping[str, object]) -> Mapping[str, object]:
    """Return the parameters that each give one permission of an ACL to somebody, as far as they were sent."""
    return {name: parameters[name] for name in _GRANTS if parameters.get(name)}


ALWAYS: Final = When("", lambda _: TRUE)
ACL: Final = sends("ACL", *_GRANTS)
BUCKET_ACL: Final = sends("ACL", *_GRANTS, besides="private")
TAGS: Final = When("`Tagging` holds a tag", _tags_object)
BUCKET_TAGS: Final = When("`CreateBucketConfiguration` holds a tag", _tags_new_bucket)
RESOURCE_TAGS: Final = When("`Tags` holds a tag", _tags_new_resource)
RETENTION: Final = sends(
    "ObjectLockMode",
    "ObjectLockRetainUntilDate",
    "ObjectLockEventHold",
    "ObjectLockEventHoldDurationDays",
    "ObjectLockEventHoldDurationYears",
)
LEGAL_HOLD: Final = sends("ObjectLockLegalHoldStatus")
IF_MATCH: Final = sends("IfMatch")
IF_MATCH_ETAG: Final = sends("IfMatch", besides="*")
BYPASS: Final = switched_on("BypassGovernanceRetention")
CHECKSUM: Final = sends("ChecksumMode")
PERHAPS: Final = When("nothing tells: AWS names it without saying when", lambda _: UNKNOWN)
OBJECT_LOCK: Final = switched_on("ObjectLockEnabledForBucket")
OWNERSHIP: Final = sends("ObjectOwnership")
COPIED_TAGS: Final = When("the source has tags and `TaggingDirective` is not `REPLACE`", _copies_tags)
TAGS_OR_COPIED_TAGS: Final = When(
    f"{TAGS.words}, or {COPIED_TAGS.words}",
    lambda sent: max(TAGS.holds(sent), COPIED_TAGS.holds(sent)),
)
COPIED_ANNOTATIONS: Final = When(
    "`AnnotationDirective` is `COPY`",
    lambda sent: truth_of(sent.text("AnnotationDirective") == "COPY"),
)
