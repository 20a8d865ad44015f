"""A session of botocore's whose requests go nowhere: what is sent is remembered, and a function answers."""

from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from botocore.awsrequest import AWSResponse
from botocore.session import Session

from why403.aws import Access, AwsReader
from why403.aws.accounts import Accounts

HOME, AWAY = "111122223333", "444455556666"
KEY, SECRET, TOKEN = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "token-of-the-service"
IDENTITY = f"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:sts::{HOME}:assumed-role/why403/i-1</Arn><UserId>A:i-1</UserId><Account>{HOME}</Account>
</GetCallerIdentityResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>"""


class Sent(NamedTuple):
    """A request that boto made."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: str

    @property
    def action(self) -> str:
        """Return the operation of IAM or STS, else an empty text."""
        return (parse_qs(self.body).get("Action") or [""])[0]

    @property
    def host(self) -> str:
        """Return the host it was sent to."""
        return urlsplit(self.url).netloc


class Reply(NamedTuple):
    """An HTTP answer."""

    status: int = 200
    body: str = ""
    headers: Mapping[str, str] = {}


LOADER = Session().get_component("data_loader")  # one for all: reading the models takes longest

Answers = Callable[[Sent], Reply | Exception]


class Raw(BytesIO):
    """The body of an answer, as botocore takes it."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        """Yield the body as urllib3 does."""
        while found := self.read():
            yield found


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


class Wire:
    """Where all requests end: each is remembered and answered; who the service is needs no answer of its own."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.sent: list[Sent] = []

    def __call__(self, request: Any, **_: Any) -> AWSResponse:
        body = _text(request.body) if isinstance(request.body, str | bytes) else ""
        headers = {name: _text(value) for name, value in request.headers.items()}
        sent = Sent(request.method, request.url, headers, body)
        self.sent.append(sent)
        reply = Reply(body=IDENTITY) if sent.action == "GetCallerIdentity" else self.answers(sent)
        if isinstance(reply, Exception):
            raise reply
        return AWSResponse(request.url, reply.status, dict(reply.headers), Raw(reply.body.encode()))

    def session(self) -> Session:
        """Return a session that sends here."""
        session = self.bare()
        session.set_credentials(KEY, SECRET, TOKEN)
        return session

    def bare(self) -> Session:
        """Return a session that sends here and has no credentials yet."""
        session = Session()
        session.register_component("data_loader", LOADER)
        session.register("before-send", self)
        return session


def a_reader(answers: Answers, tell: Any = lambda *_: None, **access: Any) -> tuple[AwsReader, Wire]:
    """Return a reader and the wire it is at."""
    wire = Wire(answers)
    return AwsReader(Accounts(Access(**access), wire.session(), new_session=wire.bare), tell), wire


def error(code: str, status: int = 400) -> Reply:
    """Return an error of IAM's or STS's form, which S3's parser understands as well."""
    body = f"<ErrorResponse><Error><Code>{code}</Code><Message>hunter2</Message></Error></ErrorResponse>"
    return Reply(status, body)
