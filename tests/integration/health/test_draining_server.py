"""A real uvicorn under load ends in order: readiness first, no failed request, exit code 0."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest


@pytest.mark.parametrize("workers", [0, 2])
async def test_sigterm_under_load_fails_no_request_and_ends_with_code_0(
    serve: Any, workers: int
) -> None:
    """Sends 50 requests a second until readiness turns, as a load balancer does."""
    # It lingers for longer than a busy machine stops this process between two requests.
    served = serve(linger_seconds=8.0, step_seconds=0.5, workers=workers)
    results: list[int | str] = []
    # A connection that is idle for long may be closed by the server as it is used again.
    limits = httpx.Limits(max_connections=100, keepalive_expiry=1)
    async with httpx.AsyncClient(
        base_url=served.url, trust_env=False, limits=limits, timeout=30
    ) as client:

        async def request() -> None:
            try:
                results.append((await client.get("/quick")).status_code)
            except httpx.HTTPError as error:
                results.append(repr(error))

        async with asyncio.TaskGroup() as tasks, asyncio.timeout(60):
            signalled, ready = False, 200
            while ready == 200:
                tasks.create_task(request())
                if len(results) >= 50 and not signalled:
                    served.process.send_signal(signal.SIGTERM)
                    signalled = True
                if signalled:
                    ready = (await client.get("/api/health/ready")).status_code
                await asyncio.sleep(0.02)
            # The balancer needs a while to act on it: requests over new connections still come.
            for _ in range(25):
                tasks.create_task(request())
                await asyncio.sleep(0.02)
        assert ready == 503
        assert (await client.get("/api/health/live")).status_code == 200
    await asyncio.to_thread(served.until, served.refuses)
    code = await asyncio.to_thread(served.end)
    assert set(results) == {200}
    assert len(results) > 75
    assert code == 0
    assert "lifespan-ended step_done=True" in served.out


@pytest.mark.parametrize("workers", [0, 2])
def test_a_request_that_runs_at_sigterm_finishes_while_new_ones_are_refused(
    serve: Any, tmp_path: Path, workers: int
) -> None:
    served = serve(linger_seconds=0.2, grace_seconds=60.0, workers=workers)
    answers: list[httpx.Response] = []
    url = f"{served.url}/slow"
    request = threading.Thread(
        target=lambda: answers.append(httpx.get(url, timeout=60, trust_env=False))
    )
    request.start()
    served.until(lambda: "slow-began" in served.out)
    served.process.send_signal(signal.SIGTERM)
    served.until(served.refuses)
    assert not answers
    (tmp_path / "finish").touch()
    request.join(timeout=60)
    assert [answer.text for answer in answers] == ["finished"]
    assert answers[0].headers["connection"] == "close"
    assert served.end() == 0


def test_a_step_that_runs_at_sigterm_finishes_before_the_lifespan_ends(serve: Any) -> None:
    served = serve(linger_seconds=0.0, step_seconds=1.5)
    served.process.send_signal(signal.SIGTERM)
    assert served.end() == 0
    assert served.out.index("step-finished") < served.out.index("lifespan-ended step_done=True")


def test_what_outlives_the_grace_period_is_cut_and_the_code_is_still_0(serve: Any) -> None:
    served = serve(linger_seconds=0.0, grace_seconds=1.0, step_seconds=60)
    began = time.monotonic()
    served.process.send_signal(signal.SIGTERM)
    assert served.end() == 0
    assert time.monotonic() - began < 30
    assert "lifespan-ended step_done=False" in served.out


@pytest.mark.parametrize(("first", "second"), [("SIGTERM", "SIGTERM"), ("SIGINT", "SIGINT")])
def test_a_second_signal_ends_the_process_at_once(serve: Any, first: str, second: str) -> None:
    served = serve(linger_seconds=600)
    served.process.send_signal(signal.Signals[first])
    served.until(lambda: served.code("ready") == 503)
    served.process.send_signal(signal.Signals[second])
    assert served.end() == 128 + signal.Signals[second]
    assert not [line for line in served.out if line.startswith("lifespan-ended")]


def test_an_interrupt_from_the_keyboard_drains_too(serve: Any) -> None:
    served = serve(linger_seconds=0.2)
    served.process.send_signal(signal.SIGINT)
    assert served.end() == 0
    assert served.logged("Traceback") == []


def test_a_thread_that_never_ends_cannot_hold_the_process(serve: Any) -> None:
    served = serve(linger_seconds=0.0, grace_seconds=1.0, exit_seconds=1.0)
    assert httpx.get(f"{served.url}/stray", trust_env=False).text == "strayed"
    served.process.send_signal(signal.SIGTERM)
    assert served.end() == 1
    assert served.logged("did not end within 2 s; its threads:")


def test_a_loop_that_is_blocked_for_good_cannot_hold_the_process(serve: Any) -> None:
    """One signal suffices, and the output says which line it was."""
    served = serve(linger_seconds=0.0, grace_seconds=1.0, exit_seconds=1.0)
    url = f"{served.url}/block?seconds=600"
    request = threading.Thread(target=_ask_in_vain, args=(url,))
    request.start()
    served.until(lambda: bool(served.logged("event loop blocked for")))
    served.process.send_signal(signal.SIGTERM)
    assert served.end() == 1
    request.join(timeout=30)
    assert "The process did not end within 2 s; its threads:" in [line for _, line in served.err]
    assert served.logged(", in _block")


@pytest.mark.parametrize(("times", "code"), [(1, 1), (2, 128 + signal.SIGTERM)])
def test_a_signal_that_another_thread_takes_does_not_wait_for_a_blocked_loop(
    serve: Any, times: int, code: int
) -> None:
    """Nothing interrupts the main thread then; the limit runs all the same, and a second one ends
    the process at once."""
    limit = 1.0 if times == 1 else 600.0
    served = serve(linger_seconds=0.0, grace_seconds=1.0, exit_seconds=limit)
    url = f"{served.url}/signal?times={times}&seconds=600"
    request = threading.Thread(target=_ask_in_vain, args=(url,))
    request.start()
    assert served.end() == code
    request.join(timeout=30)
    assert served.logged("did not end within") if times == 1 else not served.logged("did not end")


def test_a_signal_that_another_thread_takes_begins_an_orderly_end(serve: Any) -> None:
    served = serve(linger_seconds=0.0, step_seconds=0.5)
    answer = httpx.get(f"{served.url}/signal?times=1&seconds=0", timeout=60, trust_env=False)
    assert answer.text == "signalled"
    assert served.end() == 0
    assert "lifespan-ended step_done=True" in served.out


def _ask_in_vain(url: str) -> None:
    with pytest.raises(httpx.TransportError):
        httpx.get(url, timeout=60, trust_env=False)
