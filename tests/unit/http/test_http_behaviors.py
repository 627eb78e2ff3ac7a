"""Random applications and clients, against a model of what each has to be counted as."""

from __future__ import annotations

import asyncio
from asyncio import CancelledError
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.http.exchanges import START, body, observe, scope_of

from asset_forge.observability.http import CONNECTION_KEY, DECLARATIONS, Connection
from asset_forge.observability.metrics import Registry


@dataclass(frozen=True)
class Behavior:
    """A random application with a random client."""

    chunks: tuple[int, ...]
    ends_with: str
    stops_after: int
    client_leaves_at: int | None
    listens: bool
    connection_known: bool


behaviors = st.builds(
    Behavior,
    chunks=st.lists(st.integers(0, 5), max_size=4).map(tuple),
    ends_with=st.sampled_from(["return", "raise", "cancel"]),
    stops_after=st.integers(0, 7),
    client_leaves_at=st.none() | st.integers(0, 7),
    listens=st.booleans(),
    connection_known=st.booleans(),
)


def expectation(behavior: Behavior) -> tuple[int, str, int]:
    """Say what a behavior must be counted as: status, outcome, bytes."""
    steps = 1 + max(1, len(behavior.chunks))
    done = min(behavior.stops_after, steps)
    leaves = behavior.client_leaves_at
    noticed = behavior.listens or behavior.connection_known
    size = sum(behavior.chunks[: max(0, done - 1)])
    # The client leaves ahead of step n, so a response is complete only if its last step came
    # before.
    last = steps if done == steps else done + 1
    if leaves is not None and noticed and leaves < last:
        return 499, "client_left", size
    if done == steps:
        return 200, "completed", size
    how = {"return": "aborted", "raise": "aborted", "cancel": "cancelled"}[behavior.ends_with]
    if done:
        return 200, how, size
    return 500, "cancelled" if behavior.ends_with == "cancel" else "failed", 0


@given(behaviors)
def test_every_behavior_is_counted_once_as_what_it_was(behavior: Behavior) -> None:
    registry = Registry(DECLARATIONS, strict=True)
    connection = Connection()
    gone = False
    sizes = behavior.chunks or (0,)
    messages = [
        START,
        *(body(b"x" * size, more=place < len(sizes) - 1) for place, size in enumerate(sizes)),
    ]

    async def receive():
        return (
            {"type": "http.disconnect"}
            if gone
            else {"type": "http.request", "body": b"", "more_body": True}
        )

    async def application(scope, receive, send):
        nonlocal gone
        for step in range(len(messages) + 1):
            if step == behavior.client_leaves_at:
                gone = connection.lost = True
            if behavior.listens:
                await receive()
            if step == behavior.stops_after or step == len(messages):
                break
            await send(messages[step])
        if behavior.ends_with == "raise":
            raise RuntimeError
        if behavior.ends_with == "cancel":
            raise CancelledError

    scope = scope_of(**({CONNECTION_KEY: connection} if behavior.connection_known else {}))
    record = asyncio.run(observe(application, registry, scope=scope, receive=receive))
    assert (record.status, record.outcome, record.response_bytes) == expectation(behavior)
    counts = [
        line
        for line in registry.render(endpoint="system").decode().splitlines()
        if line.startswith("http_requests_total{")
    ]
    assert counts == [
        f'http_requests_total{{method="GET",path="/x",status_code="{record.status}"}} 1.0'
    ]
