"""Grafana's files: the dashboards, and the provisioning that finds them."""

from __future__ import annotations

import json

from asset_forge.monitoring._durations import scaled
from asset_forge.monitoring._files import yaml_text
from asset_forge.monitoring._options import Options
from asset_forge.monitoring.dashboards import DASHBOARDS, dashboard_json
from asset_forge.monitoring.slo import STEP

EXEMPLAR_LABEL = "trace_id"
"""The label of the service's exemplars that holds the trace id."""


def grafana_files(options: Options) -> dict[str, str]:
    """Return the text of each file by its path below `deploy/grafana/`."""
    files = {
        f"dashboards/{one.uid}.json": _json(dashboard_json(one, options)) for one in DASHBOARDS
    }
    files["provisioning/datasources/asset-forge.yml"] = yaml_text(datasource(options))
    files["provisioning/dashboards/asset-forge.yml"] = yaml_text(_provider())
    return files


def _json(document: dict[str, object]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def datasource(options: Options) -> dict[str, object]:
    """Return the provisioning of Prometheus as Grafana's data source."""
    return {
        "apiVersion": 1,
        "datasources": [
            {
                "name": "Prometheus",
                "uid": "asset-forge-prometheus",
                "type": "prometheus",
                "access": "proxy",
                "url": options.prometheus_url,
                "isDefault": True,
                "editable": False,
                "jsonData": {
                    "httpMethod": "POST",
                    "timeInterval": scaled(STEP, options.scale),
                    "exemplarTraceIdDestinations": [_trace_of_exemplar(options)],
                },
            }
        ],
    }


def _trace_of_exemplar(options: Options) -> dict[str, object]:
    """Where an exemplar's trace is; Grafana reads `$` in this file as a variable of its own
    environment, and `$$` as the sign.
    """
    return {
        "name": EXEMPLAR_LABEL,
        "url": options.service_url.rstrip("/") + "/api/traces/$${__value.raw}",
        "urlDisplayLabel": "Trace",
    }


def _provider() -> dict[str, object]:
    return {
        "apiVersion": 1,
        "providers": [
            {
                "name": "asset-forge",
                "folder": "Asset-Forge",
                "type": "file",
                "allowUiUpdates": False,
                "options": {"path": "/var/lib/grafana/dashboards"},
            }
        ],
    }
