"""One asset of each type, made by the real server, and opened with somebody else's reader."""

from __future__ import annotations

import io
import json
import wave
import zipfile
from typing import Any

import jsonschema
import pytest
import trimesh
from PIL import Image

from tests.served import Server

MODELS = ("character", "environment", "prop", "item", "weapon", "armor", "building")
OPTIONS: dict[str, dict[str, object]] = {
    **dict.fromkeys(MODELS, {"textureSize": 256, "detail": 1}),
    "texture": {"textureSize": 256},
    "music": {"durationSeconds": 4},
    "sound_effect": {"durationSeconds": 0.5},
    "voice": {"durationSeconds": 1.5},
    "dialogue": {"nodes": 8},
}
# Written from what a game engine needs, and not taken from the code that writes dialogues.
_CHOICE: dict[str, Any] = {
    "type": "object",
    "required": ["text", "next", "conditions", "effects"],
    "properties": {
        "text": {"type": "string", "minLength": 1},
        "next": {"type": "string"},
        "conditions": {"type": "array", "items": {"type": "object"}},
        "effects": {"type": "array", "items": {"type": "object"}},
    },
}
_NODE: dict[str, Any] = {
    "type": "object",
    "required": ["id", "speaker", "text", "choices", "ending"],
    "properties": {
        "id": {"type": "string", "minLength": 1},
        "speaker": {"type": "string", "minLength": 1},
        "text": {"type": "string", "minLength": 1},
        "choices": {"type": "array", "items": _CHOICE},
        "ending": {"type": ["string", "null"]},
    },
}
DIALOGUE: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["format", "title", "speaker", "start", "nodes"],
    "properties": {
        "format": {"const": "asset-forge.dialogue/1"},
        "title": {"type": "string", "minLength": 1},
        "speaker": {"type": "object", "required": ["name", "role", "mood"]},
        "start": {"type": "string"},
        "nodes": {"type": "array", "items": _NODE, "minItems": 2},
    },
}


def make(server: Server, type_: str) -> tuple[dict[str, Any], bytes]:
    """Have an asset made; return its record and its file."""
    job = server.ended(server.submit(type_, f"a mossy stone {type_}", options=OPTIONS[type_]))
    assert job["status"] == "succeeded", job["error"]
    asset = server.get(f"/api/assets/{job['assetId']}")
    response = server.request("GET", f"/api/assets/{asset['id']}/file")
    assert response.status_code == 200
    assert response.headers["content-type"] == asset["mediaType"]
    assert len(response.content) == asset["sizeBytes"]
    return asset, response.content


@pytest.mark.parametrize("type_", MODELS)
def test_a_model_opens_in_trimesh(server: Server, type_: str) -> None:
    asset, content = make(server, type_)
    assert (asset["type"], asset["fileType"]) == (type_, "glb")
    scene = trimesh.load_scene(io.BytesIO(content), file_type="glb")
    assert sum(len(mesh.faces) for mesh in scene.geometry.values()) > 50
    assert max(scene.extents) > 0


def test_a_texture_opens_in_pillow(server: Server) -> None:
    asset, content = make(server, "texture")
    assert asset["fileType"] == "zip"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        images = [name for name in archive.namelist() if name.endswith(".png")]
        assert len(images) >= 3
        for name in images:
            with Image.open(io.BytesIO(archive.read(name))) as image:
                image.load()
                assert image.size == (256, 256)


@pytest.mark.parametrize(
    ("type_", "shortest", "longest"),
    [("music", 3.9, 4.1), ("sound_effect", 0.45, 0.55), ("voice", 0.2, 1.6)],
)
def test_a_sound_opens_in_the_wave_module(
    server: Server, type_: str, shortest: float, longest: float
) -> None:
    asset, content = make(server, type_)
    assert (asset["type"], asset["fileType"]) == (type_, "wav")
    with wave.open(io.BytesIO(content)) as sound:
        assert shortest <= sound.getnframes() / sound.getframerate() <= longest
        frames = sound.readframes(sound.getnframes())
    assert len(set(frames)) > 50, "it is silent"


def test_a_dialogue_fits_its_json_schema(server: Server) -> None:
    asset, content = make(server, "dialogue")
    assert asset["fileType"] == "json"
    dialogue = json.loads(content)
    jsonschema.validate(dialogue, DIALOGUE, cls=jsonschema.Draft202012Validator)
    nodes = {node["id"]: node for node in dialogue["nodes"]}
    assert len(nodes) == len(dialogue["nodes"]) == 8
    leads_to = {choice["next"] for node in nodes.values() for choice in node["choices"]}
    assert leads_to | {dialogue["start"]} == set(nodes)
