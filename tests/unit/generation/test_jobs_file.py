"""The file of the job engine, and the SQLite that it needs."""

from __future__ import annotations

import pytest

from asset_forge.generation.jobs_file import sqlite_is_too_old


@pytest.mark.parametrize(
    ("python", "sqlite", "too_old"),
    [
        ((3, 11, 7), (3, 40, 1), False),
        ((3, 12, 1), (3, 40, 1), True),
        ((3, 13, 0), (3, 41, 9), True),
        ((3, 12, 1), (3, 42, 0), False),
        ((3, 14, 0), (3, 50, 4), False),
    ],
)
def test_pythons_whose_sqlite_tells_no_fractions_of_seconds_are_refused(
    python: tuple[int, ...], sqlite: tuple[int, ...], too_old: bool
) -> None:
    assert sqlite_is_too_old(python, sqlite) is too_old
