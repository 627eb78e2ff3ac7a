"""What operations cost, and what a price table may say."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asset_forge.generation.prices import PricesError, load_prices, parse_prices
from asset_forge.generation.providers.base import Usage

TABLE = """
[meshy."*"]
credits = 0.02
[elevenlabs.special]
characters = 0.5
seconds = 2
[openai.own]
prompt_tokens = 1.5
completion_tokens = 6
images = 0.04
"""


def test_the_packages_own_table_prices_what_is_not_sold_by_the_token() -> None:
    prices = load_prices(None)
    assert prices.cost("meshy", "meshy-6", Usage(credits=30)) == pytest.approx(0.6)
    assert prices.cost("elevenlabs", "eleven_multilingual_v2", Usage(characters=1000)) > 0


def test_tokens_have_their_public_prices() -> None:
    cost = load_prices(None).cost("openai", "gpt-4.1-mini", Usage(1_000_000, 1_000_000))
    assert cost == pytest.approx(0.4 + 1.6)


def test_an_entry_of_the_table_wins_over_the_public_price() -> None:
    prices = parse_prices(TABLE, "here")
    usage = Usage(prompt_tokens=1_000_000, completion_tokens=500_000, images=2)
    assert prices.cost("openai", "own", usage) == pytest.approx(1.5 + 3 + 0.08)


def test_a_model_without_an_entry_takes_that_of_all() -> None:
    prices = parse_prices(TABLE, "here")
    assert prices.cost("meshy", "meshy-9", Usage(credits=10)) == pytest.approx(0.2)
    assert prices.cost("elevenlabs", "another", Usage(characters=10)) == 0


def test_a_model_that_nobody_knows_costs_nothing_and_breaks_nothing() -> None:
    assert load_prices(None).cost("openai", "gpt-from-the-future", Usage(10, 10)) == 0


@given(st.integers(0, 10**6), st.floats(0, 1e4), st.integers(0, 10**6))
def test_costs_add_up(characters: int, seconds: float, more: int) -> None:
    prices = parse_prices(TABLE, "here")

    def cost(usage: Usage) -> float:
        return prices.cost("elevenlabs", "special", usage)

    both = cost(Usage(characters=characters + more, seconds=seconds))
    apart = cost(Usage(characters=characters)) + cost(Usage(characters=more, seconds=seconds))
    assert both == pytest.approx(apart)


FAULTY = [
    ("[meshy", "is no TOML"),
    ("[acme.model]\ncredits = 1", "[acme] must be a table of one of meshy"),
    ("[meshy.m]\nwishes = 1", "'wishes' is no unit; choose from prompt_tokens"),
    ("[meshy.m]\ncredits = -1", "credits = -1 must be US dollars from 0 on"),
    ("[meshy.m]\ncredits = nan", "must be US dollars"),
    ('[meshy.m]\ncredits = "2"', "must be US dollars"),
    ("[meshy.m]\ncredits = true", "must be US dollars"),
    ("meshy = 3", "[meshy] must be a table"),
    ("[meshy]\nm = 3", "[meshy.m] must be a table of prices"),
]


@pytest.mark.parametrize(("text", "message"), FAULTY)
def test_a_faulty_table_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(PricesError) as refused:
        parse_prices(text, "PRICES_FILE='p.toml'")
    assert message in str(refused.value)
    assert str(refused.value).startswith("PRICES_FILE='p.toml': ")


def test_a_table_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PricesError, match=r"PRICES_FILE=.*cannot be read"):
        load_prices(tmp_path / "none.toml")
