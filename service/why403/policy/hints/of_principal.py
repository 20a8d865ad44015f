"""What is wrong with a Principal that does not name the caller."""

from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

from why403.domain.arn import Arn, split_arn
from why403.domain.principal import Kind
from why403.domain.request import AccessRequest
from why403.policy.hints.remark import Remark
from why403.policy.principal import Principals, is_unique_id

_ROLES: Final = frozenset({Kind.ROLE, Kind.SESSION})
_LEFT_BEHIND: Final = {"AROA": "role", "AIDA": "user"}


class _Known(NamedTuple):
    """The caller as a Principal would name it: the role or user, what it is called, and the caller's own ARN."""

    arn: Arn
    text: str
    called: str
    session: str
    account: str


Rule: TypeAlias = Callable[[str, Arn, _Known], Remark | None]


def of_principals(principals: Principals, request: AccessRequest) -> Remark | None:
    """Return what is wrong with an entry, by the closest rule that has something to say."""
    caller = request.principal
    if principals.negated:
        return None
    entries = sorted(principals.names)
    if caller.kind is Kind.ANONYMOUS and entries:
        return Remark(entries[0], "names a caller who signs; this one is anonymous")
    known = _known(request)
    if known is None:
        return None
    arns = [(entry, arn) for entry in entries if (arn := split_arn(entry)) is not None]
    for rule in _RULES:
        for entry, arn in arns:
            found = rule(entry, arn, known)
            if found is not None:
                return found
    return _dead(entries, known) or _accounts(entries, known)


def delegates(principals: Principals, request: AccessRequest) -> Remark | None:
    """Return what to say of a Principal that names the caller's account and nothing closer."""
    naming = principals.naming(request.caller)
    if principals.negated or naming.direct or naming.role or not naming.account:
        return None
    account = request.principal.account
    entry = next((each for each in sorted(principals.names) if account in each), account)
    return Remark(entry, "only lets the account decide by its own policies; it does not name the caller")


def _known(request: AccessRequest) -> _Known | None:
    caller = request.principal
    text = (request.issuer or "") if caller.kind is Kind.SESSION else caller.arn
    arn = split_arn(text)
    if arn is None:
        if caller.kind is not Kind.SESSION:
            return None
        text = ""
        arn = Arn(caller.partition, "iam", "", caller.account, f"role/{caller.name}")
    called = "the caller's role" if caller.kind in _ROLES else "the caller"
    return _Known(arn, text, called, caller.session, caller.account)


def _other_session(entry: str, arn: Arn, known: _Known) -> Remark | None:
    role = known.arn.rest.rpartition("/")[2]
    start = f"assumed-role/{role}/"
    if not known.session or (arn.service, arn.account) != ("sts", known.account) or not arn.rest.startswith(start):
        return None
    clause = "names another session of the role; the caller's is {value}"
    return Remark(entry, clause, known.session, known.text or None)


def _wildcard(entry: str, arn: Arn, known: _Known) -> Remark | None:
    if "*" not in arn.rest or arn.account != known.account:
        return None
    return Remark(entry, "holds a wildcard, which is none in a Principal", "", known.text or None)


def _letter_case(entry: str, arn: Arn, known: _Known) -> Remark | None:
    if entry == known.text or arn.rest.lower() != known.arn.rest.lower() or entry.lower() != known.text.lower():
        return None
    return Remark(entry, "differs from `{value}` in letter case only", known.text, known.text)


def _path(entry: str, arn: Arn, known: _Known) -> Remark | None:
    """The last part of the name is right, what stands before it is not."""
    (what, _, path), (ours, _, own) = arn.rest.partition("/"), known.arn.rest.partition("/")
    alike = what == ours and path.rpartition("/")[2] == own.rpartition("/")[2] and path != own
    return _named(entry, arn, known) if alike and _of(arn) == _of(known.arn) else None


def _partition(entry: str, arn: Arn, known: _Known) -> Remark | None:
    if arn.partition == known.arn.partition or arn[1:] != known.arn[1:]:
        return None
    return Remark(entry, "is of another partition; the caller is in `{value}`", known.arn.partition, known.text or None)


def _elsewhere(entry: str, arn: Arn, known: _Known) -> Remark | None:
    """The same name in another account."""
    if arn.account == known.account or arn.rest != known.arn.rest or arn.rest == "root":
        return None
    clause = f"is of another account, {known.called} is of {{value}}"
    return Remark(entry, clause, known.account, known.text or None)


def _another(entry: str, arn: Arn, known: _Known) -> Remark | None:
    """Another role or user of the same account."""
    same = _of(arn) == _of(known.arn) and arn.rest not in {known.arn.rest, "root"}
    return _named(entry, arn, known) if same else None


def _of(arn: Arn) -> tuple[str, str, str]:
    return arn.partition, arn.service, arn.account


def _named(entry: str, arn: Arn, known: _Known) -> Remark:
    is_ = f"{known.called} is {known.arn.rest}"
    return Remark(entry, "names {value}", f"{arn.rest}, {is_}", known.text or None)


_RULES: Final[tuple[Rule, ...]] = (
    _other_session,
    _path,
    _letter_case,
    _partition,
    _elsewhere,
    _wildcard,
    _another,
)


def _dead(entries: list[str], known: _Known) -> Remark | None:
    """An id is left where the role or user was deleted; one created again under the same name is not meant by it."""
    what = known.arn.rest.partition("/")[0]
    for entry in filter(is_unique_id, entries):
        left = _LEFT_BEHIND.get(entry[:4], "identity")
        clause = "is the id of a deleted {value}, and names nobody"
        return Remark(entry, clause, left, known.text or None if left == what else None)
    return None


def _accounts(entries: list[str], known: _Known) -> Remark | None:
    for entry in entries:
        arn = split_arn(entry)
        named = entry if arn is None and entry.isdigit() else arn.account if arn is not None else ""
        if named and known.account and named != known.account:
            return Remark(entry, "is of another account, the caller is of {value}", known.account)
    return None
