"""Settings from the environment: defaults, every variable, and all mistakes together."""

import os
from pathlib import Path

import pytest

from why403.entries import parse_owners, parse_store_keys
from why403.settings import (
    SCOPES,
    ApiKey,
    Settings,
    SettingsError,
    is_loopback,
    parse_keys,
    read_settings,
    state_directory,
)

DIGEST = "ab" * 32
ANYWHERE = "0.0.0.0"  # noqa: S104 - the address that these tests are about
ROOT = Path(__file__).parents[1]
VALUES = {
    "LISTEN_HOST": ANYWHERE,
    "LISTEN_PORT": "9000",
    "WORKERS": "3",
    "THREADS": "4",
    "WORKER_TIMEOUT_SECONDS": "50",
    "GRACEFUL_TIMEOUT_SECONDS": "20",
    "API_KEYS": f"ana:simulate+metrics:{DIGEST}",
    "MAX_BODY_BYTES": "1000",
    "MAX_REQUESTS_PER_BODY": "10",
    "MAX_JSON_DEPTH": "20",
    "BLOCKED_LAYERS": "acl,kms",
    "METRICS_ACCOUNTS": "111122223333,444455556666",
    "LOG_LEVEL": "debug",
    "COLLECT": "on",
    "COLLECT_SECONDS": "2.5",
    "COLLECT_OBJECTS": "true",
    "COLLECT_THREADS": "5",
    "COLLECT_ACCOUNTS": "111122223333",
    "ROLE_NAME": "audit/why403",
    "EXTERNAL_ID": "x-1",
    "ORGANIZATION_ACCOUNT": "777788889999",
    "WRITER_ROLE": "arn:aws:iam::{account}:role/ops/why403-writer",
    "WRITER_ACCOUNTS": "444455556666",
    "BUCKET_OWNERS": "reports=111122223333, logs = 444455556666",
    "STORE_URL": "postgresql://why403@db/why403",
    "STORE_KEY": f"{'A' * 43}=, {'-_' * 21}A=",
    "STORE_DAYS": "7",
    "AUDIT_DAYS": "90",
}


@pytest.fixture(autouse=True)
def _no_settings_of_this_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("WHY403_"):
            monkeypatch.delenv(name)


def test_without_variables_it_serves_on_loopback_and_asks_for_no_key() -> None:
    settings = read_settings()
    assert settings == Settings()
    assert is_loopback(settings.host)
    assert settings.api_keys == ()
    assert settings.max_body_bytes == 16 * 1024 * 1024
    assert settings.max_requests_per_body == 10_000


def test_every_variable_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in VALUES.items():
        monkeypatch.setenv(f"WHY403_{name}", value)
    assert read_settings() == Settings(
        host=ANYWHERE,
        port=9000,
        workers=3,
        threads=4,
        worker_timeout_seconds=50,
        graceful_timeout_seconds=20,
        api_keys=(ApiKey(name="ana", scopes=frozenset({"simulate", "metrics"}), digest=bytes.fromhex(DIGEST)),),
        max_body_bytes=1000,
        max_requests_per_body=10,
        max_json_depth=20,
        blocked_layers=frozenset({"acl", "kms"}),
        metrics_accounts=frozenset({"111122223333", "444455556666"}),
        log_level="debug",
        collect="on",
        collect_seconds=2.5,
        collect_objects=True,
        collect_threads=5,
        collect_accounts=frozenset({"111122223333"}),
        role_name="audit/why403",
        external_id="x-1",
        organization_account="777788889999",
        writer_role="arn:aws:iam::{account}:role/ops/why403-writer",
        writer_accounts=frozenset({"444455556666"}),
        bucket_owners={"reports": "111122223333", "logs": "444455556666"},
        store_url="postgresql://why403@db/why403",
        store_keys=(bytes(32), b"\xfb\xff\xbf" * 10 + b"\xfb\xf0"),
        store_days=7,
        audit_days=90,
    )


def test_all_mistakes_are_told_together(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "LISTEN_PORT": "http",
        "WORKERS": "0",
        "MAX_JSON_DEPTH": "9999",
        "METRICS_ACCOUNTS": "12",
        "LOG_LEVEL": "loud",
        "COLLECT": "perhaps",
        "COLLECT_SECONDS": "600",
        "ROLE_NAME": "a role",
        "WRITER_ROLE": "arn:aws:iam::me:role/writer",
        "ORGANIZATION_ACCOUNT": "ours",
        "API_KEYS": "ana:simulate:short",
        "STORE_URL": "mysql://root:hunter2@db/why403",
        "STORE_KEY": "hunter2",
        "STORE_DAYS": "0",
        "AUDIT_DAYS": "40000",
    }.items():
        monkeypatch.setenv(f"WHY403_{name}", value)
    with pytest.raises(SettingsError) as raised:
        read_settings()
    assert sorted(raised.value.faults) == [
        "WHY403_API_KEYS: entry 1: the last part must be the SHA-256 of the key, 64 lower-case hexadecimal digits",
        "WHY403_AUDIT_DAYS: must be 1 to 36500",
        "WHY403_COLLECT: must be one of auto, off, on",
        "WHY403_COLLECT_SECONDS: must be 0.1 to 60",
        "WHY403_LISTEN_PORT: not a valid integer",
        "WHY403_LOG_LEVEL: must be one of debug, info, warning, error",
        "WHY403_MAX_JSON_DEPTH: must be 1 to 200",
        "WHY403_METRICS_ACCOUNTS: `12` is not an account id of 12 digits",
        "WHY403_ORGANIZATION_ACCOUNT: `ours` is not an account id of 12 digits",
        "WHY403_ROLE_NAME: is no name of a role",
        "WHY403_STORE_DAYS: must be 1 to 36500",
        "WHY403_STORE_KEY: entry 1: must be 32 random bytes in base64; `why403 new-store-key`",
        "WHY403_STORE_URL: must be `none`, `sqlite:///FILE` or `postgresql://USER@HOST/DATABASE`",
        "WHY403_WORKERS: must be 1 or more",
        "WHY403_WRITER_ROLE: is no name or ARN pattern of a role",
    ]


def test_a_flag_goes_before_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHY403_LISTEN_HOST", "::1")
    monkeypatch.setenv("WHY403_LISTEN_PORT", "9000")
    assert (read_settings(port=1).host, read_settings(port=1).port) == ("::1", 1)
    assert read_settings(host="127.0.0.2").host == "127.0.0.2"


@pytest.mark.parametrize("host", [ANYWHERE, "::", "10.1.2.3", "why403.example", "", "*"])
def test_an_address_that_others_reach_needs_a_key(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    with pytest.raises(SettingsError, match="can be reached from other machines"):
        read_settings(host=host)
    monkeypatch.setenv("WHY403_API_KEYS", f"ana:simulate:{DIGEST}")
    assert read_settings(host=host).host == host


@pytest.mark.parametrize("host", ["localhost", "LocalHost.", "127.0.0.1", "127.1.2.3", "::1", "[::1]"])
def test_loopback_needs_none(host: str) -> None:
    assert read_settings(host=host).host == host


def test_keys_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(
        f"# people\nana:simulate:{DIGEST}\n\nbob:metrics:{'cd' * 32}, eve:apply:{'ef' * 32}\n", encoding="utf-8"
    )
    monkeypatch.setenv("WHY403_API_KEYS_FILE", str(file))
    assert [key.name for key in read_settings(host=ANYWHERE).api_keys] == ["ana", "bob", "eve"]


def test_owners_of_buckets_may_stand_in_a_file_as_well(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "owners"
    file.write_text("# the archive\nold=111122223333\nolder=111122223333,reports=444455556666\n", encoding="utf-8")
    monkeypatch.setenv("WHY403_BUCKET_OWNERS", "reports=444455556666")
    monkeypatch.setenv("WHY403_BUCKET_OWNERS_FILE", str(file))
    owners = {"reports": "444455556666", "old": "111122223333", "older": "111122223333"}
    assert read_settings().bucket_owners == owners


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("reports", "must have the form bucket=account"),
        ("reports=ours", "must have the form bucket=account"),
        ("=111122223333", "must have the form bucket=account"),
        ("reports=111122223333=", "must have the form bucket=account"),
        ("logs=444455556666", "`logs` stands in an earlier entry with another account"),
    ],
)
def test_a_wrong_owner_is_refused(monkeypatch: pytest.MonkeyPatch, entry: str, said: str) -> None:
    owners, faults = parse_owners(f"logs=111122223333,{entry}", "WHY403_BUCKET_OWNERS")
    assert owners == {"logs": "111122223333"}
    assert [fault.partition(said)[0] for fault in faults] == ["WHY403_BUCKET_OWNERS: entry 2: "]
    monkeypatch.setenv("WHY403_BUCKET_OWNERS", f"logs=111122223333,{entry}")
    with pytest.raises(SettingsError, match="entry 2"):
        read_settings()


@pytest.mark.parametrize("name", ["API_KEYS_FILE", "BUCKET_OWNERS_FILE", "STORE_KEY_FILE"])
@pytest.mark.parametrize("content", [None, b"", b"\n \n", b"\xff\xfe"])
def test_a_file_that_holds_nothing_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None, name: str
) -> None:
    file = tmp_path / "keys"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv(f"WHY403_{name}", str(file))
    with pytest.raises(SettingsError, match=f"WHY403_{name}: "):
        read_settings()


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("hunter2", "must have the form name:scope+scope:sha256"),
        (f"ana:{DIGEST}", "must have the form"),
        (f":simulate:{DIGEST}", "a name has ASCII letters"),
        (f"an a:simulate:{DIGEST}", "a name has ASCII letters"),
        (f"ana::{DIGEST}", "unknown scope ``"),
        (f"ana:simulate+root:{DIGEST}", "unknown scope `root`"),
        (f"ana:simulate:{DIGEST.upper()}", "64 lower-case hexadecimal digits"),
        ("ana:simulate:hunter2", "64 lower-case hexadecimal digits"),
    ],
)
def test_a_wrong_entry_is_named_by_its_number_only(entry: str, said: str) -> None:
    keys, faults = parse_keys(f"bob:apply:{'cd' * 32},{entry}")
    assert [key.name for key in keys] == ["bob"]
    assert [fault for fault in faults if fault.startswith("WHY403_API_KEYS: entry 2: ") and said in fault]
    assert not [fault for fault in faults if "hunter2" in fault or DIGEST in fault]


@pytest.mark.parametrize("second", [f"ana:apply:{'cd' * 32}", f"bob:apply:{DIGEST}"])
def test_no_two_keys_are_of_one_name_or_one_secret(second: str) -> None:
    _, faults = parse_keys(f"ana:simulate:{DIGEST}\n{second}")
    assert len(faults) == 1
    assert "in an earlier entry" in faults[0]


def test_a_misspelt_variable_is_noticed_and_those_of_kubernetes_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WHY403_API_KEY", "WHY403_PORT", "WHY403_SERVICE_HOST", "WHY403_PORT_8403_TCP", "WHY403_WORKERS"):
        monkeypatch.setenv(name, "1")
    assert read_settings().misspelt == ("WHY403_API_KEY",)


def test_the_handbook_explains_every_variable_and_scope() -> None:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    names = [*VALUES, "API_KEYS_FILE", "BUCKET_OWNERS_FILE", "STORE_KEY_FILE"]
    assert [name for name in names if f"`WHY403_{name}`" not in text] == []
    assert [scope for scope in SCOPES if f"`{scope}`" not in text] == []


@pytest.mark.parametrize(
    "url",
    [
        "none",
        "sqlite:///store.db",
        "sqlite:////var/lib/why403/store.db",
        "postgres://db/x",
        "postgresql+psycopg://db/x",
        "postgresql:///why403?host=/run/postgresql",
    ],
)
def test_a_store_is_named_by_its_url(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("WHY403_STORE_URL", url)
    assert read_settings().store_url == url


@pytest.mark.parametrize("url", ["", "sqlite://", "sqlite:///", "sqlite:///:memory:", "/var/x.db", "postgresql://"])
def test_what_names_no_database_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("WHY403_STORE_URL", url)
    with pytest.raises(SettingsError, match="WHY403_STORE_URL: must be `none`"):
        read_settings()


def test_keys_of_the_store_may_stand_in_a_file_the_newest_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "key"
    file.write_text(f"# of May\n{'B' * 43}=\n# of April\n{'A' * 43}=\n", encoding="utf-8")
    monkeypatch.setenv("WHY403_STORE_KEY_FILE", str(file))
    newest, older = read_settings().store_keys
    assert (newest[:1], older) == (b"\x04", bytes(32))


@pytest.mark.parametrize(
    "wrong", ["A" * 44, "A" * 42 + "==", f"{'A' * 43}=={'A' * 4}", "é" * 43 + "=", "A" * 86 + "=="]
)
def test_a_wrong_key_of_the_store_is_refused_and_not_repeated(wrong: str) -> None:
    keys, (fault,) = parse_store_keys(f"{'B' * 43}=\n{wrong}", "WHY403_STORE_KEY")
    assert len(keys) == 1
    assert "entry 2: must be 32 random bytes" in fault
    assert wrong not in fault


def test_the_same_key_of_the_store_twice_is_a_mistake() -> None:
    assert len(parse_store_keys(f"{'B' * 43}=\n{'B' * 43}=", "X")[1]) == 1


def test_what_is_secret_of_the_settings_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHY403_STORE_URL", "postgresql://why403:hunter2@db/why403")
    monkeypatch.setenv("WHY403_STORE_KEY", f"{'A' * 43}=")
    assert "hunter2" not in repr(read_settings())
    assert "x00" not in repr(read_settings())


@pytest.mark.parametrize(
    ("variables", "directory"),
    [
        ({"HOME": "/home/ana"}, "/home/ana/.local/state/why403"),
        ({"HOME": "/home/ana", "XDG_STATE_HOME": ""}, "/home/ana/.local/state/why403"),
        ({"HOME": "/home/ana", "XDG_STATE_HOME": "/state"}, "/state/why403"),
        ({"XDG_STATE_HOME": "/state", "STATE_DIRECTORY": "/var/lib/why403:/var/lib/other"}, "/var/lib/why403"),
    ],
)
def test_state_is_kept_where_the_user_keeps_it(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], directory: str
) -> None:
    for name in ("XDG_STATE_HOME", "STATE_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert state_directory() == Path(directory)


def test_aws_is_changed_for_those_who_have_a_key_only_and_under_a_role_of_its_own() -> None:
    key = ApiKey(name="ana", scopes=SCOPES, digest=bytes.fromhex(DIGEST))
    with pytest.raises(SettingsError, match="WRITER_ROLE needs WHY403_API_KEYS"):
        Settings(writer_role="why403-writer")
    with pytest.raises(SettingsError, match="must be different roles"):
        Settings(writer_role="why403", role_name="why403", api_keys=(key,))
    assert Settings(writer_role="why403-writer", role_name="why403", api_keys=(key,)).writer_role == "why403-writer"
