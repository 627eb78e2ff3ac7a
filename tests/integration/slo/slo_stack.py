"""A real Prometheus with the rendered rules, for services that have one to ask."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import yaml
from tests.integration.monitoring.test_live_alerting import ask, running
from tests.served import until

from asset_forge.monitoring import Options, render, write

SCALE = 0.05
"""Durations are a twentieth: a step is 0.75 s, the month a day and a half."""


@contextmanager
def prometheus(
    home: Path,
    port: int,
    targets: Sequence[str],
    *,
    label: tuple[str, str] | None = None,
    rules: bool = True,
) -> Iterator[str]:
    """Run Prometheus, without anybody to tell, until the block ends; its URL.

    `label` is one more label that every target carries; without `rules` none are loaded.
    """
    deploy = home / "deploy"
    write(render(Options(scale=SCALE, targets=tuple(targets))), deploy)
    config = deploy / "prometheus" / "prometheus.yml"
    document = yaml.safe_load(config.read_text())
    del document["alerting"]
    if not rules:
        del document["rule_files"]
    if label is not None:
        for job in document["scrape_configs"]:
            for group in job["static_configs"]:
                group["labels"][label[0]] = label[1]
    config.write_text(yaml.safe_dump(document))
    url = f"http://127.0.0.1:{port}"
    with running(
        "prometheus",
        "--config.file=prometheus.yml",
        f"--web.listen-address=127.0.0.1:{port}",
        f"--storage.tsdb.path={home / 'series'}",
        "--storage.tsdb.retention.time=40d",
        directory=deploy / "prometheus",
        ready=f"{url}/-/ready",
    ):
        yield url


def scraped(url: str) -> None:
    """Wait until every target was asked, and every rule evaluated."""

    def done() -> bool:
        # Both lists are empty at first, a while after Prometheus calls itself ready.
        targets = ask(f"{url}/api/v1/targets")["activeTargets"]
        groups = ask(f"{url}/api/v1/rules")["groups"]
        rules = [rule for group in groups for rule in group["rules"]]
        return (
            bool(targets and rules)
            and all(target["health"] != "unknown" for target in targets)
            and all(rule["health"] == "ok" for rule in rules)
        )

    until("every target was scraped and every rule evaluated", done, 90)
