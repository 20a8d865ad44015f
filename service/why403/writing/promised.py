"""What a writer promises to whoever applies a plan: reading what is there, making one call, and how either fails."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, Protocol

from why403.domain.fix import Write


class Live(NamedTuple):
    """What stands in AWS where a call writes: JSON, a text as it is kept there, None for nothing.

    `version` is the id of the default version of a managed policy.
    """

    value: Any
    version: str | None = None

    def recorded(self) -> dict[str, Any]:
        """Return it as JSON."""
        return self._asdict()

    @classmethod
    def read(cls, recorded: Mapping[str, Any]) -> "Live":
        """Return what `recorded` wrote down."""
        return cls(recorded["value"], recorded.get("version"))


class Probe(NamedTuple):
    """A harmless call of S3 that is made as a caller: named as boto3 does, under the caller's role.

    One with a `canary` writes an object of that key, which must not be there, and deletes it again.
    """

    operation: str
    parameters: Mapping[str, Any]
    role: str
    region: str | None = None
    canary: bool = False
    account: str | None = None


class Probed(NamedTuple):
    """What came of a probe; `left_behind` is the key of a canary that could not be deleted."""

    status: Literal["allowed", "refused", "not_run", "failed"]
    because: str | None = None
    left_behind: str | None = None


class NotWritten(Exception):
    """A call of AWS failed: `result` is of a closed set, `because` a clause that follows the name of the call.

    `certain` says that AWS has not done it; otherwise it may have, now or in a moment.
    """

    def __init__(self, call: str, result: str, because: str, *, certain: bool, code: str | None = None) -> None:
        """Keep them; the message is the call with the clause. `code` is AWS's own, where it gave one."""
        super().__init__(f"{call} {because}")
        self.call, self.result, self.because, self.certain, self.code = call, result, because, certain, code


class Writer(Protocol):
    """Who changes AWS, one call at a time. Every method raises NotWritten where AWS cannot be asked or refuses."""

    def live(self, write: Write) -> Live:
        """Return what stands where a call writes, read now."""
        ...

    def room(self, write: Write) -> tuple[Write, ...]:
        """Return the calls that must be made first so that there is room for what a call makes."""
        ...

    def make(self, write: Write, *, again: bool = False) -> str | None:
        """Make a call; return the id of the version that it made, if it did.

        `again` says that the same call may have been made before: that AWS finds it done is then no failure.
        """
        ...

    def probe(self, probe: Probe) -> Probed:
        """Try a call as somebody whose role may be assumed; never raises."""
        ...
