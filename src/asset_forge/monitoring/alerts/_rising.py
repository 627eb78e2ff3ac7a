"""PromQL for counters whose first event must not be missed."""

from __future__ import annotations

from asset_forge.monitoring._model import EVERY_JOB


def rising(counter: str, by: str, window: str) -> str:
    """Return what a counter of `/metrics/business` gained within `window`, summed by `by`.

    A counter with open labels has no series before its first event, so that `increase()` never
    sees that one. A series that did not exist a window ago, although its target was scraped then,
    counts with its whole value. (Without that condition each counter would count from the start
    after a gap in Prometheus's own history.)
    """
    scraped = f'up{{{EVERY_JOB},metrics_path="/metrics/business"}} offset {window} == 1'
    return (
        f"sum by ({by}) ((increase({counter}[{window}]) > 0)\n"
        f"  or ({counter} unless {counter} offset {window}) and on (instance) ({scraped}))"
    )
