"""Which provider serves a job: the one asked for, or for `auto` the first that can and may."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from asset_forge.asset_types import AssetType
from asset_forge.generation.breaker import CircuitBreaker, State
from asset_forge.generation.failures import (
    ELSEWHERE,
    ErrorType,
    GenerationFailed,
    ProviderFailed,
)
from asset_forge.generation.providers.base import Provider
from asset_forge.generation.spending import SpendLimitReached

AUTO = "auto"


class Choice:
    """The configured providers, and for each asset type the order in which `auto` tries them."""

    def __init__(
        self,
        providers: Mapping[str, Provider],
        orders: Mapping[AssetType, Sequence[str]],
        breakers: Mapping[str, CircuitBreaker],
    ) -> None:
        self._providers = providers
        self._orders = orders
        self._breakers = breakers

    def provider(self, name: str, type: AssetType) -> Provider:  # noqa: A002
        """Return a provider by name.

        Raises:
            GenerationFailed: It is not configured, or makes no such assets.
        """
        provider = self._providers.get(name)
        if provider is None or provider.model_for(type) is None:
            able = [n for n, p in self._providers.items() if p.model_for(type) is not None]
            raise GenerationFailed(
                ErrorType.INVALID_REQUEST,
                f"The provider {name!r} makes no {type.value} here; choose one of: "
                + ", ".join([AUTO, *able]),
            )
        return provider

    def check(self, requested: str, type: AssetType, options: Mapping[str, object]) -> None:  # noqa: A002
        """Refuse a request that no provider that may serve it could fulfill.

        Raises:
            GenerationFailed: There is no such provider.
            ValueError: None of them takes the options; the message is the first one's.
        """
        names = self._order(type) if requested == AUTO else [requested]
        if not names:
            raise _nobody(type)
        faults: list[ValueError] = []
        for name in names:
            try:
                self.provider(name, type).check_options(type, options)
            except ValueError as error:
                faults.append(error)
            else:
                return
        raise faults[0]

    def first(self, requested: str, type: AssetType, options: Mapping[str, object]) -> Provider:  # noqa: A002
        """Return the provider to begin with: for `auto` the first that is not left alone.

        Raises:
            GenerationFailed: It is not configured, or makes no such assets.
        """
        if requested != AUTO:
            return self.provider(requested, type)
        able = self._able(type, options)
        if not able:
            raise _nobody(type)
        return next((p for p in able if self._is_free(p.name)), able[0])

    def after(
        self,
        provider: str,
        requested: str,
        type: AssetType,  # noqa: A002
        options: Mapping[str, object],
        failure: GenerationFailed,
    ) -> Provider | None:
        """Return who is tried next after a provider failed; None where nobody is to be.

        Only `auto` goes on, in its order, and only after failures that say nothing of the request
        and have left nothing behind that is paid for.
        """
        if requested != AUTO or not _goes_on(failure):
            return None
        names = [p.name for p in self._able(type, options)]
        rest = names[names.index(provider) + 1 :] if provider in names else []
        return next((self._providers[name] for name in rest if self._is_free(name)), None)

    def _order(self, type: AssetType) -> list[str]:  # noqa: A002
        """List who makes this type here, in the order of the settings."""
        names = self._orders.get(type, ())
        return [
            name
            for name in names
            if name in self._providers and self._providers[name].model_for(type) is not None
        ]

    def _able(self, type: AssetType, options: Mapping[str, object]) -> list[Provider]:  # noqa: A002
        able: list[Provider] = []
        for name in self._order(type):
            try:
                self._providers[name].check_options(type, options)
            except ValueError:
                continue
            able.append(self._providers[name])
        return able

    def _is_free(self, name: str) -> bool:
        """Say whether a provider may be begun with; one that throttles is waited for."""
        breaker = self._breakers.get(name)
        return breaker is None or breaker.state is not State.OPEN or breaker.reason not in ELSEWHERE


def _goes_on(failure: GenerationFailed) -> bool:
    if isinstance(failure, SpendLimitReached):
        return True
    return isinstance(failure, ProviderFailed) and failure.definite and failure.type in ELSEWHERE


def _nobody(type: AssetType) -> GenerationFailed:  # noqa: A002
    return GenerationFailed(
        ErrorType.INVALID_REQUEST,
        f"No provider that makes {type.value} is configured for `auto`; an operator has to set a "
        "provider's key, or PROCEDURAL_FALLBACK=true",
    )
