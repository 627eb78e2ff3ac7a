from __future__ import annotations

from collections.abc import AsyncIterator

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asset_forge.api.multipart import FIELD_LIMIT, UploadForm
from asset_forge.faults import InvalidRequest

BOUNDARY = "x-boundary"
TYPE = f'multipart/form-data; boundary="{BOUNDARY}"'


def _part(name: str, data: bytes, *, filename: str | None = None) -> bytes:
    named = f'; filename="{filename}"' if filename is not None else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
    return head.encode() + data + b"\r\n"


def _form(*parts: bytes) -> bytes:
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


async def _read(body: bytes, step: int = 64) -> tuple[bytes, str, dict[str, list[str]]]:
    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(body), step):
            yield body[start : start + step]

    form = UploadForm(chunks(), TYPE, file_field="file", fields=("name", "tags"))
    await form.open_file()
    data = b"".join([chunk async for chunk in form.chunks()])
    return data, form.filename, await form.read_fields()


@given(
    data=st.binary(max_size=400)
    | st.lists(st.sampled_from([b"\r", b"\n", b"--", BOUNDARY.encode(), b"a"])).map(b"".join),
    name=st.text(max_size=20),
    step=st.integers(min_value=1, max_value=500),
    before=st.booleans(),
)
def test_a_form_is_read_the_same_however_its_bytes_are_cut(
    data: bytes, name: str, step: int, before: bool
) -> None:
    if b"\r\n--" + BOUNDARY.encode() in b"\r\n" + data:
        return
    field, file = _part("name", name.encode()), _part("file", data, filename="a b.bin")
    if b"\r\n--" + BOUNDARY.encode() in b"\r\n" + name.encode():
        return
    body = _form(*((field, file) if before else (file, field)))
    assert anyio.run(_read, body, step) == (data, "a b.bin", {"name": [name]})


@given(data=st.data())
def test_a_form_cut_anywhere_before_its_end_is_refused(data: st.DataObject) -> None:
    body = _form(_part("name", b"n"), _part("file", b"0123456789", filename="a"))
    cut = data.draw(st.integers(min_value=0, max_value=len(body) - 3))
    with pytest.raises(InvalidRequest):
        anyio.run(_read, body[:cut])


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ([_part("name", b"n")], "file"),
        ([_part("file", b"1"), _part("file", b"2")], "file"),
        ([_part("color", b"red"), _part("file", b"1")], "color"),
        ([_part("file", b"1"), _part("color", b"red")], "color"),
        ([_part("name", b"x" * (FIELD_LIMIT + 1)), _part("file", b"1")], "name"),
        ([_part("name", b"\xff"), _part("file", b"1")], "name"),
    ],
)
async def test_what_is_wrong_with_a_form_is_named(parts: list[bytes], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        await _read(_form(*parts))
    assert refused.value.field == field


async def test_a_form_of_endless_parts_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="at most 64 parts"):
        await _read(_form(*[_part("tags", b"t")] * 65, _part("file", b"1")))


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        f"multipart/form-data; boundary={'b' * 71}",
    ],
)
def test_a_form_without_a_usable_boundary_is_refused(content_type: str) -> None:
    async def nothing() -> AsyncIterator[bytes]:
        yield b""

    with pytest.raises(InvalidRequest, match="boundary"):
        UploadForm(nothing(), content_type, file_field="file", fields=())
