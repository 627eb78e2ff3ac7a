from __future__ import annotations

import pytest

from asset_forge.observability.errors import _store


@pytest.fixture(autouse=True)
def patient_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a reader wait for what was recorded before it, also on a machine that stands still."""
    monkeypatch.setattr(_store, "_READ_WAIT_SECONDS", 30.0)
