"""The writer: one call of a plan at a time, under a role of its own; what is there is read with the reader's.

AWS: "Versioning IAM policies" (IAM User Guide); "Error responses" (Amazon S3 API Reference).
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from botocore import exceptions, xform_name

from why403.aws.accounts import Access, Accounts, RoleRefused
from why403.aws.failure import NO_WRITE, Failure, code_of, failure_of
from why403.aws.pages import plain
from why403.aws.prober import Prober
from why403.aws.reader import unheard
from why403.collecting import AwsCall
from why403.domain.evidence import Absent, Found
from why403.domain.fix import Reading, Write
from why403.gathering import Reader
from why403.writing import Live, NotWritten, Probe, Probed, alike, delete_version, may_be_made

_MOST_VERSIONS: Final = 5
_WAITS: Final = (0.5, 1.0, 2.0)
"""Seconds between attempts of a call that AWS says it has not made, and may make later."""
_LATER: Final = frozenset(
    {"OperationAborted", "ConcurrentModification", "ConcurrentModificationException", "EntityTemporarilyUnmodifiable"}
)
_NOT_SENT: Final = (
    exceptions.ConnectTimeoutError,
    exceptions.EndpointConnectionError,
    exceptions.NoCredentialsError,
    exceptions.ParamValidationError,
    exceptions.InvalidRegionError,
)
_DONE_ALREADY: Final[Mapping[str, frozenset[str]]] = {
    "Create": frozenset({"EntityAlreadyExists"}),
    "Delete": frozenset({"NoSuchEntity", "NoSuchAccessPointPolicy", "NoSuchBucketPolicy"}),
    "Detach": frozenset({"NoSuchEntity"}),
    "Revoke": frozenset({"NotFoundException"}),
}
_SERVER_FAILED: Final = 500


class AwsWriter:
    """Makes calls with boto3. `reader` tells what is there; `tell` learns of each call by name and result."""

    def __init__(
        self,
        accounts: Accounts,
        reader: Reader,
        tell: Callable[[str, str], None] = unheard,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Call nothing yet."""
        self._accounts, self._reader, self._tell, self._sleep = accounts, reader, tell, sleep
        self._prober = Prober(accounts)

    def probe(self, probe: Probe) -> Probed:
        """Try a harmless call as somebody whose role may be assumed; never raises."""
        found = self._prober.probe(probe)
        self._tell(f"s3:{probe.operation}", {"allowed": "found", "refused": "denied"}.get(found.status, "other"))
        return found

    def live(self, write: Write) -> Live:
        """Return what stands where a call writes, read now; raises NotWritten."""
        reading = write.reading
        if reading is None:
            return Live(None)
        if reading.operation == "ListPolicyVersions":
            return self._among_versions(write, reading)
        if reading.operation == "GetPolicyVersion" and "VersionId" not in reading.parameters:
            return self._default_version(write, reading)
        return Live(_at(self._read(write, reading), reading.path))

    def room(self, write: Write) -> tuple[Write, ...]:
        """Return the call that deletes the oldest version of a managed policy that can have no more."""
        if (write.service, write.operation) != ("iam", "CreatePolicyVersion"):
            return ()
        versions = self._versions(write)
        others = [each for each in versions if not each["IsDefaultVersion"]]
        if len(versions) < _MOST_VERSIONS or not others:
            return ()
        return (delete_version(write, _oldest(others)),)

    def make(self, write: Write, *, again: bool = False) -> str | None:
        """Make a call; return the id of the version that it made, if it did; raises NotWritten."""
        if not may_be_made(write.service, write.operation):
            raise self._failed(write, NO_WRITE, certain=True)
        parameters = {name: _sent(value, text=name in write.documents) for name, value in write.parameters.items()}
        try:
            answer = self._call(write, write.operation, parameters)
        except NotWritten as failed:
            if again and _was_done(write, failed):
                return None
            raise
        self._tell(_name(write), "written")
        version = answer.get("PolicyVersion", {}).get("VersionId")
        return version if isinstance(version, str) else None

    def _call(self, write: Write, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """Make a call under the writer's role, again where AWS says that it did not make it now; raises NotWritten."""
        for wait in (*_WAITS, None):
            try:
                account = self._accounts.meant(write.account)
                client = self._accounts.client(account, write.service, write.region)
                answer: Mapping[str, Any] = getattr(client, xform_name(operation))(**parameters)
            except RoleRefused as refused:
                raise self._failed(write, refused.failure, certain=True) from refused
            except Exception as error:
                failure, code = failure_of(error), code_of(error)
                if wait is None or not (failure.result == "throttled" or code in _LATER):
                    raise self._failed(write, failure, certain=_is_certain(error), code=code) from error
                self._sleep(wait)
            else:
                return answer
        raise AssertionError("the last attempt returns or raises")

    def _failed(self, write: Write, failure: Failure, *, certain: bool, code: str | None = None) -> NotWritten:
        self._tell(_name(write), failure.result)
        account = self._accounts.known(write.account)
        where = f" in account {account}" if account else ""
        because = failure.because.format(permission=write.permission, where=where)
        return NotWritten(_name(write), failure.result, because, certain=certain, code=code)

    # --- what is there ---

    def _read(self, write: Write, reading: Reading) -> Any:
        """Return what a read answers, None where there is nothing; raises NotWritten where that is not known."""
        service = {"s3control": "s3"}.get(reading.service, reading.service)
        permission = f"{service}:{reading.operation}"
        call = AwsCall(
            service=reading.service, operation=reading.operation, permission=permission, absent=reading.absent
        )
        seen = self._reader.read(call.read(account=write.account, region=write.region, **reading.parameters))
        if isinstance(seen, Found):
            return seen.value
        if isinstance(seen, Absent):
            return None
        because = seen.why.removeprefix(f"{call.name} ")
        raise NotWritten(call.name, seen.result or "other", because, certain=True)

    def _default_version(self, write: Write, reading: Reading) -> Live:
        """Return the document of the version that is the default, and its id."""
        arn = reading.parameters["PolicyArn"]
        policy = self._read(write, Reading("iam", "GetPolicy", {"PolicyArn": arn}, (), reading.absent))
        if policy is None:
            return Live(None)
        version = policy["Policy"]["DefaultVersionId"]
        named = reading._replace(parameters={**reading.parameters, "VersionId": version})
        return Live(_at(self._read(write, named), reading.path), version)

    def _among_versions(self, write: Write, reading: Reading) -> Live:
        """Return the document that a call makes a version of, if one has it that is not the default."""
        wanted = write.parameters[write.documents[0]]
        for each in self._versions(write):
            if not each["IsDefaultVersion"]:
                named = {"PolicyArn": reading.parameters["PolicyArn"], "VersionId": each["VersionId"]}
                held = self._read(write, Reading("iam", "GetPolicyVersion", named, ()))["PolicyVersion"]["Document"]
                if alike(held, wanted):
                    return Live(held, each["VersionId"])
        return Live(None)

    def _versions(self, write: Write) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = plain(
            self._call(write, "ListPolicyVersions", {"PolicyArn": write.parameters["PolicyArn"]})["Versions"]
        )
        return found


def writer_at(access: Access, reader: Reader, tell: Callable[[str, str], None] = unheard) -> AwsWriter:
    """Return a writer that assumes a role in every account it writes in, beside a reader with its own."""
    return AwsWriter(Accounts(access), reader, tell)


def _name(write: Write) -> str:
    return f"{write.service}:{write.operation}"


def _sent(value: Any, *, text: bool) -> Any:
    """Return a parameter as the call takes it: a document as text, one that is text already byte for byte."""
    return json.dumps(value, separators=(",", ":")) if text and not isinstance(value, str) else value


def _oldest(versions: Sequence[Mapping[str, Any]]) -> str:
    """Return the id of the version made first; ids count upwards."""
    oldest: str = min((each["VersionId"] for each in versions), key=lambda name: int(name.lstrip("v")))
    return oldest


def _was_done(write: Write, failed: NotWritten) -> bool:
    codes = next((held for verb, held in _DONE_ALREADY.items() if write.operation.startswith(verb)), frozenset())
    return failed.code in codes


def _is_certain(error: Exception) -> bool:
    """Return whether AWS has not made a call, and will not: it said so, or never heard of it."""
    if isinstance(error, exceptions.ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", _SERVER_FAILED)
        return bool(status < _SERVER_FAILED and failure_of(error).result != "timeout")
    return isinstance(error, _NOT_SENT)


def _at(answer: Any, path: Sequence[str]) -> Any:
    """Return what stands at a path of an answer, None where it ends before that; a digit is an index into a list."""
    for name in path:
        if isinstance(answer, list):
            answer = answer[int(name)] if name.isdigit() and int(name) < len(answer) else None
        else:
            answer = answer.get(name) if isinstance(answer, Mapping) else None
    return answer
