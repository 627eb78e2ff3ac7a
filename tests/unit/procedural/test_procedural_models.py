"""What the procedural provider's 3D models promise, on twenty prompts for each type."""

import hashlib
import io
import itertools
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pygltflib
import pytest
import trimesh

from asset_forge.generation.providers.procedural.models import MODEL_OPTIONS, make_model

sys.path.insert(0, str(Path(__file__).parent))
from gltf_validator import validate
from prompts import MODEL_PROMPTS

SMALL = {"textureSize": 256}


@pytest.fixture(scope="module", params=MODEL_PROMPTS)
def models(request: pytest.FixtureRequest) -> dict[str, bytes]:
    """The type's twenty models by prompt."""
    asset_type: str = request.param
    return {p: make_model(asset_type, p, 1, SMALL) for p in MODEL_PROMPTS[asset_type]}


def welded(data: bytes) -> list[trimesh.Trimesh]:
    """Each primitive with the vertices joined that texture seams and hard edges split."""
    scene = trimesh.load_scene(io.BytesIO(data), file_type="glb")
    meshes = list(scene.geometry.values())
    for mesh in meshes:
        mesh.merge_vertices(merge_tex=True, merge_norm=True)
    return meshes


def test_every_model_is_watertight_and_wound_outward(models: dict[str, bytes]) -> None:
    for prompt, data in models.items():
        meshes = welded(data)
        for mesh in [*meshes, trimesh.util.concatenate(meshes)]:
            assert mesh.is_watertight, prompt
            assert mesh.is_winding_consistent, prompt
            assert mesh.volume > 0, prompt


def test_every_model_measures_a_centimeter_to_fifty_meters(models: dict[str, bytes]) -> None:
    for prompt, data in models.items():
        extents = trimesh.load_scene(io.BytesIO(data), file_type="glb").extents
        assert extents.min() >= 0.01, prompt
        assert extents.max() <= 50.0, prompt


def test_every_model_has_less_than_fifty_thousand_triangles(models: dict[str, bytes]) -> None:
    for prompt, data in models.items():
        assert 0 < sum(len(mesh.faces) for mesh in welded(data)) < 50_000, prompt


def test_every_model_has_normals_texture_coordinates_and_pbr_textures(
    models: dict[str, bytes],
) -> None:
    for prompt, data in models.items():
        tree = pygltflib.GLTF2.load_from_bytes(data)
        for primitive in tree.meshes[0].primitives:
            attributes = primitive.attributes
            given = (attributes.NORMAL, attributes.TANGENT, attributes.TEXCOORD_0)
            assert None not in given, prompt
            material = tree.materials[primitive.material]
            assert material.pbrMetallicRoughness.baseColorTexture is not None, prompt
            assert material.pbrMetallicRoughness.metallicRoughnessTexture is not None, prompt
            assert material.normalTexture is not None, prompt


def test_no_texture_is_stretched_beyond_use(models: dict[str, bytes]) -> None:
    for prompt, data in models.items():
        for mesh in trimesh.load_scene(io.BytesIO(data), file_type="glb").geometry.values():
            uv = mesh.visual.uv[mesh.faces]
            edge, other = uv[:, 1] - uv[:, 0], uv[:, 2] - uv[:, 0]
            tiles = np.abs(edge[:, 0] * other[:, 1] - edge[:, 1] * other[:, 0]) / 2
            density = np.sqrt(tiles.sum() / mesh.area)
            fine = tiles > (density**2) * mesh.area_faces * 0.04
            assert mesh.area_faces[fine].sum() > 0.8 * mesh.area, (prompt, mesh.metadata)


def test_every_two_models_of_a_type_differ(models: dict[str, bytes]) -> None:
    looks: dict[str, tuple[str, str]] = {}
    for prompt, data in models.items():
        meshes = welded(data)
        shape = np.concatenate([np.round(mesh.vertices, 3).ravel() for mesh in meshes])
        paint = [np.asarray(m.visual.material.baseColorTexture).tobytes() for m in meshes]
        looks[prompt] = (
            hashlib.sha256(shape.tobytes()).hexdigest(),
            hashlib.sha256(b"".join(paint)).hexdigest(),
        )
    for one, two in itertools.combinations(looks, 2):
        assert looks[one] != looks[two], (one, two)


def test_khronos_validator_finds_neither_errors_nor_warnings(
    models: dict[str, bytes], tmp_path: Path
) -> None:
    files: list[Path] = []
    for index, data in enumerate(models.values()):
        files.append(tmp_path / f"{index}.glb")
        files[-1].write_bytes(data)
    for prompt, report in zip(models, validate(files), strict=True):
        issues = report["issues"]
        assert (issues["numErrors"], issues["numWarnings"]) == (0, 0), (prompt, issues["messages"])


def test_models_are_no_larger_than_they_need_be() -> None:
    for asset_type, prompts in MODEL_PROMPTS.items():
        assert len(make_model(asset_type, prompts[0], 1, {})) < 3_000_000, asset_type


def test_the_same_request_gives_the_same_bytes_in_another_process() -> None:
    code = (
        "import hashlib, sys\n"
        "from asset_forge.generation.providers.procedural.models import make_model\n"
        "for t in sys.argv[1:]:\n"
        "    data = make_model(t, 'an old zorgon of fire', 7, {'textureSize': 256})\n"
        "    print(hashlib.sha256(data).hexdigest())\n"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code, *MODEL_PROMPTS],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    here = [make_model(t, "an old zorgon of fire", 7, SMALL) for t in MODEL_PROMPTS]
    assert runs == {"".join(hashlib.sha256(d).hexdigest() + "\n" for d in here).encode()}


@pytest.mark.parametrize("asset_type", MODEL_PROMPTS)
def test_another_seed_or_an_unknown_word_gives_another_model(asset_type: str) -> None:
    made = {
        make_model(asset_type, prompt, seed, SMALL)
        for prompt, seed in (("a zorgon thing", 1), ("a zorgon thing", 2), ("a zumbag thing", 1))
    }
    assert len(made) == 3


def test_the_prompt_and_seed_are_written_into_the_file() -> None:
    tree = pygltflib.GLTF2.load_from_bytes(make_model("item", "golden key", 5, SMALL))
    expected = {"prompt": "golden key", "seed": 5, "assetType": "item", "family": "key"}
    assert tree.asset.extras == expected
    assert tree.nodes[0].extras == expected
    assert tree.asset.generator.startswith("Asset-Forge ")
    json.dumps(expected)


def test_a_triangle_limit_is_kept() -> None:
    data = make_model("character", "a knight", 1, {**SMALL, "maxTriangles": 6000})
    assert sum(len(mesh.faces) for mesh in welded(data)) <= 6000
    assert all(mesh.is_watertight for mesh in welded(data))


def test_more_detail_means_more_triangles() -> None:
    coarse, fine = (
        sum(
            len(mesh.faces)
            for mesh in welded(make_model("prop", "vase", 1, {**SMALL, "detail": d}))
        )
        for d in (1, 3)
    )
    assert coarse < fine


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"textureSize": 300}, "option textureSize is 300; use one of 256, 512, 1024"),
        ({"maxTriangles": 9}, "option maxTriangles is 9; use a whole number from 500 to 49999"),
        ({"detail": "high"}, "option detail is 'high'; use one of 1, 2, 3"),
        ({"detail": True}, "option detail is True; use one of 1, 2, 3"),
        ({"colour": 1}, "option colour is unknown; use textureSize, maxTriangles, detail"),
    ],
)
def test_a_bad_option_is_refused_with_the_choices(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match="option") as caught:
        make_model("prop", "a barrel", 1, options)
    assert str(caught.value) == message


def test_all_faults_in_options_are_reported_at_once() -> None:
    with pytest.raises(ValueError, match=r"textureSize.*detail"):
        make_model("prop", "a barrel", 1, {"textureSize": 1, "detail": 9})


def test_options_describe_themselves() -> None:
    assert {option.name: option.default for option in MODEL_OPTIONS.values()} == {
        "textureSize": 512,
        "maxTriangles": 40_000,
        "detail": 2,
    }


def test_an_unknown_asset_type_is_refused_with_the_choices() -> None:
    with pytest.raises(ValueError, match="asset type 'texture' is not a model; use one of"):
        make_model("texture", "brick", 1, {})
