"""Processes of one machine that ask each other what each of them alone knows.

    siblings = Siblings(metrics_directory / "siblings")
    siblings.answer("levels", lambda question: encode(logs.levels()))
    siblings.start()
    answers = siblings.ask("levels")

Each process has a Unix socket in a directory that only its own user may enter, and a thread that
answers there, also while its event loop is blocked. Nothing happens until somebody asks.
"""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import socket
import threading
import time
import uuid
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["Answers", "Siblings"]

_MAX_QUESTION: Final = 65_536
_MAX_ANSWER: Final = 32 << 20
_TALK_SECONDS: Final = 2.0
_LOOK_SECONDS: Final = 0.1
"""Of a look that lasts longer only so much counts: the process stood still."""

_MAX_SOCKET_PATH: Final = 100  # of the 108 bytes that sockaddr_un has on Linux, 104 on macOS

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answers:
    """What the other processes said, and how many live but did not say it, or not in time."""

    said: list[bytes]
    silent: int


class Siblings:
    """This process among those that share `directory`; it begins to answer with `start`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._name = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._answers: dict[str, Callable[[bytes], bytes]] = {}
        self._listener: socket.socket | None = None
        self._refused = False

    def answer(self, topic: str, answer: Callable[[bytes], bytes]) -> None:
        """Say how this process answers questions about a topic; called in the answering thread."""
        self._answers[topic] = answer

    def start(self) -> bool:
        """Begin to answer, or go on where somebody has removed the socket; says whether it began.

        Where that is impossible a line says so the first time, and this process is alone until a
        later call succeeds.
        """
        if self._listener is not None:
            if (self._directory / self._name).exists():
                return False
            self.close()
        try:
            self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            listener = socket.socket(socket.AF_UNIX)
            with _reachable(self._directory) as directory:
                listener.bind(f"{directory}/.{self._name}")
                listener.listen(64)
                # Only now: who is refused takes the socket for that of a dead process.
                os.rename(f"{directory}/.{self._name}", f"{directory}/{self._name}")  # noqa: PTH104
        except OSError as error:
            if not self._refused:
                _log.warning("other processes cannot ask this one: %s: %s", self._directory, error)
            self._refused = True
            return False
        if self._refused:
            _log.warning("other processes can ask this one again: %s", self._directory)
        self._refused = False
        self._listener = listener
        threading.Thread(target=self._serve, args=(listener,), name="siblings", daemon=True).start()
        return True

    def close(self) -> None:
        """Stop to answer."""
        if self._listener is not None:
            with contextlib.suppress(OSError):  # read-only, or gone: a dead socket harms nobody
                (self._directory / self._name).unlink()
            with contextlib.suppress(OSError):  # where that is refused, the daemon thread lives on
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None

    def ask(self, topic: str, question: bytes = b"", *, seconds: float = 1.0) -> Answers:
        """Ask all others at once, and wait at most so many seconds; blocks: call off the loop."""
        unreached = 0
        with selectors.DefaultSelector() as waiting:
            for name in self._others():
                try:
                    connection = self._connect(name)
                except OSError:
                    unreached += 1
                    continue
                if connection is None:
                    continue
                try:
                    connection.sendall(f"{topic}\n".encode() + question)
                    connection.shutdown(socket.SHUT_WR)
                except OSError:
                    connection.close()
                    unreached += 1
                    continue
                waiting.register(connection, selectors.EVENT_READ, bytearray())
            answers = _collect(waiting, seconds)
        return Answers(answers.said, answers.silent + unreached)

    def _others(self) -> list[str]:
        try:
            names = [path.name for path in self._directory.iterdir()]
        except OSError:
            return []
        return [name for name in names if name != self._name and not name.startswith(".")]

    def _connect(self, name: str) -> socket.socket | None:
        """Connect to a sibling; None for one that has ended, and what a dead one left is removed.

        Raises:
            OSError: It may live, and cannot be reached.
        """
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(_TALK_SECONDS / 10)
        try:
            with _reachable(self._directory) as directory:
                connection.connect(f"{directory}/{name}")
        except ConnectionRefusedError:
            connection.close()
            (self._directory / name).unlink(missing_ok=True)
            return None
        except FileNotFoundError:
            connection.close()
            return None
        except OSError:
            connection.close()
            raise
        return connection

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                if self._listener is not listener:
                    return  # closed
                time.sleep(0.1)  # out of descriptors: it passes, or the process has other troubles
                continue
            with connection:
                try:
                    self._talk(connection)
                except Exception:  # noqa: BLE001 - the one who asks counts it as silence
                    _log.warning("a question of another process was not answered", exc_info=True)

    def _talk(self, connection: socket.socket) -> None:
        connection.settimeout(_TALK_SECONDS)
        asked = bytearray()
        while chunk := connection.recv(65_536):
            asked += chunk
            if len(asked) > _MAX_QUESTION:
                return
        topic, _, question = bytes(asked).partition(b"\n")
        answer = self._answers.get(topic.decode("utf-8", "replace"))
        if answer is not None:
            connection.sendall(b"+" + answer(question))


def _collect(waiting: selectors.BaseSelector, seconds: float) -> Answers:
    """Read from all connections until each has ended or the time is over.

    Time in which this process stood still is not over: nobody has looked then.
    """
    said: list[bytes] = []
    broken = 0
    last = time.monotonic()
    while waiting.get_map() and seconds > 0:
        ready = waiting.select(min(seconds, _LOOK_SECONDS))
        now = time.monotonic()
        seconds -= min(now - last, _LOOK_SECONDS)
        last = now
        for key, _ in ready:
            connection, received = key.fileobj, key.data
            assert isinstance(connection, socket.socket)  # noqa: S101 - it was registered as one
            try:
                chunk = connection.recv(262_144)
            except OSError:
                chunk = b""
                received.clear()
            received += chunk
            if chunk and len(received) <= _MAX_ANSWER:
                continue
            waiting.unregister(connection)
            connection.close()
            if received[:1] == b"+":
                said.append(bytes(received[1:]))
            else:
                broken += 1
    silent = list(waiting.get_map().values())
    for key in silent:
        assert isinstance(key.fileobj, socket.socket)  # noqa: S101
        key.fileobj.close()
    return Answers(said, broken + len(silent))


@contextlib.contextmanager
def _reachable(directory: Path) -> Generator[str]:
    """Give a path to the directory that is short enough for the address of a socket."""
    path = str(directory.absolute())
    if len(os.fsencode(path)) + 32 <= _MAX_SOCKET_PATH or not Path("/proc/self/fd").is_dir():
        yield path
        return
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)
