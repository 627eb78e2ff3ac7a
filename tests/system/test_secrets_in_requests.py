"""Secrets that clients send in headers, URLs and bodies show nowhere, also where requests fail."""

from __future__ import annotations

import json
import secrets
import sqlite3
import sys
from pathlib import Path
from typing import Any

from tests.served import Server, ServerFactory, until

SCRIPT = Path(__file__).with_name("planted_server.py")
TRACE_SAMPLED = "00-{}-00f067aa0ba902b7-01"
ROUNDS = 25


def ask_with_secrets(server: Server, number: int) -> list[str]:
    """Send requests that carry secrets wherever a client may put one; return the secrets."""
    planted = [secrets.token_urlsafe(24) for _ in range(10)]
    bearer, cookie, key, query, signed, user, body, path, failing, named = planted
    headers = {
        "traceparent": TRACE_SAMPLED.format(f"{number + 1:032x}"),
        "x-api-key": key,
        "referer": f"https://files.example/f?X-Amz-Signature={signed}",
        "user-agent": f"agent/1 password={user}",
    }
    with server.client(**headers) as client:
        client.get("/api/assets", headers={"authorization": f"Bearer {bearer}"})
        client.get("/api/assets", headers={"cookie": f"asset_forge_session={cookie}"})
        client.get("/api/assets", params={"access_token": query})
        client.post("/api/auth/login", json={"login": "ada", "password": body})
        client.get(f"/nothing/token={path}")
        client.get("/fail", params={"password": failing, "client_secret": named})
    return planted


def stored(server: Server) -> str:
    """Everything in the local store of errors, the log of what is not yet in its file included."""
    with sqlite3.connect(server.data_dir / "errors.db") as database:
        rows: list[Any] = database.execute("SELECT * FROM groups").fetchall()
        rows += database.execute("SELECT CAST(event AS TEXT) FROM events").fetchall()
    return repr(rows)


def test_secrets_of_clients_are_in_no_log_error_or_trace(serve: ServerFactory) -> None:
    server = serve(
        {"LOG_LEVEL": "trace", "OTEL_TRACES_SAMPLER": "always_on"},
        command=(sys.executable, str(SCRIPT)),
    )
    planted = [secret for number in range(ROUNDS) for secret in ask_with_secrets(server, number)]
    until("all failures are stored", lambda: captured(server) == ROUNDS)
    traces = [server.get(f"/api/traces/{number + 1:032x}") for number in range(ROUNDS)]
    shown = {
        "log": server.output(),
        "errors": stored(server),
        "shown errors": json.dumps(server.get("/api/errors")),
        "traces": json.dumps([traces, server.get("/api/traces?limit=100")]),
    }
    assert len(planted) == 10 * ROUNDS
    for name, text in shown.items():
        leaked = [
            text[max(0, at - 100) : at + 40] for one in planted if (at := text.find(one)) >= 0
        ]
        assert not leaked, f"{name} shows {len(leaked)}: {leaked[:5]}"
    assert all(sum("fail" in span["name"] or span["error"] is not None for span in one["spans"])
               for one in traces), "no failing span was looked at"  # fmt: skip


def captured(server: Server) -> int:
    return sum(group["count"] for group in server.get("/api/errors")["items"])
