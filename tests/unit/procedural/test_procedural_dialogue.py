"""Dialogues from prompts: sound graphs, good sentences, and the prompt's own words."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import deque
from typing import Any

import jsonschema
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from asset_forge.generation.providers.procedural.dialogue import (
    DIALOGUE_SCHEMA,
    count_tokens,
    make_dialogue,
)
from asset_forge.generation.providers.procedural.dialogue import _lines as lines
from asset_forge.generation.providers.procedural.dialogue._noun import Noun, article
from asset_forge.generation.providers.procedural.dialogue._topics import EXTRA, TOPICS
from asset_forge.generation.providers.procedural.options import DIALOGUE_OPTIONS

Dialogue = dict[str, Any]
PROMPTS = [
    "a grumpy blacksmith who lost his silver hammer in the forest",
    "merchant selling rare potions",
    "city guard at the gate, an hour before dawn",
    "goblins attack the village of Eldermoor",
    "zorbulon collector and the umbrellas of Queen Ilmara",
    "8-bit ghost",
    "",
]


# fmt: off
WORDS = [
    "old", "grumpy", "orc", "hammer", "forest", "amulets", "hour", "guards", "Ilmara", "of", "in",
    "lost", "the", "ruins", "spiders", "queen", "unicorn", "egg", "uncle", "umbrella", "stolen",
    "herb", "European", "king's", "ghosts", ",", ".", "and", "one",
]
# fmt: on


def dialogue(prompt: str, seed: int = 1, **options: object) -> Dialogue:
    return json.loads(make_dialogue(prompt, seed, options))


def texts_of(made: Dialogue) -> list[str]:
    texts = [made["title"]]
    for node in made["nodes"]:
        texts += [node["text"], *(choice["text"] for choice in node["choices"])]
    return texts


def reached(made: Dialogue, start: str, *, free: bool = False) -> set[str]:
    """The nodes that can be reached from one, by all choices or by those without conditions."""
    nodes = {node["id"]: node for node in made["nodes"]}
    seen = {start}
    waiting = deque([start])
    while waiting:
        for choice in nodes[waiting.popleft()]["choices"]:
            if choice["next"] not in seen and not (free and choice["conditions"]):
                seen.add(choice["next"])
                waiting.append(choice["next"])
    return seen


def played(made: Dialogue) -> set[str]:
    """The nodes that a player without gold can enter, honoring conditions and effects."""
    nodes = {node["id"]: node for node in made["nodes"]}
    first = (made["start"], frozenset[str](), 0)
    seen = {first}
    waiting = deque([first])
    while waiting:
        at, flags, reputation = waiting.popleft()
        for choice in nodes[at]["choices"]:
            if not all(holds(c, flags, reputation) for c in choice["conditions"]):
                continue
            after, liked = set(flags), reputation
            for effect in choice["effects"]:
                if effect["kind"] == "flag":
                    after.add(effect["flag"])
                elif effect["kind"] == "reputation":
                    liked = max(-3, min(3, liked + effect["change"]))
            state = (choice["next"], frozenset(after), liked)
            if state not in seen:
                seen.add(state)
                waiting.append(state)
    return {at for at, _, _ in seen}


def holds(condition: Dialogue, flags: frozenset[str], reputation: int) -> bool:
    if condition["kind"] == "flag":
        return condition["flag"] in flags
    return condition["kind"] == "reputation" and reputation >= condition["atLeast"]


def check_graph(made: Dialogue, count: int) -> None:
    jsonschema.validate(made, DIALOGUE_SCHEMA, cls=jsonschema.Draft202012Validator)
    nodes = {node["id"]: node for node in made["nodes"]}
    assert len(nodes) == len(made["nodes"]) == count
    assert made["start"] == made["nodes"][0]["id"]
    assert reached(made, made["start"]) == set(nodes)
    assert played(made) == set(nodes)
    endings = {name for name, node in nodes.items() if not node["choices"]}
    assert len(endings) >= 2
    for name, node in nodes.items():
        assert (node["ending"] is not None) == (name in endings)
        assert reached(made, name, free=True) & endings
        offered = [choice["text"] for choice in node["choices"]]
        assert len(set(offered)) == len(offered)
        assert len(offered) <= 10


def check_language(made: Dialogue) -> None:
    for text in texts_of(made):
        assert text == text.strip()
        assert "  " not in text
        assert "{" not in text
        assert not re.search(r"\s[.,!?]", text)
        for sentence in re.split(r"(?<=[.!?]) ", text):
            first = sentence[0]
            assert first == first.upper(), text
        for found, word in re.findall(r"\b([Aa]n?) ([\w-]+)", text):
            assert found.lower() == article(word), text


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(DIALOGUE_SCHEMA)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**dialogue(""), "more": 1}, DIALOGUE_SCHEMA)


@settings(max_examples=150, deadline=None)
@example("🦊" * 9, 0, 6)
@example("\ud800", 0, 60)
@example("x" * 5000, 0, 14)
@example("{0} {thing.the} %s", 1, 20)
@example("umbrella hour unicorn university 8 11 honest eulogy one", 1, 60)
@given(st.text(max_size=80), st.integers(-(2**63), 2**63), st.integers(6, 60))
def test_any_prompt_gives_a_sound_dialogue(prompt: str, seed: int, nodes: int) -> None:
    made = dialogue(prompt, seed, nodes=nodes)
    check_graph(made, nodes)
    check_language(made)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(WORDS),
        max_size=12,
    ),
    st.integers(0, 1000),
)
def test_any_order_of_words_gives_a_sound_dialogue(words: list[str], seed: int) -> None:
    made = dialogue(" ".join(words), seed, nodes=60)
    check_graph(made, 60)
    check_language(made)


@pytest.mark.parametrize("nodes", range(6, 61))
def test_every_size_works(nodes: int) -> None:
    check_graph(dialogue(PROMPTS[0], 1, nodes=nodes), nodes)


@pytest.mark.parametrize("prompt", PROMPTS)
def test_an_ordinary_dialogue_has_fourteen_nodes_and_says_nothing_twice(prompt: str) -> None:
    made = dialogue(prompt)
    assert len(made["nodes"]) == 14
    spoken = [node["text"] for node in made["nodes"]]
    assert len(set(spoken)) == len(spoken)


def test_the_prompts_nouns_are_woven_in() -> None:
    whole = " ".join(texts_of(dialogue(PROMPTS[0])))
    assert "silver hammer" in whole
    assert "in the forest" in whole or "to the forest" in whole
    assert dialogue(PROMPTS[0])["speaker"]["role"] == "blacksmith"
    assert dialogue(PROMPTS[0])["speaker"]["mood"] == "grumpy"
    assert dialogue(PROMPTS[0])["quest"] == "fetch"


def test_unknown_nouns_and_names_are_woven_in_as_well() -> None:
    made = dialogue("zorbulon collector wants the frumious blarg from the village of Eldermoor")
    whole = " ".join(texts_of(made))
    assert made["speaker"]["role"] == "zorbulon collector"
    assert "frumious blarg" in whole
    assert "village of Eldermoor" in whole
    assert "the Ilmara" not in " ".join(texts_of(dialogue("merchant who fears Ilmara greatly")))


def test_every_further_noun_gets_a_topic() -> None:
    made = dialogue("merchant, compass, violin, teapot, candles", nodes=60)
    whole = " ".join(texts_of(made))
    assert all(noun in whole for noun in ("compass", "violin", "teapot", "candles"))


def test_the_mood_and_the_task_come_from_the_prompt() -> None:
    moods = {m: dialogue(f"{m} innkeeper")["speaker"]["mood"] for m in ("cheerful", "angry", "sad")}
    assert moods == {"cheerful": "friendly", "angry": "grumpy", "sad": "sad"}
    assert dialogue("hunter and the wolves")["quest"] == "slay"
    assert dialogue("courier with a letter")["quest"] == "deliver"
    assert dialogue("guard of the bridge")["quest"] == "passage"


def test_prompt_and_seed_decide() -> None:
    assert make_dialogue("old king", 1, {}) == make_dialogue("old king", 1, {})
    assert make_dialogue("old king", 1, {}) != make_dialogue("old king", 2, {})
    assert make_dialogue("old king", 1, {}) != make_dialogue("old thief", 1, {})


def test_another_process_gives_the_same_bytes() -> None:
    code = (
        "import sys\n"
        "from asset_forge.generation.providers.procedural.dialogue import make_dialogue\n"
        "prompt = 'grumpy elf, wolves and an amulet'\n"
        "sys.stdout.buffer.write(make_dialogue(prompt, 5, {'nodes': 40}))"
    )
    here = make_dialogue("grumpy elf, wolves and an amulet", 5, {"nodes": 40})
    for salt in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": salt},
            capture_output=True,
            check=True,
        )
        assert done.stdout == here


@pytest.mark.parametrize("value", [5, 61, 7.5, "8", True, None])
def test_a_bad_number_of_nodes_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"option nodes is .*; use a whole number from 6 to 60"):
        make_dialogue("guard", 1, {"nodes": value})


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(ValueError, match="option language is unknown; use nodes"):
        make_dialogue("guard", 1, {"language": "de"})
    assert set(DIALOGUE_OPTIONS) == {"nodes"}


def test_every_line_can_be_written_about_anything() -> None:
    groups = [
        lines.DANGERS, lines.REWARDS, lines.DOUBTS, lines.SECRETS, lines.HOSTILE, lines.BARGAINS,
        lines.FORGIVEN, lines.PEOPLE, lines.PAST, *lines.GREETINGS.values(), *lines.OFFERS.values(),
        *lines.DETAILS.values(), *lines.HUBS.values(), *lines.ACCEPTED.values(),
        *lines.DECLINED.values(), *lines.SAY.values(),
    ]  # fmt: skip
    for topic in (EXTRA, *TOPICS):
        groups += [topic.question, *topic.replies]
    for thing in (Noun("idol"), Noun("coins", plural=True), Noun("Ilmara", name=True)):
        slots = dict.fromkeys(("role", "thing", "place", "foe", "extra"), thing)
        for line in (line for group in groups for line in group):
            assert "{" not in line.format(name="Ada", reward="gold", **slots)


@pytest.mark.parametrize(
    ("word", "with_article"),
    [
        ("apple", "an apple"), ("hour", "an hour"), ("honest broker", "an honest broker"),
        ("unicorn", "a unicorn"), ("university", "a university"), ("uncle", "an uncle"),
        ("uninvited guest", "an uninvited guest"), ("umbrella", "an umbrella"), ("ewe", "a ewe"),
        ("European", "a European"), ("one-eyed cat", "a one-eyed cat"), ("onion", "an onion"),
        ("8-bit hero", "an 8-bit hero"), ("18 wheeler", "an 18 wheeler"), ("7 keys", "a 7 keys"),
        ("herb", "a herb"), ("ur", "an ur"), ("", "a "), ("usual suspect", "a usual suspect"),
        ("utopia", "a utopia"), ("urchin", "an urchin"), ("ulcer", "an ulcer"), ("user", "a user"),
        ("unique idol", "a unique idol"), ("ubiquitous fog", "a ubiquitous fog"),
        ("unit", "a unit"), ("unimportant man", "an unimportant man"), ("udder", "an udder"),
    ],
)  # fmt: skip
def test_articles_follow_the_sound(word: str, with_article: str) -> None:
    assert Noun(word).a == with_article


def test_pronouns_and_verbs_agree() -> None:
    one, many, name = Noun("idol"), Noun("coins", plural=True), Noun("Ilmara", name=True)
    assert (one.it, one.was, one.has, one.them) == ("it", "was", "has", "it")
    assert (many.it, many.was, many.has, many.them, many.a) == (
        "they",
        "were",
        "have",
        "them",
        "some coins",
    )
    assert (name.the, name.a, name.it) == ("Ilmara", "Ilmara", "Ilmara")
    assert Noun("dark forest").at == "in the dark forest"
    assert Noun("old gate").at == "at the old gate"


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", 0), ("   \n", 0), ("sword", 1), ("blacksmith", 2), ("Who goes there?", 4), ("1234", 2),
     ("a_b", 3), ("日本語", 3), ("don't", 3), ("…", 1), ("naïve", 1)],
)  # fmt: skip
def test_tokens_are_counted_by_a_fixed_rule(text: str, tokens: int) -> None:
    assert count_tokens(text) == tokens


@given(st.text(), st.text())
def test_tokens_of_parts_add_up(one: str, other: str) -> None:
    assert count_tokens(f"{one} {other}") == count_tokens(one) + count_tokens(other)
    assert count_tokens(one) <= len(one)
