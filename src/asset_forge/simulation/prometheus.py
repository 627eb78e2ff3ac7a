"""Questions to a running Prometheus over its HTTP API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import httpx


class QueryRefused(Exception):
    """Prometheus could not evaluate an expression; the message is its own."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One series of an instant query: its labels and its value."""

    labels: Mapping[str, str]
    value: float


@dataclass(frozen=True, slots=True)
class RaisedAlert:
    """One alert that Prometheus has raised: its labels, and `pending` or `firing`."""

    labels: Mapping[str, str]
    state: str

    @property
    def name(self) -> str:
        """The alert's name."""
        return self.labels["alertname"]


class PrometheusApi:
    """A client of one Prometheus; `url` is its address without a path."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx.Client(base_url=f"{url}/api/v1", timeout=30.0, trust_env=False)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def query(self, expression: str) -> list[Sample]:
        """Evaluate an expression now.

        Raises:
            QueryRefused: It cannot be evaluated.
        """
        data = self._get("/query", query=expression)
        if data["resultType"] == "scalar":
            return [Sample({}, float(data["result"][1]))]
        return [Sample(one["metric"], float(one["value"][1])) for one in data["result"]]

    def moments(self, selector: str, seconds: float) -> list[float]:
        """Return when the samples of the last so many seconds were taken (Unix time), in order."""
        milliseconds = max(round(seconds * 1000), 1)
        data = self._get("/query", query=f"{selector}[{milliseconds}ms]")
        return sorted(float(at) for one in data["result"] for at, _ in one["values"])

    def alerts(self) -> list[RaisedAlert]:
        """Return the alerts that are pending or firing."""
        found = cast("list[dict[str, Any]]", self._get("/alerts")["alerts"])
        return [RaisedAlert(one["labels"], one["state"]) for one in found]

    def raised(self, state: str) -> set[str]:
        """Name the alerts in a state, `pending` or `firing`."""
        return {alert.name for alert in self.alerts() if alert.state == state}

    def targets_up(self) -> list[bool]:
        """Say for each target whether its last scrape succeeded."""
        targets = cast("list[dict[str, Any]]", self._get("/targets")["activeTargets"])
        return [target["health"] == "up" for target in targets]

    def rule_states(self) -> dict[str, str]:
        """Return the health of each rule by its name: `ok`, `unknown`, or what is wrong."""
        groups = cast("list[dict[str, Any]]", self._get("/rules")["groups"])
        return {
            rule["name"]: rule.get("lastError") or rule["health"]
            for group in groups
            for rule in group["rules"]
        }

    def _get(self, path: str, **parameters: str) -> dict[str, Any]:
        answer = self._client.post(path, data=parameters) if parameters else self._client.get(path)
        document = answer.json()
        if document["status"] != "success":
            raise QueryRefused(f"{document['errorType']}: {document['error']}")
        return cast("dict[str, Any]", document["data"])
