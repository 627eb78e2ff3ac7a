"""The maps of a texture that are derived from one image."""

from __future__ import annotations

import contextlib
import io
import json
import struct
import zipfile
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from asset_forge.generation.providers.texture_maps import make_maps


def png(width: int = 32, height: int = 32, mode: str = "RGB") -> bytes:
    shades = np.linspace(0, 255, width * height).reshape(height, width).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(shades, "L").convert(mode).save(file, "PNG")
    return file.getvalue()


def opened(content: bytes) -> tuple[dict[str, Image.Image], dict[str, object]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        images: dict[str, Image.Image] = {
            name: Image.open(io.BytesIO(archive.read(name)))
            for name in archive.namelist()
            if name.endswith(".png")
        }
        for image in images.values():
            image.load()
        return images, json.loads(archive.read("material.json"))


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "1"])
def test_each_map_has_the_size_of_the_image(mode: str) -> None:
    images, description = opened(make_maps(png(mode=mode), "bricks", "a-model"))
    assert set(images) == {"albedo.png", "normal.png", "roughness.png", "height.png", "ao.png"}
    assert {image.size for image in images.values()} == {(32, 32)}
    assert (description["generator"], description["prompt"]) == ("a-model", "bricks")
    assert description["size"] == 32


def test_the_image_itself_is_the_albedo() -> None:
    images, _ = opened(make_maps(png(), "bricks", "a-model"))
    with Image.open(io.BytesIO(png())) as image:
        assert np.array_equal(np.asarray(images["albedo.png"]), np.asarray(image))


def test_bright_places_are_high_and_smooth() -> None:
    images, _ = opened(make_maps(png(), "bricks", "a-model"))
    height = np.asarray(images["height.png"]).astype(int)
    roughness = np.asarray(images["roughness.png"]).astype(int)
    assert height[0, 0] < height[-1, -1]
    assert roughness[0, 0] > roughness[-1, -1]


def test_an_image_of_one_color_is_flat() -> None:
    file = io.BytesIO()
    Image.new("RGB", (32, 32), (90, 90, 90)).save(file, "PNG")
    images, _ = opened(make_maps(file.getvalue(), "slate", "a-model"))
    normal = np.asarray(images["normal.png"]).reshape(-1, 3)
    assert np.abs(normal.astype(int) - (128, 128, 255)).max() <= 1


def claiming(width: int, height: int) -> bytes:
    """A few bytes whose header claims so many pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    chunks = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def jpeg() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (32, 32)).save(file, "JPEG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (png(32, 48), "32 by 48 pixels, and not a square"),
        (png(8, 8), "8 by 8 pixels"),
        (claiming(8000, 8000), "8000 by 8000 pixels"),
        (claiming(60_000, 60_000), "cannot be read"),
        (png()[:100], "cannot be read"),
        (jpeg(), "cannot be read"),
        (b"", "cannot be read"),
        (b"<html>", "cannot be read"),
    ],
)
def test_an_image_that_makes_no_texture_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make_maps(data, "bricks", "a-model")


@given(st.integers(0, len(png()) - 1), st.integers(1, 255))
def test_a_damaged_image_is_refused_or_opened(position: int, change: int) -> None:
    data = bytearray(png())
    data[position] ^= change
    with contextlib.suppress(ValueError):
        opened(make_maps(bytes(data), "bricks", "a-model"))
