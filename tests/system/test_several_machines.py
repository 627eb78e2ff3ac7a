"""Two API processes and three workers on one Postgres: 300 jobs, kills, and a Postgres restart."""

from __future__ import annotations

import math
import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from tests.served import stored_for, until
from tests.system.fleets import LIMITS, Fleet

JOBS = 300
KILLS = 5
CLIENTS = 4
ENDED_SECONDS = 300.0
KINDS = ("prop", "weapon", "dialogue", "voice", "sound_effect", "texture")
Jobs = dict[str, dict[str, Any]]


def test_each_of_300_jobs_ends_once_whatever_dies(
    fleet: Fleet, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")  # shown when the test fails
    chance = random.Random(seed)
    began = time.time()
    ids = _submitted_while_an_api_process_dies(fleet, chance)
    away = 0.0
    so_far = _ended(fleet)
    for step in range(KILLS):
        reached = so_far + (JOBS - so_far) * (step + 1) // (KILLS + 2)
        until(f"{reached} jobs have ended", lambda n=reached: _ended(fleet) >= n, ENDED_SECONDS)
        fleet.kill(chance.choice(until("a worker is at work", fleet.busy_workers)))
        if step == KILLS // 2:
            away = time.time()
            fleet.postgres.stop(immediate=True)
            fleet.postgres.start()
    until("all jobs have ended", lambda: _ended(fleet) == JOBS, ENDED_SECONDS)
    finished = time.time()

    jobs: Jobs = {job["id"]: job for job in fleet.listed("/api/generation")}
    _assert_ended_once(fleet, jobs, ids)
    _assert_asked_once(fleet, jobs)
    _assert_limits_held(fleet)
    _assert_counted(fleet, jobs)
    with capsys.disabled():
        print(f"\n{JOBS} jobs ended in {finished - began:.0f} s")
        print(_recoveries(fleet, jobs, away))


def _submitted_while_an_api_process_dies(fleet: Fleet, chance: random.Random) -> list[str]:
    """Submit all jobs, as four clients that go to the other API process when theirs is gone."""
    dying = chance.choice(fleet.apis)
    accepted = threading.Semaphore(0)

    def submit(number: int) -> str:
        job = fleet.submit(number, KINDS[number % len(KINDS)], f"thing number {number}")
        accepted.release()
        return job

    with ThreadPoolExecutor(CLIENTS) as clients:
        asked = [clients.submit(submit, number) for number in range(JOBS)]
        for _ in range(JOBS // 3):
            assert accepted.acquire(timeout=ENDED_SECONDS)
        dying.kill()
        dying.start()
        return [future.result() for future in asked]


def _ended(fleet: Fleet) -> int:
    """Count the rows that have ended, which no metric and no kill can get wrong."""
    query = "SELECT count(*) FROM generations WHERE finished_at IS NOT NULL"
    return int(fleet.rows(query)[0][0])


def _assert_ended_once(fleet: Fleet, jobs: Jobs, ids: list[str]) -> None:
    assert len(ids) == len(set(ids)) == JOBS
    assert set(jobs) == set(ids)
    failed = {id_: job for id_, job in jobs.items() if job["status"] != "succeeded"}
    for job in failed.values():
        assert (job["status"], job["error"]["type"]) == ("failed", "outcome_unknown"), job
    held = {id_ for kill in fleet.kills for id_ in kill.jobs}
    unexplained = [job for id_, job in failed.items() if id_ not in held]
    assert unexplained == [], "a job failed whose process was not killed"
    made = set(ids) - set(failed)
    owners = Counter(asset["generationId"] for asset in fleet.listed("/api/assets"))
    assert owners == Counter(made)
    stored = until("only files of assets are left", lambda: _files_of(fleet, len(made)), 60)
    assert Counter(stored) == Counter(made)


def _files_of(fleet: Fleet, expected: int) -> list[str] | None:
    files = stored_for(fleet.objects)
    return files if len(files) == expected else None


def _assert_asked_once(fleet: Fleet, jobs: Jobs) -> None:
    """Hold the paid requests that arrived against the claims: one each, and none without."""
    posts = fleet.providers.journal.requests(method="POST")
    claims = Counter(post.claim for post in posts)
    assert None not in claims
    assert [claim for claim, times in claims.items() if times > 1] == []
    asked = {str(claim).partition(".")[0] for claim in claims}
    assert asked <= set(jobs)
    assert {id_ for id_, job in jobs.items() if job["status"] == "succeeded"} <= asked


def _assert_limits_held(fleet: Fleet) -> None:
    assert fleet.providers.meshy.most_at_once <= LIMITS["meshy"]
    for provider in ("openai", "anthropic", "elevenlabs"):
        assert fleet.providers.journal.most_at_once(provider) <= LIMITS[provider], provider


def _assert_counted(fleet: Fleet, jobs: Jobs) -> None:
    """Compare counters with the truth: short by one increment a kill at most, never above."""
    status = {"succeeded": "success", "failed": "failure"}
    ends = Counter((job["type"], status[job["status"]]) for job in jobs.values())
    kills = len(fleet.kills)
    # A worker counts an end just after its commit, which the database tells of before.
    name = "asset_generations_total"
    until("ends are counted", lambda: fleet.total(name) >= JOBS - kills, 60)
    scrapes = [api.scrape() for api in fleet.apis]

    def short(true: float, name: str, **labels: str) -> float:
        counted = sum(scrape.total(name, **labels) for scrape in scrapes)
        assert counted <= true, f"{name}{labels}: {counted} counted of {true}"
        return true - counted

    missed = [
        short(ends[type_, end], "asset_generations_total", type=type_, status=end)
        for type_ in KINDS
        for end in status.values()
    ]
    assert sum(missed) <= kills, missed
    assert short(JOBS, "asset_generations_total") == sum(missed), "another type or end is counted"
    assert short(JOBS, "asset_generation_duration_seconds_count") <= kills
    failed = sum(job["status"] == "failed" for job in jobs.values())
    assert short(failed, "asset_generation_errors_total", error_type="outcome_unknown") <= kills
    asked = short(JOBS, "user_actions_total", action="create", resource_type="generation")
    assert asked <= len(fleet.cut_off) <= CLIENTS, "more is missing than was being answered"
    _assert_costs_counted(fleet)
    for gauge in ("generations_in_progress", "generation_queue_depth"):
        until(f"{gauge} is 0", lambda name=gauge: fleet.total(name) == 0, 60)


def _assert_costs_counted(fleet: Fleet) -> None:
    """Hold the counted costs against the database's: a kill may hide the price of one request."""
    paid = fleet.rows(
        "SELECT provider, sum(micro_usd) / 1e6, (SELECT count(*) FROM provider_claims c"
        " WHERE c.provider = s.provider AND finished_at IS NOT NULL) FROM ai_spend s"
        " GROUP BY provider"  # which has a row for each day
    )
    assert {provider for provider, _, _ in paid} == set(LIMITS)
    missed = 0
    for provider, usd, requests in paid:
        hidden = float(usd) - fleet.total("ai_cost_usd_total", provider=provider)
        dearest = 2 * float(usd) / requests  # no request costs more than twice the mean
        assert hidden >= -1e-6 * requests, f"{provider}: more is counted than was paid"
        missed += math.ceil(hidden / dearest - 0.01)
    assert missed <= len(fleet.kills)


def _recoveries(fleet: Fleet, jobs: Jobs, away: float) -> str:
    """Say of each kill when it was noticed, and when the last job that it hit had ended."""
    noticed = fleet.taken_over()
    ends = {id_: datetime.fromisoformat(job["finishedAt"]).timestamp() for id_, job in jobs.items()}
    begin = fleet.kills[0].at
    lines = ["what              at  noticed after  jobs held  all ended after"]
    for kill in fleet.kills:
        told = noticed.get(kill.executor or "")
        after = f"{told - kill.at:.1f} s" if told else "-"
        last = max((ends[id_] - kill.at for id_ in kill.jobs), default=0.0)
        at, held = kill.at - begin, len(kill.jobs)
        lines.append(f"worker killed {at:6.1f} s {after:>12} {held:10d} {last:14.1f} s")
    again = min((end for end in ends.values() if end > away), default=away)
    lines.append(
        f"Postgres away {away - begin:6.1f} s   the first job ended after {again - away:.1f} s"
    )
    return "\n".join(lines)
