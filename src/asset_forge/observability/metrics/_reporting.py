"""Writes what collectors report beside our own metrics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from asset_forge.observability.metrics._exposition import head, label_pairs, number
from asset_forge.observability.metrics._reported import Reported, Row

_SLICE = 48
"""Samples between two points where the event loop may do something else: about 0.3 ms."""

_TEXT_KINDS = {"unknown": "untyped", "stateset": "gauge", "gaugehistogram": "untyped"}


def write(family: Reported, *, openmetrics: bool, created: bool) -> Iterator[str]:
    """Yield the text of a family piece by piece; `_created` samples only if `created`.

    Raises `ValueError` if a sample is invalid or there twice.
    """
    points: dict[frozenset[tuple[str, str]], list[Row]] = {}
    seen: set[tuple[str, frozenset[tuple[str, str]]]] = set()
    for count, sample in enumerate(family.samples, start=1):
        if created or family.kind == "gauge" or not sample.name.endswith("_created"):
            row = family.row(sample)
            series = (row.suffix, row.series)
            if series in seen:
                raise ValueError(f"it reports {sample.name}{dict(row.labels)} twice")
            seen.add(series)
            points.setdefault(row.point, []).append(row)
        if count % _SLICE == 0:
            yield ""
    yield from _text(family, points.values(), openmetrics=openmetrics)


def _text(family: Reported, points: Iterable[list[Row]], *, openmetrics: bool) -> Iterator[str]:
    """Yield the text of checked samples; those of a point follow each other, as readers want it."""
    kind = family.kind if openmetrics else _TEXT_KINDS.get(family.kind, family.kind)
    pieces = [head(family.name, kind, family.help, family.unit, openmetrics=openmetrics)]
    ages: list[str] = []
    written = 0
    for rows in points:
        family.check_point(rows)
        for row in rows:
            # The text format knows the moments of creation as metrics of their own.
            into = ages if row.suffix == "_created" and not openmetrics else pieces
            into.append(_line(family.name, row, openmetrics=openmetrics))
            written += 1
            if written % _SLICE == 0:
                yield "".join(pieces)
                pieces = []
    if ages:
        name = f"{family.name}_created"
        pieces += (head(name, "gauge", family.help, "", openmetrics=False), *ages)
    yield "".join(pieces)


def _line(name: str, row: Row, *, openmetrics: bool) -> str:
    pairs = label_pairs(list(row.labels), list(row.labels.values()))
    braced = f"{{{pairs}}}" if pairs else ""
    when = ""
    if row.when is not None:  # seconds in OpenMetrics, milliseconds in the text format
        when = f" {row.when:.3f}" if openmetrics else f" {round(row.when * 1000)}"
    exemplar = row.exemplar if openmetrics else ""
    return f"{name}{row.suffix}{braced} {number(row.value)}{when}{exemplar}\n"
