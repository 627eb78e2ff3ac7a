"""The watchdog of a served application against code that blocks, and against a frozen process."""

from __future__ import annotations

import signal
import threading
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


def test_a_sleep_of_3_s_in_a_handler_is_named_within_2_s(serve: Any) -> None:
    served = serve()
    url = f"{served.url}/block?seconds=3"
    request = threading.Thread(target=lambda: httpx.get(url, timeout=30, trust_env=False))
    request.start()
    served.until(lambda: bool(served.logged("event loop blocked for")))
    began, noticed = (
        next(at for at, line in served.err if said in line)
        for said in ("block-began", "event loop blocked for")
    )
    served.until(lambda: bool(served.logged("event loop runs again")))
    request.join()
    assert noticed - began < 2
    (line,) = served.logged("event loop blocked for")
    assert f"served_app.py:{_PLANTED} in _block" in line
    assert served.logged("# the planted line")
    assert served.code("live") == 200


def test_a_process_that_was_stopped_and_continued_is_not_reported(serve: Any) -> None:
    served = serve(query_seconds=1)  # so that the first round of checks is frozen midway
    served.process.send_signal(signal.SIGSTOP)
    time.sleep(3)  # the freeze itself: nothing can be waited for in a stopped process
    served.process.send_signal(signal.SIGCONT)
    assert served.code("ready") == 200
    # A stall of its own shows that the watchdog has looked again since.
    httpx.get(f"{served.url}/block?seconds=2.5", timeout=30, trust_env=False)
    served.until(lambda: bool(served.logged("event loop runs again")))
    (line,) = served.logged("event loop blocked for")
    assert "in _block" in line
