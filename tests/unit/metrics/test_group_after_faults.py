"""What a group does about files that are damaged, gone, or no longer its own."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from asset_forge.observability.metrics import CounterDeclaration, Label, Registry

COUNT = CounterDeclaration("things_total", "Things.", (Label("kind"),), series_limit=5_000)


def join(directory: Path) -> Registry:
    return Registry([COUNT], directory=directory, strict=True)


def dies(directory: Path, amount: float = 1.0) -> Path:
    """Leave the file of a member behind, and return its path."""
    before = set(directory.glob("member-*.metrics"))
    member = join(directory)
    member.counter(COUNT).labels("a").inc(amount)
    (path,) = set(directory.glob("member-*.metrics")) - before
    member.close()
    return path


def test_a_registry_that_was_closed_writes_into_no_file(tmp_path: Path) -> None:
    """The numbers of its descriptors belong to whoever opens files next."""
    member = join(tmp_path / "metrics")
    member.close()
    strangers = [tmp_path / f"stranger-{number}" for number in range(8)]
    for path in strangers:
        path.write_bytes(b"x" * 200_000)
    opened = [os.open(path, os.O_RDWR) for path in strangers]
    try:
        for number in range(3_000):
            member.counter(COUNT).labels(str(number)).inc()
    finally:
        for file in opened:
            os.close(file)
    assert all(path.read_bytes() == b"x" * 200_000 for path in strangers)
    assert member.value("things_total", kind="2999") == 1.0


FOLDED: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "foreign": lambda data: b"not metrics " * 1000,
    "another version": lambda data: data[:8] + b"\x01\0\0\0" + data[12:],
}


@pytest.mark.parametrize("damage", FOLDED)
def test_a_folded_file_that_cannot_be_read_is_replaced_at_the_next_death(
    tmp_path: Path, damage: str
) -> None:
    stays = join(tmp_path)
    dies(tmp_path, 100.0)
    assert stays.value("things_total", kind="a") == 100.0
    folded = tmp_path / "folded.metrics"
    folded.write_bytes(FOLDED[damage](folded.read_bytes()))
    for deaths in range(1, 6):
        dies(tmp_path)
        assert stays.value("things_total", kind="a") == deaths
        assert len(list(tmp_path.glob("member-*"))) == 1
    assert stays.value("metrics_collector_errors_total", collector="member") == 1.0
    stays.close()
