"""Noise that tiles: every field wraps around at its edges, so textures made of it have no seams."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cells:
    """A periodic Worley diagram: distances (in cells) to the nearest two seeds, and whose."""

    nearest: Field
    second: Field
    index: NDArray[np.int64]

    @property
    def border(self) -> Field:
        """How far a pixel is from its cell's border: 0 on it, growing inward."""
        return self.second - self.nearest


class Noise:
    """Square fields of ``size`` pixels a side drawn from one stream of random numbers."""

    def __init__(self, rng: np.random.Generator, size: int) -> None:
        self.rng = rng
        self.size = size

    def fractal(
        self, lowest: float = 2.0, slope: float = 1.6, stretch: tuple[float, float] = (1.0, 1.0)
    ) -> Field:
        """Fractal noise in [0, 1] with mean 0.5, shaped in the frequency domain.

        ``lowest`` is the lowest frequency in cycles a tile, ``slope`` how fast amplitude falls
        with frequency (1 is rough, 2.5 smooth); a ``stretch`` below 1 lengthens features along
        that axis (x, y).
        """
        spectrum = np.fft.rfft2(self.rng.standard_normal((self.size, self.size)))
        across = np.fft.rfftfreq(self.size, 1 / self.size)[None, :] / stretch[0]
        down = np.fft.fftfreq(self.size, 1 / self.size)[:, None] / stretch[1]
        frequency = np.maximum(np.hypot(across, down), 1e-9)
        gain = (np.maximum(frequency, lowest) / lowest) ** -slope * (frequency >= lowest * 0.5)
        field = np.fft.irfft2(spectrum * gain, s=(self.size, self.size))
        spread = float(field.std()) or 1.0
        return np.clip(0.5 + (field - field.mean()) / (5.0 * spread), 0.0, 1.0)

    def cells(self, count: int, jitter: float = 0.9, aspect: int = 1) -> Cells:
        """Cells around ``count`` times ``count * aspect`` (x, y) jittered seeds."""
        columns, rows = count, count * aspect
        offsets = 0.5 + jitter * (self.rng.random((rows, columns, 2)) - 0.5)
        y, x = np.indices((self.size, self.size)) + 0.5
        x, y = x * columns / self.size, y * rows / self.size
        column, row = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
        nearest = np.full(x.shape, np.inf)
        second = np.full(x.shape, np.inf)
        index = np.zeros(x.shape, np.int64)
        for dy in (-1, 0, 1):
            for dx in (-1, 0, 1):
                at = (row + dy) % rows, (column + dx) % columns
                distance = np.hypot(
                    column + dx + offsets[at][..., 0] - x, row + dy + offsets[at][..., 1] - y
                )
                closer = distance < nearest
                second = np.where(closer, nearest, np.minimum(second, distance))
                nearest = np.where(closer, distance, nearest)
                index = np.where(closer, at[0] * columns + at[1], index)
        return Cells(nearest, second, index)

    def per(self, index: NDArray[np.int64]) -> Field:
        """One random number in [0, 1) for each value of ``index``."""
        return self.rng.random(int(index.max()) + 1)[index]

    def grid(self) -> tuple[Field, Field]:
        """Pixel centers as (x, y) in [0, 1), y downward."""
        y, x = (np.indices((self.size, self.size)) + 0.5) / self.size
        return x, y

    def warped(self, field: Field, amount: float, lowest: float = 3.0) -> Field:
        """The field pushed about by up to ``amount`` of its width; it still tiles."""
        reach = amount * self.size
        dx = np.rint((self.fractal(lowest) - 0.5) * 2 * reach).astype(np.int64)
        dy = np.rint((self.fractal(lowest) - 0.5) * 2 * reach).astype(np.int64)
        y, x = np.indices(field.shape)
        return field[(y + dy) % self.size, (x + dx) % self.size]


def step(field: Field, low: float, high: float) -> Field:
    """A smooth rise from 0 at ``low`` to 1 at ``high`` (smoothstep); falls when low > high."""
    t = np.clip((field - low) / (high - low), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def mix(a: Field, b: Field, share: Field) -> Field:
    """``a`` where share is 0, ``b`` where it is 1; either may have color channels."""
    weight = share[..., None] if a.ndim > share.ndim or b.ndim > share.ndim else share
    return a + (b - a) * weight
