"""The SDKs of OpenAI and Anthropic, which are built alike: their clients, and what they count."""

from __future__ import annotations

import asyncio
import importlib
from types import ModuleType
from typing import Any, Final

import structlog

from asset_forge.generation.providers.base import Usage
from asset_forge.generation.providers.connections import CONNECT_SECONDS
from asset_forge.generation.providers.marks import mark_request

_MOST_TOKENS: Final = 2**31

_log = structlog.get_logger(__name__)


async def load(module: str) -> ModuleType:
    """Import an SDK beside the event loop: the large ones take a second or more."""
    return await asyncio.to_thread(importlib.import_module, module)


async def open_client(
    module: str, kind: str, *, key: str, base_url: str, request_seconds: float
) -> Any:
    """Make a client that neither repeats requests nor follows redirects, and bounds its answers."""
    sdk = await load(module)
    answers = await load("asset_forge.generation.providers.answers")
    http = sdk.DefaultAsyncHttpxClient(
        limits=answers.LIMITS,
        event_hooks={"request": [mark_request], "response": [answers.bound]},
        follow_redirects=False,  # a paid request goes where the settings say, and once
    )
    return getattr(sdk, kind)(
        api_key=key,
        base_url=base_url,
        timeout=sdk.Timeout(request_seconds, connect=CONNECT_SECONDS),
        max_retries=0,
        http_client=http,
    )


def token_usage(provider: str, used: object, *more_input: str) -> Usage:
    """Read what an answer says that it used; the SDKs do not check it, so it may say anything.

    `more_input` are fields that count input beside `input_tokens`. What is not said counts as 0,
    since what was made is not thrown away for it.
    """
    read = sum(_whole(getattr(used, name, None)) for name in ("input_tokens", *more_input))
    written = _whole(getattr(used, "output_tokens", None))
    if not read + written:
        _log.warning(
            "an answer does not say how many tokens it used; they are counted as 0",
            provider=provider,
        )
    return Usage(read, written)


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        return 0
    return value if 0 <= value <= _MOST_TOKENS else 0
