"""What has to be true of every message, and of every job."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import httpx

from asset_forge.monitoring import ALERTS, Options
from asset_forge.monitoring._prometheus import dashboard_url
from asset_forge.simulation.programs import NotWithin, until
from asset_forge.simulation.receivers import Message
from asset_forge.simulation.stack import Stack
from asset_forge.simulation.team import ACCOUNTS
from asset_forge.simulation.traffic import loopback_address

BY_NAME = {alert.name: alert for alert in ALERTS}
RUNBOOKS = Path(__file__).parents[2] / "docs" / "runbooks"
JOBS_SECONDS = 120.0
ENDED = ("succeeded", "failed", "cancelled")


TEMPLATED = re.compile(r"\{\{-?\s*(if|else|end|\$value|\$labels)?.*?\}\}")
FILLED_BY = {"if": "(?:", "else": "|", "end": ")", "$value": r"[+-]?\d\S*(?: \d\S*)*"}
"""What a template's action leaves behind; of a value a number, perhaps with units."""


def written(template: str) -> re.Pattern[str]:
    """Return the pattern of what Prometheus makes of a text, with a value and its labels in it."""
    pieces, end = "", 0
    for action in TEMPLATED.finditer(template):
        pieces += re.escape(template[end : action.start()])
        pieces += FILLED_BY.get(action[1], r"\S+")
        end = action.end()
    return re.compile(pieces + re.escape(template[end:]))


def check_links(message: Message, name: str) -> None:
    """A message says what was measured and what to do: value, runbook, dashboard."""
    assert written(BY_NAME[name].summary).search(message.text), message.text
    assert written(BY_NAME[name].description).search(message.text), message.text
    assert f"docs/runbooks/{name}.md" in message.text
    assert (RUNBOOKS / f"{name}.md").is_file()
    assert f"Dashboard: {dashboard_url(BY_NAME[name].board, Options())}\n" in message.text
    assert "{{" not in message.text
    if message.service == "pagerduty":
        payload = message.body["payload"]
        assert payload["class"] == str(BY_NAME[name].symptom)
        assert payload["component"] == "asset-forge"
        assert message.body["links"][0]["href"].startswith("http")
    else:
        [attachment] = message.body["attachments"]
        assert message.body["channel"] == "#asset-forge"
        assert attachment["title_link"].startswith("http")
        assert attachment["color"] == ("good" if message.resolved else "warning")


def all_jobs_end(stack: Stack, accepted: Sequence[str]) -> None:
    """No accepted job is lost: each is there, and comes to its end."""
    # From where the first user worked: whom an abuse of his login has not locked out.
    transport = httpx.HTTPTransport(local_address=loopback_address(0))
    with httpx.Client(
        base_url=stack.url, transport=transport, trust_env=False, timeout=30
    ) as client:
        body = {"login": ACCOUNTS[0].login, "password": ACCOUNTS[0].password}

        def login() -> str | None:
            answer = client.post("/api/auth/login", json=body)
            return answer.json()["token"] if answer.status_code == 200 else None

        token = until("the user signs in", login, 30)
        client.headers["authorization"] = f"Bearer {token}"
        left = set(accepted)

        def ended() -> bool:
            for job in sorted(left):
                answer = client.get(f"/api/generation/{job}")
                assert answer.status_code in (200, 503), answer.text
                if answer.status_code == 200 and answer.json()["status"] in ENDED:
                    left.discard(job)
            return not left

        try:
            until("every job ends", ended, JOBS_SECONDS)
        except NotWithin:
            raise AssertionError(f"of {len(accepted)} jobs these do not end: {left}") from None
