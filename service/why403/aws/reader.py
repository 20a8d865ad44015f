"""The reader: one declared read in, what AWS says out; every way to fail is a value."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Literal

from botocore.exceptions import DataNotFoundError
from botocore.model import ServiceModel
from botocore.session import Session

from why403.aws import pages
from why403.aws.accounts import Access, Accounts, RoleRefused
from why403.aws.failure import NO_READ, Failure, code_of, failure_of
from why403.aws.quiet import silence_sdk
from why403.aws.readonly import may_be_called
from why403.collecting import AwsCall, Read
from why403.domain.errors import LayerContractError
from why403.domain.evidence import ABSENT, Found, Observation, Unreadable

_LOG = logging.getLogger(__name__)


def unheard(_call: str, _result: str) -> None:
    """Tell nobody of a call."""


class AwsReader:
    """Makes reads with boto3. `tell` learns of each call by name and result, both of closed sets."""

    def __init__(self, accounts: Accounts, tell: Callable[[str, str], None] = unheard) -> None:
        """Call nothing yet; no debug message of the SDK's leaves this process from now on."""
        silence_sdk()
        self._accounts, self._tell = accounts, tell

    def read(self, read: Read) -> Observation[Any]:
        """Return what AWS answers: found JSON, absent, or unreadable with call, permission and account."""
        if not may_be_called(read.call.service, read.call.operation):
            return self._failed(read, NO_READ)
        try:
            account = self._accounts.meant(read.account)
            client = self._accounts.client(account, read.call.service, read.region)
            found: Observation[Any] = Found(pages.answer(client, read.call, read.parameters))
        except RoleRefused as refused:
            return self._refused(read, refused)
        except Exception as error:  # noqa: BLE001 - whatever happens, the read is not known
            if code_of(error) not in read.call.absent:
                return self._failed(read, failure_of(error))
            found = ABSENT
        self._tell(read.call.name, "absent" if found is ABSENT else "found")
        return found

    def partition(self) -> str | None:
        """Return the partition of the service's credentials, None while that is not known; makes no call."""
        return self._accounts.partition()

    def _failed(self, read: Read, failure: Failure) -> Unreadable:
        self._tell(read.call.name, failure.result)
        account = self._accounts.known(read.account)
        where = f" in account {account}" if account else ""
        because = failure.because.format(permission=" or ".join(read.call.permissions), where=where)
        return replace(read.unreadable(because, account), result=failure.result)

    def _refused(self, read: Read, refused: RoleRefused) -> Unreadable:
        self._tell(read.call.name, refused.failure.result)
        name, (result, because) = read.call.name, refused.failure
        return Unreadable(f"{name} {because}", "sts:AssumeRole", call=name, account=refused.account, result=result)

    def check(self, calls: Iterable[AwsCall]) -> None:
        """Raise LayerContractError with a sentence for a call that is no read, or none of AWS's."""
        for call in calls:
            if not may_be_called(call.service, call.operation):
                raise LayerContractError(f"`{call.name}` is none of the reads that this service makes")
            model = ServiceModel(self._accounts.loader.load_service_model(call.service, "service-2"), call.service)
            if call.operation not in model.operation_names:
                raise LayerContractError(f"`{call.name}` is no operation that botocore knows")
            self._check_shape(call, model)

    def _check_shape(self, call: AwsCall, model: ServiceModel) -> None:
        members = getattr(model.operation_model(call.operation).output_shape, "members", {})
        for name in filter(None, (call.member, call.pages)):
            if name not in members:
                raise LayerContractError(f"`{call.name}` answers without a member `{name}`")
        if call.pages is None:
            return
        if members[call.pages].type_name != "list":
            raise LayerContractError(f"`{call.pages}` of `{call.name}` is no list")
        if call.operation not in self._paginated(call.service) and not pages.pages_by_token(model, call.operation):
            raise LayerContractError(f"`{call.name}` does not come in pages")

    def _paginated(self, service: str) -> dict[str, Any]:
        try:
            found: dict[str, Any] = self._accounts.loader.load_service_model(service, "paginators-1")["pagination"]
        except DataNotFoundError:
            return {}
        return found


def connect(
    mode: Literal["on", "off", "auto"], access: Access, tell: Callable[[str, str], None] = unheard
) -> AwsReader | None:
    """Return a reader, or None where reading is off, or `auto` and botocore finds no credentials."""
    if mode == "off":
        return None
    silence_sdk()
    session = Session()
    if mode == "auto" and not _has_credentials(session):
        return None
    return AwsReader(Accounts(access, session), tell)


def _has_credentials(session: Session) -> bool:
    try:
        return session.get_credentials() is not None
    except Exception as error:  # noqa: BLE001 - a broken configuration, or a metadata service that misbehaves
        _LOG.warning("no AWS credentials can be used: %s", type(error).__name__)
        return False
