"""Ground tiles: height fields as closed slabs, and what grows and lies on them."""

import math
from collections.abc import Callable

import numpy as np
from manifold3d import Manifold, Mesh64
from numpy.typing import NDArray

from asset_forge.generation.providers.procedural.models.kit import Kit
from asset_forge.generation.providers.procedural.models.materials import Material
from asset_forge.generation.providers.procedural.models.solids import (
    ball,
    boulder,
    bumpy,
    cylinder,
    lathe,
    tube,
)

Floats = NDArray[np.float64]
CELLS = 44


class Land:
    """A square tile of ``width`` meters with heights on a grid; more layers may rise through it."""

    def __init__(self, kit: Kit, width: float, relief: float, scale: float = 0.12) -> None:
        self.kit = kit
        self.width = width
        steps = np.linspace(-width / 2, width / 2, CELLS + 1)
        self.x, self.z = np.meshgrid(steps, steps, indexing="ij")
        self.height = relief * self.noise(scale)

    def noise(self, scale: float) -> Floats:
        """Smooth noise in about [-1, 1]; ``scale`` is in waves a meter."""
        total = np.zeros_like(self.x)
        for octave in range(4):
            for _ in range(3):
                angle, phase = self.kit.between(0, 2 * math.pi), self.kit.between(0, 2 * math.pi)
                rate = 2 * math.pi * scale * 2**octave * self.kit.between(0.7, 1.3)
                total += (
                    np.sin((self.x * math.cos(angle) + self.z * math.sin(angle)) * rate + phase)
                    / 2**octave
                )
        return total / 3.2

    def radius(self) -> Floats:
        """Distance from the middle as a share of half the width."""
        return np.hypot(self.x, self.z) / (self.width / 2)

    def at(self, x: float, z: float) -> float:
        """The ground's height at a place."""
        i = min(CELLS, max(0, round((x / self.width + 0.5) * CELLS)))
        j = min(CELLS, max(0, round((z / self.width + 0.5) * CELLS)))
        return float(self.height[i, j])

    def layer(self, material: Material, height: Floats | None = None, base: float = -1.2) -> None:
        """Add a slab with the given heights (the ground's by default) on top."""
        top = self.height if height is None else height
        base = min(base, float(top.min()) - 0.3)
        self.kit.add(_slab(self.x, self.z, top, base), material, crease=55)

    def cover(self, material: Material, share: Floats, thickness: float = 0.06) -> None:
        """A second skin over the ground where ``share`` is above 0; elsewhere it dips below."""
        rise = np.clip(share, -1, 1)
        self.layer(material, self.height + np.where(rise > 0, thickness, -0.35 + 0 * rise))

    def scatter(
        self,
        count: int,
        put: Callable[[float, float, float], None],
        keep: Callable[[float, float], bool] | None = None,
        apart: float = 0.0,
    ) -> None:
        """Call ``put(x, y, z)`` at random places that ``keep`` allows, some meters apart."""
        placed: list[tuple[float, float]] = []
        edge = self.width / 2 * 0.92
        for _ in range(count * 12):
            if len(placed) >= count:
                return
            x, z = self.kit.between(-edge, edge), self.kit.between(-edge, edge)
            if keep is not None and not keep(x, z):
                continue
            if any(math.hypot(x - a, z - b) < apart for a, b in placed):
                continue
            placed.append((x, z))
            put(x, self.at(x, z), z)


def _slab(x: Floats, z: Floats, top: Floats, base: float) -> Manifold:
    n, m = x.shape
    upper = np.stack([x, top, z], -1).reshape(-1, 3)
    lower = np.stack([x, np.full_like(top, base), z], -1).reshape(-1, 3)
    index: NDArray[np.int64] = np.arange(n * m, dtype=np.int64).reshape(n, m)
    a, b, c, d = index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]
    quads = np.stack([a, d, c, b], -1).reshape(-1, 4)
    faces = [quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]
    under = quads[:, ::-1] + n * m
    faces += [under[:, [0, 1, 2]], under[:, [0, 2, 3]]]
    rim = np.concatenate([index[:-1, 0], index[-1, :-1], index[:0:-1, -1], index[0, :0:-1]])
    after = np.roll(rim, -1)
    faces += [
        np.stack([rim, after, after + n * m], -1),
        np.stack([rim, after + n * m, rim + n * m], -1),
    ]
    points = np.concatenate([upper, lower])
    mesh = np.concatenate(faces).astype(np.uint64)
    solid = Manifold(Mesh64(vert_properties=points, tri_verts=mesh))
    if solid.volume() < 0:
        solid = Manifold(Mesh64(vert_properties=points, tri_verts=mesh[:, ::-1].copy()))
    # The flat underside needs no grid.
    return solid.simplify(0.004)


def tree(
    kit: Kit, bark: Material, leaf: Material, x: float, y: float, z: float, tall: float
) -> None:
    """A broad-leaved tree."""
    lean = kit.between(-0.08, 0.08) * tall
    top = (x + lean, y + tall * 0.55, z + kit.between(-0.05, 0.05) * tall)
    kit.add(
        tube(
            [(x, y - 0.3, z), (x, y + 0.1 * tall, z), (x + lean * 0.4, y + tall * 0.32, z), top],
            [0.085 * tall, 0.05 * tall, 0.042 * tall, 0.03 * tall],
            8,
        ),
        bark,
        mapping="grain-x",
        crease=60,
    )
    for i in range(kit.whole(4, 6)):
        a = 2 * math.pi * i / 5 + kit.between(0, 0.6)
        reach = 0.0 if i == 0 else kit.between(0.14, 0.24) * tall
        size = (0.27 if i == 0 else kit.between(0.16, 0.22)) * tall
        crown = bumpy(
            ball(size, kit.sides(12)).scale((1, 0.82, 1)), kit.rng, 0.05 * size, 0.8 / size
        )
        rise = 0.78 if i == 0 else kit.between(0.56, 0.74)
        kit.add(
            crown,
            leaf,
            at=(top[0] + math.cos(a) * reach, y + rise * tall, top[2] + math.sin(a) * reach),
            crease=75,
            tint=kit.between(0.78, 1.0),
        )
    a = kit.between(0, 6.28)
    kit.add(
        tube(
            [
                (x + lean * 0.4, y + tall * 0.3, z),
                (x + math.cos(a) * 0.1 * tall, y + tall * 0.42, z + math.sin(a) * 0.1 * tall),
                (x + math.cos(a) * 0.2 * tall, y + tall * 0.6, z + math.sin(a) * 0.2 * tall),
            ],
            [0.025 * tall, 0.02 * tall, 0.01 * tall],
            6,
        ),
        bark,
        crease=60,
    )


def pine(
    kit: Kit,
    bark: Material,
    needle: Material,
    x: float,
    y: float,
    z: float,
    tall: float,
    snow: Material | None = None,
) -> None:
    """A conifer in tiers, with snow on them where it lies."""
    kit.add(
        cylinder(0.045 * tall, tall * 0.5, 0.025 * tall, 8),
        bark,
        at=(x, y - 0.2, z),
        mapping="turned",
    )
    tiers = kit.whole(4, 5)
    for i in range(tiers):
        t = i / tiers
        r = (0.27 - 0.2 * t) * tall
        low = tall * (0.16 + 0.76 * t)
        cone = lathe(
            [
                (r * 0.35, 0.02 * tall),
                (r, 0.0),
                (r * 0.97, 0.012 * tall),
                (0.02 * r, 0.3 * tall * (1 - 0.35 * t)),
            ],
            9,
        )
        kit.add(
            cone,
            needle,
            at=(x, y + low, z),
            turn=(kit.between(-3, 3), kit.between(0, 40), kit.between(-3, 3)),
            mapping="turned",
            crease=50,
            tint=0.8 + 0.2 * t,
        )
        if snow is not None:
            kit.add(
                lathe([(r * 0.72, 0), (0.02 * r, 0.235 * tall * (1 - 0.35 * t))], 9),
                snow,
                at=(x, y + low + 0.085 * tall * (1 - 0.35 * t), z),
                turn=(0, 20, 0),
                crease=50,
            )


def palm(kit: Kit, x: float, y: float, z: float, tall: float) -> None:
    """A palm, leaning, its fronds drooping."""
    bark, leaf = kit.material("bark", "9a7a54"), kit.material("leaves", "4c9a3a")
    a = kit.between(0, 6.28)
    dx, dz = math.cos(a) * 0.28 * tall, math.sin(a) * 0.28 * tall
    path = [
        (x, y - 0.3, z),
        (x + dx * 0.15, y + tall * 0.3, z + dz * 0.15),
        (x + dx * 0.5, y + tall * 0.7, z + dz * 0.5),
        (x + dx, y + tall, z + dz),
    ]
    kit.add(
        tube(path, [0.055 * tall, 0.042 * tall, 0.035 * tall, 0.03 * tall], 8),
        bark,
        mapping="grain-x",
        crease=60,
    )
    for i in range(9):
        b = 2 * math.pi * i / 9 + kit.between(0, 0.3)
        c, s, r = math.cos(b), math.sin(b), tall * kit.between(0.36, 0.46)
        frond = [
            (x + dx + c * r * t, y + tall + r * (0.42 * t - 0.75 * t * t), z + dz + s * r * t)
            for t in (0, 0.25, 0.5, 0.75, 1)
        ]
        flat = tube(frond, [0.012 * tall, 0.05 * tall, 0.058 * tall, 0.042 * tall, 0.004], 6)
        kit.add(flat, leaf, crease=60, tint=kit.between(0.8, 1.0))
    for i in range(3):
        kit.add(
            ball(0.03 * tall, 8),
            kit.material("bark", "5a3c22"),
            at=(
                x + dx + 0.05 * tall * math.cos(i * 2.1),
                y + tall * 0.965,
                z + dz + 0.05 * tall * math.sin(i * 2.1),
            ),
        )


def rock(
    kit: Kit, stone: Material, x: float, y: float, z: float, size: float, squash: float = 0.7
) -> None:
    """A boulder sunk a little into the ground."""
    kit.add(
        boulder(size, kit.rng, squash),
        stone,
        at=(x, y + size * squash * 0.35, z),
        turn=(0, kit.between(0, 360), 0),
        crease=22,
        tint=kit.between(0.82, 1.0),
    )


def bush(kit: Kit, leaf: Material, x: float, y: float, z: float, size: float) -> None:
    """A low bush."""
    for _ in range(3):
        lump = bumpy(
            ball(size * kit.between(0.55, 0.8), 10).scale((1, 0.75, 1)),
            kit.rng,
            0.04 * size,
            0.9 / size,
        )
        kit.add(
            lump,
            leaf,
            at=(
                x + kit.between(-0.5, 0.5) * size,
                y + size * 0.3,
                z + kit.between(-0.5, 0.5) * size,
            ),
            crease=75,
            tint=kit.between(0.75, 1.0),
        )


def tuft(kit: Kit, grass: Material, x: float, y: float, z: float, size: float) -> None:
    """A tuft of grass blades."""
    for i in range(5):
        a = 72 * i + kit.between(0, 40)
        kit.add(
            cylinder(size * 0.07, size * kit.between(0.7, 1.1), 0.004, 4),
            grass,
            at=(x, y - 0.03, z),
            turn=(kit.between(12, 32), a, 0),
        )
