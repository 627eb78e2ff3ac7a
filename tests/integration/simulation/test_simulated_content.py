"""The files and texts that the simulated vendors deliver are what they claim to be."""

from __future__ import annotations

import io
import json
import wave

import jsonschema
import numpy as np
import pygltflib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from asset_forge.generation.providers.dialogue_document import answer_schema, read_dialogue
from asset_forge.simulation.providers.content.images import make_png
from asset_forge.simulation.providers.content.models import make_glb
from asset_forge.simulation.providers.content.sounds import make_sound, output_format
from asset_forge.simulation.providers.content.words import count_tokens, write_json, write_text


@given(
    prompt=st.text(max_size=40),
    seed=st.integers(0, 1 << 40),
    triangles=st.integers(1, 400_000),
    textured=st.booleans(),
)
@settings(max_examples=25, deadline=None)
def test_every_model_is_a_valid_glb_of_unit_normals(
    prompt: str, seed: int, triangles: int, textured: bool
) -> None:
    content = make_glb(prompt, seed, triangles=triangles, textured=textured)
    assert content == make_glb(prompt, seed, triangles=triangles, textured=textured)
    assert len(content) < 300_000
    tree = pygltflib.GLTF2.load_from_bytes(content)
    assert int.from_bytes(content[8:12], "little") == len(content)
    assert len(tree.images) == textured
    blob = tree.binary_blob()
    assert blob is not None
    assert all(view.byteOffset % 4 == 0 for view in tree.bufferViews)
    normals = np.frombuffer(
        blob, "<f4", tree.accessors[1].count * 3, tree.bufferViews[1].byteOffset
    )
    assert np.allclose(np.linalg.norm(normals.reshape(-1, 3), axis=1), 1, atol=1e-5)
    indices = np.frombuffer(blob, "<u2", tree.accessors[3].count, tree.bufferViews[3].byteOffset)
    assert indices.max() < tree.accessors[0].count


@given(width=st.integers(1, 200), height=st.integers(1, 200), prompt=st.text(max_size=20))
@settings(max_examples=25, deadline=None)
def test_every_image_is_a_png_of_its_size(width: int, height: int, prompt: str) -> None:
    with Image.open(io.BytesIO(make_png(prompt, 0, width, height))) as image:
        image.load()
        assert (image.format, image.size) == ("PNG", (width, height))


def test_an_image_repeats_without_a_seam() -> None:
    with Image.open(io.BytesIO(make_png("moss", 0, 128, 64))) as image:
        pixels = np.asarray(image).astype(int)
    assert np.array_equal(pixels[:, :64], pixels[:, 64:])
    inside = np.abs(np.diff(pixels[:, :64], axis=1)).max()
    assert np.abs(pixels[:, 63] - pixels[:, 64]).max() <= inside


@given(text=st.text(min_size=1, max_size=60), seconds=st.floats(0.1, 3), seed=st.integers(0, 9))
@settings(max_examples=25, deadline=None)
def test_every_wav_is_heard_and_lasts_as_long_as_asked(
    text: str, seconds: float, seed: int
) -> None:
    wanted = output_format("wav_8000")
    assert wanted is not None
    with wave.open(io.BytesIO(make_sound(text, seconds, wanted, seed))) as sound:
        frames = np.frombuffer(sound.readframes(sound.getnframes()), "<i2")
    assert len(frames) == pytest.approx(seconds * 8000, abs=1)
    assert np.abs(frames).max() > 3000


@pytest.mark.parametrize(
    ("name", "samples", "rate", "bytes_a_second"),
    [
        ("mp3_44100_128", 1152, 44100, 16000),
        ("mp3_44100_32", 1152, 44100, 4000),
        ("mp3_22050_32", 576, 22050, 4000),
        ("mp3_24000_48", 576, 24000, 6000),
    ],
)
def test_every_mp3_is_frame_after_frame_of_its_rate(
    name: str, samples: int, rate: int, bytes_a_second: int
) -> None:
    wanted = output_format(name)
    assert wanted is not None
    content = make_sound("a calm tavern", 2.0, wanted)
    assert content[:3] == b"ID3"
    size = sum(byte << shift for byte, shift in zip(content[6:10], (21, 14, 7, 0), strict=True))
    frames = content[10 + size :]
    length = samples * bytes_a_second // rate
    assert len(frames) % length == 0
    starts = [frames[at : at + 4] for at in range(0, len(frames), length)]
    assert set(starts) == {frames[:4]}
    assert frames[0] == 0xFF
    assert frames[1] >> 5 == 0b111
    assert len(starts) * samples / rate == pytest.approx(2.0, abs=0.05)


@pytest.mark.parametrize(("name", "silence"), [("ulaw_8000", 0xFF), ("alaw_8000", 0xD5)])
def test_telephone_codecs_have_a_byte_for_each_sample_and_know_silence(
    name: str, silence: int
) -> None:
    wanted = output_format(name)
    assert wanted is not None
    content = make_sound("hello", 1.0, wanted)
    assert len(content) == 8000
    assert content[0] == silence


def test_mu_law_decodes_to_what_was_encoded() -> None:
    coded, plain = output_format("ulaw_8000"), output_format("pcm_8000")
    assert coded is not None
    assert plain is not None
    bits = ~np.frombuffer(make_sound("hello", 0.5, coded), np.uint8).astype(int) & 255
    magnitude = (((bits & 15) << 3) + 132 << (bits >> 4 & 7)) - 132
    decoded = np.where(bits & 128, -magnitude, magnitude)
    expected = np.frombuffer(make_sound("hello", 0.5, plain), "<i2").astype(int)
    assert np.abs(decoded - expected).max() < 0.05 * np.abs(expected).max()


def test_a_law_decodes_to_what_was_encoded() -> None:
    coded, plain = output_format("alaw_8000"), output_format("pcm_8000")
    assert coded is not None
    assert plain is not None
    bits = np.frombuffer(make_sound("hello", 0.5, coded), np.uint8).astype(int) ^ 0x55
    segment, step = bits >> 4 & 7, bits & 15
    magnitude = np.where(
        segment > 0, ((step << 4) + 264) << np.maximum(segment - 1, 0), (step << 4) + 8
    )
    decoded = np.where(bits & 128, magnitude, -magnitude)
    expected = np.frombuffer(make_sound("hello", 0.5, plain), "<i2").astype(int)
    assert np.abs(decoded - expected).max() < 0.05 * np.abs(expected).max()


@pytest.mark.parametrize(
    "name", ["opus_48000_32", "mp3_44100_100", "mp3_8000_32", "wav", "", "x_1"]
)
def test_formats_that_cannot_be_made_are_unknown(name: str) -> None:
    assert output_format(name) is None


@given(st.text())
def test_a_text_has_a_token_for_about_every_four_characters(text: str) -> None:
    assert max(1, len(text) / 4) <= count_tokens(text) < len(text) / 4 + 2


@given(st.text(max_size=300))
def test_a_written_text_names_its_subject_and_is_always_the_same(prompt: str) -> None:
    text = write_text(prompt)
    assert text == write_text(prompt)
    assert text.endswith(".")
    assert " ".join(prompt.split()).rstrip(".")[-400:].strip()[:20] in text


_LEAVES = st.sampled_from(
    [
        {"type": "string"},
        {"type": "integer", "minimum": 4, "maximum": 6},
        {"type": "number"},
        {"type": "boolean"},
        {"type": "null"},
        {"enum": ["a", "b"]},
        {"const": 7},
        {"type": ["null", "string"]},
        {"anyOf": [{"type": "null"}, {"type": "integer"}]},
        {"$ref": "#/$defs/thing"},
    ]
)
_SCHEMAS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.builds(lambda part: {"type": "array", "items": part, "minItems": 1}, inner),
        st.dictionaries(st.sampled_from("xyz"), inner).map(
            lambda parts: {
                "type": "object",
                "properties": parts,
                "required": list(parts),
                "additionalProperties": False,
            }
        ),
    ),
    max_leaves=6,
)


@given(schema=_SCHEMAS, prompt=st.text(max_size=20))
@settings(deadline=None)
def test_every_json_answer_keeps_to_its_schema(schema: dict[str, object], prompt: str) -> None:
    whole = {
        "type": "object",
        "properties": {"answer": schema},
        "required": ["answer"],
        "$defs": {"thing": {"type": "object", "properties": {"name": {"type": "string"}}}},
    }
    jsonschema.validate(json.loads(write_json(prompt, whole)), whole)


def test_a_dialogue_is_one_that_can_be_played() -> None:
    dialogue = json.loads(write_json("a grumpy blacksmith", None))
    names = {node["id"] for node in dialogue["nodes"]}
    assert dialogue["start"] in names
    assert all(choice["next"] in names for node in dialogue["nodes"] for choice in node["choices"])


def test_a_dialogue_by_a_schema_has_its_fields_alone_and_can_still_be_played() -> None:
    choice = _object(text={"type": "string"}, next={"type": "string"}, weight={"type": "integer"})
    node = _object(
        id={"type": "string"},
        text={"type": "string"},
        choices={"type": "array", "items": {"$ref": "#/$defs/choice"}},
    )
    schema = _object(
        start={"type": "string"},
        speaker=_object(name={"type": "string"}),
        nodes={"type": "array", "items": node},
    ) | {"$defs": {"choice": choice}}
    dialogue = json.loads(write_json("a grumpy blacksmith", schema))
    jsonschema.validate(dialogue, schema)
    names = {node["id"] for node in dialogue["nodes"]}
    assert dialogue["start"] in names
    assert all(choice["next"] in names for node in dialogue["nodes"] for choice in node["choices"])


@given(prompt=st.text(max_size=60))
@settings(max_examples=15, deadline=None)
def test_a_dialogue_by_the_schema_of_the_service_is_one_that_it_takes(prompt: str) -> None:
    schema = answer_schema()
    text = write_json(prompt, schema)
    jsonschema.validate(json.loads(text), schema)
    assert read_dialogue(text)["nodes"]


def test_a_schema_that_holds_itself_comes_to_an_end() -> None:
    tree = _object(
        left={"anyOf": [{"$ref": "#"}, {"type": "null"}]},
        more={"type": "array", "items": {"$ref": "#"}},
    )
    jsonschema.validate(json.loads(write_json("a tree", tree)), tree)


def _object(**properties: object) -> dict[str, object]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
