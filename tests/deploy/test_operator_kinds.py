"""The operator's two kinds are what the operator reads, and say what Prometheus's files say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from cloudcoil.models.prometheus_operator import v1
from pydantic import BaseModel
from tests.deploy.manifests import DEPLOY, KUBERNETES, OPERATOR, ROOT, document, documents
from tests.unit.monitoring.programs import run

from asset_forge import catalog
from asset_forge.monitoring import Options, render

KINDS: dict[str, type[BaseModel]] = {
    "Alertmanager": v1.Alertmanager,
    "Prometheus": v1.Prometheus,
    "PrometheusRule": v1.PrometheusRule,
    "ServiceMonitor": v1.ServiceMonitor,
}


def read(one: dict[str, object]) -> dict[str, object]:
    """Read a document as its typed model does, and return what the model has understood of it."""
    model = KINDS[str(one["kind"])].model_validate(one)
    return model.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude_none=True)


@pytest.mark.parametrize("path", OPERATOR, ids=lambda path: path.name)
def test_the_typed_model_understands_every_field(path: Path) -> None:
    (one,) = documents(path)
    assert read(one) == one


def test_a_field_that_the_operator_does_not_have_would_be_found() -> None:
    monitor = document("ServiceMonitor", "asset-forge")
    monitor["spec"]["endpoints"][0]["scrape_interval"] = "15s"
    assert read(monitor) != monitor


def test_the_monitor_asks_each_pod_for_both_paths_as_prometheus_does() -> None:
    (job,) = yaml.safe_load(render(Options())["prometheus/prometheus.yml"])["scrape_configs"]
    endpoints = document("ServiceMonitor", "asset-forge")["spec"]["endpoints"]
    assert [one["path"] for one in endpoints] == [
        one["labels"]["__metrics_path__"] for one in job["static_configs"]
    ]
    for one in endpoints:
        assert (one["interval"], one["scrapeTimeout"]) == (
            job["scrape_interval"],
            job["scrape_timeout"],
        )


def test_the_monitor_finds_both_services_their_port_and_the_token() -> None:
    spec = document("ServiceMonitor", "asset-forge")["spec"]
    jobs = {one["job_name"] for one in yaml.safe_load(
        (DEPLOY / "compose" / "prometheus.yml").read_text())["scrape_configs"]}  # fmt: skip
    assert "jobLabel" not in spec  # the job is the name of the Service
    assert jobs == {"asset-forge", "asset-forge-worker"}
    for name in jobs:
        service = document("Service", name)
        assert spec["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
        ports = {port["name"] for port in service["spec"]["ports"]}
        assert {one["port"] for one in spec["endpoints"]} <= ports
    for one in spec["endpoints"]:
        secret = one["authorization"]["credentials"]
        assert secret["key"] in document("Secret", secret["name"])["stringData"]


def test_no_label_of_a_target_is_a_label_of_a_metric() -> None:
    kept = {"namespace", "pod", "job", "instance", "metrics_path"}
    ours = {label.name for one in catalog.DECLARATIONS for label in one.labels}
    assert "endpoint" in ours
    assert not kept & ours


def test_the_rules_are_those_of_the_rule_files(tmp_path: Path) -> None:
    groups = document("PrometheusRule", "asset-forge")["spec"]["groups"]
    files = [DEPLOY / "prometheus" / "rules" / name for name in ("slo.yml", "alerts.yml")]
    assert groups == [group for file in documents(*files) for group in file["groups"]]
    (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": groups}))
    run("promtool", "check", "rules", "rules.yml", directory=tmp_path)


def test_the_directory_holds_these_two_kinds_alone() -> None:
    assert {one["kind"] for one in documents(*OPERATOR)} == {
        "PrometheusRule",
        "ServiceMonitor",
    }
    assert {path.name for path in (KUBERNETES / "monitoring").iterdir()} == {
        path.name for path in OPERATOR
    }


def test_the_objects_that_the_guide_shows_are_the_operators_and_find_our_kinds() -> None:
    text = (ROOT / "docs" / "observability.md").read_text()
    shown = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]
    assert [one["kind"] for one in shown] == ["Prometheus", "Alertmanager"]
    for one in shown:
        assert read(one) == one
    spec = shown[0]["spec"]
    for kind, selector in (
        ("ServiceMonitor", "serviceMonitorSelector"),
        ("PrometheusRule", "ruleSelector"),
    ):
        labels = document(kind, "asset-forge")["metadata"]["labels"]
        assert spec[selector]["matchLabels"].items() <= labels.items()
    assert f"--storage.tsdb.retention.time={spec['retention']}" in text
    assert "create secret generic " + shown[1]["spec"]["configSecret"] in text
    assert all("create secret generic " + name in text for name in shown[1]["spec"]["secrets"])
