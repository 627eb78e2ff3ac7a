"""Simulated providers on a loopback port, and the vendors' own SDKs, unpatched, before them."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import anthropic
import httpx
import openai
import pytest
from elevenlabs.client import AsyncElevenLabs

from asset_forge.simulation.providers import Fault, SimulatedProviders, environment, running

PATIENCE_SECONDS = 20.0
"""How long these clients wait for an answer; far longer than one takes, on a busy machine too."""


def patience_with(fault: Fault) -> float:
    """How long to wait for the end of an answer: not for long where there is none."""
    return 0.5 if fault in (Fault.TIMEOUT, Fault.SLOW_TRICKLE) else PATIENCE_SECONDS


@pytest.fixture
def providers() -> SimulatedProviders:
    """The vendors, four hundred times as fast as in life."""
    return SimulatedProviders(speed=400, seed=1)


@pytest.fixture
async def variables(providers: SimulatedProviders) -> AsyncGenerator[dict[str, str]]:
    """The settings under which the vendors can be reached."""
    async with running(providers) as url:
        yield environment(url)


@pytest.fixture
async def control(variables: dict[str, str]) -> AsyncGenerator[httpx.AsyncClient]:
    """A client of the control endpoints."""
    url = variables["MESHY_BASE_URL"].removesuffix("/meshy")
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        yield client


@pytest.fixture
async def openai_sdk(variables: dict[str, str]) -> AsyncGenerator[openai.AsyncOpenAI]:
    """OpenAI's SDK, with nothing but the address and the key set."""
    async with openai.AsyncOpenAI(
        api_key=variables["OPENAI_API_KEY"],
        base_url=variables["OPENAI_BASE_URL"],
        max_retries=0,
        timeout=PATIENCE_SECONDS,
    ) as client:
        yield client


@pytest.fixture
async def anthropic_sdk(variables: dict[str, str]) -> AsyncGenerator[anthropic.AsyncAnthropic]:
    """Anthropic's SDK, with nothing but the address and the key set."""
    async with anthropic.AsyncAnthropic(
        api_key=variables["ANTHROPIC_API_KEY"],
        base_url=variables["ANTHROPIC_BASE_URL"],
        max_retries=0,
        timeout=PATIENCE_SECONDS,
    ) as client:
        yield client


@pytest.fixture
async def elevenlabs_sdk(variables: dict[str, str]) -> AsyncGenerator[AsyncElevenLabs]:
    """ElevenLabs' SDK, with nothing but the address and the key set."""
    async with httpx.AsyncClient(timeout=PATIENCE_SECONDS, trust_env=False) as line:
        yield AsyncElevenLabs(
            api_key=variables["ELEVENLABS_API_KEY"],
            base_url=variables["ELEVENLABS_BASE_URL"],
            httpx_client=line,
        )


@pytest.fixture
async def meshy(variables: dict[str, str]) -> AsyncGenerator[httpx.AsyncClient]:
    """A client with Meshy's key; Meshy keeps no Python SDK."""
    async with httpx.AsyncClient(
        base_url=variables["MESHY_BASE_URL"],
        headers={"authorization": f"Bearer {variables['MESHY_API_KEY']}"},
        timeout=PATIENCE_SECONDS,
        trust_env=False,
    ) as client:
        yield client
