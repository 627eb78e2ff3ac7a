"""The committed files are what the declarations render, and faults in the options are named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.monitoring.programs import run
from typer.testing import CliRunner

from asset_forge.cli.monitoring import app
from asset_forge.monitoring import (
    ALERTS,
    DIRECTORIES,
    Alert,
    Board,
    Maintenance,
    Options,
    RuleError,
    Runbook,
    Severity,
    Symptom,
    drift,
    read_maintenance,
    render,
    render_runbooks,
    write,
)
from asset_forge.monitoring._durations import duration, scaled_expression, seconds
from asset_forge.monitoring._maintenance import maintenance_expression

ROOT = Path(__file__).parents[3]
PAGE = Runbook("m", "u", ("l",), ("m",), "o")


def test_the_committed_files_are_what_is_rendered() -> None:
    maintenance = read_maintenance(ROOT / "deploy" / "maintenance.toml")
    files = render(Options(maintenance=maintenance))
    assert drift(files, ROOT / "deploy", DIRECTORIES) == []


def test_the_committed_runbooks_are_what_is_rendered_one_for_each_alert() -> None:
    runbooks = ROOT / "docs" / "runbooks"
    assert drift(render_runbooks(), runbooks, (".",)) == []
    names = {path.stem for path in runbooks.glob("*.md")} - {"README"}
    assert names == {alert.name for alert in ALERTS}


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.name)
def test_a_runbook_says_all_five_things(alert: Alert) -> None:
    page = render_runbooks()[f"{alert.name}.md"]
    titles = [line[3:] for line in page.splitlines() if line.startswith("## ")]
    assert titles == [
        "What it means",
        "What users feel",
        "How to look",
        "How to mend",
        "How to tell that it is over",
    ]


def test_links_between_runbooks_lead_to_pages() -> None:
    pages = render_runbooks()
    links = {
        part.partition(")")[0]
        for page in pages.values()
        for part in page.split("](")[1:]
        if part.partition(")")[0].endswith(".md")
    }
    assert links <= set(pages)


def test_every_alert_carries_what_a_reader_needs() -> None:
    rules = yaml.safe_load(render(Options())["prometheus/rules/alerts.yml"])["groups"][0]["rules"]
    for rule in rules:
        assert set(rule["annotations"]) == {
            "summary",
            "description",
            "runbook_url",
            "dashboard_url",
        }
        assert rule["annotations"]["runbook_url"] == f"docs/runbooks/{rule['alert']}.md"
    assert len({alert.name for alert in ALERTS}) == len(ALERTS)


@pytest.mark.parametrize(
    ("base", "texts"),
    [
        ("https://git.example.com/runbooks", ["Runbook", "Dashboard"]),
        ("docs/runbooks", ["Dashboard"]),  # a path in the repository leads nowhere from a pager
    ],
)
def test_a_page_links_to_its_runbook_where_that_has_an_address(base: str, texts: list[str]) -> None:
    files = render(Options(runbook_url=base))
    receivers = yaml.safe_load(files["alertmanager/alertmanager.yml"])["receivers"]
    (pagerduty,) = (one for one in receivers if one["name"] == "pagerduty")
    (config,) = pagerduty["pagerduty_configs"]
    assert [link["text"] for link in config["links"]] == texts


def test_check_writes_nothing_and_names_what_differs(tmp_path: Path) -> None:
    output = tmp_path / "deploy"
    run_cli = CliRunner().invoke
    assert run_cli(app, ["render", "--output", str(output)]).exit_code == 0
    assert run_cli(app, ["render", "--output", str(output), "--check"]).exit_code == 0
    (output / "prometheus" / "rules" / "alerts.yml").write_text("edited")
    (output / "grafana" / "stray.json").write_text("{}")
    (output / "alertmanager" / "secrets").mkdir()
    (output / "alertmanager" / "secrets" / "slack_webhook_url").write_text("x")
    (tmp_path / "docs" / "runbooks" / "ServiceDown.md").unlink()
    checked = run_cli(app, ["render", "--output", str(output), "--check"])
    assert checked.exit_code == 1
    assert "slack_webhook_url" not in checked.output
    for expected in ("differs: ", "left over: ", "missing: ", "asset-forge monitoring render"):
        assert expected in checked.output
    assert (output / "prometheus" / "rules" / "alerts.yml").read_text() == "edited"


def test_rendering_again_writes_nothing(tmp_path: Path) -> None:
    assert write(render(Options()), tmp_path)
    assert write(render(Options()), tmp_path) == []


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        (["--scale", "0"], "scale 0: from 0.01 to 1"),
        (["--scale", "2"], "scale 2"),
        (["--target", "localhost"], "address 'localhost': write HOST:PORT"),
        (["--worker", "localhost"], "address 'localhost': write HOST:PORT"),
        (["--grafana-url", "grafana"], "must begin with http"),
        (["--maintenance", "/nonexistent.toml"], "maintenance file /nonexistent.toml"),
    ],
)
def test_an_option_that_cannot_work_is_named(
    options: list[str], fault: str, tmp_path: Path
) -> None:
    result = CliRunner().invoke(app, ["render", "--output", str(tmp_path / "d"), *options])
    assert result.exit_code == 2
    assert fault in result.output
    assert not (tmp_path / "d").exists()


SHARE: dict[str, object] = {"description": "{{ $value | humanizePercentage }}"}


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"name": "not_capwords"}, "CapWords"),
        ({"severity": Severity.CRITICAL}, "names the symptom"),
        ({"description": "too much"}, "measured"),
        (SHARE | {"expr": "sum(a) / sum(b) > 5"}, "no share is > 5: write 0.05"),
        (SHARE | {"expr": "sum(a) / sum(b) > 1\nand sum(a) > 2"}, "no share is > 1:"),
        (SHARE | {"expr": "sum(a) / sum(b) >= 1.5"}, "no share is >= 1.5:"),
        (
            {
                "severity": Severity.CRITICAL,
                "symptom": Symptom.LATENCY,
                "silenced_by": (Symptom.LATENCY,),
            },
            "silence itself",
        ),
    ],
)
def test_an_alert_that_cannot_work_is_refused(changed: dict[str, object], fault: str) -> None:
    good: dict[str, object] = {
        "name": "Good",
        "severity": Severity.WARNING,
        "expr": "up == 0",
        "hold": "1m",
        "summary": "s",
        "description": "{{ $value }}",
        "board": Board.OVERVIEW,
        "runbook": PAGE,
    }
    assert Alert(**good)  # type: ignore[arg-type]
    reached = SHARE | {"expr": "sum(a) / sum(b) >= 1\nand sum(a) > 2"}
    assert Alert(**(good | reached))  # type: ignore[arg-type]
    with pytest.raises(RuleError, match=fault):
        Alert(**(good | changed))  # type: ignore[arg-type]


def test_a_drill_shortens_ranges_offsets_and_times_but_no_label() -> None:
    expression = 'max(x{a="5m"}) > seconds(10m) unless rate(y[5m] offset 1h) > 5'
    drill = 'max(x{a="5m"}) > 30 unless rate(y[15s] offset 3m) > 5'
    assert scaled_expression(expression, 0.05) == drill
    assert scaled_expression(expression, 1) == expression.replace("seconds(10m)", "600")


def test_scaling_changes_durations_alone() -> None:
    full = yaml.safe_load(render(Options())["prometheus/rules/alerts.yml"])["groups"][0]["rules"]
    drill = yaml.safe_load(render(Options(scale=0.05))["prometheus/rules/alerts.yml"])
    for slow, fast in zip(full, drill["groups"][0]["rules"], strict=True):
        assert (slow["alert"], slow["labels"]) == (fast["alert"], fast["labels"])
        if "for" in slow:
            assert seconds(fast["for"]) == pytest.approx(seconds(slow["for"]) * 0.05)


@given(st.integers(1, 40 * 86_400_000))
def test_a_duration_reads_as_it_was_written(milliseconds: int) -> None:
    assert round(seconds(duration(milliseconds / 1000)) * 1000) == milliseconds


@pytest.mark.parametrize("text", ["", "5", "m", "1.5h", "5 m", "-1m"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="such as 5m"):
        seconds(text)


START = datetime(2026, 3, 1, 2, tzinfo=UTC)


def test_a_maintenance_file_is_read_in_order(tmp_path: Path) -> None:
    path = tmp_path / "maintenance.toml"
    path.write_text(
        '[[window]]\nstart = 2026-03-02T02:00:00Z\nend = 2026-03-02T03:00:00Z\nreason = "b"\n'
        '[[window]]\nstart = 2026-03-01T02:00:00Z\nend = 2026-03-01T03:00:00Z\nreason = "a"\n'
    )
    assert read_maintenance(path)[0] == Maintenance(START, START + timedelta(hours=1), "a")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("window = 1", "two brackets"),
        ("[[windows]]", "'windows' is unknown"),
        ("[[window]]", "needs start, end and reason, has nothing"),
        ("[[window", "maintenance file"),
        (
            '[[window]]\nstart = 2026-03-01T02:00:00\nend = 2026-03-01T03:00:00Z\nreason = "a"',
            "write a UTC time",
        ),
        (
            '[[window]]\nstart = 2026-03-01T04:00:00Z\nend = 2026-03-01T03:00:00Z\nreason = "a"',
            "is not before end",
        ),
        (
            '[[window]]\nstart = 2026-03-01T02:00:00Z\nend = 2026-03-01T03:00:00Z\nreason = " "',
            "say in a few words",
        ),
    ],
)
def test_a_maintenance_file_that_cannot_be_used_is_refused(
    text: str, fault: str, tmp_path: Path
) -> None:
    path = tmp_path / "maintenance.toml"
    path.write_text(text)
    with pytest.raises(RuleError, match=fault):
        read_maintenance(path)


def test_maintenance_is_one_within_its_windows_and_spends_no_budget(tmp_path: Path) -> None:
    """promtool counts from 1970, and so does the window: minutes 10 to 20, when all fails."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    window = Maintenance(epoch + timedelta(minutes=10), epoch + timedelta(minutes=20), "drill")
    twice = Maintenance(epoch + timedelta(minutes=12), epoch + timedelta(minutes=18), "overlap")
    write(render(Options(maintenance=(window, twice))), tmp_path)
    rule_file = yaml.safe_load((tmp_path / "prometheus/rules/slo.yml").read_text())
    merged = [rule for group in rule_file["groups"] for rule in group["rules"]]
    one_group = {"groups": [{"name": "all", "rules": merged}]}
    start = 'api_requests_by_endpoint_total{endpoint="/x",method="GET",status_code='
    active = [(599, 0), (600, 1), (900, 1), (1199, 1), (1200, 0)]
    checks = [
        {
            "expr": "slo_maintenance_active",
            "eval_time": f"{at // 15 * 15 if at % 15 else at}s",
            "exp_samples": [{"labels": "slo_maintenance_active", "value": value}],
        }
        for at, value in active
    ]
    for query in ("slo:failures:over_1h", "slo:error_ratio:over_1h"):
        checks.append(
            {
                "expr": f'sum({query}{{slo="availability"}})',
                "eval_time": "30m",
                "exp_samples": [{"labels": "{}", "value": 0}],
            }
        )
    test = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": "15s",
        "tests": [
            {
                "interval": "15s",
                "input_series": [
                    {"series": f'{start}"200"}}', "values": "0+9x44 405+0x28 405+9x60"},
                    {"series": f'{start}"500"}}', "values": "0+0x44 9+9x28 261+0x60"},
                ],
                "promql_expr_test": checks,
            }
        ],
    }
    (tmp_path / "rules.yml").write_text(yaml.safe_dump(one_group))
    (tmp_path / "test.yml").write_text(yaml.safe_dump(test))
    run("promtool", "test", "rules", "test.yml", directory=tmp_path)


def test_no_declared_maintenance_is_zero() -> None:
    assert maintenance_expression(()) == "vector(0)"
