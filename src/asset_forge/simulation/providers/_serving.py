"""Running the simulated providers on a loopback port, in an event loop or in a thread."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final, cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from asset_forge.simulation.providers._app import SimulatedProviders
from asset_forge.simulation.providers._delivery import TRANSPORT
from asset_forge.simulation.providers._vendor import KEY_PREFIX
from asset_forge.simulation.sockets import HOST, BackgroundLoop, reserved_port

START_SECONDS: Final = 30.0


class _OpenProtocol(HttpToolsProtocol):
    """Shows the application its transport, for faults that happen below HTTP."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        cast("dict[str, Any]", self.scope)["extensions"] = {TRANSPORT: self.transport}


class _Server(uvicorn.Server):
    """Leaves the process's signals to whoever it runs in."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


@asynccontextmanager
async def running(providers: SimulatedProviders, *, port: int = 0) -> AsyncGenerator[str]:
    """Serve the providers in this event loop, on a free port of loopback unless one is given.

    Yields the base URL without a slash at its end; see `environment`. Connections that are open at
    the end, hanging ones among them, are cut.
    """
    with reserved_port(port) as listener:
        server = _Server(_config(providers))
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            async with asyncio.timeout(START_SECONDS):
                await server.ready.wait()
            yield f"http://{HOST}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            for connection in tuple(server.server_state.connections):
                connection.transport.abort()
            await task
            await providers.webhooks.close()


@contextmanager
def running_in_thread(providers: SimulatedProviders, *, port: int = 0) -> Generator[str]:
    """Serve the providers in a thread of their own, for callers without an event loop."""
    with BackgroundLoop("simulated-providers") as loop:
        server = running(providers, port=port)
        url = loop.call(server.__aenter__())
        try:
            yield url
        finally:
            loop.call(server.__aexit__(None, None, None))


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
