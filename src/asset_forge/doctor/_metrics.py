"""Metrics: served, moving, complete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from asset_forge.doctor import _limits as limits
from asset_forge.doctor._evidence import Evidence
from asset_forge.doctor._questions import (
    COLLECTOR_ERRORS,
    DROPPED,
    OVERFLOWS,
    SAMPLE_ERRORS,
    Increase,
)
from asset_forge.doctor._verdicts import Fine, Found, Unseen, Verdict

NOTHING_BORNE: Final[Mapping[tuple[str, ...], int]] = MappingProxyType({})


def exposed(seen: Evidence) -> Iterator[Verdict]:
    """Whether both paths serve metrics."""
    pairs = (("/metrics", seen.service.system), ("/metrics/business", seen.service.business))
    for path, samples in pairs:
        if samples is not None:
            count = sum(len(found) for found in samples.by_name.values())
            yield Fine(f"{path} serves {count:,} series")
            continue
        reply = seen.service.replies[path]
        if reply.status in (401, 403):
            yield Unseen(seen.service.withheld[path])
        else:
            reason = seen.service.withheld.get(path, f"answers {reply.status}")
            yield Found(f"{path} serves no metrics", "ScrapeFailing", (reason,))
    business = seen.service.business
    if business is not None and not business.by_name.get("asset_generations_total"):
        yield Found("/metrics/business holds no business metrics", "MetricsAbsent")


def moving(seen: Evidence) -> Iterator[Verdict]:
    """Whether the metrics move: the doctor's own requests must have been counted."""
    if seen.service.moved is None:
        yield Unseen(seen.service.withheld.get("/metrics", "no metrics were seen"))
    elif seen.service.moved:
        yield Fine("the doctor's own requests were counted")
    else:
        yield Found(
            "The metrics do not move",
            "MetricsAbsent",
            (
                "http_requests_total is what it was before the doctor's own requests: an old copy "
                "is served, or processes do not share METRICS_DIR",
            ),
        )


def overflows(seen: Evidence) -> Iterator[Verdict]:
    """Whether label values are made up, or too many; of verbs, scanners make up a few."""
    borne = {("http_requests_total",): limits.INVENTED_VERBS}
    yield from _none(seen, OVERFLOWS, "uses of metrics were folded", "SeriesOverflow", borne)


def dropped(seen: Evidence) -> Iterator[Verdict]:
    """Whether log lines, errors, spans or metrics were lost."""
    yield from _none(seen, DROPPED, "items of telemetry were lost", "TelemetryLost")


def collectors(seen: Evidence) -> Iterator[Verdict]:
    """Whether a part of the exposition fails."""
    yield from _none(seen, COLLECTOR_ERRORS, "faults of collectors", "CollectorFailing")


def samples(seen: Evidence) -> Iterator[Verdict]:
    """Whether gauges of the database and the volume are stale."""
    yield from _none(seen, SAMPLE_ERRORS, "background samples failed", "BackgroundSampleFailing")


def _none(
    seen: Evidence,
    question: Increase,
    what: str,
    runbook: str,
    borne: Mapping[tuple[str, ...], int] = NOTHING_BORNE,
) -> Iterator[Verdict]:
    asked = seen.answers(question)
    if asked is None:
        yield Unseen(seen.service.withheld.get("/metrics/business", "no metrics were seen"))
        return
    answers, when = asked
    title = f"{sum(answers.values()):,.0f} {what} {when}"
    if all(count <= borne.get(key, 0) for key, count in answers.items()):
        yield Fine(title)
        return
    by = tuple(f"{' '.join(key)}: {count:,.0f}" for key, count in sorted(answers.items()))
    yield Found(title, runbook, by)
