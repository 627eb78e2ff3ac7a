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
from tests.system.business import after_the_end, moves


@pytest.fixture(scope="module")
def server(deployed_server: Server) -> Server:
    return deployed_server


MODELS = ("character", "environment", "prop", "item", "weapon", "armor", "building")
OPTIONS: dict[str, dict[str, object]] = {
    **{model: {"textureSize": 256, "detail": 1} for model in MODELS},
    "texture": {"textureSize": 256},
    "music": {"durationSeconds": 4},
    "sound_effect": {"durationSeconds": 0.5},
    "voice": {"durationSeconds": 1.5},
    "dialogue": {"nodes": 8},
}
MODEL_OF = {
    "texture": "textures",
    "music": "audio",
    "sound_effect": "audio",
    "voice": "audio",
    "dialogue": "dialogue",
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
    """Have an asset made; return its record and its file. Nothing else may be counted."""
    before, answered = server.scrape(), server.answered.copy()
    job = server.ended(server.submit(type_, f"a mossy stone {type_}", options=OPTIONS[type_]))
    assert job["status"] == "succeeded", job["error"]
    asset = server.get(f"/api/assets/{job['assetId']}")
    response = server.request("GET", f"/api/assets/{asset['id']}/file")
    assert response.status_code == 200
    assert response.headers["content-type"] == asset["mediaType"]
    assert len(response.content) == asset["sizeBytes"]
    polls = (server.answered - answered)["GET", "/api/generation/{id}", "200"]
    moved = moves(before, after_the_end(server, before))
    tokens = {name: moved.pop(name) for name in list(moved) if name.startswith("ai_tokens")}
    model = f"procedural-{MODEL_OF.get(type_, 'models')}"
    assert moved == {
        f'asset_generations_total{{status="success",type="{type_}"}}': 1,
        f'asset_generation_duration_seconds_count{{type="{type_}"}}': 1,
        f'ai_api_calls_total{{model="{model}",provider="procedural",status="success"}}': 1,
        f'ai_api_latency_seconds_count{{model="{model}",provider="procedural"}}': 1,
        f'file_downloads_total{{file_type="{asset["fileType"]}"}}': 1,
        'user_actions_total{action="create",resource_type="generation"}': 1,
        'user_actions_total{action="read",resource_type="generation"}': polls,
        'user_actions_total{action="read",resource_type="asset"}': 1,
        'user_actions_total{action="download",resource_type="asset"}': 1,
    }
    # Only text is made of tokens: of every other type not one may be counted.
    texts = {"prompt": job["prompt"], "completion": response.text} if type_ == "dialogue" else {}
    name = 'ai_tokens_used_total{model="procedural-dialogue",provider="procedural",type="%s"}'
    assert tokens.keys() == {name % kind for kind in texts}
    for kind, text in texts.items():
        assert len(text.split()) <= tokens[name % kind] <= len(text)
    return asset, response.content


@pytest.mark.parametrize("type_", MODELS)
def test_a_model_opens_in_trimesh(server: Server, type_: str) -> None:
    asset, content = make(server, type_)
    assert (asset["type"], asset["fileType"]) == (type_, "glb")
    scene = trimesh.load_scene(io.BytesIO(content), file_type="glb")
    assert scene.triangles.shape[0] > 50
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
