"""Running the simulated providers on a loopback port, in an event loop or in a thread."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final, cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from asset_forge.simulation.providers._app import SimulatedProviders
from asset_forge.simulation.providers._delivery import TRANSPORT
from asset_forge.simulation.providers._vendor import KEY_PREFIX

START_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.005


class _OpenProtocol(HttpToolsProtocol):
    """Shows the application its transport, for faults that happen below HTTP."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        cast("dict[str, Any]", self.scope)["extensions"] = {TRANSPORT: self.transport}


class _Server(uvicorn.Server):
    """Leaves the process's signals to whoever it runs in."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


@asynccontextmanager
async def running(
    providers: SimulatedProviders, *, host: str = "127.0.0.1", port: int = 0
) -> AsyncGenerator[str]:
    """Serve the providers in this event loop, on a free port unless one is given.

    Yields the base URL without a slash at its end; see `environment`. Connections that are open at
    the end, hanging ones among them, are cut.
    """
    with socket.create_server((host, port)) as listener:
        server = _Server(_config(providers))
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            async with asyncio.timeout(START_SECONDS):
                while not server.started and not task.done():
                    await asyncio.sleep(_POLL_SECONDS)
            yield f"http://{host}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task


@contextmanager
def running_in_thread(
    providers: SimulatedProviders, *, host: str = "127.0.0.1", port: int = 0
) -> Generator[str]:
    """Serve the providers in a thread of their own, for callers without an event loop."""
    started: list[str] = []
    ready, leave = threading.Event(), threading.Event()

    async def serve() -> None:
        async with running(providers, host=host, port=port) as url:
            started.append(url)
            ready.set()
            await asyncio.to_thread(leave.wait)

    def run() -> None:
        with contextlib.ExitStack() as stack:
            stack.callback(ready.set)
            asyncio.run(serve())

    thread = threading.Thread(target=run, name="simulated-providers", daemon=True)
    thread.start()
    try:
        if not ready.wait(START_SECONDS) or not started:
            raise RuntimeError("the simulated providers did not start")
        yield started[0]
    finally:
        leave.set()
        thread.join(START_SECONDS)


def environment(url: str) -> dict[str, str]:
    """Return the settings that point the service at simulated providers under this base URL."""
    return {
        "MESHY_BASE_URL": f"{url}/meshy",
        "MESHY_API_KEY": f"{KEY_PREFIX}meshy-key",
        "OPENAI_BASE_URL": f"{url}/openai/v1",
        "OPENAI_API_KEY": f"{KEY_PREFIX}openai-key",
        "ANTHROPIC_BASE_URL": f"{url}/anthropic",
        "ANTHROPIC_API_KEY": f"{KEY_PREFIX}anthropic-key",
        "ELEVENLABS_BASE_URL": f"{url}/elevenlabs",
        "ELEVENLABS_API_KEY": f"{KEY_PREFIX}elevenlabs-key",
    }


def _config(providers: SimulatedProviders) -> uvicorn.Config:
    return uvicorn.Config(
        cast("Any", providers.app),
        http=_OpenProtocol,
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
