"""Label values that were made to break the exposition, through every instrument and a group."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import Metric
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families

from asset_forge.observability.metrics import (
    CounterDeclaration,
    GaugeDeclaration,
    HistogramDeclaration,
    InfoDeclaration,
    Label,
    Merge,
    Registry,
)

TEXT = (Label("text"),)
COUNT = CounterDeclaration("things_total", "Things.", TEXT)
LEVEL = GaugeDeclaration("level", "A level.", TEXT)
SAMPLED = GaugeDeclaration("sampled", "A sample.", TEXT, merge=Merge.NEWEST)
SIZE = HistogramDeclaration("size", "A size.", TEXT, buckets=(1.0, 2.0))
FACTS = InfoDeclaration("facts_info", "Facts.", TEXT)
ALL = (COUNT, LEVEL, SAMPLED, SIZE, FACTS)

HOSTILE = [
    "",
    'a "quoted" word',
    "a line\nand another\r\nand\ranother\x0b\x0c\x1c\x85\u2028end",
    "\\",
    "\\n",
    'ends with a backslash\\"',
    'a"} 1.0\nthings_total{text="forged"} 99.0',
    "# EOF\n",
    "%s %d %(name)s {} {0}",
    'le="0.5"',
    "\0\x01\x7f",
    "\ufeffé\U0001f5ff",
    "\ud800",
    "a\udfffb",
    b"\xff\xfe\xed\xa0\x80".decode("utf-8", "surrogateescape"),
    '"' * 10_000,
    "\n" * 10_000,
    "\U0001f5ff" * 2_500,
]


def as_text(value: str) -> str:
    """Return what UTF-8 can carry of a text."""
    return value.encode("utf-8", "replace").decode()


def write(registry: Registry, value: str) -> None:
    """Use each kind of instrument with the label value."""
    registry.counter(COUNT).labels(value).inc()
    registry.gauge(LEVEL).labels(value).set(1)
    registry.gauge(SAMPLED).labels(value).set(1)
    registry.histogram(SIZE).labels(value).observe(1)
    registry.info(FACTS, text=value)


def parsed(registry: Registry, *, strictly: bool) -> list[Metric]:
    text = registry.render(openmetrics=strictly).decode()
    read = (
        openmetrics.text_string_to_metric_families if strictly else text_string_to_metric_families
    )
    return list(read(text))


def values_of(families: list[Metric], sample: str) -> dict[str, float]:
    """Return what was read of a sample, by the label that it has."""
    return {s.labels["text"]: s.value for one in families for s in one.samples if s.name == sample}


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    """One of two members that have used every text; a third has, and is dead and folded in."""
    members = [Registry(ALL, directory=tmp_path, strict=True) for _ in range(3)]
    for member in members:
        for value in HOSTILE:
            write(member, value)
    members.pop().close()
    yield members[0]
    for member in members:
        member.close()


@pytest.mark.parametrize("strictly", [False, True])
@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ("things_total", 3.0),
        ("level", 2.0),
        ("sampled", 1.0),
        ("size_count", 3.0),
        ("size_sum", 3.0),
        ("facts_info", 1.0),
    ],
)
def test_each_text_comes_out_as_it_went_in(
    registry: Registry, sample: str, expected: float, strictly: bool
) -> None:
    found = values_of(parsed(registry, strictly=strictly), sample)
    assert found == dict.fromkeys(map(as_text, HOSTILE), expected)


def test_promtool_reads_them_all(registry: Registry) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        message = "promtool is not installed; Debian's package prometheus has it"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    checked = subprocess.run(
        [promtool, "check", "metrics"],
        input=registry.render(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, b"")
