"""Parts that the queries of several panels are made of."""

from __future__ import annotations

from typing import Final

INSTANCES: Final = 'instance=~"$instance"'
"""The instances that are chosen at the top of the dashboard."""

RATE: Final = "[$__rate_interval]"


def quantile(share: float, buckets: str, *by: str) -> str:
    """Return the PromQL of a quantile of a histogram, by labels."""
    labels = ", ".join(("le", *by))
    return f"histogram_quantile({share:g}, sum by ({labels}) (rate({buckets}{RATE})))"
