"""What a group does about files that are damaged, gone, or no longer its own."""

from __future__ import annotations

import os
import subprocess
import sys
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


def test_what_stands_before_the_damage_in_a_file_counts(tmp_path: Path) -> None:
    stays, dies_torn = join(tmp_path), join(tmp_path)
    for kind in "abcdefgh":
        dies_torn.counter(COUNT).labels(kind).inc()
    assert dies_torn._group is not None
    path = dies_torn._group._member.path
    dies_torn.close()
    data = path.read_bytes()
    path.write_bytes(data[: len(data.rstrip(b"\0")) - 3])
    assert stays.value("things_total", kind="a") == 1.0
    assert stays.value("things_total", kind="h") is None
    assert stays.value("metrics_collector_errors_total", collector="member") == 1.0
    assert not path.exists()
    stays.close()


@pytest.mark.parametrize("half", [slice(0, 8), slice(8, 16)])
def test_a_record_torn_by_a_kill_ends_the_file_and_is_no_damage(
    tmp_path: Path, half: slice
) -> None:
    """The first 16 bytes of a record may be written by halves."""
    stays, torn = join(tmp_path), join(tmp_path)
    torn.counter(COUNT).labels("a").inc(5)
    assert torn._group is not None
    path = torn._group._member.path
    end = len(path.read_bytes().rstrip(b"\0")) // 16 * 16 + 16
    torn.counter(COUNT).labels("b").inc(5)
    torn.close()
    data = bytearray(path.read_bytes())
    assert data[end : end + 16].strip(b"\0")
    data[end + half.start : end + half.stop] = bytes(8)
    path.write_bytes(data)
    assert stays.value("things_total", kind="a") == 5.0
    assert stays.value("things_total", kind="b") is None
    assert not stays.value("metrics_collector_errors_total", collector="member")
    assert not path.exists()
    stays.close()


def test_a_file_of_another_version_is_left_out_and_counted_once(tmp_path: Path) -> None:
    stays, older = join(tmp_path), join(tmp_path)
    older.counter(COUNT).labels("a").inc(5)
    assert older._group is not None
    path = older._group._member.path
    with path.open("r+b") as file:
        file.seek(8)
        file.write(b"\1\0\0\0")
    for _ in range(3):
        assert stays.value("things_total", kind="a") is None
    assert stays.value("metrics_collector_errors_total", collector="member") == 1.0
    older.close()
    assert stays.value("things_total", kind="a") is None
    assert path.exists()
    stays.close()


def test_every_damaged_file_is_counted_however_many_there_are(tmp_path: Path) -> None:
    stays = join(tmp_path)
    for number in range(300):
        (tmp_path / f"member-{number}.metrics").write_bytes(b"not metrics")
        if number % 100 == 0:
            stays.render()
    for _ in range(3):
        assert stays.value("metrics_collector_errors_total", collector="member") == 300.0
    stays.close()


def test_a_damaged_file_that_comes_again_is_counted_again(tmp_path: Path) -> None:
    stays, path = join(tmp_path), tmp_path / "member-0.metrics"
    for count in (1.0, 2.0):
        path.write_bytes(b"not metrics")
        for _ in range(2):
            assert stays.value("metrics_collector_errors_total", collector="member") == count
        path.unlink()
        stays.render()
    stays.close()


def test_a_member_whose_own_file_is_cut_goes_on_in_another(tmp_path: Path) -> None:
    member, other = join(tmp_path), join(tmp_path)
    for number in range(2_000):
        member.counter(COUNT).labels(str(number)).inc()
    assert member._group is not None
    path = member._group._member.path
    os.truncate(path, 64 * 1024)
    member.keep_place()
    assert not path.exists()
    for number in range(2_000):
        member.counter(COUNT).labels(str(number)).inc()
    for one in (member, other):
        assert one.value("things_total", kind="0") == 2.0
        assert one.value("things_total", kind="1999") == 1.0
    assert member.value("metrics_collector_errors_total", collector="directory") == 1.0
    for one in (member, other):
        one.close()


@pytest.mark.parametrize("lives", [True, False])
def test_a_file_that_is_cut_between_two_scrapes_ends_nobody_who_reads_it(
    tmp_path: Path, lives: bool
) -> None:
    reader, cut = join(tmp_path), join(tmp_path)
    for number in range(2_000):
        cut.counter(COUNT).labels(str(number)).inc()
    assert reader.value("things_total", kind="1999") == 1.0
    assert cut._group is not None
    path = cut._group._member.path
    if not lives:
        cut.close()
    os.truncate(path, 0)
    for _ in range(2):
        assert b"things_total{" not in reader.render()
    assert (reader.value("metrics_collector_errors_total", collector="member") or 0.0) >= 1.0
    reader.close()
    if lives:
        os.truncate(path, 1 << 20)  # as long as it was, so that the member can leave
        cut.close()


def test_a_draft_is_never_taken_for_one_that_a_crash_has_left(tmp_path: Path) -> None:
    """Another member joins, and clears up, between the making of a draft and the lock on it."""
    program = """
import os, sys
from pathlib import Path
from asset_forge.observability.metrics import CounterDeclaration, Registry

count = CounterDeclaration("things_total", "Things.")
directory = Path(sys.argv[1])
folds, joins, dead = (Registry([count], directory=directory) for _ in range(3))
dead.counter(count).labels().inc(5)
dead.close()
joins._group._member.path.unlink()
drafts = []

def meanwhile(event, arguments):
    if event == "fcntl.flock" and not drafts:
        path = Path(f"/proc/self/fd/{arguments[0]}").readlink()
        if path.suffix == ".tmp":
            drafts.append(path)
            joins.keep_place()

sys.addaudithook(meanwhile)
assert folds.value("things_total") == 5.0
print(len(drafts), *sorted(path.name.partition("-")[0] for path in directory.iterdir()))
"""
    result = subprocess.run(
        [sys.executable, "-c", program, tmp_path], capture_output=True, text=True, check=True
    )
    assert result.stdout == "1 folded.metrics group.lock member\n", result.stderr
