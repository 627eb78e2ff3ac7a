"""The pipe that tells of signals: what it hears and passes on, and what a child keeps from it."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator

import pytest

from asset_forge.observability.health._signal_pipe import TOLD, SignalPipe


@pytest.fixture
def usr1() -> Iterator[list[int]]:
    """The times that the handler of a signal has run."""
    ran: list[int] = []
    before = signal.signal(signal.SIGUSR1, lambda number, _frame: ran.append(number))
    yield ran
    signal.signal(signal.SIGUSR1, before)


@pytest.fixture
def owner() -> Iterator[socket.socket]:
    """Somebody who is told of signals already, as an event loop is."""
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    before = signal.set_wakeup_fd(writer.fileno())
    yield reader
    assert signal.set_wakeup_fd(before) == writer.fileno(), "it was not put back"
    reader.close()
    writer.close()


def test_it_tells_of_signals_and_passes_them_on(usr1: list[int], owner: socket.socket) -> None:
    pipe = SignalPipe()
    with pipe.connected():
        signal.raise_signal(signal.SIGUSR1)
        assert pipe.wait(20) == [signal.SIGUSR1]
        assert owner.recv(10) == bytes([signal.SIGUSR1])
        assert usr1 == [signal.SIGUSR1]
        assert pipe.wait(0) == []
    signal.raise_signal(signal.SIGUSR1)
    assert pipe.wait(0) == []
    assert owner.recv(10) == bytes([signal.SIGUSR1])


def test_being_told_is_no_signal_and_never_waits() -> None:
    pipe = SignalPipe()
    for _ in range(100_000):  # more than a pipe holds
        pipe.tell()
    assert set(pipe.wait(20)) == {TOLD}


def test_who_has_asked_for_signals_since_keeps_them() -> None:
    with socket.socket() as later:
        later.setblocking(False)
        with SignalPipe().connected():
            signal.set_wakeup_fd(later.fileno())
        assert signal.set_wakeup_fd(-1) == later.fileno()


def test_a_forked_child_keeps_its_signals_from_its_parent(usr1: list[int]) -> None:
    pipe = SignalPipe()
    with pipe.connected():
        child = os.fork()
        if child == 0:
            signal.raise_signal(signal.SIGUSR1)
            pipe.tell()
            os._exit(len(usr1))
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1, "its handler has run"
        assert pipe.wait(0) == []
