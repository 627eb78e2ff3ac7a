"""The local store: counts, samples, pages, and what it does when its file fails."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from asset_forge.observability.errors import ErrorStore, Occurrence, Severity


class Clock:
    def __init__(self, now: float = 1_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def occurrence(
    fingerprint: str = "a" * 16,
    at: float = 1_000_000.0,
    event: dict[str, object] | None = None,
    severity: Severity = "error",
) -> Occurrence:
    return Occurrence(
        fingerprint=fingerprint,
        type="ValueError",
        message="it broke",
        culprit="service.store",
        severity=severity,
        error_type=None,
        seen_at=at,
        event=event,  # pyright: ignore[reportArgumentType]
    )


def test_occurrences_add_up_and_keep_first_last_and_the_newest_events(tmp_path: Path) -> None:
    store = ErrorStore(
        tmp_path / "errors.db", events_per_minute=1, events_per_group=3, clock=Clock()
    )
    for number in range(10):
        store.record(occurrence(at=1_000_000.0 + number * 60, event={"n": number}))
        if number == 5:
            assert store.flush(20)
    details = store.group("a" * 16)
    store.close()

    assert details is not None
    assert details.group.count == 10
    assert details.group.first_seen == datetime.fromtimestamp(1_000_000, UTC)
    assert details.group.last_seen == datetime.fromtimestamp(1_000_540, UTC)
    assert [json.loads(bytes(event))["n"] for event in details.events] == [9, 8, 7]


def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    first = ErrorStore(tmp_path / "new" / "errors.db", clock=Clock())
    first.record(occurrence(event={"n": 1}))
    first.close(20)
    second = ErrorStore(tmp_path / "new" / "errors.db", clock=Clock())
    second.record(occurrence())
    details = second.group("a" * 16)
    second.close()

    assert details is not None
    assert details.group.count == 2
    assert len(details.events) == 1


def test_pages_hold_each_group_once_newest_first(tmp_path: Path) -> None:
    store = ErrorStore(tmp_path / "errors.db", clock=Clock())
    for number in range(25):
        store.record(occurrence(f"{number:016x}", at=1_000_000.0 + number // 5))
    seen: list[str] = []
    times: list[datetime] = []
    cursor: str | None = None
    while True:
        page = store.groups(limit=4, cursor=cursor)
        seen += [group.fingerprint for group in page.items]
        times += [group.last_seen for group in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    store.close()

    assert sorted(seen) == [f"{number:016x}" for number in range(25)]
    assert times == sorted(times, reverse=True)


def test_a_cursor_from_elsewhere_and_a_limit_out_of_range_are_refused() -> None:
    store = ErrorStore(None, clock=Clock())
    for cursor in ("x", "é", "bm90IGEgY3Vyc29y", ""):
        with pytest.raises(ValueError, match="pass nextCursor of a page"):
            store.groups(cursor=cursor)
    with pytest.raises(ValueError, match="limit 0 is out of range: 1 to 200"):
        store.groups(limit=0)
    store.close()


def test_a_resolved_group_opens_again_when_it_is_seen_again(tmp_path: Path) -> None:
    clock = Clock()
    store = ErrorStore(tmp_path / "errors.db", clock=clock)
    store.record(occurrence(at=clock.now))
    clock.now += 10
    resolved = store.resolve("a" * 16)

    assert resolved is not None
    assert resolved.status == "resolved"
    assert store.groups().items == []
    assert len(store.groups(status="resolved").items) == 1
    store.record(occurrence(at=clock.now + 1))
    (again,) = store.groups().items
    assert (again.status, again.count) == ("unresolved", 2)
    assert store.resolve("f" * 16) is None
    store.close()


def test_groups_are_listed_by_severity(tmp_path: Path) -> None:
    store = ErrorStore(tmp_path / "errors.db", clock=Clock())
    store.record(occurrence("1" * 16, severity="warning"))
    store.record(occurrence("2" * 16, severity="critical"))
    found = store.groups(severity="critical").items
    store.close()

    assert [group.fingerprint for group in found] == ["2" * 16]


def test_old_groups_and_groups_beyond_the_limit_are_forgotten_with_their_events(
    tmp_path: Path,
) -> None:
    clock = Clock()
    path = tmp_path / "errors.db"
    store = ErrorStore(path, clock=clock, retention_seconds=3_600, max_groups=2)
    store.record(occurrence("0" * 16, at=clock.now - 4_000, event={}))
    for number in range(1, 5):
        store.record(occurrence(str(number) * 16, at=clock.now + number, event={}))
    left = [group.fingerprint[0] for group in store.groups().items]
    store.close()

    assert left == ["4", "3"]
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM events").fetchone() == (2,)
    connection.close()


def test_a_file_that_is_no_database_is_left_alone_and_memory_takes_over(tmp_path: Path) -> None:
    path = tmp_path / "errors.db"
    path.write_bytes(b"this is no database, and longer than a header of one" * 50)
    before = path.read_bytes()
    faults: list[str] = []
    store = ErrorStore(path, on_fault=faults.append, reopen_seconds=0, clock=Clock())
    for _ in range(3):
        store.record(occurrence(event={"n": 1}))
        assert store.flush(20)

    assert store.in_memory
    assert store.groups().items[0].count == 3
    store.close()
    assert len(faults) == 1
    assert str(path) in faults[0]
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_no_reason_to_fail(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    faults: list[str] = []
    store = ErrorStore(tmp_path / "file" / "errors.db", on_fault=faults.append, clock=Clock())
    store.record(occurrence())

    assert store.groups().items[0].count == 1
    assert len(faults) == 1
    store.close()


def test_what_memory_held_moves_into_the_file_when_it_works_again(tmp_path: Path) -> None:
    clock = Clock()
    blocker = tmp_path / "data"
    blocker.write_text("in the way")
    store = ErrorStore(blocker / "errors.db", clock=clock, reopen_seconds=60)
    store.record(occurrence(event={"n": 1}))
    assert store.flush(20)
    blocker.unlink()
    clock.now += 61
    store.record(occurrence(event={"n": 2}))
    assert store.flush(20)

    assert not store.in_memory
    store.close()
    reopened = ErrorStore(blocker / "errors.db", clock=Clock())
    details = reopened.group("a" * 16)
    reopened.close()
    assert details is not None
    assert details.group.count == 2
    assert len(details.events) == 2


def test_a_file_that_breaks_while_in_use_is_replaced_by_memory(tmp_path: Path) -> None:
    path = tmp_path / "errors.db"
    faults: list[str] = []
    store = ErrorStore(path, on_fault=faults.append, clock=Clock())
    store.record(occurrence())
    assert store.flush(20)
    breaker = sqlite3.connect(path, isolation_level=None)
    breaker.execute("DROP TABLE events")
    breaker.execute("DROP TABLE groups")
    breaker.close()
    store.record(occurrence(event={"n": 1}))

    assert store.groups().items[0].count == 1
    assert store.in_memory
    assert len(faults) == 1
    store.close()


def test_while_another_process_writes_nothing_is_lost_and_nobody_waits(tmp_path: Path) -> None:
    path = tmp_path / "errors.db"
    store = ErrorStore(path, clock=Clock())
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    recorded = threading.Event()

    def storm() -> None:
        for _ in range(500):
            store.record(occurrence(event={"n": 1}))
        recorded.set()

    threading.Thread(target=storm, daemon=True).start()
    assert recorded.wait(10)
    assert not store.flush(0.1)
    other.execute("ROLLBACK")
    other.close()

    assert store.flush(20)
    assert store.groups().items[0].count == 500
    assert not store.in_memory
    store.close()


def test_a_new_file_that_another_process_is_opening_is_waited_for(tmp_path: Path) -> None:
    """What SQLite refuses at once then, where it waits for any other lock."""
    path = tmp_path / "errors.db"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("CREATE TABLE of_another (id)")
    other.execute("BEGIN IMMEDIATE")
    ending = threading.Timer(0.3, lambda: other.execute("ROLLBACK"))
    ending.start()
    store = ErrorStore(path)
    store.record(occurrence())
    assert store.flush(20)
    assert not store.in_memory
    ending.join()
    other.close()
    store.close()


def test_several_processes_share_one_file(tmp_path: Path) -> None:
    path = tmp_path / "errors.db"
    program = """
import sys, pathlib, time
from asset_forge.observability.errors import ErrorStore, Occurrence
store = ErrorStore(pathlib.Path(sys.argv[1]))
for number in range(200):
    now = time.time() + number
    store.record(Occurrence("a" * 16, "E", "m", "c", "error", None, now, {"n": number}))
    if number % 20 == 0:
        store.flush(10)
store.close(20)
"""
    workers = [subprocess.Popen([sys.executable, "-c", program, str(path)]) for _ in range(3)]
    for worker in workers:
        assert worker.wait(60) == 0
    store = ErrorStore(path)
    (group,) = store.groups().items
    store.close()

    assert group.count == 600


def test_only_a_fault_beyond_a_thousand_waiting_ones_is_lost(tmp_path: Path) -> None:
    lost: list[int] = []
    path = tmp_path / "errors.db"
    store = ErrorStore(path, on_lost=lost.append, clock=Clock())
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    store.record(occurrence("e" * 16))
    for number in range(1_500):
        store.record(occurrence(f"{number:016x}"))
    for _ in range(100):
        store.record(occurrence("e" * 16))
    other.execute("ROLLBACK")
    other.close()

    assert store.flush(20)
    assert sum(lost) == 501
    details = store.group("e" * 16)
    assert details is not None
    assert details.group.count == 101
    store.close()


def test_what_comes_after_the_end_is_counted_as_lost() -> None:
    lost: list[int] = []
    store = ErrorStore(None, on_lost=lost.append, clock=Clock())
    store.close()
    store.record(occurrence())
    store.close()

    assert lost == [1]
