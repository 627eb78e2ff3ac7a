"""Smooth bodies: distance fields of blended round shapes, meshed by marching tetrahedra."""

from collections.abc import Callable, Sequence

import numpy as np
from manifold3d import Manifold, Mesh64
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Field = Callable[[Floats], Floats]
"""Points (n, 3) to signed distances (n,), negative inside."""
Point3 = tuple[float, float, float]

# Kuhn's division of a cube into six tetrahedra along its diagonal: faces of neighbors agree.
_CORNERS = np.array([(x, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1)])
_TETRAHEDRA = np.array(
    [(0, 4, 6, 7), (0, 6, 2, 7), (0, 2, 3, 7), (0, 3, 1, 7), (0, 1, 5, 7), (0, 5, 4, 7)]
)
# For a tetrahedron's inside mask (bit i: corner i is inside) the edges that its triangles cut.
_CUTS: dict[int, tuple[tuple[tuple[int, int], ...], ...]] = {}


def _table() -> dict[int, tuple[tuple[tuple[int, int], ...], ...]]:
    table: dict[int, tuple[tuple[tuple[int, int], ...], ...]] = {}
    for mask in range(1, 15):
        inside = [i for i in range(4) if mask >> i & 1]
        outside = [i for i in range(4) if not mask >> i & 1]
        if len(inside) == 2:
            (a, b), (c, d) = inside, outside
            table[mask] = (((a, c), (a, d), (b, d)), ((a, c), (b, d), (b, c)))
        elif len(inside) == 1:
            table[mask] = (tuple((inside[0], o) for o in outside),)
        else:
            table[mask] = (tuple((i, outside[0]) for i in inside),)
    return table


_CUTS.update(_table())


def capsule(a: Point3, b: Point3, start: float, end: float | None = None) -> Field:
    """A rod with round ends, its radius going from ``start`` to ``end``."""
    p, q = np.array(a, float), np.array(b, float)
    axis = q - p
    length = max(float(axis @ axis), 1e-12)
    last = start if end is None else end

    def distance(points: Floats) -> Floats:
        t = np.clip((points - p) @ axis / length, 0, 1)
        return np.linalg.norm(points - p - t[:, None] * axis, axis=1) - (start + (last - start) * t)

    return distance


def ellipsoid(center: Point3, radii: Point3) -> Field:
    """An ellipsoid (the distance is approximate, exact on the surface)."""
    c, r = np.array(center, float), np.array(radii, float)

    def distance(points: Floats) -> Floats:
        scaled = (points - c) / r
        k = np.linalg.norm(scaled, axis=1)
        slope = np.linalg.norm(scaled / r, axis=1)
        return k * (k - 1) / np.maximum(slope, 1e-9)

    return distance


def below(height: float) -> Field:
    """All that is below a height."""
    return lambda points: points[:, 1] - height


def above(height: float) -> Field:
    """All that is above a height."""
    return lambda points: height - points[:, 1]


def blend(fields: Sequence[Field], softness: float) -> Field:
    """The union, joints rounded over about ``softness`` meters (exponential smooth minimum)."""

    def distance(points: Floats) -> Floats:
        values = np.stack([field(points) for field in fields])
        low = values.min(0)
        return low - softness * np.log(np.exp(-(values - low) / softness).sum(0))

    return distance


def both(*fields: Field) -> Field:
    """The intersection."""
    return lambda points: np.max([field(points) for field in fields], axis=0)


def without(field: Field, *others: Field) -> Field:
    """The field less the others."""
    return lambda points: np.max([field(points), *(-other(points) for other in others)], axis=0)


def grown(field: Field, by: float) -> Field:
    """The shape swollen by some meters."""
    return lambda points: field(points) - by


def rough(field: Field, rng: np.random.Generator, amount: float, waves: float) -> Field:
    """The shape with smooth bumps: ``waves`` a meter, ``amount`` meters."""
    directions = rng.standard_normal((6, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    rates = 2 * np.pi * waves * rng.uniform(0.6, 1.9, 6)
    phases = rng.uniform(0, 2 * np.pi, 6)
    return lambda points: (
        field(points) + amount * np.sin(points @ directions.T * rates + phases) @ np.full(6, 0.4)
    )


def mesh(field: Field, low: Point3, high: Point3, cell: float, coarse: float = 0.12) -> Manifold:
    """The field's surface as a closed solid; it is cut off, closed, at the bounds.

    ``cell`` is the sampling distance; details below ``coarse`` cells are smoothed away.
    """
    origin = np.array(low) - 1.5 * cell
    counts = np.ceil((np.array(high) - np.array(low)) / cell + 3).astype(int) + 1
    grid = np.stack(np.meshgrid(*[np.arange(int(n)) for n in counts], indexing="ij"), -1)
    values = field(origin + grid.reshape(-1, 3) * cell).reshape(counts)
    for axis in range(3):
        side = np.moveaxis(values, axis, 0)
        for end in (0, -1):
            side[end] = np.maximum(side[end], cell)
    # A value of exactly or nearly 0 would give triangles without area.
    values = np.where(np.abs(values) < 0.04 * cell, np.copysign(0.04 * cell, values), values)
    keys, faces = _march(values)
    if not len(faces):
        return Manifold()
    flat = values.reshape(-1)
    a, b = keys[:, 0], keys[:, 1]
    share = flat[a] / (flat[a] - flat[b])
    place = [np.stack(np.unravel_index(k, counts), 1).astype(float) for k in (a, b)]
    points = origin + cell * (place[0] + (place[1] - place[0]) * share[:, None])
    solid = Manifold(Mesh64(vert_properties=points, tri_verts=faces.astype(np.uint64)))
    return solid.simplify(coarse * cell)


def _march(values: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(grid edges (n, 2) that are cut, triangles (m, 3) of indices into them, wound outward)."""
    counts = values.shape
    strides = np.array([counts[1] * counts[2], counts[2], 1])
    inside = values < 0
    total = sum(
        inside[x : counts[0] - 1 + x, y : counts[1] - 1 + y, z : counts[2] - 1 + z].astype(np.int8)
        for x, y, z in _CORNERS
    )
    cubes = np.argwhere((total > 0) & (total < 8))
    corners = (cubes @ strides)[:, None] + _CORNERS @ strides
    tetrahedra = corners[:, _TETRAHEDRA].reshape(-1, 4)
    flat = inside.reshape(-1)
    masks = flat[tetrahedra] @ np.array([1, 2, 4, 8])
    low: list[Integers] = []
    high: list[Integers] = []
    outward: list[Floats] = []
    for mask, triangles in _CUTS.items():
        chosen = tetrahedra[masks == mask]
        if not len(chosen):
            continue
        # From the mean of the inside corners to that of the outside ones points outward.
        bits = np.array([mask >> i & 1 for i in range(4)], bool)
        places = np.stack(np.unravel_index(chosen, counts), -1).astype(float)
        direction = places[:, ~bits].mean(1) - places[:, bits].mean(1)
        for triangle in triangles:
            ends = np.array(triangle)
            low.append(np.minimum(chosen[:, ends[:, 0]], chosen[:, ends[:, 1]]))
            high.append(np.maximum(chosen[:, ends[:, 0]], chosen[:, ends[:, 1]]))
            outward.append(direction)
    if not low:
        return np.empty((0, 2), np.int64), np.empty((0, 3), np.int64)
    a, b, direction = np.concatenate(low), np.concatenate(high), np.concatenate(outward)
    codes, faces = np.unique(a * values.size + b, return_inverse=True)
    faces = faces.reshape(-1, 3).astype(np.int64)
    keys: Integers = np.column_stack([codes // values.size, codes % values.size])
    middle = np.stack(np.unravel_index(a, counts), -1) + np.stack(np.unravel_index(b, counts), -1)
    normal = np.cross(middle[:, 1] - middle[:, 0], middle[:, 2] - middle[:, 0])
    flip = np.einsum("ij,ij->i", normal, direction) < 0
    faces[flip] = faces[flip][:, ::-1]
    return keys, faces
