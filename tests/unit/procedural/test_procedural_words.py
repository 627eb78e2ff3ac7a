"""Reading a prompt."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asset_forge.generation.providers.procedural._families import FAMILIES
from asset_forge.generation.providers.procedural.words import random_for, read_prompt


@given(st.text(max_size=10_000))
def test_any_text_is_read_the_same_way_twice(text: str) -> None:
    first, again = read_prompt(text), read_prompt(text)
    assert first == again
    for asset_type, families in FAMILIES.items():
        assert first.family(asset_type) in families


@given(st.text(max_size=200), st.integers(), st.text(max_size=20))
def test_random_numbers_depend_on_the_arguments_alone(text: str, seed: int, purpose: str) -> None:
    one, two = random_for(text, seed, purpose), random_for(text, seed, purpose)
    assert np.array_equal(one.random(4), two.random(4))
    other = random_for(text, seed, purpose + "!")
    assert not np.array_equal(one.random(4), other.random(4))


def test_case_and_spacing_do_not_matter_but_words_do() -> None:
    assert read_prompt("  A Zorgon\nBLADE ") == read_prompt("a zorgon blade")
    drawn = [random_for(f"a {name} blade", 1, "x").random() for name in ("zorgon", "zumbag")]
    assert drawn[0] != drawn[1]


def test_random_numbers_are_the_same_in_another_process_with_another_hash_seed() -> None:
    code = (
        "from asset_forge.generation.providers.procedural.words import random_for, read_prompt;"
        "print(random_for('a blade', 7, 'x').random(), read_prompt('quux').family('prop'))"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    expected = f"{random_for('a blade', 7, 'x').random()} {read_prompt('quux').family('prop')}\n"
    assert runs == {expected.encode()}


@pytest.mark.parametrize(
    ("prompt", "asset_type", "family"),
    [
        ("a chest of gold coins", "item", "coin"),
        ("a chest of gold coins", "prop", "chest"),
        ("Dragon sword", "weapon", "sword"),
        ("two battleaxes with iron heads", "weapon", "axe"),
        ("ring of the book keeper", "item", "ring"),
        ("three-story timbered inn", "building", "house"),
        ("scary wolves", "character", "beast"),
        ("mossy cobblestones", "texture", "cobble"),
    ],
)
def test_the_noun_decides_the_family(prompt: str, asset_type: str, family: str) -> None:
    assert read_prompt(prompt).family(asset_type) == family


def test_an_unknown_asset_type_is_refused_with_the_choices() -> None:
    with pytest.raises(
        ValueError, match=r"asset type 'hat' has no shape families; use one of weapon, armor"
    ):
        read_prompt("a hat").family("hat")


def test_materials_colors_age_and_wear_are_read() -> None:
    reading = read_prompt("an ancient rusty iron sword with a crimson leather grip")
    assert reading.materials == ("iron", "leather")
    assert reading.colors == ((153, 12, 40),)
    assert reading.age == 0.9
    assert reading.wear == ("rust",)


def test_what_is_denied_is_not_read() -> None:
    assert read_prompt("a sword, not rusty").wear == ()


def test_moods_give_valence_and_energy() -> None:
    assert read_prompt("sad calm melody").valence < 0 < read_prompt("cheerful melody").valence
    assert read_prompt("calm melody").energy < 0 < read_prompt("epic battle").energy


def test_counts_belong_to_their_unit() -> None:
    reading = read_prompt("a three-story tower with 12 windows")
    assert reading.count("story", default=1) == 3
    assert reading.count("window", default=1) == 12
    assert reading.count("door", default=1) == 1


def test_sizes_stay_within_bounds_however_often_they_are_said() -> None:
    assert read_prompt("tiny " * 50).size == 0.35
    assert read_prompt("colossal " * 50).size == 2.6
