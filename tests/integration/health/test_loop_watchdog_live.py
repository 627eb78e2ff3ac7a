"""The watchdog of a served application against code that blocks, and against a frozen process."""

from __future__ import annotations

import contextlib
import math
import signal
import time
from pathlib import Path
from typing import Any

import httpx

_PLANTED = next(
    number
    for number, line in enumerate(
        Path(__file__).with_name("served_app.py").read_text().splitlines(), start=1
    )
    if "# the planted line" in line
)
_REPORT = "event loop blocked for"
_BLOCK = f"served_app.py:{_PLANTED} in _block"
_TRIES = 5
"""A machine that stops the process while it blocks makes the watchdog late, or leave it out."""


def _noticed_after(served: Any) -> float:
    """Block the loop for 3 s, and return after how many of them that was reported, if it was."""
    before = len(served.err)
    httpx.get(f"{served.url}/block?seconds=3", timeout=30, trust_env=False)

    def lines(text: str) -> list[tuple[float, str]]:
        return [(at, line) for at, line in served.err[before:] if text in line]

    with contextlib.suppress(AssertionError):
        served.until(lambda: bool(lines("event loop runs again")), 5)
    began, reports = lines("block-began"), [at for at, line in lines(_REPORT) if _BLOCK in line]
    return reports[0] - began[0][0] if began and reports else math.inf


def test_a_sleep_of_3_s_in_a_handler_is_named_within_2_s(serve: Any) -> None:
    served = serve()
    assert any(_noticed_after(served) < 2 for _ in range(_TRIES)), served.err
    assert any(_BLOCK in line for line in served.logged(_REPORT))
    assert served.logged("# the planted line")
    assert served.code("live") == 200


def test_a_process_that_was_stopped_and_continued_is_not_reported(serve: Any) -> None:
    served = serve(query_seconds=1)  # so that the first round of checks is frozen midway
    served.process.send_signal(signal.SIGSTOP)
    time.sleep(3)  # the freeze itself: nothing can be waited for in a stopped process
    served.process.send_signal(signal.SIGCONT)
    assert served.code("ready") == 200
    # A stall of its own shows that the watchdog has looked again since.
    assert any(_noticed_after(served) < math.inf for _ in range(_TRIES)), served.err
    assert all("in _block" in line for line in served.logged(_REPORT))
