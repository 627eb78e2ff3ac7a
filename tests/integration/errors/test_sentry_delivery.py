"""What reaches Sentry, and what its absence costs."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import sentry_relay.processing

from asset_forge.observability import context
from asset_forge.observability.errors import ErrorStore, ErrorTracker, SentrySink, sentry_sink
from asset_forge.observability.redaction import Redactor

from .conftest import Family, LoopbackSentry, eventually

PATIENCE_SECONDS = 30.0
"""For what is done at once on a machine that is not busy."""


def tracker_for(
    sentry: LoopbackSentry, tmp_path: Path, dropped: Family, captured: Family, queue_size: int = 100
) -> ErrorTracker:
    return ErrorTracker(
        store=ErrorStore(tmp_path / "errors.db", events_per_minute=10_000, events_per_group=10_000),
        redactor=Redactor(),
        sentry=SentrySink(sentry.dsn, queue_size=queue_size),
        captured=captured,
        dropped=dropped,
        environment="production",
        release="build-7",
    )


def raise_lookup(name: str) -> None:
    try:
        raise ConnectionError("the socket was closed")
    except ConnectionError as cause:
        raise LookupError(f"no asset called {name!r}") from cause


def capture_one(tracker: ErrorTracker, name: str = "sword") -> str:
    try:
        raise_lookup(name)
    except LookupError as error:
        return tracker.capture(
            error,
            user_id="user-1",
            endpoint="/api/assets/{id}",
            method="GET",
            error_type="asset_missing",
            severity="critical",
            params={"verbose": "yes"},
            tags={"asset_type": "character"},
            extra={"attempt": 2},
        )


def test_relay_accepts_an_event_without_a_complaint(
    sentry: LoopbackSentry, tmp_path: Path, dropped: Family, captured: Family
) -> None:
    tracker = tracker_for(sentry, tmp_path, dropped, captured)
    with context.scope(request_id="req-1", trace_id="4bf92f3577b34da6a3ce929d0e0e4736"):
        tracker.add_breadcrumb("start", category="generation", data={"asset_type": "prop"})
        fingerprint = capture_one(tracker)
    tracker.close(PATIENCE_SECONDS)

    (sent,) = sentry.events()
    normalizer = sentry_relay.processing.StoreNormalizer(project_id=42, key_id="publickey")
    event = normalizer.normalize_event(sent)

    assert "errors" not in event
    assert event["level"] == "fatal"
    assert event["fingerprint"] == [fingerprint]
    assert event["environment"] == "production"
    assert event["release"] == "build-7"
    assert event["user"] == {"id": "user-1", "sentry_user": "id:user-1"}
    assert event["transaction"] == "/api/assets/{id}"
    assert event["contexts"]["trace"]["trace_id"] == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert event["contexts"]["request_details"]["params"] == {"verbose": "yes"}
    assert event["extra"] == {"attempt": 2}
    assert ["asset_type", "character"] in event["tags"]
    assert ["error_type", "asset_missing"] in event["tags"]
    assert ["request_id", "req-1"] in event["tags"]
    assert [crumb["message"] for crumb in event["breadcrumbs"]["values"]] == ["start"]
    assert [one["type"] for one in event["exception"]["values"]] == [
        "ConnectionError",
        "LookupError",
    ]
    frames = event["exception"]["values"][1]["stacktrace"]["frames"]
    assert frames[-1]["function"] == "raise_lookup"
    assert frames[-1]["context_line"].strip().startswith("raise LookupError")


def test_the_envelope_is_addressed_and_signed_as_the_protocol_wants(
    sentry: LoopbackSentry, tmp_path: Path, dropped: Family, captured: Family
) -> None:
    tracker = tracker_for(sentry, tmp_path, dropped, captured)
    capture_one(tracker)
    tracker.close(PATIENCE_SECONDS)

    assert sentry.paths == ["/api/42/envelope/"]
    assert "sentry_key=publickey" in sentry.auth[0]


def test_a_sentry_that_never_answers_delays_nobody_and_its_losses_are_counted(
    sentry: LoopbackSentry, tmp_path: Path, dropped: Family, captured: Family
) -> None:
    sentry.behavior = "hang"
    tracker = tracker_for(sentry, tmp_path, dropped, captured, queue_size=10)
    finished = threading.Event()

    def storm() -> None:
        for number in range(200):
            capture_one(tracker, f"asset-{number}")
        finished.set()

    threading.Thread(target=storm, daemon=True).start()

    assert finished.wait(PATIENCE_SECONDS), "capture waits for Sentry"
    tracker.store.flush(PATIENCE_SECONDS)
    page = tracker.store.groups()
    assert sum(group.count for group in page.items) == 200
    assert captured["critical"] == 200
    tracker.close(timeout=0.2)
    assert dropped["sentry"] == 200, "what was queued and in flight is lost as well"
    assert dropped["errors"] == 0


def test_closing_is_bounded_when_sentry_hangs(
    sentry: LoopbackSentry, tmp_path: Path, dropped: Family, captured: Family
) -> None:
    sentry.behavior = "hang"
    tracker = tracker_for(sentry, tmp_path, dropped, captured)
    capture_one(tracker)
    closed = threading.Event()

    def close() -> None:
        tracker.close(timeout=0.3)
        closed.set()

    threading.Thread(target=close, daemon=True).start()

    assert closed.wait(PATIENCE_SECONDS)


@pytest.mark.parametrize("status", [400, 413, 429, 500])
def test_events_that_sentry_refuses_are_counted(
    status: int, sentry: LoopbackSentry, tmp_path: Path, dropped: Family, captured: Family
) -> None:
    sentry.behavior = status
    tracker = tracker_for(sentry, tmp_path, dropped, captured)
    for number in range(3):
        capture_one(tracker, f"asset-{number}")
    tracker.close(PATIENCE_SECONDS)

    assert dropped["sentry"] == 3


def test_after_a_rate_limit_events_are_held_back_and_counted(
    sentry: LoopbackSentry, tmp_path: Path, dropped: Family, captured: Family
) -> None:
    sentry.headers = {"X-Sentry-Rate-Limits": "60:error:organization"}
    tracker = tracker_for(sentry, tmp_path, dropped, captured)
    capture_one(tracker, "first")
    tracker.flush(PATIENCE_SECONDS)
    for number in range(4):
        capture_one(tracker, f"asset-{number}")
    tracker.close(PATIENCE_SECONDS)

    assert len(sentry.events()) == 1
    assert dropped["sentry"] == 4


def test_an_absent_sentry_is_counted_and_costs_the_store_nothing(
    tmp_path: Path, dropped: Family, captured: Family
) -> None:
    gone = LoopbackSentry()
    gone.close()
    tracker = tracker_for(gone, tmp_path, dropped, captured)
    capture_one(tracker)

    assert eventually(lambda: dropped["sentry"] == 1)
    assert tracker.store.groups().items[0].count == 1
    tracker.close(PATIENCE_SECONDS)
    assert dropped["sentry"] == 1


def test_events_after_the_end_are_counted_as_dropped(
    sentry: LoopbackSentry, dropped: Family
) -> None:
    sink = SentrySink(sentry.dsn)
    sink.on_lost = dropped.labels("sentry").inc
    sink.close()
    sink.send({"event_id": "0" * 32})

    assert sentry.bodies == []
    assert dropped["sentry"] == 1


def test_a_thousand_identical_failures_send_ten_events(
    sentry: LoopbackSentry, tmp_path: Path, dropped: Family, captured: Family
) -> None:
    now = time.time()
    tracker = ErrorTracker(
        store=ErrorStore(tmp_path / "errors.db"),
        redactor=Redactor(),
        sentry=SentrySink(sentry.dsn),
        captured=captured,
        dropped=dropped,
        clock=lambda: now,
    )
    for number in range(1_000):
        capture_one(tracker, f"asset-{number}")
    tracker.flush(PATIENCE_SECONDS)
    (group,) = tracker.store.groups().items
    details = tracker.store.group(group.fingerprint)
    tracker.close(PATIENCE_SECONDS)

    assert len(sentry.events()) == 10
    assert group.count == 1_000
    assert details is not None
    assert len(details.events) == 10
    assert captured["critical"] == 1_000
    assert dropped["sentry"] == 0


STORM = """
import pathlib, sys
from asset_forge.observability.errors import ErrorStore, ErrorTracker, SentrySink
from asset_forge.observability.redaction import Redactor
tracker = ErrorTracker(
    store=ErrorStore(pathlib.Path(sys.argv[1])), redactor=Redactor(), sentry=SentrySink(sys.argv[2])
)
print("ready", flush=True)
sys.stdin.readline()
for _ in range(500):
    tracker.capture("the disk is full")
tracker.close(30)
"""


def test_processes_share_the_ten_events_of_a_minute(sentry: LoopbackSentry, tmp_path: Path) -> None:
    command = [sys.executable, "-c", STORM, str(tmp_path / "errors.db"), sentry.dsn]
    processes = [
        subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0
    store = ErrorStore(tmp_path / "errors.db")
    (group,) = store.groups().items
    details = store.group(group.fingerprint)
    store.close()

    assert len(sentry.events()) == 10
    assert group.count == 1_500
    assert details is not None
    assert len(details.events) == 10


@pytest.mark.parametrize(
    ("environment", "in_development", "sends"),
    [("production", False, True), ("development", False, False), ("test", True, True)],
)
def test_outside_production_sentry_has_to_be_asked_for(
    environment: str, in_development: bool, sends: bool
) -> None:
    dsn = "https://key@sentry.example/1"
    sink = sentry_sink(dsn, environment=environment, in_development=in_development)

    assert (sink is not None) is sends
    assert sentry_sink(None, environment=environment, in_development=True) is None


@pytest.mark.parametrize(
    ("dsn", "fault"),
    [
        ("https://s3cr3tkey@sentry.example/", "project number is missing"),
        ("https://s3cr3tkey@sentry.example/s3cr3tkey", "project number is missing"),
        ("https://sentry.example/1", "public key is missing"),
        ("ftp://s3cr3tkey@sentry.example/1", "begin with https://"),
        ("https://s3cr3tkey@/1", "host is missing"),
        ("https://s3cr3tkey@sentry.example:s3cr3tkey/1", "host or port"),
        ("s3cr3tkey", "begin with https://"),
        ("https://s3cr3tkey@[s3cr3tkey/1", "host or port"),
    ],
)
def test_a_malformed_dsn_is_refused_without_repeating_it(dsn: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault) as caught:
        sentry_sink(dsn, environment="development")

    assert "s3cr3tkey" not in str(caught.value)
    assert caught.value.__cause__ is None
