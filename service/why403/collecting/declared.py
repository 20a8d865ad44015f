"""What a layer declares in order to collect: the AWS calls it may make, and who collects which facts by them."""

import json
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final, TypeAlias, TypeVar

from why403.domain.evidence import Fact, Found, Observation, Unreadable
from why403.domain.request import AccessRequest

T = TypeVar("T")

Collecting: TypeAlias = Generator[Any, Any, T]
Observations: TypeAlias = Mapping[Fact[Any], Observation[Any]]

ORGANIZATION: Final = "organization"
"""In place of an account id: the account from which the organization is read, as the operator set it."""


class Keep(IntEnum):
    """How many seconds an answer may be used again; a body with `fresh` uses none again."""

    SHORT = 60  # what people change while they look for the cause
    USUAL = 300
    LONG = 86_400  # what only AWS changes


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsCall:
    """A read of AWS that a layer may make; two that are equal are one.

    `service` and `operation` are named as boto3 and the API name them, `permission` as IAM does; `beside` are further
    permissions, without which less is told. `absent` are the error codes that mean that there is none. The answer is
    the whole result, or only its `member`; `pages` names the member that is a list and comes in pages: the answer is
    then the list over all pages. `keep` is how long an answer may be used again, in seconds. `probe` are parameters
    with which the service may try the call harmlessly, to see whether it is allowed to make it; `{account}`,
    `{partition}`, `{bucket}` and `{principal}` stand for what it is tried on.
    """

    service: str
    operation: str
    permission: str
    absent: tuple[str, ...] = ()
    member: str | None = None
    pages: str | None = None
    keep: int = Keep.USUAL
    beside: tuple[str, ...] = ()
    probe: Mapping[str, Any] | None = field(default=None, compare=False)

    @property
    def permissions(self) -> tuple[str, ...]:
        """Return all permissions that it uses."""
        return (self.permission, *self.beside)

    @property
    def name(self) -> str:
        """Return the call's name for people and metrics, such as `s3:GetBucketEncryption`."""
        return f"{self.service}:{self.operation}"

    def read(self, *, account: str | None = None, region: str | None = None, **parameters: Any) -> "Read":
        """Return this call with parameters as the API names them, to be made in an account and Region.

        Without an account it is made where the service itself lives; without a Region in the usual one, or where S3
        says that the bucket is. Raises ValueError for an account without a name, such as that of an AWS service.
        """
        if account == "":
            raise ValueError("a read is made in an account")
        return Read(call=self, account=account, region=region, written=json.dumps(parameters, sort_keys=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One call to be made; equal ones are made once. `written` are its parameters as canonical JSON."""

    call: AwsCall
    account: str | None = None
    region: str | None = None
    written: str = "{}"

    @property
    def parameters(self) -> dict[str, Any]:
        """Return the parameters as the API names them."""
        found: dict[str, Any] = json.loads(self.written)
        return found

    def unreadable(self, because: str, account: str | None = None) -> Unreadable:
        """Return that this was not read, and why; `account` is the one in which the permission is missing."""
        where = account or (self.account if self.account != ORGANIZATION else None)
        return Unreadable(f"{self.call.name} {because}", self.call.permission, call=self.call.name, account=where)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Collector:
    """Who collects `facts` of a layer: by which `reads` only, and from which other facts it `needs`.

    `collect` is a generator function of a request, pure: no I/O, no clock. A collector that fails, reads what it did
    not declare or answers for another's facts leaves its own unreadable. All its facts are of one subject: the caller,
    the bucket (`of_resource`) or the object (`of_object`); it is called once for each subject of a call.
    """

    facts: tuple[Fact[Any], ...]
    reads: tuple[AwsCall, ...]
    collect: Callable[[AccessRequest], Collecting[Observations]]
    needs: tuple[Fact[Any], ...] = ()


class CannotTell(Exception):
    """Ends a collector: what it needs could not be read, and neither can its facts."""

    def __init__(self, seen: Unreadable) -> None:
        """Keep why."""
        super().__init__(seen.why)
        self.seen = seen


_NOTHING: Final = object()


def value_of(answer: Observation[Any], absent: Any = _NOTHING) -> Any:
    """Return the value that was found, or `absent` where there is none; raise CannotTell where that is not known."""
    if isinstance(answer, Found):
        return answer.value
    if isinstance(answer, Unreadable):
        raise CannotTell(answer)
    if absent is _NOTHING:
        raise CannotTell(Unreadable("there is nothing where something was expected"))
    return absent
