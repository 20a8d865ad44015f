"""What is wrong with a Resource that does not cover the resource asked for.

A rule rewrites an entry into what may have been meant; it holds only if that covers the resource.
"""

import re
from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

from why403.domain.arn import Arn, split_arn
from why403.domain.context import MULTIVALUED
from why403.domain.remembered import characters, remembered, remembered_by
from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE
from why403.policy.document import VARIABLES_SINCE, Element
from why403.policy.hints.remark import Remark
from why403.policy.hints.spelling import slip
from why403.policy.statement import Resources
from why403.policy.template import Variable, tokens
from why403.policy.wildcard import ARN_SEGMENTS

_THROUGH: Final = "/object/"
_POINT: Final = "accesspoint/"
_HEAD: Final = re.compile(r"[^*?$]*")


class Written(NamedTuple):
    """An entry, its segments if it is an ARN, and what it names: the bucket or access point, and the key if any."""

    entry: str
    arn: Arn | None
    name: str
    key: str | None
    variables: bool
    """Whether the document's variables are live."""
    head: str
    """What comes before the first wildcard or variable."""
    slashless: str
    """The same without slashes."""
    lowered: str
    """The same in lower case."""
    plain: str | None = None
    """The partition, if it is the ARN of a bucket or of what is in one."""


Rule: TypeAlias = Callable[[Written, AccessRequest], Remark | None]


def of_resources(resources: Resources, request: AccessRequest) -> Remark | None:
    """Return what is wrong with the first entry of which that can be told."""
    variables, asked, entries = bool(resources.variables), request.resource, resources.entries
    by_name = None if asked.bucket is None or asked.access_point else asked.partition
    for entry in entries if asked.bucket is None else _familiar(_Among(entries, asked.partition, asked.bucket)):
        written = _written((entry, variables))
        for rule in _RULES if by_name is None or written.plain != by_name else _OF_PLAIN:
            found = rule(written, request)
            if found is not None and covers(found.suggestion or "", request, variables=variables):
                return found
        remark = _of_variables(entry, resources, request) if "${" in entry else None
        if remark is not None:
            return remark
    return None


def _entry(of: tuple[str, bool]) -> int:
    return len(of[0])


def covers(entry: str, request: AccessRequest, *, variables: bool) -> bool:
    """Return whether an entry covers the resource asked for, or may."""
    arn, head = request.resource.arn, _head(entry)
    if not arn.startswith(head):
        return False
    if len(entry) == len(head):
        return arn == entry
    if len(entry) == len(head) + 1 and entry[-1] == "*" and head.count(":") >= ARN_SEGMENTS - 1:
        return True
    return _resources((entry, variables)).match(request) != FALSE


@remembered_by(_entry, 2048)
def _resources(of: tuple[str, bool]) -> Resources:
    entry, variables = of
    return Resources(Element(entries=(entry,), negated=False), variables=variables)


class _Among(NamedTuple):
    entries: tuple[str, ...]
    partition: str
    bucket: str

    def characters(self) -> int:
        return characters(self.entries) + len(self.bucket)


@remembered_by(_Among.characters, 8192, longest=2**16)  # a statement may list hundreds of resources
def _familiar(among: _Among) -> tuple[str, ...]:
    """Return the entries that may have to do with a bucket; remembered, because most have nothing to do with it."""
    entries, partition, bucket = among
    return tuple(entry for entry in entries if not _strange(entry, partition, bucket))


def _strange(entry: str, partition: str, bucket: str) -> bool:
    """Return whether an entry is plainly about another bucket, so that no rule has anything to say."""
    start = f"arn:{partition}:s3:::"
    if not entry.startswith(start):
        return False
    name = entry[len(start) :].partition("/")[0]
    if _head(name) != name or name.startswith(bucket) or bucket.startswith(name):
        return False
    return name.lower() != bucket.lower() and not slip(name, bucket)


@remembered_by(_entry, 8192)
def _written(of: tuple[str, bool]) -> Written:
    entry, variables = of
    arn, head = split_arn(entry), _head(entry)
    heads = head, head.replace("/", ""), head.lower()
    if arn is None:
        return Written(entry, None, "", None, variables, *heads)
    through = _THROUGH if arn.rest.startswith(_POINT) else "/"
    name, found, key = arn.rest.partition(through)
    in_bucket = arn.service == "s3" and not (arn.region or arn.account) and through == "/"
    plain = arn.partition if in_bucket else None
    return Written(entry, arn, name, key if found else None, variables, *heads, plain)


def _no_arn(written: Written, request: AccessRequest) -> Remark | None:
    if written.arn is not None:
        return None
    meant = f"arn:{request.resource.partition}:s3:::{written.entry.removeprefix('s3://').lstrip('/')}"
    return Remark(written.entry, "is no ARN; `{value}` may be meant", meant, meant)


def _partition(written: Written, request: AccessRequest) -> Remark | None:
    own = request.resource.partition
    if written.arn is None or written.arn.partition == own:
        return None
    meant = ":".join(("arn", own, *written.arn[1:]))
    return Remark(written.entry, "is of another partition; the resource is in `{value}`", own, meant)


def _account(written: Written, request: AccessRequest) -> Remark | None:
    arn = written.arn
    if arn is None or arn.service != "s3" or not (arn.region or arn.account):
        return None
    if written.name.startswith(_POINT) or request.resource.bucket is None:
        return None
    meant = f"arn:{arn.partition}:s3:::{arn.rest}"
    return Remark(written.entry, "has a Region or account, which the ARN of a bucket lacks: `{value}`", meant, meant)


def _container(written: Written, request: AccessRequest) -> Remark | None:
    """The bucket or access point is named where an object is asked for."""
    if request.resource.key is None or written.arn is None or written.key is not None:
        return None
    point = written.name.startswith(_POINT)
    what, meant = ("access point", f"{written.entry}{_THROUGH}*") if point else ("bucket", f"{written.entry}/*")
    return Remark(written.entry, f"names the {what}; objects need `{{value}}`", meant, meant)


def _objects(written: Written, request: AccessRequest) -> Remark | None:
    """Objects are named where the bucket or access point is asked for."""
    if request.resource.key is not None or written.key is None:
        return None
    meant = written.entry[: written.entry.find(_THROUGH if written.name.startswith(_POINT) else "/")]
    what = "access point" if request.resource.access_point else "bucket"
    asks = "listing" if request.action_key.startswith("s3:list") else request.action
    return Remark(written.entry, "names the objects; {value}'s own ARN", f"{asks} asks for the {what}", meant)


def _access_point(written: Written, request: AccessRequest) -> Remark | None:
    """A bucket is named where the request goes through an access point, or an access point where it does not."""
    arn, asked = written.arn, request.resource
    if arn is None or arn.service != "s3":
        return None
    if asked.access_point and not arn.region and not arn.account:
        meant = asked.access_point if asked.key is None else f"{asked.access_point}{_THROUGH}*"
        clause = "names a bucket; through the access point the ARN is `{value}`"
    elif asked.bucket and written.name.startswith(_POINT):
        meant = asked.bucket_arn if asked.key is None else f"{asked.bucket_arn}/*"
        behind = bool(request.context["s3:dataaccesspointarn"])
        what = "the bucket behind it is asked for as well" if behind else "the request is to the bucket itself"
        clause = f"names an access point; {what}, `{{value}}`"
    else:
        return None
    return Remark(written.entry, clause, meant, meant)


def _letter_case(written: Written, request: AccessRequest) -> Remark | None:
    head = written.head
    start = request.resource.arn[: len(head)]
    if head == start or written.lowered != start.lower():
        return None
    meant = start + written.entry[len(head) :]
    return Remark(written.entry, "differs from `{value}` in letter case only", meant, meant)


def _slash(written: Written, request: AccessRequest) -> Remark | None:
    """There is one slash too many or too few where the entry and the resource part."""
    arn, entry, head = request.resource.arn, written.entry, written.head
    if not arn.replace("/", "").startswith(written.slashless):
        return None
    same = _parting(arn, head)
    # A slash before a wildcard is meant; without it the entry would cover more.
    if head[same : same + 1] == "/" and (same == len(arn) or same + 1 < len(head) or head[same - 1] == "/"):
        meant = entry[:same] + entry[same + 1 :]
    elif arn[same : same + 1] == "/":
        meant = f"{entry[:same]}/{entry[same:]}"
    else:
        return None
    return Remark(entry, "differs from `{value}` in a slash", meant, meant)


def _folder(written: Written, request: AccessRequest) -> Remark | None:
    """A folder is named where something in it is asked for."""
    meant = written.entry.rstrip("/") + "/"
    if written.key is None or not request.resource.arn.startswith(meant):
        return None
    return Remark(written.entry, "names one object; what is under it needs `{value}`", f"{meant}*", f"{meant}*")


def _parting(first: str, second: str) -> int:
    """Return where two texts part."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((index for index, (one, other) in pairs if one != other), min(len(first), len(second)))


def _typo(written: Written, request: AccessRequest) -> Remark | None:
    """The bucket, or the first segment of the key's prefix, may be a slip of the one asked for."""
    bucket, key = request.resource.bucket, request.resource.key
    if not bucket or written.arn is None:
        return None
    start = len(written.entry) - len(written.arn.rest)
    ours, theirs = written.name, bucket
    if ours == bucket and key and written.key:
        start += len(bucket) + 1
        ours, theirs = written.key.partition("/")[0], key.partition("/")[0]
    if _head(ours) != ours or not slip(ours, theirs):
        return None
    meant = written.entry[:start] + theirs + written.entry[start + len(ours) :]
    return Remark(ours, "may be meant for `{value}`", theirs, meant)


_RULES: Final[tuple[Rule, ...]] = (
    _no_arn,
    _partition,
    _account,
    _container,
    _objects,
    _access_point,
    _letter_case,
    _slash,
    _folder,
    _typo,
)
_OF_PLAIN: Final = tuple(each for each in _RULES if each not in {_no_arn, _partition, _account, _access_point})
"""Those that may say something where a bucket of the same partition is written and asked for by its name."""


@remembered(8192)
def _head(entry: str) -> str:
    """Return what comes before the first wildcard or variable."""
    found = _HEAD.match(entry)
    return found[0] if found else ""


def _of_variables(entry: str, resources: Resources, request: AccessRequest) -> Remark | None:
    """Return what keeps a policy variable from standing for anything; only where all before it fits."""
    head, variables = _head(entry), _variables(entry)
    if not variables or head.count(":") < ARN_SEGMENTS - 1 or not request.resource.arn.startswith(head):
        return None
    if not resources.variables:
        clause = "holds a variable, which is plain text in a document of a Version before {value}"
        return Remark(entry, clause, VARIABLES_SINCE) if covers(entry, request, variables=True) else None
    lacks = next((what for each in variables if (what := _lacks(each, request)) is not None), None)
    return None if lacks is None else Remark(entry, "covers nothing, because {value}", lacks)


@remembered(2048)
def _variables(entry: str) -> tuple[Variable, ...]:
    return tuple(part for part in tokens(entry, wildcards=True, variables=True) if isinstance(part, Variable))


def _lacks(variable: Variable, request: AccessRequest) -> str | None:
    actual = request.context[variable.key]
    if variable.key in MULTIVALUED or (actual is not None and len(actual) > 1):
        return f"`${{{variable.key}}}` may have several values"
    known = actual is None or len(actual) == 1 or variable.default is not None
    return None if known else f"`${{{variable.key}}}` has no value here"
