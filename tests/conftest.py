"""What holds for every test: no network, and Hypothesis that reports what it found."""

import os

import pytest
from hypothesis import settings

LOOPBACK = ["127.0.0.1", "::1"]

settings.register_profile("dev", deadline=None, print_blob=True)
settings.register_profile("ci", deadline=None, print_blob=True, derandomize=True)
settings.load_profile("ci" if "CI" in os.environ else "dev")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests marked `serves` reach this machine; all others have no socket at all."""
    for item in items:
        if item.get_closest_marker("serves"):
            item.add_marker(pytest.mark.allow_hosts(LOOPBACK))
