"""What a surface is made of: color, height, roughness and metal as fields that tile."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from asset_forge.generation.providers.procedural.noise import Field, Noise, mix, step

Color = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Look:
    """What a surface is asked to look like; colors are sRGB in [0, 1], ``age`` runs from 0 to 1."""

    color: Color
    accent: Color
    age: float = 0.2
    wear: tuple[str, ...] = ()


@dataclass(slots=True)
class Surface:
    """One tile: ``albedo`` (n, n, 3) in sRGB, the rest (n, n), all in [0, 1].

    ``depth`` is the relief's height in tile widths, ``emission`` is sRGB light or None.
    """

    albedo: Field
    height: Field
    roughness: Field
    metallic: Field
    depth: float = 0.02
    emission: Field | None = field(default=None)


Maker = Callable[[Look, Noise], Surface]


def flat(color: Color, size: int) -> Field:
    """An image of one color."""
    return np.broadcast_to(np.asarray(color, np.float64), (size, size, 3)).copy()


def shaded(color: Color, shade: Field) -> Field:
    """The color times a shade field around 1, clipped."""
    return np.clip(np.asarray(color)[None, None, :] * shade[..., None], 0.0, 1.0)


def constant(value: float, size: int) -> Field:
    """A field of one value."""
    return np.full((size, size), value)


def darker(color: Color, by: float) -> Color:
    """The color times a factor, clipped to [0, 1]."""
    red, green, blue = (min(max(channel * by, 0.0), 1.0) for channel in color)
    return red, green, blue


def blend(a: Color, b: Color, share: float) -> Color:
    """Between two colors."""
    red, green, blue = (x + (y - x) * share for x, y in zip(a, b, strict=True))
    return red, green, blue


def normal_map(height: Field, depth: float) -> Field:
    """Tangent-space normals in [0, 1]³ of a relief that tiles, +Y up as in OpenGL and glTF."""
    size = height.shape[0]
    scale = depth * size / 2
    right = (np.roll(height, -1, 1) - np.roll(height, 1, 1)) * scale
    down = (np.roll(height, -1, 0) - np.roll(height, 1, 0)) * scale
    normals = np.stack([-right, down, np.ones_like(height)], -1)
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    return normals * 0.5 + 0.5


def occlusion(height: Field) -> Field:
    """How open each place of a relief is to the sky: 1 on ridges, less in cracks."""
    size = height.shape[0]
    fx = np.fft.rfftfreq(size)[None, :]
    fy = np.fft.fftfreq(size)[:, None]
    blur = np.exp(-((fx**2 + fy**2) * (2 * np.pi * size / 64) ** 2) / 2)
    around = np.fft.irfft2(np.fft.rfft2(height) * blur, s=height.shape)
    return np.clip(1.0 - 1.6 * np.maximum(around - height, 0.0), 0.35, 1.0)


def weather(surface: Surface, look: Look, noise: Noise) -> Surface:
    """Lay on a surface what time left there: dirt in its low places, and the asked-for wear."""
    low = 1.0 - surface.height
    blotches = noise.fractal(3.0, 1.4)
    grime = step(blotches * 0.6 + low * 0.5, 0.45, 0.85) * 0.55 * look.age
    surface.albedo = mix(surface.albedo, surface.albedo * np.array([0.45, 0.40, 0.34]), grime)
    surface.roughness = np.clip(surface.roughness + 0.2 * grime, 0.0, 1.0)
    for kind in look.wear:
        _WEAR[kind](surface, look, noise)
    return surface


def _rust(surface: Surface, look: Look, noise: Noise) -> None:
    spots = step(noise.fractal(3.0, 1.2), 0.62 - 0.3 * look.age, 0.72 - 0.24 * look.age)
    spots *= step(surface.metallic, 0.2, 0.6) * 0.95
    grain = noise.fractal(12.0, 0.9)
    rust = mix(flat((0.27, 0.12, 0.06), noise.size), flat((0.60, 0.29, 0.12), noise.size), grain)
    surface.albedo = mix(surface.albedo, rust, spots)
    surface.metallic = surface.metallic * (1 - spots)
    surface.roughness = mix(surface.roughness, 0.75 + 0.2 * grain, spots)
    surface.height = np.clip(surface.height + spots * (grain - 0.5) * 0.25, 0.0, 1.0)


def _covered(surface: Surface, cover: Field, share: Field, rough: float, rise: float) -> None:
    surface.albedo = mix(surface.albedo, cover, share)
    surface.roughness = mix(surface.roughness, np.full_like(share, rough), share)
    surface.metallic = surface.metallic * (1 - share)
    surface.height = np.clip(surface.height + share * rise, 0.0, 1.0)


def _moss(surface: Surface, look: Look, noise: Noise) -> None:
    share = step(noise.fractal(2.5, 1.2) + 0.35 * (1 - surface.height), 0.62, 0.78)
    tuft = noise.fractal(20.0, 0.8)
    cover = mix(flat((0.16, 0.24, 0.08), noise.size), flat((0.42, 0.52, 0.18), noise.size), tuft)
    _covered(surface, cover, share, 0.95, 0.2)


def _dust(surface: Surface, look: Look, noise: Noise) -> None:
    share = step(noise.fractal(2.0, 1.5), 0.35, 0.8) * 0.6
    _covered(surface, flat((0.55, 0.47, 0.36), noise.size), share, 0.95, 0.0)


def _snow(surface: Surface, look: Look, noise: Noise) -> None:
    share = step(noise.fractal(2.0, 1.8) + 0.2 * surface.height, 0.5, 0.62)
    _covered(surface, flat((0.92, 0.95, 1.0), noise.size), share, 0.6, 0.25)


def _crack(surface: Surface, look: Look, noise: Noise) -> None:
    border = noise.warped(noise.cells(3).border, 0.04)
    share = step(border, 0.045, 0.012) * step(noise.fractal(2.0), 0.3, 0.5)
    surface.albedo = mix(surface.albedo, surface.albedo * 0.3, share)
    surface.height = np.clip(surface.height - 0.6 * share, 0.0, 1.0)


def _blood(surface: Surface, look: Look, noise: Noise) -> None:
    share = step(noise.fractal(2.0, 2.0), 0.6, 0.68)
    _covered(surface, flat((0.30, 0.015, 0.015), noise.size), share, 0.35, 0.0)


_WEAR: dict[str, Callable[[Surface, Look, Noise], None]] = {
    "rust": _rust,
    "moss": _moss,
    "dust": _dust,
    "snow": _snow,
    "crack": _crack,
    "blood": _blood,
}


def to_bytes(field: Field) -> NDArray[np.uint8]:
    """A field in [0, 1] as bytes."""
    return np.rint(np.clip(field, 0.0, 1.0) * 255.0).astype(np.uint8)
