"""What a read of AWS gives, and who makes it."""

from collections.abc import Iterable
from typing import Any, NamedTuple, Protocol

from why403.collecting import AwsCall, Read
from why403.domain.evidence import Observation


class Answer(NamedTuple):
    """What was seen, JSON where it was found, and when it was asked for, in seconds of the monotonic clock."""

    seen: Observation[Any]
    at: float


class Reader(Protocol):
    """Makes single reads of AWS, in the caller's thread; never raises for what AWS answers."""

    def read(self, read: Read) -> Observation[Any]:
        """Return what AWS answers: found JSON, absent, or unreadable with call, permission and account."""

    def partition(self) -> str | None:
        """Return the partition of the credentials, None while that is not known; makes no call."""

    def check(self, calls: Iterable[AwsCall]) -> None:
        """Raise LayerContractError with a sentence for a call that is no read, or none of AWS's."""
