"""The table of `docs/scaling.md` says of each gauge what its catalog entry says."""

from __future__ import annotations

from tests.docs.examples import ROOT, table_rows

from asset_forge.catalog import DECLARATIONS
from asset_forge.observability.metrics import GaugeDeclaration, Merge

OVER_GROUPS = {Merge.SUM: "sum", Merge.MAX: "max", Merge.MIN: "min", Merge.NEWEST: "max"}


def test_each_gauge_is_merged_over_replicas_as_its_catalog_entry_says() -> None:
    rows = table_rows(ROOT / "docs" / "scaling.md", "Over replicas")
    listed = {
        name.strip(" `"): (row[0].strip("`"), row[1].strip("`"))
        for row in rows
        for name in row[2].split(",")
    }
    assert listed == {
        gauge.name: (OVER_GROUPS[gauge.merge], gauge.merge.value)
        for gauge in DECLARATIONS
        if isinstance(gauge, GaugeDeclaration)
    }
