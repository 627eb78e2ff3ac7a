"""The worker is frozen where it holds no lock of SQLite's, which the service would wait for."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from asset_forge.simulation.faults import FAULTS
from asset_forge.simulation.programs import NotWithin


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Any]:
    """What the fault sees of a stack: a process as the worker, and its two databases."""
    for name in ("asset-forge.db", "jobs.db"):
        with contextlib.closing(sqlite3.connect(tmp_path / name)) as made:
            made.execute("CREATE TABLE made (id)")
    worker = subprocess.Popen(["sleep", "600"], start_new_session=True)
    yield SimpleNamespace(database=tmp_path / "asset-forge.db", worker=worker)
    worker.kill()
    worker.wait(30)


@pytest.mark.parametrize("name", ["asset-forge.db", "jobs.db"])
def test_the_worker_is_frozen_once_it_holds_no_lock(stack: Any, name: str) -> None:
    file = stack.database.with_name(name)
    holder = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    released = threading.Event()

    def release() -> None:
        released.set()
        holder.execute("ROLLBACK")

    timer = threading.Timer(0.7, release)
    timer.start()
    FAULTS["worker-frozen"]().inject(stack)
    assert released.is_set()
    assert psutil.Process(stack.worker.pid).status() == psutil.STATUS_STOPPED
    timer.join()
    holder.close()


def test_a_lock_that_is_never_given_up_is_named(
    stack: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FAULTS["worker-frozen"], "_TRIES", 2)
    with contextlib.closing(sqlite3.connect(stack.database, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(NotWithin, match="the worker holds no lock"):
            FAULTS["worker-frozen"]().inject(stack)
    assert psutil.Process(stack.worker.pid).status() != psutil.STATUS_STOPPED
