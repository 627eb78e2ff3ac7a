"""All rendered files, and the comparison of them with those on disk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from asset_forge.monitoring._alertmanager import alertmanager_config, message_template
from asset_forge.monitoring._files import yaml_text
from asset_forge.monitoring._grafana import datasource, grafana_files
from asset_forge.monitoring._kubernetes import operator_files
from asset_forge.monitoring._options import Options
from asset_forge.monitoring._prometheus import alerting_rules, recording_rules, scrape_config
from asset_forge.monitoring._runbooks import runbook_index, runbook_page
from asset_forge.monitoring.alerts import ALERTS

DIRECTORIES = ("prometheus", "alertmanager", "grafana", "kubernetes/monitoring", "compose")
"""What the renderer owns below the output; a file there that it does not render is drift."""

SECRETS = "secrets"
"""Directories that operators fill; nothing in them is rendered, compared or committed."""


def render(options: Options) -> dict[str, str]:
    """Return the text of each file by its path below `deploy/`."""
    compose = _for_compose(options)
    return {
        **{f"grafana/{path}": text for path, text in grafana_files(options).items()},
        **{f"kubernetes/monitoring/{path}": text for path, text in operator_files(options).items()},
        "compose/prometheus.yml": yaml_text(scrape_config(compose)),
        "compose/datasources.yml": yaml_text(datasource(compose)),
        "prometheus/prometheus.yml": yaml_text(scrape_config(options)),
        "prometheus/rules/slo.yml": yaml_text(recording_rules(options)),
        "prometheus/rules/alerts.yml": yaml_text(alerting_rules(options)),
        "alertmanager/alertmanager.yml": yaml_text(alertmanager_config(options)),
        "alertmanager/templates/asset-forge.tmpl": message_template(),
    }


def _for_compose(options: Options) -> Options:
    """The services of the compose file by their names; the scrape sends its token."""
    return replace(
        options,
        targets=("asset-forge:3004",),
        workers=("worker:3005",),
        alertmanagers=("alertmanager:9093",),
        prometheus_url="http://prometheus:9090",
        authorized=True,
    )


def render_runbooks() -> dict[str, str]:
    """Return the text of each runbook by its file name."""
    pages = {f"{alert.name}.md": runbook_page(alert) for alert in ALERTS}
    return {"README.md": runbook_index(ALERTS), **pages}


def write(files: dict[str, str], directory: Path) -> list[Path]:
    """Write the files that differ below a directory, and return their paths."""
    written: list[Path] = []
    for name, text in files.items():
        path = directory / name
        if _read(path) != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            written.append(path)
    return written


def drift(files: dict[str, str], directory: Path, owned: tuple[str, ...]) -> list[str]:
    """List what differs: `missing`, `differs` or `left over`, with the path.

    `owned` names the directories below, `.` for the directory itself, in which nothing else may be.
    """
    found: list[str] = []
    for name, text in files.items():
        present = _read(directory / name)
        if present is None:
            found.append(f"missing: {directory / name}")
        elif present != text:
            found.append(f"differs: {directory / name}")
    expected = {directory / name for name in files}
    for place in owned:
        found.extend(
            f"left over: {path}"
            for path in sorted((directory / place).rglob("*"))
            if path.is_file()
            and path not in expected
            and SECRETS not in path.relative_to(directory).parts
        )
    return found


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
