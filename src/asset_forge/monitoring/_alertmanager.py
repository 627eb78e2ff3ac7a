"""Alertmanager's files: routes, receivers, inhibition, messages."""

from __future__ import annotations

from urllib.parse import urlsplit

from asset_forge.monitoring._durations import scaled
from asset_forge.monitoring._files import HEADER
from asset_forge.monitoring._model import SERVICE, Severity, Symptom
from asset_forge.monitoring._options import Options
from asset_forge.monitoring.alerts import ALERTS

EQUAL = ["service", "environment"]
"""Labels that a page and what it silences have in common; `environment` is Prometheus's own."""


def alertmanager_config(options: Options) -> dict[str, object]:
    """Return `alertmanager.yml`: pages to PagerDuty, tickets to Slack, the watchdog's beat.

    The pages of one symptom are one group, and with it one incident. Secrets are read from files
    beside it, in `secrets/`.
    """

    def pace(duration: str) -> str:
        return scaled(duration, options.scale)

    return {
        "global": {"resolve_timeout": pace("5m"), "pagerduty_url": options.pagerduty_url},
        "templates": ["templates/*.tmpl"],
        "route": {
            "receiver": "slack",
            "group_by": ["service", "alertname"],
            "group_wait": pace("30s"),
            "group_interval": pace("5m"),
            "repeat_interval": pace("12h"),
            "routes": [
                {
                    "receiver": "heartbeat",
                    "matchers": ['alertname="Watchdog"'],
                    "group_by": ["alertname"],
                    "group_wait": "0s",
                    # A beat a minute: a group is looked at every `group_interval`, and told of
                    # again once more than `repeat_interval` has passed. Were both a minute, each
                    # second look would come a moment too early, and beats every two minutes.
                    "group_interval": pace("30s"),
                    "repeat_interval": pace("45s"),
                },
                {
                    "receiver": "pagerduty",
                    "matchers": [f'severity="{Severity.CRITICAL}"'],
                    "group_by": ["service", "symptom"],
                    "group_wait": pace("10s"),
                    "group_interval": pace("1m"),
                    "repeat_interval": pace("4h"),
                },
            ],
        },
        "inhibit_rules": inhibit_rules(),
        "receivers": _receivers(options),
    }


def inhibit_rules() -> list[dict[str, object]]:
    """Return one rule a symptom: its page silences the alerts that name it in `silenced_by`.

    A ticket of one instance goes on where only another one is down: the page of `service` fires
    when none is left.
    """
    rules: list[dict[str, object]] = []
    for symptom in Symptom:
        silenced = sorted(alert.name for alert in ALERTS if symptom in alert.silenced_by)
        if silenced:
            rules.append(
                {
                    "source_matchers": [
                        f'severity="{Severity.CRITICAL}"',
                        f'symptom="{symptom}"',
                    ],
                    "target_matchers": [f'alertname=~"{"|".join(silenced)}"'],
                    "equal": EQUAL,
                }
            )
    rules.append(
        {
            "source_matchers": ['alertname="InstanceDown"'],
            "target_matchers": ['alertname=~"ScrapeFailing|CrashLooping"'],
            "equal": [*EQUAL, "instance"],
        }
    )
    return rules


def _receivers(options: Options) -> list[dict[str, object]]:
    return [
        {
            "name": "pagerduty",
            "pagerduty_configs": [
                {
                    "routing_key_file": "secrets/pagerduty_routing_key",
                    "send_resolved": True,
                    "severity": "critical",
                    "class": "{{ .CommonLabels.symptom }}",
                    "component": SERVICE,
                    "description": '{{ template "asset_forge.title" . }}',
                    "details": {"alerts": '{{ template "asset_forge.text" . }}'},
                    "links": _links(options),
                }
            ],
        },
        {
            "name": "slack",
            "slack_configs": [
                {
                    "api_url_file": "secrets/slack_webhook_url",
                    "channel": "#asset-forge",
                    "send_resolved": True,
                    "title": '{{ template "asset_forge.title" . }}',
                    "title_link": "{{ (index .Alerts 0).Annotations.dashboard_url }}",
                    "text": '{{ template "asset_forge.text" . }}',
                    "color": '{{ if eq .Status "firing" }}warning{{ else }}good{{ end }}',
                }
            ],
        },
        {
            "name": "heartbeat",
            "webhook_configs": [{"url": options.heartbeat_url, "send_resolved": False}],
        },
    ]


def _links(options: Options) -> list[dict[str, str]]:
    """The links of a page; a runbook's path in the repository, the default, is no link."""
    named = {"Dashboard": "dashboard_url"}
    if urlsplit(options.runbook_url).scheme in ("http", "https"):
        named = {"Runbook": "runbook_url", **named}
    return [
        {"href": f"{{{{ (index .Alerts 0).Annotations.{annotation} }}}}", "text": text}
        for text, annotation in named.items()
    ]


def message_template() -> str:
    """Return the templates of the messages' title and text."""
    return _TEMPLATE.replace("HEADER", HEADER)


_TEMPLATE = """{{/* HEADER */}}
{{ define "asset_forge.title" -}}
{{ if eq .Status "firing" }}FIRING ({{ .Alerts.Firing | len }}){{ else }}RESOLVED{{ end }}
{{- " " }}{{ (index .Alerts 0).Annotations.summary }}
{{- end }}

{{ define "asset_forge.text" -}}
{{ range .Alerts -}}
{{ .Labels.alertname }} ({{ .Status }}): {{ .Annotations.summary }}
{{ .Annotations.description }}
{{ if .Labels.instance }}Instance: {{ .Labels.instance }}
{{ end }}Since: {{ .StartsAt.UTC.Format "2006-01-02 15:04:05" }} UTC
Runbook: {{ .Annotations.runbook_url }}
Dashboard: {{ .Annotations.dashboard_url }}

{{ end }}
{{- end }}
"""
