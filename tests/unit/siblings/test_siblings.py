"""Processes that ask each other: here several in one, each with its own socket."""

from __future__ import annotations

import errno
import logging
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from asset_forge.observability import siblings as module
from asset_forge.observability.siblings import Siblings

PROGRAM = """
import sys, time
from pathlib import Path
from asset_forge.observability.siblings import Siblings
siblings = Siblings(Path(sys.argv[1]))
siblings.answer("name", lambda question: b"child " + question)
siblings.start()
print("ready", flush=True)
time.sleep(600)
"""

Make = Callable[[str], Siblings]


@pytest.fixture(autouse=True)
def patient_talk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let none hang up on another that a busy machine holds up; tests of `seconds` say theirs."""
    monkeypatch.setattr(module, "_TALK_SECONDS", 60.0)


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made: list[Siblings] = []

    def start(name: str) -> Siblings:
        siblings = Siblings(tmp_path / "siblings")
        siblings.answer("name", lambda question: name.encode() + question)
        siblings.start()
        made.append(siblings)
        return siblings

    yield start
    for siblings in made:
        siblings.close()


@pytest.fixture
def child(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    arguments = [sys.executable, "-c", PROGRAM, str(tmp_path / "siblings")]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


def test_all_others_are_asked_and_answer(make: Make) -> None:
    first, _, _ = make("a"), make("b"), make("c")
    answers = first.ask("name", b"?", seconds=20)
    assert (sorted(answers.said), answers.silent) == ([b"b?", b"c?"], 0)


def test_alone_there_is_no_answer(make: Make) -> None:
    assert make("a").ask("name").said == []


def test_large_answers_arrive_whole(make: Make) -> None:
    asking, other = make("a"), make("b")
    other.answer("much", lambda question: b"x" * 5_000_000)
    (said,) = asking.ask("much", seconds=20).said
    assert len(said) == 5_000_000


def test_a_topic_that_is_unknown_or_fails_is_no_answer(make: Make) -> None:
    asking, other = make("a"), make("b")
    other.answer("broken", lambda question: b"%d" % (1 // 0))
    for topic in ("broken", "nonsense"):
        answers = asking.ask(topic, seconds=20)
        assert (answers.said, answers.silent) == ([], 1)
    assert asking.ask("name", seconds=20).said == [b"b"]


def test_what_is_too_long_or_no_question_breaks_nothing(make: Make, tmp_path: Path) -> None:
    asking = make("a")
    (path,) = (tmp_path / "siblings").iterdir()
    for noise in (b"", b"\xff\xfe\n", b"x" * 200_000):
        with socket.socket(socket.AF_UNIX) as stranger:
            stranger.connect(str(path) if len(str(path)) < 100 else os.path.relpath(path))
            try:
                stranger.sendall(noise)
            except OSError:
                continue  # it hung up on too much
    other = make("b")
    assert other.ask("name", seconds=20).said == [b"a"]
    assert asking.ask("name", seconds=20).said == [b"b"]


def test_a_process_that_hangs_is_counted_and_holds_nobody_up(
    make: Make, child: subprocess.Popen[str]
) -> None:
    asking, _ = make("a"), make("b")
    assert sorted(asking.ask("name", seconds=20).said) == [b"b", b"child "]
    child.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, child.pid, os.WSTOPPED | os.WNOWAIT)
    for _ in range(20):  # a busy machine may hold up the other one, too
        began = time.monotonic()
        answers = asking.ask("name", seconds=0.5)
        if answers.said:
            break
    assert (answers.said, answers.silent) == ([b"b"], 1)
    assert time.monotonic() - began < 20
    child.send_signal(signal.SIGCONT)


def test_a_look_through_which_the_asking_process_stood_still_uses_up_little_of_its_time(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Jumping:
        """A clock on which ten seconds have passed each time that it is looked at."""

        now = 0.0
        sleep = staticmethod(time.sleep)

        def monotonic(self) -> float:
            self.now += 10.0
            return self.now

    def late(question: bytes) -> bytes:
        time.sleep(0.3)
        return question

    asking, other = make("a"), make("b")
    other.answer("late", late)
    monkeypatch.setattr(module, "time", Jumping())
    assert asking.ask("late", b"!", seconds=5).said == [b"!"]


@contextmanager
def listening(path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[socket.socket]:
    """Open the socket of a process that lives, and accepts only what its test accepts."""
    monkeypatch.chdir(path.parent)  # the address of a socket has to be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path.name)
        listener.listen(0)
        yield listener


def test_one_that_lives_and_cannot_be_reached_is_silent_and_keeps_its_socket(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking, _ = make("a"), make("b")
    path = tmp_path / "siblings" / "busy"
    with listening(path, monkeypatch), ExitStack() as waiting:
        outcomes: list[int] = []
        for _ in range(2):
            before = waiting.enter_context(socket.socket(socket.AF_UNIX))
            before.setblocking(False)
            outcomes.append(before.connect_ex(path.name))
        assert outcomes == [0, errno.EAGAIN], "one may wait, and it does"
        answers = asking.ask("name", seconds=20)
        assert (answers.said, answers.silent) == ([b"b"], 1)
        assert path.exists()


def test_one_that_hangs_up_is_silent(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking, _ = make("a"), make("b")

    def hang_up() -> None:
        listener.accept()[0].close()

    with listening(tmp_path / "siblings" / "rude", monkeypatch) as listener:
        thread = threading.Thread(target=hang_up)
        thread.start()
        answers = asking.ask("name", seconds=20)
        thread.join(20)
        assert (answers.said, answers.silent) == ([b"b"], 1)


def test_what_a_killed_process_left_is_removed(
    make: Make, child: subprocess.Popen[str], tmp_path: Path
) -> None:
    asking = make("a")
    child.kill()
    child.wait(20)
    assert asking.ask("name", seconds=20).said == []
    assert len(list((tmp_path / "siblings").iterdir())) == 1


def test_a_closed_one_leaves_nothing_behind(make: Make, tmp_path: Path) -> None:
    make("a").close()
    assert list((tmp_path / "siblings").iterdir()) == []


def test_nobody_else_may_enter(make: Make, tmp_path: Path) -> None:
    make("a")
    assert stat.S_IMODE((tmp_path / "siblings").stat().st_mode) == 0o700


def test_a_long_path_is_no_obstacle(tmp_path: Path) -> None:
    directory = tmp_path / ("x" * 120)
    one, other = Siblings(directory), Siblings(directory)
    other.answer("name", lambda question: b"far away")
    for siblings in (one, other):
        siblings.start()
    assert one.ask("name", seconds=20).said == [b"far away"]
    for siblings in (one, other):
        siblings.close()


def test_where_no_socket_can_be_made_a_line_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    blocked = tmp_path / "a-file"
    blocked.touch()
    alone = Siblings(blocked)
    with caplog.at_level(logging.WARNING):
        alone.start()
    assert "other processes cannot ask this one" in caplog.text
    assert str(blocked) in caplog.text
    assert alone.ask("name").said == []
    alone.close()


def test_one_that_could_not_be_asked_can_be_once_its_directory_is_usable(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    directory = tmp_path / "siblings"
    directory.touch()
    late, other = Siblings(directory), Siblings(directory)
    late.answer("name", lambda question: b"late")
    assert [late.start(), late.start()] == [False, False]
    assert len(caplog.records) == 1

    directory.unlink()
    assert [late.start(), late.start()] == [True, False]
    assert "can ask this one again" in caplog.text
    assert other.ask("name", seconds=20).said == [b"late"]
    late.close()


def test_one_whose_socket_somebody_has_removed_answers_at_another(tmp_path: Path) -> None:
    directory = tmp_path / "siblings"
    robbed, other = Siblings(directory), Siblings(directory)
    robbed.answer("name", lambda question: b"robbed")
    assert robbed.start()
    for path in directory.iterdir():
        path.unlink()
    assert other.ask("name").said == []
    assert robbed.start()
    assert other.ask("name", seconds=20).said == [b"robbed"]
    robbed.close()
