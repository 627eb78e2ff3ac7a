"""In a real Prometheus the ServiceMonitor's targets have the labels of prometheus.yml's."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from tests.deploy.manifests import document
from tests.ports import free_port
from tests.served import ServerFactory, until
from tests.unit.monitoring.programs import program

from asset_forge.monitoring import Options, render

TOKEN = "a-token-of-the-scrape"
KUBERNETES_LABELS = {
    "namespace": "production",
    "pod": "asset-forge-5d9c-x7k2p",
    "container": "asset-forge",
    "service": "asset-forge",
    "endpoint": "http",
}


def scrapes(port: int) -> list[dict[str, Any]]:
    """Scrape as prometheus.yml does, as the operator does, and so without our relabeling."""
    target = f"127.0.0.1:{port}"
    rendered = render(Options(targets=(target,), authorized=True))["prometheus/prometheus.yml"]
    (plain,) = yaml.safe_load(rendered)["scrape_configs"]
    plain |= {"job_name": "plain", "authorization": {"credentials": TOKEN}}
    jobs = [plain]
    for endpoint in document("ServiceMonitor", "asset-forge")["spec"]["endpoints"]:
        # The operator sets the labels of Kubernetes first, then applies the monitor's relabelings.
        first = [
            {"target_label": name, "replacement": value}
            for name, value in KUBERNETES_LABELS.items()
        ]
        relabelings: list[dict[str, object]] = endpoint["relabelings"]
        for job, own in (("operator", relabelings), ("without", relabelings[:0])):
            named = {"target_label": "job", "replacement": job}
            jobs.append(
                {
                    "job_name": f"{job}{endpoint['path']}",
                    "metrics_path": endpoint["path"],
                    "authorization": {"credentials": TOKEN},
                    "static_configs": [{"targets": [target]}],
                    "relabel_configs": [*first, named, *map(snake_case, own)],
                }
            )
    for job in jobs:
        job |= {"scrape_interval": "1s", "scrape_timeout": "1s"}
    return jobs


def snake_case(relabeling: dict[str, object]) -> dict[str, object]:
    """Write a relabeling of the operator as Prometheus's own configuration writes it."""
    return {
        re.sub("[A-Z]", lambda match: f"_{match[0].lower()}", key): value
        for key, value in relabeling.items()
    }


@pytest.fixture
def prometheus(serve: ServerFactory, tmp_path: Path) -> Iterator[httpx.Client]:
    """A Prometheus that scrapes a service in the three ways."""
    executable = program("prometheus")
    server = serve({"METRICS_TOKEN": TOKEN})
    assert server.request("GET", "/api/assets").status_code == 200
    config = yaml.safe_dump({"scrape_configs": scrapes(server.port)})
    (tmp_path / "prometheus.yml").write_text(config)
    port = free_port()
    with (tmp_path / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(
            [
                executable,
                f"--config.file={tmp_path / 'prometheus.yml'}",
                f"--storage.tsdb.path={tmp_path / 'tsdb'}",
                f"--web.listen-address=127.0.0.1:{port}",
            ],
            stdout=log,
            stderr=log,
        )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            yield client
    finally:
        process.terminate()
        process.wait(30)


def series(client: httpx.Client, job: str) -> set[frozenset[tuple[str, str]]]:
    """Return the labels of all series of a job but for `job` itself."""
    try:
        answer = client.get("/api/v1/query", params={"query": f'{{job="{job}"}}'})
    except httpx.TransportError:
        return set()
    if answer.status_code != 200:
        return set()
    found = [one["metric"] for one in answer.json()["data"]["result"]]
    return {frozenset((k, v) for k, v in one.items() if k != "job") for one in found}


def without(labels: frozenset[tuple[str, str]], *names: str) -> frozenset[tuple[str, str]]:
    return frozenset((name, value) for name, value in labels if name not in names)


def names(labels: set[frozenset[tuple[str, str]]]) -> set[str]:
    return {name for one in labels for name, _ in one}


def test_the_operators_labels_change_nothing_but_that_pod_and_namespace_are_added(
    prometheus: httpx.Client,
) -> None:
    def settled() -> set[frozenset[tuple[str, str]]] | None:
        plain, operator = series(prometheus, "plain"), series(prometheus, "operator")
        same = plain == {without(one, "namespace", "pod") for one in operator}
        both = {dict(one).get("metrics_path") for one in plain} == {"/metrics", "/metrics/business"}
        return operator if same and both else None

    operator = until("both jobs have the same series", settled, 60)
    assert {"namespace", "pod", "endpoint"} <= names(operator)
    assert not [name for name in names(operator) if name.startswith("exported_")]
    endpoints = {dict(one).get("endpoint") for one in operator}
    assert "/api/assets" in endpoints
    assert KUBERNETES_LABELS["endpoint"] not in endpoints
    # Without our relabeling the label of the target would win, and ours be renamed.
    until(
        "the labels without our relabeling",
        lambda: "exported_endpoint" in names(series(prometheus, "without")),
        60,
    )
