"""Dashboards as data, and the JSON that Grafana reads.

Plain data classes, since the few panel kinds in use need little of Grafana's schema, and the
renderer then works from the server's own installation, without a builder library that follows
Grafana's releases.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from asset_forge.monitoring._files import HEADER
from asset_forge.monitoring._model import EVERY_JOB, SERVICE, Board

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
COLUMNS = 24
SCHEMA_VERSION = 38
"""That of Grafana 10; later ones migrate it on loading."""


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
class Panel:
    """One panel; `thresholds` are (color, from this value on), rising, above a green base.

    `good_above` turns them round: below the first threshold is its color, above all is green.
    """

    title: str
    description: str
    unit: Unit
    queries: tuple[Query, ...]
    thresholds: tuple[tuple[str, float], ...] = ()
    kind: Kind = Kind.TIME_SERIES
    width: int = 12
    height: int = 8
    minimum: float | None = 0
    maximum: float | None = None
    stacked: bool = False
    good_above: bool = False


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


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A dashboard: its panels flow from left to right, in rows of equal height."""

    uid: Board
    title: str
    description: str
    panels: tuple[Panel, ...]
    variables: tuple[Variable, ...] = (INSTANCE,)


def dashboard_json(dashboard: Dashboard) -> dict[str, object]:
    """Return the document that Grafana provisions."""
    return {
        "uid": str(dashboard.uid),
        "title": dashboard.title,
        "description": f"{dashboard.description} {HEADER}",
        "tags": [SERVICE],
        "editable": False,
        "graphTooltip": 1,
        "schemaVersion": SCHEMA_VERSION,
        "timezone": "utc",
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "links": [_links()],
        "templating": {"list": [_datasource(), *map(_variable, dashboard.variables)]},
        "annotations": {"list": [_annotation(*one) for one in ANNOTATIONS]},
        "panels": [
            _panel(number, panel, place)
            for number, (panel, place) in enumerate(_placed(dashboard.panels), 1)
        ],
    }


def _placed(panels: tuple[Panel, ...]) -> list[tuple[Panel, dict[str, int]]]:
    placed: list[tuple[Panel, dict[str, int]]] = []
    x = y = row = 0
    for panel in panels:
        if x + panel.width > COLUMNS:
            x, y, row = 0, y + row, 0
        placed.append((panel, {"x": x, "y": y, "w": panel.width, "h": panel.height}))
        x, row = x + panel.width, max(row, panel.height)
    return placed


def _panel(number: int, panel: Panel, place: dict[str, int]) -> dict[str, object]:
    return {
        "id": number,
        "type": str(panel.kind),
        "title": panel.title,
        "description": panel.description,
        "datasource": DATASOURCE,
        "gridPos": place,
        "fieldConfig": {"defaults": _field(panel), "overrides": []},
        "options": _options(panel.kind),
        "targets": [_target(letter, query, panel) for letter, query in enumerate(panel.queries)],
    }


def _field(panel: Panel) -> dict[str, object]:
    found: dict[str, object] = {
        "unit": str(panel.unit),
        "noValue": "no data",
        "color": {"mode": "palette-classic" if panel.kind is Kind.TIME_SERIES else "thresholds"},
        "thresholds": {"mode": "absolute", "steps": _steps(panel)},
    }
    if panel.minimum is not None:
        found["min"] = panel.minimum
    if panel.maximum is not None:
        found["max"] = panel.maximum
    if panel.kind is Kind.TIME_SERIES:
        found["custom"] = {
            "fillOpacity": 20 if panel.stacked else 5,
            "stacking": {"mode": "normal" if panel.stacked else "none"},
            "thresholdsStyle": {"mode": "line" if panel.thresholds else "off"},
            "showPoints": "never",
            "spanNulls": False,
        }
    return found


def _steps(panel: Panel) -> list[dict[str, object]]:
    colors = [color for color, _ in panel.thresholds]
    colors = [*colors, "green"] if panel.good_above else ["green", *colors]
    values = [None, *(value for _, value in panel.thresholds)]
    return [{"color": color, "value": value} for color, value in zip(colors, values, strict=True)]


def _options(kind: Kind) -> dict[str, object]:
    if kind is Kind.TIME_SERIES:
        return {
            "legend": {
                "displayMode": "table",
                "placement": "bottom",
                "calcs": ["lastNotNull", "max"],
            },
            "tooltip": {"mode": "multi", "sort": "desc"},
        }
    reduce = {"calcs": ["lastNotNull"], "fields": "", "values": False}
    if kind is Kind.BARS:
        return {"reduceOptions": reduce, "orientation": "horizontal", "displayMode": "basic"}
    return {"reduceOptions": reduce}


def _target(number: int, query: Query, panel: Panel) -> dict[str, object]:
    return {
        "refId": chr(ord("A") + number),
        "datasource": DATASOURCE,
        "expr": query.expr,
        "legendFormat": query.legend,
        "exemplar": query.exemplar,
        "instant": panel.kind is Kind.BARS,
        "range": panel.kind is not Kind.BARS,
    }


def _links() -> dict[str, object]:
    return {
        "type": "dashboards",
        "title": "Asset-Forge",
        "tags": [SERVICE],
        "asDropdown": True,
        "includeVars": True,
        "keepTime": True,
    }


def _datasource() -> dict[str, object]:
    return {
        "name": "datasource",
        "label": "Data source",
        "type": "datasource",
        "query": "prometheus",
        "hide": 0,
        "current": {"text": "Prometheus", "value": "asset-forge-prometheus"},
    }


def _variable(variable: Variable) -> dict[str, object]:
    return {
        "name": variable.name,
        "label": variable.label,
        "type": "query",
        "datasource": DATASOURCE,
        "query": {"query": variable.query, "refId": variable.name},
        "definition": variable.query,
        "refresh": 2,
        "sort": 1,
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"text": "All", "value": "$__all"},
    }


def _annotation(name: str, color: str, expr: str, text: str) -> dict[str, object]:
    return {
        "name": name,
        "datasource": DATASOURCE,
        "enable": True,
        "iconColor": color,
        "expr": expr,
        "step": "60s",
        "titleFormat": name,
        "textFormat": text,
    }
