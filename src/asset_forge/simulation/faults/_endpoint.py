"""A small HTTP server that faults put in the place of something real."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

HUNG_SECONDS: Final = 60.0
"""How long a connection hangs at most, so that nothing is left behind."""

_JOIN_SECONDS: Final = 30.0


class Endpoint:
    """A small HTTP server that answers everything with 200 and one body, unless it hangs."""

    def __init__(self, body: bytes = b"", port: int = 0) -> None:
        self.hangs = threading.Event()
        """While set, requests that carry a body are never answered."""
        self._ending = threading.Event()
        hangs, ending = self.hangs, self._ending

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                if hangs.is_set():
                    ending.wait(HUNG_SECONDS)
                    self.close_connection = True
                    return
                self.rfile.read(int(self.headers.get("Content-Length", "0")))
                self._answer()

            def do_GET(self) -> None:
                self._answer()

            def _answer(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Stay silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,))
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._ending.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(_JOIN_SECONDS)
