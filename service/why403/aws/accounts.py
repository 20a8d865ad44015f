"""Credentials and clients: the service's own, and those of a role in other accounts, refreshed before they expire."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from threading import Lock, RLock
from typing import Any, Final, NamedTuple

from botocore.config import Config
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    CredentialProvider,
    CredentialResolver,
    DeferredRefreshableCredentials,
)
from botocore.exceptions import InvalidRegionError
from botocore.session import Session
from cachetools import LRUCache, TTLCache

from why403.aws.failure import Failure, code_of, failure_of
from why403.collecting import ORGANIZATION
from why403.domain.arn import split_arn

_CONNECT_SECONDS: Final = 2
_READ_SECONDS: Final = 5
_SESSION_NAME: Final = "why403"
_SESSION_SECONDS: Final = 3600  # the most that a role may have which was assumed with a role's credentials
_REFUSED_SECONDS: Final = 15
_EVERYWHERE: Final = "sts"  # a service that every Region has
_USUAL_REGION: Final = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How AWS is reached: the role that is assumed in other accounts, and where the organization is read.

    `accounts` are the only others in which it is assumed, none: any. Whoever asks names the accounts, and who owns one
    sees the attempt with its external id. One that is assumed `everywhere` is assumed in the service's own account as
    well, and `accounts` then speak of that one too. A role name may be an ARN, with `{account}` where that stands.
    `attempts` is how often a call is tried before it counts as failed.
    """

    role_name: str | None = None
    accounts: frozenset[str] = frozenset()
    external_id: str | None = None
    organization_account: str | None = None
    threads: int = 16
    everywhere: bool = False
    attempts: int = 4


class Own(NamedTuple):
    """Whose credentials the service has."""

    account: str
    partition: str


class _Role(NamedTuple):
    """A role that is assumed: its session and credentials, fetched by one thread at a time."""

    session: Session
    credentials: Any
    lock: AbstractContextManager[Any]


class RoleRefused(Exception):
    """The role of an account cannot be assumed; `failure` says so in words."""

    def __init__(self, failure: Failure, account: str) -> None:
        """Keep both."""
        super().__init__(failure.result)
        self.failure, self.account = failure, account


class _Given(CredentialProvider):  # type: ignore[misc]
    """Hands botocore credentials that exist already."""

    METHOD = "why403"

    def __init__(self, credentials: Any) -> None:
        super().__init__()
        self._credentials = credentials

    def load(self) -> Any:
        return self._credentials


class Accounts:
    """Clients by account, Region and service; all share one loader of botocore's data, and each its connections."""

    def __init__(
        self,
        access: Access,
        session: Session | None = None,
        *,
        new_session: Callable[[], Session] = Session,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Use botocore's usual search for credentials unless a session is given; call nothing yet."""
        self.session = new_session() if session is None else session
        self.loader = self.session.get_component("data_loader")
        self._access, self._new_session = access, new_session
        self._config = Config(
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": access.attempts},
            max_pool_connections=access.threads,
            user_agent_extra="why403",
        )
        self._lock = RLock()  # botocore's sessions make clients one at a time
        self._own_lock = Lock()
        self._own: Own | None = None
        self._regions: frozenset[str] | None = None
        self._roles: LRUCache[str, _Role] = LRUCache(256)
        self._clients: LRUCache[tuple[str, str, str], Any] = LRUCache(512)
        # So that many reads do not wait one after another for what has just failed.
        self._refused_lock = Lock()  # all accounts share what was refused, and each has a lock of its own
        self._refused: TTLCache[str, Failure] = TTLCache(1024, _REFUSED_SECONDS, timer=clock)
        self._unknown: TTLCache[str, Exception] = TTLCache(1, _REFUSED_SECONDS, timer=clock)

    def own(self) -> Own:
        """Return whose credentials the service has; raises what botocore raises. AWS lets every identity ask that."""
        with self._own_lock:
            if self._own is None:
                failed = self._unknown.get("own")
                if failed is not None:
                    raise failed
                try:
                    self._own = self._asked()
                except Exception as error:
                    self._unknown["own"] = error
                    raise
            return self._own

    def _asked(self) -> Own:
        found = self._client(self.session, "", "sts", None).get_caller_identity()
        arn = split_arn(found["Arn"])
        return Own(found["Account"], arn.partition if arn else "aws")

    def known(self, account: str | None) -> str | None:
        """Return the account in which a read is made, as far as that is known without asking AWS."""
        if account == ORGANIZATION:
            account = self._access.organization_account
        return account or (self._own.account if self._own else None)

    def partition(self) -> str | None:
        """Return the partition of the service's own account, None while nobody asked for it."""
        return self._own.partition if self._own else None

    def meant(self, account: str | None) -> str:
        """Return the account in which a read is made; raises what botocore raises."""
        return self.known(account) or self.own().account

    def client(self, account: str, service: str, region: str | None) -> Any:
        """Return a client with credentials of an account; raises RoleRefused where there is no way in.

        Whoever asks names the Region, and it decides to which host the service's token goes: in one that is none of the
        own partition's nothing is made; raises InvalidRegionError.
        """
        own = self.own()
        if region and not self._has(region, own.partition):
            raise InvalidRegionError(region_name=region)
        if account == own.account and not self._access.everywhere:
            return self._client(self.session, "", service, region)
        return self._client(self._assumed(account, own), account, service, region)

    def _client(self, session: Session, account: str, service: str, region: str | None) -> Any:
        where = region or self._usual_region()
        key = (account, service, where)
        with self._lock:
            found = self._clients.get(key)
            if found is None:
                found = session.create_client(service, region_name=where, config=self._config)
                self._clients[key] = found
            return found

    def _has(self, region: str, partition: str) -> bool:
        """Return if a Region is the service's own, or one that botocore knows in its partition, opt-in or not."""
        with self._lock:
            if self._regions is None:
                known = self.session.get_available_regions(_EVERYWHERE, partition)
                self._regions = frozenset((*known, self._usual_region()))
            return region in self._regions

    def _usual_region(self) -> str:
        configured: str | None = self.session.get_config_variable("region")
        return configured or _USUAL_REGION.get(self._own.partition if self._own else "aws", "us-east-1")

    # --- other accounts ---

    def _assumed(self, account: str, own: Own) -> Session:
        """Return the session of the role in another account, its credentials fetched; raises RoleRefused."""
        if self._access.role_name is None:
            raise RoleRefused(_NO_ROLE, account)
        if self._access.accounts and account not in {*self._access.accounts, self._access.organization_account}:
            raise RoleRefused(_NOT_LISTED, account)
        arn = role_arn(self._access.role_name, account, own.partition)
        with self._lock:
            role = self._roles.get(account) or self._new(account, arn)
        with role.lock:
            with self._refused_lock:
                refused = self._refused.get(account)
            if refused is None:
                refused = _fetched(role.credentials, arn)
                if refused is not None:
                    with self._refused_lock:
                        self._refused[account] = refused
        if refused is not None:
            raise RoleRefused(refused, account)
        return role.session

    def _new(self, account: str, arn: str) -> "_Role":
        extra = {"RoleSessionName": _SESSION_NAME, "DurationSeconds": _SESSION_SECONDS}
        if self._access.external_id is not None:
            extra["ExternalId"] = self._access.external_id
        fetcher = AssumeRoleCredentialFetcher(self._create_client, self.session.get_credentials(), arn, extra)
        credentials = DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")
        session = self._new_session()
        session.register_component("data_loader", self.loader)
        session.register_component("credential_provider", CredentialResolver([_Given(credentials)]))
        role = self._roles[account] = _Role(session, credentials, Lock())
        return role

    def _create_client(self, service: str, **credentials: Any) -> Any:
        """Make the client that assumes roles, as botocore asks for it."""
        with self._lock:
            region = self._usual_region()
            return self.session.create_client(service, region_name=region, config=self._config, **credentials)


def role_arn(name: str, account: str, partition: str) -> str:
    """Return the ARN of the role of that name, or pattern, in an account."""
    if name.startswith("arn:"):
        return name.replace("{account}", account)
    return f"arn:{partition}:iam::{account}:role/{name}"


def _fetched(credentials: Any, arn: str) -> Failure | None:
    """Fetch credentials where there are none, or soon none; return why that failed."""
    try:
        credentials.get_frozen_credentials()
    except Exception as error:  # noqa: BLE001 - whatever happens, there is no way in
        why = code_of(error) or f"asking for that {failure_of(error).because}"
        return Failure("role", f"was not made: the role `{arn}` cannot be assumed ({why})")
    return None


_NOT_LISTED: Final = Failure("role", "was not made: the account is none of those that the service may read")
_NO_ROLE: Final = Failure("role", "was not made: the service has no role to assume in other accounts")
