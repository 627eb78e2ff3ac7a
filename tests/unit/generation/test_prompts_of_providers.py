"""Prompts on their way: cut at a word, of nothing but text, and expanded by a language model."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asset_forge.asset_types import AssetType
from asset_forge.generation.providers.base import Answer, Charged, ProviderRequest, Usage
from asset_forge.generation.providers.expansion import (
    EXPANDED_CHARACTERS,
    PromptExpansion,
    Text,
)
from asset_forge.generation.providers.prompts import readable, shortened

USED = Usage(prompt_tokens=11, completion_tokens=22)


class Model:
    """A language model that writes one text, and remembers what it was asked."""

    name = "anthropic"
    model = "a-model"

    def __init__(self, text: str) -> None:
        self.text = text
        self.asked: list[tuple[str, str]] = []

    async def open(self) -> None:
        """There is nothing to load."""

    async def ask(
        self,
        instructions: str,
        prompt: str,
        *,
        most_tokens: int,
        schema: Mapping[str, Any] | None = None,
    ) -> Text:
        assert schema is None
        assert most_tokens > 1000
        self.asked.append((instructions, prompt))
        return Text(self.text, USED)


class Sending:
    """Calls that send at once, and keep what was answered."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}

    async def once(self, purpose: str, send: Callable[[], Awaitable[Answer]]) -> Mapping[str, Any]:
        self.answers[purpose] = await send()
        return self.answers[purpose].value


async def expanded(text: str, type_: AssetType = AssetType.PROP) -> tuple[str, Sending, Model]:
    model, calls = Model(text), Sending()
    request = ProviderRequest("job", type_, "a barrel", 7, {})
    result = await PromptExpansion(model).expand(request, calls)  # pyright: ignore[reportArgumentType]
    return result, calls, model


@given(st.text(max_size=2000), st.integers(1, 700))
def test_a_shortened_prompt_is_a_beginning_of_the_words(prompt: str, most: int) -> None:
    cut = shortened(prompt, most)
    assert len(cut) <= most
    assert " ".join(prompt.split()).startswith(cut)


@given(st.lists(st.text("abc", min_size=1, max_size=10), min_size=1, max_size=50))
def test_a_prompt_is_cut_between_its_words(words: list[str]) -> None:
    cut = shortened(" ".join(words), 20)
    assert cut.split() == words[: len(cut.split())]


def test_one_long_word_is_cut_within() -> None:
    assert shortened("a" * 30, 20) == "a" * 20


def test_a_prompt_that_fits_keeps_its_last_word() -> None:
    assert shortened("an iron axe", 11) == "an iron axe"
    assert shortened("an iron axes", 11) == "an iron"
    assert shortened("an iron axe of old", 11) == "an iron axe"


@given(st.text(st.characters(codec=None)))
def test_readable_text_is_taken_by_databases_and_wires(text: str) -> None:
    kept = readable(text)
    assert "\x00" not in kept
    kept.encode()


async def test_the_expanded_prompt_is_kept_with_what_it_cost() -> None:
    result, calls, model = await expanded("  an old oak barrel,\n bound with iron \n")
    assert result == "an old oak barrel, bound with iron"
    assert calls.answers["expansion"] == Answer({"prompt": result}, USED)
    assert [prompt for _, prompt in model.asked] == ["a barrel"]


@pytest.mark.parametrize(
    ("type_", "aspect"),
    [(AssetType.MUSIC, "tempo"), (AssetType.TEXTURE, "pattern"), (AssetType.WEAPON, "shape")],
)
async def test_the_model_is_asked_for_what_matters_to_the_type(
    type_: AssetType, aspect: str
) -> None:
    _, _, model = await expanded("fine", type_)
    assert aspect in model.asked[0][0]


async def test_a_model_that_writes_a_novel_is_cut_at_a_word() -> None:
    result, _, _ = await expanded("word " * 1000)
    assert EXPANDED_CHARACTERS - 5 <= len(result) <= EXPANDED_CHARACTERS
    assert set(result.split()) == {"word"}


@pytest.mark.parametrize("text", ["", " \n ", "\x00\x01"])
async def test_an_empty_expansion_is_refused_and_charged(text: str) -> None:
    with pytest.raises(Charged) as caught:
        await expanded(text)
    assert caught.value.usage == USED
    assert isinstance(caught.value.reason, ValueError)
