from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asset_forge.api.downloads import content_disposition
from asset_forge.assets import clean_description, clean_name, clean_tags
from asset_forge.faults import InvalidRequest

_HEADER = re.compile(
    r"attachment; filename=\"([A-Za-z0-9._ -]+)\"(?:; filename\*=UTF-8''([A-Za-z0-9.%_~-]+))?"
)


@given(name=st.text(max_size=60), file_type=st.sampled_from(["glb", "png", "other"]))
def test_a_header_has_one_safe_name_whatever_the_asset_is_called(name: str, file_type: str) -> None:
    found = _HEADER.fullmatch(content_disposition(name, file_type))
    assert found is not None
    full = unquote(found.group(2) or found.group(1))
    for text in (found.group(1), full):
        assert not text.startswith(".")
        assert not set(text) & set('/\\:*?"<>|\r\n\0')
        assert text
    assert full.lower().endswith(f".{file_type}" if file_type != "other" else "")


def test_a_name_is_sent_in_full_beside_a_plain_one() -> None:
    assert content_disposition("Señor Ärmel", "png") == (
        "attachment; filename=\"Senor Armel.png\"; filename*=UTF-8''Se%C3%B1or%20%C3%84rmel.png"
    )


def test_an_extension_that_is_there_is_not_repeated() -> None:
    assert content_disposition("crate.GLB", "glb") == 'attachment; filename="crate.GLB"'


def test_a_path_in_a_name_leads_nowhere() -> None:
    assert content_disposition("../../etc/passwd", "other") == (
        'attachment; filename="_.._etc_passwd"'
    )


@given(st.text(max_size=300))
def test_a_cleaned_name_is_stable_trimmed_composed_and_bounded(text: str) -> None:
    try:
        name = clean_name(text)
    except InvalidRequest:
        return
    assert clean_name(name) == name
    assert name == name.strip()
    assert unicodedata.is_normalized("NFC", name)
    assert 1 <= len(name) <= 200
    name.encode()


@pytest.mark.parametrize("text", ["", "  ", "x" * 201, "a\0b", "a\nb", "a\x85b", "\ud800"])
def test_a_name_that_cannot_be_kept_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest):
        clean_name(text)


def test_a_description_keeps_its_lines() -> None:
    assert clean_description(" a\n\tb ") == "a\n\tb"
    with pytest.raises(InvalidRequest, match="10000"):
        clean_description("x" * 10_001)
    with pytest.raises(InvalidRequest, match=r"U\+0007"):
        clean_description("a\ab")


def test_tags_are_kept_once_and_in_order() -> None:
    assert clean_tags(["b", " a", "b"]) == ["b", "a"]
    with pytest.raises(InvalidRequest, match="33 tags"):
        clean_tags([str(number) for number in range(33)])
