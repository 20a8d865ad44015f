"""What never comes is waited for so long and no longer; what comes in time is read, and nothing is left behind."""

import socket
import time

import pytest

from why403.web.patience import Patience


def test_what_never_comes_ends_as_if_the_client_had_gone() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, Patience().within(0.1, ours):
        theirs.send(b"a")
        began = time.monotonic()
        assert ours.recv(8) + ours.recv(8) == b"a"
        assert time.monotonic() - began < 5
        ours.send(b"answer")
        assert theirs.recv(8) == b"answer"


def test_where_many_wait_the_first_goes_before_its_time() -> None:
    patience = Patience(most=2)
    first, _first = socket.socketpair()
    second, _second = socket.socketpair()
    with first, _first, second, _second, patience.within(60, first), patience.within(60, second):
        second.settimeout(0.1)
        assert first.recv(8) == b""
        with pytest.raises(TimeoutError):
            second.recv(8)


def test_what_comes_in_time_is_read() -> None:
    patience = Patience()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        with patience.within(0.1, ours):
            theirs.send(b"a")
            assert ours.recv(8) == b"a"
        time.sleep(0.5)
        theirs.send(b"b")
        assert ours.recv(8) == b"b"
    with patience.within(0.1, None):
        pass
