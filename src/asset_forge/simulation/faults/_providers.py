"""Faults of the providers: keys refused, credit gone, failing one by one or all, expensive."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import ClassVar, Final

import httpx

from asset_forge.simulation.faults._model import Fault
from asset_forge.simulation.faults._traffic import Storm, sign_in
from asset_forge.simulation.providers import Fault as ProviderFault
from asset_forge.simulation.stack import Preparation, Stack
from asset_forge.simulation.traffic import connect


class _AtProviders(Fault):
    """A fault that simulated providers have."""

    providers: ClassVar[tuple[str, ...]]
    fault: ClassVar[ProviderFault]
    retry_after_seconds: ClassVar[float | None] = None

    def inject(self, stack: Stack) -> None:
        """Let them fail."""
        for provider in self.providers:
            stack.providers.set_fault(provider, self.fault, retry_after=self.retry_after_seconds)

    def heal(self, stack: Stack) -> None:
        """Let them work."""
        for provider in self.providers:
            stack.providers.clear_fault(provider)


_PARTLY: Final = ("HighGenerationFailureRate", "GenerationBudgetBurnSlow", "GenerationBudgetBurn")


class KeyRefused(_AtProviders):
    """OpenAI refuses the key."""

    name = "key-refused"
    what = "OpenAI answers every request with 401"
    alerts = ("ProviderCredentialsRejected",)
    also = ("ProviderFailing", *_PARTLY)
    providers = ("openai",)
    fault = ProviderFault.UNAUTHORIZED


class CreditGone(_AtProviders):
    """The account at ElevenLabs has no credit left."""

    name = "credit-gone"
    what = "ElevenLabs answers every request with 401 and quota_exceeded"
    alerts = ("ProviderOutOfCredit",)
    also = ("ProviderFailing", *_PARTLY)
    providers = ("elevenlabs",)
    fault = ProviderFault.OUT_OF_CREDIT


class ProviderDown(_AtProviders):
    """Anthropic fails."""

    name = "provider-down"
    what = "Anthropic answers every request with 500"
    alerts = ("ProviderFailing",)
    also = _PARTLY
    providers = ("anthropic",)
    fault = ProviderFault.SERVER_ERROR


class ProviderThrottles(_AtProviders):
    """ElevenLabs takes no more requests for now: jobs wait, and none fails."""

    name = "provider-throttles"
    what = "ElevenLabs answers every request with 429 and Retry-After: 5"
    alerts = ("ProviderFailing",)
    providers = ("elevenlabs",)
    fault = ProviderFault.RATE_LIMITED
    retry_after_seconds = 5.0


class EveryProviderDown(_AtProviders):
    """All remote providers fail; who asks for one of them gets nothing."""

    name = "every-provider-down"
    what = "all four remote providers answer every request with 500"
    alerts = ("GenerationBudgetBurn",)
    silenced = ("GenerationBudgetBurnSlow", "HighGenerationFailureRate", "ProviderFailing")
    providers = ("meshy", "openai", "anthropic", "elevenlabs")
    fault = ProviderFault.SERVER_ERROR


_PRICES: Final = """
[elevenlabs."*"]
characters = 0.05
seconds = 2.0
"""


class SpendingSpree(Storm):
    """A provider has raised its prices, and somebody asks for a lot."""

    name = "spending-spree"
    what = "ElevenLabs costs 200 times as much (PRICES_FILE), and a user asks for 40 long speeches"
    alerts = ("AISpendHigh", "AISpendLimitNear")

    _SPEECHES: Final = 40
    _TEXT: Final = "Hear, hear, you people of the valley, what the king has to say. " * 3

    def prepare(self, home: Path) -> Preparation:
        """Give the service the new prices, and a limit for the day that the spree comes near."""
        prices = home / "prices.toml"
        prices.write_text(_PRICES)
        return Preparation({"PRICES_FILE": str(prices), "AI_SPEND_LIMIT_USD_PER_DAY": "400"})

    async def send(self, stack: Stack) -> None:
        """Ask for them all."""
        token = await sign_in(stack)
        async with connect(stack.url, 5000) as client:
            client.headers["authorization"] = f"Bearer {token}"
            for number in range(self._SPEECHES):
                body = {
                    "name": f"Speech {number}",
                    "type": "voice",
                    "prompt": self._TEXT,
                    "provider": "elevenlabs",
                    "seed": number,
                }
                try:
                    answer = await client.post("/api/generation", json=body)
                    answer.raise_for_status()
                except httpx.HTTPError:
                    await asyncio.sleep(1)
