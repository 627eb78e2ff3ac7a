"""Tileable texture sets."""

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from asset_forge.generation.providers.procedural.noise import Noise
from asset_forge.generation.providers.procedural.textures import make_texture_set
from asset_forge.generation.providers.procedural.textures._surface import normal_map

sys.path.insert(0, str(Path(__file__).parent))
from prompts import TEXTURE_PROMPTS

SMALL = {"textureSize": 256}
MAPS = ["albedo.png", "normal.png", "roughness.png", "metallic.png", "height.png", "ao.png"]


def images(data: bytes) -> dict[str, NDArray[np.float64]]:
    """The PNGs of a set as arrays in [0, 255]."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    names = [name for name in archive.namelist() if name.endswith(".png")]
    return {n: np.asarray(Image.open(archive.open(n)), np.float64) for n in names}


@pytest.mark.parametrize("prompt", TEXTURE_PROMPTS)
def test_a_texture_wraps_around_at_its_edges(prompt: str) -> None:
    for name, pixels in images(make_texture_set(prompt, 1, SMALL)).items():
        for axis in (0, 1):
            steps = np.abs(np.diff(pixels, axis=axis, append=np.take(pixels, [0], axis)))
            mean = steps.mean(axis=tuple(k for k in range(steps.ndim) if k != axis))
            # The step over the edge is as any other step between rows, joints between pieces
            # included.
            assert mean[-1] <= max(mean[:-1].max() * 1.25, 2.0), (name, axis)


def test_a_set_holds_all_maps_in_the_asked_size_and_a_description() -> None:
    archive = zipfile.ZipFile(io.BytesIO(make_texture_set("old brick wall", 3, SMALL)))
    assert archive.namelist() == [*MAPS, "material.json"]
    modes = {name: Image.open(archive.open(name)) for name in MAPS}
    assert {image.size for image in modes.values()} == {(256, 256)}
    assert [image.mode for image in modes.values()] == ["RGB", "RGB", "L", "L", "L", "L"]
    described = json.loads(archive.read("material.json"))
    assert (described["surface"], described["seed"]) == ("brick", 3)


def test_what_glows_has_an_emissive_map() -> None:
    assert "emissive.png" in images(make_texture_set("lava", 1, SMALL))


def test_default_size_is_1024() -> None:
    assert images(make_texture_set("sand", 1, {}))["albedo.png"].shape == (1024, 1024, 3)


def test_every_two_prompts_give_different_colors() -> None:
    made = {hashlib.sha256(make_texture_set(p, 1, SMALL)).hexdigest() for p in TEXTURE_PROMPTS}
    assert len(made) == len(TEXTURE_PROMPTS)


def test_the_prompt_colors_the_texture() -> None:
    blue = images(make_texture_set("blue fabric", 1, SMALL))["albedo.png"].mean((0, 1))
    red = images(make_texture_set("red fabric", 1, SMALL))["albedo.png"].mean((0, 1))
    assert blue[2] > blue[0]
    assert red[0] > red[2]


def test_the_same_request_gives_the_same_bytes_in_another_process() -> None:
    code = (
        "import hashlib\n"
        "from asset_forge.generation.providers.procedural.textures import make_texture_set\n"
        "print(hashlib.sha256(make_texture_set('mossy wall', 7, {'textureSize': 256})).hexdigest())"
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
    here = hashlib.sha256(make_texture_set("mossy wall", 7, SMALL)).hexdigest()
    assert runs == {f"{here}\n".encode()}


def test_a_bad_size_is_refused_with_the_choices() -> None:
    with pytest.raises(
        ValueError, match="option textureSize is 1000; use one of 256, 512, 1024, 2048"
    ):
        make_texture_set("sand", 1, {"textureSize": 1000})


def test_a_slope_rising_to_the_right_and_up_turns_its_normal_left_and_down() -> None:
    y, x = np.indices((32, 32)) / 32
    right = normal_map(x, 1.0)[16, 16]
    up = normal_map(1 - y, 1.0)[16, 16]
    assert right[0] < 0.5 < right[2]
    assert up[1] < 0.5 < up[2]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.floats(1, 8), st.floats(0.4, 2.5))
def test_noise_stays_in_range_and_tiles(seed: int, lowest: float, slope: float) -> None:
    field = Noise(np.random.default_rng(seed), 64).fractal(lowest, slope)
    assert 0 <= field.min() <= field.max() <= 1
    steps = np.abs(np.diff(field, axis=1, append=field[:, :1])).mean(0)
    assert steps[-1] <= steps[:-1].max() * 1.5
