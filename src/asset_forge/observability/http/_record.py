"""What is known of one request, and who is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeAlias

from asset_forge.observability.http._asgi import Scope

Outcome: TypeAlias = Literal[
    "in_progress",
    "completed",
    "failed",
    "aborted",
    "cancelled",
    "client_left",
    "client_closed",
    "server_closed",
    "disconnected",
    "rejected",
]
"""How a request ended.

`completed` the whole response was sent; `failed` nothing was sent, and the server answers 500;
`aborted` the application broke off after the response had begun; `cancelled` the server cancelled
the application; `client_left` the client closed the connection before the last body byte (status
499). A WebSocket ends as `client_closed`, `server_closed`, `disconnected` (the connection broke),
`failed` or `rejected` (never accepted).
"""


class RequestRecord:
    """One request: filled while it runs, complete when observers get it in `finish`.

    Times are seconds of the wrapper's clock; sizes are bytes of body as the application received
    and sent them, without framing. `status` is what the client got: 499 stands for a client that
    left, 500 for an application that never answered, 101 for an accepted WebSocket, 0 while nothing
    is known. `path` and `root_path` are those of arrival: mounts rewrite the scope's. Observers may
    set `request_id` and `trace_id` in `start`, and `exemplar` until `decide`; `trace` is for
    whoever traces.
    """

    __slots__ = (
        "duration_seconds",
        "exception",
        "exemplar",
        "first_byte_at",
        "method",
        "outcome",
        "path",
        "request_bytes",
        "request_id",
        "response_bytes",
        "root_path",
        "route",
        "scope",
        "started_at",
        "status",
        "trace",
        "trace_id",
    )

    def __init__(
        self, scope: Scope, method: str, started_at: float, path: str, root_path: str = ""
    ) -> None:
        # The wrapper repeats this for HTTP, which saves each request a call.
        self.scope = scope
        self.method = method
        self.started_at = started_at
        self.path = path
        self.root_path = root_path
        self.route = self.request_id = self.trace_id = ""
        self.status = self.request_bytes = self.response_bytes = 0
        self.outcome: Outcome = "in_progress"
        self.duration_seconds = self.first_byte_at = 0.0
        self.exception: BaseException | None = None
        self.exemplar: Mapping[str, str] | None = None
        self.trace: Any = None

    def __repr__(self) -> str:
        """Name the request; its headers are nobody's business."""
        return f"<{type(self).__name__} {self.method} {self.outcome}>"

    @property
    def first_byte_seconds(self) -> float | None:
        """Time to the first byte of the body; None when no body byte was sent."""
        if self.first_byte_at:
            return self.first_byte_at - self.started_at
        return self.duration_seconds if self.response_bytes else None

    @property
    def client(self) -> str | None:
        """The client's address, as a trusted proxy told it if there is one; None when the server
        knows none."""
        client: tuple[str, int] | None = self.scope.get("client")
        return client[0] if client else None

    @property
    def scheme(self) -> str:
        """`http` or `https` (`ws` or `wss`), as a trusted proxy told it if there is one."""
        scheme: str = self.scope.get("scheme", "http")
        return scheme


class RequestObserver:
    """Told about every request; override what is needed, the rest costs nothing.

    All methods are called on the event loop and must not block. A fault in one is counted and
    logged, and never reaches the request.
    """

    def start(self, record: RequestRecord) -> None:
        """Called before the application; `route`, `status` and the outcome are not known yet."""

    def response_headers(self, record: RequestRecord) -> Iterable[tuple[bytes, bytes]]:
        """Called when the response begins; return lower-case header pairs to add to it."""
        return ()

    def decide(self, record: RequestRecord) -> None:
        """Called once, when route, status, outcome and duration are known and before the metrics
        are written: the last moment to set the exemplar."""

    def finish(self, record: RequestRecord) -> None:
        """Called once, after the last byte or whatever else ended the request."""

    def failed(self, record: RequestRecord, error: BaseException) -> None:
        """Called before `finish` when an exception of the application ended the request."""

    def failed_afterwards(self, record: RequestRecord, error: BaseException) -> None:
        """Called when the application raises after `finish`, such as in background work."""
