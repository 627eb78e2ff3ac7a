"""PromQL for counters whose first event must not be missed."""

from __future__ import annotations


def rising(counter: str, by: str, window: str) -> str:
    """Return what a counter gained within `window`, summed by the labels `by`.

    A counter with open labels has no series before its first event, so that `increase()` never
    sees that one; a series that is younger than the window counts with its whole value instead.
    """
    return (
        f"sum by ({by}) ((increase({counter}[{window}]) > 0) or "
        f"({counter} unless {counter} offset {window}))"
    )
