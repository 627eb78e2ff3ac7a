"""The tables of the observability guide that follow from declarations."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from asset_forge.catalog import DECLARATIONS
from asset_forge.monitoring._model import RuleError
from asset_forge.monitoring.alerts import ALERTS
from asset_forge.monitoring.objectives import OBJECTIVES
from asset_forge.monitoring.slo import WINDOWS, time_to_page
from asset_forge.observability.metrics import (
    SELF_DECLARATIONS,
    Declaration,
    HistogramDeclaration,
)

_SECTION = re.compile(
    r"(?P<begin><!-- rendered: (?P<name>[a-z-]+) -->\n).*?(?P<end><!-- end -->)", re.DOTALL
)
_MANY_VALUES = 24


def render_guide(text: str) -> str:
    """Return the guide with the tables between `<!-- rendered: NAME -->` and `<!-- end -->` anew.

    Raises:
        RuleError: A section has a name that is not among the tables, or a table has no section.
    """
    tables = {
        "system-metrics": metric_table("system"),
        "business-metrics": metric_table("business"),
        "alerts": alert_table(),
        "objectives": objective_table(),
        "time-to-page": time_table(),
    }
    names = [match["name"] for match in _SECTION.finditer(text)]
    if sorted(names) != sorted(tables):
        raise RuleError(f"the guide has the sections {names}; it needs {sorted(tables)}, each once")
    return _SECTION.sub(
        lambda match: f"{match['begin']}{tables[match['name']]}\n{match['end']}", text
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def metric_table(endpoint: str) -> str:
    """Return the metrics of an endpoint (`system` or `business`) as a table."""
    known = {one.name: one for one in (*SELF_DECLARATIONS, *DECLARATIONS)}
    rows = [
        (f"`{one.name}`", one.kind, _labels(one), _help(one))
        for one in known.values()
        if one.endpoint == endpoint
    ]
    return _table(("metric", "kind", "labels", "what it measures"), sorted(rows))


def _help(declaration: Declaration) -> str:
    text = declaration.help.replace("|", "\\|")
    if isinstance(declaration, HistogramDeclaration):
        bounds = ", ".join(f"{bound:g}" for bound in declaration.buckets)
        return f"{text} Buckets: {bounds}."
    return text


def _labels(declaration: Declaration) -> str:
    found: list[str] = []
    for label in declaration.labels:
        values = label.values
        if values is None or len(values) > _MANY_VALUES:
            found.append(f"`{label.name}`")
        else:
            found.append(f"`{label.name}` ({', '.join(str(value) for value in values)})")
    return ", ".join(found) or "—"


def alert_table() -> str:
    """Return all alerts with severity and duration, linked to their runbooks."""
    rows = [
        (
            f"[{alert.name}](runbooks/{alert.name}.md)",
            str(alert.severity),
            alert.hold or "at once",
            ", ".join(alert.silenced_by) or "—",
        )
        for alert in sorted(ALERTS, key=lambda one: (one.severity.value, one.name))
    ]
    return _table(("alert", "severity", "after", "silenced by a page of"), rows)


def objective_table() -> str:
    """Return the error ratio above which each window of each objective fires."""
    head = ["objective", "budget", "failures at least"]
    head += [f"{one.factor:g}× {one.long} and {one.short} ({one.severity})" for one in WINDOWS]
    rows = [
        [
            objective.title,
            f"{objective.budget:.3g}",
            str(objective.minimum_failures),
            *(
                f"{objective.threshold(window):.4g}"
                + (" (replaced)" if window.factor in objective.replaced else "")
                for window in WINDOWS
            ),
        ]
        for objective in OBJECTIVES
    ]
    return _table(head, rows)


def time_table() -> str:
    """Return the minutes until the page of each objective, by the share of failing events."""
    ratios = (1.0, 0.1, 0.05, 0.02)
    rows = [
        [one.name, *(_minutes(time_to_page(one, ratio)) for ratio in ratios)] for one in OBJECTIVES
    ]
    return _table(["objective", *(f"{ratio:.0%} fail" for ratio in ratios)], rows)


def _minutes(seconds: float) -> str:
    return "never" if math.isinf(seconds) else f"{seconds / 60:.1f} min"
