"""The drills of a session: played side by side, since each waits for most of its time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import NoReturn

import pytest
from tests.drills.calm import Calm, spend
from tests.drills.plays import PLAYS
from tests.drills.stage import Play, Report, perform

from asset_forge.simulation.rehearsal import check_possible
from asset_forge.simulation.stack import Preparation, programs_found

SIDE_BY_SIDE = 2
"""How many plays with users run at once, beside one without."""


class Drills:
    """Plays what is asked for, beginning with all of it at the first question."""

    def __init__(self, home: Path, programs: tuple[str, str], wanted: list[Play]) -> None:
        self._home = home
        self._programs = programs
        self._wanted = wanted
        self._busy = ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="drill")
        self._quiet = ThreadPoolExecutor(1, thread_name_prefix="quiet-drill")
        self._futures: dict[str, Future[Report]] = {}

    def report(self, play: Play) -> Report:
        """Wait until a play is over; raise what was wrong in it."""
        if not self._futures:
            for one in self._wanted:
                home = self._home / one.name.replace(" ", "-")
                home.mkdir()
                pool = self._quiet if one.pace is None else self._busy
                self._futures[one.name] = pool.submit(perform, one, home, self._programs)
        return self._futures[play.name].result()

    def close(self) -> None:
        """End what has not begun, and wait for the rest."""
        for pool in (self._busy, self._quiet):
            pool.shutdown(cancel_futures=True)


@pytest.fixture(scope="session")
def programs() -> tuple[str, str]:
    """Prometheus and Alertmanager; without them skip, or fail where `CI=true`."""
    found = programs_found()
    if found is None:
        _missing("Debian: apt-get install prometheus prometheus-alertmanager")
    return found


def _missing(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def drills(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    programs: tuple[str, str],
) -> Iterator[Drills]:
    """The drills that the selected tests ask for; a test that names none asks for all."""
    try:
        check_possible(Preparation(mounts=("true",)))
    except Exception as error:
        _missing(str(error))
    wanted: set[str] = set()
    for item in request.session.items:
        if "drills" in getattr(item, "fixturenames", ()):
            callspec = getattr(item, "callspec", None)
            play = callspec.params.get("play") if callspec is not None else None
            wanted |= {play.name} if isinstance(play, Play) else {one.name for one in PLAYS}
    found = Drills(
        tmp_path_factory.mktemp("drills"),
        programs,
        [play for play in PLAYS if play.name in wanted],
    )
    yield found
    found.close()


@pytest.fixture(scope="session")
def calm(tmp_path_factory: pytest.TempPathFactory, programs: tuple[str, str]) -> Calm:
    """A run of the demo's traffic with nothing wrong, and alone on the machine."""
    return spend(tmp_path_factory.mktemp("calm"), programs)
