"""`asset-forge serve` with three paths more: /block?SECONDS blocks the loop, /fail?WORD raises,
/objects says how many objects a full garbage collection goes through, and leaves out.
"""

from __future__ import annotations

import gc
import sys
import time
from typing import Any

from asset_forge.application import Application
from asset_forge.cli.serve import bind, run
from asset_forge.cli.startup import prepare
from asset_forge.observability.http import ASGIApp, ObservedApplication
from asset_forge.settings import load_settings


class Planted:
    """Stands between the measuring layer and everything else."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"] == "/block":
            time.sleep(float(scope["query_string"]))  # the planted line
        if scope["type"] == "http" and scope["path"] == "/fail":
            raise RuntimeError(f"planted: {scope['query_string'].decode()}")
        if scope["type"] == "http" and scope["path"] == "/objects":
            text = f"{len(gc.get_objects())} {gc.get_freeze_count()}"
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": text.encode()})
            return
        await self.app(scope, receive, send)


class PlantedApplication(Application):
    """The application with the paths in it."""

    def web(self, *, api: bool = True) -> ObservedApplication:
        observed = super().web(api=api)
        observed.app = Planted(observed.app)
        return observed


def main() -> None:
    settings = load_settings()
    prepare(settings)
    listener = bind(settings.host, settings.port)
    sys.stderr.write(f"http://127.0.0.1:{listener.getsockname()[1]}/metrics \n")
    run(PlantedApplication(settings), [listener], api=True)


if __name__ == "__main__":
    main()
