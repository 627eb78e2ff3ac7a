"""Alert → its runbook page."""

from __future__ import annotations

from asset_forge.monitoring._durations import scaled_expression
from asset_forge.monitoring._files import HEADER
from asset_forge.monitoring._model import Alert, Severity

_WHOM = {
    Severity.CRITICAL: "critical: pages the person on call (PagerDuty)",
    Severity.WARNING: "warning: tells the team (Slack)",
    Severity.NONE: "none: beats for the heartbeat service",
}


def runbook_page(alert: Alert) -> str:
    """Return the Markdown page of an alert."""
    book = alert.runbook
    held = f"for {alert.hold}" if alert.hold else "at once"
    silenced = ", ".join(alert.silenced_by)
    lines = [
        f"<!-- {HEADER} -->",
        f"# {alert.name}",
        "",
        f"Severity {_WHOM[alert.severity]}. Fires when this holds {held}:",
        "",
        "```promql",
        scaled_expression(alert.expr, 1),
        "```",
        "",
        *([f"Silenced by a page of: {silenced}.", ""] if silenced else []),
        *_section("What it means", (book.meaning,)),
        *_section("What users feel", (book.users,)),
        *_steps("How to look", book.look),
        *_steps("How to mend", book.mend),
        *_section("How to tell that it is over", (book.over,)),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _section(title: str, paragraphs: tuple[str, ...]) -> list[str]:
    return [f"## {title}", "", *paragraphs, ""]


def _steps(title: str, steps: tuple[str, ...]) -> list[str]:
    return [f"## {title}", "", *(f"{n}. {step}" for n, step in enumerate(steps, 1)), ""]


def runbook_index(alerts: tuple[Alert, ...]) -> str:
    """Return the page that lists all runbooks."""
    lines = [
        f"<!-- {HEADER} -->",
        "# Runbooks",
        "",
        "One page for each alert. The commands need two variables, and `$TOKEN` where a session of "
        "an operator is asked for:",
        "",
        "```sh",
        "export ASSET_FORGE=http://localhost:3004 PROMETHEUS=http://localhost:9090",
        'export TOKEN=$(curl -s $ASSET_FORGE/api/auth/login -H "Content-Type: application/json" \\',
        '  -d "{\\"provider\\": \\"local\\", \\"login\\": \\"$USER\\", '
        '\\"password\\": \\"$PASSWORD\\"}" | jq -r .token)',
        "```",
        "",
        "| alert | severity | summary |",
        "| --- | --- | --- |",
        *(
            f"| [{alert.name}]({alert.name}.md) | {alert.severity} | {_plain(alert.summary)} |"
            for alert in sorted(alerts, key=lambda alert: (alert.severity.value, alert.name))
        ),
    ]
    return "\n".join(lines) + "\n"


def _plain(summary: str) -> str:
    before, _, query = summary.partition("{{ range query")
    text = before.rstrip(":") if query else summary
    return text.replace("{{ $labels.", "‹").replace(" }}", "›")
