"""How keys are made and recognised."""

from why403.settings import parse_keys
from why403.web.keys import new_key, owner_of


def test_a_new_key_is_recognised_by_what_the_service_is_configured_with() -> None:
    new = new_key()
    keys, faults = parse_keys(f"ana:simulate+metrics:{new.sha256}")
    assert not faults
    owner = owner_of(new.secret, keys)
    assert owner is not None
    assert owner.name == "ana"
    assert owner.scopes == {"simulate", "metrics"}


def test_no_two_keys_are_alike_and_none_is_short() -> None:
    secrets = {new_key().secret for _ in range(50)}
    assert len(secrets) == 50
    assert min(map(len, secrets)) > 40


def test_another_secret_belongs_to_nobody() -> None:
    keys, _ = parse_keys(f"ana:simulate:{new_key().sha256}")
    assert owner_of(new_key().secret, keys) is None
    assert owner_of("", keys) is None


def test_the_digest_itself_is_no_key() -> None:
    new = new_key()
    keys, _ = parse_keys(f"ana:simulate:{new.sha256}")
    assert owner_of(new.sha256, keys) is None
