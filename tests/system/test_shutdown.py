"""SIGTERM to the real server under load, with a job at work: in order, and nothing is lost."""

from __future__ import annotations

import asyncio
import math
import signal
import time
from datetime import UTC, datetime
from typing import Any

import httpx
from tests.served import Server, ServerFactory, until

from asset_forge.simulation.providers import SimulatedProviders, environment, running_in_thread

LINGER_SECONDS = 10.0
BALANCER_SECONDS = 2.0
"""What a load balancer needs to act on a readiness that it has read."""
GRACE_SECONDS = 40.0
EXIT_SECONDS = 10.0
SPACING_SECONDS = 0.02  # fifty requests a second
BEFORE = 100
MUSIC: dict[str, Any] = {"durationSeconds": 120}


class Traffic:
    """Fifty requests a second, as long as readiness says that they may come, and a while longer.

    Nine of ten read, one asks for an asset.
    """

    def __init__(self, server: Server) -> None:
        self.server = server
        self.results: list[int | str] = []
        self.jobs: list[str] = []
        self.ready: list[int] = []

    async def run(self) -> None:
        # A connection that idles for as long as the server keeps it may close under a request.
        limits = httpx.Limits(max_connections=100, keepalive_expiry=1)
        async with (
            httpx.AsyncClient(
                base_url=self.server.url, trust_env=False, limits=limits, timeout=60
            ) as client,
            asyncio.timeout(120),
            asyncio.TaskGroup() as tasks,
        ):
            number, until_then = 0, math.inf
            while time.monotonic() < until_then:
                tasks.create_task(self._one(client, number))
                number += 1
                if number == BEFORE:
                    self.server.process.send_signal(signal.SIGTERM)
                if number >= BEFORE:
                    self.ready.append((await client.get("/api/health/ready")).status_code)
                    if self.ready[-1] == 503:
                        until_then = min(until_then, time.monotonic() + BALANCER_SECONDS)
                await asyncio.sleep(SPACING_SECONDS)
            assert (await client.get("/api/health/live")).status_code == 200

    async def _one(self, client: httpx.AsyncClient, number: int) -> None:
        try:
            if number % 10:
                path = "/api/assets" if number % 2 else "/api/generation?limit=5"
                answer = await client.get(path)
            else:
                body = {"name": "door", "type": "sound_effect", "prompt": f"door {number}"}
                options = {"options": {"durationSeconds": 0.1}}
                answer = await client.post("/api/generation", json=body | options)
                self.jobs.append(answer.json()["id"])
            self.results.append(answer.status_code)
        except httpx.HTTPError as error:
            self.results.append(repr(error))


def test_sigterm_under_load_fails_no_request_and_ends_the_job(serve: ServerFactory) -> None:
    server = serve(draining(GRACE_SECONDS))
    music = server.submit("music", options=MUSIC)
    traffic = stopped_under_load(server, music, GRACE_SECONDS)
    assert not interrupted(server, [music, *traffic.jobs])


def test_a_job_that_outlasts_the_grace_is_the_next_process_s(serve: ServerFactory) -> None:
    vendors = SimulatedProviders(speed=0.25, seed=11)  # its preview alone takes over 12 seconds
    with running_in_thread(vendors) as url:
        server = serve(draining(1.0) | environment(url) | {"PROMPT_EXPANSION": "off"})
        weapon = server.submit("weapon", provider="meshy")
        traffic = stopped_under_load(server, weapon, 1.0)
        vendors.speed = 50
        taken = interrupted(server, [weapon, *traffic.jobs])
        assert weapon in taken
        assert len(taken) <= 2, "more than the one free job that was at work as the grace ended"
        sent = vendors.journal.requests("meshy", endpoint="text-to-3d", method="POST")
        assert len(sent) == 2, "one preview and one refinement, whoever asked for them"


def draining(grace: float) -> dict[str, str]:
    return {
        "DRAIN_SECONDS": str(LINGER_SECONDS),
        "GRACE_SECONDS": str(grace),
        "JOB_CONCURRENCY": "1",
    }


def stopped_under_load(server: Server, job: str, grace: float) -> Traffic:
    """End the server under traffic while a job is at work: in time, in order, with no request
    lost."""
    until("the job is at work", lambda: server.job(job)["stage"] == "generate")
    traffic = Traffic(server)
    asyncio.run(traffic.run())
    # A second signal would end it with another code: it has ended by the first, in time.
    assert server.wait(LINGER_SECONDS + grace + EXIT_SECONDS) == 0
    assert set(traffic.results) <= {200, 202}, traffic.results
    assert len(traffic.results) > BEFORE
    assert traffic.ready[-1] == 503
    assert sorted(traffic.ready) == traffic.ready, "readiness came back"
    assert "Traceback" not in server.output()
    return traffic


def interrupted(server: Server, jobs: list[str]) -> list[str]:
    """Start the server again, see that every job succeeds, and name those that it took over."""
    restarted = datetime.now(UTC).isoformat(timespec="milliseconds")
    server.start()
    ended = [server.ended(job) for job in jobs]
    assert {job["status"] for job in ended} == {"succeeded"}
    return [job["id"] for job in ended if job["startedAt"] < restarted < job["finishedAt"]]
