"""What reaches a person: labels that there are, values that were measured."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from tests.drills.checks import written
from tests.unit.monitoring.histories import Series, calls, one, requests
from tests.unit.monitoring.programs import library
from tests.unit.monitoring.test_alerts_fire_and_stay_silent import BY_NAME, evaluate, history
from tests.unit.monitoring.test_expressions_and_the_catalog import allowed_labels, matchers

from asset_forge.monitoring import ALERTS, Alert, Options
from asset_forge.monitoring._durations import scaled_expression
from asset_forge.monitoring._prometheus import dashboard_url, runbook_url


def labels_of(expression: str) -> set[str]:
    """The labels that every series of an expression's answer has."""
    return _kept(library("promql_parser").parse(expression))


def _kept(node: Any) -> set[str]:
    match type(node).__name__:
        case "VectorSelector":
            return allowed_labels(node.name)
        case "MatrixSelector":
            return _kept(node.vector_selector)
        case "AggregateExpr":
            below = _kept(node.expr)
            modifier = node.modifier
            return below & set(modifier.labels) if modifier is not None else set()
        case "Call" if node.func.name in ("absent", "vector"):
            return {m.name for arg in node.args for m in matchers(arg)} if _selects(node) else set()
        case "Call":
            inner = [_kept(arg) for arg in node.args if not _is_number(arg)]
            return inner[0] - {"le"} if node.func.name == "histogram_quantile" else inner[0]
        case "BinaryExpr":
            return _of_both(node)
        case "ParenExpr" | "SubqueryExpr" | "UnaryExpr":
            return _kept(node.expr)
        case other:
            raise AssertionError(f"{other} is unknown here")


def _of_both(node: Any) -> set[str]:
    """An operator keeps the labels of its left side; `or` those that both sides have."""
    if _is_number(node.lhs):
        return _kept(node.rhs)
    if str(node.op) == "or":
        return _kept(node.lhs) & _kept(node.rhs)
    return _kept(node.lhs)


def _is_number(node: Any) -> bool:
    return type(node).__name__ == "NumberLiteral"


def _selects(node: Any) -> bool:
    return all(type(arg).__name__ == "VectorSelector" for arg in node.args)


OWN_LABELS = {"alertname", "severity", "service", "symptom"}


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.name)
def test_a_label_in_a_text_is_one_that_the_expression_keeps(alert: Alert) -> None:
    """Prometheus writes nothing at all in the place of a label that is not there."""
    named = set(re.findall(r"\$labels\.(\w+)", alert.summary + alert.description))
    assert named <= labels_of(scaled_expression(alert.expr, 1)) | OWN_LABELS


@pytest.mark.parametrize(
    ("expression", "kept"),
    [
        ("sum(rate(asset_generations_total[5m]))", set[str]()),
        ("sum by (type) (rate(asset_generations_total[5m])) > 1", {"type"}),
        ("sum by (type) (asset_generations_total) or max by (instance) (up)", set[str]()),
        ("2 * max by (instance) (up) unless on () max(up)", {"instance"}),
        (
            "histogram_quantile(0.9, sum by (le, table) (db_query_duration_seconds_bucket))",
            {"table"},
        ),
        ('absent(up{job="asset-forge"})', {"job"}),
    ],
)
def test_the_labels_of_an_answer_are_found(expression: str, kept: set[str]) -> None:
    assert labels_of(expression) == kept


@pytest.mark.parametrize(
    ("text", "measured"),
    [
        ("10% of the operations asked of meshy in the last 5 minutes failed.", True),
        ("meshy failed so often that it is left alone but for a trial now and then.", True),
        (" of the operations asked of meshy in the last 5 minutes failed.", False),
        ("10% of the operations asked of  in the last 5 minutes failed.", False),
        ("NaN% of the operations asked of meshy in the last 5 minutes failed.", False),
    ],
)
def test_a_drill_sees_whether_a_text_has_a_measured_value(text: str, measured: bool) -> None:
    assert bool(written(BY_NAME["ProviderFailing"].description).fullmatch(text)) is measured


def told(name: str, at: str, labels: dict[str, str], summary: str, text: str) -> dict[str, object]:
    """What promtool has to find: an alert that fires, with these texts."""
    alert = BY_NAME[name]
    own = {"severity": str(alert.severity), "service": "asset-forge"}
    if alert.symptom is not None:
        own["symptom"] = str(alert.symptom)
    annotations = {
        "summary": summary,
        "description": text,
        "runbook_url": runbook_url(alert, Options()),
        "dashboard_url": dashboard_url(alert.board, Options()),
    }
    expected = {"exp_labels": own | labels, "exp_annotations": annotations}
    return {"eval_time": at, "alertname": name, "exp_alerts": [expected]}


@pytest.mark.parametrize(
    ("name", "series", "labels", "summary", "text"),
    [
        (
            "ProviderFailing",
            calls("0+9x240", "0+1x240"),
            {"provider": "meshy"},
            "meshy fails",
            "10% of the operations asked of meshy in the last 5 minutes failed.",
        ),
        (
            "ProviderFailing",
            calls("0+9x240", "0+0x240")
            | one("ai_circuit_breaker_state", "1+0x240", provider="meshy"),
            {"provider": "meshy"},
            "meshy fails",
            "meshy failed so often that it is left alone but for a trial now and then.",
        ),
        (
            "HighErrorRate",
            requests("0+3x240", "0+1x240"),
            {},
            "More than 5 % of requests fail",
            "25% of the requests of the last 5 minutes were answered with a 5xx status.",
        ),
        (
            "FileDescriptorsNearLimit",
            one("process_open_fds_ratio", "0.95+0x240"),
            {"instance": "a:1"},
            "a:1 runs out of file descriptors",
            "A process of a:1 has 95% of the file descriptors open that it may open.",
        ),
        (
            "CrashLooping",
            one("process_start_time_seconds", "1+0x160 2+0x5 3+0x5 4+0x5 5+0x100"),
            {"instance": "a:1"},
            "a:1 starts again and again",
            "Scrapes have seen it start anew 4 times within 15 minutes. Starts that none saw, "
            "since they failed too soon, are not counted.",
        ),
    ],
    ids=["failing", "left-alone", "errors", "descriptors", "crashes"],
)
def test_a_message_says_what_was_measured(
    name: str, series: Series, labels: dict[str, str], summary: str, text: str, tmp_path: Path
) -> None:
    checked = history(series, []) | {"alert_rule_test": [told(name, "45m", labels, summary, text)]}
    evaluate(tmp_path, name, [checked])
