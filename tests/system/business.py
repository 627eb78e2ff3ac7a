"""The 17 documented business metrics, and which of their samples have moved between two scrapes."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from tests.served import Server, until
from tests.system.scrapes import Sample, Scrape


class Documented(NamedTuple):
    """One metric as the monitoring guide has it: type, labels, and a histogram's buckets."""

    kind: str
    labels: frozenset[str]
    buckets: tuple[str, ...] = ()  # empty where the guide leaves them open


def _documented(kind: str, labels: str = "", buckets: str = "") -> Documented:
    return Documented(kind, frozenset(labels.split()), tuple(buckets.split()))


# Bounds as Prometheus stores them: floats.
METRICS: Final = {
    "asset_generations_total": _documented("counter", "type status"),
    "asset_generation_duration_seconds": _documented(
        "histogram", "type", "5.0 10.0 30.0 60.0 120.0 180.0 300.0 +Inf"
    ),
    "asset_generation_errors_total": _documented("counter", "type error_type"),
    "user_logins_total": _documented("counter", "provider"),
    "user_active_sessions": _documented("gauge"),
    "user_actions_total": _documented("counter", "action resource_type"),
    "storage_used_bytes": _documented("gauge", "context"),
    "file_uploads_total": _documented("counter", "file_type"),
    "file_downloads_total": _documented("counter", "file_type"),
    "api_requests_by_endpoint_total": _documented("counter", "endpoint method status_code"),
    "api_response_time_by_endpoint_seconds": _documented(
        "histogram", "endpoint method", "0.01 0.05 0.1 0.5 1.0 5.0 10.0 30.0 +Inf"
    ),
    "ai_api_calls_total": _documented("counter", "provider model status"),
    "ai_api_latency_seconds": _documented("histogram", "provider model"),
    "ai_tokens_used_total": _documented("counter", "provider model type"),
    "db_query_duration_seconds": _documented("histogram", "operation table"),
    "db_connections_active": _documented("gauge"),
    "db_connections_idle": _documented("gauge"),
}

_OF_REQUESTS: Final = ("api_requests_by_endpoint_total", "api_response_time_by_endpoint_seconds")
# These move all the time, since the service itself asks the database and others use the disk.
_RESTLESS: Final = ("db_query_duration_seconds", "db_connections_active", "db_connections_idle")
_VOLUME: Final[Sample] = ("storage_used_bytes", (("context", "system"),))


def documented_name(sample: str) -> str | None:
    """Return the documented metric that a sample belongs to."""
    name = re.sub(r"_(bucket|count|sum)$", "", sample)
    return name if name in METRICS else None


def moves(before: Scrape, after: Scrape) -> dict[str, float]:
    """Say which of the documented metrics have moved, and by how much, as `name{label="value"}`.

    Of histograms the counts. Without what requests move, which `requests_counted` compares.
    """
    found: dict[str, float] = {}
    for (name, labels), change in after.moved_since(before).items():
        metric = documented_name(name)
        if metric is None or metric in (*_OF_REQUESTS, *_RESTLESS) or (name, labels) == _VOLUME:
            continue
        if METRICS[metric].kind != "histogram" or name.endswith("_count"):
            found[written(name, dict(labels))] = change
    return found


def after_the_end(server: Server, before: Scrape) -> Scrape:
    """Scrape once one more job's end is counted, which it is just after its row has told of it."""
    name = "asset_generations_total"

    def scraped() -> Scrape | None:
        scrape = server.scrape()
        return scrape if scrape.total(name) > before.total(name) else None

    return until("the end is counted", scraped)


def written(name: str, labels: dict[str, str]) -> str:
    """Write a sample's name and labels down as the exposition does, the labels sorted."""
    inner = ",".join(f'{label}="{value}"' for label, value in sorted(labels.items()))
    return f"{name}{{{inner}}}" if inner else name


def requests_counted(scrape: Scrape) -> dict[tuple[str, str, str], float]:
    """Return what the service says that it answered, in the terms of `Server.answered`."""
    counted: dict[tuple[str, str, str], float] = {}
    for (name, labels), value in scrape.samples.items():
        if name == "api_requests_by_endpoint_total" and value:
            named = dict(labels)
            path = re.sub(r"\{\w+\}", "{id}", named["endpoint"])
            counted[named["method"], path, named["status_code"]] = value
    return counted
