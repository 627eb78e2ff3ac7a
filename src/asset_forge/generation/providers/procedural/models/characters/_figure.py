"""The human figure as distance fields: proportions, limbs, and clothes cut from them."""

from dataclasses import dataclass

from asset_forge.generation.providers.procedural.models import organic as o
from asset_forge.generation.providers.procedural.models.kit import Kit
from asset_forge.generation.providers.procedural.models.materials import Material
from asset_forge.generation.providers.procedural.models.solids import ball, ellipsoid, lathe, rod

Fields = list[o.Field]


@dataclass(frozen=True, slots=True)
class Figure:
    """A standing figure facing +Z: its height in meters, breadth factor, and head size factor."""

    height: float
    breadth: float
    head: float
    belly: float = 0.0

    @property
    def cell(self) -> float:
        """The sampling distance of its meshes."""
        return self.height / 74

    def at(self, x: float, y: float, z: float = 0.0) -> o.Point3:
        """A point given in shares of the height; breadth widens x."""
        return x * self.height * self.breadth, y * self.height, z * self.height

    def size(self, share: float) -> float:
        """A radius given in shares of the height."""
        return share * self.height * (0.45 + 0.55 * self.breadth)

    def round(self, x: float, y: float, z: float, rx: float, ry: float, rz: float) -> o.Field:
        """An ellipsoid in shares of the height."""
        return o.ellipsoid(
            self.at(x, y, z),
            (
                rx * self.height * self.breadth,
                ry * self.height,
                rz * self.height * (0.5 + 0.5 * self.breadth),
            ),
        )

    def torso(self) -> o.Field:
        """Chest, waist and hips."""
        parts = [
            self.round(0, 0.735, 0, 0.098, 0.105, 0.066),
            self.round(
                0,
                0.615,
                0.004 + 0.03 * self.belly,
                0.078 + 0.03 * self.belly,
                0.09,
                0.056 + 0.05 * self.belly,
            ),
            self.round(0, 0.53, 0, 0.088, 0.06, 0.06),
            o.capsule(self.at(-0.1, 0.805), self.at(0.1, 0.805), self.size(0.036)),
        ]
        return o.blend(parts, 0.018 * self.height)

    def arms(self, to: float = 1.0) -> o.Field:
        """Both arms down to a share of their length (0.45 is the elbow)."""
        fields: Fields = []
        for side in (-1, 1):
            shoulder, elbow = self.at(side * 0.118, 0.8), self.at(side * 0.178, 0.645, -0.012)
            wrist = self.at(side * 0.215, 0.5, 0.03)
            fields.append(o.capsule(shoulder, elbow, self.size(0.037), self.size(0.028)))
            if to > 0.45:
                share = (to - 0.45) / 0.55
                end = tuple(a + (b - a) * share for a, b in zip(elbow, wrist, strict=True))
                fields.append(
                    o.capsule(elbow, (end[0], end[1], end[2]), self.size(0.028), self.size(0.02))
                )
        return o.blend(fields, 0.008 * self.height)

    def hands(self) -> o.Field:
        """Both hands, closed as around a grip."""
        fields: Fields = []
        for side in (-1, 1):
            fields.append(self.round(side * 0.22, 0.468, 0.036, 0.019, 0.032, 0.026))
            fields.append(
                o.capsule(
                    self.at(side * 0.205, 0.475, 0.055),
                    self.at(side * 0.2, 0.452, 0.06),
                    self.size(0.009),
                )
            )
        return o.blend(fields, 0.008 * self.height)

    def legs(self) -> o.Field:
        """Both legs without the feet."""
        fields: Fields = []
        for side in (-1, 1):
            hip, knee, ankle = (
                self.at(side * 0.048, 0.5),
                self.at(side * 0.06, 0.275, 0.006),
                self.at(side * 0.066, 0.05, -0.008),
            )
            fields += [
                o.capsule(hip, knee, self.size(0.051), self.size(0.036)),
                o.capsule(knee, ankle, self.size(0.038), self.size(0.026)),
            ]
        return o.blend(fields, 0.012 * self.height)

    def feet(self) -> o.Field:
        """Both feet."""
        fields: Fields = []
        for side in (-1, 1):
            fields.append(
                o.capsule(
                    self.at(side * 0.066, 0.03, -0.014),
                    self.at(side * 0.074, 0.024, 0.075),
                    self.size(0.031),
                    self.size(0.026),
                )
            )
            fields.append(
                o.capsule(
                    self.at(side * 0.066, 0.03, -0.01),
                    self.at(side * 0.066, 0.13, -0.006),
                    self.size(0.033),
                    self.size(0.038),
                )
            )
        return o.both(o.blend(fields, 0.012 * self.height), o.above(0.0))

    def skull(self) -> o.Field:
        """Head with jaw, and the neck."""
        k, y = self.head, 0.935 - 0.01 * (self.head - 1)
        h = self.height
        return o.blend(
            [
                o.ellipsoid(
                    (0, y * h + 0.008 * k * h, -0.004 * h),
                    (0.054 * k * h, 0.06 * k * h, 0.062 * k * h),
                ),
                o.ellipsoid(
                    (0, (y - 0.032 * k) * h, 0.014 * k * h),
                    (0.042 * k * h, 0.042 * k * h, 0.046 * k * h),
                ),
                o.capsule((0, 0.8 * h, -0.008 * h), (0, 0.9 * h, 0), self.size(0.028)),
            ],
            0.012 * h,
        )

    @property
    def eyes_height(self) -> float:
        """Where the eyes are, in meters."""
        return (0.935 - 0.004 * self.head) * self.height

    def mesh(self, field: o.Field, low: float, high: float, wide: float = 0.34, deep: float = 0.22):
        """The field meshed between two heights given in shares of the figure's."""
        h, w = self.height, max(1.0, self.breadth) * wide * self.height
        d = deep * h * max(1.0, 0.6 + 0.4 * self.breadth, self.head)
        return o.mesh(field, (-w, low * h, -d), (w, high * h, d), self.cell)


def head(kit: Kit, figure: Figure, skin: Material, eyes: str = "2a1c14", ears: float = 0.0) -> None:
    """Head, ears, nose and eyes; ``ears`` above 0 are pointed and that long."""
    h, k = figure.height, figure.head
    y = figure.eyes_height
    nose = o.capsule(
        (0, y - 0.004 * h, 0.056 * k * h),
        (0, y - 0.026 * k * h, 0.068 * k * h),
        0.007 * k * h,
        0.011 * k * h,
    )
    brow = o.capsule(
        (-0.024 * k * h, y + 0.018 * k * h, 0.05 * k * h),
        (0.024 * k * h, y + 0.018 * k * h, 0.05 * k * h),
        0.009 * k * h,
    )
    parts = [figure.skull(), nose, brow]
    for side in (-1, 1):
        if ears > 0:
            parts.append(
                o.capsule(
                    (side * 0.052 * k * h, y - 0.004 * h, 0),
                    (side * (0.055 + ears) * k * h, y + (0.02 + 0.4 * ears) * h, -0.02 * h),
                    0.015 * k * h,
                    0.003 * h,
                )
            )
        else:
            parts.append(
                o.ellipsoid(
                    (side * 0.056 * k * h, y - 0.006 * h, -0.002 * h),
                    (0.008 * k * h, 0.018 * k * h, 0.012 * k * h),
                )
            )
    field = o.blend(parts, 0.006 * h)
    kit.add(
        figure.mesh(
            field, 0.8, 1.02 + 0.06 * max(0.0, k - 1) + 0.03, 0.12 * max(1.0, k) + ears * k, 0.12
        ),
        skin,
        crease=70,
    )
    white, dark = kit.material("bone", "f4f0e8"), kit.material("glass", eyes)
    for side in (-1, 1):
        x, z = side * 0.023 * k * h, 0.047 * k * h
        kit.add(ball(0.0125 * k * h, 12), white, at=(x, y, z), crease=60)
        kit.add(ball(0.0075 * k * h, 10), dark, at=(x * 0.98, y, z + 0.0085 * k * h), crease=60)
    mouth = kit.material("skin", "7a3c34")
    kit.add(
        ellipsoid(0.017 * k * h, 0.0035 * k * h, 0.008 * k * h, 12),
        mouth,
        at=(0, y - 0.045 * k * h, 0.052 * k * h),
        crease=60,
    )


def hair(kit: Kit, figure: Figure, material: Material, length: float, beard: float = 0.0) -> None:
    """Hair falling ``length`` (share of the height) below the ears, and a beard that long."""
    h, k = figure.height, figure.head
    y = figure.eyes_height
    cap = o.grown(figure.skull(), 0.013 * k * h)
    face = o.ellipsoid(
        (0, y - 0.035 * k * h, 0.085 * k * h), (0.052 * k * h, 0.068 * k * h, 0.068 * k * h)
    )
    parts = [o.both(cap, o.above(y - 0.03 * h))]
    if length > 0.02:
        parts.append(
            o.capsule(
                (0, y + 0.01 * h, -0.045 * k * h),
                (0, y - length * h, -0.055 * k * h),
                0.05 * k * h,
                0.03 * k * h,
            )
        )
    field = o.without(o.rough(o.blend(parts, 0.01 * h), kit.rng, 0.004 * h, 9.0 / h), face)
    kit.add(figure.mesh(field, 0.72, 1.06, 0.13 * max(1.0, k), 0.16), material, crease=50)
    if beard > 0:
        low = y - (0.06 * k + beard) * h
        chin = o.blend(
            [
                o.ellipsoid(
                    (0, y - 0.052 * k * h, 0.04 * k * h),
                    (0.042 * k * h, 0.03 * k * h, 0.032 * k * h),
                ),
                o.capsule(
                    (0, y - 0.06 * k * h, 0.05 * k * h),
                    (0, low, 0.06 * k * h),
                    0.034 * k * h,
                    0.008 * h,
                ),
            ],
            0.01 * h,
        )
        lips = o.ellipsoid(
            (0, y - 0.042 * k * h, 0.075 * k * h), (0.02 * k * h, 0.008 * k * h, 0.03 * k * h)
        )
        kit.add(
            figure.mesh(
                o.without(o.rough(chin, kit.rng, 0.003 * h, 12 / h), lips), 0.55, 0.95, 0.12, 0.18
            ),
            material,
            crease=50,
        )


def belt(kit: Kit, figure: Figure, material: Material, buckle: Material) -> None:
    """A belt with a buckle at the waist."""
    h, b = figure.height, figure.breadth
    rx, rz = (
        (0.095 + 0.03 * figure.belly) * h * b,
        (0.073 + 0.05 * figure.belly) * h * (0.5 + 0.5 * b),
    )
    ring = lathe([(0.9, -0.5), (1.0, -0.5), (1.0, 0.5), (0.9, 0.5)], 28).scale((rx, 0.026 * h, rz))
    kit.add(ring, material, at=(0, 0.565 * h, 0.01 * h * figure.belly), mapping="turned")
    kit.add(
        rod(
            (0, 0.565 * h, rz * 0.9),
            (0, 0.565 * h, rz * 1.08 + 0.01 * h * figure.belly),
            0.02 * h,
            sides=4,
        ),
        buckle,
    )
