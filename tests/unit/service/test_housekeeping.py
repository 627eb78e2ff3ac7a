"""What the service looks after now and then while it runs."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from asset_forge import application
from asset_forge.database.schema import migrate
from asset_forge.observability.siblings import Siblings
from asset_forge.settings import load_settings


async def test_others_can_ask_a_process_again_whose_directory_was_in_the_way_or_robbed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application, "_MAINTENANCE_SECONDS", 0.02)
    settings = load_settings({"ASSET_FORGE_DATA_DIR": str(tmp_path)})
    place = settings.effective_metrics_dir / "siblings"
    place.parent.mkdir(parents=True)
    place.write_bytes(b"in the way")
    migrate(settings.effective_database_url)
    service = application.Application(settings)
    service.telemetry.siblings.answer("here", lambda _: b"yes")
    async with service.working():
        place.unlink()
        await is_heard(place)
        for socket in place.iterdir():
            socket.unlink()
        await is_heard(place)


async def is_heard(place: Path) -> None:
    async with asyncio.timeout(120):
        while await asyncio.to_thread(heard, place) != [b"yes"]:
            await asyncio.sleep(0.02)


def heard(place: Path) -> list[bytes]:
    """What another process hears when it asks all others."""
    return Siblings(place).ask("here").said if place.is_dir() else []
