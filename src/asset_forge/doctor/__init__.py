"""Walks the troubleshooting of a running service: collects evidence once, and lets checks look.

`collect` asks the service, Prometheus and Postgres; `examine` works on what they said alone.
"""

from __future__ import annotations

from asset_forge.doctor._collect import Patient, collect
from asset_forge.doctor._evidence import Evidence
from asset_forge.doctor._examination import SECTIONS, Report, Result, examine

__all__ = ["SECTIONS", "Evidence", "Patient", "Report", "Result", "collect", "examine"]
