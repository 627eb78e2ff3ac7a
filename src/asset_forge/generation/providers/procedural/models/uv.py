"""Texture coordinates by projection, at a texel density that is the same all over a model."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mapping = Literal["box", "grain-x", "grain-y", "grain-z", "turned"]
"""``box`` projects each face along its main axis; ``grain-…`` too, with the texture's x along that
axis; ``turned`` wraps the texture around the Y axis, as a lathe would."""

# For faces whose normal is mainly along axis 0, 1, 2: which coordinates become (u, v).
_PLANES: dict[str, tuple[tuple[int, int], ...]] = {
    "box": ((2, 1), (0, 2), (0, 1)),
    "grain-x": ((2, 1), (0, 2), (0, 1)),
    "grain-y": ((1, 2), (0, 2), (1, 0)),
    "grain-z": ((2, 1), (2, 0), (0, 1)),
}


def texture_coordinates(
    vertices: Floats, faces: NDArray[np.int64], mapping: Mapping, meters: float, part: int
) -> Floats:
    """(faces, 3, 2) coordinates in tiles of ``meters`` width, v upward.

    Each part starts at another place of the texture, so that repeated parts do not look alike.
    """
    corners = vertices[faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    if mapping == "turned":
        uv = _turned(corners, normals, meters)
    else:
        uv = _projected(corners, normals, mapping) / meters
    # Steps by the golden ratio and its square spread parts evenly over the tile.
    return uv + np.array([part * 0.6180339887 % 1.0, part * 0.3819660113 % 1.0])


def _projected(corners: Floats, normals: Floats, mapping: str) -> Floats:
    main = np.argmax(np.abs(normals) + np.array([1e-12, 0, 2e-12]), axis=1)
    uv = np.empty((*corners.shape[:2], 2))
    for axis, (u, v) in enumerate(_PLANES[mapping]):
        uv[main == axis] = corners[main == axis][..., [u, v]]
    # Mirrored faces would show letters and normal maps reversed.
    facing = np.sign(np.take_along_axis(normals, main[:, None], 1))[:, 0]
    flip = np.where(main == 2, facing, -facing) < 0
    uv[flip, :, 0] *= -1
    return uv


def _turned(corners: Floats, normals: Floats, meters: float) -> Floats:
    radius = np.hypot(corners[..., 0], corners[..., 2])
    size = np.linalg.norm(normals, axis=1)
    flat = np.abs(normals[:, 1]) > 0.8 * np.maximum(size, 1e-14)
    around = max(1.0, round(2 * np.pi * float(np.percentile(radius, 80)) / meters))
    angle = np.arctan2(corners[..., 0], corners[..., 2]) / (2 * np.pi)
    # A face over the seam has its corners brought to one side; those on the axis take their
    # neighbors' angle.
    center = corners.mean(1)
    middle = np.arctan2(center[:, 0], center[:, 2])[:, None] / (2 * np.pi)
    angle = middle + (angle - middle + 0.5) % 1.0 - 0.5
    angle: Floats = np.where(radius < 1e-7, middle, angle)
    uv = np.stack([angle * around, corners[..., 1] / meters], -1)
    uv[flat] = corners[flat][..., [0, 2]] / meters
    return uv
