"""Writing a model as a glTF 2.0 binary."""

from collections.abc import Mapping, MutableMapping
from typing import Any

import numpy as np
import trimesh
from trimesh.exchange.gltf import export_glb  # pyright: ignore[reportUnknownVariableType]
from trimesh.visual.material import PBRMaterial
from trimesh.visual.texture import TextureVisuals

from asset_forge import __version__
from asset_forge.generation.providers.procedural.models.assembly import Primitive
from asset_forge.generation.providers.procedural.models.materials import Images, Material

# OpenGL's numbers, as glTF uses them.
_REPEAT, _LINEAR, _MIPMAPS = 10497, 9729, 9987
_VERTICES, _INDICES = 34962, 34963


def to_glb(
    primitives: list[Primitive],
    images: Mapping[Material, Images],
    name: str,
    extras: Mapping[str, object],
) -> bytes:
    """One mesh with a primitive per material; ``extras`` go to the asset and the node."""
    scene = trimesh.Scene()
    for index, primitive in enumerate(primitives):
        scene.add_geometry(_geometry(primitive), geom_name=f"{index:02}-{primitive.material.name}")

    def attach(buffers: MutableMapping[str, bytes], tree: dict[str, Any]) -> None:
        tree["samplers"] = [
            {"magFilter": _LINEAR, "minFilter": _MIPMAPS, "wrapS": _REPEAT, "wrapT": _REPEAT}
        ]
        tree["materials"] = [
            _material(primitive.material, images[primitive.material], tree, buffers)
            for primitive in primitives
        ]

    def tidy(tree: dict[str, Any]) -> None:
        parts = [mesh["primitives"][0] for mesh in tree["meshes"]]
        for index, part in enumerate(parts):
            part["material"] = index
            # trimesh marks attributes that it does not know as custom.
            part["attributes"]["TANGENT"] = part["attributes"].pop("_TANGENT")
            _target(tree, part["indices"], _INDICES)
            for accessor in part["attributes"].values():
                _target(tree, accessor, _VERTICES)
        tree["meshes"] = [{"name": name, "primitives": parts}]
        tree["nodes"] = [{"name": name, "mesh": 0, "extras": dict(extras)}]
        tree["scenes"] = [{"name": name, "nodes": [0]}]
        tree["asset"] = {
            "version": "2.0",
            "generator": f"Asset-Forge {__version__}",
            "extras": dict(extras),
        }

    return export_glb(
        scene, include_normals=True, tree_postprocessor=tidy, buffer_postprocessor=attach
    )


def _geometry(primitive: Primitive) -> trimesh.Trimesh:
    # trimesh keeps v upward and turns it round when it writes.
    visual = TextureVisuals(uv=primitive.uv, material=PBRMaterial(name=primitive.material.name))
    visual.vertex_attributes["color"] = primitive.colors
    mesh = trimesh.Trimesh(
        vertices=primitive.positions,
        faces=primitive.faces,
        vertex_normals=primitive.normals,
        visual=visual,
        process=False,
        validate=False,
    )
    mesh.vertex_attributes["_TANGENT"] = primitive.tangents
    return mesh


def _target(tree: dict[str, Any], accessor: int, target: int) -> None:
    tree["bufferViews"][tree["accessors"][accessor]["bufferView"]]["target"] = target


def _material(
    material: Material,
    images: Images,
    tree: dict[str, Any],
    buffers: MutableMapping[str, bytes],
) -> dict[str, Any]:
    def texture(data: bytes, role: str) -> dict[str, int]:
        label = f"{material.name}-{role}"
        buffers[f"image/{len(tree['images'])}"] = data + bytes(-len(data) % 4)
        tree["images"].append(
            {"name": label, "bufferView": len(buffers) - 1, "mimeType": "image/jpeg"}
        )
        tree["textures"].append({"name": label, "sampler": 0, "source": len(tree["images"]) - 1})
        return {"index": len(tree["textures"]) - 1}

    packed = texture(images.metallic_roughness, "orm")
    described: dict[str, Any] = {
        "name": material.name,
        "pbrMetallicRoughness": {
            "baseColorTexture": texture(images.base_color, "basecolor"),
            "metallicRoughnessTexture": packed,
        },
        "normalTexture": texture(images.normal, "normal"),
        "occlusionTexture": packed,
    }
    if images.emissive is not None:
        described["emissiveTexture"] = texture(images.emissive, "emissive")
        described["emissiveFactor"] = np.clip([material.emission] * 3, 0, 1).tolist()
    return described
