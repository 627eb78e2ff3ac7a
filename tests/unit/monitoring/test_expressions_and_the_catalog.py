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
from asset_forge.monitoring import ALERTS, Options, render
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
        declaration = BY_SAMPLE.get(selector.name)
        for matcher in matchers(selector):
            if matcher.name not in allowed:
                found.append(f"{selector.name} has no label {matcher.name}")
            elif declaration is not None:
                found.extend(value_faults(declaration, matcher))
    return found


def value_faults(declaration: Declaration, matcher: Any) -> Iterator[str]:
    values = declared_values(declaration, matcher.name)
    if values is None:
        return
    operator = str(matcher.op).rpartition(".")[2]
    for value in matcher.value.split("|") if operator in ("Re", "NotRe") else (matcher.value,):
        pattern = value if operator in ("Re", "NotRe") else re.escape(value)
        if not any(re.fullmatch(pattern, known) for known in values):
            yield f"{declaration.name} never has {matcher.name}={value!r}; it has {values}"


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
    ],
)
def test_the_comparison_finds_faults(expression: str, fault: str) -> None:
    assert fault in faults_of(expression)[0]


def test_the_comparison_finds_labels_that_nothing_carries() -> None:
    assert grouping_faults("sum by (kind) (rate(asset_generations_total[5m]))") == ["by (kind)"]


def test_the_comparison_finds_unknown_metrics() -> None:
    with pytest.raises(AssertionError, match="storage_bytes"):
        faults_of("storage_bytes > 1")
