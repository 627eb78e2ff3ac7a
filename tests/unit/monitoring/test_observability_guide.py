"""The observability guide: its tables are rendered, its queries and links are right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.unit.monitoring.test_expressions_and_the_catalog import faults_of, grouping_faults

from asset_forge.catalog import DECLARATIONS
from asset_forge.monitoring import ALERTS, RuleError, render_guide

GUIDE = Path(__file__).parents[3] / "docs" / "observability.md"
TEXT = GUIDE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```promql\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
QUERIES = [query for block in BLOCKS for query in block.strip().split("\n\n")]


def test_the_tables_are_what_is_rendered() -> None:
    assert render_guide(TEXT) == TEXT


def test_every_metric_and_every_alert_is_in_a_table() -> None:
    assert [one.name for one in DECLARATIONS if f"| `{one.name}` |" not in TEXT] == []
    assert [one.name for one in ALERTS if f"(runbooks/{one.name}.md)" not in TEXT] == []


def test_a_missing_section_is_named() -> None:
    with pytest.raises(RuleError, match="time-to-page"):
        render_guide(TEXT.replace("rendered: time-to-page", "rendered: nothing"))


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_uses_what_the_catalog_declares(query: str) -> None:
    assert faults_of(query) + grouping_faults(query) == []


def test_links_lead_to_files() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", TEXT)
    assert [link for link in links if not (GUIDE.parent / link).is_file()] == []
