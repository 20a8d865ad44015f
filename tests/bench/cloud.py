"""A transport that answers boto3's requests from a table after a while, in AWS's own forms; nothing leaves the process.

Signing, writing and parsing are botocore's own; what lies below, sockets and TLS, is not here.
"""

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from threading import Lock, local
from typing import Any, Final

from botocore.awsrequest import AWSResponse
from botocore.model import OperationModel
from botocore.session import Session

from tests.aws.faking import KEY, LOADER, SECRET, TOKEN, Raw
from tests.bench.wire import refusal, written
from why403 import ORGANIZATION, Absent, Found, Read, Unreadable
from why403.aws import Access, AwsReader
from why403.aws.accounts import Accounts

_USUAL_REGION: Final = "us-east-1"
_EXPIRES: Final = datetime(2099, 1, 1, tzinfo=UTC)


class Cloud:
    """Where all requests end: each waits for `seconds`, and is answered from a table of reads.

    `own` is the account of the service, `organization` the one in which the organization is read.
    """

    def __init__(self, answers: Mapping[Read, Any], *, seconds: float, own: str, organization: str) -> None:
        self.answers = {_sent(read, own, organization): (read, answer) for read, answer in answers.items()}
        self.calls, self._seconds, self._own, self._organization = 0, seconds, own, organization
        self._asked, self._lock = local(), Lock()

    def reader(self, threads: int) -> AwsReader:
        """Return the service's own reader, whose requests end here."""
        access = Access(role_name="reader", organization_account=self._organization, threads=threads)
        return AwsReader(Accounts(access, self._session(), new_session=self._bare))

    def _session(self) -> Session:
        session = self._bare()
        session.set_credentials(KEY, SECRET, TOKEN)
        return session

    def _bare(self) -> Session:
        session = Session()
        session.register_component("data_loader", LOADER)
        session.register("provide-client-params", self._noted)
        session.register("before-send", self._answered)
        return session

    def _noted(self, params: Mapping[str, Any], model: OperationModel, **_: Any) -> None:
        """Remember what is asked for: the same thread sends it."""
        self._asked.model, self._asked.params = model, dict(params)

    def _answered(self, request: Any, **_: Any) -> AWSResponse:
        with self._lock:
            self.calls += 1
        model: OperationModel = self._asked.model
        status, body = self._body(model, self._asked.params, _where(request.headers["Authorization"], self._own))
        time.sleep(self._seconds)
        return AWSResponse(request.url, status, {}, Raw(body.encode()))

    def _body(self, model: OperationModel, params: Mapping[str, Any], where: tuple[str, str]) -> tuple[int, str]:
        if model.name == "GetCallerIdentity":
            return 200, written(model, {"Account": self._own, "Arn": f"arn:aws:sts::{self._own}:assumed-role/why403/i"})
        if model.name == "AssumeRole":
            key = "ASIA" + params["RoleArn"].split(":")[4]
            session = {"AccessKeyId": key, "SecretAccessKey": SECRET, "SessionToken": TOKEN, "Expiration": _EXPIRES}
            return 200, written(model, {"Credentials": session})
        asked = (model.name, *where, json.dumps(params, sort_keys=True))
        if asked not in self.answers:
            return refusal("AccessDenied", model)
        return _told(*self.answers[asked], model)


def _sent(read: Read, own: str, organization: str) -> tuple[str, str, str, str]:
    account = organization if read.account == ORGANIZATION else read.account or own
    return read.call.operation, account, read.region or _USUAL_REGION, read.written


def _where(authorization: str | bytes, own: str) -> tuple[str, str]:
    """Return the account of who signed, and the Region for which."""
    text = authorization.decode() if isinstance(authorization, bytes) else authorization
    key, _, region, *_ = text.partition("Credential=")[2].split("/")
    return own if key == KEY else key.removeprefix("ASIA"), region


def _told(read: Read, answer: Any, model: OperationModel) -> tuple[int, str]:
    if isinstance(answer, Found):
        answer = answer.value
    if isinstance(answer, Absent):
        return refusal(read.call.absent[0], model)
    if isinstance(answer, Unreadable):
        return refusal("AccessDenied", model)
    name = read.call.member or read.call.pages
    return 200, written(model, answer if name is None else {name: answer})
