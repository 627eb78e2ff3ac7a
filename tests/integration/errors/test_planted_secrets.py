"""A thousand secrets, made up at run time, are planted in all kinds of places: no sink shows any"""

from __future__ import annotations

import dataclasses
import json
import os
import secrets
import string
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import quote, urlencode

import msgspec
import structlog

from asset_forge.observability import context
from asset_forge.observability.errors import ErrorStore, ErrorTracker, SentrySink
from asset_forge.observability.logs import configure_logging
from asset_forge.observability.redaction import Redactor
from asset_forge.observability.tracing import (
    SpanData,
    SpanReader,
    TraceExporter,
    Tracer,
    TraceStore,
    span,
)

from .conftest import Family, LoopbackSentry

NAMES = [
    *(
        "password",
        "api_token",
        "apiKey",
        "xi-api-key",
        "X-API-KEY",
        "Authorization",
        "client_secret",
    ),
    *(
        "Set-Cookie",
        "cookie",
        "SENTRY_DSN",
        "private_key",
        "sessionId",
        "refreshToken",
        "db_password",
    ),
    *(
        "PASSWORD_HASH",
        "userPassword",
        "accessKeyId",
        "aws_secret_access_key",
        "proxy-authorization",
    ),
]
LETTERS = string.ascii_letters + string.digits


def random_text(length: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(length))


@dataclasses.dataclass
class Account:
    name: str
    api_token: str


class Login(msgspec.Struct):
    user: str
    password: str


class Handle:
    def __init__(self, secret: str) -> None:
        self.secret = secret

    def __repr__(self) -> str:
        return f"Handle(secret={self.secret!r})"


class Planter:
    """Makes secrets and remembers them."""

    def __init__(self) -> None:
        self.known = [random_text(24) + "/+&" for _ in range(20)]
        self.planted: list[str] = list(self.known)

    def new(self, prefix: str = "", length: int = 24) -> str:
        value = prefix + random_text(length)
        self.planted.append(value)
        return value

    def values(self) -> list[object]:
        """One value of each kind of place."""
        new = self.new
        name = secrets.choice(NAMES)
        jwt = f"eyJ{random_text(20)}.eyJ{random_text(30)}.{random_text(40)}"
        self.planted.append(jwt)
        known = secrets.choice(self.known)
        return [
            {name: new()},
            {"deep": [{"deeper": ({name: new()},)}]},
            {"headers": {name: new(), "accept": "*/*"}},
            {"headers": [(b"authorization", f"Bearer {new()}".encode()), ("x-api-key", new())]},
            {"header": {"name": "Authorization", "value": new()}},
            f"Bearer {new()}",
            f"Authorization: Basic {new()}",
            f"Cookie: a={new()}; b={new()}",
            f"https://user:{new()}@example.com/path",
            f"postgresql+psycopg://{new()}@db/asset",
            f"https://files.example/f?X-Amz-Signature={new()}&X-Amz-Date=1",
            f"https://files.example/f?sig={new()}&token={new()}#top",
            f"GET /api/x?{urlencode({name: new()})} HTTP/1.1",
            f"to=https%3A%2F%2Fh%2F%3Faccess_token%3D{new()}%26x%3D1",
            urlencode({"user": "ada", "password": new()}),
            json.dumps({"user": "ada", name: new(), "list": [{"secret": new()}]}),
            json.dumps({"text": json.dumps({"token": new()})}),
            json.dumps({name: new(), "cut": "short"})[:-5],
            repr({name: new(), "max_tokens": 5}),
            str(Account("ada", new())),
            Account("ada", new()),
            Login("ada", new()),
            Handle(new()),
            ValueError(f"cannot sign in with password={new()}"),
            new("sk-ant-api03-", 40),
            f"the key {new('msy_', 40)} was refused",
            f"{new('ghp_', 36)} {new('AIza', 35)} {new('xoxb-', 30)} {new('glpat-', 20)}",
            jwt,
            f"-----BEGIN PRIVATE KEY-----\n{new(length=64)}\n{new()}\n-----END PRIVATE KEY-----",
            {"note": f"it is {known} there"},
            {"note": f"it is {quote(known, safe='')} there"},
            {known: "as a key"},
            new().encode() and {b"password": new().encode()},
        ]


def fail(planter: Planter, value: object) -> None:
    api_token = planter.new()
    headers = {"x-api-key": planter.new(), "other": value}
    account = Account("ada", planter.new())
    opaque = Handle(planter.new())
    raise RuntimeError(f"no luck with token={planter.new()} and {account}") from ValueError(
        {"api_token": api_token, "headers": str(headers), "opaque": str(opaque)}
    )


def trace(planter: Planter, tracer: Tracer, value: object, error: BaseException) -> None:
    """Note the value wherever a span takes something, and let the span fail of the error."""
    with tracer.continue_trace(None, f"GET /api/x?token={planter.new()}") as root:
        root.set("url.full", f"https://example.com/?api_key={planter.new()}")
        root.set("value", value)  # type: ignore[arg-type] - whatever code may hand over
        with span(f"about {value}", attributes={"note": f"it was {value}"}) as inner:
            inner.set("authorization", planter.new())
            inner.fail(error)
        root.fail(error)


def use_everything(planter: Planter, tracker: ErrorTracker, tracer: Tracer) -> int:
    log = structlog.get_logger("asset_forge.test")
    rounds = 0
    while len(planter.planted) < 1_200:
        for value in planter.values():
            rounds += 1
            log.info(f"seen {value}", value=value, items=[value], at={"it": value})  # noqa: G004 - secrets in texts
            tracker.add_breadcrumb(f"about {value}", category="http", data={"value": value})
            try:
                fail(planter, value)
            except RuntimeError as error:
                log.exception("failed", error_text=str(error))
                trace(planter, tracer, value, error)
                tracker.capture(
                    error,
                    endpoint=f"/api/x?token={planter.new()}",
                    params={"value": value, "password": planter.new()},
                    tags={"api_key": planter.new()},
                    extra={"value": value},
                )
    return rounds


class Exported:
    """Takes the spans that would go to a collector."""

    def __init__(self) -> None:
        self.spans: list[SpanData] = []

    def send(self, spans: Sequence[SpanData]) -> bool:
        self.spans += spans
        return True

    def close(self) -> None:
        pass


def shown_traces(tracer: Tracer) -> Iterator[bytes]:
    """What operators see of the traces: the list, and each with its spans."""
    for one in tracer.store.kept():
        yield msgspec.json.encode([one, tracer.store.get(one.summary.trace_id)])


def test_a_thousand_planted_secrets_appear_in_no_sink(
    sentry: LoopbackSentry, tmp_path: Path, dropped: Family, captured: Family
) -> None:
    planter = Planter()
    redactor = Redactor(known_secrets=planter.known)
    lines = tmp_path / "log"
    fd = os.open(lines, os.O_WRONLY | os.O_CREAT)
    logs = configure_logging(redactor=redactor, fd=fd, level="trace", dropped=dropped)
    tracker = ErrorTracker(
        store=ErrorStore(tmp_path / "errors.db", events_per_minute=10_000, events_per_group=10_000),
        redactor=redactor,
        sentry=SentrySink(sentry.dsn, queue_size=10_000),
        captured=captured,
        dropped=dropped,
    )
    exported = Exported()
    reader = SpanReader(redactor)
    tracer = Tracer(
        TraceStore(reader, capacity=10_000),
        exporter=TraceExporter(
            exported, reader, on_lost=dropped.labels("traces").inc, queue_spans=100_000
        ),
        sample_ratio=1.0,
    )
    with context.scope(request_id="request-1", trace_id="4bf92f3577b34da6a3ce929d0e0e4736"):
        rounds = use_everything(planter, tracker, tracer)
    tracker.close(timeout=30)
    tracer.close(timeout=30)
    logs.close(timeout=30)
    os.close(fd)

    sinks: dict[str, Callable[[], bytes]] = {
        "log": lines.read_bytes,
        "store": (tmp_path / "errors.db").read_bytes,
        "sentry": lambda: b"\n".join(sentry.bodies),
        "traces": lambda: b"\n".join(shown_traces(tracer)),
        "otlp": lambda: repr(exported.spans).encode(),
    }
    assert len(planter.planted) >= 1_000
    assert captured["error"] == rounds
    assert [dropped[sink] for sink in ("log", "sentry", "errors", "traces")] == [0, 0, 0, 0]
    assert len(exported.spans) == 2 * rounds
    assert len(sentry.events()) == rounds
    for name, read in sinks.items():
        text = read().decode("utf-8", "replace")
        assert len(text) > 50_000, f"{name} got too little to prove anything"
        leaked = [secret for secret in planter.planted if secret in text]
        where = [text[max(0, text.index(one) - 80) : text.index(one) + 40] for one in leaked[:8]]
        assert not leaked, f"{name} shows {len(leaked)} of {len(planter.planted)}: {where}"
