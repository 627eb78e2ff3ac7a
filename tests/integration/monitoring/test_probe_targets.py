"""What a real Prometheus makes of the probes: whose they are, and whom they ask."""

from __future__ import annotations

from pathlib import Path

from tests.integration.monitoring.test_live_alerting import ask, running
from tests.ports import free_port
from tests.served import until

from asset_forge.monitoring import Options, render, write


def test_a_probe_carries_the_instance_that_it_asks(tmp_path: Path) -> None:
    targets = ("127.0.0.1:3004", "asset-forge.example:443")
    port = free_port()
    write(render(Options(targets=targets, probe="127.0.0.1:9115")), tmp_path)
    api = f"http://127.0.0.1:{port}/api/v1"
    with running(
        "prometheus", "--config.file=prometheus.yml", f"--web.listen-address=127.0.0.1:{port}",
        f"--storage.tsdb.path={tmp_path / 'series'}",
        directory=tmp_path / "prometheus", ready=f"http://127.0.0.1:{port}/-/ready",
    ):  # fmt: skip
        found = until(
            "the targets are known",
            lambda: [
                one
                for one in ask(f"{api}/targets")["activeTargets"]
                if one["labels"]["job"] == "asset-forge-probe"
            ],
            60,
        )
    assert {one["labels"]["instance"] for one in found} == set(targets)
    for one in found:
        assert one["scrapeUrl"].startswith("http://127.0.0.1:9115/probe?")
        asked = f"target=http%3A%2F%2F{one['labels']['instance'].replace(':', '%3A')}"
        assert f"{asked}%2Fapi%2Fhealth%2Flive" in one["scrapeUrl"]
