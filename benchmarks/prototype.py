"""The least that could be called measuring, beside which the budgets of a request are judged.

Forty lines: a counter, a histogram of the duration, one of the answer's size, and a gauge, in a
mapped file as ours; with `everything` also an id, three headers, one trace of ten, and a JSON line
into a file. No second process reads the values and no second thread may write them; a client that
leaves counts as answered, and nothing is caught, redacted or bounded.
"""

from __future__ import annotations

import json
import mmap
import random
import time
from bisect import bisect_left
from pathlib import Path
from typing import Any

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
BYTES = (100.0, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8)
_WIDTH = len(SECONDS) + len(BYTES) + 5
_FILE_BYTES = 1 << 16


def wrap(app: Any, directory: Path, *, everything: bool = False) -> Any:
    """Measure `app`; its values and its log are files of `directory`."""
    with (directory / "values").open("w+b") as file:
        file.truncate(_FILE_BYTES)
        values = memoryview(mmap.mmap(file.fileno(), _FILE_BYTES)).cast("d")
    series: dict[tuple[str, str, int], int] = {}
    traces: list[dict[str, Any]] = []
    log = (directory / "log").open("a", buffering=1 << 16, encoding="utf-8")

    async def measured(scope: Any, receive: Any, send: Any) -> None:
        began = time.perf_counter()
        values[0] += 1.0
        status = size = 0
        request_id = f"{random.getrandbits(128):032x}" if everything else ""

        async def watched(message: Any) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                if everything:
                    took = b"%.2f" % ((time.perf_counter() - began) * 1000.0)
                    told = (
                        (b"x-request-id", request_id.encode()),
                        (b"x-response-time", took + b"ms"),
                    )
                    timing = (b"server-timing", b"total;dur=" + took)
                    message = {**message, "headers": [*message["headers"], *told, timing]}
            else:
                size += len(message["body"])
            await send(message)

        try:
            await app(scope, receive, watched)
        finally:
            seconds = time.perf_counter() - began
            values[0] -= 1.0
            key = (scope["method"], scope["path_template"], status)
            at = series.get(key) or series.setdefault(key, 1 + len(series) * _WIDTH)
            values[at] += 1.0
            values[at + 1] += seconds
            values[at + 3 + bisect_left(SECONDS, seconds)] += 1.0
            values[at + 2] += size
            values[at + 4 + len(SECONDS) + bisect_left(BYTES, size)] += 1.0
            if everything:
                line = {"method": key[0], "route": key[1], "path": scope["path"], "status": status}
                line |= {"durationSeconds": seconds, "responseBytes": size, "requestId": request_id}
                if random.random() < 0.1:
                    traces.append(line)
                    del traces[:-1000]
                log.write(json.dumps(line) + "\n")

    return measured
