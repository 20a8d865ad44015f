"""Principal and NotPrincipal: whom a statement speaks of, and how its grant comes to the caller.

AWS: "AWS JSON policy elements: Principal", "... NotPrincipal"; "Policy evaluation for requests within one account".
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from why403.domain.arn import split_arn
from why403.domain.caller import Caller
from why403.domain.principal import Kind, Principal
from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth, negation, truth_of

_ACCOUNT = re.compile(r"[0-9]{12}")
_UNIQUE_ID = re.compile(r"(AIDA|AROA|AGPA|ANPA|ASCA)[A-Z0-9]+")
_REMEMBERED = 256


class Naming(NamedTuple):
    """How far a statement names a caller: itself (or everyone), the role or user behind its session, its account."""

    direct: Truth
    role: Truth
    account: Truth


NOT_NAMED: Final = Naming(FALSE, FALSE, FALSE)
_DIRECTLY: Final = Naming(TRUE, FALSE, FALSE)
_PERHAPS: Final = Naming(UNKNOWN, UNKNOWN, UNKNOWN)


def is_unique_id(text: str) -> bool:
    """Return whether this is the bare id that AWS leaves behind when a named user or role is deleted."""
    return _UNIQUE_ID.fullmatch(text) is not None


class Principals:
    """The element of one statement, sorted by form; remembers the callers it has seen."""

    __slots__ = (
        "_may_be_behind",
        "_seen",
        "accounts",
        "arns",
        "canonical",
        "everyone",
        "names",
        "names_account",
        "negated",
        "services",
    )

    def __init__(self, element: str | Mapping[str, Sequence[str]], *, negated: bool) -> None:
        """Sort the entries of `"*"` or of a mapping from type to texts."""
        entries = {"AWS": ("*",)} if isinstance(element, str) else element
        aws = entries.get("AWS", ())
        self.negated = negated
        self.names = frozenset(aws)
        self.everyone = "*" in aws
        self.accounts = frozenset(text for text in aws if _ACCOUNT.fullmatch(text))
        self.arns = frozenset(text for text in aws if text.startswith("arn:"))
        self._may_be_behind = frozenset(_roles_and_users(self.arns))
        self.services = frozenset(entries.get("Service", ()))
        self.canonical = tuple(entries.get("CanonicalUser", ()))
        self.names_account = bool(self.accounts or self.canonical) or any(arn.endswith(":root") for arn in self.arns)
        self._seen: dict[Caller, Naming] = {}

    def naming(self, caller: Caller) -> Naming:
        """Return how far the entries name this caller, whether or not the element is a NotPrincipal."""
        found = self._seen.get(caller)
        if found is None:
            found = self._name(caller)
            if caller.too_long:
                return found
            if len(self._seen) >= _REMEMBERED:
                self._seen.clear()
            self._seen[caller] = found
        return found

    def _name(self, caller: Caller) -> Naming:
        principal = caller.principal
        if self.everyone or (principal.kind is Kind.SERVICE and self._names_service(principal.arn)):
            return _DIRECTLY
        if principal.kind is Kind.ORIGIN:
            # Its canonical id is that of no account.
            return Naming(max(truth_of(principal.arn in self.arns), self._canonical(caller)), FALSE, FALSE)
        if not principal.signed:
            return NOT_NAMED
        if principal.kind is Kind.UNKNOWN:
            return _PERHAPS
        account = max(self._account(principal), self._canonical(caller))
        if principal.kind is Kind.ROOT:
            return Naming(account, FALSE, FALSE)
        return Naming(self._directly(caller), self._behind(caller), account if caller.by_account else FALSE)

    def _account(self, principal: Principal) -> Truth:
        """Return whether the caller's account is named, by its id or by the ARN of its root."""
        root = f"arn:{principal.partition}:iam::{principal.account}:root"
        return truth_of(principal.account in self.accounts or root in self.arns)

    def _names_service(self, name: str) -> bool:
        return name in self.services or "*" in self.services

    def _directly(self, caller: Caller) -> Truth:
        principal = caller.principal
        if principal.kind is Kind.ROLE:
            return UNKNOWN if any(_is_session_of(arn, caller) for arn in self.arns) else FALSE
        return truth_of(principal.arn in self.arns)

    def _behind(self, caller: Caller) -> Truth:
        principal = caller.principal
        if principal.kind is Kind.ROLE:
            return truth_of(principal.arn in self.arns)
        if principal.kind not in {Kind.SESSION, Kind.FEDERATED}:
            return FALSE
        if caller.issuer is not None:
            return truth_of(caller.issuer in self.arns)
        return UNKNOWN if _behind_of(principal) in self._may_be_behind else FALSE

    def _canonical(self, caller: Caller) -> Truth:
        best = FALSE
        for name in self.canonical:
            account = caller.canonical_ids.get(name)
            best = max(best, UNKNOWN if account is None else truth_of(account == caller.principal.account))
        return best

    def hit(self, caller: Caller, bounded: Truth) -> Truth:
        """Return whether a Deny statement with this element speaks of the caller; it reaches wider than an Allow.

        `bounded` says whether the caller has a permissions boundary: a Deny with NotPrincipal then hits it whatever
        the list says.
        """
        naming = self.naming(caller)
        named = max(naming)
        if not self.negated:
            return named
        kind = caller.principal.kind
        if kind in {Kind.SERVICE, Kind.ORIGIN, Kind.ANONYMOUS, Kind.ROOT}:
            return negation(named)
        return max(negation(self._spared(naming)), bounded)

    def half_listed(self, caller: Caller) -> bool:
        """Return whether a NotPrincipal lists a caller without its account, or its account alone, for certain."""
        naming = self.naming(caller)
        return self.negated and UNKNOWN not in naming and self._spared(naming) == UNKNOWN

    def _spared(self, naming: Naming) -> Truth:
        """Return whether a NotPrincipal spares an IAM caller: it must list the account beside the user or role.

        AWS leaves open what a list of only one of them does, so that is in doubt.
        """
        itself = max(naming.direct, naming.role)
        both = min(itself, naming.account)
        return TRUE if self.everyone else UNKNOWN if both != max(itself, naming.account) else both


def _is_session_of(text: str, caller: Caller) -> bool:
    """Return whether an ARN names some session of the role that calls."""
    arn, principal = split_arn(text), caller.principal
    return (
        arn is not None
        and (arn.partition, arn.service, arn.account) == (principal.partition, "sts", principal.account)
        and arn.rest.startswith(f"assumed-role/{principal.name}/")
    )


_Behind: TypeAlias = tuple[str, str, str]
"""Partition, account, and the name of a role or empty for any user: what a session without known issuer tells."""


def _behind_of(principal: Principal) -> _Behind:
    """Return what is known of who is behind a session: a role's name without its path, nothing of which user."""
    return principal.partition, principal.account, "" if principal.kind is Kind.FEDERATED else principal.name


def _roles_and_users(arns: Iterable[str]) -> Iterator[_Behind]:
    for text in arns:
        arn = split_arn(text)
        if arn is not None and arn.service == "iam" and arn.rest.startswith(("role/", "user/")):
            name = "" if arn.rest.startswith("user/") else arn.rest.rpartition("/")[2]
            yield arn.partition, arn.account, name
