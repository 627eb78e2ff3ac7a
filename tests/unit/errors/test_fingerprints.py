"""The same fault keeps its fingerprint, and different faults have different ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asset_forge.observability.errors import fingerprint, normalize

KINDS = ["builtins.ValueError"]
PLACES = ["service.assets.store", "service.assets.check"]


def of(
    message: str,
    kinds: list[str] = KINDS,
    places: list[str] = PLACES,
    error_type: str | None = None,
) -> str:
    return fingerprint(kinds, places, message, error_type)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("asset 17 is missing", "asset 4,211 is missing"),
        ("took 1.5 s", "took 12e3 s"),
        ("no asset called 'sword'", "no asset called 'a long bow'"),
        ('no field "a"', 'no field "b"'),
        ("row 01981f2e-7c1a-7bbb-8ccc-0123456789ab", "row 6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
        ("connect to 10.0.0.1:5432 failed", "connect to 192.168.7.12:6543 failed"),
        ("connect to ::1 failed", "connect to fe80:0:0:0:1:2:3:4 failed"),
        ("<Thing object at 0x7f3a2b>", "<Thing object at 0x55d0ffee12>"),
        ("GET https://a.example/x?y=1 failed", "GET http://b.example/ failed"),
        ("mail to a@b.example bounced", "mail to long.name+tag@sub.host.example bounced"),
        ("open /var/data/a.glb: no space", "open /tmp/x/y/z.png: no space"),
        ("commit 3f2a9bc is unknown", "commit 81d0ffee2 is unknown"),
    ],
)
def test_variations_of_a_message_are_one_fault(one: str, other: str) -> None:
    assert normalize(one) == normalize(other)
    assert of(one) == of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("connection refused", "connection reset"),
        ("the disk is full", "the disk is read-only"),
        ("asset 1 is missing", "project 1 is missing"),
        ("can't be read", "can't be written"),
    ],
)
def test_other_words_are_another_fault(one: str, other: str) -> None:
    assert of(one) != of(other)


def test_another_class_place_or_error_type_is_another_fault() -> None:
    same = of("x")

    assert of("x", kinds=["builtins.KeyError"]) != same
    assert of("x", kinds=[*KINDS, "builtins.OSError"]) != same
    assert of("x", places=["service.assets.store"]) != same
    assert of("x", error_type="timeout") != same


@given(st.integers(0), st.uuids(), st.from_regex(r"[A-Za-z ]{1,20}", fullmatch=True))
def test_numbers_ids_and_quoted_values_never_matter(
    number: int, identity: object, value: str
) -> None:
    assert of(f"job {identity} of {number} with '{value}' failed") == of(
        "job 01981f2e-7c1a-7bbb-8ccc-0123456789ab of 5 with 'x' failed"
    )


@given(st.text(max_size=300))
def test_any_message_has_a_fingerprint_and_normalizing_settles(message: str) -> None:
    assert len(of(message)) == 16
    assert len(normalize(message)) <= 500


@pytest.mark.parametrize(
    "unit", ["a", "1", "'", '"', "a.", "/a", "a@", "0x", ":", "f0", "a:", "://", "1.", "-"]
)
def test_a_huge_message_costs_no_more_than_a_long_one(unit: str) -> None:
    assert len(normalize(unit * (5_000_000 // len(unit)))) <= 500
