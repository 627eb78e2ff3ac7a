"""The real server on a volume of its own that becomes full: it says so, and goes on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.served import Server, serving, stored_for, until
from tests.system.held_work import held
from tests.system.namespaces import serve_after

VOLUME = 64 << 20
RESERVE = 8 << 20
BIG: dict[str, Any] = {"durationSeconds": 60}  # five megabytes of music


class Volume:
    """The server's volume, seen through its mount namespace."""

    def __init__(self, server: Server, place: Path) -> None:
        self.server = server
        self.root = Path(f"/proc/{server.process.pid}/root{place}")

    def fill(self, leaving: int) -> None:
        """Take all bytes but so many."""
        usage = os.statvfs(self.root)
        with (self.root / "ballast").open("ab") as file:
            wanted = usage.f_bavail * usage.f_frsize - leaving
            try:
                for _ in range(0, wanted, 65_536):
                    file.write(bytes(65_536))
                    file.flush()
            except OSError:
                pass  # not one block is left, which is what was asked for

    def free(self) -> None:
        (self.root / "ballast").unlink(missing_ok=True)

    def files(self) -> list[str]:
        """List all that is stored, half-written files included."""
        places = (self.root / "objects", self.root / "tmp")
        return sorted(p.name for place in places for p in place.rglob("*") if p.is_file())


@pytest.fixture(scope="module")
def started(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Volume]:
    home = tmp_path_factory.mktemp("full")
    place = home / "volume"
    place.mkdir()
    with serving(request.config, home) as serve:
        variables = {"VOLUME_RESERVE_BYTES": str(RESERVE), "JOB_CONCURRENCY": "1"}
        command = serve_after(f"mount -t tmpfs -o size={VOLUME} tmpfs '{place}'")
        yield Volume(serve(variables, data_dir=place, command=command), place)


@pytest.fixture
def volume(started: Volume) -> Iterator[Volume]:
    yield started
    started.free()


def upload(server: Server, size: int) -> httpx.Response:
    files = {"file": ("a.bin", bytes(size), "application/octet-stream")}
    return server.request("POST", "/api/assets", files=files, data={"type": "prop"})


def assets(server: Server) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = server.get("/api/assets?limit=100")["items"]
    return items


def assert_it_answers(server: Server) -> None:
    for path in ("/api/health/live", "/api/health/ready", "/api/assets", "/metrics"):
        assert server.request("GET", path).status_code == 200, path


def test_a_job_ends_as_storage_full_and_leaves_nothing(volume: Volume) -> None:
    server = volume.server
    files, records, before = volume.files(), assets(server), server.scrape()
    with held(server):
        job_id = server.submit("music", options=BIG)
        until("it makes music", lambda: server.job(job_id)["stage"] == "generate")
        volume.fill(leaving=RESERVE + (1 << 20))
    ended = server.ended(job_id)
    assert (ended["status"], ended["error"]["type"]) == ("failed", "storage_full")
    assert ended["assetId"] is None
    assert (volume.files(), assets(server)) == (files, records)
    moved = server.scrape()
    labels = {"type": "music", "error_type": "storage_full"}
    name = "asset_generation_errors_total"
    assert moved.value(name, **labels) - before.value(name, **labels) == 1
    assert_it_answers(server)
    volume.free()
    assert server.ended(server.submit("music", options=BIG))["status"] == "succeeded"


def test_an_upload_is_refused_with_507_and_leaves_nothing(volume: Volume) -> None:
    server = volume.server
    volume.fill(leaving=RESERVE + (1 << 20))
    files, records, before = volume.files(), assets(server), server.scrape()
    refused = upload(server, 3 << 20)
    assert refused.status_code == 507, refused.text
    assert refused.headers["content-type"] == "application/problem+json"
    assert "VOLUME_RESERVE_BYTES" in refused.json()["detail"]
    assert str(volume.server.data_dir) not in refused.text
    assert (volume.files(), assets(server)) == (files, records)
    uploads = server.scrape().total("file_uploads_total")
    assert uploads == before.total("file_uploads_total")
    assert_it_answers(server)
    volume.free()
    assert upload(server, 3 << 20).status_code == 201


def test_a_volume_without_one_free_byte_stops_nothing_but_writing(volume: Volume) -> None:
    server = volume.server
    kept = upload(server, 100_000).json()
    with held(server):
        waiting = server.submit("music", options=BIG)
        until("it makes music", lambda: server.job(waiting)["stage"] == "generate")
        volume.fill(leaving=0)
    assert upload(server, 100_000).status_code in (503, 507)
    # A new job is either refused clearly or accepted for good; it is never half there.
    body = {"name": "a", "type": "sound_effect", "prompt": "a", "options": {"durationSeconds": 0.1}}
    answer = server.request("POST", "/api/generation", json=body)
    assert answer.status_code in (202, 503, 507), answer.text
    assert server.request("GET", f"/api/assets/{kept['id']}/file").content == bytes(100_000)
    assert server.request("GET", "/api/health/live").status_code == 200
    deep = server.request("GET", "/api/health/deep").json()
    assert "disk" in deep["checks"]
    assert server.scrape().families
    volume.free()
    for job_id in [waiting, *([answer.json()["id"]] if answer.status_code == 202 else [])]:
        ended = server.ended(job_id)
        assert ended["status"] == "succeeded" or ended["error"]["type"] == "storage_full"
    assert upload(server, 100_000).status_code == 201
    holders = sorted(asset["generationId"] or asset["id"] for asset in assets(server))
    assert sorted(stored_for(volume.root / "objects")) == holders
