from __future__ import annotations

import contextlib
import io
import json
import struct
import wave
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from asset_forge.assets import FileType, Inspector
from asset_forge.faults import InvalidRequest, UnsupportedMedia


def _glb() -> bytes:
    chunk = b'{"asset":{"version":"2.0"}} '
    chunk += b" " * (-len(chunk) % 4)
    return struct.pack("<4sIIII", b"glTF", 2, 20 + len(chunk), len(chunk), 0x4E4F534A) + chunk


def _png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    return out.getvalue()


def _wav() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\0\1" * 400)
    return out.getvalue()


def _zip(comment: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("a.txt", "hello " * 50)
        file.comment = comment
    return out.getvalue()


FILES = {
    FileType.GLB: _glb(),
    FileType.PNG: _png(),
    FileType.WAV: _wav(),
    FileType.JSON: json.dumps({"lines": ["é", 1, None]}, indent=1).encode(),
    FileType.ZIP: _zip(),
    FileType.OTHER: b"just text",
}
_MARKED = [kind for kind in FILES if kind is not FileType.OTHER]


def _inspect(data: bytes, filename: str = "", content_type: str = "", step: int = 7) -> FileType:
    inspector = Inspector(filename, content_type)
    for start in range(0, len(data), step):
        inspector.feed(data[start : start + step])
    return inspector.finish().file_type


@given(kind=st.sampled_from(list(FILES)), step=st.integers(min_value=1, max_value=2000))
def test_a_format_is_told_from_the_bytes_however_they_come(kind: FileType, step: int) -> None:
    assert _inspect(FILES[kind], step=step) is kind


@given(data=st.data(), kind=st.sampled_from([kind for kind in _MARKED if kind != "json"]))
def test_a_file_cut_anywhere_behind_its_mark_is_refused(
    data: st.DataObject, kind: FileType
) -> None:
    whole = FILES[kind]
    cut = data.draw(st.integers(min_value=12, max_value=len(whole) - 1))
    with pytest.raises(InvalidRequest) as refused:
        _inspect(whole[:cut])
    assert refused.value.field == "file"


@given(cut=st.integers(min_value=1, max_value=len(FILES[FileType.JSON]) - 1))
def test_a_json_document_cut_anywhere_is_refused_where_json_was_claimed(cut: int) -> None:
    with pytest.raises(InvalidRequest):
        _inspect(FILES[FileType.JSON][:cut], "a.json")


@given(st.binary(max_size=300))
def test_any_bytes_are_judged_without_an_error_of_our_own(data: bytes) -> None:
    for filename in ("", "a.json", "a.zip"):
        with contextlib.suppress(InvalidRequest, UnsupportedMedia):
            _inspect(data, filename)


def test_an_archive_with_a_comment_is_whole() -> None:
    assert _inspect(_zip(b"made by hand PK\x05\x06")) is FileType.ZIP


def test_an_empty_archive_is_whole() -> None:
    out = io.BytesIO()
    zipfile.ZipFile(out, "w").close()
    assert _inspect(out.getvalue()) is FileType.ZIP


@pytest.mark.parametrize(
    ("kind", "filename", "content_type"),
    [
        (FileType.GLB, "a.png", ""),
        (FileType.PNG, "a.PNG", "image/jpeg"),
        (FileType.WAV, "", "application/json; charset=utf-8"),
        (FileType.OTHER, "a.zip", ""),
        (FileType.JSON, "x.glb", "application/octet-stream"),
    ],
)
def test_a_claim_that_the_bytes_contradict_is_refused(
    kind: FileType, filename: str, content_type: str
) -> None:
    with pytest.raises(UnsupportedMedia) as refused:
        _inspect(FILES[kind], filename, content_type)
    assert kind.value in refused.value.message


@pytest.mark.parametrize("name", ["", "a", "a.txt", "a.gltf", "dir.png/a.JSON"])
def test_a_name_that_claims_nothing_else_is_accepted(name: str) -> None:
    assert _inspect(FILES[FileType.JSON], name, "text/plain") is FileType.JSON


def test_text_that_only_begins_like_json_is_other() -> None:
    assert _inspect(b"[section]\nkey = 1\n") is FileType.OTHER
    assert _inspect(b'{"a": "\xff"}') is FileType.OTHER


def test_a_deeply_nested_document_does_no_harm() -> None:
    with pytest.raises(InvalidRequest):
        _inspect(b"[" * 500_000, "a.json", step=100_000)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="is empty"):
        _inspect(b"")


def test_a_json_document_over_the_limit_is_refused() -> None:
    inspector = Inspector("a.json")
    inspector.feed(b"[" + b" " * (16 * 1024 * 1024 - 1))
    with pytest.raises(InvalidRequest, match="16777216"):
        inspector.feed(b" ")
