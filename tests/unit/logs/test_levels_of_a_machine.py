"""Levels set at run time reach the processes that start later; the other ones here are real."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from asset_forge.observability.logs import MachineLevels, _machine, configure_logging
from asset_forge.observability.siblings import Siblings

PROGRAM = """
import json, os, pathlib, sys
from asset_forge.observability.logs import MachineLevels, _machine, configure_logging
from asset_forge.observability.siblings import Siblings
_machine._CATCH_UP_SECONDS = 30.0  # of those that live each answers, however late
siblings = Siblings(pathlib.Path(sys.argv[1]))
levels = MachineLevels(configure_logging(fd=os.open(os.devnull, os.O_WRONLY)), siblings)
siblings.start()
levels.catch_up()
print("ready", flush=True)
for line in sys.stdin:
    levels.set(json.loads(line))
    print(json.dumps(levels.read()), flush=True)
"""


class Process:
    """Another process of the group."""

    def __init__(self, directory: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(directory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._read() == "ready\n"

    def set(self, **levels: str) -> dict[str, str]:
        """Set levels, also none, and return all of that process."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(levels) + "\n")
        self._process.stdin.flush()
        found: dict[str, str] = json.loads(self._read())
        return found

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self._process.pid, os.WSTOPPED | os.WNOWAIT)

    def end(self) -> None:
        self._process.kill()
        self._process.communicate(timeout=30)

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Process]]:
    with ExitStack() as stack:

        def made() -> Process:
            process = Process(tmp_path / "siblings")
            stack.callback(process.end)
            return process

        yield made


@pytest.fixture
def siblings(tmp_path: Path) -> Iterator[Siblings]:
    made = Siblings(tmp_path / "siblings")
    yield made
    made.close()


@pytest.fixture
def levels(siblings: Siblings) -> Iterator[MachineLevels]:
    sink = os.open(os.devnull, os.O_WRONLY)
    logs = configure_logging(fd=sink)
    yield MachineLevels(logs, siblings, clock=lambda: 1e12)
    logs.close()
    os.close(sink)


def test_who_starts_later_takes_what_was_set_and_hands_it_on(start: Callable[[], Process]) -> None:
    first = start()
    first.set(root="warning", noisy="error")
    second = start()
    first.end()
    third = start()

    for process in (second, third):
        found = process.set()
        assert (found["root"], found["noisy"]) == ("warning", "error")


def test_when_the_last_has_ended_the_levels_are_forgotten(start: Callable[[], Process]) -> None:
    first = start()
    first.set(root="warning")
    first.end()

    assert start().set()["root"] == "info"


def test_the_latest_of_what_several_processes_know_counts(
    start: Callable[[], Process],
    siblings: Siblings,
    levels: MachineLevels,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_machine, "_CATCH_UP_SECONDS", 30.0)
    one, other = start(), start()
    one.set(noisy="error", quiet="debug")
    other.set(noisy="trace")
    levels.set({"quiet": "warning"})  # in future, as far as the others can tell
    one.set(quiet="info")
    siblings.start()
    levels.catch_up()

    found = levels.read()
    assert (found["noisy"], found["quiet"]) == ("trace", "warning")


def test_a_process_that_was_held_up_for_a_second_is_still_heard(
    tmp_path: Path, levels: MachineLevels
) -> None:
    def late(_question: bytes) -> bytes:
        time.sleep(1)
        return b'{"noisy": [1.0, "trace"]}'

    other = Siblings(tmp_path / "siblings")
    other.answer("log-levels", late)
    other.start()
    levels.catch_up()
    other.close()

    assert levels.read()["noisy"] == "trace"


def test_a_process_that_hangs_or_talks_nonsense_holds_no_start_up(
    tmp_path: Path, start: Callable[[], Process], levels: MachineLevels
) -> None:
    start().freeze()
    odd = Siblings(tmp_path / "siblings")
    odd.answer("log-levels", lambda question: b'{"noisy": [1, "loud"]}')
    odd.start()
    start_levels = levels.read()
    levels.catch_up()
    odd.close()

    assert levels.read() == start_levels
