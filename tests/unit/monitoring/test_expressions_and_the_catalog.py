"""Every PromQL expression, parsed and held against the catalog."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from tests.unit.monitoring.programs import library

from asset_forge import catalog
from asset_forge.monitoring import ALERTS, OBJECTIVES, SERVICE, WORKERS, Options, render
from asset_forge.observability.metrics import Declaration, HistogramDeclaration

TARGET_LABELS = {"job", "instance", "metrics_path"}
OWN_COUNTERS = {
    "metrics_series_overflow_total": {"metric"},
    "metrics_collector_errors_total": {"collector"},
    "telemetry_dropped_total": {"sink"},
}
"""The registry declares these by itself."""

PROMETHEUS_OWN: dict[str, set[str]] = {
    "up": set(),
    "probe_success": set(),
    "scrape_duration_seconds": set(),
    "scrape_samples_scraped": set(),
    "ALERTS": {"alertname", "alertstate", "severity", "service", "symptom"},
}
TARGET_VALUES = {
    "job": (SERVICE, WORKERS, f"{SERVICE}-probe"),
    "metrics_path": ("/metrics", "/metrics/business"),
}
OBJECTIVE_NAMES = tuple(one.name for one in OBJECTIVES)
BY_SAMPLE = {name: one for one in catalog.DECLARATIONS for name in one.sample_names}
VARIABLES = re.compile(r"\$(?:\{\w+(?::\w+)?\}|\w+)")


def rules() -> list[dict[str, Any]]:
    files = render(Options())
    texts = [files[f"prometheus/rules/{name}.yml"] for name in ("slo", "alerts")]
    groups = [group for text in texts for group in yaml.safe_load(text)["groups"]]
    return [rule for group in groups for rule in group["rules"]]


RECORDED = {rule["record"]: set(rule.get("labels", ())) for rule in rules() if "record" in rule}


def quoted() -> Iterator[tuple[str, str]]:
    """The queries inside the runbooks' commands."""
    for alert in ALERTS:
        for step in (*alert.runbook.look, *alert.runbook.mend):
            for query in re.findall(r"promtool query instant \$PROMETHEUS '([^']+)'", step):
                yield f"runbook {alert.name}", query


def panels() -> Iterator[tuple[str, str]]:
    """The queries of the dashboards, with their variables filled in."""
    for path, text in render(Options()).items():
        if not path.endswith(".json"):
            continue
        dashboard = json.loads(text)
        for panel in dashboard["panels"]:
            for target in panel.get("targets", ()):
                query = target["expr"].replace("$__rate_interval", "5m").replace("$__range", "1h")
                yield f"{dashboard['title']} / {panel['title']}", VARIABLES.sub(".*", query)
        for annotation in dashboard["annotations"]["list"]:
            if "expr" in annotation:
                yield (
                    f"{dashboard['title']} / {annotation['name']}",
                    VARIABLES.sub(".*", annotation["expr"]),
                )


def expressions() -> list[tuple[str, str]]:
    ruled = [(rule.get("alert") or rule["record"], rule["expr"]) for rule in rules()]
    return [*ruled, *quoted(), *panels()]


def variables() -> Iterator[tuple[str, str]]:
    """The queries behind the dashboards' variables: a selection, and the label to choose by."""
    for path, text in render(Options()).items():
        if path.endswith(".json"):
            for variable in json.loads(text)["templating"]["list"]:
                if variable["type"] == "query":
                    yield f"{path} ${variable['name']}", variable["query"]["query"]


def searched() -> Iterator[tuple[str, str, str]]:
    """What the runbooks' commands look for in a scrape: the alert, the path, the pattern."""
    for alert in ALERTS:
        for step in (*alert.runbook.look, *alert.runbook.mend):
            for path, pattern in re.findall(
                r"\$ASSET_FORGE(/metrics\S*) \| grep -E '([^']+)'", step
            ):
                yield alert.name, path, pattern


def nodes(expression: str) -> list[Any]:
    promql = library("promql_parser")
    found: list[Any] = []
    promql.walk(promql.parse(expression), pre_visit=found.append)
    return found


def selectors(expression: str) -> list[Any]:
    found = nodes(expression)
    inner = [node.vector_selector for node in found if hasattr(node, "vector_selector")]
    seen = [node for node in (*found, *inner) if type(node).__name__ == "VectorSelector"]
    return list({str(node): node for node in seen}.values())


def matchers(selector: Any) -> list[Any]:
    return list(selector.matchers.matchers)


def allowed_labels(name: str) -> set[str]:
    declared = BY_SAMPLE.get(name)
    if declared is not None:
        own = set(declared.label_names)
        if name.endswith("_bucket"):
            own.add("le")
    else:
        known = OWN_COUNTERS | PROMETHEUS_OWN | RECORDED
        assert name in known, f"no metric of this name is declared: {name}"
        own = known[name]
    return own | TARGET_LABELS


def known_values(name: str, label: str) -> tuple[str, ...] | None:
    """The values that a label of a series can have; None where that is open."""
    declared = BY_SAMPLE.get(name)
    if label in TARGET_VALUES:
        return TARGET_VALUES[label]
    if declared is not None:
        return declared_values(declared, label)
    return OBJECTIVE_NAMES if label == "slo" else None


def declared_values(declaration: Declaration, label: str) -> tuple[str, ...] | None:
    if label == "le" and isinstance(declaration, HistogramDeclaration):
        return (*(repr(bound) for bound in declaration.buckets), "+Inf")
    found = {one.name: one.values for one in declaration.labels}
    values = found.get(label)
    return None if values is None else tuple(str(value) for value in values)


def faults_of(expression: str) -> list[str]:
    """What of an expression the catalog does not know."""
    found: list[str] = []
    for selector in selectors(expression):
        allowed = allowed_labels(selector.name)
        for matcher in matchers(selector):
            if matcher.name not in allowed:
                found.append(f"{selector.name} has no label {matcher.name}")
            else:
                found.extend(value_faults(selector.name, matcher))
    return found


def value_faults(name: str, matcher: Any) -> Iterator[str]:
    values = known_values(name, matcher.name)
    if values is None:
        return
    operator = str(matcher.op).rpartition(".")[2]
    for value in matcher.value.split("|") if operator in ("Re", "NotRe") else (matcher.value,):
        pattern = value if operator in ("Re", "NotRe") else re.escape(value)
        if not any(re.fullmatch(pattern, known) for known in values):
            yield f"{name} never has {matcher.name}={value!r}; it has {values}"


def grouping_faults(expression: str) -> list[str]:
    """Labels in `by (…)` that nothing below carries."""
    found: list[str] = []
    for node in nodes(expression):
        if type(node).__name__ != "AggregateExpr" or node.modifier is None:
            continue
        below = selectors(node.expr.prettify())
        carried = set().union(*(allowed_labels(one.name) for one in below)) if below else set()
        found.extend(f"by ({label})" for label in node.modifier.labels if label not in carried)
    return found


EXPRESSIONS = expressions()


@pytest.mark.parametrize(("place", "expression"), EXPRESSIONS, ids=lambda value: str(value)[:50])
def test_an_expression_uses_what_the_catalog_declares(place: str, expression: str) -> None:
    assert faults_of(expression) + grouping_faults(expression) == [], place


@pytest.mark.parametrize(
    ("expression", "fault"),
    [
        ('asset_generations_total{status="ok"}', "never has status='ok'"),
        ('asset_generations_total{kind="prop"}', "no label kind"),
        ('asset_generation_duration_seconds_bucket{le="120"}', "never has le='120'"),
        ('up{endpoint="x"}', "no label endpoint"),
        ('up{job="asset_forge"}', "never has job='asset_forge'"),
        ('up{metrics_path="/metrics/system"}', "never has metrics_path='/metrics/system'"),
        ('slo:failures:over_1h{slo="uptime"}', "never has slo='uptime'"),
    ],
)
def test_the_comparison_finds_faults(expression: str, fault: str) -> None:
    assert fault in faults_of(expression)[0]


@pytest.mark.parametrize(("place", "query"), list(variables()), ids=lambda value: str(value)[-40:])
def test_a_variable_is_chosen_from_a_label_that_there_is(place: str, query: str) -> None:
    asked = re.fullmatch(r"label_values\((?P<series>.+), (?P<label>\w+)\)", query)
    assert asked is not None, place
    assert faults_of(asked["series"]) == []
    [selector] = selectors(asked["series"])
    assert asked["label"] in allowed_labels(selector.name)


@pytest.mark.parametrize(("alert", "path", "pattern"), list(searched()))
def test_a_runbook_looks_for_metrics_where_they_are(alert: str, path: str, pattern: str) -> None:
    assert pattern.startswith("^"), alert
    if pattern == "^METRIC":  # which the reader fills in
        return
    endpoint = "system" if path == "/metrics" else "business"
    names = {
        name
        for one in catalog.DECLARATIONS
        if one.endpoint == endpoint
        for name in one.sample_names
    }
    if path == "/metrics/business":
        names |= set(OWN_COUNTERS)
    for part in re.sub(r"^\^\(?|\)$", "", pattern).split("|"):
        assert any(re.match(part, name) for name in names), f"{alert}: no {part} at {path}"


def test_the_runbooks_and_variables_were_found() -> None:
    assert len({alert for alert, _, _ in searched()}) > 5
    assert len(list(variables())) > 3


def test_the_comparison_finds_labels_that_nothing_carries() -> None:
    assert grouping_faults("sum by (kind) (rate(asset_generations_total[5m]))") == ["by (kind)"]


def test_the_comparison_finds_unknown_metrics() -> None:
    with pytest.raises(AssertionError, match="storage_bytes"):
        faults_of("storage_bytes > 1")
