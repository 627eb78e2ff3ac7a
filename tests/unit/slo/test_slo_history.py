"""The own counters over time: exact within windows, without maintenance, and in little memory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asset_forge.monitoring import Maintenance
from asset_forge.monitoring.budgets._history import STEP_SECONDS, TIERS, History
from asset_forge.monitoring.budgets._report import Measured
from asset_forge.monitoring.objectives import AVAILABILITY, LATENCY, OBJECTIVES
from asset_forge.monitoring.samples import Samples, read_samples
from asset_forge.monitoring.slo import Events

START = datetime(2026, 3, 1, tzinfo=UTC)
REQUESTS = 'api_requests_by_endpoint_total{endpoint="/api/x",method="GET",status_code='


class Watch:
    """A clock that tests turn, and counters that they set."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.history = History(OBJECTIVES, clock=self.now, monotonic=lambda: self.seconds)

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def at(self, seconds: float, good: float, bad: float, *windows: Maintenance) -> None:
        self.seconds = seconds
        self.history.record(counters(good, bad), windows)

    def availability(self) -> Measured:
        return self.history.measured()["availability"]


def counters(good: float, bad: float) -> Samples:
    return read_samples(f'{REQUESTS}"200"}} {good}\n{REQUESTS}"503"}} {bad}\n')


def maintenance(begin: float, end: float) -> Maintenance:
    return Maintenance(START + timedelta(seconds=begin), START + timedelta(seconds=end), "drill")


def test_objectives_count_a_scrape() -> None:
    scrape = read_samples(
        f'{REQUESTS}"200"}} 90\n{REQUESTS}"404"}} 5\n{REQUESTS}"500"}} 3\n{REQUESTS}"503"}} 2\n'
        'api_requests_by_endpoint_total{endpoint="/api/health/ready",status_code="503"} 1000\n'
        'api_response_time_by_endpoint_seconds_count{endpoint="/api/x"} 100\n'
        'api_response_time_by_endpoint_seconds_bucket{endpoint="/api/x",le="0.5"} 80\n'
        'api_response_time_by_endpoint_seconds_bucket{endpoint="/api/x",le="1.0"} 97\n'
        'api_response_time_by_endpoint_seconds_count{endpoint="/api/x/events"} 50\n'
    )
    assert AVAILABILITY.count(scrape) == Events(bad=5, total=100)
    assert LATENCY.count(scrape) == Events(bad=3, total=100)


def test_nothing_is_known_before_the_first_reading() -> None:
    with pytest.raises(RuntimeError, match="record a reading first"):
        Watch().history.measured()


def test_what_was_counted_before_the_first_reading_is_left_out() -> None:
    watch = Watch()
    watch.at(0, 1000, 100)
    watch.at(15, 1010, 101)
    assert watch.availability().events == Events(bad=1, total=11)
    assert watch.history.since == START
    assert watch.availability().observed_seconds == 15


def test_a_window_holds_what_happened_within_it() -> None:
    watch = Watch()
    for minute in range(121):
        watch.at(minute * 60, 100 * minute, min(minute, 60))
    windows = watch.availability().windows
    assert (windows["5m"].failures, windows["5m"].error_ratio) == (0, 0)
    assert (windows["1h"].failures, windows["1h"].error_ratio) == (0, 0)
    assert windows["2h"].failures == 60
    assert windows["2h"].error_ratio == pytest.approx(60 / (12_000 + 60))
    assert windows["3d"].failures == 60


def test_without_events_there_is_no_ratio() -> None:
    watch = Watch()
    watch.at(0, 5, 0)
    watch.at(600, 5, 0)
    assert watch.availability().windows["5m"].error_ratio is None


def test_maintenance_spends_nothing_and_earns_nothing() -> None:
    watch = Watch()
    window = maintenance(60, 120)
    watch.at(0, 0, 0, window)
    watch.at(45, 10, 1, window)
    watch.at(75, 10, 50, window)  # began within this step
    watch.at(105, 99, 90, window)
    watch.at(130, 99, 95, window)  # ended within this step
    watch.at(150, 109, 96, window)
    assert watch.availability().events == Events(bad=2, total=22)


def test_counters_that_begin_anew_count_from_zero() -> None:
    watch = Watch()
    watch.at(0, 100, 10)
    watch.at(15, 110, 10)
    watch.at(30, 3, 1)
    assert watch.availability().events == Events(bad=1, total=14)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 5)), min_size=1, max_size=60))
def test_however_often_it_is_read_the_sum_is_the_same(steps: list[tuple[int, int]]) -> None:
    watch = Watch()
    good = bad = 0
    watch.at(0, 0, 0)
    for number, (more, worse) in enumerate(steps, 1):
        good, bad = good + more, bad + worse
        watch.at(number * 4.0, good, bad)
    assert watch.availability().events == Events(bad=bad, total=good + bad)


def test_a_month_is_kept_in_few_points_and_forgets_what_is_older() -> None:
    watch = Watch()
    hours = 24 * 40
    for hour in range(hours + 1):
        watch.at(hour * 3600.0, hour * 10.0, 0)
    assert watch.availability().events.total == pytest.approx(24 * 30 * 10, abs=10)
    assert watch.availability().observed_seconds == 30 * 86_400
    points = sum(len(tier._points) for tier in watch.history._tiers)
    assert points <= sum(86_400 * 30 // step + 2 for step, _ in TIERS[2:]) + 1442 + 2162
    assert TIERS[0][0] == STEP_SECONDS
