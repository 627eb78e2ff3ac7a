"""The two kinds of the Prometheus operator, for clusters that have it.

What is scraped, and by which rules it is judged, is what `prometheus.yml` and the rule files say.
"""

from __future__ import annotations

from asset_forge.monitoring._durations import scaled
from asset_forge.monitoring._files import yaml_text
from asset_forge.monitoring._model import SERVICE
from asset_forge.monitoring._options import Options
from asset_forge.monitoring._prometheus import (
    METRICS_PATHS,
    SCRAPE_TIMEOUT,
    alerting_rules,
    recording_rules,
)
from asset_forge.monitoring.slo import STEP

API_VERSION = "monitoring.coreos.com/v1"
PORT_NAME = "http"
"""What the Services call the port of the metrics, a server's and a worker's alike."""

TARGET_LABELS = ("endpoint", "container", "service")
"""Labels that the operator gives each target, and that we drop.

With `endpoint` there, Prometheus would rename ours to `exported_endpoint`; the other two say again
what `job` says. `namespace` and `pod` stay, and are on no series of the service itself.
"""


def operator_files(options: Options) -> dict[str, str]:
    """Return the text of each file by its path below `deploy/kubernetes/monitoring/`."""
    return {
        "service-monitor.yml": yaml_text(service_monitor(options)),
        "prometheus-rule.yml": yaml_text(prometheus_rule(options)),
    }


def service_monitor(options: Options) -> dict[str, object]:
    """Return the ServiceMonitor: both paths of every pod, with the token of the Secret.

    A target's `job` is the name of its Service, `asset-forge` or `asset-forge-worker`.
    """
    return {
        **_head("ServiceMonitor"),
        "spec": {
            "selector": {"matchLabels": {"app": SERVICE}},
            "endpoints": [
                {
                    "port": PORT_NAME,
                    "path": path,
                    "interval": scaled(STEP, options.scale),
                    "scrapeTimeout": scaled(SCRAPE_TIMEOUT, options.scale),
                    "authorization": {"credentials": {"name": SERVICE, "key": "METRICS_TOKEN"}},
                    "relabelings": [
                        {
                            "action": "replace",
                            "sourceLabels": ["__metrics_path__"],
                            "targetLabel": "metrics_path",
                        },
                        {"action": "labeldrop", "regex": "|".join(TARGET_LABELS)},
                    ],
                }
                for path in METRICS_PATHS
            ],
        },
    }


def prometheus_rule(options: Options) -> dict[str, object]:
    """Return the PrometheusRule: the groups of both rule files."""
    groups = recording_rules(options)["groups"] + alerting_rules(options)["groups"]
    return {**_head("PrometheusRule"), "spec": {"groups": groups}}


def _head(kind: str) -> dict[str, object]:
    metadata = {"name": SERVICE, "labels": {"app": SERVICE}}
    return {"apiVersion": API_VERSION, "kind": kind, "metadata": metadata}
