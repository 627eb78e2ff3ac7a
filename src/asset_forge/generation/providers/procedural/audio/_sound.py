"""What a sound effect is asked to be."""

from __future__ import annotations

from dataclasses import dataclass

from asset_forge.generation.providers.procedural.audio._signal import samples
from asset_forge.generation.providers.procedural.words import Reading


@dataclass(frozen=True, slots=True)
class Sound:
    """A request in the terms of synthesis: length in seconds, size as a factor on a usual thing,
    material and ground by name (empty where none is said), mood from −1 to 1, force from 0 to 1."""

    seconds: float
    size: float
    material: str
    surface: str
    valence: float
    energy: float
    reading: Reading

    @property
    def count(self) -> int:
        """The length in samples."""
        return samples(self.seconds)

    @property
    def force(self) -> float:
        """How hard things hit: 0.5 for a neutral mood."""
        return 0.5 + 0.5 * self.energy
