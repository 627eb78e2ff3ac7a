"""A scrape as its samples, read by the parser of the reference implementation."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

Labels = tuple[tuple[str, str], ...]
Sample = tuple[str, Labels]
"""A sample's name, and its labels in the order of their names."""


class Scrape:
    """The samples of one scrape, by name and labels."""

    def __init__(self, text: str) -> None:
        self.families = {family.name: family for family in text_string_to_metric_families(text)}
        self.samples: dict[Sample, float] = {
            (sample.name, tuple(sorted(sample.labels.items()))): sample.value
            for family in self.families.values()
            for sample in family.samples
        }

    def value(self, name: str, **labels: str) -> float:
        """Return one sample's value; 0 where there is no such series yet."""
        return self.samples.get((name, tuple(sorted(labels.items()))), 0.0)

    def total(self, name: str, **labels: str) -> float:
        """Return the sum over all series of a name that have these labels."""
        wanted = set(labels.items())
        return sum(v for (n, own), v in self.samples.items() if n == name and wanted <= set(own))

    def moved_since(self, before: Scrape) -> dict[Sample, float]:
        """Return by how much each sample differs from an earlier scrape, where it does."""
        keys = self.samples.keys() | before.samples.keys()
        changes = {k: self.samples.get(k, 0.0) - before.samples.get(k, 0.0) for k in keys}
        return {sample: change for sample, change in changes.items() if change}
