"""Memory is that of the container where its limit is tighter than the machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asset_forge.observability.health import Status
from asset_forge.observability.health.checks import (
    CgroupMemory,
    MemoryUse,
    UsedPercent,
    cgroup_memory,
    system_memory,
)

GIB = 1 << 30


def _write(directory: Path, **files: str) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (directory / name.replace("__", ".")).write_text(text)


def _v2(directory: Path, limit: str, used: int, inactive: int = 0) -> None:
    _write(
        directory,
        memory__max=f"{limit}\n",
        memory__current=f"{used}\n",
        memory__stat=f"anon 1\ninactive_file {inactive}\nslab 2\n",
    )


def _membership(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "membership"
    path.write_text(text)
    return path


def test_version_2_gives_the_limit_and_the_working_set(tmp_path: Path) -> None:
    _v2(tmp_path / "cg", str(2 * GIB), used=GIB, inactive=GIB // 4)
    found = cgroup_memory(tmp_path / "cg", _membership(tmp_path, "0::/\n"))
    assert found == CgroupMemory(limit_bytes=2 * GIB, used_bytes=GIB * 3 // 4)


def test_the_limit_that_leaves_least_of_all_groups_above_counts(tmp_path: Path) -> None:
    _v2(tmp_path / "cg", "max", used=50 * GIB)
    _v2(tmp_path / "cg/pods", str(4 * GIB), used=3 * GIB)
    _v2(tmp_path / "cg/pods/one", str(2 * GIB), used=GIB // 2)
    found = cgroup_memory(tmp_path / "cg", _membership(tmp_path, "0::/pods/one\n"))
    assert found == CgroupMemory(limit_bytes=4 * GIB, used_bytes=3 * GIB)


def test_version_1_is_read_from_its_memory_hierarchy(tmp_path: Path) -> None:
    _write(
        tmp_path / "cg/memory/docker/x",
        memory__limit_in_bytes=f"{GIB}\n",
        memory__usage_in_bytes=f"{GIB // 2}\n",
        memory__stat=f"inactive_file 1\ntotal_inactive_file {GIB // 4}\n",
    )
    text = "5:cpu,cpuacct:/docker/x\n4:memory:/docker/x\n1:name=systemd:/\n"
    found = cgroup_memory(tmp_path / "cg", _membership(tmp_path, text))
    assert found == CgroupMemory(limit_bytes=GIB, used_bytes=GIB // 4)


def test_in_a_container_the_mount_itself_is_the_group(tmp_path: Path) -> None:
    _v2(tmp_path / "cg", str(GIB), used=0)
    text = "0::/kubepods/burstable/pod1/abc\n"
    found = cgroup_memory(tmp_path / "cg", _membership(tmp_path, text))
    assert found == CgroupMemory(limit_bytes=GIB, used_bytes=0)


@pytest.mark.parametrize("text", ["", "0::/\n", "nonsense", "4:memory:/../../x\n"])
def test_without_a_limit_there_is_no_group(tmp_path: Path, text: str) -> None:
    _v2(tmp_path / "cg", "max", used=GIB)
    assert cgroup_memory(tmp_path / "cg", _membership(tmp_path, text)) is None


def test_without_control_groups_there_is_no_group(tmp_path: Path) -> None:
    assert cgroup_memory(tmp_path / "none", tmp_path / "missing") is None


@given(st.text())
def test_no_text_of_the_membership_file_breaks_the_reading(text: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        (root / "membership").write_text(text, errors="replace")
        assert cgroup_memory(root / "cg", root / "membership") is None


def _system(host: MemoryUse, group: CgroupMemory | None) -> MemoryUse:
    return system_memory(host=lambda: host, container=lambda: group)


def test_a_machine_without_limit_is_taken_as_it_is() -> None:
    host = MemoryUse(8 * GIB, 3 * GIB)
    assert _system(host, None) == host
    assert _system(host, CgroupMemory(1 << 62, GIB)) == host


def test_a_container_is_full_when_its_limit_is_near_however_large_the_machine_is() -> None:
    found = _system(MemoryUse(64 * GIB, 60 * GIB), CgroupMemory(GIB, GIB - GIB // 64))
    assert found == MemoryUse(GIB, GIB // 64)


def test_a_container_cannot_have_more_than_the_machine_has_left() -> None:
    assert _system(MemoryUse(8 * GIB, GIB), CgroupMemory(4 * GIB, GIB)).free_bytes == GIB


@given(st.integers(0, 1 << 50), st.integers(1, 1 << 50), st.integers(1, 1 << 50))
def test_free_never_exceeds_the_total_nor_falls_below_zero(
    used: int, limit: int, total: int
) -> None:
    found = _system(MemoryUse(total, total // 2), CgroupMemory(limit, used))
    assert 0 <= found.free_bytes <= found.total_bytes <= total


@pytest.mark.parametrize(
    ("used", "expected"),
    [
        (0, Status.HEALTHY),
        (79.9, Status.HEALTHY),
        (80, Status.DEGRADED),
        (94.9, Status.DEGRADED),
        (95, Status.UNHEALTHY),
        (100, Status.UNHEALTHY),
    ],
)
def test_a_share_is_judged_from_its_threshold_on(used: float, expected: Status) -> None:
    assert UsedPercent(degraded=80, unhealthy=95).judge(used) is expected


@pytest.mark.parametrize(("degraded", "unhealthy"), [(0, 95), (95, 80), (80, 80), (80, 101)])
def test_thresholds_that_cannot_be_told_apart_are_refused(
    degraded: float, unhealthy: float
) -> None:
    with pytest.raises(ValueError, match="0 < degraded < unhealthy <= 100 percent"):
        UsedPercent(degraded=degraded, unhealthy=unhealthy)
