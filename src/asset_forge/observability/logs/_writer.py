"""Writes lines from a thread of its own: the caller never waits for a pipe, disk or terminal."""

from __future__ import annotations

import os
import select
import stat
import sys
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

__all__ = ["LineWriter"]

_BATCH_BYTES = 65_536
_BATCH_LINES = 128  # whose rendering keeps the interpreter from others for less than a millisecond
_FULL = "the queue was full"
_GATHER_SECONDS = 0.05  # each wake-up of the thread takes the interpreter away from a request
_RETRY_SECONDS = 0.05  # for a sink that refused: soon enough to see it recover
_LOOK_SECONDS = 0.1  # how often a thread that waits for a sink looks whether it is to end
_LEAVE_SECONDS = 0.5
_LEAVE_SINK_SECONDS = 5.0  # it looks every 0.1 s, and what it took is known only when it has ended
_NEVER = sys.maxsize

T = TypeVar("T")


class LineWriter(Generic[T]):
    """A bounded queue of lines and the thread that writes them to a file descriptor.

    A line waits for up to 50 ms for others to be written with, which is what a process that is
    killed may lose; an urgent one does not wait. A line that finds the queue full (``max_lines``,
    ``max_bytes``) and a line that the sink refuses (disk full, pipe closed) is lost: ``on_lost`` is
    told how many at once, and ``report`` renders the line that tells the reader when the sink takes
    lines again. ``render`` makes the lines of :meth:`write_later` in the thread, and does not
    raise. The descriptor stays the caller's and is not closed.

    A pipe, socket or terminal gets a piece only when it has room, so that also of a sink that
    nobody reads is known which lines it took. Of a file whose disk hangs it is not: the batch
    under way then counts as lost.
    """

    def __init__(
        self,
        fd: int,
        *,
        render: Callable[[T], bytes],
        report: Callable[[int, str], bytes],
        on_lost: Callable[[int], None],
        max_lines: int = 10_000,
        max_bytes: int = 8_388_608,
    ) -> None:
        self._fd = fd
        self._room: select.poll | None = None if _is_file(fd) else select.poll()
        if self._room is not None:
            self._room.register(fd, select.POLLOUT)
        self._render = render
        self._report = report
        self._on_lost = on_lost
        self._max_lines = max_lines
        self._max_bytes = max_bytes
        self._reset()
        reference = weakref.ref(self)

        def after_fork() -> None:
            writer = reference()
            if writer is not None:
                writer._reset()

        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=after_fork)

    def _reset(self) -> None:
        """Start empty: at first, and in a forked child, where the thread is gone and the lock may
        be held.
        """
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._lines: deque[bytes | T] = deque()
        self._bytes = 0
        self._wake_at = 1  # how many queued lines the thread is woken for
        self._urgent = False
        self._writing = 0
        self._left_behind = 0
        self._reporting = 0
        self._unreported = 0
        self._reason = _FULL
        self._torn = False
        self._closing = False
        self._thread: threading.Thread | None = None

    def write(self, line: bytes, *, urgent: bool = False) -> None:
        """Queue ``line``, which ends in a line break. Never waits and never raises."""
        with self._lock:
            fits = len(self._lines) < self._max_lines and self._bytes + len(line) <= self._max_bytes
            if fits and not self._closing:
                self._lines.append(line)
                self._bytes += len(line)
                self._urgent = self._urgent or urgent
                if urgent or self._bytes >= _BATCH_BYTES or len(self._lines) >= self._wake_at:
                    self._wake()
                return
            self._unreported += 1
        self._on_lost(1)

    def write_later(self, facts: T) -> None:
        """Queue a line of some hundred bytes that ``render`` makes of ``facts``. Never waits and
        never raises.

        The lock is taken only where the thread has to be woken: either the thread sees what is
        appended here, or its wish to be woken is seen here. Each of several threads at once may
        put one line over ``max_lines``.
        """
        if len(self._lines) < self._max_lines:
            self._lines.append(facts)
            if len(self._lines) < self._wake_at:
                return
            with self._lock:
                lost = self._abandon() if self._closing else 0
                if not self._closing:
                    self._wake()
        else:
            with self._lock:
                self._unreported += 1
            lost = 1
        if lost:
            self._on_lost(lost)

    def flush(self, timeout: float) -> bool:
        """Wait up to ``timeout`` seconds until all queued lines are written or lost; False if some
        are left.
        """
        deadline = time.monotonic() + timeout
        with self._changed:
            self._changed.notify_all()
            while self._lines or self._writing:
                left = deadline - time.monotonic()
                if left <= 0 or self._thread is None or not self._thread.is_alive():
                    return False
                self._changed.wait(left)
        return True

    def close(self, timeout: float) -> int:
        """Write what is queued for up to ``timeout`` seconds, then give up; returns how many lines
        were left behind.

        Lines written later are lost and counted.
        """
        with self._changed:
            if self._closing:
                return 0
        self.flush(timeout)
        with self._changed:
            self._closing = True
            self._wake_at = 0
            left = self._abandon()
            self._changed.notify_all()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(_LEAVE_SECONDS if self._room is None else _LEAVE_SINK_SECONDS)
        with self._changed:
            left += self._writing
            self._writing = 0
            left, self._left_behind = left + self._left_behind, 0
        if left:
            self._on_lost(left)
        return left

    def _abandon(self) -> int:
        """Empty the queue; returns how many lines were in it. Needs the lock."""
        left = 0
        while self._lines:  # one by one, because `write_later` may append meanwhile
            self._lines.popleft()
            left += 1
        self._bytes = 0
        return left

    def _wake(self) -> None:
        """Have the thread look at the queue. Needs the lock."""
        self._wake_at = _NEVER
        self._changed.notify_all()
        if self._thread is None:
            self._start()

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="log-writer", daemon=True)
        try:
            self._thread.start()
        except RuntimeError:  # the interpreter is shutting down: no thread can start any more
            self._thread = None
            self._wake_at = 1

    def _run(self) -> None:
        while (batch := self._next()) is not None:
            self._settle(len(batch), self._put(batch))

    def _next(self) -> list[bytes] | None:
        """Wait for a batch, led by the report of what was lost before; `None` at the end."""
        with self._changed:
            self._wake_at = 1
            while not self._lines and not self._closing:
                self._changed.wait()
            if not self._closing and not self._urgent and self._bytes < _BATCH_BYTES:
                self._wake_at = _BATCH_LINES
                if len(self._lines) < _BATCH_LINES:
                    self._changed.wait(_GATHER_SECONDS)
            if self._closing:
                return None
            self._wake_at = _NEVER
            taken = self._take()
            self._writing = len(taken)
            self._reporting, self._unreported = self._unreported, 0
            reason = self._reason
        batch = [one if isinstance(one, bytes) else self._render(one) for one in taken]
        if self._reporting:
            batch.insert(0, self._report(self._reporting, reason))
        return batch

    def _settle(self, written: int, refused: int) -> None:
        """Count what the sink refused of a batch, and give it a moment then."""
        lost = refused
        with self._changed:
            if self._reporting and refused == written:  # the report, which is no line of anybody's
                self._unreported += self._reporting
                lost -= 1
            self._unreported += lost
            told = (
                self._closing
            )  # close() tells of it, and gave up on the batch if it hung too long
            if told and self._writing:
                self._left_behind += lost
            self._writing = 0
            self._changed.notify_all()
            if refused and not told:
                self._changed.wait(_RETRY_SECONDS)
        if lost and not told:
            self._on_lost(lost)

    def _take(self) -> list[bytes | T]:
        taken: list[bytes | T] = []
        size = 0
        while self._lines and size < _BATCH_BYTES and len(taken) < _BATCH_LINES:
            line = self._lines.popleft()
            taken.append(line)
            if isinstance(line, bytes):
                size += len(line)
        self._bytes -= size
        self._urgent = self._urgent and bool(self._lines)
        return taken

    def _put(self, batch: list[bytes]) -> int:
        """Write the batch; returns how many lines at its end the sink refused."""
        data = memoryview((b"\n" if self._torn else b"") + b"".join(batch))
        while data:
            try:
                data = data[self._write_some(data) :]
            except OSError as error:
                rest = bytes(data)
                refused = min(rest.count(b"\n"), len(batch))
                whole_lines = b"".join(batch[len(batch) - refused :])
                self._torn = self._torn or len(rest) != len(whole_lines)
                self._reason = os.strerror(error.errno) if error.errno else str(error)
                return refused
            self._torn = False
        self._reason = _FULL
        return 0

    def _write_some(self, data: memoryview) -> int:
        if self._room is None:
            return os.write(self._fd, data)
        while not self._room.poll(_LOOK_SECONDS * 1000):
            if self._closing:
                raise TimeoutError("the sink did not take them before the end")
        try:
            return os.write(self._fd, data[: select.PIPE_BUF])  # there is room for as much
        except BlockingIOError:  # another process took it, and the descriptor does not block
            return 0


def _is_file(fd: int) -> bool:
    try:
        return stat.S_ISREG(os.fstat(fd).st_mode)
    except OSError:  # closed: writing says so, and counts what it costs
        return True
