from __future__ import annotations

import pytest

from asset_forge.observability.metrics import _bridge


@pytest.fixture(autouse=True)
def patient_scrapes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave collectors time on a machine that stands still; tests of the limit set their own."""
    monkeypatch.setattr(_bridge, "COLLECTOR_SECONDS", 60.0)
