"""What a process sees of the other members of its group."""

from __future__ import annotations

import errno
import logging
from collections import Counter as Tally
from collections.abc import Generator, Mapping
from pathlib import Path

from asset_forge.observability.metrics._declarations import Declaration
from asset_forge.observability.metrics._directory import FOLDED, MEMBERS, listed, stamp_of
from asset_forge.observability.metrics._layout import FormatError
from asset_forge.observability.metrics._peers import PeerFile
from asset_forge.observability.metrics._plan import Plan

_log = logging.getLogger("asset_forge.observability.metrics")

_EXHAUSTED = frozenset((errno.EMFILE, errno.ENFILE, errno.ENOMEM))


class Faults(Tally[str]):
    """Faults since they were last collected, by subject.

    The first of each subject is logged, but not where it happens: the lock of the registry may be
    held there, which whoever counts log lines needs, too.
    """

    def __init__(self) -> None:
        super().__init__()
        self._known: set[str] = set()
        self._unsaid: list[str] = []

    def note(self, subject: str, message: str) -> None:
        """Count a fault."""
        self[subject] += 1
        if subject not in self._known:
            self._known.add(subject)
            self._unsaid.append(message)

    def say(self) -> None:
        """Log what is to be logged; no lock may be held."""
        unsaid, self._unsaid = self._unsaid, []
        for message in unsaid:
            _log.warning("metrics: %s", message)


class Others:
    """The files of the other members and of the folded ones, and the plan made from them."""

    def __init__(self, directory: Path, faults: Faults) -> None:
        self.plan = Plan({})
        self.folded: PeerFile | None = None
        self.folded_stamp: tuple[int, int, int, int] | None = None
        """The stamp of the folded file that was looked at last, also of one that cannot be read."""
        self._directory = directory
        self._faults = faults
        self._peers: dict[str, PeerFile] = {}
        self._damaged: set[str] = set()
        self._conflicts: set[str] = set()
        self._arrangement: object = None

    @property
    def dead(self) -> list[PeerFile]:
        """The members that do not live any more and whose files are still there."""
        return [peer for peer in self._peers.values() if not peer.living]

    def look(self, own: Path) -> Generator[None]:
        """Read what is new in the files of all members but `own`; yields now and then.

        Raises `OSError` when that cannot be done.
        """
        seen: dict[str, PeerFile] = {}
        damaged: set[str] = set()
        for path in listed(self._directory, MEMBERS):
            if path == own:
                continue
            try:
                peer = yield from self._read(path)
            except FormatError as error:
                damaged.add(path.name)
                self._leave_out(path, error)
                if path.name in self._peers:  # reading what was cut off would end this process
                    self.plan, self._arrangement = Plan({}), None
                continue
            if peer is not None:
                seen[path.name] = peer
                if peer.damage:
                    damaged.add(path.name)
        gone = [self._peers[name] for name in self._peers.keys() - seen.keys()]
        for peer in gone:
            peer.close()
        self._peers = seen
        self._damaged &= damaged
        while gone:
            yield from gone.pop().forget()
        yield from self._look_at_folded()

    def arrange(self, local: Mapping[str, Declaration]) -> Generator[None]:
        """Renew the plan if what it is made from has changed; yields now and then."""
        members = tuple((name, peer.living, peer.size) for name, peer in self._peers.items())
        arrangement = members, self.folded_stamp
        if arrangement != self._arrangement:
            yield from self._rebuild(local)
            self._arrangement = arrangement

    def close(self) -> None:
        """Close the files and forget what was in them; views that were handed out stay readable."""
        for peer in self._peers.values():
            peer.close()
        if self.folded is not None:
            self.folded.close()
        self._peers, self.folded, self.folded_stamp = {}, None, None
        self.plan, self._arrangement = Plan({}), None

    def _read(self, path: Path) -> Generator[None, None, PeerFile | None]:
        """Return the member whose file it is, or `None` if it has gone; yields now and then."""
        peer = self._peers.get(path.name) or _open(path)
        if peer is None:
            return None
        self._peers[path.name] = peer
        peer.check_living()
        yield from peer.read()
        if peer.damage:
            self._leave_out(path, peer.damage)
        yield
        return peer

    def _look_at_folded(self) -> Generator[None]:
        path = self._directory / FOLDED
        current = stamp_of(path)
        if current == self.folded_stamp:
            return
        folded: PeerFile | None = None
        try:
            folded = _open(path) if current else None
            if folded is not None:
                current = folded.stamp
                yield from folded.read()
                if folded.damage:
                    self._faults.note("member", f"{path}: {folded.damage}")
        except FormatError as error:
            self._faults.note("member", f"{path} is left out: {error}")
        except BaseException:
            if folded is not None:
                folded.close()
            raise
        if self.folded is not None:
            self.folded.close()
        self.folded, self.folded_stamp = folded, current

    def _rebuild(self, local: Mapping[str, Declaration]) -> Generator[None]:
        plan = Plan(local)
        absorbed = self.folded.absorbed if self.folded else ()
        for peer in self._peers.values():
            if peer.identity not in absorbed:
                yield from plan.add(peer.series(), living=peer.living)
        if self.folded:
            yield from plan.add(self.folded.series(), living=False)
        for conflict in plan.conflicts - self._conflicts:
            self._faults.note("member", f"{conflict} differs between members; theirs is left out")
        self._conflicts = plan.conflicts
        self.plan = plan

    def _leave_out(self, path: Path, what: object) -> None:
        """Count a file that is damaged: once for as long as it lies there, not at every look."""
        if path.name not in self._damaged:
            self._damaged.add(path.name)
            self._faults.note("member", f"{path}: {what}")


def _open(path: Path) -> PeerFile | None:
    """Return the file, or `None` if it has gone; raise `FormatError` if it cannot be used."""
    try:
        return PeerFile(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno in _EXHAUSTED:  # ours to suffer, not the file's fault
            raise
        raise FormatError(str(error)) from error
