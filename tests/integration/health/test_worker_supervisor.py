"""Workers behind one socket: replaced when they die, and ended together."""

from __future__ import annotations

import os
import signal
import socket
from typing import Any

import httpx
import pytest

from asset_forge.observability.health.workers import WorkerSupervisor


def _pids(url: str, tries: int = 20) -> set[int]:
    found: set[int] = set()
    for _ in range(tries):
        try:
            found.add(int(httpx.get(f"{url}/pid", timeout=10, trust_env=False).text))
        except httpx.TransportError:
            continue
    return found


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_worker_that_dies_is_replaced(serve: Any) -> None:
    served = serve(workers=1, linger_seconds=0.0)
    (first,) = _pids(served.url)
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{served.url}/die", timeout=10, trust_env=False)
    served.until(lambda: served.code("startup") == 200)
    (second,) = _pids(served.url)
    assert second != first
    served.process.send_signal(signal.SIGTERM)
    assert served.end() == 0


def test_a_worker_that_cannot_start_ends_the_whole_with_its_code(serve: Any) -> None:
    served = serve(workers=2, exit_code=2, wait=False)
    assert served.end() == 2


def test_a_signal_to_workers_that_are_still_starting_ends_with_code_0(serve: Any) -> None:
    served = serve(workers=2, start_seconds=600, wait=False)
    served.until(lambda: served.out.count("starting") == 2)
    served.process.send_signal(signal.SIGTERM)
    assert served.end() == 0


def test_a_second_signal_ends_the_workers_at_once(serve: Any) -> None:
    served = serve(workers=2, linger_seconds=600)
    served.process.send_signal(signal.SIGTERM)
    served.until(lambda: served.code("ready") == 503)
    served.process.send_signal(signal.SIGTERM)
    assert served.end() == 128 + signal.SIGTERM


def test_an_interrupt_from_the_keyboard_which_reaches_every_process_drains(serve: Any) -> None:
    served = serve(workers=2, linger_seconds=0.5)
    served.until(lambda: served.out.count("lifespan-began") == 2)  # one alone answers, too
    os.killpg(served.process.pid, signal.SIGINT)
    assert served.end() == 0
    assert len([line for line in served.out if line.startswith("lifespan-ended")]) == 2


def test_workers_end_when_their_supervisor_is_killed(serve: Any) -> None:
    served = serve(workers=2, linger_seconds=0.0)
    pids = _pids(served.url)
    served.process.kill()
    served.until(lambda: not any(_is_alive(pid) for pid in pids))
    served.until(lambda: served.code("live") == 0)  # of a worker, too, that has not answered before


def test_less_than_one_worker_is_refused() -> None:
    with socket.socket() as listener, pytest.raises(ValueError, match="count is 0; at least one"):
        WorkerSupervisor(lambda _sockets: None, listener, count=0)
