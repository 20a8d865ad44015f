"""A statement compiled: which requests it speaks of, in three truth values."""

import re
from collections.abc import Iterable
from typing import Final

from why403.domain.arn import NOT_TOLD
from why403.domain.caller import Caller
from why403.domain.request import AccessRequest
from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth
from why403.policy.condition import Disputed, compiled
from why403.policy.document import Element, StatementText
from why403.policy.principal import NOT_NAMED, Naming, Principals
from why403.policy.template import Tokens, joined, resolved, tokens, variables_in
from why403.policy.wildcard import ARN_SEGMENTS, Matcher, any_of, glob, holds_variable, resource_glob


class Actions:
    """Action or NotAction: case does not matter; the exact names are kept for the policy's index."""

    __slots__ = ("_match", "entries", "exact", "negated")

    def __init__(self, element: Element) -> None:
        """Compile the entries."""
        lower = tuple(entry.lower() for entry in element.entries)
        self.entries = element.entries
        self.negated = element.negated
        self.exact = frozenset(lower) if not any("*" in entry or "?" in entry for entry in lower) else None
        self._match = any_of([tokens(entry, wildcards=True, variables=False) for entry in lower], glob)

    def match(self, action: str) -> bool:
        """Return whether the element covers an action given in lower case."""
        return self._match(action) is not self.negated


class Resources:
    """Resource or NotResource; entries with variables are resolved against each request's context."""

    __slots__ = ("_fixed", "_moving", "entries", "negated", "variables")

    def __init__(self, element: Element, *, variables: bool) -> None:
        """Compile the entries."""
        self.entries = element.entries
        self.negated = element.negated
        patterns = [_resource_tokens(entry, variables=variables) for entry in element.entries]
        self._fixed = any_of([parts for parts in patterns if not holds_variable(parts)], resource_glob)
        self._moving = tuple(parts for parts in patterns if holds_variable(parts))
        self.variables = frozenset(key for parts in self._moving for key in variables_in(parts))

    @property
    def plain(self) -> Matcher | None:
        """Return a matcher of the resource's ARN alone, None if the element takes more than that."""
        return None if self._moving or self.negated else self._fixed

    def match(self, request: AccessRequest) -> Truth:
        """Return whether the element covers the request's resource."""
        if self._fixed(request.resource.arn):
            truth = TRUE
        elif self._moving:
            truth = self._resolved(request)
        else:
            truth = FALSE
        if truth == FALSE and request.resource.vague and any(self._perhaps(each, request) for each in self.entries):
            truth = UNKNOWN
        return 2 - truth if self.negated else truth

    def _perhaps(self, entry: str, request: AccessRequest) -> bool:
        """Return whether an entry may cover a resource whose Region or account, or which key, is not known."""
        asked, written = request.resource.arn.split(":"), entry.split(":", ARN_SEGMENTS - 1)
        if len(written) < ARN_SEGMENTS:  # wildcards may stand for several segments
            known, head = request.resource.arn.partition(NOT_TOLD)[0], re.split(r"[*?$]", entry, maxsplit=1)[0]
            return known.startswith(head) or head.startswith(known)
        for place in (_REGION, _ACCOUNT):
            if asked[place] == NOT_TOLD:
                written[place] = NOT_TOLD
        if asked[_REST] == _ANY_KEY and _ANY_KEY.startswith(
            re.split(r"[*?$]", written[_REST], maxsplit=1)[0][:_BEFORE]
        ):
            written[_REST] = NOT_TOLD
        parts, _ = resolved(_resource_tokens(":".join(written), variables=bool(self._moving)), _nothing_known, 0)
        return parts is None or resource_glob(parts)(request.resource.arn)

    def may_cover_bucket(self, partition: str) -> bool:
        """Return whether the element covers some bucket or object of a partition; it may say yes where none is."""
        if self.negated:
            return True
        bucket = f"arn:{partition}:s3:::"
        heads = (_HEAD.split(entry, maxsplit=1)[0] for entry in self.entries)
        return any(head.startswith(bucket) or bucket.startswith(head) for head in heads)

    def _resolved(self, request: AccessRequest) -> Truth:
        """Return whether an entry with variables covers the resource; words ask for that again and again."""
        found: Truth | None = request.noted.get(self)
        if found is None:
            found = request.noted[self] = self._in_context(request)
        return found

    def _in_context(self, request: AccessRequest) -> Truth:
        best = FALSE
        for parts in self._moving:
            found, known = resolved(parts, request.context.__getitem__, len(request.resource.arn))
            if found is not None and resource_glob(found)(request.resource.arn):
                if known:
                    return TRUE
                best = UNKNOWN
        return best


def _resource_tokens(entry: str, *, variables: bool) -> Tokens:
    """Return the tokens of a resource: variables count only after the fifth colon, the service knows no wildcards."""
    *before, last = entry.split(":", ARN_SEGMENTS - 1)
    found: Tokens = ()
    for index, segment in enumerate(before):
        found = joined(found, tokens(segment + ":", wildcards=index != _SERVICE, variables=False))
    live = variables and len(before) == ARN_SEGMENTS - 1
    return joined(found, tokens(last, wildcards=len(before) != _SERVICE, variables=live))


def _nothing_known(_key: str) -> None:
    return None


_SERVICE: Final = 2
_REGION: Final = 3
_ACCOUNT: Final = 4
_HEAD: Final = re.compile(r"[*?$]")
_REST: Final = 5
_ANY_KEY: Final = f"key/{NOT_TOLD}"
_BEFORE: Final = len(_ANY_KEY) - len(NOT_TOLD)
EVERY_CALLER: Final = Naming(TRUE, FALSE, FALSE)


class Statement:
    """One statement, ready to be judged; treat it as immutable."""

    __slots__ = ("actions", "allow", "conditions", "covers", "index", "pointer", "principals", "resources", "sid")

    def __init__(self, text: StatementText, index: int, *, variables: bool) -> None:
        """Compile a statement of the grammar."""
        self.sid, self.index, self.pointer, self.allow = text.sid, index, text.pointer, text.allow
        self.actions = Actions(text.actions)
        self.resources = Resources(text.resources, variables=variables)
        self.covers = self.resources.plain
        self.conditions = tuple(
            compiled(name, key, values, variables=variables) for name, key, values in text.conditions
        )
        self.principals = (
            None if text.principals is None else Principals(text.principals, negated=text.principals_negated)
        )

    def matches(self, request: AccessRequest) -> Truth:
        """Return whether resource and conditions match; the action is the policy's index's business."""
        covers, resource = self.covers, request.resource
        if covers is not None and covers(resource.arn):
            truth = TRUE
        elif covers is not None and not resource.vague:
            return FALSE
        else:
            truth = self.resources.match(request)
            if truth == FALSE:
                return FALSE
        context = request.context
        for condition in self.conditions:
            met = condition.holds(context)
            if met < truth:
                if met == FALSE:
                    return FALSE
                truth = met
        return truth

    def may_match_bucket(self, request: AccessRequest) -> Truth:
        """Return UNKNOWN if the statement may speak of the request to some bucket, whichever that is, else FALSE."""
        if any(condition.holds(request.context) == FALSE for condition in self.conditions):
            return FALSE
        return UNKNOWN if self.resources.may_cover_bucket(request.resource.partition) else FALSE

    @property
    def points(self) -> frozenset[str]:
        """Return the open points of AWS's documentation that its conditions touch."""
        return frozenset(each.point for each in self.conditions if isinstance(each, Disputed))

    def hits(self, caller: Caller, bounded: Truth) -> Truth:
        """Return whether a Deny of a resource's policy speaks of the caller."""
        return TRUE if self.principals is None else self.principals.hit(caller, bounded)

    def naming(self, caller: Caller) -> Naming:
        """Return how an Allow of a resource's policy names the caller; with NotPrincipal, all but the listed."""
        if self.principals is None:
            return EVERY_CALLER
        found = self.principals.naming(caller)
        if not self.principals.negated:
            return found
        return NOT_NAMED if max(found) == TRUE else Naming(2 - max(found), FALSE, FALSE)


def covering(statements: Iterable[Statement], action: str, *, allow: bool) -> tuple[Statement, ...]:
    """Return the statements of one effect whose action element covers the action."""
    return tuple(each for each in statements if each.allow is allow and each.actions.match(action))
