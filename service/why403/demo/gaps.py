"""What moto does not keep, or not as AWS does, and the demo needs: a WSGI layer around it, and nothing else.

* Every account has its own canonical id, and an object belongs to the account that put it. AWS: "Access control list
  (ACL) overview", "Controlling ownership of objects and disabling ACLs for your bucket".
* Who names the owner that he expects of a bucket is refused if it is another. AWS: "Verifying bucket ownership with
  bucket owner condition".
* Four reads that moto has not, answered as by accounts that never used what they ask for: ABAC of buckets, who pays for
  requests to them, CloudTrail's event history, and effective S3 policies of an organization.
* IAM's policy simulator, which moto has not, answers that the reader may not ask it, as its policy has it.
* The ids of new accounts come from a list, so that stories can name them.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from io import BytesIO
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.iam.models import get_account_id_from
from moto.organizations import utils
from moto.s3.models import OWNER, s3_backends

Environ = dict[str, Any]
App = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

# What moto calls every owner: in the list of buckets, and in ACLs.
_OWNERS = (b"bcaf1ffd86f41161ca5fb16fd081034f", OWNER.encode())
_ENFORCED = "BucketOwnerEnforced"
_TARGETS: Mapping[str, tuple[HTTPStatus, Any]] = {
    "CloudTrail_20131101.LookupEvents": (HTTPStatus.OK, {"Events": []}),
    "AWSOrganizationsV20161128.DescribeEffectivePolicy": (
        HTTPStatus.BAD_REQUEST,
        {"__type": "EffectivePolicyNotFoundException", "Message": "You don't have an effective policy."},
    ),
}
_NO_ABAC = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b'<AbacStatus xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Disabled</Status></AbacStatus>'
)
_OWNER_PAYS = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b'<RequestPaymentConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Payer>BucketOwner</Payer>'
    b"</RequestPaymentConfiguration>"
)
_READS = {"abac": _NO_ABAC, "requestPayment": _OWNER_PAYS}
_NO_SIMULATOR = (
    b'<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type>'
    b"<Code>AccessDenied</Code><Message>not authorized</Message></Error></ErrorResponse>"
)
_NOT_THEIRS = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"


def name_accounts(ids: Iterable[str]) -> None:
    """Give accounts that are created these ids, in their order."""
    waiting = iter([DEFAULT_ACCOUNT_ID, *ids])  # the first for the account that makes the organization
    utils.make_random_account_id = lambda: next(waiting)


def canonical_id(account: str) -> str:
    """Return the canonical id of an account: 64 hexadecimal digits that say nothing, and always the same."""
    return hashlib.sha256(account.encode()).hexdigest()


class _Asked(NamedTuple):
    """A request to S3: by which account, how, about what, and whose that should be (empty: anybody's)."""

    account: str
    method: str
    bucket: str
    key: str
    query: frozenset[str]
    expected: str

    @property
    def owner(self) -> str:
        """Return whose the bucket, or the list of buckets, is."""
        _, owner = s3_backends.bucket_accounts.get(self.bucket, ("", self.account))
        return owner


class Gaps:
    """moto's application, and what it lacks."""

    def __init__(self, app: App) -> None:
        """Answer with `app` whatever it can answer."""
        self._app = app
        self._writers: dict[tuple[str, str], str] = {}

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        target = _TARGETS.get(".".join(environ.get("HTTP_X_AMZ_TARGET", "").split(".")[-2:]))
        if target is not None:
            status, answer = target
            return _answer(start_response, status, "application/x-amz-json-1.1", json.dumps(answer).encode())
        if _simulates(environ):
            return _answer(start_response, HTTPStatus.FORBIDDEN, "text/xml", _NO_SIMULATOR)
        asked = _asked(environ)
        if asked is None:
            return self._app(environ, start_response)
        if asked.expected not in {"", asked.owner}:
            return _answer(start_response, HTTPStatus.FORBIDDEN, "application/xml", _NOT_THEIRS)
        for name in asked.query & _READS.keys() if asked.method == "GET" else ():
            return _answer(start_response, HTTPStatus.OK, "application/xml", _READS[name])
        if asked.method == "PUT" and asked.key and not asked.query:
            self._writers[asked.bucket, asked.key] = asked.account
        if asked.bucket and "acl" not in asked.query:
            return self._app(environ, start_response)
        return self._owned(asked, environ, start_response)

    def _owned(self, asked: _Asked, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer with the id of the owner in place of the one that moto gives to all."""
        begun: list[Any] = []
        body = b"".join(self._app(environ, lambda *answer: begun.extend(answer)))
        owner = canonical_id(self._owner(asked)).encode()
        for name in _OWNERS:
            body = body.replace(name, owner)
        status, headers = begun[:2]
        kept = [(name, value) for name, value in headers if name.lower() != "content-length"]
        start_response(status, [*kept, ("Content-Length", str(len(body)))])
        return [body]

    def _owner(self, asked: _Asked) -> str:
        """Return whose the object, the bucket or the list of buckets is."""
        writer = self._writers.get((asked.bucket, asked.key))
        if writer is None or writer == asked.owner:
            return asked.owner
        partition, owner = s3_backends.bucket_accounts[asked.bucket]
        rule = s3_backends[owner][partition].get_bucket(asked.bucket).ownership_rule
        return owner if _ENFORCED in json.dumps(rule) else writer


def _simulates(environ: Environ) -> bool:
    """Return whether IAM's policy simulator is asked; the body stays to be read."""
    if "/iam/" not in environ.get("HTTP_AUTHORIZATION", ""):
        return False
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = BytesIO(body)
    return body.startswith((b"Action=SimulatePrincipalPolicy&", b"Action=SimulateCustomPolicy&"))


def _asked(environ: Environ) -> _Asked | None:
    """Return what is asked of S3, None for what is asked of other services, and of buckets by nobody."""
    scope = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].partition(",")[0].split("/")
    path = environ.get("PATH_INFO", "")
    if "s3" not in scope or path.startswith("/v20180820/"):  # the second is of accounts, not of buckets
        return None
    bucket, _, key = path.removeprefix("/").partition("/")
    query = frozenset(parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    expected = environ.get("HTTP_X_AMZ_EXPECTED_BUCKET_OWNER", "")
    return _Asked(get_account_id_from(scope[0]), environ["REQUEST_METHOD"], bucket, key, query, expected)


def _answer(start_response: Callable[..., Any], status: HTTPStatus, kind: str, body: bytes) -> Iterable[bytes]:
    headers = [("Content-Type", kind), ("Content-Length", str(len(body)))]
    start_response(f"{status.value} {status.phrase}", headers)
    return [body]
