"""The registry: every metric of the process by its declaration, and the way to read them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from threading import Lock, get_ident
from typing import TypeVar

from asset_forge.observability.metrics._declarations import (
    CounterDeclaration,
    Declaration,
    GaugeDeclaration,
    HistogramDeclaration,
    InfoDeclaration,
    Merge,
)
from asset_forge.observability.metrics._exposition import declaration_head, number, template
from asset_forge.observability.metrics._families import (
    CounterFamily,
    Family,
    GaugeFamily,
    HistogramFamily,
    InfoFamily,
)
from asset_forge.observability.metrics._guard import Guard
from asset_forge.observability.metrics._instruments import Context, Counter, Gauge, Histogram, Instrument
from asset_forge.observability.metrics._memory import ProcessMemory

SELF_DECLARATIONS = (
    CounterDeclaration("metrics_series_overflow_total", "Uses of a metric whose label values were folded into another series."),
)


@dataclass(frozen=True, slots=True)
class Scrape:
    """The answer to a scrape."""

    body: bytes
    headers: list[tuple[str, str]]


class Registry:
    """THIN SLICE."""

    def __init__(self, declarations: Iterable[Declaration], *, directory: Path | None = None, strict: bool = False) -> None:
        self._lock = Lock()
        self._guard = Guard(strict=strict, on_fault=lambda _: None)
        self._memory = ProcessMemory()
        self._families: dict[str, Family] = {}
        self._collectors = []
        owner = get_ident()
        for d in declarations:
            bounds = d.buckets if isinstance(d, HistogramDeclaration) else ()
            stamped = isinstance(d, GaugeDeclaration) and d.merge is not Merge.SUM
            context = Context(d.name, self._guard, self._lock, owner, bounds, stamped=stamped)
            kind, make = {
                "counter": (CounterFamily, Counter),
                "gauge": (GaugeFamily, Gauge),
                "histogram": (HistogramFamily, Histogram),
                "info": (InfoFamily, Gauge),
            }[d.kind]
            family = kind(d, context, make, self._memory.allocate, lambda _: None)
            self._families[d.name] = family
            if isinstance(d, CounterDeclaration):
                for values in d.starting_series():
                    family.labels(*values)

    def _get(self, declaration):
        family = self._families.get(declaration.name)
        if family is None or family.declaration != declaration:
            raise KeyError(f"metric {declaration.name!r} is not among the declarations of this registry; add it to the catalog")
        return family

    def counter(self, declaration: CounterDeclaration) -> CounterFamily:
        return self._get(declaration)

    def gauge(self, declaration: GaugeDeclaration) -> GaugeFamily:
        return self._get(declaration)

    def histogram(self, declaration: HistogramDeclaration) -> HistogramFamily:
        return self._get(declaration)

    def info(self, declaration: InfoDeclaration, **labels: str) -> None:
        self._get(declaration).labels(**labels).set(1.0)

    def add_collector(self, name, collector, *, endpoint: str) -> None:
        self._collectors.append((name, collector, endpoint))

    def render(self, *, endpoint: str | None = None, openmetrics: bool = False, names: Collection[str] = ()) -> bytes:
        out = []
        for f in self._families.values():
            d = f.declaration
            if endpoint is not None and d.endpoint != endpoint:
                continue
            out.append(declaration_head(d, openmetrics=openmetrics))
            bounds = d.buckets if isinstance(d, HistogramDeclaration) else ()
            for values, child in f.children():
                t = template(d, bounds, values)
                cells = child.cells()
                if bounds:
                    v = [sum(c.view[c.index + i] for c in cells) for i in range(d.width)]
                    counts = list(accumulate(int(x) for x in v[1:]))
                    out.append(t % (*counts, number(v[0]), counts[-1]))
                else:
                    out.append(t % number(sum(c.view[c.index] for c in cells)))
        if openmetrics:
            out.append("# EOF\n")
        return "".join(out).encode()

    async def scrape(self, *, endpoint: str | None, accept: str | None, accept_encoding: str | None, names: Collection[str] = ()) -> Scrape:
        return Scrape(self.render(endpoint=endpoint), [("content-type", "text/plain; version=0.0.4; charset=utf-8")])

    def value(self, name: str, **labels: str) -> float | None:
        for f in self._families.values():
            for values, child in f.children():
                if dict(zip(f.declaration.label_names, values)) == labels:
                    cells = child.cells()
                    if name == f.declaration.name and f.declaration.kind != "histogram":
                        return sum(c.view[c.index] for c in cells)
                    if name == f"{f.declaration.name}_sum":
                        return sum(c.view[c.index] for c in cells)
                    if name == f"{f.declaration.name}_count":
                        return sum(sum(c.view[c.index + 1 : c.index + f.declaration.width]) for c in cells)
        return None

    def close(self) -> None:
        """Leave."""
