"""What operations cost in US dollars: tokens by public price lists, the rest by a table of ours.

Token prices come from the data that the package `genai-prices` carries along; nothing is fetched.
What vendors sell otherwise (credits, images, characters, seconds) is priced by `prices.toml`, which
an operator replaces, in whole, with `PRICES_FILE`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Final, cast, get_args

import structlog

from asset_forge.catalog import Provider
from asset_forge.generation.providers.base import Usage

_log = structlog.get_logger(__name__)


class PricesError(Exception):
    """A price table cannot be used; the message says where it is wrong."""


@dataclass(frozen=True, slots=True)
class Rates:
    """US dollars for one unit of each kind."""

    prompt_tokens: float = 0.0
    completion_tokens: float = 0.0
    credits: float = 0.0
    images: float = 0.0
    characters: float = 0.0
    seconds: float = 0.0


_UNITS: Final = tuple(field.name for field in fields(Rates))
_PER_MILLION: Final = {"prompt_tokens", "completion_tokens"}


class Prices:
    """Prices by provider and model; `*` stands for all models that have no entry of their own."""

    def __init__(self, table: Mapping[tuple[str, str], Rates]) -> None:
        self._table = dict(table)

    def cost(self, provider: str, model: str, usage: Usage) -> float:
        """Return what a request cost, in US dollars; 0 where no price is known for it."""
        rates = self._table.get((provider, model)) or self._table.get((provider, "*")) or Rates()
        used = asdict(usage)
        cost = sum(used[unit] * getattr(rates, unit) for unit in _UNITS)
        if rates.prompt_tokens == rates.completion_tokens == 0.0:
            cost += _token_cost(provider, model, usage)
        return cost


def load_prices(path: Path | None) -> Prices:
    """Read the operator's price table, or the package's where there is none.

    Raises:
        PricesError: It cannot be read, or holds what is no price.
    """
    if path is None:
        text = resources.files("asset_forge.generation").joinpath("prices.toml").read_text("utf-8")
        return parse_prices(text, "prices.toml")
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PricesError(f"PRICES_FILE={str(path)!r}: cannot be read ({error})") from error
    return parse_prices(text, f"PRICES_FILE={str(path)!r}")


def parse_prices(text: str, place: str) -> Prices:
    """Read a price table: `[provider.model]` with US dollars by unit, tokens by the million.

    Raises:
        PricesError: It is no such table; the message names the entry and what is allowed.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PricesError(f"{place}: is no TOML: {error}") from error
    table: dict[tuple[str, str], Rates] = {}
    for provider, models in document.items():
        if provider not in get_args(Provider) or not isinstance(models, dict):
            allowed = ", ".join(get_args(Provider))
            raise PricesError(f"{place}: [{provider}] must be a table of one of {allowed}")
        for model, rates in cast("dict[str, object]", models).items():
            table[provider, model] = _rates(rates, f"{place}: [{provider}.{model}]")
    return Prices(table)


def _rates(rates: object, place: str) -> Rates:
    if not isinstance(rates, dict):
        raise PricesError(f"{place} must be a table of prices by unit")
    found: dict[str, float] = {}
    for unit, price in cast("dict[str, object]", rates).items():
        if unit not in _UNITS:
            raise PricesError(f"{place}: {unit!r} is no unit; choose from {', '.join(_UNITS)}")
        if isinstance(price, bool) or not isinstance(price, int | float) or not 0 <= price < 1e6:
            raise PricesError(f"{place}: {unit} = {price!r} must be US dollars from 0 on")
        found[unit] = price / 1e6 if unit in _PER_MILLION else float(price)
    return Rates(**found)


@lru_cache(maxsize=256)
def _unpriced(provider: str, model: str) -> None:
    """Say once that tokens have no price."""
    _log.warning(
        "no price is known for the tokens of this model; their cost is counted as 0",
        provider=provider,
        model=model,
    )


def _token_cost(provider: str, model: str, usage: Usage) -> float:
    if not (usage.prompt_tokens or usage.completion_tokens) or provider == "procedural":
        return 0.0
    import genai_prices  # loads its price data, which takes a while

    tokens = genai_prices.Usage(
        input_tokens=usage.prompt_tokens, output_tokens=usage.completion_tokens
    )
    try:
        price = genai_prices.calc_price(tokens, model, provider_id=provider)
    except LookupError:
        _unpriced(provider, model)
        return 0.0
    return float(price.total_price)
