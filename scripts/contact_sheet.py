# ruff: noqa: INP001  (a script, not a package)
"""Render what the procedural provider makes to docs/images.

Usage: python scripts/contact_sheet.py [TYPE…]

A software renderer in NumPy: it needs no GPU and nothing that the project's tests do not need
anyway.
"""

import argparse
import io
import sys
import zipfile
from pathlib import Path

import numpy as np
import trimesh
from numpy.typing import NDArray
from PIL import Image, ImageDraw

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.unit.procedural.prompts import MODEL_PROMPTS, TEXTURE_PROMPTS

from asset_forge.generation.providers.procedural.models import make_model
from asset_forge.generation.providers.procedural.textures import make_texture_set

Floats = NDArray[np.float64]
OUT = Path(__file__).resolve().parents[1] / "docs" / "images"
SUPER = 2


def srgb(linear: Floats) -> Floats:
    """Linear light to sRGB."""
    return np.clip(linear, 0, 1) ** (1 / 2.2)


class View:
    """A camera, a color buffer and a depth buffer of ``size`` pixels a side."""

    def __init__(
        self, size: int, center: Floats, radius: float, yaw: float, pitch: float, roll: float
    ) -> None:
        self.size = size
        y, p = np.radians(yaw), np.radians(pitch)
        self.back = np.array([np.sin(y) * np.cos(p), np.sin(p), np.cos(y) * np.cos(p)])
        self.right = np.array([np.cos(y), 0, -np.sin(y)])
        self.up = np.cross(self.back, self.right)
        r = np.radians(roll)
        self.right, self.up = (
            np.cos(r) * self.right + np.sin(r) * self.up,
            np.cos(r) * self.up - np.sin(r) * self.right,
        )
        self.center = center
        self.scale = size * 0.47 / radius
        shade = np.linspace(1, 0, size)[:, None, None]
        self.image = np.broadcast_to(
            np.array([0.16, 0.17, 0.20]) * (1 - shade) + np.array([0.30, 0.33, 0.38]) * shade,
            (size, size, 3),
        ).copy()
        self.depth = np.full((size, size), np.inf)

    def project(self, points: Floats) -> Floats:
        """(x, y, depth) in pixels, depth growing away from the eye."""
        relative = points - self.center
        x = relative @ self.right * self.scale + self.size / 2
        y = self.size / 2 - relative @ self.up * self.scale
        return np.column_stack([x, y, -(relative @ self.back) * self.scale])


def fragments(screen: Floats, faces: NDArray[np.int64], size: int, view: View):
    """(x, y, face, barycentric weights, depth) of the pixels that each face covers."""
    corners = screen[faces]
    low = np.clip(np.floor(corners[..., :2].min(1)).astype(int), 0, size - 1)
    high = np.clip(np.ceil(corners[..., :2].max(1)).astype(int), 0, size - 1)
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (b[:, 1] - a[:, 1])
    extent = (high - low).max(1) + 1
    out = []
    width = 2
    todo = np.flatnonzero(area < -1e-9)
    while len(todo):
        now, todo = todo[extent[todo] <= width], todo[extent[todo] > width]
        steps = np.arange(width)
        for chunk in np.array_split(now, max(1, len(now) * width * width // 1_000_000)):
            x = low[chunk, 0, None, None] + steps[None, None, :]
            y = low[chunk, 1, None, None] + steps[None, :, None]
            px, py = x + 0.5, y + 0.5
            ca, cb, cc = (k[chunk][:, None, None, :] for k in (a, b, c))
            scale = area[chunk][:, None, None]
            w0 = (
                (cb[..., 0] - px) * (cc[..., 1] - py) - (cc[..., 0] - px) * (cb[..., 1] - py)
            ) / scale
            w1 = (
                (cc[..., 0] - px) * (ca[..., 1] - py) - (ca[..., 0] - px) * (cc[..., 1] - py)
            ) / scale
            w2 = 1 - w0 - w1
            inside = (w0 >= 0) & (w1 >= 0) & (w2 >= 0) & (x < size) & (y < size)
            if not inside.any():
                continue
            which = np.broadcast_to(chunk[:, None, None], inside.shape)[inside]
            xs = np.broadcast_to(x, inside.shape)[inside]
            ys = np.broadcast_to(y, inside.shape)[inside]
            w = np.stack([w0[inside], w1[inside], w2[inside]], 1)
            z = np.einsum("ij,ij->i", w, corners[which][..., 2])
            np.minimum.at(view.depth, (ys, xs), z)
            out.append((xs, ys, which, w, z))
        width *= 2
    return out


def sample(image: NDArray[np.uint8], uv: Floats) -> Floats:
    """Nearest texels of a repeating image, v upward."""
    height, width = image.shape[:2]
    x = np.floor(uv[:, 0] % 1.0 * width).astype(int) % width
    y = np.floor((1 - uv[:, 1]) % 1.0 * height).astype(int) % height
    return image[y, x, :3] / 255.0


def face_tangents(mesh: trimesh.Trimesh) -> Floats:
    """Per face the direction of growing u and the handedness; trimesh does not read TANGENT."""
    corners, uv = mesh.vertices[mesh.faces], mesh.visual.uv[mesh.faces]
    edge, other = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    du, dv = uv[:, 1] - uv[:, 0], uv[:, 2] - uv[:, 0]
    area = du[:, :1] * dv[:, 1:] - du[:, 1:] * dv[:, :1]
    sign = np.where(area < 0, -1.0, 1.0)
    tangent = (edge * dv[:, 1:] - other * du[:, 1:]) * sign
    tangent /= np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-12)
    return np.hstack([tangent, sign])


def mip_width(view: View, mesh: trimesh.Trimesh) -> int:
    """The texture width at which a texel is about a pixel, as a GPU's mipmaps would choose."""
    uv = mesh.visual.uv[mesh.faces]
    edge, other = uv[:, 1] - uv[:, 0], uv[:, 2] - uv[:, 0]
    tiles = np.abs(edge[:, 0] * other[:, 1] - edge[:, 1] * other[:, 0]).sum() / 2
    pixels = mesh.area * view.scale**2
    return int(np.clip(2 ** np.ceil(np.log2(np.sqrt(pixels / max(tiles, 1e-9)))), 8, 256))


def shade(view: View, mesh: trimesh.Trimesh, pieces) -> None:
    """Light the fragments that are in front."""
    material = mesh.visual.material
    width = mip_width(view, mesh)
    maps = {
        name: np.asarray(
            getattr(material, name).convert("RGB").resize((width, width), Image.Resampling.BOX)
        )
        for name in (
            "baseColorTexture",
            "metallicRoughnessTexture",
            "normalTexture",
            "emissiveTexture",
        )
        if getattr(material, name) is not None
    }
    colors = mesh.visual.vertex_attributes["color"][:, :3] / 255.0
    tangents = face_tangents(mesh)
    uv_all, normals_all = np.asarray(mesh.visual.uv), np.asarray(mesh.vertex_normals)
    for xs, ys, which, w, z in pieces:
        front = z <= view.depth[ys, xs] + 1e-9
        xs, ys, w, ids = xs[front], ys[front], w[front][..., None], mesh.faces[which[front]]
        uv = (uv_all[ids] * w).sum(1)
        normal = (normals_all[ids] * w).sum(1)
        normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
        tangent = tangents[which[front]]
        bitangent = np.cross(normal, tangent[:, :3]) * tangent[:, 3:]
        bump = sample(maps["normalTexture"], uv) * 2 - 1
        normal = tangent[:, :3] * bump[:, :1] + bitangent * bump[:, 1:2] + normal * bump[:, 2:]
        normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
        base = sample(maps["baseColorTexture"], uv) ** 2.2 * (colors[ids] * w).sum(1)
        packed = sample(maps["metallicRoughnessTexture"], uv)
        view.image[ys, xs] = srgb(_lit(view, normal, base, packed, maps, uv))


def _lit(view: View, normal: Floats, base: Floats, packed: Floats, maps, uv: Floats) -> Floats:
    occlusion, rough, metal = (packed[:, k : k + 1] for k in range(3))
    f0 = 0.04 * (1 - metal) + base * metal
    key = 0.55 * view.right * -1 + 0.65 * np.array([0, 1, 0]) + 0.55 * view.back
    fill = 0.9 * view.right + 0.15 * np.array([0, 1, 0]) + 0.3 * view.back
    light = np.zeros_like(base)
    for direction, strength, tint in (
        (key, 2.1, (1.0, 0.95, 0.86)),
        (fill, 0.55, (0.7, 0.82, 1.0)),
    ):
        to_light = direction / np.linalg.norm(direction)
        half = to_light + view.back
        half /= np.linalg.norm(half)
        diffuse = np.clip(normal @ to_light, 0, 1)[:, None]
        power = 2 / np.maximum(rough, 0.08) ** 4
        gloss = np.clip(normal @ half, 0, 1)[:, None] ** power * (power + 2) / 8
        light += (
            strength * np.array(tint) * diffuse * (base * (1 - metal) + f0 * np.minimum(gloss, 6))
        )
    sky = 0.5 + 0.5 * normal[:, 1:2]
    ambient = np.array([0.10, 0.09, 0.08]) * (1 - sky) + np.array([0.34, 0.38, 0.46]) * sky
    mirror = 2 * (normal @ view.back)[:, None] * normal - view.back
    up = mirror[:, 1:2]
    blur = 0.08 + 0.6 * rough
    above = 0.5 + 0.5 * np.tanh((up - 0.05) / blur)
    around = np.array([0.22, 0.20, 0.19]) * (1 - above) + np.array([0.95, 1.0, 1.08]) * above
    light += occlusion * (ambient * base * (1 - metal) + around * f0 * (1 - 0.55 * rough))
    if "emissiveTexture" in maps:
        light += sample(maps["emissiveTexture"], uv) ** 2.2 * 1.1
    return light


def render(data: bytes, size: int, yaw: float, pitch: float, roll: float = 0.0) -> Image.Image:
    """One model as a picture."""
    scene = trimesh.load_scene(io.BytesIO(data), file_type="glb", process=False)
    meshes = list(scene.geometry.values())
    points = np.concatenate([mesh.vertices for mesh in meshes])
    low, high = points.min(0), points.max(0)
    view = View(size * SUPER, (low + high) / 2, 1.0, yaw, pitch, roll)
    flat = view.project(points)
    spread = np.ptp(flat[:, :2], axis=0).max()
    view.center = (
        view.center
        + (
            view.right * (flat[:, 0].min() + flat[:, 0].max() - view.size) / 2
            - view.up * (flat[:, 1].min() + flat[:, 1].max() - view.size) / 2
        )
        / view.scale
    )
    view.scale *= view.size * 0.88 / spread
    pieces = [
        fragments(view.project(np.asarray(mesh.vertices)), np.asarray(mesh.faces), view.size, view)
        for mesh in meshes
    ]
    for mesh, found in zip(meshes, pieces, strict=True):
        shade(view, mesh, found)
    picture = Image.fromarray(np.rint(view.image * 255).astype(np.uint8))
    return picture.resize((size, size), Image.Resampling.BOX)


def captioned(picture: Image.Image, text: str) -> Image.Image:
    """The picture with its prompt under it."""
    cell = Image.new("RGB", (picture.width, picture.height + 14), (24, 25, 28))
    cell.paste(picture, (0, 0))
    ImageDraw.Draw(cell).text((3, picture.height + 1), text[: picture.width // 6], (200, 202, 206))
    return cell


def sheet(cells: list[Image.Image], columns: int) -> Image.Image:
    """Pictures in rows."""
    width, height = cells[0].size
    rows = -(-len(cells) // columns)
    page = Image.new("RGB", (width * columns, height * rows))
    for index, cell in enumerate(cells):
        page.paste(cell, (index % columns * width, index // columns * height))
    return page


def standing(data: bytes) -> bool:
    """Whether a model is higher than it is wide and deep."""
    extents = trimesh.load_scene(io.BytesIO(data), file_type="glb", process=False).extents
    return int(np.argmax(extents)) == 1


def models_sheet(asset_type: str, size: int) -> Image.Image:
    """The type's prompts, five in a row."""
    flat = asset_type in ("weapon", "armor")
    yaw, pitch = (25.0, 12.0) if flat else (32.0, 24.0)
    if asset_type == "environment":
        pitch = 36.0
    cells: list[Image.Image] = []
    for prompt in MODEL_PROMPTS[asset_type]:
        data = make_model(asset_type, prompt, 1, {"textureSize": 256})
        # Long weapons fill a picture best along its diagonal.
        turn = 40.0 if asset_type == "weapon" and standing(data) else 0.0
        cells.append(captioned(render(data, size, yaw, pitch, turn), prompt))
    return sheet(cells, 5)


def textures_sheet(size: int) -> Image.Image:
    """Each texture's albedo beside its relief, 2 x 2 tiles, so that a seam would show."""
    cells: list[Image.Image] = []
    for prompt in TEXTURE_PROMPTS:
        archive = zipfile.ZipFile(io.BytesIO(make_texture_set(prompt, 1, {"textureSize": 256})))
        albedo, normal, rough = (
            np.asarray(Image.open(archive.open(name)).convert("RGB")) / 255.0
            for name in ("albedo.png", "normal.png", "roughness.png")
        )
        normal = normal * 2 - 1
        diffuse = np.clip(normal @ np.array([-0.5, 0.55, 0.67]), 0, 1)[..., None]
        gloss = np.clip(normal @ np.array([-0.27, 0.3, 0.915]), 0, 1)[..., None]
        lit = srgb(albedo**2.2 * (0.3 + diffuse) + (1 - rough) ** 2 * gloss**40 * 0.5)
        tile = Image.fromarray(np.rint(lit * 255).astype(np.uint8)).resize((size // 2, size // 2))
        cell = Image.new("RGB", (size, size))
        for corner in ((0, 0), (size // 2, 0), (0, size // 2), (size // 2, size // 2)):
            cell.paste(tile, corner)
        cells.append(captioned(cell, prompt))
    return sheet(cells, 6)


def main() -> None:
    """Render the sheets that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("types", nargs="*", help="asset types to render; all of them by default")
    parser.add_argument("--size", type=int, default=208, help="pixels a picture")
    parser.add_argument("--out", type=Path, default=OUT, help="folder for the images")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    for asset_type in given.types or [*MODEL_PROMPTS, "texture"]:
        if asset_type == "texture":
            page, name = textures_sheet(given.size), "procedural-textures.png"
        else:
            page, name = models_sheet(asset_type, given.size), f"procedural-{asset_type}.png"
        page.save(given.out / name, optimize=True)
        sys.stdout.write(f"{given.out / name}\n")


if __name__ == "__main__":
    main()
