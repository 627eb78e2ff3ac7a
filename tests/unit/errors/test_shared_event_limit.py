"""Processes that share a file share its limit of events; each here is a store of its own."""

from __future__ import annotations

import json
import sqlite3
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asset_forge.observability.errors import ErrorStore, ErrorTracker, Occurrence, _database
from asset_forge.observability.errors._tally import Sample, Tally
from asset_forge.observability.redaction import Redactor

NOW = 1_000_000.0
FAULT = "a" * 16


class Clock:
    now = NOW

    def __call__(self) -> float:
        return self.now


def occurrence(at: float, number: int = 0) -> Occurrence:
    return Occurrence(FAULT, "E", "m", "c", "error", None, at, {"n": number})


def listened(path: Path | None) -> tuple[ErrorStore, list[tuple[int, bool]]]:
    """Return a store of three events a minute, and what it says of each."""
    told: list[tuple[int, bool]] = []
    store = ErrorStore(path, clock=lambda: NOW, events_per_minute=3)

    def listen(sample: Sample, kept: bool) -> None:
        told.append((json.loads(sample.event)["n"], kept))

    store.on_decided = listen
    return store, told


def test_what_one_process_sent_is_missing_from_the_share_of_the_other(tmp_path: Path) -> None:
    one, of_one = listened(tmp_path / "errors.db")
    other, of_other = listened(tmp_path / "errors.db")
    for number in range(2):
        one.record(occurrence(NOW, number))
    assert one.flush(20)
    for number in range(2):
        other.record(occurrence(NOW + 1, number))
    other.record(occurrence(NOW + 61, 2))
    assert other.flush(20)
    details = one.group(FAULT)
    one.close()
    other.close()

    assert of_one == [(0, True), (1, True)]
    assert of_other == [(0, True), (1, False), (2, True)]
    assert details is not None
    assert (details.group.count, len(details.events)) == (5, 4)


def test_events_of_a_busy_file_go_out_and_are_not_sent_again(tmp_path: Path) -> None:
    store, told = listened(tmp_path / "errors.db")
    other = sqlite3.connect(tmp_path / "errors.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    store.record(occurrence(NOW))
    deadline = time.monotonic() + 30
    while not told and time.monotonic() < deadline:
        assert not store.flush(0.1)
    other.execute("ROLLBACK")
    other.close()
    assert store.flush(20)
    details = store.group(FAULT)
    store.close()

    assert told == [(0, True)]
    assert details is not None
    assert len(details.events) == 1


def test_events_go_out_where_there_is_no_room_and_at_the_end(tmp_path: Path) -> None:
    store, told = listened(tmp_path / "errors.db")
    other = sqlite3.connect(tmp_path / "errors.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for number in range(1_000):
        store.record(Occurrence(f"{number:016x}", "E", "m", "c", "error", None, NOW, None))
    store.record(occurrence(NOW, 7))
    assert told == [(7, True)]
    store.close(0.1)
    store.record(occurrence(NOW, 8))
    other.execute("ROLLBACK")
    other.close()

    assert told == [(7, True), (8, True)]


def test_what_the_file_leaves_out_counts_as_left_out_before_the_next(tmp_path: Path) -> None:
    clock = Clock()
    trackers = [
        ErrorTracker(
            store=ErrorStore(tmp_path / "errors.db", clock=clock, events_per_minute=3),
            redactor=Redactor(),
            clock=clock,
        )
        for _ in range(2)
    ]
    fault = ""
    for tracker in trackers:
        for _ in range(5):
            fault = tracker.capture("the disk is full")
        tracker.flush(20)
    clock.now += 60
    trackers[1].capture("the disk is full")
    details = trackers[1].store.group(fault)
    for tracker in trackers:
        tracker.close()

    assert details is not None
    assert len(details.events) == 4
    assert json.loads(bytes(details.events[0]))["tags"] == {"left_out_before": "5"}


def test_more_events_a_minute_than_are_kept_could_not_be_counted() -> None:
    with pytest.raises(ValueError, match="events_per_minute 21 is out of range: 1 to events_per_g"):
        ErrorStore(None, events_per_minute=21)


@given(st.lists(st.lists(st.integers(0, 200), max_size=12), max_size=12), st.integers(1, 5))
def test_no_minute_has_more_events_in_whatever_order_they_are_written(
    batches: list[list[int]], limit: int
) -> None:
    connection = _database.open_database(None)
    kept: list[float] = []
    for batch in batches:
        samples = [Sample(FAULT, NOW + second, b"{}") for second in batch]
        if not samples:
            continue
        tally = Tally(occurrence(NOW), len(samples), NOW, samples)
        left_out = _database.write(
            connection, [tally], events_per_minute=limit, events_per_group=1_000
        )
        kept += [sample.seen_at for sample in samples if sample not in left_out]
    stored = connection.execute("SELECT seen_at FROM events").fetchall()
    connection.close()

    assert sorted(kept) == sorted(seen_at for (seen_at,) in stored)
    for start in kept:
        assert sum(start <= seen_at < start + 60 for seen_at in kept) <= limit
    seconds = [second for batch in batches for second in batch]
    assert len(kept) >= min(len(seconds), limit)
