"""A group of processes: those whose registries share a directory.

Every member writes a file of its own and reads those of the others, so that any of them can answer
for all.

- Whoever finds no living member starts a new run: what is in the directory is removed.
- A dead member's values are folded into one file, which names the members that it has absorbed and
  replaces its predecessor by a rename. Until a dead member's file is removed, both hold its values,
  and the name says so: nothing is lost or counted twice, whenever the folder dies. Readers take no
  lock: they list and read the members first and the folded file last, so that it knows about each
  member whose file they have not seen any more.
- Joining and folding exclude each other by a lock on a file of the group. Folding gives up if it is
  taken.
"""

from __future__ import annotations

import secrets
from collections import Counter as Tally
from collections.abc import Generator, Mapping
from pathlib import Path

from asset_forge.observability.metrics._declarations import Declaration
from asset_forge.observability.metrics._directory import DRAFTS, FOLDED, MEMBERS, listed, sweep
from asset_forge.observability.metrics._folding import fold
from asset_forge.observability.metrics._layout import FormatError
from asset_forge.observability.metrics._locks import group_lock, has_living_writer
from asset_forge.observability.metrics._member import MemberFile
from asset_forge.observability.metrics._memory import Cell, ProcessMemory
from asset_forge.observability.metrics._others import Faults, Others
from asset_forge.observability.metrics._plan import Plan
from asset_forge.observability.metrics._rounds import Rounds

_JOIN_SECONDS = 5.0
"""How long a start waits while another process joins or folds."""


class Group:
    """This process's place in a group; a `Memory` whose cells the group can read."""

    def __init__(self, directory: Path, *, wait_seconds: float = _JOIN_SECONDS) -> None:
        """Join the group of `directory`, which is created when missing, waiting `wait_seconds` for
        another process that joins or folds.

        Raises `OSError` when that is impossible.
        """
        self.faults = Faults()
        """They are counted outside of any lock."""
        self.overflowed: Tally[str] = Tally()
        """Series that folding has put into an overflow series, by metric."""
        self.is_short = False
        """Whether series are in the memory of the process because the file could not grow."""
        self._directory = directory
        self._fallback = ProcessMemory()
        self._others = Others(directory, self.faults)
        self._rounds = Rounds()
        self._member = self._join(wait_seconds)

    # Writing

    def allocate(self, declaration: Declaration, values: tuple[str, ...] | None) -> Cell:
        """Return a cell in this member's file, or in the memory of the process if the file cannot
        grow: `is_short` says so from then on.
        """
        try:
            return self._member.allocate(declaration, values)
        except OSError as error:
            self.is_short = True
            self.faults.note(
                "directory",
                f"{error}; new series are seen in this process only until there is room",
            )
            return self._fallback.allocate(declaration, values or ())

    def has_room_again(self) -> bool:
        """Let the file grow, and say whether it could: then private cells can be carried over."""
        try:
            self._member.make_room()
        except OSError:
            return False
        self.is_short = False
        return True

    # Reading

    @property
    def plan(self) -> Plan:
        """What the other members hold, as of the last refresh."""
        return self._others.plan

    def refresh(self, local: Mapping[str, Declaration]) -> Generator[None]:
        """Look at the other members, fold in the dead, and renew `plan`; yields now and then.

        What has happened in the group before the call is in the plan after it, also if several
        refresh at once: they do it together.
        """
        yield from self._rounds.join(lambda: self._refresh(local))
        self.faults.say()

    def _refresh(self, local: Mapping[str, Declaration]) -> Generator[None]:
        try:
            yield from self._others.look(self._member.path)
            if self._others.dead:
                yield from self._fold()
                yield from self._others.look(self._member.path)
            yield from self._others.arrange(local)
        except Exception as error:  # noqa: BLE001 - the plan stays as it was, and the fault is counted
            self.faults.note("directory", repr(error))

    def _fold(self) -> Generator[None]:
        try:
            yield from fold(self._directory, self._others, self.overflowed)
        except FormatError as error:
            self.faults.note("member", str(error))
        except OSError as error:  # a full disk, say: the dead stay, and are read where they are
            self.faults.note("directory", repr(error))

    # Joining and leaving

    def _join(self, wait_seconds: float) -> MemberFile:
        self._directory.mkdir(parents=True, exist_ok=True)
        with group_lock(self._directory, seconds=wait_seconds) as taken:
            if not taken:
                raise TimeoutError(
                    f"the lock of {self._directory} was not free for {wait_seconds:g} s"
                )
            sweep(self._directory, DRAFTS)
            if not any(map(has_living_writer, listed(self._directory, MEMBERS))):
                sweep(self._directory, MEMBERS, FOLDED)
            return MemberFile(self._directory, secrets.token_hex(16))

    def leave(self) -> None:
        """Give up the place: counters stay with the group, gauges of this process go."""
        self._rounds.close()
        self._member.release()
        self._others.close()

    def rejoin_after_fork(self) -> None:
        """Take a place of its own in a child process, which must leave its parent's alone.

        Raises `OSError`.
        """
        self._rounds = Rounds()
        self._others.close()
        self._member.release()
        self.is_short = False
        self._member = self._join(_JOIN_SECONDS)

    def is_lost(self) -> bool:
        """Say whether somebody has removed the file of this member, or cut it."""
        return not self._member.is_whole()

    def rejoin(self) -> None:
        """Take a new place, with a file in which there is nothing yet. Raises `OSError`."""
        self._member.mend()
        fresh = self._join(0.0)
        self._member.path.unlink(missing_ok=True)
        self._member.release()
        self._member = fresh
        self.is_short = False
