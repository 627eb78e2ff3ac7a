"""Dashboards as data.

Plain data classes instead of the builders of grafana-foundation-sdk, which would add 2.2 MB to each
installation of the server and 0.15 s to the start of each of its processes, for a schema of which
four kinds of panels are used; a test decodes the rendered JSON with that package's typed models.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from asset_forge.monitoring._model import EVERY_JOB, SERVICE, Alert, Board


class Kind(StrEnum):
    """Grafana's panel types in use."""

    TIME_SERIES = "timeseries"
    STAT = "stat"
    GAUGE = "gauge"
    BARS = "bargauge"


class Unit(StrEnum):
    """Grafana's unit ids in use."""

    REQUESTS = "reqps"
    OPERATIONS = "ops"
    RATIO = "percentunit"
    SECONDS = "s"
    BYTES = "bytes"
    BYTES_PER_SECOND = "Bps"
    DOLLARS = "currencyUSD"
    NUMBER = "short"


@dataclass(frozen=True, slots=True)
class Query:
    """One PromQL expression, and how its series are called."""

    expr: str
    legend: str
    exemplar: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the service for operators: how a link to it is called, and its path and query."""

    title: str
    path: str


ERRORS: Final = Page("Errors", "/api/errors")
TRACES: Final = Page("Traces", "/api/traces")
FAILED_TRACES: Final = Page("Traces with errors", "/api/traces?errorsOnly=true")
SLOW_TRACES: Final = Page("Traces of more than 1 s", "/api/traces?minSeconds=1")
LONG_TRACES: Final = Page("Traces of more than 2 min", "/api/traces?minSeconds=120")
TRACES_OF_ENDPOINT: Final = Page(
    "Traces of ${__field.labels.endpoint}",
    "/api/traces?route=${__field.labels.endpoint:percentencode}",
)
"""For a series that has the label `endpoint`."""

Link = Alert | Board | Page
"""Where a panel leads: an alert's runbook, another dashboard, or a page of the service."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel; `thresholds` are (color, from this value on), rising, above a green base.

    `good_above` turns them round: below the first threshold is its color, above all is green.
    `links` are those of the panel, `series_links` those of each of its series. Rates are taken
    over no less than `looks_back`, which is how far its alert does.
    """

    title: str
    description: str
    unit: Unit
    queries: tuple[Query, ...]
    links: tuple[Link, ...]
    thresholds: tuple[tuple[str, float], ...] = ()
    kind: Kind = Kind.TIME_SERIES
    width: int = 12
    height: int = 8
    minimum: float | None = 0
    maximum: float | None = None
    stacked: bool = False
    good_above: bool = False
    series_links: tuple[Page, ...] = ()
    looks_back: str | None = None


@dataclass(frozen=True, slots=True)
class Variable:
    """A choice of label values at the top of a dashboard; everything is chosen at first."""

    name: str
    label: str
    query: str


INSTANCE = Variable("instance", "Instance", f"label_values(up{{{EVERY_JOB}}}, instance)")
ASSET_TYPE = Variable("type", "Asset type", "label_values(asset_generations_total, type)")
ANNOTATIONS = (
    (
        "Deploys",
        "blue",
        "count by (version, revision) (asset_forge_build_info)"
        " unless count by (version, revision) (asset_forge_build_info offset 5m)",
        "{{version}} {{revision}}",
    ),
    (
        "Firing alerts",
        "red",
        f'ALERTS{{alertstate="firing",service="{SERVICE}",severity!="none"}}',
        "{{alertname}} ({{severity}})",
    ),
)


TITLES: Final = {
    Board.OVERVIEW: "Asset-Forge Overview",
    Board.GENERATION: "Asset Generation Performance",
    Board.INFRASTRUCTURE: "Infrastructure Health",
    Board.SLO: "Service Level Objectives",
    Board.AI_COST: "AI Cost",
}
"""How the dashboards are called, also by the links to them."""


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A dashboard: its panels flow from left to right, in rows of equal height."""

    uid: Board
    description: str
    panels: tuple[Panel, ...]
    variables: tuple[Variable, ...] = (INSTANCE,)

    @property
    def title(self) -> str:
        """How it is called."""
        return TITLES[self.uid]
