"""What holds for every test: no network, and Hypothesis that reports what it found."""

import os

import pytest
from hypothesis import settings

# Whatever AWS account this machine knows is not for tests, nor is it looked for.
os.environ.update(
    AWS_EC2_METADATA_DISABLED="true", AWS_CONFIG_FILE="/nonexistent", AWS_SHARED_CREDENTIALS_FILE="/nonexistent"
)
_FOUND_BY = ("AWS_ACCESS", "AWS_SECRET", "AWS_SESSION", "AWS_CONTAINER", "AWS_PROFILE", "AWS_DEFAULT", "AWS_WEB")
# Nor is where this user keeps the state of programs.
_KEPT_BY = ("STATE_DIRECTORY", "XDG_STATE_HOME")
for name in [name for name in os.environ if name.startswith((*_FOUND_BY, *_KEPT_BY))]:
    del os.environ[name]

LOOPBACK = ["127.0.0.1", "::1"]

pytest_plugins = ["tests.store.databases"]
if "MUTANT_UNDER_TEST" in os.environ:
    pytest_plugins.append("tests.mutation.unremembered")

settings.register_profile("dev", deadline=None, print_blob=True)
settings.register_profile("ci", deadline=None, print_blob=True, derandomize=True)
settings.load_profile("ci" if "CI" in os.environ else "dev")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests marked `serves` reach this machine; all others have no socket at all.

    A name that differs from run to run could not be given to run the test again.
    """
    for item in items:
        if " at 0x" in item.nodeid:
            raise pytest.UsageError(f"the name of a test holds an address in memory: {item.nodeid}")
        if item.get_closest_marker("serves"):
            item.add_marker(pytest.mark.allow_hosts(LOOPBACK))
