"""The part of the report about what is measured inside one process."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks import in_process
from benchmarks.pairs import Pairs
from benchmarks.report import Report


@dataclass(frozen=True, slots=True)
class Row:
    """What is compared: a name, two blocks, and the budget of the measured one.

    With `added` the budget is for what is added to the reference, otherwise for the whole. Without
    a budget the row explains another. Each round of a short block is repeated `times` times.
    """

    name: str
    reference: str
    measured: str
    budget: float | None
    added: bool = False
    times: int = 1


ROWS = (
    Row("metrics, on a minimal application", "request minimal bare", "request minimal metrics",
        3e-6, added=True, times=4),
    Row("the least: a prototype of 40 lines", "request minimal bare", "request minimal prototype",
        None, added=True, times=4),
    Row("beside them: ids, headers, traces", "request minimal metrics", "request minimal ids",
        None, added=True, times=4),
    Row("beside them: the access log", "request minimal metrics", "request minimal log",
        None, added=True, times=4),
    Row("everything on, on a minimal application", "request minimal bare",
        "request minimal everything", 10e-6, added=True, times=4),
    Row("the least: a prototype of 40 lines", "request minimal bare",
        "request minimal prototype of everything", None, added=True, times=4),
    Row("the same, with the thread that writes the log", "request minimal bare",
        "request minimal everything, all threads", None, added=True, times=4),
    Row("metrics, on Litestar", "request Litestar bare", "request Litestar metrics",
        3e-6, added=True, times=4),
    Row("the least: a prototype of 40 lines", "request Litestar bare", "request Litestar prototype",
        None, added=True, times=4),
    Row("beside them: ids, headers, traces", "request Litestar metrics", "request Litestar ids",
        None, added=True, times=4),
    Row("beside them: the access log", "request Litestar metrics", "request Litestar log",
        None, added=True, times=4),
    Row("everything on, on Litestar", "request Litestar bare", "request Litestar everything",
        10e-6, added=True, times=4),
    Row("the least: a prototype of 40 lines", "request Litestar bare",
        "request Litestar prototype of everything", None, added=True, times=4),
    Row("the same, with the thread that writes the log", "request Litestar bare",
        "request Litestar everything, all threads", None, added=True, times=4),
    Row("one labelled `inc` and one `observe`", "update prometheus_client", "update ours", 0.8e-6),
    Row("the same, multiprocess", "update prometheus_client multiprocess", "update ours", 0.8e-6),
    Row("scrape of 12,000 lines", "scrape 12000 prometheus_client", "scrape 12000 ours", 8e-3),
    Row("the same, gzip", "scrape 12000 prometheus_client", "scrape 12000 ours gzip", 8e-3),
    Row("scrape of 132,000 lines", "scrape 132000 prometheus_client", "scrape 132000 ours", 90e-3),
    Row("the same, gzip", "scrape 132000 prometheus_client", "scrape 132000 ours gzip", 90e-3),
    Row("longest hold of the event loop meanwhile", "scrape 132000 prometheus_client",
        "hold 132000 ours", 5e-3),
    Row("scrape, 4 processes × 11,000 lines", "scrape group prometheus_client multiprocess",
        "scrape group ours", 25e-3),
    Row("a log line, from call to bytes", "log line logging", "log line ours", 6e-6),
)  # fmt: skip


def write(report: Report, rounds: int) -> None:
    """Measure and report every row."""
    report.add("## In process\n")
    rows: list[list[str]] = []
    for row in ROWS:
        pairs = in_process.compare(row.reference, row.measured, rounds * row.times)
        rows.append(_line(report, row, pairs))
    report.table(["what", "reference", "ours", "budget", ""], rows)
    report.add(
        "CPU time. The rows of applications: the application without and with ours, and what is "
        "added, of the thread that serves requests; the access log's lines are made and written by "
        "another, which the rows with that thread include. The same code costs a multiple behind a "
        "framework, whose own drives it out of the processor's caches from one request to the "
        "next, and the prototype as well (`benchmarks/prototype.py`: the same kind of memory, one "
        "thread, no client that leaves). The log line: from the call to the "
        "queue of the writer thread, redacted, beside the standard library's `logging` with a "
        "JSON formatter that redacts nothing and writes on the caller's time. Scrapes and updates: "
        "beside prometheus_client.\n"
    )


def _line(report: Report, row: Row, pairs: Pairs) -> list[str]:
    found = pairs.difference if row.added else pairs.value
    shown = f"{_time(pairs.value)}, {_time(found)} added" if row.added else _time(found)
    if row.budget is None:
        return [row.name, _time(pairs.against), shown, "", ""]
    verdict = report.judge(row.name, found <= row.budget)
    return [row.name, _time(pairs.against), shown, f"≤ {_time(row.budget)}", verdict]


def _time(seconds: float) -> str:
    if abs(seconds) < 1e-3:
        return f"{seconds * 1e6:.2f} µs"
    return f"{seconds * 1e3:.1f} ms"
