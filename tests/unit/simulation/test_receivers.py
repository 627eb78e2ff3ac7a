"""The stand-ins refuse what PagerDuty, Slack and the heartbeat service would refuse."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from asset_forge.simulation.receivers import (
    ROUTING_KEY,
    Message,
    Receivers,
    heartbeat_faults,
    pagerduty_faults,
    slack_faults,
)

TRIGGER: dict[str, Any] = {
    "routing_key": ROUTING_KEY,
    "event_action": "trigger",
    "dedup_key": "k",
    "payload": {"summary": "s", "source": "x", "severity": "critical"},
}
POST: dict[str, Any] = {
    "channel": "#a",
    "attachments": [
        {"title": "FIRING (1) a", "text": "A (firing): a\nB (resolved): b", "fallback": "f"}
    ],
}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"routing_key": "another"}, "routing_key"),
        ({"event_action": "open"}, "event_action 'open'"),
        ({"dedup_key": ""}, "dedup_key"),
        ({"dedup_key": "k" * 256}, "dedup_key"),
        ({"payload": None}, "payload: is needed"),
        ({"payload": {"summary": "", "source": "x", "severity": "info"}}, "payload.summary"),
        ({"payload": {"summary": "s" * 1025, "source": "x", "severity": "info"}}, "summary"),
        ({"payload": {"summary": "s", "source": "", "severity": "info"}}, "payload.source"),
        ({"payload": {"summary": "s", "source": "x", "severity": "bad"}}, "payload.severity"),
        ({"links": [{"href": "nowhere", "text": "t"}]}, "href 'nowhere' is no URL"),
        ({"more": 1}, "'more' is unknown"),
    ],
)
def test_an_event_that_pagerduty_would_refuse_is_named(changes: dict[str, Any], said: str) -> None:
    assert any(said in fault for fault in pagerduty_faults(TRIGGER | changes))


def test_an_event_as_pagerduty_documents_it_is_taken() -> None:
    assert pagerduty_faults(TRIGGER) == []
    assert pagerduty_faults(TRIGGER | {"event_action": "resolve", "payload": {}}) == []


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ([], "no object"),
        ({}, "no_text"),
        ({"attachments": {}}, "invalid_attachments"),
        ({"attachments": [{"title": "t", "text": " ", "fallback": "f"}]}, "text is empty"),
        (POST | {"channel": "general"}, "channel_not_found"),
        ({"attachments": [POST["attachments"][0] | {"titel": "t"}]}, "titel is unknown"),
    ],
)
def test_a_message_that_slack_would_not_show_is_named(message: object, said: str) -> None:
    assert any(said in fault for fault in slack_faults(message))


def test_a_message_as_slack_documents_it_is_taken() -> None:
    assert slack_faults(POST) == []


def test_a_beat_is_alertmanagers_webhook() -> None:
    beat = {"version": "4", "status": "firing", "alerts": [{}]}
    assert heartbeat_faults(beat) == []
    assert len(heartbeat_faults({"version": "3", "status": "on", "alerts": []})) == 3


def test_a_message_names_its_alerts_by_state() -> None:
    message = Message(0.0, "slack", POST)
    assert (message.alerts(), message.alerts("resolved")) == ({"A"}, {"B"})
    assert not message.resolved
    assert message.title == "FIRING (1) a"


def test_what_is_refused_is_answered_with_the_reasons_and_kept_apart() -> None:
    told: list[Message] = []
    with Receivers(told.append).running() as receivers, httpx.Client(trust_env=False) as client:
        taken = client.post(f"{receivers.url}/pagerduty", json=TRIGGER)
        assert (taken.status_code, taken.json()["dedup_key"]) == (202, "k")
        refused = client.post(f"{receivers.url}/pagerduty", json=TRIGGER | {"dedup_key": ""})
        assert refused.status_code == 400
        assert "dedup_key" in refused.text
        assert client.post(f"{receivers.url}/slack", content=b"{").status_code == 400
        assert client.post(f"{receivers.url}/slack", json=POST).text == "ok"
        assert client.post(f"{receivers.url}/elsewhere", json=POST).status_code == 404
        assert [one.service for one in receivers.messages()] == ["pagerduty", "slack"]
        assert [service for service, _ in receivers.refused] == ["pagerduty", "slack"]
    assert [json.dumps(one.body) for one in told] == [json.dumps(TRIGGER), json.dumps(POST)]
