"""From solids with a material each to vertices, normals, tangents and texture coordinates."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from manifold3d import Manifold
from numpy.typing import NDArray

from asset_forge.generation.providers.procedural.models.materials import Material
from asset_forge.generation.providers.procedural.models.uv import Mapping, texture_coordinates

Floats = NDArray[np.float64]
Paint = Callable[[Floats, Floats], Floats]
"""Positions and normals (n, 3) of corners to their color factors (n, 3), linear, in [0, 1]."""


@dataclass(frozen=True, slots=True)
class Part:
    """One closed body: triangles, a texture coordinate and a normal per corner."""

    material: Material
    vertices: Floats
    faces: NDArray[np.int64]
    uv: Floats
    tint: float
    crease: float
    paint: Paint | None


@dataclass(frozen=True, slots=True)
class Primitive:
    """All bodies of one material as glTF wants them: one normal and coordinate per vertex."""

    material: Material
    positions: NDArray[np.float32]
    normals: NDArray[np.float32]
    tangents: NDArray[np.float32]
    uv: NDArray[np.float32]
    colors: NDArray[np.uint8]
    faces: NDArray[np.uint32]
    area: float


Step = tuple[tuple[float, float, float], tuple[float, float, float]]
"""A turn in degrees about X, Y and Z, then a move in meters."""


@dataclass(frozen=True, slots=True)
class Body:
    """A closed solid, not yet meshed, and the steps that bring it to its place."""

    solid: Manifold
    material: Material
    steps: tuple[Step, ...]
    mapping: Mapping
    crease: float
    tint: float
    paint: Paint | None

    def mesh(self, part: int, tolerance: float) -> Part:
        """Its triangles, with details below ``tolerance`` meters left out."""
        solid = self.solid.simplify(tolerance) if tolerance > 0 else self.solid
        if solid.is_empty():
            solid = self.solid
        local, faces = _mesh(solid)
        placed = solid
        for turn, at in self.steps:
            placed = placed.rotate(turn).translate(at)
        vertices = _mesh(placed)[0] if self.steps else local
        uv = texture_coordinates(local, faces, self.mapping, self.material.meters, part)
        return Part(self.material, vertices, faces, uv, self.tint, self.crease, self.paint)


def mesh_all(bodies: list[Body], max_triangles: int) -> list[Part]:
    """The bodies' triangles, coarsened until there are at most ``max_triangles``.

    Raises ``ValueError`` when not even the coarsest form fits.
    """
    tolerance, count = 0.0, 0
    for _ in range(14):
        parts = [body.mesh(index, tolerance) for index, body in enumerate(bodies)]
        count = sum(len(part.faces) for part in parts)
        if count <= max_triangles:
            return parts
        tolerance = max(tolerance * 2, 5e-4)
    raise ValueError(
        f"option maxTriangles is {max_triangles}, and this model needs {count}; raise it"
    )


def _mesh(solid: Manifold) -> tuple[Floats, NDArray[np.int64]]:
    mesh = solid.to_mesh64()
    vertices = np.array(mesh.vert_properties, np.float64)  # pyright: ignore[reportUnknownArgumentType]
    return vertices[:, :3], np.array(mesh.tri_verts, np.int64)


def primitives_of(parts: list[Part]) -> list[Primitive]:
    """One primitive per material, in the order of first use.

    Vertices that are distinct in a solid but share a place (two bodies that touch) are moved apart
    by some millionths of the model's size, so that welding vertices by position gives back exactly
    the closed solids.
    """
    everything = np.concatenate([part.vertices for part in parts])
    extent = float(np.ptp(everything, axis=0).max())
    shake = np.random.Generator(np.random.PCG64(len(everything)))
    grouped: dict[Material, list[tuple[Part, Floats]]] = {}
    for part in parts:
        nudge = shake.uniform(-1, 1, part.vertices.shape) * max(2e-6 * extent, 2e-7)
        vertices = (part.vertices + nudge).astype(np.float32).astype(np.float64)
        grouped.setdefault(part.material, []).append((part, vertices))
    return [_primitive(material, bodies) for material, bodies in grouped.items()]


def _primitive(material: Material, bodies: list[tuple[Part, Floats]]) -> Primitive:
    ids: list[NDArray[np.int64]] = []
    normals: list[Floats] = []
    tangents: list[Floats] = []
    colors: list[Floats] = []
    offset, area = 0, 0.0
    for part, vertices in bodies:
        normal, size = corner_normals(part.vertices, part.faces, part.crease)
        corners = part.faces.reshape(-1)
        color = np.full((len(corners), 3), part.tint)
        if part.paint is not None:
            color *= part.paint(part.vertices[corners], normal)
        ids.append(corners + offset)
        normals.append(normal)
        tangents.append(corner_tangents(part.vertices[part.faces], part.uv, normal))
        colors.append(color)
        offset += len(vertices)
        area += size
    points = np.concatenate([vertices for _, vertices in bodies]).astype(np.float32)
    uv = np.concatenate([part.uv.reshape(-1, 2) for part, _ in bodies])
    color = np.rint(np.clip(np.concatenate(colors), 0, 1) * 255).astype(np.uint8)
    return _indexed(
        material,
        points,
        np.concatenate(ids),
        (np.concatenate(normals), np.concatenate(tangents), uv, color),
        area,
    )


def _indexed(
    material: Material,
    points: NDArray[np.float32],
    ids: NDArray[np.int64],
    corners: tuple[Floats, Floats, Floats, NDArray[np.uint8]],
    area: float,
) -> Primitive:
    """Make one vertex of the corners that agree in everything but the tangent's direction."""
    normal, tangent, uv, color = corners
    key = np.column_stack(
        [
            ids,
            np.rint(normal * 512).astype(np.int64),
            np.rint(uv * 4096).astype(np.int64),
            color,
            tangent[:, 3] > 0,
        ]
    )
    _, first, inverse = np.unique(key, axis=0, return_index=True, return_inverse=True)
    inverse = inverse.reshape(-1)
    summed: Floats = np.column_stack(
        [np.bincount(inverse, tangent[:, k], len(first)).astype(np.float64) for k in range(3)]
    )
    vertex_normal = normal[first]
    hand = np.where(tangent[first, 3] > 0, 1.0, -1.0)
    return Primitive(
        material,
        points[ids[first]],
        vertex_normal.astype(np.float32),
        np.column_stack([_upright(summed, vertex_normal), hand]).astype(np.float32),
        uv[first].astype(np.float32),
        np.hstack([color[first], np.full((len(first), 1), 255, np.uint8)]),
        inverse.reshape(-1, 3).astype(np.uint32),
        area,
    )


def corner_tangents(corners: Floats, uv: Floats, normals: Floats) -> Floats:
    """Per corner the direction in which u grows, and +1 or -1 for the side of growing v."""
    edge, other = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    du, dv = uv[:, 1] - uv[:, 0], uv[:, 2] - uv[:, 0]
    area = du[:, 0] * dv[:, 1] - du[:, 1] * dv[:, 0]
    sign = np.where(area < 0, -1.0, 1.0)[:, None]
    along = (edge * dv[:, 1:] - other * du[:, 1:]) * sign
    up = (other * du[:, :1] - edge * dv[:, :1]) * sign
    tangent, up = np.repeat(along, 3, 0), np.repeat(up, 3, 0)
    tangent = _upright(tangent, normals)
    hand = np.where(np.einsum("ij,ij->i", np.cross(normals, tangent), up) < 0, -1.0, 1.0)
    return np.column_stack([tangent, hand])


def _upright(tangents: Floats, normals: Floats) -> Floats:
    """Unit tangents at right angles to the normals; any such where a tangent is undefined."""
    flat = tangents - normals * np.einsum("ij,ij->i", tangents, normals)[:, None]
    size = np.linalg.norm(flat, axis=1, keepdims=True)
    across, up = np.array([[1.0, 0.0, 0.0]]), np.array([[0.0, 1.0, 0.0]])
    axis: Floats = np.where(np.abs(normals[:, :1]) < 0.8, across, up)
    spare: Floats = np.cross(np.cross(normals, axis), normals)
    spare /= np.maximum(np.linalg.norm(spare, axis=1, keepdims=True), 1e-14)
    return np.where(size > 1e-12, flat / np.maximum(size, 1e-12), spare)


def corner_normals(
    vertices: Floats, faces: NDArray[np.int64], crease: float
) -> tuple[Floats, float]:
    """A unit normal for each corner (3 × faces, 3), and the surface area.

    A corner averages the faces around its vertex that turn away from its own by less than
    ``crease`` degrees, weighted by their area.
    """
    a, b, c = (vertices[faces[:, i]] for i in range(3))
    cross = np.cross(b - a, c - a)
    length = np.linalg.norm(cross, axis=1)
    # A needle without area takes the normal of any neighbor below, its own being undefined.
    unit = np.where(length[:, None] > 1e-14, cross / np.maximum(length, 1e-14)[:, None], 0.0)
    corners = faces.reshape(-1)
    order = np.argsort(corners, kind="stable")
    counts = np.bincount(corners, minlength=len(vertices))
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    repeat = counts[corners]
    own = np.repeat(np.arange(len(corners)), repeat)
    within = np.arange(len(own)) - np.repeat(np.cumsum(repeat) - repeat, repeat)
    other = order[starts[corners[own]] + within]
    mine, theirs = own // 3, other // 3
    joined = np.einsum("ij,ij->i", unit[mine], unit[theirs]) >= np.cos(np.radians(crease))
    joined |= (length[mine] <= 1e-14) | (mine == theirs)
    weights = cross[theirs] * joined[:, None]
    total = np.column_stack([np.bincount(own, weights[:, k], len(corners)) for k in range(3)])
    size = np.linalg.norm(total, axis=1, keepdims=True)
    fallback = np.tile([0.0, 1.0, 0.0], (len(corners), 1))
    return np.where(size > 1e-14, total / np.maximum(size, 1e-14), fallback), float(
        length.sum() / 2
    )
