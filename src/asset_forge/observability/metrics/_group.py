"""A group of processes: those whose registries share a directory.

Every member writes a file of its own and reads those of the others, so that any of them can answer
for all.

- Whoever finds no living member starts a new run: what is in the directory is removed.
- A dead member's values are folded into one file, which names the members that it has absorbed and
replaces its
  predecessor by a rename. Until a dead member's file is removed, both hold its values, and the name
  says so: nothing is lost or counted twice, whenever the folder dies. Readers take no lock: they
  list and read the members first and the folded file last, so that it knows about each member whose
  file they have not seen any more.
- Joining and folding exclude each other by a lock on a file of the group. Folding gives up if it is
taken.
"""

from __future__ import annotations

import errno
import fcntl
import logging
import secrets
from collections import Counter as Tally
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from threading import Lock

from asset_forge.observability.metrics._declarations import Declaration
from asset_forge.observability.metrics._fold import Folder
from asset_forge.observability.metrics._layout import FormatError
from asset_forge.observability.metrics._locks import group_lock, has_living_writer
from asset_forge.observability.metrics._member import MemberFile
from asset_forge.observability.metrics._memory import Cell, ProcessMemory
from asset_forge.observability.metrics._peers import PeerFile, stamp
from asset_forge.observability.metrics._plan import Plan

_log = logging.getLogger("asset_forge.observability.metrics")

_JOIN_SECONDS = 5.0
"""How long a start waits while another process joins or folds."""

_REMEMBERED = 256
"""Absorbed members that the folded file names.

Each is needed only by readers that began before it was folded.
"""

_FOLDED = "folded.metrics"
_WRITE_BYTES = 1 << 16
_SLICE = 64
_EXHAUSTED = frozenset((errno.EMFILE, errno.ENFILE, errno.ENOMEM))


class Group:
    """This process's place in a group; a `Memory` whose cells the group can read."""

    def __init__(self, directory: Path, *, wait_seconds: float = _JOIN_SECONDS) -> None:
        """Join the group of `directory`, which is created when missing, waiting `wait_seconds` for
        another process that joins or folds.

        Raises `OSError` when that is impossible.
        """
        self._directory = directory
        self._fallback = ProcessMemory()
        self._peers: dict[str, PeerFile] = {}
        self._folded: PeerFile | None = None
        self._reported: set[str] = set()
        self._arrangement: object = None
        self._refreshing = Lock()
        self.faults: Tally[str] = Tally()
        """Faults since they were last collected, by subject; they are counted outside of any lock.
        """
        self.overflowed: Tally[str] = Tally()
        """Series that folding has put into an overflow series, by metric."""
        self.plan = Plan({})
        self._member = self._join(wait_seconds)

    def allocate(self, declaration: Declaration, values: tuple[str, ...] | None) -> Cell:
        """Return a cell in this member's file, or in the memory of the process if the file cannot
        grow.
        """
        try:
            return self._member.allocate(declaration, values)
        except OSError as error:
            self._fault("directory", f"{error}; new series are seen in this process only")
            return self._fallback.allocate(declaration, values or ())

    def leave(self) -> None:
        """Give up the place: counters stay with the group, gauges of this process go."""
        self._member.release()
        self._forget()

    def refresh(self, local: Mapping[str, Declaration]) -> Iterator[None]:
        """Look at the other members, fold in the dead, and renew `plan`; yields now and then.

        If a refresh is under way already, there is nothing to do: the plan that there is stays
        good.
        """
        if not self._refreshing.acquire(blocking=False):
            return
        try:
            yield from self._look(local)
            if any(not peer.living for peer in self._peers.values()):
                yield from self._fold()
                yield from self._look(local)
        except Exception as error:  # noqa: BLE001 - the plan stays as it was, and the fault is counted
            self._fault("directory", repr(error))
        finally:
            self._refreshing.release()

    # Reading

    def _look(self, local: Mapping[str, Declaration]) -> Iterator[None]:
        seen: dict[str, PeerFile] = {}
        for path in sorted(self._directory.glob("member-*.metrics")):
            peer = None if path == self._member.path else self._peer(path)
            if peer is None:
                continue
            try:
                peer.check_living()
                yield from peer.read()
            except FormatError as error:
                self._damaged(path, error)
                continue
            seen[path.name] = peer
        for name in self._peers.keys() - seen.keys():
            self._peers[name].close()
        self._peers = seen
        yield from self._look_at_folded()
        arrangement = self._arrange()
        if arrangement != self._arrangement:
            yield from self._rebuild(local)
            self._arrangement = arrangement

    def _peer(self, path: Path) -> PeerFile | None:
        peer = self._peers.get(path.name) or self._open(path)
        if peer is not None:
            self._peers[path.name] = peer
        return peer

    def _look_at_folded(self) -> Iterator[None]:
        path = self._directory / _FOLDED
        current = _stamp_of(path)
        if self._folded is not None and current == self._folded.stamp:
            return
        folded = self._open(path) if current else None
        if folded is not None:
            try:
                yield from folded.read()
            except FormatError as error:
                self._damaged(path, error)
        if self._folded is not None:
            self._folded.close()
        self._folded = folded

    def _arrange(self) -> object:
        """Return what the plan depends on."""
        members = tuple((name, peer.living, len(peer.series)) for name, peer in self._peers.items())
        return members, self._folded and self._folded.stamp

    def _rebuild(self, local: Mapping[str, Declaration]) -> Iterator[None]:
        plan = Plan(local)
        absorbed = self._folded.absorbed if self._folded else ()
        for peer in self._peers.values():
            if peer.identity not in absorbed:
                yield from plan.add(peer.series, living=peer.living)
        if self._folded:
            yield from plan.add(self._folded.series, living=False)
        for conflict in plan.conflicts:
            self._report(
                f"conflict {conflict}",
                "member",
                f"{conflict} differs between members; theirs is left out",
            )
        self.plan = plan

    def _open(self, path: Path) -> PeerFile | None:
        try:
            return PeerFile(path)
        except FileNotFoundError:
            return None
        except FormatError as error:
            self._damaged(path, error)
        except OSError as error:
            if (
                error.errno in _EXHAUSTED
            ):  # ours to suffer, not the file's fault: the plan stays as it was
                raise
            self._damaged(path, error)
        return None

    # Folding

    def _fold(self) -> Iterator[None]:
        """Prepare the next folded file at leisure, then put it in place under the lock."""
        before = self._folded
        absorbed = before.absorbed if before else ()
        dead = [peer for peer in self._peers.values() if not peer.living]
        fresh = [peer for peer in dead if peer.identity not in absorbed]
        folder = Folder()
        for series in [before.series] if before else []:
            yield from folder.take(series)
        for peer in fresh:
            yield from folder.take(peer.series)
        draft = self._directory / f"folded-{secrets.token_hex(8)}.tmp"
        try:
            with draft.open("xb", buffering=_WRITE_BYTES) as file:
                fcntl.flock(file, fcntl.LOCK_EX)  # it is ours, and not one that a crash has left
                for count, piece in enumerate(folder.write(_remember(absorbed, dead))):
                    file.write(piece)
                    if count % _SLICE == 0:
                        yield
                file.flush()
                if self._put_in_place(draft if fresh else None, before, dead):
                    self.overflowed.update(folder.overflowed)
        finally:
            draft.unlink(missing_ok=True)

    def _put_in_place(
        self, draft: Path | None, before: PeerFile | None, dead: Sequence[PeerFile]
    ) -> bool:
        """Replace the folded file and remove the dead, unless another member was faster."""
        folded = self._directory / _FOLDED
        with group_lock(self._directory, seconds=0.0) as taken:
            unchanged = _stamp_of(folded) == (before.stamp if before else None)
            if not taken or not unchanged or not all(peer.path.exists() for peer in dead):
                return False
            if draft is not None:
                draft.rename(folded)
            for peer in dead:
                peer.path.unlink(missing_ok=True)
            self._sweep("*.tmp")
            return True

    def _sweep(self, *patterns: str) -> None:
        """Remove files that no living process writes; needs the lock of the group."""
        for path in (path for pattern in patterns for path in self._directory.glob(pattern)):
            if path.is_file() and not has_living_writer(path):
                path.unlink(missing_ok=True)

    # Joining and leaving

    def _join(self, wait_seconds: float) -> MemberFile:
        self._directory.mkdir(parents=True, exist_ok=True)
        with group_lock(self._directory, seconds=wait_seconds) as taken:
            if not taken:
                raise TimeoutError(
                    f"the lock of {self._directory} was not free for {wait_seconds:g} s"
                )
            self._sweep("*.tmp")
            if not any(map(has_living_writer, self._directory.glob("member-*.metrics"))):
                self._sweep("member-*.metrics", _FOLDED)
            return MemberFile(self._directory, secrets.token_hex(16))

    def rejoin_after_fork(self) -> None:
        """Take a place of its own in a child process, which must leave its parent's alone.

        Raises `OSError`.
        """
        self._refreshing = Lock()
        self._forget()
        self._member.release()
        self._member = self._join(_JOIN_SECONDS)

    def is_removed(self) -> bool:
        """Say whether somebody has removed the file of this member."""
        return not self._member.exists()

    def rejoin(self) -> None:
        """Take a new place, with a file in which there is nothing yet. Raises `OSError`."""
        fresh = self._join(0.0)
        self._member.release()
        self._member = fresh

    def _forget(self) -> None:
        for peer in (*self._peers.values(), *([self._folded] if self._folded else [])):
            peer.close()
        self._peers, self._folded, self._arrangement, self.plan = {}, None, None, Plan({})

    # Faults

    def _damaged(self, path: Path, error: Exception) -> None:
        self._report(path.name, "member", f"{path} is left out: {error}")

    def _report(self, key: str, subject: str, message: str) -> None:
        """Count a lasting fault once, not at every scrape."""
        if key not in self._reported and len(self._reported) < _REMEMBERED:
            self._reported.add(key)
            self._fault(subject, message)

    def _fault(self, subject: str, message: str) -> None:
        self.faults[subject] += 1
        if self.faults.total() and f"said {subject}" not in self._reported:
            self._reported.add(f"said {subject}")
            _log.warning("metrics: %s", message)


def _remember(absorbed: Sequence[str], dead: Sequence[PeerFile]) -> list[str]:
    """Name the members in the folded file: surely those whose files are still there."""
    names = [peer.identity for peer in dead]
    earlier = [name for name in absorbed if name not in names]
    return [*earlier[-_REMEMBERED:], *names]


def _stamp_of(path: Path) -> tuple[int, int, int, int] | None:
    try:
        return stamp(path.stat())
    except FileNotFoundError:
        return None
