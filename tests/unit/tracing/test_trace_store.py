"""The traces in memory: bounded, paged newest first, and shown without secrets."""

from __future__ import annotations

import threading
from collections.abc import Mapping

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from asset_forge.observability.redaction import Redactor
from asset_forge.observability.tracing import AttributeValue, SpanReader, Trace, TraceStore

READER = SpanReader(Redactor(known_secrets=["open-sesame"]))


def part(
    number: int,
    *,
    seconds: float = 1.0,
    error: str = "",
    attributes: Mapping[str, AttributeValue] | None = None,
    started_at: float = 0.0,
) -> Trace:
    trace = Trace(f"{number:032x}", 5, 0, True, "server", started_at, lambda: 0.0)
    trace.name = f"GET /{number}"
    trace.ended_at = started_at + seconds
    trace.wall_offset = 1e9
    trace.error_type = error
    trace.attributes = attributes or {}
    trace.kept = True
    return trace


class StoreAgainstAList(RuleBasedStateMachine):
    """The store against a list of trace ids."""

    def __init__(self) -> None:
        super().__init__()
        self.store = TraceStore(READER, capacity=5)
        self.model: list[int] = []

    @rule(number=st.integers(1, 12))
    def keep(self, number: int) -> None:
        self.store.add(part(number))
        if number not in self.model:
            self.model = [*self.model, number][-5:]

    @rule(limit=st.integers(1, 4))
    def pages_hold_all_newest_first(self, limit: int) -> None:
        seen: list[str] = []
        cursor = None
        while True:
            page = self.store.list(limit=limit, cursor=cursor)
            seen += [one.trace_id for one in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert seen == [f"{number:032x}" for number in reversed(self.model)]

    @invariant()
    def only_the_newest_are_held(self) -> None:
        assert len(self.store) == len(self.model)
        for number in range(1, 13):
            held = self.store.get(f"{number:032x}") is not None
            assert held == (number in self.model)


TestStoreAgainstAList = StoreAgainstAList.TestCase


def test_ordinary_traffic_does_not_sweep_failed_and_slow_traces_away() -> None:
    store = TraceStore(READER, capacity=10)
    store.add(part(1, seconds=0.1, error="500"))
    store.add(part(2, seconds=2.0))
    for number in range(100, 400):
        store.add(part(number, seconds=0.1))
    ids = [int(one.trace_id, 16) for one in store.list().items]
    assert ids == [*range(399, 391, -1), 2, 1]


def test_a_flood_of_failures_leaves_half_of_the_room_to_itself_and_stays_bounded() -> None:
    store = TraceStore(READER, capacity=10)
    for number in range(1, 200):
        store.add(part(number, seconds=0.1, error="500" if number % 2 else ""))
    ids = [int(one.trace_id, 16) for one in store.list().items]
    assert (len(ids), sum(number % 2 for number in ids)) == (10, 5)


def test_a_trace_whose_later_part_fails_is_ordinary_no_more() -> None:
    store = TraceStore(READER, capacity=10)
    store.add(part(1, seconds=0.1))
    store.add(part(1, seconds=0.1, error="TimeoutError"))
    for number in range(100, 400):
        store.add(part(number, seconds=0.1))
    assert store.get(f"{1:032x}") is not None


def test_a_page_is_stable_while_traces_arrive() -> None:
    store = TraceStore(READER)
    for number in range(1, 5):
        store.add(part(number))
    first = store.list(limit=2)
    store.add(part(9))
    second = store.list(limit=2, cursor=first.next_cursor)
    assert [int(one.trace_id, 16) for one in (*first.items, *second.items)] == [4, 3, 2, 1]


def test_filters_choose_by_duration_failure_and_route() -> None:
    store = TraceStore(READER)
    store.add(part(1, seconds=3.0, attributes={"http.route": "/a"}))
    store.add(part(2, error="503", attributes={"http.route": "/b"}))
    store.add(part(3))

    def chosen(**filters: object) -> list[int]:
        return [int(one.trace_id, 16) for one in store.list(**filters).items]  # type: ignore[arg-type]

    assert chosen(min_seconds=2.0) == [1]
    assert chosen(errors_only=True) == [2]
    assert chosen(route="/a") == [1]
    assert chosen(route="/c") == []
    assert chosen(errors_only=True, min_seconds=2.0) == []


@pytest.mark.parametrize("cursor", ["", "-1", "x", "1.5", "٣", "9" * 30])
def test_a_cursor_that_is_none_is_refused(cursor: str) -> None:
    with pytest.raises(ValueError, match="give the nextCursor of the page before"):
        TraceStore(READER).list(cursor=cursor)


@pytest.mark.parametrize("limit", [0, -1, 201])
def test_a_limit_out_of_range_is_refused(limit: int) -> None:
    with pytest.raises(ValueError, match=f"limit {limit}: choose 1 to 200"):
        TraceStore(READER).list(limit=limit)


def test_a_store_for_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="holds at least 1"):
        TraceStore(READER, capacity=0)


def test_one_trace_cannot_grow_without_end() -> None:
    store = TraceStore(READER)
    lost = sum(store.add(part(1)) for _ in range(2_500))
    found = store.get(f"{1:032x}")
    assert found is not None
    assert (found.trace.span_count, len(found.spans), found.lost_spans, lost) == (
        2_000,
        2_000,
        500,
        500,
    )


def test_an_id_is_found_in_capitals_too() -> None:
    store = TraceStore(READER)
    store.add(part(0xABC))
    assert store.get(f"{0xABC:032X}") is not None


def test_a_trace_lasts_from_its_first_start_to_its_last_end() -> None:
    store = TraceStore(READER)
    store.add(part(1, started_at=10.0, seconds=1.0))
    store.add(part(1, started_at=20.0, seconds=5.0, error="TimeoutError"))
    (only,) = store.list().items
    assert (only.duration_seconds, only.error) == (15.0, True)


def test_nothing_shown_holds_a_secret_or_a_prompt() -> None:
    store = TraceStore(READER)
    trace = part(
        1,
        error="ProviderError",
        attributes={
            "url.full": "https://ada:hunter2@example.org/?api_key=abc123",
            "authorization": "whatever",
            "pin": 4711,
            "note": "it says open-sesame",
            "open-sesame": "as a key",
            "list": ["open-sesame", "plain"],
            "prompt": "a sword nobody knows of",
            "gen_ai.input.messages": "a sword nobody knows of",
            "gen_ai.prompt.0.content": "a sword nobody knows of",
            "gen_ai.usage.input_tokens": 412,
        },
    )
    trace.error_message = "refused: Bearer eyJhbGciOiJIUzI1NiJ9.abcdefghij0123 open-sesame"
    trace.name = "GET open-sesame"
    store.add(trace)
    shown = msgspec.json.encode([store.list(), store.get(trace.trace_id)]).decode()
    for planted in ("hunter2", "abc123", "whatever", "4711", "open-sesame", "abcdefghij", "sword"):
        assert planted not in shown
    assert '"gen_ai.usage.input_tokens":412' in shown


def test_content_is_shown_where_it_was_asked_for() -> None:
    redactor = Redactor(withhold_prompts=False)
    store = TraceStore(SpanReader(redactor, include_content=True))
    store.add(part(1, attributes={"gen_ai.input.messages": "a sword"}))
    found = store.get(f"{1:032x}")
    assert found is not None
    assert found.spans[0].attributes == {"gen_ai.input.messages": "a sword"}


@given(
    st.dictionaries(
        st.text(max_size=20),
        st.one_of(
            st.text(),
            st.integers(),
            st.floats(),
            st.booleans(),
            st.lists(st.one_of(st.text(), st.integers(), st.floats())),
            st.binary(),
            st.none(),
            st.just(object()),
        ),
        max_size=100,
    )
)
def test_whatever_code_notes_can_be_shown_as_json(attributes: dict[str, AttributeValue]) -> None:
    store = TraceStore(READER)
    store.add(part(1, attributes=attributes))
    found = store.get(f"{1:032x}")
    assert found is not None
    msgspec.json.decode(msgspec.json.encode(found))
    assert len(found.spans[0].attributes) <= 65


def test_text_of_another_class_becomes_plain_text() -> None:
    class Name(str):
        __slots__ = ()

    store = TraceStore(READER)
    store.add(part(1, attributes={"db.collection.name": Name("assets")}))
    found = store.get(f"{1:032x}")
    assert found is not None
    assert msgspec.json.encode(found).count(b'"db.collection.name":"assets"') == 1


def test_a_huge_value_is_cut() -> None:
    store = TraceStore(READER)
    store.add(part(1, attributes={"url.path": "/" + "x" * 1_000_000}))
    found = store.get(f"{1:032x}")
    assert found is not None
    assert len(msgspec.json.encode(found)) < 5_000


def test_threads_may_write_and_read_at_once() -> None:
    store = TraceStore(READER, capacity=10)
    faults: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for step in range(200):
                store.add(part(number * 1_000 + step))
                store.list(limit=3)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (faults, len(store)) == ([], 10)
