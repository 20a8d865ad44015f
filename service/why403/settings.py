"""What an operator may set: one frozen record, read once from `WHY403_*` variables."""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal

from environs import Env, EnvValidationError, ValidationError, validate

from why403.entries import ACCOUNT_DIGITS, entries_of, is_account, parse_owners, parse_store_keys

PREFIX = "WHY403_"
SCOPES = frozenset({"diagnose", "simulate", "remediate", "apply", "events", "metrics"})
LOG_LEVELS = ("debug", "info", "warning", "error")
NO_STORE = "none"

_DIGEST_CHARACTERS = 64
_HIGHEST_PORT = 65_535
# The parser of the core and Python itself are safe far below this; no request of AWS nests deeper than about 20.
_DEEPEST_JSON = 200
# Kubernetes sets WHY403_PORT=tcp://..., WHY403_SERVICE_HOST and more in every container beside a Service called why403.
# So the address has other names, and these are not taken for misspelt settings.
_SET_BY_KUBERNETES = ("PORT", "SERVICE_")
_WRITER = r"(arn:[a-z-]+:iam::(\{account\}|[0-9]{12}):role/)?[\w+=,.@/-]{1,512}\Z"
_POSITIVE = validate.Range(min=1, error="must be 1 or more")
_DAYS = validate.Range(1, 36_500, error="must be 1 to 36500")


class SettingsError(Exception):
    """The settings cannot be used; `faults` holds one sentence for each mistake."""

    def __init__(self, faults: Iterable[str]) -> None:
        """Keep the sentences; the message is all of them, a line each."""
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """What is known of a caller's key: whose it is, what it may do, and the SHA-256 of the secret."""

    name: str
    scopes: frozenset[str]
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set; the defaults serve on loopback and ask nobody for a key.

    Raises SettingsError where others could reach the service and no key keeps them out.
    """

    host: str = "127.0.0.1"
    port: int = 8403
    workers: int = 2
    threads: int = 8
    worker_timeout_seconds: int = 60
    graceful_timeout_seconds: int = 30
    api_keys: tuple[ApiKey, ...] = ()
    max_body_bytes: int = 16 * 1024 * 1024
    max_requests_per_body: int = 10_000
    max_json_depth: int = 64
    blocked_layers: frozenset[str] = frozenset()
    metrics_accounts: frozenset[str] = frozenset()
    log_level: str = "info"
    collect: Literal["auto", "off", "on"] = "auto"
    collect_seconds: float = 8.0
    collect_threads: int = 16
    collect_objects: bool = False
    collect_accounts: frozenset[str] = frozenset()
    role_name: str | None = None
    external_id: str | None = None
    organization_account: str | None = None
    writer_role: str | None = None
    writer_accounts: frozenset[str] = frozenset()
    bucket_owners: Mapping[str, str] = field(default_factory=dict)
    store_url: str | None = field(default=None, repr=False)
    store_keys: tuple[bytes, ...] = field(default=(), repr=False)
    store_days: int = 30
    audit_days: int = 365
    misspelt: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse to exist with an address that others reach, or a role that changes AWS, and no keys."""
        if not self.api_keys and not is_loopback(self.host):
            message = (
                f"`{self.host}` can be reached from other machines, so {PREFIX}API_KEYS or {PREFIX}API_KEYS_FILE "
                "must hold a key; without keys the service listens on loopback only"
            )
            raise SettingsError([message])
        if self.writer_role is not None and not self.api_keys:
            raise SettingsError(
                [f"{PREFIX}WRITER_ROLE needs {PREFIX}API_KEYS: AWS is changed for a key's scope `apply`"]
            )
        if self.writer_role is not None and self.writer_role == self.role_name:
            raise SettingsError([f"{PREFIX}WRITER_ROLE and {PREFIX}ROLE_NAME must be different roles"])


def is_loopback(host: str) -> bool:
    """Say whether a host name or address (IPv6 with or without brackets) leads to this machine only."""
    name = host.lower().removesuffix(".")
    if name == "localhost":
        return True
    try:
        return ip_address(name.removeprefix("[").removesuffix("]")).is_loopback
    except ValueError:
        return False


def read_settings(*, host: str | None = None, port: int | None = None) -> Settings:
    """Return the settings of this environment; a host or port given here wins over it.

    Raises SettingsError with all mistakes at once, a sentence each.
    """
    env = Env(eager=False, prefix=PREFIX)
    values = _plain_values(env)
    keys, faults = parse_keys(_text(env, "API_KEYS", "key"))
    owners, wrong = parse_owners(_text(env, "BUCKET_OWNERS", "bucket"), f"{PREFIX}BUCKET_OWNERS")
    sealing, wrong_keys = parse_store_keys(_text(env, "STORE_KEY", "key"), f"{PREFIX}STORE_KEY")
    faults += [*wrong, *wrong_keys]
    try:
        env.seal()
    except EnvValidationError as error:
        faults = [*_sentences(error.error_messages), *faults]
    values |= {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    if faults:
        raise SettingsError(faults)
    lists: dict[str, Any] = {"api_keys": keys, "bucket_owners": owners, "store_keys": sealing}
    return Settings(**values, **lists, misspelt=tuple(_misspelt()))


def parse_keys(text: str) -> tuple[tuple[ApiKey, ...], list[str]]:
    """Read `name:scope+scope:sha256` entries between commas or newlines; return the keys, and a sentence per mistake.

    Lines that begin with `#` are comments. Mistakes are named by number: a wrong entry may hold a secret.
    """
    keys: list[ApiKey] = []
    faults: list[str] = []
    for number, entry in enumerate(entries_of(text), start=1):
        problems = list(_entry_problems(entry, keys))
        faults += [f"{PREFIX}API_KEYS: entry {number}: {problem}" for problem in problems]
        if not problems:
            name, scopes, digest = entry.split(":")
            keys.append(ApiKey(name=name, scopes=frozenset(scopes.split("+")), digest=bytes.fromhex(digest)))
    return tuple(keys), faults


def use_metrics_directory(path: Path) -> None:
    """Tell the Prometheus client, which only looks into the environment, where processes share their counters."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(path)


def metrics_directory() -> Path | None:
    """Return where processes share their counters, or None where there is only this process."""
    path = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    return Path(path) if path else None


def state_directory() -> Path:
    """Return where this user's programs keep what they want to find again: as systemd says, or else XDG."""
    given = os.environ.get("STATE_DIRECTORY", "").partition(":")[0]
    if given:
        return Path(given)
    return Path(os.environ.get("XDG_STATE_HOME") or "~/.local/state").expanduser() / "why403"


def store_file(directory: Path) -> str:
    """Return the URL of the store in a directory."""
    return f"sqlite:///{directory / 'store.db'}"


def plain_terminal() -> bool:
    """Return whether the user asked every program for text without colours (https://no-color.org)."""
    return bool(os.environ.get("NO_COLOR"))


def _plain_values(env: Env) -> dict[str, Any]:
    """Read everything but the keys; what cannot be read is None here and reported when `env` is sealed."""
    return {
        field: getattr(env, kind)(name, _DEFAULTS[field], validate=check)
        for name, (field, kind, check) in _VARIABLES.items()
    } | {field: frozenset(env.list(name, [], validate=check) or ()) for name, (field, check) in _LISTS.items()}


def _text(env: Env, name: str, holds: str) -> str:
    """Return what a variable lists, before what the file lists that another one names."""
    text: str = env.str(name, "")
    path: Path | None = env.path(f"{name}_FILE", None, validate=partial(_readable, holds=holds))
    return text if path is None else f"{text}\n{path.read_text(encoding='utf-8')}"


def _readable(path: Path, *, holds: str) -> None:
    """Refuse a file that cannot be read or holds nothing: who names one wants, say, keys to be asked for."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ValidationError(f"`{path}` cannot be read as text") from error
    if not text.strip():
        raise ValidationError(f"`{path}` holds no {holds}")


def _account_id(value: str) -> None:
    """Refuse what is no account id."""
    _account_ids([value])


def _account_ids(values: list[str]) -> None:
    """Refuse what are no account ids."""
    for value in values:
        if not is_account(value):
            raise ValidationError(f"`{value}` is not an account id of {ACCOUNT_DIGITS} digits")


def _store_url(value: str) -> None:
    """Refuse what names no database that a store can be kept in, without repeating a password."""
    if value != NO_STORE and not re.match(r"(sqlite:///|postgres(ql)?(\+psycopg)?://)(?!:memory:)\S", value):
        raise ValidationError("must be `none`, `sqlite:///FILE` or `postgresql://USER@HOST/DATABASE`")


def _entry_problems(entry: str, earlier: Iterable[ApiKey]) -> Iterator[str]:
    """Say what is wrong with one entry, without repeating what might be a secret."""
    parts = entry.split(":")
    if len(parts) != 3:  # noqa: PLR2004 - the parts are named in the sentence
        yield "must have the form name:scope+scope:sha256"
        return
    name, scopes, digest = parts
    if not name.replace("-", "").replace("_", "").replace(".", "").isalnum() or not name.isascii():
        yield "a name has ASCII letters, digits, `-`, `_` and `.` only"
    if unknown := sorted(set(scopes.split("+")) - SCOPES):
        yield f"unknown scope `{unknown[0]}`; there are {', '.join(sorted(SCOPES))}"
    if len(digest) != _DIGEST_CHARACTERS or not set(digest) <= set("0123456789abcdef"):
        yield "the last part must be the SHA-256 of the key, 64 lower-case hexadecimal digits"
    elif any(key.digest.hex() == digest for key in earlier):
        yield "the same key stands in an earlier entry"
    if any(key.name == name for key in earlier):
        yield f"the name `{name}` stands in an earlier entry"


def _sentences(messages: Mapping[str, list[str]] | list[str]) -> list[str]:
    """Word what environs found, a sentence for each variable."""
    found = messages.items() if isinstance(messages, Mapping) else [(PREFIX, messages)]
    return [f"{name}: {said[0].rstrip('.').replace('Not a', 'not a')}" for name, said in found]


def _misspelt() -> Iterator[str]:
    """Yield the names that look like settings and are none."""
    texts = ("API_KEYS", "BUCKET_OWNERS", "STORE_KEY")
    known = {*_VARIABLES, *_LISTS, *texts, *(f"{name}_FILE" for name in texts)}
    for name in sorted(os.environ):
        short = name.removeprefix(PREFIX)
        if name.startswith(PREFIX) and short not in known and not short.startswith(_SET_BY_KUBERNETES):
            yield name


_DEFAULTS = {field.name: field.default for field in fields(Settings)}
_VARIABLES: dict[str, tuple[str, str, Callable[[Any], object] | None]] = {
    "LISTEN_HOST": ("host", "str", validate.Length(min=1, error="must not be empty")),
    "LISTEN_PORT": ("port", "int", validate.Range(0, _HIGHEST_PORT, error=f"must be 0 to {_HIGHEST_PORT}")),
    "WORKERS": ("workers", "int", _POSITIVE),
    "THREADS": ("threads", "int", _POSITIVE),
    "WORKER_TIMEOUT_SECONDS": ("worker_timeout_seconds", "int", _POSITIVE),
    "GRACEFUL_TIMEOUT_SECONDS": ("graceful_timeout_seconds", "int", _POSITIVE),
    "MAX_BODY_BYTES": ("max_body_bytes", "int", _POSITIVE),
    "MAX_REQUESTS_PER_BODY": ("max_requests_per_body", "int", _POSITIVE),
    "MAX_JSON_DEPTH": (
        "max_json_depth",
        "int",
        validate.Range(1, _DEEPEST_JSON, error=f"must be 1 to {_DEEPEST_JSON}"),
    ),
    "LOG_LEVEL": ("log_level", "str", validate.OneOf(LOG_LEVELS, error=f"must be one of {', '.join(LOG_LEVELS)}")),
    "COLLECT": ("collect", "str", validate.OneOf(("auto", "off", "on"), error="must be one of auto, off, on")),
    "COLLECT_SECONDS": ("collect_seconds", "float", validate.Range(0.1, 60, error="must be 0.1 to 60")),
    "COLLECT_OBJECTS": ("collect_objects", "bool", None),
    "COLLECT_THREADS": ("collect_threads", "int", validate.Range(1, 256, error="must be 1 to 256")),
    # As IAM accepts them: RoleName with its path, and ExternalId of AssumeRole.
    "ROLE_NAME": ("role_name", "str", validate.Regexp(r"[\w+=,.@/-]{1,512}\Z", error="is no name of a role")),
    "EXTERNAL_ID": ("external_id", "str", validate.Regexp(r"[\w+=,.@:/-]{2,1224}\Z", error="is no external id")),
    "WRITER_ROLE": ("writer_role", "str", validate.Regexp(_WRITER, error="is no name or ARN pattern of a role")),
    "ORGANIZATION_ACCOUNT": ("organization_account", "str", _account_id),
    "STORE_URL": ("store_url", "str", _store_url),
    "STORE_DAYS": ("store_days", "int", _DAYS),
    "AUDIT_DAYS": ("audit_days", "int", _DAYS),
}
_LISTS: dict[str, tuple[str, Callable[[Any], object] | None]] = {
    "BLOCKED_LAYERS": ("blocked_layers", None),
    "METRICS_ACCOUNTS": ("metrics_accounts", _account_ids),
    "WRITER_ACCOUNTS": ("writer_accounts", _account_ids),
    "COLLECT_ACCOUNTS": ("collect_accounts", _account_ids),
}
