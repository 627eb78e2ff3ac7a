"""A stand-in for a Qdrant server: its REST routes over HTTP, on the engine of Qdrant's own client.

No Qdrant server can be had here. The routes, bodies and answers are those of its public API
description; what they do is done by the client package's local mode, which is Qdrant's own model of
its semantics in Python. So the service's real client is tested over real HTTP, but not a real
server: not its speed, its limits, its clustering or its errors under load.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from qdrant_client import QdrantClient, models
from tests.ports import free_port

_COLLECTION = re.compile(r"/collections/([^/?]+)(/[^?]*)?(?:\?.*)?")


class QdrantServer:
    """One server on the loopback interface, which may be stopped, emptied and made slow."""

    def __init__(self) -> None:
        self._engine = QdrantClient(":memory:")
        self._lock = threading.Lock()
        self._server: ThreadingHTTPServer | None = None
        self._released = threading.Event()
        self.port = free_port()
        self.hangs = False
        self.status: int | None = None
        self.api_key: str | None = None
        self.requests: list[str] = []

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, on the same port each time."""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer._answer(self)

            do_PUT = do_POST = do_GET  # noqa: N815

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Stop it; what it stores stays."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def close(self) -> None:
        """Stop it for good."""
        self._released.set()
        self.stop()
        self._engine.close()

    def empty(self) -> None:
        """Lose everything, as a server on a new disk."""
        with self._lock:
            for collection in self._engine.get_collections().collections:
                self._engine.delete_collection(collection.name)

    def points(self) -> dict[str, dict[str, Any]]:
        """Return the payloads of all points, by their ids."""
        with self._lock:
            found: dict[str, dict[str, Any]] = {}
            for collection in self._engine.get_collections().collections:
                records, _ = self._engine.scroll(collection.name, limit=10_000)
                found |= {str(record.id): dict(record.payload or {}) for record in records}
            return found

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("content-length", 0)))
        self.requests.append(f"{handler.command} {handler.path}")
        if self.hangs:
            self._released.wait(60)
        if self.api_key is not None and handler.headers.get("api-key") != self.api_key:
            status, result = 403, None
        elif self.status is not None:
            status, result = self.status, None
        else:
            with self._lock:
                status, result = self._do(handler.command, handler.path, body)
        answer = {"result": result, "status": "ok" if status == 200 else "error", "time": 0.0}
        content = json.dumps(answer).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    def _do(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        found = _COLLECTION.fullmatch(path)
        if found is None:
            return 404, None
        name, action = found[1], found[2] or ""
        exists = self._engine.collection_exists(name)
        if (method, action) == ("GET", "/exists"):
            return 200, {"exists": exists}
        if (method, action) == ("PUT", ""):
            asked = models.CreateCollection.model_validate_json(body)
            return 200, self._engine.create_collection(name, vectors_config=asked.vectors)
        if not exists:
            return 404, None
        return self._on_points(name, method, action, body)

    def _on_points(self, name: str, method: str, action: str, body: bytes) -> tuple[int, Any]:
        done = {"operation_id": 1, "status": "completed"}
        match method, action:
            case "PUT", "/index":
                return 200, done  # the local engine reads every point anyway
            case "PUT", "/points":
                asked = models.PointsList.model_validate_json(body)
                self._engine.upsert(name, asked.points)
                return 200, done
            case "POST", "/points/delete":
                asked = models.PointIdsList.model_validate_json(body)
                self._engine.delete(name, asked)
                return 200, done
            case "POST", "/points/query":
                query = models.QueryRequest.model_validate_json(body)
                hits = self._engine.query_points(
                    name,
                    query=query.query,
                    query_filter=query.filter,
                    limit=query.limit or 10,
                    offset=query.offset,
                    score_threshold=query.score_threshold,
                    with_payload=False,
                )
                return 200, {"points": [one.model_dump(mode="json") for one in hits.points]}
            case "POST", "/points/scroll":
                scroll = models.ScrollRequest.model_validate_json(body)
                records, after = self._engine.scroll(
                    name, limit=scroll.limit or 10, offset=scroll.offset, with_payload=False
                )
                page = [one.model_dump(mode="json") for one in records]
                return 200, {"points": page, "next_page_offset": after}
            case _:
                return 404, None


@pytest.fixture
def qdrant_server() -> Iterator[QdrantServer]:
    """A running stand-in."""
    server = QdrantServer()
    server.start()
    yield server
    server.close()
