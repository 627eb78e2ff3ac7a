from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asset_forge.api.downloads import Unsatisfiable, matches, parse_range, range_is_current

sizes = st.integers(min_value=0, max_value=10_000)
numbers = st.integers(min_value=0, max_value=20_000)


@given(first=numbers, last=numbers, size=sizes)
def test_a_closed_range_is_what_a_slice_of_the_file_would_be(
    first: int, last: int, size: int
) -> None:
    data = range(size)
    header = f"bytes={first}-{last}"
    if last < first:
        assert parse_range(header, size) is None
    elif first >= size:
        with pytest.raises(Unsatisfiable):
            parse_range(header, size)
    else:
        found = parse_range(header, size)
        assert found is not None
        assert data[slice(*found)] == data[first : last + 1]


@given(count=numbers, size=sizes)
def test_a_suffix_is_the_end_of_the_file(count: int, size: int) -> None:
    if count == 0 or size == 0:
        with pytest.raises(Unsatisfiable):
            parse_range(f"bytes=-{count}", size)
    else:
        found = parse_range(f"bytes=-{count}", size)
        assert found is not None
        assert range(size)[slice(*found)] == range(size)[-count:]


@given(header=st.text(max_size=40) | st.from_regex(r"bytes=[-0-9, ]{0,30}"), size=sizes)
def test_no_header_is_answered_with_bytes_outside_of_the_file(header: str, size: int) -> None:
    try:
        found = parse_range(header, size)
    except Unsatisfiable:
        assert re.search("bytes", header, re.IGNORECASE)
        return
    if found is not None:
        assert 0 <= found[0] < found[1] <= size


def test_numbers_of_any_length_are_understood() -> None:
    assert parse_range(f"bytes=5-{'9' * 6000}", 10) == (5, 10)
    with pytest.raises(Unsatisfiable):
        parse_range(f"bytes={'9' * 6000}-", 10)


def test_several_ranges_are_ignored() -> None:
    assert parse_range("bytes=0-1,3-4", 10) is None


def test_a_tag_is_found_among_others_and_compared_weakly() -> None:
    assert matches('"a", W/"b"', '"b"')
    assert matches("*", '"b"')
    assert not matches('"a"', '"b"')
    assert not matches(None, '"b"')


def test_only_the_same_strong_tag_lets_a_range_count() -> None:
    assert range_is_current(None, '"a"')
    assert range_is_current('"a"', '"a"')
    assert not range_is_current('W/"a"', '"a"')
    assert not range_is_current("Wed, 21 Oct 2015 07:28:00 GMT", '"a"')
