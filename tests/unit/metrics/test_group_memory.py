"""Registries that share a directory. Each is a member of its own, in one process as in several."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asset_forge.observability.metrics import (
    CounterDeclaration,
    GaugeDeclaration,
    HistogramDeclaration,
    InfoDeclaration,
    Label,
    Merge,
    Registry,
)
from asset_forge.observability.metrics._locks import group_lock

COUNT = CounterDeclaration("things_total", "Things.", (Label("kind"),))
TIME = HistogramDeclaration("time_seconds", "A time.", (Label("kind"),), buckets=(0.1, 1.0, 10.0))
POOL = GaugeDeclaration("pool", "A pool.")
SAMPLED = GaugeDeclaration("sampled", "Sampled.", (Label("of"),), merge=Merge.NEWEST)
OLDEST = GaugeDeclaration("oldest", "The least.", merge=Merge.MIN)
PEAK = GaugeDeclaration("peak", "The most.", merge=Merge.MAX)
BUILD = InfoDeclaration("build_info", "The build.", (Label("version"),))
ALL = (COUNT, TIME, POOL, SAMPLED, OLDEST, PEAK, BUILD)


class Members:
    """Members of one group, closed at the end."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.living: list[Registry] = []

    def join(self) -> Registry:
        member = Registry(ALL, directory=self.directory, strict=True)
        self.living.append(member)
        return member

    def leave(self, member: Registry) -> None:
        self.living.remove(member)
        member.close()


@pytest.fixture
def members(tmp_path: Path) -> Iterator[Members]:
    group = Members(tmp_path / "metrics")
    yield group
    for member in list(group.living):
        group.leave(member)


def files(members: Members) -> list[str]:
    return sorted(path.name.partition("-")[0] for path in members.directory.iterdir())


def test_any_member_answers_for_all(members: Members) -> None:
    group = [members.join() for _ in range(3)]
    for number, member in enumerate(group, start=1):
        member.counter(COUNT).labels("a").inc(number)
        member.histogram(TIME).labels("a").observe(number)
        member.gauge(POOL).labels().set(number)
        member.gauge(OLDEST).labels().set(number)
        member.gauge(PEAK).labels().set(number)
        member.info(BUILD, version="1")
    group[2].gauge(SAMPLED).labels("x").set(7)
    group[0].gauge(SAMPLED).labels("x").set(5)
    for member in group:
        assert member.value("things_total", kind="a") == 6.0
        assert member.value("time_seconds_count", kind="a") == 3.0
        assert member.value("time_seconds_sum", kind="a") == 6.0
        assert member.value("time_seconds_bucket", kind="a", le="1.0") == 1.0
        assert member.value("pool") == 6.0
        assert member.value("oldest") == 1.0
        assert member.value("peak") == 3.0
        assert member.value("sampled", of="x") == 5.0
        assert member.value("build_info", version="1") == 1.0
    texts = {member.render() for member in group}
    assert len({b"\n".join(sorted(text.splitlines())) for text in texts}) == 1


def test_what_outlives_a_member(members: Members) -> None:
    stays, leaves = members.join(), members.join()
    leaves.counter(COUNT).labels("a").inc(3)
    leaves.histogram(TIME).labels("a").observe(0.5)
    leaves.gauge(SAMPLED).labels("x").set(4)
    for gauge in (POOL, OLDEST, PEAK):
        leaves.gauge(gauge).labels().set(9)
    leaves.info(BUILD, version="old")
    members.leave(leaves)
    assert stays.value("things_total", kind="a") == 3.0
    assert stays.value("time_seconds_count", kind="a") == 1.0
    assert stays.value("sampled", of="x") == 4.0
    for gone in ("pool", "oldest", "peak"):
        assert stays.value(gone) is None
    assert stays.value("build_info", version="old") is None


def test_the_file_of_a_dead_member_is_folded_in_once_and_removed(members: Members) -> None:
    stays = members.join()
    for number in range(5):
        leaves = members.join()
        leaves.counter(COUNT).labels("a").inc(number)
        members.leave(leaves)
        for _ in range(2):
            assert stays.value("things_total", kind="a") == sum(range(number + 1))
    assert files(members) == ["folded.metrics", "group.lock", "member"]


def test_a_group_without_a_living_member_starts_over(members: Members) -> None:
    first = members.join()
    first.counter(COUNT).labels("a").inc(3)
    members.leave(first)
    second = members.join()
    assert second.value("things_total", kind="a") is None
    assert files(members) == ["group.lock", "member"]


def test_a_run_goes_on_while_one_member_lives(members: Members) -> None:
    first, second = members.join(), members.join()
    first.counter(COUNT).labels("a").inc(3)
    members.leave(first)
    third = members.join()
    members.leave(second)
    assert third.value("things_total", kind="a") == 3.0


def test_a_removed_sampled_gauge_stays_removed_whoever_set_it(members: Members) -> None:
    first, second = members.join(), members.join()
    first.gauge(SAMPLED).labels("x").set(1)
    first.gauge(SAMPLED).labels("y").set(1)
    members.leave(first)
    second.gauge(SAMPLED).remove("x")
    assert second.value("sampled", of="x") is None
    assert second.value("sampled", of="y") == 1.0
    second.gauge(SAMPLED).clear()
    third = members.join()
    members.leave(second)
    assert third.value("sampled", of="y") is None
    third.gauge(SAMPLED).labels("y").set(2)
    assert third.value("sampled", of="y") == 2.0


def test_a_total_does_not_change_by_rounding_when_a_member_is_folded_in(members: Members) -> None:
    """A counter that goes down by its last bit would be a restart to Prometheus."""
    stays = members.join()
    last = 0.0
    for _ in range(30):
        leaves = members.join()
        for member in (stays, leaves):
            member.histogram(TIME).labels("a").observe(0.1)
        before = stays.value("time_seconds_sum", kind="a") or 0.0
        members.leave(leaves)
        after = stays.value("time_seconds_sum", kind="a") or 0.0
        assert last < before == after
        last = after
    assert last == pytest.approx(6.0, abs=1e-12)


def test_metrics_that_only_another_member_declares_are_served(members: Members) -> None:
    extra = GaugeDeclaration("queue_depth", "Waiting.", (Label("queue"),), endpoint="business")
    other = Registry([extra], directory=members.directory, strict=True)
    other.gauge(extra).labels("q").set(4)
    text = members.join().render(endpoint="business")
    assert (
        b'# HELP queue_depth Waiting.\n# TYPE queue_depth gauge\nqueue_depth{queue="q"} 4.0' in text
    )
    other.close()


def test_a_metric_declared_differently_elsewhere_is_left_out_and_counted(members: Members) -> None:
    member = members.join()
    member.counter(COUNT).labels("a").inc()
    renamed = CounterDeclaration("things_total", "Things.", (Label("sort"),))
    other = Registry([renamed], directory=members.directory, strict=True)
    other.counter(renamed).labels("a").inc(5)
    assert member.value("things_total", kind="a") == 1.0
    assert member.value("metrics_collector_errors_total", collector="member") == 1.0
    other.close()


def test_folding_keeps_to_the_series_limit(members: Members) -> None:
    bounded = CounterDeclaration("bounded_total", "B.", (Label("id"),), series_limit=5)
    stays = Registry([bounded], directory=members.directory, strict=True)
    for start in range(0, 30, 3):
        leaves = Registry([bounded], directory=members.directory, strict=True)
        for number in range(start, start + 3):
            leaves.counter(bounded).labels(str(number)).inc()
        leaves.close()
        stays.render()
    lines = [line for line in stays.render().decode().splitlines() if line.startswith("bounded")]
    assert len(lines) == 6
    assert sum(float(line.split()[-1]) for line in lines) == 30.0
    assert stays.value("bounded_total", id="__overflow__") == 25.0
    assert stays.value("metrics_series_overflow_total", metric="bounded_total") == 25.0
    stays.close()


DAMAGE = {
    "empty": lambda data: b"",
    "short": lambda data: data[:40],
    "torn": lambda data: data[: len(data.rstrip(b"\0")) // 2 + 3],
    "foreign": lambda data: b"not metrics " * 1000,
    "another version": lambda data: data[:8] + b"\x63\0\0\0" + data[12:],
    "nonsense in a record": lambda data: data[:70] + b"\xff" * 50 + data[120:],
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_breaks_nothing_and_is_counted(members: Members, damage: str) -> None:
    member, dead = members.join(), members.join()
    member.counter(COUNT).labels("a").inc()
    dead.counter(COUNT).labels("a").inc(5)
    assert dead._group is not None
    path = dead._group._member.path
    data = path.read_bytes()
    members.leave(dead)
    path.write_bytes(DAMAGE[damage](data))
    for _ in range(3):
        text = member.render()
        assert b'things_total{kind="a"}' in text
    assert member.value("things_total", kind="a") == 1.0
    assert member.value("metrics_collector_errors_total", collector="member") == 1.0


@pytest.mark.parametrize(
    "name", ["member-x.metrics", "folded.metrics", "notes.txt", "member-x.tmp"]
)
def test_other_things_in_the_directory_break_nothing(members: Members, name: str) -> None:
    member = members.join()
    (members.directory / name).mkdir()
    member.counter(COUNT).labels("a").inc()
    for _ in range(2):
        assert member.value("things_total", kind="a") == 1.0


def test_a_directory_that_cannot_be_made_is_counted_and_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    registry = Registry(ALL, directory=tmp_path / "file" / "metrics")
    registry.counter(COUNT).labels("a").inc()
    assert registry.value("things_total", kind="a") == 1.0
    assert registry.value("metrics_collector_errors_total", collector="directory") == 1.0
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "seen by it alone" in caplog.text


def test_a_member_that_could_not_join_does_so_later_with_what_it_has_counted(
    tmp_path: Path, members: Members
) -> None:
    other = members.join()
    other.counter(COUNT).labels("a").inc(10)
    members.directory.rename(tmp_path / "aside")
    members.directory.write_text("in the way")
    late = Registry(ALL, directory=members.directory)
    late.counter(COUNT).labels("a").inc(2)
    late.histogram(TIME).labels("a").observe(0.5)
    assert late.value("things_total", kind="a") == 2.0
    members.directory.unlink()
    (tmp_path / "aside").rename(members.directory)
    late.keep_place()
    late.counter(COUNT).labels("a").inc()
    for member in (late, other):
        assert member.value("things_total", kind="a") == 13.0
        assert member.value("time_seconds_bucket", kind="a", le="1.0") == 1.0
    late.close()
    assert other.value("things_total", kind="a") == 13.0


def test_a_lock_that_is_held_for_long_keeps_a_member_out_only_as_long(
    members: Members, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = members.join()
    monkeypatch.setattr("asset_forge.observability.metrics._group._JOIN_SECONDS", 0.02)
    with group_lock(members.directory, seconds=0.0) as taken:
        assert taken
        late = Registry(ALL, directory=members.directory)
        late.counter(COUNT).labels("a").inc(2)
        late.keep_place()
        assert other.value("things_total", kind="a") is None
    late.keep_place()
    assert other.value("things_total", kind="a") == 2.0
    late.close()


def test_a_member_whose_file_was_removed_makes_another_with_its_values(
    members: Members, caplog: pytest.LogCaptureFixture
) -> None:
    member, other = members.join(), members.join()
    counter = member.counter(COUNT).labels("a")
    counter.inc(3)
    member.histogram(TIME).labels("a").observe(0.5)
    member.gauge(POOL).labels().set(4)
    member.gauge(SAMPLED).labels("x").set(7)
    thread = threading.Thread(target=lambda: (counter.inc(2), member.gauge(POOL).labels().set(5)))
    thread.start()
    thread.join()
    for path in members.directory.iterdir():
        path.unlink()
    members.directory.rmdir()
    other.counter(COUNT).labels("a").inc(10)
    for _ in range(3):
        member.keep_place()
        other.keep_place()
    counter.inc()
    for one in (member, other):
        assert one.value("things_total", kind="a") == 16.0
        assert one.value("time_seconds_sum", kind="a") == 0.5
        assert one.value("pool") == 5.0
        assert one.value("sampled", of="x") == 7.0
        assert one.value("metrics_collector_errors_total", collector="directory") == 2.0
    assert caplog.text.count("has a file of this process again") == 2
    members.leave(member)
    assert other.value("things_total", kind="a") == 16.0
    assert other.value("pool") is None


def test_a_directory_that_disappears_costs_no_request(members: Members) -> None:
    member = members.join()
    member.counter(COUNT).labels("a").inc()
    for path in members.directory.iterdir():
        path.unlink()
    members.directory.rmdir()
    for number in range(2_000):
        member.counter(COUNT).labels(str(number)).inc()
    member.counter(COUNT).labels("a").inc()
    assert member.value("things_total", kind="a") == 2.0
    assert (member.value("metrics_collector_errors_total", collector="directory") or 0) >= 1.0


def test_a_registry_that_was_closed_still_counts_for_itself(members: Members) -> None:
    member = members.join()
    member.counter(COUNT).labels("a").inc()
    members.leave(member)
    member.close()
    member.counter(COUNT).labels("a").inc()
    assert member.value("things_total", kind="a") == 2.0


def test_a_member_keeps_few_descriptors_open(members: Members) -> None:
    member, reader = members.join(), members.join()
    before = len(list(Path("/proc/self/fd").iterdir()))
    for number in range(900):
        member.histogram(TIME).labels(str(number) * 100).observe(1)
    reader.render()
    assert len(list(Path("/proc/self/fd").iterdir())) - before <= 8


def test_many_deaths_are_each_counted_once(members: Members) -> None:
    """More than the folded file remembers by name."""
    stays = members.join()
    for number in range(1, 301):
        leaves = members.join()
        leaves.counter(COUNT).labels("a").inc()
        members.leave(leaves)
        if number % 50 == 0:
            assert stays.value("things_total", kind="a") == number
    assert files(members) == ["folded.metrics", "group.lock", "member"]


def test_drafts_that_a_crash_left_are_removed(members: Members) -> None:
    members.join()
    for name in ("member-0.tmp", "folded-0.tmp"):
        (members.directory / name).write_bytes(b"half")
    members.join()
    assert files(members) == ["group.lock", "member", "member"]


async def test_a_scrape_that_is_given_up_does_not_spoil_the_next(members: Members) -> None:
    reader, writer = members.join(), members.join()
    assert reader.value("things_total", kind="0") is None
    for number in range(900):
        writer.counter(COUNT).labels(str(number)).inc()
    for turns in range(6):
        scrape = asyncio.create_task(reader.scrape(endpoint=None))
        for _ in range(turns):
            await asyncio.sleep(0)
        scrape.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await scrape
    answer = await reader.scrape(endpoint=None)
    assert answer.body.count(b"things_total{") == 900
    members.leave(writer)
    assert reader.value("things_total", kind="899") == 1.0


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("join"), st.just(0), st.just(""), st.just(0.0)),
        st.tuples(st.just("leave"), st.integers(0, 5), st.just(""), st.just(0.0)),
        st.tuples(st.just("look"), st.integers(0, 5), st.just(""), st.just(0.0)),
        *(
            st.tuples(st.just(what), st.integers(0, 5), st.sampled_from("abc"), st.integers(0, 99))
            for what in ("inc", "observe", "set")
        ),
    ),
    max_size=40,
)


@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_a_group_adds_up_as_a_model_does(
    steps: list[tuple[str, int, str, float]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    members = Members(tmp_path_factory.mktemp("group"))
    counts: dict[str, float] = defaultdict(float)
    observed: dict[str, list[float]] = defaultdict(list)
    sampled: dict[str, float] = {}
    pools: dict[Registry, float] = {}
    members.join()
    for what, number, label, value in steps:
        member = members.living[number % len(members.living)]
        match what:
            case "join":
                members.join()
            case "leave" if len(members.living) > 1:
                pools.pop(member, None)
                members.leave(member)
            case "inc":
                member.counter(COUNT).labels(label).inc(value)
                counts[label] += value
            case "observe":
                member.histogram(TIME).labels(label).observe(value)
                observed[label].append(value)
            case "set":
                member.gauge(POOL).labels().set(value)
                member.gauge(SAMPLED).labels(label).set(value)
                pools[member], sampled[label] = value, value
            case _:
                member.render()
    for member in members.living:
        for label in "abc":
            assert member.value("things_total", kind=label) == counts.get(label)
            assert member.value("sampled", of=label) == sampled.get(label)
            assert (member.value("time_seconds_sum", kind=label) or 0) == sum(observed[label])
            for bound in (0.1, 1.0, 10.0, float("inf")):
                reached = sum(one <= bound for one in observed[label])
                found = member.value("time_seconds_bucket", kind=label, le=str(bound))
                assert (found or 0) == reached
        assert member.value("pool") == (sum(pools.values()) if pools else None)
    for member in list(members.living):
        members.leave(member)
