"""Closed solids in meters, Y up, that shapes are put together from; manifold by construction."""

import math
from collections.abc import Sequence

import numpy as np
from manifold3d import CrossSection, JoinType, Manifold, OpType
from numpy.typing import NDArray

Point2 = tuple[float, float]
Point3 = tuple[float, float, float]


def box(width: float, height: float, depth: float, bevel: float = 0.0) -> Manifold:
    """A box standing on the ground, centered on the Y axis, its edges cut by ``bevel``."""
    if bevel <= 0:
        return Manifold.cube((width, height, depth), True).translate((0, height / 2, 0))
    b = min(bevel, 0.45 * width, 0.45 * height, 0.45 * depth)
    corners = [
        (
            sx * (width / 2 - (axis != 0) * b),
            sy * (height / 2 - (axis != 1) * b),
            sz * (depth / 2 - (axis != 2) * b),
        )
        for axis in range(3)
        for sx in (-1, 1)
        for sy in (-1, 1)
        for sz in (-1, 1)
    ]
    return Manifold.hull_points(np.array(corners)).translate((0, height / 2, 0))


def block(low: Point3, high: Point3, bevel: float = 0.0) -> Manifold:
    """A box between two corners."""
    width, height, depth = (high[i] - low[i] for i in range(3))
    center = ((low[0] + high[0]) / 2, low[1], (low[2] + high[2]) / 2)
    return box(width, height, depth, bevel).translate(center)


def cylinder(radius: float, height: float, top: float | None = None, sides: int = 20) -> Manifold:
    """A cylinder or cone frustum standing on the ground."""
    solid = Manifold.cylinder(height, radius, radius if top is None else top, sides)
    return solid.rotate((-90, 0, 0))


def rod(
    start: Point3, end: Point3, radius: float, top: float | None = None, sides: int = 10
) -> Manifold:
    """A cylinder or frustum from one point to another."""
    a, b = np.array(start, float), np.array(end, float)
    length = float(np.linalg.norm(b - a))
    solid = Manifold.cylinder(length, radius, radius if top is None else top, sides)
    return solid.transform(_frame(a, b - a))


def ball(radius: float, sides: int = 20) -> Manifold:
    """A sphere about the origin."""
    return Manifold.sphere(radius, sides)


def ellipsoid(x: float, y: float, z: float, sides: int = 20) -> Manifold:
    """An ellipsoid about the origin with the given radii."""
    return Manifold.sphere(1.0, sides).scale((x, y, z))


def lathe(profile: Sequence[Point2], sides: int = 24) -> Manifold:
    """A profile of (radius, height) points, bottom to top, turned about the Y axis.

    The profile is closed along the axis by itself.
    """
    points = [(max(r, 0.0), h) for r, h in profile]
    if points[0][0] > 0:
        points.insert(0, (0.0, points[0][1]))
    if points[-1][0] > 0:
        points.append((0.0, points[-1][1]))
    section = CrossSection([np.array(points)])
    if section.area() <= 0:
        section = CrossSection([np.array(points[::-1])])
    return Manifold.revolve(section, sides).rotate((-90, 0, 0))


def plate(outline: Sequence[Point2], thickness: float, bevel: float = 0.0) -> Manifold:
    """An outline in the XY plane as a plate about z = 0; ``bevel`` narrows both faces."""
    return section_plate(CrossSection([np.array(outline, float)]), thickness, bevel)


def section_plate(section: CrossSection, thickness: float, bevel: float = 0.0) -> Manifold:
    """A cross-section as a plate about z = 0 with bevelled rims."""
    if bevel <= 0:
        return section.extrude(thickness).translate((0, 0, -thickness / 2))
    inner = section.offset(-bevel, JoinType.Miter)
    if inner.is_empty():
        return section.extrude(thickness).translate((0, 0, -thickness / 2))
    core = section.extrude(max(thickness - 2 * bevel, thickness * 0.2))
    size = max(thickness - 2 * bevel, thickness * 0.2)
    core = core.translate((0, 0, -size / 2))
    rim = inner.extrude(thickness).translate((0, 0, -thickness / 2))
    return core + rim


def prism(outline: Sequence[Point2], length: float) -> Manifold:
    """An outline in the XY plane pushed along Z, centered on z = 0."""
    return CrossSection([np.array(outline, float)]).extrude(length).translate((0, 0, -length / 2))


def blade(outline: Sequence[tuple[float, float]], thickness: float, edge: float = 0.0) -> Manifold:
    """A double-edged blade along +Y; ``outline`` gives (half width, height) from base to point.

    The cross-section is a flattened diamond; ``edge`` is the share of the half width that is flat.
    """
    rings: list[NDArray[np.float64]] = []
    for half, height in outline:
        t = thickness / 2 * (0.35 + 0.65 * min(1.0, half / max(outline[0][0], 1e-6)))
        w, f = max(half, 1e-4), max(half, 1e-4) * edge
        rings.append(
            np.array(
                [
                    (-w, height, 0),
                    (-f - 1e-5, height, -t),
                    (f + 1e-5, height, -t),
                    (w, height, 0),
                    (f + 1e-5, height, t),
                    (-f - 1e-5, height, t),
                ]
            )
        )
    return loft(rings)


def loft(rings: Sequence[NDArray[np.float64]]) -> Manifold:
    """A skin over rings of equally many points, closed by a fan at both ends."""
    from manifold3d import Mesh64

    count, sides = len(rings), len(rings[0])
    points = np.concatenate([*rings, [rings[0].mean(0)], [rings[-1].mean(0)]])
    faces: list[tuple[int, int, int]] = []
    for i in range(count - 1):
        for j in range(sides):
            a, b = i * sides + j, i * sides + (j + 1) % sides
            faces += [(a, b, b + sides), (a, b + sides, a + sides)]
    low, high, last = count * sides, count * sides + 1, (count - 1) * sides
    for j in range(sides):
        k = (j + 1) % sides
        faces += [(low, k, j), (high, last + j, last + k)]
    solid = Manifold(Mesh64(vert_properties=points, tri_verts=np.array(faces, np.uint64)))
    if solid.volume() < 0:
        flipped = np.array(faces, np.uint64)[:, ::-1].copy()
        solid = Manifold(Mesh64(vert_properties=points, tri_verts=flipped))
    return solid


def tube(path: Sequence[Point3], radii: Sequence[float], sides: int = 10) -> Manifold:
    """A tube along a path, with a radius at each of its points."""
    points = np.array(path, float)
    tangents = np.gradient(points, axis=0)
    tangents /= np.linalg.norm(tangents, axis=1, keepdims=True)
    side = _across(tangents[0])
    rings: list[NDArray[np.float64]] = []
    angles = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    for point, tangent, radius in zip(points, tangents, radii, strict=True):
        # Carrying the side vector along keeps the tube from twisting.
        side = side - tangent * float(side @ tangent)
        side /= np.linalg.norm(side)
        up = np.cross(tangent, side)
        ring = np.outer(np.cos(angles), side) + np.outer(np.sin(angles), up)
        rings.append(point + ring * max(radius, 1e-4))
    return loft(rings)


def torus(radius: float, thickness: float, sides: int = 24, ring: int = 10) -> Manifold:
    """A ring about the Y axis."""
    section = CrossSection.circle(thickness, ring).translate((radius, 0))
    return Manifold.revolve(section, sides).rotate((-90, 0, 0))


def union(solids: Sequence[Manifold]) -> Manifold:
    """All solids as one."""
    return Manifold.batch_boolean(list(solids), OpType.Add)


def regular(sides: int, radius: float, turn: float = 0.0) -> list[Point2]:
    """The corners of a regular polygon; ``turn`` is in turns."""
    angles = [2 * math.pi * (i / sides + turn) for i in range(sides)]
    return [(radius * math.cos(a), radius * math.sin(a)) for a in angles]


def bumpy(solid: Manifold, rng: np.random.Generator, amount: float, waves: float) -> Manifold:
    """The solid with smooth bumps on it: ``waves`` a meter, ``amount`` meters high."""
    directions = rng.standard_normal((5, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    rates = 2 * np.pi * waves * rng.uniform(0.6, 1.8, 5)
    phases = rng.uniform(0, 2 * np.pi, (3, 5))

    def warp(points: NDArray[np.float64]) -> NDArray[np.float64]:
        angle = points @ directions.T * rates
        push = np.stack([np.sin(angle + phases[k]) @ np.full(5, 0.45) for k in range(3)], 1)
        return points + amount * push

    return solid.warp_batch(warp)


def boulder(
    radius: float, rng: np.random.Generator, squash: float = 0.7, points: int = 26
) -> Manifold:
    """An angular rock about the origin: the hull of points scattered near a squashed sphere."""
    cloud = rng.standard_normal((points, 3))
    cloud /= np.linalg.norm(cloud, axis=1, keepdims=True)
    cloud *= rng.uniform(0.78, 1.08, (points, 1)) * radius
    return Manifold.hull_points(cloud * np.array([1.0, squash, rng.uniform(0.75, 1.0)]))


def crystal(radius: float, height: float, rng: np.random.Generator, sides: int = 6) -> Manifold:
    """A pointed prism along +Y that narrows to its foot."""
    turn = float(rng.random())
    foot, waist = regular(sides, radius * 0.75, turn), regular(sides, radius, turn)
    shoulder = height * float(rng.uniform(0.62, 0.8))
    points = [(x, 0.0, z) for x, z in foot] + [(x, shoulder, z) for x, z in waist]
    lean = rng.uniform(-0.3, 0.3, 2) * radius
    return Manifold.hull_points(np.array([*points, (lean[0], height, lean[1])]))


def _across(direction: NDArray[np.float64]) -> NDArray[np.float64]:
    other = np.array([1.0, 0, 0]) if abs(direction[0]) < 0.7 else np.array([0, 0, 1.0])
    side = np.cross(direction, other)
    return side / np.linalg.norm(side)


def _frame(origin: NDArray[np.float64], direction: NDArray[np.float64]) -> NDArray[np.float64]:
    """A 3x4 transform that takes +Z to the direction and 0 to the origin."""
    z = direction / np.linalg.norm(direction)
    x = _across(z)
    return np.column_stack([x, np.cross(z, x), z, origin])
