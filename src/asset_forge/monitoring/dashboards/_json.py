"""The JSON that Grafana reads."""

from __future__ import annotations

from asset_forge.monitoring._durations import duration, seconds
from asset_forge.monitoring._files import HEADER
from asset_forge.monitoring._model import SERVICE, Alert
from asset_forge.monitoring._options import Options
from asset_forge.monitoring._prometheus import runbook_url
from asset_forge.monitoring.dashboards._model import (
    ANNOTATIONS,
    TITLES,
    Dashboard,
    Kind,
    Link,
    Page,
    Panel,
    Query,
    Variable,
)

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
COLUMNS = 24
SCHEMA_VERSION = 38
"""That of Grafana 10; later ones migrate it on loading."""

KEPT = "${__url_time_range}&${__all_variables}"
"""What a link to another dashboard takes along."""


def dashboard_json(dashboard: Dashboard, options: Options) -> dict[str, object]:
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
        "links": [_other_dashboards()],
        "templating": {"list": [_datasource(), *map(_variable, dashboard.variables)]},
        "annotations": {"list": [_annotation(*one) for one in ANNOTATIONS]},
        "panels": [
            _panel(number, panel, place, options)
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


def _panel(number: int, panel: Panel, place: dict[str, int], options: Options) -> dict[str, object]:
    return {
        "id": number,
        "type": str(panel.kind),
        "title": panel.title,
        "description": panel.description,
        "datasource": DATASOURCE,
        "gridPos": place,
        "links": [_link(link, options) for link in panel.links],
        "fieldConfig": {"defaults": _field(panel, options), "overrides": []},
        "options": _options(panel.kind),
        "targets": [_target(n, query, panel, options) for n, query in enumerate(panel.queries)],
    }


def _link(link: Link, options: Options) -> dict[str, object]:
    if isinstance(link, Alert):
        return _outside(f"Runbook: {link.name}", runbook_url(link, options))
    if isinstance(link, Page):
        return _outside(link.title, options.service_url.rstrip("/") + link.path)
    title = f"Dashboard: {TITLES[link]}"
    return {"title": title, "url": f"/d/{link}?{KEPT}", "targetBlank": False}


def _outside(title: str, url: str) -> dict[str, object]:
    return {"title": title, "url": url, "targetBlank": True}


def _field(panel: Panel, options: Options) -> dict[str, object]:
    found: dict[str, object] = {
        "unit": str(panel.unit),
        "noValue": "no data",
        "color": {"mode": "palette-classic" if panel.kind is Kind.TIME_SERIES else "thresholds"},
        "thresholds": {"mode": "absolute", "steps": _steps(panel)},
    }
    if panel.series_links:
        found["links"] = [_link(link, options) for link in panel.series_links]
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
                "calcs": ["last", "max"],
            },
            "tooltip": {"mode": "multi", "sort": "desc"},
        }
    reduce = {"calcs": ["last"], "fields": "", "values": False}
    if kind is Kind.BARS:
        return {"reduceOptions": reduce, "orientation": "horizontal", "displayMode": "basic"}
    if kind is Kind.STAT:
        return {"reduceOptions": reduce, "graphMode": "none"}
    return {"reduceOptions": reduce}


def _target(number: int, query: Query, panel: Panel, options: Options) -> dict[str, object]:
    # A number is asked for at one moment: out of a range Grafana would show the last one that
    # there was, hours old, where now there is none.
    over_time = panel.kind is Kind.TIME_SERIES
    found: dict[str, object] = {
        "refId": chr(ord("A") + number),
        "datasource": DATASOURCE,
        "expr": query.expr,
        "legendFormat": query.legend,
        "exemplar": query.exemplar,
        "instant": not over_time,
        "range": over_time,
    }
    if panel.looks_back is not None:
        # Grafana's `$__rate_interval` is at least four of these.
        found["interval"] = duration(seconds(panel.looks_back) * options.scale / 4)
    return found


def _other_dashboards() -> dict[str, object]:
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
