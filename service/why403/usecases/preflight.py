"""Trying which calls of the loaded layers the service may make in an account, without deciding anything.

AWS: "GetCallerIdentity" (AWS STS API Reference), which no policy can refuse.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from why403.collecting import ORGANIZATION, AwsCall, Read
from why403.domain.arn import split_arn
from why403.domain.errors import Fault, InvalidInput
from why403.domain.evidence import Absent, Found, Observation, Unreadable
from why403.domain.permissions import of_organization
from why403.domain.principal import Kind, principal
from why403.gathering import Answer, Desk
from why403.layer import Layer
from why403.services import Services
from why403.usecases.layers import describe_layers
from why403.usecases.permissions import calls_of

NOBODY: Final = "why403-preflight"
"""The name of no user or role; IAM looks for it only for those who may ask, so that not finding it is an answer."""
WHO: Final = AwsCall(service="sts", operation="GetCallerIdentity", permission="sts:GetCallerIdentity", keep=0)
_NOT_THERE: Final = (
    *("NoSuchEntity", "NotFoundException", "ResourceNotFoundException", "AWSOrganizationsNotInUseException"),
    *("ChildNotFoundException", "PolicyNotFoundException", "TargetNotFoundException"),
)
# What came of a read that somebody must change something for; whatever else failed may work the next time.
_REFUSED: Final = frozenset({"credentials", "denied", "refused", "role", "wrong_account"})
_ACCOUNT: Final = re.compile(r"[0-9]{12}")
_BUCKET: Final = re.compile(r"[A-Za-z0-9._-]{3,255}")
_PLACEHOLDER: Final = re.compile(r"\{(account|partition|bucket|principal)\}")
_NAMED: Final = frozenset({Kind.USER, Kind.ROLE, Kind.SESSION})
_NO_CREDENTIALS: Final = "the service does not read AWS: it has no AWS credentials, or `WHY403_COLLECT` is `off`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What the calls are tried on; `name` is a user's or role's."""

    account: str
    bucket: str | None = None
    name: str | None = None


class Tried(NamedTuple):
    """What came of one call: whether it can be made, None where that is not known, in which account, and why."""

    readable: bool | None
    account: str | None
    because: str


def trial_on(given: Mapping[str, str]) -> Trial:
    """Return what to try the calls on; raise InvalidInput with pointers to `account`, `bucket` and `principal`."""
    faults = []
    account, bucket, named = (given.get(name) for name in ("account", "bucket", "principal"))
    if account is None or not _ACCOUNT.fullmatch(account):
        faults.append(Fault("/account", "must be a 12-digit account id"))
    if bucket is not None and not _BUCKET.fullmatch(bucket):
        faults.append(Fault("/bucket", "must be the name of a bucket"))
    try:
        who = principal(named) if named is not None else None
    except InvalidInput as error:
        faults.extend(error.below("/principal").faults)
        who = None
    if who is not None and who.kind not in _NAMED:
        faults.append(Fault("/principal", "must be the ARN of a user, a role or a session of one"))
    if faults or account is None:
        raise InvalidInput(faults)
    return Trial(account=account, bucket=bucket, name=who.name if who else None)


def preflight(services: Services, trial: Trial, organization_account: str | None = None) -> dict[str, Any]:
    """Return the layers, each with what came of its calls; `organization_account` is where the organization is read."""
    trying = _Trying(services, trial, organization_account)
    who = trying.who()
    tried = trying.of(calls_of(each for layer in services.registry.layers for each in layer.collectors), who)
    answer = describe_layers(services)
    for described, layer in zip(answer["layers"], services.registry.layers, strict=True):
        described.update(_of_layer(layer, tried))
        for provided, fact in zip(described["provides"], layer.provides, strict=True):
            reads = calls_of(each for each in layer.collectors if fact in each.facts)
            provided.update(readable=_all(tried[_key(call)] for call in reads), calls=sorted({e.name for e in reads}))
    answer["preflight"] = {
        "account": trial.account,
        "identity": who.value["Arn"] if isinstance(who, Found) else None,
        "readable": _all(tried.values()),
        "because": who.why if isinstance(who, Unreadable) else None,
    }
    return answer


def _of_layer(layer: Layer, tried: Mapping[tuple[str, str], Tried]) -> dict[str, Any]:
    """Return what came of the calls of one layer."""
    keys = sorted({_key(call) for call in calls_of(layer.collectors)})
    calls = [{"call": name, "permission": permission, **tried[name, permission]._asdict()} for name, permission in keys]
    return {"readable": _all(tried[key] for key in keys), "calls": calls}


def _key(call: AwsCall) -> tuple[str, str]:
    return call.name, call.permission


def _all(tried: Iterable[Tried]) -> bool | None:
    """Return whether all of them can be made: certainly not where one cannot, and nothing is known of none."""
    found = {each.readable for each in tried}
    return False if False in found else None if None in found or not found else True


class _Trying:
    """Calls handed in at the desk, all at once, and awaited until one moment."""

    def __init__(self, services: Services, trial: Trial, organization_account: str | None) -> None:
        self._desk, self._seconds = services.aws, services.collect_seconds
        self._until = self._desk.clock() + self._seconds if self._desk else 0.0
        self._trial, self._organization = trial, organization_account
        self._partition = "aws"

    def who(self) -> Observation[Any]:
        """Return whose credentials the service has, as AWS tells it."""
        if self._desk is None:
            return Unreadable(_NO_CREDENTIALS)
        read = WHO.read()
        seen = self._answers(self._desk, [read])[read]
        arn = split_arn(seen.value["Arn"]) if isinstance(seen, Found) else None
        self._partition = arn.partition if arn else self._partition
        return seen

    def of(self, calls: Iterable[AwsCall], who: Observation[Any]) -> dict[tuple[str, str], Tried]:
        """Return what comes of each call, by name and permission; nothing is tried by nobody."""
        # Of several that differ in other things than the permission, one that can be tried speaks for all.
        each = {_key(call): call for call in sorted(calls, key=lambda call: call.probe is not None)}
        if self._desk is None or isinstance(who, Unreadable):
            because = who.why if isinstance(who, Unreadable) else _NO_CREDENTIALS
            return dict.fromkeys(each, Tried(None, None, because))
        own = split_arn(who.value["Arn"]) if isinstance(who, Found) else None
        if self._organization is None and own is not None:
            self._organization = own.account
        reads = {key: self._read(call) for key, call in each.items()}
        answers = self._answers(self._desk, [read for read in reads.values() if isinstance(read, Read)])
        return {
            key: self._tried(read, answers[read])
            if isinstance(read, Read)
            else Tried(None, self._where(each[key]), read)
            for key, read in reads.items()
        }

    def _where(self, call: AwsCall) -> str | None:
        return self._organization if of_organization(call.permission) else self._trial.account

    def _read(self, call: AwsCall) -> Read | str:
        """Return the read with which a call is tried: one page, kept by nobody; or why it is not tried."""
        if call.probe is None:
            return (
                f"{call.name} is not tried: there are no parameters with which it would be harmless and always answered"
            )
        values = {
            "account": self._trial.account,
            "partition": self._partition,
            "bucket": self._trial.bucket,
            "principal": self._trial.name or NOBODY,
        }
        written = json.dumps(dict(call.probe))
        missing = sorted({name for name in _PLACEHOLDER.findall(written) if values[name] is None})
        if missing:
            return f"{call.name} is not tried: it needs `{missing[0]}`"
        filled = _PLACEHOLDER.sub(lambda found: json.dumps(values[found[1]])[1:-1], written)
        once = replace(call, absent=(*call.absent, *_NOT_THERE), member=None, pages=None, keep=0)
        account = ORGANIZATION if of_organization(call.permission) else self._trial.account
        return once.read(account=account, **json.loads(filled))

    def _tried(self, read: Read, seen: Observation[Any]) -> Tried:
        account = self._where(read.call)
        if isinstance(seen, Unreadable):
            readable = False if seen.result in _REFUSED else None
            return Tried(readable, seen.account or account, seen.why)
        found = " that there is none" if isinstance(seen, Absent) else ""
        return Tried(readable=True, account=account, because=f"{read.call.name} is answered{found}")

    def _answers(self, desk: Desk, reads: Sequence[Read]) -> dict[Read, Observation[Any]]:
        futures: dict[Read, Future[Answer]] = {read: desk.ask(read) for read in reads}
        wait(futures.values(), timeout=max(0.0, self._until - desk.clock()))
        found: dict[Read, Observation[Any]] = {}
        for read, future in futures.items():
            desk.leave(read, future)
            answered = future.done() and not future.cancelled()
            late = f"was not answered within {self._seconds:g} s"
            found[read] = future.result().seen if answered else read.unreadable(late)
        return found
