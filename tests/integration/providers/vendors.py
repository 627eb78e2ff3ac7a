"""What OpenAI, Anthropic and ElevenLabs make, as one table, and a server that answers anything."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.integration.providers.workbench import Workbench

from asset_forge.asset_types import AssetType
from asset_forge.generation.assembly import remote_providers
from asset_forge.generation.children import ChildProcesses
from asset_forge.generation.providers.base import Provider
from asset_forge.settings import load_settings
from asset_forge.simulation.providers import environment


@dataclass(frozen=True)
class Maker:
    """One thing that one vendor makes, at which of its endpoints, by which claim and model."""

    provider: str
    type_: AssetType
    endpoint: str
    purpose: str
    model: str
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def __str__(self) -> str:
        return f"{self.provider}-{self.type_.value}"


TEXTURE = Maker(
    "openai", AssetType.TEXTURE, "images/generations", "image", "gpt-image-2.5-flare",
    {"quality": "low"},
)  # fmt: skip
OPENAI_DIALOGUE = Maker("openai", AssetType.DIALOGUE, "responses", "dialogue", "gpt-5.6-luna")
DIALOGUE = Maker("anthropic", AssetType.DIALOGUE, "messages", "dialogue", "claude-haiku-5-5")
VOICE = Maker("elevenlabs", AssetType.VOICE, "text-to-speech", "speech", "eleven_multilingual_v2")
EFFECT = Maker(
    "elevenlabs", AssetType.SOUND_EFFECT, "sound-generation", "sound-effect",
    "eleven_text_to_sound_v2", {"durationSeconds": 2},
)  # fmt: skip
MUSIC = Maker(
    "elevenlabs", AssetType.MUSIC, "music", "music", "music_v1", {"durationSeconds": 3}
)  # fmt: skip
MAKERS = (TEXTURE, OPENAI_DIALOGUE, DIALOGUE, VOICE, EFFECT, MUSIC)
SOUNDS = (VOICE, EFFECT, MUSIC)
ONE_OF_EACH = (OPENAI_DIALOGUE, DIALOGUE, EFFECT)


@asynccontextmanager
async def providers_at(url: str, seconds: float = 5.0) -> AsyncGenerator[dict[str, Provider]]:
    """Build the adapters as the service does, for vendors at this address."""
    variables = environment(url) | {"PROVIDER_REQUEST_SECONDS": f"{seconds:g}"}
    children = ChildProcesses(1, timeout_seconds=120.0)
    providers = remote_providers(load_settings(variables), children)
    try:
        yield providers
    finally:
        for provider in providers.values():
            await provider.close()
        children.close()


def errors(bench: Workbench, provider: str) -> dict[str, float]:
    """Return the failed requests to a provider by their error type."""
    return {
        dict(labels)["error_type"]: value
        for (name, labels), value in bench.metrics().samples.items()
        if name == "ai_api_errors_total" and value and dict(labels)["provider"] == provider
    }


@asynccontextmanager
async def answering(
    content: bytes | Mapping[str, Any],
    media_type: str = "application/json",
    status: str = "200 OK",
    *headers: str,
) -> AsyncGenerator[tuple[str, list[bytes]]]:
    """Answer every request alike; yields the address and the requests that came."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    head = [f"HTTP/1.1 {status}", f"Content-Type: {media_type}", f"Content-Length: {len(body)}"]
    answer = "\r\n".join([*head, *headers, "", ""]).encode() + body
    seen: list[bytes] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):  # who has read enough hangs up
            while request := await reader.read(1 << 20):
                if request.startswith(b"POST"):
                    seen.append(request)
                    writer.write(answer)
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", seen
    finally:
        server.close()
