"""What a rendering may vary: addresses, links, the pace of drills, declared maintenance."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from asset_forge.monitoring._maintenance import Maintenance
from asset_forge.monitoring._model import RuleError

_ADDRESS = re.compile(r"[A-Za-z0-9.\-\[\]:]+:\d{1,5}\Z")

SMALLEST_SCALE = 0.01
"""Below it the one-minute base window holds no two scrapes that a service can answer in time."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to render.

    `scale` multiplies every duration, for drills. `runbook_url`, `grafana_url` and `service_url`
    are bases of links, as browsers reach them. `workers` are the addresses of workers on machines
    of their own; one that shares its `METRICS_DIR` with a server is seen there. `probe` is the
    address of a blackbox exporter, which asks `/api/health/live` of each target; without it nothing
    is probed from outside. `authorized` makes the scrape send the token of `METRICS_TOKEN` from the
    file `secrets/metrics_token`.
    """

    scale: float = 1.0
    targets: tuple[str, ...] = ("127.0.0.1:3004",)
    workers: tuple[str, ...] = ()
    alertmanagers: tuple[str, ...] = ("127.0.0.1:9093",)
    grafana_url: str = "http://127.0.0.1:3000"
    runbook_url: str = "docs/runbooks"
    service_url: str = "http://127.0.0.1:3004"
    prometheus_url: str = "http://127.0.0.1:9090"
    pagerduty_url: str = "https://events.pagerduty.com/v2/enqueue"
    heartbeat_url: str = "http://127.0.0.1:9099/heartbeat"
    probe: str | None = None
    authorized: bool = False
    maintenance: tuple[Maintenance, ...] = ()

    def __post_init__(self) -> None:
        faults: list[str] = []
        if not SMALLEST_SCALE <= self.scale <= 1:
            faults.append(
                f"scale {self.scale:g}: from {SMALLEST_SCALE:g} to 1, which is the real pace"
            )
        if not self.targets:
            faults.append("targets: name at least one, as 127.0.0.1:3004")
        probes = () if self.probe is None else (self.probe,)
        addresses = (*self.targets, *self.workers, *self.alertmanagers, *probes)
        faults.extend(
            f"address {address!r}: write HOST:PORT, as 127.0.0.1:3004"
            for address in addresses
            if not _ADDRESS.match(address)
        )
        urls = (
            self.grafana_url,
            self.service_url,
            self.prometheus_url,
            self.pagerduty_url,
            self.heartbeat_url,
        )
        faults.extend(
            f"URL {url!r}: must begin with http:// or https://"
            for url in urls
            if urlsplit(url).scheme not in ("http", "https")
        )
        if faults:
            raise RuleError("; ".join(faults))
